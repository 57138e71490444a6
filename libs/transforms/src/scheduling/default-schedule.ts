// Chooses and applies the schedule of kernels that have none: placement, chunks, blocking, vectors.
//
//   loop.for %i name "add.d0" {..}   ->   loop.for name "add.d0.o" (chunks) { loop.for name "add.d0.i.o" {vectors} tail }
//
// Looks at loops and accesses, never at the names of ops: a nest whose innermost reduction reads one operand along the
// last parallel loop and another independent of it is blocked like a matrix product, whatever it was written as. Every
// choice is a step of the schedule language, applied by the same primitives as a user's schedule, and recorded in
// `loop.schedule_applied`. Placement follows Halide's compute_at, blocking the BLIS micro-kernel (mr x nr from the target).
import { type Access, collectAccesses } from '@budflow/analysis';
import {
  constantTripCount,
  ForOp,
  forBounds,
  inductionVariable,
  LoopAttrs,
  linearIndexOf,
} from '@budflow/dialect-loop';
import { StoreOp } from '@budflow/dialect-memory';
import { isChunked, isKernel } from '@budflow/dialect-rt';
import { byteWidth, DYNAMIC, MemRefType, type Operation, StringAttr, type Type, type Value } from '@budflow/ir';
import { definePass } from '@budflow/pass';
import { getTarget, type Target } from '@budflow/target';
import { SHORT_STRIDE } from '../simd/legalize/interleaved.js';
import { APPLIED_SCHEDULE_ATTR } from './apply-schedule.js';
import { applyStep } from './engine.js';
import { bodyOps, isMovable } from './loop-tree.js';
import { type Step, serializeSchedule } from './schedule.js';
import { storeOfOtherPart } from './vectorize/interleaved-stores.js';

export const defaultSchedule = definePass({
  name: 'default-schedule',
  summary: 'choose placement, chunks, blocking and vectors of kernels without a schedule',
  anchor: 'func.func',
  options: {
    target: { type: 'string', default: 'wasm32-simd128', description: 'Name of the machine description.' },
    'chunk-ns': {
      type: 'integer',
      minimum: 1000,
      maximum: 1e9,
      default: 30_000,
      description: 'Estimated time of one chunk in nanoseconds.',
    },
  },
  statistics: { applied: 'schedule steps applied', refused: 'schedule steps that were refused' },
  run(func, pass) {
    if (!isKernel(func) || isChunked(func) || func.attr(LoopAttrs.schedule) || func.attr(APPLIED_SCHEDULE_ATTR)) {
      pass.unchanged();
      return;
    }
    const steps: Step[] = [];
    const attempt = (step: Step): boolean => {
      const result = applyStep(func, step);
      if (result.ok) {
        steps.push(step);
        pass.statistic('applied');
        return true;
      }
      pass.statistic('refused');
      pass.remark({
        kind: 'missed',
        name: step.primitive,
        message: result.refused,
        at: func,
        args: { loop: result.loop ?? '' },
      });
      return false;
    };
    new DefaultScheduler(func, getTarget(pass.options.target), pass.options['chunk-ns'], attempt).run();
    func.setAttr(APPLIED_SCHEDULE_ATTR, func.context.stringAttr(serializeSchedule({ steps })));
  },
});

/** Bytes that caches load at once. */
const CACHE_LINE = 64;

/** Rows that run together when they share what they read, and the share of reads that must be left then at most. */
const ROWS = 4;
const SHARED = 0.7;

/** Rows that are added to accumulators in memory at once: as many as the first cache has ways, should they collide. */
const ROW_BLOCK = 8;

/** Elements apart that no cache line or page holds both. */
const PAGE = 1024;

/** Trip count assumed for a loop whose bounds are not constant. */
const UNKNOWN_TRIPS = 256;

class DefaultScheduler {
  private readonly func: Operation;
  private readonly target: Target;
  private readonly chunkNs: number;
  private readonly attempt: (step: Step) => boolean;

  constructor(func: Operation, target: Target, chunkNs: number, attempt: (step: Step) => boolean) {
    this.func = func;
    this.target = target;
    this.chunkNs = chunkNs;
    this.attempt = attempt;
  }

  run(): void {
    this.placeStages();
    for (const root of this.roots().map(nameOf)) {
      const loop = this.loop(root);
      if (!loop || !/\.d0$/.test(root)) continue;
      if (!this.contraction(loop)) this.chunk(loop, this.trips(loop));
    }
    this.vectorizeAll();
  }

