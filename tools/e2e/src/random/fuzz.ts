// The fuzzer: random programs one after another, each in a few configurations, with progress and small failing programs.
import { Random } from '@budflow/numerics';
import { CONFIGURATIONS, type Configuration, describeConfiguration, type Failure } from '../differential.js';
import { checkConfigurations, checkProgram, minimise } from './check.js';
import { type GenerateOptions, generateProgram } from './generate.js';
import { type Program, printProgram } from './program.js';

export interface FuzzOptions {
  readonly programs: number;
  readonly seed: number;
  /** Configurations for each program (default 3: every level once). */
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
  readonly minimised: Program;
}

/** The configurations a program runs in: levels in turn, numerics and target drawn. */
export function configurationsFor(seed: number, count: number): Configuration[] {
  if (count >= CONFIGURATIONS.length) return [...CONFIGURATIONS];
  const random = new Random(seed ^ 0x5bd1e995);
  const levels = [3, 1, 0];
  return Array.from({ length: count }, (_, i) => {
    const fitting = CONFIGURATIONS.filter((c) => c.level === levels[i % 3]);
    return fitting[random.uint32() % fitting.length]!;
  });
}

/** Runs programs of seeds seed, seed + 1, ...; returns what failed, errors of one message once. */
export function fuzz(options: FuzzOptions): FuzzFailure[] {
  const failures: FuzzFailure[] = [];
  const seen = new Set<string>();
  for (let i = 0; i < options.programs; i++) {
    const seed = options.seed + i;
    const { maxOps, controlFlow, types } = options;
    const program = generateProgram(seed, { maxOps, controlFlow, types });
    const failed = checkConfigurations(program, configurationsFor(seed, options.perProgram ?? 3));
    const reason = failed && reasonOf(failed.failure);
    if (failed && (reason === undefined || !seen.has(reason))) {
      if (reason !== undefined) seen.add(reason);
      const found = { seed, ...failed, minimised: minimise(program, failed.configuration) };
      failures.push(found);
      options.onFailure?.(found);
    }
    options.onProgress?.(i + 1, failures.length);
    if (failures.length >= (options.maxFailures ?? 1)) break;
  }
  return failures;
}

/** What errors have in common that are one bug; every wrong result is taken for a bug of its own. */
function reasonOf({ kind, message }: Failure): string | undefined {
  return kind === 'mismatch' ? undefined : message.split('\n')[0]!.replace(/\d+/g, 'N');
}

export function describeFailure({ seed, configuration, failure, minimised }: FuzzFailure): string {
  const again = checkProgram(minimised, configuration) ?? failure;
  return [
    `seed ${seed}, ${describeConfiguration(configuration)}: ${again.kind}: ${again.message}`,
    printProgram(minimised).text,
  ].join('\n');
}
