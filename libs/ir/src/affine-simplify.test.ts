// The two forms of affine expressions: as MLIR keeps them, and expanded.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AffineExpr } from './affine.js';
import type { AffineMapAttr } from './attribute.js';
import { Context } from './context.js';
import { parseAttribute } from './parser/parse.js';

const context = new Context();
function parsed(text: string): AffineExpr {
  return (parseAttribute(`affine_map<(d0, d1)[s0, s1] -> (${text})>`, context) as AffineMapAttr).map.results[0]!;
}

const leaf = fc.oneof(
  fc.integer({ min: 0, max: 1 }).map((i) => AffineExpr.dim(i)),
  fc.integer({ min: 0, max: 1 }).map((i) => AffineExpr.symbol(i)),
  fc.integer({ min: -6, max: 6 }).map((i) => AffineExpr.constant(i)),
);
/** Expressions built by `combine`, constants on the right of divisions. */
function expressions(
  combine: (kind: 'add' | 'mul' | 'mod' | 'floordiv' | 'ceildiv', l: AffineExpr, r: AffineExpr) => AffineExpr,
) {
  return fc.letrec<{ e: AffineExpr }>((tie) => ({
    e: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.tuple(tie('e'), tie('e')).map(([l, r]) => combine('add', l, r)),
      fc.tuple(tie('e'), fc.integer({ min: -4, max: 8 })).map(([l, c]) => combine('mul', l, AffineExpr.constant(c))),
      fc
        .tuple(tie('e'), fc.constantFrom('mod', 'floordiv', 'ceildiv'), fc.integer({ min: 1, max: 8 }))
        .map(([l, kind, c]) => combine(kind, l, AffineExpr.constant(c))),
    ),
  })).e;
}
const expanded = expressions((kind, l, r) =>
  kind === 'add'
    ? l.add(r)
    : kind === 'mul'
      ? l.mul(r)
      : kind === 'mod'
        ? l.mod(r)
        : kind === 'floordiv'
          ? l.floorDiv(r)
          : l.ceilDiv(r),
);
const written = expressions((kind, l, r) => AffineExpr.asWritten(kind, l, r));
const values = fc.tuple(...([0, 1, 2, 3] as const).map(() => fc.integer({ min: -50, max: 50 })));

describe('affine text', () => {
  it('reads back as the expression it came from, in either form', () => {
    for (const form of [expanded, written])
      fc.assert(
        fc.property(form, (e) => {
          expect(parsed(String(e))).toBe(e);
        }),
        { numRuns: 2000 },
      );
  });
  it('means the same in both forms', () => {
    fc.assert(
      fc.property(written, values, (e, [a, b, c, d]) => {
        const again = e.replace([], []);
        expect(again.evaluate([a, b], [c, d])).toBe(e.evaluate([a, b], [c, d]));
      }),
      { numRuns: 2000 },
    );
  });
  it('keeps the parentheses of MLIR where passes multiply out', () => {
    expect(String(parsed('(d0 + d1) * 2'))).toBe('(d0 + d1) * 2');
    expect(String(AffineExpr.dim(0).add(AffineExpr.dim(1)).mul(2))).toBe('d0 * 2 + d1 * 2');
    expect(String(parsed('s0 + d0 + 3 + d0 * 0'))).toBe('d0 + s0 + 3');
    expect(String(parsed('d0 - (d0 floordiv 8) * 8'))).toBe('d0 mod 8');
  });
  it('has 64-bit constants, which wrap around when text is read and show in passes', () => {
    const large = parsed('d0 + 9223372036854775807');
    expect(String(large)).toBe('d0 + 9223372036854775807');
    expect(large.rhs!.bigint).toBe(9223372036854775807n);
    expect(parsed('9223372036854775807 + 1').bigint).toBe(-(1n << 63n));
    for (const text of ['-9223372036854775807 - 1', 'd0 * (-9223372036854775807 - 1) + 1'])
      expect(parsed(String(parsed(text)))).toBe(parsed(text));
    expect(
      Number.isSafeInteger(
        AffineExpr.dim(0)
          .mul(2 ** 52)
          .mul(2 ** 52).rhs!.value,
      ),
    ).toBe(false);
  });
  it('keeps divisions by zero, which have no value', () => {
    for (const text of ['d0 mod 0', 'd0 floordiv 0', '8 ceildiv 0']) {
      expect(String(parsed(text))).toBe(text);
      expect(parsed(text).evaluate([3, 4], [5, 6])).toBeNaN();
    }
  });
});
