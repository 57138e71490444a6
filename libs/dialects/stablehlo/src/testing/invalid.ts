// Wrong ops: id of the diagnostic, parameters of a function, its body, and a part of the message.

import { type Case, T, X, XY } from './invalid-operands.js';
import { CALLS, CHLO, COLLECTIVES, INDEXED, REGIONS } from './invalid-regions.js';

const ELEMENTWISE: readonly Case[] = [
  [
    'stablehlo.same-types',
    `${X}, %y: tensor<4xf64>`,
    '%0 = "stablehlo.remainder"(%x, %y) : (tensor<4xf32>, tensor<4xf64>) -> tensor<4xf32>',
    'compatible types',
  ],
  [
    'stablehlo.result-type',
    X,
    '%0 = stablehlo.real %x : (tensor<4xf32>) -> tensor<4xf64>',
    'compatible with tensor<4xf32>, got tensor<4xf64>',
  ],
  [
    'stablehlo.compare-type',
    X,
    '%0 = stablehlo.compare LT, %x, %x, SIGNED : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>',
    'SIGNED does not go with elements of type f32',
  ],
  [
    'stablehlo.compare-complex',
    '%x: tensor<4xcomplex<f32>>',
    '%0 = stablehlo.compare LT, %x, %x, FLOAT : (tensor<4xcomplex<f32>>, tensor<4xcomplex<f32>>) -> tensor<4xi1>',
    'only the comparisons EQ and NE',
  ],
  [
    'stablehlo.select-shape',
    `${X}, %p: tensor<5xi1>`,
    '%0 = stablehlo.select %p, %x, %x : tensor<5xi1>, tensor<4xf32>',
    'a predicate that is a scalar',
  ],
  [
    'stablehlo.clamp-bound',
    `${X}, %a: tensor<5xf32>`,
    '%0 = stablehlo.clamp %a, %x, %x : (tensor<5xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>',
    "requires 'min'",
  ],
  [
    'stablehlo.bitcast-shape',
    X,
    '%0 = stablehlo.bitcast_convert %x : (tensor<4xf32>) -> tensor<4xf64>',
    'as many bits',
  ],
  [
    'stablehlo.bitcast-complex',
    '%x: tensor<4xcomplex<f32>>',
    '%0 = stablehlo.bitcast_convert %x : (tensor<4xcomplex<f32>>) -> tensor<4xf64>',
    'both or none',
  ],
  [
    'stablehlo.exponent-bits',
    X,
    '%0 = stablehlo.reduce_precision %x, format = e0m10 : tensor<4xf32>',
    'at least 1 bit',
  ],
  [
    'stablehlo.mantissa-bits',
    X,
    '%0 = "stablehlo.reduce_precision"(%x) {exponent_bits = 5 : i32, mantissa_bits = -1 : i32} : (tensor<4xf32>) -> tensor<4xf32>',
    'got -1',
  ],
  [
    'stablehlo.quantize-expressed',
    '%x: tensor<4xf64>',
    '%0 = stablehlo.uniform_quantize %x : (tensor<4xf64>) -> tensor<4x!quant.uniform<i8:f32, 5.0e-01>>',
    'f32 numbers, got f64',
  ],
  [
    'stablehlo.constant-type',
    '',
    '%0 = "stablehlo.constant"() {value = dense<1> : tensor<4xi32>} : () -> tensor<5xi32>',
    'a value that goes with tensor<5xi32>',
  ],
  ['stablehlo.iota-rank', '', '%0 = stablehlo.iota dim = 0 : tensor<f32>', 'at least one dimension'],
  ['stablehlo.dimension', '', '%0 = stablehlo.iota dim = 2 : tensor<4x8xf32>', 'must be from 0 to 1, got 2'],
  [
    'stablehlo.shape-operand',
    '%s: tensor<3xi64>',
    '%0 = stablehlo.dynamic_iota %s, dim = 0 : (tensor<3xi64>) -> tensor<?x?xf32>',
    'a shape of 2 sizes',
  ],
];

