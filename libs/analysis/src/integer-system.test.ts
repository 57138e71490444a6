import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IntegerSystem, type LinearRow } from './integer-system.js';

const row = (coefficients: readonly number[], constant: number): LinearRow => ({
  coefficients: new Map(coefficients.flatMap((c, v) => (c === 0 ? [] : [[v, c] as const]))),
  constant,
});

function system(equations: readonly LinearRow[], inequalities: readonly LinearRow[], variables: number): IntegerSystem {
  const made = new IntegerSystem();
  for (let v = 0; v < variables; v++) made.variable();
  for (const e of equations) made.addEquation(e);
  for (const e of inequalities) made.addInequality(e);
  return made;
}

describe('integer systems', () => {
  test('equations without integer solutions are empty', () => {
    expect(system([row([2, -4], 1)], [], 2).isEmpty()).toBe(true);
    expect(system([row([3, 5], 1)], [], 2).isEmpty()).toBe(false);
    // 7x + 12y + 31z == 17 and 3x + 5y + 14z == 7 have solutions (Pugh's example); between 1 and 40 there are some too.
    const box = [0, 1, 2].flatMap((v) => {
      const unit = [0, 0, 0].map((_, i) => (i === v ? 1 : 0));
      return [
        row(unit, 40),
        row(
          unit.map((c) => -c),
          40,
        ),
      ];
    });
    expect(system([row([7, 12, 31], -17), row([3, 5, 14], -7)], box, 3).isEmpty()).toBe(false);
  });
  test('real solutions between integers do not count: 2 <= 3x <= 2', () => {
    expect(system([], [row([3], -2), row([-3], 2)], 1).isEmpty()).toBe(true);
  });
  test('no point of a box that has one is called empty, and boxes of contradictions are found', () => {
    const coefficient = fc.integer({ min: -4, max: 4 });
    const anyRow = fc.tuple(fc.array(coefficient, { minLength: 3, maxLength: 3 }), fc.integer({ min: -9, max: 9 }));
    let found = 0;
    let missed = 0;
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 2 }), fc.array(anyRow, { maxLength: 4 }), (equations, inequalities) => {
        const box = [0, 1, 2].flatMap((v) => {
          const unit = [0, 0, 0].map((_, i) => (i === v ? 1 : 0));
          return [
            row(unit, 0),
            row(
              unit.map((c) => -c),
              5,
            ),
          ];
        });
        const rows = { e: equations.map(([c, k]) => row(c, k)), i: inequalities.map(([c, k]) => row(c, k)) };
        const value = (r: LinearRow, p: readonly number[]): number =>
          [...r.coefficients].reduce((s, [v, c]) => s + c * p[v]!, r.constant);
        let any = false;
        for (let x = 0; x <= 5; x++)
          for (let y = 0; y <= 5; y++)
            for (let z = 0; z <= 5; z++) {
              const p = [x, y, z];
              any ||= rows.e.every((r) => value(r, p) === 0) && rows.i.every((r) => value(r, p) >= 0);
            }
        const empty = system(rows.e, [...rows.i, ...box], 3).isEmpty();
        if (any) expect(empty).toBe(false);
        else if (empty) found++;
        else missed++;
      }),
      { numRuns: 1000 },
    );
    expect(missed).toBeLessThan(found / 10);
  });
});
