// Interpretation of cholesky and triangular_solve. Each element subtracts its products one after the other, in the order in
// which the other factors become known; every operation is rounded. Blocked code that keeps that order has the same bits.
import { type ComplexParts, complexBinary, partArithmetic } from '@budflow/dialect-core';
import { Interpretable, makeTensor, RuntimeTrap, type TensorValue } from '@budflow/interpreter';
import { ComplexType, type InterfaceImplementation, type Operation, type TensorType, type Type } from '@budflow/ir';

type RealArray = Float32Array<ArrayBufferLike> | Float64Array<ArrayBufferLike>;

/** Arithmetic of the elements, as pairs or plain numbers. */
interface Field<T> {
  sub(a: T, b: T): T;
  mul(a: T, b: T): T;
  div(a: T, b: T): T;
  conj(a: T): T;
  load(data: RealArray, i: number): T;
  store(data: RealArray, i: number, value: T): void;
  re(a: T): number;
  real(a: number): T;
  /** The parts divided by a real number. */
  divReal(a: T, b: number): T;
}

function realField(single: boolean): Field<number> {
  const round = single ? Math.fround : (x: number) => x;
  return {
    sub: (a, b) => round(a - b),
    mul: (a, b) => round(a * b),
    div: (a, b) => round(a / b),
    conj: (a) => a,
    load: (data, i) => data[i]!,
    store: (data, i, value) => {
      data[i] = value;
    },
    re: (a) => a,
    real: (a) => a,
    divReal: (a, b) => round(a / b),
  };
}

function complexField(type: Type): Field<ComplexParts<number>> {
  const parts = partArithmetic(type);
  return {
    sub: (a, b) => complexBinary('sub', parts, a, b),
    mul: (a, b) => complexBinary('mul', parts, a, b),
    div: (a, b) => complexBinary('div', parts, a, b),
    conj: (a) => ({ re: a.re, im: -a.im }),
    load: (data, i) => ({ re: data[2 * i]!, im: data[2 * i + 1]! }),
    store: (data, i, value) => {
      data[2 * i] = value.re;
      data[2 * i + 1] = value.im;
    },
    re: (a) => a.re,
    real: (a) => ({ re: a, im: 0 }),
    divReal: (a, b) => ({ re: parts.div(a.re, b), im: parts.div(a.im, b) }),
  };
}

function withField<R>(type: TensorType, single: boolean, body: <T>(field: Field<T>) => R): R {
  return type.element instanceof ComplexType ? body(complexField(type.element)) : body(realField(single));
}

function batchOf(shape: readonly number[]): number {
  return shape.slice(0, -2).reduce((a, b) => a * b, 1);
}

export function interpretCholesky(isLower: (op: Operation) => boolean): InterfaceImplementation {
  return Interpretable.implement({
    compile(op, c) {
      const slot = c.operandSlots(op)[0]!;
      const result = c.slot(op.result(0));
      const type = op.result(0).type as TensorType;
      const lower = isLower(op);
      return (frame) => {
        const a = frame.values[slot] as TensorValue;
        const n = a.shape[a.shape.length - 1]!;
        if (a.shape[a.shape.length - 2] !== n)
          throw new RuntimeTrap('ShapeMismatch', `matrices have shape [${a.shape.slice(-2).join(', ')}], not square`);
        const out = makeTensor(type, a.shape);
        const data = out.data as RealArray;
        const single = data instanceof Float32Array;
        withField(type, single, (field) => {
          for (let b = 0; b < batchOf(a.shape); b++)
            factor(field, a.data as RealArray, data, n, b * n * n, lower, single);
        });
        frame.values[result] = out;
      };
    },
  });
}

