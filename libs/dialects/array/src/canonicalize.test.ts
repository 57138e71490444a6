import { denseFromTensor, elementsOf, interpretPureOp, type RuntimeValue, TensorValue } from '@budflow/interpreter';
import {
  type Attribute,
  type Context,
  Operation,
  type OpInfo,
  printModule,
  typeOfAttribute,
  verify,
} from '@budflow/ir';
import { applyPatternsGreedily } from '@budflow/rewrite';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arrayDialect } from './index.js';
import { ARITHMETIC_CASES } from './testing/canonicalization-arithmetic.js';
import { MOVEMENT_CASES } from './testing/canonicalization-movement.js';
import { call, moduleFrom, newContext, tensor } from './testing/harness.js';
import { chainProgram } from './testing/random-chains.js';
import { allPrograms, type Program } from './testing/random-ops.js';

const applied = new Set<string>();

function canonicalize(module: Operation): void {
  const result = applyPatternsGreedily(module, [], {
    canonicalize: true,
    defaultFold: interpretPureOp,
    checkChanges: true,
  });
  expect(result.converged).toBe(true);
  expect(verify(module)).toBe(true);
  for (const name of result.hits.keys()) applied.add(name);
}

/** The body of @f after canonicalization, lines without indentation. */
function body(parameters: string, lines: string, result: string): string[] {
  const module = moduleFrom(`func.func @f(${parameters}) -> ${result} {\n${lines}\n  return %r : ${result}\n}`);
  canonicalize(module);
  return printModule(module)
    .split('\n')
    .map((l) => l.trim())
    .filter((l) => l.includes('array.') || l.startsWith('return') || l.includes('arith.'));
}

const cases = [...ARITHMETIC_CASES, ...MOVEMENT_CASES];

describe('canonicalization', () => {
  for (const [name, parameters, lines, result, expected] of cases) {
    test(name, () => {
      const actual = body(parameters, lines, result);
      expect(actual.length, actual.join('\n')).toBe(expected.length);
      expected.forEach((start, k) => {
        expect(actual[k]!.startsWith(start), `${actual[k]} should start with ${start}`).toBe(true);
      });
    });
  }

  test('a region in the order written has the bits of the region before', () => {
    const context = newContext();
    const text = `func.func @f(%x: tensor<200xf32>, %z: tensor<f32>) -> tensor<f32> {
  %r = array.reduce %x init %z dims = [0] : tensor<200xf32>, tensor<f32> to tensor<f32> body(%a: f32, %b: f32) {
    %s = arith.addf %a, %b : f32
    %t = arith.minimumf %s, %s : f32
    array.yield %t : f32
  }
  return %r : tensor<f32>
}`;
    const values = Array.from({ length: 200 }, (_, i) => Math.fround(Math.sin(i) * 2 ** (i % 20)));
    const after = moduleFrom(text, context);
    canonicalize(after);
    expect(printModule(after)).not.toContain('minimumf');
    for (const module of [moduleFrom(text, context), after]) {
      const [result] = call(module, [tensor(context, 'tensor<200xf32>', values), tensor(context, 'tensor<f32>', [3])]);
      expect(elementsOf(result as TensorValue)).toEqual([values.reduce((a, b) => Math.fround(a + b), 3)]);
    }
  });

  test('quotients and remainders rounded down are those of before, for every byte', () => {
    const t = 'tensor<256xi8>';
    const splat = (name: string, value: number | boolean, type = t): string =>
      `  %${name} = array.constant dense<${value}> : ${type}`;
    for (const by of [2, 3, 7, 10, 64, 100, 127]) {
      const text = `func.func @f(%x: ${t}) -> (${t}, ${t}) {
${splat('c', by)}
${splat('o', 1)}
${splat('z', 0)}
  %s = array.sign %x : ${t}
  %q = array.div %x, %c : ${t}
  %m = array.rem %x, %c : ${t}
  %a = array.cmp ne, %s, %o : ${t}
  %b = array.cmp ne, %m, %z : ${t}
  %n = array.and %b, %a : tensor<256xi1>
  %l = array.sub %q, %o : ${t}
  %r = array.select %n, %l, %q : ${t}
  %d = array.cmp lt, %m, %z : ${t}
  %e = array.and %b, %d : tensor<256xi1>
  %g = array.add %m, %c : ${t}
  %h = array.select %e, %g, %m : ${t}
  return %r, %h : ${t}, ${t}
}`;
      const context = newContext();
      const numbers = Array.from({ length: 256 }, (_, i) => i - 128);
      const [quotients, remainders] = (['before', 'after'] as const).map((when) => {
        const module = moduleFrom(text, context);
        if (when === 'after') {
          canonicalize(module);
          expect(printModule(module)).not.toContain('array.rem');
        }
        return results(module, [tensor(context, t, numbers)]);
      });
      expect(remainders).toEqual(quotients);
    }
  });

  test('extremes of stacked tensors are where they were, ties and NaN among them', () => {
    const piece = (type: string): string => `tensor<1x3x40x${type}>`;
    const values = [Number.NaN, 0, -0, 1, 2, -1, Number.POSITIVE_INFINITY];
    for (const type of ['f32', 'i8', 'ui8', 'i1'])
      for (const which of ['argmin', 'argmax']) {
        const text = `func.func @f(%a: ${piece(type)}, %b: ${piece(type)}, %c: ${piece(type)}) -> tensor<3x40xi32> {
  %s = array.concat %a, %b, %c dim = 0 : ${piece(type)}, ${piece(type)}, ${piece(type)} to tensor<3x3x40x${type}>
  %r = array.${which} %s dim = 0 : tensor<3x3x40x${type}> to tensor<3x40xi32>
  return %r : tensor<3x40xi32>
}`;
        const context = newContext();
        const some = (seed: number): number[] =>
          Array.from({ length: 120 }, (_, i) => {
            const at = (i * (seed + 1) + (i >> 3) * seed) % values.length;
            return type === 'f32' ? values[at]! : at % 2;
          });
        const [before, after] = [false, true].map((folded) => {
          const module = moduleFrom(text, context);
          if (folded) {
            canonicalize(module);
            expect(printModule(module)).not.toContain(which);
          }
          return results(
            module,
            [0, 2, 4].map((seed) => tensor(context, piece(type), some(seed))),
          );
        });
        expect(after).toEqual(before);
      }
  });

  test('splats are folded whatever their size', () => {
    expect(
      body(
        '%x: tensor<1000000xf32>',
        `%a = array.constant dense<3.0> : tensor<1000000xf32>
%b = array.constant dense<4> : tensor<1000000xi32>
%d = array.cast %b : tensor<1000000xi32> to tensor<1000000xf32>
%e = array.cmp lt, %a, %d : tensor<1000000xf32>
%r = array.select %e, %x, %a : tensor<1000000xf32>`,
        'tensor<1000000xf32>',
      ),
    ).toEqual(['return %arg0 : tensor<1000000xf32>']);
  });

  test('every pattern applied in the cases above', () => {
    const patterns = arrayDialect.ops.flatMap((d) => d.spec.patterns ?? []).map((p) => p.name);
    expect(patterns.filter((name) => !applied.has(name))).toEqual([]);
  });

  test('every pattern has a name and an equation', () => {
    const names = new Set<string>();
    for (const { opName, spec } of arrayDialect.ops) {
      for (const pattern of spec.patterns ?? []) {
        expect(pattern.equation?.length ?? 0, pattern.name).toBeGreaterThan(3);
        expect(pattern.root).toBe(opName);
        expect(names.has(pattern.name), pattern.name).toBe(false);
        names.add(pattern.name);
      }
    }
  });
});

