// The adaptors without their libraries: what they say where one is missing, and what they would be given.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { graphOf } from '../src/programs/graph.js';
import { makeInputs } from '../src/programs/inputs.js';
import { instance, loadPrograms, parseProgram } from '../src/programs/program.js';
import { PEERS } from './index.js';
import { OnnxModel } from './onnx.js';
import { modelOf } from './onnxruntime.js';
import { peersFolder } from './packages.js';
import { peerVariant } from './peer.js';
import { type Library, translate } from './translate.js';

const chain = loadPrograms().find((p) => p.name === 'chain_1e2')!;

describe('where nothing is installed', () => {
  let folder = '';
  const before = process.env.BUDFLOW_PEERS;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'budflow-no-peers-'));
    process.env.BUDFLOW_PEERS = folder;
  });
  afterEach(() => {
    if (before === undefined) delete process.env.BUDFLOW_PEERS;
    else process.env.BUDFLOW_PEERS = before;
    rmSync(folder, { recursive: true });
  });

  test('the folder is the one that BUDFLOW_PEERS names', () => {
    expect(peersFolder()).toBe(folder);
  });

  for (const variant of PEERS) {
    test(`${variant.name} is skipped, by the name of its package and how to install it`, async () => {
      const concrete = instance(chain);
      const prepared = await variant.prepare(concrete, makeInputs(concrete.inputs, []));
      expect(prepared).toHaveProperty(
        'skipped',
        expect.stringMatching(/ is not installed; npm run bench:peers installs it$/),
      );
    });
  }
});

test('what a library cannot do is a skip with the reason and the program', async () => {
  const variant = peerVariant<null>({
    name: 'limited',
    packages: [],
    load: async () => null,
    prepare: async () => {
      throw new Error('no square roots');
    },
  });
  expect(await variant.prepare(instance(chain), [])).toEqual({ skipped: 'chain: no square roots' });
});

/** Values are written-out calls. */
const text: Library<string> = {
  constant: String,
  elementwise: (name, operands) => `${name}(${operands.join(', ')})`,
  compare: (predicate, x, y) => `${predicate}(${x}, ${y})`,
  select: (c, x, y) => `select(${c}, ${x}, ${y})`,
  cast: (x, dtype) => `${dtype}(${x})`,
  reshape: (x, shape) => `reshape(${x}, ${shape.join('x')})`,
  broadcastTo: (x, shape) => `broadcast(${x}, ${shape.join('x')})`,
  transpose: (x, perm) => `transpose(${x}, ${perm.join('')})`,
  slice: (x, starts, limits) => `${x}[${starts.map((s, i) => `${s}:${limits[i]}`).join(', ')}]`,
  pad: (x) => `pad(${x})`,
  take: (x, ids) => `${x}[${ids}]`,
  reduce: (kind, x, dims) => `reduce_${kind}(${x}, ${dims.join()})`,
  matmul: (x, y, t) => `${x}${t.x ? "'" : ''} @ ${y}${t.y ? "'" : ''}`,
};

function translated(file: string, sizes: Readonly<Record<string, number>>): string[] {
  const { graph } = instance(loadPrograms().find((p) => p.family.file === file)!, sizes);
  return translate(
    graph,
    text,
    graph.arguments.map((_, i) => `x${i}`),
  );
}

