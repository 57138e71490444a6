// What verifiers say to invalid ops: those with computed indices, regions, symbols, groups, and CHLO.

import { add, type Case, T, X, XZ } from './invalid-operands.js';

const gather = (dims: string, sizes = '1, 8') =>
  `%0 = "stablehlo.gather"(%x, %i) {dimension_numbers = #stablehlo.gather<${dims}>, slice_sizes = array<i64: ${sizes}>} : (${T}, tensor<5x1xi32>) -> tensor<5x8xf32>`;
const scatter = (dims: string, updates = 'tensor<5x8xf32>', indices = 'tensor<5x1xi32>') =>
  `%0 = "stablehlo.scatter"(%x, %i, %u) ${add()} {scatter_dimension_numbers = #stablehlo.scatter<${dims}>} : (${T}, ${indices}, ${updates}) -> ${T}`;
const XI = `%x: ${T}, %i: tensor<5x1xi32>`;
const XIU = `${XI}, %u: tensor<5x8xf32>`;

export const INDEXED: readonly Case[] = [
  [
    'stablehlo.index-vector',
    XI,
    gather('offset_dims = [1], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 3'),
    'from 0 to 2, got 3',
  ],
  [
    'stablehlo.gather-offset',
    XI,
    gather('offset_dims = [0, 1], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 1'),
    'as many offset_dims',
  ],
  [
    'stablehlo.dimension-order',
    XI,
    gather('offset_dims = [1], collapsed_slice_dims = [1, 0], start_index_map = [0], index_vector_dim = 1'),
    'ascending order',
  ],
  [
    'stablehlo.gather-collapsed',
    XI,
    gather('offset_dims = [1], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 1', '2, 8'),
    'at most 1',
  ],
  [
    'stablehlo.index-batching',
    XI,
    gather(
      'offset_dims = [1], operand_batching_dims = [0], start_indices_batching_dims = [1], start_index_map = [1], index_vector_dim = 1',
      '1, 8',
    ),
    'must not have index_vector_dim',
  ],
  [
    'stablehlo.index-batch-size',
    XI,
    gather(
      'offset_dims = [1], operand_batching_dims = [0], start_indices_batching_dims = [0], start_index_map = [1], index_vector_dim = 1',
      '1, 8',
    ),
    'must have one size',
  ],
  [
    'stablehlo.index-select-batch',
    '%x: tensor<4x8xf32>, %i: tensor<3xi32>',
    '%0 = "stablehlo.torch_index_select"(%x, %i) {batch_dims = 1 : i64, dim = 1 : i64} : (tensor<4x8xf32>, tensor<3xi32>) -> tensor<4x3xf32>',
    '1 batching dimensions',
  ],
  [
    'stablehlo.scatter-operands',
    XI,
    `%0 = "stablehlo.scatter"(%x, %i) ${add()} {scatter_dimension_numbers = #stablehlo.scatter<>} : (${T}, tensor<5x1xi32>) -> ${T}`,
    'got 2 operands',
  ],
  [
    'stablehlo.scatter-indices',
    `%x: ${T}, %i: tensor<5x1xf32>, %u: tensor<5x8xf32>`,
    scatter(
      'update_window_dims = [1], inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1',
      'tensor<5x8xf32>',
      'tensor<5x1xf32>',
    ),
    'indices that are integers',
  ],
  [
    'stablehlo.scatter-window',
    XIU,
    scatter(
      'update_window_dims = [0, 1], inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1',
    ),
    'as many update_window_dims',
  ],
  [
    'stablehlo.scatter-updates',
    `${XI}, %u: tensor<6x8xf32>`,
    scatter(
      'update_window_dims = [1], inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1',
      'tensor<6x8xf32>',
    ),
    'do not go with indices',
  ],
  [
    'stablehlo.scatter-shapes',
    `${XIU}, %y: tensor<4x9xf32>`,
    `%0:2 = "stablehlo.scatter"(%x, %y, %i, %u, %u) ({\n^bb0(%a: tensor<f32>, %b: tensor<f32>, %c: tensor<f32>, %d: tensor<f32>):\n  stablehlo.return %a, %b : tensor<f32>, tensor<f32>\n}) {scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = [1], inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>} : (${T}, tensor<4x9xf32>, tensor<5x1xi32>, tensor<5x8xf32>, tensor<5x8xf32>) -> (${T}, tensor<4x9xf32>)`,
    'inputs of one shape',
  ],
  [
    'stablehlo.sort-operands',
    '',
    '"stablehlo.sort"() ({\n^bb0:\n  %p = stablehlo.constant dense<true> : tensor<i1>\n  stablehlo.return %p : tensor<i1>\n}) : () -> ()',
    'one or more inputs',
  ],
  [
    'stablehlo.sort-shapes',
    `${X}, %y: tensor<5xf32>`,
    '%0:2 = "stablehlo.sort"(%x, %y) ({\n^bb0(%a: tensor<f32>, %b: tensor<f32>, %c: tensor<f32>, %d: tensor<f32>):\n  %p = stablehlo.compare LT, %a, %b : (tensor<f32>, tensor<f32>) -> tensor<i1>\n  stablehlo.return %p : tensor<i1>\n}) {dimension = 0 : i64} : (tensor<4xf32>, tensor<5xf32>) -> (tensor<4xf32>, tensor<5xf32>)',
    'inputs of one shape',
  ],
  [
    'stablehlo.sort-dimension',
    X,
    '%0 = "stablehlo.sort"(%x) ({\n^bb0(%a: tensor<f32>, %b: tensor<f32>):\n  %p = stablehlo.compare LT, %a, %b : (tensor<f32>, tensor<f32>) -> tensor<i1>\n  stablehlo.return %p : tensor<i1>\n}) {dimension = 1 : i64} : (tensor<4xf32>) -> tensor<4xf32>',
    'from -1 to 0, got 1',
  ],
];

