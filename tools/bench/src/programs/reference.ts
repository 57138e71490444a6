// Evaluates a graph op by op in double precision: the reference that full-size results are compared with. Plain loops,
// no fusion, no reuse of what is being measured. Buffers are dropped after their last use, as sizes reach 10^8 elements.

import { f16FromBits } from '@budflow/numerics';
import { type DType, elementCount, type Graph, type Node } from './graph.js';
import { factor, substitute, transformRows } from './linear-algebra.js';
import { convolution, pooling } from './windows.js';

/** Arrays of the programs' element types, and of the reference. Half precision is its bits. */
export type Data = Float32Array | Float64Array | Int32Array | Uint16Array | Uint8Array;

/** Half precision as numbers; whatever else as it is. */
export function numbersOf(data: Data): Data {
  return data instanceof Uint16Array ? Float64Array.from(data, f16FromBits) : data;
}

/** The typed array of an element type; complex numbers are pairs. */
export function makeData(dtype: DType, length: number): Data {
  switch (dtype) {
    case 'f32':
      return new Float32Array(length);
    case 'f64':
      return new Float64Array(length);
    case 'i32':
      return new Int32Array(length);
    case 'f16':
      return new Uint16Array(length);
    case 'ui8':
    case 'i1':
      return new Uint8Array(length);
    case 'complex<f32>':
      return new Float32Array(2 * length);
  }
}

/** Reference values: doubles for floats, the type's own numbers for the rest. */
export function makeReference(dtype: DType, length: number): Data {
  if (dtype === 'complex<f32>') return new Float64Array(2 * length);
  return dtype === 'f32' || dtype === 'f16' ? new Float64Array(length) : makeData(dtype, length);
}

type Unary = (x: number) => number;
type Binary = (x: number, y: number) => number;

function roundEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest < 0.5 || (rest === 0.5 && floor % 2 === 0) ? floor : floor + 1;
}

/** erf by its Taylor series, and by the continued fraction of erfc for larger arguments; about 1e-15. */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (!(a < 6)) return Number.isNaN(x) ? x : Math.sign(x);
  if (a < 2.5) {
    let term = a;
    let sum = a;
    for (let n = 1; Math.abs(term) > 1e-18 * sum; n++) {
      term *= (-a * a) / n;
      sum += term / (2 * n + 1);
      if (term === 0) break;
    }
    return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);
  }
  let fraction = 0;
  for (let n = 60; n >= 1; n--) fraction = n / 2 / (a + fraction);
  return Math.sign(x) * (1 - Math.exp(-a * a) / ((a + fraction) * Math.sqrt(Math.PI)));
}

const UNARY: Record<string, Unary> = {
  neg: (x) => -x,
  abs: Math.abs,
  sqrt: Math.sqrt,
  rsqrt: (x) => 1 / Math.sqrt(x),
  exp: Math.exp,
  log: Math.log,
  log1p: Math.log1p,
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  erf,
  round_even: roundEven,
};
const BINARY: Record<string, Binary> = {
  add: (x, y) => x + y,
  sub: (x, y) => x - y,
  mul: (x, y) => x * y,
  div: (x, y) => x / y,
  min: Math.min,
  max: Math.max,
  and: (x, y) => x & y,
  xor: (x, y) => x ^ y,
};
const COMPARE: Record<string, (x: number, y: number) => boolean> = {
  eq: (x, y) => x === y,
  ne: (x, y) => x !== y,
  lt: (x, y) => x < y,
  le: (x, y) => x <= y,
  gt: (x, y) => x > y,
  ge: (x, y) => x >= y,
};

function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    strides[d] = stride;
    stride *= shape[d] as number;
  }
  return strides;
}

/**
 * Visits a domain in row-major order. `at(i, j, n, si, sj)` gets, for each innermost run of n points, where two linear
 * indices start and what they advance by.
 */
function walk(
  shape: readonly number[],
  first: { readonly start: number; readonly strides: readonly number[] },
  second: { readonly start: number; readonly strides: readonly number[] },
  run: (i: number, j: number, n: number, si: number, sj: number) => void,
): void {
  if (elementCount(shape) === 0) return;
  const inner = shape.length - 1;
  const visit = (d: number, i: number, j: number): void => {
    if (d > inner) run(i, j, 1, 0, 0);
    else if (d === inner) run(i, j, shape[d] as number, first.strides[d] as number, second.strides[d] as number);
    else {
      for (let k = 0; k < (shape[d] as number); k++) {
        visit(d + 1, i + k * (first.strides[d] as number), j + k * (second.strides[d] as number));
      }
    }
  };
  visit(0, first.start, second.start);
}

