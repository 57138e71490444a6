// Single numbers in memory, as host programs have them: what the interpreter computes with.
import { RuntimeTrap } from '@budflow/interpreter';
import { InternalError } from '@budflow/ir';
import { bf16Bits, bf16FromBits, f16Bits, f16FromBits } from '@budflow/numerics';
import type { HostNumber } from '../host/expression.js';

/** The element of a type at a byte address. */
export function loadScalar(memory: ArrayBufferLike, dtype: string, address: number): HostNumber {
  const view = new DataView(memory);
  switch (dtype) {
    case 'i1':
      return view.getUint8(address);
    case 'i8':
      return view.getInt8(address);
    case 'i16':
      return view.getInt16(address, true);
    case 'i32':
      return view.getInt32(address, true);
    case 'i64':
      return view.getBigInt64(address, true);
    case 'index':
      return Number(view.getBigInt64(address, true));
    case 'f16':
      return f16FromBits(view.getUint16(address, true));
    case 'bf16':
      return bf16FromBits(view.getUint16(address, true));
    case 'f32':
      return view.getFloat32(address, true);
    case 'f64':
      return view.getFloat64(address, true);
    default:
      throw new InternalError(`no number of type ${dtype} can be read`);
  }
}

export function storeScalar(memory: ArrayBufferLike, dtype: string, address: number, value: HostNumber): void {
  const view = new DataView(memory);
  switch (dtype) {
    case 'i1':
    case 'i8':
      view.setInt8(address, Number(value));
      return;
    case 'i16':
      view.setInt16(address, Number(value), true);
      return;
    case 'i32':
      view.setInt32(address, Number(value), true);
      return;
    case 'i64':
      view.setBigInt64(address, BigInt(value), true);
      return;
    case 'index':
      if (!Number.isSafeInteger(value))
        throw new RuntimeTrap('IndexRange', `index ${value} is beyond 2^53, which host programs cannot hold`);
      view.setBigInt64(address, BigInt(value), true);
      return;
    case 'f16':
      view.setUint16(address, f16Bits(value as number), true);
      return;
    case 'bf16':
      view.setUint16(address, bf16Bits(value as number), true);
      return;
    case 'f32':
      view.setFloat32(address, value as number, true);
      return;
    case 'f64':
      view.setFloat64(address, value as number, true);
      return;
    default:
      throw new InternalError(`no number of type ${dtype} can be written`);
  }
}
