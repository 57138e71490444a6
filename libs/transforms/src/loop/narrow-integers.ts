// narrow-integers: arithmetic on bytes and 16-bit numbers that fits in 16 bits is done there, so that a register holds twice
// as many of them.
//
//   %0 = arith.extui %r : i8 to i32             %0 = arith.extui %r : i8 to i16
//   %1 = arith.muli %0, %c77 : i32              %1 = arith.muli %0, %c77 : i16
//   %2 = arith.shrui %1, %c8 : i32        ->    %2 = arith.shrui %1, %c8 : i16
//   %3 = arith.trunci %2 : i32 to i8            %3 = arith.trunci %2 : i16 to i8
//
// Sums, products and logic have the same low bits in any width. What looks at the whole number (shifts right, minima,
// comparisons) is narrowed where ranges say that 16 bits hold it. A number that is needed wide afterwards is extended then.
// Requires scalar code in front of vectors. Preserves all values. As arith-int-range-narrowing in MLIR and the minimal value
// sizes of LLVM's loop vectorizer.
import {
  AddIOp,
  AndIOp,
  ConstantOp,
  ExtSIOp,
  ExtUIOp,
  MaxSIOp,
  MaxUIOp,
  MinSIOp,
  MinUIOp,
  MulIOp,
  OrIOp,
  SelectOp,
  ShLIOp,
  ShRSIOp,
  ShRUIOp,
  SubIOp,
  TruncIOp,
  XOrIOp,
} from '@budflow/dialect-core';
import { KernelAttrs } from '@budflow/dialect-rt';
import {
  Builder,
  ConstantLike,
  InferIntRange,
  IntegerAttr,
  IntegerRange,
  IntegerType,
  isMemoryEffectFree,
  type Operation,
  type Value,
} from '@budflow/ir';
import { definePass } from '@budflow/pass';

const WIDTH = 16;

/** Ops whose low bits follow from the low bits of their operands. */
const RING = new Map<string, typeof AddIOp>(
  [AddIOp, SubIOp, MulIOp, AndIOp, OrIOp, XOrIOp].map((d) => [d.opName, d as typeof AddIOp]),
);

/** Signed and unsigned forms of ops that compare whole numbers. */
const EXTREMES = new Map<string, 'min' | 'max'>([
  [MinSIOp.opName, 'min'],
  [MinUIOp.opName, 'min'],
  [MaxSIOp.opName, 'max'],
  [MaxUIOp.opName, 'max'],
]);

/** Narrow ops that pay for extending their result again. */
const WORTH_EXTENDING = 2;

export const narrowIntegers = definePass({
  name: 'narrow-integers',
  summary: 'compute in 16 bits what ranges say fits in them',
  anchor: 'func.func',
  dependentDialects: ['arith'],
  statistics: { narrowed: 'ops computed in 16 bits' },
  run(func, pass) {
    if (!func.attr(KernelAttrs.kernel)) {
      pass.unchanged();
      return;
    }
    const narrowing = new Narrowing();
    const roots: Operation[] = [];
    func.walk((op) => {
      if (TruncIOp.is(op) || isWideArithmetic(op)) roots.push(op);
    });
    // Users first: what they narrow needs no form of its own.
    let count = 0;
    for (const op of roots.reverse()) if (!op.isErased) count += narrowing.root(op);
    pass.statistic('narrowed', count);
    if (count === 0) pass.unchanged();
  },
});

function isWide(value: Value): boolean {
  return value.type instanceof IntegerType && (value.type.width === 32 || value.type.width === 64);
}

function isWideArithmetic(op: Operation): boolean {
  return op.resultCount === 1 && isWide(op.result(0)) && (RING.has(op.name) || ShRUIOp.is(op) || ShRSIOp.is(op));
}

function constantOf(value: Value): bigint | undefined {
  const op = value.definingOp;
  const attr = op?.info.hasTrait(ConstantLike) ? op.attr('value') : undefined;
  return attr instanceof IntegerAttr ? BigInt(attr.value) : undefined;
}

