// Moves one loop of a host function to a kernel function, and calls that.
import { isDefinedInside } from '@budflow/analysis';
import { ConstantOp, FuncOp, ReturnOp } from '@budflow/dialect-core';
import {
  AllocaOp,
  AllocOp,
  buildLoad,
  buildStore,
  CastOp,
  CopyOp,
  GlobalConstantOp,
  ReshapeOp,
} from '@budflow/dialect-memory';
import { CallKernelOp, setKernelInfo } from '@budflow/dialect-rt';
import {
  Block,
  Builder,
  effectsOf,
  MemRefType,
  type Operation,
  Region,
  StringAttr,
  type SymbolTable,
  Terminator,
  type Value,
} from '@budflow/ir';
import { isControlFlow, isLoop } from '../bufferization/shape-of-control-flow.js';
import { baseOf, CarriedBuffers } from './carried-buffers.js';

/** What becomes of a result of the loop. */
type Outcome =
  | { readonly kind: 'unused' }
  /** A number, stored to a cell. */
  | { readonly kind: 'number'; readonly cell: Value }
  /** It is always this buffer. */
  | { readonly kind: 'same'; readonly buffer: Value }
  /** Copied to a buffer of the host. */
  | { readonly kind: 'copied'; readonly target: Value };

export class LoopOutliner {
  private readonly loop: Operation;
  private readonly host: Operation;
  private readonly symbols: SymbolTable;
  private readonly carried: CarriedBuffers;

  constructor(loop: Operation, host: Operation, symbols: SymbolTable) {
    this.loop = loop;
    this.host = host;
    this.symbols = symbols;
    this.carried = new CarriedBuffers(loop);
  }

  /** Why the buffers that the loop passes do not let it move; undefined when they do. */
  refusal(): string | undefined {
    return this.carried.refusal() ?? this.targetRefusal();
  }

  /** Memory that an iteration around the loop makes, and passes on to the next, would be made again while it is read. */
  private targetRefusal(): string | undefined {
    if (!this.isRepeated()) return undefined;
    const claimed = new Set<Value>();
    for (const result of this.loop.results) {
      if (!result.hasUses || !(result.type instanceof MemRefType)) continue;
      if (this.carried.classOf(result)!.buffers.length === 1) continue;
      const free = this.freeFor(result, claimed);
      if (free) claimed.add(free);
      else if (isPassedOn(result)) return 'the loop around it passes on what it leaves, which needs memory of its own';
    }
    return undefined;
  }

  /** Whether a loop of the host is around it, directly or around branches. */
  private isRepeated(): boolean {
    for (let at = this.loop.parentOp; at && at !== this.host; at = at.parentOp) if (isLoop(at)) return true;
    return false;
  }

  /** Memory that entered the loop and that nobody else has: it is free to take what leaves it. */
  private freeFor(result: Value, claimed: ReadonlySet<Value>): Value | undefined {
    const { buffers } = this.carried.classOf(result)!;
    return buffers.find((b) => b.type === result.type && !claimed.has(b) && this.endsHere(b));
  }

  /** Returns the name of the kernel. */
  run(): string {
    const { loop } = this;
    const { loc } = loop;
    // 1. Constants are made outside, and what comes from there is an argument.
    loop.walk((op) => {
      if (GlobalConstantOp.is(op)) op.moveBefore(loop);
    });
    const captured = this.captured();
    const outcomes = loop.results.map((result) => this.outcome(result));
    const written = this.written();
    for (const outcome of outcomes) {
      if (outcome.kind !== 'copied' && outcome.kind !== 'number') continue;
      written.add(outcome.kind === 'copied' ? outcome.target : outcome.cell);
    }
    const inputs = captured.filter((value) => !written.has(value));
    const outputs = [...written];
    const name = this.buildKernel(inputs, outputs, outcomes);

    // 2. The call.
    const builder = Builder.before(loop);
    CallKernelOp.create(builder, loc, { callee: name, inputs, outputs });
    loop.results.forEach((result, i) => {
      const outcome = outcomes[i]!;
      if (outcome.kind === 'unused') return;
      if (outcome.kind === 'number') result.replaceAllUsesWith(buildLoad(builder, loc, outcome.cell, []));
      else if (outcome.kind === 'copied') result.replaceAllUsesWith(outcome.target);
      else result.replaceAllUsesWith(reshaped(builder, loop, outcome.buffer, result.type as MemRefType));
    });
    loop.erase();
    return name;
  }

  /** Values from outside that the kernel is passed. Shapes of buffers, and constants, are made again inside. */
  private captured(): Value[] {
    const found = new Set<Value>();
    this.loop.walk((op) => {
      for (const operand of op.operands) {
        const value = baseOf(operand);
        if (isDefinedInside(value, this.loop) || isConstant(value)) continue;
        found.add(value);
      }
    });
    return [...found];
  }

  /** Buffers from outside that something in the loop writes, in their own place. */
  private written(): Set<Value> {
    const found = new Set<Value>();
    this.loop.walk((op) => {
      if (op.regions.length > 0) return;
      for (const effect of effectsOf(op) ?? []) {
        if (effect.kind !== 'write' || !effect.value) continue;
        let buffer = baseOf(effect.value);
        const group = this.carried.classOf(buffer);
        if (group) {
          if (group.buffers.length > 1) continue;
          buffer = group.buffers[0]!;
        }
        if (!isDefinedInside(buffer, this.loop)) found.add(buffer);
      }
    });
    return found;
  }

