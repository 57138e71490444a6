// CHLO's ops whose operands broadcast to each other: the operands become one shape, then there is the plain op.
import { BroadcastOp, ComplexOp, FullOp, isBoolean } from '@budflow/dialect-array';
import * as hlo from '@budflow/dialect-stablehlo';
import {
  ComplexType,
  DYNAMIC,
  FloatType,
  InternalError,
  type OpDefinitionBase,
  type Operation,
  type TensorType,
  type Value,
} from '@budflow/ir';
import { Arithmetic, inFloats } from '../arithmetic.js';
import { arcTangent, compared, extreme } from '../complex-order.js';
import { carriedNumber } from '../narrow.js';
import { type HloRule, type HloRules, ruleFor } from '../rule.js';
import type { HloSite } from '../site.js';
import { withType } from '../sizes.js';
import { nextAfter, polygamma, zeta } from '../special-functions.js';
import { ordered } from './conversions.js';
import { complexRemainder, divided, power, remainder, shiftedArithmetically, shiftedLogically } from './elementwise.js';

/** A value, and the dimension of the result that each of its dimensions is. */
interface Aligned {
  readonly value: Value;
  readonly dims: readonly number[];
}

/** Dimensions at the end of the result; those of the operand of lower rank where the op puts them. */
function aligned(op: Operation, values: readonly Value[], rank: number): Aligned[] {
  const dims = hlo.BroadcastAddOp.broadcast_dimensions(op);
  return values.map((value) => {
    const own = (value.type as TensorType).rank;
    const last = Array.from({ length: own }, (_, i) => rank - own + i);
    return { value, dims: dims !== undefined && own < rank ? dims : last };
  });
}

/** All operands in the shape of the result. */
function broadcastAll(site: HloSite, operands: readonly Aligned[]): Value[] {
  const { shape } = site.type();
  const { context, rewriter, loc } = site;
  const sizeOf = (r: number): Value => {
    for (const { value, dims } of operands) {
      const i = dims.indexOf(r);
      if (i >= 0 && (value.type as TensorType).shape[i] === DYNAMIC) return site.dim(value, i);
    }
    throw new InternalError(`no operand has the size of dimension ${r}`, site.op);
  };
  return operands.map(({ value, dims }) => {
    const from = value.type as TensorType;
    const type = context.tensor(shape, from.element);
    // A size that is open here and known in the result is that one.
    const closed = from.shape.map((size, i) => (size === DYNAMIC ? shape[dims[i]!]! : size));
    const x = withType(site, value, context.tensor(closed, from.element));
    if (x.type === type) return x;
    const open = shape.flatMap((size, r) => {
      const i = dims.indexOf(r);
      return size === DYNAMIC && (i < 0 || closed[i] === 1) ? [sizeOf(r)] : [];
    });
    return BroadcastOp.build(rewriter, loc, { operand: x, dims, sizes: open, resultTypes: [type] });
  });
}
function operandsOf(site: HloSite): [Value, Value] {
  return broadcastAll(site, aligned(site.op, site.all(), site.type().rank)) as [Value, Value];
}

function binary(
  op: OpDefinitionBase,
  build: (site: HloSite, lhs: Value, rhs: Value) => Value,
  refuses?: HloRule['refuses'],
): HloRules {
  const plain = op.opName.replace('broadcast_', '');
  return ruleFor(op, {
    equation: `${op.opName} x, y == ${plain} of broadcast x, broadcast y`,
    convert: (site) => [build(site, ...operandsOf(site))],
    ...(refuses ? { refuses } : {}),
  });
}
function ordering(op: OpDefinitionBase, kind: 'max' | 'min', onI1: string): HloRules {
  return binary(op, (site, lhs, rhs) =>
    isBoolean(site.elementOf(lhs)) ? site.named(onI1, lhs, rhs) : extreme(site, kind, lhs, rhs),
  );
}
// Ops whose operands may be of any type, and which are functions of some.
function noFloats({ operands }: Operation): string | undefined {
  const { element } = operands[0]!.type as TensorType;
  return element instanceof FloatType || element instanceof ComplexType
    ? undefined
    : `it is a function of floats and complex numbers, not of ${element}`;
}
function noRealFloats({ operands }: Operation): string | undefined {
  const { element } = operands[0]!.type as TensorType;
  return element instanceof FloatType ? undefined : `it is a function of floats, not of ${element}`;
}
function noPower({ operands }: Operation): string | undefined {
  return isBoolean((operands[0]!.type as TensorType).element) ? 'i1 has no powers' : undefined;
}
/** An array op, another one on i1. */
function named(op: OpDefinitionBase, kind: string, onI1 = kind): HloRules {
  return binary(op, (site, lhs, rhs) => site.named(isBoolean(site.elementOf(lhs)) ? onI1 : kind, lhs, rhs));
}

