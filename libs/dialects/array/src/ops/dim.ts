// array.dim: the run-time size of a dimension.
import {
  AnyTensor,
  attr,
  DYNAMIC,
  defineOp,
  definePattern,
  type FoldResult,
  INDEX_WIDTH,
  Index,
  InferIntRange,
  IntegerRange,
  OpCost,
  OpPattern,
  OpPatternKind,
  Pure,
  StructuredOp,
  TensorType,
  type Value,
} from '@budflow/ir';
import { fitsDefinition } from '../assembly.js';
import { interpretDim } from '../interpret/creation.js';
import { sizeRule } from '../shape-rules.js';
import { FREE, tensorType } from '../structure.js';
import { verifyDims } from '../verify-types.js';
import { BroadcastOp, broadcastSize } from './broadcast.js';
import { FullOp, IotaOp } from './creation.js';
import { CustomCallOp, customCallSize } from './custom-call.js';
import { EmptyOp } from './empty.js';
import { ReshapeOp } from './reshape.js';

/** Sizes are exact in a double. */
const MAX_SIZE = (1n << 53n) - 1n;

export const DimOp = defineOp({
  name: 'array.dim',
  summary: 'Size of a dimension',
  description: 'Dimensions count from 0. Of a static dimension it folds to a constant.',
  example: `func.func @f(%x: tensor<?x4xf32>) -> index {
  %0 = array.dim %x, 0 : tensor<?x4xf32>
  return %0 : index
}`,
  operands: { operand: AnyTensor },
  results: { result: Index },
  attributes: { dimension: attr.i64 },
  traits: [Pure],
  interfaces: [
    OpPattern.implement({ pattern: () => OpPatternKind.opaque }),
    OpCost.implement({ pointCost: () => FREE }),
    InferIntRange.implement({ resultRanges: () => [IntegerRange.unsigned(INDEX_WIDTH, 0n, MAX_SIZE)] }),
    interpretDim((op): number => DimOp.dimension(op)),
  ],
  assembly: {
    canPrint: fitsDefinition,
    parse(parser, state) {
      const operand = parser.operand();
      parser.punctuation(',');
      state.attributes.set('dimension', parser.context.i64Attr(parser.integer()));
      parser.optionalAttrDict(state.attributes);
      parser.punctuation(':');
      state.operands.push(parser.resolve(operand, parser.type()));
      state.resultTypes.push(parser.context.index);
    },
    print(printer, op) {
      printer.space();
      printer.value(op.operand(0));
      printer.text(`, ${DimOp.dimension(op)}`);
      printer.attrDict(op, ['dimension']);
      printer.text(' : ');
      printer.type(op.operand(0).type);
    },
  },
  inferTypes: (context) => [context.index],
  verify(op) {
    const type = tensorType(op.operand(0));
    verifyDims(op, 'dimension', [DimOp.dimension(op)], type.rank, `the operand ${type}`);
  },
  fold(op): FoldResult | null {
    const size = tensorType(op.operand(0)).shape[DimOp.dimension(op)]!;
    return size === DYNAMIC ? null : op.context.indexAttr(size);
  },
  patterns: [
    definePattern({
      name: 'dim-of-sized',
      equation: 'dim(full(.., %n), i) == %n',
      root: 'array.dim',
      rewrite(op, rewriter) {
        const size = sizeOperand(op.operand(0), DimOp.dimension(op));
        if (!size) return false;
        rewriter.replaceOp(op, [size]);
        return true;
      },
    }),
    definePattern({
      name: 'dim-of-structured',
      equation: 'dim(f(x), i) == dim(x, j)',
      root: 'array.dim',
      rewrite(op, rewriter) {
        const source = sizeSource(op.operand(0), DimOp.dimension(op));
        if (!source) return false;
        rewriter.modify(op, () => {
          op.setOperand(0, source.value);
          op.setAttr('dimension', op.context.i64Attr(source.dim));
        });
        return true;
      },
    }),
  ],
});

/** The size operand that gives a dynamic dimension of `value`; undefined when there is none. */
export function sizeOperand(value: Value, dim: number): Value | undefined {
  const op = value.definingOp;
  if (!op) return undefined;
  if (BroadcastOp.is(op)) return broadcastSize(op, dim);
  const shape = tensorType(value).shape;
  const position = shape.slice(0, dim).filter((d) => d === DYNAMIC).length;
  if (FullOp.is(op) || IotaOp.is(op) || EmptyOp.is(op))
    return shape[dim] === DYNAMIC ? op.operand(position) : undefined;
  if (CustomCallOp.is(op)) return customCallSize(op, value, dim);
  if (ReshapeOp.is(op)) return shape[dim] === DYNAMIC ? ReshapeOp.sizes(op)[position] : undefined;
  return undefined;
}

/** The operand dimension of the defining (structured) op that has the size of dimension `dim` of `value`. */
export function sizeSource(value: Value, dim: number): { value: Value; dim: number } | undefined {
  const op = value.definingOp;
  const rule = op && value.type instanceof TensorType ? sizeRule(value, dim) : undefined;
  if (op && rule) {
    const [from] = rule.of;
    // Only a rule of one size as it is names a source.
    const same = rule.of.length === 1 && rule.map.isIdentity();
    return from && same ? { value: op.operand(from.operand), dim: from.dim } : undefined;
  }
  const structure = op ? StructuredOp.of(op) : undefined;
  // A domain that does not cover the result (pad) does not tell its size.
  if (!op || !structure || structure.fill || !(value.type instanceof TensorType)) return undefined;
  const expr = structure.indexingMaps(op)[op.operandCount + value.index]?.results[dim];
  if (expr?.kind !== 'dim') return undefined;
  const size = structure.domain(op)[expr.value]!.size;
  return size.kind === 'operand' ? { value: op.operand(size.operand), dim: size.dim } : undefined;
}