  private roots(): Operation[] {
    return this.func.region(0).entry.ops.filter((op) => ForOp.is(op) && ForOp.name(op) !== undefined);
  }

  private loops(): Operation[] {
    const list: Operation[] = [];
    this.func.walk((op) => {
      if (ForOp.is(op) && ForOp.name(op) !== undefined) list.push(op);
    });
    return list;
  }

  private loop(name: string): Operation | undefined {
    return this.loops().find((l) => nameOf(l) === name);
  }

  // 1. Placement: each stage as deep inside a later nest as its accesses allow, so that a row stays in cache.

  private placeStages(): void {
    const roots = this.roots()
      .map(nameOf)
      .filter((n) => /\.d0$/.test(n));
    for (let producer = roots.length - 2; producer >= 0; producer--) {
      const stage = stageOf(roots[producer]!);
      for (let consumer = roots.length - 1; consumer > producer; consumer--) {
        const loop = this.loop(roots[consumer]!);
        if (!loop || loop.parentOp !== this.func) continue;
        if (
          parallelChain(loop)
            .reverse()
            .some((name) => this.attempt({ primitive: 'compute_at', stage, loop: name }))
        )
          break;
      }
    }
  }

  // 2. Chunks.

  private trips(loop: Operation): number {
    return constantTripCount(loop) ?? UNKNOWN_TRIPS;
  }

  /** Cuts a parallel root loop into chunks of about `chunkNs`, a power of two of iterations. */
  private chunk(loop: Operation, trips: number): void {
    const perIteration = this.cost(loop) / Math.max(1, trips);
    const iterations = 2 ** Math.max(0, Math.round(Math.log2(this.chunkNs / Math.max(0.01, perIteration))));
    // A one-dimensional loop must leave whole vectors to a chunk.
    const factor = this.isVectorLoop(loop) ? Math.max(iterations, 1024) : iterations;
    // One chunk has the bounds of the whole loop, which may be constants.
    const known = constantTripCount(loop) ?? 0;
    this.attempt({
      primitive: 'split',
      loop: nameOf(loop),
      factor: known > 0 ? Math.min(factor, known) : factor,
      tail: 'guard',
    });
  }

  /** Rough nanoseconds of a loop nest: vector code where the innermost loop is parallel. */
  private cost(op: Operation): number {
    let ns = 0;
    const body = ForOp.body(op).entry;
    for (const inner of body.ops) {
      if (ForOp.is(inner)) ns += this.cost(inner);
      else if (inner.info.dialect === 'memory' || inner.info.dialect === 'math')
        ns += inner.info.dialect === 'math' ? 2 : 0.1;
      else if (inner.info.dialect === 'arith') ns += 0.06;
    }
    return ns * this.trips(op);
  }

  // 3. Contractions.

