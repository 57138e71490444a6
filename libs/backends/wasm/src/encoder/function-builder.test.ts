import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BlockResult, FunctionBuilder, PlainOpcode } from './index.js';
import { EncoderError, ModuleBuilder, Op, ValueType } from './index.js';
import { instantiate } from './testing/instantiate.js';

const { i32, i64, f32, f64, v128 } = ValueType;

/** An instance's function made of one builder callback. */
function run<T extends (...args: never[]) => unknown>(
  params: readonly ValueType[],
  result: ValueType | undefined,
  body: (f: FunctionBuilder) => void,
): T {
  const module = new ModuleBuilder();
  module.memory({ min: 1 });
  const f = module.function({ params, results: result === undefined ? [] : [result], export: 'run' });
  body(f);
  return instantiate(module).run as T;
}

function binary(opcode: PlainOpcode, type: ValueType): (a: number, b: number) => number {
  return run([type, type], type, (f) => {
    f.get(f.param(0));
    f.get(f.param(1));
    f.emit(opcode);
  });
}

describe('arithmetic', () => {
  it.each<[string, PlainOpcode, (a: number, b: number) => number]>([
    ['i32.add', Op.i32_add, (a, b) => (a + b) | 0],
    ['i32.sub', Op.i32_sub, (a, b) => (a - b) | 0],
    ['i32.mul', Op.i32_mul, Math.imul],
    ['i32.and', Op.i32_and, (a, b) => a & b],
    ['i32.or', Op.i32_or, (a, b) => a | b],
    ['i32.xor', Op.i32_xor, (a, b) => a ^ b],
    ['i32.shl', Op.i32_shl, (a, b) => a << b],
    ['i32.shr_s', Op.i32_shr_s, (a, b) => a >> b],
    ['i32.shr_u', Op.i32_shr_u, (a, b) => (a >>> b) | 0],
    ['i32.lt_s', Op.i32_lt_s, (a, b) => Number(a < b)],
    ['i32.lt_u', Op.i32_lt_u, (a, b) => Number(a >>> 0 < b >>> 0)],
    ['i32.ge_u', Op.i32_ge_u, (a, b) => Number(a >>> 0 >= b >>> 0)],
  ])('%s is that of JavaScript', (_, opcode, expected) => {
    const f = binary(opcode, i32);
    fc.assert(fc.property(fc.integer(), fc.integer(), (a, b) => f(a, b) === expected(a, b)));
  });

  it.each<[string, PlainOpcode, (a: number, b: number) => number]>([
    ['f32.add', Op.f32_add, (a, b) => a + b],
    ['f32.sub', Op.f32_sub, (a, b) => a - b],
    ['f32.mul', Op.f32_mul, (a, b) => a * b],
    ['f32.div', Op.f32_div, (a, b) => a / b],
    ['f32.min', Op.f32_min, Math.min],
    ['f32.max', Op.f32_max, Math.max],
  ])('%s is that of JavaScript', (_, opcode, expected) => {
    const f = binary(opcode, f32);
    fc.assert(fc.property(fc.float(), fc.float(), (a, b) => Object.is(f(a, b), Math.fround(expected(a, b)))));
  });
});

