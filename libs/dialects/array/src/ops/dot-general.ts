// array.dot_general: products summed over contracted dimensions, with batch dimensions.
import {
  type AsmParser,
  type AsmPrinter,
  attr,
  type DomainDim,
  type DomainSize,
  DYNAMIC,
  defineOp,
  definePattern,
  FloatType,
  OpCost,
  type Operation,
  type OperationState,
  OpPattern,
  OpPatternKind,
  Pure,
  type ReductionOrder,
  StructuredOp,
  type TensorType,
  type Type,
  type Value,
} from '@budflow/ir';
import { fitsDefinition, parseIntegerList, printIntegerList } from '../assembly.js';
import { ArithmeticTensor, isExactConversion } from '../element-types.js';
import { fastmathAttribute } from '../fastmath.js';
import { interpretDotGeneral } from '../interpret/dot-general.js';
import type { Contract } from '../kinds.js';
import { addValues, dotBody, identityAttribute } from '../reduce-body.js';
import { contractAttribute, orderAttribute } from '../reduction-order.js';
import { dimsMap, operandSize, tensorType } from '../structure.js';
import { sizesAgree, verifyDims } from '../verify-types.js';
import { TransposeOp } from './transpose.js';

const LISTS = ['lhsBatch', 'rhsBatch', 'lhsContract', 'rhsContract'] as const;

/** Sums over contracted dimensions run in ascending order, before and after fix-numerics. */
const SEQUENTIAL: ReductionOrder = { kind: 'sequential' };

/** Where each dimension of a dot_general goes. */
export interface DotDimensions {
  readonly lhsBatch: readonly number[];
  readonly rhsBatch: readonly number[];
  readonly lhsContract: readonly number[];
  readonly rhsContract: readonly number[];
  readonly lhsFree: readonly number[];
  readonly rhsFree: readonly number[];
}

function freeDims(rank: number, batch: readonly number[], contract: readonly number[]): number[] {
  return Array.from({ length: rank }, (_, d) => d).filter((d) => !batch.includes(d) && !contract.includes(d));
}

export function dotDimensions(op: Operation): DotDimensions {
  const [lhsBatch, rhsBatch] = [DotGeneralOp.lhsBatch(op), DotGeneralOp.rhsBatch(op)];
  const [lhsContract, rhsContract] = [DotGeneralOp.lhsContract(op), DotGeneralOp.rhsContract(op)];
  return {
    lhsBatch,
    rhsBatch,
    lhsContract,
    rhsContract,
    lhsFree: freeDims(tensorType(op.operand(0)).rank, lhsBatch, lhsContract),
    rhsFree: freeDims(tensorType(op.operand(1)).rank, rhsBatch, rhsContract),
  };
}

/** Size of lhs dimension l, which equals rhs dimension r; the static one if there is one. */
function sharedSize(op: Operation, l: number, r: number): DomainSize {
  const size = operandSize(op, 0, l);
  return size.kind === 'static' ? size : operandSize(op, 1, r).kind === 'static' ? operandSize(op, 1, r) : size;
}

function resultShape(lhs: TensorType, rhs: TensorType, lists: Pick<DotDimensions, (typeof LISTS)[number]>): number[] {
  const { lhsBatch, rhsBatch, lhsContract, rhsContract } = lists;
  const batch = lhsBatch.map((l, i) => (lhs.shape[l] === DYNAMIC ? rhs.shape[rhsBatch[i]!]! : lhs.shape[l]!));
  const free = (type: TensorType, b: readonly number[], c: readonly number[]) =>
    freeDims(type.rank, b, c).map((d) => type.shape[d]!);
  return [...batch, ...free(lhs, lhsBatch, lhsContract), ...free(rhs, rhsBatch, rhsContract)];
}

/** An operand, and what its dimensions are. */
interface Side {
  readonly value: Value;
  readonly batch: readonly number[];
  readonly contract: readonly number[];
  readonly free: readonly number[];
}

