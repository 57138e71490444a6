// Public face of the command lines, for tests and for programs that call them in process.
export { ExitCode } from './cli/errors.js';
export type { Io, Main } from './cli/io.js';
export { nodeIo } from './cli/node-io.js';
export { runCli } from './cli/run-cli.js';
export { optMain } from './opt/main.js';
export { reduceMain } from './reduce/main.js';
export { runMain } from './run/main.js';
