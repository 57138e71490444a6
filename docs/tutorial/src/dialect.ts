// The poly dialect: polynomials, applied to every element of an array.
import {
  AnyTensor,
  type Attribute,
  type AttrSpec,
  DenseArrayAttr,
  defineDialect,
  defineOp,
  definePattern,
  FloatType,
  type Operation,
  Pure,
  SameOperandsAndResultType,
  type TensorType,
  type Value,
} from '@budflow/ir';

/** Coefficients, the constant one first: `array<f64: 1.0, 0.0, 2.0>` is 1 + 2 x^2. */
const coefficients: AttrSpec<readonly number[]> = {
  description: 'coefficients as an array of f64, the constant one first',
  optional: false,
  check: (a: Attribute) => a instanceof DenseArrayAttr && a.elementType.toString() === 'f64',
  read: (a) => (a as DenseArrayAttr).values.map(Number),
  make: (context, values) => context.denseArray(context.f64, values),
};

export const EvalOp = defineOp({
  name: 'poly.eval',
  summary: 'Applies a polynomial to every element',
  description: 'The coefficient of x^i is `coefficients[i]`. Zeros at the end mean nothing.',
  example: `func.func @f(%x: tensor<?xf32>) -> tensor<?xf32> {
  %0 = poly.eval %x, array<f64: 1.0, 0.0, 2.0> : tensor<?xf32>
  return %0 : tensor<?xf32>
}`,
  operands: { x: AnyTensor },
  results: { result: AnyTensor },
  attributes: { coefficients },
  traits: [Pure, SameOperandsAndResultType],
  assembly: '$x `,` $coefficients attr-dict `:` type($x)',
  inferTypes: (_, { operands }) => [operands[0]!.type],

  // What the constraints above cannot say.
  verify(op: Operation): void {
    const { element } = op.operand(0).type as TensorType;
    if (!(element instanceof FloatType))
      op.emitError('poly.element-type', `requires elements of a float type, got ${element}`);
    if (EvalOp.coefficients(op).length === 0) op.emitError('poly.no-coefficients', 'requires at least one coefficient');
  },

  // A fold finds a value that is there already, or a constant; it changes nothing.
  fold(op: Operation): Value | null {
    const [constant, linear, ...rest] = EvalOp.coefficients(op);
    return constant === 0 && linear === 1 && rest.length === 0 ? op.operand(0) : null;
  },

  // Patterns bring ops into the form that other passes expect.
  patterns: [
    definePattern({
      name: 'trailing-zero-coefficient',
      equation: 'p(x) + 0 x^n == p(x)',
      root: 'poly.eval',
      rewrite(op, rewriter): boolean {
        const list = EvalOp.coefficients(op);
        if (list.length < 2 || list.at(-1) !== 0) return rewriter.fail('the last coefficient is not 0');
        rewriter.modify(op, () => op.setAttr('coefficients', op.context.denseArray(op.context.f64, list.slice(0, -1))));
        return true;
      },
    }),
  ],
});

export const polyDialect = defineDialect({
  name: 'poly',
  summary: 'Polynomials, applied to every element of an array',
  ops: [EvalOp],
});
