// The fuzzer: random programs, a few in one module, each in one configuration or more, with progress and small failing programs.
import { Random } from '@budflow/numerics';
import {
  type Configuration,
  describeConfiguration,
  type Failure,
  PLAIN,
  RELAXED,
  type TestTensor,
} from '../differential.js';
import { checkProgram, checkTogether, materialise, minimise } from './check.js';
import { type GenerateOptions, generateProgram } from './generate.js';
import { type Program, printProgram } from './program.js';

export interface FuzzOptions {
  readonly programs: number;
  readonly seed: number;
  /** Configurations for each program (default 1; programs of one module share them). */
  readonly perProgram?: number;
  /** Ops of a program at most (default 12). */
  readonly maxOps?: number;
  /** Loops and branches (default: none). */
  readonly controlFlow?: GenerateOptions['controlFlow'];
  /** Element types (default: all). */
  readonly types?: GenerateOptions['types'];
  /** Stop after so many failures (default 1). */
  readonly maxFailures?: number;
  readonly onProgress?: (done: number, failures: number) => void;
  readonly onFailure?: (found: FuzzFailure) => void;
}

export interface FuzzFailure {
  readonly seed: number;
  readonly configuration: Configuration;
  readonly failure: Failure;
  /** One program made small, or all programs of a module in which none fails alone. */
  readonly programs: readonly Program[];
}

/** All levels, also those that the tests of single ops leave out. */
const ALL: readonly Configuration[] = (['strict', 'default'] as const).flatMap((numerics) =>
  ([0, 1, 2, 3] as const).flatMap((level) => [PLAIN, RELAXED].map((target) => ({ numerics, level, target }))),
);

/** Programs of one module: those of seeds with one quotient by this number, so that a program alone has its configuration. */
export const TOGETHER = 8;

/** The configurations a program runs in: levels in turn, the highest one twice, numerics and target drawn. */
export function configurationsFor(seed: number, count: number): Configuration[] {
  if (count >= ALL.length) return [...ALL];
  const block = Math.floor(seed / TOGETHER);
  const random = new Random(block ^ 0x5bd1e995);
  const levels = [3, 1, 0, 3, 2];
  return Array.from({ length: count }, (_, i) => {
    const fitting = ALL.filter((c) => c.level === levels[(block + i) % levels.length]);
    return fitting[random.uint32() % fitting.length]!;
  });
}

/** Runs programs of seeds seed, seed + 1, ...; returns what failed, errors of one message once. */
export function fuzz(options: FuzzOptions): FuzzFailure[] {
  const { maxOps, controlFlow, types, maxFailures = 1 } = options;
  const failures: FuzzFailure[] = [];
  const seen = new Set<string>();
  const end = options.seed + options.programs;
  for (let seed = options.seed; seed < end && failures.length < maxFailures; ) {
    const next = Math.min(end, (Math.floor(seed / TOGETHER) + 1) * TOGETHER);
    const programs = Array.from({ length: next - seed }, (_, i) =>
      generateProgram(seed + i, { maxOps, controlFlow, types }),
    );
    const oracles = new Map<string, TestTensor[][]>();
    for (const configuration of configurationsFor(seed, options.perProgram ?? 1)) {
      const failure = checkTogether(programs, configuration, oracles);
      if (!failure) continue;
      for (const found of failuresAlone(programs, configuration, failure)) {
        const reason = reasonOf(found.failure);
        if (reason !== undefined && seen.has(reason)) continue;
        if (reason !== undefined) seen.add(reason);
        const small = found.together ? found : { ...found, programs: [minimise(found.programs[0]!, configuration)] };
        failures.push(small);
        options.onFailure?.(small);
        if (failures.length >= maxFailures) break;
      }
    }
    seed = next;
    options.onProgress?.(seed - options.seed, failures.length);
  }
  return failures;
}

/** Which of the programs of a module fail by themselves; when none does, the module as a whole. */
function failuresAlone(
  programs: readonly Program[],
  configuration: Configuration,
  failure: Failure,
): (FuzzFailure & { readonly together: boolean })[] {
  const alone = programs.flatMap((program) => {
    const own = checkProgram(program, configuration);
    return own
      ? [
          {
            seed: program.seed,
            configuration,
            failure: own,
            programs: [program] as readonly Program[],
            together: false,
          },
        ]
      : [];
  });
  if (alone.length > 0) return alone;
  return [{ seed: programs[0]!.seed, configuration, failure, programs, together: programs.length > 1 }];
}

/** What errors have in common that are one bug; every wrong result is taken for a bug of its own. */
function reasonOf({ kind, message }: Failure): string | undefined {
  return kind === 'mismatch' ? undefined : message.split('\n')[0]!.replace(/\d+/g, 'N');
}

export function describeFailure({ seed, configuration, failure, programs }: FuzzFailure): string {
  const [first] = programs;
  const again = (programs.length === 1 && first && checkProgram(first, configuration)) || failure;
  const texts =
    programs.length === 1 && first
      ? [printProgram(first).text]
      : ['only together:', ...programs.map((program, i) => materialise(program, `main${i}`).text)];
  return [`seed ${seed}, ${describeConfiguration(configuration)}: ${again.kind}: ${again.message}`, ...texts].join(
    '\n',
  );
}
