// The ops of the complex dialect, with MLIR's names and syntax; the functions include some that MLIR does not have.
import {
  ComplexValue as Complex,
  type ComplexValue,
  evaluates1,
  evaluates2,
  Interpretable,
  type RuntimeValue,
  stepConstant,
} from '@budflow/interpreter';
import {
  AnyFloat,
  ArrayAttr,
  AsmNames,
  type Attribute,
  allTypesMatch,
  attr,
  Commutative,
  ComplexType,
  ConstantLike,
  defineOp,
  FloatAttr,
  FloatType,
  type FoldResult,
  I1,
  InternalError,
  Involution,
  type Operation,
  Pure,
  type Type,
  typeConstraint,
  typesMatchWith,
} from '@budflow/ir';
import { fastmathSpec, inlineFastmath } from '../arith/attributes.js';
import { sameTypeAssembly } from '../support/assembly.js';
import { example } from '../support/example.js';
import { type ComplexBinary, complexAbs, complexBinary, complexDifferent, complexEqual } from './formulas.js';
import { type ComplexFunction, complexFunction, complexPower } from './functions.js';
import { complexAttr, complexOf, partArithmetic, partType } from './numbers.js';

const ComplexOfFloat = typeConstraint(
  'complex type with floating-point elements',
  (t) => t instanceof ComplexType && t.element instanceof FloatType,
);

/** The type of the parts; the type itself where it is none, which the constraints report. */
const part = (type: Type): Type => (type instanceof ComplexType ? type.element : type);
const numbers = (value: RuntimeValue): ComplexValue => value as ComplexValue;

export const ConstantOp = defineOp({
  name: 'complex.constant',
  summary: 'A complex constant.',
  description: 'Written as the real and the imaginary part.',
  example: `func.func @example() -> complex<f64> {
  %r = complex.constant [1.000000e-01, -1.000000e+00] : complex<f64>
  return %r : complex<f64>
}`,
  results: { complex: ComplexOfFloat },
  attributes: { value: attr.array(attr.any) },
  traits: [Pure, ConstantLike],
  interfaces: [
    AsmNames.implement({ resultName: () => 'cst' }),
    Interpretable.implement({
      compile(op, c) {
        const value = complexOf(op.attr('value'));
        if (value === null) throw new InternalError('complex.constant without a complex value', op);
        return stepConstant(op, c, value);
      },
    }),
  ],
  assembly: {
    canPrint: (op) => op.operandCount === 0 && op.resultCount === 1 && complexOf(op.attr('value')) !== null,
    parse(parser, state) {
      state.attributes.set('value', parser.attribute());
      parser.optionalAttrDict(state.attributes);
      parser.punctuation(':');
      state.resultTypes.push(parser.type());
    },
    print(printer, op) {
      printer.text(' [');
      (op.attr('value') as ArrayAttr).elements.forEach((element, i) => {
        if (i > 0) printer.text(', ');
        // A number without a type is an f64, unless it is written in hexadecimal.
        const { type, value } = element as FloatAttr;
        if (type.name === 'f64' && Number.isFinite(value)) printer.attributeWithoutType(element);
        else printer.attribute(element);
      });
      printer.text(']');
      printer.attrDict(op, ['value']);
      printer.text(' : ');
      printer.type(op.result(0).type);
    },
  },
  verify(op) {
    const value = op.attr('value');
    const { type } = op.result(0);
    const expected = part(type);
    const fits =
      value instanceof ArrayAttr &&
      value.elements.length === 2 &&
      value.elements.every((e) => e instanceof FloatAttr && e.type === expected);
    if (!fits)
      op.emitError(
        'complex.constant-value',
        `requires a list of two numbers of type ${expected} for ${type}, got ${value}`,
      );
  },
  fold: (op): Attribute => op.attr('value')!,
});

export const CreateOp = defineOp({
  name: 'complex.create',
  summary: 'A complex number from its parts.',
  description: 'Both parts have the element type of the result.',
  example: example('%a: f32, %b: f32', '%r = complex.create %a, %b : complex<f32>', 'complex<f32>'),
  operands: { real: AnyFloat, imaginary: AnyFloat },
  results: { complex: ComplexOfFloat },
  traits: [Pure, typesMatchWith('complex', 'real', part), typesMatchWith('complex', 'imaginary', part)],
  interfaces: [evaluates2(() => (re, im) => new Complex(re as number, im as number))],
  assembly: '$real `,` $imaginary attr-dict `:` type($complex)',
  inferTypes: (context, { operands }) => [context.complex(operands[0]!.type)],
  // create (re z), (im z) == z
  fold(op, [re, im]): FoldResult | null {
    if (re instanceof FloatAttr && im instanceof FloatAttr) return op.context.arrayAttr([re, im]);
    const from = op.operand(0).definingOp;
    const other = op.operand(1).definingOp;
    if (from?.name !== 'complex.re' || other?.name !== 'complex.im' || from.operand(0) !== other.operand(0))
      return null;
    return from.operand(0).type === op.result(0).type ? from.operand(0) : null;
  },
});

