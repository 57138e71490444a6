// Texts, one between each two lines of dashes, that mlir-opt 16 and this library both reject.
// -----
"t.x"() : () -> tensor<9223372036854775808xi32>
// -----
"t.x"() {m = affine_map<(d0) -> (9223372036854775808)>} : () -> ()
// -----
"t.x"() {m = affine_map<(d0) -> (-9223372036854775808)>} : () -> ()
// -----
"t.x"() {m = affine_map<(d0, d1) -> (d0 * d1)>} : () -> ()
// -----
"t.x"() {m = affine_map<(d0, d1) -> (d0 mod d1)>} : () -> ()
// -----
"t.x"() {m = affine_map<(d0) -> (d0 +)>} : () -> ()
// -----
"t.x"() : () -> vector<[]xf32>
// -----
"t.x"() : () -> vector<0xf32>
// -----
"t.x"() : () -> vector<?xf32>
// -----
"t.x"() : () -> vector<4xcomplex<f32>>
// -----
"t.x"() : () -> vector<4xvector<4xf32>>
// -----
"t.x"() {a = dense<> : tensor<2xi32>} : () -> ()
// -----
"t.x"() {a = -0x7FC00000 : f32} : () -> ()
// -----
"t.x"() {a = 1e5} : () -> ()
// -----
"t.x"() {a = 340282366920938463463374607431768211455 : i128, b = -1 : i128, c = 5 : i127, d = 1 : i0, e = 170141183460469231731687303715884105728 : i129} : () -> ()
// -----
"t.x"() {a = 256 : i8} : () -> ()
// -----
"t.x"() {a = -129 : i8} : () -> ()
// -----
"t.x"() {a = 128 : si8} : () -> ()
// -----
"t.x"() {a = -1 : ui8} : () -> ()
// -----
"t.x"() {a = 18446744073709551616} : () -> ()
// -----
"t.x"() {a = 18446744073709551615 : index, b = -1 : index, c = 0xFFFFFFFFFFFFFFFF : index} : () -> ()
// -----
func.func @outer() {
  module { func.func @inner() { return } }
  return
}
// -----
module attributes {foo = 1} {}
// -----
func.func private @f() attributes {sym_visibility = "nested"}
// -----
func.func @f()
// -----
"func.func"() ({
}) {function_type = (i32) -> (), sym_name = "f", arg_attrs = [], sym_visibility = "private"} : () -> ()
// -----
"func.func"() ({
}) {function_type = (i32) -> (), sym_name = "f", arg_attrs = [1], sym_visibility = "private"} : () -> ()
// -----
func.func private @f(i32 {a.b}) attributes {arg_attrs = [{a.c}]}
// -----
func.func private @f() attributes {function_type = 1 : i32}
// -----
func.func private @f(%a: i32, i32)
// -----
func.func private @f(...)
// -----
func.func @f(%arg0: i32) -> () { ^bb0: return }
// -----
"t.x"() {"quoted name" = 1, unit, a.b.c = 2, $x = 3, "unit q"} : () -> ()
// -----
"t.x"() {a = 1, a = 2} : () -> ()
// -----
"t.x"() {a = "bad \z"} : () -> ()
// -----
"t.x"() {a = "new
line"} : () -> ()
// -----
"t.x"() {a = array<i32: >} : () -> ()
// -----
"t.x"() {a = array<i7: 1>} : () -> ()
// -----
"t.x"() {a = sparse<[[0, 0], [1, 2]], [1, 5]> : tensor<3x4xi32>, b = sparse<0, 1> : tensor<4xi32>, c = sparse<[[1]], [2.0]> : vector<4xf32>, d = sparse<, > : tensor<4xi32>} : () -> ()
// -----
"t.x"() {a = sparse<[[5, 0]], [1]> : tensor<3x4xi32>} : () -> ()
// -----
"t.x"() : () -> memref<4x4xf32, strided<[1]>>
// -----
"t.x"() : () -> tensor<4xtensor<4xf32>>
// -----
"t.x"() : () -> tensor<4xmemref<4xf32>>
// -----
"t.x"() : () -> tensor<4xtuple<i32>>
// -----
"t.x"() : () -> tensor<4x(i32) -> i32>
// -----
"t.x"() : () -> tensor<0x1F>
// -----
"t.x"() : () -> i16777216
// -----
"t.x"() : () -> complex<index>
// -----
"t.x"() : () -> complex<complex<f32>>
// -----
"t.x"() : () -> !late
!late = i32
// -----
"t.x"() {a = #late} : () -> ()
#late = 5 : i32
// -----
"t.x"()[^bb0] : () -> ()
// -----
"t.r"() ({
  "t.x"()[^bb0, ^bb1] : () -> ()
^bb0:
  "t.x"()[^bb1] : () -> ()
^bb1:
}) : () -> ()
// -----
"t.r"(%x) : (i32) -> ()
// -----
%x = "t.d"() : () -> i32
%x = "t.d"() : () -> i32
// -----
%x = "t.d"() : () -> ()
// -----
%x:2 = "t.d"() : () -> i32
// -----
%x = "t.d"() : () -> (i32, i32)
// -----
%"x" = "t.d"() : () -> i32
// -----
unknown.op
// -----
func.func @f(%a: i32) { %0 = unrealized_conversion_cast %a : i32 to f32
 return }
// -----
module
// -----
{}
// -----
func.func @f() { return } func.func @f() { return }
// -----
func.func @f() { call @nope() : () -> () return }
// -----
module { func.func @f() { call @m::@g() : () -> () return } module @m { func.func @g() { return } } }
// -----
func.func @arith(%a: i32, %b: i32, %c: i1, %f: f32, %g: f32, %i: index, %v: vector<4xf32>, %t: tensor<?xi32>, %l: i64, %h: f16) {
  %0 = arith.addi %a, %b : i32
  %1 = arith.subi %a, %b : i32
  %2 = arith.muli %a, %b : i32
  %3 = arith.divsi %a, %b : i32
  %4 = arith.divui %a, %b : i32
  %5 = arith.remsi %a, %b : i32
  %6 = arith.remui %a, %b : i32
  %7 = arith.ceildivsi %a, %b : i32
  %8 = arith.ceildivui %a, %b : i32
  %9 = arith.floordivsi %a, %b : i32
  %10 = arith.andi %a, %b : i32
  %11 = arith.ori %a, %b : i32
  %12 = arith.xori %a, %b : i32
  %13 = arith.shli %a, %b : i32
  %14 = arith.shrsi %a, %b : i32
  %15 = arith.shrui %a, %b : i32
  %16 = arith.maxsi %a, %b : i32
  %17 = arith.maxui %a, %b : i32
  %18 = arith.minsi %a, %b : i32
  %19 = arith.minui %a, %b : i32
  %20 = arith.addf %f, %g : f32
  %21 = arith.subf %f, %g fastmath<fast> : f32
  %22 = arith.mulf %f, %g fastmath<nnan,ninf> : f32
  %23 = arith.divf %f, %g fastmath<none> : f32
  %24 = arith.remf %f, %g fastmath<reassoc,nnan,ninf,nsz,arcp,contract,afn> : f32
  %25 = arith.negf %f : f32
  %28 = arith.cmpi slt, %a, %b : i32
  %29 = arith.cmpi "ult", %a, %b : i32
  %30 = arith.cmpf oeq, %f, %g : f32
  %31 = arith.cmpf "uno", %f, %g : f32
  %32 = arith.cmpf true, %f, %g : f32
  %33 = arith.cmpf false, %f, %g fastmath<nnan> : f32
  %34 = arith.select %c, %a, %b : i32
  %35 = arith.select %c, %v, %v : vector<4xf32>
  %36 = arith.extsi %a : i32 to i64
  %37 = arith.extui %a : i32 to i64
  %38 = arith.trunci %a : i32 to i8
  %39 = arith.extf %f : f32 to f64
  %40 = arith.truncf %f : f32 to f16
  %41 = arith.sitofp %a : i32 to f32
  %42 = arith.uitofp %a : i32 to f32
  %43 = arith.fptosi %f : f32 to i32
  %44 = arith.fptoui %f : f32 to i32
  %45 = arith.index_cast %i : index to i32
  %46 = arith.index_castui %a : i32 to index
  %47 = arith.bitcast %a : i32 to f32
  %48, %49 = arith.addui_extended %a, %b : i32, i1
  %50:2 = arith.mulsi_extended %a, %b : i32
  %51, %52 = arith.mului_extended %a, %b : i32
  %53 = arith.constant 1 : i32
  %54 = arith.constant true
  %55 = arith.constant -1 : index
  %56 = arith.constant 1.0 : f32
  %57 = arith.constant dense<1> : tensor<4xi32>
  %58 = arith.constant dense<[1.0, 2.0]> : vector<2xf32>
  %59 = arith.constant {a.b} 5 : i32
  %60 = arith.constant 0xFF : i32
  %61 = arith.constant dense_resource<x> : tensor<4xi32>
  %62 = arith.constant sparse<[[0]], [1]> : tensor<4xi32>
  %63 = arith.addi %t, %t {x = 1} : tensor<?xi32>
  %64 = arith.cmpi eq, %t, %t : tensor<?xi32>
  %65 = arith.constant false
  %66 = arith.constant 1 : i1
  %67 = arith.constant 7 : ui8
  return
}
{-# dialect_resources: { builtin: { x: "0x0400000001000000020000000300000004000000" } } #-}
// -----
func.func @f() { %0 = arith.constant "x" return }
// -----
func.func @f() { %0 = arith.constant @f : () -> () return }
// -----
func.func @c$d.e_1-() { return }
// -----
func.func @sw(%f: i64, %v: i32) -> i32 {
  "cf.switch"(%f, %v)[^d, ^d] {case_operand_segments = array<i32: 0>, case_values = dense<1> : vector<1xi64>, operand_segment_sizes = array<i32: 1, 1, 0>} : (i64, i32) -> ()
^d:
  return %v : i32
}
// -----
"builtin.module"() ({
}) : () -> ()
// -----
"builtin.module"() ({
^bb0(%a: i32):
}) : () -> ()
// -----
"builtin.module"() ({
^bb0:
  "t.br"()[^bb1] : () -> ()
^bb1:
}) : () -> ()
// -----
func.func @f(%arg0: i32) {
  %1 = "arith.cmpi"(%arg0, %arg0) {predicate = 12 : i64} : (i32, i32) -> i1
  return
}
// -----
func.func @f(%arg0: i32) {
  %1 = "arith.constant"() {value = 5 : i64} : () -> i32
  return
}
// -----
func.func @f(%arg0: i32) -> i32 {
  return
}
// -----
func.func @f(%arg0: i32) {
  "t.use"(%x) : (i32) -> ()
  %x = "t.d"() : () -> i32
  return
}
// -----
func.func @f() {
  "t.r"() ({ "t.use"(%x) : (i32) -> () }) : () -> ()
  %x = "t.d"() : () -> i32
  return
}
// -----
%x = "t.d"() : () -> i32
func.func @f() {
  "t.use"(%x) : (i32) -> ()
  return
}
// -----
func.func @f(%x: i32) {
  "t.r"() ({ %x = "t.d"() : () -> i32 }) : () -> ()
  return
}
// -----
// RUN: something
// CHECK-LABEL: x
#map0 = affine_map<(d0, d1) -> (d0 + d1)>
#set0 = affine_set<(d0)[s0] : (d0 - s0 >= 0)>
!ty = tuple<i32, memref<4xf32, #map1>>
#map1 = affine_map<(d0) -> (d0 * 2)>
// -----
!a.b = i32
// -----
#a.b = 1
// -----
"t.x"() {a = 1 : f32} : () -> ()
// -----
"t.x"() {a = 1.0 : i32} : () -> ()
// -----
"t.x"() {a = 0x1.0 : f32} : () -> ()
// -----
"t.x"() {a = 5 : !foo.bar} : () -> ()
// -----
"t.x"() {a = dense<[[1, 2], [3]]> : tensor<2x2xi32>} : () -> ()
// -----
"t.x"() {a = dense<[1, [2]]> : tensor<2xi32>} : () -> ()
// -----
"t.x"() {a = dense<"0xZZ"> : tensor<1xi8>} : () -> ()
// -----
"t.x"() {a = dense<"0x010"> : tensor<1xi8>} : () -> ()
// -----
"t.x"() {a = dense<-1> : tensor<2xui8>} : () -> ()
// -----
"t.x"() {a = dense<1.0> : tensor<4xi32>} : () -> ()
// -----
"t.x"() {a = dense<1> : tensor<4xf32>} : () -> ()
// -----
"t.x"() {a = dense<true> : tensor<4xi32>} : () -> ()
// -----
"t.x"() {a = dense<(1.0, 2)> : tensor<complex<f32>>} : () -> ()
// -----
"t.x"() {a = #foo.bar<} : () -> ()
// -----
"t.x"() {a = #foo.bar<(>)>} : () -> ()
// -----
func.func @cst() {
  %cst = arith.constant dense<0.0> : vector<2x2xf16>
  %cst_0 = arith.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi8>
  %c0_i32 = arith.constant 0 : i32
  %c0_i32_1 = arith.constant 0 : i32
  %true = arith.constant true
  %idx = arith.constant 5 : index
  %neg = arith.constant -5 : si8
  %big = arith.constant 170141183460469231731687303715884105727 : i128
  %f = arith.constant 0x7FF0000000000000 : f64
  %bf = arith.constant 1.0e+00 : bf16
  return
}
// -----
func.func @nodom(%c: i1) {
  cf.cond_br %c, ^a, ^b
^a:
  %v = "t.def"() : () -> i32
  cf.br ^b
^b:
  "t.use"(%v) : (i32) -> ()
  return
}
// -----
func.func @blk() {
  cf.br ^undefined
}
// -----
func.func @blk() {
^a:
  return
^a:
  return
}
// -----
func.func @args(%c: i32) {
  cf.br ^a
^a(%x: i32):
  return
}
// -----
func.func @args(%c: i32) {
  cf.br ^a(%c : f32)
^a(%x: f32):
  return
}
// -----
func.func @args(%c: i32, %c: i32) { return }
// -----
func.func @empty() {}
// -----
func.func @noterm() { %0 = arith.constant 1 : i32 }
// -----
func.func @mid() { return
 return }
// -----
"t.x"() {test.x = #test<"unterminated> } : () -> ()
// -----
"t.x"() : () -> (i32
// -----
"t.x"( : () -> ()
// -----
"t.x"() {a = 5 : } : () -> ()
// -----
%0:2 = "t.y"() : () -> (i32, i32)
"t.x"(%0#2) : (i32) -> ()
// -----
%a = "t.y"() : () -> i32
"t.x"(%a#1) : (i32) -> ()
// -----
"t.x"() : () -> memref<2x4xf32, affine_map<(d0) -> (d0)>>
// -----
"t.x"() : () -> memref<4xtensor<4xf32>>
// -----
"t.x"() : () -> memref<4x(i32) -> i32>
// -----
"t.x"() : () -> tensor<-1xf32>
// -----
"t.x"() : () -> tensor<4*f32>
// -----
"t.x"() : () -> tensor<4xf33>
// -----
"t.x"() : () -> i
// -----
"t.x"() {a = @} : () -> ()
// -----
"t.x"() {a = @a::b} : () -> ()
// -----
"t.x"() {a = @1} : () -> ()
// -----
"t.x"() {1 = 2} : () -> ()
// -----
"t.x"() {a, b c} : () -> ()
// -----
"t.x"() {a,} : () -> ()
// -----
"t.x"() {a = [1,]} : () -> ()
// -----
#x = #y
#y = 5
// -----
!x = !y
!y = i32
// -----
"t.x"() : () -> () loc("a":1)
// -----
"t.x"() : () -> () loc(foo)
// -----
"t.x"() : () -> () loc()
// -----
"t.x"() {a = 0x : i32} : () -> ()
// -----
"t.x"() {a = 1.5e : f32} : () -> ()
// -----
"t.x"() {a = .5 : f32} : () -> ()
// -----
"t.x"() {a = affine_map<(d0) -> (d0 + )>} : () -> ()
// -----
"t.x"() {a = affine_map<(d0, d0) -> (d0)>} : () -> ()
// -----
"t.x"() {a = affine_map<(d0)[d0] -> (d0)>} : () -> ()
// -----
"t.x"() {a = affine_map<(d0) -> (d0 mod (d0 + 1))>} : () -> ()
