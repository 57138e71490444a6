// Operand and result types of an instruction, read off its name. Independent of the opcode tables, so that validating
// a module with every opcode shows numbers that are wrong.

import { ValueType } from '../index.js';

const { i32, i64, f32, f64, v128 } = ValueType;
const SCALARS: Record<string, ValueType> = { i32, i64, f32, f64 };

/** What an instruction pops and pushes. */
export interface Signature {
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
}

const signature = (params: ValueType[], ...results: ValueType[]): Signature => ({ params, results });

/** Types of an instruction without immediates, by its text-format name. */
export function plainSignature(name: string): Signature {
  if (name === 'drop') return signature([i32]);
  if (name === 'select') return signature([f64, f64, i32], f64);
  if (!name.includes('.')) return signature([]);
  const [prefix, rest] = name.split('.') as [string, string];
  const scalar = SCALARS[prefix];
  return scalar === undefined ? vectorSignature(prefix, rest) : scalarSignature(scalar, rest);
}

function scalarSignature(type: ValueType, rest: string): Signature {
  if (rest === 'eqz') return signature([type], i32);
  if (/^(eq|ne|[lg][te](_[su])?)$/.test(rest)) return signature([type, type], i32);
  const source = /_([if](?:32|64))(?:_[su])?$/.exec(rest)?.[1];
  if (source) return signature([SCALARS[source] as ValueType], type);
  if (/^(clz|ctz|popcnt|abs|neg|ceil|floor|trunc|nearest|sqrt|extend\d+_s)$/.test(rest)) return signature([type], type);
  return signature([type, type], type);
}

function vectorSignature(shape: string, rest: string): Signature {
  if (rest === 'splat') return signature([laneType(shape)], v128);
  if (/^(all_true|any_true|bitmask)$/.test(rest)) return signature([v128], i32);
  if (/^sh[lr]/.test(rest)) return signature([v128, i32], v128);
  if (/bitselect|laneselect|madd|_add_s$/.test(rest)) return signature([v128, v128, v128], v128);
  if (
    /^(abs|neg|not|popcnt|ceil|floor|trunc|nearest|sqrt)$|^extend_|^extadd_|^demote|^promote|^convert|trunc_(sat_)?f/.test(
      rest,
    )
  ) {
    return signature([v128], v128);
  }
  return signature([v128, v128], v128);
}

/** Types of a load, store or atomic access (the address is the first operand). */
export function memorySignature(name: string): Signature {
  if (name === 'memory.atomic.notify') return signature([i32, i32], i32);
  if (name === 'memory.atomic.wait32') return signature([i32, i32, i64], i32);
  if (name === 'memory.atomic.wait64') return signature([i32, i64, i64], i32);
  const type = SCALARS[name.slice(0, 3)] ?? v128;
  if (name.endsWith('_lane')) return name.includes('load') ? signature([i32, v128], v128) : signature([i32, v128]);
  if (name.includes('cmpxchg')) return signature([i32, type, type], type);
  if (name.includes('rmw')) return signature([i32, type], type);
  return name.includes('load') ? signature([i32], type) : signature([i32, type]);
}

/** Types of extract_lane and replace_lane. */
export function laneSignature(name: string): Signature {
  const lane = laneType(name.split('.')[0] as string);
  return name.includes('extract') ? signature([v128], lane) : signature([v128, lane], v128);
}

function laneType(shape: string): ValueType {
  return shape.startsWith('i8') || shape.startsWith('i16') ? i32 : (SCALARS[shape.slice(0, 3)] as ValueType);
}
