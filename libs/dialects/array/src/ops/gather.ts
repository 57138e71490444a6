// array.gather: windows of a tensor at computed indices.
import {
  AffineExpr,
  type AffineMap,
  attr,
  type BodyContext,
  DYNAMIC,
  defineOp,
  OpCost,
  type Operation,
  OpPattern,
  OpPatternKind,
  optionalAttr,
  type PointCost,
  Pure,
  StructuredOp,
  type TensorType,
  type Type,
  type Value,
} from '@budflow/ir';
import { fitsDefinition } from '../assembly.js';
import { IntegerTensor, ScalarTensor } from '../element-types.js';
import { parseGatherDims, printGatherDims } from '../gather-assembly.js';
import {
  type GatherDims,
  outerDims,
  verifyGatherDims,
  walkedIndexDims,
  walkedSizes,
  windowOperandDims,
} from '../gather-dims.js';
import { interpretGather } from '../interpret/gather.js';
import { ShapeRules, type SizeConstraint, type SizeRule, sameSize } from '../shape-rules.js';
import { resultDomain, tensorType } from '../structure.js';
import { expectResult, verifyDims } from '../verify-types.js';
import { gatherPatterns } from './gather-patterns.js';

export function gatherDims(op: Operation): GatherDims {
  return {
    windowDims: GatherOp.window(op),
    collapsedDims: GatherOp.collapsed(op),
    operandBatchDims: GatherOp.operand_batching(op),
    indexBatchDims: GatherOp.indices_batching(op),
    indexMap: GatherOp.map(op),
    vectorDim: GatherOp.vector(op),
  };
}

function gatherShape(dims: GatherDims, sizes: readonly number[], operandRank: number, indices: TensorType): number[] {
  const walked = walkedSizes(dims, indices);
  const shape = new Array<number>(walked.length + dims.windowDims.length);
  const window = windowOperandDims(dims, operandRank);
  dims.windowDims.forEach((d, k) => {
    shape[d] = sizes[window[k]!]!;
  });
  outerDims(dims, shape.length).forEach((d, k) => {
    shape[d] = walked[k]!;
  });
  return shape;
}

/** The dimensions of the indices as those of the result that walk over them; the vector's has none. */
function indexPlaces(op: Operation): (number | undefined)[] {
  const dims = gatherDims(op);
  const { rank } = tensorType(op.operand(1));
  const outer = outerDims(dims, tensorType(op.result(0)).rank);
  const places = new Array<number | undefined>(rank).fill(undefined);
  walkedIndexDims(dims, rank).forEach((d, k) => {
    places[d] = outer[k]!;
  });
  return places;
}

/** Where the index of an element of the result is read: one element when vectors have one component. */
function indicesMap(op: Operation): AffineMap | null {
  if (GatherOp.map(op).length !== 1) return null;
  const index = indexPlaces(op).map((d) => (d === undefined ? AffineExpr.constant(0) : AffineExpr.dim(d)));
  return op.context.affineMap(tensorType(op.result(0)).rank, 0, index);
}

/** The element of a window: the start is read, moved inside, and the window's coordinates added. */
function element(op: Operation, context: BodyContext): Value {
  const dims = gatherDims(op);
  const [from, indices] = [tensorType(op.operand(0)), tensorType(op.operand(1))];
  const places = indexPlaces(op);
  const component = (k: number): Value =>
    dims.indexMap.length === 1
      ? context.operand(1)
      : context.windowElement(1, {
          starts: places.map(() => undefined),
          element: indices.element,
          sizes: places.map(() => 1),
          within: places.map((d) => (d === undefined ? k : context.point(d))),
        });
  const starts = new Array<Value | undefined>(from.rank).fill(undefined);
  dims.indexMap.forEach((d, k) => {
    starts[d] = component(k);
  });
  const within = new Array<Value | number>(from.rank).fill(0);
  const window = windowOperandDims(dims, from.rank);
  dims.windowDims.forEach((d, k) => {
    within[window[k]!] = context.point(d);
  });
  dims.operandBatchDims.forEach((d, k) => {
    within[d] = context.point(places[dims.indexBatchDims[k]!]!);
  });
  return context.windowElement(0, { starts, element: indices.element, sizes: GatherOp.sizes(op), within });
}

/** Rows that lie in memory as they are read again are loads; single elements take their index with them. */
function cost(op: Operation): PointCost {
  const dims = gatherDims(op);
  const last = tensorType(op.operand(0)).rank - 1;
  const row = windowOperandDims(dims, last + 1).indexOf(last);
  const long = GatherOp.sizes(op)[last]! > 1;
  const along = long && row >= 0 && dims.windowDims[row] === tensorType(op.result(0)).rank - 1;
  return along ? { flops: 1, expensive: false } : { flops: 4, expensive: true };
}

