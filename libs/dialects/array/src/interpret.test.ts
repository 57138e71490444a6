import { buildBinary } from '@budflow/dialect-core';
import { elementsOf, Interpretable, type RuntimeValue, TensorValue } from '@budflow/interpreter';
import {
  AffineExpr,
  AnyTensor,
  defineDialect,
  defineOp,
  OpPattern,
  OpPatternKind,
  Pure,
  parseModule,
  StructuredOp,
  type TensorType,
  type Value,
  verify,
} from '@budflow/ir';
import { describe, expect, test } from 'vitest';
import { interpretStructured } from './index.js';
import { call, moduleFrom, newContext, run, tensor } from './testing/harness.js';

describe('array.fusion', () => {
  const text = `func.func @f(%x: tensor<4xf32>, %n: index) -> (tensor<?x4xf32>, tensor<4xf32>) {
  %r:2 = array.fusion(%a = %x : tensor<4xf32>, %m = %n : index) kind = "loop" -> (tensor<?x4xf32>, tensor<4xf32>) {
    %0 = array.add %a, %a : tensor<4xf32>
    %1 = array.broadcast %0 dims = [1] sizes(%m) : tensor<4xf32> to tensor<?x4xf32>
    array.yield %1, %0 : tensor<?x4xf32>, tensor<4xf32>
  }
  return %r#0, %r#1 : tensor<?x4xf32>, tensor<4xf32>
}`;
  test('computes its body on its operands', () => {
    const context = newContext();
    const [a, b] = call(moduleFrom(text, context), [
      tensor(context, 'tensor<4xf32>', [1, 2, 3, 4]),
      2,
    ]) as TensorValue[];
    expect(a!.shape).toEqual([2, 4]);
    expect(elementsOf(a!)).toEqual([2, 4, 6, 8, 2, 4, 6, 8]);
    expect(elementsOf(b!)).toEqual([2, 4, 6, 8]);
  });
  test('is of the category of its least fusible member', () => {
    const module = moduleFrom(text);
    module.walk((op) => {
      if (op.name === 'array.fusion') expect(OpPattern.of(op)!.pattern(op)).toBe(OpPatternKind.broadcast);
    });
  });
});

describe('run-time shapes', () => {
  const trap = (text: string, args: (context: ReturnType<typeof newContext>) => RuntimeValue[]) => () =>
    run(text, args);
  const two = (op: string) =>
    `func.func @f(%x: tensor<?xf32>, %y: tensor<?xf32>) -> tensor<?xf32> {\n%r = ${op}\nreturn %r : tensor<?xf32>\n}`;

  test('of elementwise operands must agree', () => {
    const f = trap(two('array.add %x, %y : tensor<?xf32>'), (c) => [
      tensor(c, 'tensor<?xf32>', [1, 2], [2]),
      tensor(c, 'tensor<?xf32>', [1], [1]),
    ]);
    expect(f).toThrow(/operands have shapes \[2\] and \[1\]/);
  });
  test('of contracted dimensions must agree', () => {
    const text =
      'func.func @f(%x: tensor<?xf32>, %y: tensor<?xf32>) -> tensor<f32> {\n%r = array.dot_general %x, %y contract = [0] x [0] : tensor<?xf32>, tensor<?xf32> -> tensor<f32>\nreturn %r : tensor<f32>\n}';
    expect(trap(text, (c) => [tensor(c, 'tensor<?xf32>', [1, 2], [2]), tensor(c, 'tensor<?xf32>', [1], [1])])).toThrow(
      /contracted dimensions have sizes \[2\] and \[1\]/,
    );
  });
  test('of batch dimensions must agree', () => {
    const text =
      'func.func @f(%x: tensor<?xf32>, %y: tensor<?xf32>) -> tensor<?xf32> {\n%r = array.dot_general %x, %y batch = [0] x [0] contract = [] x [] : tensor<?xf32>, tensor<?xf32> -> tensor<?xf32>\nreturn %r : tensor<?xf32>\n}';
    expect(trap(text, (c) => [tensor(c, 'tensor<?xf32>', [1, 2], [2]), tensor(c, 'tensor<?xf32>', [1], [1])])).toThrow(
      /batch dimensions have sizes \[2\] and \[1\]/,
    );
  });
  test('must hold a slice', () => {
    const text =
      'func.func @f(%x: tensor<?xf32>) -> tensor<4xf32> {\n%r = array.slice %x [0:4:1] : tensor<?xf32> to tensor<4xf32>\nreturn %r : tensor<4xf32>\n}';
    expect(trap(text, (c) => [tensor(c, 'tensor<?xf32>', [1, 2], [2])])).toThrow(
      /the slice 0:4 leaves dimension 0 of size 2/,
    );
  });
  test('must divide for a reshape', () => {
    const text =
      'func.func @f(%x: tensor<?xf32>) -> tensor<?x4xf32> {\n%r = array.reshape %x : tensor<?xf32> to tensor<?x4xf32>\nreturn %r : tensor<?x4xf32>\n}';
    expect(trap(text, (c) => [tensor(c, 'tensor<?xf32>', [1, 2], [2])])).toThrow(
      /2 elements do not fill tensor<\?x4xf32>/,
    );
  });
  test('given as sizes must fit and not be negative', () => {
    const text =
      'func.func @f(%x: tensor<?xf32>, %n: index) -> tensor<?x?xf32> {\n%r = array.reshape %x sizes(%n, %n) : tensor<?xf32> to tensor<?x?xf32>\nreturn %r : tensor<?x?xf32>\n}';
    expect(run(text, (c) => [tensor(c, 'tensor<?xf32>', [1, 2, 3, 4], [4]), 2])).toEqual([1, 2, 3, 4]);
    expect(trap(text, (c) => [tensor(c, 'tensor<?xf32>', [1, 2, 3], [3]), 2])).toThrow(
      /3 elements do not fill .* with sizes 2, 2/,
    );
    const full =
      'func.func @f(%n: index) -> tensor<?xf32> {\n%r = array.full 1.0 : f32, tensor<?xf32> (%n)\nreturn %r : tensor<?xf32>\n}';
    expect(trap(full, () => [-1])).toThrow(/a size must not be negative, got -1/);
  });
  test('of a dimension are what array.dim gives', () => {
    const context = newContext();
    const module = moduleFrom(
      'func.func @f(%x: tensor<4x?xf32>) -> index {\n%r = array.dim %x, 1 : tensor<4x?xf32>\nreturn %r : index\n}',
      context,
    );
    expect(call(module, [tensor(context, 'tensor<4x?xf32>', new Array(12).fill(0), [4, 3])])).toEqual([3]);
  });
});

