// Commands that run in this process: no process for each test.
import { type Io, type Main, optMain, reduceMain, runCli, runMain } from '@budflow/opt';
import { createTwoFilesPatch } from 'diff';
import { fileCheckMain } from '../filecheck/main.js';

/** A command of RUN lines; its exit code. Never throws. */
export type InProcess = (argv: readonly string[], io: Io) => Promise<number>;

const cli =
  (name: string, main: Main): InProcess =>
  (argv, io) =>
    runCli(name, main, argv, io);

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

const diffMain: Main = async (argv, io) => {
  const [a, b, ...rest] = argv.filter((word) => !/^-[a-zA-Z]+$/.test(word));
  if (a === undefined || b === undefined || rest.length > 0) {
    io.stderr('diff: two files, please\n');
    return 2;
  }
  const read = async (path: string) => text(path === '-' ? await io.stdin() : io.readFile(path));
  const [left, right] = [await read(a), await read(b)];
  if (left === right) return 0;
  io.stdout(createTwoFilesPatch(a, b, left, right, undefined, undefined, { context: 3 }));
  return 1;
};

const catMain: Main = async (argv, io) => {
  if (argv.length === 0) io.stdout(await io.stdin());
  for (const path of argv) io.stdout(path === '-' ? await io.stdin() : io.readFile(path));
  return 0;
};

/** `count N`: whether standard input has N lines. */
const countMain: Main = async (argv, io) => {
  const lines = text(await io.stdin()).split('\n').length - 1;
  if (lines === Number(argv[0])) return 0;
  io.stderr(`count: expected ${argv[0]} lines, got ${lines}\n`);
  return 1;
};

export const COMMANDS: ReadonlyMap<string, InProcess> = new Map([
  ['bud-opt', cli('bud-opt', optMain)],
  ['bud-run', cli('bud-run', runMain)],
  ['bud-reduce', cli('bud-reduce', reduceMain)],
  ['bud-filecheck', cli('bud-filecheck', fileCheckMain)],
  ['FileCheck', cli('FileCheck', fileCheckMain)],
  ['filecheck', cli('filecheck', fileCheckMain)],
  ['diff', cli('diff', diffMain)],
  ['cat', cli('cat', catMain)],
  ['count', cli('count', countMain)],
  [
    'echo',
    async (argv, io) => {
      io.stdout(`${argv.join(' ')}\n`);
      return 0;
    },
  ],
  ['true', async () => 0],
  [':', async () => 0],
  ['false', async () => 1],
]);
