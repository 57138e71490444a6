// Public face of the backend interface.
export {
  BLOCK_ALIGNMENT,
  FIRST_ARGUMENT_WORD,
  LOWEST_ADDRESS,
  TrapCode,
  trapKind,
  WORD_BYTES,
  WORD_PREFETCH_DISTANCE,
  WORD_SCRATCH,
  WORD_STATE,
  WORDS_RESERVED,
} from './abi.js';
export {
  type Argument,
  type ArgumentLayout,
  type ArrayArgument,
  argumentAttributes,
  argumentLayout,
  CHUNK_ARGUMENTS,
  type DimensionWord,
  functionType,
  isKernelType,
  type ScalarArgument,
} from './argument-layout.js';
export type {
  Artefact,
  Backend,
  BackendCapabilities,
  CompileOptions,
  ConstantMetadata,
  HeapLike,
  Kernel,
  KernelMetadata,
  PhaseFunction,
  PhaseMetadata,
  ShareableKernel,
} from './backend.js';
export { evaluateSize, type SizeExpression, sizeExpression } from './chunks.js';
export { KernelAttrs, phaseMetadata } from './phase-metadata.js';
