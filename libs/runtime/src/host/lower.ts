// Host functions as host programs: `func.func` of buffers over kernels becomes steps, expressions and call sites.
//
//   %n = memory.dim %a, 0                              size slots of the argument
//   %r = memory.alloc(%n) : memref<?xf32>         ->   allocate s3, s1 * 4 bytes, result 0
//   rt.call_kernel @k ins(%a : ..) outs(%r : ..)       call site 0: words 8 = s0, 9 = s1, 10 = s3, ..; chunks s1 ceildiv 4096
//   return %r
//
// Views cost nothing: they are addresses and sizes. What no `dealloc` frees is freed after its last use.
import type { PhaseMetadata, SizeExpression } from '@budflow/backend-api';
import { argumentAttr } from '@budflow/dialect-rt';
import { TensorValue, valueFromAttribute } from '@budflow/interpreter';
import {
  byteWidth,
  DYNAMIC,
  type IntegerAttr,
  InternalError,
  type MemRefType,
  type Operation,
  type StringAttr,
  type SymbolRefAttr,
  type Type,
  type Value,
} from '@budflow/ir';
import { type HostExpression, hostOperation, productOf, sameExpression } from './expression.js';
import { indexExpression } from './index-ops.js';
import { lastUses } from './last-uses.js';
import {
  type ArgumentSpec,
  argumentSlots,
  type HostConstant,
  type HostProgram,
  type HostRequirement,
  type HostResult,
  type HostSite,
  type HostStep,
  type HostWord,
  type WordKind,
} from './program.js';
import { signatureOf, specOf } from './signature.js';

/** On an argument: the program may write over it. */
const DONATED_ATTR = 'budflow.donated';

/** What a buffer is on the host: where its first element is, and its sizes. */
interface HostBuffer {
  readonly address: HostExpression;
  readonly sizes: readonly HostExpression[];
  /** The allocation it is (part of); undefined for arguments and constants. */
  readonly root: Operation | undefined;
}

export interface LowerHostOptions {
  /** Metadata of the kernels by symbol name. */
  readonly phases: ReadonlyMap<string, PhaseMetadata>;
  /** Sizes that must be equal, in the slots of `argumentSlots`. */
  readonly requirements?: readonly HostRequirement[];
}

/** The host program of a function; undefined when it contains what programs cannot do, which diagnostics say. */
export function lowerHost(func: Operation, options: LowerHostOptions): HostProgram | undefined {
  return new Lowering(func, options).run();
}

class Lowering {
  private readonly func: Operation;
  private readonly options: LowerHostOptions;
  private readonly numbers = new Map<Value, HostExpression>();
  private readonly buffers = new Map<Value, HostBuffer>();
  private readonly steps: HostStep[] = [];
  private readonly sites: HostSite[] = [];
  private readonly constants: HostConstant[] = [];
  private readonly requirements: HostRequirement[];
  /** Results by the allocation that is them. */
  private readonly claimed = new Map<Operation, number>();
  private readonly allocationSlots = new Map<Operation, number>();
  /** Values of slots that `let` steps define. */
  private readonly lets = new Map<number, HostExpression>();
  private nextSlot = 0;
  private parameterCount = 0;
  private failed = false;

