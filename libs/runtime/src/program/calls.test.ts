// What callers pass and get: checks of arguments, typed arrays and resident ones, destinations, events.
import { describe, expect, it } from 'vitest';
import { ArrayMemory, type CallArgument, type DType, NdArray, RuntimeTrap } from '../index.js';
import { load, type TestProgram } from '../testing/programs.js';

/** y = x + x of a type. */
function doubling(element: string, shape = '?x2'): string {
  const dims = shape.split('x').filter(Boolean);
  const type = shape === '' ? `memref<${element}>` : `memref<${shape}x${element}>`;
  const sizes = dims.flatMap((d, i) => (d === '?' ? [i] : []));
  const add = /f/.test(element) ? 'arith.addf' : 'arith.addi';
  const loops = dims.map((_, i) => `loop.for %i${i} = 0 to %n${i} {`).join('\n');
  const at = dims.map((_, i) => `%i${i}`).join(', ');
  const symbols = [...sizes, ...sizes].map((_, i) => `s${i}`).join(', ');
  return `
func.func private @k(%in: ${type}, %out: ${type}, %begin: index, %end: index) -> index
    attributes {rt.kernel = #rt.kernel<inputs = 1, outputs = 1>, rt.chunks = affine_map<()[${symbols}] -> (1)>} {
  ${dims.map((_, i) => `%n${i} = memory.dim %in, ${i} : ${type}`).join('\n')}
  ${loops}
    %x = memory.load %in[${at}] : ${type}
    %y = ${add} %x, %x : ${element}
    memory.store %y, %out[${at}] : ${type}
  ${dims.map(() => '}').join('\n')}
  return %end : index
}
func.func @main(%a: ${type}) -> ${type} {
  ${sizes.map((i) => `%m${i} = memory.dim %a, ${i} : ${type}`).join('\n')}
  %r = memory.alloc(${sizes.map((i) => `%m${i}`).join(', ')}) : ${type}
  rt.call_kernel @k ins(%a : ${type}) outs(%r : ${type})
  return %r : ${type}
}`;
}

/** An array in the memory of a program. */
function resident({ memory }: TestProgram, data: Float32Array, shape: readonly number[]): NdArray {
  const block = memory.allocate(data.byteLength);
  memory.write(block.address, 'f32', data);
  return NdArray.resident(memory, block, 'f32', shape);
}

