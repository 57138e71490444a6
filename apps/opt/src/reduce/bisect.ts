// Who is to blame for a failure: which pass of a pipeline, which application of which pattern.
import { DebugCounters, type PassItem, type Pipeline, type PipelineItem, printPipeline } from '@budflow/pass';
import { type FailureTest, findFailure } from './pipeline-failure.js';

export interface PassVerdict {
  /** The pass that the failure shows after first; undefined when it does not show. */
  readonly pass: PassItem | undefined;
  /** Its position among all passes, from 1. */
  readonly position: number;
  /** Passes that it takes to show the failure, in order: without any of them it does not. */
  readonly needed: Pipeline;
}

/** One pipeline with a single pass each, nested as it was. */
export function singlePasses({ anchor, items }: Pipeline): { readonly item: PassItem; readonly pipeline: Pipeline }[] {
  const visit = (
    list: readonly PipelineItem[],
    wrap: (item: PipelineItem) => PipelineItem,
  ): { item: PassItem; pipeline: Pipeline }[] =>
    list.flatMap((item) =>
      item.kind === 'pass'
        ? [{ item, pipeline: { anchor, items: [wrap(item)] } }]
        : visit(item.items, (inner) => wrap({ kind: 'nested', anchor: item.anchor, items: [inner] })),
    );
  return visit(items, (item) => item);
}

/** Which pass introduces the failure, and which others it needs. */
export function bisectPasses(text: string, test: FailureTest): PassVerdict {
  const singles = singlePasses(test.pipeline);
  const of = (chosen: readonly { readonly pipeline: Pipeline }[]): Pipeline => ({
    anchor: test.pipeline.anchor,
    items: chosen.flatMap(({ pipeline }) => pipeline.items),
  });
  const fails = (pipeline: Pipeline) => findFailure(text, test, { pipeline }) !== undefined;
  // A failure can hide again behind later passes: prefixes are tried one by one.
  const position = singles.findIndex((_, i) => fails(of(singles.slice(0, i + 1)))) + 1;
  if (position === 0) return { pass: undefined, position: 0, needed: of([]) };
  let needed = singles.slice(0, position);
  for (let i = needed.length - 2; i >= 0; i--) {
    const without = needed.filter((_, j) => j !== i);
    if (fails(of(without))) needed = without;
  }
  return { pass: singles[position - 1]?.item, position, needed: of(needed) };
}

export interface CounterVerdict {
  /** Name of the pattern, fold or pass. */
  readonly name: string;
  /** Number of its application that introduces the failure, from 0, and how many there are. */
  readonly application: number;
  readonly applications: number;
}

/**
 * Which application of a pattern introduces the failure: without this one, and those after it, there is none. Tries the
 * counters that stop the failure when none of their applications happen.
 */
export function bisectPatterns(text: string, test: FailureTest): CounterVerdict[] {
  const counters = new DebugCounters([], { countAll: true });
  if (!findFailure(text, test, { debugCounters: counters })) return [];
  const fails = (name: string, count: number) =>
    findFailure(text, test, { debugCounters: new DebugCounters([{ name, skip: 0, count }]) }) !== undefined;
  return counters.summary.flatMap(({ name, seen }) => {
    if (seen === 0 || fails(name, 0)) return [];
    // Without any the failure is gone, with all of them it is there.
    let [good, bad] = [0, seen];
    while (bad - good > 1) {
      const middle = (good + bad) >> 1;
      if (fails(name, middle)) bad = middle;
      else good = middle;
    }
    return [{ name, application: bad - 1, applications: seen }];
  });
}

/** The verdict as lines for people. */
export function describePasses({ pass, position, needed }: PassVerdict): string {
  if (!pass) return 'no pass: the failure does not show\n';
  return `introduced by pass ${position}: ${pass.pass.name}\nneeds: ${printPipeline(needed)}\n`;
}

export function describeCounters(verdicts: readonly CounterVerdict[]): string {
  if (verdicts.length === 0) return 'no pattern, fold or pass alone: without any single one the failure still shows\n';
  return verdicts
    .map(
      ({ name, application, applications }) =>
        `introduced by application ${application + 1} of ${applications} of ${name}: it shows with --debug-counter=${name}:0:${application + 1}${application === 0 ? '' : `, not with --debug-counter=${name}:0:${application}`}\n`,
    )
    .join('');
}
