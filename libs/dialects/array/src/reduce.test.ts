import { elementsOf, type Scalar, type TensorValue } from '@budflow/interpreter';
import { fmaF32 } from '@budflow/numerics';
import { describe, expect, test } from 'vitest';
import { call, moduleFrom, newContext, run, tensor } from './testing/harness.js';

/** Values whose sum depends on the order: magnitudes over many binades. */
function uneven(n: number, seed: number): number[] {
  let state = seed;
  return Array.from({ length: n }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return Math.fround((state / 2 ** 31) * 2 ** (((state >>> 8) % 24) - 12));
  });
}

const add = (a: number, b: number) => Math.fround(a + b);

/** The canonical order, told once more: 16 lanes, blocks of 1,024, lanes in halves, blocks as a binary counter. */
function canonicalSum(values: readonly number[], lanes: number, block: number): number {
  const counter: number[] = [];
  let count = 0;
  for (let start = 0; start < values.length; start += block) {
    const row = new Array<number>(lanes).fill(-0);
    values.slice(start, start + block).forEach((v, i) => {
      row[i % lanes] = add(row[i % lanes]!, v);
    });
    for (let half = lanes / 2; half >= 1; half /= 2)
      for (let l = 0; l < half; l++) row[l] = add(row[l]!, row[l + half]!);
    let value = row[0]!;
    for (let bits = count++; bits & 1; bits >>= 1) value = add(counter.pop()!, value);
    counter.push(value);
  }
  return counter.length ? counter.reduceRight((right, left) => add(left, right)) : -0;
}

function sum(values: readonly number[], attributes: string): number {
  const text = `func.func @f(%x: tensor<?xf32>, %z: tensor<f32>) -> tensor<f32> {
  %r = array.reduce add %x init %z dims = [0]${attributes} : tensor<?xf32>, tensor<f32> to tensor<f32>
  return %r : tensor<f32>
}`;
  return run(text, (c) => [
    tensor(c, 'tensor<?xf32>', values, [values.length]),
    tensor(c, 'tensor<f32>', [0]),
  ])[0] as number;
}

describe('the order of sums', () => {
  for (const n of [0, 1, 15, 16, 17, 1023, 1024, 1025, 5000, 7168]) {
    const values = uneven(n, n + 1);
    test(`of ${n} elements is canonical without an attribute`, () => {
      expect(sum(values, '')).toBe(0 + canonicalSum(values, 16, 1024));
    });
    test(`of ${n} elements is what the attribute says`, () => {
      expect(sum(values, ' {order = #array.order<canonical>}')).toBe(0 + canonicalSum(values, 16, 1024));
      expect(sum(values, ' {order = #array.order<lanes = 4, accumulators = 4, block = 64>}')).toBe(
        0 + canonicalSum(values, 16, 64),
      );
      expect(sum(values, ' {order = #array.order<lanes = 8, accumulators = 4, block = 1024>}')).toBe(
        0 + canonicalSum(values, 32, 1024),
      );
      expect(sum(values, ' {order = #array.order<outer, block = 512>}')).toBe(0 + canonicalSum(values, 1, 512));
      expect(sum(values, ' {order = #array.order<sequential>}')).toBe(0 + values.reduce(add, -0));
    });
  }

  test('matters: some values give four sums in four orders, so the tests above can fail', () => {
    const orders = ['canonical', 'sequential', 'outer, block = 512', 'lanes = 8, accumulators = 4, block = 1024'];
    const distinct = Array.from({ length: 10 }, (_, seed) => {
      const values = uneven(7168, seed);
      return new Set(orders.map((order) => sum(values, ` {order = #array.order<${order}>}`))).size;
    });
    expect(Math.max(...distinct)).toBe(4);
  });

  test('over outer dimensions is sequential within 1,024 rows of each output', () => {
    const [rows, columns] = [2500, 3];
    const values = uneven(rows * columns, 5);
    const text = `func.func @f(%x: tensor<2500x3xf32>, %z: tensor<f32>) -> tensor<3xf32> {
  %r = array.reduce add %x init %z dims = [0] : tensor<2500x3xf32>, tensor<f32> to tensor<3xf32>
  return %r : tensor<3xf32>
}`;
    const actual = run(text, (c) => [tensor(c, 'tensor<2500x3xf32>', values), tensor(c, 'tensor<f32>', [0])]);
    const columnsOf = [0, 1, 2].map((j) =>
      canonicalSum(
        values.filter((_, i) => i % columns === j),
        1,
        1024,
      ),
    );
    expect(actual).toEqual(columnsOf);
  });

  test('over several adjacent last dimensions runs over their flattened index', () => {
    const values = uneven(30 * 70, 6);
    const text = `func.func @f(%x: tensor<30x70xf32>, %z: tensor<f32>) -> tensor<f32> {
  %r = array.reduce add %x init %z dims = [0, 1] : tensor<30x70xf32>, tensor<f32> to tensor<f32>
  return %r : tensor<f32>
}`;
    expect(run(text, (c) => [tensor(c, 'tensor<30x70xf32>', values), tensor(c, 'tensor<f32>', [0])])).toEqual([
      canonicalSum(values, 16, 1024),
    ]);
  });

  test('applies the init once, last', () => {
    const values = uneven(100, 7);
    const text = `func.func @f(%x: tensor<100xf32>, %z: tensor<f32>) -> tensor<f32> {
  %r = array.reduce add %x init %z dims = [0] : tensor<100xf32>, tensor<f32> to tensor<f32>
  return %r : tensor<f32>
}`;
    expect(run(text, (c) => [tensor(c, 'tensor<100xf32>', values), tensor(c, 'tensor<f32>', [1e4])])).toEqual([
      add(1e4, canonicalSum(values, 16, 1024)),
    ]);
  });

  test('accumulates 16-bit floats in f32', () => {
    const ones = new Array<number>(4000).fill(1);
    const text = `func.func @f(%x: tensor<4000xf16>, %z: tensor<f16>) -> tensor<f16> {
  %r = array.reduce add %x init %z dims = [0] {order = #array.order<sequential>} : tensor<4000xf16>, tensor<f16> to tensor<f16>
  return %r : tensor<f16>
}`;
    // In f16 the sum would stop at 2048.
    expect(run(text, (c) => [tensor(c, 'tensor<4000xf16>', ones), tensor(c, 'tensor<f16>', [0])])).toEqual([4000]);
  });
});

