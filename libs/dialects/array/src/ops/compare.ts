// Comparison, selection, clamping and fused multiply-add.
import {
  type AttrSpec,
  attr,
  ComplexType,
  DenseElementsAttr,
  defineOp,
  definePattern,
  type FoldResult,
  type Operation,
  Pure,
  TensorType,
  type Value,
} from '@budflow/ir';
import { fitsDefinition, sameTypeAssembly } from '../assembly.js';
import { BooleanTensor, FloatTensor, isBoolean, isRounded, NumericTensor, ScalarTensor } from '../element-types.js';
import { fastmathAttribute } from '../fastmath.js';
import { interpretClamp, interpretCompare, interpretFma, interpretSelect } from '../interpret/elementwise.js';
import { COMPARE_PREDICATES, type ComparePredicate } from '../kinds.js';
import { clampBody, compareBody, fmaBody, selectBody } from '../scalar-body.js';
import { isExtreme, isSplat, splatOf } from '../splat.js';
import { elementwiseInterfaces, tensorType } from '../structure.js';
import { expectResult, verifySameOperandTypes, verifySameTypes } from '../verify-types.js';
import { AddOp } from './binary.js';
import { floorDivisionPatterns } from './floor-division.js';

function isPredicate(text: string): text is ComparePredicate {
  return (COMPARE_PREDICATES as readonly string[]).includes(text);
}

/** The predicate of `y ? x` that says the same as `x ? y`. */
const SWAPPED: Record<ComparePredicate, ComparePredicate> = {
  eq: 'eq',
  ne: 'ne',
  lt: 'gt',
  le: 'ge',
  gt: 'lt',
  ge: 'le',
};

/** What a comparison of a value with itself gives; undefined when NaN makes it depend on the value. */
function reflexive(predicate: ComparePredicate, isFloat: boolean): boolean | undefined {
  if (predicate === 'lt' || predicate === 'gt') return false;
  if (isFloat) return undefined;
  return predicate === 'eq' || predicate === 'le' || predicate === 'ge';
}

const predicateAttribute: AttrSpec<ComparePredicate> = attr.enum('eq', 'ne', 'lt', 'le', 'gt', 'ge');

function booleanOf(type: TensorType, op: Operation): TensorType {
  return op.context.tensor(type.shape, op.context.i1, type.encoding);
}

export const CmpOp = defineOp({
  name: 'array.cmp',
  summary: 'Elementwise comparison',
  description:
    'Predicates eq ne lt le gt ge. Any comparison with NaN is false but ne. Signless integers are signed; i1 and ui* are unsigned. Complex numbers know eq and ne only.',
  example: `func.func @f(%x: tensor<4x?xf32>, %y: tensor<4x?xf32>) -> tensor<4x?xi1> {
  %0 = array.cmp lt, %x, %y : tensor<4x?xf32>
  return %0 : tensor<4x?xi1>
}`,
  operands: { lhs: ScalarTensor, rhs: ScalarTensor },
  results: { result: BooleanTensor },
  attributes: { predicate: predicateAttribute, fastmath: fastmathAttribute },
  traits: [Pure],
  interfaces: [
    ...elementwiseInterfaces(
      { flops: 1, expensive: false },
      (op, context): Value => compareBody(op, context, CmpOp.predicate(op)),
    ),
    interpretCompare((op): ComparePredicate => CmpOp.predicate(op)),
  ],
  assembly: {
    canPrint: (op): boolean =>
      fitsDefinition(op) &&
      op.operand(0).type === op.operand(1).type &&
      op.result(0).type === booleanOf(tensorType(op.operand(0)), op),
    parse(parser, state) {
      const offset = parser.offset();
      const predicate = parser.anyKeyword('comparison predicate');
      if (!isPredicate(predicate))
        parser.error(`expected one of ${COMPARE_PREDICATES.join(', ')}, got '${predicate}'`, offset);
      state.attributes.set('predicate', parser.context.stringAttr(predicate));
      parser.punctuation(',');
      const lhs = parser.operand();
      parser.punctuation(',');
      const rhs = parser.operand();
      parser.optionalAttrDict(state.attributes);
      parser.punctuation(':');
      const at = parser.offset();
      const type = parser.type();
      if (!(type instanceof TensorType))
        return parser.error(`expected the tensor type of the operands, got '${type}'`, at);
      state.operands.push(parser.resolve(lhs, type), parser.resolve(rhs, type));
      state.resultTypes.push(parser.context.tensor(type.shape, parser.context.i1, type.encoding));
    },
    print(printer, op) {
      printer.text(` ${CmpOp.predicate(op)}, `);
      printer.values(op.operands);
      printer.attrDict(op, ['predicate']);
      printer.text(' : ');
      printer.type(op.operand(0).type);
    },
  },
  inferTypes: (context, state) => [context.withElement(state.operands[0]!.type, context.i1)],
  verify(op) {
    if (!verifySameOperandTypes(op) || !expectResult(op, booleanOf(tensorType(op.operand(0)), op))) return;
    const predicate = CmpOp.predicate(op);
    if (tensorType(op.operand(0)).element instanceof ComplexType && predicate !== 'eq' && predicate !== 'ne')
      op.emitError(
        'array.cmp-complex',
        `requires eq or ne for complex numbers, which have no order, got '${predicate}'; compare array.real, array.imag or array.abs of them`,
      );
  },
  fold(op, [, rhs]): FoldResult | null {
    if (op.operand(0) !== op.operand(1)) {
      // b != false == b, b == true == b
      const same = { ne: 0, eq: 1, lt: undefined, le: undefined, gt: undefined, ge: undefined }[CmpOp.predicate(op)];
      if (same === undefined || !isBoolean(tensorType(op.operand(0)).element)) return null;
      return isSplat(rhs, same) ? op.operand(0) : null;
    }
    const known = reflexive(CmpOp.predicate(op), isRounded(tensorType(op.operand(0)).element));
    return known === undefined ? null : splatOf(op.context, op.result(0).type, known ? 1 : 0);
  },
  patterns: [
    definePattern({
      name: 'constant-goes-right',
      equation: '(c < x) == (x > c)',
      root: 'array.cmp',
      rewrite(op, rewriter) {
        const left = op.operand(0).definingOp;
        const right = op.operand(1).definingOp;
        if (left?.name !== 'array.constant' || right?.name === 'array.constant') return false;
        const [lhs, rhs] = [op.operand(0), op.operand(1)];
        rewriter.modify(op, () => {
          op.setOperand(0, rhs);
          op.setOperand(1, lhs);
          op.setAttr('predicate', op.context.stringAttr(SWAPPED[CmpOp.predicate(op)]));
        });
        return true;
      },
    }),
  ],
});

