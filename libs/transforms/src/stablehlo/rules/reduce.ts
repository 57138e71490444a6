// Reductions, over dimensions and under windows. Where the region works on a wider type, elements are widened first.
import { type ReduceKind, ReduceOp, ReduceWindowOp, SelectAndScatterOp } from '@budflow/dialect-array';
import * as hlo from '@budflow/dialect-stablehlo';
import { ComplexType, IntegerType, type Operation, Region, type TensorType, type Type, type Value } from '@budflow/ir';
import { moveScalarRegion } from '../regions.js';
import { type HloRules, ruleFor } from '../rule.js';
import type { HloSite } from '../site.js';

/** Inputs and initial values with the elements that the region works on, which are those of the results. */
export function accumulated(site: HloSite, values: readonly Value[]): Value[] {
  const n = site.op.resultCount;
  return values.map((v, i) => site.cast(v, site.type(i % n).element));
}

/** The named kinds of array reductions; on i1 those that are logical. */
const KINDS: Readonly<Record<string, readonly [numbers: ReduceKind, onI1: ReduceKind]>> = {
  'stablehlo.add': ['add', 'or'],
  'stablehlo.multiply': ['mul', 'and'],
  'stablehlo.minimum': ['min', 'and'],
  'stablehlo.maximum': ['max', 'or'],
  'stablehlo.and': ['and', 'and'],
  'stablehlo.or': ['or', 'or'],
  'stablehlo.xor': ['xor', 'xor'],
};
/** The kind that a region applies to both of its arguments; undefined for other regions. */
function kindOf(op: Operation, element: Type): ReduceKind | undefined {
  const kinds = KINDS[hlo.appliedOp(op.region(0))?.name ?? ''];
  if (kinds === undefined) return undefined;
  if (element instanceof IntegerType && element.width === 1) return kinds[1];
  return element instanceof ComplexType && kinds[0] !== 'add' && kinds[0] !== 'mul' ? undefined : kinds[0];
}

interface Window {
  readonly strides: readonly number[] | undefined;
  readonly padding: readonly (readonly [number, number])[] | undefined;
  readonly baseDilations?: readonly number[] | undefined;
  readonly windowDilations?: readonly number[] | undefined;
}
function windowLists(window: readonly number[], lists: Window) {
  const ones = window.map(() => 1);
  return {
    window,
    strides: lists.strides ?? ones,
    base_dilation: lists.baseDilations ?? ones,
    window_dilation: lists.windowDilations ?? ones,
    low: window.map((_, d) => lists.padding?.[d]?.[0] ?? 0),
    high: window.map((_, d) => lists.padding?.[d]?.[1] ?? 0),
  };
}

export const REDUCTIONS: HloRules = {
  ...ruleFor(hlo.ReduceOp, {
    equation: 'reduce x, init across dims == array.reduce x, init dims',
    convert(site) {
      const n = site.op.resultCount;
      const values = accumulated(site, site.all());
      const made = ReduceOp.create(site.rewriter, site.loc, {
        inputs: values.slice(0, n),
        inits: values.slice(n),
        kind: undefined,
        dims: hlo.ReduceOp.dimensions(site.op),
        regions: [new Region()],
        resultTypes: site.types(),
      });
      moveScalarRegion(site.op.region(0), made.region(0), site);
      return made.results;
    },
  }),
  ...ruleFor(hlo.ReduceWindowOp, {
    equation: 'reduce_window x, init window == array.reduce_window x, init window',
    convert(site) {
      const { op } = site;
      const n = op.resultCount;
      const values = accumulated(site, site.all());
      const kind = n === 1 ? kindOf(op, site.type().element) : undefined;
      const made = ReduceWindowOp.create(site.rewriter, site.loc, {
        inputs: values.slice(0, n),
        inits: values.slice(n),
        kind,
        ...windowLists(hlo.ReduceWindowOp.window_dimensions(op), {
          strides: hlo.ReduceWindowOp.window_strides(op),
          padding: hlo.ReduceWindowOp.padding(op),
          baseDilations: hlo.ReduceWindowOp.base_dilations(op),
          windowDilations: hlo.ReduceWindowOp.window_dilations(op),
        }),
        regions: kind === undefined ? [new Region()] : [],
        resultTypes: site.types(),
      });
      if (kind === undefined) moveScalarRegion(op.region(0), made.region(0), site);
      return made.results;
    },
  }),
  ...ruleFor(hlo.SelectAndScatterOp, {
    equation: 'select_and_scatter x, source, init == array.select_and_scatter x source init',
    refuses: (op) =>
      (op.operand(0).type as TensorType).element === (op.result(0).type as TensorType).element
        ? undefined
        : 'its result has wider elements than its operand',
    convert(site) {
      const { op } = site;
      const [operand, source, init] = site.all() as [Value, Value, Value];
      const made = SelectAndScatterOp.create(site.rewriter, site.loc, {
        operand,
        source,
        init,
        ...windowLists(
          hlo.SelectAndScatterOp.window_dimensions(op) ?? (operand.type as TensorType).shape.map(() => 1),
          {
            strides: hlo.SelectAndScatterOp.window_strides(op),
            padding: hlo.SelectAndScatterOp.padding(op),
          },
        ),
        regions: [new Region(), new Region()],
        resultTypes: site.types(),
      });
      for (const i of [0, 1]) moveScalarRegion(op.region(i), made.region(i), site);
      return made.results;
    },
  }),
};
