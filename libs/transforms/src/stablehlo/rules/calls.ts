// Tuples, which are their elements; calls by name; maps of a function.
import { CustomCallOp, FromScalarOp, MapOp } from '@budflow/dialect-array';
import { CallOp, IndexCastOp } from '@budflow/dialect-core';
import * as hlo from '@budflow/dialect-stablehlo';
import { DYNAMIC, type Operation, Region, TensorType, type TupleType, type Value } from '@budflow/ir';
import { narrowElement } from '../narrow.js';
import { moveScalarRegion } from '../regions.js';
import { type HloRules, ruleFor } from '../rule.js';
import type { HloSite } from '../site.js';
import { calledExpectation, expectationRefusal, expectedByCall } from './expectations.js';
import { calledLapack } from './lapack.js';

/** Custom calls that say where or how something is kept, and leave it as it is. */
const IDENTITIES: ReadonlySet<string> = new Set([
  'Sharding',
  'SPMDFullToShardShape',
  'SPMDShardToFullShape',
  'annotate_device_placement',
  'LayoutConstraint',
]);
/** Functions of CHLO under the names that exported programs give them. */
const FUNCTIONS: Readonly<Record<string, string>> = Object.fromEntries(
  ['erf', 'tan', 'asin', 'acos', 'atan', 'sinh', 'cosh', 'asinh', 'acosh', 'atanh'].map((kind) => [
    `mhlo.${kind}`,
    kind,
  ]),
);

export const CALLS: HloRules = {
  ...ruleFor(hlo.TupleOp, {
    equation: 'tuple x, y == x, y',
    convert: (site) => [site.all()],
  }),
  ...ruleFor(hlo.GetTupleElementOp, {
    equation: 'get_tuple_element (x, y) [0] == x',
    convert(site) {
      const { elements } = site.op.operand(0).type as TupleType;
      const sizes = elements.map((type) => site.converter.convert(type)!.length);
      const index = hlo.GetTupleElementOp.index(site.op);
      const first = sizes.slice(0, index).reduce((sum, n) => sum + n, 0);
      return [site.operands.values(0).slice(first, first + sizes[index]!)];
    },
  }),
  ...ruleFor(hlo.OptimizationBarrierOp, {
    equation: 'optimization_barrier x == x',
    convert: (site) => site.operands.groups(),
  }),
  ...ruleFor(hlo.GetDimensionSizeOp, {
    equation: 'get_dimension_size x d == dim x d',
    convert: (site) => [dimensionSize(site)],
  }),
  ...ruleFor(hlo.CustomCallOp, {
    equation: 'custom_call @Sharding x == x;  custom_call @check.expect_eq x, y == expect equal x, y',
    refuses: unknownCall,
    convert(site) {
      const name = hlo.CustomCallOp.call_target_name(site.op);
      const wanted = calledExpectation(site.op);
      if (wanted) return expectedByCall(site, wanted);
      const kind = FUNCTIONS[name];
      if (kind !== undefined) return [site.named(kind, site.operand(0))];
      if (IDENTITIES.has(name)) return site.operands.groups();
      return calledLapack(site) ?? callOutside(site, name);
    },
  }),
  ...ruleFor(hlo.CompositeOp, {
    equation: 'composite f x == call @f x',
    convert(site) {
      const made = CallOp.create(site.rewriter, site.loc, {
        operands: site.all(),
        callee: hlo.CompositeOp.decomposition(site.op),
        resultTypes: site.types(),
      });
      return site.results(made);
    },
  }),
  ...ruleFor(hlo.MapOp, {
    equation: 'map x, y f == array.map x, y f',
    refuses: (op) => (op.operandCount === 0 ? 'it takes no operands' : undefined),
    convert(site) {
      const made = MapOp.create(site.rewriter, site.loc, {
        inputs: site.all(),
        regions: [new Region()],
        resultTypes: site.types(),
      });
      moveScalarRegion(site.op.region(0), made.region(0), site);
      return made.results;
    },
  }),
};

/** Why a custom call has no counterpart. */
function unknownCall(op: Operation): string | undefined {
  const name = hlo.CustomCallOp.call_target_name(op);
  if (calledExpectation(op)) return expectationRefusal(op);
  if (name in FUNCTIONS)
    return op.operandCount === 1 && op.resultCount === 1 && op.operand(0).type === op.result(0).type
      ? undefined
      : `@${name} takes one array and gives one of its type`;
  if (!IDENTITIES.has(name) && [...op.operands, ...op.results].some(({ type }) => narrowElement(type)))
    return 'functions from outside get no integers of 2 and 4 bits; convert them to i8 or ui8';
  if (!IDENTITIES.has(name))
    return op.results.some(({ type }) => type instanceof TensorType && type.shape.includes(DYNAMIC))
      ? 'the sizes of its results are not known'
      : undefined;
  const isIdentity = op.operandCount === op.resultCount && op.results.every((r, i) => r.type === op.operand(i).type);
  return isIdentity ? undefined : `@${name} changes types here, which needs more devices than one`;
}

/** A function that the user of the program provides. */
function callOutside(site: HloSite, name: string): (readonly Value[])[] {
  // Newer programs have their configuration as data, under a name of its own.
  const config = site.op.attr('mhlo.backend_config') ?? hlo.CustomCallOp.backend_config(site.op);
  const made = CustomCallOp.create(site.rewriter, site.loc, {
    inputs: site.all(),
    sizes: [],
    call_target_name: name,
    has_side_effect: hlo.CustomCallOp.has_side_effect(site.op),
    ...(config === undefined ? {} : { backend_config: config }),
    resultTypes: site.types(),
  });
  const message = site.op.attr('error_message');
  if (message) made.setAttr('error_message', message);
  return site.results(made);
}

function dimensionSize(site: HloSite): Value {
  const dimension = hlo.GetDimensionSizeOp.dimension(site.op);
  const size = (site.operand(0).type as TensorType).shape[dimension]!;
  const type = site.type();
  if (size !== DYNAMIC) return site.constant(site.context.constantAttr(type, size));
  const scalar = IndexCastOp.build(site.rewriter, site.loc, {
    in: site.dim(site.operand(0), dimension),
    resultTypes: [type.element],
  });
  return FromScalarOp.build(site.rewriter, site.loc, { scalar, resultTypes: [type] });
}
