// Every diagnostic of the core dialects, triggered by the smallest wrong module.
import { describe, expect, it } from 'vitest';
import { check, errorsOf } from './testing/text.js';

const g = (body: string, parameters = '', results = '') => `func.func @f(${parameters})${results} {\n${body}\n}`;
const WRONG: [string, string][] = [
  [
    'arith.constant-type',
    `"builtin.module"() ({\n "func.func"() ({\n %0 = "arith.constant"() {value = 1 : i32} : () -> i64\n "func.return"() : () -> ()\n }) {function_type = () -> (), sym_name = "f"} : () -> ()\n}) : () -> ()`,
  ],
  ['arith.constant-signless', g('%0 = arith.constant 1 : ui8\nreturn')],
  [
    'arith.compare-result',
    `func.func @f(%a: vector<2xi32>) {\n %0 = "arith.cmpi"(%a, %a) {predicate = 0 : i64} : (vector<2xi32>, vector<2xi32>) -> vector<2xi32>\n return\n}`,
  ],
  [
    'arith.select-condition',
    g('%0 = arith.select %c, %a, %a : vector<2xi1>, vector<4xf32>\nreturn', '%c: vector<2xi1>, %a: vector<4xf32>'),
  ],
  ['arith.cast-wider', g('%0 = arith.extsi %a : i32 to i8\nreturn', '%a: i32')],
  ['arith.cast-narrower', g('%0 = arith.truncf %a : f32 to f64\nreturn', '%a: f32')],
  ['arith.cast-equal-width', g('%0 = arith.bitcast %a : f32 to i64\nreturn', '%a: f32')],
  ['arith.index-cast', g('%0 = arith.index_cast %a : i32 to i64\nreturn', '%a: i32')],
  ['arith.overflow-type', `func.func @f(%a: i32) {\n %0:2 = arith.addui_extended %a, %a : i32, i8\n return\n}`],
  ['math.fma-kind', g('%0 = math.fma %a, %a, %a {exact, relaxed} : f32\nreturn', '%a: f32')],
  ['verify.branch-count', g('cf.br ^bb1\n^bb1(%x: i32):\nreturn')],
  ['verify.branch-type', g('cf.br ^bb1(%a : f32)\n^bb1(%x: i32):\nreturn', '%a: f32')],
  [
    'cf.switch-values',
    `func.func @f(%a: i32) {\n "cf.switch"(%a)[^bb1, ^bb1] {case_values = dense<1> : tensor<1xi64>, case_operand_segments = array<i32: 0>, operandSegmentSizes = array<i32: 1, 0, 0>} : (i32) -> ()\n^bb1:\n return\n}`,
  ],
  [
    'cf.switch-cases',
    `func.func @f(%a: i32) {\n "cf.switch"(%a)[^bb1] {case_values = dense<1> : tensor<1xi32>, case_operand_segments = array<i32: 0>, operandSegmentSizes = array<i32: 1, 0, 0>} : (i32) -> ()\n^bb1:\n return\n}`,
  ],
  ['func.public-declaration', 'func.func @f()'],
  [
    'func.entry-arguments',
    `"func.func"() ({\n^bb0(%a: i32):\n "func.return"() : () -> ()\n}) {function_type = (f32) -> (), sym_name = "f"} : () -> ()`,
  ],
  [
    'func.attribute-count',
    `"func.func"() ({\n}) {function_type = (f32) -> (), sym_name = "f", sym_visibility = "private", arg_attrs = [{}, {}]} : () -> ()`,
  ],
  ['func.dialect-attribute', 'func.func private @f(i32 {plain})'],
  ['func.return-parent', 'func.func @f() {\n return\n}\nmodule {\n "func.return"() : () -> ()\n}'],
  ['func.return-count', g('return', '', ' -> i32')],
  ['func.return-type', g('return %a : f32', '%a: f32', ' -> i32')],
  ['func.unknown-callee', g('call @nowhere() : () -> ()\nreturn')],
  ['func.call-operands', `func.func private @g(i32)\n${g('call @g() : () -> ()\nreturn')}`],
  ['func.call-operand-type', `func.func private @g(i32)\n${g('call @g(%a) : (f32) -> ()\nreturn', '%a: f32')}`],
  ['func.call-results', `func.func private @g()\n${g('%0 = call @g() : () -> i32\nreturn')}`],
  ['func.call-result-type', `func.func private @g() -> i32\n${g('%0 = call @g() : () -> f32\nreturn')}`],
  ['func.unknown-function', g('%0 = constant @nowhere : () -> ()\nreturn')],
  ['func.constant-type', `func.func private @g() -> i32\n${g('%0 = constant @g : () -> ()\nreturn')}`],
  ['builtin.module-arguments', '"builtin.module"() ({\n^bb0(%a: i32):\n}) : () -> ()'],
  ['builtin.module-attribute', 'module attributes {plain = 1 : i32} {\n}'],
  ['builtin.cast-results', g('"builtin.unrealized_conversion_cast"(%a) : (i32) -> ()\nreturn', '%a: i32')],
];

describe('verification', () => {
  for (const [id, text] of WRONG) {
    it(`reports ${id}`, () => {
      expect(errorsOf(text)).toContain(id);
    });
  }

  it('of wrong operand types names the constraint', () => {
    const { diagnostics } = check(g('%0 = arith.addf %a, %a : i32\nreturn', '%a: i32'));
    expect(diagnostics[0]!.message).toMatch(/floating-point-like/);
  });
});

describe('parse errors', () => {
  const message = (text: string) => check(text).diagnostics[0]?.message ?? '';
  it('name the thing expected', () => {
    expect(message(g('%0 = arith.addf %a, %a fastmath<quick> : f32\nreturn', '%a: f32'))).toMatch(
      /fastmath flag.*reassoc.*got 'quick'/,
    );
    expect(message(g('%0 = arith.addi %a, %a overflow<all> : i32\nreturn', '%a: i32'))).toMatch(
      /overflow flag.*nsw.*got 'all'/,
    );
    expect(message(g('%0 = arith.cmpi less, %a, %a : i32\nreturn', '%a: i32'))).toMatch(
      /predicate out of eq, ne, slt.*got 'less'/,
    );
    expect(message(g('%0 = arith.constant "text"\nreturn'))).toMatch(/constant with a type.*got/);
    expect(message('func.func @f(%a: i32, f32)')).toMatch(/argument name/);
    expect(message('func.func @f(i32, %a: f32)')).toMatch(/have no names/);
    expect(message('func.func @f(i32) {\n return\n}')).toMatch(/needs names/);
    expect(message('func.func private @f() attributes {sym_name = "g"}')).toMatch(/given by the syntax/);
    expect(message(g('cf.switch %a : f32, [\n default: ^bb1\n]\n^bb1:\nreturn', '%a: f32'))).toMatch(
      /integer type for the flag/,
    );
  });
});

describe('ops inside a wrong function', () => {
  const nameless = '"func.func"() ({\n  ^bb0(%a: i32): "func.return"() : () -> ()\n}) {sym_name = "g"} : () -> ()';
  it('are verified without tripping over what it lacks', () => {
    expect(errorsOf(nameless)).toHaveLength(1);
    expect(errorsOf(`${nameless}\nfunc.func @f() {\n  call @g() : () -> ()\n  return\n}`)).toHaveLength(1);
  });
  it('read functions whose entry block names the arguments', () => {
    expect(errorsOf('func.func @f(i32) {\n^bb0(%a: i32):\n  return\n}')).toEqual([]);
    expect(errorsOf('func.func @f(i32) {\n^bb0(%a: i64):\n  return\n}')).not.toEqual([]);
  });
});