export const REGIONS: readonly Case[] = [
  [
    'stablehlo.region-arguments',
    XZ,
    `%0 = "stablehlo.reduce"(%x, %z) ({\n^bb0(%a: tensor<f32>):\n  stablehlo.return %a : tensor<f32>\n}) {dimensions = array<i64: 1>} : (${T}, tensor<f32>) -> tensor<4xf32>`,
    'must have arguments of types',
  ],
  [
    'stablehlo.region-results',
    XZ,
    `%0 = "stablehlo.reduce"(%x, %z) ({\n^bb0(%a: tensor<f32>, %b: tensor<f32>):\n  stablehlo.return\n}) {dimensions = array<i64: 1>} : (${T}, tensor<f32>) -> tensor<4xf32>`,
    'must return scalars',
  ],
  [
    'stablehlo.region-return',
    '%p: tensor<i1>',
    '"stablehlo.if"(%p) ({\n  "my.end"() : () -> ()\n}, {\n  stablehlo.return\n}) : (tensor<i1>) -> ()',
    "must end with 'stablehlo.return'",
  ],
  [
    'stablehlo.reduce-operands',
    `%x: ${T}`,
    `%0 = "stablehlo.reduce"(%x) ${add()} {dimensions = array<i64: 1>} : (${T}) -> tensor<4xf32>`,
    'an initial value and a result for each input',
  ],
  [
    'stablehlo.reduce-shapes',
    `${X}, %y: tensor<5xf32>, %z: tensor<f32>`,
    '%0:2 = "stablehlo.reduce"(%x, %y, %z, %z) ({\n^bb0(%a: tensor<f32>, %b: tensor<f32>, %c: tensor<f32>, %d: tensor<f32>):\n  stablehlo.return %a, %b : tensor<f32>, tensor<f32>\n}) {dimensions = array<i64: 0>} : (tensor<4xf32>, tensor<5xf32>, tensor<f32>, tensor<f32>) -> (tensor<f32>, tensor<f32>)',
    'inputs of one shape',
  ],
  [
    'stablehlo.reduce-init',
    `${X}, %z: tensor<1xf32>`,
    `%0 = "stablehlo.reduce"(%x, %z) ${add()} {dimensions = array<i64: 0>} : (tensor<4xf32>, tensor<1xf32>) -> tensor<f32>`,
    'that are scalars',
  ],
  [
    'stablehlo.map-empty',
    '',
    '%0 = "stablehlo.map"() ({\n^bb0:\n  %p = stablehlo.constant dense<1.0> : tensor<f32>\n  stablehlo.return %p : tensor<f32>\n}) {dimensions = array<i64: 0>} : () -> tensor<4xf32>',
    'at least one operand',
  ],
  [
    'stablehlo.map-shapes',
    `${X}, %y: tensor<5xf32>`,
    `%0 = "stablehlo.map"(%x, %y) ${add()} {dimensions = array<i64: 0>} : (tensor<4xf32>, tensor<5xf32>) -> tensor<4xf32>`,
    'operands of one shape',
  ],
  [
    'stablehlo.map-dimensions',
    X,
    `%0 = "stablehlo.map"(%x, %x) ${add()} {dimensions = array<i64: 1>} : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>`,
    'all 1 dimensions in order',
  ],
  [
    'stablehlo.map-result',
    X,
    '%0 = "stablehlo.map"(%x) ({\n^bb0(%a: tensor<f32>):\n  stablehlo.return %a, %a : tensor<f32>, tensor<f32>\n}) {dimensions = array<i64: 0>} : (tensor<4xf32>) -> tensor<4xf32>',
    'returns one scalar',
  ],
  [
    'stablehlo.value-range',
    '%x: tensor<4xf32>, %q: tensor<3xf32>, %z: tensor<f32>',
    `%0 = "stablehlo.reduce_window"(%x, %z) ${add()} {window_dimensions = array<i64: -1>} : (tensor<4xf32>, tensor<f32>) -> tensor<?xf32>`,
    'window dimensions must be at least 1, got -1',
  ],
  [
    'stablehlo.select-source',
    `${X}, %q: tensor<3xf32>, %z: tensor<f32>`,
    `%0 = "stablehlo.select_and_scatter"(%x, %q, %z) ({\n^bb0(%a: tensor<f32>, %b: tensor<f32>):\n  %p = stablehlo.compare GE, %a, %b : (tensor<f32>, tensor<f32>) -> tensor<i1>\n  stablehlo.return %p : tensor<i1>\n}, ${add().slice(1)} {window_dimensions = array<i64: 2>, window_strides = array<i64: 2>} : (tensor<4xf32>, tensor<3xf32>, tensor<f32>) -> tensor<4xf32>`,
    'an element for each position of the window',
  ],
  ['stablehlo.case-empty', '%i: tensor<i32>', '"stablehlo.case"(%i) : (tensor<i32>) -> ()', 'at least one region'],
  [
    'stablehlo.while-results',
    '%i: tensor<i32>',
    '%0 = "stablehlo.while"(%i) ({\n^bb0(%a: tensor<i32>):\n  %p = stablehlo.constant dense<true> : tensor<i1>\n  stablehlo.return %p : tensor<i1>\n}, {\n^bb0(%a: tensor<i32>):\n  stablehlo.return %a : tensor<i32>\n}) : (tensor<i32>) -> tensor<f32>',
    'results of the types of the operands',
  ],
  [
    'stablehlo.barrier-results',
    X,
    '%0 = "stablehlo.optimization_barrier"(%x) : (tensor<4xf32>) -> tensor<5xf32>',
    'results of the types of the operands',
  ],
];

