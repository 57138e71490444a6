// Turns a function of tensors into host code over buffers: fusions become kernel calls that write to buffers the host
// allocates, everything else a view, a constant or a copy.
import { ConstantOp, DimOp, FusionOp, ReshapeOp } from '@budflow/dialect-array';
import { CallOp, FuncOp, ReturnOp } from '@budflow/dialect-core';
import {
  AllocOp,
  ReshapeOp as BufferReshapeOp,
  buildAlloc,
  buildDynamicSizes,
  CopyOp,
  GlobalConstantOp,
} from '@budflow/dialect-memory';
import { argumentAttr, CallKernelOp } from '@budflow/dialect-rt';
import { Builder, type FunctionType, MemRefType, type Operation, TensorType, type Value } from '@budflow/ir';
import { inPlaceCandidates, scratchResults } from './in-place.js';
import type { InPlace, KernelOutliner } from './kernels.js';
import { FusionSizes, KnownDims } from './sizes.js';
import { bufferized, bufferType } from './types.js';

/** On an argument (unit): its buffer may be overwritten, and returned. */
export const DONATED_ATTR = 'budflow.donated';
/** On a function: its type before bufferization. */
export const SIGNATURE_ATTR = 'rt.signature';

export interface HostStatistics {
  kernels: number;
  buffers: number;
  inPlace: number;
  copies: number;
}

export class HostFunction {
  private readonly func: Operation;
  private readonly outliner: KernelOutliner;
  private readonly buffers = new Map<Value, Value>();
  /** The buffer a view is taken of; buffers stand for themselves. */
  private readonly roots = new Map<Value, Value>();
  /** Buffers that this function allocated for results of fusions, or that were donated to it. */
  private readonly owned = new Set<Value>();
  /** The last op of a straight-line function that reads a tensor, by buffer: found before anything is rewritten. */
  private readonly lastUse = new Map<Value, Operation>();
  private readonly replaced: Operation[] = [];
  private dims = new KnownDims();
  readonly statistics: HostStatistics = { kernels: 0, buffers: 0, inPlace: 0, copies: 0 };

  constructor(func: Operation, outliner: KernelOutliner) {
    this.func = func;
    this.outliner = outliner;
  }

  /** Returns whether every op could be turned; diagnostics say which could not. */
  run(): boolean {
    const { context } = this.func;
    const type = FuncOp.function_type(this.func);
    this.func.setAttr(SIGNATURE_ATTR, context.typeAttr(type));
    this.func.setAttr('function_type', context.typeAttr(this.bufferizedFunction(type)));
    const blocks = this.func.region(0).blocks;
    if (blocks.length === 1) this.findLastUses(blocks[0]!.ops);
    blocks.forEach((block, b) => {
      block.arguments.forEach((argument, i) => {
        if (!(argument.type instanceof TensorType)) return;
        argument.type = bufferType(context, argument.type);
        this.buffers.set(argument, argument);
        if (b === 0 && argumentAttr(this.func, i, DONATED_ATTR) !== undefined) this.owned.add(argument);
      });
    });
    let complete = true;
    for (const block of blocks) {
      this.dims = new KnownDims();
      for (const op of block.ops) complete = this.rewrite(op) && complete;
    }
    if (!complete) return false;
    for (const op of this.replaced.reverse()) op.erase();
    return true;
  }

  private bufferizedFunction(type: FunctionType): FunctionType {
    const { context } = this.func;
    return context.functionType(
      type.inputs.map((t) => bufferized(context, t)),
      type.results.map((t) => bufferized(context, t)),
    );
  }

  /** For each tensor, seen through views, the last op that reads it; a returned one lives to the end. */
  private findLastUses(ops: readonly Operation[]): void {
    const source = new Map<Value, Value>();
    for (const op of ops) {
      for (const operand of op.operands)
        if (operand.type instanceof TensorType) this.lastUse.set(source.get(operand) ?? operand, op);
      if (ReshapeOp.is(op)) source.set(op.result(0), source.get(op.operand(0)) ?? op.operand(0));
    }
    for (const [view, of] of source) {
      const last = this.lastUse.get(of);
      if (last) this.lastUse.set(view, last);
    }
  }

  private rewrite(op: Operation): boolean {
    if (!touchesTensors(op) && !op.operands.some((v) => this.buffers.has(v))) return true;
    const builder = Builder.before(op);
    if (!ReturnOp.is(op) && op.successors.length === 0) this.replaced.push(op);
    if (FusionOp.is(op)) this.call(op, builder);
    else if (ConstantOp.is(op)) {
      const type = bufferType(op.context, op.result(0).type as TensorType);
      this.bind(
        op.result(0),
        GlobalConstantOp.build(builder, op.loc, { value: ConstantOp.value(op), resultTypes: [type] }),
      );
    } else if (DimOp.is(op)) {
      op.result(0).replaceAllUsesWith(this.dims.of(builder, op.loc, this.bufferOf(op.operand(0)), DimOp.dimension(op)));
    } else if (ReshapeOp.is(op)) this.reshape(op, builder);
    else if (ReturnOp.is(op)) this.returned(op, builder);
    else if (CallOp.is(op)) {
      const resultTypes = op.resultTypes.map((t) => bufferized(op.context, t));
      const call = CallOp.create(builder, op.loc, {
        operands: op.operands.map((v) => this.bufferOf(v)),
        callee: CallOp.callee(op),
        resultTypes,
      });
      op.results.forEach((result, i) => {
        if (result.type instanceof TensorType) this.bind(result, call.result(i));
        else result.replaceAllUsesWith(call.result(i));
      });
    } else if (op.successors.length > 0) op.operands.forEach((v, i) => void op.setOperand(i, this.bufferOf(v)));
    else {
      op.emitError(
        'bufferize.unsupported',
        'takes or makes tensors and has no form on buffers; lower it before, or put it into an array.fusion',
      );
      return false;
    }
    return true;
  }

