// What watches the passes run, as the flags ask: IR printing, timing.

import type { Operation } from '@budflow/ir';
import { type Instrumentation, irPrinting, nearestName, type Pipeline, passesOf, type Timing } from '@budflow/pass';
import { UsageError } from '../cli/errors.js';
import type { Arguments } from '../cli/flags.js';

export interface Observers {
  readonly instrumentations: readonly Instrumentation[];
  readonly timing: Timing | undefined;
}

export interface ObserverOutput {
  print(op: Operation): string;
  write(text: string): void;
  /** @throws FileError */
  writeFile(path: string, text: string): void;
}

/** One set for each run of a pipeline, except for `timing`, which adds up. */
export function observers(args: Arguments, output: ObserverOutput, timing: Timing | undefined): Observers {
  const before = args.isOn('mlir-print-ir-before-all') ? ('all' as const) : args.names('mlir-print-ir-before');
  const onlyOnChange = args.isOn('mlir-print-ir-after-change');
  const named = args.names('mlir-print-ir-after');
  const after = args.isOn('mlir-print-ir-after-all') || (onlyOnChange && named.length === 0) ? ('all' as const) : named;
  const afterFailure = args.isOn('mlir-print-ir-after-failure');
  const tree = args.value('mlir-print-ir-tree-dir');
  const prints = before.length > 0 || after.length > 0 || afterFailure;
  return {
    instrumentations: [
      ...(prints
        ? [
            irPrinting({
              before,
              after,
              onlyOnChange,
              afterFailure,
              moduleScope: args.isOn('mlir-print-ir-module-scope'),
              ...(tree === undefined ? {} : { tree: { folder: tree, write: output.writeFile } }),
              ...output,
            }),
          ]
        : []),
      ...(timing ? [timing] : []),
    ],
    timing,
  };
}

/** Flags that name passes must name some of the pipeline. @throws UsageError */
export function checkPassNamesInFlags(args: Arguments, pipeline: Pipeline | undefined): void {
  const known = [...new Set(passesOf(pipeline?.items ?? []).map((item) => item.pass.name))];
  for (const flag of ['ablate', 'mlir-print-ir-before', 'mlir-print-ir-after']) {
    for (const name of args.names(flag)) {
      if (known.includes(name)) continue;
      const near = nearestName(name, known);
      const hint =
        near !== undefined
          ? `, did you mean '${near}'?`
          : known.length === 0
            ? ': no passes run'
            : `; its passes are ${known.join(', ')}`;
      throw new UsageError(`--${flag}=${name}: the pipeline has no pass '${name}'${hint}`);
    }
  }
}
