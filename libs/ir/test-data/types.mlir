// Every builtin type, as attributes and as types of values.
!pair = tuple<i32, f64>
!image = tensor<?x?x3xui8>
"sample.integers"() {a = i0, b = i1, c = i7, d = i32, e = si8, f = ui64, g = i16777215, h = index} : () -> ()
"sample.floats"() {a = bf16, b = f16, c = f32, d = f64, e = f80, f = f128, g = f8E5M2, h = f8E4M3FN} : () -> ()
"sample.tensors"() {
  scalar = tensor<f32>, empty = tensor<0x4xi8>, dynamic = tensor<?x4x?xf64>, spaced = tensor<2 x 3 x i32>,
  encoded = tensor<4x4xf32, #sparse.csr<[0, 1]>>, text = tensor<2xf32, "blocked">, dict = tensor<8xi8, {tile = 4}>,
  unranked = tensor<*xf32>, of_vectors = tensor<2xvector<4xf32>>, of_complex = tensor<2xcomplex<f32>>, custom = tensor<3x!grid.u8>
} : () -> ()
"sample.vectors"() {a = vector<f32>, b = vector<4xf32>, c = vector<[4]xf32>, d = vector<2x[8]xi8>, e = vector<3xindex>} : () -> ()
"sample.memrefs"() {
  a = memref<f32>, b = memref<4x?xf32>, c = memref<2x3xf32, strided<[3, 1]>>, d = memref<?x?xf32, strided<[?, ?], offset: ?>>,
  e = memref<2x3xf32, strided<[1, 2], offset: 4>, 3>, f = memref<4xf32, affine_map<(d0) -> (d0 * 2)>>, g = memref<4xf32, 1 : i32>,
  h = memref<4x4xf32, affine_map<(d0, d1) -> (d1, d0)>, "shared">, i = memref<*xf32>, j = memref<*xi8, 2>,
  k = memref<2xmemref<4xf32>>, l = memref<2xvector<4xf32>>, m = memref<4xf32, affine_map<(d0) -> (d0)>>, n = memref<4xf32, 0>
} : () -> ()
"sample.functions"() {
  a = () -> (), b = (i32) -> i32, c = (i32, f32) -> (), d = (i32) -> (i32, f32), e = (i32) -> ((f32) -> f32),
  f = ((i32) -> i32, () -> ()) -> (() -> ())
} : () -> ()
"sample.others"() {a = tuple<>, b = tuple<i32, tuple<f32>>, c = none, d = complex<f64>, e = complex<i8>, f = !pair} : () -> ()
"sample.dialect_types"() {
  a = !grid.u8, b = !grid.scale<f32 -> i8, {zero = "a>b"}, [(1)]>, c = !grid<"scale <f32>">, d = !ptr<"i32 x">,
  e = !async.value<!async.value<tensor<2xf32>>>
} : () -> ()
%0:3 = "sample.values"() : () -> (!image, !pair, !grid.u8)
"sample.uses"(%0#2, %0, %0#1) : (!grid.u8, !image, !pair) -> ()
