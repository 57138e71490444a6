// The examples' data, references and baselines: they agree, the committed files are what the scripts write, and the
// comparison finds what is wrong.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { example } from './examples/index.mjs';
import { photographs } from './lib/data.mjs';
import { readNpy, type Tensor, tensor } from './lib/npy.mjs';
import { DATA, EXAMPLES } from './lib/paths.mjs';
import { normal } from './reference/black-scholes.mjs';
import { compare } from './reference/compare.mjs';
import { expected, expectedFolder, save } from './reference/expected.mjs';
import { imagePipeline, THRESHOLD } from './reference/image-pipeline.mjs';
import { accuracy } from './reference/mlp.mjs';

const sheet = photographs();
const inputs = (name: string) => example(name).inputs();

/** A piece of the photographs. */
function crop(row: number, column: number, height: number, width: number): Tensor {
  const out = new Uint8Array(height * width * 3);
  for (let y = 0; y < height; y++) {
    const from = ((row + y) * sheet.shape[1] + column) * 3;
    out.set(sheet.data.subarray(from, from + width * 3), y * width * 3);
  }
  return tensor('u1', [height, width, 3], out);
}

/** The first rows of a matrix. */
function rows(value: Tensor, count: number): Tensor {
  return { ...value, shape: [count, value.shape[1]], data: value.data.slice(0, count * value.shape[1]) };
}

/** Verdicts on the plain implementation; run twice, since scratch rows are reused. */
function judgePlain(name: string, args: Record<string, Tensor>) {
  const { outputs, run } = example(name).plain(args);
  run();
  run();
  return compare(name, outputs, example(name).reference(args));
}

describe('the data', () => {
  it('is as SOURCES.md says', () => {
    expect(sheet.shape).toEqual([1600, 2400, 3]);
    const images = readNpy(join(DATA, 'digits-images.npy'));
    expect(images).toMatchObject({ dtype: 'u1', shape: [1797, 64] });
    expect(Math.max(...Array.from(images.data, Number))).toBe(16);
    const { x } = inputs('softmax');
    const scores = Array.from(x.data, Number);
    expect(scores.reduce((a, b) => Math.min(a, b))).toBeCloseTo(-7.346, 3);
    expect(scores.reduce((a, b) => Math.max(a, b))).toBeCloseTo(14.353, 3);
  });

  it('keeps the test images apart from the training: every fifth digit, in order', () => {
    const { x } = inputs('mlp');
    const images = readNpy(join(DATA, 'digits-images.npy'));
    const all = readNpy(join(DATA, 'digits-labels.npy')).data;
    const labels = readNpy(join(EXAMPLES, 'mlp', 'data', 'labels.npy')).data;
    expect(labels.length).toBe(360);
    for (let i = 0; i < labels.length; i++) {
      expect(labels[i]).toBe(all[5 * i]);
      for (let j = 0; j < 64; j++) expect(x.data[i * 64 + j]).toBe(Number(images.data[5 * i * 64 + j]) / 16);
    }
  });
});

describe('image-pipeline', () => {
  it.each([
    ['pagoda', 1230, 40, 96, 133],
    ['galaxies', 0, 0, 64, 64],
    ['cup', 800, 100, 50, 97],
    ['one pixel', 900, 300, 1, 1],
    ['one row', 900, 300, 1, 9],
    ['one column', 900, 300, 9, 1],
    ['smaller than the blur', 900, 300, 3, 4],
  ])('plain JavaScript agrees with the reference on a crop: %s', (_, row, column, height, width) => {
    for (const verdict of judgePlain('image-pipeline', { image: crop(row, column, height, width) })) {
      expect(verdict.text).toMatch(/ 0 of them wrong$/);
      expect(verdict.ok).toBe(true);
    }
  });

  it('finds the edge between a black and a white half, and nothing else inside', () => {
    const side = 16;
    const image = tensor(
      'u1',
      [side, side, 3],
      Uint8Array.from({ length: side * side * 3 }, (_, i) => (Math.floor(i / 3) % side < side / 2 ? 0 : 255)),
    );
    const { edges, grey } = imagePipeline({ image }).outputs;
    const middle = Array.from(edges.data.slice(8 * side, 9 * side), Number);
    // The step blurs over columns 6 to 9; the gradient reaches one further, and the right border is one more edge.
    // At columns 5 and 10 the magnitude is 4/16.
    expect(4 / 16).toBeGreaterThan(THRESHOLD);
    expect(middle).toEqual([0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 0, 0, 255, 255, 255]);
    // Binomial sums 1, 5, 11, 15 of 16 across the step, and 15, 11 at the right border.
    const levels = [1, 5, 11, 15].map((n) => Math.floor((n / 16) * 255 + 0.5));
    expect(Array.from(grey.data.slice(8 * side + 6, 8 * side + 10), Number)).toEqual(levels);
    expect(Array.from(grey.data.slice(9 * side - 2, 9 * side), Number)).toEqual([levels[3], levels[2]]);
  });
});

