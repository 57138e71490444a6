// Custom directives of StableHLO's assembly formats: types that are written once where they follow from each other, and
// attributes with a text of their own.
import {
  type ArrayAttr,
  type AsmParser,
  type Attribute,
  ComplexType,
  type Context,
  type CustomDirective,
  type DenseArrayAttr,
  type DialectAttr,
  type DirectiveArgument,
  FunctionType,
  type IntegerAttr,
  type StringAttr,
  TensorType,
  TupleType,
  type Type,
} from '@budflow/ir';
import { DotDimensionNumbers, type DotDimensions } from './attributes/dims.js';
import { DotAlgorithm, type DotAlgorithmParameters } from './attributes/other.js';
import { Precision } from './enums.js';

/** Types of a `(types) -> type`, onto the arguments, the last of which is the result. */
function pushFunctionType(parser: AsmParser, type: FunctionType, args: readonly DirectiveArgument[], at: number): true {
  if (type.inputs.length !== args.length - 1 || type.results.length !== 1)
    parser.error(`expected types of ${args.length - 1} operands and one result, got ${type}`, at);
  args.forEach((arg, i) => {
    arg.types.push(type.inputs[i] ?? type.results[0]!);
  });
  return true;
}

/** `type` when all are of one type, `(types) -> type` otherwise. The last argument is the type of the result. */
const SameOperandsAndResultType: CustomDirective = {
  parse(parser, args) {
    const at = parser.offset();
    const type = parser.type();
    if (type instanceof FunctionType) return pushFunctionType(parser, type, args, at);
    for (const arg of args) arg.types.push(type);
    return true;
  },
  print(printer, args) {
    const types = args.map((arg) => arg.types[0]!);
    if (types.every((t) => t === types[0])) printer.type(types[0]!);
    else printer.functionType(types.slice(0, -1), types.slice(-1));
  },
};

/** Like SameOperandsAndResultType for a list of operands and one result: `custom<...>(ref($list), type($list), type($result))`. */
const VariadicSameOperandsAndResultType: CustomDirective = {
  parse(parser, [operands, types, result]) {
    const at = parser.offset();
    const type = parser.type();
    const count = operands!.operands.length;
    if (type instanceof FunctionType) {
      if (type.inputs.length !== count || type.results.length !== 1)
        parser.error(`expected types of ${count} operands and one result, got ${type}`, at);
      types!.types.push(...type.inputs);
      result!.types.push(type.results[0]!);
    } else {
      for (let i = 0; i < count; i++) types!.types.push(type);
      result!.types.push(type);
    }
    return true;
  },
  print(printer, [, types, result]) {
    const [type] = result!.types;
    if (types!.types.every((t) => t === type)) printer.type(type!);
    else printer.functionType(types!.types, [type!]);
  },
};

/** Operands and results of one list of types. */
const PairwiseOpType: CustomDirective = {
  parse(parser, [operands, results]) {
    const types = parser.typeList();
    operands!.types.push(...types);
    results!.types.push(...types);
    return true;
  },
  print: (printer, [operands]) => printer.types(operands!.types),
};

/** The type of the parts of a tensor of complex numbers. */
export function complexParts(context: Context, type: Type): TensorType | undefined {
  return type instanceof TensorType && type.element instanceof ComplexType
    ? context.tensor(type.shape, type.element.element, type.encoding)
    : undefined;
}

/** The type of the result when its parts are the operands, `(types) -> type` otherwise. */
const ComplexOpType: CustomDirective = {
  parse(parser, args) {
    const at = parser.offset();
    const type = parser.type();
    if (type instanceof FunctionType) return pushFunctionType(parser, type, args, at);
    const part = complexParts(parser.context, type);
    if (part === undefined) return parser.error(`expected a tensor of complex numbers, got ${type}`, at);
    args[0]!.types.push(part);
    args[1]!.types.push(part);
    args[2]!.types.push(type);
    return true;
  },
  print(printer, args) {
    const [lhs, rhs, result] = args.map((arg) => arg.types[0]!) as [Type, Type, Type];
    if (lhs === rhs && complexParts(printer.context, result) === lhs) printer.type(result);
    else printer.functionType([lhs, rhs], [result]);
  },
};

