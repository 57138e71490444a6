// Host functions as host programs: `func.func` of buffers over kernels becomes steps, expressions and call sites.
//
//   %n = memory.dim %a, 0                              size slots of the argument
//   %r = memory.alloc(%n) : memref<?xf32>         ->   allocate s3, s1 * 4 bytes, result 0
//   rt.call_kernel @k ins(%a : ..) outs(%r : ..)       call site 0: words 8 = s0, 9 = s1, 10 = s3, ..; chunks s1 ceildiv 4096
//   return %r
//
// Views cost nothing: they are addresses and sizes. What no `dealloc` frees is freed after its last use. Loops and branches
// stay what they are; a buffer that they pass is an address, its sizes are those it enters with.
import type { PhaseMetadata, SizeExpression } from '@budflow/backend-api';
import { type AppliedMap, forBounds, forInits } from '@budflow/dialect-loop';
import { argumentAttr } from '@budflow/dialect-rt';
import { TensorValue, valueFromAttribute } from '@budflow/interpreter';
import {
  type Block,
  byteWidth,
  DYNAMIC,
  IndexType,
  type IntegerAttr,
  InternalError,
  lookupSymbol,
  MemRefType,
  type Operation,
  positionOf,
  type StringAttr,
  type SymbolRefAttr,
  type Type,
  type Value,
} from '@budflow/ir';
import {
  type HostExpression,
  hostOperation,
  isOverSlots,
  productOf,
  readsBelow,
  sameExpression,
} from './expression.js';
import { affineExpression, indexExpression } from './index-ops.js';
import { lastUses } from './last-uses.js';
import {
  type ArgumentSpec,
  argumentSlots,
  type HostAssignment,
  type HostConstant,
  type HostProgram,
  type HostRequirement,
  type HostResult,
  type HostSite,
  type HostStep,
  type HostWord,
  type WordKind,
} from './program.js';
import { isHostScalar, type ScalarOperation, scalarOperation } from './scalar-ops.js';
import { signatureOf, specOf } from './signature.js';

/** On an argument: the program may write over it. */
const DONATED_ATTR = 'budflow.donated';

/** What a buffer is on the host: where its first element is, and its sizes. */
interface HostBuffer {
  readonly address: HostExpression;
  readonly sizes: readonly HostExpression[];
  /** The allocation it is (part of); undefined for arguments, constants and what loops and branches pass. */
  readonly root: Value | undefined;
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
  /** Steps of the region that is being lowered. */
  private steps: HostStep[] = [];
  private readonly scalars: ScalarOperation[] = [];
  /** Numbers as callers pass them, by argument. */
  private readonly raw = new Set<Value>();
  private readonly sites: HostSite[] = [];
  private readonly constants: HostConstant[] = [];
  private readonly requirements: HostRequirement[];
  /** Results by the allocation that is them. */
  private readonly claimed = new Map<Value, number>();
  private readonly allocationSlots = new Map<Value, number>();
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

  /** Lowers the ops of a block apart from its terminator. */
  private block(block: Block): void {
    const ops = block.ops.slice(0, -1);
    const freeAfter = lastUses(ops, (root) => this.claimed.has(root));
    for (const op of ops) {
      this.lower(op);
      for (const root of freeAfter.get(op) ?? []) this.free(root);
    }
  }

  /** Runs `body` with a list of steps of its own, and returns that. */
  private collect(body: () => void): HostStep[] {
    const { steps } = this;
    this.steps = [];
    body();
    const made = this.steps;
    this.steps = steps;
    return made;
  }

