import { ComplexValue, type RuntimeValue } from '@budflow/interpreter';
import { printModule } from '@budflow/ir';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalize, errorsOf, parse, run } from '../testing/text.js';

const f = (op: string, result: string, operands: string, parameters: string, element = 'f64') =>
  `func.func @f(${parameters}) -> ${result} {\n  %r = complex.${op} ${operands} : complex<${element}>\n  return %r : ${result}\n}`;
const two = 'complex<f64>';
const binary = (op: string, a: ComplexValue, b: ComplexValue) =>
  run(f(op, two, '%a, %b', `%a: ${two}, %b: ${two}`), [a, b])[0] as ComplexValue;
const z = (re: number, im: number) => new ComplexValue(re, im);

describe('complex', () => {
  test('arithmetic on exact numbers', () => {
    expect(binary('add', z(1, 2), z(3, -5))).toEqual(z(4, -3));
    expect(binary('sub', z(1, 2), z(3, -5))).toEqual(z(-2, 7));
    expect(binary('mul', z(1, 2), z(3, -5))).toEqual(z(13, 1));
    expect(binary('div', z(13, 1), z(3, -5))).toEqual(z(1, 2));
    expect(binary('div', z(13, 1), z(1, 2))).toEqual(z(3, -5));
    const unary = (op: string, result = two) => run(f(op, result, '%a', `%a: ${two}`), [z(3, -4)])[0];
    expect(unary('neg')).toEqual(z(-3, 4));
    expect(unary('conj')).toEqual(z(3, 4));
    expect(unary('abs', 'f64')).toBe(5);
    expect(unary('re', 'f64')).toBe(3);
    expect(unary('im', 'f64')).toBe(-4);
  });

  test('quotients and absolute values do not overflow in between', () => {
    expect(binary('div', z(1e300, 1e300), z(1e300, 1e300))).toEqual(z(1, 0));
    expect(binary('div', z(1e-300, 0), z(0, 1e-300))).toEqual(z(0, -1));
    const abs = (v: ComplexValue) => run(f('abs', 'f64', '%a', `%a: ${two}`), [v])[0];
    expect(abs(z(3e300, 4e300))).toBe(5e300);
    expect(abs(z(0, -0))).toBe(0);
    expect(abs(z(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY))).toBe(Number.POSITIVE_INFINITY);
    expect(abs(z(1, Number.NaN))).toBeNaN();
  });

  test('every real operation is rounded to the element type', () => {
    const text = f('mul', 'complex<f32>', '%a, %b', '%a: complex<f32>, %b: complex<f32>', 'f32');
    const x = Math.fround(1.1);
    const result = run(text, [z(x, 0), z(x, x)])[0] as ComplexValue;
    expect(result.re).toBe(Math.fround(Math.fround(x * x) - 0));
    expect(result.re).not.toBe(x * x);
  });

  test('comparisons with NaN are different', () => {
    const compare = (op: string, a: ComplexValue, b: ComplexValue) =>
      run(f(op, 'i1', '%a, %b', `%a: ${two}, %b: ${two}`), [a, b])[0];
    expect([compare('eq', z(1, -0), z(1, 0)), compare('neq', z(1, 2), z(1, 2))]).toEqual([1, 0]);
    expect([compare('eq', z(1, Number.NaN), z(1, Number.NaN)), compare('neq', z(Number.NaN, 2), z(1, 2))]).toEqual([
      0, 1,
    ]);
    expect([compare('eq', z(1, 2), z(1, 3)), compare('neq', z(1, 2), z(1, 3))]).toEqual([0, 1]);
  });

  test('constants fold to what the interpreter computes', () => {
    const part = fc.double({ noNaN: true });
    fc.assert(
      fc.property(
        fc.constantFrom('add', 'sub', 'mul', 'div', 'eq', 'neq'),
        part,
        part,
        part,
        part,
        (op, a, b, c, d) => {
          const result = op === 'eq' || op === 'neq' ? 'i1' : two;
          const bits = (v: number) => {
            const view = new DataView(new ArrayBuffer(8));
            view.setFloat64(0, v);
            return `0x${view.getBigUint64(0).toString(16).toUpperCase().padStart(16, '0')} : f64`;
          };
          const text = `func.func @f() -> ${result} {
  %a = complex.constant [${bits(a)}, ${bits(b)}] : ${two}
  %b = complex.constant [${bits(c)}, ${bits(d)}] : ${two}
  %r = complex.${op} %a, %b : ${two}
  return %r : ${result}
}`;
          const module = parse(text);
          canonicalize(module);
          const folded = printModule(module);
          expect(folded).not.toContain(`complex.${op} `);
          expect(run(folded)).toEqual(run(text));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('parts of what was made of parts are those parts', () => {
    const module =
      parse(`func.func @f(%a: f32, %b: f32, %z: complex<f32>) -> (f32, f32, complex<f32>, complex<f32>, complex<f32>) {
  %c = complex.create %a, %b : complex<f32>
  %re = complex.re %c : complex<f32>
  %im = complex.im %c : complex<f32>
  %x = complex.re %z : complex<f32>
  %y = complex.im %z : complex<f32>
  %same = complex.create %x, %y : complex<f32>
  %n = complex.neg %z : complex<f32>
  %nn = complex.neg %n : complex<f32>
  %k = complex.conj %z : complex<f32>
  %kk = complex.conj %k : complex<f32>
  return %re, %im, %same, %nn, %kk : f32, f32, complex<f32>, complex<f32>, complex<f32>
}`);
    canonicalize(module);
    expect(printModule(module).split('\n')[2]?.trim()).toBe(
      'return %arg0, %arg1, %arg2, %arg2, %arg2 : f32, f32, complex<f32>, complex<f32>, complex<f32>',
    );
    const swapped = parse(`func.func @f(%z: complex<f32>) -> complex<f32> {
  %x = complex.im %z : complex<f32>
  %y = complex.re %z : complex<f32>
  %s = complex.create %x, %y : complex<f32>
  return %s : complex<f32>
}`);
    canonicalize(swapped);
    expect(printModule(swapped)).toContain('complex.create');
  });

  test('fast-math flags are read and written', () => {
    const text = f('add', two, '%a, %b fastmath<fast>', `%a: ${two}, %b: ${two}`);
    expect(printModule(parse(text))).toContain('complex.add %arg0, %arg1 fastmath<fast> : complex<f64>');
  });

  test('constants of another type than the result, and parts of another type, are errors', () => {
    const constant = (value: string) =>
      errorsOf(`func.func @f() {\n  %r = complex.constant ${value} : complex<f32>\n  return\n}`);
    expect(constant('[1.0 : f32, 2.0 : f32]')).toEqual([]);
    expect(constant('[1.0 : f64, 2.0 : f64]')).toEqual(['complex.constant-value']);
    expect(constant('[1.0 : f32]')).toEqual(['complex.constant-value']);
    expect(
      errorsOf(`func.func @f(%a: f32, %b: f64) {
  %r = "complex.create"(%a, %b) : (f32, f64) -> complex<f32>
  return
}`),
    ).toEqual(['verify.types-match']);
  });

  test('values of unknown kinds are not taken for numbers', () => {
    const values: RuntimeValue[] = [1];
    expect(() => run(f('re', 'f64', '%a', `%a: ${two}`), values)).toThrow('expected a ComplexValue');
  });
});
