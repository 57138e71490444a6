// Public face of the runtime.
export { ArrayMemory } from './arrays/array-memory.js';
export {
  arrayNames,
  bytesPerElement,
  countOf,
  DTYPES,
  type DType,
  defaultDType,
  describeArray,
  isDType,
  partsOf,
  type TypedArray,
  type TypedArrays,
} from './arrays/dtype.js';
export { NdArray } from './arrays/nd-array.js';
export { RuntimeTrap, type TrapKind } from './errors.js';
export { EventStream, type RuntimeEvent, type RuntimeListener } from './events.js';
export type { HostExpression, HostOperator } from './host/expression.js';
export { compileHost, generateHost } from './host/generate.js';
export { interpretHost } from './host/interpret.js';
export { type LowerHostOptions, lowerHost } from './host/lower.js';
export * from './host/program.js';
export { signatureOf, specOf } from './host/signature.js';
export { type DecodeOptions, decodeNpy } from './npy/decode.js';
export { encodeNpy } from './npy/encode.js';
export type { NpyArray } from './npy/format.js';
export { bytesOf, type CallArgument, describeSpec } from './program/arguments.js';
export { type CallOptions, CompiledFunction } from './program/compiled-function.js';
export type { CustomCalls } from './program/custom-calls.js';
export { type HostMode, type LinkedProgram, linkProgram } from './program/link.js';
export { type LoadedModule, type LoadOptions, loadModule, type ProgramModule } from './program/load.js';
export { sizeRequirements } from './shapes/requirements.js';
export type { ThreadOptions } from './threads/parallel-kernel.js';
export {
  type Job,
  type JobOutcome,
  type PoolOptions,
  type StartWorker,
  type WorkerEvents,
  WorkerLost,
  WorkerPool,
  type WorkerThread,
} from './threads/pool.js';
export {
  closeThreads,
  MAXIMUM_THREADS,
  setThreadSupport,
  sharedThreads,
  type ThreadSupport,
  type Threads,
} from './threads/support.js';
export { workerSource } from './threads/worker.js';
