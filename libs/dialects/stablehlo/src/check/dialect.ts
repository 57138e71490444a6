// The check dialect: what the tests of StableHLO expect of results.
import {
  type AttrSpec,
  attr,
  type CustomAssembly,
  type CustomDirective,
  DenseElementsAttr,
  type Dialect,
  defaultAttr,
  defineDialect,
  defineOp,
  FloatAttr,
  IntegerAttr,
  IntegerType,
  MemoryEffects,
  type Operation,
  type Type,
  typeOfAttribute,
} from '@budflow/ir';
import { typesAgree } from '../shapes.js';
import { HloAnyQuantizedTensor, HloFpOrComplexTensor, HloTensorOrToken } from '../types.js';

// What is expected must not be left out.
const checked = MemoryEffects.implement({ effects: () => [{ kind: 'write', value: null }] });

const tolerance: AttrSpec<number> = {
  ...attr.f64,
  description: 'floating-point attribute',
  check: (a) => a instanceof FloatAttr,
};
const elements: AttrSpec<DenseElementsAttr> = {
  ...attr.elements,
  check: (a) => a instanceof DenseElementsAttr,
};
/** More units than lie between numbers of any type that is told apart here. */
const FAR_APART = Number.MAX_SAFE_INTEGER;
const ulps: AttrSpec<number> = {
  description: '64-bit unsigned integer attribute',
  form: 'untyped',
  optional: false,
  check: (a) => a instanceof IntegerAttr && a.type instanceof IntegerType && a.type.width === 64,
  // The largest one stands for the distance from infinity and NaN.
  read: (a) => Math.min(Number((a as IntegerAttr).bigint), FAR_APART),
  make: (c, v) => c.integerAttr(c.integer(64, 'unsigned'), v),
};

function expectConstantType(op: Operation): void {
  const type = typeOfAttribute(op.attr('value')!)!;
  if (!typesAgree(type, op.operand(0).type))
    op.emitError(
      'check.constant-type',
      `requires a value of the type of the operand, ${op.operand(0).type}, got ${type}`,
    );
}
/** Types of which one may leave open what the other says. */
function expectCompatible(op: Operation): void {
  const [a, b] = [op.operand(0).type, op.operand(1).type];
  if (!typesAgree(a, b))
    op.emitError('check.operand-types', `requires operands of compatible types, got ${a} and ${b}`);
}
/** The type of both operands, or one for each. */
const OneOrBothTypes: CustomDirective = {
  parse(parser, args) {
    const first = parser.type();
    args[0]!.types.push(first);
    args[1]!.types.push(parser.optionalPunctuation(',') ? parser.type() : first);
    return true;
  },
  print(printer, args) {
    const [first, second] = args.map((arg) => arg.types[0]!) as [Type, Type];
    printer.type(first);
    if (second === first) return;
    printer.text(', ');
    printer.type(second);
  },
};
const example = (line: string) => `func.func @example(%x: tensor<2xf32>, %y: tensor<2xf32>) {
  ${line}
  return
}`;

export const ExpectEqOp = defineOp({
  name: 'check.expect_eq',
  summary: 'Expects a tensor to be equal to another one.',
  description: 'Bit for bit; tokens are equal.',
  example: example('check.expect_eq %x, %y : tensor<2xf32>'),
  operands: { lhs: HloTensorOrToken, rhs: HloTensorOrToken },
  interfaces: [checked],
  directives: { OneOrBothTypes },
  assembly: '$lhs `,` $rhs attr-dict `:` custom<OneOrBothTypes>(type($lhs), type($rhs))',
  verify: expectCompatible,
  verifyReads: 'signature',
});

export const ExpectEqConstOp = defineOp({
  name: 'check.expect_eq_const',
  summary: 'Expects a tensor to be equal to a constant.',
  description: 'Bit for bit.',
  example: example('check.expect_eq_const %x, dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>'),
  operands: { lhs: HloAnyQuantizedTensor },
  attributes: { value: elements },
  interfaces: [checked],
  assembly: constantAssembly(),
  verify: expectConstantType,
  verifyReads: 'signature',
});

export const ExpectAlmostEqOp = defineOp({
  name: 'check.expect_almost_eq',
  summary: 'Expects a tensor to be nearly equal to another one.',
  description: 'Elements differ by the tolerance at most.',
  example: example('check.expect_almost_eq %x, %y, tolerance = 1.000000e-03 : tensor<2xf32>'),
  operands: { lhs: HloFpOrComplexTensor, rhs: HloFpOrComplexTensor },
  attributes: { tolerance: defaultAttr(tolerance, 1e-4) },
  interfaces: [checked],
  directives: { OneOrBothTypes },
  assembly:
    '$lhs `,` $rhs (`,` `tolerance` `=` $tolerance^)? attr-dict `:` custom<OneOrBothTypes>(type($lhs), type($rhs))',
  verify: expectCompatible,
  verifyReads: 'signature',
});

