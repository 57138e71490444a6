// Every builtin attribute.
#map = affine_map<(d0, d1)[s0] -> (d0 + s0 * 4, d1 mod 8, -d0 floordiv 2, (d0 + d1) ceildiv 3, 7)>
#inside = affine_set<(d0, d1)[s0] : (d0 - s0 >= 0, -d0 + s0 * 2 - 1 >= 0, d1 == 0)>
#layout = strided<[8, 1], offset: ?>
"sample.integers"() {
  a = 0, b = -7, c = 0xFF : i8, d = 42 : index, e = -1 : si16, f = 255 : ui8, g = 123456789012345678901234567890 : i128, h = true,
  i = false, j = -9223372036854775808, k = 0x8000000000000000 : i64, l = 18446744073709551615 : ui64, m = 0 : i0, n = -1 : i1
} : () -> ()
"sample.floats"() {
  a = 1.0, b = -2.5e-3 : f32, c = 1.0e10 : bf16, d = 0.1 : f16, e = 0x7F800000 : f32, f = 0x7FC00001 : f32, g = -0.0 : f64,
  h = 0xFFF0000000000000 : f64, i = 3. : f32, j = 448.0 : f8E4M3FN, k = 0x7F : f8E4M3FN, l = 1.5 : f8E5M2, m = 0x7C : f8E5M2,
  n = 1.1 : f32, o = 16777217.0 : f32, p = 4.9e-324, q = 1.7976931348623157e308, r = 1.5 : f80, s = 0.1 : f128
} : () -> ()
"sample.strings"() {a = "", b = "plain", c = "quote \" backslash \\ newline \n tab \t hex \41\00\FF", d = "é 漢字", e = "typed" : !str.utf8} : () -> ()
"sample.arrays"() {a = [], b = [1, "two", [3.0]], c = array<i64>, d = array<i64: 1, -2, 9007199254740993>, e = array<i1: true, false>,
  f = array<f32: 1.0, -0.0, 0x7FC00000>, g = array<i8: -128, 127>, h = array<f64: 0.1>, i = array<i16: 3>, j = array<i32: 0x10>} : () -> ()
"sample.dictionaries"() {a = {}, b = {x = 1, y = {z = unit, w}}, "needs quotes" = 1, unit_attr, zz.dotted = 2, true_ = true} : () -> ()
"sample.symbols"() {a = @f, b = @m::@f, c = @"odd name"::@"x y"::@z, d = @_a.b$c} : () -> ()
"sample.affine"() {a = #map, b = #inside, c = affine_map<() -> ()>, d = affine_map<()[s0] -> (s0)>, e = affine_set<(d0) : (d0 <= 5)>, f = #layout} : () -> ()
"sample.dense"() {
  splat = dense<1.5> : tensor<2x3xf32>, nested = dense<[[1, 2], [3, -4]]> : tensor<2x2xi32>, bools = dense<[true, false, true]> : tensor<3xi1>,
  empty = dense<> : tensor<0x2xf32>, complex = dense<[(1.0, 2.0), (3.0, 4.0)]> : tensor<2xcomplex<f32>>, vec = dense<[1, 2]> : vector<2xi64>,
  scalar = dense<5> : tensor<i8>, idx = dense<[0, 1]> : tensor<2xindex>, halves = dense<[0.5, 1.0]> : tensor<2xf16>,
  same = dense<[7, 7, 7]> : tensor<3xi16>, wide = dense<[-1, 9007199254740993]> : tensor<2xi64>, bits = dense<[0x7F800000, 0xFFC00000]> : tensor<2xf32>,
  unsigned = dense<[255, 0]> : tensor<2xui8>, i4s = dense<[-8, 7]> : tensor<2xi4>, i24s = dense<[-1, 5]> : tensor<2xi24>, bf = dense<1.0> : tensor<4xbf16>,
  f8 = dense<[0x38, 0x40]> : tensor<2xf8E4M3FN>
} : () -> ()
"sample.blobs"() {
  f = dense<"0x0000803F00000040"> : tensor<2xf32>, splat = dense<"0x01000000"> : tensor<4xi32>, packed = dense<"0x0D01"> : tensor<9xi1>,
  all = dense<"0xFF"> : tensor<12xi1>, odd = dense<"0x010203FFFFFF"> : tensor<2xi24>, cplx = dense<"0x0000803F000000400000404000008040"> : tensor<2xcomplex<f32>>
} : () -> ()
"sample.string_elements"() {a = dense<["a", "b\0A"]> : tensor<2x!str.utf8>, b = dense<"s"> : tensor<3x!str.utf8>} : () -> ()
"sample.sparse"() {a = sparse<[[0, 0], [1, 2]], [1, 5]> : tensor<3x4xi32>, b = sparse<2, -5.0> : tensor<3xf32>, c = sparse<> : tensor<3xi32>,
  d = sparse<[[0, 1]], 7> : vector<2x2xi8>} : () -> ()
"sample.opaque"() {a = #d.x, b = #d.x<1 -> 2, "a>b", [<{}>]>, c = #d<"verbatim">, d = #d.typed<1> : i32, e = #d.nested<#d.x<2>>} : () -> ()
"sample.types"() {a = i32, b = tensor<2xf32>, c = (i32) -> (), d = !d.t<x>} : () -> ()
"sample.locations"() {a = loc("f.py":3:4), b = loc(unknown), c = loc(fused<"tag">["x", callsite("a" at "b":1:2)])} : () -> ()
"sample.resource"() {a = dense_resource<blob> : tensor<2xi32>, b = dense_resource<other> : tensor<3xi8>} : () -> ()

{-#
  dialect_resources: {
    builtin: {
      blob: "0x040000000100000002000000",
      other: "0x01000000010203"
    }
  },
  external_resources: {
    tool: {
      passes: "canonicalize",
      verify: true
    }
  }
#-}
