// Shuffles of shuffles: what lanes come from in the end says how few are needed.
import { definePattern, type Operation, type Value } from '@budflow/ir';
import { lanesOf, vectorType } from './support.js';
import { ShuffleOp } from './vector-ops.js';

/** Shuffles behind each other that are looked through. */
const DEPTH = 8;

/** Registers with lanes so narrow that every shuffle costs the same. */
const MANY_LANES = 8;

interface Origin {
  readonly root: Value;
  readonly lane: number;
}

/** Whether the result has as many lanes as each operand, so that all vectors of a tree of such shuffles are of one type. */
function keepsType(op: Operation | null): op is Operation {
  return op !== null && ShuffleOp.is(op) && op.result(0).type === op.operand(0).type;
}

/** Where a lane of a vector comes from; notes the shuffles on the way. */
function originOf(value: Value, lane: number, depth: number, through: Set<Operation>): Origin {
  const op = value.definingOp;
  if (depth === 0 || !keepsType(op)) return { root: value, lane };
  through.add(op);
  const own = lanesOf(value);
  const from = ShuffleOp.lanes(op)[lane]!;
  return originOf(op.operand(from < own ? 0 : 1), from % own, depth - 1, through);
}

export const shuffleOfShuffles = definePattern({
  name: 'shuffle-of-shuffles',
  equation:
    'shuffle (shuffle a, b [..]), (shuffle a, b [..]) [..] == shuffle a, b [..];  of three vectors: two shuffles',
  root: 'simd.shuffle',
  generates: ['simd.shuffle'],
  rewrite(op, rewriter) {
    if (!keepsType(op)) return false;
    const own = lanesOf(op.result(0));
    const through = new Set<Operation>();
    const origins = ShuffleOp.lanes(op).map((_, lane) => originOf(op.result(0), lane, DEPTH, through));
    through.delete(op);
    const roots = [...new Set(origins.map((o) => o.root))];
    const narrow = own >= MANY_LANES;
    // Wide lanes have shuffles that are cheaper than others: one is worth two of them when these are gone then.
    const few = narrow || [...through].every((inner) => inner.result(0).hasOneUse());
    if (through.size === 0 || roots.length > 3 || !few) return false;
    if (roots.length === 3 && (through.size < 2 || !narrow)) return false;
    if (vectorType(op.result(0)).shape.length !== 1) return false;
    rewriter.setInsertionPoint(op);
    const lhs = roots[0]!;
    const rhs = roots[1] ?? lhs;
    const shuffle = (a: Value, b: Value, lanes: readonly number[]): Value =>
      ShuffleOp.build(rewriter, op.loc, { lhs: a, rhs: b, lanes, resultTypes: op.resultTypes });
    const first = shuffle(
      lhs,
      rhs,
      origins.map(({ root, lane }, l) => (root === lhs ? lane : root === rhs ? own + lane : l)),
    );
    const last = roots[2];
    const made = last
      ? shuffle(
          first,
          last,
          origins.map(({ root, lane }, l) => (root === last ? own + lane : l)),
        )
      : first;
    rewriter.replaceOp(op, [made]);
    return true;
  },
});
