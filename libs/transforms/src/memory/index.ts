export { scalarReplacement } from './scalar-replacement.js';
export { SCRATCH_OFFSET, scratchAssignment } from './scratch-assignment.js';
