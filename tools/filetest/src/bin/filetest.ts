import { nodeIo, runCli } from '@budflow/opt';
import { filetestMain } from '../lit/main.js';

process.exitCode = await runCli('filetest', filetestMain, process.argv.slice(2), nodeIo());
