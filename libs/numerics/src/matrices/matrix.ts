// Complex matrices of doubles in columns, as the factorizations here take them. Real ones have zeros as imaginary parts.

/** Column-major: element (i, j) is at j * rows + i. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly re: Float64Array;
  readonly im: Float64Array;
}

export function zeroMatrix(rows: number, columns: number): Matrix {
  return { rows, columns, re: new Float64Array(rows * columns), im: new Float64Array(rows * columns) };
}

export function identityMatrix(n: number): Matrix {
  const matrix = zeroMatrix(n, n);
  for (let i = 0; i < n; i++) matrix.re[i * (n + 1)] = 1;
  return matrix;
}

/** The conjugate transpose. */
export function adjoint({ rows, columns, re, im }: Matrix): Matrix {
  const made = zeroMatrix(columns, rows);
  for (let j = 0; j < columns; j++)
    for (let i = 0; i < rows; i++) {
      made.re[i * columns + j] = re[j * rows + i]!;
      made.im[i * columns + j] = -im[j * rows + i]!;
    }
  return made;
}

/** The largest absolute value of a part; NaN or Infinity when some part is not finite. */
export function largestPart({ re, im }: Matrix): number {
  let most = 0;
  for (const parts of [re, im])
    for (const value of parts) {
      if (!Number.isFinite(value)) return Number.NaN;
      most = Math.max(most, Math.abs(value));
    }
  return most;
}

/** The length of (x, y), of numbers near 1: the square root is exact everywhere, `Math.hypot` is not. */
export function lengthOf(x: number, y: number): number {
  return Math.sqrt(x * x + y * y);
}

/** All parts times a power of 2 near 1 / `size`, so that squares neither overflow nor vanish. Returns what undoes it. */
export function scaleNearOne(matrix: Matrix, size: number): number {
  if (size === 0) return 1;
  const exponent = Math.min(1000, Math.max(-1000, exponentOf(size)));
  const factor = 2 ** -exponent;
  for (const parts of [matrix.re, matrix.im]) for (let i = 0; i < parts.length; i++) parts[i]! *= factor;
  return 2 ** exponent;
}

/** Of a positive number: e for 1 <= x / 2^e < 2. */
function exponentOf(size: number): number {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, size < 1e-300 ? size * 2 ** 100 : size);
  return ((bits.getUint16(0) >> 4) & 0x7ff) - 1023 - (size < 1e-300 ? 100 : 0);
}

/** The columns in another order: column j of the result is column order[j]. */
export function permuteColumns({ rows, re, im }: Matrix, order: readonly number[]): Matrix {
  const made = zeroMatrix(rows, order.length);
  order.forEach((from, to) => {
    made.re.set(re.subarray(from * rows, (from + 1) * rows), to * rows);
    made.im.set(im.subarray(from * rows, (from + 1) * rows), to * rows);
  });
  return made;
}
