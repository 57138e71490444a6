export { checkAssignment } from './assignment/check-assignment.js';
export { bufferAssignment, TEMPORARIES_ATTR } from './buffer-assignment.js';
export { DONATED_ATTR, SIGNATURE_ATTR } from './bufferization/host.js';
export { bufferize } from './bufferize.js';
export { deadStoreElimination } from './dead-store-elimination.js';
export { inlineKernelCalls } from './inline-kernel-calls.js';
export { outlineSmallLoops } from './outline-small-loops.js';
export { scalarReplacement } from './scalar-replacement.js';
export { SCRATCH_OFFSET, scratchAssignment } from './scratch-assignment.js';