/** The operand of a transpose in its place, where the free dimensions keep their order. */
function throughTranspose(side: Side): Side & { readonly changed: boolean } {
  const transpose = side.value.definingOp;
  if (!transpose || !TransposeOp.is(transpose)) return { ...side, changed: false };
  const perm = TransposeOp.perm(transpose);
  const of = (dims: readonly number[]) => dims.map((d) => perm[d]!);
  const free = of(side.free);
  if (free.some((d, i) => i > 0 && d < free[i - 1]!)) return { ...side, changed: false };
  return { value: transpose.operand(0), batch: of(side.batch), contract: of(side.contract), free, changed: true };
}

export const DotGeneralOp = defineOp({
  name: 'array.dot_general',
  summary: 'Sums of products over contracted dimensions',
  description: `result[batch, m, n] = sum over k of lhs[batch, m, k] * rhs[batch, k, n], in ascending order of the contracted index; result dimensions
are the batch dimensions, then the free ones of lhs, then those of rhs. The result may have a wider element type, to which every element is
converted first. \`contract\` makes every product and sum one multiply-add: \`exact\` rounds it once, \`relaxed\` as the target does.`,
  example: `func.func @f(%a: tensor<2x4x8xf32>, %b: tensor<2x8x16xf32>) -> tensor<2x4x16xf32> {
  %0 = array.dot_general %a, %b batch = [0] x [0] contract = [2] x [1] : tensor<2x4x8xf32>, tensor<2x8x16xf32> -> tensor<2x4x16xf32>
  return %0 : tensor<2x4x16xf32>
}`,
  operands: { lhs: ArithmeticTensor, rhs: ArithmeticTensor },
  results: { result: ArithmeticTensor },
  attributes: {
    lhsBatch: attr.i64Array,
    rhsBatch: attr.i64Array,
    lhsContract: attr.i64Array,
    rhsContract: attr.i64Array,
    order: orderAttribute,
    contract: contractAttribute,
    fastmath: fastmathAttribute,
  },
  traits: [Pure],
  interfaces: [
    OpPattern.implement({ pattern: () => OpPatternKind.outElementwiseFusable }),
    OpCost.implement({ pointCost: () => ({ flops: 2, expensive: true }) }),
    StructuredOp.implement({
      domain(op) {
        const d = dotDimensions(op);
        const dim = (iterator: DomainDim['iterator'], size: DomainSize): DomainDim => ({ iterator, size });
        return [
          ...d.lhsBatch.map((l, i) => dim('parallel', sharedSize(op, l, d.rhsBatch[i]!))),
          ...d.lhsFree.map((l) => dim('parallel', operandSize(op, 0, l))),
          ...d.rhsFree.map((r) => dim('parallel', operandSize(op, 1, r))),
          ...d.lhsContract.map((l, i) => dim('reduction', sharedSize(op, l, d.rhsContract[i]!))),
        ];
      },
      indexingMaps(op) {
        const d = dotDimensions(op);
        const [b, m, n, k] = [d.lhsBatch.length, d.lhsFree.length, d.rhsFree.length, d.lhsContract.length];
        const rank = b + m + n + k;
        const place = (operandRank: number, groups: readonly (readonly [readonly number[], number])[]) => {
          const dims = new Array<number>(operandRank);
          for (const [list, start] of groups)
            list.forEach((dim, i) => {
              dims[dim] = start + i;
            });
          return dimsMap(op, rank, dims);
        };
        return [
          place(tensorType(op.operand(0)).rank, [
            [d.lhsBatch, 0],
            [d.lhsFree, b],
            [d.lhsContract, b + m + n],
          ]),
          place(tensorType(op.operand(1)).rank, [
            [d.rhsBatch, 0],
            [d.rhsFree, b + m],
            [d.rhsContract, b + m + n],
          ]),
          dimsMap(
            op,
            rank,
            Array.from({ length: b + m + n }, (_, i) => i),
          ),
        ];
      },
      body: (op, context): Value[] => [dotBody(op, context, DotGeneralOp.contract(op))],
      reduction: {
        identity: (op) => [identityAttribute(op, 'add', tensorType(op.result(0)).element)],
        combine: (op, builder, loc, lhs, rhs): Value[] => [addValues(op, builder, loc, lhs[0]!, rhs[0]!)],
        init: () => [null],
        order: (op): ReductionOrder | undefined => DotGeneralOp.order(op) ?? SEQUENTIAL,
      },
    }),
    interpretDotGeneral({ dimensions: dotDimensions, contract: (op): Contract => DotGeneralOp.contract(op) }),
  ],
  assembly: { canPrint: fitsDefinition, parse: parseDot, print: printDot },
  inferTypes(context, state): Type[] {
    const [lhs, rhs] = [tensorType(state.operands[0]!), tensorType(state.operands[1]!)];
    const list = (name: (typeof LISTS)[number]) => attr.i64Array.read(state.attributes.get(name)!);
    const lists = {
      lhsBatch: list('lhsBatch'),
      rhsBatch: list('rhsBatch'),
      lhsContract: list('lhsContract'),
      rhsContract: list('rhsContract'),
    };
    return [context.tensor(resultShape(lhs, rhs, lists), lhs.element)];
  },
  verify(op) {
    const [lhs, rhs, result] = [tensorType(op.operand(0)), tensorType(op.operand(1)), tensorType(op.result(0))];
    if (lhs.element !== rhs.element) {
      op.emitError('array.operand-types', `requires operands of one element type, got ${lhs} and ${rhs}`);
      return;
    }
    if (
      !isExactConversion(lhs.element, result.element) ||
      lhs.element instanceof FloatType !== result.element instanceof FloatType
    ) {
      op.emitError(
        'array.element-type',
        `requires a result of elements ${lhs.element} or a wider type of their kind, got ${result}`,
      );
      return;
    }
    const d = {
      lhsBatch: DotGeneralOp.lhsBatch(op),
      rhsBatch: DotGeneralOp.rhsBatch(op),
      lhsContract: DotGeneralOp.lhsContract(op),
      rhsContract: DotGeneralOp.rhsContract(op),
    };
    for (const [what, l, r] of [
      ['batch', d.lhsBatch, d.rhsBatch],
      ['contract', d.lhsContract, d.rhsContract],
    ] as const) {
      if (l.length !== r.length) {
        op.emitError(
          'array.dimension-count',
          `requires as many '${what}' dimensions of lhs as of rhs, got [${l.join(', ')}] x [${r.join(', ')}]`,
        );
        return;
      }
    }
    if (!verifyDims(op, 'lhs batch and contract', [...d.lhsBatch, ...d.lhsContract], lhs.rank, `the lhs ${lhs}`))
      return;
    if (!verifyDims(op, 'rhs batch and contract', [...d.rhsBatch, ...d.rhsContract], rhs.rank, `the rhs ${rhs}`))
      return;
    for (const [what, l, r] of [
      ['batch', d.lhsBatch, d.rhsBatch],
      ['contract', d.lhsContract, d.rhsContract],
    ] as const) {
      for (let i = 0; i < l.length; i++) {
        if (sizesAgree(lhs.shape[l[i]!]!, rhs.shape[r[i]!]!)) continue;
        op.emitError(
          'array.dot-sizes',
          `requires equal sizes of the '${what}' dimensions, got dimension ${l[i]} of ${lhs} and dimension ${r[i]} of ${rhs}`,
        );
        return;
      }
    }
    const order = DotGeneralOp.order(op);
    if (order && order.kind !== 'sequential' && order.kind !== 'free') {
      op.emitError('array.dot-order', `requires the order sequential or free, got ${op.attr('order')}`);
      return;
    }
    if (DotGeneralOp.contract(op) !== 'none' && !(result.element instanceof FloatType)) {
      op.emitError(
        'array.dot-contract',
        `requires floats for contract = "${DotGeneralOp.contract(op)}", got ${result}`,
      );
      return;
    }
    const expected = op.context.tensor(resultShape(lhs, rhs, d), result.element);
    if (expected !== result) op.emitError('array.result-type', `requires a result of type ${expected}, got ${result}`);
  },
  patterns: [
    definePattern({
      name: 'dot-of-transpose',
      equation: 'dot_general<dims>(transpose<p>(x), y) == dot_general<p . dims>(x, y), free dimensions in their order',
      root: 'array.dot_general',
      rewrite(op, rewriter) {
        const d = dotDimensions(op);
        const lhs = throughTranspose({
          value: op.operand(0),
          batch: d.lhsBatch,
          contract: d.lhsContract,
          free: d.lhsFree,
        });
        const rhs = throughTranspose({
          value: op.operand(1),
          batch: d.rhsBatch,
          contract: d.rhsContract,
          free: d.rhsFree,
        });
        if (!lhs.changed && !rhs.changed) return false;
        rewriter.setInsertionPoint(op);
        const made = DotGeneralOp.create(rewriter, op.loc, {
          lhs: lhs.value,
          rhs: rhs.value,
          lhsBatch: lhs.batch,
          rhsBatch: rhs.batch,
          lhsContract: lhs.contract,
          rhsContract: rhs.contract,
          order: DotGeneralOp.order(op),
          contract: DotGeneralOp.contract(op),
          fastmath: DotGeneralOp.fastmath(op),
          resultTypes: [op.result(0).type],
        });
        rewriter.replaceOp(op, [made.result(0)]);
        return true;
      },
    }),
  ],
});