/** `predicate, type` when both choices and the result are of one type, `(types) -> type` otherwise. */
const SelectOpType: CustomDirective = {
  parse(parser, args) {
    const at = parser.offset();
    const first = parser.type();
    if (first instanceof FunctionType && !parser.optionalPunctuation(','))
      return pushFunctionType(parser, first, args, at);
    if (!(first instanceof FunctionType)) parser.punctuation(',');
    const type = parser.type();
    args[0]!.types.push(first);
    for (const arg of args.slice(1)) arg.types.push(type);
    return true;
  },
  print(printer, args) {
    const [pred, onTrue, onFalse, result] = args.map((arg) => arg.types[0]!) as [Type, Type, Type, Type];
    if (onTrue === result && onFalse === result) printer.types([pred, result]);
    else printer.functionType([pred, onTrue, onFalse], [result]);
  },
};

/** The tuple type of the result, which says the types of the operands. */
const TupleOpType: CustomDirective = {
  parse(parser, [operands, result]) {
    const at = parser.offset();
    const type = parser.type();
    if (!(type instanceof TupleType)) return parser.error(`expected a tuple type, got ${type}`, at);
    operands!.types.push(...type.elements);
    result!.types.push(type);
    return true;
  },
  print: (printer, [, result]) => printer.type(result!.types[0]!),
};

/** Operands, each followed by a comma: what comes after them is a word. */
const OperandsAndComma: CustomDirective = {
  parse(parser, [operands]) {
    for (let operand = parser.optionalOperand(); operand !== undefined; operand = parser.optionalOperand()) {
      operands!.operands.push(operand);
      parser.punctuation(',');
    }
    return true;
  },
  print(printer, [operands]) {
    for (const value of operands!.values) {
      printer.value(value);
      printer.text(', ');
    }
  },
};

/** `[start:limit, start:limit:stride]` */
const SliceRanges: CustomDirective = {
  parse(parser, [starts, limits, strides]) {
    const ranges = parser.commaSeparated('square', () => {
      const start = parser.integer();
      parser.punctuation(':');
      const limit = parser.integer();
      const stride = parser.optionalPunctuation(':') ? parser.integer() : 1;
      return [start, limit, stride] as const;
    });
    const { context } = parser;
    [starts, limits, strides].forEach((arg, k) => {
      arg!.attribute = context.denseArray(
        context.i64,
        ranges.map((range) => range[k as 0 | 1 | 2]),
      );
    });
    return true;
  },
  print(printer, args) {
    const [starts, limits, strides] = args.map((arg) => integers(arg.attribute)) as [number[], number[], number[]];
    const ranges = starts.map((s, i) => `${s}:${limits[i]}${strides[i] === 1 ? '' : `:${strides[i]}`}`);
    printer.text(`[${ranges.join(', ')}]`);
  },
};

/** `e5m10` */
const ExponentMantissa: CustomDirective = {
  parse(parser, [exponent, mantissa]) {
    const at = parser.offset();
    const word = parser.anyKeyword('a format such as e5m10');
    const match = /^e(\d{1,9})m(\d{1,9})$/.exec(word);
    if (match === null) return parser.error(`expected a format such as e5m10, got '${word}'`, at);
    const { context } = parser;
    exponent!.attribute = context.integerAttr(context.i32, Number(match[1]));
    mantissa!.attribute = context.integerAttr(context.i32, Number(match[2]));
    return true;
  },
  print(printer, args) {
    const [exponent, mantissa] = args.map((arg) => (arg.attribute as IntegerAttr).number);
    printer.text(`e${exponent}m${mantissa}`);
  },
};

