// Ops with computed indices: the interpreter against WebAssembly, over shapes, element types and indices in and out of
// bounds.
import { describe, expect, test } from 'vitest';
import { type Case, check, integers, over, tensor, type } from './array-cases.js';
import { PLAIN, runCompiled, type TestArgument } from './differential.js';
import { ELEMENTS } from './random/program.js';

const FAR = [0, 1, -1, 3, 100, -100, 2147483647, -2147483648];

describe('array.dynamic_slice', () => {
  for (const element of ELEMENTS)
    check(`of ${element}`, () =>
      over([[33], [4, 19], [3, 2, 17]], (shape, dynamic) => {
        const sizes = shape.map((d) => d >> 1);
        const [from, to] = [type(element, shape, dynamic), type(element, sizes)];
        return {
          text: `func.func @main(%x: ${from}, ${shape.map((_, d) => `%i${d}: tensor<i32>`).join(', ')}) -> ${to} {
  %0 = array.dynamic_slice %x [${shape.map((_, d) => `%i${d}`).join(', ')}] sizes = [${sizes.join(', ')}] : ${from}, tensor<i32> to ${to}
  return %0 : ${to}
}`,
          args: [tensor(element, shape), ...shape.map((_, d) => integers('i32', [], [d + 1]))],
        };
      }),
    );
  check('moves windows inside', () =>
    FAR.map(
      (at): Case => ({
        text: `func.func @main(%x: tensor<?xf32>, %i: tensor<i64>, %u: tensor<ui64>) -> (tensor<5xf32>, tensor<0xf32>, tensor<5xf32>) {
  %0 = array.dynamic_slice %x [%i] sizes = [5] : tensor<?xf32>, tensor<i64> to tensor<5xf32>
  %1 = array.dynamic_slice %x [%i] sizes = [0] : tensor<?xf32>, tensor<i64> to tensor<0xf32>
  %2 = array.dynamic_slice %x [%u] sizes = [5] : tensor<?xf32>, tensor<ui64> to tensor<5xf32>
  return %0, %1, %2 : tensor<5xf32>, tensor<0xf32>, tensor<5xf32>
}`,
        args: [
          tensor('f32', [9]),
          { shape: [], data: BigInt64Array.of(BigInt(at) * 2n ** 31n + 2n) },
          { shape: [], data: BigUint64Array.of(BigInt.asUintN(64, BigInt(at) * 2n ** 31n + 2n)) },
        ],
      }),
    ),
  );
});

describe('array.dynamic_update_slice', () => {
  for (const element of ELEMENTS)
    check(`of ${element}`, () =>
      over([[33], [4, 19], [3, 2, 17]], (shape, dynamic) => {
        const sizes = shape.map((d) => (d + 1) >> 1);
        const [from, update] = [type(element, shape, dynamic), type(element, sizes, dynamic.slice(0, 1))];
        return {
          text: `func.func @main(%x: ${from}, %u: ${update}, ${shape.map((_, d) => `%i${d}: tensor<i64>`).join(', ')}) -> ${from} {
  %0 = array.dynamic_update_slice %x, %u [${shape.map((_, d) => `%i${d}`).join(', ')}] : ${from}, ${update}, tensor<i64>
  return %0 : ${from}
}`,
          args: [tensor(element, shape), tensor(element, sizes), ...shape.map((_, d) => integers('i64', [], [d]))],
        };
      }),
    );
  check('over an operand that dies, and over one that does not', () =>
    FAR.map(
      (at): Case => ({
        text: `func.func @main(%x: tensor<9xf32>, %u: tensor<3xf32>, %i: tensor<i32>) -> (tensor<9xf32>, tensor<9xf32>) {
  %0 = array.exp %x : tensor<9xf32>
  %1 = array.dynamic_update_slice %0, %u [%i] : tensor<9xf32>, tensor<3xf32>, tensor<i32>
  %2 = array.dynamic_update_slice %1, %u [%i] : tensor<9xf32>, tensor<3xf32>, tensor<i32>
  %3 = array.add %1, %2 : tensor<9xf32>
  return %2, %3 : tensor<9xf32>, tensor<9xf32>
}`,
        args: [tensor('f32', [9]), tensor('f32', [3]), integers('i32', [], [at])],
      }),
    ),
  );
});

