// Programs that once failed, in every configuration.
import { describe, expect, test } from 'vitest';
import { tensor } from './arguments.js';
import { CONFIGURATIONS, compareProgram, describeConfiguration, type TestArgument } from './differential.js';

const PROGRAMS: readonly (readonly [name: string, text: string, args: readonly TestArgument[]])[] = [
  [
    'a row that is cut has a size known at run time, two dimensions further in',
    `func.func @main(%x: tensor<?x7x7x?xf32>) -> (tensor<?x6x7x?xf32>) {
  %r = array.slice %x [0:?:1, 1:7:1, 0:7:1, 0:?:1] : tensor<?x7x7x?xf32> to tensor<?x6x7x?xf32>
  return %r : tensor<?x6x7x?xf32>
}`,
    [tensor('f32', [3, 7, 7, 5])],
  ],
  [
    'a sum that a loop passes on is not computed behind the loop',
    `func.func @main(%x: tensor<3x32x17xf32>, %z: tensor<f32>, %y: tensor<3x32xf32>) -> (tensor<3x32xf32>) {
  %s = array.reduce add %x init %z dims = [2] : tensor<3x32x17xf32>, tensor<f32> to tensor<3x32xf32>
  %l = loop.for %i = 0 to 2 iter_args(%a = %y) -> (tensor<3x32xf32>) {
    loop.yield %s : tensor<3x32xf32>
  }
  %r = array.sub %l, %s : tensor<3x32xf32>
  return %r : tensor<3x32xf32>
}`,
    [tensor('f32', [3, 32, 17]), tensor('f32', []), tensor('f32', [3, 32], 2)],
  ],
  [
    'what a kernel passes on as it came is not written over',
    `func.func @main(%x: tensor<31xui64>, %y: tensor<11x3xui64>, %z: tensor<11x3xui64>) -> (tensor<11x3xui64>, tensor<11x3xui64>) {
  %p = array.pack %x inner_dims_pos = [0] inner_tiles = [3] padding 2 : ui64 : tensor<31xui64> to tensor<11x3xui64>
  %c = array.clamp %y, %p, %z : tensor<11x3xui64>
  return %p, %c : tensor<11x3xui64>, tensor<11x3xui64>
}`,
    [tensor('ui64', [31]), tensor('ui64', [11, 3], 2), tensor('ui64', [11, 3], 3)],
  ],
  [
    'memory that a loop inside of a loop leaves is not that of the next iteration',
    `func.func @main(%arg0: tensor<5x7x33xf32>) -> tensor<5x7x33xf32> {
  %0:2 = loop.for %i = 0 to 4 iter_args(%arg1 = %arg0, %arg2 = %arg0) -> (tensor<5x7x33xf32>, tensor<5x7x33xf32>) {
    %c0_i32 = arith.constant 0 : i32
    %c1_i32 = arith.constant 1 : i32
    %1:4 = loop.while (%arg3 = %arg0, %arg4 = %arg2, %arg5 = %arg0, %arg6 = %c0_i32) : (tensor<5x7x33xf32>, tensor<5x7x33xf32>, tensor<5x7x33xf32>, i32) -> (tensor<5x7x33xf32>, tensor<5x7x33xf32>, tensor<5x7x33xf32>, i32) {
      %4 = arith.cmpi eq, %arg6, %c0_i32 : i32
      loop.condition(%4) %arg3, %arg4, %arg5, %arg6 : tensor<5x7x33xf32>, tensor<5x7x33xf32>, tensor<5x7x33xf32>, i32
    } do {
    ^bb0(%arg3: tensor<5x7x33xf32>, %arg4: tensor<5x7x33xf32>, %arg5: tensor<5x7x33xf32>, %arg6: i32):
      %4 = arith.addi %arg6, %c1_i32 : i32
      loop.yield %arg0, %arg0, %arg0, %4 : tensor<5x7x33xf32>, tensor<5x7x33xf32>, tensor<5x7x33xf32>, i32
    }
    %2 = array.mul %1#1, %1#1 : tensor<5x7x33xf32>
    %3:2 = loop.for %i_0 = 0 to 2 iter_args(%arg3 = %1#1, %arg4 = %2) -> (tensor<5x7x33xf32>, tensor<5x7x33xf32>) {
      %4 = array.reverse %arg4 dims = [2] : tensor<5x7x33xf32>
      loop.yield %4, %4 : tensor<5x7x33xf32>, tensor<5x7x33xf32>
    }
    loop.yield %3#1, %1#1 : tensor<5x7x33xf32>, tensor<5x7x33xf32>
  }
  return %0#0 : tensor<5x7x33xf32>
}`,
    [tensor('f32', [5, 7, 33])],
  ],
  [
    'sizes are no factors of what is reduced',
    `func.func @main(%n: index) -> tensor<f32> {
  %two = arith.constant 2 : index
  %b = arith.cmpi sgt, %n, %two : index
  %0 = array.full 2.0 : f32, tensor<?x?x16xf32> (%n, %n)
  %z = array.constant dense<0.0> : tensor<f32>
  %r = loop.if %b -> (tensor<f32>) {
    %1 = array.reduce max %0 init %z dims = [0, 1, 2] : tensor<?x?x16xf32>, tensor<f32> to tensor<f32>
    loop.yield %1 : tensor<f32>
  } else {
    loop.yield %z : tensor<f32>
  }
  return %r : tensor<f32>
}`,
    [3],
  ],
  [
    'nothing is cut out behind the last of the tensors side by side',
    `func.func @main(%x: tensor<4x3x7xi1>) -> (tensor<0x3x0xi1>) {
  %c = array.concat %x, %x dim = 2 : tensor<4x3x7xi1>, tensor<4x3x7xi1> to tensor<4x3x14xi1>
  %r = array.slice %c [1:1:1, 0:3:1, 14:14:1] : tensor<4x3x14xi1> to tensor<0x3x0xi1>
  return %r : tensor<0x3x0xi1>
}`,
    [tensor('i1', [4, 3, 7])],
  ],
  [
    'an empty tensor of complex numbers is zero',
    `func.func @main() -> (tensor<3xcomplex<f64>>) {
  %r = array.empty : tensor<3xcomplex<f64>>
  return %r : tensor<3xcomplex<f64>>
}`,
    [],
  ],
  [
    'tiles of complex numbers are padded',
    `func.func @main(%x: tensor<5xcomplex<f32>>) -> (tensor<2x4xcomplex<f32>>) {
  %r = array.pack %x inner_dims_pos = [0] inner_tiles = [4] padding [100.0 : f32, 1.0 : f32] : tensor<5xcomplex<f32>> to tensor<2x4xcomplex<f32>>
  return %r : tensor<2x4xcomplex<f32>>
}`,
    [tensor('complex<f32>', [5])],
  ],
  [
    'behind the end of computed sizes there is padding',
    `func.func @main(%x: tensor<?xf32>) -> (tensor<?xf32>) {
  %0 = array.slice %x [3:?:2] : tensor<?xf32> to tensor<?xf32>
  %r = array.pad %0 low = [0] high = [3] value 2.0 : f32 : tensor<?xf32> to tensor<?xf32>
  return %r : tensor<?xf32>
}`,
    [tensor('f32', [16])],
  ],
  [
    'two inputs of a kernel are one buffer of complex numbers',
    `func.func @main(%x: tensor<16x5xcomplex<f64>>) -> (tensor<1x16x5xcomplex<f64>>) {
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %two = arith.constant 2 : i32
  %w:2 = loop.while (%a = %x, %i = %zero) : (tensor<16x5xcomplex<f64>>, i32) -> (tensor<16x5xcomplex<f64>>, i32) {
    %go = arith.cmpi slt, %i, %two : i32
    loop.condition(%go) %a, %i : tensor<16x5xcomplex<f64>>, i32
  } do {
  ^bb0(%b: tensor<16x5xcomplex<f64>>, %j: i32):
    %k = arith.addi %j, %one : i32
    loop.yield %b, %k : tensor<16x5xcomplex<f64>>, i32
  }
  %s = array.add %w#0, %x : tensor<16x5xcomplex<f64>>
  %r = array.broadcast %s dims = [1, 2] : tensor<16x5xcomplex<f64>> to tensor<1x16x5xcomplex<f64>>
  return %r : tensor<1x16x5xcomplex<f64>>
}`,
    [tensor('complex<f64>', [16, 5])],
  ],
  [
    'transforms of a long dimension and of one of a single element share no buffer',
    `func.func @main(%x: tensor<64x1x3xf64>) -> (tensor<64x1x2xf64>) {
  %0 = array.fft rfft %x length = [64, 1, 3] : tensor<64x1x3xf64> to tensor<64x1x2xcomplex<f64>>
  %r = array.imag %0 : tensor<64x1x2xcomplex<f64>>
  return %r : tensor<64x1x2xf64>
}`,
    [tensor('f64', [64, 1, 3])],
  ],
  [
    'and a row that is padded',
    `func.func @main(%x: tensor<2x3x?xf32>) -> (tensor<2x6x?xf32>) {
  %0 = array.reshape %x : tensor<2x3x?xf32> to tensor<6x?xf32>
  %1 = array.reshape %0 : tensor<6x?xf32> to tensor<2x3x?xf32>
  %r = array.pad %1 low = [0, 1, 0] high = [0, 2, 0] value 1.0 : f32 : tensor<2x3x?xf32> to tensor<2x6x?xf32>
  return %r : tensor<2x6x?xf32>
}`,
    [tensor('f32', [2, 3, 5])],
  ],
  [
    'masks are read with a stride',
    `func.func @main(%x: tensor<17x31xi1>) -> (tensor<17x4xi1>) {
  %r = array.slice %x [0:17:1, 19:31:3] : tensor<17x31xi1> to tensor<17x4xi1>
  return %r : tensor<17x4xi1>
}`,
    [tensor('i1', [17, 31])],
  ],
  [
    'vectors of masks alone are as long as registers of bytes allow',
    `func.func @main(%x: tensor<?xi1>, %y: tensor<?xi1>) -> (tensor<?xi1>) {
  %r = array.cmp eq, %x, %y : tensor<?xi1>
  return %r : tensor<?xi1>
}`,
    [tensor('i1', [133]), tensor('i1', [133], 2)],
  ],
  [
    'a truth value is repeated along a row',
    `func.func @main(%x: tensor<i1>) -> (tensor<1x32xi1>) {
  %r = array.broadcast %x dims = [] : tensor<i1> to tensor<1x32xi1>
  return %r : tensor<1x32xi1>
}`,
    [tensor('i1', [])],
  ],
  [
    'rows of six are no mask of six lanes',
    `func.func @main(%x: tensor<2x3x6xf64>, %y: tensor<2x3x6xf64>) -> (tensor<2x3x6xf64>, tensor<2x3x6xi1>) {
  %c = array.cast %y : tensor<2x3x6xf64> to tensor<2x3x6xi1>
  %r = array.select %c, %x, %y : tensor<2x3x6xf64>
  return %r, %c : tensor<2x3x6xf64>, tensor<2x3x6xi1>
}`,
    [tensor('f64', [2, 3, 6]), tensor('f64', [2, 3, 6], 2)],
  ],
  [
    'a reduction over several dynamic dimensions divides by their sizes',
    `func.func @main(%x: tensor<?x?xui8>, %z: tensor<ui8>) -> (tensor<ui8>) {
  %r = array.reduce xor %x init %z dims = [0, 1] : tensor<?x?xui8>, tensor<ui8> to tensor<ui8>
  return %r : tensor<ui8>
}`,
    [tensor('ui8', [33, 70]), tensor('ui8', [])],
  ],
  [
    'sizes of 0 do not trap in code that is moved out of loops',
    `func.func @main(%x: tensor<?x?xf32>, %z: tensor<f32>) -> (tensor<f32>) {
  %r = array.reduce add %x init %z dims = [0, 1] : tensor<?x?xf32>, tensor<f32> to tensor<f32>
  return %r : tensor<f32>
}`,
    [tensor('f32', [5, 0]), tensor('f32', [])],
  ],
  [
    'a buffer of run-time size that only one phase is left to use',
    `func.func @main(%x: tensor<?x0xi16>, %z: tensor<i16>) -> (tensor<?xi16>) {
  %s = array.reduce add %x init %z dims = [1] : tensor<?x0xi16>, tensor<i16> to tensor<?xi16>
  %r = array.xor %s, %s : tensor<?xi16>
  return %r : tensor<?xi16>
}`,
    [tensor('i16', [7, 0]), tensor('i16', [])],
  ],
  [
    'a result that folds to a constant',
    `func.func @main(%x: tensor<i1>) -> (tensor<5x8xi1>) {
  %a = array.broadcast %x dims = [] : tensor<i1> to tensor<5x8xi1>
  %b = array.broadcast %x dims = [] : tensor<i1> to tensor<5x8xi1>
  %r = array.xor %a, %b : tensor<5x8xi1>
  return %r : tensor<5x8xi1>
}`,
    [tensor('i1', [])],
  ],
  [
    'a fold over two results without a known identity',
    `func.func @main(%x: tensor<5x33xf32>) -> (tensor<5xf32>, tensor<5xi32>) {
  %i = array.iota dim = 1 : tensor<5x33xi32>
  %l = array.full 0xFF800000 : f32, tensor<f32>
  %z = array.full 0 : i32, tensor<i32>
  %r:2 = array.reduce %x, %i init %l, %z dims = [1] : tensor<5x33xf32>, tensor<5x33xi32>, tensor<f32>, tensor<i32> to tensor<5xf32>, tensor<5xi32> body(%a: f32, %b: i32, %c: f32, %d: i32) {
    %p = arith.cmpf ogt, %c, %a : f32
    %m = arith.select %p, %c, %a : f32
    %n = arith.select %p, %d, %b : i32
    array.yield %m, %n : f32, i32
  }
  return %r#0, %r#1 : tensor<5xf32>, tensor<5xi32>
}`,
    [tensor('f32', [5, 33])],
  ],
  [
    'sizes that depend on each other in a circle of reshapes',
    `func.func @main(%x: tensor<?x3xf64>, %y: tensor<f64>) -> (tensor<3x?xf64>, tensor<3x?xf64>) {
  %a = array.reshape %x : tensor<?x3xf64> to tensor<3x?xf64>
  %n = array.dim %x, 0 : tensor<?x3xf64>
  %b = array.broadcast %y dims = [] sizes(%n) : tensor<f64> to tensor<3x?xf64>
  %c = array.add %a, %b : tensor<3x?xf64>
  %d = array.add %b, %b : tensor<3x?xf64>
  return %c, %d : tensor<3x?xf64>, tensor<3x?xf64>
}`,
    [tensor('f64', [7, 3]), tensor('f64', [])],
  ],
];

