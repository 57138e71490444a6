// Which adjacent dimensions of the values in a piece of a program can be one. A pair of dimensions of one value is tied to a pair of
// another where an op maps the two onto each other; a class of tied pairs can merge when no op treats the two
// dimensions of any of them differently.
import {
  BroadcastOp,
  bodyOps,
  ConstantOp,
  DimOp,
  DotGeneralOp,
  dotDimensions,
  FullOp,
  IotaOp,
  PadOp,
  ReduceOp,
  SliceOp,
  TransposeOp,
} from '@budflow/dialect-array';
import { DYNAMIC, type Operation, OpPattern, OpPatternKind, TensorType, type Value } from '@budflow/ir';
import { isInlineConstant } from '../fusion/group.js';

function shapeOf(value: Value): readonly number[] {
  return value.type instanceof TensorType ? value.type.shape : [];
}

/** Dimensions i and i + 1 of a value. */
interface Pair {
  parent: Pair | undefined;
  apart: boolean;
}

/** A tensor of a product, and its dimensions that stay with the next one as far as the product is concerned. */
interface Side {
  readonly value: Value;
  readonly together: Set<number>;
}

export class MergeableDims {
  private readonly pairs = new Map<Value, Pair[]>();

  static ofFusion(fusion: Operation): MergeableDims {
    return new MergeableDims(bodyOps(fusion), fusion.region(0).entry.arguments);
  }

  /** Ops in the order of their uses, and the values that come from elsewhere. */
  constructor(ops: readonly Operation[], outside: readonly Value[]) {
    for (const value of [...outside, ...ops.flatMap((op) => op.results)])
      this.pairs.set(
        value,
        shapeOf(value)
          .slice(1)
          .map(() => ({ parent: undefined, apart: false })),
      );
    // Nothing tells the sizes behind a product of zero.
    for (const value of this.pairs.keys()) if (shapeOf(value).includes(0)) this.splitAll(value);
    for (const op of ops) this.visit(op);
  }

  /** The dimensions of a value in runs that can be one dimension each. */
  groups(value: Value): number[][] {
    const groups: number[][] = shapeOf(value).length > 0 ? [[0]] : [];
    (this.pairs.get(value) ?? []).forEach((pair, i) => {
      if (find(pair).apart) groups.push([i + 1]);
      else groups[groups.length - 1]!.push(i + 1);
    });
    return groups;
  }

  private split(value: Value, i: number): void {
    const pair = this.pairs.get(value)?.[i];
    if (pair) find(pair).apart = true;
  }
  private splitAll(value: Value): void {
    for (let i = 0; i + 1 < shapeOf(value).length; i++) this.split(value, i);
  }
  private tie(a: Value, i: number, b: Value, j: number): void {
    const [x, y] = [this.pairs.get(a)?.[i], this.pairs.get(b)?.[j]];
    if (!x || !y) return;
    const [p, q] = [find(x), find(y)];
    if (p === q) return;
    q.parent = p;
    p.apart ||= q.apart;
  }

  private visit(op: Operation): void {
    if (isInlineConstant(op)) return;
    if (ReduceOp.is(op)) this.reduce(op);
    else if (BroadcastOp.is(op)) this.broadcast(op);
    else if (TransposeOp.is(op)) this.transpose(op);
    else if (SliceOp.is(op)) this.slice(op);
    else if (PadOp.is(op)) this.pad(op);
    else if (DotGeneralOp.is(op)) this.product(op);
    else if (FullOp.is(op) || IotaOp.is(op)) this.create(op);
    else if (DimOp.is(op)) {
      const dim = DimOp.dimension(op);
      this.split(op.operand(0), dim - 1);
      this.split(op.operand(0), dim);
    } else if (
      !ConstantOp.is(op) &&
      OpPattern.of(op)?.pattern(op) === OpPatternKind.elementwise &&
      op.resultCount === 1
    ) {
      for (const operand of op.operands)
        for (let i = 0; i + 1 < shapeOf(operand).length; i++) this.tie(operand, i, op.result(0), i);
    } else for (const value of [...op.operands, ...op.results]) this.splitAll(value);
  }

  private reduce(op: Operation): void {
    const dims = ReduceOp.dims(op);
    ReduceOp.inputs(op).forEach((input, n) => {
      let kept = 0;
      shapeOf(input).forEach((_, d) => {
        const [reduced, next] = [dims.includes(d), dims.includes(d + 1)];
        if (d + 1 < shapeOf(input).length) {
          if (reduced !== next) this.split(input, d);
          else if (!reduced) this.tie(input, d, op.result(n), kept);
          // All inputs have one shape.
          this.tie(input, d, op.operand(0), d);
        }
        if (!reduced) kept++;
      });
      // Dimensions of the result that were apart in the input.
      const source = shapeOf(input).flatMap((_, d) => (dims.includes(d) ? [] : [d]));
      source.forEach((d, r) => {
        if (r > 0 && source[r - 1] !== d - 1) this.split(op.result(n), r - 1);
      });
    });
  }

