// The command line of the runner.

import { parseArgs } from 'node:util';
import { MAXIMUM_THREADS } from '@budflow/runtime';

export const SUITES = ['wasm', 'compiler', 'jax'] as const;
export type Suite = (typeof SUITES)[number];

export interface Options {
  readonly suite: Suite;
  /** Programs (or sizes) to run: a regular expression on names, or null for all. */
  readonly filter: RegExp | null;
  readonly json: string | null;
  readonly seconds: number;
  readonly ablate: readonly string[];
  readonly peers: boolean;
  /** Also on so many threads: a number, or `auto` for all processors. */
  readonly threads: number | 'auto' | undefined;
  readonly numerics: 'strict' | 'default' | 'fast' | undefined;
  readonly target: string | undefined;
  readonly level: 0 | 1 | 2 | 3 | undefined;
  readonly help: boolean;
  readonly list: boolean;
}

/** A mistake in the command line: exit code 2. */
export class UsageError extends Error {}

export const HELP = `npm run bench -- [--suite=wasm|compiler|jax] [options]

  --suite=wasm       programs of tools/bench/programs.json: Budflow, kernels written by hand, peers (default)
  --suite=compiler   canonicalize and cse on generated modules, against mlir-opt-16 where it is on PATH
  --suite=jax        programs from JAX (docs/examples/jax), against XLA where BUDFLOW_PYTHON is a Python with jax
  --filter=RE        only programs whose name matches (of the compiler suite: sizes, such as 1e5)
  --seconds=S        time for each variant (default 0.3)
  --json=FILE        write all figures
  --ablate=PASS      also without this pass (may be repeated)
  --threads=N        also on so many threads; auto is one for each processor
  --peers            also tfjs-wasm, onnxruntime-web and jax-js; install them with npm run bench:peers
  --numerics=MODE    strict, default or fast
  --target=NAME      target to compile for (default: the engine's best)
  --level=N          optimisation level 0..3
  --list             names of the programs
  --help

Exit code 1 if any result is wrong. Times are medians of interleaved batches; see tools/bench/README.md.
`;

function oneOf<T extends string>(value: string | undefined, known: readonly T[], flag: string): T | undefined {
  if (value === undefined) return undefined;
  if (known.includes(value as T)) return value as T;
  throw new UsageError(`--${flag}: expected one of ${known.join(', ')}, got '${value}'`);
}

function threadsOf(text: string | undefined): number | 'auto' | undefined {
  if (text === undefined || text === 'auto') return text;
  if (/^\d+$/.test(text) && Number(text) >= 2 && Number(text) <= MAXIMUM_THREADS) return Number(text);
  throw new UsageError(`--threads: expected a whole number from 2 to ${MAXIMUM_THREADS}, or auto, got '${text}'`);
}

/** @throws UsageError */
export function parseOptions(argv: readonly string[]): Options {
  let values: Record<string, string | boolean | (string | boolean)[] | undefined>;
  try {
    ({ values } = parseArgs({
      args: [...argv],
      options: {
        suite: { type: 'string' },
        filter: { type: 'string' },
        json: { type: 'string' },
        seconds: { type: 'string' },
        ablate: { type: 'string', multiple: true },
        threads: { type: 'string' },
        peers: { type: 'boolean' },
        numerics: { type: 'string' },
        target: { type: 'string' },
        level: { type: 'string' },
        list: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }));
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  const text = (key: string): string | undefined =>
    typeof values[key] === 'string' ? (values[key] as string) : undefined;
  const seconds = text('seconds') === undefined ? 0.3 : Number(text('seconds'));
  if (!(seconds > 0)) throw new UsageError(`--seconds: expected a number above 0, got '${text('seconds')}'`);
  let filter: RegExp | null = null;
  try {
    if (text('filter') !== undefined) filter = new RegExp(text('filter') as string);
  } catch (error) {
    throw new UsageError(`--filter: ${error instanceof Error ? error.message : String(error)}`);
  }
  const level = oneOf(text('level'), ['0', '1', '2', '3'], 'level');
  return {
    suite: oneOf(text('suite'), SUITES, 'suite') ?? 'wasm',
    filter,
    json: text('json') ?? null,
    seconds,
    ablate: (values.ablate ?? []) as string[],
    threads: threadsOf(text('threads')),
    peers: values.peers === true,
    numerics: oneOf(text('numerics'), ['strict', 'default', 'fast'], 'numerics'),
    target: text('target'),
    level: level === undefined ? undefined : (Number(level) as 0 | 1 | 2 | 3),
    help: values.help === true,
    list: values.list === true,
  };
}