describe('array.gather', () => {
  for (const element of ELEMENTS)
    check(`rows of ${element}`, () =>
      over([[5, 7]], (shape, dynamic) => {
        const [from, index] = [type(element, shape, dynamic.slice(0, 1)), type('i32', [8], dynamic.slice(0, 1))];
        const to = type(element, [8, 7], dynamic.slice(0, 1));
        return {
          text: `func.func @main(%x: ${from}, %i: ${index}) -> ${to} {
  %0 = array.gather %x, %i window = [1] collapsed = [0] map = [0] vector = 1 sizes = [1, 7] : ${from}, ${index} to ${to}
  return %0 : ${to}
}`,
          args: [tensor(element, shape), integers('i32', [8], FAR)],
        };
      }),
    );
  check('elements, windows, batches', () => [
    {
      text: `func.func @main(%x: tensor<5x7xf32>, %i: tensor<4x2xi64>) -> (tensor<4xf32>, tensor<2x4x3xf32>) {
  %0 = array.gather %x, %i collapsed = [0, 1] map = [0, 1] vector = 1 sizes = [1, 1] : tensor<5x7xf32>, tensor<4x2xi64> to tensor<4xf32>
  %1 = array.gather %x, %i window = [0, 2] map = [1, 0] vector = 1 sizes = [2, 3] : tensor<5x7xf32>, tensor<4x2xi64> to tensor<2x4x3xf32>
  return %0, %1 : tensor<4xf32>, tensor<2x4x3xf32>
}`,
      args: [tensor('f32', [5, 7]), integers('i64', [4, 2], [0, 1, 4, 6, 9, -3, 2, 5])],
    },
    {
      text: `func.func @main(%x: tensor<?x7xi16>, %i: tensor<3x?xi8>) -> tensor<?x3x2xi16> {
  %0 = array.gather %x, %i window = [2] batching = [0] x [1] map = [1] vector = 2 sizes = [1, 2] : tensor<?x7xi16>, tensor<3x?xi8> to tensor<3x?x2xi16>
  %1 = array.transpose %0 perm = [1, 0, 2] : tensor<3x?x2xi16> to tensor<?x3x2xi16>
  return %1 : tensor<?x3x2xi16>
}`,
      args: [tensor('i16', [4, 7]), { shape: [3, 4], data: Int8Array.of(0, 1, 2, 3, 4, 5, 6, 7, -1, -128, 127, 3) }],
    },
    {
      text: `func.func @main(%x: tensor<5xf32>, %i: tensor<0xi32>) -> tensor<0xf32> {
  %0 = array.gather %x, %i collapsed = [0] map = [0] vector = 1 sizes = [1] : tensor<5xf32>, tensor<0xi32> to tensor<0xf32>
  return %0 : tensor<0xf32>
}`,
      args: [tensor('f32', [5]), integers('i32', [0], [])],
    },
  ]);
  check('with producers and consumers', () => [
    {
      text: `func.func @main(%x: tensor<?x16xf32>, %i: tensor<?xi32>, %z: tensor<f32>) -> tensor<?xf32> {
  %0 = array.exp %x : tensor<?x16xf32>
  %1 = array.gather %0, %i window = [1] collapsed = [0] map = [0] vector = 1 sizes = [1, 16] : tensor<?x16xf32>, tensor<?xi32> to tensor<?x16xf32>
  %2 = array.mul %1, %1 : tensor<?x16xf32>
  %3 = array.reduce add %2 init %z dims = [1] : tensor<?x16xf32>, tensor<f32> to tensor<?xf32>
  return %3 : tensor<?xf32>
}`,
      args: [tensor('f32', [6, 16]), integers('i32', [8], FAR), { shape: [], data: Float32Array.of(0) }],
    },
  ]);
  check('inside of kernels that also read the table, point by point or as a row', () => [
    {
      // The table dies: its memory is not the result's.
      text: `func.func @main(%a: tensor<8xf32>, %i: tensor<8xi32>) -> (tensor<8xf32>, tensor<3x8xf32>) {
  %x = array.exp %a : tensor<8xf32>
  %0 = array.gather %x, %i collapsed = [0] map = [0] vector = 1 sizes = [1] : tensor<8xf32>, tensor<8xi32> to tensor<8xf32>
  %1 = array.sub %0, %x : tensor<8xf32>
  %y = array.neg %1 : tensor<8xf32>
  %2 = array.gather %y, %i collapsed = [0] map = [0] vector = 1 sizes = [1] : tensor<8xf32>, tensor<8xi32> to tensor<8xf32>
  %3 = array.mul %2, %y : tensor<8xf32>
  %4 = array.broadcast %3 dims = [1] : tensor<8xf32> to tensor<3x8xf32>
  return %1, %4 : tensor<8xf32>, tensor<3x8xf32>
}`,
      args: [tensor('f32', [8]), integers('i32', [8], FAR)],
    },
    {
      // A sum of rows, its rows at other places, and a softmax of what was found there.
      text: `func.func @main(%x: tensor<6x17xf32>, %i: tensor<6xui8>, %z: tensor<f32>) -> (tensor<6xf32>, tensor<6x17xf32>) {
  %e = array.exp %x : tensor<6x17xf32>
  %s = array.reduce add %e init %z dims = [1] : tensor<6x17xf32>, tensor<f32> to tensor<6xf32>
  %g = array.gather %s, %i collapsed = [0] map = [0] vector = 1 sizes = [1] : tensor<6xf32>, tensor<6xui8> to tensor<6xf32>
  %b = array.broadcast %g dims = [0] : tensor<6xf32> to tensor<6x17xf32>
  %d = array.div %e, %b : tensor<6x17xf32>
  %m = array.reduce max %d init %z dims = [1] : tensor<6x17xf32>, tensor<f32> to tensor<6xf32>
  %n = array.broadcast %m dims = [0] : tensor<6xf32> to tensor<6x17xf32>
  %r = array.sub %d, %n : tensor<6x17xf32>
  return %s, %r : tensor<6xf32>, tensor<6x17xf32>
}`,
      args: [
        tensor('f32', [6, 17]),
        { shape: [6], data: Uint8Array.of(0, 5, 3, 255, 3, 7) },
        { shape: [], data: Float32Array.of(0) },
      ],
    },
  ]);
  for (const index of ['i64', 'i8', 'ui8', 'ui32'] as const)
    check(`single elements by ${index} vectors, computed and stored`, () => [
      {
        text: `func.func @main(%x: tensor<2x3x5x4xi32>, %i: tensor<7x2x${index}>) -> (tensor<2x7x4xi32>, tensor<7x2xi32>) {
  %0 = array.gather %x, %i window = [0, 2] collapsed = [1, 2] map = [2, 1] vector = 1 sizes = [2, 1, 1, 4] : tensor<2x3x5x4xi32>, tensor<7x2x${index}> to tensor<2x7x4xi32>
  %1 = array.add %i, %i : tensor<7x2x${index}>
  %2 = array.gather %x, %1 window = [1] collapsed = [1, 2, 3] map = [1, 3] vector = 1 sizes = [2, 1, 1, 1] : tensor<2x3x5x4xi32>, tensor<7x2x${index}> to tensor<7x2xi32>
  return %0, %2 : tensor<2x7x4xi32>, tensor<7x2xi32>
}`,
        args: [tensor('i32', [2, 3, 5, 4]), tensor(index, [7, 2])],
      },
    ]);
  check('known indices, in runs and in any order', () =>
    [
      [2, 1, 0, 3],
      [0, 2, 4, 6],
      [6, 5, 4, 3],
      [5, 5, 5, 5],
      [-7, 9, 1, 2],
    ].map(
      (at): Case => ({
        text: `func.func @main(%x: tensor<3x7x5xi16>) -> (tensor<3x4x5xi16>, tensor<3x5x4xi16>) {
  %i = array.constant dense<[${at.join(', ')}]> : tensor<4xi32>
  %0 = array.gather %x, %i window = [0, 2] collapsed = [1] map = [1] vector = 1 sizes = [3, 1, 5] : tensor<3x7x5xi16>, tensor<4xi32> to tensor<3x4x5xi16>
  %1 = array.gather %x, %i window = [0, 1] collapsed = [1] map = [1] vector = 1 sizes = [3, 1, 5] : tensor<3x7x5xi16>, tensor<4xi32> to tensor<3x5x4xi16>
  return %0, %1 : tensor<3x4x5xi16>, tensor<3x5x4xi16>
}`,
        args: [tensor('i16', [3, 7, 5])],
      }),
    ),
  );
});

