// chlo.scan: a region over the slices along a dimension becomes a loop that cuts slices out of the inputs, carries values on,
// and puts slices into the outputs.
import { CmpOp, ConstantOp, DynamicSliceOp, DynamicUpdateSliceOp, ExtractOp } from '@budflow/dialect-array';
import { ConditionOp, WhileOp, YieldOp } from '@budflow/dialect-loop';
import * as hlo from '@budflow/dialect-stablehlo';
import { DYNAMIC, type Operation, Region, TensorType, type Value } from '@budflow/ir';
import { Arithmetic } from '../arithmetic.js';
import { narrowElement } from '../narrow.js';
import { type HloRules, ruleFor } from '../rule.js';
import type { HloSite } from '../site.js';

/** Number of slices; undefined where it is not known. */
function slices(op: Operation): number | undefined {
  const [first] = hlo.ScanOp.inputs(op);
  const type = first?.type;
  return type instanceof TensorType ? type.shape[hlo.ScanOp.dimension(op)] : hlo.ScanOp.scan_dim_size(op);
}

function scanned(site: HloSite): Value[] {
  const { op, rewriter, loc, context } = site;
  const dim = hlo.ScanOp.dimension(op);
  const count = slices(op)!;
  const inputs = site.all().slice(0, hlo.ScanOp.inputs(op).length);
  const inits = site.all().slice(inputs.length);
  const outputs = hlo.ScanOp.outputs(op).map((_, i) => site.type(i));
  const indexType = context.tensor([], context.i32);
  const number = (n: number): Value => ConstantOp.build(rewriter, loc, { value: context.constantAttr(indexType, n) });
  const empty = outputs.map((type) => ConstantOp.build(rewriter, loc, { value: context.constantAttr(type, 0) }));
  const state = [number(0), ...inits, ...empty];
  const types = state.map((v) => v.type);
  const loop = WhileOp.create(rewriter, loc, {
    inits: state,
    regions: [new Region(), new Region()],
    resultTypes: types,
  });
  // 1. As long as there are slices.
  const before = rewriter.createBlock(loop.region(0), null, types);
  const isLeft = CmpOp.build(rewriter, loc, { predicate: 'lt', lhs: before.arguments[0]!, rhs: number(count) });
  const condition = ExtractOp.build(rewriter, loc, { operand: isLeft, resultTypes: [context.i1] });
  ConditionOp.create(rewriter, loc, { condition, values: before.arguments });
  // 2. The region runs on a slice of each input and what is carried.
  const body = rewriter.createBlock(loop.region(1), null, types);
  const [counter, ...rest] = body.arguments as Value[];
  const math = new Arithmetic(site, counter!);
  const at = hlo.ScanOp.is_reverse(op) ? math.sub(count - 1, counter!) : counter!;
  const zero = number(0);
  const starts = (rank: number) => Array.from({ length: rank }, (_, d) => (d === dim ? at : zero));
  const parts = inputs.map((input) => {
    const { shape, rank, element } = input.type as TensorType;
    const sizes = shape.map((size, d) => (d === dim ? 1 : size));
    const slice = DynamicSliceOp.build(rewriter, loc, {
      operand: input,
      starts: starts(rank),
      sizes,
      resultTypes: [context.tensor(sizes, element)],
    });
    return site.reshape(
      slice,
      shape.filter((_, d) => d !== dim),
    );
  });
  const next = math.add(counter!, 1);
  const end = YieldOp.create(rewriter, loc, { values: body.arguments });
  const region = op.region(0).entry;
  const returned = region.terminator;
  rewriter.inlineBlockBefore(region, end, [...parts, ...rest.slice(0, inits.length)]);
  const values = returned.operands.slice();
  rewriter.eraseOp(returned);
  // 3. Its slices go into the outputs.
  rewriter.setInsertionPoint(end);
  const updated = outputs.map((type, i) => {
    const sizes = type.shape.map((size, d) => (d === dim ? 1 : size));
    return DynamicUpdateSliceOp.build(rewriter, loc, {
      operand: rest[inits.length + i]!,
      update: site.reshape(values[i]!, sizes),
      starts: starts(type.rank),
    });
  });
  YieldOp.create(rewriter, loc, { values: [next, ...values.slice(outputs.length), ...updated] });
  rewriter.eraseOp(end);
  const results = loop.results.slice(1);
  return [...results.slice(inits.length), ...results.slice(0, inits.length)];
}

export const SCANS: HloRules = {
  ...ruleFor(hlo.ScanOp, {
    equation: 'chlo.scan x, init f == while: carried, y[i] = f(x[i], carried)',
    refuses(op) {
      const types = [...op.operands, ...op.results].map((v) => v.type);
      const isKnown = types.every((t) => t instanceof TensorType && !t.shape.includes(DYNAMIC));
      if (types.some((t) => narrowElement(t))) return 'it has integers of 2 and 4 bits; convert them to i8 or ui8';
      return isKnown && slices(op) !== undefined ? undefined : 'its sizes are not known';
    },
    convert: scanned,
  }),
};
