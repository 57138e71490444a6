// Ops that make and free buffers: alloc, alloca, dealloc, arena.

import { checkAlive, Interpretable, type MemRefValue, makeMemRef } from '@budflow/interpreter';
import {
  AnyMemRef,
  AsmNames,
  attr,
  DYNAMIC,
  defineOp,
  definePattern,
  Index,
  IntegerType,
  type InterfaceImplementation,
  MemoryEffects,
  type MemRefType,
  memrefOf,
  Operation,
  optional,
  optionalAttr,
  type RewritePattern,
  typeConstraint,
  type Value,
  variadic,
} from '@budflow/ir';
import { castTo, constantOf, memrefType, sizesAtRunTime, verifyAlignment, verifySizes } from './support.js';

const interpretsAllocation: InterfaceImplementation = Interpretable.implement({
  compile(op, c) {
    const sizes = c.operandSlots(op);
    const r = c.slot(op.result(0));
    const type = memrefType(op.result(0));
    return ({ values }) => {
      values[r] = makeMemRef(
        type,
        sizesAtRunTime(
          type.shape,
          sizes.map((s) => values[s] as number),
        ),
      );
    };
  },
});

function verifyAllocation(op: Operation, alignment: number | undefined): void {
  const type = memrefType(op.result(0));
  if (type.layout !== null) {
    op.emitError(
      'memory.alloc-layout',
      `expects a type without a layout, got ${type}: take a subview of a larger buffer instead`,
    );
    return;
  }
  if (verifySizes(op, type, op.operandCount)) verifyAlignment(op, alignment);
}

/** The buffer with its constant sizes in the type, seen as the type it had. */
function staticSizes(root: string): RewritePattern {
  return definePattern({
    name: `static-sizes-of-${root.slice('memory.'.length)}`,
    equation: `${root}(constant n) : memref<?> == cast (${root}() : memref<n>)`,
    root,
    generates: [root, 'memory.cast'],
    rewrite(op, rewriter) {
      const type = memrefType(op.result(0));
      const kept: Value[] = [];
      let next = 0;
      const shape = type.shape.map((d) => {
        if (d !== DYNAMIC) return d;
        const operand = op.operand(next++);
        const size = constantOf(operand);
        if (size !== undefined && size >= 0) return size;
        kept.push(operand);
        return DYNAMIC;
      });
      if (kept.length === op.operandCount) return false;
      const { context } = op;
      rewriter.setInsertionPoint(op);
      const made = Operation.create(
        op.info,
        op.loc,
        kept,
        [context.memref(shape, type.element, null, type.memorySpace)],
        op.attributes,
      );
      rewriter.replaceOp(op, [castTo(rewriter, op.loc, rewriter.insert(made).result(0), type)]);
      return true;
    },
  });
}

const eraseUnread = definePattern({
  name: 'erase-alloc-only-freed',
  equation: 'dealloc (alloc ..) == nothing',
  root: 'memory.alloc',
  rewrite(op, rewriter) {
    const users = op.result(0).users();
    if (users.length === 0 || users.some((u) => u.name !== 'memory.dealloc')) return false;
    for (const user of users) rewriter.eraseOp(user);
    rewriter.eraseOp(op);
    return true;
  },
});

export const AllocOp = defineOp({
  name: 'memory.alloc',
  summary: 'makes a buffer',
  description:
    'Makes a row-major buffer whose contents are not defined (the interpreter zeroes them). One operand for each dynamic size, in order; `alignment` in bytes.',
  example: `func.func @f(%n: index) {
  %0 = memory.alloc(%n) {alignment = 64 : i64} : memref<4x?xf32>
  memory.dealloc %0 : memref<4x?xf32>
  return
}`,
  operands: { dynamicSizes: variadic(Index) },
  results: { memref: AnyMemRef },
  attributes: { alignment: optionalAttr(attr.i64) },
  interfaces: [
    MemoryEffects.implement({ effects: (op) => [{ kind: 'allocate', value: op.result(0) }] }),
    AsmNames.implement({ resultName: () => 'alloc' }),
    interpretsAllocation,
  ],
  assembly: '`(` $dynamicSizes `)` attr-dict `:` type($memref)',
  verify: (op) => verifyAllocation(op, AllocOp.alignment(op)),
  patterns: [eraseUnread, staticSizes('memory.alloc')],
});