const MOVEMENT: readonly Case[] = [
  [
    'stablehlo.broadcast-size',
    X,
    '%0 = stablehlo.broadcast_in_dim %x, dims = [0] : (tensor<4xf32>) -> tensor<5x4xf32>',
    'its size must be 1 or 5',
  ],
  [
    'stablehlo.list-length',
    X,
    '%0 = stablehlo.broadcast_in_dim %x, dims = [] : (tensor<4xf32>) -> tensor<4xf32>',
    'must have 1 entry, got 0',
  ],
  [
    'stablehlo.dimension-repeated',
    `%x: ${T}`,
    '%0 = stablehlo.transpose %x, dims = [0, 0] : (tensor<4x8xf32>) -> tensor<4x4xf32>',
    'got 0 twice',
  ],
  [
    'stablehlo.element-type',
    X,
    '%0 = stablehlo.reshape %x : (tensor<4xf32>) -> tensor<4xi32>',
    'elements of type f32, got i32',
  ],
  [
    'stablehlo.reshape-count',
    X,
    '%0 = stablehlo.reshape %x : (tensor<4xf32>) -> tensor<5xf32>',
    'a result of 4 elements',
  ],
  [
    'stablehlo.concatenate-empty',
    '',
    '%0 = "stablehlo.concatenate"() {dimension = 0 : i64} : () -> tensor<4xf32>',
    'at least one operand',
  ],
  [
    'stablehlo.concatenate-shape',
    '%x: tensor<4x8xf32>, %y: tensor<4x9xf32>',
    '%0 = stablehlo.concatenate %x, %y, dim = 0 : (tensor<4x8xf32>, tensor<4x9xf32>) -> tensor<8x8xf32>',
    'one shape but for dimension 0',
  ],
  [
    'stablehlo.value-range',
    `${X}, %v: tensor<f32>`,
    '%0 = stablehlo.pad %x, %v, low = [0], high = [0], interior = [-1] : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>',
    'at least 0, got -1',
  ],
  [
    'stablehlo.pad-size',
    `${X}, %v: tensor<f32>`,
    '%0 = stablehlo.pad %x, %v, low = [-5], high = [0], interior = [0] : (tensor<4xf32>, tensor<f32>) -> tensor<?xf32>',
    'more than there is',
  ],
  [
    'stablehlo.rank',
    '%x: tensor<?xf32>, %v: tensor<f32>, %n: tensor<1xi64>',
    '%0 = stablehlo.dynamic_pad %x, %v, %n, %n, %n : (tensor<?xf32>, tensor<f32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<?x?xf32>',
    'as many dimensions',
  ],
  [
    'stablehlo.slice-range',
    X,
    '%0 = stablehlo.slice %x [1:5] : (tensor<4xf32>) -> tensor<4xf32>',
    '1:5 of dimension 0 must be inside 0:4',
  ],
  [
    'stablehlo.slice-size',
    `${X}, %i: tensor<i32>`,
    '%0 = stablehlo.dynamic_slice %x, %i, sizes = [5] : (tensor<4xf32>, tensor<i32>) -> tensor<5xf32>',
    'must be from 0 to 4',
  ],
  [
    'stablehlo.start-types',
    `%x: ${T}, %i: tensor<i32>, %j: tensor<i64>`,
    '%0 = stablehlo.dynamic_slice %x, %i, %j, sizes = [1, 1] : (tensor<4x8xf32>, tensor<i32>, tensor<i64>) -> tensor<1x1xf32>',
    'start indices of one type',
  ],
  [
    'stablehlo.update-size',
    `${X}, %u: tensor<5xf32>, %i: tensor<i32>`,
    '%0 = stablehlo.dynamic_update_slice %x, %u, %i : (tensor<4xf32>, tensor<5xf32>, tensor<i32>) -> tensor<4xf32>',
    'must not be larger',
  ],
  [
    'stablehlo.dimension-size',
    `${X}, %n: tensor<i32>`,
    '%0 = stablehlo.set_dimension_size %x, %n, dim = 0 : (tensor<4xf32>, tensor<i32>) -> tensor<3xf32>',
    'must be dynamic or 4',
  ],
];

