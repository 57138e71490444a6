// A format compiled once for an op definition.
import type { AttrSpec, TypeConstraint, ValueConstraint } from '../constraints.js';
import type { OpDefinitionBase, OpSpec } from '../define-op.js';
import { everyNode, type FormatNode, FormatReader } from './format.js';
import { baseConstraint, planTypes, type TypePlan } from './type-plan.js';

export interface CompiledFormat {
  readonly spec: OpSpec;
  readonly nodes: readonly FormatNode[];
  readonly plan: TypePlan;
  readonly operands: readonly ValueConstraint[];
  readonly operandNames: readonly string[];
  readonly operandTypes: readonly TypeConstraint[];
  readonly results: readonly ValueConstraint[];
  readonly resultNames: readonly string[];
  readonly resultTypes: readonly TypeConstraint[];
  // biome-ignore lint/suspicious/noExplicitAny: specs of different value types
  readonly attributes: Record<string, AttrSpec<any>>;
  /** Attributes that the format shows outside of the dictionary, and segment sizes, which follow from the operands. */
  readonly shown: readonly string[];
  /** Whether some of what it shows depends on the op. */
  readonly conditional: boolean;
  /** With `prop-dict`: the attributes of the definition, which attr-dict leaves to it. */
  readonly inherent: ReadonlySet<string> | null;
}

export function compileFormat(definition: OpDefinitionBase, text: string): CompiledFormat {
  const { spec } = definition;
  const reader = new FormatReader(spec, text);
  const nodes = reader.read();
  const operands = Object.values(spec.operands ?? {});
  const results = Object.values(spec.results ?? {});
  const shown: string[] = ['operandSegmentSizes', 'resultSegmentSizes'];
  const all = [...everyNode(nodes)];
  for (const node of all) if (node.kind === 'attribute') shown.push(node.name);
  return {
    spec,
    nodes,
    plan: planTypes(spec, reader.typed),
    operands,
    operandNames: Object.keys(spec.operands ?? {}),
    operandTypes: operands.map(baseConstraint),
    results,
    resultNames: Object.keys(spec.results ?? {}),
    resultTypes: results.map(baseConstraint),
    attributes: spec.attributes ?? {},
    shown,
    conditional: nodes.some((n) => n.kind === 'group' || n.kind === 'oilist'),
    inherent: all.some((n) => n.kind === 'prop-dict') ? new Set(Object.keys(spec.attributes ?? {})) : null,
  };
}
