import { nodeIo } from '../cli/node-io.js';
// bud-reduce: shrinks a program that shows a failure. Not in the bundle: it runs for long, so its start does not matter.
import { runCli } from '../cli/run-cli.js';
import { reduceMain } from '../reduce/main.js';

process.exitCode = await runCli('bud-reduce', reduceMain, process.argv.slice(2), nodeIo());
