// Binaryen as the second opinion: it reads our bytes, validates them, and prints each instruction under the name we
// gave its number. Skipped by name where the package is not installed.
import { describe, expect, it } from 'vitest';
import type { LaneOpcode, MemoryLaneOpcode, MemoryOpcode, PlainOpcode } from './index.js';
import { ModuleBuilder, Op, opcodeName, ValueType } from './index.js';
import { ATOMIC_MEMORY } from './opcodes-atomic.js';
import { SCALAR_MEMORY, SCALAR_PLAIN } from './opcodes-scalar.js';
import { RELAXED_SIMD_PLAIN, SIMD_LANE, SIMD_MEMORY, SIMD_MEMORY_LANE, SIMD_PLAIN } from './opcodes-simd.js';
import type { Signature } from './testing/signatures.js';
import { laneSignature, memorySignature, plainSignature } from './testing/signatures.js';

interface BinaryenModule {
  setFeatures(features: number): void;
  validate(): number;
  emitText(): string;
  dispose(): void;
}
interface Binaryen {
  readBinary(bytes: Uint8Array): BinaryenModule;
  readBinaryWithFeatures?(bytes: Uint8Array, features: number): BinaryenModule;
  readonly Features: { readonly All: number };
}

async function load(): Promise<Binaryen | undefined> {
  const name = 'binaryen';
  try {
    return ((await import(/* @vite-ignore */ name)) as { default: Binaryen }).default;
  } catch {
    return undefined;
  }
}
const binaryen = await load();

/** Reads and validates; the text of the module. */
function textOf(bytes: Uint8Array): string {
  const library = binaryen as Binaryen;
  const module = library.readBinaryWithFeatures?.(bytes, library.Features.All) ?? library.readBinary(bytes);
  try {
    module.setFeatures(library.Features.All);
    expect(module.validate()).toBe(1);
    return module.emitText();
  } finally {
    module.dispose();
  }
}

describe.skipIf(!binaryen)(`binaryen${binaryen ? '' : ' (the package binaryen is not installed)'}`, () => {
  it('calls every opcode what we call it', () => {
    const module = new ModuleBuilder();
    module.memory({ min: 1, max: 1, shared: true });
    const expected = new Map<string, string>();
    const add = (opcode: number, signature: Signature, how: 'plain' | 'memory' | 'lane' | 'memoryLane') => {
      const name = opcodeName(opcode);
      const label = `test_${name}`;
      expected.set(label, name);
      const f = module.function({ name: label, params: signature.params, results: signature.results });
      for (let i = 0; i < signature.params.length; i++) f.get(f.param(i));
      if (how === 'plain') f.emit(opcode as PlainOpcode);
      else if (how === 'memory') f.memory(opcode as MemoryOpcode);
      else if (how === 'lane') f.lane(opcode as LaneOpcode, 1);
      else f.memoryLane(opcode as MemoryLaneOpcode, 1);
    };
    for (const opcode of Object.values({ ...SCALAR_PLAIN, ...SIMD_PLAIN, ...RELAXED_SIMD_PLAIN })) {
      add(opcode, plainSignature(opcodeName(opcode)), 'plain');
    }
    for (const opcode of Object.values({ ...SCALAR_MEMORY, ...SIMD_MEMORY, ...ATOMIC_MEMORY })) {
      add(opcode, memorySignature(opcodeName(opcode)), 'memory');
    }
    for (const opcode of Object.values(SIMD_LANE)) add(opcode, laneSignature(opcodeName(opcode)), 'lane');
    for (const opcode of Object.values(SIMD_MEMORY_LANE)) {
      add(opcode, memorySignature(opcodeName(opcode)), 'memoryLane');
    }
    const bodies = textOf(module.build()).split(/\n \(func \$/);
    const found = new Map(bodies.slice(1).map((body) => [body.split(/[\s)]/, 1)[0] ?? '', body]));
    const wrong: string[] = [];
    for (const [label, name] of expected) {
      if (!found.get(label)?.includes(`(${name}`)) wrong.push(`${name}: ${found.get(label)}`);
    }
    expect(wrong).toEqual([]);
    expect(found.size).toBe(expected.size);
  });

  it('reads names of functions, parameters and locals', () => {
    const module = new ModuleBuilder({ name: 'kernels' });
    const { i32 } = ValueType;
    const f = module.function({ name: 'twice', params: [i32], paramNames: ['x'], results: [i32], export: 'twice' });
    const sum = f.local(i32, 'sum');
    f.get(f.param(0));
    f.get(f.param(0));
    f.emit(Op.i32_add);
    f.tee(sum);
    const text = textOf(module.build());
    expect(text).toContain('(func $twice');
    expect(text).toContain('(param $x i32)');
    expect(text).toContain('(local $sum i32)');
  });
});
