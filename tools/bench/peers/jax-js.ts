// jax-js on its WebAssembly backend: the program traced by jit. Its arrays are counted references that calls consume, so
// every use takes one of its own.

import type { ArrayType } from '../src/programs/graph.js';
import type { Data } from '../src/programs/reference.js';
import { importFile, resolvePeer } from './packages.js';
import { peerVariant } from './peer.js';
import { type Library, translate } from './translate.js';

interface JaxArray {
  readonly ref: JaxArray;
  dispose(): void;
  data(): Promise<Data>;
  blockUntilReady(): Promise<unknown>;
  slice(...index: (readonly [number, number])[]): JaxArray;
  astype(dtype: string): JaxArray;
}
type Functions = Readonly<Record<string, (...args: unknown[]) => JaxArray>>;
interface Jax {
  readonly numpy: Functions;
  readonly nn: Functions;
  readonly lax: Functions;
  init(device: string): Promise<readonly string[]>;
  defaultDevice(device: string): string;
  jit(f: (...args: JaxArray[]) => JaxArray[]): ((...args: JaxArray[]) => JaxArray[]) & { dispose?(): void };
}

const NAMES: Readonly<Record<string, string>> = {
  sub: 'subtract',
  mul: 'multiply',
  div: 'divide',
  min: 'minimum',
  max: 'maximum',
  neg: 'negative',
  and: 'bitwiseAnd',
  xor: 'bitwiseXor',
  round_even: 'rint',
};
const PREDICATES: Readonly<Record<string, string>> = {
  eq: 'equal',
  ne: 'notEqual',
  lt: 'less',
  le: 'lessEqual',
  gt: 'greater',
  ge: 'greaterEqual',
};

function libraryOf(jax: Jax): Library<JaxArray> {
  const { numpy: np, nn, lax } = jax;
  return {
    constant: (value) => np.array(value),
    elementwise(name, operands) {
      const refs = operands.map((o) => o.ref);
      if (name === 'rsqrt') return np.reciprocal(np.sqrt(...refs));
      if (name === 'sigmoid') return nn.sigmoid(...refs);
      if (name === 'erf') return lax.erf(...refs);
      const f = np[NAMES[name] ?? name];
      if (typeof f !== 'function') throw new Error(`jax-js has no '${name}'`);
      return f(...refs);
    },
    compare: (predicate, x, y) => np[PREDICATES[predicate]](x.ref, y.ref),
    select: (c, x, y) => np.where(c.ref, x.ref, y.ref),
    cast(x, dtype) {
      if (dtype !== 'f32') throw new Error(`no cast to ${dtype}`);
      return x.ref.astype('float32');
    },
    reshape: (x, shape) => np.reshape(x.ref, shape),
    broadcastTo: (x, shape) => np.broadcastTo(x.ref, shape),
    transpose: (x, perm) => np.transpose(x.ref, perm),
    slice(x, starts, limits, strides) {
      if (strides.some((s) => s !== 1)) throw new Error('no strided slices');
      return x.ref.slice(...starts.map((s, i) => [s, limits[i]] as const));
    },
    pad(x, low, high, value) {
      if (value !== 0) throw new Error('padding is with zeros');
      return np.pad(
        x.ref,
        low.map((l, i) => [l, high[i]]),
      );
    },
    take: (x, ids) => np.take(x.ref, ids.ref, 0),
    reduce: (kind, x, dims) => np[kind === 'add' ? 'sum' : kind](x.ref, [...dims]),
    matmul(x, y, transposed) {
      const batch = transposed.rank - 2;
      return lax.dot(x.ref, y.ref, {
        lhsContractingDims: [batch + (transposed.x ? 0 : 1)],
        rhsContractingDims: [batch + (transposed.y ? 1 : 0)],
        lhsBatchDims: batch === 1 ? [0] : [],
        rhsBatchDims: batch === 1 ? [0] : [],
      });
    },
  };
}

/** Programs that the library has a function for. */
function nativeForms({
  nn,
  lax,
  numpy: np,
}: Jax): Readonly<Record<string, (inputs: readonly JaxArray[]) => JaxArray | JaxArray[]>> {
  return {
    sort: ([x]) => np.sort(x.ref),
    sort_rows: ([x]) => np.sort(x.ref),
    argsort: ([x]) => np.argsort(x.ref),
    top_k: ([x]) => lax.topK(x.ref, 100) as unknown as JaxArray[],
    argmax: ([x]) => np.argmax(x.ref, 0),
    argmax_rows: ([x]) => np.argmax(x.ref, 1),
    argmax_columns: ([x]) => np.argmax(x.ref, 0),
    cumsum: ([x]) => np.cumsum(x.ref, 0),
    cumsum_rows: ([x]) => np.cumsum(x.ref, 1),
    cumsum_columns: ([x]) => np.cumsum(x.ref, 0),
    conv3x3_nchw: ([x, w]) =>
      lax.convGeneralDilated(
        x.ref,
        w.ref,
        [1, 1],
        [
          [1, 1],
          [1, 1],
        ],
      ),
    softmax: ([x]) => nn.softmax(x.ref),
    softmax_scaled: ([x, k]) => nn.softmax(np.multiply(x.ref, k.ref)),
    log_softmax: ([x]) => nn.logSoftmax(x.ref),
  };
}

/** Node has no Worker; onnxruntime-web defines one that this library's workers cannot start in. */
const HAS_WORKER = 'Worker' in globalThis;

const DTYPES: Readonly<Record<string, string>> = { f32: 'float32', i32: 'int32', f64: 'float64' };

export const jaxJsVariant = peerVariant<Jax>({
  name: 'jax-js',
  packages: ['@jax-js/jax'],
  async load() {
    if (!HAS_WORKER) Reflect.deleteProperty(globalThis, 'Worker');
    const jax = await importFile<Jax>(resolvePeer('@jax-js/jax').replace(/\.cjs$/, '.js'));
    await jax.init('wasm');
    jax.defaultDevice('wasm');
    return jax;
  },
  async prepare(jax, { program }, graph, inputs) {
    const arrays = graph.arguments.map((type: ArrayType, i) => {
      const dtype = DTYPES[type.dtype];
      if (dtype === undefined) throw new Error(`jax-js has no ${type.dtype}`);
      return jax.numpy.array(inputs[i], { shape: type.shape, dtype });
    });
    const native = nativeForms(jax)[program.family.file];
    const library = libraryOf(jax);
    const start = performance.now();
    const compiled = jax.jit((...args) => (native ? [native(args)].flat() : translate(graph, library, args)));
    let results: JaxArray[] = [];
    const call = async (): Promise<void> => {
      for (const r of results) r.dispose();
      results = compiled(...arrays.map((a) => a.ref));
      for (const r of results) await r.blockUntilReady();
    };
    await call();
    const compileMs = performance.now() - start;
    return {
      call,
      async: true,
      read: () => Promise.all(results.map((r) => r.ref.data())),
      dispose() {
        for (const a of [...arrays, ...results]) a.dispose();
        compiled.dispose?.();
      },
      compileMs,
    };
  },
});
