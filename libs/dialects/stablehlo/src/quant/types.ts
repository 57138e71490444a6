// Types of the quant dialect: integers that stand for real numbers, `real = (stored - zero_point) * scale`, with one scale
// for the tensor, one for each index of an axis, or one for each block of several axes.
//   !quant.uniform<i8:f32, 5.000000e-01:10>
//   !quant.uniform<u8<1:255>:f32:0, {5.000000e-01,2.500000e-01:3}>
//   !quant.uniform<i8:f32:{0:2, 1:4}, {{1.000000e+00:1, 2.000000e+00}}>
import {
  type AsmParser,
  type AsmPrinter,
  type DialectType,
  DialectType as DialectTypeClass,
  type DialectTypeDefinition,
  defineType,
  FloatAttr,
  FloatType,
  type FloatType as FloatTypeInstance,
  type IntegerType,
  printFloat,
  type Type,
} from '@budflow/ir';

export interface Storage {
  /** Bits of the integers in memory, 1 to 32. */
  readonly width: number;
  readonly signed: boolean;
  /** Values that may occur, both included. */
  readonly min: number;
  readonly max: number;
}

export interface QuantizedParameters extends Storage {
  /** The type of the numbers meant. */
  readonly expressed: FloatTypeInstance;
  /** Dimensions along which scales differ; none for one scale for the tensor. */
  readonly axes: readonly number[];
  /** Elements for each scale along `axes`; 1 with one axis, unless it is written with block sizes. */
  readonly blockSizes: readonly number[];
  /** Whether the axes are written with block sizes. */
  readonly blocked: boolean;
  /** Sizes of the nested lists of scales; one size where it is not blocked. */
  readonly shape: readonly number[];
  /** Row-major in `shape`. */
  readonly scales: readonly number[];
  readonly zeroPoints: readonly number[];
}

function storageRange(width: number, signed: boolean): { min: number; max: number } {
  return signed ? { min: -(2 ** (width - 1)), max: 2 ** (width - 1) - 1 } : { min: 0, max: 2 ** width - 1 };
}

/** `i8`, `u8<1:255>` */
function parseStorage(parser: AsmParser): Storage {
  const at = parser.offset();
  const word = parser.anyKeyword('a storage type such as i8 or u8');
  const match = /^([iu])(\d+)$/.exec(word);
  const width = Number(match?.[2] ?? 0);
  if (match === null || width < 1 || width > 32)
    parser.error(`expected a storage type of 1 to 32 bits such as i8 or u8, got '${word}'`, at);
  const signed = match[1] === 'i';
  const full = storageRange(width, signed);
  if (!parser.optionalPunctuation('<')) return { width, signed, ...full };
  const from = parser.offset();
  const min = parser.integer();
  parser.punctuation(':');
  const max = parser.integer();
  parser.punctuation('>');
  if (min < full.min || max > full.max || min >= max)
    parser.error(`expected a range inside ${full.min}:${full.max} for ${word}, got ${min}:${max}`, from);
  return { width, signed, min, max };
}
function printStorage(printer: AsmPrinter, { width, signed, min, max }: Storage): void {
  printer.text(`${signed ? 'i' : 'u'}${width}`);
  const full = storageRange(width, signed);
  if (min !== full.min || max !== full.max) printer.text(`<${min}:${max}>`);
}

function parseExpressed(parser: AsmParser): FloatTypeInstance {
  const at = parser.offset();
  const type = parser.type();
  return type instanceof FloatType ? type : parser.error(`expected a floating-point type, got ${type}`, at);
}
function parseReal(parser: AsmParser): number {
  const at = parser.offset();
  const value = parser.attribute(parser.context.f64);
  return value instanceof FloatAttr ? value.value : parser.error(`expected a number such as 0.5, got ${value}`, at);
}
function realText(value: number, context: AsmPrinter['context']): string {
  return printFloat(value, context.f64, null);
}

/** `0.5:10` onto the lists. */
function parseScale(parser: AsmParser, scales: number[], zeroPoints: number[]): void {
  scales.push(parseReal(parser));
  zeroPoints.push(parser.optionalPunctuation(':') ? parser.integer() : 0);
}

/** What follows `{`; lists are nested to one depth, the length of `shape`, which comes to hold their sizes. */
function parseScales(parser: AsmParser, level: number, shape: number[], one: () => void): void {
  const at = parser.offset();
  const known = shape.length > level;
  if (!known) shape.push(0);
  let count = 0;
  do {
    const item = parser.offset();
    const nested = parser.optionalPunctuation('{');
    if ((known || count > 0) && nested !== shape.length > level + 1)
      parser.error('expected scales nested to one depth', item);
    if (nested) parseScales(parser, level + 1, shape, one);
    else one();
    count++;
  } while (parser.optionalPunctuation(','));
  parser.punctuation('}');
  if (known && shape[level] !== count)
    parser.error(`expected ${shape[level]} entries as in the list before, got ${count}`, at);
  shape[level] = count;
}

