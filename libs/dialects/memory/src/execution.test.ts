// Execution of the memory ops: bounds, views of one memory, strides, lifetime.
import { elementsOf, type MemRefValue, memrefOver, type TensorValue, tensorFrom } from '@budflow/interpreter';
import type { Context } from '@budflow/ir';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buffer, run, trapOf } from '../../loop/src/testing/harness.js';

describe('execution', () => {
  test('loads and stores check every dimension', () => {
    const text = `func.func @f(%m: memref<2x3xf32>, %i: index, %j: index) -> f32 {\n  %v = memory.load %m[%i, %j] : memref<2x3xf32>\n  memory.store %v, %m[%j, %i] : memref<2x3xf32>\n  return %v : f32\n}`;
    const at = (i: number, j: number) => (c: Context) => [buffer(c, [2, 3], [0, 1, 2, 3, 4, 5]), i, j];
    expect(run(text, 'f', at(1, 0))).toEqual([3]);
    expect(trapOf(text, 'f', at(2, 0))).toBe('OutOfBounds: index 2 is outside dimension 0 of size 2');
    expect(trapOf(text, 'f', at(0, 3))).toBe('OutOfBounds: index 3 is outside dimension 1 of size 3');
    expect(trapOf(text, 'f', at(-1, 0))).toBe('OutOfBounds: index -1 is outside dimension 0 of size 2');
    expect(trapOf(text, 'f', at(0, 2))).toBe('OutOfBounds: index 2 is outside dimension 0 of size 2');
  });

  test('subviews with strides see the same memory', () => {
    const text = `func.func @f(%m: memref<4x6xf32>, %o: index, %n: index) -> f32 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %x = arith.constant 100.0 : f32
  %s = memory.subview %m[%o, 1] [2, %n] [2, 2] : memref<4x6xf32> to memref<2x?xf32, strided<[12, 2], offset: ?>>
  %t = memory.subview %s[1, 1] [1, 1] [1, 1] : memref<2x?xf32, strided<[12, 2], offset: ?>> to memref<1x1xf32, strided<[12, 2], offset: ?>>
  memory.store %x, %t[%c0, %c0] : memref<1x1xf32, strided<[12, 2], offset: ?>>
  %v = memory.load %s[%c1, %c1] : memref<2x?xf32, strided<[12, 2], offset: ?>>
  %w = memory.load %s[%c1, %c0] : memref<2x?xf32, strided<[12, 2], offset: ?>>
  %r = arith.addf %v, %w : f32
  return %r : f32
}`;
    const args = (o: number, n: number) => (c: Context) => [
      buffer(
        c,
        [4, 6],
        Array.from({ length: 24 }, (_, i) => i),
      ),
      o,
      n,
    ];
    let seen: MemRefValue | undefined;
    expect(
      run(text, 'f', (c) => {
        const list = args(1, 2)(c);
        seen = list[0] as MemRefValue;
        return list;
      }),
    ).toEqual([100 + 3 * 6 + 1]);
    // Row 1 + 2, column 1 + 2.
    expect(elementsOf(seen!)[3 * 6 + 3]).toBe(100);
    expect(trapOf(text, 'f', args(2, 2))).toBe('OutOfBounds: index 4 is outside dimension 0 of size 4');
    expect(trapOf(text, 'f', args(1, 4))).toBe('OutOfBounds: index 7 is outside dimension 1 of size 6');
    expect(trapOf(text, 'f', args(-1, 2))).toBe('OutOfBounds: index -1 is outside dimension 0 of size 4');
  });

  test('views of an arena overlap as their bytes do', () => {
    const text = `func.func @f(%o: index, %n: index) -> (i32, f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %one = arith.constant 1.0 : f32
  %a = memory.arena {bytes = 64 : i64} : memref<?xi8>
  %f = memory.view %a[%o](%n) : memref<?xi8> to memref<?xf32>
  %i = memory.view %a[%c0]() : memref<?xi8> to memref<16xi32>
  memory.fill %f, %one : memref<?xf32>
  %bits = memory.load %i[%c1] : memref<16xi32>
  %v = memory.load %f[%c0] : memref<?xf32>
  return %bits, %v : i32, f32
}`;
    expect(run(text, 'f', () => [4, 2])).toEqual([0x3f800000, 1]);
    expect(run(text, 'f', () => [8, 14])).toEqual([0, 1]);
    expect(trapOf(text, 'f', () => [8, 15])).toContain('OutOfBounds: a view of 60 bytes at byte 8');
    expect(trapOf(text, 'f', () => [6, 2])).toContain('not aligned to 4');
    expect(trapOf(text, 'f', () => [0, -1])).toContain('Allocation: dimension 0 cannot have a size of -1');
  });

  test('copy and fill follow strides', () => {
    const text = `func.func @f(%a: memref<2x2xf32>, %b: memref<2x4xf32>) {
  %x = arith.constant 9.0 : f32
  %s = memory.subview %b[0, 1] [2, 2] [1, 2] : memref<2x4xf32> to memref<2x2xf32, strided<[4, 2], offset: 1>>
  %t = memory.subview %b[1, 0] [1, 2] [1, 2] : memref<2x4xf32> to memref<1x2xf32, strided<[4, 2], offset: 4>>
  memory.copy %a, %s : memref<2x2xf32> to memref<2x2xf32, strided<[4, 2], offset: 1>>
  memory.fill %t, %x : memref<1x2xf32, strided<[4, 2], offset: 4>>
  return
}`;
    let target: MemRefValue | undefined;
    run(text, 'f', (c) => {
      target = buffer(c, [2, 4], new Array(8).fill(0));
      return [buffer(c, [2, 2], [1, 2, 3, 4]), target];
    });
    expect(elementsOf(target!)).toEqual([0, 1, 0, 2, 9, 3, 9, 4]);
    const dynamic =
      'func.func @f(%a: memref<?xf32>, %b: memref<?xf32>) {\n  memory.copy %a, %b : memref<?xf32> to memref<?xf32>\n  return\n}';
    expect(trapOf(dynamic, 'f', (c) => [buffer(c, [2], [1, 2]), buffer(c, [3], [1, 2, 3])])).toBe(
      'ShapeMismatch: copies a buffer of shape [2] to one of [3]',
    );
  });

  test('reshape keeps the elements, infers one size, and checks the count', () => {
    const text = `func.func @f(%m: memref<?x3xf32>, %n: index, %i: index) -> (f32, index, f32) {
  %a = memory.reshape %m : memref<?x3xf32> to memref<?xf32>
  %v = memory.load %a[%i] : memref<?xf32>
  %d = memory.dim %a, 0 : memref<?xf32>
  %b = memory.reshape %m sizes(%n, %n) : memref<?x3xf32> to memref<?x?xf32>
  %c1 = arith.constant 1 : index
  %w = memory.load %b[%c1, %c1] : memref<?x?xf32>
  return %v, %d, %w : f32, index, f32
}`;
    const args = (n: number, i: number) => (c: Context) => [buffer(c, [3, 3], [0, 1, 2, 3, 4, 5, 6, 7, 8]), n, i];
    const dynamic = (n: number, i: number) => (c: Context) => {
      const [m, ...rest] = args(n, i)(c);
      const { storage } = m as MemRefValue;
      return [memrefOver(c.memref([-1, 3], c.f32), storage, [3, 3]), ...rest];
    };
    expect(run(text, 'f', dynamic(3, 7))).toEqual([7, 9, 4]);
    expect(trapOf(text, 'f', dynamic(2, 7))).toBe('ShapeMismatch: reshapes 9 elements to the shape [2, 2]');
    expect(trapOf(text, 'f', dynamic(3, 9))).toContain('OutOfBounds');
  });

  test('casts check what they assert', () => {
    const text =
      'func.func @f(%m: memref<?xf32>, %i: index) -> f32 {\n  %c = memory.cast %m : memref<?xf32> to memref<4xf32>\n  %v = memory.load %c[%i] : memref<4xf32>\n  return %v : f32\n}';
    expect(run(text, 'f', (c) => [buffer(c, [4], [1, 2, 3, 4]), 3])).toEqual([4]);
    expect(trapOf(text, 'f', (c) => [buffer(c, [5], [1, 2, 3, 4, 5]), 3])).toBe(
      'ShapeMismatch: dimension 0 has size 5 at run time, the type says 4',
    );
    const strided =
      'func.func @f(%m: memref<4xf32, strided<[?]>>, %i: index) -> f32 {\n  %c = memory.cast %m : memref<4xf32, strided<[?]>> to memref<4xf32, strided<[1]>>\n  %v = memory.load %c[%i] : memref<4xf32, strided<[1]>>\n  return %v : f32\n}\nfunc.func @g(%m: memref<8xf32>) -> f32 {\n  %i = arith.constant 1 : index\n  %s = memory.subview %m[0] [4] [2] : memref<8xf32> to memref<4xf32, strided<[?]>>\n  %v = func.call @f(%s, %i) : (memref<4xf32, strided<[?]>>, index) -> f32\n  return %v : f32\n}';
    expect(trapOf(strided, 'g', (c) => [buffer(c, [8], [0, 1, 2, 3, 4, 5, 6, 7])])).toBe(
      'ShapeMismatch: dimension 0 has stride 2 at run time, the type says 1',
    );
  });

  test('freed buffers trap, whichever view is used', () => {
    const text = (line: string) =>
      `func.func @f() {\n  %c0 = arith.constant 0 : index\n  %m = memory.alloc() : memref<4xf32>\n  %s = memory.subview %m[1] [2] [1] : memref<4xf32> to memref<2xf32, strided<[1], offset: 1>>\n  memory.dealloc %m : memref<4xf32>\n  ${line}\n  return\n}`;
    expect(trapOf(text('%v = memory.load %s[%c0] : memref<2xf32, strided<[1], offset: 1>>'), 'f')).toContain(
      'UseAfterFree',
    );
    expect(trapOf(text('memory.dealloc %m : memref<4xf32>'), 'f')).toContain('UseAfterFree');
  });

  test('tensors come from buffers and go to them, unaffected by later writes', () => {
    const text = `func.func @f(%a: memref<?xf32>, %b: memref<?xf32>) -> tensor<?xf32> {
  %x = arith.constant 9.0 : f32
  %t = memory.to_tensor %a : memref<?xf32> to tensor<?xf32>
  memory.fill %a, %x : memref<?xf32>
  memory.materialize %t into %b : tensor<?xf32>, memref<?xf32>
  return %t : tensor<?xf32>
}`;
    let target: MemRefValue | undefined;
    const [t] = run(text, 'f', (c) => {
      target = buffer(c, [3], [0, 0, 0]);
      return [buffer(c, [3], [1, 2, 3]), target];
    });
    expect(elementsOf(t as TensorValue)).toEqual([1, 2, 3]);
    expect(elementsOf(target!)).toEqual([1, 2, 3]);
    expect(trapOf(text, 'f', (c) => [buffer(c, [3], [1, 2, 3]), buffer(c, [2], [1, 2])])).toContain('ShapeMismatch');
    const from =
      'func.func @f(%t: tensor<2xi64>, %i: index) -> i64 {\n  %m = memory.from_tensor %t : tensor<2xi64> to memref<2xi64>\n  %v = memory.load %m[%i] : memref<2xi64>\n  return %v : i64\n}';
    expect(run(from, 'f', (c) => [tensorFrom(c.tensor([2], c.i64), [5n, -6n]), 1])).toEqual([-6n]);
  });

  test('allocations are fresh in every iteration and refuse negative sizes', () => {
    const text = `func.func @f(%n: index, %size: index) -> i32 {
  %c0 = arith.constant 0 : index
  %one = arith.constant 1 : i32
  %zero = arith.constant 0 : i32
  %r = loop.for %i = 0 to %n iter_args(%a = %zero) -> (i32) {
    %m = memory.alloca(%size) : memref<?xi32>
    %v = memory.load %m[%c0] : memref<?xi32>
    %w = arith.addi %v, %one : i32
    memory.store %w, %m[%c0] : memref<?xi32>
    %s = arith.addi %a, %w : i32
    loop.yield %s : i32
  }
  return %r : i32
}`;
    expect(run(text, 'f', () => [5, 1])).toEqual([5]);
    expect(trapOf(text, 'f', () => [1, -2])).toContain('Allocation');
  });

  test('half floats and booleans keep their storage', () => {
    const text =
      'func.func @f(%x: f16, %b: i1) -> (f16, i1) {\n  %i = arith.constant 1 : index\n  %m = memory.alloc() : memref<2xf16>\n  %n = memory.alloc() : memref<2xi1>\n  memory.store %x, %m[%i] : memref<2xf16>\n  memory.store %b, %n[%i] : memref<2xi1>\n  %v = memory.load %m[%i] : memref<2xf16>\n  %w = memory.load %n[%i] : memref<2xi1>\n  return %v, %w : f16, i1\n}';
    expect(run(text, 'f', () => [0.333251953125, 1])).toEqual([0.333251953125, 1]);
  });
});