describe('translation', () => {
  test('scalars and rows broadcast without being written out', () => {
    expect(translated('axpy', { N: 9 })).toEqual(['add(mul(x0, x1), x2)']);
    expect(translated('bias_relu', { M: 2, N: 3 })).toEqual(['max(add(x0, reshape(x1, 1x3)), 0)']);
  });
  test('a result that is only a broadcast is written out', () => {
    const main = parseProgram(
      'func.func @main(%x: tensor<3xf32>) -> tensor<2x3xf32> {\n %0 = array.broadcast %x dims = [1] : tensor<3xf32> to tensor<2x3xf32>\n return %0 : tensor<2x3xf32>\n}',
      'b.mlir',
    );
    expect(translate(graphOf(main.region(0).entry.firstOp!), text, ['x'])).toEqual(['broadcast(reshape(x, 1x3), 2x3)']);
  });
  test('a lookup of rows is a take', () => {
    expect(translated('embedding', { V: 16, D: 5, N: 37 })).toEqual(['x0[x1]']);
  });

  test('products say which factor is transposed, vectors become matrices', () => {
    expect(translated('matmul_nt', { M: 2, N: 3, K: 4 })).toEqual(["x0 @ x1'"]);
    expect(translated('matmul_tn', { M: 2, N: 3, K: 4 })).toEqual(["x0' @ x1"]);
    expect(translated('matvec', { M: 2, K: 4 })).toEqual(['reshape(x0 @ reshape(x1, 4x1), 2)']);
  });
  test('an identity as init of a reduction is left out', () => {
    expect(translated('softmax', { M: 2, N: 3 })[0]).toMatch(
      /^div\(exp\(sub\(x0, reshape\(reduce_max\(x0, 1\), 2x1\)\)\), /,
    );
  });
  test('what would not fit in memory is refused', () => {
    expect(() => translated('pairwise_distance', { M: 1024, N: 1024, K: 1024 })).toThrow(
      /an intermediate of \d+ elements/,
    );
  });
});

describe('ONNX models', () => {
  test('are the protocol-buffer bytes of the format', () => {
    const model = new OnnxModel();
    model.input('x', 'f32', [2, 300]);
    model.node('Neg', ['x'], {}, 'y');
    model.output('y', 'f32', [2, 300]);
    // value_info: name (1), type (2) { tensor_type (1) { elem_type (1), shape (2) { dim (1) { dim_value (1) } } } }
    const info = (name: string): string => {
      const shape = '0a0208020a0308ac02';
      const tensorType = `080112${(shape.length / 2).toString(16).padStart(2, '0')}${shape}`;
      const type = `0a${(tensorType.length / 2).toString(16).padStart(2, '0')}${tensorType}`;
      const body = `0a01${name}12${(type.length / 2).toString(16).padStart(2, '0')}${type}`;
      return `${(body.length / 2).toString(16).padStart(2, '0')}${body}`;
    };
    const node = '0a01781201792203' + '4e6567';
    const graph = `0a${(node.length / 2).toString(16).padStart(2, '0')}${node}120770726f6772616d5a${info('78')}62${info('79')}`;
    const expected = `08083a${(graph.length / 2).toString(16).padStart(2, '0')}${graph}42040a001012`;
    expect(Buffer.from(model.finish()).toString('hex')).toBe(expected);
  });

  test('of every program that the format can express are written', () => {
    const reasons: string[] = [];
    for (const program of loadPrograms()) {
      const small = instance(program, program.family.reduced);
      try {
        expect(modelOf(small.graph, small.outputs, program.family.file).length).toBeGreaterThan(50);
      } catch (error) {
        reasons.push(`${program.family.file}: ${(error as Error).message}`);
      }
    }
    // The format's windows are of images with channels first.
    const windows = 'windows have no translation: a library with an op for them has a form of its own';
    const steps = 'a program with loops or scatters is not translated';
    expect([...new Set(reasons)].sort()).toEqual([
      `adam: ${steps}`,
      `alpha_blend: ${steps}`,
      `avgpool2x2: ${windows}`,
      'cholesky: no cholesky',
      `civil_date: ${steps}`,
      `conv1x1: ${windows}`,
      `conv3x3: ${windows}`,
      'conv3x3_im2col: no concat',
      'conv3x3_slices: a product of more dimensions',
      `conv3x3_stride2: ${windows}`,
      `cross_entropy: ${steps}`,
      `depthwise3x3: ${windows}`,
      `edge_energy: ${steps}`,
      `exponential_average: ${steps}`,
      'fft: ONNX models have no complex<f32> here',
      `filter3x3: ${windows}`,
      `gamma: ${steps}`,
      `heat_steps: ${steps}`,
      `histogram: ${steps}`,
      `hsv_planes: ${steps}`,
      `integral_image: ${steps}`,
      `inverse3x3: ${steps}`,
      'jacobi_roll: no concat',
      "kmeans_step: 'extreme' is not translated: every library has its own form of it",
      `luma: ${steps}`,
      `mandelbrot_while: ${steps}`,
      `maxpool3x3: ${windows}`,
      `maxpool_grad: ${steps}`,
      `median3x3: ${steps}`,
      `mirror_image: ${steps}`,
      `monte_carlo: ${steps}`,
      `nearest: ${steps}`,
      `palette: ${steps}`,
      `polar: ${steps}`,
      `quat_rotate: ${steps}`,
      'quaternion: no concat',
      `rnn: ${steps}`,
      `rotate_image: ${steps}`,
      `segment_max: ${steps}`,
      `softmax_causal: ${steps}`,
      `sparse_rows: ${steps}`,
      `swap_channels: ${steps}`,
      `torus_cells: ${steps}`,
      'triangular_solve: no solve',
    ]);
  });
});
