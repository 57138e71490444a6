// --debug-counter and --print-debug-counters.
import { DebugCounters, nearestName, parseDebugCounter, printDebugCounters } from '@budflow/pass';
import { UsageError } from '../cli/errors.js';
import type { Arguments } from '../cli/flags.js';
import type { Io } from '../cli/io.js';

/** The counters that flags ask for; undefined when none do. @throws UsageError */
export function debugCountersOf(args: Arguments): DebugCounters | undefined {
  const printed = args.isOn('print-debug-counters');
  if (!printed && !args.has('debug-counter')) return undefined;
  const specs = args.values('debug-counter').map((text) => {
    const spec = parseDebugCounter(text);
    if (typeof spec === 'string') throw new UsageError(`--debug-counter: ${spec}`);
    return spec;
  });
  const twice = specs.find((spec, i) => specs.findIndex((other) => other.name === spec.name) < i);
  if (twice) throw new UsageError(`--debug-counter: '${twice.name}' is given twice`);
  // Everything is counted, to say what a misspelt name may have meant.
  return new DebugCounters(specs, { countAll: true });
}

/** After the run: the report if asked for, and names that nothing was counted by. */
export function reportDebugCounters(counters: DebugCounters, args: Arguments, io: Io): void {
  const seen = counters.summary.filter((counter) => counter.seen > 0).map((counter) => counter.name);
  for (const name of counters.unseen) {
    const near = nearestName(name, seen);
    io.stderr(
      `warning: --debug-counter=${name}: nothing of this name was applied${near === undefined ? '; --print-debug-counters lists what is' : `, did you mean '${near}'?`}\n`,
    );
  }
  if (args.isOn('print-debug-counters')) io.stderr(printDebugCounters(counters));
}
