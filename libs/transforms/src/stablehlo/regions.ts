// Regions: StableHLO's work on tensors of rank 0, those of array ops on scalars. A region is moved over with tensors made
// from its scalars at the border; when everything inside is converted, the array ops on rank 0 become their scalar bodies.
//
//   ^bb(%a: tensor<f32>, %b: tensor<f32>):          ^bb(%a: f32, %b: f32):
//     %0 = stablehlo.add %a, %b               ->      %0 = arith.addf %a, %b
//     stablehlo.return %0                             array.yield %0
import { CastOp, ConstantOp, ExtractOp, FromScalarOp, YieldOp } from '@budflow/dialect-array';
import { buildConstantAttr, elementAttr, signlessType } from '@budflow/dialect-core';
import {
  type Attribute,
  Builder,
  type Context,
  DenseElementsAttr,
  denseElement,
  type IntegerType,
  type Operation,
  type Region,
  StructuredOp,
  TensorType,
  type Type,
  type Value,
} from '@budflow/ir';
import { type ConversionRewriter, SignatureConversion, TypeConverter } from '@budflow/rewrite';
import type { HloSite } from './site.js';

/** Array ops whose regions work on scalars. */
const SCALAR_REGIONS: ReadonlySet<string> = new Set([
  'array.map',
  'array.reduce',
  'array.reduce_window',
  'array.scan',
  'array.scatter',
  'array.select_and_scatter',
  'array.sort',
]);

export function hasScalarRegions(op: Operation): boolean {
  return SCALAR_REGIONS.has(op.name);
}

/** Tensors of rank 0 become scalars; where they are still wanted, they are made from them. */
function scalarConverter(context: Context): TypeConverter {
  const asTensor = (builder: Builder, [type]: readonly Type[], [scalar]: readonly Value[], loc: Operation['loc']) => {
    const { element } = type as TensorType;
    const signless = FromScalarOp.build(builder, loc, {
      scalar: scalar!,
      resultTypes: [context.tensor([], signlessType(context, element))],
    });
    return [
      signless.type === type ? signless : CastOp.build(builder, loc, { operand: signless, resultTypes: [type!] }),
    ];
  };
  return new TypeConverter()
    .addConversion((type) => type)
    .addConversion((type) => (type instanceof TensorType ? signlessType(context, type.element) : undefined))
    .addSourceMaterialization(asTensor)
    .addArgumentMaterialization(asTensor);
}

/** Moves a region of tensors of rank 0 into a region, still empty, of an array op that was just built; its arguments become scalars. */
export function moveScalarRegion(from: Region, to: Region, { rewriter, converter: types }: HloSite): void {
  const { context } = to.parent!;
  rewriter.inlineRegionBefore(from, to, null);
  rewriter.convertRegionTypes(to, types);
  const block = to.entry;
  const converter = scalarConverter(context);
  const signature = new SignatureConversion(block.arguments.length);
  block.arguments.forEach((argument, i) => {
    signature.addInputs(i, converter.convert(argument.type)!);
  });
  rewriter.applySignatureConversion(block, signature, converter);
}

/** The end of a scalar region: the elements of what is returned. */
export function yieldScalars(values: readonly Value[], at: Operation, rewriter: ConversionRewriter): void {
  const { context } = at;
  const scalars = values.map((value) => {
    const { element } = value.type as TensorType;
    const signless = signlessType(context, element);
    const tensor =
      signless === element
        ? value
        : CastOp.build(rewriter, at.loc, { operand: value, resultTypes: [context.tensor([], signless)] });
    return ExtractOp.build(rewriter, at.loc, { operand: tensor, resultTypes: [signless] });
  });
  YieldOp.create(rewriter, at.loc, { values: scalars });
}

/** The number of a constant of rank 0 in the type that it has as a scalar. */
function scalarAttr(context: Context, constant: DenseElementsAttr): Attribute {
  const { element } = constant.type;
  const signless = signlessType(context, element);
  if (signless === element) return elementAttr(context, constant, 0);
  const { width } = signless as IntegerType;
  return context.integerAttr(signless as IntegerType, BigInt.asIntN(width, BigInt(denseElement(constant, 0))));
}

/**
 * Replaces the array ops on rank 0 in a scalar region by their scalar bodies. Returns the first op that has none, and
 * leaves the region half done then.
 */
export function scalarize(region: Region): Operation | undefined {
  const scalars = new Map<Value, Value>();
  for (const op of region.entry.ops) {
    if (
      op.operands.every((v) => !(v.type instanceof TensorType)) &&
      !op.results.some((r) => r.type instanceof TensorType)
    )
      continue;
    const builder = Builder.before(op);
    if (FromScalarOp.is(op)) scalars.set(op.result(0), op.operand(0));
    else if (ExtractOp.is(op)) {
      const scalar = scalars.get(op.operand(0));
      if (!scalar) return op;
      op.result(0).replaceAllUsesWith(scalar);
    } else if (ConstantOp.is(op)) {
      const value = ConstantOp.value(op);
      if (!(value instanceof DenseElementsAttr) || value.type.shape.length > 0) return op;
      scalars.set(op.result(0), buildConstantAttr(builder, op.loc, scalarAttr(op.context, value)));
    } else {
      const structured = StructuredOp.of(op);
      const inputs = op.operands.map((v) => scalars.get(v));
      if (
        !structured ||
        structured.reduction ||
        (op.result(0).type as TensorType).rank !== 0 ||
        inputs.includes(undefined) ||
        op.operands.some((v, i) => v.type instanceof TensorType && !structured.indexingMaps(op)[i])
      )
        return op;
      const results = structured.body(op, {
        builder,
        loc: op.loc,
        operand: (index) => inputs[index]!,
        point: () => {
          throw new Error('a tensor of rank 0 has no coordinates');
        },
        accumulator: () => {
          throw new Error('no reduction');
        },
        windowElement: () => {
          throw new Error('a tensor of rank 0 has no windows');
        },
      });
      results.forEach((value, i) => {
        scalars.set(op.result(i), value);
      });
    }
  }
  for (const op of region.entry.ops.reverse())
    if (op.results.some((r) => r.type instanceof TensorType) || ExtractOp.is(op)) op.erase();
  return undefined;
}
