// Cuts kernels into phases and gives each phase its chunk range (CONTRACTS: kernel ABI, chunks).
//
//   func @k(%a, %out) {                        func @k(%a, %t, %begin, %end) -> index {      // rt.chunks = n ceildiv 64
//     %t = memory.alloca                         loop.for %c = %begin to %end { ... %t ... }
//     loop.for %c = 0 to %n0 name "exp.d0.o"     return %end }
//     loop.for %c = 0 to %n1 name "div.d0.o"   func @k_p1(%t, %out, %begin, %end) -> index { ... }
//   }
//
// Every parallel root loop becomes a phase whose iterations are the chunks; what lies between them becomes phases of one
// chunk. Names tell which loops are parallel: array-to-loop calls loops `stage.d0` or `stage.c` when their iterations
// touch different elements, and scheduling keeps that; a user's schedule may not, which apply-schedule marks
// (`loop.sequential`), and may make other loops `parallel`. Buffers that cross phases, or have a size known only at run
// time, become arguments which the program allocates (rt.temporary). The schedule has already cut the outer loops by
// problem size, so results do not depend on who runs which chunk. A private buffer that becomes an argument is one for
// all chunks: a phase whose chunks use it over again is marked rt.serial. Runs after scheduling and vectorization.
import { carriedDependence, collectAccesses, IN_PLACE_ATTR } from '@budflow/analysis';
import { CmpIOp } from '@budflow/dialect-core';
import {
  buildFor,
  buildIndexConstant,
  composeAppliedMap,
  ForOp,
  forBounds,
  IfOp,
  inductionVariable,
  YieldOp,
} from '@budflow/dialect-loop';
import { AllocaOp, AllocOp, DeallocOp, DimOp } from '@budflow/dialect-memory';
import { argumentAttr, CallKernelOp, dynamicSizesOf, isChunked, KernelAttrs, setKernelInfo } from '@budflow/dialect-rt';
import {
  AffineExpr,
  type AffineMap,
  type Attribute,
  Block,
  Builder,
  IntegerAttr,
  isMemoryEffectFree,
  type LocationRef,
  MemRefType,
  type Operation,
  Region,
  type StringAttr,
  SymbolRefAttr,
  SymbolTable,
  type Value,
} from '@budflow/ir';
import { definePass } from '@budflow/pass';
import { inlineCalls } from '../memory/outlining/inline-calls.js';
import { isCountable, isParallelLoop } from '../support/chunk-loops.js';
import { buildPrivateFunction, kernelsOf } from '../support/kernel-function.js';

export const chunkKernel = definePass({
  name: 'chunk-kernel',
  summary: 'cut kernels into phases that run over ranges of chunks',
  anchor: 'builtin.module',
  statistics: {
    phases: 'kernel functions made',
    parallel: 'phases of several chunks',
    serial: 'of these, phases whose chunks share a buffer and run in order',
  },
  run(module, pass) {
    // Kernels that call kernels: what inline-kernel-calls left.
    inlineCalls(module);
    const symbols = new SymbolTable(module);
    const calls = callsOf(module);
    for (const kernel of kernelsOf(module)) {
      if (isChunked(kernel)) continue;
      const phases = cut(kernel, symbols);
      pass.statistic('phases', phases.length);
      pass.statistic('parallel', phases.filter((p) => p.chunks !== null).length);
      const serial = phases.filter((p) => p.func.attr(KernelAttrs.serial)).length;
      if (serial > 0) pass.statistic('serial', serial);
      replaceCalls(calls, kernel, phases);
    }
  },
});

/** Where a phase's argument comes from: an argument of the kernel, or an alloca that crosses phases. */
type Source = { readonly argument: number } | { readonly temporary: Operation };

interface Phase {
  readonly name: string;
  readonly func: Operation;
  readonly inputs: readonly Source[];
  readonly outputs: readonly Source[];
  readonly chunks: AffineMap | null;
}

interface Segment {
  readonly ops: Operation[];
  /** The single parallel loop of the segment. */
  readonly loop: Operation | null;
}

/** Root ops that may be repeated in every phase that needs them: private buffers, and index computations on sizes. */
type Setup = ReadonlySet<Operation>;

function setupOf(ops: readonly Operation[]): Setup {
  const setup = new Set<Operation>();
  for (const op of ops) {
    if (!AllocaOp.is(op) && !(isMemoryEffectFree(op) && op.ownRegions === null)) continue;
    if (op.operands.every((v) => v.definingOp === null || setup.has(v.definingOp))) setup.add(op);
  }
  return setup;
}

