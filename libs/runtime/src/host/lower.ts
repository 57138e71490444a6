// Host functions as host programs: `func.func` of buffers over kernels becomes steps, expressions and call sites.
//
//   %n = memory.dim %a, 0                              size slots of the argument
//   %r = memory.alloc(%n) : memref<?xf32>         ->   allocate s3, s1 * 4 bytes, result 0
//   rt.call_kernel @k ins(%a : ..) outs(%r : ..)       call site 0: words 8 = s0, 9 = s1, 10 = s3, ..; chunks s1 ceildiv 4096
//   return %r
//
// Views cost nothing: they are addresses and sizes. What no `dealloc` frees is freed after its last use. Loops and branches
// stay what they are; a buffer that they pass is an address, its sizes are those it enters with.
import type { PhaseMetadata } from '@budflow/backend-api';
import { expectationOf } from '@budflow/dialect-core';
import { argumentAttr } from '@budflow/dialect-rt';
import {
  type Block,
  byteWidth,
  ComplexType,
  DYNAMIC,
  IndexType,
  type IntegerAttr,
  InternalError,
  MemRefType,
  type Operation,
  StringAttr,
  type SymbolRefAttr,
  type Type,
  type Value,
} from '@budflow/ir';
import { callSite } from './call-site.js';
import { type HostExpression, hostOperation, isOverSlots, productOf, sameExpression } from './expression.js';
import { indexExpression } from './index-ops.js';
import { lastUses } from './last-uses.js';
import { ControlFlowLowering } from './lower-control-flow.js';
import { customCallStep } from './lower-custom-call.js';
import {
  behind,
  chunkExpression,
  constantBytes,
  constantNumber,
  elementBytes,
  mayBeNegative,
  placeOf,
  widthOf,
} from './lowering-values.js';
import {
  type ArgumentSpec,
  argumentSlots,
  type HostArray,
  type HostConstant,
  type HostProgram,
  type HostRequirement,
  type HostResult,
  type HostSite,
  type HostWord,
  type WordKind,
} from './program.js';
import { isHostScalar, scalarOperation } from './scalar-ops.js';
import { signatureOf, specOf } from './signature.js';

/** On an argument: the program may write over it. */
const DONATED_ATTR = 'budflow.donated';

export interface LowerHostOptions {
  /** Metadata of the kernels by symbol name. */
  readonly phases: ReadonlyMap<string, PhaseMetadata>;
  /** Sizes that must be equal, in the slots of `argumentSlots`. */
  readonly requirements?: readonly HostRequirement[];
  /** Targets of custom calls that are provided; others are errors. Without it, loading tells. */
  readonly customCalls?: readonly string[];
}

/** The host program of a function; undefined when it contains what programs cannot do, which diagnostics say. */
export function lowerHost(func: Operation, options: LowerHostOptions): HostProgram | undefined {
  return new Lowering(func, options).run();
}

class Lowering extends ControlFlowLowering {
  private readonly func: Operation;
  private readonly options: LowerHostOptions;
  private readonly sites: HostSite[] = [];
  private readonly constants: HostConstant[] = [];
  private readonly requirements: HostRequirement[];
  /** Results by the allocation that is them. */
  private readonly claimed = new Map<Value, number>();
  /** Values of slots that `let` steps define. */
  private readonly lets = new Map<number, HostExpression>();
  /** Parts of complex numbers. */
  private readonly pairs = new Map<Value, readonly [HostExpression, HostExpression]>();
  private parameterCount = 0;
  private customCalls = 0;

  constructor(func: Operation, options: LowerHostOptions) {
    super();
    this.func = func;
    this.options = options;
    this.requirements = [...(options.requirements ?? [])];
  }

  run(): HostProgram | undefined {
    const { func } = this;
    const name = (func.attr('sym_name') as StringAttr).value;
    const body = func.region(0);
    if (body.blocks.length !== 1) {
      func.emitError(
        'runtime.host-blocks',
        'has a body of several blocks (or none); programs have loop.for, loop.while and loop.if in their place (lift-cf-to-loop)',
      );
      return undefined;
    }
    const type = signatureOf(func);
    const args = this.specs(type.inputs, 'argument');
    const results = this.specs(type.results, 'result');
    if (this.failed) return undefined;
    this.bindArguments(args);
    const destinations = results.map(() => this.nextSlot++);
    this.parameterCount = this.nextSlot;

    const block = body.entry;
    const returned = block.terminator;
    this.claimResults(returned);
    this.block(block);
    const lowered = returned.operands.map((value, i) => this.result(value, results[i]!, i, destinations[i]!));
    if (this.failed) return undefined;
    return {
      name,
      arguments: args,
      results: lowered,
      parameterCount: this.parameterCount,
      slotCount: this.nextSlot,
      constants: this.constants,
      sites: this.sites,
      requirements: this.requirements,
      scalars: this.scalars,
      steps: this.steps,
    };
  }

