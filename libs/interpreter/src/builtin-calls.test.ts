import { describe, expect, test } from 'vitest';
import { customCallOf } from './builtin-calls.js';
import { type CustomCall, type CustomCallArray, runCustomCall } from './custom-calls.js';

const f32 = (shape: number[], values: number[] = []): CustomCallArray => {
  const data = new Float32Array(shape.reduce((n, d) => n * d, 1));
  data.set(values);
  return { dtype: 'f32', shape, data };
};
const infoOf = (shape: number[]): CustomCallArray => ({
  dtype: 'i32',
  shape,
  data: Int32Array.from({ length: shape[0] ?? 1 }, () => -1),
});

function run(target: string, inputs: CustomCallArray[], outputs: CustomCallArray[], config: object): void {
  const call = customCallOf(target, undefined) as CustomCall;
  runCustomCall(call, inputs, outputs, { target, attributes: { backend_config: config as never } });
}

describe('calls of LAPACK', () => {
  test('give eigenvalues of each matrix of a batch, of the triangle that is asked for', () => {
    const a = f32([2, 2, 2], [2, 1, 9, 2, 5, 3, 0, -3]);
    const [v, w, info] = [f32([2, 2, 2]), f32([2, 2]), infoOf([2])];
    run('lapack_ssyevd_ffi', [a], [v, w, info], { mode: 86, uplo: 85 });
    expect([...w.data].map((x) => Math.round(Number(x) * 1e5) / 1e5)).toEqual([1, 3, -4, 6]);
    expect([...info.data]).toEqual([0, 0]);
    // A v = v w for the first vector of the first matrix.
    const [x, y] = [Number(v.data[0]), Number(v.data[2])];
    expect(2 * x + y).toBeCloseTo(x, 5);
    run('lapack_ssyevd_ffi', [a], [v, w, info], { mode: 78, uplo: 76 });
    expect(Number(w.data[0])).toBeCloseTo(2 - 9, 5);
  });

  test('give singular values with thin, full or no vectors, and NaN with a failure where there are none', () => {
    const a = f32([2, 3], [3, 0, 0, 0, 0, -2]);
    const outputs = (u: number[], vt: number[]) => [f32([2, 3]), f32([2]), f32(u), f32(vt), infoOf([])];
    const full = outputs([2, 2], [3, 3]);
    run('lapack_sgesdd_ffi', [a], full, { mode: 65 });
    const [, s, u, vt, info] = full as [
      CustomCallArray,
      CustomCallArray,
      CustomCallArray,
      CustomCallArray,
      CustomCallArray,
    ];
    expect([...s.data]).toEqual([3, 2]);
    expect(Number(u.data[0]) * Number(vt.data[0])).toBe(1);
    expect(Number(u.data[3]) * Number(vt.data[5])).toBe(-1);
    expect(Math.abs(Number(vt.data[7]))).toBe(1);
    expect(info.data[0]).toBe(0);
    const none = outputs([2, 2], [2, 3]);
    run('lapack_sgesvd_ffi', [a], none, { mode: 78 });
    expect([...none[1]!.data]).toEqual([3, 2]);
    const failed = outputs([2, 2], [2, 3]);
    run('lapack_sgesdd_ffi', [f32([2, 3], [Number.NaN])], failed, { mode: 83 });
    expect([...failed[1]!.data, ...failed[2]!.data]).toEqual(new Array(6).fill(Number.NaN));
    expect(failed[4]!.data[0]).toBe(1);
  });

  test.each([
    ['has no mode', [f32([2, 2])], 3, { uplo: 76 }],
    ['is not square', [f32([2, 3])], 3, { mode: 86, uplo: 76 }],
    ['it takes one matrix', [f32([2])], 3, { mode: 86, uplo: 76 }],
    ['gives 3 arrays', [f32([2, 2])], 2, { mode: 86, uplo: 76 }],
  ])('say when they are %s', (message, inputs, results, config) => {
    const outputs = [f32([2, 2]), f32([2]), infoOf([])].slice(0, results);
    expect(() => run('lapack_ssyevd_ffi', inputs, outputs, config)).toThrow(message);
  });
});

test('an assertion of sizes stops with its message and the sizes in it', () => {
  const assertion = customCallOf('shape_assertion', undefined) as CustomCall;
  const size = { dtype: 'i32', shape: [], data: Int32Array.of(7) };
  const attributes = { error_message: 'b is {0}, {1}' };
  const check = (holds: number) =>
    runCustomCall(assertion, [{ dtype: 'i1', shape: [], data: Uint8Array.of(holds) }, size], [], {
      target: 'shape_assertion',
      attributes,
    });
  expect(() => check(1)).not.toThrow();
  expect(() => check(0)).toThrow('b is 7, {1}');
});

test('what is provided comes first, and names of objects are no targets', () => {
  const own: CustomCall = () => {};
  expect(customCallOf('lapack_ssyevd_ffi', { lapack_ssyevd_ffi: own })).toBe(own);
  for (const name of ['toString', 'constructor', '__proto__']) expect(customCallOf(name, {})).toBeUndefined();
});
