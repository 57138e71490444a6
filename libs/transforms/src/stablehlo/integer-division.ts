// Integer division where a quotient is not defined: StableHLO leaves x / 0, x mod 0, and the lowest number by -1 to
// implementations, and its reference interpreter gives 0. The array dialect has its own answers (-1, x, and the lowest
// number), so a selection stands around its op, unless the divisor shows that it is never needed.
//
//   %0 = stablehlo.divide %x, %y : tensor<4xi32>   ->   %1 = array.div %x, %y
//                                                       %2 = (%y == 0) or (%x == -2^31 and %y == -1)
//                                                       %0 = array.select %2, 0, %1
import { CmpOp, isBoolean } from '@budflow/dialect-array';
import { DenseElementsAttr, denseElement, IntegerAttr, IntegerType, type TensorType, type Value } from '@budflow/ir';
import { Arithmetic } from './arithmetic.js';
import type { HloSite } from './site.js';

/** x / y of integers, with `width` bits of their own. */
export function integerQuotient(site: HloSite, x: Value, y: Value, width: number): Value {
  const { zero, minusOne } = possibleDivisors(y);
  const quotient = site.named('div', x, y);
  const math = new Arithmetic(site, y);
  const undefinedAt: Value[] = [];
  if (zero) undefinedAt.push(math.compare('eq', y, 0));
  if (minusOne && isSigned(y))
    undefinedAt.push(math.and(math.compare('eq', y, -1), math.compare('eq', x, -(2n ** BigInt(width - 1)))));
  const [first, second] = undefinedAt;
  if (first === undefined) return quotient;
  return math.select(second === undefined ? first : math.or(first, second), 0, quotient);
}

/** x mod y of integers; that of the lowest number by -1 is 0 in the array dialect too. */
export function integerRemainder(site: HloSite, x: Value, y: Value): Value {
  const remainder = site.named('rem', x, y);
  if (!possibleDivisors(y).zero) return remainder;
  const math = new Arithmetic(site, y);
  return math.select(math.compare('eq', y, 0), 0, remainder);
}

export function isInteger(site: HloSite, value: Value): boolean {
  const element = site.elementOf(value);
  return element instanceof IntegerType && !isBoolean(element);
}

/** Which of the numbers that matter the elements of a divisor may be. */
interface Possible {
  readonly zero: boolean;
  readonly minusOne: boolean;
}
/** Ops whose results are elements of their operand. */
const RESHAPING: ReadonlySet<string> = new Set(
  ['broadcast', 'reshape', 'reverse', 'slice', 'transpose'].map((kind) => `array.${kind}`),
);
const ANY: Possible = { zero: true, minusOne: true };
const NEITHER: Possible = { zero: false, minusOne: false };
/** How far back a divisor is followed. */
const DEPTH = 8;

function possibleDivisors(value: Value, depth = DEPTH): Possible {
  const op = value.definingOp;
  if (!op || depth === 0) return ANY;
  const of = (operand: number): Possible => possibleDivisors(op.operand(operand), depth - 1);
  if (RESHAPING.has(op.name)) return of(0);
  switch (op.name) {
    case 'array.constant':
    case 'array.full':
      return constantFacts(value) ?? ANY;
    case 'array.abs':
      return { ...of(0), minusOne: false };
    case 'array.cast': {
      const [from, to] = [op.operand(0), value].map((v) => (v.type as TensorType).element);
      if (!(from instanceof IntegerType && to instanceof IntegerType) || isBoolean(from) || to.width <= from.width)
        return ANY;
      // Wider numbers are what they were; those of unsigned ones are not negative.
      return { zero: of(0).zero, minusOne: from.signedness !== 'unsigned' && of(0).minusOne };
    }
    case 'array.max':
      return op.operands.some((v) => constantFacts(v)?.positive) ? NEITHER : ANY;
    case 'array.select': {
      const [whenTrue, whenFalse] = [of(1), of(2)];
      const isReplaced = isZeroTest(op.operand(0), op.operand(2));
      return {
        zero: whenTrue.zero || (whenFalse.zero && !isReplaced),
        minusOne: whenTrue.minusOne || whenFalse.minusOne,
      };
    }
    default:
      return ANY;
  }
}

/** What is known of a constant, through shapes that it is spread to. */
function constantFacts(value: Value): (Possible & { readonly positive: boolean }) | undefined {
  const op = value.definingOp;
  if (op && RESHAPING.has(op.name)) return constantFacts(op.operand(0));
  const attr = op?.name === 'array.constant' || op?.name === 'array.full' ? op.attr('value') : undefined;
  const facts = { zero: false, minusOne: false, positive: true };
  const add = (n: number | bigint): void => {
    facts.zero ||= Number(n) === 0;
    facts.minusOne ||= Number(n) === -1;
    facts.positive &&= n > 0;
  };
  if (attr instanceof IntegerAttr) add(attr.value);
  else if (attr instanceof DenseElementsAttr && attr.type.element instanceof IntegerType) {
    const count = attr.splat ? 1 : attr.type.shape.reduce((n, size) => n * size, 1);
    for (let i = 0; i < count; i++) add(denseElement(attr, i));
  } else return undefined;
  return facts;
}
/** y == 0 of that y, for divisors as `where(y == 0, 1, y)`. */
function isZeroTest(condition: Value, y: Value): boolean {
  const op = condition.definingOp;
  if (!op || !CmpOp.is(op) || CmpOp.predicate(op) !== 'eq' || op.operand(0) !== y) return false;
  const zero = op.operand(1).definingOp?.attr('value');
  return zero instanceof DenseElementsAttr && zero.splat && Number(denseElement(zero, 0)) === 0;
}
function isSigned(value: Value): boolean {
  return ((value.type as TensorType).element as IntegerType).signedness !== 'unsigned';
}
