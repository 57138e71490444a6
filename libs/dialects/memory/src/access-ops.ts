// Ops that read and write elements: load, store, copy, fill.

import {
  elementAccess,
  elementsOf,
  forEachOffset,
  Interpretable,
  type MemRefValue,
  RuntimeTrap,
  type Scalar,
} from '@budflow/interpreter';
import {
  AnyMemRef,
  AnyType,
  attr,
  defineOp,
  definePattern,
  elementTypeOf,
  Index,
  MemoryEffects,
  type Operation,
  optionalAttr,
  type RewritePattern,
  typesMatchWith,
  variadic,
} from '@budflow/ir';
import { isAtLeastAsStatic, maybeEqual } from './layout.js';
import { locate, memrefType, verifyAlignment, verifyIndexCount } from './support.js';

/** `f(cast m) == f(m)` for a cast that only forgets sizes or strides. */
export function absorbCast(root: string): RewritePattern {
  return definePattern({
    name: `absorb-cast-into-${root.slice('memory.'.length)}`,
    equation: `${root}(cast m) == ${root}(m), when the cast forgets sizes or strides`,
    root,
    rewrite(op, rewriter) {
      let changed = false;
      for (let i = 0; i < op.operandCount; i++) {
        const cast = op.operand(i).definingOp;
        if (cast === null || cast.name !== 'memory.cast') continue;
        const source = cast.operand(0);
        if (!isAtLeastAsStatic(memrefType(source), memrefType(cast.result(0)))) continue;
        rewriter.modify(op, () => op.setOperand(i, source));
        changed = true;
      }
      return changed;
    },
  });
}

export const LoadOp = defineOp({
  name: 'memory.load',
  summary: 'reads an element of a buffer',
  description:
    'Reads the element at the indices. `alignment` (bytes) is what the address is known to be a multiple of; `nontemporal` says that the data is not needed in caches afterwards.',
  example: `func.func @f(%m: memref<4x?xf32>, %i: index, %j: index) -> f32 {
  %0 = memory.load %m[%i, %j] : memref<4x?xf32>
  %1 = memory.load %m[%i, %j] {alignment = 16 : i64, nontemporal} : memref<4x?xf32>
  return %0 : f32
}`,
  operands: { memref: AnyMemRef, indices: variadic(Index) },
  results: { result: AnyType },
  attributes: { alignment: optionalAttr(attr.i64), nontemporal: attr.unit },
  traits: [typesMatchWith('memref', 'result', elementTypeOf)],
  interfaces: [
    MemoryEffects.implement({ effects: (op) => [{ kind: 'read', value: op.operand(0) }] }),
    Interpretable.implement({
      compile(op, c) {
        const [m, ...indices] = c.operandSlots(op) as [number, ...number[]];
        const r = c.slot(op.result(0));
        const access = elementAccess(elementTypeOf(op.operand(0).type));
        return ({ values }) => {
          const memref = values[m] as MemRefValue;
          values[r] = access.load(memref.storage, locate(values, memref, indices));
        };
      },
    }),
  ],
  inferTypes: (_, { operands }) => [elementTypeOf(operands[0]!.type)],
  assembly: '$memref `[` $indices `]` attr-dict `:` type($memref)',
  verify(op) {
    if (verifyIndexCount(op, op.operand(0), op.operandCount - 1)) verifyAlignment(op, LoadOp.alignment(op));
  },
  patterns: [absorbCast('memory.load')],
});

export const StoreOp = defineOp({
  name: 'memory.store',
  summary: 'writes an element of a buffer',
  description: 'Writes the value to the element at the indices. Attributes as of memory.load.',
  example: `func.func @f(%x: f32, %m: memref<4x?xf32>, %i: index, %j: index) {
  memory.store %x, %m[%i, %j] : memref<4x?xf32>
  memory.store %x, %m[%i, %j] {nontemporal} : memref<4x?xf32>
  return
}`,
  operands: { value: AnyType, memref: AnyMemRef, indices: variadic(Index) },
  attributes: { alignment: optionalAttr(attr.i64), nontemporal: attr.unit },
  traits: [typesMatchWith('memref', 'value', elementTypeOf)],
  interfaces: [
    MemoryEffects.implement({ effects: (op) => [{ kind: 'write', value: op.operand(1) }] }),
    Interpretable.implement({
      compile(op, c) {
        const [v, m, ...indices] = c.operandSlots(op) as [number, number, ...number[]];
        const access = elementAccess(elementTypeOf(op.operand(1).type));
        return ({ values }) => {
          const memref = values[m] as MemRefValue;
          access.store(memref.storage, locate(values, memref, indices), values[v] as Scalar);
        };
      },
    }),
  ],
  assembly: '$value `,` $memref `[` $indices `]` attr-dict `:` type($memref)',
  verify(op) {
    if (verifyIndexCount(op, op.operand(1), op.operandCount - 2)) verifyAlignment(op, StoreOp.alignment(op));
  },
  patterns: [absorbCast('memory.store')],
});

