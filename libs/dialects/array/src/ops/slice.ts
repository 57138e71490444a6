// array.slice: a regular part of a tensor.
import {
  AffineExpr,
  type AffineMap,
  AnyTensor,
  attr,
  type DomainDim,
  DYNAMIC,
  defineOp,
  definePattern,
  type FoldResult,
  type Operation,
  OpPatternKind,
  Pure,
  type TensorType,
  type Type,
} from '@budflow/ir';
import { dimText, fitsDefinition, parseFromTo, printFromTo } from '../assembly.js';
import { interpretSlice, type SliceRanges } from '../interpret/movement.js';
import { resplat } from '../splat.js';
import { copyInterfaces, operandSize, resultSize, tensorType } from '../structure.js';
import { expectResult } from '../verify-types.js';

/** Number of elements of `start:limit:stride`. */
function sliceCount(start: number, limit: number, stride: number): number {
  return Math.ceil((limit - start) / stride);
}

/** The type of a slice; DYNAMIC limits stand for the size of a dynamic dimension. */
function sliceType(
  from: TensorType,
  starts: readonly number[],
  limits: readonly number[],
  strides: readonly number[],
  make: (shape: number[]) => TensorType,
): TensorType {
  return make(
    from.shape.map((_, i) => (limits[i] === DYNAMIC ? DYNAMIC : sliceCount(starts[i]!, limits[i]!, strides[i]!))),
  );
}

/** Whether dimension `dim` is taken whole. */
function isWhole(op: Operation, dim: number): boolean {
  const limit = SliceOp.limits(op)[dim]!;
  return (
    SliceOp.starts(op)[dim] === 0 && SliceOp.strides(op)[dim] === 1 && limit === tensorType(op.operand(0)).shape[dim]
  );
}

