// Custom calls from the text to the compiled program: functions of the caller between kernels.

import { NdArray as Arrays, DTYPES, type DType } from '@budflow/runtime';
import { type CompileOptions, type CustomCalls, compile, Heap, type NdArray, RuntimeTrap } from 'budflow';
import { describe, expect, test } from 'vitest';

const LEVELS = [0, 1, 2, 3] as const;
const HOSTS = ['generated', 'interpreted'] as const;

/** Reverses the elements. */
const reverse = ([x]: readonly NdArray[], [y]: readonly NdArray[]) => {
  const parts = x!.dtype.startsWith('complex') ? 2 : 1;
  for (let i = 0; i < x!.data.length; i++) {
    const from = parts * (x!.size - 1 - Math.floor(i / parts)) + (i % parts);
    y!.data[i] = x!.data[from]!;
  }
};

const PROGRAM = `func.func @main(%x: tensor<?xf32>) -> tensor<?xf32> {
  %0 = array.exp %x : tensor<?xf32>
  %n = array.dim %x, 0 : tensor<?xf32>
  %1 = array.custom_call "reverse"(%0) sizes(%n) {backend_config = {mode = "fast", n = 3 : i64}} : (tensor<?xf32>) -> tensor<?xf32>
  %2 = array.add %1, %0 : tensor<?xf32>
  return %2 : tensor<?xf32>
}`;

function forAll(check: (options: CompileOptions) => void): void {
  for (const level of LEVELS) for (const host of HOSTS) check({ level, host, verifyEach: true });
}

describe('custom calls', () => {
  test('run between kernels at every level, on resident arrays', () => {
    forAll((options) => {
      const seen: unknown[] = [];
      const customCalls: CustomCalls = {
        reverse: (inputs, outputs, call) => {
          seen.push([inputs[0]!.shape, outputs[0]!.isResident, [...outputs[0]!.data], call]);
          reverse(inputs, outputs);
        },
      };
      const module = compile(PROGRAM, { ...options, customCalls });
      const x = Float32Array.of(0, 1, 2);
      const e = x.map(Math.exp);
      const [result] = module.call('main', [x]);
      expect([...result!.data].map((v, i) => Math.abs(Number(v) - (e[i]! + e[2 - i]!)) < 1e-5)).toEqual([
        true,
        true,
        true,
      ]);
      const call = { target: 'reverse', attributes: { backend_config: { mode: 'fast', n: 3 } } };
      expect(seen).toEqual([[[3], true, [0, 0, 0], call]]);
      expect(module.call('main', [new Float32Array(0)])[0]!.shape).toEqual([0]);
    });
  });

  test.each(DTYPES)('pass elements of type %s', (dtype: DType) => {
    const type = `tensor<3x${dtype}>`;
    const text = `func.func @main(%x: ${type}) -> ${type} {
  %0 = array.custom_call "reverse"(%x) : (${type}) -> ${type}
  return %0 : ${type}
}`;
    forAll((options) => {
      let given = '';
      const customCalls: CustomCalls = {
        reverse: (inputs, outputs) => {
          given = `${inputs[0]!.dtype} ${outputs[0]!.dtype}`;
          reverse(inputs, outputs);
        },
      };
      const big = dtype.endsWith('i64') || dtype === 'index';
      const plain = { i1: [1, 0, 0], i8: [-1, 2, 3], ui8: [255, 2, 3] }[dtype as 'i1'] ?? [1, 2, 3];
      const bits = dtype.startsWith('complex') ? [1, 2, 3, 4, 5, 6] : plain;
      const memory = {
        i1: Uint8Array,
        i8: Int8Array,
        i16: Int16Array,
        i32: Int32Array,
        i64: BigInt64Array,
        ui8: Uint8Array,
        ui16: Uint16Array,
        ui32: Uint32Array,
        ui64: BigUint64Array,
        index: BigInt64Array,
        f16: Uint16Array,
        bf16: Uint16Array,
        f32: Float32Array,
        f64: Float64Array,
        'complex<f32>': Float32Array,
        'complex<f64>': Float64Array,
      }[dtype];
      const data = big
        ? (memory as BigInt64ArrayConstructor).from(bits.map(BigInt))
        : (memory as Float64ArrayConstructor).from(bits);
      const expected = Arrays.from(data.slice(), [3], dtype);
      reverse([Arrays.from(data, [3], dtype)], [expected]);
      const [result] = compile(text, { ...options, customCalls }).call('main', [Arrays.from(data, [3], dtype)]);
      expect(result!.dtype).toBe(dtype);
      expect([...result!.data]).toEqual([...expected.data]);
      expect(given).toBe(`${dtype} ${dtype}`);
    });
  });

  test('in loops and branches, with values carried through them', () => {
    const text = `func.func @main(%x: tensor<4xf32>, %k: index) -> tensor<4xf32> {
  %one = array.full 1.0 : f32, tensor<4xf32>
  %c = arith.constant 1 : index
  %r = loop.for %i = 0 to %k iter_args(%a = %x) -> (tensor<4xf32>) {
    %0 = array.custom_call "reverse"(%a) : (tensor<4xf32>) -> tensor<4xf32>
    %odd = arith.cmpi sge, %i, %c : index
    %1 = loop.if %odd -> (tensor<4xf32>) {
      %2 = array.add %0, %one : tensor<4xf32>
      loop.yield %2 : tensor<4xf32>
    } else {
      loop.yield %0 : tensor<4xf32>
    }
    loop.yield %1 : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}`;
    forAll((options) => {
      const module = compile(text, { ...options, customCalls: { reverse } });
      const x = Float32Array.of(1, 2, 3, 4);
      expect([0, 1, 2, 3].map((k) => [...module.call('main', [x, k])[0]!.data])).toEqual([
        [1, 2, 3, 4],
        [4, 3, 2, 1],
        [2, 3, 4, 5],
        [6, 5, 4, 3],
      ]);
      expect([...x]).toEqual([1, 2, 3, 4]);
    });
  });

  test('tuples are passed element by element; a call without results keeps its place', () => {
    const text = `func.func @main(%t: tuple<tensor<2xf32>, tensor<i32>>) -> tuple<tensor<i32>, tensor<2xf32>> {
  array.custom_call "log"(%t) {has_side_effect} : (tuple<tensor<2xf32>, tensor<i32>>) -> ()
  %0 = array.custom_call "swap"(%t) : (tuple<tensor<2xf32>, tensor<i32>>) -> tuple<tensor<i32>, tensor<2xf32>>
  %1 = array.custom_call "never"(%t) : (tuple<tensor<2xf32>, tensor<i32>>) -> tensor<i32>
  array.custom_call "done"() {has_side_effect} : () -> ()
  return %0 : tuple<tensor<i32>, tensor<2xf32>>
}`;
    for (const level of [1, 3] as const) {
      const log: unknown[] = [];
      const customCalls: CustomCalls = {
        log: (inputs) => void log.push(inputs.map((x) => [...x.data])),
        done: () => void log.push('done'),
        swap: ([a, b]) => [b, a],
      };
      const results = compile(text, { level, verifyEach: true, customCalls }).call('main', [Float32Array.of(1, 2), 3]);
      expect(results.map((r) => [...r.data])).toEqual([[3], [1, 2]]);
      expect(log).toEqual([[[1, 2], [3]], 'done']);
    }
  });

  test('are never part of a kernel', () => {
    const { report } = compile(PROGRAM, { customCalls: { reverse } });
    expect(report.kernels).toBe(2);
  });

  test('an implementation may call programs and make the memory grow', () => {
    const heap = Heap.create({ initialBytes: 1 << 16 });
    const inner = compile(
      'func.func @main(%x: tensor<?xf32>) -> tensor<?xf32> {\n  %0 = array.neg %x : tensor<?xf32>\n  return %0 : tensor<?xf32>\n}',
      { heap },
    );
    for (const host of HOSTS) {
      const kept: NdArray[] = [];
      const outer = compile(PROGRAM.replace('array.exp', 'array.abs'), {
        heap,
        host,
        customCalls: {
          reverse: ([x], [y]) => {
            inner.array(new Float32Array(1 << 18));
            inner.call('main', [x!], { out: [y!] });
            kept.push(x!, y!);
          },
        },
      });
      expect([...outer.call('main', [Float32Array.of(1, 2)])[0]!.data]).toEqual([0, 0]);
      // budflow: what is kept is of no use.
      for (const array of kept) expect(() => array.data).toThrow(/disposed of/);
    }
  });

  test('a program cannot call itself', () => {
    for (const host of HOSTS) {
      const module = compile(PROGRAM, { host, customCalls: { reverse: ([x]) => module.call('main', [x!]) } });
      expect(() => module.call('main', [Float32Array.of(1)])).toThrow(
        /the custom call "reverse" failed: main: call: comes from a custom call that it runs itself/,
      );
    }
  });
});