  /** Blocks a nest that reads like a matrix product; false when it is none. */
  private contraction(root: Operation): boolean {
    const chain = parallelChain(root);
    if (chain.length < 2) return false;
    const j = this.loop(chain[chain.length - 1]!)!;
    const i = this.loop(chain[chain.length - 2]!)!;
    const inner = ForOp.body(j).entry.ops.filter((op) => ForOp.is(op));
    const k = inner.length === 1 && /\.r0$/.test(nameOf(inner[0]!)) ? inner[0]! : undefined;
    if (!k) return false;
    const reads = collectAccesses(k).accesses.filter((a) => a.kind === 'read' && dependsOn(a, inductionVariable(k)));
    const right = reads.find((a) => dependsOn(a, inductionVariable(j)) && !dependsOn(a, inductionVariable(i)));
    const left = reads.find((a) => dependsOn(a, inductionVariable(i)) && !dependsOn(a, inductionVariable(j)));
    if (!right || !left || reads.length !== 2) return false;

    const [I, J, K] = [nameOf(i), nameOf(j), nameOf(k)];
    const { mr, nr } = this.target.engine?.microKernels[0] ?? { mr: 4, nr: 8 };
    const rows = constantTripCount(i);
    const columns = constantTripCount(j);
    if (columns !== undefined && columns < 4) return false;
    const width = columns !== undefined && columns < nr ? 4 : nr;
    const batched = chain.length > 2;
    const across = !unitStride(right, inductionVariable(j));
    const leftAcross = !unitStride(left, inductionVariable(k));
    // Rows of a block: the panel of the right operand stays in the first cache while they pass.
    const block = rows === undefined || rows === 0 ? 64 : Math.min(64, rows);
    this.attempt({ primitive: 'split', loop: I, factor: block, tail: 'guard' });
    if (!this.attempt({ primitive: 'reorder', loops: [J, `${I}.i`] })) return true;
    this.attempt({ primitive: 'split', loop: J, factor: width, tail: 'peel' });
    this.attempt({ primitive: 'reorder', loops: [`${I}.i`, `${J}.i`] });
    const unrolled = rows === undefined || rows >= mr;
    if (unrolled) this.attempt({ primitive: 'split', loop: `${I}.i`, factor: mr, tail: 'peel' });
    const argument = argumentOf(this.func, right);
    const reused = rows === undefined || rows >= 16;
    const outermost = chain.slice(0, -2);
    // Rows of a batch lie close together as they are; columns must be brought together.
    if (argument !== undefined && reused && (!batched || across))
      this.attempt({ primitive: 'pack', buffer: `arg${argument}`, loops: [...outermost, `${J}.o`, K, `${J}.i`] });
    const other = argumentOf(this.func, left);
    if (unrolled && leftAcross && other !== undefined && other !== argument && (columns ?? UNKNOWN_TRIPS) >= 8 * width)
      this.attempt({
        primitive: 'pack',
        buffer: `arg${other}`,
        loops: [...outermost, `${I}.o`, `${I}.i.o`, K, `${I}.i.i`],
      });
    for (const name of this.loops().map(nameOf))
      if (isCloneOf(name, `${J}.i`)) this.attempt({ primitive: 'vectorize', loop: name });
    if (unrolled) this.attempt({ primitive: 'unroll_and_jam', loop: `${I}.i.i` });
    return true;
  }

  // 4. Vectors.

  private vectorizeAll(): void {
    for (const name of this.loops().map(nameOf)) {
      const loop = this.loop(name);
      if (!loop || isHandled(name)) continue;
      if (/\.(l|i|h\d+)(~\d+)?$/.test(name) && !/\.d\d+\.i/.test(name)) {
        const lanes = constantTripCount(loop);
        if (lanes && lanes > 1 && lanes * this.narrowest(loop) * 8 >= this.target.vectorBits)
          this.attempt({ primitive: 'vectorize', loop: name });
      } else if (this.isVectorLoop(loop)) {
        if (!this.transposition(loop) && !this.sharedRows(loop) && !this.rowBlocks(loop)) this.vectors(loop);
      }
    }
  }

  /** Cuts the loop into vectors. */
  private vectors(loop: Operation): void {
    const name = nameOf(loop);
    let lanes = this.lanes(loop);
    const trips = constantTripCount(loop);
    if (trips !== undefined && trips <= lanes) {
      // Few iterations: all of them in one vector when that fills registers, or a register at a time.
      const registers = trips / this.lanesOfRegister(loop);
      if (Number.isInteger(Math.log2(registers)) && registers >= 1) {
        this.attempt({ primitive: 'vectorize', loop: name });
        return;
      }
      if (registers < 1) return;
      lanes = this.lanesOfRegister(loop);
    }
    if (this.attempt({ primitive: 'split', loop: name, factor: lanes, tail: 'peel' }))
      this.attempt({ primitive: 'vectorize', loop: `${name}.i` });
  }

  /** The loop directly around, when its iterations can be brought inside. */
  private rowsAround(inner: Operation): Operation | null {
    const outer = inner.parentOp;
    if (!outer || !ForOp.is(outer) || !/\.d\d+(\.i)?$/.test(nameOf(outer))) return null;
    return bodyOps(outer).every((op) => op === inner || isMovable(op)) ? outer : null;
  }

