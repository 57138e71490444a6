// The command line of check:ulp.
import { FUNCTIONS, ROUNDINGS, type Rounding } from './measure.js';

export interface Flags {
  readonly functions: readonly string[];
  readonly formats: readonly ('f32' | 'f64')[];
  readonly roundings: readonly Rounding[];
  /** Distance of the bit patterns of f32 that are looked at. */
  readonly stride: number;
  /** Random inputs of a function in f64. */
  readonly samples: number;
  readonly workers: number;
  readonly seconds: number;
  readonly write: boolean;
  /** Forgets the rows of the functions named: for functions that were changed. */
  readonly fresh: boolean;
}

export const USAGE = `npm run check:ulp -- [flags]: the largest error of each math function, for docs/reference/math.md
  --function=NAME,...   functions (default: all)
  --format=f32|f64      one format (default: both)
  --mode=strict,contract,fast,fast-contract  modes (default: all)
  --stride=N            f32: every Nth float; 1 is all of them (default 63, some 2^26)
  --samples=N           f64 and functions of two arguments: random inputs (default 131072)
  --workers=N           threads (default 1)
  --seconds=N           begins no more work after this time (default 3600)
  --fresh               forgets what is known of these functions, because they were changed
  --no-write            leaves the page as it is`;

/** @throws Error that says what is wrong and what would be right. */
export function parseFlags(args: readonly string[]): Flags {
  const given = new Map<string, string>();
  const names = ['function', 'format', 'mode', 'stride', 'samples', 'workers', 'seconds'];
  for (const arg of args) {
    const match = /^--([\w-]+)=(.+)$/.exec(arg);
    if (arg === '--no-write' || arg === '--fresh') given.set(arg.slice(2), '');
    else if (match && names.includes(match[1]!)) given.set(match[1]!, match[2]!);
    else throw new Error(`unknown flag '${arg}'\n${USAGE}`);
  }
  const number = (name: string, fallback: number, limit: number): number => {
    const text = given.get(name);
    if (text === undefined) return fallback;
    const value = Number(text);
    if (!Number.isInteger(value) || value < 1 || value > limit)
      throw new Error(`--${name}: expected an integer from 1 to ${limit}, got '${text}'`);
    return value;
  };
  const list = <T extends string>(name: string, known: readonly T[]): readonly T[] => {
    const chosen = given.get(name)?.split(',') ?? known;
    const wrong = chosen.find((item) => !(known as readonly string[]).includes(item));
    if (wrong !== undefined) throw new Error(`--${name}: unknown '${wrong}', expected some of ${known.join(', ')}`);
    return chosen as readonly T[];
  };
  return {
    functions: list('function', FUNCTIONS),
    formats: list('format', ['f32', 'f64'] as const),
    roundings: list('mode', ROUNDINGS),
    stride: number('stride', 63, 2 ** 24),
    samples: number('samples', 2 ** 17, 2 ** 30),
    workers: number('workers', 1, 64),
    seconds: number('seconds', 3600, 10 ** 6),
    write: !given.has('no-write'),
    fresh: given.has('fresh'),
  };
}
