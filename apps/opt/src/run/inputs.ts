// The arguments of a run: from .npy files, numbers on the command line, or a generator of random ones.

import { elementAccess } from '@budflow/interpreter';
import { type Context, FloatType, IntegerType } from '@budflow/ir';
import { bf16Bits, Random } from '@budflow/numerics';
import { decodeNpy, RuntimeTrap } from '@budflow/runtime';
import { CommandError, UsageError } from '../cli/errors.js';
import type { Io } from '../cli/io.js';
import { describeArray, type HostArray, type HostValue, isScalar, type TypedArray, zeroArray } from './host-array.js';
import { type Parameter, printSignature, type Signature } from './signature.js';

export interface InputRequest {
  /** Files and numbers of the command line. */
  readonly given: readonly string[];
  /** Seed, when random inputs are wanted for what is not given. */
  readonly random: number | undefined;
  /** Sizes of the dynamic dimensions of random inputs, in order; the last repeats. */
  readonly sizes: readonly number[];
  /** What the program is called on the command line. */
  readonly program: string;
  /** Flags that a suggested command has to repeat. */
  readonly flags: readonly string[];
}

/** Size of dynamic dimensions when nothing says otherwise. */
export const DEFAULT_SIZE = 16;

/** The arguments, in order. @throws CommandError that says what is wrong and how to put it right */
export function readInputs(signature: Signature, request: InputRequest, context: Context, io: Io): HostValue[] {
  const { parameters } = signature;
  const { given } = request;
  if (given.length > parameters.length)
    throw new UsageError(
      `${inputCount(signature)}, got ${given.length}: ${given.slice(parameters.length).join(', ')} ${given.length - parameters.length === 1 ? 'is' : 'are'} too many`,
    );
  if (given.length < parameters.length && request.random === undefined) throw missingInputs(signature, request);
  const values = given.map((text, i) => readInput(parameters[i]!, i, text, io));
  if (values.length === parameters.length) return values;
  const sizes = request.sizes.length > 0 ? request.sizes : dynamicSizes(parameters, values).slice(0, 1);
  const generator = new Generator(request.random ?? 0, sizes, context);
  // Generated from the first parameter on, so that an input does not depend on which of the others are given.
  const random = parameters.map((parameter) => generator.value(parameter));
  return [...values, ...random.slice(values.length)];
}

/** Sizes that given arrays have in dynamic dimensions: others most likely have to be the same. */
function dynamicSizes(parameters: readonly Parameter[], values: readonly HostValue[]): number[] {
  return values.flatMap((value, i) =>
    isScalar(value) ? [] : value.shape.filter((_, d) => parameters[i]!.shape?.[d] === null),
  );
}

function inputCount({ name, parameters }: Signature): string {
  return `@${name} takes ${parameters.length} ${parameters.length === 1 ? 'input' : 'inputs'}`;
}

function missingInputs(signature: Signature, { given, program, flags }: InputRequest): CommandError {
  const { parameters } = signature;
  const rest = [...flags, ...given].map((text) => ` ${text}`).join('');
  const files = parameters.map((p, i) => given[i] ?? (p.shape === undefined ? '1' : `${p.name}.npy`));
  const first = parameters[given.length]!;
  const example = npSave(first);
  return new UsageError(
    [
      `${inputCount(signature)}, got ${given.length}`,
      `  ${printSignature(signature)}`,
      'with random inputs:',
      `  bud-run ${program}${rest} --random=1`,
      `with .npy files, or numbers for arrays of rank 0${example === undefined ? '' : `; ${first.name}.npy for example by\n  ${example}`}`,
      `  bud-run ${program}${flags.map((f) => ` ${f}`).join('')} ${files.join(' ')}`,
    ].join('\n'),
  );
}

