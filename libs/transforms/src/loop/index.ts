export { arrayToLoop } from './array-to-loop.js';
export { chunkKernel } from './chunk-kernel.js';
export { licm } from './licm.js';