/** `[DEFAULT, HIGH]` */
function parsePrecisions(parser: AsmParser): Attribute {
  const { context } = parser;
  return context.arrayAttr(
    parser.commaSeparated('square', () => context.dialectAttr(Precision, Precision.bare.parse(parser))),
  );
}
function precisionText(attribute: Attribute): string {
  const words = (attribute as ArrayAttr).elements.map((e) => String((e as DialectAttr).parameters));
  return `[${words.join(', ')}]`;
}
const PrecisionConfig: CustomDirective = {
  parse(parser, [config]) {
    config!.attribute = parsePrecisions(parser);
    return true;
  },
  print: (printer, [config]) => printer.text(precisionText(config!.attribute!)),
};

/** `batching_dims = [0] x [0], contracting_dims = [1] x [0]` */
const DotDimensionsText: CustomDirective = {
  parse(parser, [attribute]) {
    const list = () => parser.commaSeparated('square', () => parser.integer());
    const pair = () => {
      parser.punctuation('=');
      const lhs = list();
      parser.keyword('x');
      return [lhs, list()] as const;
    };
    let batching: readonly [number[], number[]] = [[], []];
    if (parser.optionalKeyword('batching_dims')) {
      batching = pair();
      parser.punctuation(',');
    }
    parser.keyword('contracting_dims');
    const contracting = pair();
    attribute!.attribute = DotDimensionNumbers.get(parser.context, {
      lhs_batching_dimensions: batching[0],
      rhs_batching_dimensions: batching[1],
      lhs_contracting_dimensions: contracting[0],
      rhs_contracting_dimensions: contracting[1],
    });
    return true;
  },
  print(printer, [attribute]) {
    const d = (attribute!.attribute as DialectAttr<DotDimensions>).parameters;
    const list = (dims: readonly number[]) => `[${dims.join(', ')}]`;
    if (d.lhs_batching_dimensions.length > 0 || d.rhs_batching_dimensions.length > 0)
      printer.text(`batching_dims = ${list(d.lhs_batching_dimensions)} x ${list(d.rhs_batching_dimensions)}, `);
    printer.text(`contracting_dims = ${list(d.lhs_contracting_dimensions)} x ${list(d.rhs_contracting_dimensions)}`);
  },
};

/** `, precision = [DEFAULT, DEFAULT], algorithm = <...>`, both optional. */
const PrecisionAndAlgorithm: CustomDirective = {
  parse(parser, [precision, algorithm]) {
    if (!parser.optionalPunctuation(',')) return false;
    if (parser.optionalKeyword('precision')) {
      parser.punctuation('=');
      precision!.attribute = parsePrecisions(parser);
      if (!parser.optionalPunctuation(',')) return true;
    }
    parser.keyword('algorithm');
    parser.punctuation('=');
    algorithm!.attribute = parser.context.dialectAttr(DotAlgorithm, DotAlgorithm.parse(parser));
    return true;
  },
  print(printer, [precision, algorithm]) {
    if (precision!.attribute) printer.text(`, precision = ${precisionText(precision!.attribute)}`);
    if (!algorithm!.attribute) return;
    printer.text(', algorithm = ');
    DotAlgorithm.print(printer, (algorithm!.attribute as DialectAttr<DotAlgorithmParameters>).parameters);
  },
};

/** `@name` into a string attribute. */
const CustomCallTarget: CustomDirective = {
  parse(parser, [target]) {
    target!.attribute = parser.context.stringAttr(parser.symbolName());
    return true;
  },
  print: (printer, [target]) => printer.symbolName((target!.attribute as StringAttr).value),
};

function integers(attribute: Attribute | undefined): number[] {
  return (attribute as DenseArrayAttr).values.map(Number);
}

export const DIRECTIVES: Readonly<Record<string, CustomDirective>> = {
  SameOperandsAndResultType,
  VariadicSameOperandsAndResultType,
  PairwiseOpType,
  ComplexOpType,
  SelectOpType,
  TupleOpType,
  OperandsAndComma,
  SliceRanges,
  ExponentMantissa,
  PrecisionConfig,
  DotDimensions: DotDimensionsText,
  PrecisionAndAlgorithm,
  CustomCallTarget,
};