describe('custom calls that go wrong', () => {
  const trapOf = (run: () => unknown): RuntimeTrap => {
    try {
      run();
    } catch (error) {
      if (error instanceof RuntimeTrap) return error;
      throw error;
    }
    return expect.fail('no trap');
  };

  test('a target that nothing is registered for is an error of compilation', () => {
    // runtime.custom-call-missing
    expect(() => compile(PROGRAM, { customCalls: { other: reverse } })).toThrow(
      /program\.mlir:4:\d+: error: 'rt\.call_host' op calls "reverse", for which nothing is registered; pass it as option: \{ customCalls: \{ "reverse": \(inputs, outputs\) => \{ \.\.\. \} \} \}/,
    );
    expect(() => compile(PROGRAM.replace('"reverse"', '"toString"'))).toThrow(/calls "toString", for which/);
  });

  test('an exception traps with the place of the op, and frees what the call allocated', () => {
    forAll((options) => {
      const heap = Heap.create();
      const cause = new TypeError('no luck');
      const module = compile(PROGRAM, {
        ...options,
        heap,
        file: 'f.mlir',
        customCalls: {
          reverse: () => {
            throw cause;
          },
        },
      });
      const before = heap.statistics().liveBytes;
      const trap = trapOf(() => module.call('main', [Float32Array.of(1, 2)]));
      expect(trap).toMatchObject({ kind: 'CustomCallFailed', cause });
      expect(trap.message).toMatch(/^f\.mlir:4:\d+: main: the custom call "reverse" failed: no luck$/);
      expect(trap.location).toMatchObject({ file: 'f.mlir', line: 4 });
      expect(heap.statistics().liveBytes).toBe(before);
    });
  });

  test('a result of the wrong shape traps with the place of the op', () => {
    forAll((options) => {
      const reverse = () => [new Float32Array(5)];
      const module = compile(PROGRAM, { ...options, customCalls: { reverse } });
      const trap = trapOf(() => module.call('main', [Float32Array.of(1, 2)]));
      expect(trap.kind).toBe('ShapeMismatch');
      expect(trap.message).toMatch(
        /mlir:4:\d+: main: result 0 of the custom call "reverse" is f32 \[2\], got 5 values/,
      );
    });
  });
});
