// What the heuristics of the default schedule share: the kernel, its target, the steps they try, and its loops.
import { collectAccesses } from '@budflow/analysis';
import { constantTripCount, ForOp, inductionVariable, loopsByName, WhileOp, walkLoops } from '@budflow/dialect-loop';
import { byteWidth, FloatType, type Operation, type Type } from '@budflow/ir';
import type { Target } from '@budflow/target';
import type { Step } from '../schedule.js';
import { type StoreGroup, storeGroups } from '../vectorize/interleaved-stores.js';
import { varianceOf } from '../vectorize/variance.js';
import { dependsOn, elementStride, isInside, recordReads, shortStride, unitStride } from './accesses.js';
import { nameOf } from './names.js';

/** Trip count assumed for a loop whose bounds are not constant. */
export const UNKNOWN_TRIPS = 256;

/** Registers that run a loop.while together: enough to hide latencies, few enough to be done at about the same time. */
const WHILE_UNROLL = 2;

/** Share of the registers that hold what loops carry; constants and what is being computed have the rest. */
const STATE_SHARE = 2 / 3;

/** Bytes that caches load at once. */
export const CACHE_LINE = 64;

export class SchedulingSite {
  readonly func: Operation;
  readonly target: Target;
  /** Applies a step and records it; false when it was refused. */
  readonly attempt: (step: Step) => boolean;

  constructor(func: Operation, target: Target, attempt: (step: Step) => boolean) {
    this.func = func;
    this.target = target;
    this.attempt = attempt;
  }

  roots(): Operation[] {
    return this.func.region(0).entry.ops.filter((op) => ForOp.is(op) && ForOp.name(op) !== undefined);
  }

  loops(): Operation[] {
    const list: Operation[] = [];
    walkLoops(this.func, (op) => {
      if (ForOp.name(op) !== undefined) list.push(op);
    });
    return list;
  }

  loop(name: string): Operation | undefined {
    return loopsByName(this.func).get(name);
  }

  trips(loop: Operation): number {
    return constantTripCount(loop) ?? UNKNOWN_TRIPS;
  }

  /** The innermost parallel loop of its stage, storing along its variable. */
  isVectorLoop(loop: Operation): boolean {
    const name = nameOf(loop);
    if (!/\.d\d+(\.i)?(~\d+)?$/.test(name)) return false;
    let inner = true;
    walkLoops(loop, (op) => {
      if (op === loop) return;
      // Sequential loops run as they are, on vectors, whatever stage they belong to; lanes are vectors of their own.
      const other = nameOf(op);
      if (/\.d\d+/.test(other) || /(?<!\.r\d+)\.(l|t|i|h\d+)$/.test(other)) inner = false;
    });
    if (!inner) return false;
    const iv = inductionVariable(loop);
    const { accesses } = collectAccesses(loop);
    const outside = accesses.filter((a) => !isInside(loop, a.root));
    const stores = outside.filter((a) => a.kind === 'write');
    const records = this.records(loop);
    if (stores.length === 0 || !stores.every((a) => unitStride(a, iv) || records.has(a.op))) return false;
    const fields = recordReads(
      outside.filter((a) => a.kind === 'read'),
      iv,
    );
    const near = (a: (typeof outside)[number]): boolean => unitStride(a, iv) || shortStride(a, iv) || fields.has(a);
    return outside.filter((a) => dependsOn(a, iv) && !near(a) && !records.has(a.op)).length <= outside.length / 2;
  }

  /** The stores of the loop that write whole records together. */
  private records(loop: Operation): Map<Operation, StoreGroup> {
    const found = new Map<Operation, StoreGroup>();
    const visit = (op: Operation): void => {
      for (const region of op.regions)
        for (const block of region.blocks)
          for (const [store, group] of storeGroups(block, inductionVariable(loop), this.func)) found.set(store, group);
    };
    visit(loop);
    loop.walk((op) => {
      if (op.ownRegions !== null) visit(op);
    });
    return found;
  }

  /** Bytes of the narrowest element the loop touches: whole registers of it must fit. */
  narrowest(loop: Operation): number {
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

  lanesOfRegister(loop: Operation): number {
    return this.target.vectorBits / 8 / this.narrowest(loop);
  }

  lanes(loop: Operation): number {
    const wide = this.widest(loop);
    const reads = collectAccesses(loop).accesses.filter((a) => a.kind === 'read' && !isInside(loop, a.root));
    const taken = recordReads(reads, inductionVariable(loop));
    const long = [...taken].filter((a) => !shortStride(a, inductionVariable(loop)));
    const strides = long.map((a) => elementStride(a, inductionVariable(loop)) ?? 0);
    const fields = Math.max(0, ...strides, ...[...this.records(loop).values()].map((group) => group.stores.length));
    // Each field has vectors of its own.
    const most = hasVaryingWhile(loop) ? WHILE_UNROLL : (this.target.engine?.elementwiseUnroll ?? 4);
    const many = Math.min(most, this.statesInFlight(loop));
    const unroll = fields > 2 ? 1 : many;
    return Math.max(this.lanesOfRegister(loop), (unroll * this.target.vectorBits) / 8 / wide);
  }

  /** Vectors of which the state that loops inside carry stays in registers, with room to compute the next one. */
  private statesInFlight(loop: Operation): number {
    let state = 0;
    loop.walk((op) => {
      if (op === loop || !(WhileOp.is(op) || ForOp.is(op))) return;
      state = Math.max(state, op.results.filter((r) => r.type instanceof FloatType).length);
    });
    const registers = this.target.engine?.maxLiveVectors ?? 15;
    return state === 0
      ? Number.POSITIVE_INFINITY
      : 2 ** Math.max(0, Math.floor(Math.log2((STATE_SHARE * registers) / (state + 1))));
  }

  widest(loop: Operation): number {
    let bytes = 1;
    for (const access of collectAccesses(loop).accesses)
      bytes = Math.max(bytes, byteWidth((access.memref.type as { element: Type } & Type).element) ?? 1);
    return bytes;
  }
}

/** Whether iterations run loops of lengths of their own, of which the longest in a vector counts. */
function hasVaryingWhile(loop: Operation): boolean {
  const whiles: Operation[] = [];
  loop.walk((op) => {
    if (WhileOp.is(op)) whiles.push(op);
  });
  if (whiles.length === 0) return false;
  const { values } = varianceOf(loop);
  return whiles.some((op) => values.has(op.region(0).entry.terminator.operand(0)));
}
