// `slt, %a, %b : type`.
import { type CustomAssembly, IntegerAttr } from '@budflow/ir';
import type { InlineAttribute } from '../support/assembly.js';
import { boolLike } from '../support/types.js';

export function compareAssembly(
  attribute: string,
  predicates: readonly string[],
  inline?: InlineAttribute,
): CustomAssembly {
  const elided = inline ? [attribute, inline.name] : [attribute];
  const known = new Set(predicates);
  return {
    plain: { kind: 'compare', attribute, keywords: predicates },
    canPrint(op) {
      if (op.operandCount !== 2 || op.resultCount !== 1) return false;
      const predicate = op.attr(attribute);
      const flags = inline && op.attr(inline.name);
      const { type } = op.operand(0);
      return (
        predicate instanceof IntegerAttr &&
        predicates[predicate.number] !== undefined &&
        (!flags || inline.spec.check(flags)) &&
        op.operand(1).type === type &&
        op.result(0).type === boolLike(op.context, type)
      );
    },
    parse(parser, state) {
      const offset = parser.offset();
      const name = parser.optionalString() ?? parser.anyKeyword('a comparison predicate');
      if (!known.has(name)) parser.error(`expected a predicate out of ${predicates.join(', ')}, got '${name}'`, offset);
      state.attributes.set(attribute, parser.context.i64Attr(predicates.indexOf(name)));
      parser.punctuation(',');
      const lhs = parser.operand();
      parser.punctuation(',');
      const rhs = parser.operand();
      const flags = inline?.parse(parser);
      if (flags) state.attributes.set(inline!.name, flags);
      parser.optionalAttrDict(state.attributes);
      parser.punctuation(':');
      const type = parser.type();
      state.operands.push(parser.resolve(lhs, type), parser.resolve(rhs, type));
      state.resultTypes.push(boolLike(parser.context, type));
    },
    print(printer, op) {
      printer.text(` ${predicates[(op.attr(attribute) as IntegerAttr).number]}, `);
      printer.value(op.operand(0));
      printer.text(', ');
      printer.value(op.operand(1));
      const flags = inline && op.attr(inline.name);
      if (flags) inline.print(printer, flags);
      printer.attrDict(op, elided);
      printer.text(' : ');
      printer.type(op.operand(0).type);
    },
  };
}
