#!/usr/bin/env node
import { nodeIo } from '../cli/node-io.js';
// bud-opt: runs passes on MLIR text. Imports only what every run needs; the compiler is loaded when asked for.
import { runCli } from '../cli/run-cli.js';
import { optMain } from '../opt/main.js';

process.exitCode = await runCli('bud-opt', optMain, process.argv.slice(2), nodeIo());
