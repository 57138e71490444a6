#!/usr/bin/env node
import { nodeIo } from '../cli/node-io.js';
// bud-run: runs a function of an MLIR file on .npy arrays.
import { runCli } from '../cli/run-cli.js';
import { runMain } from '../run/main.js';

process.exitCode = await runCli('bud-run', runMain, process.argv.slice(2), nodeIo());
