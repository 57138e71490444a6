import { PassManager, passItem, pipeline } from '@budflow/pass';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fixNumerics } from '../array/fix-numerics.js';
import { instructionFusion } from '../array/instruction-fusion.js';
import { functionNamed, parse } from '../testing/kernels.js';
import { runMain, runPasses } from '../testing/programs.js';
import { assignOffsets, type Block, liveBytes } from './assignment/best-fit.js';
import { checkAssignment } from './assignment/check-assignment.js';
import { bufferAssignment } from './buffer-assignment.js';
import { bufferize } from './bufferize.js';

const passes = [fixNumerics, instructionFusion, bufferize, bufferAssignment];

function assign(text: string, sizes: readonly number[] = []) {
  const module = parse(text);
  runPasses(module, 'builtin.module(fix-numerics,func.func(instruction-fusion{max-decisions=0}))', passes);
  const before = runMain(module, { sizes });
  const { statistics } = runPasses(module, 'builtin.module(bufferize,func.func(buffer-assignment))', passes);
  const func = functionNamed(module, 'main');
  expect(checkAssignment(func)).toEqual([]);
  expect(runMain(module, { sizes })).toEqual(before);
  return { func, statistics };
}

/** Steps that cannot run in place. */
function transposeChain(n: number, type: string): string {
  const lines = Array.from(
    { length: n },
    (_, i) => `  %v${i + 1} = array.transpose %v${i} perm = [1, 0] : ${type} to ${type}`,
  );
  return `func.func @main(%v0: ${type}) -> ${type} {\n${lines.join('\n')}\n  return %v${n} : ${type}\n}`;
}