describe('reductions by a region', () => {
  test('fold left to right from the init', () => {
    // acc * 2 - x is neither associative nor commutative.
    const text = `func.func @f(%x: tensor<2x3xi32>, %z: tensor<i32>) -> tensor<2xi32> {
  %r = array.reduce %x init %z dims = [1] : tensor<2x3xi32>, tensor<i32> to tensor<2xi32> body(%a: i32, %e: i32) {
    %two = arith.constant 2 : i32
    %d = arith.muli %a, %two : i32
    %s = arith.subi %d, %e : i32
    array.yield %s : i32
  }
  return %r : tensor<2xi32>
}`;
    const fold = (xs: number[]) => xs.reduce((a, e) => a * 2 - e, 10);
    expect(
      run(text, (c) => [tensor(c, 'tensor<2x3xi32>', [1, 2, 3, 4, 5, 6]), tensor(c, 'tensor<i32>', [10])]),
    ).toEqual([fold([1, 2, 3]), fold([4, 5, 6])]);
  });

  test('may have several operands: the position of the maximum', () => {
    const text = `func.func @f(%x: tensor<2x4xf32>, %z: tensor<f32>, %zi: tensor<i32>) -> tensor<2xi32> {
  %i = array.iota dim = 1 : tensor<2x4xi32>
  %r:2 = array.reduce %x, %i init %z, %zi dims = [1] : tensor<2x4xf32>, tensor<2x4xi32>, tensor<f32>, tensor<i32> to tensor<2xf32>, tensor<2xi32> body(%a: f32, %ai: i32, %e: f32, %ei: i32) {
    %c = arith.cmpf ogt, %e, %a : f32
    %m = arith.select %c, %e, %a : f32
    %mi = arith.select %c, %ei, %ai : i32
    array.yield %m, %mi : f32, i32
  }
  return %r#1 : tensor<2xi32>
}`;
    expect(
      run(text, (c) => [
        tensor(c, 'tensor<2x4xf32>', [1, 5, 3, 5, -2, -8, -1, -1]),
        tensor(c, 'tensor<f32>', [Number.NEGATIVE_INFINITY]),
        tensor(c, 'tensor<i32>', [-1]),
      ]),
    ).toEqual([1, 2]);
  });

  test('of unsigned elements compute on signless scalars', () => {
    const text = `func.func @f(%x: tensor<3xui8>, %z: tensor<ui8>) -> tensor<ui8> {
  %r = array.reduce %x init %z dims = [0] : tensor<3xui8>, tensor<ui8> to tensor<ui8> body(%a: i8, %e: i8) {
    %s = arith.maxui %a, %e : i8
    array.yield %s : i8
  }
  return %r : tensor<ui8>
}`;
    expect(run(text, (c) => [tensor(c, 'tensor<3xui8>', [3, 200, 100]), tensor(c, 'tensor<ui8>', [0])])).toEqual([200]);
  });

  test('of one op with a name and dead ones too: cleaning up must not change the order', () => {
    const values = uneven(3000, 5);
    const text = `func.func @f(%x: tensor<?xf32>, %z: tensor<f32>) -> tensor<f32> {
  %r = array.reduce %x init %z dims = [0] : tensor<?xf32>, tensor<f32> to tensor<f32> body(%a: f32, %b: f32) {
    %dead = arith.mulf %a, %b : f32
    %s = arith.addf %a, %b : f32
    array.yield %s : f32
  }
  return %r : tensor<f32>
}`;
    const [result] = run(text, (c) => [
      tensor(c, 'tensor<?xf32>', values, [values.length]),
      tensor(c, 'tensor<f32>', [0]),
    ]);
    expect(result).toBe(0 + canonicalSum(values, 16, 1024));
    expect(result).not.toBe(values.reduce(add, 0));
  });

  test('of one op with a name take the order of the name', () => {
    const values = uneven(5000, 3);
    const text = `func.func @f(%x: tensor<5000xf32>, %z: tensor<f32>) -> tensor<f32> {
  %r = array.reduce %x init %z dims = [0] : tensor<5000xf32>, tensor<f32> to tensor<f32> body(%a: f32, %e: f32) {
    %s = arith.addf %a, %e : f32
    array.yield %s : f32
  }
  return %r : tensor<f32>
}`;
    expect(run(text, (c) => [tensor(c, 'tensor<5000xf32>', values), tensor(c, 'tensor<f32>', [0])])).toEqual([
      canonicalSum(values, 16, 1024),
    ]);
  });
});

