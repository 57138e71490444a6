// array.fft: discrete Fourier transforms of the last dimensions.
import {
  type AttrSpec,
  attr,
  ComplexType,
  type Context,
  DYNAMIC,
  defineOp,
  FloatType,
  type FoldResult,
  OpCost,
  type Operation,
  OpPattern,
  OpPatternKind,
  type PointCost,
  Pure,
  TensorType,
  type Type,
  type TypeConstraint,
  typeConstraint,
  variadic,
} from '@budflow/ir';
import { fitsDefinition, parseNamedList, printAttributes, printNamedList } from '../assembly.js';
import { FFT_KINDS, type FftKind, type FftPlan, fftPlan, halfLength, isRealFft } from '../fft/item.js';
import { interpretFft } from '../interpret/fft.js';
import { ShapeRules, type SizeRule, sameSize } from '../shape-rules.js';
import { tensorType } from '../structure.js';
import { expectResult } from '../verify-types.js';

function isPart(type: Type): boolean {
  return type instanceof FloatType && (type.name === 'f32' || type.name === 'f64');
}
/** f32 and f64, real or complex. */
export const TransformTensor: TypeConstraint = typeConstraint(
  'tensor of f32 or f64 values, real or complex',
  (t) =>
    t instanceof TensorType && (isPart(t.element) || (t.element instanceof ComplexType && isPart(t.element.element))),
);
const TableTensor: TypeConstraint = typeConstraint(
  'tensor of rank 1 of f32 or f64 values',
  (t) => t instanceof TensorType && t.rank === 1 && isPart(t.element),
);

/** f32 or f64: the element type, or that of its parts. */
export function partOf(type: Type): FloatType {
  return (type instanceof ComplexType ? type.element : type) as FloatType;
}

/** Most dimensions of a transform, as StableHLO has it. */
const GREATEST_RANK = 3;

/** The type of the result; undefined for operands that the kind does not take. */
function resultType(
  context: Context,
  kind: FftKind,
  operand: TensorType,
  lengths: readonly number[],
): TensorType | undefined {
  if (isPart(operand.element) !== (kind === 'rfft')) return undefined;
  const shape = operand.shape.slice();
  const n = lengths[lengths.length - 1]!;
  if (isRealFft(kind)) shape[shape.length - 1] = kind === 'rfft' ? halfLength(n) : n;
  const part = partOf(operand.element);
  return context.tensor(shape, kind === 'irfft' ? part : context.complex(part));
}

