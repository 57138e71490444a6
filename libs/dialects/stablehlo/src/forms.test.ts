// Forms of text beyond the examples of the ops: types, attributes and what JAX writes around programs.
import { expect, test } from 'vitest';
import { errorsOf, roundTrips } from './testing/harness.js';

const signature = (type: string) => `func.func private @f(${type})`;

test.each([
  '!quant.uniform<i8:f32, 5.000000e-01:10>',
  'tensor<4x!quant.uniform<u8<0:254>:f32, 2.500000e-01>>',
  'tensor<2x!quant.uniform<i8<-10:10>:f32:0, {1.000000e+00:2,2.000000e+00}>>',
  'tensor<2x4x!quant.uniform<i8:f32:{0:1, 1:2}, {{1.000000e+00:3, 2.000000e+00}, {3.000000e+00, 4.000000e+00}}>>',
  '!quant.any<i4<-7:7>:f32>',
  '!quant.any<u8>',
  '!quant.calibrated<f32<-9.900000e-01:1.000000e+00>>',
  'tensor<?x4xf32, #stablehlo.bounds<8, ?>>',
  'tuple<tensor<4xf32>, !stablehlo.token>',
  '!stablehlo.future<tensor<4xf32>, tensor<i32>>',
])('type %s comes back as it was', (type) => {
  expect(roundTrips(signature(type))).toContain(type);
});

test.each([
  '#stablehlo.dot<>',
  '#stablehlo.gather<offset_dims = [1], index_vector_dim = 1>',
  '#stablehlo.scatter<update_window_dims = [1], input_batching_dims = [0], scatter_indices_batching_dims = [0]>',
  '#stablehlo.conv<[b, 1, 0, f]x[i, 0, o, 1]->[f, b, 0, 1]>',
  '#stablehlo.channel_handle<handle = 1, type = 0>',
  '#stablehlo.output_operand_alias<output_tuple_indices = [0, 1], operand_index = 2, operand_tuple_indices = []>',
  '#stablehlo.dot_algorithm<lhs_precision_type = tf32, rhs_precision_type = tf32, accumulation_type = f32, lhs_component_count = 1, rhs_component_count = 1, num_primitive_operations = 1, allow_imprecise_accumulation = false>',
  '#stablehlo.result_accuracy<mode = #stablehlo.result_accuracy_mode<HIGHEST>>',
  '#stablehlo.replica_group_mesh_axes<mesh = @m, axes = [#stablehlo.axis_ref<name = "x", sub_axis_info = (1)2>]>',
  '#stablehlo.mesh<axes = [<name = "x", size = 2>]>',
  '#stablehlo<rng_algorithm THREE_FRY>',
  '#chlo.ragged_dot<lhs_contracting_dimensions = [1], rhs_group_dimensions = [0]>',
  '#sdy.sharding<@mesh, [{"x"}, {?}], replicated={"y"}>',
  '#sdy.sharding<@mesh, []>',
  '#sdy.sharding<mesh<["x"=2], device_ids=[1, 0]>, [{"x":(1)2, ?}p1, {}p0], unreduced={"y", "z"}>',
  '#sdy.op_sharding_rule<([i, j])->([k, l], [m]) {i=4, j=4, k=4, l=4, m=4}, custom>',
])('attribute %s comes back as it was', (attribute) => {
  expect(roundTrips(`func.func private @f() attributes {a = ${attribute}}`)).toContain(`a = ${attribute}`);
});

test.each([
  ['<@mesh, [{?, "x"}]>', "expected '}' behind '?'"],
  ['<@mesh, [{}q1]>', "expected a priority such as p0, got 'q1'"],
  ['<@mesh, [], replicated={}, replicated={}>', "expected 'replicated' or 'unreduced', each once, got 'replicated'"],
  ['<@mesh, [], spread={}>', "expected 'replicated' or 'unreduced', each once, got 'spread'"],
])('#sdy.sharding%s is refused', (text, message) => {
  expect(errorsOf(`func.func private @f() attributes {a = #sdy.sharding${text}}`).join()).toContain(message);
});