/** out[walk] = x[walk]: broadcast, transpose, slice and pad are copies with strides. */
function copy(
  out: Data,
  shape: readonly number[],
  to: { readonly start: number; readonly strides: readonly number[] },
  x: Data,
  from: { readonly start: number; readonly strides: readonly number[] },
): void {
  walk(shape, to, from, (i, j, n, si, sj) => {
    for (let k = 0; k < n; k++) out[i + k * si] = x[j + k * sj] as number;
  });
}

function elementwise(name: string, dtype: DType, out: Data, [x, y]: readonly Data[]): void {
  const n = out.length;
  const unary = UNARY[name];
  const binary = BINARY[name];
  const a = x as Data;
  if (name === 'mul' && dtype === 'i32') {
    for (let i = 0; i < n; i++) out[i] = Math.imul(a[i] as number, (y as Data)[i] as number);
  } else if (y !== undefined && binary) {
    for (let i = 0; i < n; i++) out[i] = binary(a[i] as number, y[i] as number);
  } else if (unary) {
    for (let i = 0; i < n; i++) out[i] = unary(a[i] as number);
  } else throw new Error(`reference: no elementwise '${name}'`);
}

function reduce(node: Node & { kind: 'reduce' }, out: Data, x: Data, shape: readonly number[], init: number): void {
  const combine = node.reduce === 'add' ? BINARY.add : BINARY[node.reduce];
  out.fill(init);
  const outStrides = stridesOf(node.type.shape);
  let kept = 0;
  const strides = shape.map((_, d) => (node.dims.includes(d) ? 0 : (outStrides[kept++] as number)));
  const f = combine as Binary;
  walk(shape, { start: 0, strides }, { start: 0, strides: stridesOf(shape) }, (i, j, n, si, sj) => {
    for (let k = 0; k < n; k++) out[i + k * si] = f(out[i + k * si] as number, x[j + k * sj] as number);
  });
}

/** Sums of products; innermost over the last free dimension of the right side, so that large products stay in cache. */
function dot(
  node: Node & { kind: 'dot' },
  out: Data,
  [a, b]: readonly Data[],
  [left, right]: readonly (readonly number[])[],
): void {
  const d = node.dims;
  const sizes = {
    batch: d.lhsBatch.map((i) => (left as number[])[i] as number),
    m: d.lhsFree.map((i) => (left as number[])[i] as number),
    n: d.rhsFree.map((i) => (right as number[])[i] as number),
    k: d.lhsContract.map((i) => (left as number[])[i] as number),
  };
  const sa = stridesOf(left as number[]);
  const sb = stridesOf(right as number[]);
  const so = stridesOf(node.type.shape);
  const pick = (strides: readonly number[], dims: readonly number[]) => dims.map((i) => strides[i] as number);
  const [nb, nm] = [sizes.batch.length, sizes.m.length];
  // Outer domain batch x m; inside it, k x n.
  const outer = [...sizes.batch, ...sizes.m];
  const outerA = { start: 0, strides: [...pick(sa, d.lhsBatch), ...pick(sa, d.lhsFree)] };
  const outerB = [...pick(sb, d.rhsBatch), ...d.lhsFree.map(() => 0)];
  const outerO = so.slice(0, nb + nm);
  const inner = [...sizes.k, ...sizes.n];
  const innerA = [...pick(sa, d.lhsContract), ...d.rhsFree.map(() => 0)];
  const innerB = [...pick(sb, d.rhsContract), ...pick(sb, d.rhsFree)];
  const innerO = [...d.lhsContract.map(() => 0), ...so.slice(nb + nm)];
  const counters = new Array<number>(outer.length).fill(0);
  for (let point = 0, total = elementCount(outer); point < total; point++) {
    let [pa, pb, po] = [0, 0, 0];
    counters.forEach((c, i) => {
      pa += c * (outerA.strides[i] as number);
      pb += c * (outerB[i] as number);
      po += c * (outerO[i] as number);
    });
    // `walk` carries two indices: the a index is constant in an innermost run over n, so it is recomputed from b's.
    const scalarA = sizes.n.length > 0;
    if (scalarA) {
      const rows = elementCount(sizes.k);
      const kc = new Array<number>(sizes.k.length).fill(0);
      for (let row = 0; row < rows; row++) {
        let [ka, kb] = [pa, pb];
        kc.forEach((c, i) => {
          ka += c * (innerA[i] as number);
          kb += c * (innerB[i] as number);
        });
        const value = (a as Data)[ka] as number;
        walk(
          sizes.n,
          { start: po, strides: innerO.slice(sizes.k.length) },
          { start: kb, strides: innerB.slice(sizes.k.length) },
          (i, j, n, si, sj) => {
            for (let k = 0; k < n; k++)
              out[i + k * si] = (out[i + k * si] as number) + value * ((b as Data)[j + k * sj] as number);
          },
        );
        advance(kc, sizes.k);
      }
    } else {
      let sum = 0;
      walk(inner, { start: pa, strides: innerA }, { start: pb, strides: innerB }, (i, j, n, si, sj) => {
        for (let k = 0; k < n; k++) sum += ((a as Data)[i + k * si] as number) * ((b as Data)[j + k * sj] as number);
      });
      out[po] = sum;
    }
    advance(counters, outer);
  }
}

