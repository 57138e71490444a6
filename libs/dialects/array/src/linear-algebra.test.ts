// array.cholesky and array.triangular_solve: factors multiplied out, solutions put into the equations, and what the verifiers
// refuse.
import { ComplexValue, RuntimeTrap, type Scalar } from '@budflow/interpreter';
import { Random } from '@budflow/numerics';
import { describe, expect, test } from 'vitest';
import { call, messagesOf, moduleFrom, newContext, run, tensor } from './testing/harness.js';

type Pair = readonly [number, number];
type Matrix = Pair[][];

function random(rows: number, columns: number, seed: number, complex: boolean): Matrix {
  const source = new Random(seed);
  const next = () => source.uniform() * 2 - 1;
  return Array.from({ length: rows }, () =>
    Array.from({ length: columns }, (): Pair => [next(), complex ? next() : 0]),
  );
}
function multiply(a: Matrix, b: Matrix): Matrix {
  return a.map((row) =>
    (b[0] ?? []).map((_, j) =>
      row.reduce<Pair>(
        ([re, im], [x, y], k) => [re + x * b[k]![j]![0] - y * b[k]![j]![1], im + x * b[k]![j]![1] + y * b[k]![j]![0]],
        [0, 0],
      ),
    ),
  );
}
function transposed(a: Matrix, conjugate: boolean): Matrix {
  return (a[0] ?? []).map((_, j) => a.map((row): Pair => [row[j]![0], conjugate ? -row[j]![1] : row[j]![1]]));
}
function distance(a: Matrix, b: Matrix): number {
  return Math.max(
    0,
    ...a.flatMap((row, i) => row.map(([re, im], j) => Math.hypot(re - b[i]![j]![0], im - b[i]![j]![1]))),
  );
}
function scalars(a: Matrix, complex: boolean): Scalar[] {
  return a.flat().map(([re, im]) => (complex ? new ComplexValue(re, im) : re));
}
function matrix(values: readonly Scalar[], columns: number): Matrix {
  const pairs = values.map((v): Pair => (v instanceof ComplexValue ? [v.re, v.im] : [v as number, 0]));
  return Array.from({ length: pairs.length / Math.max(1, columns) }, (_, i) =>
    pairs.slice(i * columns, (i + 1) * columns),
  );
}
/** One triangle of a matrix, with zeros, or ones in the diagonal. */
function triangle(a: Matrix, lower: boolean, unit: boolean): Matrix {
  return a.map((row, i) => row.map((v, j): Pair => (i === j ? (unit ? [1, 0] : v) : lower === j < i ? v : [0, 0])));
}

function cholesky(a: Matrix, lower: boolean, element: string): Matrix {
  const n = a.length;
  const type = `tensor<${n}x${n}x${element}>`;
  const text = `func.func @f(%x: ${type}) -> ${type} {
  %r = array.cholesky %x${lower ? ' {lower}' : ''} : ${type}
  return %r : ${type}
}`;
  return matrix(
    run(text, (c) => [tensor(c, type, scalars(a, element !== 'f64'))]),
    n,
  );
}

describe('cholesky', () => {
  for (const element of ['f64', 'complex<f64>'])
    test(`multiplied out, the factors of ${element} give the matrix`, () => {
      const complex = element !== 'f64';
      for (const n of [0, 1, 2, 3, 7, 12]) {
        const g = random(n, n, n + 1, complex);
        const a = multiply(g, transposed(g, true)).map((row, i) =>
          row.map(([re, im], j): Pair => (i === j ? [re + 1, 0] : [re, im])),
        );
        const l = cholesky(a, true, element);
        const u = cholesky(a, false, element);
        expect(distance(multiply(l, transposed(l, true)), a)).toBeLessThan(1e-13 * (n + 1));
        expect(distance(multiply(transposed(u, true), u), a)).toBeLessThan(1e-13 * (n + 1));
        expect(l).toEqual(triangle(l, true, false));
        expect(u).toEqual(triangle(u, false, false));
        // The other triangle is not read.
        const broken = a.map((row, i) => row.map((v, j): Pair => (j > i ? [Number.NaN, 7] : v)));
        expect(cholesky(broken, true, element)).toEqual(l);
      }
    });

  test('a matrix that is not positive definite gives NaN in the triangle', () => {
    for (const diagonal of [
      [4, -1, 2],
      [4, 0, 2],
      [1, 1, Number.NaN],
    ]) {
      const a = diagonal.map((v, i) => diagonal.map((_, j): Pair => [i === j ? v : 0, 0]));
      for (const lower of [true, false]) {
        const factor = cholesky(a, lower, 'f64').map((row) => row.map(([re]) => re));
        const wanted = factor.map((row, i) => row.map((_, j) => (i === j || lower === j < i ? Number.NaN : 0)));
        expect(factor).toEqual(wanted);
      }
    }
  });

  test('matrices that turn out not to be square trap', () => {
    const context = newContext();
    const module = moduleFrom(
      'func.func @f(%x: tensor<?x?xf32>) -> tensor<?x?xf32> {\n  %r = array.cholesky %x : tensor<?x?xf32>\n  return %r : tensor<?x?xf32>\n}',
      context,
    );
    expect(() => call(module, [tensor(context, 'tensor<?x?xf32>', [1, 2], [1, 2])])).toThrow(RuntimeTrap);
  });

  test('what is no square matrix is refused', () => {
    const messages = (type: string) =>
      messagesOf(
        `func.func @f(%x: ${type}) -> ${type} {\n  %r = array.cholesky %x : ${type}\n  return %r : ${type}\n}`,
      );
    expect(messages('tensor<2x3xf32>')[0]).toContain(
      'requires square matrices in the last two dimensions, got tensor<2x3xf32>',
    );
    expect(messages('tensor<3xf32>')[0]).toContain('requires square matrices');
    expect(messages('tensor<3x3xi32>')[0]).toContain('f32 or f64');
    expect(messages('tensor<5x?x3xf32>')).toEqual([]);
  });
});