export const AllocaOp = defineOp({
  name: 'memory.alloca',
  summary: 'makes a scratch buffer of a kernel',
  description:
    'Like memory.alloc, for memory that lives until the kernel returns. After scheduling, scratch assignment gives it a place in the arena of the worker.',
  example: `func.func @f(%n: index, %x: f32, %i: index) -> f32 {
  %0 = memory.alloca() : memref<16xf32>
  memory.store %x, %0[%i] : memref<16xf32>
  %1 = memory.load %0[%i] : memref<16xf32>
  return %1 : f32
}`,
  operands: { dynamicSizes: variadic(Index) },
  results: { memref: AnyMemRef },
  attributes: { alignment: optionalAttr(attr.i64) },
  interfaces: [
    MemoryEffects.implement({ effects: (op) => [{ kind: 'allocate', value: op.result(0) }] }),
    AsmNames.implement({ resultName: () => 'scratch' }),
    interpretsAllocation,
  ],
  assembly: '`(` $dynamicSizes `)` attr-dict `:` type($memref)',
  verify: (op) => verifyAllocation(op, AllocaOp.alignment(op)),
  patterns: [staticSizes('memory.alloca')],
});

export const DeallocOp = defineOp({
  name: 'memory.dealloc',
  summary: 'frees a buffer made by memory.alloc',
  description:
    'Every view of the buffer is invalid afterwards; the interpreter traps on their use and on freeing twice.',
  example: `func.func @f() {
  %0 = memory.alloc() : memref<4xf32>
  memory.dealloc %0 : memref<4xf32>
  return
}`,
  operands: { memref: AnyMemRef },
  interfaces: [
    MemoryEffects.implement({ effects: (op) => [{ kind: 'free', value: op.operand(0) }] }),
    Interpretable.implement({
      compile(op, c) {
        const m = c.slot(op.operand(0));
        return ({ values }) => {
          const memref = values[m] as MemRefValue;
          checkAlive(memref);
          memref.allocation.freed = true;
        };
      },
    }),
  ],
  assembly: '$memref attr-dict `:` type($memref)',
});

const I8 = typeConstraint('i8', (t) => t instanceof IntegerType && t.width === 8);

/** What arenas are and views are taken of. */
export const Bytes = typeConstraint(
  'one-dimensional memref of i8',
  (t) => memrefOf(I8).check(t) && (t as MemRefType).rank === 1 && (t as MemRefType).layout === null,
);

export const ArenaOp = defineOp({
  name: 'memory.arena',
  summary: 'the block of memory that holds the temporaries of a program',
  description: `One block of bytes, at least 64-byte aligned, from which memory.view takes the temporary buffers that do not live at the same
time. Its size is the attribute \`bytes\` or the operand.`,
  example: `func.func @f(%n: index, %i: index) -> f32 {
  %c0 = arith.constant 0 : index
  %0 = memory.arena {bytes = 4096 : i64} : memref<?xi8>
  %1 = memory.arena %n : memref<?xi8>
  %2 = memory.view %0[%c0](%n) : memref<?xi8> to memref<?x4xf32>
  %3 = memory.load %2[%i, %c0] : memref<?x4xf32>
  return %3 : f32
}`,
  operands: { size: optional(Index) },
  results: { memref: Bytes },
  attributes: { bytes: optionalAttr(attr.i64) },
  interfaces: [
    MemoryEffects.implement({ effects: (op) => [{ kind: 'allocate', value: op.result(0) }] }),
    AsmNames.implement({ resultName: () => 'arena' }),
    Interpretable.implement({
      compile(op, c) {
        const [size] = c.operandSlots(op);
        const r = c.slot(op.result(0));
        const type = memrefType(op.result(0));
        const bytes = ArenaOp.bytes(op);
        return ({ values }) => {
          values[r] = makeMemRef(type, [size === undefined ? bytes! : (values[size] as number)]);
        };
      },
    }),
  ],
  assembly: '($size^)? attr-dict `:` type($memref)',
  verify(op) {
    const bytes = ArenaOp.bytes(op);
    if ((bytes === undefined) === (op.operandCount === 0)) {
      op.emitError('memory.arena-size', "expects either the attribute 'bytes' or a size operand");
      return;
    }
    if (bytes !== undefined && bytes < 0) {
      op.emitError('memory.arena-size', `expects 'bytes' not to be negative, got ${bytes}`);
      return;
    }
    const [size] = memrefType(op.result(0)).shape;
    if (size !== DYNAMIC && size !== bytes)
      op.emitError('memory.arena-size', `has the type of ${size} bytes, but ${bytes ?? 'a dynamic size'} is asked for`);
  },
  patterns: [
    definePattern({
      name: 'constant-arena-size',
      equation: 'arena (constant n) == arena {bytes = n}',
      root: 'memory.arena',
      rewrite(op, rewriter) {
        if (op.operandCount === 0) return false;
        const bytes = constantOf(op.operand(0));
        if (bytes === undefined || bytes < 0) return false;
        rewriter.modify(op, () => {
          op.setOperands([]);
          op.setAttr('bytes', op.context.i64Attr(bytes));
        });
        return true;
      },
    }),
  ],
});
