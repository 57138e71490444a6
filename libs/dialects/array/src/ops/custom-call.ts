// array.custom_call: a computation that the program names and somebody else provides.
import { Interpretable, type RuntimeValue, RuntimeTrap } from '@budflow/interpreter';
import {
  AnyType,
  attr,
  type Context,
  defineOp,
  type Effect,
  MemoryEffects,
  type Operation,
  OpPattern,
  OpPatternKind,
  optionalAttr,
  variadic,
} from '@budflow/ir';

/** What a custom call computes: values of the results from those of the operands; the op has the attributes. */
export type CustomCallImplementation = (args: readonly RuntimeValue[], op: Operation) => readonly RuntimeValue[];

const implementations = new WeakMap<Context, Map<string, CustomCallImplementation>>();

/** Provides the computation behind a name for all programs of a context. */
export function registerCustomCall(context: Context, target: string, implementation: CustomCallImplementation): void {
  const known = implementations.get(context) ?? new Map<string, CustomCallImplementation>();
  implementations.set(context, known);
  known.set(target, implementation);
}

/** The computation registered under a name. */
export function customCall(context: Context, target: string): CustomCallImplementation | undefined {
  return implementations.get(context)?.get(target);
}

export const CustomCallOp = defineOp({
  name: 'array.custom_call',
  summary: 'A computation provided from outside',
  description: `The interpreter runs what \`registerCustomCall(context, target, implementation)\` registered under \`call_target_name\`. \`backend_config\` is
for the implementation. With \`has_side_effect\` the call is neither removed, repeated nor moved.`,
  example: `func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = array.custom_call "my_op"(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}`,
  operands: { inputs: variadic(AnyType) },
  results: { outputs: variadic(AnyType) },
  attributes: {
    call_target_name: attr.string,
    has_side_effect: attr.unit,
    backend_config: optionalAttr(attr.any),
    api_version: optionalAttr(attr.i32),
  },
  interfaces: [
    OpPattern.implement({ pattern: () => OpPatternKind.opaque }),
    MemoryEffects.implement({
      effects: (op): readonly Effect[] =>
        CustomCallOp.has_side_effect(op) ? [{ kind: 'read' }, { kind: 'write' }] : [],
    }),
    Interpretable.implement({
      compile(op, c) {
        const target = CustomCallOp.call_target_name(op);
        const slots = c.operandSlots(op);
        const results = c.resultSlots(op);
        return ({ values }) => {
          const run = customCall(op.context, target);
          if (!run)
            throw new RuntimeTrap(
              'NotInterpretable',
              `nothing is registered for the custom call "${target}": registerCustomCall(context, "${target}", ..) does it`,
            );
          const made = run(
            slots.map((s) => values[s]!),
            op,
          );
          if (made.length !== results.length)
            throw new RuntimeTrap(
              'ShapeMismatch',
              `the custom call "${target}" has ${results.length} results, its implementation gave ${made.length}`,
            );
          results.forEach((r, i) => {
            values[r] = made[i]!;
          });
        };
      },
    }),
  ],
  assembly: '$call_target_name `(` $inputs `)` attr-dict `:` functional-type(operands, results)',
  verify(op) {
    if (CustomCallOp.call_target_name(op) === '')
      op.emitError('array.custom-call-target', 'requires the name of what it calls, got ""');
  },
});