class Narrowing {
  private readonly ranges = new Map<Value, IntegerRange | null>();
  /** The low 16 bits of values. */
  private readonly low = new Map<Value, Value>();

  /** Narrows what an op computes; returns the number of ops that are narrow then. */
  root(op: Operation): number {
    const value = TruncIOp.is(op) ? op.operand(0) : op.result(0);
    if (!isWide(value) || !op.result(0).hasUses) return 0;
    const tree = new Set<Operation>();
    if (!this.fits(value, tree)) return 0;
    const work = [...tree].filter((o) => !isLeaf(o)).length;
    if (TruncIOp.is(op)) {
      if (work === 0 || (op.result(0).type as IntegerType).width > WIDTH) return 0;
      const narrow = this.build(value);
      const builder = Builder.before(op);
      const resultTypes = op.resultTypes;
      const made =
        narrow.type === resultTypes[0] ? narrow : TruncIOp.build(builder, op.loc, { in: narrow, resultTypes });
      op.result(0).replaceAllUsesWith(made);
      eraseUnused(op);
      return work;
    }
    // What stays wide needs all of the number.
    const kind = this.extension(value);
    if (!kind || work < WORTH_EXTENDING || !readsBytes(tree)) return 0;
    const narrow = this.build(value);
    const builder = Builder.after(narrow.definingOp!);
    const made = kind.build(builder, op.loc, { in: narrow, resultTypes: [value.type] });
    value.replaceAllUsesWith(made);
    eraseUnused(op);
    return work;
  }

  private rangeOf(value: Value): IntegerRange | null {
    const known = this.ranges.get(value);
    if (known !== undefined) return known;
    const op = value.definingOp;
    const { type } = value;
    let range: IntegerRange | null = type instanceof IntegerType ? IntegerRange.full(type.width) : null;
    this.ranges.set(value, range);
    if (op && op.ownRegions === null) {
      const infer = InferIntRange.of(op);
      if (infer) {
        const operands = op.operands.map((v) => this.rangeOf(v));
        range = infer.resultRanges(op, operands)[value.index] ?? range;
      }
    }
    this.ranges.set(value, range);
    return range;
  }

  private isUnsigned(value: Value): boolean {
    const range = this.rangeOf(value);
    return range !== null && range.umax < 1n << BigInt(WIDTH);
  }
  private isSigned(value: Value): boolean {
    const range = this.rangeOf(value);
    const half = 1n << BigInt(WIDTH - 1);
    return range !== null && range.smin >= -half && range.smax < half;
  }
  /** The extension that makes the number of its low bits. */
  private extension(value: Value): typeof ExtUIOp | typeof ExtSIOp | undefined {
    if (this.isUnsigned(value)) return ExtUIOp;
    return this.isSigned(value) ? ExtSIOp : undefined;
  }
  /** How both values can be compared by their low bits. */
  private comparison(a: Value, b: Value): 'signed' | 'unsigned' | undefined {
    if (this.isUnsigned(a) && this.isUnsigned(b)) return 'unsigned';
    return this.isSigned(a) && this.isSigned(b) ? 'signed' : undefined;
  }

  /** Whether the low bits of a value can be computed in them; collects the ops. */
  private fits(value: Value, tree: Set<Operation>): boolean {
    const op = value.definingOp;
    if (!op) return false;
    if (tree.has(op)) return true;
    tree.add(op);
    if (isLeaf(op)) return true;
    // Another form of it stays if others need it wide: twice the work.
    const each = (values: readonly Value[]): boolean => values.every((v) => this.fits(v, tree));
    if (RING.has(op.name)) return each(op.operands);
    if (ShLIOp.is(op) || ShRUIOp.is(op) || ShRSIOp.is(op)) {
      const by = constantOf(op.operand(1));
      if (by === undefined || by < 0n || by >= BigInt(WIDTH)) return false;
      const whole = ShLIOp.is(op) || this.isUnsigned(op.operand(0)) || (ShRSIOp.is(op) && this.isSigned(op.operand(0)));
      return whole && this.fits(op.operand(0), tree);
    }
    if (EXTREMES.has(op.name)) {
      const unsigned = MinUIOp.is(op) || MaxUIOp.is(op);
      const [a, b] = [op.operand(0), op.operand(1)];
      const how = this.comparison(a, b);
      // Signed and unsigned agree on what neither sees as negative.
      const agree = how === 'unsigned' || (how === 'signed' && !unsigned);
      return agree && each(op.operands);
    }
    if (SelectOp.is(op)) return each(op.operands.slice(1));
    return false;
  }

