import { KernelAttrs, scratchBytes } from '@budflow/dialect-rt';
import { elementCount, type IntegerAttr, type MemRefType, type Operation } from '@budflow/ir';
import { Random } from '@budflow/numerics';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { functionNamed, parse, runFunction } from '../testing/kernels.js';
import { runPasses } from '../testing/programs.js';
import { SCRATCH_OFFSET, scratchAssignment } from './scratch-assignment.js';

const kernel = (
  body: string,
) => `func.func private @k(%a: memref<64xf32>, %o: memref<64xf32>) attributes {rt.kernel = #rt.kernel<inputs = 1, outputs = 1>} {
  %c0 = arith.constant 0 : index
${body}
  return
}`;

interface Placed {
  readonly name: string;
  readonly offset: number;
  readonly bytes: number;
}

function assigned(text: string) {
  const module = parse(text);
  const { statistics } = runPasses(module, 'builtin.module(scratch-assignment)', [scratchAssignment]);
  const buffers: Placed[] = [];
  module.walk((op) => {
    if (op.name !== 'memory.alloca') return;
    const type = op.result().type as MemRefType;
    buffers.push({
      name: String(type),
      offset: (op.attr(SCRATCH_OFFSET) as IntegerAttr).number,
      bytes: 4 * elementCount(type.shape)!,
    });
  });
  return { module, buffers, statistics, bytes: scratchBytes(functionNamed(module, 'k')) };
}

/** The kernel with its buffers as views of one memory, at the offsets that were assigned. */
function inArena(module: Operation, bytes: number): Operation {
  let n = 0;
  const text = module
    .toString()
    .replace(
      /(%\w+) = memory\.alloca\(\) \{rt\.scratch_offset = (\d+) : i64\} : (memref<[^>]*>)/g,
      (_, result, offset, type) =>
        `%offset${++n} = arith.constant ${offset} : index\n${result} = memory.view %arena[%offset${n}]() : memref<${bytes}xi8> to ${type}`,
    )
    .replace(/(func\.func private @k.*\n)/, `$1    %arena = memory.alloc() : memref<${bytes}xi8>\n`);
  return parse(text);
}

/** Running in shared bytes changes nothing. */
function expectDisjointLives(text: string): void {
  const { module, bytes } = assigned(text);
  expect(runFunction(inArena(module, Math.max(bytes, 1)), 'k')).toEqual(runFunction(parse(text), 'k'));
}

let fills = 0;
/** Fills buffer `t` of `n` elements from %a, times a number of its own; `use` adds it to %o. */
const fill = (t: string, n: number) => `  loop.for %i = 0 to ${n} {
    %f = arith.constant ${++fills}.0 : f32
    %v = memory.load %a[%i] : memref<64xf32>
    %x = arith.mulf %v, %f : f32
    memory.store %x, ${t}[%i] : memref<${n}xf32>
  }`;
const use = (t: string, n: number) => `  loop.for %i = 0 to ${n} {
    %x = memory.load ${t}[%i] : memref<${n}xf32>
    %y = memory.load %o[%i] : memref<64xf32>
    %z = arith.addf %x, %y : f32
    memory.store %z, %o[%i] : memref<64xf32>
  }`;
const alloca = (t: string, n: number) => `  ${t} = memory.alloca() : memref<${n}xf32>`;

