// Ops that put vectors together from lanes of others: shuffle, slice, concat.

import { type ElementStorage, elementAccess, Interpretable, step2, stepN } from '@budflow/interpreter';
import {
  allTypesMatch,
  attr,
  type DenseArrayAttr,
  defineOp,
  definePattern,
  type FoldResult,
  type IntegerAttr,
  InternalError,
  Pure,
  type Value,
  type VectorType,
  variadic,
} from '@budflow/ir';
import { SplatOp, splatScalar } from './lane-ops.js';
import { shuffleOfShuffles } from './shuffle-patterns.js';
import { lanesOf, moveLane, Vector, vectorType, withLanes } from './support.js';

/** The scalar all vectors are splats of. */
function commonScalar(vectors: readonly Value[]): Value | undefined {
  const scalar = vectors.length ? splatScalar(vectors[0]!) : undefined;
  return scalar !== undefined && vectors.every((v) => splatScalar(v) === scalar) ? scalar : undefined;
}

export const ShuffleOp = defineOp({
  name: 'simd.shuffle',
  summary: 'lanes picked from two vectors',
  description: 'Lane l of the result is lane `lanes[l]` of the two vectors put one behind the other.',
  example: `func.func @f(%a: vector<4xf32>, %b: vector<4xf32>) -> vector<4xf32> {
  %0 = simd.shuffle %a, %b [0, 4, 1, 5] : vector<4xf32>
  return %0 : vector<4xf32>
}`,
  operands: { lhs: Vector, rhs: Vector },
  results: { result: Vector },
  attributes: { lanes: attr.i64Array },
  traits: [Pure, allTypesMatch('lhs', 'rhs')],
  interfaces: [
    Interpretable.implement({
      compile(op, c) {
        const lanes = ShuffleOp.lanes(op);
        const own = lanesOf(op.operand(0));
        const access = elementAccess(vectorType(op.operand(0)).element);
        return step2(op, c, (a, b) => {
          const result = access.make(lanes.length);
          lanes.forEach((from, l) => {
            moveLane((from < own ? a : b) as ElementStorage, from < own ? from : from - own, result, l);
          });
          return result;
        });
      },
    }),
  ],
  inferTypes: (context, { operands, attributes }) => {
    const lanes = attributes.get('lanes') as DenseArrayAttr;
    return [withLanes(context, operands[0]!.type as VectorType, lanes.values.length)];
  },
  assembly: '$lhs `,` $rhs $lanes attr-dict `:` type($lhs)',
  verify(op) {
    const lanes = ShuffleOp.lanes(op);
    const limit = 2 * lanesOf(op.operand(0));
    const bad = lanes.find((l) => l < 0 || l >= limit);
    if (lanes.length === 0 || bad !== undefined) {
      op.emitError(
        'simd.shuffle-lanes',
        lanes.length === 0 ? 'expects at least one lane' : `expects lanes from 0 to ${limit - 1}, got ${bad}`,
      );
      return;
    }
    const wanted = withLanes(op.context, vectorType(op.operand(0)), lanes.length);
    if (op.result(0).type !== wanted)
      op.emitError('simd.result-type', `expects a result of type ${wanted}, got ${op.result(0).type}`);
  },
  fold(op): FoldResult | null {
    const lanes = ShuffleOp.lanes(op);
    const own = lanesOf(op.operand(0));
    if (lanes.length !== own) return null;
    if (lanes.every((from, l) => from === l)) return op.operand(0);
    return lanes.every((from, l) => from === own + l) ? op.operand(1) : null;
  },
  patterns: [
    shuffleOfShuffles,
    definePattern({
      name: 'shuffle-of-splats',
      equation: 'shuffle (splat s), (splat s) == splat s',
      root: 'simd.shuffle',
      generates: ['simd.splat'],
      rewrite(op, rewriter) {
        const scalar = commonScalar(op.operands);
        if (scalar === undefined) return false;
        rewriter.setInsertionPoint(op);
        rewriter.replaceOp(op, [SplatOp.build(rewriter, op.loc, { scalar, resultTypes: op.resultTypes })]);
        return true;
      },
    }),
    definePattern({
      name: 'shuffle-is-slice-or-concat',
      equation:
        'shuffle a, b [o, o + 1, ..] inside a == slice a offset o;  shuffle a, b [0, 1, .., 2 n - 1] == concat a, b',
      root: 'simd.shuffle',
      generates: ['simd.slice', 'simd.concat'],
      rewrite(op, rewriter) {
        const lanes = ShuffleOp.lanes(op);
        const own = lanesOf(op.operand(0));
        const first = lanes[0]!;
        if (lanes.some((from, l) => from !== first + l)) return false;
        const last = first + lanes.length - 1;
        const whole = first === 0 && last === 2 * own - 1;
        if (!whole && first < own && last >= own) return false;
        rewriter.setInsertionPoint(op);
        const made = whole
          ? ConcatOp.build(rewriter, op.loc, { vectors: op.operands })
          : SliceOp.build(rewriter, op.loc, {
              vector: op.operand(first < own ? 0 : 1),
              offset: first % own,
              size: lanes.length,
            });
        rewriter.replaceOp(op, [made]);
        return true;
      },
    }),
  ],
});

