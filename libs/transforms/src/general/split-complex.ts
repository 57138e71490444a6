// split-complex: complex values become pairs of floats, across functions, calls, blocks and loops.
//
//   func.func @f(%z: complex<f32>) -> complex<f32> {          func.func @f(%a: f32, %b: f32) -> (f32, f32) {
//     %0 = complex.add %z, %z : complex<f32>            ->      %0 = arith.addf %a, %a : f32
//     return %0 : complex<f32>                                  %1 = arith.addf %b, %b : f32
//   }                                                           return %0, %1 : f32, f32 }
//
// Requires a whole module: signatures and calls change together. Preserves nothing when it changes something. A 1:N type
// conversion. Computes what the interpreter does, bit for bit: the formulas are the same code. Functions without a body
// keep their signature, and ops that are not known here their complex operands; complex.create, re and im stand in between.
import {
  AbsFOp,
  AddFOp,
  AndIOp,
  buildConstant,
  buildConstantAttr,
  buildNamed,
  CmpFOp,
  COMPLEX_FUNCTIONS,
  ComplexOps,
  type ComplexParts,
  complexAbs,
  complexBinary,
  complexDifferent,
  complexEqual,
  complexFunction,
  complexPower,
  DivFOp,
  FastMath,
  FuncOp,
  fastmathOf,
  lookupFunction,
  MaximumFOp,
  MinimumFOp,
  MulFOp,
  NegFOp,
  OrIOp,
  type RealArithmetic,
  SelectOp,
  SqrtOp,
  SubFOp,
} from '@budflow/dialect-core';
import {
  ArrayAttr,
  type Attribute,
  ComplexType,
  type Context,
  DenseArrayAttr,
  FloatType,
  FunctionType,
  type Operation,
  type SymbolRefAttr,
  type Type,
  type Value,
} from '@budflow/ir';
import { definePass } from '@budflow/pass';
import {
  applyPartialConversion,
  type ConversionPattern,
  type ConversionRewriter,
  ConversionTarget,
  type ConvertedOperands,
  rebuildConverted,
  TypeConverter,
} from '@budflow/rewrite';

const { AbsOp, AddOp, ConjOp, ConstantOp, CreateOp, DivOp, EqualOp, ImOp, MulOp, NegOp, NotEqualOp, ReOp, SubOp } =
  ComplexOps;

/** Ops that only pass complex values on. */
const STRUCTURAL: readonly string[] = [
  'func.call',
  'func.call_indirect',
  'func.constant',
  'func.return',
  'cf.br',
  'cf.cond_br',
  'cf.switch',
  'loop.for',
  'loop.if',
  'loop.while',
  'loop.condition',
  'loop.yield',
];

export const splitComplex = definePass({
  name: 'split-complex',
  summary: 'replace complex values by pairs of floats',
  description: `Every value of type complex<f32> or complex<f64> becomes two floats: in signatures, calls, block arguments, carried
values and arithmetic. Functions that are only declared keep their signature.`,
  anchor: 'builtin.module',
  dependentDialects: ['arith', 'complex', 'math'],
  statistics: {
    ops: 'complex ops expanded',
    signatures: 'functions with new signatures',
    structural: 'calls, branches, loops and others rebuilt',
  },
  run(root, pass) {
    const result = splitComplexValues(root);
    if (!result.succeeded) {
      pass.signalFailure();
      return;
    }
    pass.statistic('ops', result.ops);
    pass.statistic('signatures', result.signatures);
    pass.statistic('structural', result.structural);
    if (!result.changed) pass.unchanged();
  },
});

export interface SplitComplexResult {
  readonly succeeded: boolean;
  readonly changed: boolean;
  /** Complex ops expanded. */
  readonly ops: number;
  /** Functions with new signatures. */
  readonly signatures: number;
  /** Calls, branches and loops rebuilt. */
  readonly structural: number;
}

/**
 * Complex values inside of `root` become pairs. With `complete`, `complex.create`, `re` and `im` may not remain either:
 * for code in which nothing else takes complex numbers.
 */
