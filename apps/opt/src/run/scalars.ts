// Elements of arrays as numbers: reading them, and their shortest decimal forms.
import { bf16Bits, bf16FromBits, f16Bits, f16FromBits } from '@budflow/numerics';
import type { TypedArray } from '@budflow/runtime';

/** Whether elements are floating-point numbers. */
export function isFloatType(dtype: string): boolean {
  return /^(?:bf16|f16|f32|f64)$/.test(dtype);
}
export function isComplexType(dtype: string): boolean {
  return dtype.startsWith('complex');
}

/** An element as a number; of complex arrays a part. */
export function elementAt(dtype: string, data: TypedArray, index: number): number | bigint {
  const stored = data[index] as number | bigint;
  if (dtype === 'f16') return f16FromBits(stored as number);
  if (dtype === 'bf16') return bf16FromBits(stored as number);
  return stored;
}

/** Rounds a number to a float type (or the parts of a complex one). */
export function roundTo(dtype: string, value: number): number {
  switch (dtype) {
    case 'f16':
      return f16FromBits(f16Bits(value));
    case 'bf16':
      return bf16FromBits(bf16Bits(value));
    case 'f32':
    case 'complex<f32>':
      return Math.fround(value);
    default:
      return value;
  }
}

/** Decimal digits and exponent of a number: value = 0.d1d2d3... * 10^exponent. */
export interface Decimal {
  readonly digits: string;
  readonly exponent: number;
}

/** The fewest digits that still mean `value` in its type; `value` is finite and not negative. */
export function shortestDecimal(dtype: string, value: number): Decimal {
  if (value === 0) return { digits: '', exponent: 1 };
  let text = value.toExponential();
  if (dtype !== 'f64' && dtype !== 'complex<f64>') {
    for (let precision = 1; precision <= 17; precision++) {
      text = value.toExponential(precision - 1);
      if (roundTo(dtype, Number(text)) === value) break;
    }
  }
  const [mantissa, exponent] = text.split('e') as [string, string];
  return { digits: mantissa.replace('.', '').replace(/0+$/, ''), exponent: Number(exponent) + 1 };
}

/** A number with its shortest digits: `0.1`, `1e-05`, `inf`; as Python prints it. */
export function printNumber(dtype: string, value: number | bigint): string {
  if (typeof value === 'bigint' || !(isFloatType(dtype) || isComplexType(dtype))) {
    if (dtype === 'i1') return value ? 'True' : 'False';
    return String(value);
  }
  if (Number.isNaN(value)) return 'nan';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const magnitude = Math.abs(value);
  if (magnitude === Number.POSITIVE_INFINITY) return `${sign}inf`;
  const decimal = shortestDecimal(dtype, magnitude);
  if (magnitude !== 0 && (decimal.exponent < -3 || decimal.exponent > 16)) {
    const { digits, exponent } = decimal;
    const power = exponent - 1;
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
    return `${sign}${digits[0]}${fraction}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  }
  const { whole, fraction } = positional(decimal);
  return `${sign}${whole}.${fraction === '' ? '0' : fraction}`;
}

/** Digits before and after the point. */
export function positional({ digits, exponent }: Decimal): { readonly whole: string; readonly fraction: string } {
  if (exponent <= 0) return { whole: '0', fraction: '0'.repeat(digits === '' ? 0 : -exponent) + digits };
  return { whole: digits.slice(0, exponent).padEnd(exponent, '0'), fraction: digits.slice(exponent) };
}
