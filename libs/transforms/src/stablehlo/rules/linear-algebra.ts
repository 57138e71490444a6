// Convolutions, Fourier transforms, matrix decompositions.
import { CholeskyOp, ConvOp, FftOp, TriangularSolveOp } from '@budflow/dialect-array';
import * as hlo from '@budflow/dialect-stablehlo';
import {
  ComplexType,
  DenseElementsAttr,
  DYNAMIC,
  denseElement,
  elementCount,
  FloatType,
  IntegerType,
  type Operation,
  type TensorType,
  type Type,
  type Value,
} from '@budflow/ir';
import { inFloats } from '../arithmetic.js';
import { complexOf, partsOf } from '../complex-parts.js';
import { type HloRules, ruleFor } from '../rule.js';
import type { HloSite } from '../site.js';
import { withType } from '../sizes.js';

/** What the two forms of convolutions have in common. */
interface Convolution {
  readonly padding: readonly (readonly [number, number])[] | undefined;
  readonly strides: readonly number[] | undefined;
  readonly lhsDilation: readonly number[] | undefined;
  readonly rhsDilation: readonly number[] | undefined;
  readonly reversal: readonly boolean[] | undefined;
  readonly dims: hlo.ConvDimensions;
  readonly featureGroups: number;
  readonly batchGroups: number;
}

function convolutionOf(op: Operation, padding: Convolution['padding']): Convolution {
  const accessors = hlo.DynamicConvOp;
  return {
    padding,
    strides: accessors.window_strides(op),
    lhsDilation: accessors.lhs_dilation(op),
    rhsDilation: accessors.rhs_dilation(op),
    reversal: accessors.window_reversal(op),
    dims: accessors.dimension_numbers(op),
    featureGroups: accessors.feature_group_count(op),
    batchGroups: accessors.batch_group_count(op),
  };
}

/** `b01f`: the letter or number of each dimension. */
function side(first: readonly [string, number], second: readonly [string, number], spatial: readonly number[]): string {
  const letters: string[] = [];
  for (const [letter, at] of [first, second]) letters[at] = letter;
  spatial.forEach((d, i) => {
    letters[d] = String(i);
  });
  return letters.join('');
}
function labels(d: hlo.ConvDimensions): string {
  const lhs = side(['b', d.input_batch_dimension], ['f', d.input_feature_dimension], d.input_spatial_dimensions);
  const rhs = side(
    ['i', d.kernel_input_feature_dimension],
    ['o', d.kernel_output_feature_dimension],
    d.kernel_spatial_dimensions,
  );
  const result = side(['b', d.output_batch_dimension], ['f', d.output_feature_dimension], d.output_spatial_dimensions);
  return `${lhs}_${rhs}->${result}`;
}

function convRefusal(op: Operation): string | undefined {
  const dims = hlo.DynamicConvOp.dimension_numbers(op);
  if (dims.input_spatial_dimensions.length > 10) return 'it has more than ten spatial dimensions';
  const { element } = op.result(0).type as TensorType;
  return element instanceof IntegerType && element.width === 1 ? 'i1 has no sums and products' : undefined;
}

/** The result type, with the spatial sizes that operands and window tell. */
function convolvedType(site: HloSite, c: Convolution): TensorType {
  const type = site.type();
  const [lhs, rhs] = [site.operand(0).type, site.operand(1).type] as [TensorType, TensorType];
  const shape = type.shape.slice();
  c.dims.input_spatial_dimensions.forEach((d, i) => {
    const [size, taps] = [lhs.shape[d]!, rhs.shape[c.dims.kernel_spatial_dimensions[i]!]!];
    if (size === DYNAMIC || taps === DYNAMIC) return;
    const [low, high] = c.padding?.[i] ?? [0, 0];
    const spread = size === 0 ? 0 : (size - 1) * (c.lhsDilation?.[i] ?? 1) + 1;
    const room = low + spread + high - ((taps - 1) * (c.rhsDilation?.[i] ?? 1) + 1);
    shape[c.dims.output_spatial_dimensions[i]!] = room < 0 ? 0 : Math.floor(room / (c.strides?.[i] ?? 1)) + 1;
  });
  return site.context.tensor(shape, type.element);
}

