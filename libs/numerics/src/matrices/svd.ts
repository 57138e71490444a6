// Singular values and vectors by one-sided Jacobi rotations (Hestenes 1958; Demmel and Veselic 1992): columns are turned in
// pairs until all are orthogonal, their lengths are the singular values. Small ones are as accurate as large ones.
import {
  adjoint,
  identityMatrix,
  largestPart,
  lengthOf,
  type Matrix,
  permuteColumns,
  scaleNearOne,
  zeroMatrix,
} from './matrix.js';

export interface SingularValues {
  /** In descending order, as many as the smaller size. */
  readonly values: Float64Array;
  /** Orthonormal columns; as many as asked for. */
  readonly left: Matrix;
  readonly right: Matrix;
}

/** Columns this far from orthogonal are. */
const TOLERANCE = 1e-15;
const MAX_SWEEPS = 60;

/**
 * A = left diag(values) right^H. `thin` gives as many columns as there are values, `full` square matrices, `none` none.
 * Undefined when a part is not finite, or the iteration does not end.
 */
export function singularValues(matrix: Matrix, vectors: 'full' | 'thin' | 'none'): SingularValues | undefined {
  if (matrix.rows < matrix.columns) {
    const turned = singularValues(adjoint(matrix), vectors);
    return turned && { values: turned.values, left: turned.right, right: turned.left };
  }
  const a: Matrix = { ...matrix, re: matrix.re.slice(), im: matrix.im.slice() };
  const size = largestPart(a);
  if (Number.isNaN(size)) return undefined;
  const scale = scaleNearOne(a, size);
  const n = a.columns;
  const v = vectors === 'none' ? zeroMatrix(0, n) : identityMatrix(n);
  if (!orthogonalize(a, v)) return undefined;
  const lengths = Float64Array.from({ length: n }, (_, j) => Math.sqrt(squaredLength(a, j)));
  const order = Array.from(lengths.keys()).sort((i, j) => lengths[j]! - lengths[i]!);
  const values = Float64Array.from(order, (j) => lengths[j]! * scale);
  if (vectors === 'none') return { values, left: zeroMatrix(a.rows, 0), right: zeroMatrix(n, 0) };
  const u = permuteColumns(a, order);
  order.forEach((from, j) => {
    scaleColumn(u, j, lengths[from]! > 0 ? 1 / lengths[from]! : 0);
  });
  // Columns of length 0 have no direction: any that is orthogonal to the others will do.
  const rank = values.filter((value) => value > 0).length;
  return {
    values,
    left: completed(u, rank, vectors === 'full' ? a.rows : n),
    right: permuteColumns(v, order),
  };
}

/** Sweeps over all pairs of columns; the same rotations are done to `v`. False when they do not end. */
function orthogonalize(a: Matrix, v: Matrix): boolean {
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    let isDone = true;
    for (let p = 0; p < a.columns; p++)
      for (let q = p + 1; q < a.columns; q++) if (turnPair(a, v, p, q)) isDone = false;
    if (isDone) return true;
  }
  return false;
}

/** Makes columns p and q orthogonal; false when they are. */
function turnPair(a: Matrix, v: Matrix, p: number, q: number): boolean {
  const { rows: m, re, im } = a;
  let [alpha, beta, gr, gi] = [0, 0, 0, 0];
  for (let i = 0; i < m; i++) {
    const [xr, xi, yr, yi] = [re[p * m + i]!, im[p * m + i]!, re[q * m + i]!, im[q * m + i]!];
    alpha += xr * xr + xi * xi;
    beta += yr * yr + yi * yi;
    gr += xr * yr + xi * yi;
    gi += xr * yi - xi * yr;
  }
  const inner = lengthOf(gr, gi);
  if (inner === 0 || inner <= TOLERANCE * Math.sqrt(alpha) * Math.sqrt(beta)) return false;
  const zeta = (beta - alpha) / (2 * inner);
  const t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + lengthOf(1, zeta));
  const c = 1 / lengthOf(1, t);
  const s = c * t;
  // The second column times the phase that makes the inner product real.
  const [ur, ui] = [gr / inner, -gi / inner];
  turnColumns(a, p, q, c, s, ur, ui);
  turnColumns(v, p, q, c, s, ur, ui);
  return true;
}

function turnColumns({ rows: m, re, im }: Matrix, p: number, q: number, c: number, s: number, ur: number, ui: number) {
  for (let i = 0; i < m; i++) {
    const [x, y] = [p * m + i, q * m + i];
    const [xr, xi] = [re[x]!, im[x]!];
    const [yr, yi] = [re[y]! * ur - im[y]! * ui, re[y]! * ui + im[y]! * ur];
    re[x] = c * xr - s * yr;
    im[x] = c * xi - s * yi;
    re[y] = s * xr + c * yr;
    im[y] = s * xi + c * yi;
  }
}

function squaredLength({ rows: m, re, im }: Matrix, j: number): number {
  let sum = 0;
  for (let i = j * m; i < (j + 1) * m; i++) sum += re[i]! ** 2 + im[i]! ** 2;
  return sum;
}

function scaleColumn({ rows: m, re, im }: Matrix, j: number, factor: number): void {
  for (let i = j * m; i < (j + 1) * m; i++) {
    re[i]! *= factor;
    im[i]! *= factor;
  }
}

/** The first `rank` columns, and others to make `count` orthonormal ones. */
function completed(u: Matrix, rank: number, count: number): Matrix {
  const m = u.rows;
  const made = zeroMatrix(m, count);
  made.re.set(u.re.subarray(0, rank * m));
  made.im.set(u.im.subarray(0, rank * m));
  for (let j = rank, unit = 0; j < count; unit++) {
    if (unit >= m) break;
    made.re.fill(0, j * m, (j + 1) * m);
    made.im.fill(0, j * m, (j + 1) * m);
    made.re[j * m + unit] = 1;
    // Twice is enough (Kahan, Parlett).
    for (let pass = 0; pass < 2; pass++) for (let k = 0; k < j; k++) removeComponent(made, j, k);
    const length = Math.sqrt(squaredLength(made, j));
    // Of all unit vectors, the least that is left of the best one is 1 / sqrt(m) or more.
    if (length < 0.5 / Math.sqrt(m)) continue;
    scaleColumn(made, j, 1 / length);
    j++;
  }
  return made;
}

/** Column j without what it has of the direction of column k. */
function removeComponent({ rows: m, re, im }: Matrix, j: number, k: number): void {
  let [sr, si] = [0, 0];
  for (let i = 0; i < m; i++) {
    const [xr, xi, yr, yi] = [re[k * m + i]!, im[k * m + i]!, re[j * m + i]!, im[j * m + i]!];
    sr += xr * yr + xi * yi;
    si += xr * yi - xi * yr;
  }
  for (let i = 0; i < m; i++) {
    const [xr, xi] = [re[k * m + i]!, im[k * m + i]!];
    re[j * m + i]! -= sr * xr - si * xi;
    im[j * m + i]! -= sr * xi + si * xr;
  }
}
