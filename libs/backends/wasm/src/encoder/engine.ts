// Asks the engine what it can do, by having it validate tiny modules. Nothing is cached: an engine's flags can change
// at run time. Node 20 has relaxed SIMD behind a flag; switching it on needs a Node module and is therefore done by
// `enableRelaxedSimd` in `@budflow/target/node`.

import { EncoderError } from './errors.js';
import { ModuleBuilder } from './module-builder.js';
import { Op } from './opcodes.js';
import { ValueType } from './types.js';
import { webAssembly } from './webassembly.js';

/** Whether the engine has 128-bit SIMD. */
export function probeSimd(): boolean {
  const module = new ModuleBuilder();
  const f = module.function({ results: [ValueType.v128] });
  f.v128ConstI32x4(0, 0, 0, 0);
  return webAssembly().validate(module.build());
}

/** Whether the engine has relaxed SIMD (switched on). */
export function probeRelaxedSimd(): boolean {
  return webAssembly().validate(maddModule());
}

/** Whether the engine has atomics and shared memories. Creating one may still need cross-origin isolation. */
export function probeThreads(): boolean {
  const module = new ModuleBuilder();
  module.memory({ min: 1, max: 1, shared: true });
  const f = module.function({ results: [ValueType.i32] });
  f.i32Const(0);
  f.i32Const(1);
  f.memory(Op.i32_atomic_rmw_add);
  return typeof SharedArrayBuffer !== 'undefined' && webAssembly().validate(module.build());
}

/**
 * How often this engine on this machine rounds in `f32x4.relaxed_madd`: once (a fused multiply-add) or twice (a
 * multiplication and an addition). Both are allowed, and an engine keeps to one.
 * @throws EncoderError if the engine has no relaxed SIMD
 */
export function probeRelaxedMaddRounding(): 'once' | 'twice' {
  const bytes = maddModule();
  const wasm = webAssembly();
  if (!wasm.validate(bytes)) {
    throw new EncoderError('this engine has no relaxed SIMD; on Node 20 enableRelaxedSimd() switches it on');
  }
  const { madd } = new wasm.Instance(new wasm.Module(bytes)).exports;
  const a = 1 + 2 ** -12;
  // a * a = 1 + 2^-11 + 2^-24 lies half way between two binary32 numbers and rounds to 1 + 2^-11: only a fused
  // operation still has the last term after the subtraction.
  return (madd as (a: number, b: number, c: number) => number)(a, a, -(1 + 2 ** -11)) === 0 ? 'twice' : 'once';
}

/** madd(a, b, c) = lane 0 of splat(a) * splat(b) + splat(c). */
function maddModule(): Uint8Array<ArrayBuffer> {
  const { f32 } = ValueType;
  const module = new ModuleBuilder();
  const f = module.function({ params: [f32, f32, f32], results: [f32], export: 'madd' });
  for (let i = 0; i < 3; i++) {
    f.get(f.param(i));
    f.emit(Op.f32x4_splat);
  }
  f.emit(Op.f32x4_relaxed_madd);
  f.lane(Op.f32x4_extract_lane, 0);
  return module.build();
}