function advance(counters: number[], sizes: readonly number[]): void {
  for (let d = counters.length - 1; d >= 0; d--) {
    counters[d] = (counters[d] as number) + 1;
    if ((counters[d] as number) < (sizes[d] as number)) return;
    counters[d] = 0;
  }
}

function saturate(out: Data, x: Data, dtype: DType): void {
  const [low, high] = dtype === 'ui8' ? [0, 255] : [-(2 ** 31), 2 ** 31 - 1];
  for (let i = 0; i < out.length; i++) {
    const v = Math.trunc(x[i] as number);
    out[i] = Number.isNaN(v) ? 0 : Math.min(Math.max(v, low), high);
  }
}

/** Calls `visit` with the places of each row along a dimension, in row-major order of the others. */
function alongDimension(shape: readonly number[], dim: number, visit: (places: Int32Array) => void): void {
  const size = shape[dim] as number;
  const inner = elementCount(shape.slice(dim + 1));
  const outer = elementCount(shape.slice(0, dim));
  for (let o = 0; o < outer; o++)
    for (let k = 0; k < inner; k++) visit(Int32Array.from({ length: size }, (_, i) => (o * size + i) * inner + k));
}

/** An input as the reference computes with it: floats in double precision. */
export function referenceInput(data: Data): Data {
  return data instanceof Float32Array ? Float64Array.from(data) : numbersOf(data);
}

