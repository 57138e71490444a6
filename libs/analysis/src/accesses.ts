// The memory accesses in a piece of a kernel, and which buffers they may share.
import { argumentAttr } from '@budflow/dialect-rt';
import {
  type Effect,
  effectsOf,
  IntegerAttr,
  MemoryEffects,
  type Operation,
  Pure,
  type Value,
  VectorType,
} from '@budflow/ir';

/** Marks kernel arguments that share memory: with the index of the other argument, or (as a unit) with any. */
export const IN_PLACE_ATTR = 'rt.in_place';

export interface Access {
  readonly op: Operation;
  readonly kind: 'read' | 'write';
  /** The buffer as the op names it. */
  readonly memref: Value;
  /** The allocation or argument behind views and casts. */
  readonly root: Value;
  /** Index values, one for each dimension of the root; null when the op or a view says otherwise. */
  readonly subscripts: readonly Value[] | null;
  /** Vector accesses cover `subscript + l * stride` for l below `count` in one dimension; `stride` null: anything. */
  readonly lanes: { readonly dim: number; readonly count: number; readonly stride: number | null } | null;
}

export interface AccessList {
  readonly accesses: readonly Access[];
  /** An op that may touch any memory. */
  readonly unknown: Operation | undefined;
}

/** What an op and everything nested in it reads and writes. */
export function collectAccesses(...roots: readonly Operation[]): AccessList {
  const accesses: Access[] = [];
  let unknown: Operation | undefined;
  for (const root of roots) {
    root.walk((op) => {
      const effects = MemoryEffects.of(op);
      if (!effects) {
        if (!op.info.hasTrait(Pure)) unknown ??= op;
        return;
      }
      for (const effect of effects.effects(op)) {
        if (effect.kind === 'allocate') continue;
        if (effect.value === null || effect.kind === 'free') unknown ??= op;
        else accesses.push(accessOf(op, effect, effect.value));
      }
    });
  }
  return { accesses, unknown };
}

/** Operand range of the indices of the ops that access single elements or lanes; the buffer is in front of it. */
const INDEXED: Readonly<Record<string, { readonly memref: number; readonly behind: number }>> = {
  'memory.load': { memref: 0, behind: 0 },
  'memory.store': { memref: 1, behind: 0 },
  'simd.load': { memref: 0, behind: 0 },
  'simd.store': { memref: 1, behind: 0 },
  'simd.strided_load': { memref: 0, behind: 0 },
  'simd.masked_load': { memref: 0, behind: 2 },
  'simd.masked_store': { memref: 1, behind: 1 },
};

/** Operand positions of the buffer and of the indices; undefined for other ops. */
export function indexedAccess(
  op: Operation,
): { readonly memref: number; readonly first: number; readonly end: number } | undefined {
  const form = Object.hasOwn(INDEXED, op.name) ? INDEXED[op.name] : undefined;
  return form ? { memref: form.memref, first: form.memref + 1, end: op.operandCount - form.behind } : undefined;
}

function accessOf(op: Operation, effect: Effect, memref: Value): Access {
  const { root, exact } = rootOf(memref);
  const form = indexedAccess(op);
  const subscripts = form && exact ? op.operands.slice(form.first, form.end) : null;
  return {
    op,
    kind: effect.kind === 'read' ? 'read' : 'write',
    memref,
    root,
    subscripts,
    lanes: subscripts ? lanesOf(op, subscripts.length) : null,
  };
}

function lanesOf(op: Operation, rank: number): Access['lanes'] {
  const vector = [...op.results, ...op.operands].find((v) => v.type instanceof VectorType)?.type;
  if (!(vector instanceof VectorType)) return null;
  if (op.name !== 'simd.strided_load') return { dim: rank - 1, count: vector.lanes, stride: 1 };
  const [stride, dim] = [op.attr('stride'), op.attr('dim')];
  return {
    dim: dim instanceof IntegerAttr ? dim.number : rank - 1,
    count: vector.lanes,
    stride: stride instanceof IntegerAttr ? stride.number : null,
  };
}

/** The buffer behind casts and views; `exact` when subscripts mean the same there. */
export function rootOf(memref: Value): { readonly root: Value; readonly exact: boolean } {
  let root = memref;
  let exact = true;
  for (;;) {
    const op = root.definingOp;
    if (op === null) return { root, exact };
    switch (op.name) {
      case 'memory.cast':
        break;
      case 'memory.view':
      case 'memory.subview':
      case 'memory.reshape':
        exact = false;
        break;
      default:
        return { root, exact };
    }
    root = op.operand(0);
  }
}

const ALLOCATING = new Set(['memory.alloca', 'memory.alloc', 'memory.arena']);

export function isAllocation(root: Value): boolean {
  return root.definingOp !== null && ALLOCATING.has(root.definingOp.name);
}

/** How two buffers lie: apart, over each other element by element, or in an unknown way. */
export type Overlap = 'none' | 'same' | 'unknown';

export function overlapOf(kernel: Operation, a: Value, b: Value): Overlap {
  if (a === b) return 'same';
  const [x, y] = [argumentIndex(kernel, a), argumentIndex(kernel, b)];
  if (x !== undefined && y !== undefined) {
    const [s, t] = [sharing(kernel, x), sharing(kernel, y)];
    if (s === y || t === x) return a.type === b.type ? 'same' : 'unknown';
    return s === 'any' || t === 'any' ? 'unknown' : 'none';
  }
  const apart = (v: Value, index: number | undefined) => index !== undefined || isAllocation(v);
  return apart(a, x) && apart(b, y) ? 'none' : 'unknown';
}

/** Position of a value among the arguments of the kernel. */
export function argumentIndex(kernel: Operation, value: Value): number | undefined {
  return value.definingOp === null && value.parentBlock?.parentOp === kernel ? value.index : undefined;
}

function sharing(kernel: Operation, index: number): number | 'any' | undefined {
  const attr = argumentAttr(kernel, index, IN_PLACE_ATTR);
  if (attr === undefined) return undefined;
  return attr instanceof IntegerAttr ? attr.number : 'any';
}

/** What a buffer is called in messages. */
export function bufferName(kernel: Operation, root: Value): string {
  const index = argumentIndex(kernel, root);
  if (index !== undefined) return `arg${index}`;
  return isAllocation(root) ? `the scratch buffer ${root.type}` : `a buffer ${root.type}`;
}

export function accessText(kernel: Operation, access: Access, subscripts: readonly string[] | null): string {
  const place = subscripts ? `[${subscripts.join(', ')}]` : '';
  return `${access.kind} of ${bufferName(kernel, access.root)}${place}`;
}

/** True when executing the op could be noticed by memory: it writes, or may do anything. */
export function mayWrite(op: Operation): boolean {
  const effects = effectsOf(op);
  return effects === null || effects.some((e) => e.kind === 'write' || e.kind === 'free');
}
