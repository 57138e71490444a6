// The command line of check:ulp.
import { type CommandLine, type FlagTable, UsageError } from '../command-line.js';
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

export const TITLE =
  'npm run check:ulp -- [flags]: the largest error of each math function, for docs/reference/math.md';

const FORMATS = ['f32', 'f64'] as const;

export const FLAGS = {
  function: ['NAME,...', 'all', 'functions'],
  format: ['f32,f64', 'all', 'formats'],
  mode: [ROUNDINGS.join(), 'all', 'numerics modes'],
  stride: ['N', '63', 'f32: every Nth float; 1 is all of them, 63 some 2^26'],
  samples: ['N', '131072', 'f64 and functions of two arguments: random inputs'],
  workers: ['N', '1', 'threads'],
  seconds: ['N', '3600', 'begins no more work after this time'],
  fresh: ['', '', 'forgets what is known of these functions, because they were changed'],
  'no-write': ['', '', 'leaves the page as it is'],
} as const satisfies FlagTable;

/** @throws UsageError that says what is wrong and what would be right */
export function flagsOf(line: CommandLine<typeof FLAGS>): Flags {
  const list = <T extends string>(name: keyof typeof FLAGS, known: readonly T[]): readonly T[] => {
    const chosen = line.text(name) === 'all' ? known : line.text(name).split(',');
    const wrong = chosen.find((item) => !(known as readonly string[]).includes(item));
    if (wrong !== undefined)
      throw new UsageError(`--${name}: unknown '${wrong}', expected some of ${known.join(', ')}`);
    return chosen as readonly T[];
  };
  return {
    functions: list('function', FUNCTIONS),
    formats: list('format', FORMATS),
    roundings: list('mode', ROUNDINGS),
    stride: line.whole('stride', 1),
    samples: line.whole('samples', 1),
    workers: line.whole('workers', 1),
    seconds: line.whole('seconds', 1),
    write: !line.has('no-write'),
    fresh: line.has('fresh'),
  };
}
