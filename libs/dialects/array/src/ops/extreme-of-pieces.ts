// Where the extreme of elements is that lie in different tensors, as `stack` puts them side by side: choices, one after the
// other, of what is never stored.
import {
  DYNAMIC,
  definePattern,
  Operation,
  type RewritePattern,
  type Rewriter,
  type TensorType,
  type Type,
  type Value,
} from '@budflow/ir';
import { isRounded } from '../element-types.js';
import { tensorType } from '../structure.js';

/** Pieces that are compared in registers. */
const MOST_PIECES = 16;

class Chooser {
  private readonly op: Operation;
  private readonly rewriter: Rewriter;
  private readonly type: TensorType;

  constructor(op: Operation, rewriter: Rewriter, type: TensorType) {
    this.op = op;
    this.rewriter = rewriter;
    this.type = type;
    rewriter.setInsertionPoint(op);
  }

  private make(
    name: string,
    operands: readonly Value[],
    type: Type,
    attributes: readonly (readonly [string, string])[] = [],
  ): Value {
    const { context, loc } = this.op;
    const all = context.dictionary(attributes.map(([key, text]) => [key, context.stringAttr(text)]));
    return this.rewriter.insert(Operation.create(context.opInfo(name), loc, operands, [type], all)).result();
  }
  private compare(predicate: string, x: Value, y: Value): Value {
    return this.make('array.cmp', [x, y], this.op.context.withElement(this.type, this.op.context.i1), [
      ['predicate', predicate],
    ]);
  }
  private logical(name: 'and' | 'or', x: Value, y: Value): Value {
    return this.make(`array.${name}`, [x, y], x.type);
  }

  select(condition: Value, x: Value, y: Value): Value {
    return this.make('array.select', [condition, x, y], x.type);
  }
  piece(value: Value): Value {
    return this.make('array.reshape', [value], this.type);
  }
  index(value: number, type: TensorType): Value {
    const { context, loc } = this.op;
    const splat = context.splat(type, (type.element as { width?: number }).width === 64 ? BigInt(value) : value);
    const attributes = context.dictionary([['value', splat]]);
    return this.rewriter
      .insert(Operation.create(context.opInfo('array.constant'), loc, [], [type], attributes))
      .result();
  }
  /** Whether x is beyond the extreme so far; NaN is beyond all but NaN. */
  isBeyond(x: Value, extreme: Value, predicate: 'lt' | 'gt'): Value {
    const beyond = this.compare(predicate, x, extreme);
    if (!isRounded(this.type.element)) return beyond;
    return this.logical(
      'or',
      beyond,
      this.logical('and', this.compare('ne', x, x), this.compare('eq', extreme, extreme)),
    );
  }
}

/** The rule for `array.argmax` or `array.argmin`. */
export function extremeOfPieces(
  name: 'array.argmin' | 'array.argmax',
  dimOf: (op: Operation) => number,
): RewritePattern {
  const predicate = name === 'array.argmax' ? 'gt' : 'lt';
  return definePattern({
    name: name === 'array.argmax' ? 'greatest-of-pieces' : 'least-of-pieces',
    equation: `${name.slice('array.'.length)} (concat x, y, ..) == select(y beyond x, 1, 0) .., for pieces of size 1`,
    root: name,
    generates: ['array.reshape', 'array.cmp', 'array.select', 'array.constant', 'array.and', 'array.or'],
    rewrite(op, rewriter) {
      const concat = op.operand(0).definingOp;
      const dim = dimOf(op);
      if (concat?.name !== 'array.concat' || concat.operandCount > MOST_PIECES) return false;
      const { shape, element, encoding } = tensorType(op.operand(0));
      const isPiece = (v: Value): boolean => tensorType(v).shape[dim] === 1;
      if (shape.includes(DYNAMIC) || encoding || shape[dim] !== concat.operandCount || !concat.operands.every(isPiece))
        return false;
      const result = tensorType(op.result(0));
      const chooser = new Chooser(op, rewriter, op.context.tensor(result.shape, element));
      let [extreme, place] = [chooser.piece(concat.operand(0)), chooser.index(0, result)];
      for (let k = 1; k < concat.operandCount; k++) {
        const piece = chooser.piece(concat.operand(k));
        const beyond = chooser.isBeyond(piece, extreme, predicate);
        place = chooser.select(beyond, chooser.index(k, result), place);
        if (k + 1 < concat.operandCount) extreme = chooser.select(beyond, piece, extreme);
      }
      rewriter.replaceOp(op, [place]);
      return true;
    },
  });
}
