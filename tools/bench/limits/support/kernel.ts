// What hand-written kernels share: a module with one function, loops over pointers, vector constants and multiply-adds.
// Sizes are baked into the code, as the limit is the best kernel for one program, not a general one.

import { type FunctionBuilder, type Local, ModuleBuilder, Op, ValueType } from '@budflow/backend-wasm';
import type { Sizes } from '../../src/programs/expression.js';

/** What the engine offers. */
export interface Features {
  /** `f32x4.relaxed_madd` is there and fuses. */
  readonly relaxedSimd: boolean;
}

/** A hand-written kernel for a program. Exports `run(inputs.., outputs.., scratch)`, all byte addresses. */
export interface LimitKernel {
  /** Null, or why it cannot run these sizes. */
  unsupported(sizes: Sizes): string | null;
  /** Bytes it needs beside inputs and outputs. */
  scratchBytes(sizes: Sizes): number;
  /** The module; it imports env.memory. */
  build(sizes: Sizes, features: Features): ModuleBuilder;
}

export const { i32, f32, v128 } = ValueType;

/** Limits of the imported memory: those of the heap. */
const MEMORY = { min: 1, max: 65535, shared: true };

/** Starts a module with a memory and `run` of that many addresses. */
export function kernelModule(parameters: readonly string[]): { module: ModuleBuilder; f: FunctionBuilder } {
  const module = new ModuleBuilder();
  module.importMemory('env', 'memory', MEMORY);
  const f = module.function({
    name: 'run',
    export: 'run',
    params: parameters.map(() => i32),
    paramNames: parameters,
  });
  return { module, f };
}

/** Writes single vector operations over locals; each method leaves its result in a new or given local. */
export class Vectors {
  readonly f: FunctionBuilder;
  readonly features: Features;
  readonly #constants = new Map<string, Local>();

  constructor(f: FunctionBuilder, features: Features) {
    this.f = f;
    this.features = features;
  }

  /** A splat in a local that is set here: call it outside of loops first, inside it is then free. */
  constant(value: number): Local {
    return this.#constantOf(`f${value}`, () => this.f.v128ConstF32x4(value, value, value, value));
  }

  constantI32(value: number): Local {
    return this.#constantOf(`i${value}`, () => this.f.v128ConstI32x4(value, value, value, value));
  }

  #constantOf(key: string, emit: () => void): Local {
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const local = this.f.newLocal(v128);
    emit();
    this.f.set(local);
    this.#constants.set(key, local);
    return local;
  }

  /** Sets a local to what `emit` leaves on the stack. */
  let(emit: () => void): Local {
    const local = this.f.newLocal(v128);
    emit();
    this.f.set(local);
    return local;
  }

  /** Pushes op(a, b). */
  op2(op: Parameters<FunctionBuilder['emit']>[0], a: Local, b: Local): void {
    this.f.get(a);
    this.f.get(b);
    this.f.emit(op);
  }

  /** Pushes a * b + c, fused where the engine fuses. */
  madd(a: Local, b: Local, c: Local): void {
    this.f.get(a);
    this.f.get(b);
    if (this.features.relaxedSimd) {
      this.f.get(c);
      this.f.emit(Op.f32x4_relaxed_madd);
    } else {
      this.f.emit(Op.f32x4_mul);
      this.f.get(c);
      this.f.emit(Op.f32x4_add);
    }
  }

  /** Pushes c - a * b. */
  nmadd(a: Local, b: Local, c: Local): void {
    if (this.features.relaxedSimd) {
      this.f.get(a);
      this.f.get(b);
      this.f.get(c);
      this.f.emit(Op.f32x4_relaxed_nmadd);
    } else {
      this.f.get(c);
      this.op2(Op.f32x4_mul, a, b);
      this.f.emit(Op.f32x4_sub);
    }
  }

  /** Pushes the sum of the lanes in halves, as f32. */
  horizontal(op: Parameters<FunctionBuilder['emit']>[0], x: Local): void {
    const half = this.let(() => {
      this.f.get(x);
      this.f.get(x);
      this.f.get(x);
      this.f.shuffle([8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7]);
      this.f.emit(op);
    });
    this.f.get(half);
    this.f.get(half);
    this.f.get(half);
    this.f.shuffle([4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11]);
    this.f.emit(op);
    this.f.lane(Op.f32x4_extract_lane, 0);
  }
}

/** pointer += bytes */
export function advance(f: FunctionBuilder, pointer: Local, bytes: number): void {
  f.get(pointer);
  f.i32Const(bytes);
  f.emit(Op.i32_add);
  f.set(pointer);
}

/** A new local holding base + bytes. */
export function offset(f: FunctionBuilder, base: Local, bytes: number): Local {
  const local = f.newLocal(i32);
  f.get(base);
  f.i32Const(bytes);
  f.emit(Op.i32_add);
  f.set(local);
  return local;
}

/**
 * Runs `body` `count` (>= 0, known here) times, advancing each pointer by its bytes after every round. The first pointer
 * is the loop counter.
 */
export function repeat(
  f: FunctionBuilder,
  count: number,
  pointers: readonly (readonly [Local, number])[],
  body: () => void,
): void {
  if (count === 0) return;
  const [counter, step] = pointers[0] as readonly [Local, number];
  const end = offset(f, counter, count * step);
  const again = f.loop();
  body();
  for (const [pointer, bytes] of pointers) advance(f, pointer, bytes);
  f.get(counter);
  f.get(end);
  f.emit(Op.i32_ne);
  f.brIf(again);
  f.end();
}

/** A new local with the value of another. */
export function copyOf(f: FunctionBuilder, source: Local): Local {
  return offset(f, source, 0);
}
