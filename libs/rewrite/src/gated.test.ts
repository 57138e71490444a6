import { type Builder, definePattern, type Operation, type Rewriter, type TransformationGate } from '@budflow/ir';
import { describe, expect, test } from 'vitest';
import { wouldApply } from './gated.js';
import { applyPatternsGreedily } from './greedy.js';
import { AddOp, constant, makeFunction, NegOp, newContext, SubOp, show, subSelf, UseOp } from './testing/calc.js';

const context = newContext();
const { i32 } = context;
type Values = ReturnType<typeof constant>;
const add = (b: Builder, lhs: Values, rhs: Values) => AddOp.build(b, 0, { lhs, rhs, resultTypes: [i32] });
const sub = (b: Builder, lhs: Values, rhs: Values) => SubOp.build(b, 0, { lhs, rhs, resultTypes: [i32] });

/** Four differences of a value and itself, each used. */
const function4 = () =>
  makeFunction(context, 4, (b, args) => {
    const values = args.map((x) => sub(b, x, x));
    UseOp.create(b, 0, { values });
  });

/** Lets applications number skip to skip + count - 1 of one name happen. */
function gateOf(counted: string, skip: number, count: number): TransformationGate & { seen: number } {
  const refused = new Set<Operation>();
  return {
    seen: 0,
    allows(name, op) {
      return name !== counted || (this.seen >= skip && this.seen < skip + count && !(op && refused.has(op)));
    },
    shouldExecute(name, op) {
      if (name !== counted || !op || refused.has(op)) return name !== counted;
      const allowed = this.allows(name, op);
      this.seen++;
      if (!allowed) refused.add(op);
      return allowed;
    },
  };
}

function rewritten(gate: TransformationGate, f = function4()): string[] {
  context.gate = gate;
  try {
    applyPatternsGreedily(f, [subSelf]);
  } finally {
    context.gate = null;
  }
  return show(f);
}

describe('a gate in the greedy driver', () => {
  test('lets exactly the applications of a range happen, in program order', () => {
    expect(rewritten(gateOf('sub-self', 0, 0)).join('\n')).toMatch(/^(v\d = sub .*\n){4}use/);
    expect(rewritten(gateOf('sub-self', 0, 1))).toEqual([
      'v0 = 0',
      ...[1, 2, 3].map((i) => `v${i} = sub a${i} a${i}`),
      'use v0 v1 v2 v3',
    ]);
    expect(rewritten(gateOf('sub-self', 1, 2)).filter((line) => line.includes('sub'))).toEqual([
      'v1 = sub a0 a0',
      'v2 = sub a3 a3',
    ]);
    expect(rewritten(gateOf('sub-self', 0, 9))).toEqual(['v0 = 0', 'use v0 v0 v0 v0']);
  });

  test('counts applications, not attempts, and what it refused once', () => {
    for (const [skip, count] of [
      [0, 0],
      [2, 1],
      [4, 0],
      [0, 4],
    ] as const) {
      const gate = gateOf('sub-self', skip, count);
      rewritten(gate);
      expect(gate.seen).toBe(4);
    }
  });

  test('holds back folds', () => {
    const folded = (gate: TransformationGate) =>
      rewritten(
        gate,
        makeFunction(context, 0, (b) => {
          const seven = add(b, constant(b, 7), constant(b, 1));
          const eight = add(b, constant(b, 9), constant(b, 1));
          UseOp.create(b, 0, { values: [seven, eight] });
        }),
      ).filter((line) => line.includes('add')).length;
    expect([0, 1, 2].map((count) => folded(gateOf('fold', 0, count)))).toEqual([2, 1, 0]);
  });
});

describe('wouldApply', () => {
  test('answers without changing anything, whatever way a pattern changes the IR', () => {
    const f = function4();
    const op = f.region(0).entry.firstOp as Operation;
    const before = show(f);
    const uses = () => f.region(0).entry.arguments.map((x) => x.useCount());
    const counts = uses();
    const ways: ((o: Operation, r: Rewriter) => void)[] = [
      (o, r) => void NegOp.create(r, 0, { x: o.operand(0), resultTypes: [i32] }),
      (o, r) => r.replaceOp(o, [o.operand(0)]),
      (o, r) => r.replaceAllUses(o.result(0), o.operand(0)),
      (o, r) => r.modify(o, () => o.setOperand(0, o.operand(1))),
      (o, r) => r.eraseOp(o),
    ];
    for (const [i, way] of ways.entries()) {
      const rewrite = (o: Operation, r: Rewriter) => {
        way(o, r);
        return true;
      };
      expect(wouldApply(definePattern({ name: `way-${i}`, root: null, rewrite }), op)).toBe(true);
    }
    expect(wouldApply(definePattern({ name: 'none', root: null, rewrite: (_, r) => r.fail('no') }), op)).toBe(false);
    expect(show(f)).toEqual(before);
    expect(uses()).toEqual(counts);
  });
});

describe('strict rewriting, asked for by the context', () => {
  test('catches a pattern that says it changed something and did not', () => {
    const liar = definePattern({ name: 'liar', root: 'calc.sub', rewrite: () => true });
    const ids = (strict: boolean) => {
      context.strictRewriting = strict;
      try {
        const f = function4();
        const run = () => applyPatternsGreedily(f, [liar], { maxRewrites: 20, fold: false });
        return new Set(context.diagnostics.collect(run).diagnostics.map((d) => d.id));
      } finally {
        context.strictRewriting = false;
      }
    };
    expect(ids(true)).toEqual(new Set(['rewrite.false-change']));
    expect(ids(false)).toEqual(new Set(['rewrite.no-convergence']));
  });
});
