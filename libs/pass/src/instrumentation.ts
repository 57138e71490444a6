// What can watch a pipeline run. `after` hooks are called in the reverse order of `before` hooks.
import type { Diagnostic, Operation } from '@budflow/ir';
import type { Analysis } from './analysis.js';
import type { PassItem, PipelineItem } from './pipeline.js';
import type { Remark } from './remark.js';

export interface PipelineEvent {
  /** Name of the op kind the pipeline is anchored on. */
  readonly anchor: string;
  readonly items: readonly PipelineItem[];
  readonly op: Operation;
}
export interface PassEvent {
  readonly item: PassItem;
  readonly op: Operation;
  /** Anchors around the pass, outermost first. */
  readonly path: readonly string[];
}
export interface Outcome {
  readonly failed: boolean;
  /** The pass said that it changed nothing. */
  readonly unchanged: boolean;
  /** Of this run of the pass. */
  readonly remarks: readonly Remark[];
  readonly diagnostics: readonly Diagnostic[];
  readonly statistics: ReadonlyMap<string, number>;
}

export interface Instrumentation {
  beforePipeline?(event: PipelineEvent): void;
  afterPipeline?(event: PipelineEvent, outcome: { readonly failed: boolean }): void;
  beforePass?(event: PassEvent): void;
  afterPass?(event: PassEvent, outcome: Outcome): void;
  /** A pass was left out: by `ablate`, or by a debug counter. */
  skippedPass?(event: PassEvent, reason: 'ablated' | 'debug-counter'): void;
  beforeAnalysis?(analysis: Analysis, op: Operation): void;
  afterAnalysis?(analysis: Analysis, op: Operation): void;
  beforeVerify?(op: Operation): void;
  afterVerify?(op: Operation): void;
}