test('units in the last place may be as many as 64 bits hold', () => {
  const expectation = 'check.expect_close %x, %x, max_ulp_difference = 18446744073709551615, min_ulp_difference = 2';
  const text = (line: string) => `func.func @f(%x: tensor<f32>) {\n${line} : tensor<f32>, tensor<f32>\nreturn\n}`;
  expect(roundTrips(text(expectation))).toContain('max_ulp_difference = 18446744073709551615, min_ulp_difference = 2');
  expect(errorsOf(text('check.expect_close %x, %x, max_ulp_difference = "many"')).join()).toContain(
    'expected a number of units, got "many"',
  );
});

test('lists as older versions wrote them are read as those of today', () => {
  const text =
    roundTrips(`func.func @f(%x: tensor<2x3xi64>, %i: tensor<2xi64>, %k: tensor<3x3x1x1xf32>, %y: tensor<1x4x4x1xf32>) {
  %0 = "stablehlo.gather"(%x, %i) {dimension_numbers = #stablehlo.gather<offset_dims = [1], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 1>, slice_sizes = dense<[1, 2]> : tensor<2xi64>} : (tensor<2x3xi64>, tensor<2xi64>) -> tensor<2x2xi64>
  %1 = "stablehlo.transpose"(%x) {permutation = dense<[1, 0]> : tensor<2xi64>} : (tensor<2x3xi64>) -> tensor<3x2xi64>
  %2 = stablehlo.dynamic_broadcast_in_dim %x, %i, dims = [0, 1] {known_expanding_dimensions = dense<> : tensor<0xi64>} : (tensor<2x3xi64>, tensor<2xi64>) -> tensor<2x3xi64>
  %3 = "stablehlo.convolution"(%y, %k) {batch_group_count = 1 : i64, dimension_numbers = #stablehlo.conv<[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]>, feature_group_count = 1 : i64, window_strides = dense<1> : tensor<2xi64>, window_reversal = dense<true> : tensor<2xi1>} : (tensor<1x4x4x1xf32>, tensor<3x3x1x1xf32>) -> tensor<1x2x2x1xf32>
  %4 = "stablehlo.reverse"(%x) {dimensions = dense<1> : tensor<i64>} : (tensor<2x3xi64>) -> tensor<2x3xi64>
  return
}`);
  expect(text).toContain('stablehlo.reverse %arg0, dims = [1]');
  expect(text).toContain('slice_sizes = array<i64: 1, 2>');
  expect(text).toContain('stablehlo.transpose %arg0, dims = [1, 0]');
  expect(text).toContain('known_expanding_dimensions = array<i64>');
  expect(text).toContain('window = {stride = [1, 1], reverse = [true, true]}');
});

test('raw dimensions of a convolution are the listed ones', () => {
  const raw =
    '#stablehlo.conv<raw input_batch_dimension = 0, input_feature_dimension = 2, input_spatial_dimensions = [1], kernel_input_feature_dimension = 1, kernel_output_feature_dimension = 2, kernel_spatial_dimensions = [0], output_batch_dimension = 0, output_feature_dimension = 2, output_spatial_dimensions = [1]>';
  expect(roundTrips(`func.func private @f() attributes {a = ${raw}}`)).toContain(
    '#stablehlo.conv<[b, 0, f]x[0, i, o]->[b, 0, f]>',
  );
});

test('a module as JAX writes it comes back as it was', () => {
  const text = `module @jit_f attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<4x8xf32> {jax.buffer_donor = true, mhlo.sharding = "{replicated}"}) -> (tensor<8xf32> {jax.result_info = "result"}) {
    %cst = stablehlo.constant dense<0xFF800000> : tensor<f32>
    %0 = call @g(%arg0) : (tensor<4x8xf32>) -> tensor<4x8xf32>
    %1:2 = stablehlo.while(%iterArg = %0, %iterArg_0 = %arg0) : tensor<4x8xf32>, tensor<4x8xf32>
    cond {
      %c = stablehlo.constant dense<false> : tensor<i1>
      stablehlo.return %c : tensor<i1>
    } do {
      stablehlo.return %iterArg_0, %iterArg : tensor<4x8xf32>, tensor<4x8xf32>
    }
    %2 = stablehlo.reduce(%1#0 init: %cst) applies stablehlo.maximum across dimensions = [0] : (tensor<4x8xf32>, tensor<f32>) -> tensor<8xf32>
    return %2 : tensor<8xf32>
  }
  func.func private @g(%arg0: tensor<4x8xf32>) -> tensor<4x8xf32> {
    %0 = stablehlo.custom_call @Sharding(%arg0) {backend_config = "", mhlo.sharding = "{replicated}"} : (tensor<4x8xf32>) -> tensor<4x8xf32>
    return %0 : tensor<4x8xf32>
  }
}
`;
  expect(roundTrips(text)).toBe(text);
});