  /**
   * Runs rows together that read the same elements, as stencils do: four rows of a filter of three need six rows of the
   * image, not twelve, and what they compute alike of them is computed once (common subexpressions).
   */
  private sharedRows(inner: Operation): boolean {
    const outer = this.rowsAround(inner);
    if (!outer || ForOp.body(inner).entry.ops.some((op) => op.ownRegions !== null)) return false;
    const reads = collectAccesses(inner).accesses.filter(
      (a) => a.kind === 'read' && dependsOn(a, inductionVariable(outer)),
    );
    const trips = constantTripCount(outer);
    const rows = trips !== undefined && trips < ROWS ? trips : ROWS;
    const alone = distinctReads(reads, inductionVariable(outer), 1);
    if (rows < 2 || alone < 2) return false;
    if (distinctReads(reads, inductionVariable(outer), rows) > SHARED * rows * alone) return false;
    const [I, J] = [nameOf(outer), nameOf(inner)];
    const lanes = this.lanesOfRegister(inner);
    const columns = constantTripCount(inner);
    if (columns !== undefined && columns < lanes) return false;
    if (!this.attempt({ primitive: 'split', loop: I, factor: rows, tail: 'peel' })) return false;
    if (!this.attempt({ primitive: 'reorder', loops: [J, `${I}.i`] })) return false;
    this.attempt({ primitive: 'split', loop: J, factor: lanes, tail: 'peel' });
    this.attempt({ primitive: 'reorder', loops: [`${I}.i`, `${J}.i`] });
    this.attempt({ primitive: 'vectorize', loop: `${J}.i` });
    this.attempt({ primitive: 'unroll_and_jam', loop: `${I}.i` });
    this.remainders(I, J);
    return true;
  }

  /**
   * Walks down columns a few rows at a time, along whole rows of the buffer: accumulators of all columns stay in the
   * first cache, and rows are read as they lie in memory. Each column still adds its elements in ascending order.
   */
  private rowBlocks(columns: Operation): boolean {
    const inside = ForOp.body(columns).entry.ops.filter((op) => op.ownRegions !== null);
    const [rows] = inside;
    if (inside.length !== 1 || !rows || !ForOp.is(rows) || !/\.r0$/.test(nameOf(rows))) return false;
    if (ForOp.body(rows).entry.ops.some((op) => op.ownRegions !== null) || this.trips(rows) < 4 * ROW_BLOCK)
      return false;
    if (this.trips(columns) < this.lanesOfRegister(columns)) return false;
    const [i, r] = [inductionVariable(columns), inductionVariable(rows)];
    const far = collectAccesses(rows).accesses.filter(
      (a) => a.kind === 'read' && dependsOn(a, r) && unitStride(a, i) && (elementStride(a, r) ?? PAGE) >= CACHE_LINE,
    );
    if (far.length === 0) return false;
    const [C, R] = [nameOf(columns), nameOf(rows)];
    if (!this.attempt({ primitive: 'distribute', loop: C, at: R })) return false;
    if (!this.attempt({ primitive: 'reorder', loops: [R, C] })) return true;
    this.attempt({ primitive: 'split', loop: R, factor: ROW_BLOCK, tail: 'peel' });
    this.attempt({ primitive: 'reorder', loops: [C, `${R}.i`] });
    for (const name of this.loops().map(nameOf)) {
      const loop = isCloneOf(name, C) ? this.loop(name) : undefined;
      if (loop && this.isVectorLoop(loop)) this.vectors(loop);
    }
    return true;
  }

  /** Vectors for the inner loops of the rows that a split left over. */
  private remainders(rows: string, inner: string): void {
    for (const name of this.loops().map(nameOf)) {
      const loop = name !== inner && isCloneOf(name, inner) ? this.loop(name) : undefined;
      const around = loop?.parentOp;
      if (loop && around && isCloneOf(nameOf(around), `${rows}`) && this.isVectorLoop(loop)) this.vectors(loop);
    }
  }

