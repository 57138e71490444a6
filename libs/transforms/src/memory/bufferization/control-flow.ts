// Loops and branches over buffers. What is carried is passed by pointer:
//
//   %r = loop.for .. iter_args(%t = %x) {            %0 = memory.alloc  /  copy %x, unless it may be written over
//     %n = array.fusion(%a = %t) ..                  %1 = memory.alloc
//     loop.yield %n                        ->        %r:2 = loop.for .. iter_args(%t = %0, %s = %1) {
//   }                                                  rt.call_kernel @k ins(%t) outs(%s)
//                                                      loop.yield %s, %t }
//
// Every memory that the body needs for what it yields is made before the loop and carried beside it; what is yielded and
// what is left over swap places. A value computed over the one that it replaces needs no second memory. Nothing is
// allocated for a carried value in the loop, and nothing is copied where a pointer can be passed. A value that is carried
// unchanged is not carried. Sizes of carried values stay: who calls the program checks it.
import { IfOp, YieldOp } from '@budflow/dialect-loop';
import { AllocOp, ReshapeOp as BufferReshapeOp, buildDynamicSizes, CopyOp } from '@budflow/dialect-memory';
import { Block, Builder, type MemRefType, type Operation, Region, TensorType, type Value } from '@budflow/ir';
import { outside } from './outside.js';
import { addCarried, type LoopShape, loopShape, retype } from './shape-of-control-flow.js';
import type { Tokens } from './tokens.js';
import { bufferType } from './types.js';

/** What control flow needs of the function it is in. */
export interface HostRewriter {
  readonly tokens: Tokens;
  /** Rewrites the ops of a block apart from its terminator; returns whether all could be. */
  rewriteBlock(block: Block): boolean;
  /** A buffer of the host, counted. */
  allocate(builder: Builder, loc: Operation['loc'], type: MemRefType, sizes: readonly Value[]): Value;
  /** A copy of a buffer in memory of its own, counted. */
  copyOf(builder: Builder, loc: Operation['loc'], buffer: Value): Value;
  /** Counts values that are swapped, not copied. */
  swapped(count: number): void;
}

/** Rewrites a loop in place; returns whether it could be. */
export function rewriteLoop(op: Operation, host: HostRewriter): boolean {
  const shape = loopShape(op);
  if (!shape) {
    op.emitError(
      'bufferize.while-form',
      'carries tensors and computes in its first region; run rotate-while-loops before bufferize',
    );
    return false;
  }
  return new LoopBufferizer(shape, host).run();
}

/** A carried tensor: its position and the token it enters with. */
interface Carried {
  readonly k: number;
  readonly token: Value;
}

/** Memory that is carried beside the values: as it enters, in the body, and behind the loop. */
interface Spare {
  readonly memory: Value;
  readonly argument: Value;
  readonly result: Value;
}

class LoopBufferizer {
  private readonly shape: LoopShape;
  private readonly host: HostRewriter;
  private readonly tokens: Tokens;
  private failed = false;

  constructor(shape: LoopShape, host: HostRewriter) {
    this.shape = shape;
    this.host = host;
    this.tokens = host.tokens;
  }

  run(): boolean {
    const { op, body } = this.shape;
    const { tokens } = this;
    this.dropInvariant();
    const carried = this.enter();
    let spares: Spare[] | undefined;
    tokens.scoped(() => {
      if (this.host.rewriteBlock(body)) spares = this.yieldBuffers(carried);
    });
    if (!spares || this.failed) return false;
    for (const { k, token } of carried) {
      const result = op.result(k);
      tokens.bind(result, result);
      tokens.assign(result, token);
      tokens.rename(token, result);
    }
    for (const { memory, result } of spares) {
      tokens.assign(result, memory);
      tokens.rename(memory, result);
    }
    tokens.permuted([...carried.map(({ token }) => token), ...spares.map(({ memory }) => memory)]);
    return true;
  }

  private argument(k: number): Value {
    return this.shape.body.arguments[this.shape.firstArgument + k]!;
  }
  private initIndex(k: number): number {
    return this.shape.firstInit + this.shape.order[k]!;
  }
  private yieldIndex(k: number): number {
    return this.shape.firstYield + this.shape.order[k]!;
  }

  /** What every iteration passes on as it is, the body and what follows read from outside. */
  private dropInvariant(): void {
    const { op, body } = this.shape;
    for (let k = 0; k < op.resultCount; k++) {
      const argument = this.argument(k);
      if (!(argument.type instanceof TensorType) || body.terminator.operand(this.yieldIndex(k)) !== argument) continue;
      const init = op.operand(this.initIndex(k));
      op.result(k).replaceAllUsesWith(init);
      argument.replaceUsesIf(init, (user, i) => user !== body.terminator || i !== this.yieldIndex(k));
    }
  }

