import { nodeIo, runCli } from '@budflow/opt';
import { fileCheckMain } from '../filecheck/main.js';

process.exitCode = await runCli('bud-filecheck', fileCheckMain, process.argv.slice(2), nodeIo());
