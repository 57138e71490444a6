// Ops that make tensors from nothing: constant, full, iota.
import { complexOf, elementAttr, scalarType } from '@budflow/dialect-core';
import {
  AnyTensor,
  AsmNames,
  type Attribute,
  type AttrSpec,
  attr,
  type ComplexType,
  ConstantLike,
  DenseElementsAttr,
  DenseResourceAttr,
  DYNAMIC,
  defineOp,
  elementBytes,
  FloatAttr,
  type FoldResult,
  Index,
  IntegerAttr,
  OpCost,
  type Operation,
  OpPattern,
  OpPatternKind,
  Pure,
  StructuredOp,
  TensorType,
  type Type,
  typeOfAttribute,
  type Value,
  variadic,
} from '@budflow/ir';
import {
  fitsDefinition,
  parseTrailingSizes,
  parseTypedScalar,
  printTrailingSizes,
  printTypedScalar,
} from '../assembly.js';
import { ArithmeticTensor, ScalarTensor } from '../element-types.js';
import { interpretConstant, interpretFull, interpretIota } from '../interpret/creation.js';
import { constantBody, iotaBody } from '../scalar-body.js';
import { FREE, noMaps, resultDomain, tensorType } from '../structure.js';
import { dynamicDims, expectElement, verifyDims, verifySizeCount } from '../verify-types.js';

const constantValue: AttrSpec<Attribute> = {
  description: 'dense constant of a tensor type',
  optional: false,
  check: (a) => (a instanceof DenseElementsAttr || a instanceof DenseResourceAttr) && a.type instanceof TensorType,
  read: (a) => a,
  make: (_, v) => v,
};

export const ConstantOp = defineOp({
  name: 'array.constant',
  summary: 'A constant tensor',
  description:
    "The value is a `dense<...>` attribute of the result's type: one element for all, or all elements. Only static shapes.",
  example: `func.func @f() -> tensor<2x2xf32> {
  %0 = array.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  return %0 : tensor<2x2xf32>
}`,
  results: { result: AnyTensor },
  attributes: { value: constantValue },
  traits: [Pure, ConstantLike],
  interfaces: [
    OpPattern.implement({
      pattern: (op): OpPatternKind => (isSplatConstant(op) ? OpPatternKind.elementwise : OpPatternKind.opaque),
    }),
    OpCost.implement({ pointCost: () => FREE }),
    AsmNames.implement({ resultName: () => 'cst' }),
    interpretConstant((op): Attribute => ConstantOp.value(op)),
  ],
  assembly: {
    canPrint: fitsDefinition,
    parse(parser, state) {
      parser.optionalAttrDict(state.attributes);
      const offset = parser.offset();
      const value = parser.attribute();
      const type = typeOfAttribute(value);
      if (!(type instanceof TensorType))
        return parser.error(`expected a dense constant of a tensor type, got '${value}'`, offset);
      state.attributes.set('value', value);
      state.resultTypes.push(type);
    },
    print(printer, op) {
      printer.attrDict(op, ['value']);
      printer.space();
      printer.attribute(ConstantOp.value(op));
    },
  },
  inferTypes: (_, state): Type[] => [typeOfAttribute(state.attributes.get('value')!)!],
  verify(op) {
    const type = typeOfAttribute(ConstantOp.value(op));
    if (type !== op.result(0).type)
      op.emitError(
        'array.result-type',
        `requires the type of its value, ${type}, as its result type, got ${op.result(0).type}`,
      );
  },
});

function isSplatConstant(op: Operation): boolean {
  const value = ConstantOp.value(op);
  return value instanceof DenseElementsAttr && value.splat;
}

/** The scalar that an `array.constant` or `array.full` holds everywhere; undefined for other ops and constants. */
export function uniformValue(op: Operation): Attribute | undefined {
  if (FullOp.is(op)) return FullOp.value(op);
  if (!ConstantOp.is(op)) return undefined;
  const value = ConstantOp.value(op);
  if (!(value instanceof DenseElementsAttr) || !value.splat) return undefined;
  return ScalarTensor.kind === 'one' && ScalarTensor.check(value.type) ? elementAttr(op.context, value, 0) : undefined;
}

/** The value of a scalar, as `full` and `pad` have it. */
export const scalarValue: AttrSpec<Attribute> = {
  description: 'float or integer attribute, or two floats for a complex number',
  optional: false,
  check: (a) => a instanceof FloatAttr || a instanceof IntegerAttr || complexOf(a) !== null,
  read: (a) => a,
  make: (_, v) => v,
};

