// Writes one function body. Each method appends one instruction; nothing is kept but its bytes, so that emitting a
// kernel costs a few nanoseconds an instruction. It checks what validation would report badly or not at all (a label
// of a closed block, a lane past the end) and leaves operand types to the engine's validator.

import { ByteBuffer } from './byte-buffer.js';
import { EncoderError } from './errors.js';
import type { LaneOpcode, MemoryLaneOpcode, MemoryOpcode, PlainOpcode } from './opcodes.js';
import { laneCount, naturalAlignmentLog2, Op, opcodeName } from './opcodes.js';
import type { BlockResult, FunctionOptions } from './types.js';
import { EMPTY, ValueType, valueTypeName } from './types.js';

/** A local variable or parameter, by its index. */
export type Local = number & { readonly __local: unique symbol };
/** An open block, by the depth it was opened at. Branch instructions turn it into a relative depth. */
export type Label = number & { readonly __label: unique symbol };

const vector = new DataView(new ArrayBuffer(16));
const vectorBytes = new Uint8Array(vector.buffer);

/** Builder of one function; made by `ModuleBuilder.function`. */
export class FunctionBuilder {
  /** Index in the module's function space, imports included: the operand of `call`. */
  readonly index: number;
  /** Index of its type. */
  readonly typeIndex: number;
  /** Name for the name section. */
  readonly name: string | undefined;
  readonly #code = new ByteBuffer(1024);
  readonly #paramCount: number;
  /** Type of every local, parameters first. */
  readonly #types: ValueType[];
  /** Free locals by type; a stack, as the last freed is the likeliest to have a short index. */
  readonly #free: Local[][] = [[], [], [], [], []];
  readonly #isFree: boolean[];
  #names: (string | undefined)[] | null = null;
  #depth = 0;

  /** Use `ModuleBuilder.function`. */
  constructor(index: number, typeIndex: number, options: FunctionOptions) {
    this.index = index;
    this.typeIndex = typeIndex;
    this.name = options.name;
    this.#types = options.params ? [...options.params] : [];
    this.#paramCount = this.#types.length;
    this.#isFree = this.#types.map(() => false);
    options.paramNames?.forEach((name, i) => {
      this.nameLocal(this.param(i), name);
    });
  }

  // ---- locals

  /** The parameter at `position`. */
  param(position: number): Local {
    if (!(position >= 0 && position < this.#paramCount)) {
      throw this.#error(`has ${this.#paramCount} parameters, there is no parameter ${position}`);
    }
    return position as Local;
  }

  /** A local for the caller alone: a released one of the same type if there is one. Its value is unspecified. */
  local(type: ValueType, name?: string): Local {
    const free = this.#free[ValueType.i32 - type];
    if (free === undefined) throw this.#error(`there are no locals of ${valueTypeName(type)}`);
    const reused = free.pop();
    if (reused === undefined) return this.newLocal(type, name);
    this.#isFree[reused] = false;
    // A shared local has as many meanings as users: the first name stays, as it is the one its index was made for.
    return reused;
  }

  /** A local that no one had before: zero until it is set. */
  newLocal(type: ValueType, name?: string): Local {
    const local = this.#types.push(type) - 1;
    this.#isFree.push(false);
    if (name !== undefined) this.nameLocal(local as Local, name);
    return local as Local;
  }

  /** Returns a local for reuse by the next `local` of its type. */
  release(local: Local): void {
    const type = this.#types[local];
    if (type === undefined) throw this.#error(`has no local ${local}`);
    if (this.#isFree[local]) throw this.#error(`local ${local} is released twice`);
    this.#isFree[local] = true;
    this.#free[ValueType.i32 - type]?.push(local);
  }

  /** Type of a local or parameter. */
  typeOf(local: Local): ValueType {
    const type = this.#types[local];
    if (type === undefined) throw this.#error(`has no local ${local}`);
    return type;
  }

  /** Gives a local a name in the name section. */
  nameLocal(local: Local, name: string): void {
    this.#names ??= [];
    this.#names[local] = name;
  }

  // ---- instructions without immediates

  /** Appends an instruction that has no immediates: arithmetic, comparisons, conversions, `drop`, `return`, ... */
  emit(opcode: PlainOpcode): void {
    this.#opcode(opcode);
  }

  #opcode(opcode: number): void {
    if (opcode < 0x100) {
      this.#code.byte(opcode);
    } else {
      this.#code.byte(opcode >>> 16);
      this.#code.uleb32(opcode & 0xffff);
    }
  }

  // ---- control

  /** Opens a block; branches to its label leave it. */
  block(result: BlockResult = EMPTY): Label {
    return this.#open(Op.block, result);
  }

  /** Opens a loop; branches to its label start the next round. */
  loop(result: BlockResult = EMPTY): Label {
    return this.#open(Op.loop, result);
  }

  /** Opens an if on the i32 on the stack; branches to its label leave it. */
  if(result: BlockResult = EMPTY): Label {
    return this.#open(Op.if, result);
  }

  #open(opcode: number, result: BlockResult): Label {
    this.#code.byte(opcode);
    this.#code.byte(result);
    this.#depth++;
    return this.#depth as Label;
  }

