// The flags of bud-run.
import { type FlagGroup, printFlags } from '../cli/flags.js';
import { DEBUG_COUNTER_FLAGS } from '../compiler/debug-counter-flags.js';
import { PLUGIN_FLAG } from '../compiler/project.js';
import { LEVELS, NUMERICS } from '../opt/flags.js';

export const RUN_FLAGS: readonly FlagGroup[] = [
  {
    title: 'What runs',
    flags: [
      { name: 'entry', value: 'NAME', help: 'The function; default: main, or the only public one.' },
      {
        name: 'all-functions',
        help: 'Run every public function that takes no arguments, in all parts between lines `// -----`, and report which fail. Files of StableHLO tests run so without it.',
      },
      { name: 'split-input-file', help: 'The same as --all-functions, under the name of other tools.' },
      {
        name: 'backend',
        value: 'KIND',
        help: 'wasm (default) compiles, as does a backend of a plug-in; interp interprets the program as it is written, or after the passes of -O or --pipeline-config.',
      },
      {
        name: 'O',
        short: 'O',
        value: '0..3',
        choices: LEVELS,
        help: 'The default pipeline: 0 nothing fused, scalar; 1 fused; 2 and 3 scheduled and vectorised too. Default 3.',
      },
      {
        name: 'pipeline-config',
        value: 'FILE.json',
        help: 'A pipeline as JSON instead; bud-opt -O3 --print-pipeline prints one to start from.',
      },
      {
        name: 'schedule',
        value: 'FILE.json',
        help: 'How the loops of kernels run, instead of the default; bud-opt FILE -O3 --print-schedule prints one to start from.',
      },
      {
        name: 'target',
        value: 'NAME',
        help: 'wasm32-simd128, wasm32-relaxed-simd, or a JSON file that describes such a machine; default: the best of this engine.',
      },
      {
        name: 'numerics',
        value: 'MODE',
        choices: NUMERICS,
        help: 'What is promised about rounding: strict, default or fast.',
      },
      {
        name: 'threads',
        value: 'N',
        help: 'Threads that kernels run on, the same results for any number; auto: one for each processor. Default 1.',
      },
      { name: 'ablate', value: 'PASS', repeat: true, help: 'Leave a pass out; may be repeated.' },
      PLUGIN_FLAG,
    ],
  },
  {
    title: 'Inputs and outputs',
    flags: [
      {
        name: 'args',
        value: 'LIST',
        help: 'The inputs as a list of MLIR arrays, `[dense<1> : tensor<2xi32>, ..]`; @FILE reads the list from a file, @A.npy,@B.npy arrays from theirs.',
      },
      { name: 'random', value: 'SEED', help: 'Random values for the inputs that are not given.' },
      {
        name: 'sizes',
        value: 'N,M,..',
        help: 'Sizes of the dynamic dimensions of random inputs, in order; the last repeats. Default 16.',
      },
      {
        name: 'output',
        short: 'o',
        value: 'FILE.npy',
        repeat: true,
        help: 'Write a result to a file; once for each result, in order. Without it results are printed.',
      },
      {
        name: 'format',
        value: 'KIND',
        choices: ['numpy', 'mlir'],
        help: 'How results are printed: as NumPy prints them, or as the interpreter of StableHLO does, `tensor<2xi32> {..}`. Default: mlir with --args, else numpy.',
      },
    ],
  },
  {
    title: 'What else is done',
    flags: [
      {
        name: 'check-each',
        help: 'Interpret the function before and after each pass, and compare the compiled code too: names the first step that changes a result.',
      },
      {
        name: 'benchmark',
        value: 'SECONDS',
        help: 'Call the function for so long, with its inputs in place, and report times.',
      },
      {
        name: 'dump',
        value: 'TRACE.json',
        help: 'Write every pass with the IR before and after it, for the visualizer (docs/trace-format.md).',
      },
      ...DEBUG_COUNTER_FLAGS,
      { name: 'json', help: 'Print one JSON object instead of text.' },
    ],
  },
  {
    title: 'Information',
    flags: [
      { name: 'debug', help: 'Show stack traces of internal errors.' },
      { name: 'help', short: 'h', help: 'This text.' },
      { name: 'version', help: 'The version.' },
    ],
  },
];

export function runHelp(): string {
  return `bud-run runs a function of an MLIR file on .npy arrays.

Usage: bud-run FILE [FLAGS] [IN.npy | NUMBER]...

${printFlags(RUN_FLAGS)}
Examples:
  bud-run f.mlir a.npy b.npy                        print the results
  bud-run f.mlir a.npy b.npy --output=c.npy         write them
  bud-run f.mlir --random=1                         random inputs
  bud-run f.mlir --random=1 --sizes=1000,64         and their dynamic sizes
  bud-run f.mlir a.npy --benchmark=2 --json         how fast it is
  bud-run f.mlir a.npy --backend=interp             what the program means
  bud-run f.mlir --random=1 --check-each            which pass is wrong
  bud-run f.mlir --args='[dense<1> : tensor<2xi32>]'  arrays in the text of MLIR, in and out
  bud-run tests.mlir                                what the functions of a file of tests expect

Negative numbers go behind --: bud-run f.mlir -- -1.5

Exit codes: 0 fine, 1 diagnostics, 2 a wrong command line, 3 a check in the program failed.
`;
}
