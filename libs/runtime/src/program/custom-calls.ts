// Custom calls of a loaded program: the arrays that the functions of the user see, and what goes wrong in them.
import { type CustomCall, customCallHint, customCallOf, RuntimeTrap, runCustomCall } from '@budflow/interpreter';
import { InternalError } from '@budflow/ir';
import type { ArrayMemory } from '../arrays/array-memory.js';
import { bytesPerElement, countOf, type DType } from '../arrays/dtype.js';
import { NdArray } from '../arrays/nd-array.js';
import { trapAt } from '../errors.js';
import { allSteps, type HostCustomCall, type HostProgram } from '../host/program.js';

/** The functions of the user by the name of their target. Inputs and outputs are resident arrays, valid during the call. */
export type CustomCalls = Readonly<Record<string, CustomCall<NdArray>>>;

/** The custom calls of a program, in the order of their numbers. */
function customCallsOf(program: HostProgram): readonly HostCustomCall[] {
  const calls: HostCustomCall[] = [];
  for (const step of allSteps(program.steps)) if (step.kind === 'custom') calls[step.number] = step;
  return calls;
}

/**
 * What runs the custom calls of a program: by number, with the address and then the sizes of each array in order.
 * @throws RuntimeTrap of kind BadArgument for a call that nothing is provided for
 */
export function customCallRunner(
  program: HostProgram,
  memory: ArrayMemory,
  provided: CustomCalls,
): (number: number, values: readonly number[]) => void {
  const calls = customCallsOf(program);
  const functions = calls.map(({ target, at }) => {
    const found = customCallOf(target, provided);
    if (found !== undefined) return found;
    const reason = `nothing is registered for the custom call "${target}": ${customCallHint(target)}`;
    throw trapAt('BadArgument', reason, at, program.name);
  });
  return (number, values) => {
    const step = calls[number];
    const run = functions[number];
    if (!step || !run) throw new InternalError(`no custom call ${number}`);
    const made: NdArray[] = [];
    let next = 0;
    const arrays = (list: HostCustomCall['inputs']): NdArray[] =>
      list.map(({ dtype, sizes }) => {
        const address = values[next++]!;
        const shape = sizes.map(() => values[next++]!);
        const array = NdArray.borrowed(memory, address, dtype as DType, shape);
        made.push(array);
        return array;
      });
    const inputs = arrays(step.inputs);
    const outputs = arrays(step.outputs);
    for (const { address, dtype, shape } of outputs)
      memory.heap.bytes.fill(0, address, address + countOf(shape) * bytesPerElement(dtype));
    try {
      runCustomCall(run, inputs, outputs, { target: step.target, attributes: step.attributes });
    } catch (error) {
      if (!(error instanceof RuntimeTrap)) throw error;
      const trap = trapAt(error.kind, error.reason, step.at, program.name);
      if (error.cause !== undefined) trap.cause = error.cause;
      throw trap;
    } finally {
      // Whoever keeps them finds them disposed of, not memory of others.
      for (const array of made) array.dispose();
    }
  };
}
