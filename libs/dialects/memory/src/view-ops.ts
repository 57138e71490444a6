// Ops that look at a buffer in another way, and at its sizes: view, cast, reshape, dim.

import {
  checkAlive,
  Interpretable,
  isContiguous as isContiguousValue,
  MemRefValue,
  memrefView,
  RuntimeTrap,
  stridesOf,
} from '@budflow/interpreter';
import {
  AnyMemRef,
  AsmNames,
  attr,
  byteWidth,
  DYNAMIC,
  defineOp,
  definePattern,
  elementCount,
  INDEX_WIDTH,
  Index,
  InferIntRange,
  IntegerRange,
  type MemRefType,
  Operation,
  Pure,
  type Value,
  variadic,
} from '@budflow/ir';
import { absorbCast } from './access-ops.js';
import { Bytes } from './buffer-ops.js';
import { castProblem, dynamicDimCount, isAtLeastAsStatic, isContiguous, stridesAndOffset } from './layout.js';
import { knownSize } from './sizes.js';
import {
  castTo,
  checkNotNegative,
  checkSizes,
  constantOf,
  memrefType,
  sizesAtRunTime,
  verifySizes,
} from './support.js';

/** Sizes are exact in a double. */
const MAX_SIZE = (1n << 53n) - 1n;

export const DimOp = defineOp({
  name: 'memory.dim',
  summary: 'size of a dimension of a buffer',
  description: 'Dimensions count from 0. Of a static dimension it folds to a constant.',
  example: `func.func @f(%m: memref<4x?xf32>) -> index {
  %0 = memory.dim %m, 1 : memref<4x?xf32>
  return %0 : index
}`,
  operands: { memref: AnyMemRef },
  results: { result: Index },
  attributes: { dimension: attr.i64 },
  traits: [Pure],
  interfaces: [
    AsmNames.implement({ resultName: () => 'dim' }),
    InferIntRange.implement({ resultRanges: () => [IntegerRange.unsigned(INDEX_WIDTH, 0n, MAX_SIZE)] }),
    Interpretable.implement({
      compile(op, c) {
        const m = c.slot(op.operand(0));
        const r = c.slot(op.result(0));
        const d = DimOp.dimension(op);
        return ({ values }) => {
          values[r] = (values[m] as MemRefValue).sizes[d]!;
        };
      },
    }),
  ],
  inferTypes: (context) => [context.index],
  assembly: '$memref `,` $dimension attr-dict `:` type($memref)',
  verify(op) {
    const d = DimOp.dimension(op);
    const { rank } = memrefType(op.operand(0));
    if (d < 0 || d >= rank)
      op.emitError('memory.dim-range', `expects a dimension from 0 to ${rank - 1} of ${op.operand(0).type}, got ${d}`);
  },
  fold(op) {
    const size = knownSize(op.operand(0), DimOp.dimension(op));
    return typeof size === 'number' ? op.context.indexAttr(size) : (size ?? null);
  },
  patterns: [absorbDimCast()],
});

/** The size is the same before the cast; reads past it even when the source says less (`dim (cast m) == dim m`). */
function absorbDimCast() {
  return definePattern({
    name: 'dim-of-cast',
    equation: 'dim (cast m) == dim m',
    root: 'memory.dim',
    rewrite(op, rewriter) {
      const cast = op.operand(0).definingOp;
      if (cast === null || cast.name !== 'memory.cast') return false;
      rewriter.modify(op, () => op.setOperand(0, cast.operand(0)));
      return true;
    },
  });
}

export const CastOp = defineOp({
  name: 'memory.cast',
  summary: 'the same buffer with more or fewer sizes, strides or offset in the type',
  description:
    'What the result type says beyond the source type must hold at run time; the interpreter traps when it does not.',
  example: `func.func @f(%m: memref<4x8xf32>) -> memref<?x8xf32, strided<[?, 1]>> {
  %0 = memory.cast %m : memref<4x8xf32> to memref<?x8xf32, strided<[?, 1]>>
  return %0 : memref<?x8xf32, strided<[?, 1]>>
}`,
  operands: { source: AnyMemRef },
  results: { result: AnyMemRef },
  traits: [Pure],
  interfaces: [
    Interpretable.implement({
      compile(op, c) {
        const s = c.slot(op.operand(0));
        const r = c.slot(op.result(0));
        const type = memrefType(op.result(0));
        return ({ values }) => {
          const memref = values[s] as MemRefValue;
          checkSizes(type, memref.sizes);
          checkStrides(type, memref);
          values[r] = retyped(memref, type);
        };
      },
    }),
  ],
  assembly: '$source attr-dict `:` type($source) `to` type($result)',
  verify(op) {
    const problem = castProblem(memrefType(op.operand(0)), memrefType(op.result(0)));
    if (problem)
      op.emitError('memory.cast-types', `cannot cast ${op.operand(0).type} to ${op.result(0).type}: ${problem}`);
  },
  fold: (op) => (op.operand(0).type === op.result(0).type ? op.operand(0) : null),
  patterns: [
    definePattern({
      name: 'cast-of-cast',
      equation: 'cast (cast m) == cast m, when the inner one forgets sizes or strides',
      root: 'memory.cast',
      rewrite(op, rewriter) {
        const inner = op.operand(0).definingOp;
        if (inner === null || inner.name !== 'memory.cast') return false;
        const source = inner.operand(0);
        if (!isAtLeastAsStatic(memrefType(source), memrefType(inner.result(0))))
          return rewriter.fail('the inner cast asserts sizes');
        if (castProblem(memrefType(source), memrefType(op.result(0))) !== null)
          return rewriter.fail('the types do not fit');
        rewriter.modify(op, () => op.setOperand(0, source));
        return true;
      },
    }),
  ],
});

