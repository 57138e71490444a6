// rt.call_host: a host program calls a function that its user provides.
import {
  attributesAsData,
  customCallHint,
  customCallOf,
  Interpretable,
  type MemRefValue,
  makeTensor,
  RuntimeTrap,
  runCustomCall,
  storeTensor,
  tensorFromMemRef,
} from '@budflow/interpreter';
import {
  AnyMemRef,
  AttrSizedOperandSegments,
  attr,
  defineOp,
  type Effect,
  FunctionType,
  MemoryEffects,
  MemRefType,
  type Operation,
  TensorType,
  type Type,
  variadic,
} from '@budflow/ir';

/** Attributes of the op that the function is not given as such. */
const OWN_ATTRS: readonly string[] = ['target', 'signature', 'has_side_effect', 'operandSegmentSizes'];

export const CallHostOp = defineOp({
  name: 'rt.call_host',
  summary: 'runs a function of the host on buffers',
  description: `What \`array.custom_call\` becomes. The function registered as \`target\` reads the inputs and writes the outputs, which it is given
as arrays of the types in \`signature\`; the outputs are zero before. Further attributes are passed to it.`,
  example: `func.func @main(%a: memref<4xi8>, %b: memref<4xf32>) {
  rt.call_host "decode" ins(%a : memref<4xi8>) outs(%b : memref<4xf32>) {signature = (tensor<4xui8>) -> tensor<4xf32>}
  return
}`,
  operands: { inputs: variadic(AnyMemRef), outputs: variadic(AnyMemRef) },
  attributes: { target: attr.string, signature: attr.type, has_side_effect: attr.unit },
  traits: [AttrSizedOperandSegments],
  interfaces: [
    MemoryEffects.implement({
      effects(op) {
        const effects: Effect[] = CallHostOp.inputs(op).map((value) => ({ kind: 'read', value }));
        for (const value of CallHostOp.outputs(op)) effects.push({ kind: 'write', value });
        if (CallHostOp.has_side_effect(op)) effects.push({ kind: 'read', value: null }, { kind: 'write', value: null });
        return effects;
      },
    }),
    Interpretable.implement({
      compile(op, c) {
        const call = hostCallOf(op);
        const { target } = call;
        const inputs = CallHostOp.inputs(op).map((v) => c.slot(v));
        const outputs = CallHostOp.outputs(op).map((v) => c.slot(v));
        const run = customCallOf(target, c.options.customCalls);
        return ({ values }) => {
          if (!run)
            throw new RuntimeTrap(
              'NotInterpretable',
              `nothing is registered for the custom call "${target}": ${customCallHint(target)}`,
            );
          const given = inputs.map((s, i) => tensorFromMemRef(values[s] as MemRefValue, call.inputs[i]!));
          const made = outputs.map((s, i) => makeTensor(call.outputs[i]!, (values[s] as MemRefValue).sizes));
          const [from, to] = [given, made].map((list) =>
            list.map(({ type, shape, data }) => ({ dtype: type.element.toString(), shape, data })),
          );
          runCustomCall(run, from!, to!, call);
          made.forEach((tensor, i) => {
            storeTensor(tensor, values[outputs[i]!] as MemRefValue);
          });
        };
      },
    }),
  ],
  assembly:
    '$target (`ins` `(` $inputs^ `:` type($inputs) `)`)? (`outs` `(` $outputs^ `:` type($outputs) `)`)? attr-dict',
  verify(op) {
    const type = CallHostOp.signature(op);
    const types = type instanceof FunctionType ? [...type.inputs, ...type.results] : [];
    const counts =
      type instanceof FunctionType &&
      type.inputs.length === CallHostOp.inputs(op).length &&
      type.results.length === CallHostOp.outputs(op).length;
    if (!counts || !types.every((t, i) => isBufferOf(op.operand(i).type, t)))
      op.emitError(
        'rt.host-signature',
        `requires a signature of the tensors that lie in (${CallHostOp.inputs(op).map((v) => v.type)}) -> (${CallHostOp.outputs(op).map((v) => v.type)}), got ${type}`,
      );
  },
});

/** Types as the function of the host sees them, and what it is told. */
export function hostCallOf(op: Operation): {
  readonly target: string;
  readonly attributes: ReturnType<typeof attributesAsData>;
  readonly inputs: readonly TensorType[];
  readonly outputs: readonly TensorType[];
} {
  const { inputs, results } = CallHostOp.signature(op) as FunctionType;
  return {
    target: CallHostOp.target(op),
    attributes: attributesAsData(op, OWN_ATTRS),
    inputs: inputs as readonly TensorType[],
    outputs: results as readonly TensorType[],
  };
}

/** Buffers of unsigned integers are signless. */
function isBufferOf(buffer: Type, tensor: Type): boolean {
  return (
    buffer instanceof MemRefType &&
    tensor instanceof TensorType &&
    buffer.shape.join() === tensor.shape.join() &&
    (buffer.element === tensor.element || `u${buffer.element}` === `${tensor.element}`)
  );
}
