// TensorFlow.js on its WebAssembly backend, op by op, one thread.

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { ArrayType } from '../src/programs/graph.js';
import type { Data } from '../src/programs/reference.js';
import { packageFolder, resolvePeer } from './packages.js';
import { peerVariant } from './peer.js';
import { type Library, translate } from './translate.js';

/** A tensor, as far as it is used here. */
interface Tensor {
  readonly shape: number[];
  dataSync(): Data;
  dispose(): void;
}

/** The part of the library's functions used here: they all take tensors and give one. */
type Tf = Record<string, (...args: unknown[]) => Tensor> & {
  readonly setBackend: (name: string) => Promise<boolean>;
  readonly ready: () => Promise<void>;
  readonly tidy: <T>(body: () => T) => T;
};

const NAMES: Readonly<Record<string, string>> = {
  min: 'minimum',
  max: 'maximum',
  and: 'bitwiseAnd',
  round_even: 'round',
};
const PREDICATES: Readonly<Record<string, string>> = {
  eq: 'equal',
  ne: 'notEqual',
  lt: 'less',
  le: 'lessEqual',
  gt: 'greater',
  ge: 'greaterEqual',
};

function libraryOf(tf: Tf): Library<Tensor> {
  return {
    constant: (value) => tf.scalar(value),
    elementwise(name, operands) {
      const f = tf[NAMES[name] ?? name];
      if (typeof f !== 'function') throw new Error(`tfjs has no '${name}'`);
      return f(...operands);
    },
    compare: (predicate, x, y) => tf[PREDICATES[predicate]](x, y),
    select: (c, x, y) => tf.where(c, x, y),
    cast(x, dtype) {
      if (dtype === 'f32') return tf.cast(x, 'float32');
      if (dtype !== 'ui8') throw new Error(`no cast to ${dtype}`);
      return tf.cast(tf.clipByValue(x, 0, 255), 'int32');
    },
    reshape: (x, shape) => tf.reshape(x, shape),
    broadcastTo: (x, shape) => tf.broadcastTo(x, shape),
    transpose: (x, perm) => tf.transpose(x, perm),
    slice: (x, starts, limits, strides) =>
      strides.every((s) => s === 1)
        ? tf.slice(
            x,
            starts,
            limits.map((l, i) => l - starts[i]),
          )
        : tf.stridedSlice(x, starts, limits, strides),
    pad: (x, low, high, value) =>
      tf.pad(
        x,
        low.map((l, i) => [l, high[i]]),
        value,
      ),
    take: (x, ids) => tf.gather(x, ids, 0),
    reduce: (kind, x, dims) => tf[kind === 'add' ? 'sum' : kind](x, dims),
    matmul: (x, y, transposed) => tf.matMul(x, y, transposed.x, transposed.y),
  };
}

/** Programs that the library has an op for: what its users would write. */
function nativeForms(tf: Tf): Readonly<Record<string, (inputs: readonly Tensor[]) => Tensor | Tensor[]>> {
  // Greatest first, as the library has it.
  const ordered = (x: Tensor, k: number): { values: Tensor; indices: Tensor } =>
    tf.topk(x, k) as unknown as { values: Tensor; indices: Tensor };
  const sorted = (x: Tensor): Tensor => tf.reverse(ordered(x, x.shape[x.shape.length - 1]).values, -1);
  const dense = (x: Tensor, w: Tensor, bias: Tensor, activation: string): Tensor =>
    (tf.fused as unknown as { matMul(o: object): Tensor }).matMul({
      a: x,
      b: w,
      transposeA: false,
      transposeB: false,
      bias,
      activation,
    });
  return {
    sort: ([x]) => sorted(x),
    sort_rows: ([x]) => sorted(x),
    argsort: ([x]) => ordered(tf.neg(x), x.shape[0]).indices,
    top_k: ([x]) => {
      const { values, indices } = ordered(x, 100);
      return [values, indices];
    },
    argmax: ([x]) => tf.argMax(x, 0),
    argmax_rows: ([x]) => tf.argMax(x, 1),
    argmax_columns: ([x]) => tf.argMax(x, 0),
    cumsum: ([x]) => tf.cumsum(x, 0),
    cumsum_rows: ([x]) => tf.cumsum(x, 1),
    cumsum_columns: ([x]) => tf.cumsum(x, 0),
    softmax: ([x]) => tf.softmax(x),
    softmax_scaled: ([x, k]) => tf.softmax(tf.mul(x, k)),
    log_softmax: ([x]) => tf.logSoftmax(x),
    linear_relu: ([x, w, b]) => dense(x, w, b, 'relu'),
    mlp: ([x, w1, b1, w2, b2, w3, b3]) => dense(dense(dense(x, w1, b1, 'relu'), w2, b2, 'relu'), w3, b3, 'linear'),
    leaky_relu: ([x]) => tf.leakyRelu(x, 0.1),
    conv3x3: ([x, w]) => tf.conv2d(x, w, 1, 'same'),
    conv3x3_stride2: ([x, w]) => tf.conv2d(x, w, 2, 'same'),
    conv1x1: ([x, w]) => tf.conv2d(x, w, 1, 'valid'),
    depthwise3x3: ([x, w]) => tf.depthwiseConv2d(x, tf.reshape(w, [3, 3, w.shape[3], 1]), 1, 'same'),
    maxpool3x3: ([x]) => tf.maxPool(x, 3, 2, 'same'),
    avgpool2x2: ([x]) => tf.avgPool(x, 2, 2, 'valid'),
  };
}

export const tfjsVariant = peerVariant<Tf>({
  name: 'tfjs-wasm',
  packages: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-wasm'],
  async load() {
    const require = createRequire(join(packageFolder('@tensorflow/tfjs-core'), 'package.json'));
    const tf = require(resolvePeer('@tensorflow/tfjs-core')) as Tf;
    const file = resolvePeer('@tensorflow/tfjs-backend-wasm');
    const backend = require(file) as { setWasmPaths(prefix: string): void; setThreadsCount(n: number): void };
    backend.setWasmPaths(`${dirname(file)}/`);
    backend.setThreadsCount(1);
    if (!(await tf.setBackend('wasm'))) throw new Error('the wasm backend does not start');
    await tf.ready();
    return tf;
  },
  async prepare(tf, { program, outputs }, graph, inputs) {
    const tensors = graph.arguments.map((type: ArrayType, i) => {
      if (type.dtype === 'f64' || type.dtype === 'f16') throw new Error(`tfjs has no ${type.dtype}`);
      const data = inputs[i] instanceof Uint8Array ? Int32Array.from(inputs[i]) : inputs[i];
      return tf.tensor(data, type.shape, type.dtype === 'f32' ? 'float32' : 'int32');
    });
    const native = nativeForms(tf)[program.family.file];
    const library = libraryOf(tf);
    let results: Tensor[] = [];
    const call = (): void => {
      for (const r of results) r.dispose();
      results = tf.tidy(() => (native ? [native(tensors)].flat() : translate(graph, library, tensors)));
    };
    call();
    return {
      call,
      read: () => results.map((r, i) => (outputs[i].dtype === 'ui8' ? Uint8Array.from(r.dataSync()) : r.dataSync())),
      dispose() {
        for (const t of [...tensors, ...results]) t.dispose();
      },
    };
  },
});
