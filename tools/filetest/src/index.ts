// Public face: the checker on texts, and the commands.
export { type FileCheckResult, fileCheck, fileCheckMain } from './filecheck/main.js';
export { canonicalText, DEFAULT_OPTIONS, type FileCheckOptions } from './filecheck/options.js';
export { discoverTests, testFolders, testName } from './lit/discover.js';
export { detectFeatures } from './lit/features.js';
export { filetestMain } from './lit/main.js';
export { FAILURES, type Outcome, runTest, type TestResult, type TestSettings } from './lit/run-test.js';
