// Public face of the runtime dialect.
export { CallHostOp, hostCallOf } from './call-host.js';
export { CallKernelOp, calledKernel } from './call-kernel.js';
export { registerRtDialect, rtDialect } from './dialect.js';
export { ExpectOp } from './expect.js';
export {
  argumentAttr,
  chunkCount,
  chunkMap,
  dynamicSizesOf,
  functionTypeOf,
  interleavedParts,
  isChunked,
  isKernel,
  KernelAttr,
  KernelAttrs,
  type KernelInfo,
  kernelArgumentTypes,
  kernelInfo,
  scratchBytes,
  setKernelInfo,
  verifyKernel,
} from './kernel.js';
