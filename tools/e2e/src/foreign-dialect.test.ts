// A dialect nobody has heard of takes part in fusion, bufferization, scheduling and code generation by the structured
// form of its ops alone.
import { structuredInterpretation } from '@budflow/dialect-array';
import { buildBinary, buildClamp, ConstantOp } from '@budflow/dialect-core';
import { Interpretable } from '@budflow/interpreter';
import {
  AffineExpr,
  AnyTensor,
  type DomainDim,
  DYNAMIC,
  defineDialect,
  defineOp,
  OpCost,
  type Operation,
  OpPattern,
  OpPatternKind,
  Pure,
  StructuredOp,
  type TensorType,
} from '@budflow/ir';
import { compile } from 'budflow';
import { describe, expect, test } from 'vitest';
import { tensor } from './arguments.js';
import {
  CONFIGURATIONS,
  callCompiled,
  describeConfiguration,
  difference,
  interpretProgram,
  type TestArgument,
} from './differential.js';

function typeOf(op: Operation): TensorType {
  return op.operand(0).type as TensorType;
}

/** The dimensions of the operand. */
function domain(op: Operation, iterator: (dim: number) => DomainDim['iterator']): DomainDim[] {
  return typeOf(op).shape.map((size, dim) => ({
    iterator: iterator(dim),
    size: size === DYNAMIC ? { kind: 'operand', operand: 0, dim } : { kind: 'static', size },
  }));
}

/** x - clamp(-1/2, x, 1/2) */
const SoftThresholdOp = defineOp({
  name: 'lab.soft_threshold',
  summary: 'Shrinks elements towards 0',
  operands: { x: AnyTensor },
  results: { result: AnyTensor },
  traits: [Pure],
  interfaces: [
    OpPattern.implement({ pattern: () => OpPatternKind.elementwise }),
    OpCost.implement({ pointCost: () => ({ flops: 3, expensive: false }) }),
    StructuredOp.implement({
      domain: (op) => domain(op, () => 'parallel'),
      indexingMaps: (op) => [op.context.identityMap(typeOf(op).rank), op.context.identityMap(typeOf(op).rank)],
      body(op, { builder, loc, operand }) {
        const constant = (value: number) =>
          ConstantOp.build(builder, loc, { value: op.context.constantAttr(typeOf(op).element, value) });
        const middle = buildClamp(builder, loc, constant(-0.5), operand(0), constant(0.5));
        return [buildBinary('sub', builder, loc, operand(0), middle)];
      },
    }),
  ],
});

/** result[i, j] = x[i, j + 1]; it says no category, so that one is derived from the maps. */
const ShiftOp = defineOp({
  name: 'lab.shift',
  summary: 'All columns but the first',
  operands: { x: AnyTensor },
  results: { result: AnyTensor },
  traits: [Pure],
  interfaces: [
    StructuredOp.implement({
      // One column less than the operand has; as many rows.
      domain(op): DomainDim[] {
        const [rows] = domain(op, () => 'parallel');
        return [rows!, { iterator: 'parallel', size: { kind: 'static', size: typeOf(op).shape[1]! - 1 } }];
      },
      indexingMaps: (op) => [
        op.context.affineMap(2, 0, [AffineExpr.dim(0), AffineExpr.dim(1).add(1)]),
        op.context.identityMap(2),
      ],
      body: (_, context) => [context.operand(0)],
    }),
    OpCost.implement({ pointCost: () => ({ flops: 0, expensive: false }) }),
  ],
});

/** Sum of squares along the last dimension, in lanes. */
const SumSquaresOp = defineOp({
  name: 'lab.sum_squares',
  summary: 'Squares of rows, added',
  operands: { x: AnyTensor },
  results: { result: AnyTensor },
  traits: [Pure],
  interfaces: [
    OpPattern.implement({ pattern: () => OpPatternKind.reduction }),
    OpCost.implement({ pointCost: () => ({ flops: 2, expensive: true }) }),
    StructuredOp.implement({
      domain: (op) => domain(op, (dim) => (dim === typeOf(op).rank - 1 ? 'reduction' : 'parallel')),
      indexingMaps(op) {
        const { rank } = typeOf(op);
        const kept = Array.from({ length: rank - 1 }, (_, d) => AffineExpr.dim(d));
        return [op.context.identityMap(rank), op.context.affineMap(rank, 0, kept)];
      },
      body(_, { builder, loc, operand, accumulator }) {
        const x = operand(0);
        return [buildBinary('add', builder, loc, accumulator(0), buildBinary('mul', builder, loc, x, x))];
      },
      reduction: {
        identity: (op) => [op.context.constantAttr(typeOf(op).element, -0)],
        combine: (_, builder, loc, [a], [b]) => [buildBinary('add', builder, loc, a!, b!)],
        init: () => [null],
        order: () => ({ kind: 'lanes', lanes: 16, accumulators: 1, block: 1024 }),
      },
    }),
  ],
});

