// Constant folding: what ops fold to is what interpretation computes.

import { Interpreter, interpretPureOp, RuntimeTrap, type RuntimeValue } from '@budflow/interpreter';
import type { Attribute } from '@budflow/ir';
import { binaryMathEvaluator, mathEvaluator } from '@budflow/numerics';
import { describe, expect, it } from 'vitest';
import { coreDialects } from './register.js';
import { canonicalize, parse, printModule } from './testing/text.js';

describe('constant folding', () => {
  const constants: Record<string, string[]> = {
    i32: ['0 : i32', '1 : i32', '-1 : i32', '31 : i32', '32 : i32', '-2147483648 : i32', '2147483647 : i32'],
    i8: ['0 : i8', '-128 : i8', '-1 : i8', '7 : i8'],
    f32: [
      '0.0 : f32',
      '-0.0 : f32',
      '1.5 : f32',
      '-3.0e38 : f32',
      '0x7F800000 : f32',
      '0x7FC00000 : f32',
      '255.0 : f32',
    ],
    i1: ['true', 'false'],
    f64: ['1.0000001 : f64', '-0.0 : f64', '1.0e300 : f64'],
    index: ['0 : index', '5 : index', '-3 : index'],
  };

  it('of every op equals its interpretation, and is withheld where that traps', () => {
    let folded = 0;
    for (const dialect of coreDialects) {
      for (const { opName, spec } of dialect.ops) {
        if (!spec.fold || dialect.name === 'builtin' || dialect.name === 'func' || opName.endsWith('.constant'))
          continue;
        const module = parse(spec.example!);
        let types: string[] = [];
        module.walk((op) => {
          if (op.name === opName) types = op.operands.map((v) => v.type.toString());
        });
        const line = spec
          .example!.split('\n')
          .find((l) => l.includes(opName))!
          .trim();
        const operands = [...line.slice(line.indexOf('=')).matchAll(/%\w+/g)].map((m) => m[0]);
        const product = types.reduce<string[][]>(
          (lists, t) => lists.flatMap((l) => (constants[t] ?? []).map((k) => [...l, k])),
          [[]],
        );
        for (const values of product) {
          const defs = values.map((v, i) => `%k${i} = arith.constant ${v}`).join('\n');
          const use = operands.reduce(
            (l, name, i) => l.replace(new RegExp(`${name}\\b(?! =)`), `%k${i}`),
            line.slice(line.indexOf('=')),
          );
          const results = spec.example!.match(/-> (\(.*\)|\S+) \{/)![1]!;
          const names = line.slice(0, line.indexOf('=')).trim();
          const text = `func.func @f() -> ${results} {\n${defs}\n${names} ${use}\nreturn ${names} : ${results.replace(/[()]/g, '')}\n}`;
          const source = parse(text);
          let outcome: RuntimeValue[] | null = null;
          try {
            outcome = new Interpreter(source).call('f');
          } catch (error) {
            if (!(error instanceof RuntimeTrap)) throw error;
          }
          let attributes: readonly unknown[] | null = null;
          source.walk((op) => {
            if (op.name !== opName) return;
            const operandValues = op.operands.map((v) => v.definingOp!.attr('value') as Attribute);
            const direct = op.info.definition!.spec.fold!(op, operandValues);
            attributes = Array.isArray(direct) ? direct : direct ? [direct] : null;
            const byDefault = interpretPureOp(op, operandValues);
            if (outcome === null) expect(byDefault, text).toBeNull();
            else expect(byDefault, text).not.toBeNull();
          });
          canonicalize(source);
          if (outcome === null) expect(printModule(source), text).toContain(opName);
          else {
            folded++;
            expect(attributes, text).not.toBeNull();
            expect(printModule(source), text).not.toContain(`${opName} `);
            expect(new Interpreter(source).call('f'), text).toEqual(outcome);
          }
        }
      }
    }
    expect(folded).toBeGreaterThan(1000);
  });

  it('of functions rounds as contract says, and leaves relaxed ones to the machine', () => {
    const folded = (name: string, operands: number, contract: string) => {
      const args = operands === 1 ? '%x' : '%x, %x';
      const module = parse(
        `func.func @f() -> f32 {\n  %x = arith.constant 1.37 : f32\n  %r = ${name} ${args} ${contract} : f32\n  return %r : f32\n}`,
      );
      const interpreted = new Interpreter(module).call('f')[0];
      canonicalize(module);
      const text = printModule(module);
      if (!text.includes(name)) expect(new Interpreter(module).call('f')[0]).toBe(interpreted);
      return { text, value: interpreted };
    };
    const x = Math.fround(1.37);
    for (const name of ['exp', 'sin', 'tan', 'sigmoid']) {
      const fused = folded(`math.${name}`, 1, '{contract = "exact"}');
      expect(fused.text).not.toContain('math.');
      expect(fused.value).toBe(mathEvaluator(name, 'f32', { fused: true })(x));
      expect(folded(`math.${name}`, 1, '').value).toBe(mathEvaluator(name, 'f32')(x));
      expect(folded(`math.${name}`, 1, '{contract = "relaxed"}').text).toContain(`math.${name}`);
    }
    // With the flag afn it is the other expansion; at some of these points the two differ.
    const fast = ['exp', 'log', 'log2', 'log10', 'tanh', 'sigmoid', 'cbrt', 'erf'].map((name) => {
      const { text, value } = folded(`math.${name}`, 1, 'fastmath<afn>');
      expect(text).not.toContain('math.');
      expect(value).toBe(mathEvaluator(name, 'f32', { fast: true })(x));
      return value !== mathEvaluator(name, 'f32')(x);
    });
    expect(fast).toContain(true);
    const power = folded('math.powf', 2, '{contract = "exact"}');
    expect(power.text).not.toContain('math.');
    expect(power.value).toBe(binaryMathEvaluator('powf', 'f32', { fused: true })(x, x));
    expect(folded('math.atan2', 2, '{contract = "relaxed"}').text).toContain('math.atan2');
    // The two roundings differ somewhere, or this test could not fail.
    const grid = Array.from({ length: 200 }, (_, i) => Math.fround(0.5 + i / 100));
    expect(grid.some((v) => mathEvaluator('exp', 'f32')(v) !== mathEvaluator('exp', 'f32', { fused: true })(v))).toBe(
      true,
    );
  });

  it('keeps the payload of a NaN through a bitcast', () => {
    const module = parse(
      'func.func @f() -> i32 {\n %k = arith.constant 0x7FC01234 : f32\n %r = arith.bitcast %k : f32 to i32\n return %r : i32\n}',
    );
    canonicalize(module);
    expect(printModule(module)).toContain(`arith.constant ${0x7fc01234} : i32`);
  });

  it('of tensors and vectors goes element by element', () => {
    const module = parse(`func.func @f() -> (tensor<4xi32>, vector<2xi1>) {
  %a = arith.constant dense<[1, 2, 3, 4]> : tensor<4xi32>
  %b = arith.constant dense<10> : tensor<4xi32>
  %r = arith.muli %a, %b : tensor<4xi32>
  %x = arith.constant dense<[1.0, 2.0]> : vector<2xf32>
  %y = arith.constant dense<1.5> : vector<2xf32>
  %s = arith.cmpf ogt, %x, %y : vector<2xf32>
  return %r, %s : tensor<4xi32>, vector<2xi1>
}`);
    canonicalize(module);
    const text = printModule(module);
    expect(text).toContain('dense<[10, 20, 30, 40]>');
    expect(text).toContain('dense<[false, true]>');
  });

  it('gives up on constants of more than 65,536 elements', () => {
    const module = parse(`func.func @f() -> tensor<65537xi32> {
  %a = arith.constant dense<1> : tensor<65537xi32>
  %r = arith.addi %a, %a : tensor<65537xi32>
  return %r : tensor<65537xi32>
}`);
    canonicalize(module);
    expect(printModule(module)).toContain('arith.addi');
  });
});