export function splitComplexValues(
  root: Operation,
  { complete = false }: { readonly complete?: boolean } = {},
): SplitComplexResult {
  const converter = complexToPairs(root.context);
  const target = targetFor(root, converter);
  if (complete) for (const op of [CreateOp, ReOp, ImOp]) target.illegalOp(op);
  const result = applyPartialConversion(root, target, patternsFor(converter), { fold: false });
  let ops = 0;
  for (const [name, n] of result.hits) if (name.startsWith('complex-')) ops += n;
  return {
    succeeded: result.succeeded,
    changed: result.changed,
    ops,
    signatures: result.hits.get('split-signature') ?? 0,
    structural: result.hits.get('split-structural') ?? 0,
  };
}

/** Pairs for complex types, function types accordingly; everything else stays. */
function complexToPairs(context: Context): TypeConverter {
  const converter: TypeConverter = new TypeConverter()
    .addConversion((type) => type)
    .addConversion((type) =>
      type instanceof FunctionType
        ? context.functionType(converter.convertAll(type.inputs)!, converter.convertAll(type.results)!)
        : undefined,
    )
    .addConversion((type) => (isSplit(type) ? [type.element, type.element] : undefined))
    .addTargetMaterialization((builder, _, [value], loc) =>
      isSplit(value!.type)
        ? [ReOp.build(builder, loc, { complex: value! }), ImOp.build(builder, loc, { complex: value! })]
        : undefined,
    )
    .addSourceMaterialization((builder, [type], [real, imaginary], loc) =>
      isSplit(type!) && imaginary
        ? [CreateOp.build(builder, loc, { real: real!, imaginary, resultTypes: [type] })]
        : undefined,
    );
  return converter;
}

function isSplit(type: Type): type is ComplexType {
  return type instanceof ComplexType && type.element instanceof FloatType;
}

/** Nothing is said about create, re and im: between converted ops and others they stay. */
function targetFor(root: Operation, converter: TypeConverter): ConversionTarget {
  const target = new ConversionTarget().legalDialect('arith', 'math');
  for (const op of [AbsOp, AddOp, ConjOp, ConstantOp, DivOp, EqualOp, MulOp, NegOp, NotEqualOp, SubOp])
    target.illegalOp(op);
  for (const kind of [...COMPLEX_FUNCTIONS, 'pow']) target.illegalOp(`complex.${kind}`);
  const legality = (op: Operation): true | string => {
    const types = converter.legality(op);
    if (types !== true) return types;
    for (const region of op.regions) {
      const inside = converter.regionLegality(region);
      if (inside !== true) return inside;
    }
    return true;
  };
  target.dynamicallyLegalOp(STRUCTURAL, legality).dynamicallyLegalOp(SelectOp, legality);
  target.dynamicallyLegalOp(FuncOp, (op) => {
    if (FuncOp.body(op).isEmpty) return true;
    const signature = converter.functionLegality(FuncOp.function_type(op));
    return signature === true ? converter.regionLegality(FuncOp.body(op)) : signature;
  });
  if (!hasComplexDeclarations(root, converter)) return target;
  const isDeclared = (op: Operation, attribute: string) => {
    const name = op.attr(attribute);
    const callee = name ? lookupFunction(op, (name as SymbolRefAttr).root) : undefined;
    return callee !== undefined && FuncOp.body(callee).isEmpty;
  };
  return target
    .dynamicallyLegalOp('func.call', (op) => (isDeclared(op, 'callee') ? true : undefined))
    .dynamicallyLegalOp('func.constant', (op) => (isDeclared(op, 'value') ? true : undefined));
}

function hasComplexDeclarations(root: Operation, converter: TypeConverter): boolean {
  let found = false;
  root.walk((op) => {
    if (FuncOp.is(op) && FuncOp.body(op).isEmpty && converter.functionLegality(FuncOp.function_type(op)) !== true)
      found = true;
  });
  return found;
}

// Patterns

type Parts = ComplexParts<Value>;
const partsOf = (operands: ConvertedOperands, index: number): Parts => {
  const [re, im] = operands.values(index);
  return { re: re!, im: im! };
};
const both = ({ re, im }: Parts): readonly [readonly Value[]] => [[re, im]];

