// Fuses a program for the tests of instruction-fusion, checks that it computes the same, and says what was decided.

import { bodyOps, FusionOp } from '@budflow/dialect-array';
import type { Operation } from '@budflow/ir';
import { expect } from 'vitest';
import { functionNamed, parse } from '../../../testing/kernels.js';
import { runMain, runPasses } from '../../../testing/programs.js';
import { fixNumerics } from '../../fix-numerics.js';
import { instructionFusion } from '../../instruction-fusion.js';
import { type FusionDecision, fusionReport } from '../report.js';

export const passes = [fixNumerics, instructionFusion];

export interface Fused {
  readonly module: Operation;
  readonly fusions: Operation[];
  readonly decisions: readonly FusionDecision[];
}

export function fuse(source: string | Operation, options = ''): Fused {
  const module = typeof source === 'string' ? parse(source) : source;
  runPasses(module, 'builtin.module(fix-numerics)', passes);
  const before = runMain(module);
  const { remarks } = runPasses(module, `builtin.module(func.func(instruction-fusion${options}))`, passes);
  expect(runMain(module)).toEqual(before);
  const ops = functionNamed(module, 'main').region(0).entry.ops;
  return { module, fusions: ops.filter((op) => FusionOp.is(op)), decisions: fusionReport(remarks).decisions };
}

/** Bodies of the fusions as lists of mnemonics, without constants. */
export function bodies({ fusions }: Fused): string[] {
  return fusions.map((f) =>
    bodyOps(f)
      .filter((op) => op.name !== 'array.constant')
      .map((op) => op.name.slice('array.'.length))
      .join(' '),
  );
}
export function kinds({ fusions }: Fused): (string | undefined)[] {
  return fusions.map((f) => FusionOp.kind(f));
}
export function refusals({ decisions }: Fused): string[] {
  return decisions
    .filter((d) => d.verdict === 'refused')
    .map((d) => `${name(d.producer)} into ${name(d.consumer)}: ${d.reason}`);
}
export function name(op: string): string {
  return op.slice(op.indexOf('.') + 1, op.indexOf('#'));
}

export const main = (params: string, results: string, body: string) =>
  `func.func @main(${params}) -> (${results}) {\n${body}\n}`;