function retyped(m: MemRefValue, type: MemRefType): MemRefValue {
  return new MemRefValue(type, m.storage, m.offset, m.sizes, m.strides, m.allocation);
}

/** The offset of the type counts from the allocation, which a value does not know: only strides are checked. */
function checkStrides(type: MemRefType, memref: MemRefValue): void {
  const strides = type.layout === null ? stridesOf(memref.sizes) : stridesAndOffset(type)?.strides;
  strides?.forEach((stride, d) => {
    if (stride !== DYNAMIC && memref.sizes[d] !== 1 && stride !== memref.strides[d])
      throw new RuntimeTrap(
        'ShapeMismatch',
        `dimension ${d} has stride ${memref.strides[d]} at run time, the type says ${stride}`,
      );
  });
}

export const ViewOp = defineOp({
  name: 'memory.view',
  summary: 'a typed row-major buffer inside a block of bytes',
  description:
    'The buffer of the result type that starts at a byte offset of an arena. One size operand for each dynamic size. It lies inside the arena and is aligned to its element type.',
  example: `func.func @f(%a: memref<?xi8>, %n: index) -> memref<?x4xf32> {
  %c64 = arith.constant 64 : index
  %0 = memory.view %a[%c64](%n) : memref<?xi8> to memref<?x4xf32>
  return %0 : memref<?x4xf32>
}`,
  operands: { source: Bytes, byteOffset: Index, sizes: variadic(Index) },
  results: { result: AnyMemRef },
  traits: [Pure],
  interfaces: [
    Interpretable.implement({
      compile(op, c) {
        const [s, o, ...sizes] = c.operandSlots(op) as [number, number, ...number[]];
        const r = c.slot(op.result(0));
        const type = memrefType(op.result(0));
        return ({ values }) => {
          const dynamic = sizes.map((slot) => values[slot] as number);
          const shape = sizesAtRunTime(type.shape, dynamic);
          checkNotNegative(shape);
          values[r] = memrefView(values[s] as MemRefValue, values[o] as number, type, shape);
        };
      },
    }),
  ],
  assembly: '$source `[` $byteOffset `]` `` `(` $sizes `)` attr-dict `:` type($source) `to` type($result)',
  verify(op) {
    const type = memrefType(op.result(0));
    if (type.layout !== null) {
      op.emitError('memory.view-layout', `expects a result type without a layout, got ${type}`);
      return;
    }
    if (!verifySizes(op, type, op.operandCount - 2)) return;
    const offset = constantOf(op.operand(1));
    const width = byteWidth(type.element);
    if (offset === undefined || width === undefined) return;
    if (offset < 0 || offset % width !== 0) {
      op.emitError(
        'memory.view-offset',
        `expects a byte offset that is a multiple of ${width}, the size of ${type.element}, got ${offset}`,
      );
      return;
    }
    const [available] = memrefType(op.operand(0)).shape;
    const count = elementCount(type.shape);
    if (available !== DYNAMIC && count !== undefined && offset + count * width > available!)
      op.emitError(
        'memory.view-range',
        `needs bytes ${offset} to ${offset + count * width} of a block of ${available} bytes`,
      );
  },
  fold(op) {
    const source = op.operand(0);
    if (source.type !== op.result(0).type || constantOf(op.operand(1)) !== 0) return null;
    const size = knownSize(source, 0);
    if (op.operandCount === 2) return source;
    const asked = op.operand(2);
    const dim = asked.definingOp;
    const same = asked === size || (typeof size === 'number' && constantOf(asked) === size);
    const ofSource = dim !== null && dim.name === 'memory.dim' && dim.operand(0) === source;
    return same || ofSource ? source : null;
  },
  patterns: [
    definePattern({
      name: 'static-sizes-of-view',
      equation: 'view m[o](constant n) : memref<?> == cast (view m[o]() : memref<n>)',
      root: 'memory.view',
      generates: ['memory.view', 'memory.cast'],
      rewrite(op, rewriter) {
        const type = memrefType(op.result(0));
        const kept: Value[] = [];
        let next = 2;
        const shape = type.shape.map((d) => {
          if (d !== DYNAMIC) return d;
          const operand = op.operand(next++);
          const size = constantOf(operand);
          if (size !== undefined && size >= 0) return size;
          kept.push(operand);
          return DYNAMIC;
        });
        if (kept.length === op.operandCount - 2) return false;
        rewriter.setInsertionPoint(op);
        const made = Operation.create(
          op.info,
          op.loc,
          [op.operand(0), op.operand(1), ...kept],
          [op.context.memref(shape, type.element, null, type.memorySpace)],
          op.attributes,
        );
        rewriter.replaceOp(op, [castTo(rewriter, op.loc, rewriter.insert(made).result(0), type)]);
        return true;
      },
    }),
    absorbCast('memory.view'),
  ],
});