  /**
   * Blocks a nest that reads a buffer across the direction in which it writes: squares of a cache line's elements, each
   * made of registers that are transposed. Several iterations of the outer loop next to each other load the same rows.
   */
  private transposition(inner: Operation): boolean {
    const outer = this.rowsAround(inner);
    if (!outer) return false;
    const across = collectAccesses(inner).accesses.filter(
      (a) =>
        a.kind === 'read' &&
        dependsOn(a, inductionVariable(inner)) &&
        elementStride(a, inductionVariable(inner)) !== 1 &&
        unitStride(a, inductionVariable(outer)),
    );
    const bytes = across.map((a) => byteWidth((a.memref.type as { element: Type } & Type).element) ?? 0);
    const [width] = bytes;
    if (!width || bytes.some((b) => b !== width) || this.narrowest(inner) !== width) return false;
    const square = this.target.vectorBits / 8 / width;
    const line = Math.max(square, CACHE_LINE / width);
    const columns = this.trips(inner);
    if (this.trips(outer) < square || columns < square) return false;
    const [I, J] = [nameOf(outer), nameOf(inner)];
    if (columns < line) {
      // Panels that a product packs: all columns at once.
      if (columns % square !== 0 || !this.attempt({ primitive: 'split', loop: I, factor: square, tail: 'peel' }))
        return false;
      for (const name of this.loops().map(nameOf))
        if (isCloneOf(name, J)) this.attempt({ primitive: 'vectorize', loop: name });
      this.attempt({ primitive: 'unroll_and_jam', loop: `${I}.i` });
      return true;
    }
    const rows = Math.min(line, 2 ** Math.floor(Math.log2(constantTripCount(outer) ?? line)));
    if (!this.attempt({ primitive: 'split', loop: I, factor: rows, tail: 'peel' })) return false;
    if (!this.attempt({ primitive: 'reorder', loops: [J, `${I}.i`] })) return false;
    this.attempt({ primitive: 'split', loop: J, factor: line, tail: 'peel' });
    this.attempt({ primitive: 'reorder', loops: [`${I}.i`, `${J}.i`] });
    this.attempt({ primitive: 'split', loop: `${I}.i`, factor: square, tail: 'peel' });
    this.attempt({ primitive: 'vectorize', loop: `${J}.i` });
    this.attempt({ primitive: 'unroll_and_jam', loop: `${I}.i.i` });
    this.remainders(I, J);
    return true;
  }

  /** The innermost parallel loop of its stage, storing along its variable. */
  private isVectorLoop(loop: Operation): boolean {
    const name = nameOf(loop);
    if (!/\.d\d+(\.i)?(~\d+)?$/.test(name)) return false;
    let inner = true;
    loop.walk((op) => {
      if (op === loop || !ForOp.is(op)) return;
      // Sequential loops run as they are, on vectors, whatever stage they belong to; lanes are vectors of their own.
      const other = nameOf(op);
      if (/\.d\d+/.test(other) || /(?<!\.r\d+)\.(l|t|i|h\d+)$/.test(other)) inner = false;
    });
    if (!inner) return false;
    const iv = inductionVariable(loop);
    const { accesses } = collectAccesses(loop);
    const outside = accesses.filter((a) => !isInside(loop, a.root));
    const stores = outside.filter((a) => a.kind === 'write');
    return (
      stores.length > 0 &&
      stores.every((a) => unitStride(a, iv) || storesPairs(a, iv)) &&
      outside.filter((a) => dependsOn(a, iv) && !unitStride(a, iv) && !shortStride(a, iv)).length <= outside.length / 2
    );
  }

  /** Bytes of the narrowest element the loop touches: whole registers of it must fit. */
  private narrowest(loop: Operation): number {
    let bytes = 8;
    loop.walk((op) => {
      for (const value of [...op.results, ...op.operands]) {
        const type: Type = 'element' in value.type ? (value.type.element as Type) : value.type;
        const width = byteWidth(type);
        if (width !== undefined && type !== op.context.i1 && type !== op.context.index) bytes = Math.min(bytes, width);
      }
    });
    return bytes;
  }

  private lanesOfRegister(loop: Operation): number {
    return this.target.vectorBits / 8 / this.narrowest(loop);
  }

  private lanes(loop: Operation): number {
    const wide = this.widest(loop);
    const unroll = this.target.engine?.elementwiseUnroll ?? 4;
    return Math.max(this.lanesOfRegister(loop), (unroll * this.target.vectorBits) / 8 / wide);
  }

  private widest(loop: Operation): number {
    let bytes = 1;
    for (const access of collectAccesses(loop).accesses)
      bytes = Math.max(bytes, byteWidth((access.memref.type as { element: Type } & Type).element) ?? 1);
    return bytes;
  }
}

function nameOf(loop: Operation): string {
  const name = loop.attr('name');
  return name instanceof StringAttr ? name.value : '';
}

function stageOf(name: string): string {
  return name.slice(0, name.indexOf('.'));
}

function isCloneOf(name: string, base: string): boolean {
  return name === base || name.startsWith(`${base}~`);
}