describe('array.scatter', () => {
  for (const element of ELEMENTS) {
    const scalar = element.replace('ui', 'i');
    const add = scalar === 'i1' ? 'arith.ori' : scalar.startsWith('f') ? 'arith.addf' : 'arith.addi';
    check(`adds to elements of ${element}, some twice and some outside`, () =>
      over([[5]], (shape, dynamic) => {
        const [t, u, i] = [type(element, shape, dynamic), type(element, [10], dynamic), type('i32', [10], dynamic)];
        return {
          text: `func.func @main(%x: ${t}, %i: ${i}, %u: ${u}) -> ${t} {
  %0 = array.scatter %x at %i updates %u collapsed = [0] map = [0] vector = 1 : ${t}, ${i}, ${u} body(%a: ${scalar}, %b: ${scalar}) {
    %1 = ${add} %a, %b : ${scalar}
    array.yield %1 : ${scalar}
  }
  return %0 : ${t}
}`,
          args: [tensor(element, shape), integers('i32', [10], [...FAR, 3, 1]), tensor(element, [10])],
        };
      }),
    );
  }
  check('windows: the last of equal indices wins', () => [
    {
      text: `func.func @main(%x: tensor<6x9xf32>, %i: tensor<4x2xi64>, %u: tensor<4x2x3xf32>) -> tensor<6x9xf32> {
  %n = array.neg %x : tensor<6x9xf32>
  %0 = array.scatter %n at %i updates %u window = [1, 2] map = [0, 1] vector = 1 : tensor<6x9xf32>, tensor<4x2xi64>, tensor<4x2x3xf32> body(%a: f32, %b: f32) {
    array.yield %b : f32
  }
  return %0 : tensor<6x9xf32>
}`,
      args: [tensor('f32', [6, 9]), integers('i64', [4, 2], [0, 1, 5, 7, 1, 2, -1, 3]), tensor('f32', [4, 2, 3])],
    },
  ]);
  check('several inputs, batches', () => [
    {
      text: `func.func @main(%x: tensor<3x?xf32>, %y: tensor<3x?xi32>, %i: tensor<?x3xi32>, %u: tensor<?x3xf32>, %v: tensor<?x3xi32>) -> (tensor<3x?xf32>, tensor<3x?xi32>) {
  %0:2 = array.scatter %x, %y at %i updates %u, %v collapsed = [1] batching = [0] x [1] map = [1] vector = 2 : tensor<3x?xf32>, tensor<3x?xi32>, tensor<?x3xi32>, tensor<?x3xf32>, tensor<?x3xi32> body(%a: f32, %b: i32, %c: f32, %d: i32) {
    %1 = arith.cmpf ogt, %c, %a : f32
    %2 = arith.select %1, %c, %a : f32
    %3 = arith.select %1, %d, %b : i32
    array.yield %2, %3 : f32, i32
  }
  return %0#0, %0#1 : tensor<3x?xf32>, tensor<3x?xi32>
}`,
      args: [
        tensor('f32', [3, 7]),
        tensor('i32', [3, 7]),
        integers('i32', [4, 3], [0, 1, 2, 0, 1, 2, 6, 7, -1, 3, 3, 3]),
        tensor('f32', [4, 3]),
        tensor('i32', [4, 3]),
      ],
    },
  ]);
});