function defineProjection<const N extends string>(name: N, index: 0 | 1, summary: string) {
  return defineOp({
    name,
    summary,
    description: `Of \`complex.create\` it is the ${index === 0 ? 'first' : 'second'} operand.`,
    example: example('%a: complex<f32>', `%r = ${name} %a : complex<f32>`, 'f32'),
    operands: { complex: ComplexOfFloat },
    results: { result: AnyFloat },
    attributes: { fastmath: fastmathSpec },
    traits: [Pure, typesMatchWith('complex', 'result', part)],
    interfaces: [evaluates1(() => (z) => (index === 0 ? numbers(z).re : numbers(z).im))],
    assembly: '$complex attr-dict `:` type($complex)',
    inferTypes: (_, { operands }) => [part(operands[0]!.type)],
    // re (create a, b) == a;  im (create a, b) == b
    fold(op, [z]): FoldResult | null {
      if (z instanceof ArrayAttr) return z.elements[index] ?? null;
      const made = op.operand(0).definingOp;
      return made !== null && CreateOp.is(made) ? made.operand(index) : null;
    },
  } as const);
}
export const ReOp = defineProjection('complex.re', 0, 'The real part.');
export const ImOp = defineProjection('complex.im', 1, 'The imaginary part.');

function defineBinary<const N extends string>(
  name: N,
  kind: ComplexBinary,
  options: { summary: string; description?: string; commutative?: true },
) {
  const evaluate = (type: Type, a: ComplexValue, b: ComplexValue) => complexBinary(kind, partArithmetic(type), a, b);
  return defineOp({
    name,
    summary: options.summary,
    ...(options.description ? { description: options.description } : {}),
    example: example('%a: complex<f32>, %b: complex<f32>', `%r = ${name} %a, %b : complex<f32>`, 'complex<f32>'),
    operands: { lhs: ComplexOfFloat, rhs: ComplexOfFloat },
    results: { result: ComplexOfFloat },
    attributes: { fastmath: fastmathSpec },
    traits: [Pure, allTypesMatch('lhs', 'rhs', 'result'), ...(options.commutative ? [Commutative] : [])],
    interfaces: [
      evaluates2((op) => {
        const { type } = op.result(0);
        return (a, b) => {
          const { re, im } = evaluate(type, numbers(a), numbers(b));
          return new Complex(re, im);
        };
      }),
    ],
    assembly: sameTypeAssembly(2, inlineFastmath),
    inferTypes: (_, { operands }) => [operands[0]!.type],
    fold(op, operands): FoldResult | null {
      const a = complexOf(operands[0]);
      const b = complexOf(operands[1]);
      if (a === null || b === null) return null;
      const { type } = op.result(0);
      const { re, im } = evaluate(type, a, b);
      return complexAttr(op.context, type, re, im);
    },
  } as const);
}
export const AddOp = defineBinary('complex.add', 'add', {
  summary: 'Sum of complex numbers.',
  description: 'Part by part, each rounded as `arith.addf` rounds.',
  commutative: true,
});
export const SubOp = defineBinary('complex.sub', 'sub', {
  summary: 'Difference of complex numbers.',
  description: 'Part by part, each rounded as `arith.subf` rounds.',
});
export const MulOp = defineBinary('complex.mul', 'mul', {
  summary: 'Product of complex numbers.',
  description: 'Four products and two sums, each rounded; no special cases for infinities.',
  commutative: true,
});
export const DivOp = defineBinary('complex.div', 'div', {
  summary: 'Quotient of complex numbers.',
  description:
    "Smith's method: scaled by the larger part of the divisor, each operation rounded. By 0 both parts are divided by it.",
});

