// Turns a function of tensors into host code over buffers: fusions become kernel calls that write to buffers the host
// allocates, everything else a view, a constant or a copy.
import {
  ConstantOp,
  CUSTOM_CALL_ATTRS,
  CustomCallOp,
  DimOp,
  ExpectOp,
  ExtractOp,
  FromScalarOp,
  FusionOp,
  ReshapeOp,
} from '@budflow/dialect-array';
import { CallOp, expectationOf, FuncOp, ReturnOp, SelectOp } from '@budflow/dialect-core';
import { IfOp } from '@budflow/dialect-loop';
import {
  ReshapeOp as BufferReshapeOp,
  buildAlloc,
  buildDynamicSizes,
  buildLoad,
  buildStore,
  CopyOp,
  GlobalConstantOp,
} from '@budflow/dialect-memory';
import { argumentAttr, ExpectOp as BufferExpectOp, CallHostOp, CallKernelOp } from '@budflow/dialect-rt';
import {
  type Block,
  Builder,
  DYNAMIC,
  type FunctionType,
  lookupSymbol,
  MemRefType,
  type Operation,
  type SymbolRefAttr,
  TensorType,
  Terminator,
  type Value,
} from '@budflow/ir';
import { checkGivenSizes } from './check-sizes.js';
import { type HostRewriter, rewriteIf, rewriteLoop, selectToIf } from './control-flow.js';
import { inPlaceCandidates, scratchResults } from './in-place.js';
import type { InPlace, KernelOutliner } from './kernels.js';
import { isControlFlow } from './shape-of-control-flow.js';
import { FusionSizes, KnownDims } from './sizes.js';
import { Tokens } from './tokens.js';
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
  swapped: number;
}

