// Ops that combine elements by a named kind or a region: their text, checks, and code.
import { buildBinary, signednessOf } from '@budflow/dialect-core';
import {
  type AsmParser,
  type AttrSpec,
  attr,
  type Builder,
  ComplexType,
  FloatType,
  type LocationRef,
  type Operation,
  type OperationState,
  optionalAttr,
  StringAttr,
  type UnresolvedOperand,
  type Value,
} from '@budflow/ir';
import { isBoolean } from './element-types.js';
import { REDUCE_KINDS, type ReduceKind } from './kinds.js';
import { inlineScalarRegion, scalarTypes, verifyScalarRegion } from './region.js';
import { tensorType } from './structure.js';

/** The `kind` of an op that combines elements; absent where a region says how. */
export const kindAttribute: AttrSpec<ReduceKind | undefined> = optionalAttr(
  attr.enum('add', 'mul', 'min', 'max', 'and', 'or', 'xor') as AttrSpec<ReduceKind>,
);

export function combinerKind(op: Operation): ReduceKind | undefined {
  const kind = op.attr('kind');
  return kind instanceof StringAttr ? (kind.value as ReduceKind) : undefined;
}

/** `add %x, %y init %a, %b`: an optional kind, operands, inits. */
export function parseCombined(
  parser: AsmParser,
  state: OperationState,
): { inputs: UnresolvedOperand[]; inits: UnresolvedOperand[] } {
  const offset = parser.offset();
  const kind = parser.optionalAnyKeyword();
  if (kind !== undefined) {
    if (!(REDUCE_KINDS as readonly string[]).includes(kind))
      parser.error(`expected one of ${REDUCE_KINDS.join(', ')}, or operands, got '${kind}'`, offset);
    state.attributes.set('kind', parser.context.stringAttr(kind));
  }
  const inputs = parser.commaSeparated('none', () => parser.operand());
  parser.keyword('init');
  return { inputs, inits: parser.commaSeparated('none', () => parser.operand()) };
}

/** Operands of one shape, a 0-d init for each, and a kind or one region. */
export function verifyCombined(op: Operation, inputs: readonly Value[], inits: readonly Value[]): boolean {
  const fail = (message: string): boolean => {
    op.emitError('array.combined', message);
    return false;
  };
  if (inputs.length === 0 || inits.length !== inputs.length || op.resultCount !== inputs.length)
    return fail(
      `requires as many inits and results as operands (at least one), got ${inputs.length} operands, ${inits.length} inits, ${op.resultCount} results`,
    );
  const first = tensorType(inputs[0]!);
  for (const [i, input] of inputs.entries()) {
    const type = tensorType(input);
    if (type.rank !== first.rank || type.shape.some((d, k) => d !== first.shape[k]))
      return fail(`requires all operands to have one shape, got ${first} and ${type} (operand #${i})`);
    const scalar = op.context.tensor([], type.element);
    if (inits[i]!.type !== scalar)
      return fail(`requires an init of type ${scalar} for the operand ${type}, got ${inits[i]!.type}`);
  }
  const kind = combinerKind(op);
  if (kind === undefined)
    return op.regions.length === 1 || fail(`requires a kind or one region, got ${op.regions.length} regions`);
  if (op.regions.length > 0) return fail(`requires no region beside the kind '${kind}'`);
  if (inputs.length !== 1)
    return fail(`requires one operand for the kind '${kind}', got ${inputs.length}; give a region instead`);
  if (first.element instanceof ComplexType && kind !== 'add' && kind !== 'mul')
    return fail(`requires add or mul for complex numbers, got '${kind}'`);
  const bitwise = kind === 'and' || kind === 'or' || kind === 'xor';
  if (bitwise ? first.element instanceof FloatType : isBoolean(first.element))
    return fail(`requires other elements than ${first.element} for the kind '${kind}'`);
  return true;
}

export function verifyCombinerRegion(op: Operation, inputs: readonly Value[]): void {
  if (op.regions.length === 0) return;
  const elements = scalarTypes(op, inputs);
  verifyScalarRegion(op, [...elements, ...elements], elements);
}

/** Builds combine(accumulators, elements) on scalars. */
export function buildCombined(
  op: Operation,
  builder: Builder,
  loc: LocationRef,
  accumulators: readonly Value[],
  elements: readonly Value[],
): Value[] {
  const kind = combinerKind(op);
  if (kind === undefined) return inlineScalarRegion(op, builder, [...accumulators, ...elements]);
  const signedness = signednessOf(tensorType(op.operand(0)).element);
  return [buildBinary(kind, builder, loc, accumulators[0]!, elements[0]!, { signedness })];
}