  private readonly claimed = new Set<Value>();

  private outcome(result: Value): Outcome {
    if (!result.hasUses) return { kind: 'unused' };
    const { loop } = this;
    const { context } = loop;
    const builder = Builder.before(loop);
    const { type } = result;
    if (!(type instanceof MemRefType)) {
      const cell = AllocOp.build(builder, loop.loc, { dynamicSizes: [], resultTypes: [context.memref([], type)] });
      return { kind: 'number', cell };
    }
    const { buffers } = this.carried.classOf(result)!;
    if (buffers.length === 1) return { kind: 'same', buffer: buffers[0]! };
    const target =
      this.freeFor(result, this.claimed) ?? AllocOp.build(builder, loop.loc, { dynamicSizes: [], resultTypes: [type] });
    this.claimed.add(target);
    return { kind: 'copied', target };
  }

  /** Whether a buffer from outside is memory of its own that nothing reads behind the loop. */
  private endsHere(buffer: Value): boolean {
    if (buffer.parentBlock !== this.loop.parent || isDefinedInside(buffer, this.loop)) return false;
    const made = buffer.definingOp;
    const owner = made ?? buffer.parentBlock!.parentOp!;
    if (made ? !AllocOp.is(made) && !isControlFlow(made) : !isControlFlow(owner)) return false;
    let ends = true;
    buffer.forEachUse((user) => {
      let at = user;
      while (at.parent !== this.loop.parent && at.parentOp) at = at.parentOp;
      if (at !== this.loop && (this.loop.isBeforeInBlock(at) || user.resultCount > 0)) ends = false;
    });
    return ends;
  }

  private buildKernel(inputs: readonly Value[], outputs: readonly Value[], outcomes: readonly Outcome[]): string {
    const { loop } = this;
    const { context, loc } = loop;
    const types = [...inputs, ...outputs].map((v) => v.type);
    const region = new Region();
    const block = region.append(new Block());
    const mapping = new Map<Value, Value>();
    for (const value of [...inputs, ...outputs]) mapping.set(value, block.addArgument(value.type));
    const builder = Builder.atEnd(context, block);

    // 1. The loop, with what is made again for it in front.
    loop.walk((op) => {
      for (const operand of op.operands) if (!isDefinedInside(operand, loop)) cloneInto(builder, operand, mapping);
    });
    const copy = builder.insert(loop.clone(mapping));
    const terminator = ReturnOp.create(builder, loc, { operands: [] });

    // 2. What it passes by pointer.
    const start = Builder.before(block.firstOp!);
    const empty = new Set<Value>();
    for (const value of [...inputs, ...outputs]) if (this.isEmpty(value)) empty.add(mapping.get(value)!);
    const bufferOf = new CarriedBuffers(copy).apply(start, loc, empty);
    const end = Builder.before(terminator);
    outcomes.forEach((outcome, i) => {
      const result = copy.result(i);
      if (outcome.kind === 'number') buildStore(end, loc, result, mapping.get(outcome.cell)!, []);
      else if (outcome.kind === 'copied')
        CopyOp.create(end, loc, { source: bufferOf(result), target: mapping.get(outcome.target)! });
    });

    // 3. What the body makes is private.
    const allocs: Operation[] = [];
    copy.walk((op) => {
      if (AllocOp.is(op)) allocs.push(op);
    });
    for (const op of allocs) {
      const scratch = AllocaOp.build(Builder.before(op), op.loc, { dynamicSizes: [], resultTypes: op.resultTypes });
      op.result(0).replaceAllUsesWith(scratch);
      op.erase();
    }

    const kernel = FuncOp.create(new Builder(context), loc, {
      sym_name: this.kernelName(),
      sym_visibility: 'private',
      function_type: context.functionType(types, []),
      regions: [region],
    });
    setKernelInfo(kernel, { inputs: inputs.length, outputs: outputs.length });
    return this.symbols.insert(kernel, this.host);
  }

  /** Memory that was made for the loop and never written. */
  private isEmpty(value: Value): boolean {
    const made = value.definingOp;
    return made !== null && AllocOp.is(made) && value.users().every((user) => user === this.loop);
  }

  private kernelName(): string {
    const symbol = this.host.attr('sym_name');
    return this.symbols.uniqueName(`${symbol instanceof StringAttr ? symbol.value : 'main'}_loop`);
  }
}

/** Whether a buffer, or a view of it, leaves the block that it is in, or enters control flow that may pass it on. */
function isPassedOn(buffer: Value): boolean {
  return buffer.users().some((user) => {
    if (ReshapeOp.is(user) || CastOp.is(user)) return isPassedOn(user.result(0));
    return user.info.hasTrait(Terminator) || isControlFlow(user);
  });
}

function isConstant(value: Value): boolean {
  return value.definingOp !== null && ConstantOp.is(value.definingOp);
}

/** Constants and other shapes of buffers, again. */
function cloneInto(builder: Builder, value: Value, mapping: Map<Value, Value>): void {
  const made = value.definingOp;
  if (mapping.has(value) || !made || !(ConstantOp.is(made) || ReshapeOp.is(made) || CastOp.is(made))) return;
  for (const operand of made.operands) cloneInto(builder, operand, mapping);
  builder.insert(made.clone(mapping));
}

function reshaped(builder: Builder, { loc }: Operation, buffer: Value, type: MemRefType): Value {
  return buffer.type === type
    ? buffer
    : ReshapeOp.build(builder, loc, { source: buffer, sizes: [], resultTypes: [type] });
}
