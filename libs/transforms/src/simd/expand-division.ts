// Integer quotients and remainders of vectors by constants: shifts and products, as vectors have no division.
//
// By 2^k, with b = 2^k - 1 for negative x and 0 for others: x divsi 2^k is (x + b) >> k, which rounds towards zero, and the
// remainder is x - ((x + b) with its low k bits cleared). Unsigned, they are a shift and a mask.
// By any other d, with a multiplier m that stands for 2^(w + s) / d rounded up: the upper half of x m, shifted by s, is the
// quotient; where m takes one bit more than lanes have, x is added once more. Negative x are one too low then, and get
// their sign added. The remainder is x - q d.
// Method: Granlund and Montgomery, Division by invariant integers using multiplication; Warren, Hacker's Delight, 10.
import { ConstantOp } from '@budflow/dialect-core';
import { MulHighOp } from '@budflow/dialect-simd';
import {
  Builder,
  ConstantLike,
  DenseElementsAttr,
  denseElement,
  IntegerType,
  Operation,
  type Value,
  VectorType,
} from '@budflow/ir';

/** Replaces an arith.divsi, divui, remsi or remui of vectors by one constant in all lanes; false for any other. */
export function expandDivision(op: Operation): boolean {
  const { type } = op.result();
  if (!(type instanceof VectorType) || !(type.element instanceof IntegerType)) return false;
  const { width } = type.element;
  const divisor = splatConstant(op.operand(1));
  if (divisor === undefined) return false;
  const isSigned = op.name.endsWith('si');
  const d = isSigned ? BigInt.asIntN(width, divisor) : BigInt.asUintN(width, divisor);
  const division = new Division(op, type, width);
  const isRemainder = op.name.startsWith('arith.rem');
  const made = isPowerOfTwo(d)
    ? division.byPowerOfTwo(exponentOf(d), { isSigned, isRemainder })
    : division.byMultiplier(d, { isSigned, isRemainder });
  if (!made) return false;
  op.result().replaceAllUsesWith(made);
  op.erase();
  return true;
}

/** The number that all lanes of a constant vector are. */
function splatConstant(value: Value): bigint | undefined {
  const op = value.definingOp;
  const constant = op?.info.hasTrait(ConstantLike) ? op.attr('value') : undefined;
  if (!(constant instanceof DenseElementsAttr) || !constant.splat) return undefined;
  return BigInt(denseElement(constant, 0) as number | bigint);
}

function isPowerOfTwo(d: bigint): boolean {
  return d > 0n && (d & (d - 1n)) === 0n;
}

function exponentOf(power: bigint): bigint {
  return BigInt(power.toString(2).length - 1);
}

/** Whether the lanes are seen not to be negative: x xor its sign, numbers extended by zeros, masked, or shifted. */
function isNotNegative(value: Value, width: number): boolean {
  const op = value.definingOp;
  if (!op) return false;
  const isSignOf = (sign: Value, x: Value): boolean => {
    const shift = sign.definingOp;
    return (
      shift?.name === 'arith.shrsi' && shift.operand(0) === x && splatConstant(shift.operand(1)) === BigInt(width - 1)
    );
  };
  switch (op.name) {
    case 'arith.extui':
      return true;
    case 'arith.xori':
      return isSignOf(op.operand(1), op.operand(0)) || isSignOf(op.operand(0), op.operand(1));
    case 'arith.shrui':
      return (splatConstant(op.operand(1)) ?? 0n) > 0n;
    case 'arith.andi':
      return BigInt.asIntN(width, splatConstant(op.operand(1)) ?? -1n) >= 0n;
    default:
      return false;
  }
}

interface Kind {
  readonly isSigned: boolean;
  readonly isRemainder: boolean;
}

/** Widths of lanes that products of twice the width exist for. */
const MULTIPLIED: ReadonlySet<number> = new Set([8, 16, 32]);

/** Builds the arithmetic in front of a division. */
class Division {
  private readonly op: Operation;
  private readonly type: VectorType;
  private readonly width: number;
  private readonly builder: Builder;
  private readonly x: Value;

  constructor(op: Operation, type: VectorType, width: number) {
    this.op = op;
    this.type = type;
    this.width = width;
    this.builder = Builder.before(op);
    this.x = op.operand(0);
  }

  private constant(value: bigint): Value {
    const { context, loc } = this.op;
    const wrapped = BigInt.asIntN(this.width, value);
    const element = this.width > 32 ? wrapped : Number(wrapped);
    return ConstantOp.build(this.builder, loc, {
      value: context.constantAttr(this.type, element),
      resultTypes: [this.type],
    });
  }
  private build(name: 'addi' | 'subi' | 'muli' | 'andi' | 'shrsi' | 'shrui', lhs: Value, rhs: Value): Value {
    const info = this.op.context.opInfo(`arith.${name}`);
    return this.builder.insert(Operation.create(info, this.op.loc, [lhs, rhs], [this.type])).result();
  }
  private shift(name: 'shrsi' | 'shrui', x: Value, by: bigint): Value {
    return by === 0n ? x : this.build(name, x, this.constant(by));
  }

