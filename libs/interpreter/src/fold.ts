// The default fold: a pure op with constant operands is what the interpreter says.
import { type Attribute, elementCount, isMemoryEffectFree, isShaped, type Operation } from '@budflow/ir';
import { FunctionCompiler, Program } from './compile.js';
import { Frame, Interpretable, Machine } from './interpretable.js';
import { RuntimeTrap } from './trap.js';
import { attributeFromValue, valueFromAttribute } from './value-model.js';

/** Constants of more elements are not made by folding: they would bloat the IR. */
export const MAX_FOLDED_ELEMENTS = 65536;

/** Steps a fold may take: ops with regions must not stall the compiler. */
const MAX_FOLD_STEPS = 1_000_000;

/**
 * Evaluates an op without memory effects on constant operands. Null when it is not interpretable, traps, or its
 * results have no attribute form or more than 65,536 elements.
 */
export function interpretPureOp(op: Operation, constants: readonly Attribute[]): Attribute[] | null {
  const methods = Interpretable.of(op);
  if (!methods || op.resultCount === 0 || !isMemoryEffectFree(op)) return null;
  for (const result of op.results) {
    const { type } = result;
    if (isShaped(type) && !((elementCount(type.shape) ?? Number.POSITIVE_INFINITY) <= MAX_FOLDED_ELEMENTS)) return null;
  }
  if (op.ownRegions !== null && usesOutside(op)) return null;
  const options = {
    maxSteps: MAX_FOLD_STEPS,
    // How relaxed multiply-adds round, only the engine that runs the program knows.
    get relaxedMadd(): 'once' {
      throw new RuntimeTrap('NotInterpretable', 'relaxed multiply-adds round as the engine does');
    },
  };
  const compiler = new FunctionCompiler(new Program(op, options));
  try {
    const operands = compiler.operandSlots(op);
    const results = compiler.resultSlots(op);
    const step = methods.compile(op, compiler);
    const frame = new Frame(compiler.frameSize, new Machine(options));
    for (let i = 0; i < operands.length; i++) {
      const value = valueFromAttribute(constants[i]!, op.context);
      if (value === undefined) return null;
      frame.values[operands[i]!] = value;
    }
    step(frame);
    const attributes: Attribute[] = [];
    for (let i = 0; i < results.length; i++) {
      const attribute = attributeFromValue(op.context, op.result(i).type, frame.values[results[i]!]!);
      if (!attribute) return null;
      attributes.push(attribute);
    }
    return attributes;
  } catch (error) {
    if (error instanceof RuntimeTrap || error instanceof RangeError) return null;
    throw error;
  }
}

/** Whether a nested op reads a value defined outside `op`: its constant operands are not all it depends on. */
function usesOutside(op: Operation): boolean {
  let outside = false;
  op.walk((inner) => {
    if (inner === op || outside) return;
    for (const value of inner.operands) {
      const block = value.parentBlock;
      if (block === null || !op.regions.some((region) => block.parent !== null && region.isAncestorOf(block.parent)))
        outside = true;
    }
  });
  return outside;
}