  /** The memory that carried tensors enter with: that of the initial value when it may be written over, or a copy. */
  private enter(): Carried[] {
    const { op } = this.shape;
    const { tokens } = this;
    const builder = Builder.before(op);
    const taken = new Set<Value>();
    const carried: Carried[] = [];
    for (let k = 0; k < op.resultCount; k++) {
      const argument = this.argument(k);
      if (!(argument.type instanceof TensorType)) continue;
      const type = bufferType(op.context, argument.type);
      const source = tokens.buffer(op.operand(this.initIndex(k)));
      let token = tokens.token(source);
      let buffer = source;
      if (taken.has(token) || !tokens.mayTake(token, op)) {
        buffer = this.host.copyOf(builder, op.loc, source);
        token = buffer;
      }
      taken.add(token);
      carried.push({ k, token });
      op.setOperand(this.initIndex(k), buffer);
      retype(this.shape, k, type);
    }
    for (const { k } of carried) {
      const argument = this.argument(k);
      tokens.bind(argument, argument);
      tokens.own(argument);
    }
    return carried;
  }

  /** What the iteration passes on. Returns the memory that is carried beside the values. */
  private yieldBuffers(carried: readonly Carried[]): Spare[] {
    const { op, body } = this.shape;
    const { tokens } = this;
    const end = body.terminator;
    const builder = Builder.before(end);
    const ours = new Set(carried.map(({ k }) => this.argument(k)));
    /** By token of a carried value, the position that is passed its memory. */
    const claims = new Map<Value, number>();
    const fresh = new Set<Value>();
    const missing: { readonly k: number; readonly alloc: Value | undefined; readonly buffer: Value }[] = [];
    for (const { k } of carried) {
      const buffer = tokens.buffer(end.operand(this.yieldIndex(k)));
      const token = tokens.token(buffer);
      if (ours.has(token) && !claims.has(token)) {
        claims.set(token, k);
        end.setOperand(this.yieldIndex(k), buffer);
        continue;
      }
      const isFresh = isMadeIn(token, body, tokens) && !fresh.has(token);
      if (isFresh) fresh.add(token);
      missing.push({ k, alloc: isFresh ? token : undefined, buffer });
    }
    this.host.swapped(missing.filter(({ alloc }) => alloc).length);
    const spares: Spare[] = [];

    // 1. Memory that changes places with what is carried, or takes part in it, is carried too.
    for (const token of tokens.entangled([...ours, ...fresh])) {
      if (fresh.has(token) || !isMadeIn(token, body, tokens)) continue;
      const sizes = token.definingOp!.operands.map((v) => outside(v, op));
      if (sizes.includes(undefined)) {
        this.failed = true;
        sizeIsInside(token.definingOp!, op);
        continue;
      }
      const spare = this.carry(token.type as MemRefType, sizes as Value[]);
      const name = tokens.name(token);
      this.replace(token, spare.argument, name);
      const type = spare.argument.type as MemRefType;
      const left = name === token ? spare.argument : name;
      const ends = left.type === type ? [] : buildDynamicSizes(builder, end.loc, spare.argument);
      end.appendOperand(reshaped(builder, end.loc, left, type, ends));
      spares.push(spare);
    }

    // 2. Memory for what the body makes, in place of its own, or for a copy; all reads come before the pointers move.
    // Copies first: what they read may be memory that is about to be replaced.
    missing.sort((a, b) => Number(a.alloc !== undefined) - Number(b.alloc !== undefined));
    const pairs = missing.map(({ k, alloc, buffer }) => {
      const sizes = buildDynamicSizes(Builder.before(op), op.loc, op.operand(this.initIndex(k)));
      const spare = this.carry(this.argument(k).type as MemRefType, sizes);
      spares.push(spare);
      if (alloc) {
        const passed = this.replace(alloc, spare.argument, buffer);
        end.setOperand(this.yieldIndex(k), passed);
      } else {
        CopyOp.create(builder, end.loc, { source: buffer, target: spare.argument });
        end.setOperand(this.yieldIndex(k), spare.argument);
      }
      return { k, spare };
    });

    // 3. Who was passed the memory of position k, whose memory was it passed for, and so on: what is left over in the end.
    for (const { k, spare } of pairs) {
      let left = this.argument(k);
      for (let next = claims.get(left); next !== undefined; next = claims.get(left)) left = this.argument(next);
      const sizes = buildDynamicSizes(builder, end.loc, spare.argument);
      end.appendOperand(reshaped(builder, end.loc, tokens.name(left), spare.argument.type as MemRefType, sizes));
    }
    return spares;
  }

  private carry(type: MemRefType, sizes: readonly Value[]): Spare {
    const memory = this.host.allocate(Builder.before(this.shape.op), this.shape.op.loc, type, sizes);
    this.tokens.own(memory);
    return { memory, ...addCarried(this.shape, memory) };
  }

  /** Puts carried memory in the place of an allocation of the body. Returns what `passed`, a buffer in it, is now. */
  private replace(alloc: Value, argument: Value, passed: Value): Value {
    const made = alloc.definingOp!;
    const same = reshaped(Builder.before(made), made.loc, argument, alloc.type as MemRefType, made.operands);
    alloc.replaceAllUsesWith(same);
    made.erase();
    return passed === alloc ? same : passed;
  }
}

