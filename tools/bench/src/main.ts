// `npm run bench`: picks the suite, runs it, prints and writes the report.

import { writeFileSync } from 'node:fs';
import { enableThreads } from '@budflow/runtime/node';
import { enableRelaxedSimd, wasmTargetForThisEngine } from '@budflow/target/node';
import { HELP, type Options, parseOptions, UsageError } from './args.js';
import { environment, printEnvironment } from './environment.js';
import { measureRoofs } from './measure/roofs.js';
import { loadPrograms } from './programs/program.js';
import { printCompilerReport } from './report/compiler-report.js';
import { printJaxReport } from './report/jax-report.js';
import { derive, hasFailure, printRoofs, printWasmReport } from './report/wasm-report.js';
import { COMPILER_CASES, runCompilerSuite } from './suites/compiler-suite.js';
import { jaxProgramNames, runJaxSuite } from './suites/jax-suite.js';
import { runWasmSuite } from './suites/wasm-suite.js';
import { type BudflowOptions, budflowVariant, pipelinePasses } from './variants/budflow.js';
import { limitVariant } from './variants/limits.js';
import { plainVariant } from './variants/plain.js';
import type { Variant } from './variants/variant.js';

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Only for a person who waits. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

/** Checks each pass to leave out against the pipeline, and says what goes. */
async function describeAblations(options: Options, budflow: BudflowOptions): Promise<void> {
  if (options.ablate.length === 0) return;
  const passes = await pipelinePasses(budflow);
  if (!Array.isArray(passes)) throw new UsageError(`--ablate: ${passes.skipped}`);
  for (const pass of options.ablate) {
    const count = passes.filter((p) => p === pass).length;
    if (count === 0)
      throw new UsageError(`--ablate: the pipeline has no pass '${pass}'; it has ${[...new Set(passes)].join(', ')}`);
    print(`-${pass}: the pipeline without ${pass}${count > 1 ? ` (all ${count} places)` : ''}`);
    print(`  ${passes.map((p) => (p === pass ? `[-${p}]` : p)).join(', ')}`);
  }
}

async function wasmSuite(options: Options): Promise<number> {
  const programs = loadPrograms().filter((p) => options.filter?.test(p.name) ?? true);
  if (programs.length === 0) throw new UsageError(`--filter: no program matches ${options.filter}; --list prints them`);
  if (options.list) {
    print(programs.map((p) => p.name).join('\n'));
    return 0;
  }
  enableRelaxedSimd();
  enableThreads();
  const machine = environment();
  const budflow: BudflowOptions = { numerics: options.numerics, target: options.target, level: options.level };
  await describeAblations(options, budflow);
  const variants: Variant[] = [
    budflowVariant(budflow),
    ...options.ablate.map((ablate) => budflowVariant({ ...budflow, name: `-${ablate}`, ablate })),
    ...(options.threads === undefined
      ? []
      : [budflowVariant({ ...budflow, name: `${options.threads} threads`, threads: options.threads })]),
    limitVariant,
    plainVariant,
    ...(options.peers ? (await import('../peers/index.js')).PEERS : []),
  ];
  print(printEnvironment(machine));
  const roofs = measureRoofs(
    wasmTargetForThisEngine(),
    { relaxedSimd: machine.relaxedSimd },
    Math.min(0.1, options.seconds),
  );
  print(printRoofs(roofs));
  let done = 0;
  const results = await runWasmSuite({
    programs,
    variants,
    seconds: options.seconds,
    roofs,
    onResult: (result) => progress(`${++done}/${programs.length} ${result.program}`),
  });
  progress('');
  print(
    printWasmReport(
      results,
      variants.map((v) => v.name),
    ),
  );
  if (options.json !== null) {
    const report = {
      suite: 'wasm',
      environment: machine,
      seconds: options.seconds,
      roofs,
      programs: results.map((r) => ({ ...r, derived: derive(r) })),
    };
    // Infinity is not JSON.
    writeFileSync(
      options.json,
      `${JSON.stringify(report, (_, v) => (v === Number.POSITIVE_INFINITY ? null : v), 1)}\n`,
    );
  }
  return hasFailure(results) ? 1 : 0;
}

async function jaxSuite(options: Options): Promise<number> {
  const names = jaxProgramNames().filter((name) => options.filter?.test(name) ?? true);
  if (names.length === 0) throw new UsageError(`--filter: no program matches ${options.filter}; --list prints them`);
  if (options.list) {
    print(names.join('\n'));
    return 0;
  }
  enableRelaxedSimd();
  const machine = environment();
  print(printEnvironment(machine));
  const results = await runJaxSuite({
    names,
    seconds: options.seconds,
    compile: { numerics: options.numerics, target: options.target, level: options.level, ablate: options.ablate },
    python: process.env.BUDFLOW_PYTHON,
    onResult: ({ name }) => progress(name),
  });
  progress('');
  print(printJaxReport(results));
  if (options.json !== null)
    writeFileSync(
      options.json,
      `${JSON.stringify({ suite: 'jax', environment: machine, programs: results }, null, 1)}\n`,
    );
  return results.some(({ wrong }) => wrong !== '') ? 1 : 0;
}

function compilerSuite(options: Options): number {
  const cases = COMPILER_CASES.filter((c) => options.filter?.test(c.name) ?? true);
  if (cases.length === 0) throw new UsageError(`--filter: no module matches ${options.filter}; --list prints them`);
  if (options.list) {
    print(cases.map((c) => c.name).join('\n'));
    return 0;
  }
  const machine = environment();
  print(printEnvironment(machine));
  const suite = runCompilerSuite(cases, options.seconds, (result) => progress(result.name));
  progress('');
  print(printCompilerReport(suite));
  if (options.json !== null) {
    writeFileSync(options.json, `${JSON.stringify({ suite: 'compiler', environment: machine, ...suite }, null, 1)}\n`);
  }
  return suite.results.some((r) => r.failures.length > 0) ? 1 : 0;
}

async function main(argv: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(argv);
    if (options.help) {
      process.stdout.write(HELP);
      return 0;
    }
    switch (options.suite) {
      case 'compiler':
        return compilerSuite(options);
      case 'jax':
        return await jaxSuite(options);
      case 'wasm':
        return await wasmSuite(options);
    }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`bench: ${error.message}\n`);
    return 2;
  }
}

process.exitCode = await main(process.argv.slice(2));