  private bufferOf(value: Value): Value {
    return this.buffers.get(value) ?? value;
  }
  private rootOf(buffer: Value): Value {
    return this.roots.get(buffer) ?? buffer;
  }
  private bind(tensor: Value, buffer: Value): void {
    this.buffers.set(tensor, buffer);
  }

  private call(fusion: Operation, builder: Builder): void {
    const inputs = fusion.operands.map((v) => this.bufferOf(v));
    const block = fusion.region(0).entry;
    const sizes = new FusionSizes(
      builder,
      fusion.loc,
      new Map(block.arguments.map((arg, i) => [arg, inputs[i]!])),
      this.dims,
    );
    const scratch = scratchResults(fusion);
    // Where a stage works in the memory of a result, an input would be overwritten too early.
    const shared = this.dyingInputs(fusion, inputs).filter(({ output }) => ![...scratch.values()].includes(output));
    const outputs: Value[] = [];
    const destinations: number[] = [];
    fusion.results.forEach((result, i) => {
      if (scratch.has(i)) return;
      destinations[i] = outputs.length;
      const reuse = shared.find(({ output }) => output === i);
      outputs.push(reuse ? inputs[reuse.input]! : this.allocate(fusion, builder, i, sizes));
      this.bind(result, outputs[outputs.length - 1]!);
    });
    for (const [result, into] of scratch) destinations[result] = destinations[into]!;
    const inPlace = shared.map(({ input, output }) => ({ input, output: destinations[output]! }));
    const callee = this.outliner.outline(fusion, this.func, { inPlace, destinations });
    CallKernelOp.create(builder, fusion.loc, { callee, inputs, outputs });
    this.statistics.kernels++;
    this.statistics.inPlace += shared.length;
  }

  private allocate(fusion: Operation, builder: Builder, result: number, sizes: FusionSizes): Value {
    const value = fusion.region(0).entry.terminator.operand(result);
    const type = bufferType(fusion.context, value.type as TensorType);
    const buffer = buildAlloc(builder, fusion.loc, type, sizes.dynamicSizes(value));
    this.owned.add(buffer);
    this.statistics.buffers++;
    return buffer;
  }

  /** In-place pairs: the input is ours, read by nobody afterwards, and passed once. */
  private dyingInputs(fusion: Operation, inputs: readonly Value[]): InPlace[] {
    const chosen: InPlace[] = [];
    for (const pair of inPlaceCandidates(fusion)) {
      if (chosen.some((c) => c.input === pair.input || c.output === pair.output)) continue;
      const buffer = inputs[pair.input]!;
      const root = this.rootOf(buffer);
      if (!this.owned.has(root)) continue;
      if (inputs.filter((other) => this.rootOf(other) === root).length !== 1) continue;
      if (this.lastUse.get(fusion.operand(pair.input)) === fusion && this.isLast(fusion, root)) chosen.push(pair);
    }
    return chosen;
  }

  /** Whether no tensor that shares the buffer is read after `op`. */
  private isLast(op: Operation, root: Value): boolean {
    for (const [tensor, buffer] of this.buffers) {
      if (this.rootOf(buffer) !== root) continue;
      const last = this.lastUse.get(tensor);
      if (last && last !== op && op.isBeforeInBlock(last)) return false;
    }
    return true;
  }

  private reshape(op: Operation, builder: Builder): void {
    const source = this.bufferOf(op.operand(0));
    const type = bufferType(op.context, op.result(0).type as TensorType);
    const view = BufferReshapeOp.build(builder, op.loc, { source, sizes: ReshapeOp.sizes(op), resultTypes: [type] });
    this.roots.set(view, this.rootOf(source));
    this.bind(op.result(0), view);
  }

  /** Results are buffers of their own: not arguments, constants, parts of others, nor one twice. */
  private returned(op: Operation, builder: Builder): void {
    const taken = new Set<Value>();
    op.operands.forEach((value, i) => {
      const buffer = this.bufferOf(value);
      if (!(buffer.type instanceof MemRefType)) return;
      const root = this.rootOf(buffer);
      if (this.owned.has(root) && !taken.has(root)) {
        taken.add(root);
        op.setOperand(i, buffer);
        return;
      }
      const copy = AllocOp.build(builder, op.loc, {
        dynamicSizes: buildDynamicSizes(builder, op.loc, buffer),
        resultTypes: [buffer.type],
      });
      CopyOp.create(builder, op.loc, { source: buffer, target: copy });
      op.setOperand(i, copy);
      this.statistics.copies++;
      this.statistics.buffers++;
    });
  }
}

function touchesTensors(op: Operation): boolean {
  return op.operands.some((v) => v.type instanceof TensorType) || op.results.some((v) => v.type instanceof TensorType);
}
