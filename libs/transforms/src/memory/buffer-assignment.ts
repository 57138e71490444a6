// buffer-assignment: the temporaries of a host function share one arena.
//
//   %a = memory.alloc() : memref<8xf32>          %arena = memory.arena {bytes = 64 : i64} : memref<?xi8>
//   rt.call_kernel @k0 ins(%x) outs(%a)          %a = memory.view %arena[%c0]() : memref<?xi8> to memref<8xf32>
//   rt.call_kernel @k1 ins(%a) outs(%r)    ->    rt.call_kernel @k0 ins(%x) outs(%a)
//   %b = memory.alloc() : memref<8xf32>          rt.call_kernel @k1 ins(%a) outs(%r)
//   ...                                          %b = memory.view %arena[%c0]() ..
//
// Requires bufferize; runs on functions of one block that are no kernels, loops and branches in them included. Liveness in
// program order, then offsets by
// best fit in decreasing size. What is returned keeps an allocation of its own. A buffer whose size is known at run time
// only takes over an earlier one of equal type and sizes that is dead by then. Bytes before and after are left in the
// function's attribute `rt.temporaries`.

import { ConstantOp, FuncOp } from '@budflow/dialect-core';
import { AllocOp, ArenaOp, ViewOp } from '@budflow/dialect-memory';
import { isKernel } from '@budflow/dialect-rt';
import { Builder, byteWidth, DYNAMIC, elementCount, type MemRefType, type Operation } from '@budflow/ir';
import { definePass } from '@budflow/pass';
import { alignUp, assignOffsets, liveBytes } from './assignment/best-fit.js';
import { type LiveRange, liveRanges } from './assignment/live-ranges.js';

/** On a host function: `{before, after, live}` bytes of its static temporaries; `live` is the most that is alive at once. */
export const TEMPORARIES_ATTR = 'rt.temporaries';

/** Blocks of the heap are aligned to a cache line. */
const ALIGNMENT = 64;

export const bufferAssignment = definePass({
  name: 'buffer-assignment',
  summary: 'place the temporaries of a host function in one arena',
  anchor: 'func.func',
  dependentDialects: ['memory', 'arith'],
  statistics: {
    'bytes-before': 'bytes of static temporaries, each with memory of its own',
    'bytes-after': 'bytes of the arenas',
    'bytes-live': 'bytes alive at once: a lower bound of the arenas',
    placed: 'temporaries in an arena',
    reused: 'temporaries of dynamic size that take over a dead one',
  },
  run(func, pass) {
    if (isKernel(func) || func.region(0).blocks.length !== 1) {
      pass.unchanged();
      return;
    }
    const block = func.region(0).entry;
    const ranges = liveRanges(block).filter((r) => !r.escapes);
    const fixed = ranges.filter((r) => staticBytes(r.alloc) !== undefined);
    const dynamic = ranges.filter((r) => staticBytes(r.alloc) === undefined);
    if (ranges.length === 0) {
      pass.unchanged();
      return;
    }
    const { reused, alone } = reuseDynamic(dynamic);
    pass.statistic('reused', reused);
    // The first of each kind has nothing before it to take over.
    for (const alloc of alone.slice(1))
      pass.remark({
        kind: 'missed',
        name: 'dynamic-size',
        message:
          'this temporary keeps memory of its own: its size is known at run time, and no dead one is equal to it',
        at: alloc,
      });
    if (fixed.length === 0) return;
    const { before, after, live } = placeInArena(fixed);
    pass.statistic('bytes-before', before);
    pass.statistic('bytes-after', after);
    pass.statistic('bytes-live', live);
    pass.statistic('placed', fixed.length);
    const { context } = func;
    const entries = Object.entries({ before, after, live }).map(([name, n]) => [name, context.i64Attr(n)] as const);
    func.setAttr(TEMPORARIES_ATTR, context.dictionary(entries));
  },
});

function staticBytes(alloc: Operation): number | undefined {
  const type = alloc.result(0).type as MemRefType;
  const count = elementCount(type.shape);
  const width = byteWidth(type.element);
  return count === undefined || width === undefined ? undefined : count * width;
}

function placeInArena(ranges: readonly LiveRange[]): { before: number; after: number; live: number } {
  const blocks = ranges.map(({ alloc, first, last }) => ({ bytes: staticBytes(alloc)!, first, last }));
  const { offsets, bytes } = assignOffsets(blocks, ALIGNMENT);
  // Before the first op of the function that is one of them, or has one inside.
  const start = ranges.map((r) => outermost(r.alloc)).reduce((a, b) => (b.isBeforeInBlock(a) ? b : a));
  const builder = Builder.before(start);
  const { context } = start;
  const arenaType = context.memref([DYNAMIC], context.i8);
  const arena = ArenaOp.build(builder, start.loc, { bytes, resultTypes: [arenaType] });
  ranges.forEach(({ alloc }, i) => {
    builder.setInsertionPoint(alloc);
    const byteOffset = ConstantOp.build(builder, alloc.loc, {
      value: context.indexAttr(offsets[i]!),
      resultTypes: [context.index],
    });
    const view = ViewOp.build(builder, alloc.loc, {
      source: arena,
      byteOffset,
      sizes: [],
      resultTypes: [alloc.result(0).type],
    });
    alloc.result(0).replaceAllUsesWith(view);
    alloc.erase();
  });
  return {
    before: blocks.reduce((sum, b) => sum + alignUp(b.bytes, ALIGNMENT), 0),
    after: bytes,
    live: liveBytes(blocks, ALIGNMENT),
  };
}

/** The op of the function's own block that the op is, or is inside of. */
function outermost(op: Operation): Operation {
  let at = op;
  while (at.parentOp?.parentOp && !FuncOp.is(at.parentOp)) at = at.parentOp;
  return at;
}

/**
 * Buffers of one type and the same size values share memory when their lifetimes are apart. Returns how many do, and
 * those that do not.
 */
function reuseDynamic(ranges: readonly LiveRange[]): { reused: number; alone: readonly Operation[] } {
  const pools: { alloc: Operation; last: number }[] = [];
  let reused = 0;
  for (const { alloc, first, last } of [...ranges].sort((a, b) => a.first - b.first)) {
    const free = pools.find((p) => p.last < first && sameShape(p.alloc, alloc) && dominates(p.alloc, alloc));
    if (!free) {
      pools.push({ alloc, last });
      continue;
    }
    free.last = last;
    alloc.result(0).replaceAllUsesWith(free.alloc.result(0));
    alloc.erase();
    reused++;
  }
  return { reused, alone: pools.map((pool) => pool.alloc) };
}

/** Whether `op` stands in the block of `earlier`, or inside of an op there, and behind it. */
function dominates(earlier: Operation, op: Operation): boolean {
  let at: Operation | null = op;
  while (at && at.parent !== earlier.parent) at = at.parentOp;
  return at !== null && earlier.isBeforeInBlock(at);
}

function sameShape(a: Operation, b: Operation): boolean {
  return (
    a.result(0).type === b.result(0).type &&
    AllocOp.alignment(a) === AllocOp.alignment(b) &&
    a.operands.every((v, i) => v === b.operand(i))
  );
}
