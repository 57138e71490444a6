// Verification of operations whose definition is IRDL. Numbers of operands and results were checked before.
import type { Attribute, LocationRef, Operation, Region } from '@budflow/ir';
import { type Constraint, Matcher } from './matcher.js';
import type { Variadicity } from './types.js';

export interface ValueShape {
  readonly name: string | null;
  readonly variadicity: Variadicity;
  readonly variable: number;
}
export interface RegionShape {
  /** Constraints on the arguments of the entry block; null: any arguments. */
  readonly arguments: readonly number[] | null;
  readonly blocks: number | null;
}
export interface OperationShape {
  readonly name: string;
  readonly definedAt: LocationRef;
  readonly constraints: readonly Constraint[];
  readonly operands: readonly ValueShape[];
  readonly results: readonly ValueShape[];
  readonly attributes: readonly { readonly name: string; readonly variable: number }[];
  /** Null where the definition lists none: then there are none. */
  readonly regions: readonly RegionShape[] | null;
}

/** Emits one diagnostic, with a note that shows the definition, for the first thing that does not fit. */
export function verifyOperation(op: Operation, shape: OperationShape): void {
  const matcher = new Matcher(shape.constraints);
  const fail = (id: 'irdl.operand' | 'irdl.result' | 'irdl.attribute', message: string): void => {
    report(op, id, message, shape);
  };
  for (const { name, variable } of shape.attributes) {
    const given = op.attr(name);
    if (!given) {
      op.emitError('irdl.attribute-missing', `attribute "${name}" is expected but not provided`).note(
        'defined here',
        shape.definedAt,
      );
      return;
    }
    const problem = matcher.match(variable, given);
    if (problem !== null) {
      fail('irdl.attribute', `attribute "${name}": ${problem}`);
      return;
    }
  }
  const sides = [
    ['operand', shape.operands, op.operands],
    ['result', shape.results, op.results],
  ] as const;
  for (const [what, entries, values] of sides) {
    const sizes = groupSizes(op, what, entries, values.length);
    let index = 0;
    for (let g = 0; g < entries.length; g++) {
      const { name, variable } = entries[g]!;
      for (let k = 0; k < sizes[g]!; k++, index++) {
        const problem = matcher.match(variable, op.context.typeAttr(values[index]!.type));
        if (problem !== null) {
          fail(`irdl.${what}`, `${what} #${index}${name === null ? '' : ` ('${name}')`}: ${problem}`);
          return;
        }
      }
    }
  }
  verifyRegions(op, shape, matcher);
}

function report(
  op: Operation,
  id: 'irdl.operand' | 'irdl.result' | 'irdl.attribute',
  message: string,
  shape: OperationShape,
): void {
  const at = ['defined here', shape.definedAt] as const;
  switch (id) {
    case 'irdl.operand':
      op.emitError('irdl.operand', message).note(...at);
      return;
    case 'irdl.result':
      op.emitError('irdl.result', message).note(...at);
      return;
    case 'irdl.attribute':
      op.emitError('irdl.attribute', message).note(...at);
  }
}

/** How many values each entry has; the segment sizes were verified where several are flexible. */
function groupSizes(
  op: Operation,
  what: 'operand' | 'result',
  entries: readonly ValueShape[],
  total: number,
): number[] {
  const flexible = entries.filter((e) => e.variadicity !== 'single').length;
  if (flexible > 1) {
    const sizes = op.attr(`${what}SegmentSizes`) as (Attribute & { values: readonly number[] }) | undefined;
    return entries.map((_, i) => Number(sizes?.values[i] ?? 0));
  }
  return entries.map((e) => (e.variadicity === 'single' ? 1 : total - (entries.length - 1)));
}

function verifyRegions(op: Operation, shape: OperationShape, matcher: Matcher): void {
  const expected = shape.regions ?? [];
  if (op.regions.length !== expected.length) {
    op.emitError(
      'irdl.region-count',
      `unexpected number of regions: expected ${expected.length} but got ${op.regions.length}`,
    ).note('defined here', shape.definedAt);
    return;
  }
  for (let i = 0; i < expected.length; i++)
    if (!verifyRegion(op, i, op.regions[i]!, expected[i]!, matcher, shape)) return;
}

function verifyRegion(
  op: Operation,
  index: number,
  region: Region,
  expected: RegionShape,
  matcher: Matcher,
  shape: OperationShape,
): boolean {
  const at = ['defined here', shape.definedAt] as const;
  const args = region.blocks[0]?.arguments ?? [];
  if (expected.arguments) {
    if (args.length !== expected.arguments.length) {
      op.emitError(
        'irdl.region-arguments',
        `expected region ${index} to have ${expected.arguments.length} arguments but got ${args.length}`,
      ).note(...at);
      return false;
    }
    for (let k = 0; k < args.length; k++) {
      const problem = matcher.match(expected.arguments[k]!, op.context.typeAttr(args[k]!.type));
      if (problem === null) continue;
      op.emitError('irdl.region-argument', `argument #${k} of region ${index}: ${problem}`).note(...at);
      return false;
    }
  }
  if (expected.blocks !== null && region.blocks.length !== expected.blocks) {
    op.emitError(
      'irdl.region-blocks',
      `expected region ${index} to have ${expected.blocks} block(s) but got ${region.blocks.length}`,
    ).note(...at);
    return false;
  }
  return true;
}