describe.each(PROGRAMS)('%s', (_, text, args) => {
  test.each(CONFIGURATIONS.map((c) => [describeConfiguration(c), c] as const))('%s', (__, configuration) => {
    expect(compareProgram(text, args, configuration)).toBeUndefined();
  });
});

const HARD = [
  0,
  -0,
  1,
  -1,
  0.5,
  3,
  -7.25,
  1e-40,
  5e-324,
  1.1754943508222875e-38,
  2.2250738585072014e-308,
  16777217,
  3e38,
  1.7e308,
  -9.3e18,
  NaN,
  Infinity,
  -Infinity,
];

test.each(['f32', 'f64'] as const)('remainders of all pairs of hard %s numbers are those of JavaScript', (element) => {
  const make = element === 'f32' ? (a: number[]) => Float32Array.from(a) : (a: number[]) => Float64Array.from(a);
  const x = make(HARD.flatMap((a) => HARD.map(() => a)));
  const y = make(HARD.flatMap(() => HARD));
  const text = `func.func @main(%x: tensor<?x${element}>, %y: tensor<?x${element}>) -> (tensor<?x${element}>) {
  %r = array.rem %x, %y : tensor<?x${element}>
  return %r : tensor<?x${element}>
}`;
  for (const configuration of CONFIGURATIONS) {
    const args = [x, y].map((data) => ({ shape: [data.length], data }));
    expect(compareProgram(text, args, configuration)).toBeUndefined();
  }
});
