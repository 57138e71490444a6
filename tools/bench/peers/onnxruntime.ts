// ONNX Runtime Web on WebAssembly, one thread: the program as a model, with all of its graph optimisations.

import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ArrayType, Graph } from '../src/programs/graph.js';
import type { Data } from '../src/programs/reference.js';
import { ONNX_TYPES, OnnxModel } from './onnx.js';
import { importFile, resolvePeer } from './packages.js';
import { peerVariant } from './peer.js';
import { type Library, translate } from './translate.js';

interface OrtTensor {
  readonly data: Data;
  dispose(): void;
}
interface Session {
  run(feeds: Record<string, OrtTensor>): Promise<Record<string, OrtTensor>>;
  release(): Promise<void>;
}
interface Ort {
  readonly env: { wasm: Record<string, unknown>; logLevel: string };
  readonly Tensor: new (type: string, data: Data, shape: readonly number[]) => OrtTensor;
  readonly InferenceSession: { create(model: Uint8Array, options: object): Promise<Session> };
}

const NAMES: Readonly<Record<string, string>> = {
  add: 'Add',
  sub: 'Sub',
  mul: 'Mul',
  div: 'Div',
  min: 'Min',
  max: 'Max',
  neg: 'Neg',
  abs: 'Abs',
  sqrt: 'Sqrt',
  exp: 'Exp',
  log: 'Log',
  tanh: 'Tanh',
  sigmoid: 'Sigmoid',
  erf: 'Erf',
  round_even: 'Round',
  and: 'BitwiseAnd',
  xor: 'BitwiseXor',
};
const PREDICATES: Readonly<Record<string, string>> = {
  eq: 'Equal',
  lt: 'Less',
  le: 'LessOrEqual',
  gt: 'Greater',
  ge: 'GreaterOrEqual',
};
const REDUCE = { add: 'ReduceSum', max: 'ReduceMax', min: 'ReduceMin' } as const;
const TENSOR_TYPES: Readonly<Record<string, string>> = {
  f16: 'float16',
  f32: 'float32',
  f64: 'float64',
  i32: 'int32',
  ui8: 'uint8',
};

function libraryOf(model: OnnxModel): Library<string> {
  const scalar = (value: number): string => model.constant('f32', [value], []);
  const list = (values: readonly number[]): string => model.constant('i64', values);
  return {
    constant: scalar,
    elementwise(name, operands) {
      if (name === 'rsqrt') return model.node('Reciprocal', [model.node('Sqrt', operands)]);
      if (name === 'log1p') return model.node('Log', [model.node('Add', [operands[0], scalar(1)])]);
      const op = NAMES[name];
      if (op === undefined) throw new Error(`ONNX has no '${name}'`);
      return model.node(op, operands);
    },
    compare(predicate, x, y) {
      const op = PREDICATES[predicate];
      return op === undefined ? model.node('Not', [model.node('Equal', [x, y])]) : model.node(op, [x, y]);
    },
    select: (c, x, y) => model.node('Where', [c, x, y]),
    cast(x, dtype) {
      const clipped = dtype === 'ui8' ? model.node('Clip', [x, scalar(0), scalar(255)]) : x;
      return model.node('Cast', [clipped], { to: ONNX_TYPES[dtype] });
    },
    reshape: (x, shape) => model.node('Reshape', [x, list(shape)]),
    broadcastTo: (x, shape) => model.node('Expand', [x, list(shape)]),
    transpose: (x, perm) => model.node('Transpose', [x], { perm }),
    slice: (x, starts, limits, strides) =>
      model.node('Slice', [x, list(starts), list(limits), list(starts.map((_, i) => i)), list(strides)]),
    pad: (x, low, high, value) => model.node('Pad', [x, list([...low, ...high]), scalar(value)]),
    take: (x, ids) => model.node('Gather', [x, ids], { axis: 0 }),
    reduce: (kind, x, dims) => model.node(REDUCE[kind], [x, list(dims)], { keepdims: 0 }),
    matmul(x, y, transposed) {
      if (transposed.rank === 2 && (transposed.x || transposed.y)) {
        return model.node('Gemm', [x, y], { transA: transposed.x ? 1 : 0, transB: transposed.y ? 1 : 0 });
      }
      const swap = (v: string): string =>
        model.node('Transpose', [v], { perm: transposed.rank === 3 ? [0, 2, 1] : [1, 0] });
      return model.node('MatMul', [transposed.x ? swap(x) : x, transposed.y ? swap(y) : y]);
    },
  };
}

/** What a form of a program is made from: its inputs' names and shapes. */
type NativeForm = (model: OnnxModel, inputs: readonly string[], shapes: readonly (readonly number[])[]) => string[];