test.each([
  ['%0 = stablehlo.convert %x : tensor<4xf32>', 'tensor<4xf32>'],
  ['%0 = stablehlo.clamp %s, %x, %s : (tensor<f32>, tensor<4xf32>, tensor<f32>) -> tensor<4xf32>', '(tensor<f32>'],
  [
    '%0 = stablehlo.select %p, %x, %x : (tensor<4xi1>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>',
    ': tensor<4xi1>, tensor<4xf32>',
  ],
  ['stablehlo.optimization_barrier()', 'barrier()'],
  ['stablehlo.while()\ncond {\nstablehlo.return %q : tensor<i1>\n} do {\nstablehlo.return\n}', 'stablehlo.while()'],
  [
    '%0:2 = stablehlo.reduce(%x init: %s), (%x init: %s) across dimensions = [0] {my.note} : (tensor<4xf32>, tensor<4xf32>, tensor<f32>, tensor<f32>) -> (tensor<f32>, tensor<f32>)\nreducer(%a: tensor<f32>, %b: tensor<f32>) (%c: tensor<f32>, %d: tensor<f32>) {\nstablehlo.return %a, %c : tensor<f32>, tensor<f32>\n}',
    'reducer(%arg4: tensor<f32>, %arg6: tensor<f32>) (%arg5: tensor<f32>, %arg7: tensor<f32>)',
  ],
  [
    '%0 = stablehlo.constant() <{value = dense<1> : tensor<4xi8>}> : () -> tensor<4x!quant.uniform<i8:f32, 5.0e-01>>',
    'stablehlo.constant() {value = dense<1> : tensor<4xi8>}',
  ],
])('%s is read, and comes back', (line, part) => {
  const text = roundTrips(
    `func.func @f(%x: tensor<4xf32>, %s: tensor<f32>, %p: tensor<4xi1>, %q: tensor<i1>) {\n${line}\nreturn\n}`,
  );
  expect(text).toContain(part);
});

test.each([
  ['!quant.uniform<i64:f32, 1.0>', 'a storage type of 1 to 32 bits'],
  ['!quant.uniform<i8:f32, 0.0>', 'greater than 0'],
  ['!quant.uniform<i8:f32, 1.0:200>', 'a zero point must be in -128:127'],
  ['!quant.uniform<i8<5:3>:f32, 1.0>', 'a range inside'],
  ['!quant.uniform<i8:f32:{0:1}, {{1.0}, {1.0, 2.0}}>', 'entries as in the list before'],
  ['!quant.calibrated<f32<1.0:0.0>>', 'must begin below its end'],
])('type %s is refused', (type, message) => {
  expect(errorsOf(signature(type)).join()).toContain(message);
});

test.each([
  ['#stablehlo.conv<[b, b, 0]x[0, i, o]->[b, f, 0]>', "'b' is given twice"],
  ['#stablehlo.conv<[b, f, 1]x[0, i, o]->[b, f, 0]>', 'expected spatial dimension 0'],
  ['#stablehlo.dot<sum = [0]>', "has no parameter 'sum'"],
  ['#stablehlo<precision LOW>', 'one of DEFAULT, HIGH, HIGHEST'],
  ['#stablehlo.mesh<axes = [<name = "x", size = 0>]>', 'a positive size'],
  ['#stablehlo.result_accuracy<rtol = -1.0, mode = #stablehlo.result_accuracy_mode<TOLERANCE>>', 'at least 0'],
])('attribute %s is refused', (attribute, message) => {
  expect(errorsOf(`func.func private @f() attributes {a = ${attribute}}`).join()).toContain(message);
});
