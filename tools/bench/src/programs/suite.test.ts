// The suite itself: texts, formulas, references and plain functions agree with the interpreter.
import { Interpreter, tensorOver } from '@budflow/interpreter';
import type { TensorType } from '@budflow/ir';
import { describe, expect, test } from 'vitest';
import { LIMITS } from '../../limits/index.js';
import { PLAIN } from '../../plain/index.js';
import { firstDifference } from './compare.js';
import { elementCount } from './graph.js';
import { makeInputs } from './inputs.js';
import { expectedResults, instance, loadPrograms, parseProgram, readPrograms } from './program.js';
import { type Data, makeData } from './reference.js';

const programs = loadPrograms();
const families = [...new Map(programs.map((p) => [p.family.file, p])).values()];

describe('programs.json', () => {
  test('has at least 60 programs', () => {
    expect(programs.length).toBeGreaterThanOrEqual(60);
  });

  test('every text parses at its full size, dynamic or not', () => {
    for (const program of programs) {
      const { text, flops, bytes } = instance(program);
      parseProgram(text, program.name);
      expect(Number.isInteger(flops) && flops >= 0, program.name).toBe(true);
      expect(bytes).toBeGreaterThan(0);
    }
  });

  test('every family has a program, and names limits and plain functions that exist', () => {
    for (const { family } of programs) {
      if (family.limit !== undefined) expect(Object.keys(LIMITS)).toContain(family.limit);
      if (family.plain !== undefined) expect(Object.keys(PLAIN)).toContain(family.plain);
    }
    for (const name of Object.keys(PLAIN)) expect(families.map((p) => p.family.plain)).toContain(name);
  });

  const family = { flops: 'N', reduced: { N: 3 } };
  test.each([
    [{ families: { f: { ...family, flop: 'N' } }, programs: {} }, '/families/f/flop: unknown key'],
    [
      { families: { f: { ...family, inputs: ['huge'] } }, programs: {} },
      '/families/f/inputs/0: no distribution "huge"',
    ],
    [{ families: { f: family }, programs: { p: { family: 'g', sizes: {} } } }, "/programs/p/family: no family 'g'"],
    [
      { families: { f: family }, programs: { p: { family: 'f', sizes: { N: 0 } } } },
      '/programs/p/sizes/N: expected an integer >= 1, got 0',
    ],
    [
      { families: { f: family }, programs: { p: { family: 'f', sizes: { M: 1 } } } },
      '/programs/p/sizes: has M, the family needs N',
    ],
    [
      { families: { f: { ...family, reference: 'table' } }, programs: {} },
      '/families/f/reference: expected "graph" or "plain", got "table"',
    ],
    [
      { families: { f: { ...family, reference: 'plain' } }, programs: {} },
      '/families/f/reference: there is no plain function',
    ],
  ])('a mistake is named by its path: %#', (json, message) => {
    expect(() => readPrograms(json)).toThrow(message);
  });
});

test('so many elements may be off as the tolerance says, and not one more', () => {
  const expected = Float64Array.of(1, 2, 3, 4);
  const tolerance = { relative: 0, absolute: 0, outliers: 0.25 };
  expect(firstDifference(Float32Array.of(1, 2, 7, 4), expected, tolerance, 'r')).toBeNull();
  expect(firstDifference(Float32Array.of(1, 5, 7, 4), expected, tolerance, 'r')).toBe('r[2]: got 7, expected 3');
  // Half precision is compared as numbers.
  expect(firstDifference(Uint16Array.of(0x3c00), expected.subarray(0, 1), tolerance, 'r')).toBeNull();
});

describe('at reduced sizes', () => {
  for (const program of families) {
    const { family } = program;
    test(`${family.file}: the reference and the plain function agree with the interpreter`, () => {
      const small = instance(program, family.reduced);
      const module = parseProgram(small.text, family.file);
      const inputs = makeInputs(small.inputs, family.inputs);
      const types = module
        .region(0)
        .entry.firstOp!.region(0)
        .entry.arguments.map((a) => a.type as TensorType);
      const results = new Interpreter(module).call(
        'main',
        inputs.map((data, i) => tensorOver(types[i], small.inputs[i].shape, data)),
      );
      const interpreted = results.map((r) => (r as { data: Data }).data);
      const reference = expectedResults(small, inputs);
      interpreted.forEach((data, i) => {
        expect(firstDifference(data, reference[i], family.tolerance, `result ${i}`)).toBeNull();
      });
      if (family.plain === undefined) return;
      const outputs = small.outputs.map((type) => makeData(type.dtype, elementCount(type.shape)));
      PLAIN[family.plain](inputs, outputs, small.sizes);
      outputs.forEach((data, i) => {
        expect(firstDifference(data, interpreted[i], family.tolerance, `plain result ${i}`)).toBeNull();
      });
    });
  }
});