const lab = defineDialect({ name: 'lab', summary: 'Ops of a user', ops: [SoftThresholdOp, ShiftOp, SumSquaresOp] });

const CHAIN = `func.func @main(%x: tensor<?x33xf32>, %y: tensor<?x32xf32>) -> (tensor<?x32xf32>) {
  %a = array.mul %x, %x : tensor<?x33xf32>
  %b = "lab.soft_threshold"(%a) : (tensor<?x33xf32>) -> tensor<?x33xf32>
  %c = "lab.shift"(%b) : (tensor<?x33xf32>) -> tensor<?x32xf32>
  %d = array.sub %c, %y : tensor<?x32xf32>
  return %d : tensor<?x32xf32>
}`;
const NORMALISE = `func.func @normalise(%x: tensor<5x70xf32>) -> (tensor<5x70xf32>) {
  %t = "lab.soft_threshold"(%x) : (tensor<5x70xf32>) -> tensor<5x70xf32>
  %s = "lab.sum_squares"(%t) : (tensor<5x70xf32>) -> tensor<5xf32>
  %r = array.sqrt %s : tensor<5xf32>
  %b = array.broadcast %r dims = [0] : tensor<5xf32> to tensor<5x70xf32>
  %q = array.div %t, %b : tensor<5x70xf32>
  return %q : tensor<5x70xf32>
}`;

const TEXT = `${CHAIN}\n${NORMALISE}`;

/** The ops are not Interpretable: the oracle runs them by their structured form. */
function interpretable(module: Operation): void {
  for (const op of lab.ops) module.context.attach(op.opName, Interpretable, structuredInterpretation);
}

describe('a dialect defined by a user', () => {
  test.each(CONFIGURATIONS.map((c) => [describeConfiguration(c), c] as const))(
    'gives the right results: %s',
    (_, configuration) => {
      const module = compile(TEXT, { ...configuration, dialects: [lab], verifyEach: true });
      const calls: [string, TestArgument[]][] = [
        ['main', [tensor('f32', [7, 33]), tensor('f32', [7, 32], 2)]],
        ['main', [tensor('f32', [0, 33]), tensor('f32', [0, 32], 2)]],
        ['normalise', [tensor('f32', [5, 70], 3)]],
      ];
      for (const [entry, args] of calls) {
        const expected = interpretProgram(TEXT, args, configuration, {
          dialects: [lab],
          prepare: interpretable,
          entry,
        });
        expect(difference(expected, callCompiled(module, args, entry))).toBeUndefined();
      }
      module.dispose();
    },
  );

  test('is fused with array ops into one kernel, and vectorised', () => {
    const stages = new Map<string, string>();
    const module = compile(CHAIN, { dialects: [lab], dump: (stage, text) => void stages.set(stage, text) });
    const fused = stages.get('instruction-fusion')!;
    const body = /array\.fusion[\s\S]*?array\.yield/.exec(fused)![0];
    for (const op of ['array.mul', 'lab.soft_threshold', 'lab.shift', 'array.sub']) expect(body).toContain(op);
    expect(fused.match(/array\.fusion\(/g)).toHaveLength(1);
    expect(module.report.kernels).toBe(1);
    expect(stages.get('default-schedule')).toContain('vector<16xf32>');
    module.dispose();
  });

  test('reductions of it fuse row by row with what they are made of', () => {
    const stages = new Map<string, string>();
    const module = compile(NORMALISE, { dialects: [lab], dump: (stage, text) => void stages.set(stage, text) });
    expect(stages.get('instruction-fusion')!.match(/array\.fusion\(/g)).toHaveLength(1);
    expect(module.report.kernels).toBe(1);
    // Its loops lie inside of those of the quotient, in lanes.
    expect(stages.get('default-schedule')).toMatch(/compute_at.{0,40}sum_squares.*vectorize.{0,40}sum_squares\.l/);
    module.dispose();
  });

  test('is unknown where it is not given', () => {
    expect(() => compile(TEXT)).toThrow(/lab/);
  });
});
