// Canonicalization of integer ops. Every rule holds in wrapping arithmetic of any width; the tests check them on all
// values of small widths. Promises of no overflow are dropped: a regrouped sum may overflow where the first did not.

import { type IntegerOp, integerBinary, isBigType } from '@budflow/interpreter';
import {
  type Attribute,
  definePattern,
  elementTypeOf,
  IndexType,
  Operation,
  type RewritePattern,
  type Rewriter,
  typeOfAttribute,
  type Value,
} from '@budflow/ir';
import { constantOperand, integerOf, isInteger } from '../support/constants.js';
import { buildConstantAttr } from './constant.js';

/** `a op b` of two scalar or splat constants of one type; null for others. */
export function combineIntegers(name: IntegerOp, like: Operation, a: Attribute, b: Attribute): Attribute | null {
  const x = integerOf(a);
  const y = integerOf(b);
  const type = typeOfAttribute(a);
  if (x === null || y === null || type === null || type !== typeOfAttribute(b)) return null;
  const element = elementTypeOf(type);
  const scalar = (v: number | bigint): number | bigint =>
    isBigType(element) ? BigInt(v) : element instanceof IndexType ? Number(v) : v;
  const f = integerBinary(name, element) as (a: number | bigint, b: number | bigint) => number | bigint;
  return like.context.constantAttr(type, f(scalar(x), scalar(y)));
}

/** Replaces `op` by `name lhs, rhs`. */
function replaceByBinary(rewriter: Rewriter, op: Operation, name: string, lhs: Value, rhs: Value): true {
  const made = rewriter.insert(Operation.create(op.context.opInfo(name), op.loc, [lhs, rhs], [op.result(0).type]));
  rewriter.replaceOp(op, [made.result(0)]);
  return true;
}

/** The op that defines operand `index`, when it is an `arith` op of this name with a constant on its right. */
function innerWithConstant(
  op: Operation,
  index: number,
  name: string,
): { inner: Operation; constant: Attribute } | null {
  const inner = op.operand(index).definingOp;
  if (!inner || inner.name !== name) return null;
  const constant = constantOperand(inner.operand(1));
  return constant ? { inner, constant } : null;
}

/** `(x inner c1) outer c2 == x result (c1 fold c2)` */
function regroup(
  outer: string,
  innerName: string,
  result: string,
  fold: (op: Operation, inner: Attribute, outer: Attribute) => Attribute | null,
  name: string,
  equation: string,
): RewritePattern {
  return definePattern({
    name,
    equation,
    root: outer,
    generates: [result],
    rewrite(op, rewriter) {
      const c2 = constantOperand(op.operand(1));
      if (!c2) return false;
      const found = innerWithConstant(op, 0, innerName);
      const constant = found && fold(op, found.constant, c2);
      if (!found || !constant) return false;
      return replaceByBinary(
        rewriter,
        op,
        result,
        found.inner.operand(0),
        buildConstantAttr(rewriter, op.loc, constant),
      );
    },
  });
}

const sum = (op: Operation, a: Attribute, b: Attribute) => combineIntegers('addi', op, a, b);
const difference = (op: Operation, a: Attribute, b: Attribute) => combineIntegers('subi', op, a, b);

/** `op` whose left operand is `(c1 - x)`: gives x and c1. */
function constantMinus(op: Operation, index: number): { x: Value; constant: Attribute } | null {
  const inner = op.operand(index).definingOp;
  if (inner?.name !== 'arith.subi') return null;
  const constant = constantOperand(inner.operand(0));
  return constant ? { x: inner.operand(1), constant } : null;
}

export const addiPatterns: readonly RewritePattern[] = [
  regroup('arith.addi', 'arith.addi', 'arith.addi', sum, 'add-add-constant', '(x + c1) + c2 == x + (c1 + c2)'),
  regroup(
    'arith.addi',
    'arith.subi',
    'arith.addi',
    (op, c1, c2) => difference(op, c2, c1),
    'sub-add-constant',
    '(x - c1) + c2 == x + (c2 - c1)',
  ),
  definePattern({
    name: 'negated-add-constant',
    equation: '(c1 - x) + c2 == (c1 + c2) - x',
    root: 'arith.addi',
    generates: ['arith.subi'],
    rewrite(op, rewriter) {
      const c2 = constantOperand(op.operand(1));
      const inner = constantMinus(op, 0);
      const constant = c2 && inner && sum(op, inner.constant, c2);
      if (!inner || !constant) return false;
      return replaceByBinary(rewriter, op, 'arith.subi', buildConstantAttr(rewriter, op.loc, constant), inner.x);
    },
  }),
  definePattern({
    name: 'add-sub-same',
    equation: '(x - y) + y == x',
    root: 'arith.addi',
    rewrite(op, rewriter) {
      for (const [side, other] of [
        [0, 1],
        [1, 0],
      ] as const) {
        const inner = op.operand(side).definingOp;
        if (inner?.name === 'arith.subi' && inner.operand(1) === op.operand(other)) {
          rewriter.replaceOp(op, [inner.operand(0)]);
          return true;
        }
      }
      return false;
    },
  }),
];

