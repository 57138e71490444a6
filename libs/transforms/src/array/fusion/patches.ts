// Tensors of several pieces (a padded one, operands one behind the other) inside of a kernel: boxes of its domain in each of
// which every read meets one piece only, so that no element asks where it lies.
//
//   add(slice [0:6] (pad low 1 high 1 %x), %y)        rows 0, 1..5 and, where the slice says so, 6
import { AffineExpr, type AffineMap, DYNAMIC, type Operation, StructuredOp, type TensorType } from '@budflow/ir';
import type { Accesses } from './accesses.js';

/** Boxes of one kernel: three in each of three dimensions. Each is a loop nest of its own. */
const MAX_BOXES = 27;

/** Points of a domain from `lower` to below `upper`. */
export interface Box {
  readonly lower: readonly number[];
  readonly upper: readonly number[];
}

/** Whether one loop nest over the domain of an op does not make its whole result: borders, operands side by side. */
export function isPatchwork(structured: { readonly fill?: unknown; readonly sideBySide?: unknown }): boolean {
  return structured.fill !== undefined || structured.sideBySide !== undefined;
}

function shapeOf(op: Operation): readonly number[] {
  return (op.result(0).type as TensorType).shape;
}

/** dim * stride + by with a positive stride, or the constant `by`; undefined for anything else. */
function shiftOf(e: AffineExpr): { readonly dim?: number; readonly stride: number; readonly by: number } | undefined {
  if (e.kind === 'constant') return { stride: 1, by: e.value };
  if (e.kind === 'dim') return { dim: e.value, stride: 1, by: 0 };
  const [l, r] = [e.lhs, e.rhs];
  if (!l || r?.kind !== 'constant') return undefined;
  if (e.kind === 'mul') return l.kind === 'dim' && r.value > 0 ? { dim: l.value, stride: r.value, by: 0 } : undefined;
  const scaled = e.kind === 'add' ? shiftOf(l) : undefined;
  return scaled && scaled.dim !== undefined ? { ...scaled, by: scaled.by + r.value } : undefined;
}

/** Where the elements of a padded tensor begin, dimension by dimension. */
function borderOf(op: Operation): number[] {
  const structured = StructuredOp.of(op)!;
  const map = structured.indexingMaps(op)[op.operandCount] as AffineMap;
  const zeros = new Array<number>(map.numDims).fill(0);
  return map.results.map((e) => e.evaluate(zeros, []));
}

/** Indices along a dimension at which another piece begins. */
function pieces(op: Operation, dim: number): number[] {
  const structured = StructuredOp.of(op)!;
  const tensors = op.operands.map((v) => v.type as TensorType);
  if (structured.fill) {
    const low = borderOf(op)[dim]!;
    return [low, low + tensors[0]!.shape[dim]!];
  }
  if (structured.sideBySide!(op) !== dim) return [];
  let begin = 0;
  return tensors.map((type) => {
    begin += type.shape[dim]!;
    return begin;
  });
}

/** Sizes of the domain of a stage, undefined when they are not all known. */
function domainOf(stage: Operation): number[] | undefined {
  const sizes: number[] = [];
  for (const { size } of StructuredOp.of(stage)!.domain(stage)) {
    const value =
      size.kind === 'operand' ? stage.operand(size.operand) : size.kind === 'result' ? stage.result(size.result) : null;
    const n = size.kind === 'static' ? size.size : (value!.type as TensorType).shape[size.dim]!;
    if (n === DYNAMIC) return undefined;
    sizes.push(n);
  }
  return sizes;
}

/**
 * The boxes of a stage that reads tensors of several pieces: their product, dimension by dimension. Undefined when sizes
 * are not known, when a read moves otherwise than by one element with one loop, and when there would be too many.
 */
export function boxesOf(stage: Operation, patches: readonly (readonly [Operation, Accesses])[]): Box[] | undefined {
  const sizes = domainOf(stage);
  if (!sizes) return undefined;
  const cuts = sizes.map(() => new Set<number>());
  for (const [op, accesses] of patches) {
    if ([op.result(0), ...op.operands].some((v) => (v.type as TensorType).shape.includes(DYNAMIC))) return undefined;
    for (const map of accesses.get(stage) ?? []) {
      for (let d = 0; d < shapeOf(op).length; d++) {
        const begins = pieces(op, d);
        const shift = shiftOf(map.results[d]!);
        if (begins.length === 0 || (shift && shift.dim === undefined)) continue;
        if (!shift) return undefined;
        for (const begin of begins) {
          const cut = Math.ceil((begin - shift.by) / shift.stride);
          if (cut > 0 && cut < sizes[shift.dim!]!) cuts[shift.dim!]!.add(cut);
        }
      }
    }
  }
  if (cuts.reduce((n, set) => n * (set.size + 1), 1) > MAX_BOXES) return undefined;
  let boxes: Box[] = [{ lower: [], upper: [] }];
  sizes.forEach((size, d) => {
    const at = [0, ...[...cuts[d]!].sort((a, b) => a - b), size];
    boxes = boxes.flatMap(({ lower, upper }) =>
      at.slice(1).map((end, i) => ({ lower: [...lower, at[i]!], upper: [...upper, end] })),
    );
  });
  return boxes;
}

/** A piece of a tensor: an operand and the offset of its indices, or the value of a border. */
export type Piece = { readonly operand: number; readonly offset: readonly number[] } | 'border';

/** The piece that the element at `index` lies in. */
export function pieceAt(op: Operation, index: readonly number[]): Piece {
  const structured = StructuredOp.of(op)!;
  if (structured.fill) {
    const offset = borderOf(op);
    const { shape } = op.operand(0).type as TensorType;
    const inside = index.every((i, d) => i >= offset[d]! && i < offset[d]! + shape[d]!);
    return inside ? { operand: 0, offset } : 'border';
  }
  const dim = structured.sideBySide!(op);
  const ends = pieces(op, dim);
  const found = ends.findIndex((end) => index[dim]! < end);
  // Loops that never run may begin at the end.
  const operand = found < 0 ? ends.length - 1 : found;
  return { operand, offset: index.map((_, d) => (d === dim && operand > 0 ? ends[operand - 1]! : 0)) };
}

/** The index of an operand's element for one of the result, for an op of several pieces: what lies in that piece. */
export function indexInPiece(op: Operation, operand: number, index: readonly AffineExpr[]): AffineExpr[] {
  const structured = StructuredOp.of(op)!;
  if (structured.fill) return index.map((e, d) => e.sub(borderOf(op)[d]!));
  const dim = structured.sideBySide!(op);
  const begin = operand === 0 ? 0 : pieces(op, dim)[operand - 1]!;
  return index.map((e, d) => (d === dim ? e.sub(AffineExpr.constant(begin)) : e));
}
