// Structured control flow: loop.for, loop.while, loop.if.
//
// A loop.for is tested at the bottom and entered under one test when it may have no iteration. It counts with the
// induction variable only where that is needed; else it ends when one of its pointers reaches its end, or counts down.
// A loop that needs nearly all registers has another form, which register-tiles.ts explains.
import type { AffineMap, Block, Operation, Value } from '@budflow/ir';
import { type Label, type Local, Op, ValueType } from '../encoder/index.js';
import type { LoopPlan, Pointer } from './addresses.js';
import { emitMap } from './affine.js';
import type { FunctionEmitter } from './function-emitter.js';
import { type ForGroups, forGroups } from './plan.js';
import { isRegisterTile } from './register-tiles.js';

export function emitControl(e: FunctionEmitter, op: Operation): void {
  switch (op.name) {
    case 'loop.for':
      new ForEmitter(e, op).emit();
      return;
    case 'loop.while':
      emitWhile(e, op);
      return;
    default:
      emitIf(e, op);
  }
}

/** Pushes a value as the type of the local it goes to. */
function emitAs(e: FunctionEmitter, value: Value, target: Value): void {
  if (e.representation(target).kind === 'index' && e.representation(target).lanes === 0)
    e.emitIndex(value, e.isWide(target) ? 'wide' : 'narrow');
  else e.emitValue(value);
}

/** A local with the initial value of a carried value: the value's own when nothing else needs it. */
function carriedLocal(e: FunctionEmitter, init: Value, argument: Value): Local {
  if (e.isWide(init) === e.isWide(argument)) {
    const own = e.steal(init);
    if (own !== undefined) return own;
  }
  // The value may still be pending: it is computed before the local is taken, which could be one it frees.
  emitAs(e, init, argument);
  const local = e.f.local(
    e.valueType(argument),
    e.name(() => 'carried'),
  );
  e.f.set(local);
  return local;
}

/**
 * Passes values to locals all at once: a local that a value still to be written reads is set last, through another.
 * `previous[i]` is what lies in `targets[i]` until then.
 */
function assign(
  e: FunctionEmitter,
  values: readonly Value[],
  previous: readonly Value[],
  targets: readonly Local[],
): void {
  const late: { target: Local; temporary: Local }[] = [];
  values.forEach((value, i) => {
    const target = targets[i]!;
    if (value === previous[i] && e.isIn(value, target)) {
      e.discard(value);
      return;
    }
    emitAs(e, value, previous[i]!);
    // Several block arguments may share the target.
    if (!previous.some((p) => e.usesLeft(p) > 0 && e.isIn(p, target))) e.f.set(target);
    else {
      const temporary = e.f.local(e.valueType(previous[i]!));
      e.f.set(temporary);
      late.push({ target, temporary });
    }
  });
  for (const { target, temporary } of late) {
    e.f.get(temporary);
    e.f.set(target);
    e.f.release(temporary);
  }
}

class ForEmitter {
  private readonly e: FunctionEmitter;
  private readonly op: Operation;
  private readonly loop: LoopPlan;
  private readonly body: Block;
  private readonly groups: ForGroups;
  /** Whether it is tested at the top; see register-tiles.ts. */
  private readonly isTile: boolean;
  private readonly carried: Local[] = [];
  /** Locals to release behind the loop. */
  private readonly own: Local[] = [];
  /** Bounds that are values in locals. */
  private readonly pinned: { readonly value: Value; readonly local: Local }[] = [];
  private lower: number | Local | null = null;
  private upper: number | Local | null = null;
  private lowerIsConstant = false;
  private upperIsConstant = false;

  constructor(e: FunctionEmitter, op: Operation) {
    this.e = e;
    this.op = op;
    this.loop = e.plan.loops.get(op)!;
    this.body = this.loop.body;
    this.groups = forGroups(op);
    this.isTile = isRegisterTile(op);
  }

