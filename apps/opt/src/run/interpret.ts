// Runs a function by the interpreter.
import { Interpreter } from '@budflow/interpreter';
import { FunctionType, type Operation, TypeAttr } from '@budflow/ir';
import { CommandError } from '../cli/errors.js';
import { fromRuntimeValue, type HostValue, toRuntimeValue } from './host-array.js';

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
): HostValue[] {
  const func = module.region(0).entry.ops.find((op) => String(op.attr('sym_name')) === `"${name}"`);
  const attr = func?.attr('function_type');
  if (!(attr instanceof TypeAttr) || !(attr.type instanceof FunctionType))
    throw new CommandError(`the passes left no function @${name}`);
  const { inputs, results } = attr.type;
  if (inputs.length !== args.length)
    throw new CommandError(`the passes changed @${name}: it takes ${inputs.length} arguments now, not ${args.length}`);
  const interpreter = new Interpreter(module, { relaxedMadd });
  const values = interpreter.call(
    name,
    inputs.map((type, i) => toRuntimeValue(type, args[i] as HostValue)),
  );
  return values.map((value, i) => {
    const converted = fromRuntimeValue(module.context, results[i]!, value);
    if (!converted) throw new CommandError(`result ${i} of @${name} is of type ${results[i]}, which cannot be shown`);
    return converted;
  });
}
