// #stablehlo.conv: what each dimension of the operands and the result of a convolution means. Written as one list for
// each of them, in the order of its dimensions, with `b` batch, `f` feature, `i` and `o` input and output feature of the
// kernel, and the numbers of spatial dimensions: `[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]`; or, after `raw`, by name.
import { type AsmParser, type AsmPrinter, type DialectAttrDefinition, defineAttribute } from '@budflow/ir';

export interface ConvDimensions {
  readonly input_batch_dimension: number;
  readonly input_feature_dimension: number;
  readonly input_spatial_dimensions: readonly number[];
  readonly kernel_input_feature_dimension: number;
  readonly kernel_output_feature_dimension: number;
  readonly kernel_spatial_dimensions: readonly number[];
  readonly output_batch_dimension: number;
  readonly output_feature_dimension: number;
  readonly output_spatial_dimensions: readonly number[];
}

interface Side {
  readonly first: number;
  readonly second: number;
  readonly spatial: readonly number[];
}

/** `[b, 0, 1, f]`; the letters of the two that are not spatial, in any order. */
function parseSide(parser: AsmParser, letters: readonly [string, string]): Side {
  const at = parser.offset();
  const found: (number | undefined)[] = [undefined, undefined];
  const spatial: number[] = [];
  let position = 0;
  parser.commaSeparated('square', () => {
    const start = parser.offset();
    if (!parser.optionalPunctuation('?')) {
      const number = parser.optionalInteger();
      if (number !== undefined) {
        if (number < 0 || spatial[number] !== undefined)
          parser.error(`expected each spatial dimension once, got ${number}`, start);
        spatial[number] = position;
      } else {
        const letter = letters.findIndex((l) => parser.optionalKeyword(l));
        if (letter < 0)
          parser.error(`expected a spatial dimension, '${letters[0]}' or '${letters[1]}' of a convolution`, start);
        if (found[letter] !== undefined) parser.error(`'${letters[letter]}' is given twice`, start);
        found[letter] = position;
      }
    }
    position++;
  });
  const missing = found.indexOf(undefined);
  if (missing >= 0) parser.error(`expected '${letters[missing]}' among the dimensions`, at);
  const hole = Array.from(spatial).indexOf(undefined as unknown as number);
  if (hole >= 0) parser.error(`expected spatial dimension ${hole} among the dimensions`, at);
  return { first: found[0]!, second: found[1]!, spatial };
}
function sideText(side: Side, letters: readonly [string, string]): string {
  const items: string[] = [];
  items[side.first] = letters[0];
  items[side.second] = letters[1];
  side.spatial.forEach((d, i) => {
    items[d] = String(i);
  });
  return `[${Array.from(items, (item) => item ?? '?').join(', ')}]`;
}

const NAMES = [
  'input_batch_dimension',
  'input_feature_dimension',
  'input_spatial_dimensions',
  'kernel_input_feature_dimension',
  'kernel_output_feature_dimension',
  'kernel_spatial_dimensions',
  'output_batch_dimension',
  'output_feature_dimension',
  'output_spatial_dimensions',
] as const satisfies readonly (keyof ConvDimensions)[];

/** Whether the lists can say it: every dimension means one thing. */
function isListable(d: ConvDimensions): boolean {
  const distinct = (...dims: number[]) => new Set(dims).size === dims.length && dims.every((n) => n >= 0 && n < 64);
  return (
    distinct(d.input_batch_dimension, d.input_feature_dimension, ...d.input_spatial_dimensions) &&
    distinct(d.kernel_input_feature_dimension, d.kernel_output_feature_dimension, ...d.kernel_spatial_dimensions) &&
    distinct(d.output_batch_dimension, d.output_feature_dimension, ...d.output_spatial_dimensions)
  );
}

function parseRaw(parser: AsmParser): ConvDimensions {
  const at = parser.offset();
  const values = new Map<string, number | number[]>();
  do {
    const start = parser.offset();
    const name = parser.anyKeyword('a parameter of a convolution');
    if (!NAMES.some((n) => n === name)) parser.error(`'stablehlo.conv' has no parameter '${name}'`, start);
    if (values.has(name)) parser.error(`parameter '${name}' is given twice`, start);
    parser.punctuation('=');
    values.set(
      name,
      name.endsWith('spatial_dimensions') ? parser.commaSeparated('square', () => parser.integer()) : parser.integer(),
    );
  } while (parser.optionalPunctuation(','));
  const missing = NAMES.find((n) => !values.has(n) && !n.endsWith('spatial_dimensions'));
  if (missing !== undefined) parser.error(`parameter '${missing}' of 'stablehlo.conv' is missing`, at);
  const read = (name: string) => values.get(name) ?? [];
  return Object.fromEntries(NAMES.map((n) => [n, read(n)])) as unknown as ConvDimensions;
}

/** `[b, 0, f]x[0, i, o]->[b, 0, f]` without brackets around it, or `raw ...`. */
function parseDimensions(parser: AsmParser): ConvDimensions {
  if (parser.optionalKeyword('raw')) return parseRaw(parser);
  const input = parseSide(parser, ['b', 'f']);
  parser.keyword('x');
  const kernel = parseSide(parser, ['i', 'o']);
  parser.punctuation('->');
  const output = parseSide(parser, ['b', 'f']);
  return {
    input_batch_dimension: input.first,
    input_feature_dimension: input.second,
    input_spatial_dimensions: input.spatial,
    kernel_input_feature_dimension: kernel.first,
    kernel_output_feature_dimension: kernel.second,
    kernel_spatial_dimensions: kernel.spatial,
    output_batch_dimension: output.first,
    output_feature_dimension: output.second,
    output_spatial_dimensions: output.spatial,
  };
}
function printDimensions(printer: AsmPrinter, d: ConvDimensions): void {
  if (!isListable(d)) {
    const item = (value: number | readonly number[]) => (typeof value === 'number' ? value : `[${value.join(', ')}]`);
    printer.text(`raw ${NAMES.map((n) => `${n} = ${item(d[n])}`).join(', ')}`);
    return;
  }
  const input = {
    first: d.input_batch_dimension,
    second: d.input_feature_dimension,
    spatial: d.input_spatial_dimensions,
  };
  const kernel = {
    first: d.kernel_input_feature_dimension,
    second: d.kernel_output_feature_dimension,
    spatial: d.kernel_spatial_dimensions,
  };
  const output = {
    first: d.output_batch_dimension,
    second: d.output_feature_dimension,
    spatial: d.output_spatial_dimensions,
  };
  printer.text(`${sideText(input, ['b', 'f'])}x${sideText(kernel, ['i', 'o'])}->${sideText(output, ['b', 'f'])}`);
}

export const ConvDimensionNumbers: DialectAttrDefinition<ConvDimensions> = defineAttribute<ConvDimensions>({
  name: 'stablehlo.conv',
  summary: 'What the dimensions of the operands and the result of a convolution mean',
  parse(parser) {
    parser.punctuation('<');
    const dimensions = parseDimensions(parser);
    parser.punctuation('>');
    return dimensions;
  },
  print(printer, dimensions) {
    printer.text('<');
    printDimensions(printer, dimensions);
    printer.text('>');
  },
  bare: {
    description: 'dimensions of a convolution such as [b, 0, f]x[0, i, o]->[b, 0, f]',
    parse: parseDimensions,
    parseOptional: (parser) => parseDimensions(parser),
    print: printDimensions,
  },
});
