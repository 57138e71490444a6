// array.pad: a constant border.
import { elementAttr, scalarType } from '@budflow/dialect-core';
import {
  AffineExpr,
  type AffineMap,
  type Attribute,
  attr,
  DenseElementsAttr,
  DYNAMIC,
  defineOp,
  definePattern,
  type FoldResult,
  type Operation,
  OpPatternKind,
  Pure,
  type Type,
} from '@budflow/ir';
import {
  fitsDefinition,
  parseFromTo,
  parseNamedList,
  parseTypedScalar,
  printFromTo,
  printNamedList,
  printTypedScalar,
} from '../assembly.js';
import { ScalarTensor } from '../element-types.js';
import { interpretPad, type Padding } from '../interpret/movement.js';
import { resplat } from '../splat.js';
import { copyInterfaces, operandDomain, tensorType } from '../structure.js';
import { expectElement, expectResult } from '../verify-types.js';
import { scalarValue } from './creation.js';

function paddedShape(shape: readonly number[], low: readonly number[], high: readonly number[]): number[] {
  return shape.map((d, i) => (d === DYNAMIC ? DYNAMIC : d + low[i]! + high[i]!));
}

export const PadOp = defineOp({
  name: 'array.pad',
  summary: 'A tensor with a border of one value',
  description: '`low` and `high` give the width of the border before and after the elements of each dimension.',
  example: `func.func @f(%x: tensor<4x8xf32>) -> tensor<8x12xf32> {
  %0 = array.pad %x low = [2, 2] high = [2, 2] value 0.0 : f32 : tensor<4x8xf32> to tensor<8x12xf32>
  return %0 : tensor<8x12xf32>
}`,
  operands: { operand: ScalarTensor },
  results: { result: ScalarTensor },
  attributes: { low: attr.i64Array, high: attr.i64Array, value: scalarValue },
  traits: [Pure],
  interfaces: [
    ...copyInterfaces(OpPatternKind.injective, {
      domain: (op) => operandDomain(op, 0),
      maps(op): AffineMap[] {
        const low = PadOp.low(op);
        const result = low.map((l, d) => AffineExpr.dim(d).add(l));
        return [op.context.identityMap(low.length), op.context.affineMap(low.length, 0, result)];
      },
      fill: (op): Attribute => PadOp.value(op),
    }),
    interpretPad((op): Padding => ({ low: PadOp.low(op), high: PadOp.high(op), value: PadOp.value(op) })),
  ],
  assembly: {
    canPrint: fitsDefinition,
    parse(parser, state) {
      const operand = parser.operand();
      parseNamedList(parser, state, 'low', 'low');
      parseNamedList(parser, state, 'high', 'high');
      parser.keyword('value');
      state.attributes.set('value', parseTypedScalar(parser));
      parser.optionalAttrDict(state.attributes);
      const { from, to } = parseFromTo(parser);
      state.operands.push(parser.resolve(operand, from));
      state.resultTypes.push(to);
    },
    print(printer, op) {
      printer.space();
      printer.value(op.operand(0));
      printNamedList(printer, 'low', PadOp.low(op));
      printNamedList(printer, 'high', PadOp.high(op));
      printer.text(' value ');
      printTypedScalar(printer, PadOp.value(op));
      printer.attrDict(op, ['low', 'high', 'value']);
      printFromTo(printer, op);
    },
  },
  inferTypes(context, state): Type[] {
    const from = tensorType(state.operands[0]!);
    const [low, high] = ['low', 'high'].map((name) => attr.i64Array.read(state.attributes.get(name)!));
    return [context.tensor(paddedShape(from.shape, low!, high!), from.element, from.encoding)];
  },
  verify(op) {
    const from = tensorType(op.operand(0));
    const [low, high] = [PadOp.low(op), PadOp.high(op)];
    for (const [name, list] of Object.entries({ low, high })) {
      if (list.length !== from.rank) {
        op.emitError(
          'array.dimension-count',
          `requires '${name}' with one entry for each dimension of the operand ${from}, got ${list.length}`,
        );
        return;
      }
      const negative = list.findIndex((n) => n < 0);
      if (negative >= 0) {
        op.emitError(
          'array.pad-width',
          `requires '${name}' of at least 0, got ${list[negative]} in dimension ${negative} (array.slice cuts)`,
        );
        return;
      }
    }
    if (!expectElement(op, from, scalarType(op.context, PadOp.value(op))!, 'an operand')) return;
    expectResult(op, op.context.tensor(paddedShape(from.shape, low, high), from.element, from.encoding));
  },
  fold(op, [operand]): FoldResult | null {
    if (isZero(PadOp.low(op)) && isZero(PadOp.high(op))) return op.operand(0);
    return padsWithItself(op, operand) ? resplat(op.context, operand, op.result(0).type) : null;
  },
  patterns: [
    definePattern({
      name: 'pad-of-pad',
      equation: 'pad<l, h, c>(pad<m, k, c>(x)) == pad<l + m, h + k, c>(x)',
      root: 'array.pad',
      rewrite(op, rewriter) {
        const inner = op.operand(0).definingOp;
        if (!inner || !PadOp.is(inner) || PadOp.value(inner) !== PadOp.value(op)) return false;
        const low = PadOp.low(op).map((l, d) => l + PadOp.low(inner)[d]!);
        const high = PadOp.high(op).map((h, d) => h + PadOp.high(inner)[d]!);
        rewriter.setInsertionPoint(op);
        rewriter.replaceOp(op, [
          PadOp.build(rewriter, op.loc, { operand: inner.operand(0), low, high, value: PadOp.value(op) }),
        ]);
        return true;
      },
    }),
  ],
});

function isZero(list: readonly number[]): boolean {
  return list.every((n) => n === 0);
}

function padsWithItself(op: Operation, operand: Attribute | null | undefined): boolean {
  if (!(operand instanceof DenseElementsAttr) || !operand.splat) return false;
  return elementAttr(op.context, operand, 0) === PadOp.value(op);
}
