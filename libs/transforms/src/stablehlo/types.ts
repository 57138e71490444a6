// StableHLO's types in the array dialect: tensors stay, tuples become their elements, tokens nothing, and what has no counterpart says why.
import { FutureType, TokenType, UniformType } from '@budflow/dialect-stablehlo';
import {
  ComplexType,
  type Context,
  DialectType,
  FloatType,
  FunctionType,
  IndexType,
  IntegerType,
  TensorType,
  TupleType,
  type Type,
  UnrankedTensorType,
} from '@budflow/ir';
import { TypeConverter } from '@budflow/rewrite';
import { carrierOf, narrowElement } from './narrow.js';

const INTEGER_WIDTHS: ReadonlySet<number> = new Set([8, 16, 32, 64]);
const FLOATS: ReadonlySet<string> = new Set(['f16', 'bf16', 'f32', 'f64']);

/** Why the array dialect has no elements of this type; undefined when it has. */
function elementRefusal(type: Type): string | undefined {
  if (type instanceof IndexType) return undefined;
  if (narrowElement(type)) return undefined;
  if (type instanceof IntegerType) {
    const isKnown =
      type.signedness === 'signless'
        ? type.width === 1 || INTEGER_WIDTHS.has(type.width)
        : INTEGER_WIDTHS.has(type.width);
    return isKnown && type.signedness !== 'signed' ? undefined : `there are no arrays of ${type}`;
  }
  if (type instanceof FloatType) return FLOATS.has(type.name) ? undefined : `there are no arrays of ${type}`;
  if (type instanceof ComplexType)
    return type.element instanceof FloatType && (type.element.name === 'f32' || type.element.name === 'f64')
      ? undefined
      : `there are no arrays of ${type}`;
  if (UniformType.is(type)) return 'quantized arithmetic is not supported';
  return `there are no arrays of ${type}`;
}

/** Tensors without their encodings, integers of 2 and 4 bits in 8, tuples flattened, tokens left out; other types as they are. */
export function stablehloTypes(context: Context): TypeConverter {
  const converter: TypeConverter = new TypeConverter()
    .addConversion((type) => type)
    .addConversion((type) => {
      if (!(type instanceof DialectType)) return undefined;
      // One after the other is the order that programs run in.
      if (type.definition === TokenType) return [];
      return type.definition === FutureType ? 'programs wait for every operation' : undefined;
    })
    .addConversion((type) => (type instanceof UnrankedTensorType ? 'its rank is not known' : undefined))
    .addConversion((type) => {
      if (!(type instanceof TensorType)) return undefined;
      const refusal = elementRefusal(type.element);
      if (refusal !== undefined) return refusal;
      const element = carrierOf(context, type.element);
      return type.encoding === null && element === type.element ? type : context.tensor(type.shape, element);
    })
    .addConversion((type) => {
      if (!(type instanceof TupleType)) return undefined;
      const parts = converter.convertAll(type.elements);
      return parts ?? converter.reason(type.elements.find((t) => converter.convert(t) === null)!);
    })
    .addConversion((type) => {
      if (!(type instanceof FunctionType)) return undefined;
      const [inputs, results] = [converter.convertAll(type.inputs), converter.convertAll(type.results)];
      return inputs && results ? context.functionType(inputs, results) : 'a type in it has no counterpart';
    });
  return converter;
}
