// What the command lines of the fuzzers share: flags with a value, switches, --help, and what is wrong said in a line.

import { parseArgs } from 'node:util';

/** A flag: [what stands for its value, or '' for a switch; its default; what it says in the help]. */
export type FlagTable = Readonly<Record<string, readonly [value: string, initial: string, help: string]>>;

export interface CommandLine<F extends FlagTable> {
  /** As given, or the default; '' for a switch that is off. */
  readonly text: (name: keyof F) => string;
  /** @throws UsageError unless a whole number of at least 0 (or `least`) was given */
  readonly whole: (name: keyof F, least?: number) => number;
  readonly has: (name: keyof F) => boolean;
}

/** A mistake in the command line. */
export class UsageError extends Error {}

export function helpText(title: string, flags: FlagTable): string {
  const rows = Object.entries(flags).map(([name, [value, initial, help]]) => [
    `--${name}${value && `=${value}`}`,
    initial ? `${help} (default ${initial})` : help,
  ]);
  const width = Math.max(...rows.map(([flag]) => flag!.length), '--help'.length);
  return [title, ...[...rows, ['--help', 'this text']].map(([flag, help]) => `  ${flag!.padEnd(width)}  ${help}`)].join(
    '\n',
  );
}

/** @throws UsageError for an unknown flag, a missing value, an argument that is no flag */
export function readCommandLine<F extends FlagTable>(args: readonly string[], flags: F): CommandLine<F> {
  let values: Record<string, string | boolean | undefined>;
  try {
    const options = Object.fromEntries(
      Object.entries(flags).map(([name, [value]]) => [
        name,
        { type: value ? ('string' as const) : ('boolean' as const) },
      ]),
    );
    ({ values } = parseArgs({ args: [...args], options }));
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  const text = (name: keyof F): string => {
    const given = values[name as string];
    return typeof given === 'string' ? given : flags[name]![1];
  };
  return {
    text,
    whole(name, least = 0) {
      const n = Number(text(name));
      if (text(name) === '' || !Number.isSafeInteger(n) || n < least)
        throw new UsageError(`--${String(name)}: expected a whole number of at least ${least}, got '${text(name)}'`);
      return n;
    },
    has: (name) => values[name as string] !== undefined,
  };
}

/** Runs `main` with the flags of the process; prints the help, or what is wrong (exit code 2). */
export async function runCommand<F extends FlagTable>(
  title: string,
  flags: F,
  main: (line: CommandLine<F>) => number | Promise<number>,
): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    console.log(helpText(title, flags));
    return;
  }
  try {
    process.exitCode = await main(readCommandLine(args, flags));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}; --help lists the flags`);
    process.exitCode = 2;
  }
}