export const GatherOp = defineOp({
  name: 'array.gather',
  summary: 'Windows of a tensor at computed indices',
  description: `StableHLO's gather. Each vector of \`indices\` along dimension \`vector\` is the start of a window of static \`sizes\` in the operand:
component k along operand dimension map[k], clamped so that the window lies inside. Result dimensions \`window\` walk inside of windows, without
the operand's \`collapsed\` dimensions, where windows have size 1; the other result dimensions walk over the index vectors. \`batching\` pairs
dimensions of operand and indices that are walked together.`,
  example: `func.func @f(%x: tensor<10x8xf32>, %i: tensor<?xi32>) -> tensor<?x8xf32> {
  %0 = array.gather %x, %i window = [1] collapsed = [0] map = [0] vector = 1 sizes = [1, 8] : tensor<10x8xf32>, tensor<?xi32> to tensor<?x8xf32>
  return %0 : tensor<?x8xf32>
}`,
  operands: { operand: ScalarTensor, indices: IntegerTensor },
  results: { result: ScalarTensor },
  attributes: {
    window: attr.i64Array,
    collapsed: attr.i64Array,
    operand_batching: attr.i64Array,
    indices_batching: attr.i64Array,
    map: attr.i64Array,
    vector: attr.i64,
    sizes: attr.i64Array,
    indices_are_sorted: optionalAttr(attr.bool),
  },
  traits: [Pure],
  interfaces: [
    OpPattern.implement({ pattern: () => OpPatternKind.injective }),
    OpCost.implement({ pointCost: cost }),
    StructuredOp.implement({
      domain: resultDomain,
      indexingMaps: (op) => [null, indicesMap(op), op.context.identityMap(tensorType(op.result(0)).rank)],
      body: (op, context) => [element(op, context)],
      inPlace: (_, index) => index === 1,
    }),
    ShapeRules.implement({
      size(op, _, dim): SizeRule | undefined {
        const dims = gatherDims(op);
        const k = outerDims(dims, tensorType(op.result(0)).rank).indexOf(dim);
        const from = walkedIndexDims(dims, tensorType(op.operand(1)).rank)[k];
        return from === undefined ? undefined : sameSize(op, 1, from);
      },
      constraints(op): SizeConstraint[] {
        const dims = gatherDims(op);
        return [
          ...GatherOp.sizes(op).map(
            (right, dim): SizeConstraint => ({ left: { operand: 0, dim }, relation: 'atLeast', right }),
          ),
          ...dims.operandBatchDims.map(
            (dim, k): SizeConstraint => ({
              left: { operand: 1, dim: dims.indexBatchDims[k]! },
              relation: 'equal',
              right: { operand: 0, dim },
            }),
          ),
        ];
      },
    }),
    interpretGather(gatherDims, (op): readonly number[] => GatherOp.sizes(op)),
  ],
  assembly: {
    canPrint: fitsDefinition,
    parse(parser, state) {
      const operand = parser.operand();
      parser.punctuation(',');
      const indices = parser.operand();
      parseGatherDims(parser, state, { sizes: true });
      parser.optionalAttrDict(state.attributes);
      parser.punctuation(':');
      const types = parser.typeList();
      parser.keyword('to');
      state.resultTypes.push(parser.type());
      state.operands.push(...parser.resolveAll([operand, indices], types));
    },
    print(printer, op) {
      printer.space();
      printer.values(op.operands);
      printGatherDims(printer, op, gatherDims(op), GatherOp.sizes(op));
      printer.text(' : ');
      printer.types(op.operands.map((v) => v.type));
      printer.text(' to ');
      printer.type(op.result(0).type);
    },
  },
  inferTypes(context, state): Type[] {
    const read = (name: string) => attr.i64Array.read(state.attributes.get(name)!);
    const from = tensorType(state.operands[0]!);
    const dims: GatherDims = {
      windowDims: read('window'),
      collapsedDims: read('collapsed'),
      operandBatchDims: read('operand_batching'),
      indexBatchDims: read('indices_batching'),
      indexMap: read('map'),
      vectorDim: attr.i64.read(state.attributes.get('vector')!),
    };
    const shape = gatherShape(dims, read('sizes'), from.rank, tensorType(state.operands[1]!));
    return [context.tensor(shape, from.element)];
  },
  verify(op) {
    const [from, indices] = [tensorType(op.operand(0)), tensorType(op.operand(1))];
    const dims = gatherDims(op);
    const sizes = GatherOp.sizes(op);
    if (!verifyGatherDims(op, dims, from, indices)) return;
    if (sizes.length !== from.rank) {
      op.emitError(
        'array.dimension-count',
        `requires 'sizes' with one entry for each dimension of the operand ${from}, got ${sizes.length}`,
      );
      return;
    }
    for (const [d, size] of sizes.entries()) {
      const single = dims.collapsedDims.includes(d) || dims.operandBatchDims.includes(d);
      const fits = size >= 0 && (from.shape[d] === DYNAMIC || size <= from.shape[d]!) && (!single || size <= 1);
      if (fits) continue;
      op.emitError(
        'array.window-size',
        `requires a window that fits in ${from}${single ? ', of size 1 where it is collapsed or a batch' : ''}, got size ${size} in dimension ${d}`,
      );
      return;
    }
    const windowRank = windowOperandDims(dims, from.rank).length;
    if (dims.windowDims.length !== windowRank) {
      op.emitError(
        'array.gather-dims',
        `requires 'window' with one entry for each of the ${windowRank} dimensions of a window, got ${dims.windowDims.length}`,
      );
      return;
    }
    const rank = walkedIndexDims(dims, indices.rank).length + windowRank;
    if (!verifyDims(op, 'window', dims.windowDims, rank, `a result of rank ${rank}`)) return;
    expectResult(op, op.context.tensor(gatherShape(dims, sizes, from.rank, indices), from.element));
  },
  patterns: gatherPatterns,
});
