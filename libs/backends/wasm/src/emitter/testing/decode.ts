// Reads back the instructions of a module's functions: what tests of code quality count.
import { naturalAlignmentLog2, Op, opcodeName } from '../../index.js';

export interface Instruction {
  readonly name: string;
  /** Number of open blocks around it. */
  readonly depth: number;
  /** Offset of memory accesses. */
  readonly offset: number;
  /** Alignment of memory accesses in bytes. */
  readonly align: number;
}

const LANE = /_lane$|extract_lane|replace_lane/;

class Reader {
  private readonly bytes: Uint8Array;
  at: number;
  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes;
    this.at = at;
  }
  byte(): number {
    return this.bytes[this.at++]!;
  }
  uleb(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const b = this.byte();
      value += (b & 0x7f) * 2 ** shift;
      if (b < 0x80) return value;
    }
  }
}

/** The instructions of each function, in order. */
export function decode(bytes: Uint8Array): Instruction[][] {
  const reader = new Reader(bytes, 8);
  while (reader.at < bytes.length) {
    const id = reader.byte();
    const size = reader.uleb();
    if (id !== 10) {
      reader.at += size;
      continue;
    }
    return Array.from({ length: reader.uleb() }, () => decodeFunction(reader));
  }
  return [];
}

function decodeFunction(reader: Reader): Instruction[] {
  const end = reader.uleb() + reader.at;
  for (let runs = reader.uleb(); runs > 0; runs--) {
    reader.uleb();
    reader.byte();
  }
  const list: Instruction[] = [];
  let depth = 0;
  while (reader.at < end) {
    let opcode = reader.byte();
    if (opcode >= 0xfc) opcode = (opcode << 16) | reader.uleb();
    if (opcode === Op.end) depth--;
    list.push({ name: opcodeName(opcode), depth, ...readImmediates(reader, opcode) });
    if (opcode === Op.block || opcode === Op.loop || opcode === Op.if) depth++;
  }
  return list;
}

function readImmediates(reader: Reader, opcode: number): Pick<Instruction, 'offset' | 'align'> {
  const name = opcodeName(opcode);
  if (naturalAlignmentLog2(opcode) !== undefined) {
    const align = 2 ** reader.uleb();
    const offset = reader.uleb();
    if (name.endsWith('_lane')) reader.byte();
    return { offset, align };
  }
  if (opcode === Op.v128_const || opcode === Op.i8x16_shuffle) reader.at += 16;
  else if (LANE.test(name) || opcode === Op.block || opcode === Op.loop || opcode === Op.if) reader.byte();
  else if (opcode === Op.f32_const) reader.at += 4;
  else if (opcode === Op.f64_const) reader.at += 8;
  else if (name === 'memory.copy') reader.at += 2;
  else if (name === 'memory.fill') reader.at += 1;
  else if (/^(br|br_if|call|i32\.const|i64\.const|local\..*)$/.test(name)) reader.uleb();
  return { offset: 0, align: 0 };
}

/** Instructions inside the innermost loop that contains `name`, without the loop itself. */
export function innermostLoop(code: readonly Instruction[], name: string): Instruction[] {
  const at = code.findIndex((i) => i.name === name);
  let start = at;
  while (!(code[start]!.name === 'loop' && code[start]!.depth < code[at]!.depth)) start--;
  const { depth } = code[start]!;
  const end = code.findIndex((i, k) => k > at && i.name === 'end' && i.depth === depth);
  return code.slice(start + 1, end);
}

/** How often each instruction occurs. */
export function countNames(code: readonly Instruction[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { name } of code) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
