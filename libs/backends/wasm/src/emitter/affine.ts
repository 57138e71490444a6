// Affine maps of index values: loop.apply, loop.min, loop.max and the bounds of loops. Division rounds down, mod is not
// negative; a divisor known at run time counts as at least 1, so that code moved out of loops that never run is safe.
import type { AffineExpr, AffineMap, Operation } from '@budflow/ir';
import { type Local, Op, ValueType } from '../encoder/index.js';
import type { FunctionEmitter } from './function-emitter.js';

/** Why a map has no form here; null when it has. */
export function checkMap(map: AffineMap | undefined): string | null {
  if (map === undefined || map.results.length === 0) return 'needs an affine map with a result';
  return map.results.every(hasPositiveDivisors) ? null : 'division by a constant that is not positive is not supported';
}

/** Divisors known at run time only are sizes; where one is 0 nothing is read, and the quotient is of no account. */
function hasPositiveDivisors(e: AffineExpr): boolean {
  if (e.lhs === null) return true;
  if (e.kind !== 'add' && e.kind !== 'mul' && e.rhs!.kind === 'constant' && e.rhs!.value <= 0) return false;
  return hasPositiveDivisors(e.lhs) && hasPositiveDivisors(e.rhs!);
}

type Width = 'narrow' | 'wide';

/** Whether 32 bits hold all operands from `first` to `end`. */
function widthOf(e: FunctionEmitter, op: Operation, first: number, end: number): Width {
  for (let i = first; i < end; i++) if (e.isWide(op.operand(i))) return 'wide';
  return 'narrow';
}

/**
 * Pushes the value of a map applied to operands of `op` from `first` on; the smallest or largest of several results.
 * Each operand counts as used once. Returns the width of what was pushed.
 */
export function emitMap(
  e: FunctionEmitter,
  op: Operation,
  map: AffineMap,
  first: number,
  combine: 'min' | 'max',
): Width {
  const count = map.numDims + map.numSymbols;
  const width = widthOf(e, op, first, first + count);
  const uses = new Array<number>(count).fill(0);
  for (const result of map.results) countUses(result, map.numDims, uses);
  const pinned = uses.map((n, i) => {
    const value = op.operand(first + i);
    if (n === 0) e.discard(value);
    return n > 1 && e.constantOf(value) === undefined ? e.pin(value) : undefined;
  });
  const writer = new AffineWriter(e, op, first, map.numDims, pinned, width);
  writer.write(map.results[0]!);
  for (let i = 1; i < map.results.length; i++) {
    const type = width === 'wide' ? ValueType.i64 : ValueType.i32;
    const best = e.f.local(type);
    const other = e.f.local(type);
    e.f.set(best);
    writer.write(map.results[i]!);
    e.f.set(other);
    e.f.get(best);
    e.f.get(other);
    e.f.get(best);
    e.f.get(other);
    const less = width === 'wide' ? Op.i64_lt_s : Op.i32_lt_s;
    const greater = width === 'wide' ? Op.i64_gt_s : Op.i32_gt_s;
    e.f.emit(combine === 'min' ? less : greater);
    e.f.select();
    e.f.release(best);
    e.f.release(other);
  }
  pinned.forEach((local, i) => {
    if (local !== undefined) e.unpin(op.operand(first + i), local);
  });
  return width;
}

function countUses(e: AffineExpr, numDims: number, uses: number[]): void {
  if (e.kind === 'dim') uses[e.value]!++;
  else if (e.kind === 'symbol') uses[numDims + e.value]!++;
  else if (e.lhs !== null) {
    countUses(e.lhs, numDims, uses);
    countUses(e.rhs!, numDims, uses);
  }
}

class AffineWriter {
  private readonly e: FunctionEmitter;
  private readonly op: Operation;
  private readonly first: number;
  private readonly numDims: number;
  private readonly pinned: readonly (Local | undefined)[];
  private readonly wide: boolean;

  constructor(
    e: FunctionEmitter,
    op: Operation,
    first: number,
    numDims: number,
    pinned: readonly (Local | undefined)[],
    width: Width,
  ) {
    this.e = e;
    this.op = op;
    this.first = first;
    this.numDims = numDims;
    this.pinned = pinned;
    this.wide = width === 'wide';
  }

  write(x: AffineExpr): void {
    switch (x.kind) {
      case 'constant':
        this.constant(x.value);
        return;
      case 'dim':
        this.operand(x.value);
        return;
      case 'symbol':
        this.operand(this.numDims + x.value);
        return;
      case 'add':
        this.write(x.lhs!);
        this.write(x.rhs!);
        this.e.f.emit(this.wide ? Op.i64_add : Op.i32_add);
        return;
      case 'mul':
        this.write(x.lhs!);
        this.times(x.rhs!);
        return;
      case 'floordiv':
        this.write(x.lhs!);
        if (x.rhs!.kind === 'constant') this.floorDivide(x.rhs!.value, this.isNonNegative(x.lhs!));
        else this.divideByValue(x, 'floordiv');
        return;
      case 'ceildiv':
        // ceil(x / c) == floor((x + c - 1) / c)
        this.write(x.lhs!);
        if (x.rhs!.kind !== 'constant') {
          this.divideByValue(x, 'ceildiv');
          return;
        }
        if (x.rhs!.value === 1) return;
        this.constant(x.rhs!.value - 1);
        this.e.f.emit(this.wide ? Op.i64_add : Op.i32_add);
        this.floorDivide(x.rhs!.value, this.isNonNegative(x.lhs!));
        return;
      case 'mod':
        this.write(x.lhs!);
        if (x.rhs!.kind === 'constant') this.modulo(x.rhs!.value, this.isNonNegative(x.lhs!));
        else this.divideByValue(x, 'mod');
    }
  }

