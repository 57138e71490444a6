// Complex numbers and their parts: abs (of real numbers too), real, imag, conj, complex.
import {
  ComplexType,
  type Context,
  type CustomAssembly,
  defineOp,
  definePattern,
  type FoldResult,
  Involution,
  type Operation,
  type PointCost,
  Pure,
  TensorType,
  type Type,
  type TypeConstraint,
} from '@budflow/ir';
import { fitsDefinition } from '../assembly.js';
import { ArithmeticTensor, ComplexTensor, FloatTensor, isUnsigned, NumericTensor } from '../element-types.js';
import { fastmathAttribute } from '../fastmath.js';
import { interpretMakeComplex, interpretUnary } from '../interpret/elementwise.js';
import { complexBody, unaryBody } from '../scalar-body.js';
import { elementwiseInterfaces, FREE, tensorType } from '../structure.js';
import { expectResult, verifySameOperandTypes } from '../verify-types.js';
import { defineUnary } from './define-unary.js';
import { NegOp } from './unary.js';

const CHEAP: PointCost = { flops: 1, expensive: false };

/** The type with the parts of its complex elements as elements; others stay. */
function partsOf(context: Context, type: Type): Type {
  const isComplex = type instanceof TensorType && type.element instanceof ComplexType;
  return isComplex ? context.withElement(type, (type.element as ComplexType).element) : type;
}
function wholeOf(context: Context, type: Type): Type {
  return type instanceof TensorType ? context.withElement(type, context.complex(type.element)) : type;
}

/** `%a, %b : type` of operands of one type, from which that of the result follows. */
function operandTypeAssembly(count: number, result: (context: Context, type: Type) => Type): CustomAssembly {
  return {
    canPrint: (op) =>
      fitsDefinition(op) &&
      op.operands.every((v) => v.type === op.operand(0).type) &&
      op.result(0).type === result(op.context, op.operand(0).type),
    parse(parser, state) {
      const operands = [parser.operand()];
      for (let i = 1; i < count; i++) {
        parser.punctuation(',');
        operands.push(parser.operand());
      }
      parser.optionalAttrDict(state.attributes);
      parser.punctuation(':');
      const at = parser.offset();
      const type = parser.type();
      if (!(type instanceof TensorType))
        return parser.error(`expected the tensor type of the operand, got '${type}'`, at);
      for (const operand of operands) state.operands.push(parser.resolve(operand, type));
      state.resultTypes.push(result(parser.context, type));
    },
    print(printer, op) {
      printer.space();
      printer.values(op.operands);
      printer.attrDict(op);
      printer.text(' : ');
      printer.type(op.operand(0).type);
    },
  };
}

function verifyParts(op: Operation): void {
  expectResult(op, partsOf(op.context, op.operand(0).type));
}

export const AbsOp = defineOp({
  name: 'array.abs',
  summary: 'Absolute value',
  description: `The most negative integer stays itself; unsigned integers are unchanged. Of complex numbers a float, without overflow in between,
infinite where a part is.`,
  example: `func.func @f(%x: tensor<4x?xf32>, %z: tensor<4xcomplex<f32>>) -> (tensor<4x?xf32>, tensor<4xf32>) {
  %0 = array.abs %x : tensor<4x?xf32>
  %1 = array.abs %z : tensor<4xcomplex<f32>>
  return %0, %1 : tensor<4x?xf32>, tensor<4xf32>
}`,
  operands: { operand: ArithmeticTensor },
  results: { result: NumericTensor },
  attributes: { fastmath: fastmathAttribute },
  traits: [Pure],
  interfaces: [...elementwiseInterfaces(CHEAP, (op, context) => unaryBody('abs', op, context)), interpretUnary('abs')],
  assembly: operandTypeAssembly(1, partsOf),
  inferTypes: (context, state) => [partsOf(context, state.operands[0]!.type)],
  verify: verifyParts,
  // abs(abs(x)) == abs(x)
  fold(op): FoldResult | null {
    const inner = op.operand(0).definingOp;
    const unchanged = inner?.name === 'array.abs' || isUnsigned(tensorType(op.operand(0)).element);
    return unchanged ? op.operand(0) : null;
  },
  patterns: [
    definePattern({
      name: 'abs-of-negation',
      equation: 'abs(-x) == abs(x)',
      root: 'array.abs',
      rewrite(op, rewriter) {
        const inner = op.operand(0).definingOp;
        // Not for unsigned integers: there abs is the identity.
        if (!inner || !NegOp.is(inner) || isUnsigned(tensorType(op.operand(0)).element)) return false;
        rewriter.modify(op, () => op.setOperand(0, inner.operand(0)));
        return true;
      },
    }),
  ],
});

