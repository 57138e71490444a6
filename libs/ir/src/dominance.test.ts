import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Block } from './block.js';
import { Context } from './context.js';
import { ancestorInRegion, DominanceInfo, DominatorTree, reversePostorder } from './dominance.js';
import { Operation, Region } from './operation.js';
import { find, parse } from './testing/text.js';

/** A region of blocks with the given successor lists. */
function graph(edges: readonly (readonly number[])[]): Region {
  const context = new Context();
  const region = new Region();
  Operation.create(context.opInfo('d.r'), 0, [], [], context.emptyDictionary, [region]);
  const blocks = edges.map(() => region.append());
  edges.forEach((list, i) => {
    blocks[i]!.append(
      Operation.create(
        context.opInfo('d.br'),
        0,
        [],
        [],
        context.emptyDictionary,
        [],
        list.map((s) => blocks[s]!),
      ),
    );
  });
  return region;
}

/** Blocks reached from the entry without passing through `without`. */
function reached(region: Region, without: Block | null): Set<Block> {
  const seen = new Set<Block>();
  const stack = region.blocks[0] === without ? [] : [region.blocks[0]!];
  while (stack.length) {
    const block = stack.pop()!;
    if (seen.has(block)) continue;
    seen.add(block);
    for (const s of block.successors) if (s !== without) stack.push(s);
  }
  return seen;
}

const cfg = fc
  .integer({ min: 1, max: 9 })
  .chain((n) => fc.array(fc.array(fc.nat(n - 1), { maxLength: 3 }), { minLength: n, maxLength: n }));

describe('dominator tree', () => {
  it('agrees with the definition: a dominates b when b is not reached without a', () => {
    fc.assert(
      fc.property(cfg, (edges) => {
        const region = graph(edges);
        const tree = new DominatorTree(region);
        const all = reached(region, null);
        for (const b of region.blocks) {
          expect(tree.isReachable(b)).toBe(all.has(b));
          for (const a of region.blocks) {
            const expected = a === b || !all.has(b) || (all.has(a) && !reached(region, a).has(b));
            expect(tree.dominates(a, b)).toBe(expected);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('gives the closest strict dominator as immediate dominator', () => {
    fc.assert(
      fc.property(cfg, (edges) => {
        const region = graph(edges);
        const tree = new DominatorTree(region);
        for (const b of tree.order) {
          const strict = tree.order.filter((a) => a !== b && tree.dominates(a, b));
          const closest = strict.find((a) => strict.every((other) => tree.dominates(other, a))) ?? null;
          expect(tree.immediateDominator(b)).toBe(closest);
        }
      }),
    );
  });

  it('orders blocks before their successors except along back edges', () => {
    expect(reversePostorder(graph([[1, 2], [3], [3], [1]])).length).toBe(4);
    fc.assert(
      fc.property(cfg, (edges) => {
        // Only forward edges: the order is topological.
        const region = graph(edges.map((list, i) => list.filter((s) => s > i)));
        const order = reversePostorder(region);
        for (const block of order)
          for (const s of block.successors) expect(order.indexOf(block)).toBeLessThan(order.indexOf(s));
      }),
    );
  });

  it('handles a long chain of blocks without running out of stack', () => {
    const n = 50_000;
    const region = graph(Array.from({ length: n }, (_, i) => (i + 1 < n ? [i + 1] : [])));
    const tree = new DominatorTree(region);
    expect(tree.dominates(region.blocks[1]!, region.blocks[n - 1]!)).toBe(true);
    expect(tree.dominates(region.blocks[n - 1]!, region.blocks[1]!)).toBe(false);
  });
});

describe('properlyDominates', () => {
  const module = parse(`"d.top"() ({
"d.first"() : () -> ()
%r = "d.outer"() ({
^bb0(%x: i32):
  %a = "d.a"() : () -> i32
  "d.nested"() ({
    "d.inner"() : () -> ()
  }) : () -> ()
  "d.b"() : () -> ()
  "d.br"()[^bb1] : () -> ()
^bb1:
  "d.c"() : () -> ()
}) : () -> i32
test.graph {
  %g = "d.g"() : () -> i32
  "d.h"() : () -> ()
}
"d.last"() : () -> ()
}) : () -> ()`);
  const dominance = new DominanceInfo(module);
  const op = (name: string) => find(module, `d.${name}`);
  const value = (name: string) => op(name).result(0);

  it('follows order within a block', () => {
    expect(dominance.properlyDominates(value('a'), op('b'))).toBe(true);
    expect(dominance.properlyDominates(op('b'), op('a'))).toBe(false);
    expect(dominance.properlyDominates(op('a'), op('a'))).toBe(false);
    expect(dominance.dominates(op('a'), op('a'))).toBe(true);
  });
  it('takes an op in a nested region for the op around it', () => {
    expect(dominance.properlyDominates(value('a'), op('inner'))).toBe(true);
    expect(dominance.properlyDominates(op('b'), op('inner'))).toBe(false);
    expect(dominance.properlyDominates(op('first'), op('inner'))).toBe(true);
  });
  it('does not let what is inside a region out', () => {
    expect(dominance.properlyDominates(op('inner'), op('b'))).toBe(false);
    expect(dominance.properlyDominates(value('a'), op('last'))).toBe(false);
  });
  it('does not let a result into the regions of its own op', () => {
    expect(dominance.properlyDominates(value('outer'), op('a'))).toBe(false);
    expect(dominance.properlyDominates(value('outer'), op('last'))).toBe(true);
  });
  it('goes across blocks', () => {
    expect(dominance.properlyDominates(value('a'), op('c'))).toBe(true);
    expect(dominance.properlyDominates(op('c'), op('b'))).toBe(false);
  });
  it('has block arguments before the ops of their block', () => {
    const argument = op('a').parent!.arguments[0]!;
    expect(dominance.properlyDominates(argument, op('a'))).toBe(true);
    expect(dominance.properlyDominates(argument, op('c'))).toBe(true);
    expect(dominance.properlyDominates(argument, op('inner'))).toBe(true);
    expect(dominance.properlyDominates(argument, op('last'))).toBe(false);
  });
  it('does not care for order in graph regions', () => {
    expect(dominance.properlyDominates(op('h'), op('g'))).toBe(true);
    expect(dominance.properlyDominates(op('g'), op('g'))).toBe(true);
  });
  it('sees new branches after invalidate', () => {
    const region = graph([[1], [2], []]);
    const info = new DominanceInfo(region.parent!);
    const [a, b, c] = region.blocks as [Block, Block, Block];
    expect(info.blockDominates(b, c)).toBe(true);
    a.lastOp!.ownSuccessors!.push(c);
    info.invalidate(region);
    expect(info.blockDominates(b, c)).toBe(false);
  });
  it('finds the op of a region that encloses another', () => {
    expect(ancestorInRegion(op('top').region(0), op('inner'))).toBe(op('outer'));
    expect(ancestorInRegion(op('nested').region(0), op('a'))).toBe(null);
  });
});