  private specs(types: readonly Type[], what: string): ArgumentSpec[] {
    return types.map((type, i) => {
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
        const slot = this.nextSlot++;
        const dtype = this.elementType(op, op.operand(0));
        const address = this.elementAddress(op, op.operand(0), op.operands.slice(1));
        this.steps.push({ kind: 'load', slot, dtype, address });
        this.numbers.set(op.result(0), { slot });
        return;
      }
      case 'memory.store': {
        const dtype = this.elementType(op, op.operand(1));
        const address = this.elementAddress(op, op.operand(1), op.operands.slice(2));
        this.steps.push({ kind: 'store', dtype, address, value: this.scalar(op.operand(0)) });
        return;
      }
      case 'cf.assert': {
        const message = (op.attr('msg') as StringAttr).value;
        const at = placeOf(op);
        this.steps.push({
          kind: 'assert',
          condition: this.scalar(op.operand(0)),
          message,
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
      if (found !== undefined) return found;
    }
    const operation = scalarOperation(op, placeOf(op));
    if (!operation) return undefined;
    return this.apply(
      operation,
      op.operands.map((v) => this.scalar(v)),
    );
  }

  private apply(operation: ScalarOperation, args: readonly HostExpression[]): HostExpression {
    const text = JSON.stringify(operation);
    let scalar = this.scalars.findIndex((other) => JSON.stringify(other) === text);
    if (scalar < 0) scalar = this.scalars.push(operation) - 1;
    return { scalar, args };
  }

  /** A number as the interpreter has it. */
  private scalar(value: Value): HostExpression {
    const number = this.number(value);
    if (!this.raw.has(value)) return number;
    const type = value.type.toString();
    return isHostScalar(value.type) ? this.apply({ op: 'argument', operands: [], result: type }, [number]) : number;
  }

  private elementType(op: Operation, buffer: Value): string {
    const { element } = buffer.type as MemRefType;
    if (isHostScalar(element)) return element.toString();
    this.failed = true;
    op.emitError(
      'runtime.scalar-type',
      `reads or writes a number of type ${element}: the host has i1 to i64, index, f32, f64`,
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

  /** Slots for values that a region is passed; `sources` tell the sizes of buffers. */
  private receive(values: readonly Value[], sources: readonly Value[]): number[] {
    return values.map((value, i) => {
      const slot = this.nextSlot++;
      if (value.type instanceof MemRefType)
        this.buffers.set(value, { address: { slot }, sizes: this.buffer(sources[i]!).sizes, root: undefined });
      else this.numbers.set(value, { slot });
      return slot;
    });
  }

  private pass(slots: readonly number[], values: readonly Value[]): HostAssignment[] {
    return slots.map((slot, i) => {
      const value = values[i]!;
      return { slot, value: value.type instanceof MemRefType ? this.buffer(value).address : this.scalar(value) };
    });
  }

  /** Results of an op that are the values in some slots. */
  private emerge(op: Operation, slots: readonly number[], sources: readonly Value[]): void {
    op.results.forEach((result, i) => {
      const slot = slots[i]!;
      if (result.type instanceof MemRefType)
        this.buffers.set(result, { address: { slot }, sizes: this.buffer(sources[i]!).sizes, root: undefined });
      else this.numbers.set(result, { slot });
    });
  }

  private forLoop(op: Operation): void {
    const { lower, upper, step } = forBounds(op);
    const bound = ({ map, operands }: AppliedMap, by: 'min' | 'max') =>
      map.results
        .map((e) =>
          affineExpression(
            e,
            operands.map((v) => this.number(v)),
            map.numDims,
          ),
        )
        .reduce((l, r) => hostOperation(by, l, r));
    const [from, to] = [bound(lower, 'max'), bound(upper, 'min')];
    const body = op.region(0).entry;
    const [iv, ...args] = body.arguments;
    const inits = forInits(op);
    const slot = this.nextSlot++;
    this.numbers.set(iv!, { slot });
    const slots = this.receive(args, inits);
    const entering = this.pass(slots, inits);
    let yields: HostAssignment[] = [];
    const steps = this.collect(() => {
      this.block(body);
      yields = this.pass(slots, body.terminator.operands);
    });
    this.steps.push({ kind: 'for', slot, from, to, step, inits: entering, body: steps, yields });
    this.emerge(op, slots, inits);
  }

  private whileLoop(op: Operation): void {
    const before = op.region(0).entry;
    const after = op.region(1).entry;
    const slots = this.receive(before.arguments, op.operands);
    const inits = this.pass(slots, op.operands);
    const [condition, ...passing] = before.terminator.operands;
    let goesOn: HostExpression = 0;
    let passed: HostAssignment[] = [];
    let passedSlots: number[] = [];
    const first = this.collect(() => {
      this.block(before);
      passedSlots = this.receive(after.arguments, passing);
      passed = this.pass(passedSlots, passing);
      goesOn = this.scalar(condition!);
    });
    let yields: HostAssignment[] = [];
    const second = this.collect(() => {
      this.block(after);
      yields = this.pass(slots, after.terminator.operands);
    });
    this.steps.push({ kind: 'while', inits, before: first, condition: goesOn, passed, after: second, yields });
    this.emerge(op, passedSlots, passing);
  }

  private branch(op: Operation): void {
    const slots = op.results.map(() => this.nextSlot++);
    const known = this.nextSlot;
    const sides = op.regions.map((region) => {
      if (region.isEmpty) return { steps: [], yields: [], values: [] };
      const values = region.entry.terminator.operands;
      let yields: HostAssignment[] = [];
      const steps = this.collect(() => {
        this.block(region.entry);
        yields = this.pass(slots, values);
      });
      return { steps, yields, values };
    });
    const [then, otherwise] = sides;
    const empty = { steps: [], yields: [], values: [] };
    const { steps, yields, values } = then ?? empty;
    // Both branches pass the same sizes; those that are known outside name them.
    const sources = values.map((value, i) => {
      if (!(value.type instanceof MemRefType)) return value;
      const found = [value, otherwise!.values[i]!].find((v) =>
        this.buffer(v).sizes.every((size) => readsBelow(size, known)),
      );
      if (!found) this.sizesInside(op, i);
      return found ?? value;
    });
    this.steps.push({
      kind: 'if',
      condition: this.scalar(op.operand(0)),
      taken: steps,
      thenYields: yields,
      otherwise: otherwise?.steps ?? [],
      otherwiseYields: otherwise?.yields ?? [],
    });
    this.emerge(op, slots, sources);
  }

  /** One of two buffers: its address. */
  private choose(op: Operation): void {
    const [a, b] = [this.buffer(op.operand(1)), this.buffer(op.operand(2))];
    const operation = { op: 'arith.select', operands: ['i1', 'index', 'index'], result: 'index' };
    const slot = this.nextSlot++;
    const value = this.apply(operation, [this.scalar(op.operand(0)), a.address, b.address]);
    this.steps.push({ kind: 'let', slot, value });
    this.define(op, { address: { slot }, sizes: a.sizes, root: undefined });
  }

  private sizesInside(op: Operation, result: number): void {
    this.failed = true;
    op.emitError(
      'runtime.branch-sizes',
      `passes an array as result ${result} whose size each branch computes for itself: it must be known before`,
    );
  }

  /** A call of a function that was not inlined: its results are memory of this one. */
  private invoke(op: Operation): void {
    const name = (op.attr('callee') as SymbolRefAttr).root;
    const callee = lookupSymbol(op, op.attr('callee') as SymbolRefAttr);
    if (!callee || callee.region(0).isEmpty) {
      this.failed = true;
      op.emitError('runtime.unknown-function', `calls @${name}, which has no body`);
      return;
    }
    const parameters = op.operands.flatMap((value): HostExpression[] => {
      if (!(value.type instanceof MemRefType)) return [this.number(value)];
      const { address, sizes } = this.buffer(value);
      const { shape } = value.type;
      return [address, ...sizes.filter((_, d) => shape[d] === DYNAMIC)];
    });
    for (const _ of op.results) parameters.push(0);
    const results = op.results.map(() => this.nextSlot++);
    const sizeSlots: number[] = [];
    const loads: (() => void)[] = [];
    op.results.forEach((result, i) => {
      const slot = results[i]!;
      this.allocationSlots.set(result, slot);
      if (result.type instanceof MemRefType) {
        const sizes = result.type.shape.map((d): HostExpression => {
          if (d !== DYNAMIC) return d;
          const size = this.nextSlot++;
          sizeSlots.push(size);
          return { slot: size };
        });
        this.buffers.set(result, { address: { slot }, sizes, root: result });
        return;
      }
      loads.push(() => {
        const value = this.nextSlot++;
        this.steps.push({ kind: 'load', slot: value, dtype: result.type.toString(), address: { slot } });
        this.free(result);
        this.numbers.set(result, { slot: value });
      });
    });
    this.steps.push({ kind: 'invoke', function: name, parameters, results, sizes: sizeSlots });
    for (const load of loads) load();
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
    this.steps.push({ kind: 'allocate', slot, bytes, ...(result === undefined ? {} : { result }) });
    this.define(op, { address: { slot }, sizes, root: op.result(0) });
  }

  /** A size that depends on data is checked where it is used. */
  private checkSize(op: Operation, size: HostExpression): void {
    if (isOverSlots(this.expanded(size), this.parameterCount)) return;
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

  private free(root: Value): void {
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
    this.sites.push({ kernel, wordCount: layout.wordCount });
    this.steps.push({ kind: 'call', site, words, chunks: chunkExpression(phase.chunks, sizes) });
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

/** A constant number as the interpreter has it. */
function constantNumber(op: Operation): HostExpression | undefined {
  if (!isHostScalar(op.result(0).type)) return undefined;
  const value = valueFromAttribute(op.attr('value')!);
  if (typeof value === 'bigint') return { big: value.toString() };
  return typeof value === 'number' ? value : undefined;
}

/** `f.mlir:3:8` */
function placeOf(op: Operation): string | undefined {
  const at = positionOf(op.context, op.loc);
  return at ? `${at.file}:${at.line}:${at.column}` : undefined;
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
