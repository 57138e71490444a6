// Arrays as NumPy prints them (`print(a)`): columns aligned, eight digits after the point, long arrays abbreviated to
// three elements at each end, lines of at most 75 characters.
import { countOf, type HostArray } from './host-array.js';
import {
  elementAt,
  isComplexType,
  isFloatType,
  positional,
  printNumber,
  roundTo,
  shortestDecimal,
  tiesToEven,
  widthOf,
} from './scalars.js';

const THRESHOLD = 1000;
const EDGE = 3;
const WIDTH = 75;
const PRECISION = 8;
/** Columns with numbers from here on get exponents (NumPy 2). */
const SCIENTIFIC_FROM = { half: 1e3, single: 1e6, double: 1e8 } as const;

/** The text without a final newline. */
export function printArray(array: HostArray): string {
  const { dtype, shape, data } = array;
  if (shape.length === 0)
    return isComplexType(dtype) ? printComplex(array) : printNumber(dtype, elementAt(dtype, data, 0));
  const count = countOf(shape);
  if (count === 0) return '[]';
  const abbreviated = count > THRESHOLD;
  const format = formatFor(array, shownOffsets(shape, { abbreviated }));
  return new Layout(shape, format, { abbreviated }).text();
}

/** Row-major offsets of the elements that are printed. */
function shownOffsets(shape: readonly number[], { abbreviated }: { readonly abbreviated: boolean }): number[] {
  let offsets = [0];
  for (const size of shape) {
    const next: number[] = [];
    for (const offset of offsets)
      for (let i = 0; i < size; i++)
        if (!abbreviated || size <= 2 * EDGE || i < EDGE || i >= size - EDGE) next.push(offset * size + i);
    offsets = next;
  }
  return offsets;
}

type Format = (offset: number) => string;

function formatFor({ dtype, data }: HostArray, shown: readonly number[]): Format {
  if (isComplexType(dtype)) {
    const real = floatFormat(
      dtype,
      shown.map((o) => Number(data[2 * o])),
      { plus: false },
    );
    const imaginary = floatFormat(
      dtype,
      shown.map((o) => Number(data[2 * o + 1])),
      { plus: true },
    );
    return (o) => {
      const im = imaginary(Number(data[2 * o + 1]));
      const end = im.trimEnd().length;
      return `${real(Number(data[2 * o]))}${im.slice(0, end)}j${im.slice(end)}`;
    };
  }
  if (isFloatType(dtype)) {
    const format = floatFormat(
      dtype,
      shown.map((o) => Number(elementAt(dtype, data, o))),
      { plus: false },
    );
    return (o) => format(Number(elementAt(dtype, data, o)));
  }
  const print = (o: number) => printNumber(dtype, elementAt(dtype, data, o));
  const width = dtype === 'i1' ? 5 : Math.max(...shown.map((o) => print(o).length));
  return (o) => print(o).padStart(width);
}

function printComplex({ dtype, data }: HostArray): string {
  const part = (v: number) => printNumber(dtype, v).replace(/\.0$/, '');
  const im = part(Number(data[1]));
  return `(${part(Number(data[0]))}${im.startsWith('-') ? '' : '+'}${im}j)`;
}

/** One format for all numbers of an array, after NumPy's FloatingFormat. */
function floatFormat(
  dtype: string,
  values: readonly number[],
  { plus }: { readonly plus: boolean },
): (value: number) => string {
  const finite = values.filter(Number.isFinite);
  const nonZero = finite.filter((v) => v !== 0).map(Math.abs);
  const most = nonZero.reduce((a, b) => Math.max(a, b), 0);
  const least = nonZero.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const scientific =
    nonZero.length > 0 &&
    (most >= SCIENTIFIC_FROM[widthOf(dtype)] || least < 1e-4 || roundTo(dtype, most / least) > 1000);
  const parts = finite.map((v) => (scientific ? scientificParts(dtype, v, plus) : positionalParts(dtype, v, plus)));
  let left = Math.max(0, ...parts.map((p) => p.whole.length));
  const fraction = Math.max(0, ...parts.map((p) => p.fraction.length));
  const exponent = scientific ? Math.max(...parts.map((p) => p.exponent.length)) : 0;
  const right = fraction + (scientific ? exponent + 2 : 0);
  if (finite.length < values.length) {
    const nan = values.some(Number.isNaN) ? 3 : 0;
    const infinite = values.filter((v) => Math.abs(v) === Number.POSITIVE_INFINITY);
    const inf = infinite.length === 0 ? 0 : 3 + Number(plus || infinite.some((v) => v < 0));
    left = Math.max(left, nan - right - 1, inf - right - 1);
  }
  return (value) => {
    if (!Number.isFinite(value)) {
      const name = Number.isNaN(value) ? 'nan' : value < 0 ? '-inf' : plus ? '+inf' : 'inf';
      return (plus && name === 'nan' ? '+nan' : name).padStart(left + right + 1);
    }
    if (!scientific) {
      const p = positionalParts(dtype, value, plus);
      return `${p.whole.padStart(left)}.${p.fraction.padEnd(fraction)}`;
    }
    // Where others need more digits, this one gets its own, not zeros.
    const p = scientificParts(dtype, value, plus, fraction);
    return `${p.whole.padStart(left)}.${p.fraction.padEnd(fraction, '0')}e${p.sign}${p.exponent.padStart(exponent, '0')}`;
  };
}

