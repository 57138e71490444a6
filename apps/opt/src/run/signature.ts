// The function that bud-run calls: which one, what it takes, and how to say so.
import {
  ComplexType,
  type Context,
  DYNAMIC,
  FloatType,
  FunctionType,
  IndexType,
  IntegerType,
  MemRefType,
  type Operation,
  symbolName,
  symbolVisibility,
  TensorType,
  TupleType,
  type Type,
  TypeAttr,
} from '@budflow/ir';
import { nearestName } from '@budflow/pass';
import { CommandError } from '../cli/errors.js';

export interface Parameter {
  /** As the program calls it, or `arg0`. */
  readonly name: string;
  readonly type: Type;
  /** Element type of an array, type of a number; by its MLIR name. */
  readonly dtype: string;
  readonly element: Type;
  /** Sizes, null for dynamic ones; undefined for a number. */
  readonly shape: readonly (number | null)[] | undefined;
  /** The element type that the text of the program has, where what runs has another that carries it. */
  readonly written?: Type | undefined;
}

export interface Signature {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly results: readonly Type[];
  /** Element types of the results as the text of the program has them. */
  readonly writtenResults: readonly Type[];
}

/** The type of a function, undefined when it has none. */
export function functionTypeOf(func: Operation): FunctionType | undefined {
  const attr = func.attr('function_type');
  return attr instanceof TypeAttr && attr.type instanceof FunctionType ? attr.type : undefined;
}

/** The function to run: the one asked for, `main`, or the only public one. @throws CommandError */
export function findEntry(module: Operation, wanted: string | undefined, file: string): Operation {
  const functions = module.region(0).entry.ops.filter((op) => op.name === 'func.func' && !op.region(0).isEmpty);
  const names = (ops: readonly Operation[]) => ops.map((op) => `@${symbolName(op)}`).join(', ');
  const visible = functions.filter((op) => symbolVisibility(op) === 'public');
  if (wanted !== undefined) {
    const plain = wanted.replace(/^@/, '');
    const found = functions.find((op) => symbolName(op) === plain);
    if (found) return found;
    const near = nearestName(
      plain,
      functions.map((op) => symbolName(op) ?? ''),
    );
    const hint =
      near !== undefined ? `, did you mean --entry=${near}?` : visible.length > 0 ? `; there is ${names(visible)}` : '';
    throw new CommandError(`${file}: no function @${plain} with a body${hint}`);
  }
  const main = visible.find((op) => symbolName(op) === 'main') ?? (visible.length === 1 ? visible[0] : undefined);
  if (main) return main;
  if (visible.length === 0) throw new CommandError(`${file}: has no public function with a body to run`);
  throw new CommandError(`${file}: which function? Add --entry=NAME: there is ${names(visible)}`);
}

/** @throws CommandError for types of arguments that files cannot give */
export function signatureOf(func: Operation, context: Context): Signature {
  const name = symbolName(func) ?? '';
  const type = functionTypeOf(func);
  if (type === undefined) throw new CommandError(`@${name} has no function type`);
  const { inputs, results } = type;
  const names = argumentNames(func, context, inputs.length);
  const parameters = inputs.flatMap((type, i) => parametersOf(type, names[i] ?? `arg${i}`, name));
  const leaves = results.flatMap(tupleLeaves);
  return { name, parameters, results: leaves, writtenResults: leaves.map(elementOf) };
}

/** The same signature with the element types of the function as it was written, before conversions. */
export function asWritten(signature: Signature, written: FunctionType): Signature {
  const leaves = (types: readonly Type[]) => types.flatMap(tupleLeaves).map(elementOf).filter(isNumber);
  const [inputs, results] = [leaves(written.inputs), leaves(written.results)];
  const { parameters } = signature;
  return {
    ...signature,
    parameters:
      inputs.length === parameters.length ? parameters.map((p, i) => ({ ...p, written: inputs[i] })) : parameters,
    writtenResults: results.length === signature.results.length ? results : signature.writtenResults,
  };
}

function isNumber(type: Type): boolean {
  return (
    type instanceof IntegerType || type instanceof FloatType || type instanceof IndexType || type instanceof ComplexType
  );
}

function elementOf(type: Type): Type {
  return type instanceof TensorType || type instanceof MemRefType ? type.element : type;
}

/** The elements of tuples are given and returned one by one. */
export function tupleLeaves(type: Type): Type[] {
  return type instanceof TupleType ? type.elements.flatMap(tupleLeaves) : [type];
}

function parametersOf(type: Type, name: string, func: string): Parameter[] {
  if (!(type instanceof TupleType)) return [parameterOf(type, name, func)];
  return type.elements.flatMap((t, i) => parametersOf(t, `${name}.${i}`, func));
}

function parameterOf(type: Type, name: string, func: string): Parameter {
  if (type instanceof TensorType || type instanceof MemRefType) {
    const shape = type.shape.map((d) => (d === DYNAMIC ? null : d));
    return { name, type, element: type.element, dtype: type.element.toString(), shape };
  }
  if (isNumber(type)) return { name, type, element: type, dtype: type.toString(), shape: undefined };
  throw new CommandError(
    `@${func}: argument %${name} is of type ${type}, which no file can give: tensors, memrefs and numbers can be passed`,
  );
}

/** The names of arguments in the text of the function: the first `%name:` after it begins. */
function argumentNames(func: Operation, context: Context, count: number): readonly string[] {
  if (typeof func.loc !== 'number') return [];
  const source = context.sources.find(func.loc);
  if (!source) return [];
  const start = func.loc - source.base;
  const text = new TextDecoder().decode(source.bytes.subarray(start, start + 256 + 4096 * count));
  return [...text.matchAll(/%([\w$.-]+)\s*:/g)].slice(0, count).map((match) => match[1] as string);
}

/** `@main(%x: tensor<4xf32>) -> tensor<4xf32>` */
export function printSignature({ name, parameters, results }: Signature): string {
  const list = results.length === 1 ? `${results[0]}` : `(${results.join(', ')})`;
  return `@${name}(${parameters.map((p) => `%${p.name}: ${p.type}`).join(', ')}) -> ${list}`;
}
