// A trace: every pass of a run with the IR before and after it, as plain JSON data for the visualizer and for scripts.
// Ops are known by numbers that stay the same from snapshot to snapshot as long as the op lives. docs/trace-format.md
// describes the format, TRACE_SCHEMA is its JSON schema.
import {
  AttrNames,
  type Context,
  type Diagnostic,
  type LocationRef,
  type Operation,
  positionOf,
  printModuleBytes,
  StringAttr,
} from '@budflow/ir';
import type { Analysis } from './analysis.js';
import type { Instrumentation, Outcome, PassEvent, PipelineEvent } from './instrumentation.js';
import { type Pipeline, printPipeline } from './pipeline.js';
import { remarksToJson } from './remark.js';
import type {
  Trace,
  TraceAnalysis,
  TraceDiagnostic,
  TraceLocation,
  TraceOperation,
  TracePass,
  TracePipeline,
  TraceSnapshot,
} from './trace-format.js';
import { TRACE_KIND, TRACE_VERSION } from './trace-format.js';

export interface TraceOptions {
  /** What wrote the trace: `{ name: 'bud-opt', version: '0.1.0' }`. */
  readonly producer: { readonly name: string; readonly version: string };
  /** Name of the program. */
  readonly file?: string;
  readonly target?: string | undefined;
  readonly numerics?: string | undefined;
  /** Constants of more elements print as a placeholder; default 16. */
  readonly maxElements?: number;
  /** Gives milliseconds. */
  readonly clock?: () => number;
}

interface OpenPipeline {
  readonly step: TracePipeline;
  milliseconds: number;
}
interface OpenPass {
  readonly before: number;
  readonly analyses: TraceAnalysis[];
  readonly start: number;
}

/** Records one run of a pipeline. Snapshots are of the outermost op, whatever op a pass runs on. */
export class TraceRecorder implements Instrumentation {
  private readonly options: TraceOptions;
  private readonly clock: () => number;
  private readonly ids = new WeakMap<Operation, number>();
  private readonly operations: TraceOperation[] = [];
  private readonly snapshots: TraceSnapshot[] = [];
  private readonly steps: (TracePass | TracePipeline)[] = [];
  private readonly pipelines: OpenPipeline[] = [];
  private readonly passes: OpenPass[] = [];
  private readonly computing: { readonly analysis: TraceAnalysis; readonly start: number }[] = [];
  private pipeline: string | undefined;
  /** The outermost op: a pass may erase the op it runs on. */
  private root: Operation | undefined;

  constructor(options: TraceOptions) {
    this.options = options;
    this.clock = options.clock ?? (() => performance.now());
  }

  /** The trace so far; complete when the run has ended. */
  trace(): Trace {
    const { producer, file, target, numerics } = this.options;
    return {
      kind: TRACE_KIND,
      version: TRACE_VERSION,
      producer,
      ...(file === undefined ? {} : { file }),
      ...(target === undefined ? {} : { target }),
      ...(numerics === undefined ? {} : { numerics }),
      ...(this.pipeline === undefined ? {} : { pipeline: this.pipeline }),
      operations: this.operations,
      snapshots: this.snapshots,
      steps: this.steps,
    };
  }

  beforePipeline({ anchor, items, op }: PipelineEvent): void {
    if (this.snapshots.length === 0) {
      this.snapshot(op);
      const pipeline: Pipeline = { anchor, items };
      this.pipeline = printPipeline(pipeline);
    }
    const step: TracePipeline = {
      kind: 'pipeline',
      anchor,
      op: this.idOf(op),
      ...symbolOf(op),
      milliseconds: 0,
      failed: false,
      steps: [],
    };
    this.list().push(step);
    this.pipelines.push({ step, milliseconds: 0 });
  }
  afterPipeline(_: PipelineEvent, { failed }: { readonly failed: boolean }): void {
    const { step, milliseconds } = this.pipelines.pop()!;
    Object.assign(step, { milliseconds, failed });
    this.addTime(milliseconds);
  }