interface Parts {
  /** With the sign. */
  readonly whole: string;
  readonly fraction: string;
  /** Sign and digits of the exponent. */
  readonly sign: string;
  readonly exponent: string;
}

function signOf(value: number, plus: boolean): string {
  return value < 0 || Object.is(value, -0) ? '-' : plus ? '+' : '';
}

function positionalParts(dtype: string, value: number, plus: boolean): Parts {
  const magnitude = Math.abs(value);
  let { whole, fraction } = positional(shortestDecimal(dtype, magnitude));
  if (fraction.length > PRECISION) {
    const [w, f] = tiesToEven(magnitude, 'toFixed', PRECISION).split('.') as [string, string];
    whole = w;
    fraction = f.replace(/0+$/, '');
  }
  return { whole: signOf(value, plus) + whole, fraction, sign: '', exponent: '' };
}

function scientificParts(dtype: string, value: number, plus: boolean, atLeast = 0): Parts {
  const magnitude = Math.abs(value);
  const { digits, exponent } = shortestDecimal(dtype, magnitude);
  let shown = digits;
  let power = magnitude === 0 ? 0 : exponent - 1;
  if (digits.length > PRECISION + 1 || digits.length < atLeast + 1) {
    const cut = digits.length > PRECISION + 1 ? Math.max(atLeast, PRECISION) : atLeast;
    const [mantissa, e] = tiesToEven(magnitude, 'toExponential', cut).split('e') as [string, string];
    shown = mantissa.replace('.', '').replace(/0+$/, '');
    power = Number(e);
  }
  return {
    whole: signOf(value, plus) + (shown[0] ?? '0'),
    fraction: shown.slice(1),
    sign: power < 0 ? '-' : '+',
    exponent: String(Math.abs(power)).padStart(2, '0'),
  };
}

/** Brackets, lines and indentation. */
class Layout {
  private readonly shape: readonly number[];
  private readonly format: Format;
  private readonly abbreviated: boolean;

  constructor(shape: readonly number[], format: Format, { abbreviated }: { readonly abbreviated: boolean }) {
    this.shape = shape;
    this.format = format;
    this.abbreviated = abbreviated;
  }

  text(): string {
    return this.axis(0, 0, ' ', WIDTH);
  }

  private axis(axis: number, offset: number, indent: string, width: number): string {
    const { shape } = this;
    if (axis === shape.length) return this.format(offset);
    const size = shape[axis]!;
    const shortened = this.abbreviated && size > 2 * EDGE;
    const inner = (i: number) => this.axis(axis + 1, offset * size + i, `${indent} `, width - 1);
    const items: string[] = [];
    for (let i = 0; i < size; i++) {
      if (shortened && i === EDGE) {
        items.push('...');
        i = size - EDGE;
      }
      items.push(inner(i));
    }
    const last = axis === shape.length - 1;
    const body = last
      ? this.wrapped(items, indent, width - 1)
      : items.map((item) => indent + item).join('\n'.repeat(shape.length - 1 - axis));
    return `[${body.slice(indent.length)}]`;
  }

  /** The innermost axis: elements one after the other, new lines where they do not fit. */
  private wrapped(items: readonly string[], indent: string, width: number): string {
    let done = '';
    let line = indent;
    items.forEach((item, i) => {
      if (line.length + item.length > width && line.length > indent.length) {
        done += `${line.trimEnd()}\n`;
        line = indent;
      }
      line += item;
      if (i < items.length - 1) line += ' ';
    });
    return done + line;
  }
}