function defineUnary<const N extends string>(
  name: N,
  summary: string,
  description: string,
  evaluate: (z: ComplexValue) => { readonly re: number; readonly im: number },
) {
  return defineOp({
    name,
    summary,
    description,
    example: example('%a: complex<f32>', `%r = ${name} %a : complex<f32>`, 'complex<f32>'),
    operands: { complex: ComplexOfFloat },
    results: { result: ComplexOfFloat },
    attributes: { fastmath: fastmathSpec },
    traits: [Pure, Involution, allTypesMatch('complex', 'result')],
    interfaces: [
      evaluates1(() => (z) => {
        const { re, im } = evaluate(numbers(z));
        return new Complex(re, im);
      }),
    ],
    assembly: sameTypeAssembly(1, inlineFastmath),
    inferTypes: (_, { operands }) => [operands[0]!.type],
    fold(op, [z]): FoldResult | null {
      const value = complexOf(z);
      if (value === null) return null;
      const { re, im } = evaluate(value);
      return complexAttr(op.context, op.result(0).type, re, im);
    },
  } as const);
}
export const NegOp = defineUnary(
  'complex.neg',
  'Negation of both parts.',
  'Flips both signs, also of zeros and NaNs.',
  ({ re, im }) => ({ re: -re, im: -im }),
);
export const ConjOp = defineUnary(
  'complex.conj',
  'The complex conjugate.',
  'Flips the sign of the imaginary part.',
  ({ re, im }) => ({ re, im: -im }),
);

function defineFunction<const K extends ComplexFunction>(kind: K, summary: string, description: string) {
  const evaluate = (type: Type, z: ComplexValue) => complexFunction(kind, partArithmetic(type), z);
  const name = `complex.${kind}` as const;
  return defineOp({
    name,
    summary,
    description,
    example: example('%a: complex<f32>', `%r = ${name} %a : complex<f32>`, 'complex<f32>'),
    operands: { complex: ComplexOfFloat },
    results: { result: ComplexOfFloat },
    attributes: { fastmath: fastmathSpec },
    traits: [Pure, allTypesMatch('complex', 'result')],
    interfaces: [
      evaluates1((op) => {
        const { type } = op.result(0);
        return (z) => {
          const { re, im } = evaluate(type, numbers(z));
          return new Complex(re, im);
        };
      }),
    ],
    assembly: sameTypeAssembly(1, inlineFastmath),
    inferTypes: (_, { operands }) => [operands[0]!.type],
    fold(op, [z]): FoldResult | null {
      const value = complexOf(z);
      if (value === null) return null;
      const { type } = op.result(0);
      const { re, im } = evaluate(type, value);
      return complexAttr(op.context, type, re, im);
    },
  } as const);
}
export const ExpOp = defineFunction(
  'exp',
  'e to the power of z.',
  'Finite as long as the result is; exp(a + 0i) is real.',
);
export const Expm1Op = defineFunction('expm1', 'e to the power of z, minus 1.', 'Accurate near 0.');
export const LogOp = defineFunction(
  'log',
  'The natural logarithm.',
  'Branch cut along the negative real axis, continuous on the side the sign of the imaginary zero says. Accurate near the unit circle.',
);
export const Log1pOp = defineFunction(
  'log1p',
  'The natural logarithm of 1 + z.',
  'Accurate near 0; branch cut from -1 to the left.',
);
export const SqrtOp = defineFunction(
  'sqrt',
  'The square root with a real part that is not negative.',
  'Branch cut along the negative real axis. Nothing overflows in between.',
);
export const RsqrtOp = defineFunction(
  'rsqrt',
  'The reciprocal of the square root.',
  'Infinite for 0, 0 for infinities.',
);
export const CbrtOp = defineFunction(
  'cbrt',
  'The principal cube root.',
  'The one of a third of the angle: of -8 it is 1 + 1.73i. Branch cut along the negative real axis.',
);
export const SinOp = defineFunction('sin', 'The sine.', 'sin a cosh b + i cos a sinh b.');
export const CosOp = defineFunction('cos', 'The cosine.', 'cos a cosh b - i sin a sinh b.');
export const TanOp = defineFunction('tan', 'The tangent.', 'Tends to i and -i far from the real axis.');
export const AsinOp = defineFunction('asin', 'The arcsine.', 'Branch cuts along the real axis beyond -1 and 1.');
export const AcosOp = defineFunction('acos', 'The arccosine.', 'Branch cuts along the real axis beyond -1 and 1.');
export const AtanOp = defineFunction(
  'atan',
  'The arctangent.',
  'Branch cuts along the imaginary axis beyond -i and i.',
);
export const SinhOp = defineFunction('sinh', 'The hyperbolic sine.', 'sinh a cos b + i cosh a sin b.');
export const CoshOp = defineFunction('cosh', 'The hyperbolic cosine.', 'cosh a cos b + i sinh a sin b.');
export const TanhOp = defineFunction(
  'tanh',
  'The hyperbolic tangent.',
  'Tends to -1 and 1 far from the imaginary axis.',
);
export const SigmoidOp = defineFunction(
  'sigmoid',
  'The logistic function 1 / (1 + exp(-z)).',
  'Finite as long as the result is.',
);
export const SignOp = defineFunction('sign', 'z / |z|, of length 1.', 'Of 0 it is 0.');

