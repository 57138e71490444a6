// Quotients rounded down, and remainders with the sign of the divisor, as programs write them that only know division toward
// zero: with a correction where the signs differ. By a positive constant, neither needs a second division: of x and of
// not x, whichever is not negative, both kinds of quotients are the same, and not x / c rounds the other way.
import {
  DenseElementsAttr,
  definePattern,
  denseElement,
  IntegerType,
  Operation,
  type Rewriter,
  StringAttr,
  type Value,
} from '@budflow/ir';
import { isBoolean } from '../element-types.js';
import { isSplat } from '../splat.js';
import { tensorType } from '../structure.js';

/** The integer that a value is everywhere. */
function integerSplat(value: Value): bigint | undefined {
  const op = value.definingOp;
  const attr = op?.name === 'array.constant' ? op.attr('value') : undefined;
  if (!(attr instanceof DenseElementsAttr) || !attr.splat || !(attr.type.element instanceof IntegerType))
    return undefined;
  return BigInt(denseElement(attr, 0) as number | bigint);
}

function isConstant(value: Value, wanted: number): boolean {
  const op = value.definingOp;
  return op?.name === 'array.constant' && isSplat(op.attr('value'), wanted);
}

/** x and c of `x op c` with a constant c > 0, for signed x. */
interface Division {
  readonly x: Value;
  readonly by: Value;
  readonly divisor: bigint;
}
function divisionOf(value: Value, name: 'array.div' | 'array.rem'): Division | undefined {
  const op = value.definingOp;
  if (op?.name !== name) return undefined;
  const { element } = tensorType(value);
  if (!(element instanceof IntegerType) || isBoolean(element) || element.signedness === 'unsigned') return undefined;
  const divisor = integerSplat(op.operand(1));
  return divisor !== undefined && divisor > 0n ? { x: op.operand(0), by: op.operand(1), divisor } : undefined;
}

function isSame(a: Division, b: Division | undefined): boolean {
  return b !== undefined && a.x === b.x && a.divisor === b.divisor;
}

/** The left operand, if `value` is `array.cmp predicate` and its right one is the number. */
function compared(value: Value, predicate: string, to: number): Value | undefined {
  const op = value.definingOp;
  const stated = op?.name === 'array.cmp' ? op.attr('predicate') : undefined;
  if (!op || !(stated instanceof StringAttr) || stated.value !== predicate) return undefined;
  return isConstant(op.operand(1), to) ? op.operand(0) : undefined;
}

/** Both operands of an `array.and`, in both orders. */
function conjuncts(value: Value): readonly (readonly [Value, Value])[] {
  const op = value.definingOp;
  if (op?.name !== 'array.and') return [];
  const [a, b] = [op.operand(0), op.operand(1)];
  return [
    [a, b],
    [b, a],
  ];
}

/** Whether a condition is `x < 0 or x = 0, and x rem c <> 0`, written with the sign of x: signs of x and c differ. */
function isRoundedUp(condition: Value, quotient: Division): boolean {
  return conjuncts(condition).some(([differ, inexact]) => {
    const sign = compared(differ, 'ne', 1)?.definingOp;
    const remainder = compared(inexact, 'ne', 0);
    return (
      sign?.name === 'array.sign' &&
      sign.operand(0) === quotient.x &&
      remainder !== undefined &&
      isSame(quotient, divisionOf(remainder, 'array.rem'))
    );
  });
}

/** Whether a condition is `r < 0`, or that and `r <> 0`. */
function isNegative(condition: Value, remainder: Value): boolean {
  if (compared(condition, 'lt', 0) === remainder) return true;
  return conjuncts(condition).some(
    ([negative, nonzero]) => compared(negative, 'lt', 0) === remainder && compared(nonzero, 'ne', 0) === remainder,
  );
}

function exponentOf(divisor: bigint): number | undefined {
  return (divisor & (divisor - 1n)) === 0n ? divisor.toString(2).length - 1 : undefined;
}

class FloorMath {
  private readonly op: Operation;
  private readonly rewriter: Rewriter;

  constructor(op: Operation, rewriter: Rewriter) {
    this.op = op;
    this.rewriter = rewriter;
    rewriter.setInsertionPoint(op);
  }

  private binary(name: 'and' | 'div' | 'mul' | 'shr_s' | 'sub' | 'xor', lhs: Value, rhs: Value): Value {
    const info = this.op.context.opInfo(`array.${name}`);
    return this.rewriter.insert(Operation.create(info, this.op.loc, [lhs, rhs], [lhs.type])).result();
  }
  private constant(value: number | bigint): Value {
    const { context, loc } = this.op;
    const type = tensorType(this.op.result(0));
    const element = (type.element as IntegerType).width > 32 ? BigInt(value) : Number(value);
    const attributes = context.dictionary([['value', context.splat(type, element)]]);
    return this.rewriter
      .insert(Operation.create(context.opInfo('array.constant'), loc, [], [type], attributes))
      .result();
  }

  quotient({ x, by, divisor }: Division): Value {
    const k = exponentOf(divisor);
    if (k !== undefined) return this.binary('shr_s', x, this.constant(k));
    const { width } = tensorType(x).element as IntegerType;
    const sign = this.binary('shr_s', x, this.constant(width - 1));
    return this.binary('xor', this.binary('div', this.binary('xor', x, sign), by), sign);
  }
  remainder(division: Division): Value {
    const { x, by, divisor } = division;
    if (exponentOf(divisor) !== undefined) return this.binary('and', x, this.constant(divisor - 1n));
    return this.binary('sub', x, this.binary('mul', this.quotient(division), by));
  }
}

export const floorDivisionPatterns = [
  definePattern({
    name: 'quotient-rounded-down',
    equation:
      'select(sign(x) <> 1 and x rem c <> 0, x div c - 1, x div c) == s xor ((x xor s) div c), s = x >> w - 1, c > 0',
    root: 'array.select',
    generates: ['array.constant', 'array.shr_s', 'array.xor', 'array.div'],
    rewrite(op, rewriter) {
      const division = divisionOf(op.operand(2), 'array.div');
      const less = op.operand(1).definingOp;
      if (!division || less?.name !== 'array.sub') return false;
      if (less.operand(0) !== op.operand(2) || !isConstant(less.operand(1), 1)) return false;
      if (!isRoundedUp(op.operand(0), division)) return false;
      rewriter.replaceOp(op, [new FloorMath(op, rewriter).quotient(division)]);
      return true;
    },
  }),
  definePattern({
    name: 'remainder-not-negative',
    equation: 'select(x rem c < 0, x rem c + c, x rem c) == x - c (x div c rounded down), c > 0',
    root: 'array.select',
    generates: ['array.constant', 'array.and', 'array.shr_s', 'array.xor', 'array.div', 'array.mul', 'array.sub'],
    rewrite(op, rewriter) {
      const division = divisionOf(op.operand(2), 'array.rem');
      const more = op.operand(1).definingOp;
      if (!division || more?.name !== 'array.add') return false;
      if (more.operand(0) !== op.operand(2) || integerSplat(more.operand(1)) !== division.divisor) return false;
      if (!isNegative(op.operand(0), op.operand(2))) return false;
      rewriter.replaceOp(op, [new FloorMath(op, rewriter).remainder(division)]);
      return true;
    },
  }),
];