describe('constants', () => {
  const returning = (type: ValueType, body: (f: FunctionBuilder) => void) => run<() => unknown>([], type, body)();

  it('of every type come back as they were', () => {
    for (const value of [0, -1, 63, 64, -64, -65, 2 ** 31 - 1, -(2 ** 31)]) {
      expect(returning(i32, (f) => f.i32Const(value))).toBe(value);
      expect(returning(i64, (f) => f.i64Const(value))).toBe(BigInt(value));
    }
    expect(returning(i32, (f) => f.i32Const(2 ** 32 - 1))).toBe(-1);
    for (const value of [2n ** 63n - 1n, -(2n ** 63n), 1n << 40n]) {
      expect(returning(i64, (f) => f.i64Const(value))).toBe(value);
    }
    expect(returning(i64, (f) => f.i64Const(2 ** 40))).toBe(2n ** 40n);
    for (const value of [0, -0, 1.5, Number.NaN, Number.NEGATIVE_INFINITY, 1e-45]) {
      expect(returning(f64, (f) => f.f64Const(value))).toBe(value);
      expect(returning(f32, (f) => f.f32Const(value))).toBe(Math.fround(value));
    }
  });

  it('keep the payload of a NaN when given by their bits', () => {
    const bits = run<() => number>([], i32, (f) => {
      f.f32ConstBits(0x7fa00001);
      f.emit(Op.i32_reinterpret_f32);
    });
    expect(bits()).toBe(0x7fa00001);
    const wide = run<() => bigint>([], i64, (f) => {
      f.f64ConstBits(0x7ff4000000000001n);
      f.emit(Op.i64_reinterpret_f64);
    });
    expect(wide()).toBe(0x7ff4000000000001n);
  });

  it('of vectors have their lanes in order', () => {
    const lane = (i: 0 | 1, body: (f: FunctionBuilder) => void) =>
      run<() => bigint>([], i64, (f) => {
        body(f);
        f.lane(Op.i64x2_extract_lane, i);
      })();
    const bytes = Array.from({ length: 16 }, (_, i) => i + 1);
    expect(lane(0, (f) => f.v128Const(bytes))).toBe(0x0807060504030201n);
    expect(lane(1, (f) => f.v128Const(bytes))).toBe(0x100f0e0d0c0b0a09n);
    expect(lane(1, (f) => f.v128ConstI32x4(0, 0, 7, 1))).toBe(0x0000000100000007n);
    expect(lane(0, (f) => f.v128ConstF32x4(1, 2, 0, 0))).toBe(0x400000003f800000n);
    expect(lane(1, (f) => f.v128ConstI64x2(5n, -2n))).toBe(-2n);
    expect(lane(1, (f) => f.v128ConstF64x2(0, 1))).toBe(0x3ff0000000000000n);
  });
});

describe('control flow', () => {
  it('loops: the sum of 0 .. n-1', () => {
    const sum = run<(n: number) => number>([i32], i32, (f) => {
      const n = f.param(0);
      const i = f.newLocal(i32);
      const total = f.newLocal(i32);
      const exit = f.block();
      const again = f.loop();
      f.get(i);
      f.get(n);
      f.emit(Op.i32_ge_s);
      f.brIf(exit);
      f.get(total);
      f.get(i);
      f.emit(Op.i32_add);
      f.set(total);
      f.get(i);
      f.i32Const(1);
      f.emit(Op.i32_add);
      f.set(i);
      f.br(again);
      f.end();
      f.end();
      f.get(total);
    });
    expect([0, 1, 10, 1000].map(sum)).toEqual([0, 0, 45, 499500]);
  });

  it('leaves a nest of blocks by label, whatever the depth', () => {
    // pick(i): the block left through label k is followed by returning 10 + k.
    const pick = run<(i: number) => number>([i32], i32, (f) => {
      const labels = Array.from({ length: 4 }, () => f.block());
      f.get(f.param(0));
      f.brTable(labels.slice(0, 3), labels[3] as never);
      for (let k = 3; k >= 0; k--) {
        f.end();
        f.i32Const(10 + k);
        f.return();
      }
      f.unreachable();
    });
    expect([0, 1, 2, 3, 99, -1].map(pick)).toEqual([10, 11, 12, 13, 13, 13]);
  });

  it('chooses between the arms of an if with a result', () => {
    const absolute = run<(x: number) => number>([f64], f64, (f) => {
      f.get(f.param(0));
      f.f64Const(0);
      f.emit(Op.f64_lt);
      f.if(f64);
      f.get(f.param(0));
      f.emit(Op.f64_neg);
      f.else();
      f.get(f.param(0));
      f.end();
    });
    expect([-2.5, 0, 3].map(absolute)).toEqual([2.5, 0, 3]);
  });

  it('selects and drops', () => {
    const larger = run<(a: number, b: number) => number>([i32, i32], i32, (f) => {
      for (const local of [0, 1, 0, 1]) f.get(f.param(local));
      f.emit(Op.i32_gt_s);
      f.select();
      f.i32Const(5);
      f.drop();
    });
    expect(larger(3, 9)).toBe(9);
    expect(larger(4, -9)).toBe(4);
  });

  it('rejects branches to closed labels, and blocks that do not balance', () => {
    const f = new ModuleBuilder().function({ name: 'odd' });
    const label = f.block();
    f.end();
    expect(() => f.br(label)).toThrow(/function odd: branch to label 1, which is not open/);
    expect(() => f.end()).toThrow(/end without an open block/);
    expect(() => f.else()).toThrow(EncoderError);
    const module = new ModuleBuilder();
    module.function({ name: 'open' }).block();
    expect(() => module.build()).toThrow(/function open: 1 blocks are still open/);
  });
});