export const SliceOp = defineOp({
  name: 'simd.slice',
  summary: 'neighbouring lanes of a vector',
  description: 'As many lanes as the result has, from `offset` on; all of them are lanes of the operand.',
  example: `func.func @f(%v: vector<16xf32>) -> vector<8xf32> {
  %0 = simd.slice %v offset 4 size 8 : vector<16xf32>
  return %0 : vector<8xf32>
}`,
  operands: { vector: Vector },
  results: { result: Vector },
  attributes: { offset: attr.i64, size: attr.i64 },
  traits: [Pure],
  interfaces: [
    Interpretable.implement({
      compile(op, c) {
        const v = c.slot(op.operand(0));
        const r = c.slot(op.result(0));
        const from = SliceOp.offset(op);
        const to = from + SliceOp.size(op);
        return ({ values }) => {
          values[r] = (values[v] as ElementStorage).slice(from, to);
        };
      },
    }),
  ],
  inferTypes: (context, { operands, attributes }) => [
    withLanes(context, operands[0]!.type as VectorType, (attributes.get('size') as IntegerAttr).number),
  ],
  assembly: '$vector `offset` $offset `size` $size attr-dict `:` type($vector)',
  verify(op) {
    const [offset, size, lanes] = [SliceOp.offset(op), SliceOp.size(op), lanesOf(op.operand(0))];
    if (offset < 0 || size < 1 || offset + size > lanes) {
      op.emitError('simd.slice-range', `expects lanes inside 0 to ${lanes - 1}, got ${size} lanes from ${offset}`);
      return;
    }
    const wanted = withLanes(op.context, vectorType(op.operand(0)), size);
    if (op.result(0).type !== wanted)
      op.emitError('simd.result-type', `expects a result of type ${wanted}, got ${op.result(0).type}`);
  },
  fold: (op) => (op.operand(0).type === op.result(0).type ? op.operand(0) : null),
  patterns: [
    definePattern({
      name: 'slice-of-splat',
      equation: 'slice (splat s) == splat s',
      root: 'simd.slice',
      generates: ['simd.splat'],
      rewrite(op, rewriter) {
        const scalar = splatScalar(op.operand(0));
        if (scalar === undefined) return false;
        rewriter.setInsertionPoint(op);
        rewriter.replaceOp(op, [SplatOp.build(rewriter, op.loc, { scalar, resultTypes: op.resultTypes })]);
        return true;
      },
    }),
    definePattern({
      name: 'slice-of-slice',
      equation: 'slice (slice v offset a) offset b == slice v offset (a + b)',
      root: 'simd.slice',
      rewrite(op, rewriter) {
        const inner = op.operand(0).definingOp;
        if (inner === null || !SliceOp.is(inner)) return false;
        rewriter.modify(op, () => {
          op.setAttr('offset', op.context.i64Attr(SliceOp.offset(inner) + SliceOp.offset(op)));
          op.setOperand(0, inner.operand(0));
        });
        return true;
      },
    }),
    definePattern({
      name: 'slice-of-concat',
      equation:
        'slice (concat a, b, ..) == slice a, when it lies in a;  == concat of the parts it covers, when it covers whole ones',
      root: 'simd.slice',
      generates: ['simd.slice', 'simd.concat'],
      rewrite(op, rewriter) {
        const inner = op.operand(0).definingOp;
        if (inner === null || !ConcatOp.is(inner)) return false;
        const from = SliceOp.offset(op);
        const to = from + SliceOp.size(op);
        const covered: Value[] = [];
        let at = 0;
        for (const part of inner.operands) {
          const end = at + lanesOf(part);
          if (from >= at && to <= end) {
            rewriter.modify(op, () => {
              op.setAttr('offset', op.context.i64Attr(from - at));
              op.setOperand(0, part);
            });
            return true;
          }
          if (at >= from && end <= to) covered.push(part);
          else if (end > from && at < to) return rewriter.fail('the slice cuts a part');
          at = end;
        }
        rewriter.setInsertionPoint(op);
        rewriter.replaceOp(op, [ConcatOp.build(rewriter, op.loc, { vectors: covered })]);
        return true;
      },
    }),
  ],
});

