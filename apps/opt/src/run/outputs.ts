// What a run leaves: .npy files, printed arrays, or JSON.
import { bf16FromBits } from '@budflow/numerics';
import { type DType, encodeNpy } from '@budflow/runtime';
import { CommandError, UsageError } from '../cli/errors.js';
import type { Io } from '../cli/io.js';
import { describeArray, type HostArray, type HostValue, isScalar, type TypedArray } from './host-array.js';
import { printArray } from './print-array.js';
import { elementAt, isComplexType, isFloatType, printNumber } from './scalars.js';

/** Before anything runs: as many files as results. */
export function checkOutputs(paths: readonly string[], results: number, entry: string): void {
  if (paths.length === 0 || paths.length === results) return;
  throw new UsageError(
    `@${entry} returns ${results} ${results === 1 ? 'result' : 'results'}, and --output names ${paths.length}: give --output=FILE.npy once for each result, in order`,
  );
}

export function writeOutputs(paths: readonly string[], results: readonly HostValue[], io: Io): void {
  const files = paths.map((path, i) => {
    const value = results[i] as HostValue;
    try {
      return { path, bytes: encodeNpy(forFile(asArray(value))) };
    } catch (error) {
      throw new CommandError(`${path}: result ${i}: ${error instanceof Error ? error.message : String(error)}`);
    }
  });
  for (const { path, bytes } of files) io.writeFile(path, bytes);
}

/** NumPy has no bf16: its values fit f32. */
function forFile({ dtype, shape, data }: HostArray): { dtype: DType; shape: readonly number[]; data: TypedArray } {
  if (dtype !== 'bf16') return { dtype: dtype as DType, shape, data };
  return { dtype: 'f32', shape, data: Float32Array.from(data as Uint16Array, bf16FromBits) };
}

function asArray(value: HostValue): HostArray {
  if (!isScalar(value)) return value;
  const { dtype, scalar } = value;
  if (typeof scalar === 'bigint') return { dtype: 'i64', shape: [], data: BigInt64Array.of(scalar) };
  if (dtype === 'f32') return { dtype, shape: [], data: Float32Array.of(scalar) };
  if (/^b?f/.test(dtype)) return { dtype: 'f64', shape: [], data: Float64Array.of(scalar) };
  if (dtype === 'i1') return { dtype, shape: [], data: Uint8Array.of(scalar) };
  return { dtype: 'i64', shape: [], data: BigInt64Array.of(BigInt(scalar)) };
}

/** All results as NumPy prints them, each under a line that says what it is. */
export function printResults(results: readonly HostValue[]): string {
  return results
    .map((value, i) => {
      const title = results.length === 1 ? 'result' : `result ${i}`;
      if (isScalar(value)) return `${title}: ${value.dtype}\n${printNumber(value.dtype, value.scalar)}\n`;
      return `${title}: ${describeArray(value)}\n${printArray(value)}\n`;
    })
    .join('');
}

/** A result as JSON data: elements in row-major order; what JSON has no number for as text. */
export function resultToJson(value: HostValue): object {
  const plain = (v: number | bigint, dtype: string) => {
    if (typeof v === 'bigint') return BigInt.asIntN(54, v) === v ? Number(v) : String(v);
    // The shortest digits that mean this value in its type.
    return Number.isFinite(v) ? (isFloatType(dtype) ? Number(printNumber(dtype, v)) : v) : printNumber('f64', v);
  };
  if (isScalar(value)) return { dtype: value.dtype, value: plain(value.scalar, value.dtype) };
  const { dtype, shape, data } = value;
  const element = isComplexType(dtype) ? (dtype === 'complex<f32>' ? 'f32' : 'f64') : dtype;
  return {
    dtype,
    shape,
    data: Array.from(data as ArrayLike<number>, (_, i) => plain(elementAt(element, data, i), element)),
  };
}
