import { PassManager, PassRegistry, parsePipeline } from '@budflow/pass';
import { describe, expect, test } from 'vitest';
import { parse, runFunction } from '../../testing/kernels.js';
import { legalizeVectors } from '../legalize-vectors.js';

function legalized(text: string) {
  const module = parse(text);
  const registry = new PassRegistry([legalizeVectors]);
  const pipeline = parsePipeline('builtin.module(legalize-vectors)', {
    registry,
    diagnostics: module.context.diagnostics,
  });
  new PassManager(pipeline!).run(module);
  expect(runFunction(module, 'k')).toEqual(runFunction(parse(text), 'k'));
  return module.toString();
}

const count = (text: string, what: string): number => text.split(what).length - 1;

/** Loads lanes `stride` apart from each offset; the buffer ends with the last element that is asked for. */
function strided(type: string, lanes: number, stride: number, offsets: readonly number[]): string {
  const size = (lanes - 1) * stride + Math.max(...offsets) + 1;
  const body = offsets.map(
    (o, i) => `  %c${i} = arith.constant ${o} : index
  %v${i} = simd.strided_load %x[%c${i}] stride ${stride} : memref<${size}x${type}>, vector<${lanes}x${type}>`,
  );
  const stores = offsets.map(
    (_, i) => `  %o${i} = arith.constant ${i * lanes} : index
  simd.store %v${i}, %y[%o${i}] : memref<${offsets.length * lanes}x${type}>, vector<${lanes}x${type}>`,
  );
  return `func.func @k(%x: memref<${size}x${type}>, %y: memref<${offsets.length * lanes}x${type}>) {
${[...body, ...stores].join('\n')}
  return
}`;
}

/** Columns of a matrix with as many rows as lanes. */
function columns(type: string, lanes: number, width: number, offsets: readonly number[], between = ''): string {
  const n = offsets.length;
  const loads = offsets.map(
    (o, i) => `  %c${i} = arith.constant ${o} : index
  %v${i} = simd.strided_load %x[%z, %c${i}] stride 1 dim 0 : memref<${lanes}x${width}x${type}>, vector<${lanes}x${type}>
${between}`,
  );
  const stores = offsets.map(
    (_, i) => `  %r${i} = arith.constant ${i} : index
  simd.store %v${i}, %y[%r${i}, %z] : memref<${n}x${lanes}x${type}>, vector<${lanes}x${type}>`,
  );
  return `func.func @k(%x: memref<${lanes}x${width}x${type}>, %y: memref<${n}x${lanes}x${type}>) {
  %z = arith.constant 0 : index
${[...loads, ...stores].join('\n')}
  return
}`;
}

describe('interleaved loads', () => {
  for (const [type, lanes] of [
    ['f32', 4],
    ['f32', 16],
    ['f64', 2],
    ['i16', 8],
    ['i8', 16],
    ['i8', 32],
  ] as const) {
    test(`${lanes} lanes of ${type}: strides 2 to 4, any offsets, up to the last element of the buffer`, () => {
      for (const stride of [2, 3, 4]) {
        for (let set = 1; set < 2 ** stride; set++) {
          const offsets = Array.from({ length: stride }, (_, o) => o).filter((o) => (set >> o) % 2 === 1);
          expect(legalized(strided(type, lanes, stride, offsets))).not.toContain('strided_load');
        }
      }
      expect(legalized(strided(type, lanes, 5, [0, 1]))).toContain('strided_load');
    });
  }

  test('all offsets of a stride share their loads, in any order', () => {
    expect(count(legalized(strided('f32', 4, 3, [1, 2, 0])), 'simd.load')).toBe(3);
    expect(count(legalized(strided('f32', 16, 2, [0, 1])), 'simd.load')).toBe(8);
    expect(count(legalized(strided('f32', 4, 2, [0, 2, 5])), 'simd.load')).toBe(6);
  });

  test('short rows are read as one row', () => {
    expect(legalized(columns('f32', 4, 3, [0, 1, 2]))).toContain('memory.reshape');
    expect(count(legalized(columns('i8', 16, 3, [0, 1, 2])), 'simd.load')).toBe(3);
    legalized(columns('f32', 16, 4, [3]));
  });

  for (const [type, lanes, square] of [
    ['f32', 4, 4],
    ['f32', 16, 4],
    ['f64', 4, 2],
    ['i16', 8, 8],
    ['i8', 16, 16],
  ] as const) {
    test(`${square} columns next to each other are ${square} rows transposed: ${lanes} lanes of ${type}`, () => {
      const offsets = Array.from({ length: square }, (_, i) => i + 1);
      const text = legalized(columns(type, lanes, square + 9, offsets));
      expect(text).not.toContain('strided_load');
      expect(count(text, 'simd.load')).toBe(lanes);
      legalized(columns(type, lanes, square + 9, offsets.reverse()));
    });
  }

  test('fewer columns stay single loads, and so do those with a write between', () => {
    expect(legalized(columns('f32', 4, 9, [0, 1, 2]))).toContain('strided_load');
    expect(
      legalized(columns('f32', 4, 9, [0, 1, 2, 3], '  simd.store %v0, %y[%z, %z] : memref<4x4xf32>, vector<4xf32>')),
    ).toContain('strided_load');
  });

  test('columns beyond a square stay single loads', () => {
    const text = legalized(columns('f32', 4, 9, [0, 1, 2, 3, 4]));
    expect(count(text, 'strided_load')).toBe(1);
    expect(count(text, 'simd.load')).toBe(4);
  });
});