/** Real or integer convolutions; those of complex numbers part by part. */
function convolved(site: HloSite, c: Convolution): Value {
  const { context, rewriter, loc } = site;
  const spatial = c.dims.input_spatial_dimensions;
  const type = convolvedType(site, c);
  const ones = spatial.map(() => 1);
  const conv = (lhs: Value, rhs: Value, element: Type): Value => {
    // Operands of different types meet in that of the result.
    const [l, r] =
      lhs.type !== rhs.type && site.elementOf(lhs) !== site.elementOf(rhs)
        ? [site.cast(lhs, element), site.cast(rhs, element)]
        : isWider(site.elementOf(lhs), element)
          ? [site.cast(lhs, element), site.cast(rhs, element)]
          : [lhs, rhs];
    return ConvOp.build(rewriter, loc, {
      lhs: l,
      rhs: r,
      dims: labels(c.dims),
      strides: c.strides ?? ones,
      low: spatial.map((_, i) => c.padding?.[i]?.[0] ?? 0),
      high: spatial.map((_, i) => c.padding?.[i]?.[1] ?? 0),
      lhs_dilation: c.lhsDilation ?? ones,
      rhs_dilation: c.rhsDilation ?? ones,
      reversed: spatial.flatMap((_, i) => (c.reversal?.[i] ? [i] : [])),
      feature_groups: c.featureGroups,
      batch_groups: c.batchGroups,
      resultTypes: [context.withElement(type, element)],
    });
  };
  const [lhs, rhs] = [site.operand(0), site.operand(1)];
  if (!(type.element instanceof ComplexType)) return conv(lhs, rhs, type.element);
  const { element: part } = type.element;
  const [[a, b], [x, y]] = [partsOf(site, lhs), partsOf(site, rhs)];
  return complexOf(
    site,
    site.named('sub', conv(a, x, part), conv(b, y, part)),
    site.named('add', conv(a, y, part), conv(b, x, part)),
  );
}
/** Whether elements lose something on the way to the result. */
function isWider(from: Type, to: Type): boolean {
  if (from instanceof FloatType) return !(to instanceof FloatType) || (from !== to && from.width >= to.width);
  return from instanceof IntegerType && (!(to instanceof IntegerType) || (from !== to && from.width >= to.width));
}

/** `[[low, high], ..]` from its elements in order. */
function pairsOf(numbers: readonly number[]): [number, number][] {
  return Array.from({ length: numbers.length / 2 }, (_, i) => [numbers[2 * i]!, numbers[2 * i + 1]!]);
}

export const LINEAR_ALGEBRA: HloRules = {
  ...ruleFor(hlo.ConvolutionOp, {
    equation: 'convolution x, w == array.conv x, w;  of complex numbers conv of their parts',
    refuses: convRefusal,
    convert: (site) => [
      withType(site, convolved(site, convolutionOf(site.op, hlo.ConvolutionOp.padding(site.op))), site.type()),
    ],
  }),
  ...ruleFor(hlo.DynamicConvOp, {
    equation: 'dynamic_conv x, w, constant padding == convolution x, w',
    refuses: (op) => (constantMatrix(op.operand(2)) === undefined ? 'its padding is not a constant' : convRefusal(op)),
    convert(site) {
      const made = convolved(site, convolutionOf(site.op, pairsOf(constantMatrix(site.op.operand(2))!)));
      return [withType(site, made, site.type())];
    },
  }),
  ...ruleFor(hlo.FftOp, {
    equation: 'fft x == array.fft x',
    convert: (site) => [
      FftOp.build(site.rewriter, site.loc, {
        operand: site.operand(0),
        tables: [],
        kind: hlo.FftOp.fft_type(site.op).toLowerCase() as 'fft',
        length: hlo.FftOp.fft_length(site.op),
        resultTypes: [site.type()],
      }),
    ],
  }),
  ...ruleFor(hlo.CholeskyOp, {
    equation: 'cholesky a == array.cholesky a',
    convert: (site) => [inFloats(site, { least: 32 }, (_, a) => cholesky(site, a!, hlo.CholeskyOp.lower(site.op)))],
  }),
  ...ruleFor(hlo.TriangularSolveOp, {
    equation: 'triangular_solve a, b == array.triangular_solve a, b',
    convert: (site) => [
      inFloats(site, { least: 32 }, (_, a, b) =>
        triangularSolve(site, a!, b!, {
          side: hlo.TriangularSolveOp.left_side(site.op) ? 'left' : 'right',
          transpose: (
            { NO_TRANSPOSE: 'none', TRANSPOSE: 'transpose', ADJOINT: 'adjoint', TRANSPOSE_INVALID: 'none' } as const
          )[hlo.TriangularSolveOp.transpose_a(site.op)],
          lower: hlo.TriangularSolveOp.lower(site.op),
          unit_diagonal: hlo.TriangularSolveOp.unit_diagonal(site.op),
        }),
      ),
    ],
  }),
};

export function cholesky(site: HloSite, operand: Value, lower: boolean): Value {
  return CholeskyOp.build(site.rewriter, site.loc, { operand, lower, resultTypes: [operand.type] });
}

export interface SolveOptions {
  readonly side: 'left' | 'right';
  readonly transpose: 'none' | 'transpose' | 'adjoint';
  readonly lower: boolean;
  readonly unit_diagonal: boolean;
}
export function triangularSolve(site: HloSite, a: Value, b: Value, options: SolveOptions): Value {
  return TriangularSolveOp.build(site.rewriter, site.loc, { a, b, ...options, resultTypes: [b.type] });
}

/** The elements of a constant matrix, row by row. */
function constantMatrix(value: Value): readonly number[] | undefined {
  const constant = value.definingOp?.attr('value');
  if (!(constant instanceof DenseElementsAttr)) return undefined;
  const count = elementCount(constant.type.shape)!;
  return Array.from({ length: count }, (_, i) => Number(denseElement(constant, constant.splat ? 0 : i)));
}