function cut(kernel: Operation, symbols: SymbolTable): Phase[] {
  const block = kernel.region(0).entry;
  const { context } = kernel;
  const ops = block.ops.slice(0, -1);
  const setup = setupOf(ops);
  const segments = segmentsOf(ops, setup);
  const crossing = crossingAllocas(segments, setup);
  const name = (kernel.attr('sym_name') as StringAttr).value;
  kernel.setAttr('sym_name', context.stringAttr(`${name}.whole`));
  return segments.map((segment, i) => {
    const isSerial = sharesPrivateBuffer(kernel, segment, segments, setup, crossing);
    const phase = buildPhase(kernel, segment, i === 0 ? name : symbols.uniqueName(`${name}_p${i}`), setup, crossing);
    if (isSerial && phase.chunks) phase.func.setAttr(KernelAttrs.serial, context.unitAttr);
    phase.func.setAttr(KernelAttrs.phaseOf, context.symbolRef(name));
    phase.func.setAttr(KernelAttrs.phase, context.i64Attr(i));
    // What else is known of the kernel as a whole, its schedule above all, stays with the first phase.
    if (i > 0) return phase;
    for (const attribute of kernel.attributes.names)
      if (phase.func.attr(attribute) === undefined && attribute !== 'arg_attrs')
        phase.func.setAttr(attribute, kernel.attr(attribute)!);
    return phase;
  });
}

/** Parallel loops alone, everything between them together; a value computed in one segment and used in a later joins both. */
function segmentsOf(ops: readonly Operation[], setup: Setup): Segment[] {
  let segments: { ops: Operation[]; loop: Operation | null }[] = [];
  for (const op of ops) {
    if (setup.has(op)) continue;
    const last = segments[segments.length - 1];
    if (isParallelLoop(op) && isCountable(op)) segments.push({ ops: [op], loop: op });
    else if (last && last.loop === null) last.ops.push(op);
    else segments.push({ ops: [op], loop: null });
  }
  for (let later = segments.length - 1; later > 0; later--) {
    const used = new Set<Operation>();
    for (const op of segments[later]!.ops) collectOuterDefinitions(op, setup, used);
    const first = segments.findIndex((s) => s.ops.some((op) => used.has(op)));
    if (first >= 0 && first < later) {
      const merged = { ops: segments.slice(first, later + 1).flatMap((s) => s.ops), loop: null };
      segments = [...segments.slice(0, first), merged, ...segments.slice(later + 1)];
      later = first + 1;
    }
  }
  return segments;
}

/** Root ops whose results `op` (or anything in it, or the setup it needs) uses. */
function collectOuterDefinitions(op: Operation, setup: Setup, into: Set<Operation>): void {
  op.walk((inner) => {
    for (const value of inner.operands) {
      const definition = value.definingOp;
      if (!definition || op.isAncestorOf(definition) || into.has(definition)) continue;
      into.add(definition);
      if (setup.has(definition)) collectOuterDefinitions(definition, setup, into);
    }
  });
}

function crossingAllocas(segments: readonly Segment[], setup: Setup): Set<Operation> {
  const seen = new Set<Operation>();
  const crossing = new Set<Operation>();
  for (const segment of segments) {
    const used = new Set<Operation>();
    for (const op of segment.ops) collectOuterDefinitions(op, setup, used);
    for (const op of used) {
      if (!AllocaOp.is(op)) continue;
      // What has a run-time size cannot lie in the scratch memory of a phase either.
      if (seen.has(op) || op.operandCount > 0) crossing.add(op);
      seen.add(op);
    }
  }
  return crossing;
}

/**
 * Whether chunks use one buffer over again that was private to the thread before it became an argument: those of a size
 * known only at run time that no other segment uses. Stages that are written whole have elements for every chunk.
 */
function sharesPrivateBuffer(
  kernel: Operation,
  segment: Segment,
  segments: readonly Segment[],
  setup: Setup,
  crossing: ReadonlySet<Operation>,
): boolean {
  const { loop } = segment;
  if (!loop) return false;
  const [used, elsewhere] = [new Set<Operation>(), new Set<Operation>()];
  for (const one of segments)
    for (const op of one.ops) collectOuterDefinitions(op, setup, one === segment ? used : elsewhere);
  const own = [...crossing].filter((op) => op.operandCount > 0 && used.has(op) && !elsewhere.has(op));
  return own.length > 0 && carriedDependence(kernel, loop, { through: new Set(own.map((op) => op.result())) }) !== null;
}

interface Arguments {
  readonly inputs: readonly Source[];
  readonly outputs: readonly Source[];
  /** The kernel's values behind them, in that order. */
  readonly values: readonly Value[];
}