export const ExpectAlmostEqConstOp = defineOp({
  name: 'check.expect_almost_eq_const',
  summary: 'Expects a tensor to be nearly equal to a constant.',
  description: 'Elements differ by the tolerance at most.',
  example: example('check.expect_almost_eq_const %x, dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>'),
  operands: { lhs: HloFpOrComplexTensor },
  attributes: { value: elements, tolerance: defaultAttr(tolerance, 1e-4) },
  interfaces: [checked],
  assembly: constantAssembly({ tolerance: true }),
  verify: expectConstantType,
  verifyReads: 'signature',
});

/** `, max_ulp_difference = 3, min_ulp_difference = 0`, each of them optional. */
const UlpDifferences: CustomDirective = {
  parse(parser, args) {
    while (parser.optionalPunctuation(',')) {
      const at = parser.offset();
      const key = ULP_NAMES.findIndex((name) => parser.optionalKeyword(name));
      if (key < 0) parser.error(`expected '${ULP_NAMES[0]}' or '${ULP_NAMES[1]}'`, at);
      if (args[key]!.attribute !== undefined) parser.error(`'${ULP_NAMES[key]}' is given twice`, at);
      parser.punctuation('=');
      const start = parser.offset();
      const value = parser.attribute(parser.context.integer(64, 'unsigned'));
      if (!(value instanceof IntegerAttr)) parser.error(`expected a number of units, got ${value}`, start);
      args[key]!.attribute = value;
    }
    return true;
  },
  print(printer, args) {
    args.forEach(({ attribute }, i) => {
      if (attribute !== undefined) printer.text(`, ${ULP_NAMES[i]} = ${(attribute as IntegerAttr).bigint}`);
    });
  },
};
const ULP_NAMES = ['max_ulp_difference', 'min_ulp_difference'] as const;

export const ExpectCloseOp = defineOp({
  name: 'check.expect_close',
  summary: 'Expects a tensor to be within units in the last place of another one.',
  description:
    'Numbers of representable values between two elements, from min_ulp_difference to max_ulp_difference. Of infinities and NaN to others it is the largest number of 64 bits.',
  example: example(
    'check.expect_close %x, %y, max_ulp_difference = 2, min_ulp_difference = 1 : tensor<2xf32>, tensor<2xf32>',
  ),
  operands: { actual: HloFpOrComplexTensor, expected: HloFpOrComplexTensor },
  attributes: { max_ulp_difference: defaultAttr(ulps, 3), min_ulp_difference: defaultAttr(ulps, 0) },
  interfaces: [checked],
  directives: { UlpDifferences },
  verify: expectCompatible,
  verifyReads: 'signature',
  assembly:
    '$actual `,` $expected `` custom<UlpDifferences>($max_ulp_difference, $min_ulp_difference) attr-dict `:` type($actual) `,` type($expected)',
});

export const ExpectSerializedEqOp = defineOp({
  name: 'check.expect_serialized_eq',
  summary: 'Expects a tensor to be equal to what a probe wrote to a file.',
  description: 'The number of the iteration tells the files of one probe apart.',
  example: example('check.expect_serialized_eq %x, probe_id = "probe", iter = 1 : tensor<2xf32>'),
  operands: { expected: HloAnyQuantizedTensor },
  attributes: { probe_id: attr.string, iteration: defaultAttr(attr.i32, 0) },
  interfaces: [checked],
  assembly: '$expected `,` `probe_id` `=` $probe_id (`,` `iter` `=` $iteration^)? attr-dict `:` type($expected)',
});

/** `%x, dense<..> : type`: the value says the type of the operand. A tolerance may follow it, or be an attribute. */
function constantAssembly(options: { readonly tolerance?: boolean } = {}): CustomAssembly {
  return {
    canPrint: (op) => typeOfAttribute(op.attr('value')!) === op.operand(0).type,
    parse(parser, state) {
      const operand = parser.operand();
      parser.punctuation(',');
      const at = parser.offset();
      const value = parser.attribute();
      const type = typeOfAttribute(value);
      if (type === null) return parser.error(`expected elements such as dense<0> : tensor<4xi32>, got ${value}`, at);
      state.attributes.set('value', value);
      if (options.tolerance && parser.optionalPunctuation(',')) {
        parser.keyword('tolerance');
        parser.punctuation('=');
        state.attributes.set('tolerance', parser.attribute(parser.context.f64));
      }
      parser.optionalAttrDict(state.attributes);
      state.operands.push(parser.resolve(operand, type));
    },
    print(printer, op) {
      printer.space();
      printer.value(op.operand(0));
      printer.text(', ');
      printer.attribute(op.attr('value')!);
      printer.attrDict(op, ['value']);
    },
  };
}

export const checkDialect: Dialect = defineDialect({
  name: 'check',
  summary: 'What tests of StableHLO programs expect',
  description: 'A program whose expectations do not hold ends with a failure.',
  ops: [ExpectEqOp, ExpectEqConstOp, ExpectAlmostEqOp, ExpectAlmostEqConstOp, ExpectCloseOp, ExpectSerializedEqOp],
});
