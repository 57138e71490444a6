// array.pack and array.unpack: tensors in tiles, as kernels of matrix products like to read them.
import { scalarType } from '@budflow/dialect-core';
import {
  AffineExpr,
  type AsmParser,
  type AsmPrinter,
  type Attribute,
  attr,
  DYNAMIC,
  defineOp,
  definePattern,
  OpCost,
  type Operation,
  type OperationState,
  OpPattern,
  OpPatternKind,
  optionalAttr,
  Pure,
  type TensorType,
  type Type,
} from '@budflow/ir';
import {
  fitsDefinition,
  parseFromTo,
  parseIntegerList,
  parseNamedList,
  parseTypedScalar,
  printFromTo,
  printNamedList,
  printTypedScalar,
} from '../assembly.js';
import { ScalarTensor } from '../element-types.js';
import { interpretPack, interpretUnpack } from '../interpret/pack.js';
import { ShapeRules, type SizeRule } from '../shape-rules.js';
import { FREE, tensorType } from '../structure.js';
import { expectElement, expectResult, verifyDims } from '../verify-types.js';
import { scalarValue } from './creation.js';

/** How a tensor is cut into tiles. */
export interface Tiling {
  /** Tiled dimensions of the plain tensor, and the sizes of their tiles. */
  readonly dims: readonly number[];
  readonly tiles: readonly number[];
  /** Outer dimension i of the packed tensor counts tiles along dimension outer[i]. */
  readonly outer: readonly number[];
}

const LISTS = ['inner_dims_pos', 'inner_tiles', 'outer_dims_perm'] as const;

function readTiling(rank: number, list: (name: string) => readonly number[]): Tiling {
  const perm = list('outer_dims_perm');
  return {
    dims: list('inner_dims_pos'),
    tiles: list('inner_tiles'),
    outer: perm.length > 0 ? perm : Array.from({ length: rank }, (_, d) => d),
  };
}

/** The tiling of a pack or unpack. */
export function tilingOf(op: Operation): Tiling {
  const plain = tensorType(PackOp.is(op) ? op.operand(0) : op.result(0));
  return readTiling(plain.rank, (name) => {
    const value = op.attr(name);
    return value === undefined ? [] : attr.i64Array.read(value);
  });
}

/** Size of the tiles of a dimension of the plain tensor; 1 where it has none. */
export function tileOf(tiling: Tiling, dim: number): number {
  const at = tiling.dims.indexOf(dim);
  return at < 0 ? 1 : tiling.tiles[at]!;
}

function packedShape(tiling: Tiling, plain: readonly number[]): number[] {
  const count = (d: number) => (plain[d] === DYNAMIC ? DYNAMIC : Math.ceil(plain[d]! / tileOf(tiling, d)));
  return [...tiling.outer.map(count), ...tiling.tiles];
}

const permAttribute = { ...attr.i64Array, optional: true, defaultValue: [] };