  constructor(func: Operation, options: LowerHostOptions) {
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
        'has a body of several blocks (or none): programs are straight-line host code',
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
    const freeAfter = lastUses(block.ops.slice(0, -1), (op) => this.claimed.has(op));
    for (let op = block.firstOp; op && op !== returned; op = op.next) {
      this.lower(op);
      for (const root of freeAfter.get(op) ?? []) this.free(root);
    }
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
      steps: this.steps,
    };
  }

  private specs(types: readonly Type[], what: string): ArgumentSpec[] {
    return types.map((type, i) => {
      const spec = specOf(type);
      if (spec?.kind === 'array' && what === 'argument' && argumentAttr(this.func, i, DONATED_ATTR))
        return { ...spec, donated: true };
      if (spec && (what === 'argument' || spec.kind === 'array')) return spec;
      this.failed = true;
      this.func.emitError(
        'runtime.host-type',
        `${what} ${i} is ${type}: calls pass ranked arrays${what === 'argument' ? ' and numbers' : ''}`,
      );
      return { kind: 'scalar', dtype: 'index' };
    });
  }

  private bindArguments(specs: readonly ArgumentSpec[]): void {
    const first = argumentSlots(specs);
    this.func.region(0).entry.arguments.forEach((value, i) => {
      const spec = specs[i]!;
      let slot = first[i]!;
      const address = { slot: slot++ };
      if (spec.kind === 'scalar') this.numbers.set(value, address);
      else {
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
      if (root?.name === 'memory.alloc' && !this.claimed.has(root)) this.claimed.set(root, i);
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
      case 'memory.global_constant':
        this.constant(op);
        return;
      case 'rt.call_kernel':
        this.call(op);
        return;
      default: {
        const value = indexExpression(
          op,
          op.operands.map((v) => this.numbers.get(v) ?? 0),
        );
        if (value === undefined) {
          this.failed = true;
          op.emitError(
            'runtime.unsupported-op',
            'has no form in host programs: programs allocate, view, copy and call kernels',
          );
        } else this.bindNumber(op.result(0), value);
      }
    }
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
    const slot = this.nextSlot++;
    this.allocationSlots.set(op, slot);
    const result = this.claimed.get(op);
    const bytes = hostOperation('mul', productOf(sizes), widthOf(type.element));
    this.steps.push({ kind: 'allocate', slot, bytes, ...(result === undefined ? {} : { result }) });
    this.define(op, { address: { slot }, sizes, root: op });
  }

  private free(root: Operation): void {
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
      if (sameExpression(left, right) || !this.isParameter(left)) return;
      const reason = `the program is compiled for ${op.result(0).type}`;
      this.requirements.push({ left, relation: 'equal', right, leftName: `dimension ${d}`, rightName: '', reason });
    });
    this.define(op, { ...source, sizes });
  }

  private isParameter(e: HostExpression): boolean {
    if (typeof e === 'number') return true;
    if ('slot' in e) return e.slot < this.parameterCount;
    return this.isParameter(e.lhs) && this.isParameter(e.rhs);
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
          argument.type === 'f32' || argument.type === 'f64' ? argument.type : 'integer',
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
    this.sites.push({ kernel, wordCount: layout.wordCount });
    this.steps.push({ kind: 'call', site, words, chunks: chunkExpression(phase.chunks, sizes) });
  }

  private result(value: Value, spec: ArgumentSpec, index: number, destination: number): HostResult {
    if (spec.kind !== 'array') throw new InternalError('a result that is no array', this.func);
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
    return hostOperation(e.op, this.expanded(e.lhs), this.expanded(e.rhs));
  }

  private define(op: Operation, buffer: HostBuffer): void {
    this.buffers.set(op.result(0), buffer);
  }
  private buffer(value: Value): HostBuffer {
    const found = this.buffers.get(value);
    if (found) return found;
    // Its op was reported.
    this.failed = true;
    const { shape } = value.type as MemRefType;
    return { address: 0, sizes: shape.map((d) => Math.max(d, 0)), root: undefined };
  }
  private number(value: Value): HostExpression {
    return this.numbers.get(value) ?? 0;
  }
  /** Sizes of an op's result, whose dynamic ones are operands from `first` on. */
  private sizes(op: Operation, first: number): HostExpression[] {
    let next = first;
    return (op.result(0).type as MemRefType).shape.map((d) => (d === DYNAMIC ? this.number(op.operand(next++)) : d));
  }
}

function widthOf(element: Type): number {
  return byteWidth(element)!;
}
function elementBytes(value: Value): number {
  return widthOf((value.type as MemRefType).element);
}

/** The number of chunks for sizes given as expressions. */
function chunkExpression(e: SizeExpression, sizes: readonly HostExpression[]): HostExpression {
  if (typeof e === 'number') return e;
  if ('size' in e) return sizes[e.size]!;
  return hostOperation(e.op, chunkExpression(e.lhs, sizes), chunkExpression(e.rhs, sizes));
}

/** The elements of a constant as they lie in memory; i1 is one byte each. Undefined for attributes that are no tensors. */
function constantBytes(op: Operation): Uint8Array | undefined {
  const value = valueFromAttribute(op.attr('value')!, op.context);
  if (!(value instanceof TensorValue)) return undefined;
  const { buffer, byteOffset, byteLength } = value.data;
  return new Uint8Array(buffer, byteOffset, byteLength).slice();
}