test('a chain of subviews reads the elements that its offsets and strides say (property)', () => {
  const part = fc.record({
    offset: fc.nat(5),
    size: fc.integer({ min: 1, max: 6 }),
    stride: fc.integer({ min: 1, max: 3 }),
  });
  const link = fc.record({ rows: part, columns: part, dynamic: fc.boolean() });
  fc.assert(
    fc.property(fc.array(link, { minLength: 1, maxLength: 4 }), fc.nat(9), fc.nat(9), (chain, i, j) => {
      const fits = (p: { offset: number; size: number; stride: number }, size: number) => {
        const offset = p.offset % size;
        return { offset, stride: p.stride, size: Math.min(p.size, Math.floor((size - 1 - offset) / p.stride) + 1) };
      };
      let shape = [9, 7];
      let type = 'memref<9x7xf32>';
      const at: ((x: number) => number)[][] = [[], []];
      const lines: string[] = [];
      chain.forEach(({ rows, columns, dynamic }, n) => {
        const parts = [fits(rows, shape[0]!), fits(columns, shape[1]!)];
        parts.forEach((p, d) => {
          at[d]!.push((x) => p.offset + x * p.stride);
        });
        const next = `memref<${dynamic ? '?x?' : `${parts[0]!.size}x${parts[1]!.size}`}xf32, strided<[?, ?], offset: ?>>`;
        const write = (key: 'offset' | 'size' | 'stride') =>
          parts
            .map((p, d) => {
              if (!dynamic) return p[key];
              lines.push(`  %${key}${n}_${d} = arith.constant ${p[key]} : index`);
              return `%${key}${n}_${d}`;
            })
            .join(', ');
        const entries = `[${write('offset')}] [${write('size')}] [${write('stride')}]`;
        lines.push(`  %s${n + 1} = memory.subview %s${n}${entries} : ${type} to ${next}`);
        shape = parts.map((p) => p.size);
        type = next;
      });
      const text = `func.func @f(%s0: memref<9x7xf32>, %i: index, %j: index) -> f32 {
${lines.join('\n')}
  %v = memory.load %s${chain.length}[%i, %j] : ${type}
  return %v : f32
}`;
      const [row, column] = [i % shape[0]!, j % shape[1]!];
      const back = (d: number, x: number) => at[d]!.reduceRight((y, f) => f(y), x);
      const args = (c: Context) => [
        buffer(
          c,
          [9, 7],
          Array.from({ length: 63 }, (_, n) => n),
        ),
        row,
        column,
      ];
      expect(run(text, 'f', args)).toEqual([back(0, row) * 7 + back(1, column)]);
    }),
    { numRuns: 60 },
  );
});
