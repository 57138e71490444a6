// Convolutions of every kind: the interpreter against WebAssembly, all bits, static and dynamic.
import { Random } from '@budflow/numerics';
import { describe, expect, test } from 'vitest';
import { type Case, check, tensor } from './array-cases.js';
import { CONFIGURATIONS, compareProgram, describeConfiguration, runCompiled } from './differential.js';
import { randomElements } from './random/data.js';
import type { Element } from './random/program.js';

interface Conv {
  readonly dims: string;
  readonly lhs: readonly number[];
  readonly rhs: readonly number[];
  readonly strides?: readonly number[];
  readonly low?: readonly number[];
  readonly high?: readonly number[];
  readonly lhs_dilation?: readonly number[];
  readonly rhs_dilation?: readonly number[];
  readonly reversed?: readonly number[];
  readonly feature_groups?: number;
  readonly batch_groups?: number;
}

/** Shape of the result, as StableHLO's specification counts. */
function resultShape(c: Conv): number[] {
  const [l, rest] = c.dims.split('_') as [string, string];
  const [r, o] = rest.split('->') as [string, string];
  return [...o].map((label) => {
    if (label === 'b') return c.lhs[l.indexOf('b')]! / (c.batch_groups ?? 1);
    if (label === 'f') return c.rhs[r.indexOf('o')]!;
    if (label === 'g') return c.lhs[l.indexOf('g')]!;
    const s = Number(label);
    const [size, window] = [c.lhs[l.indexOf(label)]!, c.rhs[r.indexOf(label)]!];
    const padded =
      (size === 0 ? 0 : (size - 1) * (c.lhs_dilation?.[s] ?? 1) + 1) + (c.low?.[s] ?? 0) + (c.high?.[s] ?? 0);
    const length = (window - 1) * (c.rhs_dilation?.[s] ?? 1) + 1;
    return padded < length ? 0 : Math.floor((padded - length) / (c.strides?.[s] ?? 1)) + 1;
  });
}

/** Labels whose sizes may be open. */
function open(c: Conv): string {
  if ((c.feature_groups ?? 1) > 1 || (c.batch_groups ?? 1) > 1) return '0123';
  return 'b0123fiog';
}

function convCase(c: Conv, element: Element = 'f32', dynamic = '', result: string = element): Case {
  const [l, rest] = c.dims.split('_') as [string, string];
  const [r, o] = rest.split('->') as [string, string];
  const type = (shape: readonly number[], labels: string, e: string) =>
    `tensor<${shape.map((n, d) => `${dynamic.includes(labels[d]!) ? '?' : n}x`).join('')}${e}>`;
  const [lhs, rhs, out] = [
    type(c.lhs, l, element),
    type(c.rhs, r, element),
    type(resultShape(c), o.replace('f', 'o'), result),
  ];
  const lists = (['strides', 'low', 'high', 'lhs_dilation', 'rhs_dilation', 'reversed'] as const)
    .flatMap((name) => (c[name] ? [` ${name} = [${c[name].join(', ')}]`] : []))
    .join('');
  const groups = (['feature_groups', 'batch_groups'] as const)
    .flatMap((name) => (c[name] ? [` ${name} = ${c[name]}`] : []))
    .join('');
  return {
    text: `func.func @main(%x: ${lhs}, %w: ${rhs}) -> ${out} {
  %0 = array.conv %x, %w dims = "${c.dims}"${lists}${groups} : ${lhs}, ${rhs} -> ${out}
  return %0 : ${out}
}`,
    args: [tensor(element, c.lhs), tensor(element, c.rhs)],
  };
}

function both(list: readonly Conv[]): Case[] {
  // The window and groups stay known; sizes of images do not.
  return list.flatMap((c) => [convCase(c), convCase(c, 'f32', open(c))]);
}

const NHWC = 'b01f_01io->b01f';
const NCHW = 'bf01_oi01->bf01';

