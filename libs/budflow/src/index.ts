// What users of Budflow import.
export { Heap, HeapExhausted } from '@budflow/heap';
export { CompileError, InternalError } from '@budflow/ir';
export {
  type CallArgument,
  type CallOptions,
  CompiledFunction,
  type CustomCalls,
  closeThreads,
  type DType,
  decodeNpy,
  EventStream,
  encodeNpy,
  NdArray,
  type NpyArray,
  type RuntimeEvent,
  RuntimeTrap,
  type TypedArray,
} from '@budflow/runtime';
export { array } from './array.js';
export { compile, events } from './compile.js';
export { type Callable, CompiledModule } from './compiled-module.js';
export { createContext } from './context.js';
export { type CompileOptions, defaultTarget, pipelineFor } from './options.js';
export { createPassRegistry } from './passes.js';
export { definePlugin, type Plugin } from './plugin.js';
export type { CompileReport, KernelReport } from './report.js';
export { type KernelSchedule, type LoopName, LoopRef, ScheduleBuilder, StageSchedule, schedule } from './schedule.js';
