// Runs a function by the interpreter.
import { type CustomCall, DialectValue, Interpreter, type RuntimeValue } from '@budflow/interpreter';
import { FunctionType, type Operation, TupleType, type Type, TypeAttr } from '@budflow/ir';
import { CommandError } from '../cli/errors.js';
import { fromRuntimeValue, type HostValue, toRuntimeValue } from './host-array.js';
import { tupleLeaves } from './signature.js';

/** How relaxed multiply-adds round in this engine; `once` where it has none. */
export async function relaxedRounding(): Promise<'once' | 'twice'> {
  const [{ enableRelaxedSimd }, { probeRelaxedMaddRounding, probeRelaxedSimd }] = await Promise.all([
    import('@budflow/target/node'),
    import('@budflow/backend-wasm'),
  ]);
  enableRelaxedSimd();
  return probeRelaxedSimd() ? probeRelaxedMaddRounding() : 'once';
}

/** Calls @name on copies of the arguments. @throws RuntimeTrap */
export function interpretCall(
  module: Operation,
  name: string,
  args: readonly HostValue[],
  relaxedMadd: 'once' | 'twice',
  customCalls: Readonly<Record<string, CustomCall>> = {},
): HostValue[] {
  const func = module.region(0).entry.ops.find((op) => String(op.attr('sym_name')) === `"${name}"`);
  const attr = func?.attr('function_type');
  if (!(attr instanceof TypeAttr) || !(attr.type instanceof FunctionType))
    throw new CommandError(`the passes left no function @${name}`);
  const { inputs, results } = attr.type;
  const count = inputs.flatMap(tupleLeaves).length;
  if (count !== args.length)
    throw new CommandError(`the passes changed @${name}: it takes ${count} arguments now, not ${args.length}`);
  const interpreter = new Interpreter(module, { relaxedMadd, customCalls });
  let next = 0;
  const assembled = (type: Type): RuntimeValue =>
    type instanceof TupleType
      ? new DialectValue(type, type.elements.map(assembled))
      : toRuntimeValue(type, args[next++] as HostValue);
  const values = interpreter.call(name, inputs.map(assembled));
  const elements = (type: Type, value: RuntimeValue): HostValue[] => {
    if (type instanceof TupleType) {
      const parts = (value as DialectValue).payload as readonly RuntimeValue[];
      return type.elements.flatMap((t, i) => elements(t, parts[i]!));
    }
    const converted = fromRuntimeValue(module.context, type, value);
    if (!converted) throw new CommandError(`a result of @${name} is of type ${type}, which cannot be shown`);
    return [converted];
  };
  return values.flatMap((value, i) => elements(results[i]!, value));
}