  /** Starts the other arm of the innermost if. */
  else(): void {
    if (this.#depth === 0) throw this.#error('else outside of an if');
    this.#code.byte(Op.else);
  }

  /** Closes the innermost block, loop or if. The function's own end is written by the module. */
  end(): void {
    if (this.#depth === 0) throw this.#error('end without an open block');
    this.#depth--;
    this.#code.byte(Op.end);
  }

  /** Number of open blocks. */
  get depth(): number {
    return this.#depth;
  }

  br(label: Label): void {
    this.#code.byte(Op.br);
    this.#code.uleb32(this.#relative(label));
  }

  /** Branches if the i32 on the stack is not zero. */
  brIf(label: Label): void {
    this.#code.byte(Op.br_if);
    this.#code.uleb32(this.#relative(label));
  }

  /** Branches to `labels[i]` for the i32 `i` on the stack, to `otherwise` past the end. */
  brTable(labels: readonly Label[], otherwise: Label): void {
    this.#code.byte(Op.br_table);
    this.#code.uleb32(labels.length);
    for (const label of labels) this.#code.uleb32(this.#relative(label));
    this.#code.uleb32(this.#relative(otherwise));
  }

  #relative(label: Label): number {
    const relative = this.#depth - label;
    if (!(relative >= 0 && label > 0)) throw this.#error(`branch to label ${label}, which is not open`);
    return relative;
  }

  return(): void {
    this.#code.byte(Op.return);
  }

  unreachable(): void {
    this.#code.byte(Op.unreachable);
  }

  drop(): void {
    this.#code.byte(Op.drop);
  }

  select(): void {
    this.#code.byte(Op.select);
  }

  /** Calls a function by its index (an import's, or `FunctionBuilder.index`). */
  call(functionIndex: number): void {
    this.#code.byte(Op.call);
    this.#code.uleb32(functionIndex);
  }

  // ---- variables

  get(local: Local): void {
    this.#code.byte(Op.local_get);
    this.#code.uleb32(local);
  }

  set(local: Local): void {
    this.#code.byte(Op.local_set);
    this.#code.uleb32(local);
  }

  tee(local: Local): void {
    this.#code.byte(Op.local_tee);
    this.#code.uleb32(local);
  }

  globalGet(globalIndex: number): void {
    this.#code.byte(Op.global_get);
    this.#code.uleb32(globalIndex);
  }

  globalSet(globalIndex: number): void {
    this.#code.byte(Op.global_set);
    this.#code.uleb32(globalIndex);
  }

  // ---- constants

  /** i32.const; unsigned values up to 2^32 - 1 wrap. */
  i32Const(value: number): void {
    this.#code.byte(Op.i32_const);
    this.#code.sleb32(value);
  }

  /** i64.const; a number must be a safe integer. */
  i64Const(value: bigint | number): void {
    this.#code.byte(Op.i64_const);
    this.#code.sleb64(value);
  }

  /** f32.const, rounded to nearest. NaN is written as the canonical one; for others see `f32ConstBits`. */
  f32Const(value: number): void {
    this.#code.byte(Op.f32_const);
    this.#code.f32(value);
  }

  /** f32.const by its bits. */
  f32ConstBits(bits: number): void {
    this.#code.byte(Op.f32_const);
    this.#code.u32(bits);
  }

  /** f64.const. NaN is written as the canonical one; for others see `f64ConstBits`. */
  f64Const(value: number): void {
    this.#code.byte(Op.f64_const);
    this.#code.f64(value);
  }

  /** f64.const by its bits. */
  f64ConstBits(bits: bigint): void {
    this.#code.byte(Op.f64_const);
    this.#code.u64(bits);
  }

  /** v128.const of 16 bytes, lane 0 first. */
  v128Const(bytes: ArrayLike<number>): void {
    if (bytes.length !== 16) throw this.#error(`v128.const takes 16 bytes, not ${bytes.length}`);
    this.#opcode(Op.v128_const);
    this.#code.bytes(bytes);
  }

  v128ConstI32x4(a: number, b: number, c: number, d: number): void {
    vector.setInt32(0, a, true);
    vector.setInt32(4, b, true);
    vector.setInt32(8, c, true);
    vector.setInt32(12, d, true);
    this.v128Const(vectorBytes);
  }

  v128ConstF32x4(a: number, b: number, c: number, d: number): void {
    vector.setFloat32(0, a, true);
    vector.setFloat32(4, b, true);
    vector.setFloat32(8, c, true);
    vector.setFloat32(12, d, true);
    this.v128Const(vectorBytes);
  }

  v128ConstI64x2(a: bigint, b: bigint): void {
    vector.setBigInt64(0, a, true);
    vector.setBigInt64(8, b, true);
    this.v128Const(vectorBytes);
  }

  v128ConstF64x2(a: number, b: number): void {
    vector.setFloat64(0, a, true);
    vector.setFloat64(8, b, true);
    this.v128Const(vectorBytes);
  }

  // ---- lanes

  /** i8x16.shuffle: byte `i` of the result is byte `lanes[i]` (0-31) of the two operands side by side. */
  shuffle(lanes: ArrayLike<number>): void {
    if (lanes.length !== 16) throw this.#error(`i8x16.shuffle takes 16 lanes, not ${lanes.length}`);
    this.#opcode(Op.i8x16_shuffle);
    for (let i = 0; i < 16; i++) {
      const lane = lanes[i] as number;
      if (!(lane >= 0 && lane < 32)) throw this.#error(`i8x16.shuffle: lane ${lane} is not in 0..31`);
      this.#code.byte(lane);
    }
  }

  /** extract_lane, replace_lane. */
  lane(opcode: LaneOpcode, lane: number): void {
    this.#opcode(opcode);
    this.#laneIndex(opcode, lane);
  }

  #laneIndex(opcode: number, lane: number): void {
    const count = laneCount(opcode);
    if (count === undefined || !(lane >= 0 && lane < count)) {
      throw this.#error(`${opcodeName(opcode)}: lane ${lane} is not in 0..${(count ?? 0) - 1}`);
    }
    this.#code.byte(lane);
  }

