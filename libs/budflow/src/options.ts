// What `compile` can be told, and what it does when it is not.
import type { Backend } from '@budflow/backend-api';
import type { Heap } from '@budflow/heap';
import type { Dialect } from '@budflow/ir';
import type {
  DebugCounters,
  Instrumentation,
  NumericsMode,
  PassDefinition,
  PipelineItemJson,
  PipelineJson,
} from '@budflow/pass';
import type { CustomCalls, EventStream, HostMode } from '@budflow/runtime';
import { selectWasmTarget } from '@budflow/target';
import { defaultPipeline, type OptimizationLevel } from '@budflow/transforms/pipelines';
import { serializeSchedules } from '@budflow/transforms/scheduling';
import type { Plugin } from './plugin.js';
import type { KernelSchedule } from './schedule.js';

const FUSION = 'instruction-fusion';
const SIBLINGS = 'sibling-fusion';

export interface CompileOptions {
  /** Name of the function to compile (default: every public one). */
  readonly entry?: string;
  /** Name of a target of the backend (default: the best WebAssembly target of this engine). */
  readonly target?: string;
  /** What compilation may do to rounding (default `default`). */
  readonly numerics?: NumericsMode;
  /** 0: unfused, scalar. 1: fused, scalar. 2, 3: everything (default 3). */
  readonly level?: OptimizationLevel;
  /** Group ops into kernels (default true); false shows what that is worth. */
  readonly fuse?: boolean;
  /** How loops of kernels are run, instead of the default; a step that is not legal is an error. */
  readonly schedules?: readonly KernelSchedule[];
  /** The pipeline instead of that of the level. */
  readonly pipeline?: PipelineJson;
  /** Dialects the program may use beside those of Budflow; structured ops take part in fusion and code generation. */
  readonly dialects?: readonly Dialect[];
  /** Passes the pipeline may name beside those of Budflow. */
  readonly passes?: readonly PassDefinition[];
  /** What `definePlugin` returned: dialects, passes, interfaces, backends, targets and pipelines. */
  readonly plugins?: readonly Plugin[];
  /**
   * Names of passes that are skipped wherever they occur. Without `instruction-fusion` each op is a kernel of its own, as
   * with `fuse: false`; lowering passes cannot be spared.
   */
  readonly ablate?: readonly string[];
  /** Name of the source in messages (default `program.mlir`). */
  readonly file?: string;
  /** Verify after every pass (default false): a bug in a pass is then found where it is. */
  readonly verifyEach?: boolean;
  /** Let only some applications of passes, patterns and folds happen. */
  readonly debugCounters?: DebugCounters | undefined;
  /** Watch the passes. */
  readonly instrumentations?: readonly Instrumentation[];
  /** Called with the name and the text of each stage: `input`, every pass that changed something, `host`. */
  readonly dump?: (stage: string, text: string) => void;
  /** Keep names in the code, for profilers and debuggers (default false). */
  readonly debugNames?: boolean;
  /** A backend, or the name of one of a plug-in (default: the WebAssembly backend). */
  readonly backend?: Backend | string;
  /**
   * The heap arrays of the module live in (default: one that all modules of one thread share, or one that all modules of
   * several threads do). Threads need one that was created with `shared: true`.
   */
  readonly heap?: Heap;
  /** Where events go (default: `events`, one stream for all). */
  readonly events?: EventStream;
  /**
   * What custom calls of the program run, by the name of their target. Inputs and outputs are resident arrays, valid during
   * the call; outputs are zero before. A target that nothing is given for is an error.
   */
  readonly customCalls?: CustomCalls;
  /**
   * Threads that kernels run on, the calling one included (default 1): a number, or `auto` for as many as there are
   * processors. Results are the same for any number. On Node, call `enableThreads()` of `@budflow/runtime/node` first; where
   * there are no workers or no shared memory, the report says so and one thread does everything.
   */
  readonly threads?: number | 'auto';
  /** How host code runs (default `auto`). */
  readonly host?: HostMode;
}

/** The target that is compiled for when none is named. */
export function defaultTarget(): string {
  return selectWasmTarget().name;
}

/** The pipeline that options ask for. */
export function pipelineFor(options: CompileOptions, target: string): PipelineJson {
  const pipeline = withSchedules(chosenPipeline(options, target), options.schedules ?? []);
  return typeof options.threads === 'number' ? withWorkers(pipeline, options.threads) : pipeline;
}

/** Tells `cache-blocking` how many threads share the blocks of a product, unless the pipeline does. */
function withWorkers(pipeline: PipelineJson, workers: number): PipelineJson {
  if (workers <= 1) return pipeline;
  const visit = (item: PipelineItemJson): PipelineItemJson => {
    if (typeof item === 'object' && 'anchor' in item) return { ...item, pipeline: item.pipeline.map(visit) };
    const { pass, options } = typeof item === 'string' ? { pass: item, options: {} } : item;
    return pass === 'cache-blocking' ? { pass, options: { workers, ...options } } : item;
  };
  return { ...pipeline, pipeline: pipeline.pipeline.map(visit) };
}

function chosenPipeline(options: CompileOptions, target: string): PipelineJson {
  const pipeline = options.pipeline ?? defaultPipeline(options.level ?? 3, target, options.numerics ?? 'default');
  return fusesNothing(options) ? { ...pipeline, pipeline: pipeline.pipeline.map(withoutFusion) } : pipeline;
}

/** Tells `apply-schedule` what it is to apply. */
function withSchedules(pipeline: PipelineJson, schedules: readonly KernelSchedule[]): PipelineJson {
  if (schedules.length === 0) return pipeline;
  const text = serializeSchedules(new Map(schedules.map((one) => [one.kernel, { steps: one.steps }])));
  const visit = (item: PipelineItemJson): PipelineItemJson => {
    if (typeof item === 'object' && 'anchor' in item) return { ...item, pipeline: item.pipeline.map(visit) };
    const pass = typeof item === 'string' ? item : item.pass;
    return pass === 'apply-schedule' ? { pass, options: { strict: true, schedules: text } } : item;
  };
  return { ...pipeline, pipeline: pipeline.pipeline.map(visit) };
}

function fusesNothing({ fuse, ablate }: CompileOptions): boolean {
  return fuse === false || ablate?.includes(FUSION) === true;
}

/** The passes to skip: fusion does not skip, it fuses nothing; then kernels are not merged either. */
export function skippedPasses(options: CompileOptions): readonly string[] {
  const skipped = options.ablate?.filter((name) => name !== FUSION) ?? [];
  return fusesNothing(options) ? [...skipped, SIBLINGS] : skipped;
}

function withoutFusion(item: PipelineItemJson): PipelineItemJson {
  if (typeof item === 'object' && 'anchor' in item) return { ...item, pipeline: item.pipeline.map(withoutFusion) };
  const pass = typeof item === 'string' ? item : item.pass;
  if (pass !== FUSION) return item;
  return { pass, options: { ...(typeof item === 'object' ? item.options : {}), 'max-decisions': 0 } };
}