export const PackOp = defineOp({
  name: 'array.pack',
  summary: 'A tensor in tiles',
  description: `Dimensions \`inner_dims_pos\` are cut into tiles of \`inner_tiles\`, which become the last dimensions of the result; the dimensions before them
count tiles, in the order \`outer_dims_perm\` (default: as they are). Tiles that the operand does not fill hold the \`padding\`, which dynamic
tiled dimensions need.`,
  example: `func.func @f(%x: tensor<10x6xf32>) -> tensor<3x3x4x2xf32> {
  %0 = array.pack %x inner_dims_pos = [0, 1] inner_tiles = [4, 2] padding 0.0 : f32 : tensor<10x6xf32> to tensor<3x3x4x2xf32>
  return %0 : tensor<3x3x4x2xf32>
}`,
  operands: { operand: ScalarTensor },
  results: { result: ScalarTensor },
  attributes: {
    inner_dims_pos: attr.i64Array,
    inner_tiles: attr.i64Array,
    outer_dims_perm: permAttribute,
    padding: optionalAttr(scalarValue),
  },
  traits: [Pure],
  interfaces: [
    OpPattern.implement({ pattern: () => OpPatternKind.opaque }),
    OpCost.implement({ pointCost: () => FREE }),
    ShapeRules.implement({
      size(op, _, dim): SizeRule {
        const tiling = tilingOf(op);
        const from = tiling.outer[dim]!;
        const count = AffineExpr.dim(0).ceilDiv(tileOf(tiling, from));
        return { of: [{ operand: 0, dim: from }], map: op.context.affineMap(1, 0, [count]) };
      },
    }),
    interpretPack,
  ],
  assembly: { canPrint: fitsDefinition, parse: parseTiled, print: printTiled },
  inferTypes(context, state): Type[] {
    const from = tensorType(state.operands[0]!);
    const tiling = readTiling(from.rank, (name) => {
      const value = state.attributes.get(name);
      return value === undefined ? [] : attr.i64Array.read(value);
    });
    return [context.tensor(packedShape(tiling, from.shape), from.element)];
  },
  verify(op) {
    const from = tensorType(op.operand(0));
    if (!verifyTiling(op, from)) return;
    const tiling = tilingOf(op);
    const padding = op.attr('padding');
    if (padding !== undefined && !expectElement(op, from, scalarType(op.context, padding)!, 'an operand')) return;
    const partial = tiling.dims.find((d, i) => from.shape[d] === DYNAMIC || from.shape[d]! % tiling.tiles[i]! !== 0);
    if (padding === undefined && partial !== undefined) {
      op.emitError(
        'array.pack-padding',
        `requires a 'padding': tiles of ${tileOf(tiling, partial)} may not fill dimension ${partial} of ${from}`,
      );
      return;
    }
    expectResult(op, op.context.tensor(packedShape(tiling, from.shape), from.element));
  },
  patterns: [
    definePattern({
      name: 'pack-of-unpack',
      equation: 'pack<t>(unpack<t>(x)) == x  where tiles are whole',
      root: 'array.pack',
      rewrite(op, rewriter) {
        const inner = op.operand(0).definingOp;
        if (!inner || !UnpackOp.is(inner) || inner.operand(0).type !== op.result(0).type) return false;
        if (!LISTS.every((name) => inner.attr(name) === op.attr(name))) return false;
        const tiling = tilingOf(op);
        const { shape } = tensorType(op.operand(0));
        const whole = tiling.dims.every((d) => shape[d] === DYNAMIC || shape[d]! % tileOf(tiling, d) === 0);
        if (!whole) return false;
        rewriter.replaceOp(op, [inner.operand(0)]);
        return true;
      },
    }),
  ],
});