describe('the other baselines agree with the references', () => {
  it('softmax', () => {
    const [y] = judgePlain('softmax', { x: rows(inputs('softmax').x, 20) });
    expect(y).toMatchObject({ ok: true, wrong: 0 });
  });

  it('layernorm', () => {
    const { x, gain, bias } = inputs('layernorm');
    const [y] = judgePlain('layernorm', { x: rows(x, 20), gain, bias });
    expect(y).toMatchObject({ ok: true, wrong: 0 });
  });

  it('mlp', () => {
    const verdicts = judgePlain('mlp', inputs('mlp'));
    expect(verdicts.map((v) => [v.output, v.ok])).toEqual([
      ['logits', true],
      ['probabilities', true],
    ]);
  });
});

describe('options, stars, fractals, colours and heat', () => {
  const scalar = (value: number) => tensor('i4', [], Int32Array.of(value));
  const judgedOk = (name: string, args: Record<string, Tensor>) =>
    expect(judgePlain(name, args).map((v) => [v.output, v.wrong])).toEqual(
      Object.keys(example(name).policies).map((output) => [output, 0]),
    );

  it('black-scholes: plain JavaScript agrees with the reference', () => {
    const args = Object.entries(inputs('black-scholes'));
    judgedOk(
      'black-scholes',
      Object.fromEntries(args.map(([name, t]) => [name, { ...t, shape: [5000], data: t.data.slice(0, 5000) }])),
    );
  });

  it('black-scholes: the normal distribution is that of the tables', () => {
    for (const [x, p] of [
      [0, 0.5],
      [1, 0.841344746068543],
      [-2, 0.0227501319481792],
      [3.5, 0.999767370920964],
      [-6, 9.865876450377e-10],
    ])
      expect(normal(x!) / p!).toBeCloseTo(1, 11);
  });

  it('n-body: plain JavaScript agrees with the reference, and energy hardly drifts', () => {
    const args = { ...inputs('n-body'), steps: scalar(3) };
    judgedOk('n-body', args);
    const { positions, velocities } = example('n-body').reference(args).outputs;
    expect(Math.abs(example('n-body').figures!({ positions, velocities }, args).drift!)).toBeLessThan(1e-5);
  });

  it('mandelbrot: plain JavaScript agrees with the reference, and what is known of the set holds', () => {
    judgedOk('mandelbrot', { ...inputs('mandelbrot'), limit: scalar(20) });
    const at = (re: number, im: number) =>
      example('mandelbrot').reference({
        re: tensor('f4', [1], Float32Array.of(re)),
        im: tensor('f4', [1], Float32Array.of(im)),
        limit: scalar(50),
      }).outputs.counts!.data[0];
    // 1, 2, 5: the third is out. -1 and 0 alternate for ever.
    expect([at(1, 0), at(-1, 0), at(3, 0)]).toEqual([2, 50, 0]);
  });

  it('k-means: plain JavaScript agrees with the reference, and every round tells the pixels better', () => {
    const args = inputs('k-means');
    judgedOk('k-means', { ...args, limit: scalar(3) });
    const error = (rounds: number) => {
      const { centers, labels } = example('k-means').reference({ ...args, limit: scalar(rounds) }).outputs;
      return Array.from(labels!.data, Number).reduce((sum, label, i) => {
        for (let c = 0; c < 3; c++)
          sum += (Number(args.pixels!.data[3 * i + c]) - Number(centers!.data[3 * label + c])) ** 2;
        return sum;
      }, 0);
    };
    expect(error(4)).toBeLessThan(error(2));
  });

  it('heat: plain JavaScript agrees with the reference, for an even and an odd number of steps', () => {
    for (const steps of [0, 1, 2, 7]) judgedOk('heat', { ...inputs('heat'), steps: scalar(steps) });
    // Few enough steps that the tolerance ends them.
    judgedOk('heat', { ...inputs('heat'), tolerance: tensor('f4', [], Float32Array.of(0.05)) });
  });
});