  emit(): void {
    const { e, op, loop, groups } = this;
    const { f } = e;
    for (let i = groups.initStart; i < op.operandCount; i++)
      this.carried.push(carriedLocal(e, op.operand(i), this.body.arguments[i - groups.initStart + 1]!));
    this.emitBounds();
    const trips = loop.tripCount;
    if (trips !== 0) {
      const isGuarded = trips === undefined && !this.isTile;
      if (isGuarded) {
        this.pushBound('lower');
        this.pushBound('upper');
        f.emit(Op.i32_lt_s);
        f.if();
      }
      this.emitLoop();
      if (isGuarded) f.end();
    }
    for (const local of this.own) f.release(local);
    for (const { value, local } of this.pinned) e.unpin(value, local);
    op.results.forEach((result, i) => {
      e.give(result, this.carried[i]!);
    });
  }

  private emitBounds(): void {
    const { e, op, groups, loop } = this;
    const lower = loop.lower !== null && loop.lower.values.length === 0 ? loop.lower.constant : undefined;
    // With a known trip count, any end that gives it will do.
    const upper =
      lower !== undefined && loop.tripCount !== undefined
        ? lower + loop.tripCount * loop.step
        : groups.upper.singleConstant();
    this.lowerIsConstant = lower !== undefined;
    this.upperIsConstant = upper !== undefined;
    // Neither is needed to count down a known number of iterations.
    if (loop.tripCount !== undefined && !loop.needsIv) return;
    this.lower = lower ?? this.boundLocal(op, 'lower');
    this.upper = upper ?? this.boundLocal(op, 'upper');
    if (loop.lowerValue >= 0) e.adopt(loop.lowerValue, this.lower as Local);
  }

  private boundLocal(op: Operation, which: 'lower' | 'upper'): Local {
    const { e, groups } = this;
    const isLower = which === 'lower';
    const plain = this.plainBound(isLower ? groups.lower : groups.upper, isLower ? 0 : groups.upperStart);
    if (plain !== undefined) {
      const local = e.pin(plain);
      this.pinned.push({ value: plain, local });
      return local;
    }
    const width = emitMap(
      e,
      op,
      isLower ? groups.lower : groups.upper,
      isLower ? 0 : groups.upperStart,
      isLower ? 'max' : 'min',
    );
    if (width === 'wide') e.narrowOrTrap();
    const local = e.f.local(
      ValueType.i32,
      e.name(() => which),
    );
    e.f.set(local);
    this.own.push(local);
    return local;
  }

  /** The value that is the bound as it stands. */
  private plainBound({ results, numDims }: AffineMap, first: number): Value | undefined {
    const only = results[0]!;
    if (results.length !== 1 || (only.kind !== 'dim' && only.kind !== 'symbol')) return undefined;
    const value = this.op.operand(first + only.value + (only.kind === 'symbol' ? numDims : 0));
    return this.e.isWide(value) || this.e.constantOf(value) !== undefined ? undefined : value;
  }

  private pushBound(which: 'lower' | 'upper'): void {
    const { f } = this.e;
    const bound = which === 'lower' ? this.lower : this.upper;
    const constant = which === 'lower' ? this.lowerIsConstant : this.upperIsConstant;
    if (constant) f.i32Const(bound as number);
    else f.get(bound as Local);
  }

  private emitLoop(): void {
    const { e, loop, body } = this;
    const { f } = e;
    const pointers = loop.induction.filter((p) => p.used);
    for (const pointer of loop.hoisted) if (pointer.used) this.emitStart(pointer);
    for (const pointer of pointers) this.emitStart(pointer);
    const strides = pointers.map((p) => this.emitStride(p));
    // A pointer can tell the end when its addresses are all distinct: they are when each is accessed.
    const exit = loop.needsIv
      ? undefined
      : pointers.find((p, i) => p.unconditional && typeof strides[i] === 'number' && strides[i] !== 0);
    let counter: Local | null = null;
    let end: Local | null = null;
    if (loop.needsIv) {
      this.pushBound('lower');
      counter = this.local('iv');
      f.set(counter);
      e.adopt(loop.iv, counter);
    } else if (exit) {
      f.get(exit.local as Local);
      this.pushSpan(exit.growth[0]!.coefficient);
      f.emit(Op.i32_add);
      end = this.local('end');
      f.set(end);
    } else {
      this.pushSpan(0);
      counter = this.local('count');
      f.set(counter);
    }
    body.arguments.slice(1).forEach((argument, i) => {
      e.adopt(e.plan.values.id(argument), this.carried[i]!);
    });
    const last = exit ? (exit.local as Local) : counter!;
    const out = this.isTile ? f.block() : undefined;
    const again = f.loop();
    e.enterLoop();
    if (out !== undefined) {
      f.get(last);
      this.pushTest(end, 'done');
      f.brIf(out);
      f.loop();
    }
    e.emitBlock(body);
    assign(e, body.terminator.operands, body.arguments.slice(1), this.carried);
    if (out !== undefined) f.end();
    pointers.forEach((pointer, i) => {
      if (pointer === exit) return;
      this.advance(pointer, strides[i]!);
      f.set(pointer.local as Local);
    });
    if (exit) this.advance(exit, strides[pointers.indexOf(exit)]!);
    else {
      f.get(last);
      f.i32Const(loop.needsIv ? loop.step : 1);
      f.emit(loop.needsIv ? Op.i32_add : Op.i32_sub);
    }
    if (out !== undefined) {
      f.set(last);
      f.br(again);
    } else {
      f.tee(last);
      this.pushTest(end, 'more');
      f.brIf(again);
    }
    e.leaveLoop();
    f.end();
    if (out !== undefined) f.end();
  }