/** A command that writes an input of the right type; undefined where NumPy has no such type. */
function npSave({ name, dtype, shape }: Parameter): string | undefined {
  const numpy = NUMPY_NAMES[dtype === 'bf16' ? 'f32' : dtype];
  if (numpy === undefined || shape === undefined) return undefined;
  const sizes = shape.map((d) => d ?? DEFAULT_SIZE);
  return `python3 -c "import numpy as np; np.save('${name}.npy', np.ones((${sizes.join(', ')}${sizes.length === 1 ? ',' : ''}), np.${numpy}))"`;
}

const NUMPY_NAMES: Readonly<Record<string, string | undefined>> = {
  i1: 'bool_',
  i8: 'int8',
  i16: 'int16',
  i32: 'int32',
  i64: 'int64',
  index: 'int64',
  ui8: 'uint8',
  ui16: 'uint16',
  ui32: 'uint32',
  ui64: 'uint64',
  f16: 'float16',
  f32: 'float32',
  f64: 'float64',
  'complex<f32>': 'complex64',
  'complex<f64>': 'complex128',
};

function readInput(parameter: Parameter, index: number, text: string, io: Io): HostValue {
  if (/^[-+.\d]|^(?:inf|nan|true|false)$/i.test(text) && !text.endsWith('.npy'))
    return numberInput(parameter, index, text);
  return fit(parameter, index, text, readNpy(text, io));
}

/** Decodes a .npy file. @throws CommandError that names it */
export function readNpy(path: string, io: Io): HostArray {
  const bytes = io.readFile(path);
  try {
    return decodeNpy(bytes, { file: path }) as HostArray;
  } catch (error) {
    throw error instanceof RuntimeTrap ? new CommandError(error.message) : error;
  }
}

/** Checks an array against what the function takes. */
function fit(parameter: Parameter, index: number, path: string, array: HostArray): HostValue {
  const { dtype, shape, name } = parameter;
  const expected = { dtype, shape: shape ?? [] };
  const what = `${path}: input ${index} (%${name}): expected ${shape === undefined ? dtype : describeArray(expected)}, got ${describeArray(array)}`;
  if (!sameSizes(expected.shape, array.shape)) {
    const sizes = reshaped(expected.shape, array.shape);
    const hint = sizes ? `; its elements would fit: ${convert(path, `.reshape(${sizes.join(', ')})`)}` : '';
    throw new CommandError(what + hint);
  }
  if (dtype === 'bf16' && array.dtype === 'f32') return { ...array, dtype, data: bf16Array(array.data) };
  if (storedAs(dtype) !== storedAs(array.dtype)) {
    const numpy = NUMPY_NAMES[dtype === 'bf16' ? 'f32' : dtype];
    throw new CommandError(
      `${what}${numpy === undefined ? '' : `; convert it: ${convert(path, `.astype(np.${numpy})`)}`}`,
    );
  }
  if (shape === undefined) return { dtype, scalar: scalarAt(parameter, array) };
  return { ...array, dtype };
}

/** NumPy has no bf16: files hold f32, rounded here. */
function bf16Array(data: TypedArray): TypedArray {
  return Uint16Array.from(data as Float32Array, bf16Bits);
}

/** index is stored as i64. */
function storedAs(dtype: string): string {
  return dtype === 'index' ? 'i64' : dtype;
}

function sameSizes(expected: readonly (number | null)[], got: readonly number[]): boolean {
  return expected.length === got.length && expected.every((d, i) => d === null || d === got[i]);
}

/** The arguments of `reshape` that make a shape fit; undefined when none do, or several. */
function reshaped(expected: readonly (number | null)[], got: readonly number[]): readonly number[] | undefined {
  const count = got.reduce((n, d) => n * d, 1);
  const fixed = expected.reduce<number>((n, d) => n * (d ?? 1), 1);
  const open = expected.filter((d) => d === null).length;
  if (open > 1 || fixed === 0 || (open === 1 ? count % fixed !== 0 : count !== fixed)) return undefined;
  return expected.map((d) => d ?? -1);
}