  private broadcast(op: Operation): void {
    const [from, to] = [op.operand(0), op.result(0)];
    const dims = BroadcastOp.dims(op);
    const [small, large] = [shapeOf(from), shapeOf(to)];
    const repeated = (r: number) => !dims.includes(r) || (small[dims.indexOf(r)] === 1 && large[r] !== 1);
    for (let r = 0; r + 1 < large.length; r++) {
      const [i, j] = [dims.indexOf(r), dims.indexOf(r + 1)];
      if (i < 0 && j < 0) {
        if (large[r] === DYNAMIC || large[r + 1] === DYNAMIC) this.split(to, r);
      } else if (i >= 0 && j === i + 1 && !repeated(r) && !repeated(r + 1)) this.tie(from, i, to, r);
      else this.split(to, r);
    }
    for (let i = 0; i + 1 < small.length; i++)
      if (dims[i + 1] !== dims[i]! + 1 || repeated(dims[i]!) || repeated(dims[i + 1]!)) this.split(from, i);
  }

  private transpose(op: Operation): void {
    const perm = TransposeOp.perm(op);
    const rank = perm.length;
    const tied = new Set<number>();
    for (let r = 0; r + 1 < rank; r++) {
      if (perm[r + 1] === perm[r]! + 1) {
        this.tie(op.operand(0), perm[r]!, op.result(0), r);
        tied.add(perm[r]!);
      } else this.split(op.result(0), r);
    }
    for (let i = 0; i + 1 < rank; i++) if (!tied.has(i)) this.split(op.operand(0), i);
  }

  /** What is cut or padded at dimension `d` needs to know how many elements one of its rows has. */
  private splitBeforeDynamic(value: Value, d: number): void {
    const dynamic = shapeOf(value).indexOf(DYNAMIC, d + 1);
    if (dynamic > 0) this.split(value, dynamic - 1);
  }

  /** A range of rows is one range of elements. */
  private slice(op: Operation): void {
    const shape = shapeOf(op.operand(0));
    const [starts, limits, strides] = [SliceOp.starts(op), SliceOp.limits(op), SliceOp.strides(op)];
    const whole = (d: number) => starts[d] === 0 && strides[d] === 1 && limits[d] === shape[d];
    for (let d = 0; d + 1 < shape.length; d++) {
      this.tie(op.operand(0), d, op.result(0), d);
      const rows = shape[d] !== DYNAMIC && strides[d] === 1 && shape[d + 1] !== DYNAMIC;
      if (!whole(d + 1) || !(whole(d) || rows)) this.split(op.operand(0), d);
      if (!whole(d)) this.splitBeforeDynamic(op.operand(0), d);
    }
  }

  private pad(op: Operation): void {
    const shape = shapeOf(op.operand(0));
    const padded = (d: number) => PadOp.low(op)[d] !== 0 || PadOp.high(op)[d] !== 0;
    for (let d = 0; d + 1 < shape.length; d++) {
      this.tie(op.operand(0), d, op.result(0), d);
      if (padded(d + 1)) this.split(op.operand(0), d);
      if (padded(d)) this.splitBeforeDynamic(op.operand(0), d);
    }
  }

  /** Batch, free or contracted dimensions that follow each other in all tensors that have them. */
  private product(op: Operation): void {
    const { lhsBatch, rhsBatch, lhsContract, rhsContract, lhsFree, rhsFree } = dotDimensions(op);
    const [lhs, rhs, result] = [op.operand(0), op.operand(1), op.result(0)];
    const free = lhsBatch.length + lhsFree.length;
    const places = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);
    const sides = [lhs, rhs, result].map((value) => ({ value, together: new Set<number>() }));
    const [l, r, out] = sides as [Side, Side, Side];
    const join = (...lists: readonly (readonly [Side, readonly number[]])[]): void => {
      const [[first, dims]] = lists as [readonly [Side, readonly number[]]];
      for (let i = 0; i + 1 < dims.length; i++) {
        if (lists.some(([, list]) => list[i + 1] !== list[i]! + 1)) continue;
        for (const [side, list] of lists) {
          this.tie(first.value, dims[i]!, side.value, list[i]!);
          side.together.add(list[i]!);
        }
      }
    };
    join([out, places(0, lhsBatch.length)], [l, lhsBatch], [r, rhsBatch]);
    join([out, places(lhsBatch.length, lhsFree.length)], [l, lhsFree]);
    join([out, places(free, rhsFree.length)], [r, rhsFree]);
    join([l, lhsContract], [r, rhsContract]);
    for (const { value, together } of sides)
      for (let i = 0; i + 1 < shapeOf(value).length; i++) if (!together.has(i)) this.split(value, i);
  }

  private create(op: Operation): void {
    const shape = shapeOf(op.result(0));
    for (let d = 0; d + 1 < shape.length; d++) {
      const counts = IotaOp.is(op) && (IotaOp.dim(op) === d || IotaOp.dim(op) === d + 1);
      if (counts || shape[d] === DYNAMIC || shape[d + 1] === DYNAMIC) this.split(op.result(0), d);
    }
  }
}

function find(pair: Pair): Pair {
  let root = pair;
  while (root.parent) root = root.parent;
  return root;
}
