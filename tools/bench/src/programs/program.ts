// programs.json: reading it, checking it, and making one program concrete.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { arrayDialect } from '@budflow/dialect-array';
import { registerCoreDialects } from '@budflow/dialect-core';
import { loopDialect } from '@budflow/dialect-loop';
import { Context, type Operation, parseModule, renderDiagnostic, verify } from '@budflow/ir';
import { PLAIN } from '../../plain/index.js';
import type { Tolerance } from './compare.js';
import { evaluate, instantiate, type Sizes } from './expression.js';
import { type ArrayType, arrayBytes, elementCount, type Graph, graphOf, signatureOf } from './graph.js';
import { type Distribution, isDistribution } from './inputs.js';
import { BENCH_ROOT } from './paths.js';
import { type Data, evaluateReference, makeReference, referenceInput } from './reference.js';

/** What programs of one text share. */
export interface Family {
  /** File in `programs/`, without `.mlir`. */
  readonly file: string;
  /** How each input is drawn, in order; `unit` (uniform in -1..1) for those not given. */
  readonly inputs: readonly Distribution[];
  /** Formula of the scalar operations; transcendental functions count once. */
  readonly flops: string;
  /** Sizes at which the interpreter is fast. */
  readonly reduced: Sizes;
  readonly tolerance: Tolerance;
  /** Name of the hand-written kernel in `limits/`. */
  readonly limit?: string;
  /** Name of the plain JavaScript function in `plain/`. */
  readonly plain?: string;
  /** File of a program of equal meaning whose reference needs less memory. */
  readonly referenceFile?: string;
  /** `plain`: of a program with loops or scatters, the reference is its plain function on doubles. */
  readonly reference: 'graph' | 'plain';
}

/** A program of the suite. */
export interface Program {
  readonly name: string;
  readonly family: Family;
  readonly sizes: Sizes;
  /** Whether sizes written `{{?N}}` are dynamic in the text that is compiled. */
  readonly dynamic: boolean;
}

/** A program at one choice of sizes. */
export interface Instance {
  readonly program: Program;
  readonly sizes: Sizes;
  /** Array-dialect text; the entry is `@main`. */
  readonly text: string;
  /** The program with static sizes. */
  readonly graph: Graph;
  readonly inputs: readonly ArrayType[];
  readonly outputs: readonly ArrayType[];
  readonly flops: number;
  /** Inputs and outputs once. */
  readonly bytes: number;
}

const DEFAULT_TOLERANCE: Tolerance = { relative: 1e-5, absolute: 2e-6, outliers: 0 };

function fail(where: string, problem: string): never {
  throw new Error(`programs.json: ${where}: ${problem}`);
}

function asRecord(value: unknown, where: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) fail(where, 'expected an object');
  return value as Record<string, unknown>;
}

function checkKeys(record: Record<string, unknown>, known: readonly string[], where: string): void {
  for (const key of Object.keys(record))
    if (!known.includes(key)) fail(`${where}/${key}`, `unknown key; known are ${known.join(', ')}`);
}

function asSizes(value: unknown, where: string): Sizes {
  const record = asRecord(value, where);
  for (const [name, size] of Object.entries(record)) {
    if (!Number.isInteger(size) || (size as number) < 1)
      fail(`${where}/${name}`, `expected an integer >= 1, got ${JSON.stringify(size)}`);
  }
  return record as Sizes;
}

function asString(value: unknown, where: string): string {
  return typeof value === 'string' ? value : fail(where, `expected a string, got ${JSON.stringify(value)}`);
}

function asTolerance(value: unknown, where: string): Tolerance {
  if (value === undefined) return DEFAULT_TOLERANCE;
  const record = asRecord(value, where);
  checkKeys(record, ['relative', 'absolute', 'outliers'], where);
  for (const [key, v] of Object.entries(record))
    if (typeof v !== 'number' || !(v >= 0)) fail(`${where}/${key}`, 'expected a number >= 0');
  return { ...DEFAULT_TOLERANCE, ...record };
}

const FAMILY_KEYS = ['inputs', 'flops', 'reduced', 'tolerance', 'limit', 'plain', 'referenceFile', 'reference'];

function asFamily(value: unknown, file: string): Family {
  const where = `/families/${file}`;
  const record = asRecord(value, where);
  checkKeys(record, FAMILY_KEYS, where);
  const inputs = (record.inputs ?? []) as unknown[];
  if (!Array.isArray(inputs)) fail(`${where}/inputs`, 'expected a list');
  inputs.forEach((input, i) => {
    if (!isDistribution(input)) fail(`${where}/inputs/${i}`, `no distribution ${JSON.stringify(input)}`);
  });
  const optional = (key: 'limit' | 'plain' | 'referenceFile') =>
    record[key] === undefined ? undefined : asString(record[key], `${where}/${key}`);
  const reference = record.reference ?? 'graph';
  if (reference !== 'graph' && reference !== 'plain')
    fail(`${where}/reference`, `expected "graph" or "plain", got ${JSON.stringify(reference)}`);
  if (reference === 'plain' && record.plain === undefined) fail(`${where}/reference`, 'there is no plain function');
  return {
    file,
    reference,
    inputs: inputs as Distribution[],
    flops: asString(record.flops, `${where}/flops`),
    reduced: asSizes(record.reduced, `${where}/reduced`),
    tolerance: asTolerance(record.tolerance, `${where}/tolerance`),
    limit: optional('limit'),
    plain: optional('plain'),
    referenceFile: optional('referenceFile'),
  };
}

