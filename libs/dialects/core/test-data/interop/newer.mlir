// Texts, one between each two lines of dashes, that this library reads and mlir-opt 16 does not: of later versions, or harmless.
// -----
"t.x"() : () -> vector<[2]x[4]xf32>
// -----
"t.x"() : () -> vector<[2]x4xf32>
// -----
"t.x"() : () -> vector<4x!foo.bar>
// -----
"t.x"() {a = 1.0 : tf32} : () -> ()
// -----
"t.x"() {a = 0x3FFF8000000000000000 : f80, b = 0x3FFF0000000000000000000000000000 : f128} : () -> ()
// -----
"t.x"() {a = dense_resource<blob1> : tensor<3xi64>, b = dense_resource<"blob 2"> : tensor<3xi64>} : () -> ()
{-#
  dialect_resources: {
    builtin: {
      blob1: "0x08000000010000000000000002000000000000000300000000000000"
    }
  },
  external_resources: {
    external: {
      blob: "0x08000000010000000000000002000000000000000300000000000000",
      bool: true,
      string: "str"
    }
  }
#-}
// -----
"t.x"() : () -> (memref<4xi32>, memref<?x4xf32, strided<[4, 1], offset: 2>>, memref<4x4xf32, strided<[?, 1], offset: ?>>, memref<4xf32, 1>, memref<4xf32, "space">, memref<4xf32, #foo.sp>, memref<4x4xf32, affine_map<(d0, d1) -> (d1, d0)>>, memref<4x4xf32, affine_map<(d0, d1) -> (d1, d0)>, 3>, memref<*xf32>, memref<*xf32, 2>, memref<f32>, memref<4xmemref<4xf32>>, memref<0x2xi1>)
// -----
"t.x"() : () -> () loc("file":10:20 to 11:3)
// -----
"t.x"() {a = 0 : index, b = -0 : i32, c = 00012 : i32, d = 0x0 : i64} : () -> ()
// -----
"t.x"() : () -> (memref<4x!foo.t>, memref<4xcomplex<f32>>, memref<4xindex>)
