// The ops of the complex dialect, with MLIR's names and syntax.
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
  description: "Smith's method: scaled by the larger part of the divisor, each operation rounded.",
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

export const AbsOp = defineOp({
  name: 'complex.abs',
  summary: 'The absolute value, without overflow in between.',
  description: 'max * sqrt(1 + (min / max)^2) over the magnitudes of the parts, each operation rounded.',
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