  protected override block(block: Block): void {
    const ops = block.ops.slice(0, -1);
    const freeAfter = lastUses(ops, (root) => this.claimed.has(root));
    for (const op of ops) {
      this.lower(op);
      for (const root of freeAfter.get(op) ?? []) this.free(root);
    }
  }

  private specs(types: readonly Type[], what: string): ArgumentSpec[] {
    return types.map((type, i) => {
      if (type instanceof ComplexType) {
        this.failed = true;
        this.func.emitError(
          'runtime.host-complex',
          `${what} ${i} is ${type}: calls pass complex numbers in arrays only; make it a tensor<${type}>`,
        );
        return { kind: 'scalar', dtype: 'index' };
      }
      const spec = specOf(type);
      if (spec?.kind === 'array' && what === 'argument' && argumentAttr(this.func, i, DONATED_ATTR))
        return { ...spec, donated: true };
      if (spec && (what === 'argument' || spec.kind === 'array')) return spec;
      if (spec && isHostScalar(type)) return { kind: 'array', dtype: spec.dtype, shape: [], scalar: true };
      this.failed = true;
      this.func.emitError('runtime.host-type', `${what} ${i} is ${type}: calls pass ranked arrays and numbers`);
      return { kind: 'scalar', dtype: 'index' };
    });
  }

  private bindArguments(specs: readonly ArgumentSpec[]): void {
    const first = argumentSlots(specs);
    this.func.region(0).entry.arguments.forEach((value, i) => {
      const spec = specs[i]!;
      let slot = first[i]!;
      const address = { slot: slot++ };
      if (spec.kind === 'scalar') {
        this.numbers.set(value, address);
        if (!(value.type instanceof IndexType)) this.raw.add(value);
      } else {
        const sizes = spec.shape.map((size) => size ?? { slot: slot++ });
        this.buffers.set(value, { address, sizes, root: undefined });
      }
      this.nextSlot = slot;
    });
  }

  /** An allocation that is returned whole is the result itself, so that it can be made in the caller's destination. */
  private claimResults(returned: Operation): void {
    returned.operands.forEach((value, i) => {
      let root: Operation | null = value.definingOp;
      while (root && (root.name === 'memory.cast' || root.name === 'memory.reshape')) root = root.operand(0).definingOp;
      const isAlloc = root?.name === 'memory.alloc' && root.parent === returned.parent;
      if (isAlloc && !this.claimed.has(root!.result(0))) this.claimed.set(root!.result(0), i);
    });
  }

