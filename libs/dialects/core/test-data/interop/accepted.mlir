// Texts, one between each two lines of dashes, that mlir-opt 16 and this library read alike.
// -----
func.func @f(%a: i32 loc("x"), %b: f32 {a.b} loc("f.c":3:4)) {
  return loc("r")
} loc("fn")
// -----
"t.x"() ({
^bb0(%a: i32 loc("x"), %b: i32):
  "t.br"()[^bb1] : () -> ()
^bb1(%c : f32 loc(callsite("a" at "b"))):
  "t.br"()[^bb1] : () -> ()
}) : () -> ()
// -----
func.func private @f(i32 loc("x"))
// -----
func.func private @f(%x: i32 loc("x"))
// -----
"t.x"() : () -> tensor<9007199254740993xi32>
// -----
"t.x"() : () -> tensor<9223372036854775807xi32>
// -----
"t.x"() : () -> memref<9223372036854775807x?xi32>
// -----
"t.x"() : () -> vector<9007199254740992xi32>
// -----
"t.x"() {m = affine_map<(d0) -> (d0 + 9007199254740993)>} : () -> ()
// -----
"t.x"() {m = affine_map<(d0) -> (d0 + 9223372036854775807)>} : () -> ()
// -----
"t.x"() {m = affine_map<(d0) -> (d0 * 9223372036854775807 + 3)>} : () -> ()
// -----
"t.x"() {m = affine_map<(d0) -> (-9223372036854775807)>} : () -> ()
// -----
"t.x"() {m = affine_map<(d0) -> (9223372036854775807 * 2)>} : () -> ()
// -----
"t.x"() {m = affine_map<(d0) -> (d0 mod 0)>} : () -> ()
// -----
"t.x"() {m = affine_map<(d0) -> (d0 floordiv 0)>} : () -> ()
// -----
"t.x"() {m = affine_map<(d0) -> (d0 ceildiv 0)>} : () -> ()
// -----
"t.x"() {m = affine_map<(d0) -> (8 mod 0)>} : () -> ()
// -----
"t.x"() {m = affine_map<(d0) -> (8 floordiv 0)>} : () -> ()
// -----
"t.x"() {m = affine_map<(d0) -> (8 ceildiv 0)>} : () -> ()
// -----
"t.x"() {m = affine_map<(d0) -> (d0 mod -1)>} : () -> ()
// -----
"t.x"() {m = affine_map<(d0) -> (d0 floordiv -2)>} : () -> ()
// -----
"t.x"() {m = affine_map<(d0) -> (8 floordiv -2, 7 floordiv -2, 7 ceildiv -2, 7 mod -2, -7 mod 3, -7 floordiv 2, -7 ceildiv 2)>} : () -> ()
// -----
"t.x"() {m = affine_map<(d0) -> (d0 floordiv 1, d0 ceildiv 1, d0 mod 1, d0 mod -3, 0 mod 5, d0 * 0, 0 * d0, d0 - d0)>} : () -> ()
// -----
"t.x"() {m = affine_map<(d0, d1) -> ((d0 + d1) * 2)>} : () -> ()
// -----
"t.x"() {m = affine_map<(d0, d1) -> ((d0 + d1 + 1) * 2, (d0 * 2) * 3, (d0 * 4) floordiv 2, (d0 * 4 + 8) floordiv 4, (d0 * 4 + d1) floordiv 4, (d0*4) mod 4, (d0 * 4 + 8) mod 4)>} : () -> ()
// -----
"t.x"() {m = affine_map<(d0, d1)[s0, s1] -> (d0 * s0, s0 * d0, s0 * 2, 2 * s0, s0 + d0, d0 + s0, 2 + d0, 1 + (d0 + 2), (d0 + 1) + (d1 + 2), d0 + d1 + d0, d0 + d0, d0*2 + d0*3, d0 * 2 + d0, d0 - 2*d0, -(d0 + d1), -(d0 - d1), d0 - (d1 - 1))>} : () -> ()
// -----
"t.x"() {m = affine_map<(d0, d1)[s0, s1] -> (d0 mod s0, d0 floordiv s0, d0 ceildiv (s0 + s1), s0 * s1, s1 * s0, (s0 + 1) * (s1 + 2), d0 * (s0 + 1), (d0 floordiv 4) * 4 + d0 mod 4, d0 mod 4 - d0 mod 4, d0 - (d0 floordiv 8) * 8, d0 + (d0 floordiv 4) * -4)>} : () -> ()
// -----
"t.x"() {m = affine_map<(d0, d1)[s0, s1] -> (d0 mod 4 mod 2, (d0 mod 4) mod 4, (d0 floordiv 2) floordiv 3, (d0 ceildiv 2) ceildiv 3, d0 * 2 floordiv 3, -d0 * 2, - 3 * d0, d0 * -1, (-d0), d0 * -3 + d1 * -1, (d0 + s0) - (d1 + s1))>} : () -> ()
// -----
"t.x"() {m = affine_map<(d0, d1, d2) -> (d0 + (d1 + d2), d0 + d1 + d2, (d0 + d1) + d2, d0 * 2 + (d1 + d0), d2 + (d1 + (d0 + 1)), (d0 + 1) * 2 + 3, ((d0 + d1) * 2 + d2) * 3)>} : () -> ()
// -----
"t.x"() {m = affine_map<(d0) -> (d0, d0 + 0, 0 + d0, d0 * 1, 1 * d0, d0 + 1 - 1)>} : () -> ()
// -----
"t.x"() {m = affine_map<() -> ()>, n = affine_map<(d0) -> ()>, o = affine_map<()[s0] -> (s0)>, p = affine_map<()[] -> (3)>} : () -> ()
// -----
"t.x"() {s = affine_set<(d0) : (d0 >= 0, -d0 + 10 >= 0)>, t = affine_set<(d0)[s0] : (d0 - s0 == 0)>, u = affine_set<(d0) : (1 == 0)>, v = affine_set<(d0): (d0 * 2 - 4 * (d0 + 1) >= 0)>} : () -> ()
// -----
"t.x"() {s = affine_set<(d0) : ()>} : () -> ()
// -----
"t.x"() {s = affine_set<(d0) : (d0 <= 3)>} : () -> ()
// -----
"t.x"() {s = affine_set<(d0)[s0] : (d0 >= s0, d0 - 1 == s0 + 3)>} : () -> ()
// -----
"t.x"() {m = affine_map<(i, j)[N] -> (i + N, j mod 8)>} : () -> ()
// -----
#map = affine_map<(d0) -> (d0)>
"t.x"() {m = #map} : () -> ()
// -----
"t.x"() : () -> vector<[2x4]xf32>
// -----
"t.x"() : () -> vector<2x[4]xf32>
// -----
"t.x"() : () -> vector<2x[4x8]xf32>
// -----
"t.x"() : () -> vector<[4]xf32>
// -----
"t.x"() : () -> vector<f32>
// -----
"t.x"() : () -> vector<4xindex>
// -----
"t.x"() {a = dense<1> : memref<4xi32>} : () -> ()
// -----
"t.x"() {a = dense<1> : tensor<2xvector<2xi32>>} : () -> ()
// -----
"t.x"() {a = dense<1> : vector<[4]xi32>} : () -> ()
// -----
"t.x"() {a = dense<[1,2,3,4]> : vector<[4]xi32>} : () -> ()
// -----
"t.x"() {a = dense<"abc"> : tensor<!foo.bar>, b = dense<["a", "b"]> : tensor<2x!foo.bar>} : () -> ()
// -----
"t.x"() {a = dense<5> : tensor<!foo.bar>} : () -> ()
// -----
"t.x"() {a = dense<[1, 2]> : tensor<2x!foo.bar>} : () -> ()
// -----
"t.x"() {a = dense<> : tensor<0xi32>} : () -> ()
// -----
"t.x"() {a = dense<> : tensor<0x2xi32>, b = dense<[]> : tensor<0xi32>} : () -> ()
// -----
"t.x"() {a = dense<[[]]> : tensor<1x0xi32>} : () -> ()
// -----
"t.x"() {a = dense<> : tensor<1x0xi32>} : () -> ()
// -----
"t.x"() {a = dense<1> : tensor<0xi32>} : () -> ()
// -----
"t.x"() {a = dense<[[], []]> : tensor<2x0xi32>} : () -> ()
// -----
"t.x"() {a = dense<[1, -1, 0]> : tensor<3xi32>, b = dense<true> : tensor<4xi1>, c = dense<[true, false]> : tensor<2xi1>, d = dense<1> : tensor<2xi1>, e = dense<0x7F> : tensor<2xi8>} : () -> ()
// -----
"t.x"() {a = dense<"0x01000000"> : tensor<1xi32>, b = dense<"0x0100000002000000"> : tensor<2xi32>, c = dense<"0x01000000"> : tensor<8xi32>} : () -> ()
// -----
"t.x"() {a = dense<(1, 2)> : tensor<complex<i32>>, b = dense<[(1.0, -2.0), (0x7FC00000, 0.0)]> : tensor<2xcomplex<f32>>, c = dense<(1.0, 2.0)> : tensor<3xcomplex<f64>>} : () -> ()
// -----
"t.x"() {a = dense<1.0> : tensor<2xbf16>, b = dense<1.0> : tensor<2xf16>, c = dense<0x7C00> : tensor<2xf16>, d = dense<1.5> : tensor<2xf8E5M2>, e = dense<[1.5, 2.0]> : tensor<2xf8E4M3FN>} : () -> ()
// -----
"t.x"() {a = dense<1.0> : tensor<2xf80>, b = dense<1.0> : tensor<2xf128>, c = dense<[1.0, 2.5]> : tensor<2xf80>, d = dense<[1.0, 0.1]> : tensor<2xf128>} : () -> ()
// -----
"t.x"() {a = 1.0 : f80, b = 0.1 : f128, c = 1.0 : bf16, d = 0.1 : f16, e = 1.5 : f8E5M2, g = 1.0 : f8E4M3FN} : () -> ()
// -----
"t.x"() {a = 0xFF : f8E5M2} : () -> ()
// -----
"t.x"() {a = 0x7FC00000 : f32, b = 0x7F800000 : f32, c = 0xFF800000 : f32, d = 0x7FF0000000000001 : f64, e = 0x7E00 : f16, f = 0x7F80 : bf16} : () -> ()
// -----
"t.x"() {a = -0.0 : f32, b = 0.0, c = 1.0e10, d = 1.0E-3, e = 1.e5, f = 123456789.123456789} : () -> ()
// -----
"t.x"() {a = 1. : f32, b = -1.5} : () -> ()
// -----
"t.x"() {a = 1.7976931348623157e308, b = 4.9e-324, c = 1.0e400} : () -> ()
// -----
"t.x"() {d = 0 : i0} : () -> ()
// -----
"t.x"() {a = 255 : i8, b = -128 : i8, c = 255 : ui8, d = 127 : si8, e = -128 : si8} : () -> ()
// -----
"t.x"() {a = true, b = false, c = 1 : i1, d = -1 : i1, e = 0 : i1, f = 0x1 : i1} : () -> ()
// -----
"t.x"() {a = 18446744073709551615 : i64, b = 9223372036854775807 : i64, c = -9223372036854775808 : i64, d = 18446744073709551615 : ui64} : () -> ()
// -----
"t.x"() {a = 18446744073709551615} : () -> ()
// -----
"t.x"() {a = 0xFFFFFFFF : i32, b = 0xF : i4, c = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF : i128} : () -> ()
// -----
"t.x"() {m = affine_map<(d0, d1)[s0] -> (d0 + d1 + d0, d0 + (d1 + d0), (d0 + 1) * 2, (d0 * 2 + d1) * 3, ((d0 + 1) * 2) floordiv 2, (d0 + 1) * 2 - d0 * 2, (d0 * 8 + d1) mod 4, (d0 * 8 + d1 + 3) floordiv 4, d0 - (d1 + s0) * 2, -(d0 + d1) + d0, (s0 * 4) * d0, (d0 * 4) * s0, (d0 ceildiv 4) * 4, ((d0 floordiv 4) * 8) mod 8)>} : () -> ()
// -----
"t.x"() {m = affine_map<(d0, d1)[s0] -> (d0 - (d0 floordiv s0) * s0, d0 + d1 - (d0 + d1) floordiv 4 * 4, (d0 mod 8) mod 4, (d0 mod 6) mod 4, (d0 * 6 + 4) floordiv 2, (d0 + s0) * 2 * s0, d0 mod (s0 + 1), 4 * (d0 + d1), -4 * (d0 + d1), 3 - d0, d0 + -3 * d1, d0 * -1 * -1)>} : () -> ()
// -----
"t.x"() {s = affine_set<(d0, d1)[s0] : (d0 + d1 - s0 >= 0, 4 * (d0 + 1) == d1, -d0 + s0 - 1 >= 0)>} : () -> ()
// -----
func.func @outer() {
  func.func @inner() { return }
  return
}
// -----
func.func @outer() {
  "t.region"() ({ func.func @inner() { return } "t.end"() : () -> () }) : () -> ()
  return
}
// -----
"t.region"() ({ func.func @inner(%a: i32) -> i32 { return %a : i32 } }) : () -> ()
// -----
module { module @a { module @b { func.func private @c() } } }
// -----
module @a attributes {x.y = 1, sym_visibility = "private"} {}
// -----
module @"weird name" {}
// -----
func.func nested @f()
// -----
func.func public @f() { return }
// -----
func.func private @f(i32, f32) -> (i32, f32)
// -----
func.func private @f(i32 {a.b = 1}, f32) -> (i32 {c.d}, f32)
// -----
func.func private @f(i32) -> (i32 {c.d})
// -----
func.func private @f() -> ()
// -----
func.func private @f() -> ((i32) -> i32)
// -----
func.func private @f((i32) -> i32, () -> ()) -> (() -> i32, i1)
// -----
func.func @f(%a: i32, %b: i32) -> (i32, i32) attributes {dso.local} { return %a, %b : i32, i32 }
// -----
"func.func"() ({
^bb0(%a: i32):
  "func.return"(%a) : (i32) -> ()
}) {function_type = (i32) -> i32, sym_name = "f"} : () -> ()
// -----
"func.func"() ({
^bb0(%a: i32):
  "func.return"(%a) : (i32) -> ()
}) {function_type = (i32) -> i32, sym_name = "f", arg_attrs = [{}], res_attrs = [{}]} : () -> ()
// -----
"func.func"() ({
}) {function_type = () -> (), sym_name = "f", arg_attrs = [], res_attrs = [], sym_visibility = "private"} : () -> ()
// -----
func.func private @f() attributes {arg_attrs = []}
// -----
func.func private @f(i32) attributes {arg_attrs = [{a.b}]}
// -----
func.func private @f() -> i32 attributes {res_attrs = [{a.b}]}
// -----
func.func @f() { ^bb0: return }
// -----
func.func @f() { ^bb0: cf.br ^bb1 ^bb1: return }
// -----
func.func @f() { cf.br ^bb0 ^bb0: cf.br ^bb0 }
// -----
func.func @f(%c: i1, %a: i32, %b: f32) -> i32 {
  cf.cond_br %c, ^bb1(%a, %b : i32, f32), ^bb2
^bb1(%x: i32, %y: f32):
  return %x : i32
^bb2:
  cf.switch %a : i32, [
    default: ^bb1(%a, %b : i32, f32),
    42: ^bb2,
    -43: ^bb1(%a, %b: i32, f32)
  ]
}
// -----
func.func @f(%a: i32) {
  cf.switch %a : i32, [
    default: ^bb1
  ]
^bb1:
  return
}
// -----
func.func @f(%c: i1) {
  cf.assert %c, "msg \"quoted\" \\ \n \t \41"
  return
}
// -----
func.func @f(%c: i1) {
  cf.cond_br %c, ^bb1, ^bb1
^bb1:
  return
}
// -----
func.func @f() -> i32 {
  %0:3 = "t.x"() : () -> (i32, f32, index)
  %1, %2:2 = "t.x"() : () -> (i32, f32, index)
  "t.y"(%0#0, %0#2, %2#1, %0) : (i32, index, index, i32) -> ()
  return %1 : i32
}
// -----
"t.x"() {_a = 1, a1 = 2, a$b = 3, "1a" = 4, "a-b" = 5} : () -> ()
// -----
"t.x"() {} : () -> ()
// -----
"t.x"() {a = unit, b = [], c = [1, "x", [2.0, @f], {k = 1}], d = {}, e = {x, y = {z}}} : () -> ()
// -----
"t.x"() {a = @f, b = @f::@g, c = @"q q"::@h::@"i", d = @f :: @g} : () -> ()
// -----
"t.x"() {a = i32, b = (i32) -> f32, c = () -> (), d = tensor<4xi32>, e = none, f = tuple<i32, tuple<>>, g = !foo.bar<"x">, h = ((i32) -> i32) -> ()} : () -> ()
// -----
"t.x"() {a = "str", b = "esc \22 \\ \n \t \00 \FF \C3\A9 é", c = "typed" : i32, d = "ty" : !foo.bar, e = ""} : () -> ()
// -----
"t.x"() {a = #foo.bar, b = #foo.bar<1, 2, "x>">, c = #foo<"opaque">, d = #foo.bar<[{(<>)}]>, e = #foo.bar<a -> b>, f = #foo<bar> : i32, g = #foo<"x"> : tensor<4xf32>} : () -> ()
// -----
"t.x"() : () -> (!foo.bar, !foo.bar<i32>, !foo<"x y">, !foo.bar<"a>b", [1, 2], {x = <y>}>, !foo.bar.baz<1>, !foo<bar<baz>>)
// -----
"t.x"() : () -> (!foo.bar<(i32) -> i32>)
// -----
"t.x"() : () -> (!foo.bar<#hash, !bang, %percent, ^caret, @at, *, &>)
// -----
"t.x"() {a = array<i32: 1, 2, -3>, b = array<i8>, c = array<f32: 1.0, -2.5>, d = array<i1: true, false>, e = array<i64: 9223372036854775807>, f = array<f64: 0x7FF0000000000000>} : () -> ()
// -----
"t.x"() {a = array<f16: 1.0>, b = array<bf16: 2.0>, c = array<i128: 5>, d = array<f80: 1.0>} : () -> ()
// -----
"t.x"() {a = array<i32: 2147483648>} : () -> ()
// -----
"t.x"() {a = array<ui8: 1>} : () -> ()
// -----
"t.x"() {a = sparse<[[0, 0], [1, 2]], [1, 5]> : tensor<3x4xi32>, b = sparse<0, 1> : tensor<4xi32>, c = sparse<[[1]], [2.0]> : vector<4xf32>, d = sparse<> : tensor<4xi32>} : () -> ()
// -----
"t.x"() {a = sparse<[[0, 0]], ["x"]> : tensor<3x4x!foo.s>, b = sparse<[[0,0],[0,1]], 7> : tensor<3x4xi64>, c = sparse<[[0,0]], -1> : tensor<3x4xi64>} : () -> ()
// -----
"t.x"() : () -> memref<4x4xf32, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1, d0)>>
// -----
"t.x"() : () -> memref<4xf32, affine_map<(d0) -> (d0)>, 0>
// -----
"t.x"() : () -> memref<4xf32, 0 : i32>
// -----
"t.x"() : () -> memref<4xf32, strided<[1]>>
// -----
"t.x"() : () -> memref<4xf32, strided<[-1], offset: -3>>
// -----
"t.x"() : () -> (tensor<4xi32, "enc">, tensor<4x?x0xf32, #foo.enc<1>>, tensor<*xf32>, tensor<f32>, tensor<4xcomplex<f32>>, tensor<2xvector<4xf32>>, tensor<4x!foo.t>, tensor<4xindex>, tensor<2x2xi1>)
// -----
"t.x"() : () -> tensor< 4 x i32 >
// -----
"t.x"() : () -> tensor<4 x? x i32>
// -----
"t.x"() : () -> tensor<0x10xi32>
// -----
"t.x"() : () -> (vector<4xf32>, vector<4x4xi8>, vector<1xindex>)
// -----
"t.x"() : () -> (i1, i0, i16777215, si8, ui128, f16, bf16, f32, f64, f80, f128, index, none, f8E5M2, f8E4M3FN)
// -----
"t.x"() : () -> (complex<f32>, complex<i32>, complex<si8>, complex<bf16>)
// -----
!alias = i32
!t2 = tensor<4x!alias>
#a1 = 5 : !alias
"t.x"() {a = #a1} : () -> (!alias, !t2)
// -----
"t.x"() : () -> () loc(#l)
#l = loc("a":1:2)
// -----
"t.x"() {a = loc("x"), b = loc(unknown), c = loc(fused["a", "b":1:2]), d = loc(fused<"meta">["a"]), e = loc(callsite("a" at "b":3:4)), f = loc("n"("c":5:6)), g = loc(fused<{x = 1}>[unknown])} : () -> () loc(fused<5 : i32>["q", callsite("a"("b") at unknown)])
// -----
"t.x"() : () -> () loc("a":0:0)
// -----
"t.x"() : () -> () loc(fused[])
// -----
"t.x"() : () -> () loc(fused<1>[])
// -----
"t.x"() : () -> () loc("")
// -----
"t.x"() : () -> () loc("a"(unknown))
// -----
"t.x"() : () -> () loc(fused["a", fused["b", "c"]])
// -----
"t.x"() : () -> () loc(fused["a", "a", unknown])
// -----
"t.x"() : () -> () loc(callsite(unknown at unknown))
// -----
#l1 = loc("a":1:2)
#l2 = loc(callsite(#l1 at "b"))
"t.x"() {a = #l1} : () -> () loc(#l2)
// -----
"t.x"() ({
^bb0(%a: i32 loc("arg"), %b: i32 loc(#l)):
  "t.y"(%a, %b) : (i32, i32) -> () loc("in")
}) : () -> () loc("out")
#l = loc("later":1:1)
// -----
// comment at the start
  "t.x" ( ) // trailing
  : ( ) // between
  -> ( ) // end
// -----
"t.r"() ({}) : () -> ()
// -----
"t.r"() ({}, {}) : () -> ()
// -----
"t.r"() ({ ^bb0: }) : () -> ()
// -----
"t.r"() ({ ^bb0(%a : i32): "t.u"(%a) : (i32) -> () }, { "t.z"() : () -> () }) {a = 1} : () -> ()
// -----
"t.r"(%x) : (i32) -> ()
%x = "t.d"() : () -> i32
// -----
%0 = "t.d"() : () -> (i32)
%foo.bar-baz$_1 = "t.d"() : () -> i32
"t.u"(%foo.bar-baz$_1, %0) : (i32, i32) -> ()
// -----
"nodot"() : () -> ()
// -----
"a.b.c"() : () -> ()
// -----
%c = arith.constant 5 : i32
// -----
builtin.module { builtin.unrealized_conversion_cast to i32 }
// -----
func.func @f(%a: i32) { %0 = builtin.unrealized_conversion_cast %a : i32 to f32
 %1:2 = builtin.unrealized_conversion_cast %0 : f32 to i32, i64 {x}
 return }
// -----
module { } module { }
// -----
func.func @f() { call @g() : () -> () return } func.func @g() { return }
// -----
func.func @f() { %f = constant @f : () -> () 
 call_indirect %f() : () -> () 
 return }
// -----
func.func @f() { %f = func.constant @f : () -> () 
 func.call_indirect %f() : () -> () 
 func.return }
// -----
func.func @f(%a: f32, %b: f32) { %0 = arith.maxf %a, %b : f32 return }
// -----
func.func @f(%a: f32, %b: f32) { %0 = arith.minf %a, %b : f32 return }
// -----
func.func @f(%a: f32, %b: f32) { %0 = arith.maxf %a, %b fastmath<fast> : f32
  %1 = arith.minf %a, %b {x} : f32 return }
// -----
func.func @f() { %0 = arith.constant dense<1> : memref<4xi32> return }
// -----
func.func @f(%c: i1, %v: vector<4xi1>, %a: vector<4xi32>) { %0 = arith.select %v, %a, %a : vector<4xi1>, vector<4xi32>
 return }
// -----
func.func @f(%a: index, %t: tensor<4xindex>, %v: vector<4xi8>, %u: tensor<*xi32>) { %0 = arith.index_cast %t : tensor<4xindex> to tensor<4xi64>
 %1 = arith.addi %u, %u : tensor<*xi32>
 %2 = arith.extsi %v : vector<4xi8> to vector<4xi32>
 return }
// -----
func.func @m(%a: f32, %b: f32, %i: i32, %v: vector<4xf32>, %t: tensor<4x?xf64>) {
  %0 = math.absf %a : f32
  %1 = math.absi %i : i32
  %2 = math.atan %a : f32
  %3 = math.atan2 %a, %b : f32
  %4 = math.cbrt %a : f32
  %5 = math.ceil %a : f32
  %6 = math.copysign %a, %b : f32
  %7 = math.cos %a : f32
  %8 = math.ctlz %i : i32
  %9 = math.cttz %i : i32
  %10 = math.ctpop %i : i32
  %11 = math.erf %a : f32
  %12 = math.exp %v : vector<4xf32>
  %13 = math.exp2 %t : tensor<4x?xf64>
  %14 = math.expm1 %a fastmath<fast> : f32
  %15 = math.floor %a : f32
  %16 = math.fma %a, %b, %a : f32
  %17 = math.ipowi %i, %i : i32
  %18 = math.log %a : f32
  %19 = math.log10 %a : f32
  %20 = math.log1p %a : f32
  %21 = math.log2 %a : f32
  %22 = math.powf %a, %b : f32
  %23 = math.fpowi %a, %i : f32, i32
  %24 = math.round %a : f32
  %25 = math.roundeven %a : f32
  %26 = math.rsqrt %a : f32
  %27 = math.sin %a : f32
  %28 = math.sqrt %a : f32
  %29 = math.tan %a : f32
  %30 = math.tanh %a : f32
  %31 = math.trunc %a : f32
  return
}
// -----
func.func @attrs(%a: i32 {llvm.noalias, x.y = "s"}, %b: f32) -> (i32 {x.z = 5 : i32}, f32) attributes {llvm.x = [1, 2], "quoted.attr" = unit} {
  return %a, %b : i32, f32
}
// -----
func.func @"quoted name"() { return }
func.func @c() { call @"quoted name"() : () -> () return }
// -----
func.func @multi(%a: i32) -> (i32, i32) {
  %r:2 = call @multi(%a) {x} : (i32) -> (i32, i32)
  %q:2 = func.call @multi(%r#1) : (i32) -> (i32, i32)
  return %q#0, %r#0 : i32, i32
}
// -----
func.func @loop(%n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  cf.br ^header(%c0 : index)
^header(%i: index):
  %cond = arith.cmpi slt, %i, %n : index
  cf.cond_br %cond, ^body(%i : index), ^exit
^body(%j: index):
  %next = arith.addi %j, %c1 : index
  cf.br ^header(%next : index)
^exit:
  return
}
// -----
func.func @sw(%f: i64, %v: i32) -> i32 {
  cf.switch %f : i64, [
    default: ^d(%v : i32),
    0: ^e,
    9223372036854775807: ^e
  ] {x = 1}
^d(%a: i32):
  return %a : i32
^e:
  return %v : i32
}
// -----
"builtin.module"() ({
  "func.func"() ({
  ^bb0(%arg0: i1):
    "cf.cond_br"(%arg0)[^bb1, ^bb1] {operand_segment_sizes = array<i32: 1, 0, 0>} : (i1) -> ()
  ^bb1:
    "func.return"() : () -> ()
  }) {function_type = (i1) -> (), sym_name = "f"} : () -> ()
}) {sym_name = "m"} : () -> ()
// -----
"builtin.module"() ({
^bb0:
}) : () -> ()
// -----
func.func @f(%arg0: i32) {
  %0 = "arith.addi"(%arg0, %arg0) : (i32, i32) -> i32
  %1 = "arith.cmpi"(%arg0, %arg0) {predicate = 2} : (i32, i32) -> i1
  %2 = "arith.constant"() {value = 5 : i32} : () -> i32
  "func.return"() : () -> ()
}
// -----
func.func @f() {
  %x = "t.d"() : () -> i32
  "t.r"() ({ "t.use"(%x) : (i32) -> () }, { ^bb0(%x2: i32): "t.use"(%x2, %x) : (i32, i32) -> () }) : () -> ()
  return
}
// -----
func.func @f() { "t.r"() ({ %y = "t.d"() : () -> i32 }, {%y = "t.d"() : () -> i32}) : () -> ()
  return
}
// -----
func.func @f() {
  "t.x"() {a = affine_map<(d0) -> (d0)>, b = [affine_map<() -> ()>], c = affine_set<(d0): (d0 >= 0)>} : () -> ()
  return
}
// -----
#map1 = affine_map<(d0) -> (d0 * 2)>
!ty = tuple<i32, memref<4xf32, #map1>>
!ty2 = (!ty) -> !ty
#attr = {x = !ty2, y = #map1}
#arr = [#attr, #attr]
"t.x"() {a = #arr} : () -> !ty2
// -----
!i32 = i64
"t.x"() : () -> !i32
// -----
#loc = loc("a":1:1)
#loc1 = loc(fused[#loc, "b"])
func.func @f(%a: i32 loc(#loc)) -> i32 {
  cf.br ^bb1(%a : i32) loc(#loc1)
^bb1(%b: i32 loc("bb")):
  return %b : i32 loc(unknown)
} loc(#loc)
// -----
"t.x"() {a = "x" : !foo.bar, b = #foo.x : !foo.bar} : () -> ()
// -----
"t.x"() {a = dense<"0xFF"> : tensor<8xi1>, b = dense<"0x0F"> : tensor<8xi1>, c = dense<"0x01"> : tensor<1xi1>} : () -> ()
// -----
"t.x"() {a = dense<"0x0F"> : tensor<2x4xi4>, b = dense<[1, -8, 7, 15]> : tensor<4xi4>} : () -> ()
// -----
"t.x"() {a = dense<[1, 2]> : tensor<2xui16>, b = dense<-1> : tensor<2xsi8>, c = dense<[18446744073709551615, 0]> : tensor<2xui64>, d = dense<[-1, 5]> : tensor<2xindex>, e = dense<[1,2]> : tensor<2xi24>, f = dense<[340282366920938463463374607431768211455, 1]> : tensor<2xi128>} : () -> ()
// -----
"t.x"() {a = dense<[0x7FC00000, 0xFF800000, -0.0, 1.0e-40, 3.4028235e38]> : tensor<5xf32>, b = dense<[0x7FF8000000000000, 1.0]> : tensor<2xf64>} : () -> ()
// -----
"t.x"() {a = dense<[true, 1]> : tensor<2xi1>, b = dense<-1> : tensor<2xi1>} : () -> ()
// -----
"t.x"() {a = dense<[(true, false)]> : tensor<1xcomplex<i1>>} : () -> ()
// -----
"t.x"() {a = dense<1> : tensor<150xi32>, b = dense<[[1],[2]]> : tensor<2x1xi64>} : () -> ()
// -----
"t.x"() {a = dense<"0x00000000"> : tensor<complex<f16>>, b = dense<"0x0000803F000000400000803F00000040"> : tensor<2xcomplex<f32>>} : () -> ()
// -----
"t.x"() {a = #foo<"abc\"d>">, b = !foo<"abc\"d>">} : () -> ()
// -----
"t.x"() {a = #foo.bar<x : (i32) -> i32>, b = #foo.bar<"a" : i32, [1 : i32, 2], {a = 5}>} : () -> ()
// -----
"t.x"() {a = strided<[1, ?, 3], offset: ?>, b = strided<[]>, c = strided<[], offset: 4>} : () -> ()
// -----
"t.x"() {a = (i32, f32) -> (tensor<*xf32>), b = () -> (() -> ()), c = ((i32)->f32, i1) -> ((i32) -> f32, i1)} : () -> ()
// -----
"t.x"() {a = tensor<4x4xf32, {a = 1, b = [2]}>, b = tensor<4xf32, affine_map<(d0) -> (d0)>>} : () -> ()
// -----
"t.x"() {a = loc("x")} : () -> () loc("y")
// -----
func.func private @missing(i32) -> i32 attributes {a.b}
func.func private @t(tuple<>, tuple<i32>, tuple<i32, (f32) -> ()>) -> (tensor<*xf64>)
// -----
module attributes {test.a = dense<[0x7F800000, 0xFF800000, 0x7FC00000]> : tensor<3xf32>} {
  "t.o"() {x = dense<> : tensor<2x0x3xf32>} : () -> ()
}
// -----
"t.o"() {b = true, c = [true, false], d = [], e = [[]], f = [1 : i8, 2 : index], g = {}} : () -> ()
// -----
func.func @br(%a: i32) { cf.br ^bb1(%a: i32)
^bb1(%b: i32): // pred
  cf.br ^bb2(%b, %b : i32, i32)
^bb2(%c: i32, %d: i32):
  return }
// -----
func.func @cst() { %neg = arith.constant 5 : i8
 %0 = arith.constant dense<"0x0000000000000000"> : tensor<2xf32>
 return }
// -----
func.func @r() -> () { "func.return"() : () -> () }
// -----
func.func @"a\22b"() { call @"a\22b"() : () -> () return }
// -----
func.func @long_name_with.dots$and_dollars(%arg$0: i32, %1: i32) { return }
// -----
"t.o"() ({
  %0 = "t.a"() : () -> i32
  "t.o"() ({
    %1 = "t.b"(%0) : (i32) -> i32
    "t.o"() ({ "t.c"(%0, %1) : (i32, i32) -> () }) : () -> ()
  }) : () -> ()
}) : () -> ()
// -----
"t.o"() ({
^a:
  "t.br"()[^c] : () -> ()
^b:
  "t.use"(%v) : (i32) -> ()
  "t.br"()[^c] : () -> ()
^c:
  %v = "t.def"()[^b] : () -> i32
}) : () -> ()
// -----
func.func @dom() {
  cf.br ^b
^a:
  "t.use"(%v) : (i32) -> ()
  return
^b:
  %v = "t.def"() : () -> i32
  cf.br ^a
}
// -----
func.func @noterm() { "t.x"() : () -> () }
// -----
"t.x"(%0#1) : (i32) -> ()
%0:2 = "t.y"() : () -> (i32, i32)
// -----
%0:2 = "t.y"() : () -> (i32, i32)
"t.x"(%0) : (i32) -> ()
// -----
%a = "t.y"() : () -> i32
"t.x"(%a#0) : (i32) -> ()
// -----
"t.x"() : () -> memref<2x4xf32, affine_map<(d0, d1)[s0] -> (d0 * 4 + s0 + d1)>, 1>
// -----
"t.x"() : () -> memref<?x?xf32, affine_map<(d0, d1)[s0, s1] -> (d0 * s1 + s0 + d1)>>
// -----
"t.x"() : () -> memref<vector<4xf32>>
// -----
"t.x"() : () -> (tensor<1x2x3x4x5xf32>, tensor<0xf32>, tensor<?x0xi1>)
// -----
"t.x"() : () -> si0
// -----
"t.x"() : () -> i01
// -----
"t.x"() : () -> ui1
// -----
"t.x"() {a = @a::@b::@c, b = @"x"::@"y z", c = [@a, @b::@c]} : () -> ()
// -----
"t.x"() {a = "tab	inside"} : () -> ()
// -----
"t.x"() {a = "é ü 漢字 \E2\82\AC"} : () -> ()
// -----
"t.x"() {"é" = 1} : () -> ()
// -----
#x = "s"
#y = [#x, #x]
#x2 = {a = #y}
"t.x"() {a = #x2, b = #y, c = #x} : () -> ()
// -----
func.func @f() { return } loc(fused<"CSE">["a.mlir":1:2, callsite("foo"("b.mlir":3:4) at "c.mlir":5:6), unknown])
// -----
"t.x"() : () -> () loc(callsite("a" at callsite("b" at "c")))
// -----
"t.x"() {a = 1.5e+3 : f32, b = 1.5E-3 : f64, c = 100000000000000000000.0 : f32} : () -> ()
// -----
"t.x"() {a = 1.0e39 : f32, b = 65520.0 : f16, c = 1.0e-46 : f32} : () -> ()
// -----
"t.x"() {a = 0.1 : f32, b = 0.1 : f16, c = 0.1 : bf16, d = 3.14159265358979 : f64, e = 16777217.0 : f32} : () -> ()
// -----
"t.x"() {a = 0.1 : f8E5M2, b = 448.0 : f8E4M3FN, c = -0.0 : f8E5M2} : () -> ()
// -----
"t.x"() {a = dense<[0.1, 448.0, -1.0]> : tensor<3xf8E4M3FN>, b = dense<0.1> : tensor<2xf16>, c = dense<[0.1, 0.2]> : tensor<2xbf16>} : () -> ()
// -----
"t.x"() {a = affine_map<(d0) -> ((d0 + 1) mod 2 floordiv 3 * 4 ceildiv 5)>} : () -> ()
// -----
"t.x"() {a = affine_map<(d0, d1, d2) -> (d0, d1, d2)>, b = affine_map<(d0, d1) -> (d1, d0)>, c = affine_map<(mod, floordiv) -> (mod)>} : () -> ()
// -----
"t.x"() {a = affine_map<(d0) -> (d0 ceildiv 4 * 4 - d0, 4 - d0 mod 4, -d0 mod 4, -(d0 mod 4), d0 * 2 * 3, 2 * (3 * d0))>} : () -> ()
// -----
func.func @""(%a: i1) {
  return
}
"t.x"() {s = @"", t = @a::@""} : () -> ()
