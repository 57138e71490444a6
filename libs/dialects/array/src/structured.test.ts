import { elementsOf, Interpretable, RuntimeTrap, type TensorValue } from '@budflow/interpreter';
import { StructuredOp } from '@budflow/ir';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { structuredInterpretation } from './index.js';
import { call, moduleFrom, newContext } from './testing/harness.js';
import { allPrograms, type Program } from './testing/random-ops.js';

/** Elements and shape of the result, or the kind of trap. */
export function outcome(
  program: Program,
  way: 'direct' | 'structured',
  relaxedMadd: 'once' | 'twice' = 'once',
): unknown {
  const context = newContext();
  const module = moduleFrom(program.text, context);
  if (way === 'structured') {
    module.walk((op) => {
      if (op.name.startsWith('array.') && StructuredOp.of(op))
        context.attach(op.name, Interpretable, structuredInterpretation);
    });
  }
  try {
    const [result] = call(module, program.args(context), { relaxedMadd }) as [TensorValue];
    return { shape: result.shape, elements: elementsOf(result) };
  } catch (error) {
    if (error instanceof RuntimeTrap) return { trap: error.kind, reason: error.reason };
    throw error;
  }
}

describe('maps and bodies of structured ops say what the ops do', () => {
  for (const { name, programs } of allPrograms()) {
    // The identities lie beyond the interpreter's indices.
    if (/^reduce (min|max) index/.test(name)) continue;
    test(name, () => {
      fc.assert(
        fc.property(programs, (program) => {
          expect(outcome(program, 'structured')).toEqual(outcome(program, 'direct'));
        }),
        { numRuns: name.startsWith('cmp') || name.startsWith('cast') ? 10 : 15 },
      );
    });
  }
});
