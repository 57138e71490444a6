import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AffineExpr, type AffineMap } from './affine.js';
import type { AffineMapAttr, IntegerSetAttr } from './attribute.js';
import { Context } from './context.js';
import { find, parse } from './testing/text.js';

const DIMS = 3;
const SYMBOLS = 2;

/** An expression as a tree that nothing has simplified, and how it is built. */
interface Tree {
  build(): AffineExpr;
  value(dims: readonly number[], symbols: readonly number[]): number;
}
const floorMod = (a: number, b: number) => ((a % b) + b) % b;

const { tree } = fc.letrec<{ tree: Tree; leaf: Tree }>((tie) => ({
  leaf: fc.oneof(
    fc.nat(DIMS - 1).map((i): Tree => ({ build: () => AffineExpr.dim(i), value: (d) => d[i]! })),
    fc.nat(SYMBOLS - 1).map((i): Tree => ({ build: () => AffineExpr.symbol(i), value: (_, s) => s[i]! })),
    fc.integer({ min: -20, max: 20 }).map((c): Tree => ({ build: () => AffineExpr.constant(c), value: () => c })),
  ),
  tree: fc.oneof(
    { depthSize: 'small' },
    tie('leaf'),
    fc
      .tuple(tie('tree'), tie('tree'))
      .map(
        ([a, b]): Tree => ({ build: () => a.build().add(b.build()), value: (d, s) => a.value(d, s) + b.value(d, s) }),
      ),
    fc
      .tuple(tie('tree'), tie('tree'))
      .map(
        ([a, b]): Tree => ({ build: () => a.build().sub(b.build()), value: (d, s) => a.value(d, s) - b.value(d, s) }),
      ),
    fc
      .tuple(tie('tree'), fc.integer({ min: -6, max: 6 }))
      .map(([a, c]): Tree => ({ build: () => a.build().mul(c), value: (d, s) => a.value(d, s) * c })),
    fc
      .tuple(tie('tree'), fc.integer({ min: 1, max: 7 }))
      .map(([a, c]): Tree => ({ build: () => a.build().mod(c), value: (d, s) => floorMod(a.value(d, s), c) })),
    fc
      .tuple(tie('tree'), fc.integer({ min: 1, max: 7 }))
      .map(([a, c]): Tree => ({ build: () => a.build().floorDiv(c), value: (d, s) => Math.floor(a.value(d, s) / c) })),
    fc
      .tuple(tie('tree'), fc.integer({ min: 1, max: 7 }))
      .map(([a, c]): Tree => ({ build: () => a.build().ceilDiv(c), value: (d, s) => Math.ceil(a.value(d, s) / c) })),
  ),
}));
const point = fc.tuple(
  fc.array(fc.integer({ min: -30, max: 30 }), { minLength: DIMS, maxLength: DIMS }),
  fc.array(fc.integer({ min: -30, max: 30 }), { minLength: SYMBOLS, maxLength: SYMBOLS }),
);

