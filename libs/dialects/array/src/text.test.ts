import { Operation, parseModule, printModule } from '@budflow/ir';
import { describe, expect, test } from 'vitest';
import { messagesOf, moduleFrom, newContext, opsNamed } from './testing/harness.js';

/** Lines inside a function of these parameters, as they are printed. */
function printed(parameters: string, lines: string): string {
  const module = moduleFrom(`func.func @f(${parameters}) {\n${lines}\nreturn\n}`);
  const text = printModule(module);
  expect(printModule(moduleFrom(text))).toBe(text);
  const generic = printModule(module, { generic: true });
  const again = newContext();
  expect(printModule(parseModule(generic, again)!)).toBe(text);
  return text
    .split('\n')
    .map((l) => l.trim())
    .slice(2, -4)
    .join('\n');
}

const x = '%x: tensor<4x?xf32>, %n: index';
const z = '%x: tensor<4x8xf32>, %z: tensor<f32>';

describe('text', () => {
  const same: [string, string, string][] = [
    ['fast-math flags', x, '%0 = array.add %arg0, %arg0 {fastmath = #arith.fastmath<nnan,ninf>} : tensor<4x?xf32>'],
    ['attributes of others', x, '%0 = array.exp %arg0 {my.note = "hot"} : tensor<4x?xf32>'],
    ['every predicate', x, '%0 = array.cmp ne, %arg0, %arg0 : tensor<4x?xf32>'],
    ['full of truth', x, '%0 = array.full true, tensor<?xi1> (%arg1)'],
    ['full of f64', x, '%0 = array.full 1.000000e+00 : f64, tensor<4xf64>'],
    ['full of an unsigned integer', x, '%0 = array.full 200 : ui8, tensor<4x?xui8> (%arg1)'],
    ['full of NaN', x, '%0 = array.full 0x7FC00000 : f32, tensor<4xf32>'],
    ['full of index', x, '%0 = array.full 3 : index, tensor<4xindex>'],
    ['a scalar tensor', x, '%0 = array.full 1 : i64, tensor<i64>'],
    ['iota with sizes', x, '%0 = array.iota dim = 1 : tensor<?x?xi32> (%arg1, %arg1)'],
    [
      'broadcast with sizes',
      x,
      '%0 = array.broadcast %arg0 dims = [1, 0] sizes(%arg1) : tensor<4x?xf32> to tensor<?x4x?xf32>',
    ],
    ['broadcast of a scalar', z, '%0 = array.broadcast %arg1 dims = [] : tensor<f32> to tensor<4xf32>'],
    ['reshape with sizes', x, '%0 = array.reshape %arg0 sizes(%arg1, %arg1) : tensor<4x?xf32> to tensor<?x?xf32>'],
    ['slice of open ends', x, '%0 = array.slice %arg0 [1:4:2, 3:?:1] : tensor<4x?xf32> to tensor<2x?xf32>'],
    ['slice of a scalar', z, '%0 = array.slice %arg1 [] : tensor<f32> to tensor<f32>'],
    [
      'pad with truth',
      '%x: tensor<4xi1>',
      '%0 = array.pad %arg0 low = [1] high = [0] value false : tensor<4xi1> to tensor<5xi1>',
    ],
    [
      'pad with -0.0',
      x,
      '%0 = array.pad %arg0 low = [1, 0] high = [0, 2] value -0.000000e+00 : f32 : tensor<4x?xf32> to tensor<5x?xf32>',
    ],
    [
      'reduce in an order',
      z,
      '%0 = array.reduce add %arg0 init %arg1 dims = [1, 0] {order = #array.order<lanes = 8, accumulators = 4, block = 1024>} : tensor<4x8xf32>, tensor<f32> to tensor<f32>',
    ],
    [
      'reduce with contraction',
      z,
      '%0 = array.reduce add %arg0 init %arg1 dims = [] {contract = "relaxed", order = #array.order<canonical>} : tensor<4x8xf32>, tensor<f32> to tensor<4x8xf32>',
    ],
    [
      'reduce in outer order',
      z,
      '%0 = array.reduce mul %arg0 init %arg1 dims = [0] {order = #array.order<outer, block = 1024>} : tensor<4x8xf32>, tensor<f32> to tensor<8xf32>',
    ],
    [
      'reduce in any order',
      z,
      '%0 = array.reduce max %arg0 init %arg1 dims = [0] {order = #array.order<free>} : tensor<4x8xf32>, tensor<f32> to tensor<8xf32>',
    ],
    [
      'reduce by a region',
      z,
      '%0:2 = array.reduce %arg0, %arg0 init %arg1, %arg1 dims = [1] : tensor<4x8xf32>, tensor<4x8xf32>, tensor<f32>, tensor<f32> to tensor<4xf32>, tensor<4xf32> body(%arg2: f32, %arg3: f32, %arg4: f32, %arg5: f32) {\n%1 = arith.addf %arg2, %arg4 : f32\n%2 = arith.mulf %arg3, %arg5 : f32\narray.yield %1, %2 : f32, f32\n}',
    ],
    [
      'dot without batch',
      '%x: tensor<4x8xf32>',
      '%0 = array.dot_general %arg0, %arg0 contract = [1] x [1] : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x4xf32>',
    ],
    [
      'dot with everything',
      '%x: tensor<2x4x8xi8>',
      '%0 = array.dot_general %arg0, %arg0 batch = [0] x [0] contract = [1, 2] x [1, 2] {order = #array.order<sequential>} : tensor<2x4x8xi8>, tensor<2x4x8xi8> -> tensor<2xi32>',
    ],
    [
      'dot of outer product',
      '%x: tensor<4xf32>',
      '%0 = array.dot_general %arg0, %arg0 contract = [] x [] : tensor<4xf32>, tensor<4xf32> -> tensor<4x4xf32>',
    ],
    [
      'fusion with attributes',
      '%x: tensor<4xf32>',
      '%0 = array.fusion(%arg1 = %arg0 : tensor<4xf32>) kind = "loop" -> tensor<4xf32> attributes {stage = 1 : i32} {\n%1 = array.neg %arg1 : tensor<4xf32>\narray.yield %1 : tensor<4xf32>\n}',
    ],
    ['fusion of nothing', '%x: tensor<4xf32>', 'array.fusion() {\narray.yield\n}'],
  ];
  for (const [name, parameters, text] of same) {
    test(`of ${name} comes back as it was`, () => {
      const source = text
        .replaceAll('%arg0', '%x')
        .replaceAll('%arg1', parameters.includes('%z') ? '%z' : parameters.includes('%n') ? '%n' : '%arg1');
      const normal = (s: string) => s.replace(/%arg\d+/g, '%arg').replace(/%\d+/g, '%v');
      expect(normal(printed(parameters, source))).toBe(normal(text));
    });
  }

  test('of defaults leaves them out', () => {
    expect(
      printed(
        z,
        '%0 = array.reduce add %x init %z dims = [1] {contract = "none"} : tensor<4x8xf32>, tensor<f32> to tensor<4xf32>',
      ),
    ).toContain('dims = [1] : tensor');
    expect(
      printed(
        '%x: tensor<4xf32>',
        '%0 = array.dot_general %x, %x batch = [] x [] contract = [0] x [0] : tensor<4xf32>, tensor<4xf32> -> tensor<f32>',
      ),
    ).toContain('%arg0 contract = [0]');
  });

  test('of an order names the canonical one', () => {
    expect(
      printed(
        z,
        '%0 = array.reduce add %x init %z dims = [1] {order = #array.order<lanes = 16, accumulators = 1, block = 1024>} : tensor<4x8xf32>, tensor<f32> to tensor<4xf32>',
      ),
    ).toContain('#array.order<canonical>');
  });

  test('of what does not verify is generic', () => {
    const context = newContext();
    const module = moduleFrom(
      'func.func @f(%x: tensor<4xf32>, %y: tensor<5xf32>) -> tensor<4xf32> {\n%0 = array.add %x, %x : tensor<4xf32>\nreturn %0 : tensor<4xf32>\n}',
      context,
    );
    const add = opsNamed(module, 'array.add')[0]!;
    const y = add.parent!.arguments[1]!;
    add.setOperand(1, y);
    expect(add.toString()).toContain('"array.add"(');
    const bare = Operation.create(
      context.opInfo('array.cmp'),
      0,
      [add.operand(0), add.operand(0)],
      [add.result(0).type],
    );
    expect(bare.toString()).toContain('"array.cmp"(');
  });
});

test('truth values may say that they are i1', () => {
  const text = (value: string) => `func.func @f() -> tensor<2xi1> {
  %0 = array.full ${value}, tensor<2xi1>
  return %0 : tensor<2xi1>
}`;
  for (const value of ['true', 'false'])
    expect(moduleFrom(text(`${value} : i1`)).toString()).toBe(moduleFrom(text(value)).toString());
  expect(messagesOf(text('true : i8')).join()).toContain('expected i1, the type of true, got i8');
});
