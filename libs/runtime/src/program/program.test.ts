// Programs from hand-written host functions and kernels, run as generated code and by the interpreter of host programs.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ArrayMemory, type HostMode, NdArray, RuntimeTrap } from '../index.js';
import { hostProgram, interpreted, load, parseProgram } from '../testing/programs.js';

const KERNEL = '#rt.kernel<inputs = 1, outputs = 1>';
/** Chunks of 4 elements: out = in * 2. */
const DOUBLE = `
func.func private @double(%in: memref<?xf32>, %out: memref<?xf32>, %begin: index, %end: index) -> index
    attributes {rt.kernel = ${KERNEL}, rt.chunks = affine_map<()[s0, s1] -> (s0 ceildiv 4)>} {
  %n = memory.dim %in, 0 : memref<?xf32>
  loop.for %c = %begin to %end {
    loop.for %i = 0 to min affine_map<(d0)[s0] -> (4, s0 - d0 * 4)>(%c)[%n] {
      %at = loop.apply affine_map<(d0, d1) -> (d0 * 4 + d1)>(%c, %i)
      %x = memory.load %in[%at] : memref<?xf32>
      %y = arith.addf %x, %x : f32
      memory.store %y, %out[%at] : memref<?xf32>
    }
  }
  return %end : index
}`;
const MAIN = `${DOUBLE}
func.func @main(%a: memref<?xf32>) -> memref<?xf32> {
  %n = memory.dim %a, 0 : memref<?xf32>
  %t = memory.alloc(%n) : memref<?xf32>
  %r = memory.alloc(%n) : memref<?xf32>
  rt.call_kernel @double ins(%a : memref<?xf32>) outs(%t : memref<?xf32>)
  rt.call_kernel @double ins(%t : memref<?xf32>) outs(%r : memref<?xf32>)
  memory.dealloc %t : memref<?xf32>
  return %r : memref<?xf32>
}`;
const range = (n: number) => Float32Array.from({ length: n }, (_, i) => i + 1);
const MODES: HostMode[] = ['generated', 'interpreted'];