describe('fft-filter', () => {
  it('plain JavaScript agrees with the reference', () => {
    const { image, width } = inputs('fft-filter');
    const side = 64;
    const small = Float32Array.from({ length: side * side }, (_, i) =>
      Number(image!.data[Math.floor(i / side) * 512 + (i % side)]),
    );
    const verdicts = judgePlain('fft-filter', { image: tensor('f4', [side, side], small), width: width! });
    expect(verdicts.map((v) => [v.output, v.wrong])).toEqual([
      ['smooth', 0],
      ['detail', 0],
    ]);
  });

  it('leaves a flat picture as it is, and spreads a point into a bell that sums to it', () => {
    const flat = tensor('f4', [16, 16], new Float32Array(256).fill(0.5));
    const width = tensor('f4', [], Float32Array.of(60));
    const { smooth } = example('fft-filter').reference({ image: flat, width }).outputs;
    for (const v of smooth!.data) expect(Number(v)).toBeCloseTo(0.5, 6);
    const point = tensor(
      'f4',
      [16, 16],
      Float32Array.from({ length: 256 }, (_, i) => (i === 136 ? 1 : 0)),
    );
    const bell = Array.from(example('fft-filter').reference({ image: point, width }).outputs.smooth!.data, Number);
    expect(bell.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    expect(bell.indexOf(Math.max(...bell))).toBe(136);
    expect(bell[136]).toBeLessThan(0.5);
  });
});

describe('table', () => {
  it('plain JavaScript agrees with the reference', () => {
    for (const verdict of judgePlain('table', inputs('table')))
      expect(verdict).toMatchObject({ ok: true, differing: 0 });
  });

  it('keeps equal pixels in the order of the image', () => {
    const grey = tensor(
      'u1',
      [10, 10, 3],
      Uint8Array.from({ length: 300 }, (_, i) => (Math.floor(i / 3) % 2 ? 9 : 7)),
    );
    const { order, histogram } = example('table').reference({ image: grey }).outputs;
    expect(Array.from(order!.data, Number).slice(48, 52)).toEqual([96, 98, 1, 3]);
    expect([histogram!.data[7], histogram!.data[9]]).toEqual([50, 50]);
  });
});

describe('mlp', () => {
  it('reads at least 96 % of the test digits with the committed weights', () => {
    const labels = readNpy(join(EXAMPLES, 'mlp', 'data', 'labels.npy'));
    const { logits, probabilities } = expected('mlp').outputs;
    expect(accuracy(logits, labels)).toBe(350 / 360);
    expect(accuracy(probabilities, labels)).toBe(350 / 360);
    const shifted = { ...labels, data: Uint8Array.from(Array.from(labels.data, Number), (v) => (v + 1) % 10) };
    expect(accuracy(logits, shifted)).toBeLessThan(0.2);
  });

  it('has committed expected files that are what the script writes', () => {
    const folder = mkdtempSync(join(tmpdir(), 'budflow-demo-'));
    try {
      save(folder, example('mlp').reference(inputs('mlp')));
      expect(readdirSync(folder).sort()).toEqual(readdirSync(expectedFolder('mlp')).sort());
      for (const output of ['logits', 'probabilities']) {
        const written = readNpy(join(folder, `${output}.npy`));
        const committed = readNpy(join(expectedFolder('mlp'), `${output}.npy`));
        expect(written.shape).toEqual(committed.shape);
        // Another engine's exp may differ in the last bit of float64, and so in the last of float32.
        for (let i = 0; i < written.data.length; i++) {
          const [a, b] = [Number(written.data[i]), Number(committed.data[i])];
          expect(Math.abs(a - b)).toBeLessThanOrEqual(2 ** -23 * Math.abs(b));
        }
      }
      expect(readFileSync(join(folder, 'order.json'), 'utf8')).toBe('["logits","probabilities"]\n');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('convnet', () => {
  it('plain JavaScript agrees with the reference, which reads at least 98 % of the test digits', () => {
    expect(judgePlain('convnet', inputs('convnet')).map((v) => [v.output, v.wrong])).toEqual([
      ['logits', 0],
      ['probabilities', 0],
    ]);
    expect(example('convnet').figures!(expected('convnet').outputs, {}).accuracy).toBe(354 / 360);
  });

  it('sees more than the weights of single pixels: a digit moved by one pixel stays what it is', () => {
    const args = inputs('convnet');
    const moved = Float32Array.from({ length: args.x!.data.length }, (_, i) =>
      i % 8 === 0 ? 0 : Number(args.x!.data[i - 1]),
    );
    const { logits } = example('convnet').reference({ ...args, x: { ...args.x!, data: moved } }).outputs;
    expect(example('convnet').figures!({ logits: logits! }, {}).accuracy).toBeGreaterThan(0.6);
  });
});

describe('compare', () => {
  const y = (...values: number[]) => tensor('f4', [values.length], Float32Array.from(values));
  const u = (...values: number[]) => tensor('u1', [values.length], Uint8Array.from(values));
  const reference = { outputs: { y: y(1, 1e-6, 0.5) }, undecided: {} };

  it('accepts values within the tolerance and counts those outside', () => {
    expect(compare('softmax', { y: y(1.000005, 1e-6, 0.5) }, reference)[0]).toMatchObject({ ok: true, differing: 1 });
    expect(compare('softmax', { y: y(1.0001, 1e-6, 0.5) }, reference)[0]).toMatchObject({ ok: false, wrong: 1 });
    expect(compare('softmax', { y: y(1, 2e-6, 0.5) }, reference)[0]).toMatchObject({ ok: false, wrong: 1 });
  });

  it('never accepts a NaN', () => {
    expect(compare('softmax', { y: y(1, Number.NaN, 0.5) }, reference)[0]).toMatchObject({ ok: false, wrong: 1 });
  });

  it('accepts another decision only where the reference is undecided', () => {
    const decided = {
      outputs: { edges: u(0, 255, 0), grey: u(10, 20, 30) },
      undecided: {
        edges: tensor('b1', [3], new Uint8Array([1, 0, 0])),
        grey: tensor('b1', [3], new Uint8Array([0, 1, 0])),
      },
    };
    const judge = (edges: Tensor, grey: Tensor) => compare('image-pipeline', { edges, grey }, decided);
    expect(judge(u(255, 255, 0), u(10, 21, 30)).map((v) => v.ok)).toEqual([true, true]);
    expect(judge(u(0, 0, 0), u(10, 22, 30)).map((v) => v.ok)).toEqual([false, false]);
    expect(judge(u(0, 255, 255), u(11, 20, 30)).map((v) => v.ok)).toEqual([false, false]);
  });

  it('names what is missing or of another type', () => {
    expect(() => compare('softmax', {}, reference)).toThrow('softmax: output "y" is missing');
    expect(() => compare('softmax', { y: u(1, 2, 3) }, reference)).toThrow('is u1 [3], expected f4 [3]');
    expect(() => compare('sofmax', {}, reference)).toThrow(
      'unknown example "sofmax": there is image-pipeline, softmax',
    );
  });
});