describe('scratch-assignment', () => {
  test('buffers that live one after the other share bytes', () => {
    const text = kernel(
      [alloca('%s', 16), fill('%s', 16), use('%s', 16), alloca('%t', 32), fill('%t', 32), use('%t', 32)].join('\n'),
    );
    const { buffers, bytes, statistics } = assigned(text);
    expect(buffers.map((b) => b.offset)).toEqual([0, 0]);
    expect(bytes).toBe(128);
    expect(statistics).toMatchObject({ buffers: 2, bytes: 128, 'bytes-unshared': 192 });
    expectDisjointLives(text);
  });

  test('buffers that live at the same time do not, and begin on lines of 64 bytes', () => {
    const text = kernel(
      [
        alloca('%s', 1),
        alloca('%t', 17),
        alloca('%u', 5),
        fill('%s', 1),
        fill('%t', 17),
        fill('%u', 5),
        use('%s', 1),
        use('%t', 17),
        use('%u', 5),
      ].join('\n'),
    );
    const { buffers, bytes } = assigned(text);
    const sorted = [...buffers].sort((a, b) => a.offset - b.offset);
    expect(sorted.map((b) => b.offset)).toEqual([0, 128, 192]);
    expect(bytes).toBe(256);
    expectDisjointLives(text);
  });

  test('a buffer from outside a loop lives through all its iterations', () => {
    const text = kernel(
      [
        alloca('%s', 8),
        fill('%s', 8),
        '  loop.for %k = 0 to 3 {',
        use('%s', 8),
        alloca('%t', 8),
        fill('%t', 8),
        use('%t', 8),
        '  }',
      ].join('\n'),
    );
    const [s, t] = assigned(text).buffers;
    expect(s!.offset).not.toBe(t!.offset);
    expectDisjointLives(text);
  });

  test('a buffer lives as long as its views', () => {
    const text = kernel(
      [
        alloca('%s', 8),
        '  %view = memory.reshape %s : memref<8xf32> to memref<2x4xf32>',
        fill('%s', 8),
        alloca('%t', 8),
        fill('%t', 8),
        use('%t', 8),
        '  %x = memory.load %view[%c0, %c0] : memref<2x4xf32>',
        '  memory.store %x, %o[%c0] : memref<64xf32>',
      ].join('\n'),
    );
    const [s, t] = assigned(text).buffers;
    expect(s!.offset).not.toBe(t!.offset);
  });

  test('kernels without buffers say nothing; host functions are left alone', () => {
    const host = 'func.func @main() {\n  %t = memory.alloca() : memref<8xf32>\n  return\n}';
    const module = parse(`${kernel('')}\n${host}`);
    const { statistics } = runPasses(module, 'builtin.module(scratch-assignment)', [scratchAssignment]);
    expect(statistics).toMatchObject({ buffers: 0 });
    expect(module.toString()).not.toContain(SCRATCH_OFFSET);
    expect(functionNamed(module, 'k').attr(KernelAttrs.scratchBytes)).toBeUndefined();
  });

  test('buffers of dynamic size are an error that says where they belong', () => {
    const module = parse(kernel('  %t = memory.alloca(%c0) : memref<?xf32>'));
    expect(() => runPasses(module, 'builtin.module(scratch-assignment)', [scratchAssignment])).toThrow(
      /private buffers need a static size, got memref<\?xf32>: allocate it in the body of the kernel, outside of loops/,
    );
  });
});

describe('random kernels', () => {
  /** Statements at random: buffers of some sizes, filled and used again and again, in loops up to two deep. */
  function randomKernel(seed: number): string {
    const random = new Random(seed);
    const pick = (n: number) => random.uint32() % n;
    let names = 0;
    const block = (depth: number, outer: readonly [string, number][]): string[] => {
      const visible = [...outer];
      const lines: string[] = [];
      for (let n = 3 + pick(8); n > 0; n--) {
        const kind = pick(6);
        const one = visible[pick(Math.max(1, visible.length))];
        if (kind <= 1 || !one) {
          const made: [string, number] = [`%t${names++}`, [1, 5, 16, 33][pick(4)]!];
          visible.push(made);
          lines.push(alloca(...made), fill(...made));
        } else if (kind === 2 && depth < 2) {
          lines.push(`  loop.for %k${depth} = 0 to 2 {`, ...block(depth + 1, visible), '  }');
        } else if (kind === 3) lines.push(fill(...one));
        else lines.push(use(...one));
      }
      return lines;
    };
    return kernel(block(0, []).join('\n'));
  }

  test('compute the same when their buffers share the bytes they were given', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => expectDisjointLives(randomKernel(seed))),
      { numRuns: 40, seed: 5 },
    );
  });

  test('share: in most the buffers need less than their sum, never more', () => {
    let shared = 0;
    for (let seed = 1; seed <= 30; seed++) {
      const { bytes, statistics } = assigned(randomKernel(seed));
      expect(bytes).toBeLessThanOrEqual(statistics['bytes-unshared'] ?? 0);
      if (bytes < (statistics['bytes-unshared'] ?? 0)) shared++;
    }
    expect(shared).toBeGreaterThan(15);
  });

  test('would compute something else if every buffer were at one place', () => {
    let different = 0;
    for (let seed = 1; seed <= 10; seed++) {
      const text = randomKernel(seed);
      const { module, bytes } = assigned(text);
      const everywhere = parse(module.toString().replaceAll(/scratch_offset = \d+/g, 'scratch_offset = 0'));
      const same =
        JSON.stringify(runFunction(inArena(everywhere, Math.max(bytes, 1)), 'k')) ===
        JSON.stringify(runFunction(parse(text), 'k'));
      if (!same) different++;
    }
    expect(different).toBeGreaterThan(5);
  });
});