test('elements of formats without arithmetic are refused when they run', () => {
  const text =
    'func.func @f(%x: tensor<2xf8E4M3FN>) -> tensor<2xf8E4M3FN> {\n%r = array.add %x, %x : tensor<2xf8E4M3FN>\nreturn %r : tensor<2xf8E4M3FN>\n}';
  const context = newContext();
  const module = moduleFrom(text, context);
  const type = module.region(0).entry.firstOp!.region(0).entry.arguments[0]!.type as TensorType;
  expect(() => call(module, [new TensorValue(type, [2], new Uint8Array(2))])).toThrow(/f8E4M3FN cannot be executed/);
});

test('complex elements move', () => {
  const text =
    'func.func @f(%x: tensor<2x1xcomplex<f32>>) -> tensor<1x2xcomplex<f32>> {\n%r = array.transpose %x perm = [1, 0] : tensor<2x1xcomplex<f32>> to tensor<1x2xcomplex<f32>>\nreturn %r : tensor<1x2xcomplex<f32>>\n}';
  const context = newContext();
  const module = moduleFrom(text, context);
  const type = module.region(0).entry.firstOp!.region(0).entry.arguments[0]!.type as TensorType;
  const [result] = call(module, [new TensorValue(type, [2, 1], new Float32Array([1, 2, 3, 4]))]) as [TensorValue];
  expect([...(result.data as Float32Array)]).toEqual([1, 2, 3, 4]);
});

describe('a structured op of a foreign dialect', () => {
  /** Difference of neighbours: result[i] = x[i + 1] - x[i]. */
  const DiffOp = defineOp({
    name: 'signal.diff',
    summary: 'Difference of neighbours',
    operands: { operand: AnyTensor },
    results: { result: AnyTensor },
    traits: [Pure],
    interfaces: [
      StructuredOp.implement({
        domain: (op) => [
          { iterator: 'parallel', size: { kind: 'static', size: (op.result(0).type as TensorType).shape[0]! } },
        ],
        indexingMaps: (op) => [op.context.affineMap(1, 0, [AffineExpr.dim(0).add(1)]), op.context.identityMap(1)],
        body: (_, context): Value[] => [
          buildBinary('sub', context.builder, context.loc, context.operand(0), context.operand(0)),
        ],
      }),
    ],
  });
  const signal = defineDialect({ name: 'signal', summary: 'Of the test', ops: [DiffOp] });
  const text =
    '"func.func"() ({\n^bb0(%x: tensor<4xi32>):\n%r = "signal.diff"(%x) : (tensor<4xi32>) -> tensor<3xi32>\n"func.return"(%r) : (tensor<3xi32>) -> ()\n}) {sym_name = "f", function_type = (tensor<4xi32>) -> tensor<3xi32>} : () -> ()';

  test('runs once interpretStructured was asked', () => {
    const context = newContext();
    context.registerDialect(signal);
    const module = parseModule(text, context)!;
    expect(verify(module)).toBe(true);
    const args = [tensor(context, 'tensor<4xi32>', [1, 4, 9, 16])];
    expect(() => call(module, args)).toThrow(/signal.diff cannot be executed/);
    module.walk((op) => {
      if (op.name === 'signal.diff') interpretStructured(op);
    });
    expect(elementsOf((call(module, args) as [TensorValue])[0])).toEqual([0, 0, 0]);
  });

  test('keeps an interpretation of its own', () => {
    const context = newContext();
    const module = moduleFrom(
      'func.func @f(%x: tensor<1xf32>) -> tensor<1xf32> {\n%r = array.neg %x : tensor<1xf32>\nreturn %r : tensor<1xf32>\n}',
      context,
    );
    const before = Interpretable.ofInfo(context.opInfo('array.neg'));
    module.walk((op) => interpretStructured(op));
    expect(Interpretable.ofInfo(context.opInfo('array.neg'))).toBe(before);
  });

  test('is stopped when its map leaves the operand', () => {
    const context = newContext();
    context.registerDialect(signal);
    const module = parseModule(text.replaceAll('3xi32', '4xi32'), context)!;
    module.walk((op) => {
      if (op.name === 'signal.diff') interpretStructured(op);
    });
    expect(() => call(module, [tensor(context, 'tensor<4xi32>', [1, 4, 9, 16])])).toThrow(
      /the indexing map gives 4 in dimension 0 of size 4 at point \(3\)/,
    );
  });
});