/** A choice between tensors is a branch: what it does not choose may be written over. */
export function selectToIf(op: Operation): void {
  const [condition, ...values] = op.operands;
  const regions = values.map((value) => {
    const region = new Region();
    const block = region.append(new Block());
    YieldOp.create(Builder.atEnd(op.context, block), op.loc, { values: [value] });
    return region;
  });
  const made = IfOp.create(Builder.before(op), op.loc, { condition: condition!, regions, resultTypes: op.resultTypes });
  op.result(0).replaceAllUsesWith(made.result(0));
  op.erase();
}

/** Rewrites a branch in place; returns whether it could be. */
export function rewriteIf(op: Operation, host: HostRewriter): boolean {
  const { tokens } = host;
  const tensors = op.results.flatMap((r, i) => (r.type instanceof TensorType ? [i] : []));
  // 1. The branches; each passes a token of its own for every result.
  const branches: Value[][] = [];
  for (const region of op.regions) {
    if (region.isEmpty) continue;
    const passed = rewriteBranch(region.entry, tensors, host);
    if (!passed) return false;
    branches.push(passed);
  }
  const [then, otherwise] = branches;
  if (!then || !otherwise || tensors.length === 0) return true;

  // 2. Memory that a branch makes for a result is made before it, once for both.
  const hoisted = new Set<Value>();
  for (const token of [...then, ...otherwise]) {
    if (!op.regions.some((region) => isMadeIn(token, region.entry, tokens))) continue;
    const made = token.definingOp!;
    const sizes = made.operands.map((v) => outside(v, op));
    if (sizes.includes(undefined)) return sizeIsInside(made, op);
    made.setOperands(sizes as Value[]);
    made.moveBefore(op);
    tokens.own(token);
    hoisted.add(token);
  }
  then.forEach((a, n) => {
    const b = otherwise[n]!;
    if (a === b || !hoisted.has(a) || !hoisted.has(b) || a.type !== b.type) return;
    if (!a.definingOp!.operands.every((v, d) => v === b.definingOp!.operand(d))) return;
    b.replaceAllUsesWith(a);
    b.definingOp!.erase();
    otherwise[n] = a;
  });

  // 3. What each branch leaves over, so that no memory is lost: the results name the one or the other.
  const [first, second] = op.regions.map((region) => region.entry.terminator) as [Operation, Operation];
  const names = new Map<Value, Value>();
  tensors.forEach((i, n) => {
    const result = op.result(i);
    result.type = bufferType(op.context, result.type as TensorType);
    tokens.bind(result, result);
    tokens.assign(result, then[n]!);
    names.set(then[n]!, result);
  });
  for (const token of otherwise) {
    if (then.includes(token)) continue;
    let other = token;
    for (let n = otherwise.indexOf(other); n >= 0; n = otherwise.indexOf(other)) other = then[n]!;
    const name = tokens.name(token);
    const type = name.type as MemRefType;
    const builder = Builder.before(second);
    const sizes = tokens.name(other).type === type ? [] : buildDynamicSizes(builder, op.loc, name);
    first.appendOperand(name);
    second.appendOperand(reshaped(builder, op.loc, tokens.name(other), type, sizes));
    names.set(token, op.appendResult(type));
  }
  for (const [token, name] of names) tokens.rename(token, name);
  if (names.size > tensors.length) tokens.permuted([...then, ...otherwise]);
  return true;
}

/** Rewrites one branch; returns the token of each tensor it passes, none of them twice, or undefined. */
function rewriteBranch(block: Block, tensors: readonly number[], host: HostRewriter): Value[] | undefined {
  const { tokens } = host;
  const before = tokens.allNames();
  const passed: Value[] = [];
  let complete = true;
  tokens.scoped(() => {
    complete = host.rewriteBlock(block);
    if (!complete) return;
    const end = block.terminator;
    for (const i of tensors) {
      let buffer = tokens.buffer(end.operand(i));
      let token = tokens.token(buffer);
      const isOurs = isMadeIn(token, block, tokens) || (tokens.home(token) !== block && tokens.mayTake(token, end));
      if (!isOurs || passed.includes(token) || tokens.name(token) !== (before.get(token) ?? token)) {
        buffer = host.copyOf(Builder.before(end), end.loc, buffer);
        token = buffer;
      }
      passed.push(token);
      end.setOperand(i, buffer);
    }
  });
  return complete ? passed : undefined;
}

/** Whether the token is an allocation of this block. */
function isMadeIn(token: Value, block: Block, tokens: Tokens): boolean {
  return tokens.home(token) === block && token.definingOp !== null && AllocOp.is(token.definingOp);
}

function sizeIsInside(made: Operation, op: Operation): false {
  made.emitError(
    'bufferize.size-inside',
    `makes a value that '${op.name}' passes on, of a size that is computed inside; pass values whose sizes are known before it`,
  );
  return false;
}

/** The same memory as a buffer of another type. */
function reshaped(
  builder: Builder,
  loc: Operation['loc'],
  buffer: Value,
  type: MemRefType,
  sizes: readonly Value[],
): Value {
  return buffer.type === type
    ? buffer
    : BufferReshapeOp.build(builder, loc, { source: buffer, sizes, resultTypes: [type] });
}
