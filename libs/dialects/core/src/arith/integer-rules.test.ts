// Proofs of the integer rules by enumeration: all widths from i1 to i4, all operands, all constants (a sample of the pairs
// for i4). Where the program traps before, or a promise of no overflow is broken, the rewritten one may do anything.

import { Interpreter, RuntimeTrap, type RuntimeValue } from '@budflow/interpreter';
import { DialectAttr, type IntegerType, type Operation, type Value } from '@budflow/ir';
import { describe, expect, it } from 'vitest';
import { INTEGER_RULES, type IntegerRule } from '../testing/integer-rules.js';
import { canonicalize, coreContext, parse, printModule } from '../testing/text.js';
import { Overflow, OverflowAttr } from './attributes.js';
import { arithDialect } from './dialect.js';

const context = coreContext();

function program(rule: IntegerRule, width: number, k: number, l: number): string {
  const wide = `i${width + 2}`;
  const fill = (text: string) =>
    text
      .replaceAll('$ones', width === 1 ? 'true' : '-1')
      .replaceAll('$k', literal(k, width))
      .replaceAll('$l', literal(l, width))
      .replaceAll('$K', String(k))
      .replace(/constant (true|false) : i1/g, 'constant $1')
      .replace(/\bI\b/g, `i${width}`)
      .replace(/\bW\b/g, wide);
  const result = fill(rule.result ?? 'I');
  const body = fill(rule.body.replace(/constant (\S+) : I/g, width === 1 ? 'constant $1' : 'constant $1 : I'));
  const zero = width === 1 ? body.replace(/constant 0$/gm, 'constant false') : body;
  return `func.func @f(%x: i${width}, %y: i${width}, %c: i1) -> ${result} {\n${zero}\nreturn %r : ${result}\n}`;
}

function literal(value: number, width: number): string {
  return width === 1 ? (value & 1 ? 'true' : 'false') : String(value);
}

const signedValues = (width: number) =>
  width === 1 ? [0, 1] : Array.from({ length: 1 << width }, (_, i) => i - (1 << (width - 1)));

function constantsFor(rule: IntegerRule, width: number): [number, number][] {
  const values = rule.body.includes('$K') ? signedValues(width + 2) : signedValues(width);
  const first = /\$[kK]/.test(rule.body) ? values : [0];
  const second = rule.body.includes('$l') ? values : [0];
  const all = first.flatMap((a) => second.map((b): [number, number] => [a, b]));
  // Every seventh pair meets all values of both.
  return width < 4 || all.length <= 16 ? all : all.filter((_, i) => i % 7 === 0);
}

type Evaluate = (args: readonly number[]) => RuntimeValue | 'undefined';

/** Runs `@f`; 'undefined' when it traps or an op breaks its promise of no overflow. */
function evaluator(module: Operation): Evaluate {
  const values = new Map<Value, RuntimeValue>();
  const parameters = module.region(0).entry.firstOp!.region(0).entry.arguments;
  let broken = false;
  const trace = (op: Operation, results: readonly RuntimeValue[]) => {
    op.results.forEach((r, i) => {
      values.set(r, results[i]!);
    });
    const flags = op.attr('overflowFlags');
    if (!(flags instanceof DialectAttr) || flags.definition !== OverflowAttr) return;
    const type = op.result(0).type as IntegerType;
    const operands = op.operands.map((v) => BigInt(values.get(v) as number));
    const exact = (view: (v: bigint) => bigint): bigint => {
      const [a, b] = operands.map(view) as [bigint, bigint];
      return op.name === 'arith.addi' ? a + b : op.name === 'arith.subi' ? a - b : a * b;
    };
    const signed = (v: bigint) => BigInt.asIntN(type.width, v);
    const unsigned = (v: bigint) => BigInt.asUintN(type.width, v);
    const bits = flags.parameters as number;
    if (bits & Overflow.nsw && signed(exact(signed)) !== exact(signed)) broken = true;
    if (bits & Overflow.nuw && unsigned(exact(unsigned)) !== exact(unsigned)) broken = true;
  };
  const interpreter = new Interpreter(module, flagged(module) ? { trace } : {});
  return (args) => {
    broken = false;
    parameters.forEach((a, i) => {
      values.set(a, args[i]!);
    });
    try {
      const [result] = interpreter.call('f', [...args]);
      return broken ? 'undefined' : result!;
    } catch (error) {
      if (error instanceof RuntimeTrap) return 'undefined';
      throw error;
    }
  };
}
function flagged(module: Operation): boolean {
  let found = false;
  module.walk((op) => {
    if (op.attr('overflowFlags')) found = true;
  });
  return found;
}

/** Compares before and after on all operands; returns the patterns that applied. */
function check(text: string, width: number): { hits: ReadonlyMap<string, number>; after: string } {
  const before = parse(text, context);
  const after = parse(text, context);
  const hits = canonicalize(after);
  const evaluateBefore = evaluator(before);
  const evaluateAfter = evaluator(after);
  for (const x of signedValues(width)) {
    for (const y of signedValues(width)) {
      for (const c of text.includes('%c,') ? [0, 1] : [0]) {
        const expected = evaluateBefore([x, y, c]);
        if (expected === 'undefined') continue;
        const got = evaluateAfter([x, y, c]);
        if (!Object.is(got, expected))
          expect.fail(`${text}\nbecame\n${printModule(after)}\n${x}, ${y}, ${c}: ${got} instead of ${expected}`);
      }
    }
  }
  return { hits, after: printModule(after) };
}

const byName = new Map<string, IntegerRule[]>();
for (const rule of INTEGER_RULES) {
  const key = rule.pattern || 'folds';
  byName.set(key, [...(byName.get(key) ?? []), rule]);
}

describe('integer rules hold for all values', () => {
  it.each([...byName.keys()])('%s', (name) => {
    for (const rule of byName.get(name)!) {
      let applied = 0;
      for (const width of [1, 2, 3, 4]) {
        for (const [k, l] of constantsFor(rule, width)) {
          const text = program(rule, width, k, l);
          const { hits } = check(text, width);
          if (rule.pattern && hits.has(rule.pattern)) applied++;
        }
      }
      if (!rule.pattern) continue;
      expect(applied, `${rule.pattern} never applies to\n${rule.body}`).toBeGreaterThan(0);
    }
  });

  it('promises of no overflow are not passed on to ops that may break them', () => {
    let seen = 0;
    for (const rule of INTEGER_RULES) {
      if (!/arith\.(addi|subi|muli)/.test(rule.body) || !rule.pattern) continue;
      for (const flags of ['nsw', 'nuw', 'nsw, nuw']) {
        const promising = rule.body.replace(/(arith\.(?:addi|subi|muli) %\w+, %\w+) :/g, `$1 overflow<${flags}> :`);
        for (const [k, l] of constantsFor(rule, 3).filter((_, i) => i % 5 === 0)) {
          const text = program({ ...rule, body: promising }, 3, k, l);
          check(text, 3);
          seen++;
        }
      }
    }
    expect(seen).toBeGreaterThan(100);
  });

  it('every named integer rule of arith has a proof', () => {
    const withoutProof: string[] = [];
    for (const op of arithDialect.ops)
      for (const pattern of op.spec.patterns ?? []) {
        if (/arith\.(.*f|bitcast)$/.test(op.opName)) continue;
        if (!INTEGER_RULES.some((r) => r.pattern === pattern.name)) withoutProof.push(`${op.opName} ${pattern.name}`);
      }
    expect(withoutProof).toEqual([]);
  });
});
