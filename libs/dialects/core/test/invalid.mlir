// What the verifier and the parser say about wrong ops of builtin, func, arith, cf.
// RUN: bud-opt %s --split-input-file --verify-diagnostics --verify-each -o %t

// Operand types.
func.func @f(%a: i32) {
  // expected-error @below {{'arith.addf' op operand #0 must be floating-point-like, but got 'i32'}}
  // expected-error @below {{'arith.addf' op operand #1 must be floating-point-like, but got 'i32'}}
  // expected-error @below {{'arith.addf' op result #0 must be floating-point-like, but got 'i32'}}
  %0 = arith.addf %a, %a : i32
  return
}

// -----

// A constant of another type than its value.
func.func @f() {
  // expected-error @below {{'arith.constant' op value of type i32 does not match the result type i64}}
  %0 = "arith.constant"() {value = 1 : i32} : () -> i64
  return
}

// -----

// Constants have no sign.
func.func @f() {
  // expected-error @below {{'arith.constant' op integer result must be signless, got ui8}}
  %0 = arith.constant 1 : ui8
  return
}

// -----

// The result of a comparison.
func.func @f(%a: vector<2xi32>) {
  // expected-error @below {{'arith.cmpi' op result must be vector<2xi1>, got vector<2xi32>}}
  %0 = "arith.cmpi"(%a, %a) {predicate = 0 : i64} : (vector<2xi32>, vector<2xi32>) -> vector<2xi32>
  return
}

// -----

// A condition for each element.
func.func @f(%c: vector<2xi1>, %a: vector<4xf32>) {
  // expected-error @below {{'arith.select' op condition must be i1 or vector<4xi1>, got vector<2xi1>}}
  %0 = arith.select %c, %a, %a : vector<2xi1>, vector<4xf32>
  return
}

// -----

// Extensions extend, truncations truncate, bitcasts keep the width.
func.func @f(%a: i32) {
  // expected-error @below {{'arith.extsi' op result type i8 must be wider than operand type i32}}
  %0 = arith.extsi %a : i32 to i8
  return
}

// -----

func.func @f(%a: f32) {
  // expected-error @below {{'arith.truncf' op result type f64 must be narrower than operand type f32}}
  %0 = arith.truncf %a : f32 to f64
  return
}

// -----

func.func @f(%a: f32) {
  // expected-error @below {{'arith.bitcast' op operand type f32 and result type i64 must have the same width}}
  %0 = arith.bitcast %a : f32 to i64
  return
}

// -----

// The predicate of a comparison.
func.func @f(%a: i32) {
  // expected-error @below {{expected a predicate out of eq, ne, slt, sle, sgt, sge, ult, ule, ugt, uge, got 'less'}}
  %0 = arith.cmpi less, %a, %a : i32
  return
}

// -----

// Branches pass what the block takes.
func.func @f() {
  // expected-error @below {{'cf.br' op branch has 0 operands for successor #0, but target block has 1 argument}}
  cf.br ^bb1
  ^bb1(%x: i32):
  return
}

// -----

func.func @f(%a: f32) {
  // expected-error @below {{'cf.br' op type mismatch for argument #0 of successor #0: 'f32' is passed for 'i32'}}
  cf.br ^bb1(%a : f32)
  ^bb1(%x: i32):
  return
}

// -----

// A function without a body is private.
// expected-error @below {{'func.func' op a declaration (function without a body) must be private or nested}}
func.func @f()

// -----

// Functions return what they say.
func.func @f() -> i32 {
  // expected-error @below {{'func.return' op has 0 operands, but enclosing function (@f) returns 1}}
  return
}

// -----

func.func @f(%a: f32) -> i32 {
  // expected-error @below {{'func.return' op operand 0 has type f32, but function @f returns i32}}
  return %a : f32
}

// -----

// Calls fit their functions.
func.func @f() {
  // expected-error @below {{'func.call' op 'nowhere' does not reference a valid function}}
  call @nowhere() : () -> ()
  return
}

// -----

func.func private @g(i32)
func.func @f() {
  // expected-error @below {{'func.call' op incorrect number of operands for callee: expected 1, got 0}}
  call @g() : () -> ()
  return
}

// -----

func.func private @g(i32)
func.func @f(%a: f32) {
  // expected-error @below {{'func.call' op operand type mismatch: expected operand type i32, but provided f32 for operand number 0}}
  call @g(%a) : (f32) -> ()
  return
}

// -----

// A value is defined before it is used.
func.func @f() -> i32 {
  // expected-error @below {{'arith.addi' op operand #0 does not dominate this use}}
  // expected-error @below {{'arith.addi' op operand #1 does not dominate this use}}
  %0 = arith.addi %1, %1 : i32
  // expected-note @below {{defined here, after the use}}
  // expected-note @below {{defined here, after the use}}
  %1 = arith.constant 1 : i32
  return %0 : i32
}

// -----

// Two functions of one name.
// expected-note @below {{first defined here}}
func.func @f() {
  return
}
// expected-error @below {{'func.func' op redefines the symbol 'f'}}
func.func @f() {
  return
}

// -----

// Blocks end with a terminator.
// expected-note @below {{in a region of 'func.func', whose blocks need terminators}}
func.func @f(%a: i32) {
  // expected-error @below {{'arith.addi' op ends its block but is not a terminator}}
  %0 = arith.addi %a, %a : i32
}