  private lower(op: Operation): void {
    switch (op.name) {
      case 'memory.dim': {
        const dimension = (op.attr('dimension') as IntegerAttr).number;
        this.numbers.set(op.result(0), this.buffer(op.operand(0)).sizes[dimension]!);
        return;
      }
      case 'memory.alloc':
      case 'memory.arena':
        this.allocate(op);
        return;
      case 'memory.dealloc': {
        const { root } = this.buffer(op.operand(0));
        if (root) this.free(root);
        return;
      }
      case 'memory.view': {
        const base = this.buffer(op.operand(0));
        const address = hostOperation('add', base.address, this.number(op.operand(1)));
        this.define(op, { address, sizes: this.sizes(op, 2), root: base.root });
        return;
      }
      case 'memory.cast':
        this.cast(op);
        return;
      case 'memory.reshape':
        this.reshape(op);
        return;
      case 'memory.copy': {
        const source = this.buffer(op.operand(0));
        const target = this.buffer(op.operand(1));
        const bytes = hostOperation('mul', productOf(source.sizes), elementBytes(op.operand(0)));
        this.steps.push({ kind: 'copy', from: source.address, to: target.address, bytes });
        return;
      }
      case 'memory.load': {
        const dtype = this.elementType(op, op.operand(0));
        const address = this.elementAddress(op, op.operand(0), op.operands.slice(1));
        const load = (at: HostExpression): HostExpression => {
          const slot = this.nextSlot++;
          this.steps.push({ kind: 'load', slot, dtype, address: at });
          return { slot };
        };
        const { type } = op.result(0);
        if (type instanceof ComplexType) this.pairs.set(op.result(0), [load(address), load(behind(address, type))]);
        else this.numbers.set(op.result(0), load(address));
        return;
      }
      case 'memory.store': {
        const dtype = this.elementType(op, op.operand(1));
        const address = this.elementAddress(op, op.operand(1), op.operands.slice(2));
        const { type } = op.operand(0);
        if (!(type instanceof ComplexType)) {
          this.steps.push({ kind: 'store', dtype, address, value: this.scalar(op.operand(0)) });
          return;
        }
        const [re, im] = this.pairs.get(op.operand(0)) ?? [0, 0];
        this.steps.push({ kind: 'store', dtype, address, value: re });
        this.steps.push({ kind: 'store', dtype, address: behind(address, type), value: im });
        return;
      }
      // What split-complex-memory leaves between arithmetic on the parts and complex numbers in memory.
      case 'complex.create':
        this.pairs.set(op.result(0), [this.scalar(op.operand(0)), this.scalar(op.operand(1))]);
        return;
      case 'complex.re':
      case 'complex.im': {
        const parts = this.pairs.get(op.operand(0));
        if (parts) this.bindNumber(op.result(0), parts[op.name === 'complex.re' ? 0 : 1]);
        else this.compute(op);
        return;
      }
      case 'cf.assert': {
        const message = (op.attr('msg') as StringAttr).value;
        const trap = op.attr('rt.trap');
        const at = placeOf(op);
        this.steps.push({
          kind: 'assert',
          condition: this.scalar(op.operand(0)),
          message,
          ...(trap instanceof StringAttr && trap.value === 'ShapeMismatch' ? { trap: trap.value } : {}),
          ...(at === undefined ? {} : { at }),
        });
        return;
      }
      case 'rt.expect': {
        const at = placeOf(op);
        const array = (value: Value): HostArray => {
          const { address, sizes } = this.buffer(value);
          return { address, sizes };
        };
        this.steps.push({
          kind: 'expect',
          dtype: (op.operand(0).type as MemRefType).element.toString(),
          actual: array(op.operand(0)),
          expected: array(op.operand(1)),
          expectation: expectationOf(op),
          ...(at === undefined ? {} : { at }),
        });
        return;
      }
      case 'arith.select':
        if (op.result(0).type instanceof MemRefType) this.choose(op);
        else this.compute(op);
        return;
      case 'func.call':
        this.invoke(op);
        return;
      case 'loop.for':
        this.forLoop(op);
        return;
      case 'loop.while':
        this.whileLoop(op);
        return;
      case 'loop.if':
        this.branch(op);
        return;
      case 'memory.global_constant':
        this.constant(op);
        return;
      case 'rt.call_host':
        this.callHost(op);
        return;
      case 'rt.call_kernel':
        this.call(op);
        return;
      default:
        this.compute(op);
    }
  }

  private compute(op: Operation): void {
    const value = this.computed(op);
    if (value !== undefined) {
      this.bindNumber(op.result(0), value);
      return;
    }
    this.failed = true;
    op.emitError(
      'runtime.unsupported-op',
      'has no form in host programs: programs allocate, view, copy, compute with numbers and call kernels',
    );
  }

  /** What an op computes from numbers: index arithmetic by itself, the rest as the interpreter does. */
  private computed(op: Operation): HostExpression | undefined {
    if (op.resultCount !== 1) return undefined;
    if (op.name === 'arith.constant') return constantNumber(op);
    if ([...op.operands, ...op.results].every((v) => v.type instanceof IndexType)) {
      const found = indexExpression(
        op,
        op.operands.map((v) => this.number(v)),
      );
      if (found !== undefined) {
        this.checkDivisor(op);
        return found;
      }
    }
    const operation = scalarOperation(op, placeOf(op));
    if (!operation) return undefined;
    return this.apply(
      operation,
      op.operands.map((v) => this.scalar(v)),
    );
  }

  /** Sizes divided by 0 are 0; a program that divides by 0 stops, as everywhere else. */
  private checkDivisor(op: Operation): void {
    if (!/^arith\.(div|rem|ceildiv|floordiv)/.test(op.name)) return;
    const divisor = this.number(op.operand(1));
    if (typeof divisor === 'number' && divisor !== 0) return;
    const operation = { op: 'arith.cmpi', operands: ['index', 'index'], result: 'i1', predicate: 'ne' };
    const at = placeOf(op);
    this.steps.push({
      kind: 'assert',
      condition: this.apply(operation, [divisor, 0]),
      message: 'integer division by zero',
      trap: 'DivisionByZero',
      ...(at === undefined ? {} : { at }),
    });
  }

