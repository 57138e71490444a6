// From a program's graph to the calls of another library. Broadcasts stay implicit as long as the library can have them
// so: nobody would write them out by hand, and it would not be fair to time them.

import { elementCount, type Graph, type Node } from '../src/programs/graph.js';

/** What a library must offer. `V` is its array. */
export interface Library<V> {
  constant(value: number): V;
  /** Elementwise ops by the names of the array dialect; operands may be of different sizes, with size 1 stretching. */
  elementwise(name: string, operands: readonly V[]): V;
  compare(predicate: string, x: V, y: V): V;
  select(condition: V, x: V, y: V): V;
  cast(x: V, dtype: string): V;
  reshape(x: V, shape: readonly number[]): V;
  broadcastTo(x: V, shape: readonly number[]): V;
  transpose(x: V, perm: readonly number[]): V;
  slice(x: V, starts: readonly number[], limits: readonly number[], strides: readonly number[]): V;
  pad(x: V, low: readonly number[], high: readonly number[], value: number): V;
  /** Elements or rows of x by their numbers along its first dimension. */
  take(x: V, ids: V): V;
  reduce(kind: 'add' | 'max' | 'min', x: V, dims: readonly number[]): V;
  /** Product of matrices, or of batches of them (rank 3); the flags say that a factor is given transposed. */
  matmul(x: V, y: V, transposed: { readonly x: boolean; readonly y: boolean; readonly rank: number }): V;
}

/** Above this an unfused library would only measure how it runs out of memory. */
const LARGEST_INTERMEDIATE = 6e7;

interface Held<V> {
  readonly value: V;
  /** Shape it really has: the node's, or one that broadcasts to it. */
  readonly shape: readonly number[];
}

const IDENTITY = { add: 0, max: Number.NEGATIVE_INFINITY, min: Number.POSITIVE_INFINITY };

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((d, i) => d === b[i]);
}

/** Shape that arrays of these shapes broadcast to. */
function combined(shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((s) => s.length));
  return [...Array(rank).keys()].map((d) => Math.max(...shapes.map((s) => s[s.length - rank + d] ?? 1)));
}

class Translation<V> {
  readonly library: Library<V>;
  readonly graph: Graph;
  readonly held: Held<V>[] = [];

  constructor(library: Library<V>, graph: Graph) {
    this.library = library;
    this.graph = graph;
  }

  /** The value with its node's own shape. */
  whole(index: number): V {
    const { shape } = this.graph.nodes[index].type;
    const { value, shape: has } = this.held[index];
    if (isSame(shape, has)) return value;
    if (elementCount(shape) > LARGEST_INTERMEDIATE)
      throw new Error(`an intermediate of ${elementCount(shape)} elements`);
    return this.library.broadcastTo(value, shape);
  }

  pointwise(node: Node, body: (operands: readonly V[]) => V): Held<V> {
    const operands = node.operands.map((o) => this.held[o]);
    const shape = combined(operands.map((o) => o.shape));
    if (elementCount(shape) > LARGEST_INTERMEDIATE)
      throw new Error(`an intermediate of ${elementCount(shape)} elements`);
    return { value: body(operands.map((o) => o.value)), shape };
  }

  reduce(node: Node & { kind: 'reduce' }): V {
    const total = this.library.reduce(node.reduce, this.whole(node.operands[0]), node.dims);
    const init = this.graph.nodes[node.operands[1]];
    if (init.kind === 'constant' && init.value === IDENTITY[node.reduce]) return total;
    return this.library.elementwise(node.reduce, [total, this.held[node.operands[1]].value]);
  }

  dot(node: Node & { kind: 'dot' }): V {
    const { lhsBatch, rhsBatch, lhsContract, rhsContract, lhsFree, rhsFree } = node.dims;
    if (lhsContract.length !== 1 || lhsFree.length > 1 || rhsFree.length > 1 || lhsBatch.length > 1)
      throw new Error('a product of more dimensions');
    if (lhsBatch.some((d) => d !== 0) || rhsBatch.some((d) => d !== 0)) throw new Error('a batch that is not first');
    const [x, y] = node.operands;
    const [xs, ys] = [x, y].map((o) => this.graph.nodes[o].type.shape);
    const batch = lhsBatch.map((d) => xs[d]);
    const rank = batch.length + 2;
    // A vector is a matrix of one row or column.
    const xm =
      lhsFree.length === 1 ? this.whole(x) : this.library.reshape(this.whole(x), [...batch, 1, xs[lhsContract[0]]]);
    const ym =
      rhsFree.length === 1 ? this.whole(y) : this.library.reshape(this.whole(y), [...batch, ys[rhsContract[0]], 1]);
    const product = this.library.matmul(xm, ym, {
      x: lhsFree.length === 1 && lhsContract[0] < lhsFree[0],
      y: rhsFree.length === 1 && rhsContract[0] > rhsFree[0],
      rank,
    });
    return lhsFree.length + rhsFree.length === 2 ? product : this.library.reshape(product, node.type.shape);
  }

  step(node: Node, inputs: readonly V[]): Held<V> {
    const { library } = this;
    const { shape, dtype } = node.type;
    const exact = (value: V): Held<V> => ({ value, shape });
    const first = (): V => this.whole(node.operands[0]);
    switch (node.kind) {
      case 'argument':
        return exact(inputs[node.index]);
      case 'constant':
        return exact(library.constant(node.value));
      case 'elementwise':
        return this.pointwise(node, (operands) => library.elementwise(node.name, operands));
      case 'compare':
        return this.pointwise(node, ([x, y]) => library.compare(node.predicate, x, y));
      case 'select':
        return this.pointwise(node, ([c, x, y]) => library.select(c, x, y));
      case 'cast':
        return this.pointwise(node, ([x]) => library.cast(x, dtype));
      case 'broadcast': {
        const { value, shape: has } = this.held[node.operands[0]];
        if (elementCount(has) === 1 && has.length === 0) return { value, shape: has };
        const stretched = shape.map((_, r) =>
          node.dims.includes(r) ? this.graph.nodes[node.operands[0]].type.shape[node.dims.indexOf(r)] : 1,
        );
        return { value: isSame(stretched, has) ? value : library.reshape(first(), stretched), shape: stretched };
      }
      case 'reshape':
        return exact(library.reshape(first(), shape));
      case 'transpose':
        return exact(library.transpose(first(), node.perm));
      case 'slice':
        return exact(library.slice(first(), node.starts, node.limits, node.strides));
      case 'pad':
        return exact(library.pad(first(), node.low, node.high, node.value));
      case 'reduce':
        return exact(this.reduce(node));
      case 'dot':
        return exact(this.dot(node));
      case 'concat':
      case 'fft':
      case 'cholesky':
      case 'solve':
        throw new Error(`no ${node.kind}`);
      case 'take':
        return exact(library.take(first(), this.whole(node.operands[1])));
      case 'program':
        throw new Error('a program with loops or scatters is not translated');
      case 'iota':
      case 'scan':
      case 'extreme':
      case 'sort':
        throw new Error(`'${node.kind}' is not translated: every library has its own form of it`);
      case 'conv':
      case 'window':
        throw new Error('windows have no translation: a library with an op for them has a form of its own');
    }
  }
}

/** Runs (or traces) a graph. @throws Error for what the library cannot do */
export function translate<V>(graph: Graph, library: Library<V>, inputs: readonly V[]): V[] {
  const translation = new Translation(library, graph);
  for (const node of graph.nodes) translation.held.push(translation.step(node, inputs));
  return graph.results.map((r) => translation.whole(r));
}