function results(module: Operation, args: readonly RuntimeValue[]): unknown {
  return (call(module, args) as TensorValue[]).map((r) => ({ shape: r.shape, elements: elementsOf(r) }));
}

/** Runs a program before and after canonicalization. */
function checkPreserved(program: Program): void {
  const context = newContext();
  const module = moduleFrom(program.text, context);
  const before = results(module, program.args(context));
  canonicalize(module);
  expect(results(module, program.args(context)), printModule(module)).toEqual(before);
}

describe('canonicalization keeps values', () => {
  test('of chains of ops on random shapes', () => {
    fc.assert(fc.property(chainProgram('f32'), checkPreserved), { numRuns: 400 });
    fc.assert(fc.property(chainProgram('i8'), checkPreserved), { numRuns: 400 });
    fc.assert(fc.property(chainProgram('ui8'), checkPreserved), { numRuns: 200 });
  });

  test('of every op on constants', () => {
    for (const { programs } of allPrograms()) {
      fc.assert(
        fc.property(programs, (program) => {
          // The arguments become constants where the shape is static.
          const context = newContext();
          const module = moduleFrom(program.text, context);
          const args = program.args(context);
          const before = results(module, args);
          const block = module.region(0).entry.firstOp!.region(0).entry;
          block.arguments.forEach((arg, k) => {
            const value = constantFor(context, arg.type.toString(), args[k]!);
            if (!value) return;
            const made = context.opInfo('array.constant');
            const op = moduleConstant(made, value);
            block.insertBefore(op, block.firstOp);
            arg.replaceAllUsesWith(op.result(0));
          });
          canonicalize(module);
          expect(results(module, args), printModule(module)).toEqual(before);
        }),
        { numRuns: 3 },
      );
    }
  });
});

function constantFor(context: Context, type: string, value: RuntimeValue): Attribute | undefined {
  if (!(value instanceof TensorValue) || type.includes('?')) return undefined;
  return denseFromTensor(context, value);
}
function moduleConstant(info: OpInfo, value: Attribute): Operation {
  return Operation.create(info, 0, [], [typeOfAttribute(value)!], info.context.dictionary([['value', value]]));
}
