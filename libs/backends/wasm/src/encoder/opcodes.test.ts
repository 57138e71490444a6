// Every opcode in a module of its own, validated by the engine with the types its name promises.

import { enableRelaxedSimd } from '@budflow/target/node';
import { beforeAll, describe, expect, it } from 'vitest';
import type { FunctionBuilder, LaneOpcode, MemoryLaneOpcode, MemoryOpcode, PlainOpcode } from './index.js';
import { isRelaxedSimd, laneCount, ModuleBuilder, naturalAlignmentLog2, Op, opcodeName, ValueType } from './index.js';
import { ATOMIC_MEMORY } from './opcodes-atomic.js';
import { SCALAR_MEMORY, SCALAR_PLAIN } from './opcodes-scalar.js';
import { RELAXED_SIMD_PLAIN, SIMD_LANE, SIMD_MEMORY, SIMD_MEMORY_LANE, SIMD_PLAIN } from './opcodes-simd.js';
import type { Signature } from './testing/signatures.js';
import { laneSignature, memorySignature, plainSignature } from './testing/signatures.js';

let hasRelaxed = false;
beforeAll(() => {
  hasRelaxed = enableRelaxedSimd();
});

/** A module whose one function applies one instruction to its parameters. */
function moduleOf(signature: Signature, instruction: (f: FunctionBuilder) => void): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.memory({ min: 1, max: 1, shared: true });
  const f = module.function({ params: signature.params, results: signature.results });
  for (let i = 0; i < signature.params.length; i++) f.get(f.param(i));
  instruction(f);
  return module.build();
}

const values = <T extends Record<string, number>>(group: T) => Object.values(group) as T[keyof T][];

describe('opcodes', () => {
  it('are all different, and so are their names', () => {
    const all = Object.values(Op) as number[];
    expect(new Set(all).size).toBe(all.length);
    expect(new Set(all.map(opcodeName)).size).toBe(all.length);
    // The counts of the specifications: 236 SIMD instructions of which 14 load or store vectors, 8 lanes, and 2 hold 16
    // bytes; 20 relaxed ones; 67 atomic ones with the fence.
    expect(Object.keys(SIMD_PLAIN).length + Object.keys(SIMD_LANE).length).toBe(212);
    expect(Object.keys(RELAXED_SIMD_PLAIN).length).toBe(20);
    expect(Object.keys(ATOMIC_MEMORY).length).toBe(66);
  });

  it.each([
    [Op.f32x4_relaxed_madd, 'f32x4.relaxed_madd'],
    [Op.i32_atomic_rmw8_cmpxchg_u, 'i32.atomic.rmw8.cmpxchg_u'],
    [Op.memory_atomic_wait32, 'memory.atomic.wait32'],
    [Op.atomic_fence, 'atomic.fence'],
    [Op.i64_trunc_sat_f64_u, 'i64.trunc_sat_f64_u'],
    [Op.v128_load32x2_u, 'v128.load32x2_u'],
    [Op.local_get, 'local.get'],
    [Op.br_if, 'br_if'],
    [Op.memory_copy, 'memory.copy'],
    [0xfd0fff, 'opcode 0xfd0fff'],
  ])('0x%x is called %s', (opcode, name) => {
    expect(opcodeName(opcode)).toBe(name);
  });

  it('without immediates have the types of their names', () => {
    for (const opcode of [...values(SCALAR_PLAIN), ...values(SIMD_PLAIN), ...values(RELAXED_SIMD_PLAIN)]) {
      if (isRelaxedSimd(opcode) && !hasRelaxed) continue;
      const bytes = moduleOf(plainSignature(opcodeName(opcode)), (f) => f.emit(opcode as PlainOpcode));
      expect(WebAssembly.validate(bytes), opcodeName(opcode)).toBe(true);
    }
  });

  it('of memory have the types of their names and the largest alignment that is allowed', () => {
    for (const opcode of [...values(SCALAR_MEMORY), ...values(SIMD_MEMORY), ...values(ATOMIC_MEMORY)]) {
      const name = opcodeName(opcode);
      const bytes = moduleOf(memorySignature(name), (f) => f.memory(opcode as MemoryOpcode));
      expect(WebAssembly.validate(bytes), name).toBe(true);
      // ... alignment, offset 0, end.
      const at = bytes.length - 3;
      expect(bytes[at], name).toBe(naturalAlignmentLog2(opcode));
      bytes[at] = (bytes[at] ?? 0) + 1;
      expect(WebAssembly.validate(bytes), `${name} with twice the alignment`).toBe(false);
    }
  });

  it('of lanes have the types of their names and exactly their number of lanes', () => {
    for (const opcode of values(SIMD_LANE)) {
      const name = opcodeName(opcode);
      const count = laneCount(opcode) ?? 0;
      const last = (f: FunctionBuilder) => f.lane(opcode as LaneOpcode, count - 1);
      const bytes = moduleOf(laneSignature(name), last);
      expect(WebAssembly.validate(bytes), name).toBe(true);
      bytes[bytes.length - 2] = count;
      expect(WebAssembly.validate(bytes), `${name} ${count}`).toBe(false);
      expect(() => moduleOf(laneSignature(name), (f) => f.lane(opcode as LaneOpcode, count))).toThrow(
        `${name}: lane ${count} is not in 0..${count - 1}`,
      );
    }
    for (const opcode of values(SIMD_MEMORY_LANE)) {
      const name = opcodeName(opcode);
      const count = laneCount(opcode) ?? 0;
      const bytes = moduleOf(memorySignature(name), (f) => f.memoryLane(opcode as MemoryLaneOpcode, count - 1));
      expect(WebAssembly.validate(bytes), name).toBe(true);
      const larger = bytes.slice();
      larger[bytes.length - 2] = count;
      expect(WebAssembly.validate(larger), `${name} ${count}`).toBe(false);
      bytes[bytes.length - 4] = (bytes[bytes.length - 4] ?? 0) + 1;
      expect(WebAssembly.validate(bytes), `${name} with twice the alignment`).toBe(false);
    }
  });

  it('know nothing of alignment and lanes where there are none', () => {
    expect(naturalAlignmentLog2(Op.i32_add)).toBeUndefined();
    expect(laneCount(Op.i32_load)).toBeUndefined();
    expect(ValueType.v128).toBe(0x7b);
  });
});
