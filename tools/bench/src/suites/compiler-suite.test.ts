import { describe, expect, test } from 'vitest';
import { parseProgram } from '../programs/program.js';
import { printCompilerReport } from '../report/compiler-report.js';
import { measurePhases, PHASES } from './compiler-phases.js';
import { COMPILER_CASES } from './compiler-suite.js';
import { generateModule, MODULE_KINDS } from './module-generator.js';
import { OP_KINDS, OTHER_KINDS } from './op-kinds.js';
import { runProcess } from './processes.js';

function opNames(text: string): string[] {
  return [...text.matchAll(/(?:^|= |\s)((?:arith|math|func)\.\w+)/gm)].map((m) => m[1]);
}

describe('generated modules', () => {
  test('have at least 60 kinds of ops', () => {
    expect(new Set([...OP_KINDS.map((k) => k.name), ...OTHER_KINDS]).size).toBeGreaterThanOrEqual(60);
    expect(new Set(opNames(generateModule('mixed', 3000).text)).size).toBeGreaterThanOrEqual(60);
  });

  for (const kind of MODULE_KINDS) {
    test(`${kind}: parses, verifies, is of the size asked for, and is the same every time`, () => {
      const { text, ops } = generateModule(kind, 3000);
      let counted = 0;
      parseProgram(text, `${kind}.mlir`).walk(() => {
        counted++;
      });
      expect(counted).toBe(ops);
      expect(Math.abs(ops - 3000)).toBeLessThan(300);
      expect(generateModule(kind, 3000).text).toBe(text);
    });
  }

  test('unfoldable ones have no constants and no two equal ops in a function', () => {
    const { text } = generateModule('unfoldable', 3000);
    expect(text).not.toContain('arith.constant');
    for (const body of text.split('func.func @f').slice(1)) {
      const ops = [...body.matchAll(/= ((?:arith|math)\..*)$/gm)].map((m) => m[1]);
      expect(new Set(ops).size).toBe(ops.length);
    }
  });

  test('foldable ones shrink much more than unfoldable ones', () => {
    expect((generateModule('foldable', 3000).text.match(/arith\.constant/g) ?? []).length).toBeGreaterThan(300);
  });
});

describe('the compiler suite', () => {
  test('has the empty module and three sizes of each kind', () => {
    expect(COMPILER_CASES).toHaveLength(1 + 3 * MODULE_KINDS.length);
  });

  test('measures every phase', () => {
    const times = measurePhases(generateModule('mixed', 500).text, 0);
    for (const phase of PHASES) expect(times[phase]).toBeGreaterThan(0);
  });

  test('a process is timed, and its failure is an error with what it said', () => {
    expect(runProcess(process.execPath, ['-e', '0']).seconds).toBeGreaterThan(0);
    expect(() => runProcess(process.execPath, ['-e', 'console.error("sorry"); process.exit(3)'])).toThrow(
      /exit code 3: sorry/,
    );
  });

  test('the report relates medians and names what was skipped and what failed', () => {
    const tool = (name: string, seconds: number) => ({
      tool: name,
      medianSeconds: seconds,
      minSeconds: seconds,
      peakBytes: 5e7,
      runs: 3,
      linesAfter: 7,
    });
    const report = printCompilerReport({
      results: [
        {
          name: 'mixed_1e4',
          ops: 10000,
          inputBytes: 1,
          tools: [tool('bud-opt', 0.5), tool('mlir-opt', 1)],
          failures: [],
          phases: null,
        },
        {
          name: 'mixed_1e5',
          ops: 100000,
          inputBytes: 1,
          tools: [tool('mlir-opt', 1)],
          failures: ['bud-opt: exit code 1'],
          phases: null,
        },
      ],
      skipped: ['mlir-opt-16: not on PATH'],
    });
    expect(report).toMatch(/^mixed_1e4 .* 2\.00x .* 7\/7$/m);
    expect(report).toContain('FAILED: mixed_1e5: bud-opt: exit code 1');
    expect(report).toContain('skipped: mlir-opt-16: not on PATH');
  });
});
