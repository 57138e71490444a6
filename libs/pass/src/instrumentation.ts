// What can watch a pipeline run. `after` hooks are called in the reverse order of `before` hooks.
import type { Operation } from '@budflow/ir';
import type { Analysis } from './analysis.js';
import type { PassItem, PipelineItem } from './pipeline.js';

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
}

export interface Instrumentation {
  beforePipeline?(event: PipelineEvent): void;
  afterPipeline?(event: PipelineEvent, outcome: { readonly failed: boolean }): void;
  beforePass?(event: PassEvent): void;
  afterPass?(event: PassEvent, outcome: Outcome): void;
  beforeAnalysis?(analysis: Analysis, op: Operation): void;
  afterAnalysis?(analysis: Analysis, op: Operation): void;
  beforeVerify?(op: Operation): void;
  afterVerify?(op: Operation): void;
}