export const FullOp = defineOp({
  name: 'array.full',
  summary: 'A tensor with one value everywhere',
  description:
    'Sizes are given for the dynamic dimensions of the result, in their order. A complex number is written as its parts, `[1.0 : f32, -2.0 : f32]`.',
  example: `func.func @f(%n: index) -> tensor<4x?xf32> {
  %0 = array.full 0.0 : f32, tensor<4x?xf32> (%n)
  return %0 : tensor<4x?xf32>
}`,
  operands: { sizes: variadic(Index) },
  results: { result: ScalarTensor },
  attributes: { value: scalarValue },
  traits: [Pure],
  interfaces: [
    OpPattern.implement({ pattern: () => OpPatternKind.elementwise }),
    OpCost.implement({ pointCost: () => FREE }),
    StructuredOp.implement({
      domain: resultDomain,
      indexingMaps: (op) => [...noMaps(op.operandCount), op.context.identityMap(tensorType(op.result(0)).rank)],
      body: (op, context): Value[] => [constantBody(context, FullOp.value(op))],
    }),
    interpretFull((op): Attribute => FullOp.value(op)),
  ],
  assembly: {
    canPrint: fitsDefinition,
    parse(parser, state) {
      const value = parseTypedScalar(parser);
      // `true` has its type; it may say so.
      if (value instanceof IntegerAttr && value.isBool && parser.optionalPunctuation(':')) {
        const at = parser.offset();
        const type = parser.type();
        if (type !== value.type) parser.error(`expected i1, the type of ${value}, got ${type}`, at);
      }
      state.attributes.set('value', value);
      parser.optionalAttrDict(state.attributes);
      parser.punctuation(',');
      state.resultTypes.push(parser.type());
      parseTrailingSizes(parser, state);
    },
    print(printer, op) {
      printer.space();
      printTypedScalar(printer, FullOp.value(op));
      printer.attrDict(op, ['value']);
      printer.text(', ');
      printer.type(op.result(0).type);
      printTrailingSizes(printer, op.operands);
    },
  },
  verify(op) {
    const type = op.result(0).type;
    if (!verifySizeCount(op, op.operandCount, dynamicDims(type), 'dynamic dimension of the result')) return;
    expectElement(op, type, scalarType(op.context, FullOp.value(op))!, 'a result');
  },
  fold(op): FoldResult | null {
    const type = tensorType(op.result(0));
    if (type.shape.includes(DYNAMIC)) return null;
    const value = FullOp.value(op);
    const complex = complexOf(value);
    if (complex !== null) {
      const part = (type.element as ComplexType).element;
      const both = [...elementBytes(part, complex.re), ...elementBytes(part, complex.im)];
      return op.context.denseElements(type, Uint8Array.from(both), { splat: true });
    }
    const number = value instanceof FloatAttr ? null : (value as IntegerAttr).value;
    // The bits of the attribute, so that a NaN keeps its payload.
    const bytes = value instanceof FloatAttr ? floatBytes(value) : elementBytes(type.element, number!);
    return op.context.denseElements(type, bytes, { splat: true });
  },
});

function floatBytes(value: FloatAttr): Uint8Array {
  const bytes = elementBytes(value.type, value.value);
  if (value.nanBits !== null)
    for (let i = 0; i < bytes.length; i++) bytes[i] = Number((value.nanBits >> BigInt(8 * i)) & 0xffn);
  return bytes;
}

export const IotaOp = defineOp({
  name: 'array.iota',
  summary: 'Every element is its index along one dimension',
  description:
    'Sizes are given for the dynamic dimensions of the result, in their order. Indices beyond the element type wrap (integers) or round (floats). Complex numbers are real.',
  example: `func.func @f() -> tensor<4x8xi32> {
  %0 = array.iota dim = 1 : tensor<4x8xi32>
  return %0 : tensor<4x8xi32>
}`,
  operands: { sizes: variadic(Index) },
  results: { result: ArithmeticTensor },
  attributes: { dim: attr.i64 },
  traits: [Pure],
  interfaces: [
    OpPattern.implement({ pattern: () => OpPatternKind.injective }),
    OpCost.implement({ pointCost: () => ({ flops: 1, expensive: false }) }),
    StructuredOp.implement({
      domain: resultDomain,
      indexingMaps: (op) => [...noMaps(op.operandCount), op.context.identityMap(tensorType(op.result(0)).rank)],
      body(op, context): Value[] {
        const { element, shape } = tensorType(op.result(0));
        return [iotaBody(context, IotaOp.dim(op), element, shape[IotaOp.dim(op)]!)];
      },
    }),
    interpretIota((op): number => IotaOp.dim(op)),
  ],
  assembly: {
    canPrint: fitsDefinition,
    parse(parser, state) {
      parser.keyword('dim');
      parser.punctuation('=');
      state.attributes.set('dim', parser.context.i64Attr(parser.integer()));
      parser.optionalAttrDict(state.attributes);
      parser.punctuation(':');
      state.resultTypes.push(parser.type());
      parseTrailingSizes(parser, state);
    },
    print(printer, op) {
      printer.text(` dim = ${IotaOp.dim(op)}`);
      printer.attrDict(op, ['dim']);
      printer.text(' : ');
      printer.type(op.result(0).type);
      printTrailingSizes(printer, op.operands);
    },
  },
  verify(op) {
    const type = tensorType(op.result(0));
    if (!verifySizeCount(op, op.operandCount, dynamicDims(type), 'dynamic dimension of the result')) return;
    verifyDims(op, 'dim', [IotaOp.dim(op)], type.rank, `the result ${type}`);
  },
});
