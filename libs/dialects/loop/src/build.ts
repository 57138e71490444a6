// Building loops.
import {
  type AffineMap,
  type Attribute,
  Block,
  type Builder,
  InternalError,
  type LocationRef,
  type Operation,
  Region,
  Value,
} from '@budflow/ir';
import { type AppliedMap, appliedValue } from './affine-operands.js';
import { ForOp, YieldOp } from './for-op.js';

/** A bound: a number, an index value, or a map with its operands (dimensions first, then symbols). */
export type BoundLike = number | Value | { readonly map: AffineMap; readonly operands: readonly Value[] };

export interface ForOptions {
  /** Default 0. */
  readonly lower?: BoundLike;
  readonly upper: BoundLike;
  /** Default 1. */
  readonly step?: number;
  readonly name?: string | undefined;
  /** Initial values of the carried values. */
  readonly inits?: readonly Value[];
  /** Annotations and other attributes. */
  readonly attributes?: Record<string, Attribute>;
}

/**
 * Builds a loop.for at the insertion point. `body` is called once with the builder inside the body, the induction variable
 * and the carried values; it returns what is carried to the next iteration. The builder ends up behind the loop.
 */
export function buildFor(
  builder: Builder,
  loc: LocationRef,
  options: ForOptions,
  // biome-ignore lint/suspicious/noConfusingVoidType: a body without carried values returns nothing
  body: (builder: Builder, iv: Value, carried: Value[]) => readonly Value[] | void,
): Operation {
  const { context } = builder;
  const lower = bound(builder, options.lower ?? 0);
  const upper = bound(builder, options.upper);
  const inits = options.inits ?? [];
  const region = new Region();
  const block = region.append(new Block());
  const iv = block.addArgument(context.index);
  const carried = inits.map((init) => block.addArgument(init.type));
  const op = ForOp.create(builder, loc, {
    lbOperands: lower.operands,
    ubOperands: upper.operands,
    inits,
    lowerBound: lower.map,
    upperBound: upper.map,
    step: options.step ?? 1,
    name: options.name,
    regions: [region],
    ...(options.attributes ? { extraAttributes: options.attributes } : {}),
  });
  builder.scoped(() => {
    builder.setInsertionPointToEnd(block);
    const values = body(builder, iv, carried) ?? [];
    if (values.length !== inits.length)
      throw new InternalError(
        `buildFor: the body returned ${values.length} values for ${inits.length} carried ones`,
        op,
      );
    YieldOp.create(builder, loc, { values });
  });
  return op;
}

function bound(builder: Builder, like: BoundLike): AppliedMap {
  return typeof like === 'number' || like instanceof Value ? appliedValue(builder.context, like) : like;
}

/** Induction variable of a loop.for. */
export function inductionVariable(op: Operation): Value {
  return ForOp.body(op).entry.arguments[0]!;
}

/** Carried values as the body sees them. */
export function carriedArguments(op: Operation): Value[] {
  return ForOp.body(op).entry.arguments.slice(1);
}