function patternsFor(converter: TypeConverter): readonly ConversionPattern[] {
  const expand = (
    name: string,
    root: string,
    equation: string,
    results: (
      op: Operation,
      operands: ConvertedOperands,
      r: Arithmetic,
      rewriter: ConversionRewriter,
    ) => readonly (Value | readonly Value[])[],
  ): ConversionPattern => ({
    name: `complex-${name}`,
    root,
    equation,
    converter,
    rewrite(op, operands, rewriter) {
      rewriter.replaceOp(op, results(op, operands, arithmetic(op, rewriter), rewriter));
      return true;
    },
  });
  const binary = (kind: 'add' | 'sub' | 'mul' | 'div') =>
    expand(kind, `complex.${kind}`, `${kind} (a, b), (c, d) == (..., ...)`, (_, operands, r) =>
      both(complexBinary(kind, r, partsOf(operands, 0), partsOf(operands, 1))),
    );
  return [
    binary('add'),
    binary('sub'),
    binary('mul'),
    binary('div'),
    expand('neg', 'complex.neg', '-(a, b) == (-a, -b)', (_, operands, r) => {
      const { re, im } = partsOf(operands, 0);
      return both({ re: r.neg(re), im: r.neg(im) });
    }),
    expand('conj', 'complex.conj', 'conj (a, b) == (a, -b)', (_, operands, r) => {
      const { re, im } = partsOf(operands, 0);
      return both({ re, im: r.neg(im) });
    }),
    expand('abs', 'complex.abs', 'abs (a, b) == sqrt(a^2 + b^2)', (_, operands, r) => [
      complexAbs(r, partsOf(operands, 0)),
    ]),
    ...COMPLEX_FUNCTIONS.map((kind) =>
      expand(kind, `complex.${kind}`, `${kind} (a, b) == (..., ...)`, (_, operands, r) =>
        both(complexFunction(kind, r, partsOf(operands, 0))),
      ),
    ),
    expand('pow', 'complex.pow', 'pow (a, b), (c, d) == exp ((c, d) * log (a, b))', (_, operands, r) =>
      both(complexPower(r, partsOf(operands, 0), partsOf(operands, 1))),
    ),
    expand('eq', 'complex.eq', '(a, b) == (c, d) == (a == c and b == d)', (_, operands, r) => [
      complexEqual(r, partsOf(operands, 0), partsOf(operands, 1)),
    ]),
    expand('neq', 'complex.neq', '(a, b) != (c, d) == (a != c or b != d)', (_, operands, r) => [
      complexDifferent(r, partsOf(operands, 0), partsOf(operands, 1)),
    ]),
    expand('re', 'complex.re', 're (a, b) == a', (_, operands) => [partsOf(operands, 0).re]),
    expand('im', 'complex.im', 'im (a, b) == b', (_, operands) => [partsOf(operands, 0).im]),
    expand('create', 'complex.create', 'create a, b == (a, b)', (op) => [[op.operand(0), op.operand(1)]]),
    expand(
      'constant',
      'complex.constant',
      'constant [a, b] == (constant a, constant b)',
      (op, _operands, _r, rewriter) => [
        (op.attr('value') as ArrayAttr).elements.map((part) => buildConstantAttr(rewriter, op.loc, part)),
      ],
    ),
    expand(
      'select',
      'arith.select',
      'select c, (a, b), (d, e) == (select c, a, d), (select c, b, e)',
      (_, operands, r) => {
        const condition = operands.one(0);
        const [a, b] = [partsOf(operands, 1), partsOf(operands, 2)];
        return both({ re: r.select(condition, a.re, b.re), im: r.select(condition, a.im, b.im) });
      },
    ),
    splitSignature(converter),
    ...STRUCTURAL.map((root) => structural(root, converter)),
  ];
}

function structural(root: string, converter: TypeConverter): ConversionPattern {
  return {
    name: 'split-structural',
    root,
    converter,
    rewrite(op, operands, rewriter) {
      // The operands of a switch's cases have a list of their own.
      const sizes = op.attr('operandSegmentSizes');
      const start = sizes instanceof DenseArrayAttr ? Number(sizes.values[0]) + Number(sizes.values[1]) : 0;
      const segments = op.name === 'cf.switch' ? [{ name: 'case_operand_segments', start }] : [];
      return rebuildConverted(op, operands, rewriter, converter, { segments }) !== null;
    },
  };
}

