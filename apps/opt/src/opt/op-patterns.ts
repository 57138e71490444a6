// --annotate-op-pattern: what fusion takes each op for, as an attribute.
import { type Operation, OpPattern, OpPatternKind, StructuredOp } from '@budflow/ir';

const NAMES = new Map<number, string>(Object.entries(OpPatternKind).map(([name, kind]) => [kind, name]));

/** Sets the attribute `pattern` of the ops that declare a category, or whose structured form implies one. */
export async function annotateOpPatterns(module: Operation): Promise<void> {
  const { derivePattern } = await import('@budflow/transforms/array');
  const { context } = module;
  module.walk((op) => {
    const kind = OpPattern.of(op)?.pattern(op) ?? (StructuredOp.of(op) ? derivePattern(op) : undefined);
    if (kind !== undefined) op.setAttr('pattern', context.stringAttr(NAMES.get(kind)!));
  });
}