function convert(path: string, method: string): string {
  const target = path.replace(/(\.npy)?$/, '.converted.npy');
  return `python3 -c "import numpy as np; np.save('${target}', np.load('${path}')${method})"`;
}

function scalarAt({ element, dtype }: Parameter, { data }: HostArray): number | bigint {
  const value = elementAccess(element).load(data, 0);
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  throw new CommandError(`a number of type ${dtype} cannot be passed`);
}

/** A number written on the command line, for a number or an array of rank 0. */
function numberInput(parameter: Parameter, index: number, text: string): HostValue {
  const { dtype, element, shape, name } = parameter;
  const where = `input ${index} (%${name})`;
  if (shape !== undefined && shape.length > 0)
    throw new CommandError(
      `${where}: expected ${describeArray({ dtype, shape })}, got the number ${text}; give a .npy file`,
    );
  const value = parseNumber(parameter, text);
  if (value === undefined) throw new CommandError(`${where}: '${text}' is no number of type ${dtype}`);
  const access = elementAccess(element);
  const data = access.make(1) as TypedArray;
  access.store(data, 0, value);
  const stored = access.load(data, 0);
  if (!(element instanceof FloatType) && stored !== value)
    throw new CommandError(`${where}: ${text} does not fit ${dtype}`);
  return shape === undefined ? { dtype, scalar: stored as number | bigint } : { dtype, shape: [], data };
}

function parseNumber({ element, dtype }: Parameter, text: string): number | bigint | undefined {
  const lower = text.toLowerCase();
  if (element instanceof FloatType) {
    const special = /^[-+]?(inf|nan)$/.exec(lower);
    if (special)
      return (lower.startsWith('-') ? -1 : 1) * (special[1] === 'inf' ? Number.POSITIVE_INFINITY : Number.NaN);
    const value = Number(text);
    return text.trim() === '' || Number.isNaN(value) ? undefined : value;
  }
  if (dtype === 'i1' && (lower === 'true' || lower === 'false')) return lower === 'true' ? 1 : 0;
  if (!/^[-+]?\d+$/.test(text)) return undefined;
  return element instanceof IntegerType && element.width > 32 ? BigInt(text) : Number(text);
}

/** Random inputs that depend only on the seed and the types: floats in [-1, 1), integers of at most 7 bits. */
class Generator {
  private readonly random: Random;
  private readonly sizes: readonly number[];
  private readonly context: Context;
  private nextSize = 0;

  constructor(seed: number, sizes: readonly number[], context: Context) {
    this.random = new Random(seed);
    this.sizes = sizes;
    this.context = context;
  }

  value({ dtype, element, shape }: Parameter): HostValue {
    const array = zeroArray(
      this.context,
      element,
      (shape ?? []).map((d) => d ?? this.size()),
    );
    const access = elementAccess(element);
    const { data } = array;
    const isComplex = access.kind === 'complex';
    for (let i = 0; i < data.length; i++) {
      const value = isComplex || element instanceof FloatType ? this.random.uniform() * 2 - 1 : this.integer(element);
      if (isComplex) data[i] = value;
      else
        access.store(
          data,
          i,
          data instanceof BigInt64Array && access.kind !== 'index'
            ? BigInt(value)
            : data instanceof BigUint64Array
              ? BigInt(value)
              : value,
        );
    }
    return shape === undefined ? { dtype, scalar: access.load(data, 0) as number | bigint } : array;
  }

  private integer(element: unknown): number {
    const bits = this.random.uint32();
    if (!(element instanceof IntegerType)) return bits & 7;
    if (element.width === 1) return bits & 1;
    const signed = element.signedness !== 'unsigned';
    return signed ? (bits & 127) - 64 : bits & 127;
  }

  private size(): number {
    const { sizes } = this;
    const size = sizes[Math.min(this.nextSize++, sizes.length - 1)];
    return size ?? DEFAULT_SIZE;
  }
}
