// What a reduction makes smaller. Ops count most, then what hangs on them, then sizes and numbers, then the text itself.
import { ConstantLike, DYNAMIC, MemRefType, type Operation, TensorType, type Type, VectorType } from '@budflow/ir';

const OP = 4;
/** So that a value may become a constant of the same number of ops. */
const CONSTANT = 3;
const BLOCK = 2;
const VALUE = 0.5;
const ATTRIBUTE = 0.25;
const SIZE = 0.01;
const CHARACTER = 1e-6;
const UNUSUAL_TYPE = 1e-4;

export function costOf(module: Operation, text: string): number {
  let cost = text.length * CHARACTER;
  module.walk((op) => {
    cost += op.info.hasTrait(ConstantLike) ? CONSTANT : OP;
    cost += VALUE * (op.operandCount + op.resultCount) + ATTRIBUTE * op.attributes.names.length;
    for (const result of op.results) cost += typeCost(result.type);
    for (const region of op.regions)
      for (const block of region.blocks) {
        cost += BLOCK + VALUE * block.arguments.length;
        for (const argument of block.arguments) cost += typeCost(argument.type);
      }
  });
  // Numbers in the text: bounds of loops, values of constants.
  for (const [digits] of text.matchAll(/(?<![\w%#.^!@-])\d+(?![\w.])/g))
    cost += SIZE * 0.1 * Math.log2(Number(digits) + 1);
  // Types that have a more usual one.
  cost += UNUSUAL_TYPE * (text.match(/(?<![a-z])(?:f64|f16|bf16|i64|i16|i8)\b/g)?.length ?? 0);
  return cost;
}

function typeCost(type: Type): number {
  if (!(type instanceof TensorType || type instanceof VectorType || type instanceof MemRefType)) return 0;
  let cost = 0;
  for (const size of type.shape) cost += SIZE * (1 + Math.log2((size === DYNAMIC ? 2 ** 10 : size) + 1));
  return cost;
}