describe('affine expressions', () => {
  it('keep their value when they are simplified', () => {
    fc.assert(
      fc.property(tree, fc.array(point, { minLength: 1, maxLength: 5 }), (t, points) => {
        const e = t.build();
        for (const [d, s] of points) expect(e.evaluate(d, s)).toBe(t.value(d, s) + 0);
      }),
      { numRuns: 2000 },
    );
  });

  it('keep their value when dims and symbols are replaced', () => {
    fc.assert(
      fc.property(tree, tree, tree, point, (t, d0, s1, [d, s]) => {
        const replaced = t.build().replace([d0.build()], [AffineExpr.symbol(0), s1.build()]);
        const inner = [d0.value(d, s), ...d.slice(1)];
        expect(replaced.evaluate(d, s)).toBe(t.value(inner, [s[0]!, s1.value(d, s)]) + 0);
      }),
      { numRuns: 1000 },
    );
  });

  it('print what reads back as the same map', () => {
    fc.assert(
      fc.property(fc.array(tree, { maxLength: 3 }), (trees) => {
        const context = new Context();
        context.allowUnregistered = true;
        const map = context.affineMap(
          DIMS,
          SYMBOLS,
          trees.map((t) => t.build()),
        );
        const module = parse(`"d.a"() {m = ${map}} : () -> ()`);
        expect((find(module, 'd.a').attr('m') as AffineMapAttr).toString()).toBe(map.toString());
        // Expressions are unique in the process: what was read is the same object.
        expect((find(module, 'd.a').attr('m') as AffineMapAttr).map.results).toEqual(map.results);
      }),
      { numRuns: 300 },
    );
  });

  it('are one object when they are equal', () => {
    const [d0, d1] = [AffineExpr.dim(0), AffineExpr.dim(1)];
    expect(d0.add(3).add(d1).add(4)).toBe(d0.add(d1).add(7));
    expect(d0.add(d0)).toBe(d0.mul(2));
    expect(d0.mul(4).sub(d0.mul(4))).toBe(AffineExpr.constant(0));
    expect(d0.add(d1).mul(2)).toBe(d0.mul(2).add(d1.mul(2)));
    expect(d0.mul(6).floorDiv(3)).toBe(d0.mul(2));
    expect(d0.mul(6).mod(3)).toBe(AffineExpr.constant(0));
  });

  it.each([
    [AffineExpr.dim(0).sub(AffineExpr.symbol(0)), 'd0 - s0'],
    [AffineExpr.dim(0).sub(3), 'd0 - 3'],
    [AffineExpr.dim(0).sub(AffineExpr.dim(1).mul(4)), 'd0 - d1 * 4'],
    [AffineExpr.dim(0).mul(-1), '-d0'],
    [AffineExpr.dim(0).add(AffineExpr.dim(1)).floorDiv(4).mod(3), '((d0 + d1) floordiv 4) mod 3'],
    [AffineExpr.dim(0).add(1).ceilDiv(2), '(d0 + 1) ceildiv 2'],
  ])('print as MLIR writes them: %s', (e, text) => {
    expect(e.toString()).toBe(text);
  });

  it('know the dims they use', () => {
    const e = AffineExpr.dim(1).floorDiv(2).add(AffineExpr.symbol(0));
    expect([0, 1, 2].map((i) => e.usesDim(i))).toEqual([false, true, false]);
  });
});

describe('affine maps', () => {
  const context = new Context();
  const dims = (...positions: number[]) => positions.map((p) => AffineExpr.dim(p));
  it('tell identities, permutations and projected permutations apart', () => {
    const facts = (m: AffineMap) => [m.isIdentity(), m.isPermutation(), m.isProjectedPermutation()];
    expect(facts(context.identityMap(3))).toEqual([true, true, true]);
    expect(facts(context.affineMap(3, 0, dims(2, 0, 1)))).toEqual([false, true, true]);
    expect(facts(context.affineMap(3, 0, dims(2, 0)))).toEqual([false, false, true]);
    expect(facts(context.affineMap(2, 0, dims(0, 0)))).toEqual([false, false, false]);
    expect(facts(context.affineMap(1, 0, [AffineExpr.dim(0).add(1)]))).toEqual([false, false, false]);
  });
  it('are one object in a context, as the attributes are', () => {
    expect(context.affineMap(2, 0, dims(1, 0))).toBe(context.affineMap(2, 0, dims(1, 0)));
    expect(context.affineMap(2, 0, dims(1, 0))).not.toBe(context.affineMap(3, 0, dims(1, 0)));
  });
  it('print with and without symbols', () => {
    expect(context.affineMap(1, 2, [AffineExpr.dim(0).add(AffineExpr.symbol(1))]).toString()).toBe(
      'affine_map<(d0)[s0, s1] -> (d0 + s1)>',
    );
    expect(context.constantMap(4).toString()).toBe('affine_map<() -> (4)>');
    expect(context.constantMap(4).singleConstant()).toBe(4);
  });
  it('evaluate', () => {
    expect(context.affineMap(2, 1, [AffineExpr.dim(1).mod(4), AffineExpr.symbol(0)]).evaluate([0, -1], [9])).toEqual([
      3, 9,
    ]);
  });
});

describe('integer sets', () => {
  it('print what reads back', () => {
    const text = 'affine_set<(d0)[s0] : (d0 - 3 >= 0, d0 - s0 == 0)>';
    const set = find(parse(`"d.a"() {s = ${text}} : () -> ()`), 'd.a').attr('s') as IntegerSetAttr;
    expect(set.toString()).toBe(text);
    expect(set.set.equalities).toEqual([false, true]);
  });
});