describe('array.conv', () => {
  check('in two layouts, with and without padding, strides and dilation', () =>
    both([
      { dims: NHWC, lhs: [2, 9, 11, 5], rhs: [3, 3, 5, 17], low: [1, 1], high: [1, 1] },
      { dims: NHWC, lhs: [1, 13, 12, 8], rhs: [3, 2, 8, 16], strides: [2, 2] },
      { dims: NHWC, lhs: [1, 9, 9, 3], rhs: [3, 3, 3, 8], rhs_dilation: [2, 3], low: [2, 3], high: [0, 1] },
      { dims: NCHW, lhs: [2, 5, 9, 11], rhs: [7, 5, 3, 3], low: [1, 1], high: [1, 1] },
      { dims: NCHW, lhs: [1, 4, 12, 25], rhs: [8, 4, 3, 3], strides: [2, 2], low: [0, 1], high: [1, 0] },
      { dims: NCHW, lhs: [1, 3, 20, 20], rhs: [16, 3, 7, 7], strides: [2, 2], low: [3, 3], high: [3, 3] },
    ]),
  );
  check('of every rank', () =>
    both([
      { dims: 'bf_io->bf', lhs: [5, 7], rhs: [7, 9] },
      { dims: 'b0f_0io->b0f', lhs: [2, 33, 5], rhs: [4, 5, 8], low: [3], high: [0] },
      { dims: 'bf0_oi0->bf0', lhs: [2, 3, 37], rhs: [5, 3, 9], low: [4], high: [4] },
      { dims: 'b012f_012io->b012f', lhs: [1, 5, 6, 7, 3], rhs: [3, 3, 3, 3, 8], low: [1, 1, 1], high: [1, 1, 1] },
      { dims: 'bf012_oi012->bf012', lhs: [1, 2, 5, 6, 18], rhs: [5, 2, 2, 3, 3], strides: [2, 1, 1] },
    ]),
  );
  check('spread out, cut, read backwards', () =>
    both([
      { dims: NHWC, lhs: [1, 5, 6, 4], rhs: [3, 3, 4, 8], lhs_dilation: [2, 2], low: [2, 1], high: [1, 2] },
      { dims: NHWC, lhs: [1, 9, 9, 4], rhs: [3, 3, 4, 8], low: [-1, 2], high: [-2, -1] },
      { dims: NCHW, lhs: [1, 4, 7, 9], rhs: [6, 4, 3, 2], reversed: [0, 1], low: [1, 1], high: [1, 1] },
      { dims: 'f01b_o01i->01bf', lhs: [3, 8, 9, 2], rhs: [5, 2, 3, 3], reversed: [1], lhs_dilation: [1, 3] },
      { dims: NHWC, lhs: [1, 2, 2, 3], rhs: [5, 5, 3, 4] },
    ]),
  );
  check('cut until nothing is left', () => [
    convCase({ dims: NHWC, lhs: [1, 3, 4, 3], rhs: [3, 3, 3, 4], low: [-5, 1], high: [0, 1] }),
  ]);
  check('in groups', () =>
    both([
      { dims: NHWC, lhs: [1, 9, 10, 20], rhs: [3, 3, 1, 20], feature_groups: 20, low: [1, 1], high: [1, 1] },
      { dims: NCHW, lhs: [2, 5, 9, 18], rhs: [5, 1, 3, 3], feature_groups: 5, low: [1, 1], high: [1, 1] },
      { dims: NHWC, lhs: [1, 7, 8, 4], rhs: [3, 3, 1, 12], feature_groups: 4, strides: [2, 1] },
      { dims: NHWC, lhs: [1, 7, 8, 12], rhs: [3, 3, 3, 24], feature_groups: 4, low: [1, 1], high: [1, 1] },
      { dims: NCHW, lhs: [2, 6, 7, 9], rhs: [6, 3, 3, 3], feature_groups: 2 },
      { dims: NHWC, lhs: [6, 7, 8, 3], rhs: [3, 3, 3, 8], batch_groups: 2, low: [1, 1], high: [1, 1] },
      { dims: 'b01gf_01igo->b01gf', lhs: [1, 6, 7, 3, 2], rhs: [2, 2, 2, 3, 9] },
      { dims: 'b01g_01g->b01g', lhs: [2, 6, 20, 9], rhs: [3, 3, 9], low: [1, 1], high: [1, 1] },
    ]),
  );
  check('of one place', () =>
    both([
      { dims: NHWC, lhs: [2, 5, 6, 7], rhs: [1, 1, 7, 9] },
      { dims: NCHW, lhs: [2, 7, 5, 6], rhs: [9, 7, 1, 1], strides: [2, 3] },
      { dims: NHWC, lhs: [2, 5, 6, 7], rhs: [1, 1, 7, 9], low: [1, 0], high: [0, 2] },
      { dims: NHWC, lhs: [1, 5, 6, 8], rhs: [1, 1, 4, 10], feature_groups: 2 },
    ]),
  );
  for (const element of ['f64', 'i8', 'ui8', 'i16', 'i32', 'i64'] as const)
    check(`of ${element}`, () => [
      convCase({ dims: NHWC, lhs: [1, 6, 7, 5], rhs: [3, 3, 5, 17], low: [1, 1], high: [1, 1] }, element),
      convCase({ dims: NCHW, lhs: [1, 3, 6, 18], rhs: [4, 3, 3, 3], strides: [1, 2] }, element),
      convCase({ dims: NHWC, lhs: [1, 6, 9, 16], rhs: [3, 3, 1, 16], feature_groups: 16 }, element),
    ]);
  check('to a wider type', () => [
    convCase({ dims: NHWC, lhs: [1, 6, 7, 5], rhs: [3, 3, 5, 16], low: [1, 1], high: [1, 1] }, 'i8', '', 'i32'),
    convCase({ dims: NCHW, lhs: [1, 3, 6, 18], rhs: [4, 3, 3, 3] }, 'f32', '', 'f64'),
  ]);
  check('between what fuses with it', () => [
    {
      text: `func.func @main(%x: tensor<1x14x14x8xf32>, %w: tensor<3x3x8x16xf32>, %b: tensor<16xf32>) -> tensor<1x14x14x16xf32> {
  %n = array.neg %x : tensor<1x14x14x8xf32>
  %0 = array.conv %n, %w dims = "b01f_01io->b01f" low = [1, 1] high = [1, 1] : tensor<1x14x14x8xf32>, tensor<3x3x8x16xf32> -> tensor<1x14x14x16xf32>
  %1 = array.broadcast %b dims = [3] : tensor<16xf32> to tensor<1x14x14x16xf32>
  %2 = array.add %0, %1 : tensor<1x14x14x16xf32>
  %z = array.full 0.0 : f32, tensor<1x14x14x16xf32>
  %3 = array.max %2, %z : tensor<1x14x14x16xf32>
  return %3 : tensor<1x14x14x16xf32>
}`,
      args: [tensor('f32', [1, 14, 14, 8]), tensor('f32', [3, 3, 8, 16]), tensor('f32', [16])],
    },
  ]);
});

