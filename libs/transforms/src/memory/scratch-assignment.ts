// Gives every static private buffer of a kernel its place in the worker's scratch arena.
//
//   %t = memory.alloca : memref<16xf32>   ->   %t = memory.alloca {rt.scratch_offset = 64} : memref<16xf32>
//
// A buffer lives from the first to the last op at its own nesting level that (or inside of which something) uses it;
// buffers whose lives do not meet share bytes (first fit by decreasing size). Records `rt.scratch_bytes` on the kernel.
// Requires: kernels after chunk-kernel. Breaks nothing.
import { AllocaOp } from '@budflow/dialect-memory';
import { KernelAttrs } from '@budflow/dialect-rt';
import { byteWidth, elementCount, type MemRefType, type Operation, type Value } from '@budflow/ir';
import { definePass } from '@budflow/pass';
import { kernelsOf } from '../support/kernel-function.js';

export const SCRATCH_OFFSET = 'rt.scratch_offset';
const ALIGNMENT = 64;

export const scratchAssignment = definePass({
  name: 'scratch-assignment',
  summary: 'place the private buffers of kernels in the scratch arena',
  anchor: 'builtin.module',
  statistics: {
    buffers: 'private buffers placed',
    bytes: 'scratch bytes of all kernels',
    'bytes-unshared': 'the same without sharing',
  },
  run(module, pass) {
    for (const kernel of kernelsOf(module)) {
      const { bytes, unshared, buffers } = assign(kernel);
      kernel.setAttr(KernelAttrs.scratchBytes, bytes > 0 ? kernel.context.i64Attr(bytes) : null);
      pass.statistic('buffers', buffers);
      pass.statistic('bytes', bytes);
      pass.statistic('bytes-unshared', unshared);
    }
  },
});

interface Placed {
  readonly op: Operation;
  readonly bytes: number;
  /** Positions in a pre-order walk of the kernel between which the buffer is in use. */
  readonly from: number;
  readonly to: number;
  offset: number;
}

function assign(kernel: Operation): { bytes: number; unshared: number; buffers: number } {
  // 1. Number the ops: an op's span covers everything nested in it.
  const first = new Map<Operation, number>();
  const last = new Map<Operation, number>();
  let clock = 0;
  const number = (op: Operation): void => {
    first.set(op, clock++);
    for (const region of op.regions) for (const block of region.blocks) for (const inner of block.ops) number(inner);
    last.set(op, clock++);
  };
  number(kernel);

  // 2. Lives.
  const list: Placed[] = [];
  kernel.walk((op) => {
    if (!AllocaOp.is(op)) return;
    const type = op.result().type as MemRefType;
    const count = elementCount(type.shape);
    const width = byteWidth(type.element);
    if (count === undefined || width === undefined) {
      op.emitError(
        'scratch.dynamic-size',
        `private buffers need a static size, got ${type}: allocate it in the body of the kernel, outside of loops, and the program provides it`,
      );
      return;
    }
    let from = Number.POSITIVE_INFINITY;
    let to = 0;
    for (const user of usersThroughViews(op.result())) {
      let at = user;
      while (at.parent !== op.parent && at.parentOp) at = at.parentOp;
      from = Math.min(from, first.get(at)!);
      to = Math.max(to, last.get(at)!);
    }
    list.push({ op, bytes: Math.ceil((count * width) / ALIGNMENT) * ALIGNMENT, from, to, offset: 0 });
  });

  // 3. First fit, large ones first.
  list.sort((a, b) => b.bytes - a.bytes || a.from - b.from);
  let total = 0;
  let unshared = 0;
  const done: Placed[] = [];
  for (const item of list) {
    const meeting = done.filter((d) => d.from <= item.to && item.from <= d.to).sort((a, b) => a.offset - b.offset);
    let offset = 0;
    for (const other of meeting) {
      if (offset + item.bytes <= other.offset) break;
      offset = Math.max(offset, other.offset + other.bytes);
    }
    item.offset = offset;
    total = Math.max(total, offset + item.bytes);
    unshared += item.bytes;
    done.push(item);
    item.op.setAttr(SCRATCH_OFFSET, kernel.context.i64Attr(offset));
  }
  return { bytes: total, unshared, buffers: list.length };
}

/** Users of a buffer and of every view made of it. */
function usersThroughViews(buffer: Value): Operation[] {
  const users: Operation[] = [];
  const pending = [buffer];
  for (let value = pending.pop(); value; value = pending.pop()) {
    for (const user of value.users()) {
      users.push(user);
      for (const result of user.results) if (result.type.constructor === buffer.type.constructor) pending.push(result);
    }
  }
  return users;
}
