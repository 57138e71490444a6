// Elements of arrays as numbers: reading them, and their shortest decimal forms.
import { bf16Bits, bf16FromBits, f16Bits, f16FromBits } from '@budflow/numerics';
import type { TypedArray } from './host-array.js';

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

/** A number cut to `digits` after the point. JavaScript rounds what lies half-way up, NumPy to the even digit. */
export function tiesToEven(value: number, method: 'toFixed' | 'toExponential', digits: number): string {
  const text = value[method](digits);
  const [mantissa, exponent] = text.split('e') as [string, string | undefined];
  const exact = (value[method](100).split('e')[0] as string).split('.')[1] as string;
  const isHalf = /^50*$/.test(exact.slice(digits));
  const last = mantissa.length - 1;
  if (!isHalf || Number(mantissa[last]) % 2 === 0) return text;
  // Rounded up from an even digit: one less is that digit again, without a borrow.
  const even = mantissa.slice(0, last) + String(Number(mantissa[last]) - 1);
  return exponent === undefined ? even : `${even}e${exponent}`;
}

/** The fewest digits that still mean `value` in its type; `value` is finite and not negative. */
export function shortestDecimal(dtype: string, value: number): Decimal {
  if (value === 0) return { digits: '', exponent: 1 };
  let text = value.toExponential();
  if (dtype !== 'f64' && dtype !== 'complex<f64>') {
    for (let precision = 1; precision <= 17; precision++) {
      text = tiesToEven(value, 'toExponential', precision - 1);
      if (roundTo(dtype, Number(text)) === value) break;
    }
  }
  const [mantissa, exponent] = text.split('e') as [string, string];
  return { digits: mantissa.replace('.', '').replace(/0+$/, ''), exponent: Number(exponent) + 1 };
}

/** Numbers from here on are printed with an exponent, as the digits of a type are used up: NumPy 2's rule. */
const SCIENTIFIC_FROM = { half: 1e3, single: 1e6, double: 1e16 } as const;

export function widthOf(dtype: string): 'half' | 'single' | 'double' {
  if (dtype === 'f16' || dtype === 'bf16') return 'half';
  return dtype === 'f32' || dtype === 'complex<f32>' ? 'single' : 'double';
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
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= SCIENTIFIC_FROM[widthOf(dtype)])) {
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