  beforePass({ op }: PassEvent): void {
    const before = this.snapshots.length === 0 ? this.snapshot(op) : this.snapshots.length - 1;
    this.passes.push({ before, analyses: [], start: this.clock() });
  }
  afterPass(event: PassEvent, outcome: Outcome): void {
    const end = this.clock();
    const { before, analyses, start } = this.passes.pop()!;
    const milliseconds = end - start;
    const { context } = event.op;
    const after = outcome.unchanged ? this.snapshots.length - 1 : this.snapshot(event.op);
    this.list().push({
      ...this.passStep(event),
      milliseconds,
      before,
      after,
      changed: after !== before,
      failed: outcome.failed,
      remarks: remarksToJson(context, outcome.remarks) as TracePass['remarks'],
      diagnostics: outcome.diagnostics.map((d) => diagnosticToJson(context, d)),
      statistics: Object.fromEntries(outcome.statistics),
      analyses,
    });
    this.addTime(milliseconds);
  }
  skippedPass(event: PassEvent, reason: 'ablated' | 'debug-counter'): void {
    const at = this.snapshots.length === 0 ? this.snapshot(event.op) : this.snapshots.length - 1;
    this.list().push({
      ...this.passStep(event),
      skipped: reason,
      milliseconds: 0,
      before: at,
      after: at,
      changed: false,
      failed: false,
      remarks: [],
      diagnostics: [],
      statistics: {},
      analyses: [],
    });
  }
  beforeAnalysis(analysis: Analysis, op: Operation): void {
    const entry: TraceAnalysis = { name: analysis.name, op: this.idOf(op), milliseconds: 0 };
    this.passes[this.passes.length - 1]?.analyses.push(entry);
    this.computing.push({ analysis: entry, start: this.clock() });
  }
  afterAnalysis(): void {
    const { analysis, start } = this.computing.pop()!;
    Object.assign(analysis, { milliseconds: this.clock() - start });
  }

  private passStep({ item, op }: PassEvent) {
    return {
      kind: 'pass' as const,
      pass: item.pass.name,
      options: item.options,
      op: this.idOf(op),
      ...symbolOf(op),
    };
  }
  /** Steps of the pipeline that is running. */
  private list(): (TracePass | TracePipeline)[] {
    return (this.pipelines[this.pipelines.length - 1]?.step.steps as (TracePass | TracePipeline)[]) ?? this.steps;
  }
  private addTime(milliseconds: number): void {
    const outer = this.pipelines[this.pipelines.length - 1];
    if (outer) outer.milliseconds += milliseconds;
  }

  /** The number of an op: the same for the same Operation object. */
  private idOf(op: Operation): number {
    let id = this.ids.get(op);
    if (id === undefined) {
      id = this.operations.length;
      this.ids.set(op, id);
      const location = locationOf(op.context, op.loc);
      this.operations.push({ name: op.name, ...(location ? { location } : {}) });
    }
    return id;
  }

  /** Takes a snapshot of the outermost op around `op`, unless nothing changed since the last; returns its index. */
  private snapshot(op: Operation): number {
    this.root ??= outermost(op);
    const { root } = this;
    const ranges = new Map<Operation, readonly [number, number]>();
    const bytes = printModuleBytes(root, {
      elideLargeAttributes: this.options.maxElements ?? 16,
      onOperation: (printed, start, end) => ranges.set(printed, [start, end]),
    });
    const text = new TextDecoder().decode(bytes);
    const offset = offsets(bytes, text);
    const ops: [number, number, number, number][] = [];
    root.walk((inner) => {
      const range = ranges.get(inner);
      const parent = inner === root ? null : inner.parentOp;
      const [start, end] = range ? [offset(range[0]), offset(range[1])] : [-1, -1];
      ops.push([this.idOf(inner), parent ? this.idOf(parent) : -1, start, end]);
    });
    const last = this.snapshots[this.snapshots.length - 1];
    const same =
      last?.text === text && last.ops.length === ops.length && last.ops.every(([id], i) => id === ops[i]![0]);
    if (!same) this.snapshots.push({ text, ops });
    return this.snapshots.length - 1;
  }
}

/** From offsets in UTF-8 to offsets in the string, which for ASCII are the same. */
function offsets(bytes: Uint8Array, text: string): (byte: number) => number {
  if (bytes.length === text.length) return (byte) => byte;
  const units = new Uint32Array(bytes.length + 1);
  let unit = 0;
  for (let i = 0; i < bytes.length; i++) {
    units[i] = unit;
    const byte = bytes[i]!;
    // The first byte of a character counts; one of four bytes is two units.
    if ((byte & 0xc0) !== 0x80) unit += byte >= 0xf0 ? 2 : 1;
  }
  units[bytes.length] = unit;
  return (byte) => units[byte]!;
}

function symbolOf(op: Operation): { readonly symbol?: string } {
  const name = op.attr(AttrNames.symName);
  return name instanceof StringAttr ? { symbol: name.value } : {};
}

function locationOf(context: Context, location: LocationRef): TraceLocation | undefined {
  const at = positionOf(context, location);
  return at && { file: at.file, line: at.line, column: at.column };
}

function diagnosticToJson(context: Context, { severity, id, message, location, notes }: Diagnostic): TraceDiagnostic {
  const at = locationOf(context, location);
  return {
    severity,
    id,
    message,
    ...(at ? { location: at } : {}),
    notes: notes.map((note) => diagnosticToJson(context, note)),
  };
}

function outermost(op: Operation): Operation {
  let top = op;
  for (let parent = top.parentOp; parent; parent = top.parentOp) top = parent;
  return top;
}