export const SliceOp = defineOp({
  name: 'array.slice',
  summary: 'Elements start, start + stride, ... below limit of each dimension',
  description: `Written start:limit:stride for each dimension. The limit of a dynamic dimension may be \`?\`, its size. At run time a dynamic
dimension must be at least as large as start and limit say.`,
  example: `func.func @f(%x: tensor<4x?xf32>) -> tensor<2x?xf32> {
  %0 = array.slice %x [0:4:2, 1:?:1] : tensor<4x?xf32> to tensor<2x?xf32>
  return %0 : tensor<2x?xf32>
}`,
  operands: { operand: AnyTensor },
  results: { result: AnyTensor },
  attributes: { starts: attr.i64Array, limits: attr.i64Array, strides: attr.i64Array },
  traits: [Pure],
  interfaces: [
    ...copyInterfaces(OpPatternKind.injective, {
      domain: (op): DomainDim[] =>
        tensorType(op.result(0)).shape.map((_, d) => ({
          iterator: 'parallel',
          size: isWhole(op, d) ? operandSize(op, 0, d) : resultSize(op, 0, d),
        })),
      maps(op): AffineMap[] {
        const [starts, strides] = [SliceOp.starts(op), SliceOp.strides(op)];
        const operand = starts.map((start, d) => AffineExpr.dim(d).mul(strides[d]!).add(start));
        return [op.context.affineMap(starts.length, 0, operand), op.context.identityMap(starts.length)];
      },
    }),
    interpretSlice(
      (op): SliceRanges => ({ starts: SliceOp.starts(op), limits: SliceOp.limits(op), strides: SliceOp.strides(op) }),
    ),
  ],
  assembly: {
    canPrint: fitsDefinition,
    parse(parser, state) {
      const operand = parser.operand();
      const starts: number[] = [];
      const limits: number[] = [];
      const strides: number[] = [];
      parser.commaSeparated('square', () => {
        starts.push(parser.integer());
        parser.punctuation(':');
        limits.push(parser.optionalPunctuation('?') ? DYNAMIC : parser.integer());
        parser.punctuation(':');
        strides.push(parser.integer());
      });
      const { context } = parser;
      for (const [name, list] of Object.entries({ starts, limits, strides }))
        state.attributes.set(name, context.denseArray(context.i64, list));
      parser.optionalAttrDict(state.attributes);
      const { from, to } = parseFromTo(parser);
      state.operands.push(parser.resolve(operand, from));
      state.resultTypes.push(to);
    },
    print(printer, op) {
      printer.space();
      printer.value(op.operand(0));
      const [starts, limits, strides] = [SliceOp.starts(op), SliceOp.limits(op), SliceOp.strides(op)];
      printer.text(` [${starts.map((s, i) => `${s}:${dimText(limits[i]!)}:${strides[i]}`).join(', ')}]`);
      printer.attrDict(op, ['starts', 'limits', 'strides']);
      printFromTo(printer, op);
    },
  },
  inferTypes(context, state): Type[] {
    const from = tensorType(state.operands[0]!);
    const [starts, limits, strides] = ['starts', 'limits', 'strides'].map((name) =>
      attr.i64Array.read(state.attributes.get(name)!),
    );
    return [sliceType(from, starts!, limits!, strides!, (shape) => context.tensor(shape, from.element, from.encoding))];
  },
  verify(op) {
    const from = tensorType(op.operand(0));
    const [starts, limits, strides] = [SliceOp.starts(op), SliceOp.limits(op), SliceOp.strides(op)];
    for (const [name, list] of Object.entries({ starts, limits, strides })) {
      if (list.length !== from.rank) {
        op.emitError(
          'array.dimension-count',
          `requires '${name}' with one entry for each dimension of the operand ${from}, got ${list.length}`,
        );
        return;
      }
    }
    for (let d = 0; d < from.rank; d++) {
      const [start, limit, stride, size] = [starts[d]!, limits[d]!, strides[d]!, from.shape[d]!];
      const range = `${start}:${dimText(limit)}:${stride}`;
      const fail = (what: string) =>
        op.emitError('array.slice-bounds', `requires ${what} in dimension ${d} of ${from}, got ${range}`);
      if (stride < 1) return void fail('a stride of at least 1');
      if (start < 0) return void fail('a start of at least 0');
      if (limit === DYNAMIC) {
        if (size !== DYNAMIC) return void fail(`the limit ${size} instead of ?`);
      } else if (limit < start) return void fail('a limit not below the start');
      else if (size !== DYNAMIC && limit > size) return void fail(`a limit of at most ${size}`);
    }
    expectResult(
      op,
      sliceType(from, starts, limits, strides, (shape) => op.context.tensor(shape, from.element, from.encoding)),
    );
  },
  fold(op, [operand]): FoldResult | null {
    if (tensorType(op.operand(0)).shape.every((_, d) => isWhole(op, d))) return op.operand(0);
    return resplat(op.context, operand, op.result(0).type);
  },
  patterns: [
    definePattern({
      name: 'slice-of-concat',
      equation: 'concat(x, y)[a:b] == x[a:b]  where b <= size(x), and likewise for other parts',
      root: 'array.slice',
      rewrite(op, rewriter) {
        const inner = op.operand(0).definingOp;
        if (inner?.name !== 'array.concat') return false;
        const dim = attr.i64.read(inner.attr('dim')!);
        const [start, limit] = [SliceOp.starts(op)[dim]!, SliceOp.limits(op)[dim]!];
        if (limit === DYNAMIC || start === limit) return false;
        let begin = 0;
        for (const part of inner.operands) {
          const size = tensorType(part).shape[dim]!;
          if (size === DYNAMIC) return false;
          if (start >= begin && limit <= begin + size) {
            const { shape } = tensorType(part);
            // Parts may know sizes that the whole does not.
            if (SliceOp.limits(op).some((l, d) => l === DYNAMIC && shape[d] !== DYNAMIC)) return false;
            const moved = (list: readonly number[]) => list.map((v, d) => (d === dim ? v - begin : v));
            rewriter.setInsertionPoint(op);
            rewriter.replaceOp(op, [
              SliceOp.build(rewriter, op.loc, {
                operand: part,
                starts: moved(SliceOp.starts(op)),
                limits: moved(SliceOp.limits(op)),
                strides: SliceOp.strides(op),
              }),
            ]);
            return true;
          }
          begin += size;
        }
        return false;
      },
    }),
    definePattern({
      name: 'slice-of-slice',
      equation: 'x[a:b:s][c:d:t] == x[a + c * s : .. : s * t]',
      root: 'array.slice',
      rewrite(op, rewriter) {
        const inner = op.operand(0).definingOp;
        if (!inner || !SliceOp.is(inner)) return false;
        const starts: number[] = [];
        const limits: number[] = [];
        const strides: number[] = [];
        tensorType(op.result(0)).shape.forEach((count, d) => {
          const innerStart = SliceOp.starts(inner)[d]!;
          const innerStride = SliceOp.strides(inner)[d]!;
          // An empty slice may start anywhere within the operand; the composed start may lie behind its end.
          const start = count === 0 ? innerStart : innerStart + SliceOp.starts(op)[d]! * innerStride;
          const stride = innerStride * SliceOp.strides(op)[d]!;
          starts.push(start);
          strides.push(stride);
          limits.push(count === DYNAMIC ? DYNAMIC : count === 0 ? start : start + (count - 1) * stride + 1);
        });
        rewriter.setInsertionPoint(op);
        rewriter.replaceOp(op, [
          SliceOp.build(rewriter, op.loc, { operand: inner.operand(0), starts, limits, strides }),
        ]);
        return true;
      },
    }),
  ],
});