export const SelectOp = defineOp({
  name: 'array.select',
  summary: 'Elementwise choice: condition ? x : y',
  description: 'The condition has the shape of the values. Both values are evaluated.',
  example: `func.func @f(%c: tensor<4xi1>, %x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %0 = array.select %c, %x, %y : tensor<4xf32>
  return %0 : tensor<4xf32>
}`,
  operands: { condition: BooleanTensor, trueValue: ScalarTensor, falseValue: ScalarTensor },
  results: { result: ScalarTensor },
  traits: [Pure],
  interfaces: [...elementwiseInterfaces({ flops: 1, expensive: false }, selectBody), interpretSelect],
  assembly: {
    canPrint: (op): boolean =>
      fitsDefinition(op) &&
      op.operand(1).type === op.operand(2).type &&
      op.result(0).type === op.operand(1).type &&
      op.operand(0).type === booleanOf(tensorType(op.result(0)), op),
    parse(parser, state) {
      const operands = [parser.operand()];
      for (let i = 0; i < 2; i++) {
        parser.punctuation(',');
        operands.push(parser.operand());
      }
      parser.optionalAttrDict(state.attributes);
      parser.punctuation(':');
      const at = parser.offset();
      const type = parser.type();
      if (!(type instanceof TensorType))
        return parser.error(`expected the tensor type of the result, got '${type}'`, at);
      const condition = parser.context.tensor(type.shape, parser.context.i1, type.encoding);
      state.operands.push(
        parser.resolve(operands[0]!, condition),
        parser.resolve(operands[1]!, type),
        parser.resolve(operands[2]!, type),
      );
      state.resultTypes.push(type);
    },
    print(printer, op) {
      printer.space();
      printer.values(op.operands);
      printer.attrDict(op);
      printer.text(' : ');
      printer.type(op.result(0).type);
    },
  },
  inferTypes: (_, state) => [state.operands[1]!.type],
  verify(op) {
    const [condition, x, y] = [op.operand(0).type as TensorType, op.operand(1).type as TensorType, op.operand(2).type];
    if (x !== y) {
      op.emitError('array.operand-types', `requires both values to have one type, got ${x} and ${y}`);
      return;
    }
    const expected = booleanOf(x, op);
    if (condition !== expected) {
      op.emitError(
        'array.operand-types',
        `requires a condition of type ${expected} for values of type ${x}, got ${condition}`,
      );
      return;
    }
    expectResult(op, x);
  },
  fold(op, [condition]) {
    if (op.operand(1) === op.operand(2) || isSplat(condition, 1)) return op.operand(1);
    return isSplat(condition, 0) ? op.operand(2) : null;
  },
  patterns: [
    ...floorDivisionPatterns,
    definePattern({
      name: 'select-of-negated-condition',
      equation: 'select(not c, x, y) == select(c, y, x)',
      root: 'array.select',
      rewrite(op, rewriter) {
        const inner = op.operand(0).definingOp;
        if (!inner || inner.name !== 'array.not') return false;
        const [x, y] = [op.operand(1), op.operand(2)];
        rewriter.modify(op, () => {
          op.setOperand(0, inner.operand(0));
          op.setOperand(1, y);
          op.setOperand(2, x);
        });
        return true;
      },
    }),
    definePattern({
      name: 'select-of-truth-values',
      equation: 'select(c, true, false) == c',
      root: 'array.select',
      rewrite(op, rewriter) {
        if (!isBoolean(tensorType(op.result(0)).element)) return false;
        if (!isSplat(constantOperand(op, 1), 1) || !isSplat(constantOperand(op, 2), 0)) return false;
        rewriter.replaceOp(op, [op.operand(0)]);
        return true;
      },
    }),
  ],
});