const PRODUCTS: readonly Case[] = [
  [
    'stablehlo.dot-dimensions',
    XY,
    `%0 = stablehlo.dot_general %x, %y, contracting_dims = [1] x [] : (${T}, ${T}) -> tensor<4x4x8xf32>`,
    'as many contracting dimensions',
  ],
  [
    'stablehlo.dot-size',
    XY,
    `%0 = stablehlo.dot_general %x, %y, contracting_dims = [1] x [0] : (${T}, ${T}) -> tensor<4x8xf32>`,
    'must have one size',
  ],
  [
    'stablehlo.dot-rank',
    '%x: tensor<2x3x4xf32>',
    '%0 = stablehlo.dot %x, %x : (tensor<2x3x4xf32>, tensor<2x3x4xf32>) -> tensor<2x4xf32>',
    'vectors or matrices',
  ],
  [
    'stablehlo.einsum-config',
    XY,
    `%0 = stablehlo.einsum %x, %y, config = "ab->ab" : (${T}, ${T}) -> ${T}`,
    'such as "ab,bc->ac"',
  ],
  [
    'stablehlo.einsum-rank',
    XY,
    `%0 = stablehlo.einsum %x, %y, config = "abc,ab->ab" : (${T}, ${T}) -> ${T}`,
    'operand #0',
  ],
  [
    'stablehlo.einsum-letter',
    `%x: ${T}`,
    `%0 = stablehlo.unary_einsum %x, config = "ab->ac" : (${T}) -> ${T}`,
    "'c' of the result",
  ],
  [
    'stablehlo.conv-rank',
    '%x: tensor<1x8x8x3xf32>, %k: tensor<3x3x4xf32>',
    '%0 = stablehlo.convolution(%x, %k) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f], window = {} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x8x8x3xf32>, tensor<3x3x4xf32>) -> tensor<1x6x6x4xf32>',
    'of 4 dimensions',
  ],
  [
    'stablehlo.conv-groups',
    '%x: tensor<2x8x4xf32>, %k: tensor<3x2x4xf32>',
    '%0 = stablehlo.convolution(%x, %k) dim_numbers = [b, 0, f]x[0, i, o]->[b, 0, f], window = {} {batch_group_count = 2 : i64, feature_group_count = 2 : i64} : (tensor<2x8x4xf32>, tensor<3x2x4xf32>) -> tensor<1x6x4xf32>',
    'to be 1',
  ],
  [
    'stablehlo.conv-features',
    '%x: tensor<2x8x4xf32>, %k: tensor<3x3x4xf32>',
    '%0 = stablehlo.convolution(%x, %k) dim_numbers = [b, 0, f]x[0, i, o]->[b, 0, f], window = {} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<2x8x4xf32>, tensor<3x3x4xf32>) -> tensor<2x6x4xf32>',
    'do not go with features 3',
  ],
  [
    'stablehlo.conv-padding',
    '%x: tensor<2x8x4xf32>, %k: tensor<3x4x4xf32>, %p: tensor<2x2xi64>',
    '%0 = "stablehlo.dynamic_conv"(%x, %k, %p) {batch_group_count = 1 : i64, dimension_numbers = #stablehlo.conv<[b, 0, f]x[0, i, o]->[b, 0, f]>, feature_group_count = 1 : i64} : (tensor<2x8x4xf32>, tensor<3x4x4xf32>, tensor<2x2xi64>) -> tensor<2x?x4xf32>',
    'padding of type tensor<1x2xi64>',
  ],
  [
    'stablehlo.fft-length',
    '%x: tensor<4xcomplex<f32>>',
    '%0 = stablehlo.fft %x, type = FFT, length = [] : (tensor<4xcomplex<f32>>) -> tensor<4xcomplex<f32>>',
    '1 to 3 lengths',
  ],
  [
    'stablehlo.fft-element',
    X,
    '%0 = stablehlo.fft %x, type = FFT, length = [4] : (tensor<4xf32>) -> tensor<4xcomplex<f32>>',
    'takes complex numbers',
  ],
  [
    'stablehlo.fft-size',
    '%x: tensor<4xcomplex<f32>>',
    '%0 = stablehlo.fft %x, type = FFT, length = [5] : (tensor<4xcomplex<f32>>) -> tensor<4xcomplex<f32>>',
    'length 5 does not go with dimension 0',
  ],
  ['stablehlo.square', `%x: ${T}`, `%0 = stablehlo.cholesky %x, lower = true : ${T}`, 'square matrices'],
  [
    'stablehlo.solve-shape',
    '%a: tensor<4x4xf32>, %b: tensor<5x4xf32>',
    '%0 = "stablehlo.triangular_solve"(%a, %b) {left_side = true, lower = true, transpose_a = #stablehlo<transpose NO_TRANSPOSE>, unit_diagonal = false} : (tensor<4x4xf32>, tensor<5x4xf32>) -> tensor<5x4xf32>',
    'rows as a has',
  ],
  [
    'stablehlo.solve-transpose',
    '%a: tensor<4x4xf32>',
    '%0 = "stablehlo.triangular_solve"(%a, %a) {left_side = true, lower = true, transpose_a = #stablehlo<transpose TRANSPOSE_INVALID>, unit_diagonal = false} : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>',
    'to be NO_TRANSPOSE',
  ],
  [
    'stablehlo.batch-norm-features',
    `%x: ${T}, %v: tensor<4xf32>`,
    `%0:3 = "stablehlo.batch_norm_training"(%x, %v, %v) {epsilon = 1.0e-03 : f32, feature_index = 1 : i64} : (${T}, tensor<4xf32>, tensor<4xf32>) -> (${T}, tensor<8xf32>, tensor<8xf32>)`,
    'each of the features',
  ],
  [
    'stablehlo.batch-norm-gradient',
    `%x: ${T}, %v: tensor<8xf32>, %g: tensor<4x9xf32>`,
    `%0:3 = "stablehlo.batch_norm_grad"(%x, %v, %v, %v, %g) {epsilon = 1.0e-03 : f32, feature_index = 1 : i64} : (${T}, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<4x9xf32>) -> (${T}, tensor<8xf32>, tensor<8xf32>)`,
    'a gradient of type',
  ],
];

export const CASES: readonly Case[] = [
  ...ELEMENTWISE,
  ...MOVEMENT,
  ...PRODUCTS,
  ...INDEXED,
  ...REGIONS,
  ...CALLS,
  ...COLLECTIVES,
  ...CHLO,
];