  private elementType(op: Operation, buffer: Value): string {
    const { element: whole } = buffer.type as MemRefType;
    const element = whole instanceof ComplexType ? whole.element : whole;
    if (isHostScalar(element)) return element.toString();
    this.failed = true;
    op.emitError(
      'runtime.scalar-type',
      `reads or writes a number of type ${element}: the host has i1 to i64, index, and floats of 16, 32 and 64 bits`,
    );
    return 'f32';
  }

  private elementAddress(op: Operation, buffer: Value, indices: readonly Value[]): HostExpression {
    const { address } = this.buffer(buffer);
    if (indices.length === 0) return address;
    this.failed = true;
    op.emitError('runtime.host-element', 'touches an element of an array: programs read and write those of rank 0');
    return address;
  }

  /** A number used several times is computed once. */
  private bindNumber(value: Value, e: HostExpression): void {
    if (typeof e === 'number' || 'slot' in e || value.users().length < 2) {
      this.numbers.set(value, e);
      return;
    }
    const slot = this.nextSlot++;
    this.lets.set(slot, e);
    this.steps.push({ kind: 'let', slot, value: e });
    this.numbers.set(value, { slot });
  }

  private allocate(op: Operation): void {
    const type = op.result(0).type as MemRefType;
    let sizes: readonly HostExpression[];
    if (op.name === 'memory.alloc') sizes = this.sizes(op, 0);
    else {
      const bytes = op.attr('bytes');
      sizes = [bytes ? (bytes as IntegerAttr).number : this.number(op.operand(0))];
    }
    for (const size of sizes) this.checkSize(op, size);
    const slot = this.nextSlot++;
    this.allocationSlots.set(op.result(0), slot);
    const result = this.claimed.get(op.result(0));
    const bytes = hostOperation('mul', productOf(sizes), widthOf(type.element));
    this.checkBytes(op, bytes);
    const at = placeOf(op);
    this.steps.push({
      kind: 'allocate',
      slot,
      bytes,
      ...(result === undefined ? {} : { result }),
      ...(at === undefined ? {} : { at }),
    });
    this.define(op, { address: { slot }, sizes, root: op.result(0) });
  }

  /** A buffer of a known size that no memory of WebAssembly holds. */
  private checkBytes(op: Operation, bytes: HostExpression): void {
    if (typeof bytes !== 'number' || bytes < 2 ** 32) return;
    this.failed = true;
    op.emitError(
      'runtime.array-too-large',
      `needs ${bytes} bytes, and programs have less than 4 GiB for all arrays; use smaller sizes, or compute in parts`,
    );
  }

  /** A size that depends on data is checked where it is used. */
  private checkSize(op: Operation, size: HostExpression): void {
    const whole = this.expanded(size);
    if (isOverSlots(whole, this.parameterCount) && !mayBeNegative(whole)) return;
    const operation = { op: 'arith.cmpi', operands: ['index', 'index'], result: 'i1', predicate: 'sge' };
    const at = placeOf(op);
    this.steps.push({
      kind: 'assert',
      condition: this.apply(operation, [size, 0]),
      message: 'a size must not be negative',
      trap: 'ShapeMismatch',
      ...(at === undefined ? {} : { at }),
    });
  }

  protected override free(root: Value): void {
    const slot = this.allocationSlots.get(root);
    if (slot === undefined || this.claimed.has(root)) return;
    this.allocationSlots.delete(root);
    this.steps.push({ kind: 'free', slot });
  }

  /** What a cast asserts is checked up front where arguments tell it. */
  private cast(op: Operation): void {
    const source = this.buffer(op.operand(0));
    const { shape } = op.result(0).type as MemRefType;
    const sizes = source.sizes.map((size, d) => (shape[d] === DYNAMIC ? size : shape[d]!));
    source.sizes.forEach((left, d) => {
      const right = sizes[d]!;
      if (sameExpression(left, right) || !isOverSlots(left, this.parameterCount)) return;
      const reason = `the program is compiled for ${op.result(0).type}`;
      this.requirements.push({ left, relation: 'equal', right, leftName: `dimension ${d}`, rightName: '', reason });
    });
    this.define(op, { ...source, sizes });
  }

  private reshape(op: Operation): void {
    const source = this.buffer(op.operand(0));
    const { shape } = op.result(0).type as MemRefType;
    let sizes: readonly HostExpression[];
    if (op.operandCount > 1) sizes = this.sizes(op, 1);
    else {
      const known = shape.reduce((n, d) => (d === DYNAMIC ? n : n * d), 1);
      const open = hostOperation('floordiv', productOf(source.sizes), known);
      sizes = shape.map((d) => (d === DYNAMIC ? open : d));
    }
    this.define(op, { ...source, sizes });
  }