function constantOperand(op: Operation, index: number): DenseElementsAttr | undefined {
  const defining = op.operand(index).definingOp;
  const value = defining?.name === 'array.constant' ? defining.attr('value') : undefined;
  return value instanceof DenseElementsAttr ? value : undefined;
}

export const ClampOp = defineOp({
  name: 'array.clamp',
  summary: 'min(max(x, low), high)',
  description: 'NaN in any operand gives NaN. Where low exceeds high the result is high.',
  example: `func.func @f(%lo: tensor<4xf32>, %x: tensor<4xf32>, %hi: tensor<4xf32>) -> tensor<4xf32> {
  %0 = array.clamp %lo, %x, %hi : tensor<4xf32>
  return %0 : tensor<4xf32>
}`,
  operands: { low: NumericTensor, operand: NumericTensor, high: NumericTensor },
  results: { result: NumericTensor },
  attributes: { fastmath: fastmathAttribute },
  traits: [Pure],
  interfaces: [...elementwiseInterfaces({ flops: 2, expensive: false }, clampBody), interpretClamp],
  assembly: sameTypeAssembly(3),
  inferTypes: (_, state) => [state.operands[1]!.type],
  verify: verifySameTypes,
  fold: (op, [low, , high]) => (isExtreme(low, 'least') && isExtreme(high, 'greatest') ? op.operand(1) : null),
});

export const FmaOp = defineOp({
  name: 'array.fma',
  summary: 'a * b + c',
  description:
    'Kind `exact` rounds once; `relaxed` rounds once or twice, as the target does, and always the same way on it.',
  example: `func.func @f(%a: tensor<4xf32>, %b: tensor<4xf32>, %c: tensor<4xf32>) -> tensor<4xf32> {
  %0 = array.fma %a, %b, %c {kind = "relaxed"} : tensor<4xf32>
  return %0 : tensor<4xf32>
}`,
  operands: { a: FloatTensor, b: FloatTensor, c: FloatTensor },
  results: { result: FloatTensor },
  attributes: {
    kind: { ...attr.enum('exact', 'relaxed'), optional: true, defaultValue: 'exact' } as AttrSpec<'exact' | 'relaxed'>,
    fastmath: fastmathAttribute,
  },
  traits: [Pure],
  interfaces: [
    ...elementwiseInterfaces(
      { flops: 2, expensive: false },
      (op, context): Value => fmaBody(op, context, FmaOp.kind(op)),
    ),
    interpretFma((op): 'exact' | 'relaxed' => FmaOp.kind(op)),
  ],
  assembly: sameTypeAssembly(3),
  inferTypes: (_, state) => [state.operands[0]!.type],
  verify: verifySameTypes,
  patterns: [
    definePattern({
      name: 'fma-by-one',
      equation: 'fma(a, 1, c) == a + c',
      root: 'array.fma',
      generates: ['array.add'],
      rewrite(op, rewriter) {
        if (!isSplat(constantOperand(op, 1), 1)) return false;
        rewriter.setInsertionPoint(op);
        const sum = AddOp.build(rewriter, op.loc, {
          lhs: op.operand(0),
          rhs: op.operand(2),
          fastmath: FmaOp.fastmath(op),
        });
        rewriter.replaceOp(op, [sum]);
        return true;
      },
    }),
  ],
});