describe.each(MODES)('a program, %s', (host) => {
  it.each([0, 1, 3, 4, 5, 100])('of %i elements gives what the interpreter gives', (n) => {
    const { main } = load(MAIN, { host });
    const data = range(n);
    const [result] = main.call([data]);
    expect(result!.shape).toEqual([n]);
    expect([...(result!.data as Float32Array)]).toEqual(interpreted(MAIN, [{ data, shape: [n] }])[0]);
  });

  it('takes temporaries from an arena, reshapes, copies and returns arguments as arrays of their own', () => {
    const text = `${DOUBLE}
func.func @main(%a: memref<2x?xf32>) -> (memref<?x2xf32>, memref<2x?xf32>, memref<3xf32>) {
  %c0 = arith.constant 0 : index
  %c64 = arith.constant 64 : index
  %c2 = arith.constant 2 : index
  %m = memory.dim %a, 1 : memref<2x?xf32>
  %n = arith.muli %m, %c2 : index
  %flat = memory.reshape %a : memref<2x?xf32> to memref<?xf32>
  %arena = memory.arena {bytes = 192 : i64} : memref<?xi8>
  %t = memory.view %arena[%c64](%n) : memref<?xi8> to memref<?xf32>
  rt.call_kernel @double ins(%flat : memref<?xf32>) outs(%t : memref<?xf32>)
  %r = memory.alloc(%n) : memref<?xf32>
  rt.call_kernel @double ins(%t : memref<?xf32>) outs(%r : memref<?xf32>)
  %shaped = memory.reshape %r : memref<?xf32> to memref<?x2xf32>
  %k = memory.global_constant {value = dense<[1.0, 2.0, 3.0]> : tensor<3xf32>} : memref<3xf32>
  %copy = memory.alloc() : memref<3xf32>
  memory.copy %k, %copy : memref<3xf32> to memref<3xf32>
  return %shaped, %a, %copy : memref<?x2xf32>, memref<2x?xf32>, memref<3xf32>
}`;
    const { main, heap } = load(text, { host });
    const before = heap.statistics().blocks;
    const data = range(6);
    const results = main.call([NdArray.from(data, [2, 3])]);
    expect(results.map((r) => r.shape)).toEqual([[3, 2], [2, 3], [3]]);
    expect(results.map((r) => [...(r.data as Float32Array)])).toEqual(interpreted(text, [{ data, shape: [2, 3] }]));
    expect(heap.statistics().blocks).toBe(before);
  });

  it('passes numbers, computes sizes from them, and keeps their sign and fraction', () => {
    const text = `
func.func private @fill(%s: f32, %i: index, %out: memref<?xf32>, %begin: index, %end: index) -> index
    attributes {rt.kernel = #rt.kernel<inputs = 2, outputs = 1>, rt.chunks = affine_map<()[s0] -> (1)>} {
  %n = memory.dim %out, 0 : memref<?xf32>
  %wide = arith.index_cast %i : index to i64
  %f = arith.sitofp %wide : i64 to f32
  %v = arith.addf %f, %s : f32
  loop.for %k = 0 to %n {
    memory.store %v, %out[%k] : memref<?xf32>
  }
  return %end : index
}
func.func @main(%n: index, %s: f32) -> memref<?xf32> {
  %c3 = arith.constant 3 : index
  %m = loop.max affine_map<(d0) -> (d0 * -1, 2)>(%n)
  %a = arith.ceildivsi %m, %c3 : index
  %r = memory.alloc(%a) : memref<?xf32>
  rt.call_kernel @fill ins(%s, %n : f32, index) outs(%r : memref<?xf32>)
  return %r : memref<?xf32>
}`;
    const { main } = load(text, { host });
    expect([...(main.call([-7, 0.5])[0]!.data as Float32Array)]).toEqual([-6.5, -6.5, -6.5]);
    expect(main.call([5n, -0.25])[0]!.data).toEqual(Float32Array.of(4.75));
    expect(() => main.call([2n ** 53n, 0])).toThrow(
      'main: argument 0: expected a number for index, got the bigint 9007199254740992',
    );
    expect(() => main.call([1.5, 0])).toThrow('main: argument 0: expected a number for index, got the number 1.5');
    expect(() => main.call([1, range(1)])).toThrow('main: argument 1: expected a number for f32, got a Float32Array');
  });

  it('goes on where a kernel stopped', () => {
    const calls: [number, number][] = [];
    const phase = (_: number, begin: number, end: number) => {
      calls.push([begin, end]);
      return begin + 1;
    };
    const { main } = load(MAIN, { host, phases: [phase] });
    main.call([range(9)]);
    expect(calls).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
  });

  it('calls chunk by chunk at first and then in a sixteenth of all', () => {
    const lengths: number[] = [];
    const phase = (_: number, begin: number, end: number) => {
      lengths.push(end - begin);
      return end;
    };
    const { main } = load(MAIN, { host, phases: [phase] });
    main.call([range(1600)]);
    expect(lengths.splice(0)).toEqual(new Array(800).fill(1));
    main.call([range(1600)]);
    expect(lengths).toEqual(new Array(32).fill(25));
  });

  it('turns what a kernel returns instead of the next chunk into a trap, and frees what it holds', () => {
    let answer = -1;
    const { main, heap } = load(MAIN, { host, phases: [() => answer] });
    const before = heap.statistics().blocks;
    const reason = "kernel 'double' gave up at chunk 0: a size or an index needs more than 32 bits";
    expect(trapOf(() => main.call([range(9)]))).toEqual({ kind: 'IndexRange', reason });
    expect(() => main.call([range(9)])).toThrow(`program.mlir:19:3: main: ${reason}`);
    answer = -7;
    expect(trapOf(() => main.call([range(9)]))).toEqual({
      kind: 'KernelTrap',
      reason: expect.stringMatching(/trap -7$/),
    });
    answer = 0;
    expect(() => main.call([range(9)])).toThrow("kernel 'double' returned 0 as the next chunk after 0");
    expect(heap.statistics().blocks).toBe(before);
  });

  it('checks requirements before anything runs', () => {
    const slot = (i: number) => ({ slot: i });
    const requirement = {
      left: slot(1),
      relation: 'equal',
      right: 4,
      leftName: 'dimension 0 of argument 0',
      rightName: '',
      reason: 'why',
    } as const;
    const least = { ...requirement, relation: 'atLeast', right: slot(0) } as const;
    const { main } = load(MAIN, { host, requirements: [requirement, { ...least, right: 2 }] });
    expect(main.call([range(4)])).toHaveLength(1);
    expect(trapOf(() => main.call([range(3)]))).toEqual({
      kind: 'ShapeMismatch',
      reason: 'main: dimension 0 of argument 0 is 3, but must be 4: why',
    });
    const strict = load(MAIN, { host, requirements: [{ ...least, right: 5 }] });
    expect(() => strict.main.call([range(4)])).toThrow(
      'main: dimension 0 of argument 0 is 4, but must be at least 5: why',
    );
  });

  it('asserts the sizes that a cast of an argument says', () => {
    const text = `${DOUBLE}
func.func @main(%a: memref<?xf32>) -> memref<?xf32> {
  %four = memory.cast %a : memref<?xf32> to memref<4xf32>
  %open = memory.cast %four : memref<4xf32> to memref<?xf32>
  %r = memory.alloc() : memref<4xf32>
  %s = memory.cast %r : memref<4xf32> to memref<?xf32>
  rt.call_kernel @double ins(%open : memref<?xf32>) outs(%s : memref<?xf32>)
  return %s : memref<?xf32>
}`;
    const { main } = load(text, { host });
    expect(main.call([range(4)])[0]!.data).toEqual(Float32Array.of(2, 4, 6, 8));
    expect(() => main.call([range(5)])).toThrow(/dimension 0 is 5, but must be 4/);
  });

  it.each([true, false])('survives growth of the memory within a call (shared: %s)', (shared) => {
    const memory = ArrayMemory.create({ initialBytes: 65536, maximumBytes: 1 << 26, shared });
    const { main, heap } = load(MAIN, { host, memory });
    const resident = main.call([NdArray.from(range(10))])[0]!;
    const { generation } = heap;
    const [big] = main.call([range(500_000)]);
    expect(heap.generation).toBeGreaterThan(generation);
    expect((big!.data as Float32Array)[499_999]).toBe(4 * 500_000);
    expect(resident.data).toHaveLength(10);
    expect([...(main.call([range(3)])[0]!.data as Float32Array)]).toEqual([4, 8, 12]);
  });

  it('holds nothing after a thousand calls, nor after calls that fail, nor after unloading', () => {
    const memory = ArrayMemory.create({ initialBytes: 1 << 20, maximumBytes: 1 << 20 });
    const empty = memory.heap.statistics().blocks;
    const { main, heap, unload } = load(MAIN, { host, memory });
    const before = heap.statistics();
    for (let i = 0; i < 1000; i++) main.call([range(i % 50)]);
    const after = heap.statistics();
    expect({ blocks: after.blocks, bytes: after.liveBytes }).toEqual({
      blocks: before.blocks,
      bytes: before.liveBytes,
    });
    // Too large for the argument; for the temporary; for the result.
    for (const n of [400_000, 200_000, 100_000]) {
      expect(trapOf(() => main.call([range(n)]))).toEqual({
        kind: 'HeapExhausted',
        reason: expect.stringMatching(new RegExp(`${n * 4} bytes requested, \\d+ bytes free`)),
      });
      expect(heap.statistics().blocks).toBe(before.blocks);
    }
    unload();
    expect(heap.statistics().blocks).toBe(empty);
  });
});