/** A part of complex numbers; of `array.complex` it is an operand. */
function definePart<const K extends 'real' | 'imag'>(kind: K, index: 0 | 1, options: { readonly summary: string }) {
  const name = `array.${kind}` as const;
  return defineOp({
    name,
    summary: options.summary,
    description: `Of \`array.complex\` it is the ${index === 0 ? 'first' : 'second'} operand.`,
    example: `func.func @f(%z: tensor<4x?xcomplex<f32>>) -> tensor<4x?xf32> {
  %0 = ${name} %z : tensor<4x?xcomplex<f32>>
  return %0 : tensor<4x?xf32>
}`,
    operands: { operand: ComplexTensor },
    results: { result: FloatTensor },
    traits: [Pure],
    interfaces: [...elementwiseInterfaces(FREE, (op, context) => unaryBody(kind, op, context)), interpretUnary(kind)],
    assembly: operandTypeAssembly(1, partsOf),
    inferTypes: (context, state) => [partsOf(context, state.operands[0]!.type)],
    verify: verifyParts,
    fold(op): FoldResult | null {
      const made = op.operand(0).definingOp;
      return made?.name === 'array.complex' ? made.operand(index) : null;
    },
  });
}
export const RealOp = definePart('real', 0, { summary: 'Real parts' });
export const ImagOp = definePart('imag', 1, { summary: 'Imaginary parts' });

export const ConjOp = defineUnary('conj', {
  summary: 'Complex conjugate',
  description: 'Flips the sign of the imaginary part, also of a zero.',
  operand: ComplexTensor as TypeConstraint,
  cost: CHEAP,
  element: 'complex<f32>',
  traits: [Involution],
});

export const ComplexOp = defineOp({
  name: 'array.complex',
  summary: 'Complex numbers from real and imaginary parts',
  description: 'Both operands have one type, of f32 or f64 elements. `array.real` and `array.imag` are its inverses.',
  example: `func.func @f(%re: tensor<4x?xf32>, %im: tensor<4x?xf32>) -> tensor<4x?xcomplex<f32>> {
  %0 = array.complex %re, %im : tensor<4x?xf32>
  return %0 : tensor<4x?xcomplex<f32>>
}`,
  operands: { real: FloatTensor, imaginary: FloatTensor },
  results: { result: ComplexTensor },
  traits: [Pure],
  interfaces: [...elementwiseInterfaces(FREE, complexBody), interpretMakeComplex],
  assembly: operandTypeAssembly(2, wholeOf),
  inferTypes: (context, state) => [wholeOf(context, state.operands[0]!.type)],
  verify(op) {
    if (verifySameOperandTypes(op)) expectResult(op, wholeOf(op.context, op.operand(0).type));
  },
  // complex(real(z), imag(z)) == z
  fold(op): FoldResult | null {
    const [re, im] = [op.operand(0).definingOp, op.operand(1).definingOp];
    const whole = re?.name === 'array.real' && im?.name === 'array.imag' && re.operand(0) === im.operand(0);
    return whole ? re.operand(0) : null;
  },
});