describe('triangular_solve', () => {
  for (const element of ['f64', 'complex<f64>'])
    test(`solutions in ${element} fulfil the equations`, () => {
      const complex = element !== 'f64';
      let seed = 1;
      for (const n of [0, 1, 3, 6])
        for (const side of ['left', 'right'])
          for (const op of ['none', 'transpose', 'adjoint'])
            for (const lower of [true, false])
              for (const unit of [true, false]) {
                const a = random(n, n, seed++, complex).map((row, i) =>
                  row.map(([re, im], j): Pair => (i === j ? [re + 3, im] : [re, im])),
                );
                const [rows, columns] = side === 'left' ? [n, 4] : [2, n];
                const b = random(rows, columns, seed++, complex);
                const [at, bt] = [`tensor<${n}x${n}x${element}>`, `tensor<${rows}x${columns}x${element}>`];
                const flags = [...(lower ? ['lower'] : []), ...(unit ? ['unit_diagonal'] : [])].join(', ');
                const text = `func.func @f(%a: ${at}, %b: ${bt}) -> ${bt} {
  %r = array.triangular_solve %a, %b side = ${side} op = ${op}${flags ? ` {${flags}}` : ''} : ${at}, ${bt}
  return %r : ${bt}
}`;
                const values = run(text, (c) => [
                  tensor(c, at, scalars(a, complex)),
                  tensor(c, bt, scalars(b, complex)),
                ]);
                const x = matrix(values, columns);
                const t = triangle(a, lower, unit);
                const m = op === 'none' ? t : transposed(t, op === 'adjoint');
                const product = side === 'left' ? multiply(m, x) : multiply(x, m);
                expect(distance(product, b), `${side} ${op} ${flags} ${n}`).toBeLessThan(1e-12);
              }
    });

  test('a zero in the diagonal gives infinities', () => {
    const text = `func.func @f(%a: tensor<1x1xf32>, %b: tensor<1x1xf32>) -> tensor<1x1xf32> {
  %r = array.triangular_solve %a, %b side = left op = none : tensor<1x1xf32>, tensor<1x1xf32>
  return %r : tensor<1x1xf32>
}`;
    const values = run(text, (c) => [tensor(c, 'tensor<1x1xf32>', [0]), tensor(c, 'tensor<1x1xf32>', [-2])]);
    expect(values).toEqual([Number.NEGATIVE_INFINITY]);
  });

  test('sizes that do not fit at run time trap', () => {
    const context = newContext();
    const type = 'tensor<?x?xf32>';
    const module = moduleFrom(
      `func.func @f(%a: ${type}, %b: ${type}) -> ${type} {
  %r = array.triangular_solve %a, %b side = left op = none : ${type}, ${type}
  return %r : ${type}
}`,
      context,
    );
    const [a, b] = [tensor(context, type, [1, 2, 3, 4], [2, 2]), tensor(context, type, [1, 2, 3], [3, 1])];
    expect(() => call(module, [a, b])).toThrow(RuntimeTrap);
  });

  test('wrong systems are refused', () => {
    const messages = (a: string, b: string, how = 'side = left op = none') =>
      messagesOf(`func.func @f(%a: ${a}, %b: ${b}) -> ${b} {
  %r = array.triangular_solve %a, %b ${how} : ${a}, ${b}
  return %r : ${b}
}`);
    expect(messages('tensor<3x3xf32>', 'tensor<3x5xf32>')).toEqual([]);
    expect(messages('tensor<3x3xf32>', 'tensor<5x3xf32>', 'side = right op = adjoint')).toEqual([]);
    expect(messages('tensor<3x3xf32>', 'tensor<5x3xf32>')[0]).toContain('requires matrices of shape 5 x 5');
    expect(messages('tensor<2x3x3xf32>', 'tensor<3x3xf32>')[0]).toContain('requires matrices of shape 3 x 3');
    expect(messages('tensor<3x2xf32>', 'tensor<3x3xf32>')[0]).toContain('requires square matrices');
    expect(messages('tensor<3x3xf64>', 'tensor<3x3xf32>')[0]).toContain('requires operands with one element type');
    expect(messages('tensor<3x3xf32>', 'tensor<3xf32>')[0]).toContain('requires matrices of shape n x n');
    expect(messages('tensor<3x3xf32>', 'tensor<3x3xf32>', 'side = up op = none')[0]).toContain(
      'expected left or right',
    );
  });
});
