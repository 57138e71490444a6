// Canonicalization, text and effects of the memory ops.
import { effectsOf, printModule } from '@budflow/ir';
import { describe, expect, test } from 'vitest';
import { canonicalBody, func, parse, roundTrips } from '../../loop/src/testing/harness.js';

describe('text', () => {
  test('of a buffer of rank 0 has empty brackets', () => {
    expect(
      roundTrips(
        func('%m: memref<f32>', '  %v = memory.load %m[] : memref<f32>\n  memory.store %v, %m[] : memref<f32>'),
      ),
    ).toContain('memory.load %arg0[] : memref<f32>');
  });
  test('of a view has its sizes right after the offset', () => {
    expect(
      roundTrips(func('%a: memref<?xi8>, %n: index', '  %v = memory.view %a[%n](%n) : memref<?xi8> to memref<?xf32>')),
    ).toContain('memory.view %arg0[%arg1](%arg1) : memref<?xi8> to memref<?xf32>');
  });
});

describe('canonicalization', () => {
  test('sizes are read from where they were given', () => {
    const dims = (make: string, type: string, dim: number) =>
      canonicalBody(
        func(
          '%n: index, %k: index, %a: memref<?xi8>',
          `  ${make}\n  %d = memory.dim %m, ${dim} : ${type}`,
          'index',
          '%d',
        ),
      ).join('\n');
    expect(dims('%m = memory.alloc(%n, %k) : memref<?x4x?xf32>', 'memref<?x4x?xf32>', 2)).not.toContain('memory.dim');
    expect(dims('%m = memory.alloc(%n) : memref<4x?xf32>', 'memref<4x?xf32>', 0)).toContain('arith.constant 4');
    expect(dims('%m = memory.view %a[%n](%k) : memref<?xi8> to memref<?xf32>', 'memref<?xf32>', 0)).not.toContain(
      'memory.dim',
    );
    expect(dims('%m = memory.arena {bytes = 96 : i64} : memref<?xi8>', 'memref<?xi8>', 0)).toContain(
      'arith.constant 96',
    );
  });

  test('the size of a subview, reshape or cast is known without looking at memory', () => {
    expect(
      canonicalBody(
        func(
          '%m: memref<8x8xf32>, %n: index',
          '  %s = memory.subview %m[0, 0] [%n, 4] [1, 1] : memref<8x8xf32> to memref<?x4xf32, strided<[8, 1]>>\n  %d = memory.dim %s, 0 : memref<?x4xf32, strided<[8, 1]>>',
          'index',
          '%d',
        ),
      ),
    ).toEqual([]);
    expect(
      canonicalBody(
        func(
          '%m: memref<?x8xf32>, %n: index',
          '  %s = memory.reshape %m sizes(%n, %n) : memref<?x8xf32> to memref<?x?xf32>\n  %d = memory.dim %s, 1 : memref<?x?xf32>',
          'index',
          '%d',
        ),
      ),
    ).toEqual([]);
    expect(
      canonicalBody(
        func(
          '%m: memref<?xf32>',
          '  %s = memory.cast %m : memref<?xf32> to memref<?xf32, strided<[1], offset: ?>>\n  %d = memory.dim %s, 0 : memref<?xf32, strided<[1], offset: ?>>',
          'index',
          '%d',
        ),
      ),
    ).toEqual(['%dim = memory.dim %arg0, 0 : memref<?xf32>']);
    expect(
      canonicalBody(
        func(
          '%m: memref<4xf32>',
          '  %s = memory.cast %m : memref<4xf32> to memref<?xf32>\n  %d = memory.dim %s, 0 : memref<?xf32>',
          'index',
          '%d',
        ),
      ),
    ).toEqual(['%c4 = arith.constant 4 : index']);
  });

  test('constant sizes of buffers and views move into the type', () => {
    expect(
      canonicalBody(
        func(
          '%x: f32, %n: index',
          '  %c = arith.constant 4 : index\n  %m = memory.alloc(%c, %n) {alignment = 64 : i64} : memref<?x?xf32>\n  memory.store %x, %m[%n, %n] : memref<?x?xf32>',
          '',
          '',
        ),
      ),
    ).toEqual([
      '%alloc = memory.alloc(%arg1) {alignment = 64 : i64} : memref<4x?xf32>',
      'memory.store %arg0, %alloc[%arg1, %arg1] : memref<4x?xf32>',
    ]);
    expect(
      canonicalBody(
        func(
          '%a: memref<?xi8>, %n: index',
          '  %c = arith.constant 4 : index\n  %v = memory.view %a[%n](%c) : memref<?xi8> to memref<?xf32>\n  %r = memory.load %v[%n] : memref<?xf32>',
          'f32',
          '%r',
        ),
      ),
    ).toEqual([
      '%0 = memory.view %arg0[%arg1]() : memref<?xi8> to memref<4xf32>',
      '%1 = memory.load %0[%arg1] : memref<4xf32>',
    ]);
    expect(
      canonicalBody(
        func(
          '%x: i8, %i: index',
          '  %c = arith.constant 128 : index\n  %a = memory.arena %c : memref<?xi8>\n  memory.store %x, %a[%i] : memref<?xi8>',
        ),
      )[0],
    ).toBe('%arena = memory.arena {bytes = 128 : i64} : memref<?xi8>');
  });

  test('casts that only forget are looked through, others stay', () => {
    expect(
      canonicalBody(
        func(
          '%m: memref<4xf32>, %i: index',
          '  %c = memory.cast %m : memref<4xf32> to memref<?xf32>\n  %r = memory.load %c[%i] : memref<?xf32>',
          'f32',
          '%r',
        ),
      ),
    ).toEqual(['%0 = memory.load %arg0[%arg1] : memref<4xf32>']);
    expect(
      canonicalBody(
        func(
          '%m: memref<?xf32>, %i: index',
          '  %c = memory.cast %m : memref<?xf32> to memref<4xf32>\n  %r = memory.load %c[%i] : memref<4xf32>',
          'f32',
          '%r',
        ),
      ),
    ).toHaveLength(2);
    expect(
      canonicalBody(
        func(
          '%m: memref<4xf32>',
          '  %c = memory.cast %m : memref<4xf32> to memref<?xf32>\n  %r = memory.cast %c : memref<?xf32> to memref<4xf32>',
          'memref<4xf32>',
          '%r',
        ),
      ),
    ).toEqual([]);
    // The inner cast asserts a size that the outer one forgets again: it must still trap.
    expect(
      canonicalBody(
        func(
          '%m: memref<?xf32>',
          '  %c = memory.cast %m : memref<?xf32> to memref<4xf32>\n  %r = memory.cast %c : memref<4xf32> to memref<?xf32>',
          'memref<?xf32>',
          '%r',
        ),
      ),
    ).toHaveLength(2);
  });

  test('views, reshapes and subviews of everything are the thing itself', () => {
    expect(
      canonicalBody(
        func(
          '%a: memref<?xi8>',
          '  %c = arith.constant 0 : index\n  %n = memory.dim %a, 0 : memref<?xi8>\n  %r = memory.view %a[%c](%n) : memref<?xi8> to memref<?xi8>',
          'memref<?xi8>',
          '%r',
        ),
      ),
    ).toEqual([]);
    expect(
      canonicalBody(
        func(
          '%a: memref<?xi8>, %n: index',
          '  %c = arith.constant 0 : index\n  %r = memory.view %a[%c](%n) : memref<?xi8> to memref<?xi8>',
          'memref<?xi8>',
          '%r',
        ),
      ),
    ).toHaveLength(2);
    expect(
      canonicalBody(
        func(
          '%m: memref<4x8xf32>',
          '  %a = memory.reshape %m : memref<4x8xf32> to memref<32xf32>\n  %r = memory.reshape %a : memref<32xf32> to memref<4x8xf32>',
          'memref<4x8xf32>',
          '%r',
        ),
      ),
    ).toEqual([]);
    expect(
      canonicalBody(
        func(
          '%m: memref<8xf32, strided<[1], offset: 2>>',
          '  %r = memory.subview %m[0] [8] [1] : memref<8xf32, strided<[1], offset: 2>> to memref<8xf32, strided<[1], offset: 2>>',
          'memref<8xf32, strided<[1], offset: 2>>',
          '%r',
        ),
      ),
    ).toEqual([]);
    // Two dynamic sizes can differ although the types are equal.
    expect(
      canonicalBody(
        func(
          '%m: memref<?x?xf32>, %n: index',
          '  %r = memory.reshape %m sizes(%n, %n) : memref<?x?xf32> to memref<?x?xf32>',
          'memref<?x?xf32>',
          '%r',
        ),
      ),
    ).toHaveLength(1);
  });

  test('buffers nobody reads, and copies to themselves, are erased', () => {
    expect(
      canonicalBody(func('%n: index', '  %m = memory.alloc(%n) : memref<?xf32>\n  memory.dealloc %m : memref<?xf32>')),
    ).toEqual([]);
    expect(canonicalBody(func('%m: memref<4xf32>', '  memory.copy %m, %m : memref<4xf32> to memref<4xf32>'))).toEqual(
      [],
    );
    expect(
      canonicalBody(
        func(
          '%m: memref<4xf32>, %i: index',
          '  %v = memory.load %m[%i] : memref<4xf32>\n  %t = memory.to_tensor %m : memref<4xf32> to tensor<4xf32>',
        ),
      ),
    ).toEqual([]);
  });
});

