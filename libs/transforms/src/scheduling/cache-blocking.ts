// cache-blocking: blocks nests that read like a matrix product for registers and caches, with operands packed.
//
//   loop.for %i name "mm.d0" {                   loop.for %p name "pack.d0" {..}      // panels of the right operand
//     loop.for %j name "mm.d1" {                 loop.for %ic name "mm.d0.o" {        // mc rows
//       loop.for %k name "mm.r0" {..} } }    ->    loop.for %jr name "mm.d1.o" {      // nr columns
//                                                    loop.for %ir name "mm.d0.i.o" {  // mr rows
//                                                      loop.for %k name "mm.r0" { mr x nr multiply-adds } } } }
//
// Sums too long for a panel in cache are cut: a loop `mm.r0.o` comes outside of `mm.d1.o`, in ascending order, with the
// accumulators in memory. With few rows, blocks of nc columns come outermost, each with the copy of its panels inside.
//
// Looks at loops and accesses, never at the names of ops: a nest whose innermost reduction reads one operand along the last
// parallel loop and another independent of it is blocked like a matrix product, whatever it was written as. Only chooses:
// the sizes come from the target by a model (blocking/model.ts; Low et al., 2016) or from the options, every step goes
// through the primitives, which refuse what they cannot prove, and is recorded in `loop.schedule_applied`.
// Runs between apply-schedule and default-schedule, on kernels without a schedule; places stages first, as blocking sees the
// epilogue of a product only where it is computed. Requires named loops over buffers, as array-to-loop leaves them.
import { constantTripCount, ForOp, LoopAttrs } from '@budflow/dialect-loop';
import { isChunked, isKernel } from '@budflow/dialect-rt';
import type { Operation } from '@budflow/ir';
import { definePass } from '@budflow/pass';
import { getTarget } from '@budflow/target';
import { APPLIED_SCHEDULE_ATTR } from './apply-schedule.js';
import { setBlockedStages } from './blocking/blocked.js';
import { contraction } from './blocking/contraction.js';
import { blockSizes } from './blocking/model.js';
import { packedOperands } from './blocking/packing.js';
import { leftRows, panelsFirst, sharedPanels } from './blocking/panels-first.js';
import { elementBytes, isFused, productOf, tripsOf } from './blocking/product.js';
import { nameOf, stageOf } from './heuristics/names.js';
import { placeStages } from './heuristics/placement.js';
import { SchedulingSite } from './heuristics/site.js';
import { STEP_STATISTICS, StepRecorder } from './recorder.js';

const size = (description: string) =>
  ({
    type: 'integer',
    minimum: 0,
    maximum: 2 ** 20,
    default: 0,
    description: `${description} (0: by the model).`,
  }) as const;
const cache = (level: number) =>
  ({
    type: 'integer',
    minimum: 0,
    maximum: 2 ** 31 - 1,
    default: 0,
    description: `Bytes of the level ${level} cache (0: the target's).`,
  }) as const;
const packing = (description: string) =>
  ({ type: 'string', enum: ['auto', 'always', 'never'], default: 'auto', description }) as const;

export const cacheBlocking = definePass({
  name: 'cache-blocking',
  summary: 'block products for registers and caches, with packed operands, by an analytical model',
  anchor: 'func.func',
  options: {
    target: { type: 'string', default: 'wasm32-simd128', description: 'Name of the machine description.' },
    mr: { ...size('Rows of the register tile'), maximum: 64 },
    nr: { ...size('Columns of the register tile'), maximum: 256 },
    kc: size('Terms of a sum in a block'),
    mc: size('Rows of a block'),
    nc: size('Columns of a block'),
    workers: {
      type: 'integer',
      minimum: 1,
      maximum: 1024,
      default: 1,
      description: 'Threads that share the blocks of rows: with several, blocks are smaller.',
    },
    l1: cache(1),
    l2: cache(2),
    l3: cache(3),
    'pack-left': packing(
      'Whether tiles of the left operand are copied: when it is read across its rows, always, never.',
    ),
    'pack-right': packing('Whether panels of the right operand are copied: when they are read often, always, never.'),
  },
  dependentDialects: ['loop', 'memory', 'simd', 'arith'],
  statistics: { ...STEP_STATISTICS, blocked: 'nests blocked' },
  run(func, pass) {
    const { options } = pass;
    const isOpen =
      isKernel(func) && !isChunked(func) && !func.attr(LoopAttrs.schedule) && !func.attr(APPLIED_SCHEDULE_ATTR);
    if (!isOpen || !hasContraction(func)) {
      pass.unchanged();
      return;
    }
    // 1. Stages in their places.
    const recorder = new StepRecorder(func, pass);
    const site = new SchedulingSite(func, getTarget(options.target), recorder.attempt);
    placeStages(site);

    // 2. Products, by the model.
    const blocked = new Set<string>();
    for (const root of site.roots().map(nameOf)) {
      const loop = site.loop(root);
      const product = loop && /\.d\d+$/.test(root) ? productOf(site, loop) : undefined;
      if (!product) continue;
      const { i, j, contracted, left, right } = product;
      const packed = packedOperands(site, product, { left: options['pack-left'], right: options['pack-right'] });
      const shape = {
        rows: constantTripCount(i),
        columns: constantTripCount(j),
        depth: tripsOf(contracted),
        bytes: Math.max(elementBytes(left), elementBytes(right)),
        sumBytes: site.widest(j),
        isFused: isFused(site.target, contracted),
        isPacked: packed.right !== undefined,
        isPlain: product.outer.length + product.between.length === 0 && contracted.length === 1,
        innerDepth: contracted.length > 1 ? tripsOf(contracted.slice(1)) : undefined,
      };
      const sizes = blockSizes(site.target, shape, options);
      const before = new Set(site.roots().map((op) => stageOf(nameOf(op))));
      const shared = sharedPanels(site, product);
      if (!contraction(site, product, sizes, packed)) continue;
      leftRows(site, nameOf(i), sizes.mr);
      if (shared) panelsFirst(site, shared);
      pass.statistic('blocked');
      const text = `${shape.rows ?? '?'}x${shape.columns ?? '?'}x${shape.depth ?? '?'}: ${sizes.reasons.join('; ')}`;
      pass.remark({ kind: 'applied', name: 'cache-blocking', message: text, at: func, args: { loop: root } });
      blocked.add(stageOf(root));
      for (const op of site.roots()) if (!before.has(stageOf(nameOf(op)))) blocked.add(stageOf(nameOf(op)));
    }
    setBlockedStages(func, blocked);
    recorder.finish();
  },
});

/** Whether some loop sums, with a loop around it. */
function hasContraction(func: Operation): boolean {
  let found = false;
  func.walk((op) => {
    if (ForOp.is(op) && /\.r\d+$/.test(nameOf(op)) && op.parentOp !== func) found = true;
  });
  return found;
}