  /** Whether the counter or pointer on the stack has come to its end: at `end`, at the upper bound, or at zero. */
  private pushTest(end: Local | null, which: 'done' | 'more'): void {
    const { f } = this.e;
    if (end !== null) {
      f.get(end);
      f.emit(which === 'done' ? Op.i32_eq : Op.i32_ne);
    } else if (this.loop.needsIv) {
      this.pushBound('upper');
      f.emit(which === 'done' ? Op.i32_ge_s : Op.i32_lt_s);
    } else if (which === 'done') f.emit(Op.i32_eqz);
  }

  private local(name: string): Local {
    const local = this.e.f.local(
      ValueType.i32,
      this.e.name(() => name),
    );
    this.own.push(local);
    return local;
  }

  private emitStart(pointer: Pointer): void {
    this.e.emitPointerStart(pointer);
    const local = this.local('pointer');
    pointer.local = local;
    this.e.f.set(local);
  }

  /** Bytes a pointer grows in an iteration: a number, or a local that holds it. */
  private emitStride({ growth }: Pointer): number | { readonly local: Local } {
    const { e, loop } = this;
    if (growth.length === 1 && growth[0]!.symbol < 0) return growth[0]!.coefficient * loop.step;
    growth.forEach(({ symbol, coefficient }, i) => {
      if (symbol < 0) e.f.i32Const((coefficient * loop.step) | 0);
      else {
        e.f.get(e.plan.buffers.symbols[symbol]!.local as Local);
        e.scale(coefficient * loop.step);
      }
      if (i > 0) e.f.emit(Op.i32_add);
    });
    const local = this.local('stride');
    e.f.set(local);
    return { local };
  }

  private advance(pointer: Pointer, stride: number | { readonly local: Local }): void {
    const { f } = this.e;
    f.get(pointer.local as Local);
    if (typeof stride === 'number') f.i32Const(stride | 0);
    else f.get(stride.local);
    f.emit(Op.i32_add);
  }

  /** Pushes the number of iterations; or, for a coefficient, how far a pointer comes in all of them. */
  private pushSpan(coefficient: number): void {
    const { e, loop } = this;
    const { f } = e;
    const { step, tripCount } = loop;
    if (tripCount !== undefined) {
      f.i32Const((coefficient === 0 ? tripCount : tripCount * step * coefficient) | 0);
      return;
    }
    this.pushBound('upper');
    if (!this.lowerIsConstant || this.lower !== 0) {
      this.pushBound('lower');
      f.emit(Op.i32_sub);
    }
    if (step > 1) {
      f.i32Const(step - 1);
      f.emit(Op.i32_add);
      const log2 = Math.log2(step);
      f.i32Const(Number.isInteger(log2) ? log2 : step);
      f.emit(Number.isInteger(log2) ? Op.i32_shr_s : Op.i32_div_s);
    }
    // Without a guard there may be less than none: n & ~(n >> 31).
    if (this.isTile) {
      const trips = this.local('trips');
      f.tee(trips);
      f.get(trips);
      f.i32Const(31);
      f.emit(Op.i32_shr_s);
      f.i32Const(-1);
      f.emit(Op.i32_xor);
      f.emit(Op.i32_and);
    }
    if (coefficient !== 0) e.scale(coefficient * step);
  }
}

