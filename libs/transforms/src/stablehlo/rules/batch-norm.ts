// Batch normalisation, by the formulas of the specification.
import { BroadcastOp, ReduceOp } from '@budflow/dialect-array';
import * as hlo from '@budflow/dialect-stablehlo';
import { DYNAMIC, type FloatType, type Operation, type TensorType, type Value } from '@budflow/ir';
import { Arithmetic } from '../arithmetic.js';
import { type HloRules, ruleFor } from '../rule.js';
import type { HloSite } from '../site.js';

interface Features {
  /** Operands, floats of 16 bits in f32. */
  readonly operands: readonly Value[];
  /** Values computed in place of results, in their types. */
  results(values: readonly Value[]): Value[];
  readonly math: Arithmetic;
  /** A value for each feature, everywhere where the feature is. */
  spread(vector: Value): Value;
  /** The sum over all but the features. */
  sum(value: Value): Value;
  /** Number of elements of a feature. */
  readonly count: number;
  readonly epsilon: number;
}

function features(site: HloSite, epsilon: number, feature: number): Features {
  const { context, rewriter, loc } = site;
  const given = site.elementOf(site.operand(0)) as FloatType;
  const wide = given.width < 32 ? context.f32 : given;
  const operands = site.all().map((value) => site.cast(value, wide));
  const x = operands[0]!;
  const { shape } = x.type as TensorType;
  return {
    operands,
    results: (values) => values.map((value) => site.cast(value, given)),
    math: new Arithmetic(site, x),
    spread: (vector) =>
      BroadcastOp.build(rewriter, loc, {
        operand: vector,
        dims: [feature],
        sizes: shape.flatMap((size, d) => (size === DYNAMIC && d !== feature ? [site.dim(x, d)] : [])),
        resultTypes: [context.withElement(x.type, (vector.type as TensorType).element)],
      }),
    sum: (value) =>
      ReduceOp.create(rewriter, loc, {
        inputs: [value],
        inits: [site.constant(context.constantAttr(context.tensor([], site.elementOf(value)), 0))],
        kind: 'add',
        dims: shape.flatMap((_, d) => (d === feature ? [] : [d])),
        regions: [],
      }).result(0),
    count: shape.reduce((n, size, d) => (d === feature ? n : n * size), 1),
    epsilon,
  };
}

/** (x - mean) / sqrt(variance + epsilon) * scale + offset */
function normalised(f: Features, x: Value, scale: Value, offset: Value, mean: Value, variance: Value): Value {
  const { math, spread } = f;
  const deviation = math.sqrt(math.add(spread(variance), f.epsilon));
  const unit = math.div(math.sub(x, spread(mean)), deviation);
  return math.add(math.mul(spread(scale), unit), spread(offset));
}

/** Why the mean of a feature is not known to be that of a number of elements. */
function countRefusal(feature: (op: Operation) => number): (op: Operation) => string | undefined {
  return (op) => {
    const { shape } = op.operand(0).type as TensorType;
    return shape.some((size, d) => size === DYNAMIC && d !== feature(op))
      ? 'the number of elements of its features is not known'
      : undefined;
  };
}

export const BATCH_NORMS: HloRules = {
  ...ruleFor(hlo.BatchNormInferenceOp, {
    equation: 'batch_norm_inference x, s, o, m, v == (x - m) / sqrt(v + epsilon) * s + o',
    convert(site) {
      const op = site.op;
      const f = features(site, hlo.BatchNormInferenceOp.epsilon(op), hlo.BatchNormInferenceOp.feature_index(op));
      const [x, scale, offset, mean, variance] = f.operands as [Value, Value, Value, Value, Value];
      return f.results([normalised(f, x, scale, offset, mean, variance)]);
    },
  }),
  ...ruleFor(hlo.BatchNormTrainingOp, {
    equation: 'batch_norm_training x, s, o == batch_norm_inference x, s, o, mean x, mean (x - mean x)^2',
    refuses: countRefusal((op) => hlo.BatchNormTrainingOp.feature_index(op)),
    convert(site) {
      const op = site.op;
      const f = features(site, hlo.BatchNormTrainingOp.epsilon(op), hlo.BatchNormTrainingOp.feature_index(op));
      const [x, scale, offset] = f.operands as [Value, Value, Value];
      const { math } = f;
      const mean = math.div(f.sum(x), f.count);
      const centred = math.sub(x, f.spread(mean));
      const variance = math.div(f.sum(math.mul(centred, centred)), f.count);
      return f.results([normalised(f, x, scale, offset, mean, variance), mean, variance]);
    },
  }),
  ...ruleFor(hlo.BatchNormGradOp, {
    equation: 'batch_norm_grad == s / sqrt(v + e) / n * (n * g - sum g - (x - m) / (v + e) * sum (g * (x - m)))',
    refuses: countRefusal((op) => hlo.BatchNormGradOp.feature_index(op)),
    convert(site) {
      const op = site.op;
      const f = features(site, hlo.BatchNormGradOp.epsilon(op), hlo.BatchNormGradOp.feature_index(op));
      const [x, scale, mean, variance, gradient] = f.operands as [Value, Value, Value, Value, Value];
      const { math, spread, sum } = f;
      const shifted = math.add(spread(variance), f.epsilon);
      const deviation = math.sqrt(shifted);
      const centred = math.sub(x, spread(mean));
      const total = sum(gradient);
      const weighted = sum(math.mul(gradient, centred));
      const slope = math.div(math.mul(spread(weighted), centred), shifted);
      const rest = math.sub(math.sub(math.mul(gradient, f.count), spread(total)), slope);
      const gradOperand = math.mul(math.div(math.div(spread(scale), deviation), f.count), rest);
      const gradScale = sum(math.mul(gradient, math.div(centred, deviation)));
      return f.results([gradOperand, gradScale, total]);
    },
  }),
};