describe('arguments', () => {
  it.each<[string, string, CallArgument]>([
    ['f32', '?x2', Float32Array.of(1, 2, 3, 4)],
    ['f64', '?x2', Float64Array.of(1, 2)],
    ['i8', '?', Int8Array.of(1, -2)],
    ['i16', '?', Int16Array.of(1, -2)],
    ['i32', '?', Int32Array.of(1, -2)],
    ['i64', '?', BigInt64Array.of(1n, -2n)],
    ['f32', '4', Float32Array.of(1, 2, 3, 4)],
    ['f32', '', 1.5],
    ['f64', '', 0.1],
    ['i32', '', -3],
    ['i64', '', 5],
    ['i64', '', 5n],
  ])('of %s (%s) are taken and given back as the same kind of array', (element, shape, value) => {
    const { main } = load(doubling(element, shape));
    const [result] = main.call([value]);
    const given = ArrayBuffer.isView(value) ? (value as Float32Array) : [value];
    const doubled = Array.from(given as number[], (v) => (element === 'i64' ? BigInt(v) * 2n : v * 2));
    expect(Array.from(result!.data as ArrayLike<number | bigint>)).toEqual(doubled);
    if (ArrayBuffer.isView(value)) expect(result!.data.constructor).toBe(value.constructor);
    expect(result!.isResident).toBe(false);
  });

  it.each<[string, readonly CallArgument[]]>([
    ['main: arguments: expected 1, got 0; it takes (f32 [?, 2])', []],
    ['main: arguments: expected 1, got 2; it takes (f32 [?, 2])', [1, 2]],
    ['main: argument 0: expected f32 [?, 2], got Float64Array of 4; pass a Float32Array', [new Float64Array(4)]],
    ['main: argument 0: expected f32 [?, 2], got Float32Array of 3', [new Float32Array(3)]],
    ['main: argument 0: expected f32 [?, 2], got the number 1', [1]],
    ['main: argument 0: expected f32 [?, 2], got a plain array; pass a typed array', [[1, 2] as unknown as number]],
    ['main: argument 0: expected f32 [?, 2], got undefined', [undefined as unknown as number]],
    ['main: argument 0: expected f32 [?, 2], got null', [null as unknown as number]],
    ['main: argument 0: expected f32 [?, 2], got a DataView', [new DataView(new ArrayBuffer(8)) as unknown as number]],
    ['main: argument 0: expected f32 [?, 2], got f32 [4]', [NdArray.from(new Float32Array(4))]],
    ['main: argument 0: expected f32 [?, 2], got f32 [2, 3]', [NdArray.from(new Float32Array(6), [2, 3])]],
    ['main: argument 0: expected f32 [?, 2], got i32 [1, 2]', [NdArray.from(new Int32Array(2), [1, 2])]],
  ])('that do not fit are refused: %s', (message, args) => {
    const { main, heap } = load(doubling('f32'));
    const before = heap.statistics().blocks;
    expect(() => main.call(args)).toThrow(new RuntimeTrap('BadArgument', message));
    expect(heap.statistics().blocks).toBe(before);
  });

  it('of several open sizes need a shape', () => {
    const { main } = load(doubling('f32', '?x?'));
    expect(() => main.call([new Float32Array(4)])).toThrow(
      'main: argument 0: expected f32 [?, ?], got Float32Array of 4; its shape does not follow from its length: pass array(data, shape)',
    );
    expect(main.call([NdArray.from(new Float32Array(4), [2, 2])])[0]!.shape).toEqual([2, 2]);
    expect(main.call([NdArray.from(new Float32Array(0), [0, 7])])[0]!.shape).toEqual([0, 7]);
  });

  it('of rank 0 take numbers of their type only', () => {
    const { main } = load(doubling('i32', ''));
    expect(() => main.call([1.5])).toThrow('main: argument 0: expected i32 [], got the number 1.5');
    expect(() => main.call([1n])).toThrow('main: argument 0: expected i32 [], got the bigint 1');
  });
});