/** Row k of the upper factor u with a = u^H u; the lower one is its conjugate transpose, read and written across. */
function factor<T>(
  field: Field<T>,
  a: RealArray,
  out: RealArray,
  n: number,
  base: number,
  lower: boolean,
  single: boolean,
): void {
  // As rows of the transposed factor: u[k][i] = l[i][k]. For the upper one the conjugates are where they belong.
  const u: T[][] = [];
  let definite = true;
  for (let k = 0; k < n; k++) {
    const row: T[] = [];
    for (let i = k; i < n; i++) {
      let value = field.load(a, base + (lower ? i * n + k : k * n + i));
      for (let m = 0; m < k; m++) value = field.sub(value, field.mul(field.conj(u[m]![k]!), u[m]![i]!));
      if (i === k) {
        const root = Math.sqrt(field.re(value));
        value = field.real(single ? Math.fround(root) : root);
        if (!(field.re(value) > 0)) definite = false;
      } else value = field.divReal(value, field.re(row[k]!));
      row[i] = value;
    }
    u.push(row);
  }
  for (let k = 0; k < n; k++)
    for (let i = k; i < n; i++)
      field.store(out, base + (lower ? i * n + k : k * n + i), definite ? u[k]![i]! : notANumber(field));
}

function notANumber<T>(field: Field<T>): T {
  const one = field.real(Number.NaN);
  return field.div(one, one);
}

export interface SolveOptions {
  readonly left: boolean;
  readonly lower: boolean;
  readonly unitDiagonal: boolean;
  readonly transpose: 'none' | 'transpose' | 'adjoint';
}

export function interpretTriangularSolve(optionsOf: (op: Operation) => SolveOptions): InterfaceImplementation {
  return Interpretable.implement({
    compile(op, c) {
      const [first, second] = c.operandSlots(op);
      const result = c.slot(op.result(0));
      const type = op.result(0).type as TensorType;
      const options = optionsOf(op);
      return (frame) => {
        const a = frame.values[first!] as TensorValue;
        const b = frame.values[second!] as TensorValue;
        const rank = b.shape.length;
        const [rows, columns] = [b.shape[rank - 2]!, b.shape[rank - 1]!];
        const n = options.left ? rows : columns;
        const wanted = [...b.shape.slice(0, -2), n, n];
        if (wanted.some((size, d) => size !== a.shape[d]))
          throw new RuntimeTrap(
            'ShapeMismatch',
            `the matrices have shape [${a.shape.join(', ')}], the right-hand sides need [${wanted.join(', ')}]`,
          );
        const out = makeTensor(type, b.shape);
        const data = out.data as RealArray;
        const from = a.data as RealArray;
        data.set(b.data as RealArray);
        withField(type, data instanceof Float32Array, (field) => {
          for (let item = 0; item < batchOf(b.shape); item++) {
            const [baseA, baseX] = [item * n * n, item * rows * columns];
            /** Element (i, k) of the matrix that is solved from the left: of op(a), from the right of its transpose. */
            const across = (options.transpose !== 'none') === options.left;
            const coefficient = (i: number, k: number): T2 => {
              const value = field.load(from, baseA + (across ? k * n + i : i * n + k));
              return options.transpose === 'adjoint' ? field.conj(value) : value;
            };
            type T2 = ReturnType<typeof field.load>;
            const forward = solvesForward(options);
            const others = options.left ? columns : rows;
            const place = (i: number, j: number) => baseX + (options.left ? i * columns + j : j * columns + i);
            for (let j = 0; j < others; j++)
              for (let step = 0; step < n; step++) {
                const i = forward ? step : n - 1 - step;
                let value = field.load(data, place(i, j));
                for (let s = 0; s < step; s++) {
                  const k = forward ? s : n - 1 - s;
                  value = field.sub(value, field.mul(coefficient(i, k), field.load(data, place(k, j))));
                }
                if (!options.unitDiagonal) value = field.div(value, coefficient(i, i));
                field.store(data, place(i, j), value);
              }
          }
        });
        frame.values[result] = out;
      };
    },
  });
}

/** Whether unknowns become known in ascending order: op(a) is lower on the left, or upper on the right. */
export function solvesForward({ left, lower, transpose }: SolveOptions): boolean {
  return (lower === (transpose === 'none')) === left;
}
