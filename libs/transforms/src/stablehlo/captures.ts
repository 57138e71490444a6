// Regions that will work on scalars see nothing outside of them. Constants that they use go in; a scalar from outside
// becomes an operand, everywhere the same, which the region hands on.
//
//   reduce(%x init: %z) {                                %s = broadcast_in_dim %scale
//     ^bb(%a, %b):                                 ->    reduce(%x, %s init: %z, %scale) {
//       %0 = multiply %b, %scale                           ^bb(%a, %c, %b, %d):
//       %1 = add %a, %0                                      %0 = multiply %b, %c
//       return %1 }                                          %1 = add %a, %0
//                                                            return %1, %c }
//
// What else a region uses is a reason to refuse the op.
import * as hlo from '@budflow/dialect-stablehlo';
import { Builder, DYNAMIC, Operation, type Region, TensorType, type Value } from '@budflow/ir';

const SCALAR_REGIONS: ReadonlySet<string> = new Set(
  [hlo.MapOp, hlo.ReduceOp, hlo.ReduceWindowOp, hlo.ScatterOp, hlo.SelectAndScatterOp, hlo.SortOp].map(
    (op) => op.opName,
  ),
);

/** Copies the constants that regions of reductions and their like use into these regions. */
export function sinkConstants(module: Operation): void {
  module.walk((op) => {
    if (!SCALAR_REGIONS.has(op.name)) return;
    for (const region of op.regions)
      for (const value of captured(region)) {
        const { definingOp } = value;
        if (!definingOp || !isConstant(definingOp)) continue;
        const copy = definingOp.clone();
        region.entry.insertBefore(copy, region.entry.firstOp);
        value.replaceUsesIf(copy.result(0), (user) => region.isAncestorOf(user.parentRegion!));
      }
  });
}

/** Scalars from outside that such regions use become operands of their ops. */
export function passCaptures(module: Operation): void {
  const found: Operation[] = [];
  module.walk((op) => {
    if (SCALAR_REGIONS.has(op.name) && captureRefusal(op) === undefined && captured(op.region(0)).length > 0)
      found.push(op);
  });
  for (const op of found) passAsOperands(op, captured(op.region(0)));
}

/** Why the regions of an op cannot work on scalars; undefined when nothing from outside is in the way. */
export function captureRefusal(op: Operation): string | undefined {
  if (!SCALAR_REGIONS.has(op.name)) return undefined;
  for (const region of op.regions)
    for (const value of captured(region)) {
      const { definingOp, type } = value;
      if (definingOp && isConstant(definingOp)) continue;
      if (!(type instanceof TensorType) || type.rank > 0 || hlo.SelectAndScatterOp.is(op))
        return 'its region uses a value from outside; pass it as an operand';
      if (op.operands.some((v) => !(v.type instanceof TensorType) || v.type.shape.includes(DYNAMIC)))
        return 'its region uses a value from outside, and the sizes of its operands are not known';
    }
  return undefined;
}

function isConstant(op: Operation): boolean {
  return hlo.ConstantOp.is(op);
}

/** The values of outside that a region uses. */
function captured(region: Region): Value[] {
  const found = new Set<Value>();
  for (const block of region.blocks)
    for (const op of block.ops)
      op.walk((inner) => {
        for (const operand of inner.operands)
          if (!region.isAncestorOf(operand.parentBlock!.parent!)) found.add(operand);
      });
  return [...found];
}

function passAsOperands(op: Operation, values: readonly Value[]): void {
  const { context, loc } = op;
  const builder = Builder.before(op);
  const region = op.region(0);
  const { entry } = region;
  const spread = (value: Value, like: Value): Value =>
    hlo.BroadcastInDimOp.build(builder, loc, {
      operand: value,
      broadcast_dimensions: [],
      resultTypes: [context.withElement(like.type, (value.type as TensorType).element)],
    });
  const within = (value: Value, argument: Value): void =>
    value.replaceUsesIf(argument, (user) => region.isAncestorOf(user.parentRegion!));
  const n = op.resultCount;
  const operands = op.operands.slice();
  // A new argument for each value at `position`, and again behind those of the inputs; the region uses the first.
  const addArguments = (position: number, again: number): Value[] => {
    for (const [i, value] of values.entries()) entry.insertArgument(again + i, value.type);
    return values.map((value, i) => {
      const argument = entry.insertArgument(position + i, value.type);
      within(value, argument);
      return argument;
    });
  };
  // The elements of `values`, one for each element of `like`.
  const all = (like: Value): Value[] => values.map((value) => spread(value, like));

  if (hlo.MapOp.is(op)) {
    for (const value of values) within(value, entry.addArgument(value.type));
    op.setOperands([...operands, ...all(operands[0]!)]);
    return;
  }
  if (hlo.SortOp.is(op)) {
    for (const value of values) {
      within(value, entry.addArgument(value.type));
      entry.addArgument(value.type);
    }
    rebuilt(op, [...operands, ...all(operands[0]!)], values);
    return;
  }
  const passed = addArguments(n, 2 * n);
  const end = entry.terminator;
  end.setOperands([...end.operands, ...passed]);
  rebuilt(
    op,
    hlo.ScatterOp.is(op)
      ? [
          ...operands.slice(0, n),
          ...all(operands[0]!),
          operands[n]!,
          ...operands.slice(n + 1),
          ...all(operands[n + 1]!),
        ]
      : [...operands.slice(0, n), ...all(operands[0]!), ...operands.slice(n), ...values],
    values,
  );
}

/** Replaces an op by one with other operands and a result more for each value, in the shape of the first. */
function rebuilt(op: Operation, operands: readonly Value[], values: readonly Value[]): void {
  const { context } = op;
  const added = values.map((v) => context.withElement(op.result(0).type, (v.type as TensorType).element));
  const made = Operation.create(op.info, op.loc, operands, [...op.resultTypes, ...added], op.attributes, [], []);
  Builder.before(op).insert(made);
  const [from, to] = [op.region(0), made.appendRegion()];
  for (const block of from.blocks.slice()) {
    from.removeBlock(block);
    to.insert(to.blocks.length, block);
  }
  op.results.forEach((result, i) => {
    result.replaceAllUsesWith(made.result(i));
  });
  op.erase();
}
