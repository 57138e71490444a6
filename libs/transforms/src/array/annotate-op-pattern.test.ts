import {
  AffineExpr,
  AnyTensor,
  type DomainDim,
  defineDialect,
  defineOp,
  type Operation,
  OpPattern,
  OpPatternKind,
  StructuredOp,
  type TensorType,
} from '@budflow/ir';
import { describe, expect, test } from 'vitest';
import { functionNamed, kernelContext, parse } from '../testing/kernels.js';
import { runPasses } from '../testing/programs.js';
import { annotateOpPattern, OP_PATTERN_ATTR } from './annotate-op-pattern.js';
import { derivePattern } from './derive-pattern.js';

const EVERYTHING = `func.func @main(%x: tensor<4x8xf32>, %y: tensor<8x4xf32>, %c: tensor<4x8xi1>, %d: tensor<?x?xf32>) {
  %z = array.constant dense<0.0> : tensor<f32>
  %k = array.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %0 = array.add %x, %x : tensor<4x8xf32>
  %1 = array.select %c, %x, %0 : tensor<4x8xf32>
  %2 = array.broadcast %z dims = [] : tensor<f32> to tensor<4x8xf32>
  %3 = array.transpose %x perm = [1, 0] : tensor<4x8xf32> to tensor<8x4xf32>
  %4 = array.slice %x [0:2:1, 1:7:2] : tensor<4x8xf32> to tensor<2x3xf32>
  %5 = array.pad %x low = [1, 1] high = [0, 0] value 0.0 : f32 : tensor<4x8xf32> to tensor<5x9xf32>
  %6 = array.reduce add %x init %z dims = [1] : tensor<4x8xf32>, tensor<f32> to tensor<4xf32>
  %7 = array.dot_general %x, %y contract = [1] x [0] : tensor<4x8xf32>, tensor<8x4xf32> -> tensor<4x4xf32>
  %8 = array.reshape %x : tensor<4x8xf32> to tensor<32xf32>
  %9 = array.iota dim = 0 : tensor<4xf32>
  return
}`;

describe('operator categories', () => {
  test('every tensor op is annotated with its category', () => {
    const module = parse(EVERYTHING);
    const { statistics } = runPasses(module, 'any(annotate-op-pattern)', [annotateOpPattern]);
    const ops = functionNamed(module, 'main').region(0).entry.ops;
    expect(
      ops
        .slice(0, -1)
        .map((op) => [op.name.slice('array.'.length), String(op.attr(OP_PATTERN_ATTR)).replaceAll('"', '')]),
    ).toEqual([
      ['constant', 'elementwise'],
      ['constant', 'opaque'],
      ['add', 'elementwise'],
      ['select', 'elementwise'],
      ['broadcast', 'broadcast'],
      ['transpose', 'injective'],
      ['slice', 'injective'],
      ['pad', 'injective'],
      ['reduce', 'reduction'],
      ['dot_general', 'outElementwiseFusable'],
      ['reshape', 'injective'],
      ['iota', 'injective'],
    ]);
    expect(ops.at(-1)!.attr(OP_PATTERN_ATTR)).toBeUndefined();
    expect(statistics.annotated).toBe(12);
  });

  test('what the maps of an op imply is what it declares', () => {
    const module = parse(EVERYTHING);
    for (const op of functionNamed(module, 'main').region(0).entry.ops) {
      if (!StructuredOp.of(op) || op.name === 'array.iota') continue;
      expect([op.name, derivePattern(op)]).toEqual([op.name, OpPattern.of(op)!.pattern(op)]);
    }
  });

  test("an op of another dialect gets a derived category, and 'opaque' without a structured form", () => {
    const context = kernelContext();
    const reversed = (op: Operation) => {
      const [n] = (op.operand(0).type as TensorType).shape;
      return context.affineMap(1, 0, [
        AffineExpr.dim(0)
          .mul(-1)
          .add(n! - 1),
      ]);
    };
    const domain = (op: Operation): DomainDim[] => [
      { iterator: 'parallel', size: { kind: 'static', size: (op.operand(0).type as TensorType).shape[0]! } },
    ];
    const ReverseOp = defineOp({
      name: 'user.reverse',
      summary: 'elements in reverse',
      operands: { x: AnyTensor },
      results: { y: AnyTensor },
      interfaces: [
        StructuredOp.implement({
          domain,
          indexingMaps: (op) => [reversed(op), context.identityMap(1)],
          body: (_, c) => [c.operand(0)],
        }),
      ],
    });
    const SortOp = defineOp({
      name: 'user.sort',
      summary: 'sorted',
      operands: { x: AnyTensor },
      results: { y: AnyTensor },
    });
    context.registerDialect(defineDialect({ name: 'user', summary: 'ops of a user', ops: [ReverseOp, SortOp] }));
    const module = parse(
      `func.func @main(%x: tensor<4xf32>) {
  %0 = "user.reverse"(%x) : (tensor<4xf32>) -> tensor<4xf32>
  %1 = "user.sort"(%0) : (tensor<4xf32>) -> tensor<4xf32>
  return
}`,
      context,
    );
    const { statistics } = runPasses(module, 'any(annotate-op-pattern)', [annotateOpPattern]);
    const [reverse, sort] = functionNamed(module, 'main').region(0).entry.ops;
    expect(String(reverse!.attr(OP_PATTERN_ATTR))).toBe('"injective"');
    expect(sort!.attr(OP_PATTERN_ATTR)).toBeUndefined();
    expect(derivePattern(sort!)).toBe(OpPatternKind.opaque);
    expect(statistics).toMatchObject({ annotated: 1, derived: 1 });
  });
});