describe('buffer-assignment', () => {
  test('temporaries that are never alive together share bytes; the result keeps its own', () => {
    const { func, statistics } = assign(transposeChain(5, 'tensor<4x4xf32>'));
    expect(statistics).toMatchObject({ placed: 4, 'bytes-before': 256, 'bytes-after': 128, 'bytes-live': 128 });
    expect(String(func.attr('rt.temporaries'))).toBe('{after = 128 : i64, before = 256 : i64, live = 128 : i64}');
    expect(func.toString().match(/memory\.alloc\(/g)).toHaveLength(1);
    expect(func.toString()).toContain('memory.arena {bytes = 128 : i64}');
  });

  test('a view keeps its buffer alive', () => {
    const { func } = assign(`func.func @main(%x: tensor<4x4xf32>) -> tensor<16xf32> {
  %0 = array.transpose %x perm = [1, 0] : tensor<4x4xf32> to tensor<4x4xf32>
  %v = array.reshape %0 : tensor<4x4xf32> to tensor<16xf32>
  %1 = array.transpose %x perm = [1, 0] : tensor<4x4xf32> to tensor<4x4xf32>
  %2 = array.transpose %1 perm = [1, 0] : tensor<4x4xf32> to tensor<4x4xf32>
  %w = array.reshape %2 : tensor<4x4xf32> to tensor<16xf32>
  %3 = array.sub %v, %w : tensor<16xf32>
  return %3 : tensor<16xf32>
}`);
    expect(func.toString()).toContain('memory.arena');
  });

  test('a returned view leaves its buffer out of the arena', () => {
    const { func } = assign(`func.func @main(%x: tensor<4x4xf32>) -> tensor<16xf32> {
  %0 = array.transpose %x perm = [1, 0] : tensor<4x4xf32> to tensor<4x4xf32>
  %v = array.reshape %0 : tensor<4x4xf32> to tensor<16xf32>
  return %v : tensor<16xf32>
}`);
    expect(func.toString()).not.toContain('memory.arena');
  });

  test('temporaries of equal dynamic sizes take over dead ones', () => {
    const { func, statistics } = assign(transposeChain(6, 'tensor<?x?xf32>'), [3, 5]);
    expect(statistics.reused).toBeGreaterThanOrEqual(1);
    expect(func.toString().match(/memory\.alloc\(/g)!.length).toBeLessThan(6);
  });

  test('remarks name the temporaries of dynamic size that share with none', () => {
    const remarks = (type: string) => {
      const module = parse(transposeChain(4, type));
      const before = 'builtin.module(fix-numerics,func.func(instruction-fusion{max-decisions=0}),bufferize)';
      runPasses(module, before, passes);
      const result = new PassManager(pipeline('builtin.module', passItem(bufferAssignment))).run(module);
      return result.remarks.map(({ kind, name }) => `${kind} ${name}`);
    };
    expect(remarks('tensor<?x?xf32>')).toContain('missed dynamic-size');
    expect(remarks('tensor<4x4xf32>')).toEqual([]);
  });

  test('the checker sees buffers that overlap, leave the arena or are not aligned', () => {
    const { func } = assign(transposeChain(5, 'tensor<4x4xf32>'));
    const offset = (n: number, to: number) => {
      const views = func.region(0).entry.ops.filter((op) => op.name === 'memory.view');
      views[n]!.operand(1).definingOp!.setAttr('value', func.context.indexAttr(to));
    };
    const original = Number(
      (
        func
          .region(0)
          .entry.ops.filter((op) => op.name === 'memory.view')[0]!
          .operand(1)
          .definingOp!.attr('value') as unknown as { value: number }
      ).value,
    );
    offset(0, 64 - original);
    expect(checkAssignment(func).some((p) => p.includes('both alive'))).toBe(true);
    offset(0, 1024);
    expect(checkAssignment(func).some((p) => p.includes('of an arena of 128'))).toBe(true);
    offset(0, 32);
    expect(checkAssignment(func).some((p) => p.includes('not aligned'))).toBe(true);
  });
});

describe('offsets by best fit', () => {
  const block: fc.Arbitrary<Block> = fc
    .record({
      bytes: fc.oneof(fc.nat(300), fc.constantFrom(0, 64, 128, 4096), fc.nat(20000)),
      first: fc.nat(30),
      length: fc.nat(12),
    })
    .map(({ bytes, first, length }) => ({ bytes, first, last: first + length }));

  test('no two blocks that live at the same time overlap (property)', () => {
    fc.assert(
      fc.property(fc.array(block, { minLength: 1, maxLength: 25 }), (blocks) => {
        const { offsets, bytes } = assignOffsets(blocks, 64);
        // Byte by byte in units of the alignment, for every moment: nothing of the algorithm is used.
        for (let time = 0; time <= 42; time++) {
          const owner = new Int8Array(bytes / 64).fill(-1);
          blocks.forEach((b, i) => {
            if (time < b.first || time > b.last) return;
            const [first, count] = [offsets[i]! / 64, Math.ceil(b.bytes / 64)];
            expect(owner.subarray(first, first + count).filter((o) => o === -1)).toHaveLength(count);
            owner.fill(i, first, first + count);
          });
        }
        expect(bytes).toBeGreaterThanOrEqual(liveBytes(blocks, 64));
      }),
      { numRuns: 150 },
    );
  });

  test('on lifetimes of a program the arena is at most 1.15 times the bytes alive at once', () => {
    // A straight-line program: results live until a use that is usually near. Seeds are fixed, so that a change shows.
    let state = 12345;
    const next = (n: number) => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return (state >>> 8) % n;
    };
    const ratios: number[] = [];
    for (let program = 0; program < 60; program++) {
      const blocks = Array.from({ length: 40 }, (_, i) => ({
        bytes: 64 * (1 + next(8)) * 4 ** next(4),
        first: i,
        last: i + 1 + next(4) + (next(8) === 0 ? next(30) : 0),
      }));
      ratios.push(assignOffsets(blocks, 64).bytes / liveBytes(blocks, 64));
    }
    expect(ratios.reduce((a, b) => a + b, 0) / ratios.length).toBeLessThan(1.05);
    expect(Math.max(...ratios)).toBeLessThanOrEqual(1.15);
  });
});
