// The default fold: a pure op with constant operands is what the interpreter says.
import {
  type Attribute,
  type Context,
  DenseElementsAttr,
  elementCount,
  isMemoryEffectFree,
  isShaped,
  type Operation,
  OpPattern,
  OpPatternKind,
  TensorType,
} from '@budflow/ir';
import { FunctionCompiler, Program } from './compile.js';
import { Frame, Interpretable, Machine } from './interpretable.js';
import { RuntimeTrap } from './trap.js';
import {
  attributeFromValue,
  denseFromTensor,
  type TensorValue,
  tensorFromDense,
  valueFromAttribute,
} from './value-model.js';

/** Constants of more elements are not made by folding: they would bloat the IR. */
export const MAX_FOLDED_ELEMENTS = 65536;

/** Steps a fold may take: ops with regions must not stall the compiler. */
const MAX_FOLD_STEPS = 1_000_000;

/**
 * Evaluates an op without memory effects on constant operands. Null when it is not interpretable, traps, or its
 * results have no attribute form or more than 65,536 elements (but splats that an elementwise op makes of splats).
 */
export function interpretPureOp(op: Operation, constants: readonly Attribute[]): Attribute[] | null {
  const methods = Interpretable.of(op);
  if (!methods || op.resultCount === 0 || !isMemoryEffectFree(op)) return null;
  const elements = oneElementOf(op, constants);
  for (const result of op.results) {
    const { type } = result;
    if (
      elements === null &&
      isShaped(type) &&
      !((elementCount(type.shape) ?? Number.POSITIVE_INFINITY) <= MAX_FOLDED_ELEMENTS)
    )
      return null;
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
      const value = elements ? elements[i] : valueFromAttribute(constants[i]!, op.context);
      if (value === undefined) return null;
      frame.values[operands[i]!] = value;
    }
    step(frame);
    const attributes: Attribute[] = [];
    for (let i = 0; i < results.length; i++) {
      const { type } = op.result(i);
      const value = frame.values[results[i]!]!;
      const attribute = elements
        ? splatFromElement(op.context, type as TensorType, value as TensorValue)
        : attributeFromValue(op.context, type, value);
      if (!attribute) return null;
      attributes.push(attribute);
    }
    return attributes;
  } catch (error) {
    if (error instanceof RuntimeTrap || error instanceof RangeError) return null;
    throw error;
  }
}

/** The one element of each operand, where an elementwise op combines splats: what it makes is a splat as well. */
function oneElementOf(op: Operation, constants: readonly Attribute[]): readonly TensorValue[] | null {
  if (OpPattern.of(op)?.pattern(op) !== OpPatternKind.elementwise || op.resultCount !== 1) return null;
  const result = op.result(0).type;
  if (!(result instanceof TensorType) || (elementCount(result.shape) ?? 0) === 0) return null;
  const elements: TensorValue[] = [];
  for (const constant of constants) {
    if (!(constant instanceof DenseElementsAttr) || !constant.splat || !(constant.type instanceof TensorType))
      return null;
    const type = op.context.tensor([], constant.type.element);
    elements.push(tensorFromDense(op.context.denseElements(type, constant.bytes, { splat: true })));
  }
  return elements;
}

/** The constant that is a value of one element everywhere; null for any other value. */
function splatFromElement(context: Context, type: TensorType, value: TensorValue): Attribute | null {
  if (value.shape.length > 0) return null;
  return context.denseElements(type, denseFromTensor(context, value).bytes, { splat: true });
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