describe('host programs', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('are interpreted where code from strings is forbidden', () => {
    vi.stubGlobal(
      'Function',
      class {
        constructor() {
          throw new EvalError('unsafe-eval is not allowed');
        }
      },
    );
    expect(() => load(MAIN, { host: 'generated' })).toThrow(EvalError);
    expect([...(load(MAIN).main.call([range(2)])[0]!.data as Float32Array)]).toEqual([4, 8]);
  });

  it('are plain data', () => {
    const program = hostProgram(parseProgram(MAIN));
    expect(structuredClone(program)).toEqual(program);
    expect(JSON.parse(JSON.stringify(program))).toEqual(program);
  });

  it.each([
    [
      `func.func @main(%a: memref<4xf32>) -> memref<4xf32> {
        %c = arith.constant 0 : index
        %x = memory.load %a[%c] : memref<4xf32>
        return %a : memref<4xf32>
      }`,
      /^runtime\.host-element: 'memory\.load' op touches an element of an array/,
    ],
    [
      `func.func @main(%a: memref<4xf32>) {
        cf.br ^bb1
      ^bb1:
        return
      }`,
      /^runtime\.host-blocks: 'func\.func' op has a body of several blocks/,
    ],
    [
      `func.func @main(%n: i4) -> i4 {
        return %n : i4
      }`,
      /^runtime\.host-type: 'func\.func' op result 0 is i4: calls pass ranked arrays and numbers$/,
    ],
    [
      `func.func @main(%a: memref<4xf32>, %x: f32) {
        memory.fill %a, %x : memref<4xf32>
        return
      }`,
      /^runtime\.unsupported-op: 'memory\.fill' op has no form in host programs/,
    ],
    [
      `func.func @main(%a: memref<i4>) {
        %0 = memory.load %a[] : memref<i4>
        return
      }`,
      /^runtime\.scalar-type: 'memory\.load' op reads or writes a number of type i4/,
    ],
    [
      `func.func @main(%a: memref<4xf32>) {
        func.call @other(%a) : (memref<4xf32>) -> ()
        return
      }
      func.func private @other(memref<4xf32>)`,
      /^runtime\.unknown-function: 'func\.call' op calls @other, which has no body/,
    ],
    [
      `func.func @main(%c: i1, %x: memref<i32>) {
        %r = loop.if %c -> (memref<?xf32>) {
          %n = memory.load %x[] : memref<i32>
          %i = arith.index_cast %n : i32 to index
          %a = memory.alloc(%i) : memref<?xf32>
          loop.yield %a : memref<?xf32>
        } else {
          %n = memory.load %x[] : memref<i32>
          %i = arith.index_cast %n : i32 to index
          %a = memory.alloc(%i) : memref<?xf32>
          loop.yield %a : memref<?xf32>
        }
        return
      }`,
      /^runtime\.branch-sizes: 'loop\.if' op passes an array as result 0 whose size each branch computes for itself/,
    ],
    [
      `func.func @main(%v: memref<*xf32>) {
        return
      }`,
      /^runtime\.host-type: 'func\.func' op argument 0 is memref<\*xf32>: calls pass ranked arrays and numbers$/,
    ],
    [
      `func.func private @whole(%o: memref<4xf32>) attributes {rt.kernel = #rt.kernel<inputs = 0, outputs = 1>} {
        return
      }
      func.func @main(%a: memref<4xf32>) {
        rt.call_kernel @whole outs(%a : memref<4xf32>)
        return
      }`,
      /^runtime\.unknown-kernel: 'rt\.call_kernel' op calls @whole, which was not compiled/,
    ],
  ])('are refused with the op that they cannot do (%#)', (text, message) => {
    expect(hostProgram(parseProgram(text))).toEqual([expect.stringMatching(message)]);
  });
});

function trapOf(body: () => unknown): { readonly kind: string; readonly reason: string } {
  try {
    body();
  } catch (error) {
    expect(error).toBeInstanceOf(RuntimeTrap);
    const { kind, reason } = error as RuntimeTrap;
    return { kind, reason };
  }
  throw new Error('did not throw');
}
