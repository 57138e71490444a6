// Public face: the checker on texts, and the commands.
export { type FileCheckResult, fileCheck, fileCheckMain } from './filecheck/main.js';
export { canonicalText, DEFAULT_OPTIONS, type FileCheckOptions } from './filecheck/options.js';
