// Loops whose sums fill the registers, such as that of a 6x8 tile of a matrix product: 12 accumulators, 2 vectors of one
// operand and 1 of the other are all the 15 registers that V8 allocates. Two habits of V8 up to 12 would spill some of them:
//
// - It unrolls loops without inner ones. Each copy but the last then loads all its operands before the first multiply-add.
// - It places multiply-adds next to the end of a block in an order that comes from how their results are used. If stores
//   behind the loop use them, it places all of them behind all loads; if only the next iteration does, just behind theirs.
//
// So such a loop is tested at the top, which leaves the sums to the next iteration, and its body is an inner loop that runs
// once, which keeps it from being unrolled. Later engines keep the order of the code, and drop the inner loop too.
//
//   loop                            block
//     loads, multiply-adds            loop
//     pointer += step                   br_if out (pointer == end)
//     br_if again (pointer != end)      loop  loads, multiply-adds  end
//   end                                 pointer += step
//                                       br again
//                                   end end
//
// Sums that anything but a store takes behind the loop are spilled in it all the same (a constant added to those of 512^3: 11.2 ms,
// 4.96 without): what is computed from them is computed from the result's memory, through which they go first (ops-memory.ts).
//
// Measured on Zen 4 with 480^3 in GFLOP/s, without and with: Node 20 30 and 54, Node 22 29 and 54, Node 24 55 and 55. A tile
// that fits with all its operands loaded (4x8: 14 registers) is better unrolled: 50, against 43.
import type { Operation } from '@budflow/ir';
import { forGroups } from './plan.js';
import { representationOf } from './representation.js';

/** Registers that V8 gives to values: it keeps one of sixteen. */
const REGISTERS = 15;

/** Registers for the operands of one multiply-add, each loaded just before. */
const OPERANDS = 3;

/** Whether a loop.for carries so many vectors that they fit the registers only if its operands are loaded one by one. */
export function isRegisterTile(op: Operation): boolean {
  const isVector = (type: Parameters<typeof representationOf>[0]): boolean => (representationOf(type)?.lanes ?? 0) > 0;
  let sums = 0;
  for (let i = forGroups(op).initStart; i < op.operandCount; i++) if (isVector(op.operand(i).type)) sums++;
  if (sums === 0 || sums + OPERANDS > REGISTERS) return false;
  let operands = 0;
  for (const inner of op.region(0).entry.ops) {
    if (inner.ownRegions !== null) return false;
    if (inner.name.startsWith('memory.store') || inner.name.startsWith('simd.store')) return false;
    if ((inner.name === 'simd.load' || inner.name === 'simd.splat') && isVector(inner.result(0).type)) operands++;
  }
  return sums + operands > REGISTERS;
}