test('random convolutions have the bits of the interpreter', () => {
  const random = new Random(7);
  const pick = (n: number) => random.integer(0, n);
  for (let i = 0; i < 40; i++) {
    const rank = 1 + pick(2);
    const digits = [...Array(rank).keys()].join('');
    const features = 1 + pick(9);
    const outputs = 1 + pick(20);
    const batch = 1 + pick(2);
    const sizes = Array.from({ length: rank }, () => 3 + pick(18));
    const window = Array.from({ length: rank }, () => 1 + pick(3));
    const first = pick(2) === 0;
    const list = (low: number, high: number) => Array.from({ length: rank }, () => low + pick(high - low + 1));
    const c: Conv = {
      dims: first ? `b${digits}f_${digits}io->b${digits}f` : `bf${digits}_oi${digits}->bf${digits}`,
      lhs: first ? [batch, ...sizes, features] : [batch, features, ...sizes],
      rhs: first ? [...window, features, outputs] : [outputs, features, ...window],
      strides: list(1, 2),
      low: list(-1, 2),
      high: list(0, 2),
      lhs_dilation: list(1, pick(3) === 0 ? 2 : 1),
      rhs_dilation: list(1, 2),
    };
    const { text } = convCase(c);
    const args = [c.lhs, c.rhs].map((shape) => ({
      shape,
      data: randomElements(
        'f32',
        shape.reduce((a, b) => a * b, 1),
        random,
      ),
    }));
    const configuration = CONFIGURATIONS[i % CONFIGURATIONS.length]!;
    const failure = compareProgram(text, args, configuration);
    expect(failure && `${describeConfiguration(configuration)}\n${failure.message}\n${text}`).toBeUndefined();
  }
});

test('zeros of a dilated image times an infinite weight are NaN in strict mode, and nothing in the others', () => {
  const text = `func.func @main(%x: tensor<1x3x1xf32>, %w: tensor<2x1x1xf32>) -> tensor<1x4x1xf32> {
  %r = array.conv %x, %w dims = "b0f_0io->b0f" lhs_dilation = [2] : tensor<1x3x1xf32>, tensor<2x1x1xf32> -> tensor<1x4x1xf32>
  return %r : tensor<1x4x1xf32>
}`;
  const args = [
    { shape: [1, 3, 1], data: Float32Array.of(1, 2, 3) },
    { shape: [2, 1, 1], data: Float32Array.of(Infinity, 1) },
  ];
  const run = (numerics: 'strict' | 'default' | 'fast') => [...runCompiled(text, args, { numerics })[0]!.data];
  expect(run('strict')).toEqual([Infinity, Number.NaN, Infinity, Number.NaN]);
  expect(run('default')).toEqual([Infinity, 2, Infinity, 3]);
  expect(run('fast')).toEqual([Infinity, 2, Infinity, 3]);
});