function evaluateNode(
  node: Node,
  values: readonly Data[],
  shapes: readonly (readonly number[])[],
  inputs: readonly Data[],
): Data {
  const { dtype, shape } = node.type;
  if (node.kind === 'argument') return referenceInput(inputs[node.index] as Data);
  if (node.kind === 'reshape') return values[0] as Data;
  const n = elementCount(shape);
  const out = makeReference(dtype, n);
  const x = values[0] as Data;
  const whole = { start: 0, strides: stridesOf(shape) };
  switch (node.kind) {
    case 'constant':
      out.fill(dtype === 'f32' ? Math.fround(node.value) : node.value);
      break;
    case 'elementwise':
      elementwise(node.name, dtype, out, values);
      break;
    case 'compare': {
      const holds = COMPARE[node.predicate] as (x: number, y: number) => boolean;
      for (let i = 0; i < n; i++) out[i] = holds(x[i] as number, values[1]?.[i] as number) ? 1 : 0;
      break;
    }
    case 'select':
      for (let i = 0; i < n; i++) out[i] = (x[i] ? values[1]?.[i] : values[2]?.[i]) as number;
      break;
    case 'cast':
      if (out instanceof Float64Array) out.set(x);
      else saturate(out, x, dtype);
      break;
    case 'broadcast': {
      const from = stridesOf(shapes[0] as number[]);
      const strides = shape.map((_, r) => {
        const source = node.dims.indexOf(r);
        return source < 0 || shapes[0]?.[source] !== shape[r] ? 0 : (from[source] as number);
      });
      copy(out, shape, whole, x, { start: 0, strides });
      break;
    }
    case 'transpose': {
      const from = stridesOf(shapes[0] as number[]);
      copy(out, shape, whole, x, { start: 0, strides: node.perm.map((d) => from[d] as number) });
      break;
    }
    case 'slice': {
      const from = stridesOf(shapes[0] as number[]);
      const start = from.reduce((s, stride, d) => s + stride * (node.starts[d] as number), 0);
      copy(out, shape, whole, x, { start, strides: from.map((s, d) => s * (node.strides[d] as number)) });
      break;
    }
    case 'pad': {
      out.fill(node.value);
      const start = whole.strides.reduce((s, stride, d) => s + stride * (node.low[d] as number), 0);
      const from = shapes[0] as number[];
      copy(out, from, { start, strides: whole.strides }, x, { start: 0, strides: stridesOf(from) });
      break;
    }
    case 'concat': {
      let begin = 0;
      values.forEach((part, i) => {
        const from = shapes[i] as number[];
        const start = begin * (whole.strides[node.dim] as number);
        copy(out, from, { start, strides: whole.strides }, part, { start: 0, strides: stridesOf(from) });
        begin += from[node.dim] as number;
      });
      break;
    }
    case 'reduce':
      reduce(node, out, x, shapes[0] as number[], values[1]?.[0] as number);
      break;
    case 'dot':
      dot(node, out, values, shapes);
      break;
    case 'fft':
      transformRows(x, out, shape.at(-1) as number);
      break;
    case 'cholesky':
      factor(x, out, shape.at(-1) as number);
      break;
    case 'solve':
      out.set(values[1] as Data);
      substitute(x, out, shape[0] as number, shape[1] as number);
      break;
    case 'conv':
      convolution(node, out, values, shapes);
      break;
    case 'window':
      pooling(node, out, x, shapes[0] as number[], values[1]?.[0] as number);
      break;
    case 'take': {
      const ids = values[1] as Data;
      const last = (shapes[0]?.[0] as number) - 1;
      const size = n / ids.length;
      ids.forEach((id, i) => {
        const start = Math.min(Math.max(id, 0), last) * size;
        out.set(x.subarray(start, start + size), i * size);
      });
      break;
    }
    case 'program':
      throw new Error('reference: the graph does not say what the program computes');
    case 'iota': {
      const stride = stridesOf(shape)[node.dim] as number;
      for (let i = 0; i < n; i++) out[i] = Math.floor(i / stride) % (shape[node.dim] as number);
      break;
    }
    case 'scan':
      alongDimension(shapes[0] as number[], node.dim, (places) => {
        let sum = values[1]?.[0] as number;
        for (const i of places) {
          sum += x[i] as number;
          out[i] = sum;
        }
      });
      break;
    case 'extreme': {
      let row = 0;
      alongDimension(shapes[0] as number[], node.dim, (places) => {
        const sign = node.which === 'max' ? 1 : -1;
        let best = 0;
        places.forEach((i, k) => {
          if (sign * (x[i] as number) > sign * (x[places[best] as number] as number)) best = k;
        });
        out[row++] = best;
      });
      break;
    }
    case 'sort':
      alongDimension(shape, node.dim, (places) => {
        const sign = node.descending ? -1 : 1;
        const sorted = places.slice().sort((a, b) => sign * ((x[a] as number) - (x[b] as number)));
        const from = values[node.result] as Data;
        const row = Array.from(sorted, (i) => from[i] as number);
        places.forEach((i, k) => {
          out[i] = row[k] as number;
        });
      });
      break;
  }
  return out;
}

/** The results in double precision (integers in their own type). Inputs are as the variants get them. */
export function evaluateReference(graph: Graph, inputs: readonly Data[]): Data[] {
  const lastUse = new Map<number, number>();
  graph.nodes.forEach((node, i) => {
    for (const o of node.operands) lastUse.set(o, i);
  });
  for (const r of graph.results) lastUse.set(r, graph.nodes.length);
  const values = new Map<number, Data>();
  graph.nodes.forEach((node, i) => {
    const operands = node.operands.map((o) => values.get(o) as Data);
    const shapes = node.operands.map((o) => (graph.nodes[o] as Node).type.shape);
    values.set(i, evaluateNode(node, operands, shapes, inputs));
    for (const o of node.operands) if (lastUse.get(o) === i) values.delete(o);
  });
  return graph.results.map((r) => values.get(r) as Data);
}
