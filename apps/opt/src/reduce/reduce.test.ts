// Programs that show seeded bugs shrink to a few ops, whose failure is the same.
import { parseModule, printModule, verify } from '@budflow/ir';
import { passItem, pipeline } from '@budflow/pass';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadDialects } from '../compiler/dialects.js';
import { type FailureTest, findFailure } from './pipeline-failure.js';
import { reduceProgram } from './reduce.js';
import { countOps } from './session.js';
import { PROGRAM, SEEDED_BUGS } from './testing/seeded-bugs.js';

let newContext: FailureTest['newContext'];
beforeAll(async () => {
  ({ newContext } = await loadDialects({ all: true }));
});

function opsIn(text: string): number {
  const module = parseModule(text, newContext());
  if (!module || !verify(module)) throw new Error('not valid');
  return countOps(module);
}

describe('seeded bugs', () => {
  it('are in a program of some size', () => {
    expect(opsIn(PROGRAM)).toBeGreaterThan(60);
    expect(SEEDED_BUGS.length).toBeGreaterThanOrEqual(10);
  });

  it.each(SEEDED_BUGS)('$name is shown by at most 10 ops', async ({ pass, expect: expected, essential }) => {
    const test: FailureTest = { newContext, pipeline: pipeline('builtin.module', passItem(pass)), expect: expected };
    const first = findFailure(PROGRAM, test);
    expect(first).toBeDefined();
    const oracle = (text: string) => findFailure(text, test)?.signature === first?.signature;
    const reduced = await reduceProgram(PROGRAM, { newContext, oracle });
    expect(opsIn(reduced.text), reduced.text).toBe(reduced.ops);
    expect(reduced.ops, reduced.text).toBeLessThanOrEqual(10);
    expect(reduced.text).toMatch(essential);
    expect(oracle(reduced.text)).toBe(true);
    expect(reduced.exhausted).toBe(false);
  });
});

describe('reduction', () => {
  const muli = (text: string) => /arith\.muli/.test(text);

  it('is deterministic', async () => {
    const results = await Promise.all([1, 2].map(() => reduceProgram(PROGRAM, { newContext, oracle: muli })));
    expect(results[0]).toEqual(results[1]);
  });

  it('keeps to limits, and gives the smallest program so far', async () => {
    const steps: number[] = [];
    const cut = await reduceProgram(PROGRAM, {
      newContext,
      oracle: muli,
      maxSteps: 5,
      progress: (state) => steps.push(state.steps),
    });
    expect(cut).toMatchObject({ steps: 5, exhausted: true });
    expect(steps).toEqual([1, 2, 3, 4, 5]);
    expect(muli(cut.text)).toBe(true);
    expect(await reduceProgram(PROGRAM, { newContext, oracle: muli, timeout: 0 })).toMatchObject({
      steps: 0,
      exhausted: true,
    });
  });

  it('tests only valid programs', async () => {
    const invalid: string[] = [];
    await reduceProgram(PROGRAM, {
      newContext,
      oracle: (text) => {
        try {
          opsIn(text);
        } catch {
          invalid.push(text);
        }
        return muli(text);
      },
    });
    expect(invalid).toEqual([]);
  });

  it.each([
    [
      'sizes, everywhere where they belong together',
      'func.func @f(%x: tensor<64x32xf32>) -> tensor<32x64xf32> {\n  %0 = array.transpose %x perm = [1, 0] : tensor<64x32xf32> to tensor<32x64xf32>\n  return %0 : tensor<32x64xf32>\n}',
      /transpose/,
      /tensor<1x1xf32>/,
    ],
    ['bounds of loops', 'func.func @f() {\n  loop.for %i = 0 to 1000 {\n  }\n  return\n}', /loop\.for/, /0 to 0/],
    [
      'element types',
      'func.func @f(%x: f64) -> f64 {\n  %0 = arith.addf %x, %x : f64\n  return %0 : f64\n}',
      /addf/,
      /addf .* : f32/,
    ],
    [
      'attributes',
      'func.func @f(%x: i32) -> i32 attributes {a = 1 : i32, b = "x"} {\n  %0 = arith.addi %x, %x {c} : i32\n  return %0 : i32\n}',
      /addi/,
      /^(?!.*attributes)/s,
    ],
    [
      'carried values',
      'func.func @f(%x: i32, %m: memref<4xi32>) -> i32 {\n  %0:2 = loop.for %i = 0 to 4 iter_args(%a = %x, %b = %x) -> (i32, i32) {\n    memory.store %a, %m[%i] : memref<4xi32>\n    loop.yield %b, %a : i32, i32\n  }\n  return %0#1 : i32\n}',
      /loop\.for[\s\S]*store/,
      /loop\.for (?!.*iter_args)/,
    ],
    [
      'operands of ops that nobody knows',
      '"foo.bar"(%x, %y) {a = 1 : i32} : (i32, i32) -> ()',
      /foo\.bar/,
      /"foo\.bar"\(\) : \(\)/,
    ],
    [
      'blocks',
      'func.func @f(%c: i1, %x: i32) -> i32 {\n  cf.cond_br %c, ^a, ^b(%x : i32)\n^a:\n  %0 = arith.muli %x, %x : i32\n  cf.br ^b(%0 : i32)\n^b(%r: i32):\n  return %r : i32\n}',
      /muli/,
      /^(?!.*\^bb)/s,
    ],
  ])('shrinks %s', async (_name, program, essential, expected) => {
    const withOperands = program.startsWith('"')
      ? `func.func @f(%x: i32, %y: i32) {\n  ${program}\n  return\n}`
      : program;
    const context = () => {
      const made = newContext();
      made.allowUnregistered = true;
      return made;
    };
    const text = printModule(parseModule(withOperands, context())!);
    const reduced = await reduceProgram(text, { newContext: context, oracle: (t) => essential.test(t) });
    expect(reduced.text).toMatch(essential);
    expect(reduced.text).toMatch(expected);
  });
});
