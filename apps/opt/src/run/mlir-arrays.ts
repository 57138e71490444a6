// Arrays as MLIR writes them: inputs as a list of dense attributes, `--args=[dense<1> : tensor<2xi32>]`, and results as the
// interpreter of StableHLO (`stablehlo-translate --interpret`) prints them, so that its tests can be read side by side.
import { elementAccess, tensorFromDense } from '@budflow/interpreter';
import {
  ArrayAttr,
  ComplexType,
  type Context,
  DenseElementsAttr,
  denseElement,
  FloatType,
  parseAttribute,
  printFloat,
  renderDiagnostic,
  TensorType,
  type Type,
} from '@budflow/ir';
import { CommandError, UsageError } from '../cli/errors.js';
import type { Io } from '../cli/io.js';
import { countOf, type HostArray, type HostValue, isScalar, type TypedArray } from './host-array.js';
import { elementAt } from './scalars.js';
import type { Parameter } from './signature.js';

const EXAMPLE = '--args="[dense<1> : tensor<2xi32>, ..]", --args=@FILE with such a list in it, or --args=@A.npy,@B.npy';

/** What `--args` gives: files for the inputs of the command line, or the text of a list of attributes. */
export function argsOf(text: string, io: Io): { readonly files: readonly string[] } | { readonly list: Uint8Array } {
  if (!text.startsWith('@')) return { list: new TextEncoder().encode(text) };
  const files = text.split(',').map((part) => part.trim());
  const arrays = files.filter((file) => file.startsWith('@') && file.endsWith('.npy'));
  if (arrays.length === files.length) return { files: arrays.map((file) => file.slice(1)) };
  if (files.length === 1) return { list: io.readFile(text.slice(1)) };
  throw new UsageError(
    arrays.length > 0
      ? `'--args=${text}' mixes .npy files and others`
      : `'--args=${text}': one file with a list, or several .npy files, each with @ in front`,
  );
}

/** The inputs that a list of dense attributes gives. @throws CommandError that says which one does not fit */
export function readList(list: Uint8Array, parameters: readonly Parameter[], context: Context): HostValue[] {
  const { result, diagnostics } = context.diagnostics.collect(() => parseAttribute(list, context, { file: '--args' }));
  if (!(result instanceof ArrayAttr)) {
    const why = diagnostics.map((d) => `\n${renderDiagnostic(context, d)}`).join('');
    throw new UsageError(`'--args' is a list of arrays: ${EXAMPLE}${why}`);
  }
  const arrays = result.elements.map((attr, i) => {
    if (attr instanceof DenseElementsAttr) return attr;
    throw new UsageError(`'--args': element ${i} is '${attr}', not an array: ${EXAMPLE}`);
  });
  if (arrays.length !== parameters.length)
    throw new UsageError(
      `'--args' lists ${arrays.length} ${arrays.length === 1 ? 'array' : 'arrays'}, and the function takes ${parameters.length}`,
    );
  return arrays.map((attr, i) => inputFrom(attr, parameters[i]!, i));
}

function inputFrom(
  attr: DenseElementsAttr,
  { name, dtype, shape, type, element, written }: Parameter,
  i: number,
): HostValue {
  const given = attr.type;
  const wanted = shape ?? [];
  const isFitting =
    given instanceof TensorType &&
    given.rank === wanted.length &&
    wanted.every((size, d) => size === null || size === given.shape[d]) &&
    given.element === (written ?? element);
  if (!isFitting)
    throw new CommandError(
      `--args: input ${i} (%${name}): expected ${shape === undefined ? dtype : type}, got ${given}`,
    );
  const access = elementAccess(element);
  if (given.element === element) {
    const { data } = tensorFromDense(attr);
    return shape === undefined
      ? { dtype, scalar: access.load(data, 0) as number }
      : { dtype, shape: given.shape, data: data as TypedArray };
  }
  const data = access.make(countOf(given.shape)) as TypedArray;
  for (let at = 0; at < data.length; at++) access.store(data, at, Number(denseElement(attr, at)));
  return { dtype, shape: given.shape, data };
}

/** `tensor<2xi32> {`, the elements in brackets, `}`; one line for an array of rank 0. `element` is its type as the program has it. */
function printMlirArray({ dtype, shape, data }: HostArray, element: Type): string {
  const elementText = elementPrinter(dtype, data, element);
  const title = `tensor<${[...shape, element].join('x')}>`;
  const print = (axis: number, offset: number): string => {
    if (axis === shape.length) return elementText(offset);
    const inner = Array.from({ length: shape[axis]! }, (_, i) => print(axis + 1, offset * shape[axis]! + i));
    const indent = '  '.repeat(axis + 1);
    if (axis === shape.length - 1) return `\n${indent}[${inner.join(', ')}]`;
    return `\n${indent}[${inner.join(',')}${inner.length > 0 ? `\n${indent}` : ''}]`;
  };
  return shape.length === 0 ? `${title} {${print(0, 0)}}` : `${title} {${print(0, 0)}\n}`;
}

function elementPrinter(dtype: string, data: TypedArray, element: Type): (offset: number) => string {
  if (element instanceof FloatType) return (o) => floatText(dtype, data, o, element);
  if (element instanceof ComplexType) {
    const part = element.element as FloatType;
    return (o) => `[${floatText(part.name, data, 2 * o, part)}, ${floatText(part.name, data, 2 * o + 1, part)}]`;
  }
  if (dtype === 'i1') return (o) => (data[o] ? 'true' : 'false');
  return (o) => String(data[o]);
}

function floatText(dtype: string, data: TypedArray, offset: number, type: FloatType): string {
  return printFloat(Number(elementAt(dtype, data, offset)), type, null);
}

/** All results, one under the other, with their element types as the program has them. */
export function printMlirResults(results: readonly HostValue[], elements: readonly Type[]): string {
  return results
    .map((value, i) => {
      const element = elements[i]!;
      const array = isScalar(value) ? scalarArray(value.dtype, value.scalar, element) : value;
      return `${printMlirArray(array, element)}\n`;
    })
    .join('');
}

function scalarArray(dtype: string, scalar: number | bigint, element: Type): HostArray {
  const access = elementAccess(element);
  const data = access.make(1) as TypedArray;
  access.store(data, 0, scalar);
  return { dtype, shape: [], data };
}