function parseDot(parser: AsmParser, state: OperationState): void {
  const { context } = parser;
  const lhs = parser.operand();
  parser.punctuation(',');
  const rhs = parser.operand();
  const pair = (first: string, second: string) => {
    parser.punctuation('=');
    state.attributes.set(first, context.denseArray(context.i64, parseIntegerList(parser)));
    parser.keyword('x');
    state.attributes.set(second, context.denseArray(context.i64, parseIntegerList(parser)));
  };
  if (parser.optionalKeyword('batch')) pair('lhsBatch', 'rhsBatch');
  else for (const name of ['lhsBatch', 'rhsBatch']) state.attributes.set(name, context.denseArray(context.i64, []));
  parser.keyword('contract');
  pair('lhsContract', 'rhsContract');
  parser.optionalAttrDict(state.attributes);
  parser.punctuation(':');
  const lhsType = parser.type();
  parser.punctuation(',');
  const rhsType = parser.type();
  parser.punctuation('->');
  state.operands.push(parser.resolve(lhs, lhsType), parser.resolve(rhs, rhsType));
  state.resultTypes.push(parser.type());
}

function printDot(printer: AsmPrinter, op: Operation): void {
  printer.space();
  printer.values(op.operands);
  const pair = (name: string, lhs: readonly number[], rhs: readonly number[]) => {
    printer.text(` ${name} = `);
    printIntegerList(printer, lhs);
    printer.text(' x ');
    printIntegerList(printer, rhs);
  };
  if (DotGeneralOp.lhsBatch(op).length || DotGeneralOp.rhsBatch(op).length)
    pair('batch', DotGeneralOp.lhsBatch(op), DotGeneralOp.rhsBatch(op));
  pair('contract', DotGeneralOp.lhsContract(op), DotGeneralOp.rhsContract(op));
  printer.attrDict(op, [...LISTS, ...(DotGeneralOp.contract(op) === 'none' ? ['contract'] : [])]);
  printer.text(' : ');
  printer.type(op.operand(0).type);
  printer.text(', ');
  printer.type(op.operand(1).type);
  printer.text(' -> ');
  printer.type(op.result(0).type);
}
