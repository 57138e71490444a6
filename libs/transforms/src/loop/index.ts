export { arrayToLoop } from './array-to-loop.js';
export { chunkKernel } from './chunk-kernel.js';
export { convertLoopToCf } from './convert-loop-to-cf.js';
export { licm } from './licm.js';
export { liftCfToLoop, liftFunction } from './lift-cf-to-loop.js';
export { narrowIntegers } from './narrow-integers.js';
export { rotateWhileLoops } from './rotate-while-loops.js';
export { splitComplexMemory } from './split-complex-memory.js';