describe('contraction', () => {
  const a = uneven(64, 1);
  const b = uneven(64, 2);
  const twice = a.map((x, i) => Math.fround(x * b[i]!)).reduce(add, -0);
  const once = a.reduce((acc, x, i) => fmaF32(x, b[i]!, acc), -0);

  function dot(contract: string, relaxedMadd: 'once' | 'twice' = 'once'): Scalar {
    const text = `func.func @f(%x: tensor<64xf32>, %y: tensor<64xf32>) -> tensor<f32> {
  %r = array.dot_general %x, %y contract = [0] x [0] {contract = "${contract}"} : tensor<64xf32>, tensor<64xf32> -> tensor<f32>
  return %r : tensor<f32>
}`;
    return run(text, (c) => [tensor(c, 'tensor<64xf32>', a), tensor(c, 'tensor<64xf32>', b)], { relaxedMadd })[0]!;
  }
  function reduce(contract: string, relaxedMadd: 'once' | 'twice' = 'once'): Scalar {
    const text = `func.func @f(%x: tensor<64xf32>, %y: tensor<64xf32>, %z: tensor<f32>) -> tensor<f32> {
  %p = array.mul %x, %y : tensor<64xf32>
  %r = array.reduce add %p init %z dims = [0] {contract = "${contract}", order = #array.order<sequential>} : tensor<64xf32>, tensor<f32> to tensor<f32>
  return %r : tensor<f32>
}`;
    return run(
      text,
      (c) => [tensor(c, 'tensor<64xf32>', a), tensor(c, 'tensor<64xf32>', b), tensor(c, 'tensor<f32>', [0])],
      { relaxedMadd },
    )[0]!;
  }

  test('makes a difference for these values', () => {
    expect(once).not.toBe(twice);
  });
  test('none rounds product and sum', () => {
    expect(dot('none')).toBe(twice);
    expect(reduce('none')).toBe(twice);
  });
  test('exact rounds once', () => {
    expect(dot('exact', 'twice')).toBe(once);
    expect(reduce('exact', 'twice')).toBe(once);
  });
  test('relaxed rounds as the machine does', () => {
    expect(dot('relaxed', 'once')).toBe(once);
    expect(dot('relaxed', 'twice')).toBe(twice);
    expect(reduce('relaxed', 'once')).toBe(once);
    expect(reduce('relaxed', 'twice')).toBe(twice);
  });
});

describe('dot_general', () => {
  test('multiplies 512 x 512 matrices in a few seconds', () => {
    const n = 512;
    const text = `func.func @f(%x: tensor<${n}x${n}xf32>, %y: tensor<${n}x${n}xf32>) -> tensor<${n}x${n}xf32> {
  %r = array.dot_general %x, %y contract = [1] x [0] : tensor<${n}x${n}xf32>, tensor<${n}x${n}xf32> -> tensor<${n}x${n}xf32>
  return %r : tensor<${n}x${n}xf32>
}`;
    const context = newContext();
    const module = moduleFrom(text, context);
    const [a, b] = [uneven(n * n, 1), uneven(n * n, 2)];
    const args = [tensor(context, `tensor<${n}x${n}xf32>`, a), tensor(context, `tensor<${n}x${n}xf32>`, b)];
    // Processor time, in microseconds: the machine may be busy.
    const start = process.cpuUsage();
    const [result] = call(module, args) as [TensorValue];
    expect(process.cpuUsage(start).user).toBeLessThan(1e7);
    const at = [3, 500] as const;
    let expected = -0;
    for (let k = 0; k < n; k++) expected = add(expected, Math.fround(a[at[0] * n + k]! * b[k * n + at[1]]!));
    expect((result.data as Float32Array)[at[0] * n + at[1]]).toBe(expected);
    expect(elementsOf(result).length).toBe(n * n);
  });
});