  private isNonNegative(x: AffineExpr): boolean {
    return this.e.plan.facts.isNonNegativeExpression(x, this.op, this.first, this.numDims);
  }

  private constant(value: number): void {
    if (this.wide) this.e.f.i64Const(value);
    else this.e.f.i32Const(value | 0);
  }

  private operand(i: number): void {
    const value = this.op.operand(this.first + i);
    const local = this.pinned[i];
    if (local === undefined) {
      this.e.emitIndex(value, this.wide ? 'wide' : 'narrow');
      return;
    }
    this.e.f.get(local);
    if (this.wide && !this.e.isWide(value)) this.e.f.emit(Op.i64_extend_i32_s);
  }

  private times(factor: AffineExpr): void {
    const { f } = this.e;
    if (factor.kind === 'constant') {
      if (!this.wide) {
        this.e.scale(factor.value);
        return;
      }
      const log2 = Math.log2(factor.value);
      const shift = Number.isInteger(log2);
      this.constant(shift ? log2 : factor.value);
      f.emit(shift ? Op.i64_shl : Op.i64_mul);
      return;
    }
    this.write(factor);
    f.emit(this.wide ? Op.i64_mul : Op.i32_mul);
  }

  private floorDivide(by: number, nonNegative: boolean): void {
    const { f } = this.e;
    if (by === 1) return;
    const log2 = Math.log2(by);
    if (Number.isInteger(log2)) {
      this.constant(log2);
      f.emit(this.wide ? Op.i64_shr_s : Op.i32_shr_s);
      return;
    }
    // floor(x / c) == trunc((x < 0 ? x - (c - 1) : x) / c)
    if (!nonNegative) {
      this.addWhereNegative(() => this.constant(by - 1), this.wide ? Op.i64_sub : Op.i32_sub);
    }
    this.constant(by);
    f.emit(this.wide ? Op.i64_div_s : Op.i32_div_s);
  }

  private modulo(by: number, nonNegative: boolean): void {
    const { f } = this.e;
    if (Number.isInteger(Math.log2(by))) {
      this.constant(by - 1);
      f.emit(this.wide ? Op.i64_and : Op.i32_and);
      return;
    }
    this.constant(by);
    f.emit(this.wide ? Op.i64_rem_s : Op.i32_rem_s);
    if (!nonNegative) this.addWhereNegative(() => this.constant(by), this.wide ? Op.i64_add : Op.i32_add);
  }

  /** Divides what is on the stack by an expression whose value is a size. */
  private divideByValue(x: AffineExpr, kind: 'floordiv' | 'ceildiv' | 'mod'): void {
    const { f } = this.e;
    const { wide } = this;
    const divisor = f.local(wide ? ValueType.i64 : ValueType.i32);
    this.write(x.rhs!);
    f.tee(divisor);
    this.constant(1);
    f.get(divisor);
    this.constant(1);
    f.emit(wide ? Op.i64_gt_s : Op.i32_gt_s);
    f.select();
    f.set(divisor);
    const lessOne = () => {
      f.get(divisor);
      this.constant(1);
      f.emit(wide ? Op.i64_sub : Op.i32_sub);
    };
    const nonNegative = this.isNonNegative(x.lhs!);
    if (kind === 'ceildiv') {
      lessOne();
      f.emit(wide ? Op.i64_add : Op.i32_add);
    }
    if (kind !== 'mod' && !nonNegative) this.addWhereNegative(lessOne, wide ? Op.i64_sub : Op.i32_sub);
    f.get(divisor);
    if (kind === 'mod') f.emit(wide ? Op.i64_rem_s : Op.i32_rem_s);
    else f.emit(wide ? Op.i64_div_s : Op.i32_div_s);
    if (kind === 'mod' && !nonNegative) this.addWhereNegative(() => f.get(divisor), wide ? Op.i64_add : Op.i32_add);
    f.release(divisor);
  }

  /** x -> x op (x < 0 ? amount : 0) */
  private addWhereNegative(
    amount: () => void,
    opcode: typeof Op.i32_add | typeof Op.i32_sub | typeof Op.i64_add | typeof Op.i64_sub,
  ): void {
    const { f } = this.e;
    const x = f.local(this.wide ? ValueType.i64 : ValueType.i32);
    f.tee(x);
    f.get(x);
    this.constant(this.wide ? 63 : 31);
    f.emit(this.wide ? Op.i64_shr_s : Op.i32_shr_s);
    amount();
    f.emit(this.wide ? Op.i64_and : Op.i32_and);
    f.emit(opcode);
    f.release(x);
  }
}