export const BROADCASTS: HloRules = {
  ...named(hlo.BroadcastAddOp, 'add', 'or'),
  ...named(hlo.BroadcastMultiplyOp, 'mul', 'and'),
  ...ordering(hlo.BroadcastMaximumOp, 'max', 'or'),
  ...ordering(hlo.BroadcastMinimumOp, 'min', 'and'),
  ...named(hlo.BroadcastSubtractOp, 'sub'),
  ...binary(hlo.BroadcastDivideOp, divided),
  ...binary(hlo.BroadcastRemainderOp, remainder, complexRemainder),
  ...binary(hlo.BroadcastPowerOp, power, noPower),
  ...binary(hlo.BroadcastAtan2Op, arcTangent, noFloats),
  ...named(hlo.BroadcastAndOp, 'and'),
  ...named(hlo.BroadcastOrOp, 'or'),
  ...named(hlo.BroadcastXorOp, 'xor'),
  ...named(hlo.BroadcastShiftLeftOp, 'shl'),
  ...binary(hlo.BroadcastShiftRightArithmeticOp, shiftedArithmetically),
  ...binary(hlo.BroadcastShiftRightLogicalOp, shiftedLogically),
  ...binary(hlo.BroadcastNextAfterOp, (site, x, y) => nextAfter(new Arithmetic(site, x), x, y), noRealFloats),
  ...binary(hlo.BroadcastPolygammaOp, (site, n, x) =>
    inFloats(site, { least: 64, operands: [n, x] }, (m, order, at) => polygamma(m, order!, at!)),
  ),
  ...binary(hlo.BroadcastZetaOp, (site, x, q) =>
    inFloats(site, { least: 64, operands: [x, q] }, (m, exponent, from) => zeta(m, exponent!, from!)),
  ),
  ...binary(hlo.BroadcastComplexOp, (site, real, imaginary) =>
    ComplexOp.build(site.rewriter, site.loc, { real, imaginary, resultTypes: [site.type()] }),
  ),
  ...binary(hlo.BroadcastCompareOp, (site, lhs, rhs) => {
    const direction = hlo.BroadcastCompareOp.comparison_direction(site.op);
    const kind = hlo.BroadcastCompareOp.compare_type(site.op);
    const [a, b] = [lhs, rhs].map((v) => ordered(site, kind, v)) as [Value, Value];
    return compared(site, direction.toLowerCase() as Lowercase<typeof direction>, a, b);
  }),
  ...ruleFor(hlo.BroadcastSelectOp, {
    equation: 'broadcast_select p, x, y == select of broadcast p, broadcast x, broadcast y',
    convert(site) {
      const values = site.all();
      const { rank } = site.type();
      const operands = values.map((value): Aligned => {
        const own = (value.type as TensorType).rank;
        return { value, dims: Array.from({ length: own }, (_, i) => rank - own + i) };
      });
      const [condition, onTrue, onFalse] = broadcastAll(site, operands) as [Value, Value, Value];
      return [site.select(condition, onTrue, onFalse)];
    },
  }),
  ...ruleFor(hlo.ConstantLikeOp, {
    equation: 'constant_like x c == c in the shape of x',
    refuses: (op) =>
      (op.result(0).type as TensorType).element instanceof ComplexType ? 'its value is a complex number' : undefined,
    convert: (site) => [
      FullOp.build(site.rewriter, site.loc, {
        value: carriedNumber(site.context, site.op.attr('value')!),
        sizes: site.dynamicSizes(site.operand(0)),
        resultTypes: [site.type()],
      }),
    ],
  }),
};