  private constant(op: Operation): void {
    const bytes = constantBytes(op);
    if (!bytes) {
      this.failed = true;
      op.emitError('runtime.constant', `expects a constant with elements, got ${op.attr('value')}`);
      return;
    }
    const type = op.result(0).type as MemRefType;
    const slot = this.nextSlot++;
    this.constants.push({ slot, bytes });
    this.define(op, { address: { slot }, sizes: type.shape, root: undefined });
  }

  private call(op: Operation): void {
    const kernel = (op.attr('callee') as SymbolRefAttr).root;
    const phase = this.options.phases.get(kernel);
    if (!phase) {
      this.failed = true;
      op.emitError('runtime.unknown-kernel', `calls @${kernel}, which was not compiled`);
      return;
    }
    const { layout } = phase;
    const words: HostWord[] = [];
    const byWord = new Map<number, HostExpression>();
    const put = (word: number, value: HostExpression, kind: WordKind = 'unsigned') => {
      words.push({ word, value, kind });
      byWord.set(word, value);
    };
    layout.arguments.forEach((argument, i) => {
      const value = op.operand(i);
      if (argument.kind === 'scalar') {
        put(
          argument.word,
          this.number(value),
          argument.type === 'f32' || argument.type === 'f64'
            ? argument.type
            : argument.type === 'i64' && !this.raw.has(value)
              ? 'i64'
              : 'integer',
        );
        return;
      }
      const { address, sizes } = this.buffer(value);
      put(argument.address, address);
      for (const { dim, word } of argument.sizes) put(word, sizes[dim]!);
      for (const { dim, word } of argument.strides) put(word, productOf(sizes.slice(dim + 1)));
    });
    const sizes = layout.sizeWords.map((word) => byWord.get(word)!);
    const site = this.sites.length;
    this.sites.push(callSite(op, kernel, phase, layout.wordCount));
    this.steps.push({ kind: 'call', site, words, chunks: chunkExpression(phase.chunks, sizes) });
  }

  private callHost(op: Operation): void {
    const { customCalls } = this.options;
    const step = customCallStep(op, this.customCalls++, (v) => this.buffer(v), placeOf(op), customCalls);
    if (step) this.steps.push(step);
    else this.failed = true;
  }

  private result(value: Value, spec: ArgumentSpec, index: number, destination: number): HostResult {
    if (spec.kind !== 'array') throw new InternalError('a result that is no array', this.func);
    if (spec.scalar) {
      const slot = this.nextSlot++;
      const bytes = byteWidth(value.type)!;
      this.steps.push({ kind: 'allocate', slot, bytes, result: index });
      this.steps.push({ kind: 'store', dtype: spec.dtype, address: { slot }, value: this.scalar(value) });
      return { ...spec, sizes: [], destination, bytes };
    }
    const buffer = this.buffers.get(value);
    if (!buffer) {
      this.failed = true;
      return { ...spec, sizes: [], destination, bytes: 0 };
    }
    const bytes = hostOperation('mul', productOf(buffer.sizes), elementBytes(value));
    const isOwn = buffer.root !== undefined && this.claimed.get(buffer.root) === index;
    if (!isOwn) {
      // An argument, a part of another buffer, or a buffer returned twice: results share memory with nothing.
      const slot = this.nextSlot++;
      this.steps.push({ kind: 'allocate', slot, bytes, result: index });
      this.steps.push({ kind: 'copy', from: buffer.address, to: { slot }, bytes });
    }
    const sizes = buffer.sizes.filter((_, d) => spec.shape[d] === null).map((e) => this.expanded(e));
    return { ...spec, sizes, destination, bytes: this.expanded(bytes) };
  }

  /** The expression over parameters only. */
  private expanded(e: HostExpression): HostExpression {
    if (typeof e === 'number') return e;
    if ('slot' in e) {
      const value = this.lets.get(e.slot);
      return value === undefined ? e : this.expanded(value);
    }
    if ('op' in e) return hostOperation(e.op, this.expanded(e.lhs), this.expanded(e.rhs));
    return e;
  }

  /** Sizes of an op's result, whose dynamic ones are operands from `first` on. */
  private sizes(op: Operation, first: number): HostExpression[] {
    let next = first;
    return (op.result(0).type as MemRefType).shape.map((d) => (d === DYNAMIC ? this.number(op.operand(next++)) : d));
  }
}