export const subiPatterns: readonly RewritePattern[] = [
  regroup('arith.subi', 'arith.addi', 'arith.addi', difference, 'add-sub-constant', '(x + c1) - c2 == x + (c1 - c2)'),
  regroup('arith.subi', 'arith.subi', 'arith.subi', sum, 'sub-sub-constant', '(x - c1) - c2 == x - (c1 + c2)'),
  definePattern({
    name: 'constant-sub-add',
    equation: 'c2 - (x + c1) == (c2 - c1) - x',
    root: 'arith.subi',
    generates: ['arith.subi'],
    rewrite(op, rewriter) {
      const c2 = constantOperand(op.operand(0));
      const found = innerWithConstant(op, 1, 'arith.addi');
      const constant = c2 && found && difference(op, c2, found.constant);
      if (!found || !constant) return false;
      return replaceByBinary(
        rewriter,
        op,
        'arith.subi',
        buildConstantAttr(rewriter, op.loc, constant),
        found.inner.operand(0),
      );
    },
  }),
  definePattern({
    name: 'constant-sub-sub',
    equation: 'c2 - (c1 - x) == x + (c2 - c1)',
    root: 'arith.subi',
    generates: ['arith.addi'],
    rewrite(op, rewriter) {
      const c2 = constantOperand(op.operand(0));
      const inner = constantMinus(op, 1);
      const constant = c2 && inner && difference(op, c2, inner.constant);
      if (!inner || !constant) return false;
      return replaceByBinary(rewriter, op, 'arith.addi', inner.x, buildConstantAttr(rewriter, op.loc, constant));
    },
  }),
  definePattern({
    name: 'sum-minus-term',
    equation: '(x + y) - y == x',
    root: 'arith.subi',
    rewrite(op, rewriter) {
      const inner = op.operand(0).definingOp;
      if (inner?.name !== 'arith.addi') return false;
      for (const i of [0, 1]) {
        if (inner.operand(i) !== op.operand(1)) continue;
        rewriter.replaceOp(op, [inner.operand(1 - i)]);
        return true;
      }
      return false;
    },
  }),
];

export const muliPatterns: readonly RewritePattern[] = [
  regroup(
    'arith.muli',
    'arith.muli',
    'arith.muli',
    (op, a, b) => combineIntegers('muli', op, a, b),
    'mul-mul-constant',
    '(x * c1) * c2 == x * (c1 * c2)',
  ),
];

/** `(x op c1) op c2 == x op (c1 op c2)` for and, or, xor. */
export function bitwisePatterns(name: 'arith.andi' | 'arith.ori' | 'arith.xori'): readonly RewritePattern[] {
  const short = name.slice('arith.'.length) as IntegerOp;
  const symbol = { andi: '&', ori: '|', xori: '^' }[short as 'andi' | 'ori' | 'xori'];
  return [
    regroup(
      name,
      name,
      name,
      (op, a, b) => combineIntegers(short, op, a, b),
      `${short}-constant`,
      `(x ${symbol} c1) ${symbol} c2 == x ${symbol} (c1 ${symbol} c2)`,
    ),
  ];
}

const NEGATED_INTEGER = [1, 0, 5, 4, 3, 2, 9, 8, 7, 6]; // eq ne slt sle sgt sge ult ule ugt uge
/** Bits of a float predicate: ordered-equal 1, greater 2, less 4, unordered 8 (MLIR's numbering: false, oeq, ogt, ...). */
const ALL_OUTCOMES = 15;

export const xoriPatterns: readonly RewritePattern[] = [
  ...bitwisePatterns('arith.xori'),
  definePattern({
    name: 'not-compare',
    equation: 'not (x < y) == x >= y',
    root: 'arith.xori',
    generates: ['arith.cmpi', 'arith.cmpf'],
    rewrite(op, rewriter) {
      if (!isInteger(constantOperand(op.operand(1)), -1)) return false;
      const compare = op.operand(0).definingOp;
      if (!compare || (compare.name !== 'arith.cmpi' && compare.name !== 'arith.cmpf')) return false;
      const predicate = Number(integerOf(compare.attr('predicate')));
      const negated = compare.name === 'arith.cmpi' ? NEGATED_INTEGER[predicate]! : negatedFloat(predicate);
      const copy = compare.clone();
      copy.setAttr('predicate', op.context.i64Attr(negated));
      rewriter.replaceOp(op, [rewriter.insert(copy).result(0)]);
      return true;
    },
  }),
];

/** Outcomes (equal, greater, less, unordered) for which each float predicate holds, in MLIR's order of predicates. */
export const FLOAT_OUTCOMES = [0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 8, 15];

/** The predicate that holds exactly when the given one does not, NaN included. */
function negatedFloat(predicate: number): number {
  return FLOAT_OUTCOMES.indexOf(ALL_OUTCOMES & ~FLOAT_OUTCOMES[predicate]!);
}
