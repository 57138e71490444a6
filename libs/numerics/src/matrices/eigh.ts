// Eigenvalues and eigenvectors of Hermitian matrices: Householder reflections to a tridiagonal matrix, then implicit QL
// steps, as EISPACK's htridi and tql2 (Wilkinson and Reinsch, Handbook for Automatic Computation II, 1971).
import {
  identityMatrix,
  largestPart,
  lengthOf,
  type Matrix,
  permuteColumns,
  scaleNearOne,
  zeroMatrix,
} from './matrix.js';

export interface HermitianEigen {
  /** In ascending order. */
  readonly values: Float64Array;
  /** Orthonormal, column j belongs to value j. */
  readonly vectors: Matrix;
}

const EPSILON = 2 ** -52;
const MAX_STEPS = 60;

/**
 * A = V diag(values) V^H of a Hermitian matrix, of which the lower triangle is read, and the real parts of the diagonal.
 * Undefined when a part is not finite, or the iteration does not end.
 */
export function hermitianEigen(matrix: Matrix): HermitianEigen | undefined {
  const n = matrix.rows;
  const a = fromLowerTriangle(matrix);
  const size = largestPart(a);
  if (Number.isNaN(size)) return undefined;
  const scale = scaleNearOne(a, size);
  const vectors = identityMatrix(n);
  const { diagonal, below } = tridiagonalize(a, vectors);
  if (!implicitQl(diagonal, below, vectors)) return undefined;
  const order = Array.from(diagonal.keys()).sort((i, j) => diagonal[i]! - diagonal[j]!);
  return {
    values: Float64Array.from(order, (i) => diagonal[i]! * scale),
    vectors: permuteColumns(vectors, order),
  };
}

function fromLowerTriangle({ rows: n, re, im }: Matrix): Matrix {
  const a = zeroMatrix(n, n);
  for (let j = 0; j < n; j++) {
    a.re[j * n + j] = re[j * n + j]!;
    for (let i = j + 1; i < n; i++) {
      a.re[j * n + i] = re[j * n + i]!;
      a.im[j * n + i] = im[j * n + i]!;
      a.re[i * n + j] = re[j * n + i]!;
      a.im[i * n + j] = -im[j * n + i]!;
    }
  }
  return a;
}

/** A becomes Q T Q^H with T real and tridiagonal; `q` becomes Q. */
function tridiagonalize(a: Matrix, q: Matrix): { readonly diagonal: Float64Array; readonly below: Float64Array } {
  const n = a.rows;
  const [vr, vi, pr, pi] = [0, 1, 2, 3].map(() => new Float64Array(n)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let k = 0; k + 2 < n; k++) {
    if (!reflector(a, k, vr, vi)) continue;
    // A := H A H with H = I - 2 v v^H: with p = A v and w = 2 (p - (v^H p) v), that is A - v w^H - w v^H.
    multiply(a, k + 1, vr, vi, pr, pi);
    let inner = 0;
    for (let i = k + 1; i < n; i++) inner += vr[i]! * pr[i]! + vi[i]! * pi[i]!;
    for (let i = k + 1; i < n; i++) {
      pr[i] = 2 * (pr[i]! - inner * vr[i]!);
      pi[i] = 2 * (pi[i]! - inner * vi[i]!);
    }
    for (let j = k + 1; j < n; j++)
      for (let i = k + 1; i < n; i++) {
        const at = j * n + i;
        a.re[at]! -= vr[i]! * pr[j]! + vi[i]! * pi[j]! + pr[i]! * vr[j]! + pi[i]! * vi[j]!;
        a.im[at]! -= vi[i]! * pr[j]! - vr[i]! * pi[j]! + pi[i]! * vr[j]! - pr[i]! * vi[j]!;
      }
    // Q := Q H.
    multiply(q, k + 1, vr, vi, pr, pi, 0);
    for (let j = k + 1; j < n; j++)
      for (let i = 0; i < n; i++) {
        q.re[j * n + i]! -= 2 * (pr[i]! * vr[j]! + pi[i]! * vi[j]!);
        q.im[j * n + i]! -= 2 * (pi[i]! * vr[j]! - pr[i]! * vi[j]!);
      }
  }
  return realBand(a, q);
}

/** The unit vector v of the reflection that turns column k below the diagonal into a multiple of its first unit vector, done to A. */
function reflector(a: Matrix, k: number, vr: Float64Array, vi: Float64Array): boolean {
  const n = a.rows;
  let rest = 0;
  for (let i = k + 2; i < n; i++) rest += a.re[k * n + i]! ** 2 + a.im[k * n + i]! ** 2;
  if (rest === 0) return false;
  const first = k * n + k + 1;
  const [xr, xi] = [a.re[first]!, a.im[first]!];
  const head = lengthOf(xr, xi);
  const norm = Math.sqrt(rest + head * head);
  const [ur, ui] = head === 0 ? [1, 0] : [xr / head, xi / head];
  vr[k + 1] = xr + ur * norm;
  vi[k + 1] = xi + ui * norm;
  const length = Math.sqrt(2 * norm * (norm + head));
  for (let i = k + 2; i < n; i++) {
    vr[i] = a.re[k * n + i]! / length;
    vi[i] = a.im[k * n + i]! / length;
    a.re[k * n + i] = 0;
    a.im[k * n + i] = 0;
  }
  vr[k + 1]! /= length;
  vi[k + 1]! /= length;
  a.re[first] = -ur * norm;
  a.im[first] = -ui * norm;
  return true;
}

