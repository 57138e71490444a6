import { elementsOf, mismatch, TensorValue } from '@budflow/interpreter';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { call, moduleFrom, newContext, opsNamed } from './testing/harness.js';
import { allPrograms } from './testing/random-ops.js';
import { APPROXIMATE, type Plain, reference } from './testing/reference.js';

function close(a: number, b: number, relative: number, smallest: number): boolean {
  if (Object.is(a, b) || a === b) return true;
  return Math.abs(a - b) <= Math.max(relative * Math.abs(b), smallest);
}

describe('every op does what its plain description says', () => {
  for (const { name, programs } of allPrograms()) {
    const kind = name.split(' ')[0]!;
    // There is no error function to compare with; numerics tests it.
    if (kind === 'erf') continue;
    test(name, () => {
      fc.assert(
        fc.property(programs, (program) => {
          const context = newContext();
          const module = moduleFrom(program.text, context);
          const op = opsNamed(module, `array.${kind}`)[0]!;
          const args = program.args(context);
          const tensors = args
            .filter((a) => a instanceof TensorValue)
            .map((t): Plain => ({ shape: t.shape, values: elementsOf(t) }));
          const [result] = call(module, args) as [TensorValue];
          const expected = reference(
            op,
            tensors,
            args.filter((a) => typeof a === 'number'),
          );
          expect(mismatch(op.result(0).type, result)).toBeNull();
          expect(result.shape).toEqual(expected.shape);
          const actual = elementsOf(result);
          if (!APPROXIMATE.has(kind)) expect(actual).toEqual(expected.values);
          else {
            const [relative, smallest] = name.endsWith('f32') ? [6e-7, 3e-45] : [2e-15, 1e-323];
            actual.forEach((a, i) => {
              const e = expected.values[i] as number;
              expect(close(a as number, e, relative, smallest), `${tensors[0]!.values[i]} -> ${a}, expected ${e}`).toBe(
                true,
              );
            });
          }
        }),
        { numRuns: name.startsWith('cmp') || name.startsWith('cast') ? 10 : 20 },
      );
    });
  }
});
