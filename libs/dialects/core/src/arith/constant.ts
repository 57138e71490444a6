// arith.constant, and making constants.

import { Interpretable, notInterpretable, type Step, stepConstant, valueFromAttribute } from '@budflow/interpreter';
import {
  AnyType,
  ArrayAttr,
  AsmNames,
  type Attribute,
  attr,
  type Builder,
  ComplexType,
  ConstantLike,
  constantName,
  DenseElementsAttr,
  DenseResourceAttr,
  defineOp,
  FloatAttr,
  InferIntRange,
  IntegerAttr,
  IntegerType,
  type LocationRef,
  Operation,
  Pure,
  type Type,
  typeOfAttribute,
  type Value,
} from '@budflow/ir';
import { rangeOfConstant } from './int-ranges.js';

/** Whether `arith.constant` can hold a value of a type: signless integers, index, floats, and elements of any type. */
export function isArithConstant(value: Attribute, type: Type): boolean {
  if (typeOfAttribute(value) !== type) return false;
  if (value instanceof IntegerAttr) return !(type instanceof IntegerType) || type.signedness === 'signless';
  return value instanceof FloatAttr || value instanceof DenseElementsAttr || value instanceof DenseResourceAttr;
}

export const ConstantOp = defineOp({
  name: 'arith.constant',
  summary: 'An integer, index, float, vector or tensor constant.',
  description:
    "The value's type is that of the result. Vectors and tensors take a `dense<...>` value. Integers are written signed or as hexadecimal digits; floats as decimal numbers, or as the hexadecimal digits of their bits.",
  example: `func.func @example() -> (i32, i1, f32, tensor<2xf32>) {
  %c0_i32 = arith.constant 0 : i32
  %true = arith.constant true
  %cst = arith.constant 1.000000e+00 : f32
  %cst_0 = arith.constant dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>
  return %c0_i32, %true, %cst, %cst_0 : i32, i1, f32, tensor<2xf32>
}`,
  results: { result: AnyType },
  attributes: { value: attr.typed },
  traits: [Pure, ConstantLike],
  interfaces: [
    AsmNames.implement({ resultName: (op) => constantName(op.attr('value')!) }),
    InferIntRange.implement({ resultRanges: (op) => [rangeOfConstant(op.attr('value'))] }),
    Interpretable.implement({
      compile(op, c): Step {
        const value = valueFromAttribute(ConstantOp.value(op), op.context);
        if (value === undefined) throw notInterpretable(`a constant of type ${op.result(0).type} cannot be executed`);
        return stepConstant(op, c, value);
      },
    }),
  ],
  assembly: {
    plain: { kind: 'constant', attribute: 'value' },
    canPrint: (op) =>
      op.operandCount === 0 &&
      op.resultCount === 1 &&
      op.attr('value') !== undefined &&
      typeOfAttribute(op.attr('value')!) === op.result(0).type,
    parse(parser, state) {
      parser.optionalAttrDict(state.attributes);
      const offset = parser.offset();
      const value = parser.attribute();
      const type = typeOfAttribute(value);
      if (type === null)
        return parser.error(`expected a constant with a type, such as '5 : i32', got '${value}'`, offset);
      state.attributes.set('value', value);
      state.resultTypes.push(type);
    },
    print(printer, op) {
      printer.attrDict(op, ['value']);
      printer.space();
      printer.attribute(ConstantOp.value(op));
    },
  },
  inferTypes: (_context, { attributes }) => [typeOfAttribute(attributes.get('value')!)!],
  verifyReads: 'signature',
  verify(op) {
    const value = ConstantOp.value(op);
    const type = op.result(0).type;
    const valueType = typeOfAttribute(value);
    if (valueType !== type)
      op.emitError('arith.constant-type', `value of type ${valueType} does not match the result type ${type}`);
    else if (type instanceof IntegerType && type.signedness !== 'signless')
      op.emitError('arith.constant-signless', `integer result must be signless, got ${type}`);
  },
  fold: (op): Attribute => ConstantOp.value(op),
});

/** A constant op for an attribute with a type, or for `[re, im]`, a complex number. */
export function buildConstantAttr(builder: Builder, loc: LocationRef, value: Attribute): Value {
  if (value instanceof ArrayAttr) {
    const { context } = builder;
    const type = context.complex((value.elements[0] as FloatAttr).type);
    const attributes = context.dictionary([['value', value]]);
    return builder.insert(Operation.create(context.opInfo('complex.constant'), loc, [], [type], attributes)).result(0);
  }
  return ConstantOp.build(builder, loc, { value });
}

/** A number of a scalar type, or its splat for a vector or static tensor type. Integers are signless (`ui8` becomes `i8`). */
export function buildConstant(builder: Builder, loc: LocationRef, type: Type, value: number | bigint): Value {
  if (type instanceof ComplexType) {
    const part = (x: number): Attribute => builder.context.constantAttr(type.element, x);
    return buildConstantAttr(builder, loc, builder.context.arrayAttr([part(Number(value)), part(0)]));
  }
  return ConstantOp.build(builder, loc, { value: builder.context.constantAttr(type, value) });
}

/** The materializeConstant of the core dialects. */
export function materializeArithConstant(
  builder: Builder,
  loc: LocationRef,
  value: Attribute,
  type: Type,
): Operation | null {
  if (!isArithConstant(value, type)) return null;
  // As ConstantOp.create does, without its generality: folding makes many.
  const { context } = builder;
  const attributes = context.dictionarySorted(['value'], [value]);
  return builder.insert(Operation.create(context.opInfo('arith.constant'), loc, [], [type], attributes));
}
