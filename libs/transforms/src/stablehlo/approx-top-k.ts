// Calls of @ApproxTopK, which JAX writes for approx_max_k and approx_min_k: exact here. The operands are sorted by the
// function that the call names, and the first elements are cut out.
//
//   custom_call @ApproxTopK(%x, %i, %least, %none) {called_computations = [@above], backend_config = {reduction_dim = 1, top_k = 4, ..}}
//     ->  sort(%x, %i) {above} dim = 1, slice [0:4]
import { FuncOp } from '@budflow/dialect-core';
import * as hlo from '@budflow/dialect-stablehlo';
import {
  Builder,
  DictionaryAttr,
  DYNAMIC,
  IntegerAttr,
  lookupSymbol,
  type Operation,
  Region,
  TensorType,
} from '@budflow/ir';

const APPROX_TOP_K = 'ApproxTopK';

interface TopK {
  readonly dim: number;
  readonly k: number;
  readonly comparator: Operation;
}

/** What the call asks for; undefined when it is not one of JAX's. */
function topKOf(op: Operation): TopK | undefined {
  const config = op.attr('mhlo.backend_config') ?? hlo.CustomCallOp.backend_config(op);
  const [name, ...others] = hlo.CustomCallOp.called_computations(op) ?? [];
  if (!(config instanceof DictionaryAttr) || name === undefined || others.length > 0) return undefined;
  const number = (key: string) => {
    const value = config.get(key);
    return value instanceof IntegerAttr ? value.number : undefined;
  };
  const [dim, k, isWhole] = [number('reduction_dim'), number('top_k'), number('aggregate_to_topk')];
  const comparator = lookupSymbol(op, name);
  if (dim === undefined || k === undefined || !comparator || !FuncOp.is(comparator)) return undefined;
  if (!isWhole || comparator.region(0).blocks.length !== 1) return undefined;
  const n = op.resultCount;
  const types = op.operands.slice(0, n).map((v) => v.type);
  const isKnown = types.every(
    (t) => t instanceof TensorType && !t.shape.includes(DYNAMIC) && dim >= 0 && dim < t.rank && k <= t.shape[dim]!,
  );
  const compared = comparator.region(0).entry.arguments.map((argument) => argument.type);
  const fits =
    op.operandCount === 2 * n &&
    compared.length === 2 * n &&
    compared.every((type, i) => type === op.context.tensor([], (types[i >> 1] as TensorType).element));
  return isKnown && fits ? { dim, k, comparator } : undefined;
}

export function sortForTopK(module: Operation): void {
  const found: Operation[] = [];
  module.walk((op) => {
    if (hlo.CustomCallOp.is(op) && hlo.CustomCallOp.call_target_name(op) === APPROX_TOP_K) found.push(op);
  });
  for (const op of found) {
    const wanted = topKOf(op);
    if (wanted !== undefined) replace(op, wanted);
  }
}

function replace(op: Operation, { dim, k, comparator }: TopK): void {
  const { context, loc } = op;
  const builder = Builder.before(op);
  const inputs = op.operands.slice(0, op.resultCount);
  const made = hlo.SortOp.create(builder, loc, {
    inputs,
    dimension: dim,
    is_stable: true,
    regions: [bodyOf(comparator)],
    resultTypes: inputs.map((v) => v.type),
  });
  op.results.forEach((result, i) => {
    const { shape, element } = inputs[i]!.type as TensorType;
    const limits = shape.map((size, d) => (d === dim ? k : size));
    const first = hlo.SliceOp.build(builder, loc, {
      operand: made.result(i),
      start_indices: shape.map(() => 0),
      limit_indices: limits,
      strides: shape.map(() => 1),
      resultTypes: [context.tensor(limits, element)],
    });
    result.replaceAllUsesWith(first);
  });
  op.erase();
}

/** A copy of what a function does, for a region. */
function bodyOf(func: Operation): Region {
  const copied = func.clone().region(0);
  const region = new Region();
  for (const block of copied.blocks.slice()) {
    copied.removeBlock(block);
    region.insert(region.blocks.length, block);
  }
  const end = region.entry.terminator;
  if (!hlo.ReturnOp.is(end)) {
    hlo.ReturnOp.create(Builder.before(end), end.loc, { results: end.operands });
    end.erase();
  }
  return region;
}
