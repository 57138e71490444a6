// Interpretation of custom_call.
import {
  attributesAsData,
  customCallHint,
  customCallOf,
  Interpretable,
  makeTensor,
  RuntimeTrap,
  runCustomCall,
  type TensorValue,
} from '@budflow/interpreter';
import { DYNAMIC, type InterfaceImplementation, type Operation, type TensorType, TupleType } from '@budflow/ir';
import { checkedSize } from './creation.js';

/** Tensors are arrays as custom calls see them. */
const asArray = ({ type, shape, data }: TensorValue) => ({ dtype: type.element.toString(), shape, data });

export function interpretCustomCall(
  targetOf: (op: Operation) => string,
  ownAttributes: readonly string[],
): InterfaceImplementation {
  return Interpretable.implement({
    compile(op, c) {
      const target = targetOf(op);
      const call = { target, attributes: attributesAsData(op, ownAttributes) };
      const operands = c.operandSlots(op);
      const types = op.results.map((r) => r.type);
      if ([...op.operands.map((v) => v.type), ...types].some((t) => t instanceof TupleType))
        throw new RuntimeTrap(
          'NotInterpretable',
          `the custom call "${target}" takes or returns a tuple; run flatten-tuples before`,
        );
      const open = (types as TensorType[]).reduce((n, t) => n + t.shape.filter((d) => d === DYNAMIC).length, 0);
      const inputs = operands.slice(0, operands.length - open);
      const sizes = operands.slice(operands.length - open);
      const results = c.resultSlots(op);
      const run = customCallOf(target, c.options.customCalls);
      return ({ values }) => {
        if (!run)
          throw new RuntimeTrap(
            'NotInterpretable',
            `nothing is registered for the custom call "${target}": ${customCallHint(target)}`,
          );
        let next = 0;
        const outputs = (types as TensorType[]).map((type) =>
          makeTensor(
            type,
            type.shape.map((d) => (d === DYNAMIC ? checkedSize(values[sizes[next++]!] as number) : d)),
          ),
        );
        // Whoever writes to its inputs must not change them for others.
        const given = inputs.map((s) => values[s] as TensorValue).map((t) => ({ ...asArray(t), data: t.data.slice() }));
        runCustomCall(run, given, outputs.map(asArray), call);
        results.forEach((r, i) => {
          values[r] = outputs[i]!;
        });
      };
    },
  });
}