const copyToItself = definePattern({
  name: 'erase-copy-to-itself',
  equation: 'copy m to m == nothing',
  root: 'memory.copy',
  rewrite(op, rewriter) {
    if (op.operand(0) !== op.operand(1)) return false;
    rewriter.eraseOp(op);
    return true;
  },
});

/** Whether shapes can be equal at run time; emits when not. */
export function verifySameShape(op: Operation, a: readonly number[], b: readonly number[], what: string): boolean {
  if (a.length === b.length && a.every((size, d) => maybeEqual(size, b[d]!))) return true;
  op.emitError('memory.shape', `expects ${what} of the same shape, got ${shapeText(a)} and ${shapeText(b)}`);
  return false;
}

function shapeText(shape: readonly number[]): string {
  return `[${shape.map((d) => (d < 0 ? '?' : d)).join(', ')}]`;
}

export const CopyOp = defineOp({
  name: 'memory.copy',
  summary: 'copies all elements of a buffer to another',
  description:
    'Both have the same shape and element type; layouts may differ. The buffers are the same or do not overlap.',
  example: `func.func @f(%a: memref<4x4xf32>, %b: memref<4x4xf32, strided<[8, 1]>>) {
  memory.copy %a, %b : memref<4x4xf32> to memref<4x4xf32, strided<[8, 1]>>
  return
}`,
  operands: { source: AnyMemRef, target: AnyMemRef },
  interfaces: [
    MemoryEffects.implement({
      effects: (op) => [
        { kind: 'read', value: op.operand(0) },
        { kind: 'write', value: op.operand(1) },
      ],
    }),
    Interpretable.implement({
      compile(op, c) {
        const [s, t] = c.operandSlots(op) as [number, number];
        const access = elementAccess(elementTypeOf(op.operand(0).type));
        return ({ values }) => {
          const source = values[s] as MemRefValue;
          const target = values[t] as MemRefValue;
          if (source.sizes.some((size, d) => size !== target.sizes[d]))
            throw new RuntimeTrap(
              'ShapeMismatch',
              `copies a buffer of shape [${source.sizes.join(', ')}] to one of [${target.sizes.join(', ')}]`,
            );
          // Read first: the same buffer may be seen through two views.
          const elements = elementsOf(source);
          forEachOffset(target, (offset, position) => access.store(target.storage, offset, elements[position]!));
        };
      },
    }),
  ],
  assembly: '$source `,` $target attr-dict `:` type($source) `to` type($target)',
  verify(op) {
    const from = memrefType(op.operand(0));
    const to = memrefType(op.operand(1));
    if (from.element !== to.element) {
      op.emitError('memory.element-type', `expects buffers of one element type, got ${from.element} and ${to.element}`);
      return;
    }
    verifySameShape(op, from.shape, to.shape, 'buffers');
  },
  patterns: [copyToItself, absorbCast('memory.copy')],
});

export const FillOp = defineOp({
  name: 'memory.fill',
  summary: 'writes one value to all elements of a buffer',
  description: "The value has the buffer's element type.",
  example: `func.func @f(%m: memref<4x?xf32>, %x: f32) {
  memory.fill %m, %x : memref<4x?xf32>
  return
}`,
  operands: { memref: AnyMemRef, value: AnyType },
  traits: [typesMatchWith('memref', 'value', elementTypeOf)],
  interfaces: [
    MemoryEffects.implement({ effects: (op) => [{ kind: 'write', value: op.operand(0) }] }),
    Interpretable.implement({
      compile(op, c) {
        const [m, v] = c.operandSlots(op) as [number, number];
        const access = elementAccess(elementTypeOf(op.operand(0).type));
        return ({ values }) => {
          const memref = values[m] as MemRefValue;
          const value = values[v] as Scalar;
          forEachOffset(memref, (offset) => access.store(memref.storage, offset, value));
        };
      },
    }),
  ],
  assembly: '$memref `,` $value attr-dict `:` type($memref)',
  patterns: [absorbCast('memory.fill')],
});
