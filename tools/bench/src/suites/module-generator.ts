// Modules for the compiler suite: functions of a few hundred ops over integers, floats and conversions.
//
// foldable: most operands are constants, many ops equal others, and nothing keeps most of them alive.
// unfoldable: no constants, no equal ops, every result is used: passes look at everything and change nothing.
// mixed: some of both, as real modules are.

import { Random } from '@budflow/numerics';
import { OP_KINDS, type OpKind, TYPES, type ValueType } from './op-kinds.js';

export const MODULE_KINDS = ['mixed', 'foldable', 'unfoldable'] as const;
export type ModuleKind = (typeof MODULE_KINDS)[number];

const OPS_PER_FUNCTION = 250;
/** Operands come from the latest values of their type. */
const WINDOW = 12;

interface Mix {
  /** Chance of an operand to be a constant. */
  readonly constant: number;
  /** Chance of an op to repeat an earlier one. */
  readonly repeat: number;
  /** Chance of an unused result to be used at the end. */
  readonly keep: number;
}

const MIXES: Readonly<Record<ModuleKind, Mix>> = {
  mixed: { constant: 0.15, repeat: 0.15, keep: 0.7 },
  foldable: { constant: 0.8, repeat: 0.2, keep: 0.2 },
  unfoldable: { constant: 0, repeat: 0, keep: 1 },
};

function constantText(type: ValueType, random: Random): string {
  if (type === 'i1') return random.integer(0, 2) === 1 ? 'true' : 'false';
  const small = random.integer(0, 8);
  return type === 'f32' || type === 'f64' ? `${small}.5 : ${type}` : `${small} : ${type}`;
}

/** One function; returns the number of ops in it, itself included. */
function writeFunction(index: number, size: number, mix: Mix, random: Random, lines: string[]): number {
  const start = lines.length;
  lines.push(`func.func @f${index}(${TYPES.map((t, i) => `%arg${i}: ${t}`).join(', ')}) {`);
  const values = new Map<ValueType, string[]>(TYPES.map((t, i) => [t, [`%arg${i}`]]));
  const constants = new Map<ValueType, string[]>(TYPES.map((t) => [t, []]));
  const unused = new Map<string, ValueType>();
  const written: { readonly text: string; readonly result: ValueType }[] = [];
  const seen = new Set<string>();
  let next = 0;
  const value = (type: ValueType): string => {
    if (random.uniform() < mix.constant) {
      const pool = constants.get(type) ?? [];
      if (pool.length > 0 && random.uniform() < 0.6) return pool[random.integer(0, pool.length)];
      const name = `%c${next++}`;
      lines.push(`  ${name} = arith.constant ${constantText(type, random)}`);
      pool.push(name);
      return name;
    }
    const pool = values.get(type) ?? [];
    const name = pool[pool.length - 1 - random.integer(0, Math.min(WINDOW, pool.length))];
    unused.delete(name);
    return name;
  };
  const define = (text: string, result: ValueType): void => {
    const name = `%${next++}`;
    lines.push(`  ${name} = ${text}`);
    values.get(result)?.push(name);
    unused.set(name, result);
  };
  const operation = (kind: OpKind): string =>
    `${kind.name} ${kind.prefix ?? ''}${kind.operands.map(value).join(', ')}${kind.suffix}`;
  while (lines.length - start < size) {
    if (written.length > 0 && random.uniform() < mix.repeat) {
      const { text, result } = written[written.length - 1 - random.integer(0, Math.min(40, written.length))];
      define(text, result);
      continue;
    }
    const kind = OP_KINDS[random.integer(0, OP_KINDS.length)];
    const before = new Map(unused);
    let text = operation(kind);
    // Equal ops would be merged; drawing again soon gives another.
    for (let tries = 0; mix.repeat === 0 && seen.has(text) && tries < 20; tries++) {
      for (const [name, type] of before) unused.set(name, type);
      text = operation(kind);
    }
    if (mix.repeat === 0 && seen.has(text)) continue;
    seen.add(text);
    written.push({ text, result: kind.result });
    define(text, kind.result);
  }
  for (const [name, type] of unused) {
    if (random.uniform() < mix.keep) lines.push(`  func.call @use_${type}(${name}) : (${type}) -> ()`);
  }
  lines.push('  return', '}');
  return lines.length - start - 1;
}

/** Text of a module with about `ops` ops (within a function's length), and how many it has. */
export function generateModule(
  kind: ModuleKind,
  ops: number,
  seed = 1,
): { readonly text: string; readonly ops: number } {
  const random = new Random(seed);
  const pieces: string[] = [TYPES.map((t) => `func.func private @use_${t}(${t})`).join('\n')];
  let total = TYPES.length + 1;
  for (let index = 0; total < ops; index++) {
    const lines: string[] = [];
    total += writeFunction(index, Math.min(OPS_PER_FUNCTION, Math.max(20, ops - total)), MIXES[kind], random, lines);
    pieces.push(lines.join('\n'));
  }
  return { text: `${pieces.join('\n')}\n`, ops: total };
}