export const FftOp = defineOp({
  name: 'array.fft',
  summary: 'Discrete Fourier transforms of the last dimensions',
  description: `StableHLO's fft, of complex<f32>, complex<f64> and, for real transforms, f32 and f64. \`length\` has the sizes of the one to three last dimensions; all
before them are a batch. \`fft\` is X[k] = sum of x[j] exp(-2 pi i j k / n) in each dimension, \`ifft\` its inverse (divided by the number of elements). \`rfft\`
takes real numbers and gives the first n / 2 + 1 numbers of the last dimension, which tell the others; \`irfft\` is its inverse: imaginary parts of X[0] and, for even n,
X[n / 2] are not looked at when one dimension is transformed.

The order of operations is fixed by the length (radices 4, 2, 3, 5, 7, 11, 13; Bluestein's algorithm for lengths with other prime factors; real numbers of even
length as half as many complex ones), so that results are the same bits everywhere. Relative errors in the mean are some units in the last place, growing with the
logarithm of the length.

\`tables\`, the roots of unity that the algorithm needs, is filled in by the pass \`fft-tables\`; it has no influence on the result.`,
  example: `func.func @f(%x: tensor<?x16xf32>) -> tensor<?x9xcomplex<f32>> {
  %0 = array.fft rfft %x length = [16] : tensor<?x16xf32> to tensor<?x9xcomplex<f32>>
  return %0 : tensor<?x9xcomplex<f32>>
}`,
  operands: { operand: TransformTensor, tables: variadic(TableTensor) },
  results: { result: TransformTensor },
  attributes: { kind: attr.enum(...FFT_KINDS) as AttrSpec<FftKind>, length: attr.i64Array },
  traits: [Pure],
  interfaces: [
    OpPattern.implement({ pattern: () => OpPatternKind.opaque }),
    OpCost.implement({
      pointCost: (op): PointCost => ({
        flops: 5 * Math.ceil(Math.log2(FftOp.length(op).reduce((a, b) => a * Math.max(b, 1), 2))),
        expensive: true,
      }),
    }),
    ShapeRules.implement({ size: (op, _, dim): SizeRule => sameSize(op, 0, dim) }),
    interpretFft((op): FftPlan => fftPlan(FftOp.kind(op), FftOp.length(op))),
  ],
  assembly: {
    canPrint: fitsDefinition,
    parse(parser, state) {
      const { context } = parser;
      const offset = parser.offset();
      const kind = parser.optionalAnyKeyword();
      if (kind === undefined || !(FFT_KINDS as readonly string[]).includes(kind)) {
        parser.error(`expected one of ${FFT_KINDS.join(', ')}`, offset);
        return;
      }
      state.attributes.set('kind', context.stringAttr(kind));
      const operand = parser.operand();
      parseNamedList(parser, state, 'length', 'length');
      const tables = parser.optionalKeyword('tables') ? parser.commaSeparated('paren', () => parser.operand()) : [];
      parser.optionalAttrDict(state.attributes);
      parser.punctuation(':');
      state.operands.push(...parser.resolveAll([operand, ...tables], parser.typeList()));
      parser.keyword('to');
      state.resultTypes.push(parser.type());
    },
    print(printer, op) {
      printer.text(` ${FftOp.kind(op)} `);
      printer.value(op.operand(0));
      printNamedList(printer, 'length', FftOp.length(op));
      const tables = FftOp.tables(op);
      if (tables.length > 0) {
        printer.text(' tables(');
        printer.values(tables);
        printer.text(')');
      }
      printAttributes(printer, op, ['kind', 'length']);
      printer.text(' : ');
      printer.types(op.operands.map((v) => v.type));
      printer.text(' to ');
      printer.type(op.result(0).type);
    },
  },
  inferTypes(context, state): Type[] {
    const kind = state.attributes.get('kind');
    const lengths = attr.i64Array.read(state.attributes.get('length')!);
    const operand = tensorType(state.operands[0]!);
    return [
      resultType(context, (attr.enum(...FFT_KINDS) as AttrSpec<FftKind>).read(kind!), operand, lengths) ?? operand,
    ];
  },
  verify(op) {
    const operand = tensorType(op.operand(0));
    const kind = FftOp.kind(op);
    const lengths = FftOp.length(op);
    if (lengths.length < 1 || lengths.length > GREATEST_RANK || lengths.length > operand.rank) {
      op.emitError(
        'array.fft-length',
        `requires 'length' with 1 to ${Math.min(GREATEST_RANK, operand.rank)} sizes for the last dimensions of ${operand}, got ${lengths.length}`,
      );
      return;
    }
    if (isPart(operand.element) !== (kind === 'rfft')) {
      op.emitError(
        'array.element-type',
        `requires an operand of ${kind === 'rfft' ? 'real' : 'complex'} numbers for '${kind}', got ${operand}`,
      );
      return;
    }
    for (const [i, n] of lengths.entries()) {
      const d = operand.rank - lengths.length + i;
      const wanted = kind === 'irfft' && i === lengths.length - 1 ? halfLength(n) : n;
      if (n >= 0 && operand.shape[d] === wanted) continue;
      const size = operand.shape[d] === DYNAMIC ? 'a size known only at run time' : String(operand.shape[d]);
      op.emitError(
        'array.fft-length',
        n < 0
          ? `requires lengths of at least 0, got ${n}`
          : `requires ${wanted} elements in dimension ${d} of the operand for length ${n}, got ${size}`,
      );
      return;
    }
    for (const table of FftOp.tables(op))
      if ((table.type as TensorType).element !== partOf(operand.element)) {
        op.emitError('array.element-type', `requires tables of ${partOf(operand.element)}, got ${table.type}`);
        return;
      }
    expectResult(op, resultType(op.context, kind, operand, lengths)!);
  },
  /** fft of one element is the element. */
  fold(op): FoldResult | null {
    const one = !isRealFft(FftOp.kind(op)) && FftOp.length(op).every((n) => n === 1);
    return one ? op.operand(0) : null;
  },
});

/** The plan of an fft op: its tables and how its loops go. */
export function planOfFft(op: Operation): FftPlan {
  return fftPlan(FftOp.kind(op), FftOp.length(op));
}