describe('memory', () => {
  it('loads and stores at an offset', () => {
    const f = run<(address: number, value: number) => number>([i32, i32], i32, (b) => {
      b.get(b.param(0));
      b.get(b.param(1));
      b.memory(Op.i32_store16, 1000, 1);
      b.get(b.param(0));
      b.memory(Op.i32_load16_s, 1000);
    });
    expect(f(17, 0x18000)).toBe(-0x8000);
    expect(() => f(65536 - 1001, 0)).toThrow(WebAssembly.RuntimeError);
    expect(() => f(-1, 0)).toThrow(WebAssembly.RuntimeError);
  });

  it('copies and fills', () => {
    const f = run<() => bigint>([], i64, (b) => {
      for (const value of [64, 7, 5]) b.i32Const(value);
      b.memoryFill();
      for (const value of [66, 64, 5]) b.i32Const(value);
      b.memoryCopy();
      b.i32Const(64);
      b.memory(Op.i64_load);
    });
    expect(f()).toBe(0x0007070707070707n);
  });

  it('tells its size and grows', () => {
    const f = run<() => number>([], i32, (b) => {
      b.i32Const(2);
      b.memoryGrow();
      b.memorySize();
      b.i32Const(10);
      b.emit(Op.i32_mul);
      b.emit(Op.i32_add);
    });
    expect(f()).toBe(31);
  });

  it('rejects alignments and offsets that have no encoding', () => {
    const f = new ModuleBuilder().function({ name: 'f' });
    expect(() => f.memory(Op.i32_load, 0, 8)).toThrow(/i32.load: alignment 8 is not a power of two up to.* 4/);
    expect(() => f.memory(Op.i32_load, 0, 3)).toThrow(EncoderError);
    expect(() => f.memory(Op.i32_load, -1)).toThrow(/offset -1/);
    expect(() => f.memory(Op.i32_load, 2 ** 32)).toThrow(/add it to the address/);
    expect(() => f.memory(Op.i32_add as never)).toThrow(/i32.add does not access memory/);
  });
});

