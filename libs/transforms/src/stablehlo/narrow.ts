// Integers of 2 and 4 bits, which arrays do not have: they are carried in 8 bits, extended from their own. What an op makes
// of them is extended again, so that every value in 8 bits is one of 2 or 4.
//
//   %0 = stablehlo.add %x, %y : tensor<4xi4>   ->   %1 = array.add %x, %y : tensor<4xi8>
//                                                   %2 = array.shl %1, 4
//                                                   %0 = array.shr_s %2, 4
//
// Sums, products and left shifts read the low bits of their operands only. Ops that read the high ones too, and those that
// look at the width of elements, ask for what they need.
import { FuncOp } from '@budflow/dialect-core';
import * as hlo from '@budflow/dialect-stablehlo';
import {
  type Attribute,
  Builder,
  type Context,
  type DenseElementsAttr,
  denseElement,
  IntegerAttr,
  IntegerType,
  type Operation,
  symbolVisibility,
  TensorType,
  type Type,
  type Value,
} from '@budflow/ir';
import type { HloSite } from './site.js';

const CARRIER = 8;

/** An element type of 2 or 4 bits; undefined for every other type. */
export function narrowElement(type: Type): IntegerType | undefined {
  const element = type instanceof TensorType ? type.element : type;
  const isNarrow = element instanceof IntegerType && (element.width === 2 || element.width === 4);
  return isNarrow && element.signedness !== 'signed' ? element : undefined;
}

/** The element type that an element type is carried in. */
export function carrierOf(context: Context, element: Type): Type {
  const narrow = narrowElement(element);
  return narrow ? context.integer(CARRIER, narrow.signedness) : element;
}

/** The same elements in what carries them. */
export function carriedElements(context: Context, attr: DenseElementsAttr): DenseElementsAttr {
  const { element, shape } = attr.type;
  const carrier = carrierOf(context, element);
  if (carrier === element) return attr;
  const count = attr.splat ? 1 : shape.reduce((n, size) => n * size, 1);
  const bytes = Uint8Array.from({ length: count }, (_, i) => Number(denseElement(attr, i)));
  return context.denseElements(context.tensor(shape, carrier), bytes, { splat: attr.splat });
}

/** The same for one number. */
export function carriedNumber(context: Context, attr: Attribute): Attribute {
  if (!(attr instanceof IntegerAttr)) return attr;
  const carrier = carrierOf(context, attr.type);
  return carrier === attr.type ? attr : context.integerAttr(carrier as IntegerType, attr.value);
}

/** A carried value from its low bits alone: with the others equal to its sign, or 0. */
export function extended(site: HloSite, value: Value, narrow: IntegerType): Value {
  if (narrow.signedness === 'unsigned') return lowBits(site, value, narrow);
  const distance = site.splat(CARRIER - narrow.width, value);
  return site.named('shr_s', site.named('shl', value, distance), distance);
}

/** The low bits of a carried value, the others 0. */
export function lowBits(site: HloSite, value: Value, narrow: IntegerType): Value {
  return site.named('and', value, site.splat(2 ** narrow.width - 1, value));
}

/** The results of an op in 8 bits again numbers of 2 or 4. */
export function extendedResults(
  site: HloSite,
  values: readonly (Value | readonly Value[])[],
): readonly (Value | readonly Value[])[] {
  if (KEEPING.has(site.op.name)) return values;
  return values.map((value, i) => {
    const narrow = narrowElement(site.op.result(i).type);
    return narrow === undefined || Array.isArray(value) ? value : extended(site, value as Value, narrow);
  });
}

/** Ops whose results are elements of their operands, or what their regions gave. */
const KEEPING: ReadonlySet<string> = new Set(
  [
    hlo.AndOp,
    hlo.BroadcastInDimOp,
    hlo.BroadcastOp,
    hlo.CaseOp,
    hlo.ClampOp,
    hlo.CompositeOp,
    hlo.ConcatenateOp,
    hlo.ConstantLikeOp,
    hlo.ConstantOp,
    hlo.DynamicSliceOp,
    hlo.DynamicUpdateSliceOp,
    hlo.GatherOp,
    hlo.GetTupleElementOp,
    hlo.IfOp,
    hlo.MapOp,
    hlo.MaximumOp,
    hlo.MinimumOp,
    hlo.OptimizationBarrierOp,
    hlo.OrOp,
    hlo.PadOp,
    hlo.RemainderOp,
    hlo.ReshapeOp,
    hlo.ReverseOp,
    hlo.SelectOp,
    hlo.SliceOp,
    hlo.SortOp,
    hlo.TransposeOp,
    hlo.WhileOp,
    hlo.XorOp,
  ].map((op) => op.opName),
);

/** What callers give in 8 bits counts by its low ones: arguments of public functions go through a conversion to their own type. */
export function extendArguments(module: Operation): void {
  for (const func of module.region(0).entry.ops) {
    if (!FuncOp.is(func) || func.region(0).isEmpty || symbolVisibility(func) !== 'public') continue;
    const { entry } = func.region(0);
    for (const argument of entry.arguments) {
      if (narrowElement(argument.type) === undefined || !argument.hasUses) continue;
      const builder = Builder.before(entry.firstOp!);
      const made = hlo.ConvertOp.create(builder, func.loc, { operand: argument, resultTypes: [argument.type] });
      argument.replaceUsesIf(made.result(0), (user) => user !== made);
    }
  }
}
