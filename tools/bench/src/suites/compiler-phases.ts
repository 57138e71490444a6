// Where the compiler's time goes inside one process: parse, verify, canonicalize, cse, print, each on its own and warm.

import { registerCoreDialects } from '@budflow/dialect-core';
import { Context, parseModule, printModuleBytes, verify } from '@budflow/ir';
import { PassManager, passItem, pipeline } from '@budflow/pass';
import { canonicalize, cse } from '@budflow/transforms';
import { median } from '../measure/statistics.js';

export const PHASES = ['parse', 'verify', 'canonicalize', 'cse', 'print'] as const;
export type Phase = (typeof PHASES)[number];

/** Median milliseconds of each phase. */
export type PhaseTimes = Readonly<Record<Phase, number>>;

function once(bytes: Uint8Array, record: (phase: Phase, ms: number) => void): void {
  const context = new Context();
  registerCoreDialects(context);
  let last = performance.now();
  const lap = (phase: Phase): void => {
    const now = performance.now();
    record(phase, now - last);
    last = performance.now();
  };
  const module = parseModule(bytes, context, { file: 'generated.mlir' });
  if (!module) throw new Error('the generated module does not parse');
  lap('parse');
  if (!verify(module)) throw new Error('the generated module does not verify');
  lap('verify');
  for (const [phase, pass] of [
    ['canonicalize', canonicalize],
    ['cse', cse],
  ] as const) {
    // Compared with nothing that verifies in between: the whole-process figures do.
    const manager = new PassManager(pipeline('builtin.module', passItem(pass)), { verifyEach: false });
    if (!manager.run(module).succeeded) throw new Error(`${phase} fails on the generated module`);
    lap(phase);
  }
  printModuleBytes(module);
  lap('print');
}

/** Runs the phases again and again for `seconds`, at least three times, after one run to warm up. */
export function measurePhases(text: string, seconds: number): PhaseTimes {
  const bytes = new TextEncoder().encode(text);
  const samples: Record<Phase, number[]> = { parse: [], verify: [], canonicalize: [], cse: [], print: [] };
  once(bytes, () => {});
  const end = performance.now() + 1000 * seconds;
  for (let runs = 0; runs < 3 || performance.now() < end; runs++) once(bytes, (phase, ms) => samples[phase].push(ms));
  const entries = PHASES.map((phase) => [phase, median(samples[phase])] as const);
  return Object.fromEntries(entries) as Record<Phase, number>;
}
