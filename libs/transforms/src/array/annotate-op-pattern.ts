// annotate-op-pattern: writes the operator category of every tensor op into the attribute `budflow.op_pattern`, for people
// and tests to read.
//
//   %1 = array.reduce add %0 ..     ->     %1 = array.reduce add %0 .. {budflow.op_pattern = "reduction"}
//
// Ops that declare no category get the one derived from their indexing maps. Nothing reads the attribute.
import { type Operation, OpPattern, OpPatternKind, StructuredOp } from '@budflow/ir';
import { definePass } from '@budflow/pass';
import { derivePattern } from './derive-pattern.js';

export const OP_PATTERN_ATTR = 'budflow.op_pattern';

const NAMES = new Map<OpPatternKind, string>(Object.entries(OpPatternKind).map(([name, kind]) => [kind, name]));

/** Name of an op's category, declared or derived; undefined for ops that are no tensor ops. */
export function opPatternName(op: Operation): string | undefined {
  const declared = OpPattern.of(op);
  if (!declared && !StructuredOp.of(op)) return undefined;
  return NAMES.get(declared ? declared.pattern(op) : derivePattern(op));
}

export const annotateOpPattern = definePass({
  name: 'annotate-op-pattern',
  summary: 'write the operator category of tensor ops into an attribute',
  preserves: 'all',
  statistics: { annotated: 'ops annotated', derived: 'categories derived from indexing maps' },
  run(root, pass) {
    root.walk((op) => {
      const name = opPatternName(op);
      if (name === undefined) return;
      op.setAttr(OP_PATTERN_ATTR, op.context.stringAttr(name));
      pass.statistic('annotated');
      if (!OpPattern.of(op)) pass.statistic('derived');
    });
  },
});