describe('SIMD', () => {
  it('shuffles bytes of two vectors', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(31), { minLength: 16, maxLength: 16 }), fc.nat(15), (lanes, lane) => {
        const f = run<() => number>([], i32, (b) => {
          b.v128Const(Array.from({ length: 16 }, (_, i) => 100 + i));
          b.v128Const(Array.from({ length: 16 }, (_, i) => 116 + i));
          b.shuffle(lanes);
          b.lane(Op.i8x16_extract_lane_u, lane);
        });
        expect(f()).toBe(100 + (lanes[lane] ?? 0));
      }),
      { numRuns: 20 },
    );
  });

  it('computes in lanes: y[i] = x[i] * a + y[i] over four floats', () => {
    const module = new ModuleBuilder();
    module.memory({ min: 1 }, { export: 'memory' });
    const f = module.function({ params: [i32, i32, f32], export: 'axpy' });
    const [x, y, a] = [f.param(0), f.param(1), f.param(2)];
    f.get(y);
    f.get(x);
    f.memory(Op.v128_load, 0, 4);
    f.get(a);
    f.emit(Op.f32x4_splat);
    f.emit(Op.f32x4_mul);
    f.get(y);
    f.memory(Op.v128_load);
    f.emit(Op.f32x4_add);
    f.memory(Op.v128_store);
    const { memory, axpy } = instantiate(module) as unknown as {
      memory: WebAssembly.Memory;
      axpy: (x: number, y: number, a: number) => void;
    };
    const floats = new Float32Array(memory.buffer);
    floats.set([1, 2, 3, 4], 4);
    floats.set([10, 20, 30, 40], 8);
    axpy(16, 32, 2);
    expect([...floats.subarray(8, 12)]).toEqual([12, 24, 36, 48]);
  });

  it('loads and stores single lanes', () => {
    const f = run<(value: number) => number>([i32], i32, (b) => {
      b.i32Const(16);
      b.get(b.param(0));
      b.memory(Op.i32_store);
      b.i32Const(0);
      b.i32Const(0);
      b.v128ConstI32x4(1, 2, 3, 4);
      b.memoryLane(Op.v128_load16_lane, 5, 18);
      b.memoryLane(Op.v128_store32_lane, 2, 32);
      b.i32Const(32);
      b.memory(Op.i32_load);
    });
    // Lane 5 of 16 bits is the upper half of lane 2 of 32 bits.
    expect(f(0x12345678)).toBe(0x12340003);
  });

  it('rejects lanes that do not exist', () => {
    const f = new ModuleBuilder().function();
    expect(() => f.shuffle([0, 1])).toThrow(/16 lanes, not 2/);
    expect(() => f.shuffle(new Array(16).fill(32))).toThrow(/lane 32 is not in 0..31/);
    expect(() => f.v128Const([1])).toThrow(/16 bytes, not 1/);
  });
});

describe('locals', () => {
  it('are reused by type once released, the last one first', () => {
    const f = new ModuleBuilder().function({ params: [i32], name: 'f' });
    const a = f.local(v128);
    const b = f.local(i32);
    const c = f.local(v128);
    f.release(a);
    f.release(c);
    expect(f.local(i32)).toBe(b + 2);
    expect(f.local(v128)).toBe(c);
    expect(f.local(v128)).toBe(a);
    expect(f.local(v128)).toBe(b + 3);
    expect(f.typeOf(c)).toBe(v128);
    f.release(a);
    expect(() => f.release(a)).toThrow(/function f: local 1 is released twice/);
    expect(f.newLocal(v128)).not.toBe(a);
  });

  it('share an entry with neighbours of their type, and have the type and zero they should', () => {
    const types: ValueType[] = [i32, i64, f32, f64, v128];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...types), { maxLength: 20 }), (wanted) => {
        const module = new ModuleBuilder();
        const f = module.function({ params: [f64], export: 'f' });
        // Setting each from a zero of its type validates only if it has that type.
        for (const type of wanted) {
          f.get(f.newLocal(type));
          f.set(f.newLocal(type));
        }
        const bytes = module.build();
        expect(WebAssembly.validate(bytes)).toBe(true);
        // The end of the module, backwards: end, four bytes for each get and set, the entries, their number, the size.
        const runs = wanted.filter((type, i) => type !== wanted[i - 1]).length;
        const header = bytes.length - 1 - 4 * wanted.length - 2 * runs - 1;
        expect(bytes[header]).toBe(runs);
        expect(bytes[header - 1]).toBe(bytes.length - header);
      }),
    );
  });

  it('do not exist past their number', () => {
    const f = new ModuleBuilder().function({ params: [i32] });
    expect(() => f.param(1)).toThrow(/has 1 parameters, there is no parameter 1/);
    expect(() => f.release(7 as never)).toThrow(/has no local 7/);
    expect(() => f.typeOf(7 as never)).toThrow(EncoderError);
  });

  it('can be told apart by block results', () => {
    const results: BlockResult[] = [i32, i64, f32, f64, v128];
    for (const type of results) {
      const module = new ModuleBuilder();
      const f = module.function();
      f.block(type);
      f.get(f.newLocal(type as ValueType));
      f.end();
      f.drop();
      expect(WebAssembly.validate(module.build())).toBe(true);
    }
  });
});