export const UnpackOp = defineOp({
  name: 'array.unpack',
  summary: 'A tensor from its tiles',
  description: `The inverse of array.pack: element (o * tile + i) of a tiled dimension is element i of tile o. A static size of the result may leave the end
of the last tile out; a dynamic one has whole tiles.`,
  example: `func.func @f(%x: tensor<3x3x4x2xf32>) -> tensor<10x6xf32> {
  %0 = array.unpack %x inner_dims_pos = [0, 1] inner_tiles = [4, 2] : tensor<3x3x4x2xf32> to tensor<10x6xf32>
  return %0 : tensor<10x6xf32>
}`,
  operands: { operand: ScalarTensor },
  results: { result: ScalarTensor },
  attributes: {
    inner_dims_pos: attr.i64Array,
    inner_tiles: attr.i64Array,
    outer_dims_perm: permAttribute,
  },
  traits: [Pure],
  interfaces: [
    OpPattern.implement({ pattern: () => OpPatternKind.opaque }),
    OpCost.implement({ pointCost: () => FREE }),
    ShapeRules.implement({
      size(op, _, dim): SizeRule {
        const tiling = tilingOf(op);
        const size = AffineExpr.dim(0).mul(tileOf(tiling, dim));
        return { of: [{ operand: 0, dim: tiling.outer.indexOf(dim) }], map: op.context.affineMap(1, 0, [size]) };
      },
    }),
    interpretUnpack,
  ],
  assembly: { canPrint: fitsDefinition, parse: parseTiled, print: printTiled },
  verify(op) {
    const [from, to] = [tensorType(op.operand(0)), tensorType(op.result(0))];
    if (!expectElement(op, to, from.element, 'a result') || !verifyTiling(op, to)) return;
    const expected = op.context.tensor(packedShape(tilingOf(op), to.shape), to.element);
    if (from !== expected)
      op.emitError('array.operand-types', `requires an operand of type ${expected} for a result ${to}, got ${from}`);
  },
  patterns: [
    definePattern({
      name: 'unpack-of-pack',
      equation: 'unpack<t>(pack<t>(x)) == x',
      root: 'array.unpack',
      rewrite(op, rewriter) {
        const inner = op.operand(0).definingOp;
        if (!inner || !PackOp.is(inner) || inner.operand(0).type !== op.result(0).type) return false;
        if (!LISTS.every((name) => inner.attr(name) === op.attr(name))) return false;
        // Whole tiles of a dynamic dimension may be more than there was.
        const tiling = tilingOf(op);
        if (tiling.dims.some((d) => tensorType(op.result(0)).shape[d] === DYNAMIC)) return false;
        rewriter.replaceOp(op, [inner.operand(0)]);
        return true;
      },
    }),
  ],
});

function verifyTiling(op: Operation, plain: TensorType): boolean {
  const list = (name: string): readonly number[] => {
    const value = op.attr(name);
    return value === undefined ? [] : attr.i64Array.read(value);
  };
  const [dims, tiles, perm] = LISTS.map(list) as [readonly number[], readonly number[], readonly number[]];
  if (!verifyDims(op, 'inner_dims_pos', dims, plain.rank, `the plain tensor ${plain}`)) return false;
  const small = tiles.find((t) => t < 1);
  if (tiles.length !== dims.length || small !== undefined) {
    op.emitError(
      'array.pack-tiles',
      `requires one tile of at least 1 for each of ${dims.length} tiled dimensions, got [${tiles.join(', ')}]`,
    );
    return false;
  }
  if (perm.length === 0) return true;
  if (!verifyDims(op, 'outer_dims_perm', perm, plain.rank, `the plain tensor ${plain}`)) return false;
  if (perm.length === plain.rank) return true;
  op.emitError('array.dimension-count', `requires 'outer_dims_perm' to name all dimensions of ${plain}`);
  return false;
}

function parseTiled(parser: AsmParser, state: OperationState): void {
  const operand = parser.operand();
  parseNamedList(parser, state, 'inner_dims_pos', 'inner_dims_pos');
  parseNamedList(parser, state, 'inner_tiles', 'inner_tiles');
  if (parser.optionalKeyword('outer_dims_perm')) {
    parser.punctuation('=');
    const { context } = parser;
    state.attributes.set('outer_dims_perm', context.denseArray(context.i64, parseIntegerList(parser)));
  }
  if (parser.optionalKeyword('padding')) state.attributes.set('padding', parseTypedScalar(parser));
  parser.optionalAttrDict(state.attributes);
  const { from, to } = parseFromTo(parser);
  state.operands.push(parser.resolve(operand, from));
  state.resultTypes.push(to);
}

function printTiled(printer: AsmPrinter, op: Operation): void {
  printer.space();
  printer.value(op.operand(0));
  for (const name of LISTS) {
    const value = op.attr(name);
    if (value !== undefined) printNamedList(printer, name, attr.i64Array.read(value));
  }
  const padding: Attribute | undefined = op.attr('padding');
  if (padding !== undefined && PackOp.is(op)) {
    printer.text(' padding ');
    printTypedScalar(printer, padding);
  }
  printer.attrDict(op, [...LISTS, 'padding']);
  printFromTo(printer, op);
}
