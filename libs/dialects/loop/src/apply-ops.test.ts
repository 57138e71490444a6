// loop.apply, loop.min, loop.max and the builders of index values.
import { AffineExpr, Block, Builder, type Context, type Value } from '@budflow/ir';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { composeAppliedMap, isAffineInDims } from './affine-operands.js';
import { applyAffine, combineAffine } from './apply-affine.js';
import { expressions } from './testing/expressions.js';
import { canonicalBody, errorsOf, makeContext, run } from './testing/harness.js';

const indexFunction = (body: string) =>
  `func.func @f(%i: index, %j: index) -> index {\n${body}\n  return %r : index\n}`;

describe('verifier', () => {
  test.each([
    [
      '"loop.apply"(%i) {map = affine_map<(d0, d1) -> (d0)>} : (index) -> index',
      'expects 2 operands for its map, got 1',
    ],
    ['"loop.apply"(%i) {map = affine_map<(d0) -> (d0, d0)>} : (index) -> index', 'expects a map of one result, got 2'],
    ['"loop.min"() {map = affine_map<() -> ()>} : () -> index', 'expects a map of at least one result'],
    ['"loop.max"(%i) {map = affine_map<() -> (1)>} : (index) -> index', 'expects 0 operands for its map, got 1'],
    ['loop.apply affine_map<(d0) -> (d0)>(%i, %j)', 'the map takes 1 dimension and 0 symbol operands, got 2 and 0'],
  ])('reports %s', (line, message) => {
    expect(errorsOf(indexFunction(`  %r = ${line}`)).join('\n')).toContain(message);
  });
});

