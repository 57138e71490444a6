// The beginning of a kernel function: what it reads from its argument block, and the constants of its loops.
import { WORD_BYTES } from '@budflow/backend-api';
import type { Block, DenseElementsAttr } from '@budflow/ir';
import { type Local, type MemoryOpcode, Op, ValueType } from '../encoder/index.js';
import { isByteSized } from './buffers.js';
import { vectorBytes } from './constants.js';
import type { FunctionEmitter } from './function-emitter.js';
import { loadOpcode } from './ops-memory.js';

/** Sizes of byte arrays up to here leave room for a step past the end without overflow. */
const LARGEST_SIZE = 0x7fff_0000;

/** Loads addresses, sizes and scalars that are used into locals. */
export function emitEntry(e: FunctionEmitter, entry: Block): void {
  const { f, plan } = e;
  const count = entry.arguments.length;
  e.adopt(plan.values.id(entry.arguments[count - 2]!), f.param(1));
  e.adopt(plan.values.id(entry.arguments[count - 1]!), f.param(2));
  checkSizes(e, entry);
  for (const pointer of plan.addresses.bases.values()) {
    if (!pointer.used) continue;
    const name = e.name(() => `base${pointer.base}`);
    const local = f.newLocal(ValueType.i32, name);
    loadWord(e, Op.i32_load, pointer.base);
    f.set(local);
    pointer.local = local;
  }
  for (const symbol of plan.buffers.symbols) if (symbol.used && symbol.at === null) e.emitSymbol(symbol);
  e.options.layout.arguments.forEach((argument, i) => {
    const value = entry.arguments[i]!;
    if (argument.kind !== 'scalar' || !e.demand.usedArguments.has(value)) return;
    loadWord(e, loadOpcode(e.representation(value)), argument.word);
    const name = e.name(() => `arg${i}`);
    const local = f.newLocal(e.valueType(value), name);
    f.set(local);
    e.adopt(plan.values.id(value), local);
  });
  for (const attr of e.demand.loopConstants) {
    const constant = attr as DenseElementsAttr;
    const name = e.name(() => 'constant');
    const local: Local = f.newLocal(ValueType.v128, name);
    f.v128Const(vectorBytes(constant, e.table.representation(constant.type)!));
    f.set(local);
    e.constants.set(attr, local);
  }
}

/** Pushes a word of the argument block. */
export function loadWord(e: FunctionEmitter, opcode: MemoryOpcode, word: number): void {
  e.f.get(e.f.param(0));
  e.f.memory(opcode, word * WORD_BYTES);
}

/** More elements than 31 bits count are possible where an element is a byte; loops here count in 32 bits. */
function checkSizes(e: FunctionEmitter, entry: Block): void {
  const { f } = e;
  e.options.layout.arguments.forEach((argument, i) => {
    if (argument.kind !== 'array' || !isByteSized(entry.arguments[i]!)) return;
    for (const { word } of argument.sizes) {
      loadWord(e, Op.i64_load, word);
      f.i64Const(LARGEST_SIZE);
      f.emit(Op.i64_gt_u);
      e.trapIf();
    }
  });
}
