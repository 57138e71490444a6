// Layouts of memref types: where element [i, j, ..] lies. All figures are in elements.
import {
  type AffineExpr,
  AffineMapAttr,
  DYNAMIC,
  type MemRefType,
  rowMajorStrides,
  StridedLayoutAttr,
} from '@budflow/ir';

export interface StridedForm {
  /** Distance of neighbours along each dimension; DYNAMIC when known only at run time. */
  readonly strides: readonly number[];
  /** Position of element [0, 0, ..]; DYNAMIC when known only at run time. */
  readonly offset: number;
}

/**
 * Strides and offset of a memref type: row-major without a layout, those of `strided<>`, or the coefficients of an affine
 * map with one linear result. Null for layouts that are not strided (tiled maps).
 */
export function stridesAndOffset(type: MemRefType): StridedForm | null {
  const { layout } = type;
  if (layout === null) return { strides: rowMajorStrides(type.shape), offset: 0 };
  if (layout instanceof StridedLayoutAttr) return { strides: layout.strides, offset: layout.offset };
  if (layout instanceof AffineMapAttr) return stridesOfMap(layout, type.rank);
  return null;
}

function stridesOfMap(layout: AffineMapAttr, rank: number): StridedForm | null {
  const { map } = layout;
  const only = map.results[0];
  if (map.results.length !== 1 || only === undefined || map.numDims !== rank) return null;
  const form = { strides: new Array<number>(rank).fill(0), offset: 0 };
  return addTerms(only, 1, form) ? form : null;
}

function addTerms(e: AffineExpr, factor: number, form: { strides: number[]; offset: number }): boolean {
  switch (e.kind) {
    case 'constant':
      if (form.offset !== DYNAMIC) form.offset += factor * e.value;
      return true;
    case 'symbol':
      form.offset = DYNAMIC;
      return true;
    case 'dim':
      if (form.strides[e.value] !== DYNAMIC) form.strides[e.value]! += factor;
      return true;
    case 'add':
      return addTerms(e.lhs!, factor, form) && addTerms(e.rhs!, factor, form);
    case 'mul': {
      const { lhs, rhs } = e;
      if (rhs!.kind === 'constant') return addTerms(lhs!, factor * rhs!.value, form);
      if (rhs!.kind === 'symbol' && lhs!.kind === 'dim') form.strides[lhs!.value] = DYNAMIC;
      else if (rhs!.kind === 'symbol' && lhs!.kind === 'symbol') form.offset = DYNAMIC;
      else return false;
      return true;
    }
    default:
      return false;
  }
}

/**
 * Whether the elements surely lie in row-major order without gaps, whatever the dynamic sizes are. The offset does not
 * matter; strides of dimensions of size 1 neither.
 */
export function isContiguous(type: MemRefType): boolean {
  if (type.layout === null) return true;
  const form = stridesAndOffset(type);
  if (form === null) return false;
  const wanted = rowMajorStrides(type.shape);
  return type.shape.every((size, d) => size === 1 || (wanted[d] !== DYNAMIC && wanted[d] === form.strides[d]));
}

/** Whether neighbours along the last dimension are neighbours in memory: what vector loads need. */
export function isLastDimContiguous(type: MemRefType): boolean {
  if (type.rank === 0) return true;
  const form = stridesAndOffset(type);
  if (form === null) return false;
  return form.strides[type.rank - 1] === 1 || type.shape[type.rank - 1] === 1;
}

/** Whether two sizes (or strides, or offsets) can be equal at run time. */
export function maybeEqual(a: number, b: number): boolean {
  return a === b || a === DYNAMIC || b === DYNAMIC;
}

/** Why a memref of type `from` cannot be seen as one of type `to`; null when it can. */
export function castProblem(from: MemRefType, to: MemRefType): string | null {
  if (from.element !== to.element) return `element types ${from.element} and ${to.element} differ`;
  if (from.memorySpace !== to.memorySpace) return 'memory spaces differ';
  if (from.rank !== to.rank) return `ranks ${from.rank} and ${to.rank} differ`;
  for (let d = 0; d < from.rank; d++)
    if (!maybeEqual(from.shape[d]!, to.shape[d]!))
      return `sizes ${from.shape[d]} and ${to.shape[d]} of dimension ${d} differ`;
  if (from.layout === to.layout) return null;
  const a = stridesAndOffset(from);
  const b = stridesAndOffset(to);
  if (a === null || b === null) return 'the layouts cannot be compared';
  for (let d = 0; d < from.rank; d++)
    if (!maybeEqual(a.strides[d]!, b.strides[d]!))
      return `strides ${a.strides[d]} and ${b.strides[d]} of dimension ${d} differ`;
  return maybeEqual(a.offset, b.offset) ? null : `offsets ${a.offset} and ${b.offset} differ`;
}

/** Whether type `a` says at least as much as `b` about sizes, strides and offset; both must be castable to each other. */
export function isAtLeastAsStatic(a: MemRefType, b: MemRefType): boolean {
  if (a === b) return true;
  if (b.shape.some((size, d) => size !== DYNAMIC && a.shape[d] === DYNAMIC)) return false;
  const from = stridesAndOffset(a);
  const to = stridesAndOffset(b);
  if (from === null || to === null) return false;
  const known = (mine: number, theirs: number) => theirs === DYNAMIC || mine === theirs;
  // Row-major strides behind a dynamic size are known by form.
  if (a.layout === null && b.layout === null) return true;
  if (b.layout === null) return false;
  return known(from.offset, to.offset) && from.strides.every((s, d) => known(s, to.strides[d]!));
}

/** Number of dynamic sizes: how many size operands a buffer of the type takes. */
export function dynamicDimCount(shape: readonly number[]): number {
  let n = 0;
  for (const d of shape) if (d === DYNAMIC) n++;
  return n;
}

/** Position of dynamic dimension `dim` among the size operands. */
export function dynamicDimPosition(shape: readonly number[], dim: number): number {
  return dynamicDimCount(shape.slice(0, dim));
}
