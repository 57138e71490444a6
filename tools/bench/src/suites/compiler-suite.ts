// The compiler suite: bud-opt against mlir-opt on generated modules, canonicalize and cse, whole processes in turns; then
// the phases of our own, warm, in this process.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from '../measure/statistics.js';
import { BENCH_ROOT } from '../programs/paths.js';
import { measurePhases, type PhaseTimes } from './compiler-phases.js';
import { generateModule, MODULE_KINDS, type ModuleKind } from './module-generator.js';
import { findCommand, type ProcessRun, runProcess } from './processes.js';

/** A generated module, or the empty one. */
export interface CompilerCase {
  readonly name: string;
  readonly kind: ModuleKind | 'empty';
  readonly ops: number;
}

const SIZES: readonly (readonly [string, number])[] = [
  ['1e4', 1e4],
  ['1e5', 1e5],
  ['1e6', 1e6],
];

/** All cases, the empty module first: it shows what starting costs. */
export const COMPILER_CASES: readonly CompilerCase[] = [
  { name: 'empty', kind: 'empty', ops: 0 },
  ...MODULE_KINDS.flatMap((kind) =>
    SIZES.map(([label, ops]): CompilerCase => ({ name: `${kind}_${label}`, kind, ops })),
  ),
];

/** A program's runs on one module. */
export interface ToolResult {
  readonly tool: string;
  readonly medianSeconds: number;
  readonly minSeconds: number;
  readonly peakBytes: number | null;
  readonly runs: number;
  /** Ops that are left, counted as lines of the output. */
  readonly linesAfter: number | null;
}

export interface CompilerResult {
  readonly name: string;
  readonly ops: number;
  readonly inputBytes: number;
  readonly tools: readonly ToolResult[];
  /** Tools that failed, with what they said. */
  readonly failures: readonly string[];
  readonly phases: PhaseTimes | null;
}

interface Tool {
  readonly name: string;
  command(input: string, output: string): readonly [string, readonly string[]];
}

const BUD_OPT = join(BENCH_ROOT, '..', '..', 'apps', 'opt', 'bin', 'bud-opt.js');

function tools(): { readonly tools: readonly Tool[]; readonly skipped: readonly string[] } {
  const passes = ['--canonicalize', '--cse'];
  const found: Tool[] = [
    { name: 'bud-opt', command: (input, output) => [process.execPath, [BUD_OPT, ...passes, input, '-o', output]] },
  ];
  const mlirOpt = findCommand('mlir-opt-16') ?? findCommand('mlir-opt');
  if (mlirOpt === null) return { tools: found, skipped: ['mlir-opt-16: not on PATH; Debian has it in mlir-16-tools'] };
  found.push({ name: 'mlir-opt', command: (input, output) => [mlirOpt, [...passes, input, '-o', output]] });
  return { tools: found, skipped: [] };
}

/** What starting node costs, beside the empty module. */
const NODE: Tool = { name: 'node', command: () => [process.execPath, ['-e', '0']] };

/** Runs at least this often, so that there is a median. */
const MINIMUM_RUNS = 3;

function countLines(file: string): number | null {
  try {
    const bytes = readFileSync(file);
    let lines = 0;
    for (const byte of bytes) if (byte === 10) lines++;
    return lines;
  } catch {
    return null;
  }
}

function runCase(test: CompilerCase, all: readonly Tool[], seconds: number, folder: string): CompilerResult {
  const generated = test.kind === 'empty' ? { text: 'module {\n}\n', ops: 1 } : generateModule(test.kind, test.ops);
  const input = join(folder, 'input.mlir');
  writeFileSync(input, generated.text);
  const runs = new Map<Tool, ProcessRun[]>(all.map((tool) => [tool, []]));
  const failures: string[] = [];
  const outputs = new Map<Tool, number | null>();
  const end = performance.now() + 1000 * seconds * all.length;
  for (let round = 0; round < MINIMUM_RUNS || performance.now() < end; round++) {
    for (const [tool, list] of runs) {
      const output = join(folder, 'output.mlir');
      rmSync(output, { force: true });
      try {
        list.push(runProcess(...tool.command(input, output)));
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error));
        runs.delete(tool);
        continue;
      }
      if (!outputs.has(tool)) outputs.set(tool, countLines(output));
    }
    if (runs.size === 0) break;
  }
  return {
    name: test.name,
    ops: generated.ops,
    inputBytes: generated.text.length,
    tools: [...runs].map(([tool, list]): ToolResult => {
      const times = list.map((r) => r.seconds);
      const peaks = list.map((r) => r.peakBytes).filter((p) => p !== null);
      return {
        tool: tool.name,
        medianSeconds: median(times),
        minSeconds: Math.min(...times),
        peakBytes: peaks.length > 0 ? Math.max(...peaks) : null,
        runs: times.length,
        linesAfter: outputs.get(tool) ?? null,
      };
    }),
    failures,
    phases: test.kind === 'empty' ? null : measurePhases(generated.text, seconds),
  };
}

export interface CompilerSuite {
  readonly results: readonly CompilerResult[];
  readonly skipped: readonly string[];
}

/** Runs the cases. Each tool gets about `seconds` for each case, but three runs in any case. */
export function runCompilerSuite(
  cases: readonly CompilerCase[],
  seconds: number,
  onResult?: (r: CompilerResult) => void,
): CompilerSuite {
  const { tools: found, skipped } = tools();
  const folder = mkdtempSync(join(tmpdir(), 'budflow-bench-'));
  try {
    const results = cases.map((test) => {
      const result = runCase(test, test.kind === 'empty' ? [...found, NODE] : found, seconds, folder);
      onResult?.(result);
      return result;
    });
    return { results, skipped };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