describe('calls on resident arrays', () => {
  it('read them in place and give resident results', () => {
    const program = load(doubling('f32'));
    const { blocks } = program.heap.statistics();
    const x = resident(program, Float32Array.of(1, 2), [1, 2]);
    const [y] = program.main.call([x]);
    expect(y!.isResident).toBe(true);
    expect([...y!.toTypedArray()]).toEqual([2, 4]);
    (x.data as Float32Array)[0] = 10;
    const [z] = program.main.call([x]);
    expect([...z!.toTypedArray()]).toEqual([20, 4]);
    expect(program.heap.statistics().blocks).toBe(blocks + 3);
    for (const array of [x, y!, z!]) array.dispose();
    expect(program.heap.statistics().blocks).toBe(blocks);
  });

  it('write to destinations without allocating', () => {
    const program = load(doubling('f32'));
    const x = resident(program, Float32Array.of(1, 2), [1, 2]);
    const out = resident(program, Float32Array.of(0, 0), [1, 2]);
    const { blocks } = program.heap.statistics();
    const allocated: number[] = [];
    const { heap } = program;
    const allocate = heap.allocate.bind(heap);
    heap.allocate = (bytes) => {
      allocated.push(bytes);
      return allocate(bytes);
    };
    expect(program.main.call([x], { out })).toEqual([out]);
    expect(program.main.call([x], { out: [out] })[0]).toBe(out);
    expect(allocated).toEqual([]);
    expect([...out.toTypedArray()]).toEqual([2, 4]);
    expect(heap.statistics().blocks).toBe(blocks);
  });

  it('may write to an argument', () => {
    const program = load(doubling('f32'));
    const x = resident(program, Float32Array.of(1, 2, 3, 4), [2, 2]);
    const { blocks } = program.heap.statistics();
    program.main.call([x], { out: x });
    expect([...x.toTypedArray()]).toEqual([2, 4, 6, 8]);
    expect(program.heap.statistics().blocks).toBe(blocks);
  });

  it('refuse destinations that do not fit', () => {
    const program = load(doubling('f32'));
    const { main } = program;
    const x = resident(program, Float32Array.of(1, 2), [1, 2]);
    const wide = resident(program, Float32Array.of(1, 2, 3, 4), [2, 2]);
    expect(() => main.call([x], { out: wide })).toThrow('main: out 0: expected f32 [1, 2], got f32 [2, 2]');
    expect(() => main.call([x], { out: [wide, wide] })).toThrow('main: out: expected at most 1 arrays, got 2');
    expect(() => main.call([x], { out: NdArray.from(new Float32Array(2), [1, 2]) })).toThrow(
      'main: out 0: expected f32 [1, 2], got f32 [1, 2] outside of the heap: make it with module.array(data, shape)',
    );
    wide.dispose();
    expect(() => main.call([wide])).toThrow(new RuntimeTrap('UseAfterFree', 'NdArray(f32 [2, 2]) was disposed of'));
  });

  it('are checked again when the sizes change, also after a call that failed', () => {
    const program = load(doubling('f32'));
    const { main } = program;
    const [x, y] = [Float32Array.of(1, 2), Float32Array.of(1, 2, 3, 4)].map((data) =>
      resident(program, data, [data.length / 2, 2]),
    );
    const [short, long] = [2, 4].map((n) => resident(program, new Float32Array(n), [n / 2, 2]));
    for (let i = 0; i < 2; i++) {
      main.call([x!], { out: short! });
      main.call([y!], { out: long! });
    }
    expect([...short!.data]).toEqual([2, 4]);
    expect([...long!.data]).toEqual([2, 4, 6, 8]);
    expect(() => main.call([x!], { out: long! })).toThrow('out 0: expected f32 [1, 2], got f32 [2, 2]');
    expect(() => main.call([x!], { out: long! })).toThrow('out 0: expected f32 [1, 2], got f32 [2, 2]');
    expect(() => main.call([y!], { out: short! })).toThrow('out 0: expected f32 [2, 2], got f32 [1, 2]');
    main.call([x!], { out: short! });
    // A typed array has no signature, and may have other sizes.
    main.call([Float32Array.of(5, 6, 7, 8)], { out: long! });
    expect(() => main.call([x!], { out: long! })).toThrow('out 0: expected f32 [1, 2], got f32 [2, 2]');
    x!.dispose();
    expect(() => main.call([x!], { out: short! })).toThrow(RuntimeTrap);
  });

  it('copy arrays of other heaps', () => {
    const program = load(doubling('f32'));
    const other = load(doubling('f32'));
    const x = resident(other, Float32Array.of(1, 2), [1, 2]);
    const [y] = program.main.call([x]);
    expect(y!.isResident).toBe(false);
    expect([...y!.toTypedArray()]).toEqual([2, 4]);
  });
});

describe('events', () => {
  it('tell of calls and of those that failed, to listeners until they leave', () => {
    const { main, events } = load(doubling('f32'));
    const seen: unknown[] = [];
    const leave = events.listen((event) => seen.push(event));
    main.call([Float32Array.of(1, 2)]);
    expect(() => main.call([])).toThrow();
    leave();
    main.call([Float32Array.of(1, 2)]);
    const milliseconds = expect.any(Number);
    expect(seen).toEqual([
      { kind: 'call', function: 'main', milliseconds, failed: false },
      { kind: 'call', function: 'main', milliseconds, failed: true },
    ]);
  });
});

it('has a signature', () => {
  expect(load(doubling('f32')).main.signature).toBe('main(f32 [?, 2]) -> f32 [?, 2]');
});

it('normalises booleans', () => {
  const memory = ArrayMemory.create({ maximumBytes: 1 << 20 });
  const block = memory.allocate(4);
  memory.write(block.address, 'i1', Uint8Array.of(0, 1, 2, 255));
  expect([...memory.read(block.address, 'i1' as DType, 4)]).toEqual([0, 1, 1, 1]);
});