  /** The low bits of a value for which `fits` holds. */
  private build(value: Value): Value {
    const known = this.low.get(value);
    if (known) return known;
    const op = value.definingOp!;
    const { context, loc } = op;
    const type = context.integer(WIDTH);
    const resultTypes = [type];
    const builder = Builder.after(op);
    const constant = (number: bigint): Value =>
      ConstantOp.build(builder, loc, {
        value: context.integerAttr(type, BigInt.asIntN(WIDTH, number)),
        resultTypes,
      });
    let made: Value;
    const number = constantOf(value);
    if (number !== undefined) made = constant(number);
    else if (ExtUIOp.is(op) || ExtSIOp.is(op)) {
      const from = op.operand(0);
      const definition = ExtUIOp.is(op) ? ExtUIOp : ExtSIOp;
      made = from.type === type ? from : definition.build(builder, loc, { in: from, resultTypes });
    } else {
      const operands = op.operands.map((v, i) => {
        if (SelectOp.is(op) && i === 0) return v;
        const by =
          ShLIOp.is(op) || ShRUIOp.is(op) || ShRSIOp.is(op) ? (i === 1 ? constantOf(v) : undefined) : undefined;
        return by === undefined ? this.build(v) : constant(by);
      });
      const [a, b] = operands as [Value, Value];
      const ring = RING.get(op.name);
      if (ring) made = ring.build(builder, loc, { lhs: a, rhs: b });
      else if (ShLIOp.is(op)) made = ShLIOp.build(builder, loc, { lhs: a, rhs: b });
      else if (ShRUIOp.is(op) || ShRSIOp.is(op)) {
        const shift = this.isUnsigned(op.operand(0)) ? ShRUIOp : ShRSIOp;
        made = shift.build(builder, loc, { lhs: a, rhs: b });
      } else if (SelectOp.is(op)) {
        const [condition, trueValue, falseValue] = operands as [Value, Value, Value];
        made = SelectOp.build(builder, loc, { condition, trueValue, falseValue });
      } else {
        const unsigned = this.comparison(op.operand(0), op.operand(1)) === 'unsigned';
        const least = EXTREMES.get(op.name) === 'min';
        const definition = least ? (unsigned ? MinUIOp : MinSIOp) : unsigned ? MaxUIOp : MaxSIOp;
        made = definition.build(builder, loc, { lhs: a, rhs: b });
      }
    }
    this.low.set(value, made);
    return made;
  }
}

/** Erases an op without uses, and what only it used: a form that nobody needs is not looked at. */
function eraseUnused(op: Operation): void {
  const pending = [op];
  for (let at = pending.pop(); at; at = pending.pop()) {
    if (at.isErased || at.hasResultUses || !isMemoryEffectFree(at)) continue;
    for (const operand of at.operands) if (operand.definingOp) pending.push(operand.definingOp);
    at.erase();
  }
}

/** Where low bits come from: constants, and extensions of narrow numbers. */
function isLeaf(op: Operation): boolean {
  if (op.info.hasTrait(ConstantLike)) return true;
  if (!ExtUIOp.is(op) && !ExtSIOp.is(op)) return false;
  const { type } = op.operand(0);
  return type instanceof IntegerType && type.width > 1 && type.width <= WIDTH;
}

/** Whether anything but constants is read: a byte each, so that 16 bits are half the way to 32. */
function readsBytes(tree: ReadonlySet<Operation>): boolean {
  const leaves = [...tree].filter((op) => isLeaf(op) && !op.info.hasTrait(ConstantLike));
  return leaves.length > 0 && leaves.every((op) => (op.operand(0).type as IntegerType).width <= 8);
}