const TOKEN = '%t: !stablehlo.token';
export const CALLS: readonly Case[] = [
  [
    'stablehlo.custom-call-config',
    X,
    '%0 = stablehlo.custom_call @f(%x) {backend_config = {a = 1 : i32}} : (tensor<4xf32>) -> tensor<4xf32>',
    'must be a string',
  ],
  [
    'stablehlo.custom-call-layouts',
    X,
    '%0 = stablehlo.custom_call @f(%x) {operand_layouts = [dense<0> : tensor<1xindex>]} : (tensor<4xf32>) -> tensor<4xf32>',
    'both operands and results',
  ],
  [
    'stablehlo.custom-call-layout',
    X,
    '%0 = stablehlo.custom_call @f(%x) {operand_layouts = [dense<1> : tensor<1xindex>], result_layouts = [dense<0> : tensor<1xindex>]} : (tensor<4xf32>) -> tensor<4xf32>',
    'a permutation of the dimensions',
  ],
  [
    'stablehlo.composite-name',
    X,
    '%0 = stablehlo.composite "nospace" %x {decomposition = @callee} : (tensor<4xf32>) -> tensor<4xf32>',
    'such as "my_namespace.my_op"',
  ],
  [
    'stablehlo.composite-decomposition',
    X,
    '%0 = stablehlo.composite "a.b" %x {decomposition = @nobody} : (tensor<4xf32>) -> tensor<4xf32>',
    '@nobody is no function',
  ],
  [
    'stablehlo.composite-types',
    '%x: tensor<5xf32>',
    '%0 = stablehlo.composite "a.b" %x {decomposition = @callee} : (tensor<5xf32>) -> tensor<5xf32>',
    'the types of decomposition @callee',
  ],
  [
    'stablehlo.tuple-type',
    X,
    '%0 = "stablehlo.tuple"(%x) : (tensor<4xf32>) -> tuple<tensor<5xf32>>',
    'a result of type tuple<tensor<4xf32>>',
  ],
  [
    'stablehlo.tuple-index',
    '%x: tuple<tensor<4xf32>>',
    '%0 = stablehlo.get_tuple_element %x[1] : (tuple<tensor<4xf32>>) -> tensor<4xf32>',
    'has no element 1',
  ],
  [
    'stablehlo.token-result',
    TOKEN,
    '%0 = "stablehlo.infeed"(%t) : (!stablehlo.token) -> tensor<4xf32>',
    'tensors, then a token',
  ],
  [
    'stablehlo.infeed-layout',
    TOKEN,
    '%0:2 = "stablehlo.infeed"(%t) {layout = [[0], [0]]} : (!stablehlo.token) -> (tensor<4xf32>, !stablehlo.token)',
    'a layout for each of 1',
  ],
  [
    'stablehlo.send-channel',
    `${X}, ${TOKEN}`,
    '%0 = "stablehlo.send"(%x, %t) {channel_handle = #stablehlo.channel_handle<handle = 1, type = 3>} : (tensor<4xf32>, !stablehlo.token) -> !stablehlo.token',
    'a channel of type 1',
  ],
  [
    'stablehlo.recv-channel',
    TOKEN,
    '%0:2 = "stablehlo.recv"(%t) {channel_handle = #stablehlo.channel_handle<handle = 1, type = 2>, is_host_transfer = true} : (!stablehlo.token) -> (tensor<4xf32>, !stablehlo.token)',
    'a channel of type 3',
  ],
  [
    'stablehlo.rng-bounds',
    '%a: tensor<1xf32>, %s: tensor<1xi64>',
    '%0 = stablehlo.rng %a, %a, %s, distribution = UNIFORM : (tensor<1xf32>, tensor<1xf32>, tensor<1xi64>) -> tensor<3xf32>',
    'scalars of one type',
  ],
  [
    'stablehlo.rng-normal',
    '%a: tensor<i32>, %s: tensor<1xi64>',
    '%0 = stablehlo.rng %a, %a, %s, distribution = NORMAL : (tensor<i32>, tensor<i32>, tensor<1xi64>) -> tensor<3xi32>',
    'NORMAL distribution',
  ],
  [
    'stablehlo.rng-shape',
    '%a: tensor<f32>, %s: tensor<2xi64>',
    '%0 = stablehlo.rng %a, %a, %s, distribution = UNIFORM : (tensor<f32>, tensor<f32>, tensor<2xi64>) -> tensor<3xf32>',
    'a shape of 1 sizes',
  ],
  [
    'stablehlo.rng-state',
    '%s: tensor<5xui64>',
    '%0:2 = stablehlo.rng_bit_generator %s, algorithm = THREE_FRY : (tensor<5xui64>) -> (tensor<5xui64>, tensor<3xui32>)',
    'a state of 2 ui64 numbers',
  ],
];

