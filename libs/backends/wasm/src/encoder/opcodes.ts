// All opcodes under one name, their groups as types, and what can be known of an opcode from its number alone.

import { ATOMIC_MEMORY, ATOMIC_STRUCTURED } from './opcodes-atomic.js';
import { SCALAR_MEMORY, SCALAR_PLAIN, STRUCTURED } from './opcodes-scalar.js';
import {
  RELAXED_SIMD_PLAIN,
  SIMD_LANE,
  SIMD_MEMORY,
  SIMD_MEMORY_LANE,
  SIMD_PLAIN,
  SIMD_STRUCTURED,
} from './opcodes-simd.js';

/** Every opcode by its text-format name with `.` replaced by `_`: `Op.f32x4_relaxed_madd`. */
export const Op = {
  ...SCALAR_PLAIN,
  ...SCALAR_MEMORY,
  ...STRUCTURED,
  ...SIMD_PLAIN,
  ...RELAXED_SIMD_PLAIN,
  ...SIMD_MEMORY,
  ...SIMD_LANE,
  ...SIMD_MEMORY_LANE,
  ...SIMD_STRUCTURED,
  ...ATOMIC_MEMORY,
  ...ATOMIC_STRUCTURED,
} as const;

type ValueOf<T> = T[keyof T];

/** Instructions without immediates: `FunctionBuilder.emit`. */
export type PlainOpcode =
  | ValueOf<typeof SCALAR_PLAIN>
  | ValueOf<typeof SIMD_PLAIN>
  | ValueOf<typeof RELAXED_SIMD_PLAIN>;
/** Loads, stores and atomic accesses: `FunctionBuilder.memory`. */
export type MemoryOpcode = ValueOf<typeof SCALAR_MEMORY> | ValueOf<typeof SIMD_MEMORY> | ValueOf<typeof ATOMIC_MEMORY>;
/** Lane extraction and replacement: `FunctionBuilder.lane`. */
export type LaneOpcode = ValueOf<typeof SIMD_LANE>;
/** Loads and stores of one lane: `FunctionBuilder.memoryLane`. */
export type MemoryLaneOpcode = ValueOf<typeof SIMD_MEMORY_LANE>;
/** Any opcode. */
export type Opcode = ValueOf<typeof Op>;

const names = new Map<number, string>();

/** The text-format name of an opcode (`f32x4.relaxed_madd`), for messages and tests. */
export function opcodeName(opcode: number): string {
  if (names.size === 0) {
    for (const [key, value] of Object.entries(Op)) names.set(value, textName(key));
  }
  return names.get(opcode) ?? `opcode 0x${opcode.toString(16)}`;
}

const DOTTED_PREFIX = /^((?:i32|i64|f32|f64|v128|i8x16|i16x8|i32x4|i64x2|f32x4|f64x2|local|global|memory|atomic)_)/;

function textName(key: string): string {
  return key
    .replace(DOTTED_PREFIX, (prefix) => `${prefix.slice(0, -1)}.`)
    .replace('.atomic_', '.atomic.')
    .replace(/\.(rmw\d*)_/, '.$1.');
}

// log2 of the bytes accessed, by opcode. Filled from the names: `load8`, `store16_lane`, `rmw32`, `load32x2` (64 bits).
const naturalAlignments = new Map<number, number>();
for (const group of [SCALAR_MEMORY, SIMD_MEMORY, SIMD_MEMORY_LANE, ATOMIC_MEMORY]) {
  for (const [key, value] of Object.entries(group)) naturalAlignments.set(value, log2OfAccess(key));
}

function log2OfAccess(key: string): number {
  if (/load(8x8|16x4|32x2)/.test(key)) return 3;
  if (key === 'memory_atomic_wait64') return 3;
  const narrow = /(?:load|store|rmw)(8|16|32|64)/.exec(key);
  if (narrow) return Math.log2(Number(narrow[1]) / 8);
  return key.startsWith('v128') ? 4 : /^[if]64/.test(key) ? 3 : 2;
}

/** log2 of the bytes a load, store or atomic access touches; `undefined` for any other instruction. */
export function naturalAlignmentLog2(opcode: number): number | undefined {
  return naturalAlignments.get(opcode);
}

const laneCounts = new Map<number, number>();
for (const [key, value] of Object.entries(SIMD_LANE)) {
  laneCounts.set(value, Number(/x(\d+)_/.exec(key)?.[1]));
}
for (const [key, value] of Object.entries(SIMD_MEMORY_LANE)) {
  laneCounts.set(value, 128 / Number(/(\d+)_lane/.exec(key)?.[1]));
}

/** Number of lanes a lane instruction can name; `undefined` for any other instruction. */
export function laneCount(opcode: number): number | undefined {
  return laneCounts.get(opcode);
}

/** Whether the instruction belongs to the relaxed SIMD extension. */
export function isRelaxedSimd(opcode: number): boolean {
  return opcode >= 0xfd0100 && opcode < 0xfe0000;
}
