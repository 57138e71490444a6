// What is known about sizes of buffers without looking at memory, and the mixed entries of subviews.
import {
  AttrNames,
  type Context,
  DenseArrayAttr,
  DYNAMIC,
  type InferState,
  type IntegerAttr,
  InternalError,
  type MemRefType,
  type Operation,
  type Value,
} from '@budflow/ir';
import { dynamicDimPosition, stridesAndOffset } from './layout.js';
import { memrefType } from './support.js';

/** The value operand that gives size `dim` of a buffer, or its static size; undefined when only memory.dim can tell. */
export function knownSize(memref: Value, dim: number): number | Value | undefined {
  const type = memrefType(memref);
  const size = type.shape[dim];
  if (size === undefined) return undefined;
  if (size !== DYNAMIC) return size;
  const op = memref.definingOp;
  if (op === null) return undefined;
  const at = dynamicDimPosition(type.shape, dim);
  switch (op.name) {
    case 'memory.alloc':
    case 'memory.alloca':
      return op.operand(at);
    case 'memory.arena':
      return op.operandCount === 1 ? op.operand(0) : (op.attr('bytes') as IntegerAttr).number;
    case 'memory.view':
      return op.operand(2 + at);
    case 'memory.reshape':
      return op.operandCount > 1 ? op.operand(1 + at) : undefined;
    case 'memory.cast':
      return knownSize(op.operand(0), dim);
    case 'memory.subview': {
      const given = mixed(op, 'sizes')[dim];
      return given;
    }
    default:
      return undefined;
  }
}

export type SubviewPart = 'offsets' | 'sizes' | 'strides';
export const PARTS: readonly SubviewPart[] = ['offsets', 'sizes', 'strides'];
export const STATIC_NAMES = { offsets: 'staticOffsets', sizes: 'staticSizes', strides: 'staticStrides' } as const;

/** Offsets, sizes or strides of a subview: numbers, or the operand where it is dynamic. */
export function mixed(op: Operation, part: SubviewPart): (number | Value)[] {
  const segments = op.attr(AttrNames.operandSegmentSizes);
  const statics = op.attr(STATIC_NAMES[part]);
  if (!(segments instanceof DenseArrayAttr) || !(statics instanceof DenseArrayAttr))
    throw new InternalError(`${op.name} lacks ${STATIC_NAMES[part]}`, op);
  let at = 0;
  for (let i = 0; i <= PARTS.indexOf(part); i++) at += Number(segments.values[i]);
  return statics.values.map((v) => (Number(v) === DYNAMIC ? op.operand(at++) : Number(v)));
}

/** The strided type of a part of a buffer; entries are numbers or anything else for dynamic ones. */
export function subviewType(
  context: Context,
  source: MemRefType,
  offsets: readonly unknown[],
  sizes: readonly unknown[],
  strides: readonly unknown[],
): MemRefType {
  const form = stridesAndOffset(source);
  const number = (x: unknown): number => (typeof x === 'number' ? x : DYNAMIC);
  const times = (a: number, b: number): number => (a === DYNAMIC || b === DYNAMIC ? DYNAMIC : a * b);
  const plus = (a: number, b: number): number => (a === DYNAMIC || b === DYNAMIC ? DYNAMIC : a + b);
  if (form === null) throw new InternalError(`subview of ${source}, whose layout is not strided`);
  let { offset } = form;
  offsets.forEach((o, d) => {
    offset = plus(offset, number(o) === 0 ? 0 : times(number(o), form.strides[d]!));
  });
  const layout = context.stridedLayout(
    strides.map((s, d) => times(number(s), form.strides[d]!)),
    offset,
  );
  return context.memref(sizes.map(number), source.element, layout, source.memorySpace);
}

export function inferSubview(context: Context, state: InferState) {
  const read = (part: SubviewPart): readonly unknown[] => {
    const statics = state.attributes.get(STATIC_NAMES[part]);
    return statics instanceof DenseArrayAttr
      ? statics.values.map((v) => (Number(v) === DYNAMIC ? null : Number(v)))
      : [];
  };
  return [subviewType(context, state.operands[0]!.type as MemRefType, read('offsets'), read('sizes'), read('strides'))];
}