/** What a segment needs from outside, split by whether it writes it. `used`: the root ops it uses. */
function argumentsOf(
  kernel: Operation,
  segment: Segment,
  used: ReadonlySet<Operation>,
  setup: Setup,
  crossing: ReadonlySet<Operation>,
): Arguments {
  const touched = new Set<Value>();
  const written = new Set<Value>();
  for (const op of segment.ops) op.walk((inner) => inner.operands.forEach((v) => void touched.add(v)));
  for (const op of used) if (setup.has(op)) op.operands.forEach((v) => void touched.add(v));
  const { accesses, unknown } = collectAccesses(...segment.ops);
  for (const access of accesses) if (access.kind === 'write') written.add(access.root);
  const inputs: Source[] = [];
  const outputs: Source[] = [];
  const add = (value: Value, source: Source): void => {
    const isOutput = value.type instanceof MemRefType && (unknown !== undefined || written.has(value));
    (isOutput ? outputs : inputs).push(source);
  };
  const args = kernel.region(0).entry.arguments;
  args.forEach((value, argument) => {
    if (touched.has(value)) add(value, { argument });
  });
  for (const temporary of crossing) if (used.has(temporary)) add(temporary.result(), { temporary });
  const values = [...inputs, ...outputs].map((s) => ('argument' in s ? args[s.argument]! : s.temporary.result()));
  return { inputs, outputs, values };
}

/** Marks temporaries, and which arguments still share memory. */
function argumentAttributes(kernel: Operation, { inputs, outputs }: Arguments): Attribute | null {
  const { context } = kernel;
  const sources = [...inputs, ...outputs];
  const attributes = sources.map((source) => {
    if ('temporary' in source) return context.dictionary([[KernelAttrs.temporary, context.unitAttr]]);
    const shared = argumentAttr(kernel, source.argument, IN_PLACE_ATTR);
    if (shared === undefined) return context.emptyDictionary;
    if (!(shared instanceof IntegerAttr)) return context.dictionary([[IN_PLACE_ATTR, shared]]);
    const other = sources.findIndex((s) => 'argument' in s && s.argument === shared.number);
    return other < 0 ? context.emptyDictionary : context.dictionary([[IN_PLACE_ATTR, context.i64Attr(other)]]);
  });
  if (attributes.every((a) => a === context.emptyDictionary)) return null;
  // And none for the two ends of the range.
  return context.arrayAttr([...attributes, context.emptyDictionary, context.emptyDictionary]);
}

function buildPhase(
  kernel: Operation,
  segment: Segment,
  name: string,
  setup: Setup,
  crossing: ReadonlySet<Operation>,
): Phase {
  const block = kernel.region(0).entry;
  const { context } = kernel;
  const used = new Set<Operation>();
  for (const op of segment.ops) collectOuterDefinitions(op, setup, used);
  const passed = argumentsOf(kernel, segment, used, setup, crossing);
  const types = passed.values.map((v) => v.type);
  const chunks = segment.loop ? chunkCountMap(segment.loop, passed.values) : null;

  const func = buildPrivateFunction(
    kernel,
    kernel.loc,
    name,
    [...types, context.index, context.index],
    [context.index],
    (builder, args) => {
      const mapping = new Map<Value, Value>();
      passed.values.forEach((v, i) => void mapping.set(v, args[i]!));
      const begin = args[args.length - 2]!;
      const end = args[args.length - 1]!;
      for (let op = block.firstOp; op; op = op.next) {
        if (!used.has(op) || !setup.has(op) || mapping.has(op.results[0]!)) continue;
        builder.insert(op.clone(mapping));
      }
      if (segment.loop && chunks) buildChunkLoop(builder, segment.loop.clone(mapping), begin, end);
      else {
        buildWhenFirst(builder, kernel.loc, begin, () => {
          for (const op of segment.ops) builder.insert(op.clone(mapping));
        });
      }
      return [end];
    },
  );
  setKernelInfo(func, { inputs: passed.inputs.length, outputs: passed.outputs.length });
  func.setAttr('arg_attrs', argumentAttributes(kernel, passed));
  func.setAttr(KernelAttrs.chunks, context.affineMapAttr(chunks ?? constantChunks(kernel, types)));
  return { name, func, inputs: passed.inputs, outputs: passed.outputs, chunks };
}

/** The body of `loop` (which goes) for the chunks of the range. */
function buildChunkLoop(builder: Builder, loop: Operation, lower: Value, upper: Value): void {
  buildFor(builder, loop.loc, { lower, upper, step: 1, name: nameOf(loop) }, (inner, iv) => {
    const body = ForOp.body(loop).entry;
    inductionVariable(loop).replaceAllUsesWith(iv);
    body.terminator.erase();
    for (const op of body.ops) {
      op.remove();
      inner.insert(op);
    }
    return [];
  });
  loop.destroy();
}