  // ---- memory

  /**
   * A load, store or atomic access at the address on the stack plus `offset` (bytes, below 2^32).
   * `align` is the alignment promised in bytes (a power of two, at most the access size); by default the natural one.
   * It is a hint except for atomics, whose address must be aligned. Engines trap on nothing but the bounds.
   */
  memory(opcode: MemoryOpcode, offset = 0, align = 0): void {
    this.#opcode(opcode);
    this.#memoryArgument(opcode, offset, align);
  }

  /** Loads or stores one lane of the vector on the stack. */
  memoryLane(opcode: MemoryLaneOpcode, lane: number, offset = 0, align = 0): void {
    this.#opcode(opcode);
    this.#memoryArgument(opcode, offset, align);
    this.#laneIndex(opcode, lane);
  }

  #memoryArgument(opcode: number, offset: number, align: number): void {
    const natural = naturalAlignmentLog2(opcode);
    if (natural === undefined) throw this.#error(`${opcodeName(opcode)} does not access memory`);
    const log2 = align === 0 ? natural : 31 - Math.clz32(align);
    if (align !== 0 && (1 << log2 !== align || log2 > natural)) {
      throw this.#error(
        `${opcodeName(opcode)}: alignment ${align} is not a power of two up to the access size, ${1 << natural}`,
      );
    }
    if (!(offset >= 0 && offset <= 0xffff_ffff)) {
      throw this.#error(`${opcodeName(opcode)}: offset ${offset} is not in 0..2^32-1; add it to the address`);
    }
    this.#code.byte(log2);
    this.#code.uleb32(offset);
  }

  memorySize(): void {
    this.#code.byte(Op.memory_size);
    this.#code.byte(0);
  }

  memoryGrow(): void {
    this.#code.byte(Op.memory_grow);
    this.#code.byte(0);
  }

  /** memory.copy: destination, source and byte count are on the stack. The ranges may overlap. */
  memoryCopy(): void {
    this.#opcode(Op.memory_copy);
    this.#code.byte(0);
    this.#code.byte(0);
  }

  /** memory.fill: destination, byte value and byte count are on the stack. */
  memoryFill(): void {
    this.#opcode(Op.memory_fill);
    this.#code.byte(0);
  }

  atomicFence(): void {
    this.#opcode(Op.atomic_fence);
    this.#code.byte(0);
  }

  // ---- assembly

  /** Bytes of code so far, without locals and final end. */
  get codeLength(): number {
    return this.#code.length;
  }

  /** Names given to locals, by index; `null` if none was. For the module builder. */
  get localNames(): readonly (string | undefined)[] | null {
    return this.#names;
  }

  /** Appends locals, code and final end, size first. For the module builder. */
  writeTo(out: ByteBuffer): void {
    if (this.#depth !== 0) throw this.#error(`${this.#depth} blocks are still open at its end`);
    const start = out.beginSized();
    this.#writeLocals(out);
    out.append(this.#code);
    out.byte(Op.end);
    out.endSized(start);
  }

  /** Locals are declared as runs of one type: neighbours of the same type share an entry. */
  #writeLocals(out: ByteBuffer): void {
    const types = this.#types;
    let runs = 0;
    for (let i = this.#paramCount; i < types.length; i++) {
      if (i === this.#paramCount || types[i] !== types[i - 1]) runs++;
    }
    out.uleb32(runs);
    for (let i = this.#paramCount; i < types.length; ) {
      let end = i + 1;
      while (end < types.length && types[end] === types[i]) end++;
      out.uleb32(end - i);
      out.byte(types[i] as ValueType);
      i = end;
    }
  }

  #error(message: string): EncoderError {
    return new EncoderError(`function ${this.name ?? this.index}: ${message}`);
  }
}
