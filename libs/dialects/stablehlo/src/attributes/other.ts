// Other attributes of StableHLO: channels, aliases of custom calls, bounds of dynamic sizes, algorithms of products, and
// the accuracy of functions.
import {
  type AsmParser,
  type AsmPrinter,
  DialectAttr,
  type DialectAttrDefinition,
  DYNAMIC,
  defineAttribute,
  FloatAttr,
  FloatType,
  type Parameter,
  param,
  printFloat,
} from '@budflow/ir';
import { ResultAccuracyMode } from '../enums.js';

export const ChannelHandle = defineAttribute({
  name: 'stablehlo.channel_handle',
  summary: 'A channel between processes or to the host: its number and its type',
  parameters: { handle: param.integer, type: param.integer },
  assembly: '`<` struct(params) `>`',
});

export const OutputOperandAlias = defineAttribute({
  name: 'stablehlo.output_operand_alias',
  summary: 'Says that a result of a custom call is written over one of its operands',
  parameters: {
    output_tuple_indices: param.array(param.integer),
    operand_index: param.integer,
    operand_tuple_indices: param.array(param.integer),
  },
  assembly: '`<` struct(params) `>`',
});

export interface Bounds {
  /** For each dimension the largest size it may have; DYNAMIC where the size is static or has no bound. */
  readonly bounds: readonly number[];
}

/** `4` or `?` */
function parseBound(parser: AsmParser): number {
  if (parser.optionalPunctuation('?')) return DYNAMIC;
  const at = parser.offset();
  const bound = parser.integer();
  return bound >= 0 ? bound : parser.error(`expected a bound of a dimension, got ${bound}`, at);
}

/** Encoding of a tensor type with bounded dimensions. */
export const TypeExtensions: DialectAttrDefinition<Bounds> = defineAttribute<Bounds>({
  name: 'stablehlo.bounds',
  summary: 'Encoding of a tensor type: the largest sizes of its dynamic dimensions',
  parse: (parser) => ({ bounds: parser.commaSeparated('angle', () => parseBound(parser)) }),
  print: (printer, { bounds }) => printer.text(`<${bounds.map((b) => (b === DYNAMIC ? '?' : b)).join(', ')}>`),
});
/** The older spelling of bounds, read as the newer one. */
export const OldTypeExtensions: DialectAttrDefinition<Bounds> = defineAttribute<Bounds>({
  name: 'stablehlo.type_extensions',
  summary: 'Older spelling of #stablehlo.bounds',
  parse(parser) {
    parser.punctuation('<');
    parser.keyword('bounds');
    parser.punctuation('=');
    const bounds = parser.commaSeparated('square', () => parseBound(parser));
    parser.punctuation('>');
    return { bounds };
  },
  print: (printer, { bounds }) =>
    printer.text(`<bounds = [${bounds.map((b) => (b === DYNAMIC ? '?' : b)).join(', ')}]>`),
});

export const DotAlgorithm = defineAttribute({
  name: 'stablehlo.dot_algorithm',
  summary: 'Types and number of partial products that a product of tensors is computed with',
  parameters: {
    lhs_precision_type: param.type,
    rhs_precision_type: param.type,
    accumulation_type: param.type,
    lhs_component_count: param.integer,
    rhs_component_count: param.integer,
    num_primitive_operations: param.integer,
    allow_imprecise_accumulation: param.boolean,
  },
  assembly: '`<` struct(params) `>`',
});
export type DotAlgorithmParameters = ReturnType<(typeof DotAlgorithm)['parse']>;

/** A double such as `1.000000e-05`. */
const real: Parameter<number> & { readonly optional: false } = {
  description: 'a number',
  optional: false,
  parse(parser: AsmParser) {
    const at = parser.offset();
    const value = parser.attribute(parser.context.f64);
    return value instanceof FloatAttr && value.type instanceof FloatType
      ? value.value
      : parser.error(`expected a number such as 1.0e-5, got ${value}`, at);
  },
  print: (printer: AsmPrinter, value) => printer.text(printFloat(value, printer.context.f64, null)),
  key: (value) => (Object.is(value, -0) ? '-0' : String(value)),
  problem: () => undefined,
};

const mode: Parameter<'DEFAULT' | 'HIGHEST' | 'TOLERANCE'> & { readonly optional: false } = {
  description: '#stablehlo.result_accuracy_mode',
  optional: false,
  parse(parser: AsmParser) {
    const at = parser.offset();
    const value = parser.attribute();
    return value instanceof DialectAttr && value.definition === (ResultAccuracyMode as unknown)
      ? (value.parameters as 'DEFAULT')
      : parser.error(`expected #stablehlo.result_accuracy_mode<...>, got ${value}`, at);
  },
  print: (printer: AsmPrinter, value) => printer.text(`#stablehlo.result_accuracy_mode<${value}>`),
  key: String,
  problem: () => undefined,
};

export const ResultAccuracy = defineAttribute({
  name: 'stablehlo.result_accuracy',
  summary: 'How far the result of a function may be off: absolute, relative, and in units in the last place',
  parameters: {
    atol: param.withDefault(real, 0),
    rtol: param.withDefault(real, 0),
    ulps: param.withDefault(param.integer, 0),
    mode,
  },
  assembly: '`<` struct(params) `>`',
  verify: ({ atol, rtol, ulps }) => (atol < 0 || rtol < 0 || ulps < 0 ? 'a tolerance is at least 0' : undefined),
});
