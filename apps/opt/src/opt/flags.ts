// The flags of bud-opt.
import type { FlagGroup } from '../cli/flags.js';
import { printFlags, wrap } from '../cli/flags.js';
import { DEBUG_COUNTER_FLAGS } from '../compiler/debug-counter-flags.js';
import { INDEXED_PASSES } from '../compiler/passes.js';
import { PLUGIN_FLAG } from '../compiler/project.js';

export const NUMERICS = ['strict', 'default', 'fast'] as const;
export const LEVELS = ['0', '1', '2', '3'] as const;

export const OPT_FLAGS: readonly FlagGroup[] = [
  {
    title: 'Which passes run (one of these ways)',
    flags: [
      {
        name: 'pass-pipeline',
        value: 'TEXT',
        help: "A pipeline as text: 'builtin.module(canonicalize,func.func(cse))'.",
      },
      {
        name: 'pipeline-config',
        value: 'FILE.json',
        help: 'A pipeline as JSON, checked against its schema. --print-pipeline prints one.',
      },
      {
        name: 'O',
        short: 'O',
        value: '0..3',
        choices: LEVELS,
        help: 'A default pipeline: 0 nothing fused, scalar; 1 fused; 2 and 3 scheduled and vectorised too.',
      },
      { name: 'run-reproducer', help: 'The pipeline that is written at the end of the input, a reproducer.' },
    ],
  },
  {
    title: 'What they are told',
    flags: [
      PLUGIN_FLAG,
      {
        name: 'irdl-file',
        value: 'FILE.mlir',
        repeat: true,
        help: 'Register the dialects that a file defines in IRDL (irdl.dialect); may be repeated.',
      },
      {
        name: 'target',
        value: 'NAME',
        help: 'The machine: a built-in name (wasm32-simd128, wasm32-relaxed-simd, x86-64-v3, ...), host, or a JSON file (--print-target prints one to start from). Default for -O: the best this machine runs.',
      },
      {
        name: 'numerics',
        value: 'MODE',
        choices: NUMERICS,
        help: 'What is promised about rounding: strict, default or fast.',
      },
      {
        name: 'ablate',
        value: 'PASS',
        repeat: true,
        help: 'Leave a pass out wherever it stands in the pipeline; may be repeated.',
      },
    ],
  },
  {
    title: 'Output',
    flags: [
      {
        name: 'output',
        short: 'o',
        value: 'PATH',
        help: 'Where the output goes; default and -: standard output. A file is replaced at once.',
      },
      {
        name: 'emit',
        value: 'KIND',
        choices: ['mlir', 'wat', 'wasm'],
        help: 'mlir (default), or the kernels of the module as a WebAssembly module: wat, its text, or wasm, its bytes.',
      },
      { name: 'mlir-print-op-generic', help: 'Print every op in generic form, which mlir-opt reads.' },
      {
        name: 'mlir-print-properties',
        help: 'With the generic form: inherent attributes as <{...}>, as MLIR 17 and later print them.',
      },
      { name: 'mlir-print-debuginfo', help: 'Print locations.' },
      {
        name: 'mlir-print-local-scope',
        help: 'Accepted for compatibility: types, attributes and locations are printed in place anyway, without aliases.',
      },
      {
        name: 'mlir-elide-elementsattrs-if-larger',
        value: 'N',
        help: 'Print constants of more than N elements as a placeholder.',
      },
    ],
  },
  {
    title: 'Looking into a run',
    flags: [
      {
        name: 'mlir-print-ir-before',
        value: 'PASS',
        repeat: true,
        help: 'Print the IR before a pass, on standard error.',
      },
      { name: 'mlir-print-ir-after', value: 'PASS', repeat: true, help: 'Print it after a pass.' },
      { name: 'mlir-print-ir-before-all', help: 'Print it before each pass.' },
      { name: 'mlir-print-ir-after-all', help: 'Print it after each pass.' },
      { name: 'mlir-print-ir-after-change', help: 'Print it after the passes that changed something.' },
      { name: 'mlir-print-ir-after-failure', help: 'Print it after a pass that failed.' },
      { name: 'mlir-print-ir-module-scope', help: 'With these: always print the whole module.' },
      {
        name: 'mlir-print-ir-tree-dir',
        value: 'DIR',
        help: 'With these: write to files in a tree of folders that is like the pipeline, not to standard error.',
      },
      { name: 'mlir-timing', help: 'Report where the time went.' },
      {
        name: 'mlir-timing-display',
        value: 'MODE',
        choices: ['tree', 'list'],
        help: 'tree (default): as the passes are nested; list: one line for each name, the longest first.',
      },
      { name: 'mlir-pass-statistics', help: 'Report what the passes counted.' },
      {
        name: 'fusion-report',
        value: 'FILE',
        help: 'Write what fusion decided and why, as JSON (-: standard output).',
      },
      { name: 'remarks', value: 'FILE', help: 'Write what passes did and could not do, as JSON.' },
      {
        name: 'remarks-filter',
        value: 'REGEX',
        help: 'Print the remarks whose KIND:PASS:NAME matches, with their places; KIND is applied, missed or analysis.',
      },
      {
        name: 'dump',
        value: 'TRACE.json',
        help: 'Write every pass with the IR before and after it, for the visualizer (docs/trace-format.md).',
      },
      {
        name: 'mlir-pass-pipeline-crash-reproducer',
        value: 'FILE',
        help: 'When a pass fails or crashes: write the module and the pipeline, for --run-reproducer.',
      },
      {
        name: 'mlir-pass-pipeline-local-reproducer',
        help: 'With it: only the pipeline from the pass that failed on, and the module as it was there.',
      },
      ...DEBUG_COUNTER_FLAGS,
    ],
  },
  {
    title: 'Checking',
    flags: [
      { name: 'verify-each', help: 'Verify the IR after each pass; on, --verify-each=0 turns it off.' },
      { name: 'verify-analyses', help: 'Compute anew what a pass says it preserves, and compare; slow.' },
      {
        name: 'strict',
        help: 'Catch rewrite patterns that say they changed something and did not, or the other way round; slow.',
      },
      {
        name: 'verify-diagnostics',
        help: 'Expect the diagnostics that comments announce: // expected-error {{part of the message}}, @+1, @above, @below, @unknown.',
      },
      { name: 'split-input-file', help: 'Treat the parts between lines `// -----` as files of their own.' },
      { name: 'allow-unregistered-dialect', help: 'Accept ops, types and attributes of unknown dialects.' },
      {
        name: 'no-implicit-module',
        help: 'Put no module around a program without one: it must be a single op, which the passes run on.',
      },
      { name: 'mlir-print-op-on-diagnostic', help: 'With an error print the op it is about.' },
      {
        name: 'mlir-print-stacktrace-on-diagnostic',
        help: 'With a diagnostic print where in the compiler it was made.',
      },
      { name: 'mlir-disable-threading', help: 'Accepted for compatibility: passes run one after the other anyway.' },
    ],
  },
  {
    title: 'Information',
    flags: [
      { name: 'list-passes', help: 'The passes with their options.' },
      { name: 'show-dialects', help: 'The dialects.' },
      { name: 'json', help: 'With --list-passes and --show-dialects: as JSON.' },
      { name: 'print-target', help: 'The description of the target as JSON.' },
      { name: 'print-pipeline', help: 'The pipeline as JSON, for --pipeline-config; nothing runs.' },
      {
        name: 'print-schedule',
        help: 'The schedules of the kernels as JSON, for bud-run --schedule; the passes run until they are applied.',
      },
      {
        name: 'print-pipeline-schema',
        help: 'The JSON schema of configs, with the options of every pass; name it in `$schema` for your editor.',
      },
      { name: 'debug', help: 'Show stack traces: of internal errors, and of what made a pass crash.' },
      { name: 'help', short: 'h', help: 'This text.' },
      { name: 'version', help: 'The version.' },
    ],
  },
];

export function optHelp(): string {
  return `bud-opt runs passes on MLIR text.

Usage: bud-opt [FILE|-] [--PASS[=OPTIONS]]... [FLAGS]

${printFlags(OPT_FLAGS)}
Passes (--PASS, in the order they are given; --list-passes says what each does):
${wrap(INDEXED_PASSES.join(' '), 106)
  .map((line) => `  ${line}\n`)
  .join('')}
Examples:
  bud-opt f.mlir                                     parse, verify, print
  bud-opt f.mlir --canonicalize --cse                two passes in this order
  bud-opt f.mlir --canonicalize=max-iterations=4     a pass with an option
  bud-opt f.mlir -O2 --mlir-print-ir-after-change    how the default pipeline changes a program
  bud-opt f.mlir -O3 --emit=wat                      the kernels it becomes
  bud-opt -O3 --print-pipeline > mine.json           a pipeline to change and use:
  bud-opt f.mlir --pipeline-config=mine.json -o g.mlir

Exit codes: 0 fine, 1 diagnostics, 2 a wrong command line.
`;
}