export const ReshapeOp = defineOp({
  name: 'memory.reshape',
  summary: 'the elements of a contiguous buffer in another row-major shape',
  description: `No element moves. The number of elements stays. One dynamic size of the result follows from the others; with \`sizes\`, every
dynamic size is given.`,
  example: `func.func @f(%m: memref<4x8xf32>, %d: memref<?x8xf32>, %n: index) -> memref<32xf32> {
  %0 = memory.reshape %m : memref<4x8xf32> to memref<32xf32>
  %1 = memory.reshape %d : memref<?x8xf32> to memref<?xf32>
  %2 = memory.reshape %d sizes(%n, %n) : memref<?x8xf32> to memref<?x2x?xf32>
  return %0 : memref<32xf32>
}`,
  operands: { source: AnyMemRef, sizes: variadic(Index) },
  results: { result: AnyMemRef },
  traits: [Pure],
  interfaces: [
    Interpretable.implement({
      compile(op, c) {
        const [s, ...sizes] = c.operandSlots(op) as [number, ...number[]];
        const r = c.slot(op.result(0));
        const type = memrefType(op.result(0));
        return ({ values }) => {
          const source = values[s] as MemRefValue;
          checkAlive(source);
          if (!isContiguousValue(source))
            throw new RuntimeTrap('ShapeMismatch', 'reshapes a buffer that is not contiguous');
          const count = source.sizes.reduce((a, b) => a * b, 1);
          const shape = sizes.length
            ? sizesAtRunTime(
                type.shape,
                sizes.map((slot) => values[slot] as number),
              )
            : inferSize(type.shape, count);
          checkNotNegative(shape);
          if (shape.reduce((a, b) => a * b, 1) !== count)
            throw new RuntimeTrap('ShapeMismatch', `reshapes ${count} elements to the shape [${shape.join(', ')}]`);
          values[r] = new MemRefValue(type, source.storage, source.offset, shape, stridesOf(shape), source.allocation);
        };
      },
    }),
  ],
  assembly: '$source (`sizes` `(` $sizes^ `)`)? attr-dict `:` type($source) `to` type($result)',
  verify(op) {
    const from = memrefType(op.operand(0));
    const to = memrefType(op.result(0));
    if (from.element !== to.element) {
      op.emitError('memory.element-type', `expects buffers of one element type, got ${from.element} and ${to.element}`);
      return;
    }
    if (!isContiguous(from) || !isContiguous(to)) {
      op.emitError(
        'memory.reshape-layout',
        `expects contiguous buffers, got ${isContiguous(from) ? to : from}: copy to a buffer without a layout first`,
      );
      return;
    }
    const dynamic = dynamicDimCount(to.shape);
    const given = op.operandCount - 1;
    if (given === 0 ? dynamic > 1 : given !== dynamic) {
      op.emitError(
        'memory.reshape-sizes',
        `expects a size for each '?' of ${to} (or none, when there is just one), got ${given}`,
      );
      return;
    }
    const a = elementCount(from.shape);
    const b = elementCount(to.shape);
    if (a !== undefined && b !== undefined && a !== b)
      op.emitError('memory.reshape-count', `cannot reshape ${a} elements to ${b}`);
  },
  fold(op) {
    const source = op.operand(0);
    const type = memrefType(source);
    // With one dynamic size or none, equal types mean equal shapes.
    return source.type === op.result(0).type && dynamicDimCount(type.shape) <= 1 ? source : null;
  },
  patterns: [
    definePattern({
      name: 'reshape-of-reshape',
      equation: 'reshape (reshape m) == reshape m',
      root: 'memory.reshape',
      rewrite(op, rewriter) {
        const inner = op.operand(0).definingOp;
        if (inner === null || inner.name !== 'memory.reshape') return false;
        rewriter.modify(op, () => op.setOperand(0, inner.operand(0)));
        return true;
      },
    }),
    absorbCast('memory.reshape'),
  ],
});

function inferSize(shape: readonly number[], count: number): number[] {
  let known = 1;
  for (const d of shape) if (d >= 0) known *= d;
  return shape.map((d) => (d >= 0 ? d : known === 0 ? 0 : Math.floor(count / known)));
}
