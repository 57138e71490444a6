// Every general pass keeps what random functions compute, memory, branches, loops and calls included.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  functionContext,
  parseProgram,
  programText,
  randomPrograms,
  runProgram,
} from '../../../analysis/src/testing/random-functions.js';
import { licm } from '../loop/licm.js';
import { runPasses } from '../testing/programs.js';
import * as general from './index.js';

const PASSES = [
  general.canonicalize,
  general.controlFlowSink,
  general.cse,
  general.dce,
  general.inline,
  general.intRangeOptimizations,
  general.removeDeadValues,
  general.sccp,
  general.symbolDce,
  licm,
];

/** Pipelines, and a statistic that shows that the pass did something on some program. */
const PIPELINES: readonly (readonly [string, string])[] = [
  ['canonicalize', 'num-rewrites'],
  ['canonicalize{region-simplify=aggressive}', 'num-rewrites'],
  ['canonicalize{region-simplify=disabled top-down=false}', 'num-rewrites'],
  ['control-flow-sink', 'num-sunk'],
  ['cse', 'num-csed'],
  ['dce', 'num-erased'],
  ['inline', 'num-inlined'],
  ['int-range-optimizations', 'num-constants'],
  ['remove-dead-values', 'num-erased'],
  ['sccp', 'num-replaced'],
  ['symbol-dce', 'num-erased'],
  ['licm', 'hoisted'],
  [
    'inline,sccp,canonicalize{region-simplify=aggressive},int-range-optimizations,remove-dead-values,licm,cse,control-flow-sink,canonicalize,symbol-dce',
    'num-csed',
  ],
];

describe.each(PIPELINES)('%s', (pipeline, activity) => {
  test('keeps what random programs compute, and does something to some of them', () => {
    let active = 0;
    fc.assert(
      fc.property(randomPrograms, (program) => {
        const context = functionContext();
        const module = parseProgram(programText(program), context);
        const before = runProgram(module, program.inputs);
        const { statistics } = runPasses(module, `builtin.module(${pipeline})`, PASSES);
        active += statistics[activity] ?? 0;
        expect(runProgram(module, program.inputs)).toEqual(before);
      }),
      { numRuns: 120 },
    );
    expect(active).toBeGreaterThan(0);
  });
});