describe('canonicalization', () => {
  test('folds constants and single inputs', () => {
    expect(
      canonicalBody(
        indexFunction(
          '  %c = arith.constant 5 : index\n  %r = loop.apply affine_map<(d0)[s0] -> (d0 * s0 + 2)>(%c)[%c]',
        ),
      ),
    ).toEqual(['%c27 = arith.constant 27 : index']);
    expect(canonicalBody(indexFunction('  %r = loop.apply affine_map<(d0, d1) -> (d1)>(%i, %j)'))).toEqual([]);
    expect(
      canonicalBody(indexFunction('  %c = arith.constant 5 : index\n  %r = loop.max affine_map<(d0) -> (d0, 7)>(%c)')),
    ).toEqual(['%c7 = arith.constant 7 : index']);
  });

  test('composes chains into one op over distinct operands', () => {
    expect(
      canonicalBody(
        indexFunction(`  %c = arith.constant 5 : index
  %a = loop.apply affine_map<(d0)[s0] -> (d0 * 4 + s0)>(%i)[%c]
  %b = loop.apply affine_map<(d0, d1) -> (d0 + d1)>(%a, %i)
  %r = loop.apply affine_map<(d0, d1, d2) -> (d0 - d1 + d2)>(%b, %j, %i)`),
      ),
    ).toEqual(['%at = loop.apply affine_map<(d0, d1) -> (d0 * 6 - d1 + 5)>(%arg0, %arg1)']);
  });

  test('does not compose dimensions into a product of symbols', () => {
    expect(
      canonicalBody(
        indexFunction(
          '  %a = loop.apply affine_map<(d0) -> (d0 + 1)>(%j)\n  %r = loop.apply affine_map<(d0)[s0] -> (d0 * s0)>(%i)[%a]',
        ),
      ),
    ).toEqual([
      '%at = loop.apply affine_map<(d0) -> (d0 + 1)>(%arg1)',
      '%at_0 = loop.apply affine_map<(d0)[s0] -> (d0 * s0)>(%arg0)[%at]',
    ]);
  });

  test('flattens nested minima and drops results that never count', () => {
    expect(
      canonicalBody(
        indexFunction(`  %a = loop.min affine_map<(d0)[s0] -> (d0 + 8, s0)>(%i)[%j]
  %r = loop.min affine_map<(d0, d1) -> (d0, d1, d1 + 2)>(%a, %i)`),
      ),
    ).toEqual(['%min = loop.min affine_map<(d0)[s0] -> (s0, d0)>(%arg0)[%arg1]']);
  });

  test('turns a minimum of one thing into that thing', () => {
    expect(canonicalBody(indexFunction('  %r = loop.min affine_map<(d0) -> (d0 * 2, d0 + d0 + 1)>(%i)'))).toEqual([
      '%at = loop.apply affine_map<(d0) -> (d0 * 2)>(%arg0)',
    ]);
    expect(canonicalBody(indexFunction('  %r = loop.max affine_map<(d0) -> (d0, d0 - 1)>(%i)'))).toEqual([]);
  });

  test('keeps the value (property)', () => {
    fc.assert(
      fc.property(
        expressions,
        expressions,
        fc.constantFrom('min', 'max'),
        fc.integer({ min: -9, max: 9 }),
        fc.integer({ min: -9, max: 9 }),
        (e, f, kind, i, j) => {
          fc.pre(isAffineInDims(e) && isAffineInDims(f));
          const text = indexFunction(`  %a = loop.apply affine_map<(d0, d1, d2)[s0] -> (${e})>(%i, %j, %i)[%j]
  %b = loop.${kind} affine_map<(d0, d1)[s0] -> (d0, d1 + 3, s0 * 2)>(%a, %i)[%a]
  %r = loop.${kind} affine_map<(d0, d1, d2)[s0] -> (${f}, d2)>(%a, %i, %b)[%j]`);
          const a = e.evaluate([i, j, i], [j]);
          const pick = kind === 'min' ? Math.min : Math.max;
          const b = pick(a, i + 3, a * 2);
          expect(run(text, 'f', () => [i, j])).toEqual([pick(f.evaluate([a, i, b], [j]), b) + 0]);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('applyAffine', () => {
  function inBlock(build: (builder: Builder, args: readonly Value[], context: Context) => void): string[] {
    const context = makeContext();
    const block = new Block();
    const args = [block.addArgument(context.index), block.addArgument(context.index)];
    build(Builder.atEnd(context, block), args, context);
    return block.ops.map((op) => op.toString());
  }

  test('makes nothing for an input, a constant for a number, else one op', () => {
    const d0 = AffineExpr.dim(0);
    const made = inBlock((b, [i, j], c) => {
      expect(applyAffine(b, 0, c.affineMap(2, 0, [AffineExpr.dim(1)]), [i!, j!])).toBe(j);
      expect(b.block!.isEmpty).toBe(true);
      const once = applyAffine(b, 0, c.affineMap(1, 0, [d0.mul(4)]), [i!]);
      const four = applyAffine(b, 0, c.constantMap(4), []);
      applyAffine(b, 0, c.affineMap(2, 1, [d0.add(AffineExpr.dim(1)).add(AffineExpr.symbol(0))]), [once, four, j!]);
      expect(applyAffine(b, 0, c.affineMap(2, 0, [d0.sub(AffineExpr.dim(1))]), [once, once]).definingOp!.name).toBe(
        'arith.constant',
      );
      combineAffine(b, 0, 'loop.min', c.affineMap(1, 0, [d0, d0.add(1), AffineExpr.constant(9)]), [once]);
    });
    expect(made.map((t) => t.replace(/^%\S+ = /, ''))).toEqual([
      'loop.apply affine_map<(d0) -> (d0 * 4)>(%arg0)',
      'arith.constant 4 : index',
      'loop.apply affine_map<(d0)[s0] -> (d0 * 4 + s0 + 4)>(%arg0)[%arg1]',
      'arith.constant 0 : index',
      'loop.min affine_map<(d0) -> (d0 * 4, 9)>(%arg0)',
    ]);
  });

  test('refuses maps that do not fit their operands', () => {
    inBlock((b, [i], c) => {
      expect(() => applyAffine(b, 0, c.affineMap(2, 0, [AffineExpr.dim(0)]), [i!])).toThrow('takes 2 operands, got 1');
      expect(() => applyAffine(b, 0, c.affineMap(1, 0, []), [i!])).toThrow('expects a map of one result');
    });
  });

  test('gives a fixpoint: composing twice changes nothing (property)', () => {
    const context = makeContext();
    const block = new Block();
    const args = [0, 1, 2].map(() => block.addArgument(context.index));
    fc.assert(
      fc.property(expressions, expressions, fc.array(fc.nat(2), { minLength: 4, maxLength: 4 }), (e, f, picks) => {
        const applied = { map: context.affineMap(3, 1, [e, f]), operands: picks.map((p) => args[p]!) };
        const once = composeAppliedMap(context, applied);
        const twice = composeAppliedMap(context, once);
        expect(twice.map).toBe(once.map);
        expect(twice.operands).toEqual(once.operands);
      }),
    );
  });
});