test.each<readonly [what: string, text: string, args: readonly TestArgument[], message: string]>([
  [
    'a concatenation of other shapes',
    `func.func @main(%x: tensor<?x?xf32>, %y: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %0 = array.concat %x, %y dim = 1 : tensor<?x?xf32>, tensor<?x?xf32> to tensor<?x?xf32>
  return %0 : tensor<?x?xf32>
}`,
    [tensor('f32', [3, 2]), tensor('f32', [4, 2])],
    'dimension 0 of argument 1',
  ],
  [
    'a window larger than the tensor',
    `func.func @main(%x: tensor<?xf32>, %i: tensor<i32>) -> tensor<5xf32> {
  %0 = array.dynamic_slice %x [%i] sizes = [5] : tensor<?xf32>, tensor<i32> to tensor<5xf32>
  return %0 : tensor<5xf32>
}`,
    [tensor('f32', [4]), integers('i32', [], [0])],
    'dimension 0 of argument 0',
  ],
  [
    'more updates than indices',
    `func.func @main(%x: tensor<5xf32>, %i: tensor<?xi32>, %u: tensor<?xf32>) -> tensor<5xf32> {
  %0 = array.scatter %x at %i updates %u collapsed = [0] map = [0] vector = 1 : tensor<5xf32>, tensor<?xi32>, tensor<?xf32> body(%a: f32, %b: f32) {
    array.yield %b : f32
  }
  return %0 : tensor<5xf32>
}`,
    [tensor('f32', [5]), integers('i32', [2], [0, 1]), tensor('f32', [3])],
    'dimension 0 of argument 2',
  ],
  [
    'an extreme of nothing',
    `func.func @main(%x: tensor<?xf32>) -> tensor<i32> {
  %0 = array.argmax %x dim = 0 : tensor<?xf32> to tensor<i32>
  return %0 : tensor<i32>
}`,
    [tensor('f32', [0])],
    'dimension 0 of argument 0',
  ],
  [
    'a source that has not one value for each window',
    `func.func @main(%x: tensor<?xf32>, %s: tensor<?xf32>, %z: tensor<f32>) -> tensor<?xf32> {
  %0 = array.select_and_scatter %x source %s init %z window = [2] strides = [2] : tensor<?xf32>, tensor<?xf32>, tensor<f32> select(%a: f32, %b: f32) {
    %1 = arith.cmpf oge, %a, %b : f32
    array.yield %1 : i1
  } scatter(%c: f32, %d: f32) {
    %2 = arith.addf %c, %d : f32
    array.yield %2 : f32
  }
  return %0 : tensor<?xf32>
}`,
    [tensor('f32', [8]), tensor('f32', [5]), tensor('f32', [])],
    'dimension 0 of argument 1',
  ],
])('%s is refused when called', (_, text, args, message) => {
  expect(() => runCompiled(text, args, { level: 3, numerics: 'strict', target: PLAIN })).toThrow(message);
});