/** p = A v, of the columns from `from` on, and the rows from `firstRow` on. */
function multiply(
  a: Matrix,
  from: number,
  vr: Float64Array,
  vi: Float64Array,
  pr: Float64Array,
  pi: Float64Array,
  firstRow = from,
): void {
  const n = a.rows;
  pr.fill(0);
  pi.fill(0);
  for (let j = from; j < n; j++) {
    const [xr, xi] = [vr[j]!, vi[j]!];
    for (let i = firstRow; i < n; i++) {
      const [ar, ai] = [a.re[j * n + i]!, a.im[j * n + i]!];
      pr[i]! += ar * xr - ai * xi;
      pi[i]! += ar * xi + ai * xr;
    }
  }
}

/** Diagonal and subdiagonal; the phases of the latter go into the columns of `q`. */
function realBand(a: Matrix, q: Matrix): { readonly diagonal: Float64Array; readonly below: Float64Array } {
  const n = a.rows;
  const diagonal = Float64Array.from({ length: n }, (_, i) => a.re[i * n + i]!);
  const below = new Float64Array(n);
  let [cr, ci] = [1, 0];
  for (let k = 0; k + 1 < n; k++) {
    const [xr, xi] = [a.re[k * n + k + 1]!, a.im[k * n + k + 1]!];
    const size = lengthOf(xr, xi);
    below[k] = size;
    if (size > 0) [cr, ci] = [(cr * xr - ci * xi) / size, (cr * xi + ci * xr) / size];
    for (let i = 0; i < n; i++) {
      const at = (k + 1) * n + i;
      const [qr, qi] = [q.re[at]!, q.im[at]!];
      q.re[at] = qr * cr - qi * ci;
      q.im[at] = qr * ci + qi * cr;
    }
  }
  return { diagonal, below };
}

/** QL steps with implicit shifts until the matrix is diagonal; rotations are done to the columns of `v`. */
function implicitQl(d: Float64Array, e: Float64Array, v: Matrix): boolean {
  const n = d.length;
  let shift = 0;
  let size = 0;
  for (let l = 0; l < n; l++) {
    size = Math.max(size, Math.abs(d[l]!) + Math.abs(e[l]!));
    let m = l;
    while (m < n - 1 && Math.abs(e[m]!) > EPSILON * size) m++;
    for (let step = 0; m > l && Math.abs(e[l]!) > EPSILON * size; step++) {
      if (step === MAX_STEPS) return false;
      shift += qlStep(d, e, v, l, m);
    }
    d[l]! += shift;
    e[l] = 0;
  }
  return true;
}

/** One step on rows l to m; returns by how much the diagonal from l on is shifted. */
function qlStep(d: Float64Array, e: Float64Array, v: Matrix, l: number, m: number): number {
  const n = d.length;
  const before = d[l]!;
  const half = (d[l + 1]! - before) / (2 * e[l]!);
  const root = half < 0 ? -lengthOf(half, 1) : lengthOf(half, 1);
  d[l] = e[l]! / (half + root);
  d[l + 1] = e[l]! * (half + root);
  const next = d[l + 1]!;
  const shift = before - d[l]!;
  for (let i = l + 2; i < n; i++) d[i]! -= shift;
  let p = d[m]!;
  let [c, c2, c3] = [1, 1, 1];
  let [s, s2] = [0, 0];
  const after = e[l + 1]!;
  for (let i = m - 1; i >= l; i--) {
    c3 = c2;
    c2 = c;
    s2 = s;
    const g = c * e[i]!;
    const h = c * p;
    const r = lengthOf(p, e[i]!);
    e[i + 1] = s * r;
    s = e[i]! / r;
    c = p / r;
    p = c * d[i]! - s * g;
    d[i + 1] = h + s * (c * g + s * d[i]!);
    rotate(v.re, n, i, c, s);
    rotate(v.im, n, i, c, s);
  }
  p = (-s * s2 * c3 * after * e[l]!) / next;
  e[l] = s * p;
  d[l] = c * p;
  return shift;
}

/** Columns i and i + 1 turned. */
function rotate(parts: Float64Array, n: number, i: number, c: number, s: number): void {
  for (let k = 0; k < n; k++) {
    const [x, y] = [parts[i * n + k]!, parts[(i + 1) * n + k]!];
    parts[(i + 1) * n + k] = s * x + c * y;
    parts[i * n + k] = c * x - s * y;
  }
}