  byPowerOfTwo(k: bigint, { isSigned, isRemainder }: Kind): Value {
    const { x, width } = this;
    const low = (1n << k) - 1n;
    if (!isSigned) return isRemainder ? this.build('andi', x, this.constant(low)) : this.shift('shrui', x, k);
    let biased = x;
    if (k > 0n) {
      const sign = this.shift('shrsi', x, BigInt(width - 1));
      biased = this.build('addi', x, this.shift('shrui', sign, BigInt(width) - k));
    }
    if (!isRemainder) return this.shift('shrsi', biased, k);
    return this.build('subi', x, this.build('andi', biased, this.constant(~low)));
  }

  byMultiplier(d: bigint, { isSigned, isRemainder }: Kind): Value | undefined {
    // -1 and 0 are left to the division that says what they give; so is the lowest number, of which there is no negative.
    if (!MULTIPLIED.has(this.width) || d === 0n || d === -1n || d === -(1n << BigInt(this.width - 1))) return undefined;
    const quotient = isSigned ? this.signedQuotient(d) : this.unsignedQuotient(d);
    if (!isRemainder) return quotient;
    return this.build('subi', this.x, this.build('muli', quotient, this.constant(d)));
  }

  private unsignedQuotient(d: bigint): Value {
    const { x } = this;
    const bits = BigInt(this.width);
    // Even divisors lose their factors of two first, where that saves the bit too many.
    const { multiplier, shift } = unsignedMultiplier(d, bits, bits);
    if (multiplier < 1n << bits) return this.shift('shrui', this.high(x, multiplier, { isSigned: false }), shift);
    const twos = BigInt(d.toString(2).length - 1 - d.toString(2).lastIndexOf('1'));
    if (twos > 0n) {
      const odd = unsignedMultiplier(d >> twos, bits, bits - twos);
      const high = this.high(this.shift('shrui', x, twos), odd.multiplier, { isSigned: false });
      return this.shift('shrui', high, odd.shift);
    }
    const high = this.high(x, multiplier - (1n << bits), { isSigned: false });
    const half = this.shift('shrui', this.build('subi', x, high), 1n);
    return this.shift('shrui', this.build('addi', half, high), shift - 1n);
  }

  private signedQuotient(d: bigint): Value {
    const { x } = this;
    const bits = BigInt(this.width);
    const magnitude = d < 0n ? -d : d;
    let rounded: Value;
    if (isNotNegative(x, this.width)) {
      const { multiplier, shift } = unsignedMultiplier(magnitude, bits, bits - 1n);
      rounded = isPowerOfTwo(magnitude)
        ? this.shift('shrui', x, exponentOf(magnitude))
        : this.shift('shrui', this.high(x, multiplier, { isSigned: false }), shift);
    } else if (isPowerOfTwo(magnitude)) rounded = this.byPowerOfTwo(exponentOf(magnitude), TRUNCATING);
    else {
      const { multiplier, shift } = unsignedMultiplier(magnitude, bits, bits - 1n);
      let high = this.high(x, multiplier, { isSigned: true });
      // As a signed number the multiplier is 2^w too low.
      if (multiplier >= 1n << (bits - 1n)) high = this.build('addi', high, x);
      rounded = this.build('subi', this.shift('shrsi', high, shift), this.shift('shrsi', x, bits - 1n));
    }
    return d < 0n ? this.build('subi', this.constant(0n), rounded) : rounded;
  }

  private high(x: Value, multiplier: bigint, { isSigned }: { readonly isSigned: boolean }): Value {
    return MulHighOp.build(this.builder, this.op.loc, {
      lhs: x,
      rhs: this.constant(multiplier),
      ...(isSigned ? {} : { unsigned: true }),
    });
  }
}

const TRUNCATING: Kind = { isSigned: true, isRemainder: false };

/**
 * m and s with x d^-1 rounded down = x m / 2^(bits + s) rounded down, for all 0 <= x < 2^range and a d that is no power of
 * two: the least s of them, where m may take a bit more than `bits`.
 */
export function unsignedMultiplier(
  d: bigint,
  bits: bigint,
  range: bigint,
): { readonly multiplier: bigint; readonly shift: bigint } {
  for (let shift = 0n; ; shift++) {
    const power = 1n << (bits + shift);
    const multiplier = power / d + 1n;
    // m d exceeds the power by e: x e / d stays below the distance to the next quotient.
    const excess = multiplier * d - power;
    if (excess << range <= power) return { multiplier, shift };
  }
}