const groups = 'replica_groups = dense<[[0, 1]]> : tensor<1x2xi64>';
export const COLLECTIVES: readonly Case[] = [
  [
    'stablehlo.replica-groups',
    X,
    '%0 = "stablehlo.collective_broadcast"(%x) {replica_groups = dense<[[0, 0]]> : tensor<1x2xi64>} : (tensor<4xf32>) -> tensor<4xf32>',
    'every replica once',
  ],
  [
    'stablehlo.replica-groups',
    X,
    `"stablehlo.all_reduce"(%x) ${add()} {channel_handle = #stablehlo.channel_handle<handle = 1, type = 0>, replica_groups = dense<[[0, 3]]> : tensor<1x2xi64>, use_global_device_ids} : (tensor<4xf32>) -> tensor<4xf32>`,
    'every replica once in replica_groups, from 0 to 1, got [[0, 3]]',
  ],
  [
    'stablehlo.replica-groups',
    X,
    '%0 = "stablehlo.all_gather"(%x) {all_gather_dim = 0 : i64, replica_groups = dense<[[0, -1]]> : tensor<1x2xi64>} : (tensor<4xf32>) -> tensor<8xf32>',
    'got [[0, -1]]',
  ],
  [
    'stablehlo.global-device-ids',
    X,
    `%0 = "stablehlo.all_gather"(%x) {all_gather_dim = 0 : i64, ${groups}, use_global_device_ids} : (tensor<4xf32>) -> tensor<8xf32>`,
    'a positive channel_handle',
  ],
  [
    'stablehlo.all-reduce-results',
    '',
    `"stablehlo.all_reduce"() ${add()} {${groups}} : () -> ()`,
    'one or more operands',
  ],
  [
    'stablehlo.all-gather-results',
    X,
    `%0:2 = "stablehlo.all_gather"(%x) {all_gather_dim = 0 : i64, ${groups}} : (tensor<4xf32>) -> (tensor<8xf32>, tensor<8xf32>)`,
    'one or more operands',
  ],
  [
    'stablehlo.scatter-size',
    '%x: tensor<5xf32>',
    `%0 = "stablehlo.reduce_scatter"(%x) ${add()} {${groups}, scatter_dimension = 0 : i64} : (tensor<5xf32>) -> tensor<2xf32>`,
    'cannot be split over groups of 2',
  ],
  [
    'stablehlo.split-count',
    X,
    `%0 = "stablehlo.all_to_all"(%x) {concat_dimension = 0 : i64, ${groups}, split_count = 4 : i64, split_dimension = 0 : i64} : (tensor<4xf32>) -> tensor<4xf32>`,
    'groups of split_count, 4, replicas, got 2',
  ],
  [
    'stablehlo.split-size',
    '%x: tensor<5xf32>',
    `%0 = "stablehlo.all_to_all"(%x) {concat_dimension = 0 : i64, ${groups}, split_count = 2 : i64, split_dimension = 0 : i64} : (tensor<5xf32>) -> tensor<5xf32>`,
    'cannot be split into 2 parts',
  ],
  [
    'stablehlo.permute-pairs',
    X,
    '%0 = "stablehlo.collective_permute"(%x) {source_target_pairs = dense<[[0, 1], [0, 2]]> : tensor<2x2xi64>} : (tensor<4xf32>) -> tensor<4xf32>',
    'each replica at most once',
  ],
  [
    'stablehlo.async-results',
    '%f: !stablehlo.future<tensor<4xf32>>',
    '%0 = "stablehlo.async_done"(%f) : (!stablehlo.future<tensor<4xf32>>) -> tensor<5xf32>',
    'results of types (tensor<4xf32>)',
  ],
];

