import { expect, test } from 'vitest';
import { countNames, decode } from './testing/decode.js';
import { matmulText } from './testing/matmul.js';
import { array, compileKernel, expectSame, floats } from './testing/run.js';

const loopsOf = (rows: number, k: string) => {
  const text = matmulText('relaxed', { m: '?', n: '?', k, panels: '?' }, rows);
  const counts = countNames(decode(compileKernel(text, { target: 'wasm32-relaxed-simd' }).bytes)[0]!);
  return { loops: counts.loop, blocks: counts.block ?? 0, guards: counts.if ?? 0 };
};

test('a tile whose sums fill the registers is tested at the top, and its body runs once in a loop of its own', () => {
  // Three loops, and one in the body.
  expect(loopsOf(6, '64')).toMatchObject({ loops: 4, blocks: 1 });
  expect(loopsOf(5, '64')).toMatchObject({ loops: 4, blocks: 1 });
});

test('a tile that fits with all its operands loaded, and one that never fits, keep the usual form', () => {
  expect(loopsOf(4, '64')).toMatchObject({ loops: 3, blocks: 0 });
  expect(loopsOf(7, '64')).toMatchObject({ loops: 3, blocks: 0 });
});

test('a test at the top needs no guard', () => {
  expect(loopsOf(6, '?').guards).toBe(loopsOf(6, '64').guards);
  expect(loopsOf(4, '?').guards).toBe(loopsOf(4, '64').guards + 1);
});

test('the sums are those of the interpreter, of no terms too', () => {
  const text = matmulText('separate', { m: '?', n: '?', k: '?', panels: '?' }, 6);
  for (const k of [0, 1, 2, 7])
    expectSame(
      text,
      [
        array(floats(12 * k, 1, false), [12, k]),
        array(floats(16 * k, 2, false), [2, k, 8]),
        array(new Float32Array(12 * 16), [12, 16]),
      ],
      { begin: 0, end: 2 },
    );
});

test('sums that operations behind the loop take pass through the memory of the result', () => {
  const plain = (rows: number) => matmulText('relaxed', { m: '?', n: '?', k: '?', panels: '?' }, rows);
  const scaled = (rows: number) =>
    plain(rows).replaceAll(/simd\.store (%r#(\d+)), /g, (_, sum, n) => {
      const lines = [
        `%t${n} = arith.mulf ${sum}, ${sum} : vector<4xf32>`,
        `%u${n} = arith.addf %t${n}, %zero : vector<4xf32>`,
      ];
      return `${lines.join('\n')}\nsimd.store %u${n}, `;
    });
  const stores = (text: string) =>
    countNames(decode(compileKernel(text, { target: 'wasm32-relaxed-simd' }).bytes)[0]!)['v128.store'];
  expect(stores(plain(6))).toBe(12);
  expect(stores(scaled(6))).toBe(24);
  // A tile that fits with all its operands is not spilled.
  expect(stores(scaled(4))).toBe(8);
  const args = [array(floats(12 * 7, 1, false), [12, 7]), array(floats(16 * 7, 2, false), [2, 7, 8])];
  expectSame(scaled(6), [...args, array(new Float32Array(12 * 16), [12, 16])], { begin: 0, end: 2 });
});