export const PowOp = defineOp({
  name: 'complex.pow',
  summary: 'A complex power of a complex number.',
  description:
    'exp(w log z), the principal value. The power 0 is 1; powers of 0 are 0 where the real part of the exponent is positive, NaN otherwise.',
  example: example('%a: complex<f32>, %b: complex<f32>', '%r = complex.pow %a, %b : complex<f32>', 'complex<f32>'),
  operands: { lhs: ComplexOfFloat, rhs: ComplexOfFloat },
  results: { result: ComplexOfFloat },
  attributes: { fastmath: fastmathSpec },
  traits: [Pure, allTypesMatch('lhs', 'rhs', 'result')],
  interfaces: [
    evaluates2((op) => {
      const arithmetic = partArithmetic(op.result(0).type);
      return (a, b) => {
        const { re, im } = complexPower(arithmetic, numbers(a), numbers(b));
        return new Complex(re, im);
      };
    }),
  ],
  assembly: sameTypeAssembly(2, inlineFastmath),
  inferTypes: (_, { operands }) => [operands[0]!.type],
  fold(op, operands): FoldResult | null {
    const a = complexOf(operands[0]);
    const b = complexOf(operands[1]);
    if (a === null || b === null) return null;
    const { type } = op.result(0);
    const { re, im } = complexPower(partArithmetic(type), a, b);
    return complexAttr(op.context, type, re, im);
  },
});

export const AbsOp = defineOp({
  name: 'complex.abs',
  summary: 'The absolute value, without overflow in between.',
  description:
    'max * sqrt(1 + (min / max)^2) over the magnitudes of the parts, each operation rounded. Infinite where a part is.',
  example: example('%a: complex<f32>', '%r = complex.abs %a : complex<f32>', 'f32'),
  operands: { complex: ComplexOfFloat },
  results: { result: AnyFloat },
  attributes: { fastmath: fastmathSpec },
  traits: [Pure, typesMatchWith('complex', 'result', part)],
  interfaces: [
    evaluates1((op) => {
      const arithmetic = partArithmetic(op.operand(0).type);
      return (z) => complexAbs(arithmetic, numbers(z));
    }),
  ],
  assembly: '$complex attr-dict `:` type($complex)',
  inferTypes: (_, { operands }) => [part(operands[0]!.type)],
  fold(op, [z]): FoldResult | null {
    const value = complexOf(z);
    if (value === null) return null;
    const { type } = op.operand(0);
    return op.context.floatAttr(partType(type), complexAbs(partArithmetic(type), value));
  },
});

function defineComparison<const N extends string>(
  name: N,
  summary: string,
  description: string,
  compare: typeof complexEqual,
) {
  const evaluate = (op: Operation, a: ComplexValue, b: ComplexValue) =>
    compare(partArithmetic(op.operand(0).type), a, b) ? 1 : 0;
  return defineOp({
    name,
    summary,
    description,
    example: example('%a: complex<f32>, %b: complex<f32>', `%r = ${name} %a, %b : complex<f32>`, 'i1'),
    operands: { lhs: ComplexOfFloat, rhs: ComplexOfFloat },
    results: { result: I1 },
    traits: [Pure, Commutative, allTypesMatch('lhs', 'rhs')],
    interfaces: [evaluates2((op) => (a, b) => evaluate(op, numbers(a), numbers(b)))],
    assembly: '$lhs `,` $rhs attr-dict `:` type($lhs)',
    inferTypes: (context) => [context.i1],
    fold(op, operands): FoldResult | null {
      const a = complexOf(operands[0]);
      const b = complexOf(operands[1]);
      return a === null || b === null ? null : op.context.boolAttr(evaluate(op, a, b) !== 0);
    },
  } as const);
}
export const EqualOp = defineComparison(
  'complex.eq',
  'Whether both parts are equal; false with NaN.',
  '-0 equals +0.',
  complexEqual,
);
export const NotEqualOp = defineComparison(
  'complex.neq',
  'Whether a part differs; true with NaN.',
  'The opposite of `complex.eq`.',
  complexDifferent,
);
