// Signatures, calls and returns of functions: types change together in all of them. Attributes of an argument or a
// result that was a tuple go to each of its elements.
import { CallOp, FuncOp, ReturnOp } from '@budflow/dialect-core';
import { ArrayAttr, type Operation, type Type } from '@budflow/ir';
import { type ConversionPattern, rebuildConverted, type TypeConverter } from '@budflow/rewrite';

export function signaturePatterns(converter: TypeConverter): readonly ConversionPattern[] {
  return [
    ...[CallOp, ReturnOp].map(
      (op): ConversionPattern => ({
        name: `types-of-${op.opName.replace('.', '-')}`,
        root: op.opName,
        converter,
        rewrite: (op, operands, rewriter) => rebuildConverted(op, operands, rewriter, converter) !== null,
      }),
    ),
    {
      name: 'types-of-signature',
      root: FuncOp.opName,
      converter,
      rewrite(op, _, rewriter) {
        const old = FuncOp.function_type(op);
        const type = converter.convertFunction(old, op);
        if (type === null || !rewriter.convertRegionTypes(FuncOp.body(op), converter)) return false;
        rewriter.modify(op, () => {
          op.setAttr('function_type', op.context.typeAttr(type));
          spreadAttributes(op, 'arg_attrs', old.inputs, converter);
          spreadAttributes(op, 'res_attrs', old.results, converter);
        });
        return true;
      },
    },
  ];
}

/** One dictionary for each type: as many copies as the type became types. */
function spreadAttributes(func: Operation, name: string, types: readonly Type[], converter: TypeConverter): void {
  const list = func.attr(name);
  if (!(list instanceof ArrayAttr)) return;
  const spread = types.flatMap((type, i) => converter.convert(type)!.map(() => list.elements[i]!));
  func.setAttr(name, func.context.arrayAttr(spread));
}