export class HostFunction implements HostRewriter {
  private readonly func: Operation;
  private readonly outliner: KernelOutliner;
  readonly tokens = new Tokens();
  private readonly replaced: Operation[] = [];
  private dims = new KnownDims();
  /** Sizes that were checked before this point. */
  private checkedSizes = new Set<Value>();
  /** The types of custom calls on tensors: buffers do not tell unsigned elements. */
  private readonly signatures = new Map<Operation, FunctionType>();
  readonly statistics: HostStatistics = { kernels: 0, buffers: 0, inPlace: 0, copies: 0, swapped: 0 };

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
    const choices: Operation[] = [];
    this.func.walk((op) => {
      if (CustomCallOp.is(op)) {
        const inputs = CustomCallOp.inputs(op).map((v) => v.type);
        this.signatures.set(op, context.functionType(inputs, op.resultTypes));
      }
      if (SelectOp.is(op) && op.result(0).type instanceof TensorType) choices.push(op);
    });
    for (const op of choices) if (!(op.operand(0).type instanceof TensorType)) selectToIf(op);
    blocks.forEach((block, b) => {
      block.arguments.forEach((argument, i) => {
        if (!(argument.type instanceof TensorType)) return;
        argument.type = bufferType(context, argument.type);
        this.tokens.bind(argument, argument);
        // Blocks that branch to each other may read a tensor anywhere.
        const isOurs = blocks.length === 1 && argumentAttr(this.func, i, DONATED_ATTR) !== undefined;
        if (b === 0 && isOurs) this.tokens.own(argument);
      });
    });
    let complete = true;
    for (const block of blocks) {
      complete = this.rewriteBlock(block) && complete;
      complete = this.rewrite(block.terminator) && complete;
    }
    if (!complete) return false;
    for (const op of this.replaced.reverse()) op.erase();
    return true;
  }

  rewriteBlock(block: Block): boolean {
    const { dims, checkedSizes } = this;
    this.dims = new KnownDims();
    this.checkedSizes = new Set(checkedSizes);
    let complete = true;
    for (const op of block.ops) if (!op.info.hasTrait(Terminator)) complete = this.rewrite(op) && complete;
    this.dims = dims;
    this.checkedSizes = checkedSizes;
    return complete;
  }

  swapped(count: number): void {
    this.statistics.swapped += count;
  }

  private bufferizedFunction(type: FunctionType): FunctionType {
    const { context } = this.func;
    return context.functionType(
      type.inputs.map((t) => bufferized(context, t)),
      type.results.map((t) => bufferized(context, t)),
    );
  }

  private rewrite(op: Operation): boolean {
    if (isControlFlow(op)) {
      if (!holdsTensors(op)) return true;
      return IfOp.is(op) ? rewriteIf(op, this) : rewriteLoop(op, this);
    }
    if (!touchesTensors(op) && !CustomCallOp.is(op) && !op.operands.some((v) => this.tokens.has(v))) return true;
    const builder = Builder.before(op);
    if (!ReturnOp.is(op) && op.successors.length === 0) this.replaced.push(op);
    if (FusionOp.is(op)) this.call(op, builder);
    else if (CustomCallOp.is(op)) this.callHost(op, builder);
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
    else if (ExtractOp.is(op))
      op.result(0).replaceAllUsesWith(buildLoad(builder, op.loc, this.bufferOf(op.operand(0)), []));
    else if (FromScalarOp.is(op)) {
      const buffer = this.allocate(builder, op.loc, bufferType(op.context, op.result(0).type as TensorType), []);
      this.tokens.own(buffer);
      buildStore(builder, op.loc, op.operand(0), buffer, []);
      this.bind(op.result(0), buffer);
    } else if (ExpectOp.is(op)) {
      const [actual, expected] = op.operands.map((value) => this.bufferOf(value)) as [Value, Value];
      const { relation, tolerance, minUlps: min_ulps, maxUlps: max_ulps } = expectationOf(op);
      BufferExpectOp.create(builder, op.loc, { actual, expected, relation, tolerance, min_ulps, max_ulps });
    } else if (CallOp.is(op)) {
      this.callFunction(op, builder);
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
    return this.tokens.buffer(value);
  }
  private bind(tensor: Value, buffer: Value): void {
    this.tokens.bind(tensor, buffer);
  }

  /** What the callee may write over is a copy, unless nobody needs it here. */
  private callFunction(op: Operation, builder: Builder): void {
    const callee = lookupSymbol(op, op.attr('callee') as SymbolRefAttr);
    const operands = op.operands.map((value, i) => {
      const buffer = this.bufferOf(value);
      if (!(buffer.type instanceof MemRefType) || !callee || argumentAttr(callee, i, DONATED_ATTR) === undefined)
        return buffer;
      const token = this.tokens.token(buffer);
      const isShared = op.operands.some((other, k) => k !== i && this.tokens.token(this.bufferOf(other)) === token);
      return isShared || !this.tokens.mayTake(token, op) ? this.copyOf(builder, op.loc, buffer) : buffer;
    });
    const resultTypes = op.resultTypes.map((t) => bufferized(op.context, t));
    const call = CallOp.create(builder, op.loc, { operands, callee: CallOp.callee(op), resultTypes });
    op.results.forEach((result, i) => {
      if (result.type instanceof TensorType) this.bind(result, call.result(i));
      else result.replaceAllUsesWith(call.result(i));
    });
  }

  private call(fusion: Operation, builder: Builder): void {
    checkGivenSizes(fusion, this.checkedSizes);
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
      outputs.push(reuse ? inputs[reuse.input]! : this.allocateResult(fusion, builder, i, sizes));
      this.bind(result, outputs[outputs.length - 1]!);
    });
    for (const [result, into] of scratch) destinations[result] = destinations[into]!;
    const inPlace = shared.map(({ input, output }) => ({ input, output: destinations[output]! }));
    const callee = this.outliner.outline(fusion, this.func, { inPlace, destinations });
    CallKernelOp.create(builder, fusion.loc, { callee, inputs, outputs });
    this.statistics.kernels++;
    this.statistics.inPlace += shared.length;
  }

  /** What the user provides runs between kernels, on buffers. */
  private callHost(op: Operation, builder: Builder): void {
    const { context } = op;
    const given = CustomCallOp.inputs(op);
    let sizes = CustomCallOp.sizes(op);
    const outputs = op.results.map((result) => {
      const type = bufferType(context, result.type as TensorType);
      const open = type.shape.filter((d) => d === DYNAMIC).length;
      const buffer = this.allocate(builder, op.loc, type, sizes.slice(0, open));
      sizes = sizes.slice(open);
      if (this.func.region(0).blocks.length === 1) this.tokens.own(buffer);
      this.bind(result, buffer);
      return buffer;
    });
    const call = CallHostOp.create(builder, op.loc, {
      target: CustomCallOp.call_target_name(op),
      signature: this.signatures.get(op)!,
      has_side_effect: CustomCallOp.has_side_effect(op),
      inputs: given.map((v) => this.bufferOf(v)),
      outputs,
    });
    const { names, values } = op.attributes;
    names.forEach((name, i) => {
      if (!CUSTOM_CALL_ATTRS.includes(name)) call.setAttr(name, values[i]!);
    });
  }

  private allocateResult(fusion: Operation, builder: Builder, result: number, sizes: FusionSizes): Value {
    const value = fusion.region(0).entry.terminator.operand(result);
    const type = bufferType(fusion.context, value.type as TensorType);
    const buffer = this.allocate(builder, fusion.loc, type, sizes.dynamicSizes(value));
    if (this.func.region(0).blocks.length === 1) this.tokens.own(buffer);
    return buffer;
  }

  allocate(builder: Builder, loc: Operation['loc'], type: MemRefType, sizes: readonly Value[]): Value {
    this.statistics.buffers++;
    return buildAlloc(builder, loc, type, sizes);
  }

  copyOf(builder: Builder, loc: Operation['loc'], buffer: Value): Value {
    const copy = this.allocate(builder, loc, buffer.type as MemRefType, buildDynamicSizes(builder, loc, buffer));
    CopyOp.create(builder, loc, { source: buffer, target: copy });
    this.tokens.own(copy);
    this.statistics.copies++;
    return copy;
  }

  /** In-place pairs: the input is ours, read by nobody afterwards, and passed once. */
  private dyingInputs(fusion: Operation, inputs: readonly Value[]): InPlace[] {
    const chosen: InPlace[] = [];
    for (const pair of inPlaceCandidates(fusion)) {
      if (chosen.some((c) => c.input === pair.input || c.output === pair.output)) continue;
      const token = this.tokens.token(inputs[pair.input]!);
      if (inputs.filter((other) => this.tokens.token(other) === token).length !== 1) continue;
      if (this.tokens.mayTake(token, fusion)) chosen.push(pair);
    }
    return chosen;
  }

  private reshape(op: Operation, builder: Builder): void {
    const source = this.bufferOf(op.operand(0));
    const type = bufferType(op.context, op.result(0).type as TensorType);
    const view = BufferReshapeOp.build(builder, op.loc, { source, sizes: ReshapeOp.sizes(op), resultTypes: [type] });
    this.tokens.assign(view, this.tokens.token(source));
    this.bind(op.result(0), view);
  }

  /** Results are buffers of their own: not arguments, constants, parts of others, nor one twice. */
  private returned(op: Operation, builder: Builder): void {
    const taken = new Set<Value>();
    op.operands.forEach((value, i) => {
      const buffer = this.bufferOf(value);
      if (!(buffer.type instanceof MemRefType)) return;
      const token = this.tokens.token(buffer);
      // What loops permute has no memory that is its own.
      if (this.tokens.isOwned(token) && this.tokens.name(token) === token && !taken.has(token)) {
        taken.add(token);
        op.setOperand(i, buffer);
      } else op.setOperand(i, this.copyOf(builder, op.loc, buffer));
    });
  }
}

/** Whether a tensor occurs in the op or in something nested. */
export function holdsTensors(op: Operation): boolean {
  let found = false;
  op.walk((inner) => {
    found ||= touchesTensors(inner);
  });
  return found;
}

function touchesTensors(op: Operation): boolean {
  return op.operands.some((v) => v.type instanceof TensorType) || op.results.some((v) => v.type instanceof TensorType);
}