export const ConcatOp = defineOp({
  name: 'simd.concat',
  summary: 'vectors one behind the other',
  description: 'The lanes of the first operand come first. Together the operands have as many lanes as the result.',
  example: `func.func @f(%a: vector<4xf32>, %b: vector<8xf32>) -> vector<12xf32> {
  %0 = simd.concat %a, %b : vector<4xf32>, vector<8xf32>
  return %0 : vector<12xf32>
}`,
  operands: { vectors: variadic(Vector) },
  results: { result: Vector },
  traits: [Pure],
  interfaces: [
    Interpretable.implement({
      compile(op, c) {
        const type = vectorType(op.result(0));
        const access = elementAccess(type.element);
        return stepN(op, c, (parts) => {
          const result = access.make(type.lanes);
          let at = 0;
          for (const part of parts as ElementStorage[]) {
            (result as Float64Array).set(part as Float64Array, at);
            at += part.length;
          }
          return [result];
        });
      },
    }),
  ],
  inferTypes: (context, { operands }) => {
    const first = operands[0];
    if (first === undefined) throw new InternalError('simd.concat needs at least one vector');
    return [
      withLanes(
        context,
        first.type as VectorType,
        operands.reduce((n, v) => n + lanesOf(v), 0),
      ),
    ];
  },
  assembly: '$vectors attr-dict `:` type($vectors)',
  verify(op) {
    if (op.operandCount === 0) {
      op.emitError('simd.concat-empty', 'expects at least one vector');
      return;
    }
    const { element } = vectorType(op.operand(0));
    const other = op.operands.find((v) => vectorType(v).element !== element);
    if (other) {
      op.emitError(
        'simd.concat-elements',
        `expects vectors of one element type, got ${element} and ${vectorType(other).element}`,
      );
      return;
    }
    const lanes = op.operands.reduce((n, v) => n + lanesOf(v), 0);
    const wanted = withLanes(op.context, vectorType(op.operand(0)), lanes);
    if (op.result(0).type !== wanted)
      op.emitError('simd.result-type', `expects a result of type ${wanted}, got ${op.result(0).type}`);
  },
  fold(op): FoldResult | null {
    if (op.operandCount === 1) return op.operand(0);
    const run = consecutiveSlices(op.operands);
    return run !== undefined && run.vector.type === op.result(0).type ? run.vector : null;
  },
  patterns: [
    definePattern({
      name: 'concat-of-splats',
      equation: 'concat (splat s), (splat s) == splat s',
      root: 'simd.concat',
      generates: ['simd.splat'],
      rewrite(op, rewriter) {
        const scalar = commonScalar(op.operands);
        if (scalar === undefined) return false;
        rewriter.setInsertionPoint(op);
        rewriter.replaceOp(op, [SplatOp.build(rewriter, op.loc, { scalar, resultTypes: op.resultTypes })]);
        return true;
      },
    }),
    definePattern({
      name: 'concat-of-slices',
      equation: 'concat (slice v offset o size n), (slice v offset (o + n)) == slice v offset o',
      root: 'simd.concat',
      generates: ['simd.slice'],
      rewrite(op, rewriter) {
        const run = consecutiveSlices(op.operands);
        if (run === undefined) return false;
        rewriter.setInsertionPoint(op);
        const size = lanesOf(op.result(0));
        rewriter.replaceOp(op, [SliceOp.build(rewriter, op.loc, { vector: run.vector, offset: run.offset, size })]);
        return true;
      },
    }),
    definePattern({
      name: 'flatten-concat',
      equation: 'concat a, (concat b, c) == concat a, b, c',
      root: 'simd.concat',
      rewrite(op, rewriter) {
        const nested = (v: Value) => v.definingOp !== null && ConcatOp.is(v.definingOp);
        if (!op.operands.some(nested)) return false;
        const flat = op.operands.flatMap((v) => (nested(v) ? v.definingOp!.operands : [v]));
        rewriter.modify(op, () => op.setOperands(flat));
        return true;
      },
    }),
  ],
});

/** The vector of which the parts are neighbouring slices, and where the first begins. */
function consecutiveSlices(parts: readonly Value[]): { vector: Value; offset: number } | undefined {
  const first = parts[0]?.definingOp;
  if (!first || !SliceOp.is(first)) return undefined;
  const vector = first.operand(0);
  const offset = SliceOp.offset(first);
  let at = offset;
  for (const part of parts) {
    const slice = part.definingOp;
    if (slice === null || !SliceOp.is(slice) || slice.operand(0) !== vector || SliceOp.offset(slice) !== at)
      return undefined;
    at += lanesOf(part);
  }
  return { vector, offset };
}
