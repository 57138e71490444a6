import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalize } from '../general/canonicalize.js';
import { cse } from '../general/cse.js';
import { arrayToLoop } from '../loop/array-to-loop.js';
import { checkAssignment } from '../memory/assignment/check-assignment.js';
import { bufferAssignment } from '../memory/buffer-assignment.js';
import { bufferize } from '../memory/bufferize.js';
import { functionNamed, parse } from '../testing/kernels.js';
import { runMain, runPasses } from '../testing/programs.js';
import { programChoices, programSizes, programText } from '../testing/random-programs.js';
import { collapseDims } from './collapse-dims.js';
import { fixNumerics } from './fix-numerics.js';
import { instructionFusion } from './instruction-fusion.js';

const passes = [
  fixNumerics,
  canonicalize,
  cse,
  instructionFusion,
  collapseDims,
  bufferize,
  bufferAssignment,
  arrayToLoop,
];

test('random programs keep their bits through fusion, bufferization, assignment and lowering (property)', () => {
  fc.assert(
    fc.property(
      programChoices,
      fc.constantFrom('strict', 'default', 'fast'),
      fc.constantFrom('', '{max-decisions=2}', '{max-operands=3 duplication-limit=1}'),
      fc.boolean(),
      (choices, mode, options, collapse) => {
        const module = parse(programText(choices));
        const sizes = programSizes(choices);
        runPasses(module, `builtin.module(fix-numerics{mode=${mode}})`, passes);
        const before = runMain(module, { sizes });
        runPasses(module, `builtin.module(func.func(instruction-fusion${options}))`, passes);
        expect(runMain(module, { sizes })).toEqual(before);
        if (collapse) runPasses(module, 'builtin.module(func.func(collapse-dims),canonicalize,cse)', passes);
        expect(runMain(module, { sizes })).toEqual(before);
        runPasses(module, 'builtin.module(bufferize)', passes);
        expect(runMain(module, { sizes })).toEqual(before);
        runPasses(module, 'builtin.module(func.func(buffer-assignment))', passes);
        expect(runMain(module, { sizes })).toEqual(before);
        expect(checkAssignment(functionNamed(module, 'main'))).toEqual([]);
        runPasses(module, 'builtin.module(func.func(array-to-loop))', passes);
        expect(runMain(module, { sizes })).toEqual(before);
      },
    ),
    { numRuns: Number(process.env.RUNS ?? 60) },
  );
});
