// Canonicalization of integer comparisons. Each rule holds for all values of all widths.
import type { IntegerPredicate } from '@budflow/interpreter';
import {
  type Attribute,
  definePattern,
  elementTypeOf,
  type IntegerType,
  Operation,
  type RewritePattern,
  type Rewriter,
  typeOfAttribute,
  type Value,
} from '@budflow/ir';
import { constantLike, constantOperand, integerOf, isInteger } from '../support/constants.js';
import { elementWidth, isStaticLike } from '../support/types.js';
import { buildConstantAttr } from './constant.js';
import { isSignedExtreme } from './integer-identities.js';
import { combineIntegers } from './integer-patterns.js';

const ROOT = 'arith.cmpi';
const PREDICATES: readonly IntegerPredicate[] = ['eq', 'ne', 'slt', 'sle', 'sgt', 'sge', 'ult', 'ule', 'ugt', 'uge'];

function predicateOf(op: Operation): IntegerPredicate {
  return PREDICATES[Number(integerOf(op.attr('predicate')))]!;
}
const isEquality = (op: Operation) => predicateOf(op) === 'eq' || predicateOf(op) === 'ne';

function compare(rewriter: Rewriter, op: Operation, predicate: IntegerPredicate, lhs: Value, rhs: Value): true {
  const attributes = op.context.withAttribute(
    op.attributes,
    'predicate',
    op.context.i64Attr(PREDICATES.indexOf(predicate)),
  );
  const made = Operation.create(op.info, op.loc, [lhs, rhs], op.resultTypes, attributes);
  rewriter.replaceOp(op, [rewriter.insert(made).result(0)]);
  return true;
}

/** What a comparison with the least or greatest value of its view always is; null when it depends: a fold. */
export function foldExtremeComparison(op: Operation, rhs: Attribute | null): boolean | null {
  switch (predicateOf(op)) {
    case 'ult':
      return isInteger(rhs, 0) ? false : null;
    case 'uge':
      return isInteger(rhs, 0) ? true : null;
    case 'ugt':
      return isInteger(rhs, -1) ? false : null;
    case 'ule':
      return isInteger(rhs, -1) ? true : null;
    case 'slt':
      return isSignedExtreme(op, rhs, 'least') ? false : null;
    case 'sge':
      return isSignedExtreme(op, rhs, 'least') ? true : null;
    case 'sgt':
      return isSignedExtreme(op, rhs, 'greatest') ? false : null;
    case 'sle':
      return isSignedExtreme(op, rhs, 'greatest') ? true : null;
    default:
      return null;
  }
}

/** The extension a value is, with what it extends. */
function extension(value: Value): { name: 'arith.extsi' | 'arith.extui'; x: Value } | null {
  const op = value.definingOp;
  return op?.name === 'arith.extsi' || op?.name === 'arith.extui' ? { name: op.name, x: op.operand(0) } : null;
}

/** Extending with zeros makes signed order unsigned; extending the sign keeps both orders. */
function narrowPredicate(predicate: IntegerPredicate, name: 'arith.extsi' | 'arith.extui'): IntegerPredicate {
  return name === 'arith.extui' && predicate.startsWith('s')
    ? (`u${predicate.slice(1)}` as IntegerPredicate)
    : predicate;
}

export const compareIntegerPatterns: readonly RewritePattern[] = [
  definePattern({
    name: 'compare-extensions',
    equation: 'ext x < ext y == x < y',
    root: ROOT,
    rewrite(op, rewriter) {
      const [a, b] = [extension(op.operand(0)), extension(op.operand(1))];
      if (a === null || b === null || a.name !== b.name || a.x.type !== b.x.type) return false;
      return compare(rewriter, op, narrowPredicate(predicateOf(op), a.name), a.x, b.x);
    },
  }),
  definePattern({
    name: 'compare-extension-constant',
    equation: 'ext x < c == x < trunc c, when c is an extension too;  ext x == c == false, when it is not',
    root: ROOT,
    rewrite(op, rewriter) {
      const a = extension(op.operand(0));
      const c = constantOperand(op.operand(1));
      const value = integerOf(c);
      if (a === null || value === null || !isStaticLike(op.result(0).type)) return false;
      const width = elementWidth(a.x.type);
      const wide = elementWidth(op.operand(1).type);
      const low = BigInt.asUintN(width, BigInt(value));
      const again = a.name === 'arith.extsi' ? BigInt.asUintN(wide, BigInt.asIntN(width, low)) : low;
      if (again !== BigInt.asUintN(wide, BigInt(value))) {
        if (!isEquality(op)) return false;
        const answer = constantLike(op, predicateOf(op) === 'ne' ? 1 : 0);
        rewriter.replaceOp(op, [buildConstantAttr(rewriter, op.loc, answer)]);
        return true;
      }
      const element = elementTypeOf(a.x.type) as IntegerType;
      const scalar = width === 1 ? low : BigInt.asIntN(width, low);
      const constant = op.context.constantAttr(a.x.type, element.width > 32 ? scalar : Number(scalar));
      const narrow = buildConstantAttr(rewriter, op.loc, constant);
      return compare(rewriter, op, narrowPredicate(predicateOf(op), a.name), a.x, narrow);
    },
  }),
  definePattern({
    name: 'compare-difference-with-zero',
    equation: 'x - y == 0 == (x == y);  x ^ y == 0 == (x == y)',
    root: ROOT,
    rewrite(op, rewriter) {
      if (!isEquality(op) || !isInteger(constantOperand(op.operand(1)), 0)) return false;
      const inner = op.operand(0).definingOp;
      if (inner?.name !== 'arith.subi' && inner?.name !== 'arith.xori') return false;
      return compare(rewriter, op, predicateOf(op), inner.operand(0), inner.operand(1));
    },
  }),
  definePattern({
    name: 'compare-sum-with-constant',
    equation: 'x + c1 == c2 == (x == c2 - c1)',
    root: ROOT,
    rewrite(op, rewriter) {
      const c2 = constantOperand(op.operand(1));
      const inner = op.operand(0).definingOp;
      if (!c2 || !isEquality(op) || inner?.name !== 'arith.addi') return false;
      const c1 = constantOperand(inner.operand(1));
      if (!c1 || typeOfAttribute(c1) !== typeOfAttribute(c2)) return false;
      const constant = combineIntegers('subi', op, c2, c1);
      if (!constant) return false;
      return compare(rewriter, op, predicateOf(op), inner.operand(0), buildConstantAttr(rewriter, op.loc, constant));
    },
  }),
];
