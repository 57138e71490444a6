// The flags of bud-reduce.
import { type FlagGroup, printFlags } from '../cli/flags.js';
import { PLUGIN_FLAG } from '../compiler/project.js';
import { LEVELS, NUMERICS } from '../opt/flags.js';

export const REDUCE_FLAGS: readonly FlagGroup[] = [
  {
    title: 'What is interesting (one of these ways)',
    flags: [
      {
        name: 'test',
        value: 'PROGRAM',
        help: 'A program that is started with the path of a candidate and ends with 0 when it is interesting, as C-Reduce has it (mlir-reduce: with 1).',
      },
      {
        name: 'test-pipeline',
        value: 'TEXT',
        help: "A pipeline that runs in this process on each candidate: 'builtin.module(canonicalize,func.func(cse))'. --expect says what is looked for.",
      },
      { name: 'O', short: 'O', value: '0..3', choices: LEVELS, help: 'The same with a default pipeline.' },
    ],
  },
  {
    title: 'With a pipeline',
    flags: [
      {
        name: 'expect',
        value: 'KIND',
        help: 'crash (default): a pass throws or leaves invalid IR, the same as at the beginning. diagnostic=REGEX: such a message comes. miscompile: the interpreter gets other results after the pipeline than before, on random inputs.',
      },
      { name: 'entry', value: 'NAME', help: 'For miscompile: the function; default main, or the only public one.' },
      { name: 'sizes', value: 'N,..', help: 'For miscompile: sizes of dynamic dimensions; default 5.' },
      { name: 'bisect-passes', help: 'Do not reduce: say which pass introduces the failure, and which ones it needs.' },
      {
        name: 'bisect-patterns',
        help: 'Do not reduce: say which application of which pattern, fold or pass introduces it.',
      },
      { name: 'target', value: 'NAME', help: 'The machine that the passes are for.' },
      { name: 'numerics', value: 'MODE', choices: NUMERICS, help: 'What is promised about rounding.' },
    ],
  },
  {
    title: 'Limits and output',
    flags: [
      { name: 'max-steps', value: 'N', help: 'Test at most so many candidates.' },
      { name: 'timeout', value: 'SECONDS', help: 'Stop after so long, with the smallest program so far.' },
      {
        name: 'test-timeout',
        value: 'SECONDS',
        help: 'A run of --test that takes longer is not interesting; default 60.',
      },
      {
        name: 'output',
        short: 'o',
        value: 'PATH',
        help: 'Where the program goes; default and -: standard output. A file is replaced at once.',
      },
      { name: 'quiet', short: 'q', help: 'No progress.' },
      { name: 'allow-unregistered-dialect', help: 'Accept ops of dialects that are not loaded.' },
      PLUGIN_FLAG,
      { name: 'debug', help: 'Show where an internal error was thrown.' },
      { name: 'help', short: 'h', help: 'This text.' },
      { name: 'version', help: 'The version.' },
    ],
  },
];

export function reduceHelp(): string {
  return `Usage: bud-reduce [FILE|-] --test=PROGRAM | --test-pipeline=TEXT | -O3 [flags]

Shrinks a program that makes a compiler fail, as long as it still does.

${printFlags(REDUCE_FLAGS)}
Examples:
  bud-reduce big.mlir --test=./interesting.sh -o small.mlir
  bud-reduce big.mlir --test-pipeline='canonicalize,cse' --expect=crash
  bud-reduce big.mlir --test-pipeline='canonicalize' --expect=miscompile --bisect-patterns

Exit codes: 0 fine, 1 the program is invalid or not interesting, 2 a wrong command line.
`;
}