/** Checks the content of programs.json. @throws Error naming the JSON path */
export function readPrograms(json: unknown): Program[] {
  const root = asRecord(json, '');
  checkKeys(root, ['$comment', 'families', 'programs'], '');
  const families = new Map<string, Family>();
  for (const [file, value] of Object.entries(asRecord(root.families, '/families')))
    families.set(file, asFamily(value, file));
  const programs: Program[] = [];
  for (const [name, value] of Object.entries(asRecord(root.programs, '/programs'))) {
    const where = `/programs/${name}`;
    const record = asRecord(value, where);
    checkKeys(record, ['family', 'sizes', 'dynamic'], where);
    const familyName = asString(record.family, `${where}/family`);
    const family = families.get(familyName) ?? fail(`${where}/family`, `no family '${familyName}'`);
    const sizes = asSizes(record.sizes, `${where}/sizes`);
    const [have, want] = [Object.keys(sizes).sort().join(), Object.keys(family.reduced).sort().join()];
    if (have !== want) fail(`${where}/sizes`, `has ${have}, the family needs ${want}`);
    if (record.dynamic !== undefined && typeof record.dynamic !== 'boolean')
      fail(`${where}/dynamic`, 'expected true or false');
    programs.push({ name, family, sizes, dynamic: record.dynamic === true });
  }
  return programs;
}

/** The suite. */
export function loadPrograms(): Program[] {
  return readPrograms(JSON.parse(readFileSync(join(BENCH_ROOT, 'programs.json'), 'utf8')));
}

/** A context that knows the dialects of the programs. */
export function programContext(): Context {
  const context = new Context();
  registerCoreDialects(context);
  context.registerDialect(arrayDialect);
  context.registerDialect(loopDialect);
  return context;
}

/** Parses and verifies. @throws Error with the rendered diagnostics */
export function parseProgram(text: string, file: string, context: Context = programContext()): Operation {
  const { result, diagnostics } = context.diagnostics.collect(() => {
    const module = parseModule(text, context, { file });
    return module && verify(module) ? module : undefined;
  });
  if (!result) throw new Error(diagnostics.map((d) => renderDiagnostic(context, d)).join('\n'));
  return result;
}

function programText(file: string): string {
  return readFileSync(join(BENCH_ROOT, 'programs', `${file}.mlir`), 'utf8');
}

function graphOfText(text: string, file: string, reference: Family['reference']): Graph {
  const main = parseProgram(text, `${file}.mlir`).region(0).entry.firstOp;
  if (main?.name !== 'func.func') throw new Error(`programs/${file}.mlir: expected one function`);
  return reference === 'graph' ? graphOf(main) : signatureOf(main);
}

/** Makes a program concrete at its own sizes, or at others (`program.family.reduced`). */
export function instance(program: Program, sizes: Sizes = program.sizes): Instance {
  const { family } = program;
  const source = programText(family.file);
  const graph = graphOfText(instantiate(source, sizes), family.file, family.reference);
  const outputs = graph.results.map((r) => (graph.nodes[r] as Graph['nodes'][number]).type);
  return {
    program,
    sizes,
    text: instantiate(source, sizes, { dynamic: program.dynamic }),
    graph,
    inputs: graph.arguments,
    outputs,
    flops: evaluate(family.flops, sizes),
    bytes: [...graph.arguments, ...outputs].reduce((sum, type) => sum + arrayBytes(type), 0),
  };
}

/** The graph whose reference is computed: the program's own, or a cheaper one of equal meaning. */
export function referenceGraph(instance: Instance): Graph {
  const file = instance.program.family.referenceFile;
  return file === undefined
    ? instance.graph
    : graphOfText(instantiate(programText(file), instance.sizes), file, 'graph');
}

/** The results that all variants are compared with. */
export function expectedResults(instance: Instance, inputs: readonly Data[]): Data[] {
  const { plain, reference } = instance.program.family;
  if (reference === 'graph') return evaluateReference(referenceGraph(instance), inputs);
  const results = instance.outputs.map((type) => makeReference(type.dtype, elementCount(type.shape)));
  PLAIN[plain as string](inputs.map(referenceInput), results, instance.sizes);
  return results;
}
