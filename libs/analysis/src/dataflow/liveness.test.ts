import type { Block, Operation, Value } from '@budflow/ir';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseProgram, programText, randomPrograms } from '../testing/random-functions.js';
import { Liveness, usedBy } from './liveness.js';

const usesIn = (block: Block, value: Value) => block.ops.some((op) => usedBy(op).has(value));

/** By definition: some path from the start of the block meets a use before the definition's block is entered again. */
function isLiveInByPaths(value: Value, block: Block): boolean {
  const home = value.parentBlock;
  if (home === block) return false;
  const seen = new Set<Block>();
  const work = [block];
  for (let at = work.pop(); at; at = work.pop()) {
    if (seen.has(at) || at === home) continue;
    seen.add(at);
    if (usesIn(at, value)) return true;
    work.push(...at.successors);
  }
  return false;
}

function everything(root: Operation): { blocks: Block[]; values: Value[] } {
  const blocks: Block[] = [];
  const values: Value[] = [];
  root.walk((op) => {
    values.push(...op.results);
    for (const region of op.regions)
      for (const block of region.blocks) {
        blocks.push(block);
        values.push(...block.arguments);
      }
  });
  return { blocks, values };
}

describe('Liveness', () => {
  test('agrees with a search for paths, for every value and block of random functions', () => {
    let live = 0;
    fc.assert(
      fc.property(randomPrograms, (program) => {
        const module = parseProgram(programText(program));
        const liveness = new Liveness(module);
        const { blocks, values } = everything(module);
        for (const block of blocks) {
          for (const value of values) {
            const expected = isLiveInByPaths(value, block);
            if (expected) live++;
            expect(liveness.liveIn(block).has(value)).toBe(expected);
            const after = block.successors.some((s) => isLiveInByPaths(value, s));
            expect(liveness.liveOut(block).has(value)).toBe(after);
          }
        }
      }),
      { numRuns: 60 },
    );
    expect(live).toBeGreaterThan(100);
  });

  test('knows after which op a value is dead, and its range', () => {
    fc.assert(
      fc.property(randomPrograms, (program) => {
        const module = parseProgram(programText(program));
        const liveness = new Liveness(module);
        for (const value of everything(module).values) {
          const range = new Set(liveness.liveRange(value));
          const home = value.parentBlock!;
          for (const block of home.parent!.blocks) {
            if (block !== home && !liveness.liveIn(block).has(value)) continue;
            let defined = value.definingOp === null || block !== home;
            const { ops } = block;
            ops.forEach((op, i) => {
              if (op === value.definingOp) defined = true;
              if (!defined) return;
              const usedLater =
                ops.slice(i + 1).some((later) => usedBy(later).has(value)) || liveness.liveOut(block).has(value);
              expect(liveness.isDeadAfter(value, op)).toBe(!usedLater);
              const inRange = usedLater || usedBy(op).has(value) || op === value.definingOp;
              expect(range.has(op)).toBe(inRange);
            });
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  test('counts how many values are alive at once', () => {
    const module = parseProgram(`func.func @main(%a: i32, %b: i32) -> i32 {
      %c = arith.addi %a, %b : i32
      %d = arith.muli %a, %b : i32
      %e = arith.subi %c, %d : i32
      return %e : i32
    }`);
    const block = module.region(0).entry.firstOp!.region(0).entry;
    expect(new Liveness(module).pressure(block)).toBe(3);
  });
});
