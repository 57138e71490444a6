// Custom calls: functions of the host that a program names. One contract for the interpreter and for compiled programs:
// the function reads its inputs and writes its outputs, whose types and sizes the program fixes before.
import {
  ArrayAttr,
  type Attribute,
  DenseArrayAttr,
  DictionaryAttr,
  FloatAttr,
  IntegerAttr,
  type Operation,
  StringAttr,
  UnitAttr,
} from '@budflow/ir';
import type { ElementStorage } from './element.js';
import { RuntimeTrap } from './trap.js';

/** An array that a custom call reads or writes: row-major; f16 and bf16 as bits, complex numbers as pairs. */
export interface CustomCallArray {
  /** Element type by its MLIR name. */
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: ElementStorage | Uint8ClampedArray;
}

/** An attribute as data: what is neither a number, text, list nor dictionary is its text. */
export type AttributeData =
  | string
  | number
  | boolean
  | readonly AttributeData[]
  | { readonly [name: string]: AttributeData };

/** What the op says beside its operands. */
export interface CustomCallInfo {
  readonly target: string;
  /** The attributes of the op, `backend_config` among them, as data. */
  readonly attributes: Readonly<Record<string, AttributeData>>;
}

/**
 * Writes `outputs`, which are zero, from `inputs`, which it must not write; or returns a list of typed arrays (or of arrays
 * with `data`), one for each output, which are copied there. Neither list is of use after it returns.
 */
export type CustomCall<A extends CustomCallArray = CustomCallArray> = (
  inputs: readonly A[],
  outputs: readonly A[],
  call: CustomCallInfo,
) => unknown;

/** How to provide what a custom call names, for messages. */
export function customCallHint(target: string): string {
  return `pass it as option: { customCalls: { ${JSON.stringify(target)}: (inputs, outputs) => { ... } } }; bud-run takes it from a plug-in, with --load`;
}

/**
 * Runs a custom call.
 * @throws RuntimeTrap of kind CustomCallFailed when it throws (the error is the `cause`) or returns what it must not,
 * ShapeMismatch when what it returns does not fit the outputs
 */
export function runCustomCall<A extends CustomCallArray>(
  run: CustomCall<A>,
  inputs: readonly A[],
  outputs: readonly A[],
  call: CustomCallInfo,
): void {
  const name = `the custom call "${call.target}"`;
  let given: unknown;
  try {
    given = run(inputs, outputs, call);
  } catch (error) {
    const trap = new RuntimeTrap(
      'CustomCallFailed',
      `${name} failed: ${error instanceof Error ? error.message : error}`,
    );
    trap.cause = error;
    throw trap;
  }
  if (given !== undefined) {
    if (!Array.isArray(given))
      throw new RuntimeTrap(
        'CustomCallFailed',
        `${name} returned ${describe(given)}; it must write its outputs, or return a list of typed arrays`,
      );
    if (given.length !== outputs.length)
      throw new RuntimeTrap('ShapeMismatch', `${name} has ${outputs.length} results, and returned ${given.length}`);
    outputs.forEach((output, i) => {
      assign(name, i, output, given[i]);
    });
  }
  for (const { dtype, data } of outputs) {
    if (dtype !== 'i1') continue;
    const bytes = data as Uint8Array;
    for (let i = 0; i < bytes.length; i++) if (bytes[i]! > 1) bytes[i] = 1;
  }
}

function assign(name: string, index: number, output: CustomCallArray, given: unknown): void {
  const shape = (given as Partial<CustomCallArray> | null)?.shape;
  const data = ArrayBuffer.isView(given) ? given : (given as Partial<CustomCallArray> | null)?.data;
  const to = output.data as Float64Array;
  const from = data as Float64Array;
  const expected = `${output.dtype} [${output.shape.join(', ')}]`;
  if (!ArrayBuffer.isView(data) || data.constructor.name !== to.constructor.name)
    throw new RuntimeTrap(
      'ShapeMismatch',
      `result ${index} of ${name} is ${expected}: expected a ${to.constructor.name}, got ${describe(data ?? given)}`,
    );
  const fits = from.length === to.length && (!Array.isArray(shape) || shape.join() === output.shape.join());
  if (!fits)
    throw new RuntimeTrap(
      'ShapeMismatch',
      `result ${index} of ${name} is ${expected}, got ${Array.isArray(shape) ? `[${shape.join(', ')}]` : `${from.length} values`}`,
    );
  to.set(from);
}

function describe(value: unknown): string {
  if (value === null || typeof value !== 'object') return `${value}`;
  if (value instanceof Promise) return 'a promise: programs do not wait';
  return `a ${value.constructor?.name ?? 'object'}`;
}

/** The attributes of a custom call as data, without its target and what the IR needs itself. */
export function attributesAsData(op: Operation, without: readonly string[]): Record<string, AttributeData> {
  const data: Record<string, AttributeData> = {};
  const { names, values } = op.attributes;
  names.forEach((name, i) => {
    if (!without.includes(name)) data[name] = asData(values[i]!);
  });
  return data;
}

function asData(a: Attribute): AttributeData {
  if (a instanceof StringAttr) return a.value;
  if (a instanceof UnitAttr) return true;
  if (a instanceof FloatAttr) return a.value;
  if (a instanceof IntegerAttr) {
    if (a.isBool) return a.number !== 0;
    return number(a.bigint);
  }
  if (a instanceof ArrayAttr) return a.elements.map(asData);
  if (a instanceof DenseArrayAttr) return a.values.map(number);
  if (a instanceof DictionaryAttr) return Object.fromEntries(a.names.map((name, i) => [name, asData(a.values[i]!)]));
  return a.toString();
}

/** Beyond 2^53 as text. */
function number(value: number | bigint): number | string {
  return typeof value === 'number' || Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
}
