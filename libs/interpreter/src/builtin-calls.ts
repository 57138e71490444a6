// Custom calls that are there without anybody providing them: the calls of LAPACK that JAX writes for eigenvalues and singular
// values, by the contract of its kernels, and its checks of symbolic sizes. Both engines run these very functions, in doubles,
// and round what comes out.
import {
  adjoint,
  hermitianEigen,
  type Matrix,
  type SingularValues,
  singularValues,
  zeroMatrix,
} from '@budflow/numerics';
import type { CustomCall, CustomCallArray, CustomCallInfo } from './custom-calls.js';
import type { ElementStorage } from './element.js';

/** LAPACK's letters in the configuration are numbers, such as mode = 86 for 'V'. */
function letterOf({ attributes }: CustomCallInfo, name: string): string {
  for (const key of ['mhlo.backend_config', 'backend_config']) {
    const config = attributes[key];
    const letter = typeof config === 'object' && !Array.isArray(config) ? Object(config)[name] : undefined;
    if (typeof letter === 'number') return String.fromCharCode(letter);
  }
  throw new Error(`its configuration has no ${name}`);
}

function isComplex({ dtype }: CustomCallArray): boolean {
  return dtype.startsWith('complex');
}

/** Matrix number `batch` of an array, whose last two dimensions are rows and columns. */
function readMatrix(array: CustomCallArray, batch: number): Matrix {
  const [rows, columns] = array.shape.slice(-2) as [number, number];
  const matrix = zeroMatrix(rows, columns);
  const data = array.data as Float64Array;
  const parts = isComplex(array) ? 2 : 1;
  let from = batch * rows * columns * parts;
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++, from += parts) {
      matrix.re[j * rows + i] = data[from]!;
      if (parts === 2) matrix.im[j * rows + i] = data[from + 1]!;
    }
  return matrix;
}

/** Writes a matrix, or with `adjoint` its conjugate transpose; undefined is one of NaN. What the array has no room for stays out. */
function writeMatrix(
  array: CustomCallArray,
  batch: number,
  matrix: Matrix | undefined,
  { adjoint }: { readonly adjoint: boolean },
): void {
  const [rows, columns] = array.shape.slice(-2) as [number, number];
  const data = array.data as Float64Array;
  const parts = isComplex(array) ? 2 : 1;
  let to = batch * rows * columns * parts;
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++, to += parts) {
      const at = matrix && (adjoint ? i * matrix.rows + j : j * matrix.rows + i);
      data[to] = at === undefined ? Number.NaN : (matrix!.re[at] ?? 0);
      if (parts === 2) data[to + 1] = at === undefined ? Number.NaN : (adjoint ? -1 : 1) * (matrix!.im[at] ?? 0);
    }
}

function writeValues(array: CustomCallArray, batch: number, values: Float64Array | undefined): void {
  const count = array.shape.at(-1)!;
  const data = array.data as Float64Array;
  for (let i = 0; i < count; i++) data[batch * count + i] = values ? values[i]! : Number.NaN;
}

function setInfo(array: CustomCallArray, batch: number, isFine: boolean): void {
  (array.data as ElementStorage as Int32Array)[batch] = isFine ? 0 : 1;
}

function batches({ shape }: CustomCallArray): number {
  return shape.slice(0, -2).reduce((n, size) => n * size, 1);
}

/** @throws Error when the arrays are not those of the routine */
function checkArrays(inputs: readonly CustomCallArray[], outputs: readonly CustomCallArray[], results: number): void {
  const [a] = inputs;
  const isMatrix =
    inputs.length === 1 && a !== undefined && a.shape.length >= 2 && /^(?:f32|f64|complex<f..>)$/.test(a.dtype);
  if (!isMatrix || outputs.length !== results)
    throw new Error(
      `it takes one matrix of floats or complex numbers, or a batch of them, and gives ${results} arrays`,
    );
}

/** ssyevd, dsyevd, cheevd, zheevd: eigenvectors in the place of the matrix, eigenvalues in ascending order, and whether there are any. */
const hermitian: CustomCall = (inputs, outputs, call) => {
  checkArrays(inputs, outputs, 3);
  const [a] = inputs as [CustomCallArray];
  const [vectors, values, info] = outputs as [CustomCallArray, CustomCallArray, CustomCallArray];
  if (a.shape.at(-1) !== a.shape.at(-2)) throw new Error('its matrix is not square');
  const [mode, triangle] = [letterOf(call, 'mode'), letterOf(call, 'uplo')];
  for (let batch = 0; batch < batches(a); batch++) {
    const matrix = readMatrix(a, batch);
    // The upper triangle is the adjoint of the lower one: read row by row instead of column by column.
    const eigen = hermitianEigen(triangle === 'U' ? adjoint(matrix) : matrix);
    writeMatrix(vectors, batch, mode === 'V' ? eigen?.vectors : matrix, { adjoint: false });
    writeValues(values, batch, eigen?.values);
    setInfo(info, batch, eigen !== undefined);
  }
};

/** sgesdd and its kin: the matrix, singular values in descending order, left vectors, right vectors as rows, and whether there are any. */
const singular: CustomCall = (inputs, outputs, call) => {
  checkArrays(inputs, outputs, 5);
  const [a] = inputs as [CustomCallArray];
  const [, values, left, right, info] = outputs as [
    CustomCallArray,
    CustomCallArray,
    CustomCallArray,
    CustomCallArray,
    CustomCallArray,
  ];
  const mode = letterOf(call, 'mode');
  if (mode !== 'A' && mode !== 'S' && mode !== 'N') throw new Error(`its mode '${mode}' is none of A, S and N`);
  for (let batch = 0; batch < batches(a); batch++) {
    const found: SingularValues | undefined = singularValues(
      readMatrix(a, batch),
      mode === 'A' ? 'full' : mode === 'S' ? 'thin' : 'none',
    );
    writeValues(values, batch, found?.values);
    if (mode !== 'N') {
      writeMatrix(left, batch, found?.left, { adjoint: false });
      writeMatrix(right, batch, found?.right, { adjoint: true });
    }
    setInfo(info, batch, found !== undefined);
  }
};

/** JAX's check of what it knows of symbolic sizes: `{0}` in its message stands for the first number after the condition. */
const shapeAssertion: CustomCall = ([condition, ...sizes], _, { attributes }) => {
  if (condition === undefined || condition.data.length !== 1 || condition.data[0]) return;
  const text = typeof attributes.error_message === 'string' ? attributes.error_message : 'a size is not as expected';
  throw new Error(text.replace(/\{(\d+)\}/g, (all, index) => `${sizes[Number(index)]?.data[0] ?? all}`));
};

const BUILTIN: Readonly<Record<string, CustomCall>> = Object.fromEntries([
  ['shape_assertion', shapeAssertion] as const,
  ...['ssyevd', 'dsyevd', 'cheevd', 'zheevd'].map((name) => [`lapack_${name}_ffi`, hermitian] as const),
  ...['s', 'd', 'c', 'z'].flatMap((letter) =>
    ['gesdd', 'gesvd'].map((name) => [`lapack_${letter}${name}_ffi`, singular] as const),
  ),
]);

/** The function of a target: the one that is provided, else one of those that are always there. */
export function customCallOf<C extends CustomCall<never>>(
  target: string,
  provided: Readonly<Record<string, C>> | undefined,
): C | undefined {
  if (provided !== undefined && Object.hasOwn(provided, target)) return provided[target];
  return Object.hasOwn(BUILTIN, target) ? (BUILTIN[target] as unknown as C) : undefined;
}
