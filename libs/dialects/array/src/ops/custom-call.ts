// array.custom_call: a computation that the program names and its user provides.
import {
  AnyTensor,
  AttrSizedOperandSegments,
  attr,
  DYNAMIC,
  defineOp,
  type Effect,
  Index,
  MemoryEffects,
  OpCost,
  type Operation,
  OpPattern,
  OpPatternKind,
  optionalAttr,
  type TensorType,
  TupleType,
  type Type,
  typeConstraint,
  type Value,
  variadic,
} from '@budflow/ir';
import { interpretCustomCall } from '../interpret/custom-call.js';
import { dynamicDims, verifySizeCount } from '../verify-types.js';

/** Tensors, and tuples of them, which flatten-tuples takes apart. */
const Passed = typeConstraint('ranked tensor or tuple', (t) => AnyTensor.check(t) || t instanceof TupleType);

/** Attributes of the op that the function is not given as such. */
export const CUSTOM_CALL_ATTRS: readonly string[] = ['call_target_name', 'has_side_effect', 'operandSegmentSizes'];

export const CustomCallOp = defineOp({
  name: 'array.custom_call',
  summary: 'A computation provided from outside',
  description: `Calls the function of the host that is registered under \`call_target_name\`: as \`customCalls\` among the options of \`compile\`, and
among those of the interpreter. It reads the inputs and writes the results, which are zero before; types and sizes of results are the
program's, dynamic ones are given by \`sizes\`, in order. \`backend_config\` and further attributes are passed to it. A custom call is never part
of a kernel. With \`has_side_effect\` it is neither removed, repeated nor moved; without it, equal calls may become one.`,
  example: `func.func @f(%x: tensor<4xf32>, %n: index) -> (tensor<4xf32>, tensor<?xi32>) {
  %0 = array.custom_call "my_op"(%x) {backend_config = "fast"} : (tensor<4xf32>) -> tensor<4xf32>
  %1 = array.custom_call "my_ids"(%0) sizes(%n) {has_side_effect} : (tensor<4xf32>) -> tensor<?xi32>
  return %0, %1 : tensor<4xf32>, tensor<?xi32>
}`,
  operands: { inputs: variadic(Passed), sizes: variadic(Index) },
  results: { outputs: variadic(Passed) },
  attributes: {
    call_target_name: attr.string,
    has_side_effect: attr.unit,
    backend_config: optionalAttr(attr.any),
    api_version: optionalAttr(attr.i32),
  },
  traits: [AttrSizedOperandSegments],
  interfaces: [
    OpPattern.implement({ pattern: () => OpPatternKind.opaque }),
    OpCost.implement({ pointCost: () => ({ flops: 1, expensive: true }) }),
    MemoryEffects.implement({
      effects: (op): readonly Effect[] =>
        CustomCallOp.has_side_effect(op)
          ? [
              { kind: 'read', value: null },
              { kind: 'write', value: null },
            ]
          : [],
    }),
    interpretCustomCall((op): string => CustomCallOp.call_target_name(op), CUSTOM_CALL_ATTRS),
  ],
  assembly:
    '$call_target_name `(` $inputs `)` (`sizes` `(` $sizes^ `)`)? attr-dict `:` functional-type($inputs, $outputs)',
  verify(op) {
    if (CustomCallOp.call_target_name(op) === '')
      op.emitError('array.custom-call-target', 'requires the name of what it calls, got ""');
    const open = op.results.reduce((n, { type }) => n + openDims(type), 0);
    verifySizeCount(op, CustomCallOp.sizes(op).length, open, 'dynamic dimension of the results');
  },
});

/** Dynamic dimensions of a tensor, or of all in a tuple. */
function openDims(type: Type): number {
  return type instanceof TupleType ? type.elements.reduce((n, t) => n + openDims(t), 0) : dynamicDims(type);
}

/** The size operand that gives dimension `dim` of a result. */
export function customCallSize(op: Operation, result: Value, dim: number): Value | undefined {
  const shape = (result.type as TensorType).shape;
  if (shape[dim] !== DYNAMIC) return undefined;
  let position = shape.slice(0, dim).filter((d) => d === DYNAMIC).length;
  for (const { type } of op.results.slice(0, result.index)) position += openDims(type);
  return CustomCallOp.sizes(op)[position];
}
