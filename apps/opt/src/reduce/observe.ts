// What a function does on random inputs, by the interpreter: its results, what it leaves in the buffers it got, or the
// trap it ends in.
import { Interpreter } from '@budflow/interpreter';
import { FunctionType, MemRefType, type Operation, TypeAttr } from '@budflow/ir';
import { CommandError } from '../cli/errors.js';
import { nodeIo } from '../cli/node-io.js';
import { type Difference, firstDifference, type Strictness } from '../run/compare-arrays.js';
import { fromRuntimeValue, type HostValue, toRuntimeValue } from '../run/host-array.js';
import { readInputs } from '../run/inputs.js';
import { findEntry, signatureOf } from '../run/signature.js';

export interface Observation {
  readonly name: string;
  readonly inputs: readonly HostValue[];
  readonly results: readonly HostValue[];
  /** Buffers given, by position, as the function leaves them. */
  readonly buffers: ReadonlyMap<number, HostValue>;
}

export interface ObserveOptions {
  readonly entry?: string | undefined;
  readonly seed: number;
  /** Sizes of dynamic dimensions. */
  readonly sizes: readonly number[];
}

const MAX_STEPS = 5e6;

/** Calls the entry of a module; undefined when it cannot be called, or traps: such a program says nothing. */
export function observe(module: Operation, { entry, seed, sizes }: ObserveOptions): Observation | undefined {
  try {
    const func = findEntry(module, entry, 'candidate.mlir');
    const signature = signatureOf(func, module.context);
    const request = { given: [], random: seed, sizes, program: 'candidate.mlir', flags: [] };
    const inputs = readInputs(signature, request, module.context, nodeIo());
    return call(module, signature.name, inputs);
  } catch (error) {
    if (error instanceof CommandError || isTrap(error)) return undefined;
    throw error;
  }
}

/** How the module differs from what was observed before it was changed; undefined when it does not. */
export function differenceFrom(module: Operation, before: Observation, strictness: Strictness): string | undefined {
  let after: Observation;
  try {
    after = call(module, before.name, before.inputs);
  } catch (error) {
    if (error instanceof CommandError || isTrap(error)) return (error as Error).message;
    throw error;
  }
  if (after.results.length !== before.results.length)
    return `the number of results changes from ${before.results.length} to ${after.results.length}`;
  for (const [i, value] of before.results.entries()) {
    const difference = firstDifference(value, after.results[i] as HostValue, strictness);
    if (difference) return `result ${i}: ${describe(difference)}`;
  }
  for (const [i, value] of before.buffers) {
    const now = after.buffers.get(i);
    const difference = now && firstDifference(value, now, strictness);
    if (difference) return `what is left in argument ${i}: ${describe(difference)}`;
  }
  return undefined;
}

function describe({ index, before, after }: Difference): string {
  return `${index && index.length > 0 ? `element [${index.join(', ')}] ` : ''}was ${before}, is ${after}`;
}

function isTrap(error: unknown): boolean {
  return error instanceof Error && error.name === 'RuntimeTrap';
}

function call(module: Operation, name: string, inputs: readonly HostValue[]): Observation {
  const func = module.region(0).entry.ops.find((op) => String(op.attr('sym_name')) === `"${name}"`);
  const attr = func?.attr('function_type');
  if (!(attr instanceof TypeAttr) || !(attr.type instanceof FunctionType))
    throw new CommandError(`the passes left no function @${name}`);
  const { type } = attr;
  if (type.inputs.length !== inputs.length)
    throw new CommandError(`the passes changed how many arguments @${name} takes`);
  const values = type.inputs.map((t, i) => toRuntimeValue(t, inputs[i] as HostValue));
  const results = new Interpreter(module, { maxSteps: MAX_STEPS }).call(name, values);
  const buffers = new Map<number, HostValue>();
  for (const [i, t] of type.inputs.entries()) {
    const value = values[i];
    const converted = t instanceof MemRefType && value !== undefined && fromRuntimeValue(module.context, t, value);
    if (converted) buffers.set(i, converted);
  }
  return {
    name,
    inputs,
    buffers,
    results: results.flatMap((value, i) => {
      const t = type.results[i];
      return t ? (fromRuntimeValue(module.context, t, value) ?? []) : [];
    }),
  };
}