/** Code of the only chunk: runs when the range begins with it. */
function buildWhenFirst(builder: Builder, loc: LocationRef, begin: Value, fill: () => void): void {
  const zero = buildIndexConstant(builder, loc, 0);
  const condition = CmpIOp.build(builder, loc, { predicate: 'eq', lhs: begin, rhs: zero });
  const region = new Region();
  const body = region.append(new Block());
  builder.scoped(() => {
    builder.setInsertionPointToEnd(body);
    fill();
    YieldOp.create(builder, loc, { values: [] });
  });
  IfOp.create(builder, loc, { condition, regions: [region, new Region()], resultTypes: [] });
}

function nameOf(loop: Operation): string {
  return (loop.attr('name') as StringAttr).value;
}

function constantChunks(kernel: Operation, types: readonly Operation['resultTypes'][number][]): AffineMap {
  return kernel.context.affineMap(0, dynamicSizesOf(types).length, [AffineExpr.constant(1)]);
}

/** The loop's trip count as a map over the dynamic sizes of `args`; null when it depends on anything else. */
function chunkCountMap(loop: Operation, args: readonly Value[]): AffineMap | null {
  const { context } = loop;
  const sizes = dynamicSizesOf(args.map((a) => a.type));
  const { map, operands } = composeAppliedMap(context, forBounds(loop).upper);
  const symbols: AffineExpr[] = [];
  for (const operand of operands) {
    const dim = operand.definingOp;
    if (!dim || !DimOp.is(dim)) return null;
    const argument = args.indexOf(DimOp.memref(dim));
    const at = sizes.findIndex((s) => s.argument === argument && s.dim === DimOp.dimension(dim));
    if (at < 0) return null;
    symbols.push(AffineExpr.symbol(at));
  }
  const result = map.results[0]!.replace(symbols.slice(0, map.numDims), symbols.slice(map.numDims));
  return context.affineMap(0, sizes.length, [result]);
}

/** The calls of each kernel, by its name. */
function callsOf(module: Operation): ReadonlyMap<string, readonly Operation[]> {
  const calls = new Map<string, Operation[]>();
  module.walk((op) => {
    const callee = CallKernelOp.is(op) ? op.attr('callee') : undefined;
    if (!(callee instanceof SymbolRefAttr)) return;
    const known = calls.get(callee.root);
    if (known) known.push(op);
    else calls.set(callee.root, [op]);
  });
  return calls;
}

/** Calls of the kernel become calls of its phases, with the crossing buffers allocated around them. */
function replaceCalls(
  calls: ReadonlyMap<string, readonly Operation[]>,
  kernel: Operation,
  phases: readonly Phase[],
): void {
  const name = (kernel.attr('sym_name') as StringAttr).value.replace(/\.whole$/, '');
  const block = kernel.region(0).entry;
  for (const call of calls.get(name) ?? []) {
    const builder = Builder.before(call);
    const mapping = new Map<Value, Value>();
    block.arguments.forEach((arg, i) => void mapping.set(arg, call.operand(i)));
    const temporaries: Value[] = [];
    const passedFor = (source: Source): Value => {
      if ('argument' in source) return call.operand(source.argument);
      const alloca = source.temporary;
      const known = mapping.get(alloca.result());
      if (known) return known;
      const sizes = AllocaOp.dynamicSizes(alloca).map((size) => cloneSetup(builder, size, mapping));
      const made = AllocOp.build(builder, call.loc, {
        dynamicSizes: sizes,
        resultTypes: [alloca.result().type as MemRefType],
      });
      mapping.set(alloca.result(), made);
      temporaries.push(made);
      return made;
    };
    for (const phase of phases) {
      const inputs = phase.inputs.map(passedFor);
      const outputs = phase.outputs.map(passedFor);
      CallKernelOp.create(builder, call.loc, { callee: phase.name, inputs, outputs });
    }
    for (const memref of temporaries) DeallocOp.create(builder, call.loc, { memref });
    call.erase();
  }
  kernel.erase();
}

function cloneSetup(builder: Builder, value: Value, mapping: Map<Value, Value>): Value {
  const known = mapping.get(value);
  if (known) return known;
  const op = value.definingOp!;
  for (const operand of op.operands) cloneSetup(builder, operand, mapping);
  builder.insert(op.clone(mapping));
  return mapping.get(value)!;
}
