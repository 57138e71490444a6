// Checks random programs and makes failing ones small.
import { CompileError } from '@budflow/ir';
import { Random } from '@budflow/numerics';
import { compile } from 'budflow';
import {
  type Configuration,
  callCompiled,
  callInterpreter,
  compareProgram,
  difference,
  type Failure,
  interpretProgram,
  oracleModule,
  type TestArgument,
  type TestTensor,
} from '../differential.js';
import { randomElements } from './data.js';
import { elementCount, type Node, type Program, printProgram, reachable } from './program.js';

/** Text and arguments of a program. Data depend on the seed and the argument alone, so that dropping ops keeps them. */
export function materialise(program: Program, entry = 'main'): { text: string; args: TestArgument[] } {
  const { text, parameters } = printProgram(program, entry);
  const args = parameters.map((p): TestArgument => {
    if (p.kind === 'size') return p.value;
    const { type, id } = p.node;
    const random = new Random(Math.imul(program.seed, 7919) + id);
    return { shape: type.dims.map((d) => d.size), data: randomElements(type.element, elementCount(type), random) };
  });
  return { text, args };
}

export function checkProgram(program: Program, configuration: Configuration): Failure | undefined {
  const { text, args } = materialise(program);
  return compareProgram(text, args, configuration);
}

/** Checks one program in several configurations: in `strict` they have one oracle. Returns the first that fails. */
export function checkConfigurations(
  program: Program,
  configurations: readonly Configuration[],
): { readonly configuration: Configuration; readonly failure: Failure } | undefined {
  const { text, args } = materialise(program);
  let strict: TestTensor[] | undefined;
  const oracle: typeof interpretProgram = (...given) => {
    if (given[2].numerics !== 'strict') return interpretProgram(...given);
    strict ??= interpretProgram(...given);
    return strict;
  };
  for (const configuration of configurations) {
    const failure = compareProgram(text, args, configuration, oracle);
    if (failure) return { configuration, failure };
  }
  return undefined;
}

/**
 * Whether programs of one module agree with the interpreter; `oracles` keeps the modules that it ran between calls for one
 * list of programs. Much is done once for all: contexts, the pass registry, the WebAssembly module.
 */
export function checkTogether(
  programs: readonly Program[],
  configuration: Configuration,
  oracles: Map<string, TestTensor[][]> = new Map(),
): Failure | undefined {
  const parts = programs.map((program, i) => materialise(program, `main${i}`));
  const text = parts.map((p) => p.text).join('\n');
  // In `strict` they have one oracle.
  const { numerics, level, target } = configuration;
  const key = numerics === 'strict' ? numerics : `${numerics} ${level} ${target}`;
  let expected = oracles.get(key);
  try {
    if (!expected) {
      const module = oracleModule(text, configuration);
      expected = parts.map(({ args }, i) => callInterpreter(module, args, `main${i}`));
      oracles.set(key, expected);
    }
  } catch (error) {
    return { kind: 'oracle', message: String(error instanceof Error ? error.stack : error) };
  }
  try {
    const module = compile(text, configuration);
    try {
      for (const [i, { args }] of parts.entries()) {
        const found = difference(expected[i]!, callCompiled(module, args, `main${i}`));
        if (found !== undefined) return { kind: 'mismatch', message: `main${i}: ${found}` };
      }
    } finally {
      module.dispose();
    }
    return undefined;
  } catch (error) {
    const kind = error instanceof CompileError ? 'compile-error' : 'crash';
    return { kind, message: String(error instanceof Error ? error.stack : error) };
  }
}

/** Drops results and ops as long as the program fails in the same way. */
export function minimise(program: Program, configuration: Configuration): Program {
  const kind = checkProgram(program, configuration)?.kind;
  if (kind === undefined) return program;
  const head = (f: Failure | undefined): string => {
    if (f === undefined || f.kind === 'mismatch') return '';
    return f.message.split('\n')[0]?.replace(/\d+/g, '') ?? '';
  };
  const wanted = head(checkProgram(program, configuration));
  let best = program;
  const attempt = (candidate: Program): boolean => {
    const failure = checkProgram(candidate, configuration);
    if (failure?.kind !== kind || head(failure) !== wanted) return false;
    best = { ...candidate, nodes: reachable(candidate) };
    return true;
  };
  for (let changed = true; changed; ) {
    changed = false;
    for (const r of best.returns) {
      if (best.returns.length > 1 && attempt({ ...best, returns: best.returns.filter((x) => x !== r) })) changed = true;
    }
    // An op becomes an argument: what it was made from goes.
    for (const node of [...best.nodes].reverse()) {
      if (!node.print || !best.nodes.includes(node)) continue;
      if (best.returns.includes(node.id)) {
        // Return an operand instead.
        for (const operand of node.operands) {
          const source = best.nodes.find((n) => n.id === operand);
          if (!source?.print) continue;
          if (attempt({ ...best, returns: [...new Set(best.returns.map((r) => (r === node.id ? operand : r)))] })) {
            changed = true;
            break;
          }
        }
        if (!best.nodes.includes(node)) continue;
      } else {
        const argument: Node = { id: node.id, type: node.type, operands: [], sizes: [] };
        if (attempt({ ...best, nodes: best.nodes.map((n) => (n === node ? argument : n)) })) {
          changed = true;
          continue;
        }
      }
      // An op is passed over.
      for (const operand of node.operands) {
        const source = best.nodes.find((n) => n.id === operand)!;
        if (JSON.stringify(source.type) !== JSON.stringify(node.type)) continue;
        if (best.returns.includes(node.id) && !source.print) continue;
        const nodes = best.nodes.map((n) => ({ ...n, operands: n.operands.map((o) => (o === node.id ? operand : o)) }));
        if (
          attempt({ ...best, nodes, returns: [...new Set(best.returns.map((r) => (r === node.id ? operand : r)))] })
        ) {
          changed = true;
          break;
        }
      }
    }
    // Static instead of dynamic.
    const fixed = best.nodes.map((n) => ({
      ...n,
      sizes: [],
      type: { ...n.type, dims: n.type.dims.map((d) => ({ ...d, dynamic: false })) },
    }));
    if (best.nodes.some((n) => n.type.dims.some((d) => d.dynamic)) && attempt({ ...best, nodes: fixed }))
      changed = true;
  }
  return best;
}