/** The first `k` of the last dimension in order, and where they were. */
function ordered(model: OnnxModel, x: string, k: number, largest: number): readonly [string, string] {
  const [values, indices] = model.pair('TopK', [x, model.constant('i64', [k])], { axis: -1, largest, sorted: 1 });
  return [values, model.node('Cast', [indices], { to: ONNX_TYPES.i32 })];
}

function argmax(axis: number): NativeForm {
  return (m, [x]) => [m.node('Cast', [m.node('ArgMax', [x], { axis, keepdims: 0 })], { to: ONNX_TYPES.i32 })];
}

function cumsum(axis: number): NativeForm {
  return (m, [x]) => [m.node('CumSum', [x, m.constant('i64', [axis], [])])];
}

/** Programs that the format has an op for. */
const NATIVE: Readonly<Record<string, NativeForm>> = {
  sort: (m, [x], [[n]]) => [ordered(m, x, n, 0)[0]],
  sort_rows: (m, [x], [[, n]]) => [ordered(m, x, n, 0)[0]],
  argsort: (m, [x], [[n]]) => [ordered(m, x, n, 0)[1]],
  top_k: (m, [x]) => ordered(m, x, 100, 1).slice(),
  argmax: argmax(0),
  argmax_rows: argmax(1),
  argmax_columns: argmax(0),
  cumsum: cumsum(0),
  cumsum_rows: cumsum(1),
  cumsum_columns: cumsum(0),
  conv3x3_nchw: (m, [x, w]) => [m.node('Conv', [x, w], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] })],
  softmax: (m, [x]) => [m.node('Softmax', [x], { axis: -1 })],
  softmax_scaled: (m, [x, k]) => [m.node('Softmax', [m.node('Mul', [x, k])], { axis: -1 })],
  log_softmax: (m, [x]) => [m.node('LogSoftmax', [x], { axis: -1 })],
  layernorm: (m, [x, g, b]) => [m.node('LayerNormalization', [x, g, b], { axis: -1, epsilon: { float: 1e-5 } })],
  logsumexp: (m, [x]) => [m.node('ReduceLogSumExp', [x, m.constant('i64', [1])], { keepdims: 0 })],
  leaky_relu: (m, [x]) => [m.node('LeakyRelu', [x], { alpha: { float: 0.1 } })],
};

/** The model of a program. Inputs are `x0`, `x1`, ..., results `y0`, ... */
export function modelOf(graph: Graph, outputs: readonly ArrayType[], family: string): Uint8Array {
  const model = new OnnxModel();
  const names = graph.arguments.map((type, i) => {
    model.input(`x${i}`, type.dtype, type.shape);
    return `x${i}`;
  });
  const native = NATIVE[family];
  const results = native
    ? native(
        model,
        names,
        graph.arguments.map((type) => type.shape),
      )
    : translate(graph, libraryOf(model), names);
  results.forEach((result, i) => {
    model.node('Identity', [result], {}, `y${i}`);
    model.output(`y${i}`, outputs[i].dtype, outputs[i].shape);
  });
  return model.finish();
}

export const onnxRuntimeVariant = peerVariant<Ort>({
  name: 'ort-web',
  packages: ['onnxruntime-web'],
  async load() {
    const file = resolvePeer('onnxruntime-web');
    const ort = await importFile<Ort>(file.replace(/\.js$/, '.mjs'));
    ort.env.wasm.numThreads = 1;
    ort.env.wasm.wasmPaths = pathToFileURL(`${dirname(file)}/`).href;
    ort.env.logLevel = 'fatal';
    return ort;
  },
  async prepare(ort, { program, outputs }, graph, inputs) {
    const start = performance.now();
    const session = await ort.InferenceSession.create(modelOf(graph, outputs, program.family.file), {
      executionProviders: ['wasm'],
      graphOptimizationLevel: 'all',
      logSeverityLevel: 4,
    });
    const compileMs = performance.now() - start;
    const feeds: Record<string, OrtTensor> = {};
    graph.arguments.forEach((type, i) => {
      feeds[`x${i}`] = new ort.Tensor(TENSOR_TYPES[type.dtype], inputs[i], type.shape);
    });
    let results: Record<string, OrtTensor> = {};
    const call = async (): Promise<void> => {
      results = await session.run(feeds);
    };
    try {
      await call();
    } catch (error) {
      await session.release();
      throw error;
    }
    return {
      call,
      async: true,
      read: () => outputs.map((_, i) => results[`y${i}`].data),
      dispose: () => void session.release(),
      compileMs,
    };
  },
});
