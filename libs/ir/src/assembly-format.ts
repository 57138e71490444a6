// Declarative assembly: the language of MLIR's `assemblyFormat`, interpreted at run time. A format is a sequence of
//   `literal`              a keyword or punctuation; ` ` a space, `` no space, `\n` a new line
//   $operand $attribute $region $successor
//   operands  successors   all of them, separated by commas
//   type($x) type(operands) type(results)  functional-type(operands, results)
//   attr-dict  attr-dict-with-keyword      the attributes not shown elsewhere
//   prop-dict              the definition's own attributes not shown elsewhere, as <{...}>; attr-dict then has the rest
//   custom<Name>($x, type($y), ref($z))    a directive of the op or its dialect (assembly/directive.ts)
//   oilist(`a` $x | `b` $y)                clauses in any order, each at most once; printed when what they hold is there
//   ( elements^ )?         printed when the anchor (marked ^) is there; ( ... ) : ( ... )? with an alternative
// Types that are not written come from constraints that admit one type, from traits (SameTypeOperands,
// SameOperandsAndResultType, allTypesMatch, typesMatchWith), and from `inferTypes`.
import type { CustomAssembly } from './asm.js';
import { type CompiledFormat, compileFormat } from './assembly/compiled.js';
import { groupBounds } from './assembly/groups.js';
import { FormatParse } from './assembly/parse-format.js';
import { FormatPrint } from './assembly/print-format.js';
import type { OpDefinitionBase } from './define-op.js';
import { InternalError } from './errors.js';
import type { Operation } from './operation.js';
import type { Type } from './type.js';
import { AttrNames } from './well-known.js';

const compiled = new WeakMap<OpDefinitionBase, CustomAssembly>();

/**
 * The parse and print hooks of an op that has an assembly, made once for each definition. Throws an InternalError that
 * names op and column when the format is ambiguous or does not bind everything.
 */
export function compileAssembly(definition: OpDefinitionBase): CustomAssembly {
  let assembly = compiled.get(definition);
  if (assembly === undefined) {
    const source = definition.spec.assembly;
    if (source === undefined) throw new InternalError(`'${definition.opName}' has no assembly`);
    assembly = typeof source === 'string' ? hooks(compileFormat(definition, source)) : source;
    compiled.set(definition, assembly);
  }
  return assembly;
}

function hooks(format: CompiledFormat): CustomAssembly {
  return {
    canPrint: (op) => canPrint(format, op),
    parse: (parser, state) => new FormatParse(format, parser, state).run(),
    print: (printer, op) => new FormatPrint(format, printer, op).run(),
  };
}

/** Whether types that are not written are implied. The op fits its definition. */
function canPrint(format: CompiledFormat, op: Operation): boolean {
  const { spec, plan } = format;
  const operands = groupBounds(op, format.operands, op.operandCount, AttrNames.operandSegmentSizes)!;
  const results = groupBounds(op, format.results, op.resultCount, AttrNames.resultSegmentSizes)!;
  const typeAt = (side: 'operand' | 'result', i: number): Type =>
    (side === 'operand' ? op.operand(i) : op.result(i)).type;
  let inferred: Type[] | null = null;
  for (const side of ['operand', 'result'] as const) {
    const bounds = side === 'operand' ? operands : results;
    const sources = side === 'operand' ? plan.operands : plan.results;
    for (let g = 0; g < sources.length; g++) {
      const source = sources[g]!;
      const start = bounds[g]!;
      const end = bounds[g + 1]!;
      if (source.kind === 'written' || start === end) continue;
      let wanted: Type | undefined;
      if (source.kind === 'built') wanted = source.build(op.context);
      else if (source.kind === 'related') {
        for (const from of source.from) {
          const fromBounds = from.side === 'operand' ? operands : results;
          if (fromBounds[from.index] === fromBounds[from.index + 1]) continue;
          wanted = from.type(typeAt(from.side, fromBounds[from.index]!), op.context);
          break;
        }
      } else {
        try {
          inferred ??= spec.inferTypes!(op.context, {
            operands: op.operands,
            attributes: op.attributes,
            regions: op.regions,
          });
        } catch {
          return false;
        }
        for (let i = start; i < end; i++) if (typeAt(side, i) !== inferred[i]) return false;
        continue;
      }
      for (let i = start; i < end; i++) if (typeAt(side, i) !== wanted) return false;
    }
  }
  return true;
}
