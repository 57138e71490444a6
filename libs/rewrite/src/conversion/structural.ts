// Ops that only pass values on (calls, branches, loops, yields) under a type conversion: the same op with its operands,
// results and block arguments in converted types.
import { type Attribute, AttrNames, DenseArrayAttr, Operation } from '@budflow/ir';
import type { ConvertedOperands } from './pattern.js';
import type { ConversionRewriter } from './rewriter.js';
import type { TypeConverter } from './type-converter.js';

export interface StructuralOptions {
  /** Attributes with numbers of operands in consecutive groups, and the operand the first group starts at. */
  readonly segments?: readonly { readonly name: string; readonly start: number }[];
  /** Attributes to set on the new op. */
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

/**
 * Replaces the op by one of the same kind with converted operands, results and block arguments; regions move along,
 * `operandSegmentSizes` follow. Returns null, with a reason for the match failure, when a type cannot be converted.
 */
export function rebuildConverted(
  op: Operation,
  operands: ConvertedOperands,
  rewriter: ConversionRewriter,
  converter: TypeConverter,
  options: StructuralOptions = {},
): Operation | null {
  const types = converter.convertAll(op.resultTypes);
  if (types === null) {
    const wrong = op.resultTypes.find((t) => converter.convert(t) === null)!;
    rewriter.notifyMatchFailure(op, `result of type ${wrong} cannot be converted: ${converter.reason(wrong)}`);
    return null;
  }
  const { context } = op;
  let { attributes } = op;
  for (const { name, start } of [
    { name: AttrNames.operandSegmentSizes as string, start: 0 },
    ...(options.segments ?? []),
  ]) {
    const sizes = attributes.get(name);
    if (!(sizes instanceof DenseArrayAttr)) continue;
    let at = start;
    const converted = sizes.values.map((size) => {
      const end = at + Number(size);
      const count = operands.flat(at, end).length;
      at = end;
      return count;
    });
    attributes = context.withAttribute(attributes, name, context.denseArray(sizes.elementType, converted));
  }
  for (const [name, value] of Object.entries(options.attributes ?? {}))
    attributes = context.withAttribute(attributes, name, value);
  const made = Operation.create(op.info, op.loc, operands.flat(), types, attributes, [], op.successors);
  rewriter.setInsertionPoint(op);
  rewriter.insert(made);
  for (const region of op.regions) {
    const moved = made.appendRegion();
    rewriter.inlineRegionBefore(region, moved, null);
    if (!rewriter.convertRegionTypes(moved, converter)) return null;
  }
  let next = 0;
  rewriter.replaceOp(
    op,
    op.results.map((result) => {
      const start = next;
      next += converter.convert(result.type)!.length;
      return made.results.slice(start, next);
    }),
  );
  return made;
}