/** Loops of earlier steps that are vectors or their remainders already. */
function isHandled(name: string): boolean {
  return /\.i\.(o|i)|\.o$/.test(name) && !/\.d\d+\.i$/.test(name);
}

/** Names of the perfectly nested parallel loops from a root inwards. */
function parallelChain(root: Operation): string[] {
  const names: string[] = [];
  for (let loop: Operation | undefined = root; loop && /\.d\d+$/.test(nameOf(loop)); ) {
    names.push(nameOf(loop));
    const inner: Operation[] = ForOp.body(loop).entry.ops.filter((op) => ForOp.is(op));
    const next = inner.length === 1 && /\.d\d+$/.test(nameOf(inner[0]!)) ? inner[0] : undefined;
    if (next && forBounds(next).lower.operands.includes(inductionVariable(loop))) break;
    loop = next;
  }
  return names;
}

function isInside(loop: Operation, value: Value): boolean {
  const block = value.parentBlock;
  return block?.parentOp !== undefined && block.parentOp !== null && loop.isAncestorOf(block.parentOp);
}

function coefficient(subscript: Value, iv: Value): number | 'other' {
  const linear = linearIndexOf(subscript);
  return linear ? (linear.terms.get(iv) ?? 0) : 'other';
}

function dependsOn(access: Access, iv: Value): boolean {
  return access.subscripts === null || access.subscripts.some((s) => coefficient(s, iv) !== 0);
}

/** Moves by one element when `iv` does, in the last dimension only. */
function unitStride(access: Access, iv: Value): boolean {
  const { subscripts } = access;
  if (subscripts === null || subscripts.length === 0) return false;
  return subscripts.every((s, d) => coefficient(s, iv) === (d === subscripts.length - 1 ? 1 : 0));
}

/** Elements in memory that a step of `iv` moves the access; null when that is not a constant. */
function elementStride(access: Access, iv: Value): number | null {
  const type = access.root.type;
  if (access.subscripts === null || !(type instanceof MemRefType) || type.layout !== null) return null;
  let stride = 0;
  let size = 1;
  for (let d = access.subscripts.length - 1; d >= 0; d--) {
    const moved = coefficient(access.subscripts[d]!, iv);
    if (moved === 'other' || (moved !== 0 && size < 0)) return null;
    stride += moved * size;
    size = type.shape[d] === DYNAMIC ? -1 : size * type.shape[d]!;
  }
  return stride;
}

/** Number of different elements that the reads touch in `rows` iterations next to each other. */
function distinctReads(reads: readonly Access[], iv: Value, rows: number): number {
  const seen = new Set<string>();
  const ids = new Map<Value, number>();
  const id = (value: Value): number => {
    if (!ids.has(value)) ids.set(value, ids.size);
    return ids.get(value)!;
  };
  reads.forEach((access, n) => {
    for (let row = 0; row < rows; row++) {
      const place = access.subscripts?.map((s) => {
        const linear = linearIndexOf(s);
        if (!linear) return `?${n},${row}`;
        const terms = [...linear.terms].map(([value, c]) => `${id(value)}*${c}`).sort();
        return [linear.constant + row * (linear.terms.get(iv) ?? 0), ...terms].join('+');
      });
      seen.add(`${id(access.root)}[${place?.join() ?? `${n},${row}`}]`);
    }
  });
  return seen.size;
}

/** Reads so close together that contiguous loads and shuffles serve it. */
function shortStride(access: Access, iv: Value): boolean {
  const stride = access.kind === 'read' ? elementStride(access, iv) : null;
  return stride !== null && stride >= 1 && stride <= SHORT_STRIDE;
}

/** One of two stores that fill each other's gaps, along the loop. */
function storesPairs(access: Access, iv: Value): boolean {
  const { op, subscripts } = access;
  if (subscripts === null || subscripts.length < 2 || !StoreOp.is(op) || elementStride(access, iv) !== 2) return false;
  if (coefficient(subscripts[subscripts.length - 2]!, iv) !== 1) return false;
  if (storeOfOtherPart(op)) return true;
  for (let at = op.previous; at; at = at.previous) if (StoreOp.is(at)) return storeOfOtherPart(at) === op;
  return false;
}

function argumentOf(func: Operation, access: Access): number | undefined {
  const block = func.region(0).entry;
  const at = block.arguments.indexOf(access.root);
  return at < 0 ? undefined : at;
}
