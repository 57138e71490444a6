// Value types and the small data types shared by the two builders.

/** Value types, by their byte in the binary format. */
export const ValueType = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b } as const;
export type ValueType = (typeof ValueType)[keyof typeof ValueType];

/** Result of a block that leaves nothing on the stack. */
export const EMPTY = 0x40;
/** A block's result: one value or nothing. */
export type BlockResult = ValueType | typeof EMPTY;

/** Limits of a memory, in pages of 64 KiB. A shared memory needs a maximum. */
export interface MemoryLimits {
  readonly min: number;
  readonly max?: number;
  readonly shared?: boolean;
}

/** A global with a constant initial value. */
export interface GlobalOptions {
  readonly type: ValueType;
  readonly mutable?: boolean;
  /** Number, bigint (i64), or the 16 bytes of a v128. */
  readonly initial: number | bigint | Uint8Array;
  /** Name to export it under. */
  readonly export?: string;
}

/** What a function is called and takes. */
export interface FunctionOptions {
  /** Name for the name section. */
  readonly name?: string;
  readonly params?: readonly ValueType[];
  readonly results?: readonly ValueType[];
  /** Names of the parameters, for the name section. */
  readonly paramNames?: readonly string[];
  /** Name to export it under. */
  readonly export?: string;
}

/** The text-format name of a value type. */
export function valueTypeName(type: ValueType): string {
  for (const [name, value] of Object.entries(ValueType)) if (value === type) return name;
  return `value type 0x${(type as number).toString(16)}`;
}