function splitSignature(converter: TypeConverter): ConversionPattern {
  return {
    name: 'split-signature',
    root: 'func.func',
    converter,
    rewrite(op, _, rewriter) {
      const type = FuncOp.function_type(op);
      const { context } = op;
      const body = FuncOp.body(op);
      if (!rewriter.convertRegionTypes(body, converter)) return false;
      rewriter.modify(op, () => {
        op.setAttr('function_type', context.typeAttr(converter.convertFunction(type, op)!));
        for (const [name, types] of [
          ['arg_attrs', type.inputs],
          ['res_attrs', type.results],
        ] as const) {
          const list = op.attr(name);
          if (list instanceof ArrayAttr) op.setAttr(name, context.arrayAttr(forEachPart(list, types, converter)));
        }
      });
      return true;
    },
  };
}

/** Both parts have the attributes of the whole. */
function forEachPart(list: ArrayAttr, types: readonly Type[], converter: TypeConverter): Attribute[] {
  return types.flatMap((type, i) => converter.convert(type)!.map(() => list.elements[i]!));
}

type Arithmetic = RealArithmetic<Value, Value>;

/**
 * Real arithmetic in arith and math ops, with the fast-math flags of `op` but `afn`: functions of complex numbers are sums
 * of several real ones, and cancel.
 */
function arithmetic(op: Operation, rewriter: ConversionRewriter): Arithmetic {
  const { loc } = op;
  const fastmath = op.attr('fastmath') === undefined ? undefined : fastmathOf(op) & ~FastMath.afn;
  const part = (): Type => {
    const complex = [...op.operands, ...op.results].find((v) => isSplit(v.type))!;
    return (complex.type as ComplexType).element;
  };
  return {
    get format() {
      return part().toString();
    },
    call: (name, operand) => buildNamed(rewriter, loc, `math.${name}`, [operand], fastmath ? { fastmath } : {}),
    atan2: (lhs, rhs) => buildNamed(rewriter, loc, 'math.atan2', [lhs, rhs], fastmath ? { fastmath } : {}),
    copySign: (magnitude, sign) => buildNamed(rewriter, loc, 'math.copysign', [magnitude, sign]),
    add: (lhs, rhs) => AddFOp.build(rewriter, loc, { lhs, rhs, fastmath }),
    sub: (lhs, rhs) => SubFOp.build(rewriter, loc, { lhs, rhs, fastmath }),
    mul: (lhs, rhs) => MulFOp.build(rewriter, loc, { lhs, rhs, fastmath }),
    div: (lhs, rhs) => DivFOp.build(rewriter, loc, { lhs, rhs, fastmath }),
    max: (lhs, rhs) => MaximumFOp.build(rewriter, loc, { lhs, rhs, fastmath }),
    min: (lhs, rhs) => MinimumFOp.build(rewriter, loc, { lhs, rhs, fastmath }),
    neg: (operand) => NegFOp.build(rewriter, loc, { operand, fastmath }),
    abs: (operand) => AbsFOp.build(rewriter, loc, { operand, fastmath }),
    sqrt: (operand) => SqrtOp.build(rewriter, loc, { operand, fastmath }),
    constant: (value) => buildConstant(rewriter, loc, part(), value),
    less: (lhs, rhs) => CmpFOp.build(rewriter, loc, { predicate: 'olt', lhs, rhs }),
    equal: (lhs, rhs) => CmpFOp.build(rewriter, loc, { predicate: 'oeq', lhs, rhs }),
    different: (lhs, rhs) => CmpFOp.build(rewriter, loc, { predicate: 'une', lhs, rhs }),
    and: (lhs, rhs) => AndIOp.build(rewriter, loc, { lhs, rhs }),
    or: (lhs, rhs) => OrIOp.build(rewriter, loc, { lhs, rhs }),
    select: (condition, trueValue, falseValue) => SelectOp.build(rewriter, loc, { condition, trueValue, falseValue }),
  };
}