function emitWhile(e: FunctionEmitter, op: Operation): void {
  const { f } = e;
  const before = op.region(0).entry;
  const after = op.region(1).entry;
  const condition = before.terminator;
  const loop = e.plan.loops.get(op)!;
  const inits = op.operands;
  const carried = before.arguments.map((argument, i) => carriedLocal(e, inits[i]!, argument));
  const own: Local[] = [];
  for (const pointer of loop.hoisted) {
    if (!pointer.used) continue;
    e.emitPointerStart(pointer);
    const local = f.local(
      ValueType.i32,
      e.name(() => 'pointer'),
    );
    f.set(local);
    own.push(local);
    pointer.local = local;
  }
  before.arguments.forEach((argument, i) => {
    e.adopt(e.plan.values.id(argument), carried[i]!);
  });
  const exit: Label = f.block();
  const again = f.loop();
  e.enterLoop();
  e.emitBlock(before);
  // What is passed on shares the local of an argument that it is; else it gets its own.
  const passed = after.arguments.map((argument, i) => {
    const value = condition.operand(i + 1);
    const at = before.arguments.indexOf(value);
    if (at >= 0 && condition.operands.indexOf(value, 1) === i + 1 && e.isWide(value) === e.isWide(argument)) {
      e.discard(value);
      return carried[at]!;
    }
    emitAs(e, value, argument);
    const local = f.newLocal(
      e.valueType(argument),
      e.name(() => 'passed'),
    );
    f.set(local);
    return local;
  });
  e.emitValue(condition.operand(0));
  f.emit(Op.i32_eqz);
  f.brIf(exit);
  after.arguments.forEach((argument, i) => {
    e.adopt(e.plan.values.id(argument), passed[i]!);
  });
  e.emitBlock(after);
  assignWhile(e, op, carried);
  f.br(again);
  e.leaveLoop();
  f.end();
  f.end();
  for (const local of own) f.release(local);
  for (const local of carried) if (!passed.includes(local)) f.release(local);
  op.results.forEach((result, i) => {
    e.give(result, passed[i]!);
  });
}

/** Passes the yielded values to the arguments of the first region, whose locals arguments of the second may share. */
function assignWhile(e: FunctionEmitter, op: Operation, carried: readonly Local[]): void {
  const before = op.region(0).entry;
  const after = op.region(1).entry;
  const values = after.terminator.operands;
  const { f } = e;
  const late: { target: Local; temporary: Local }[] = [];
  values.forEach((value, i) => {
    const target = carried[i]!;
    const argument = before.arguments[i]!;
    if (e.isIn(value, target) && e.isWide(value) === e.isWide(argument)) {
      e.discard(value);
      return;
    }
    emitAs(e, value, argument);
    if (!after.arguments.some((p) => e.usesLeft(p) > 0 && e.isIn(p, target))) f.set(target);
    else {
      const temporary = f.local(e.valueType(argument));
      f.set(temporary);
      late.push({ target, temporary });
    }
  });
  for (const { target, temporary } of late) {
    f.get(temporary);
    f.set(target);
    f.release(temporary);
  }
}

function emitIf(e: FunctionEmitter, op: Operation): void {
  const then = op.region(0);
  const otherwise = op.region(1);
  const results = op.results.map((result) =>
    e.f.local(
      e.valueType(result),
      e.name(() => 'if'),
    ),
  );
  const emitBranch = (block: Block): void => {
    e.emitBlock(block);
    op.results.forEach((result, i) => {
      emitAs(e, block.terminator.operand(i), result);
      e.f.set(results[i]!);
    });
  };
  e.emitValue(op.operand(0));
  e.f.if();
  emitBranch(then.entry);
  if (
    !otherwise.isEmpty &&
    otherwise.entry.firstOp !== null &&
    (otherwise.entry.firstOp !== otherwise.entry.lastOp || results.length > 0)
  ) {
    e.f.else();
    emitBranch(otherwise.entry);
  }
  e.f.end();
  op.results.forEach((result, i) => {
    e.give(result, results[i]!);
  });
}
