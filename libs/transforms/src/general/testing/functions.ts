// For the tests of passes on modules of functions: text in, passes, text out.
import type { Operation } from '@budflow/ir';
import type { PassDefinition, Remark } from '@budflow/pass';
import { kernelContext, parse } from '../../testing/kernels.js';
import { runPasses } from '../../testing/programs.js';

export interface Transformed {
  readonly module: Operation;
  readonly text: string;
  /** Without indentation. */
  readonly lines: readonly string[];
  readonly statistics: Readonly<Record<string, number>>;
  readonly remarks: readonly Remark[];
}

/** Parses, runs the pipeline on the module, verifies. */
export function transform(text: string, pipeline: string, ...passes: readonly PassDefinition[]): Transformed {
  const context = kernelContext();
  context.allowUnregistered = true;
  const module = parse(text, context);
  const { statistics, remarks } = runPasses(module, `builtin.module(${pipeline})`, passes);
  const printed = module.toString();
  return { module, text: printed, lines: printed.split('\n').map((l) => l.trim()), statistics, remarks };
}

/** How many lines contain a part. */
export function count({ lines }: Transformed, part: string): number {
  return lines.filter((l) => l.includes(part)).length;
}