export const CHLO: readonly Case[] = [
  [
    'chlo.broadcast-shapes',
    `${X}, %y: tensor<5xf32>`,
    '%0 = chlo.broadcast_add %x, %y : (tensor<4xf32>, tensor<5xf32>) -> tensor<4xf32>',
    'do not broadcast',
  ],
  [
    'chlo.broadcast-elements',
    `${X}, %y: tensor<4xi32>`,
    '%0 = chlo.broadcast_divide %x, %y : (tensor<4xf32>, tensor<4xi32>) -> tensor<4xf32>',
    'one element type',
  ],
  [
    'chlo.select-shapes',
    `${X}, %p: tensor<5xi1>`,
    '%0 = chlo.broadcast_select %p, %x, %x : (tensor<5xi1>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>',
    'do not broadcast',
  ],
  [
    'chlo.constant-like',
    X,
    '%0 = "chlo.constant_like"(%x) {value = 1.0 : f32} : (tensor<4xf32>) -> tensor<4xf64>',
    'elements of type f32',
  ],
  ['chlo.top-k', X, '%0:2 = chlo.top_k(%x, k = 5) : tensor<4xf32> -> (tensor<5xf32>, tensor<5xi32>)', 'k from 0'],
  [
    'chlo.scan-results',
    '%x: tensor<4x8xf32>, %z: tensor<8xf32>',
    '%0:2 = chlo.scan(%x) inits (%z) dimension=0 {\n^bb0(%a: tensor<8xf32>, %b: tensor<8xf32>):\n  stablehlo.return %a : tensor<8xf32>\n} : (tensor<4x8xf32>, tensor<8xf32>) -> (tensor<4x8xf32>, tensor<8xf32>)',
    'as the region returns them',
  ],
  [
    'check.constant-type',
    X,
    '"check.expect_eq_const"(%x) {value = dense<1.0> : tensor<5xf32>} : (tensor<4xf32>) -> ()',
    'the type of the operand',
  ],
  [
    'check.operand-types',
    X,
    '%y = stablehlo.constant dense<1.0> : tensor<5xf32>\n"check.expect_eq"(%x, %y) : (tensor<4xf32>, tensor<5xf32>) -> ()',
    'operands of compatible types',
  ],
];