function parseUniform(parser: AsmParser): QuantizedParameters {
  parser.punctuation('<');
  const storage = parseStorage(parser);
  parser.punctuation(':');
  const expressed = parseExpressed(parser);
  const axes: number[] = [];
  const blockSizes: number[] = [];
  let blocked = false;
  if (parser.optionalPunctuation(':')) {
    blocked = parser.optionalPunctuation('{');
    if (blocked) {
      if (!parser.optionalPunctuation('}')) {
        do {
          axes.push(parser.integer());
          parser.punctuation(':');
          blockSizes.push(parser.integer());
        } while (parser.optionalPunctuation(','));
        parser.punctuation('}');
      }
    } else {
      axes.push(parser.integer());
      blockSizes.push(1);
    }
  }
  parser.punctuation(',');
  const scales: number[] = [];
  const zeroPoints: number[] = [];
  const shape: number[] = [];
  if (axes.length === 0 && !blocked) parseScale(parser, scales, zeroPoints);
  else {
    parser.punctuation('{');
    parseScales(parser, 0, shape, () => parseScale(parser, scales, zeroPoints));
  }
  parser.punctuation('>');
  return { ...storage, expressed, axes, blockSizes, blocked, shape, scales, zeroPoints };
}

function printUniform(printer: AsmPrinter, p: QuantizedParameters): void {
  printer.text('<');
  printStorage(printer, p);
  printer.text(`:${p.expressed}`);
  if (p.blocked) printer.text(`:{${p.axes.map((axis, i) => `${axis}:${p.blockSizes[i]}`).join(', ')}}`);
  else if (p.axes.length > 0) printer.text(`:${p.axes[0]}`);
  printer.text(', ');
  const scale = (i: number) =>
    `${realText(p.scales[i]!, printer.context)}${p.zeroPoints[i] === 0 ? '' : `:${p.zeroPoints[i]}`}`;
  const nest = (level: number, from: number, size: number): string => {
    if (level === p.shape.length) return scale(from);
    const inner = size / p.shape[level]!;
    const items = Array.from({ length: p.shape[level]! }, (_, i) => nest(level + 1, from + i * inner, inner));
    return `{${items.join(p.blocked ? ', ' : ',')}}`;
  };
  printer.text(`${nest(0, 0, p.scales.length)}>`);
}

function problemOfUniform(p: QuantizedParameters): string | undefined {
  if (p.scales.some((s) => !(s > 0) || s === Number.POSITIVE_INFINITY))
    return 'a scale must be finite and greater than 0';
  const outside = p.zeroPoints.find((z) => z < p.min || z > p.max);
  if (outside !== undefined) return `a zero point must be in ${p.min}:${p.max}, got ${outside}`;
  if (p.axes.some((axis) => axis < 0)) return `a quantized dimension must not be negative, got ${Math.min(...p.axes)}`;
  if (new Set(p.axes).size !== p.axes.length) return 'a quantized dimension is given twice';
  if (p.blockSizes.some((size) => size < 1)) return 'a block size must be positive';
  if (p.shape.length > 1 && !p.blocked) return 'nested scales need block sizes';
  return undefined;
}

/** Definition of `!quant.uniform`, with a test for its types. */
export interface UniformDefinition extends DialectTypeDefinition<QuantizedParameters> {
  is(type: Type): type is DialectType<QuantizedParameters>;
}

export const UniformType: UniformDefinition = {
  ...defineType<QuantizedParameters>({
    name: 'quant.uniform',
    summary: 'Integers that stand for real numbers: real = (stored - zero_point) * scale',
    parse: parseUniform,
    print: printUniform,
    verify: problemOfUniform,
  }),
  is: (type): type is DialectType<QuantizedParameters> =>
    type instanceof DialectTypeClass && type.definition === (UniformType as unknown),
};

export interface AnyQuantizedParameters extends Storage {
  readonly expressed: FloatTypeInstance | undefined;
}

export const AnyQuantizedType: DialectTypeDefinition<AnyQuantizedParameters> = defineType<AnyQuantizedParameters>({
  name: 'quant.any',
  summary: 'Integers that stand for real numbers in a way not said',
  parse(parser) {
    parser.punctuation('<');
    const storage = parseStorage(parser);
    const expressed = parser.optionalPunctuation(':') ? parseExpressed(parser) : undefined;
    parser.punctuation('>');
    return { ...storage, expressed };
  },
  print(printer, p) {
    printer.text('<');
    printStorage(printer, p);
    printer.text(`${p.expressed === undefined ? '' : `:${p.expressed}`}>`);
  },
});

export interface CalibratedParameters {
  readonly expressed: FloatTypeInstance;
  readonly min: number;
  readonly max: number;
}

export const CalibratedType: DialectTypeDefinition<CalibratedParameters> = defineType<CalibratedParameters>({
  name: 'quant.calibrated',
  summary: 'Real numbers in a known range, which are to be quantized',
  parse(parser) {
    parser.punctuation('<');
    const expressed = parseExpressed(parser);
    parser.punctuation('<');
    const min = parseReal(parser);
    parser.punctuation(':');
    const max = parseReal(parser);
    parser.punctuation('>');
    parser.punctuation('>');
    return { expressed, min, max };
  },
  print(printer, { expressed, min, max }) {
    const { context } = printer;
    printer.text(`<${expressed}<${realText(min, context)}:${realText(max, context)}>>`);
  },
  verify: ({ min, max }) => (min < max ? undefined : `a range must begin below its end, got ${min}:${max}`),
});

/** The integer type that a quantized type is stored as. */
export function storageType(context: AsmPrinter['context'], { width, signed }: Storage): IntegerType {
  return context.integer(width, signed ? 'signless' : 'unsigned');
}