describe('effects', () => {
  test('of each op name the buffer they touch', () => {
    const module = parse(
      func(
        '%m: memref<4xf32>, %i: index, %x: f32',
        '  %a = memory.alloc() : memref<4xf32>\n  %v = memory.load %m[%i] : memref<4xf32>\n  memory.store %x, %a[%i] : memref<4xf32>\n  memory.copy %m, %a : memref<4xf32> to memref<4xf32>\n  %d = memory.dim %m, 0 : memref<4xf32>\n  memory.dealloc %a : memref<4xf32>',
      ),
    );
    const body = module.region(0).entry.firstOp!.region(0).entry;
    const kinds = body.ops.slice(0, -1).map((op) =>
      effectsOf(op)!
        .map((e) => `${e.kind} ${e.value === body.arguments[0] ? 'm' : 'a'}`)
        .join(),
    );
    expect(kinds).toEqual(['allocate a', 'read m', 'write a', 'read m,write a', '', 'free a']);
  });
});

test('printing an op with the wrong number of operands does not throw', () => {
  const module = parse(func('%m: memref<4xf32>, %i: index', '  %v = memory.load %m[%i] : memref<4xf32>'));
  module.walk((op) => {
    if (op.name === 'memory.load') op.setOperands([]);
  });
  expect(printModule(module)).toContain('"memory.load"()');
});
