// Canonicalization of integer ops beyond regrouping constants: identities between an op and what makes its operands. Each
// holds for every value of every width, in wrapping arithmetic (the tests enumerate small widths), and where the first form
// traps the second may do anything. New ops carry no promises about overflow.
import type { IntegerOp } from '@budflow/interpreter';
import { type Attribute, definePattern, Operation, type RewritePattern, type Rewriter, type Value } from '@budflow/ir';
import { constantLike, constantOperand, integerOf, isInteger } from '../support/constants.js';
import { elementWidth, isStaticLike } from '../support/types.js';
import { buildConstantAttr } from './constant.js';
import { combineIntegers } from './integer-patterns.js';

function build(rewriter: Rewriter, like: Operation, name: string, operands: readonly Value[]): Value {
  const made = Operation.create(like.context.opInfo(name), like.loc, operands, [like.result(0).type]);
  return rewriter.insert(made).result(0);
}
function replace(rewriter: Rewriter, op: Operation, name: string, operands: readonly Value[]): true {
  rewriter.replaceOp(op, [build(rewriter, op, name, operands)]);
  return true;
}

/** y, when the value is `0 - y` or `y * -1`. */
function negated(value: Value): Value | null {
  const op = value.definingOp;
  if (op?.name === 'arith.subi') return isInteger(constantOperand(op.operand(0)), 0) ? op.operand(1) : null;
  if (op?.name === 'arith.muli') return isInteger(constantOperand(op.operand(1)), -1) ? op.operand(0) : null;
  return null;
}

/** y, when the value is `not y`. */
function complemented(value: Value): Value | null {
  const op = value.definingOp;
  return op?.name === 'arith.xori' && isInteger(constantOperand(op.operand(1)), -1) ? op.operand(0) : null;
}

const isMade = (value: Value, name: string): Operation | null =>
  value.definingOp?.name === name ? value.definingOp : null;

/** Both ways to read a commutative op as (this, other). */
const SIDES = [
  [0, 1],
  [1, 0],
] as const;

export const addiIdentities: readonly RewritePattern[] = [
  definePattern({
    name: 'add-negation',
    equation: 'x + (0 - y) == x - y;  x + y * -1 == x - y',
    root: 'arith.addi',
    generates: ['arith.subi'],
    rewrite(op, rewriter) {
      for (const [side, other] of SIDES) {
        const y = negated(op.operand(side));
        if (y !== null) return replace(rewriter, op, 'arith.subi', [op.operand(other), y]);
      }
      return false;
    },
  }),
];

export const subiIdentities: readonly RewritePattern[] = [
  definePattern({
    name: 'sub-negation',
    equation: 'x - (0 - y) == x + y;  x - y * -1 == x + y',
    root: 'arith.subi',
    generates: ['arith.addi'],
    rewrite(op, rewriter) {
      const y = negated(op.operand(1));
      return y === null ? false : replace(rewriter, op, 'arith.addi', [op.operand(0), y]);
    },
  }),
  definePattern({
    name: 'minus-difference',
    equation: 'x - (x - y) == y',
    root: 'arith.subi',
    rewrite(op, rewriter) {
      const inner = isMade(op.operand(1), 'arith.subi');
      if (inner === null || inner.operand(0) !== op.operand(0)) return false;
      rewriter.replaceOp(op, [inner.operand(1)]);
      return true;
    },
  }),
  definePattern({
    name: 'difference-minus-first',
    equation: '(x - y) - x == 0 - y;  x - (x + y) == 0 - y',
    root: 'arith.subi',
    generates: ['arith.subi'],
    rewrite(op, rewriter) {
      if (!isStaticLike(op.result(0).type)) return false;
      let y: Value | null = null;
      const left = isMade(op.operand(0), 'arith.subi');
      if (left !== null && left.operand(0) === op.operand(1)) y = left.operand(1);
      const right = isMade(op.operand(1), 'arith.addi');
      if (right !== null)
        for (const [side, other] of SIDES) if (right.operand(side) === op.operand(0)) y ??= right.operand(other);
      if (y === null) return false;
      return replace(rewriter, op, 'arith.subi', [buildConstantAttr(rewriter, op.loc, constantLike(op, 0)), y]);
    },
  }),
];

/** `x op (x op' y)`, with the operands of both in any order: gives the inner op and y. */
function shared(op: Operation, innerName: string): { side: 0 | 1; y: Value } | null {
  for (const [side, other] of SIDES) {
    const inner = isMade(op.operand(side), innerName);
    if (inner === null) continue;
    for (const [a, b] of SIDES) if (inner.operand(a) === op.operand(other)) return { side, y: inner.operand(b) };
  }
  return null;
}

/** `x op (x op y) == x op y` and `x op (x dual y) == x`. */
function absorption(name: string, dual: string, what: string): readonly RewritePattern[] {
  const [short, other] = [name.slice(6), dual.slice(6)];
  return [
    definePattern({
      name: `${what}-repeated`,
      equation: `${short}(x, ${short}(x, y)) == ${short}(x, y)`,
      root: name,
      rewrite(op, rewriter) {
        const found = shared(op, name);
        if (found === null) return false;
        rewriter.replaceOp(op, [op.operand(found.side)]);
        return true;
      },
    }),
    definePattern({
      name: `${what}-absorbs`,
      equation: `${short}(x, ${other}(x, y)) == x`,
      root: name,
      rewrite(op, rewriter) {
        const found = shared(op, dual);
        if (found === null) return false;
        rewriter.replaceOp(op, [op.operand(1 - found.side)]);
        return true;
      },
    }),
  ];
}

/** `x & not x == 0`, `x | not x == -1`; for exclusive or the fold of `(x ^ y) ^ y` does it. */
function withComplement(name: string, value: 0 | -1, what: string): RewritePattern {
  return definePattern({
    name: `${what}-complement`,
    equation: `${name.slice(6)}(x, not x) == ${value}`,
    root: name,
    rewrite(op, rewriter) {
      if (!isStaticLike(op.result(0).type)) return false;
      for (const [side, other] of SIDES) {
        if (complemented(op.operand(side)) !== op.operand(other)) continue;
        rewriter.replaceOp(op, [buildConstantAttr(rewriter, op.loc, constantLike(op, value))]);
        return true;
      }
      return false;
    },
  });
}

/** `ext x & ext y == ext (x & y)`: bits are combined where there are fewer of them. */
function ofExtensions(name: string, what: string): RewritePattern {
  return definePattern({
    name: `${what}-of-extensions`,
    equation: `${name.slice(6)}(ext x, ext y) == ext ${name.slice(6)}(x, y)`,
    root: name,
    generates: [name, 'arith.extsi', 'arith.extui'],
    rewrite(op, rewriter) {
      const [a, b] = [op.operand(0).definingOp, op.operand(1).definingOp];
      if (a === null || b === null || a.name !== b.name) return false;
      if (a.name !== 'arith.extui' && a.name !== 'arith.extsi') return false;
      const [x, y] = [a.operand(0), b.operand(0)];
      if (x.type !== y.type) return false;
      const narrow = Operation.create(op.context.opInfo(name), op.loc, [x, y], [x.type]);
      return replace(rewriter, op, a.name, [rewriter.insert(narrow).result(0)]);
    },
  });
}

export const andiIdentities: readonly RewritePattern[] = [
  ...absorption('arith.andi', 'arith.ori', 'and'),
  withComplement('arith.andi', 0, 'and'),
  ofExtensions('arith.andi', 'and'),
];
export const oriIdentities: readonly RewritePattern[] = [
  ...absorption('arith.ori', 'arith.andi', 'or'),
  withComplement('arith.ori', -1, 'or'),
  ofExtensions('arith.ori', 'or'),
];
export const xoriIdentities: readonly RewritePattern[] = [ofExtensions('arith.xori', 'xor')];

/** Rules of a maximum or minimum; `dual` is the other one of the same signedness. */
export function extremeIdentities(name: string, dual: string): readonly RewritePattern[] {
  const short = name.slice(6) as IntegerOp;
  return [
    definePattern({
      name: `${short}-constant`,
      equation: `${short}(${short}(x, c1), c2) == ${short}(x, ${short}(c1, c2))`,
      root: name,
      generates: [name],
      rewrite(op, rewriter) {
        const c2 = constantOperand(op.operand(1));
        const inner = isMade(op.operand(0), name);
        const c1 = inner && constantOperand(inner.operand(1));
        const constant = c1 && c2 && combineIntegers(short, op, c1, c2);
        if (!inner || !constant) return false;
        return replace(rewriter, op, name, [inner.operand(0), buildConstantAttr(rewriter, op.loc, constant)]);
      },
    }),
    ...absorption(name, dual, short),
  ];
}

/** `(x << c1) << c2 == x << (c1 + c2)`: what is shifted out altogether is zero, or the sign. */
export function shiftIdentities(name: 'arith.shli' | 'arith.shrsi' | 'arith.shrui'): readonly RewritePattern[] {
  const short = name.slice(6);
  return [
    definePattern({
      name: `${short}-${short}`,
      equation: `${short}(${short}(x, c1), c2) == ${short}(x, c1 + c2), or ${short === 'shrsi' ? `${short}(x, width - 1)` : '0'} beyond the width`,
      root: name,
      generates: [name],
      rewrite(op, rewriter) {
        const inner = isMade(op.operand(0), name);
        const c2 = shiftAmount(op);
        const c1 = inner === null ? null : shiftAmount(inner);
        if (inner === null || c1 === null || c2 === null) return false;
        const width = elementWidth(op.result(0).type);
        const total = c1 + c2;
        if (total >= width && name !== 'arith.shrsi') {
          rewriter.replaceOp(op, [buildConstantAttr(rewriter, op.loc, constantLike(op, 0))]);
          return true;
        }
        const amount = buildConstantAttr(rewriter, op.loc, constantLike(op, Math.min(total, width - 1)));
        return replace(rewriter, op, name, [inner.operand(0), amount]);
      },
    }),
  ];
}

/** The constant amount of a shift that does not trap. */
function shiftAmount(op: Operation): number | null {
  const value = integerOf(constantOperand(op.operand(1)));
  if (value === null) return null;
  const width = elementWidth(op.result(0).type);
  const amount = Number(BigInt.asUintN(width, BigInt(value)));
  return amount < width ? amount : null;
}

/** `0 << x == 0`, `0 >> x == 0`, and `-1 >> x == -1` for signs: a fold. */
export function foldShiftedConstant(op: Operation, lhs: Attribute | null): Attribute | null {
  if (isInteger(lhs, 0)) return lhs;
  return op.name === 'arith.shrsi' && isInteger(lhs, -1) ? lhs : null;
}

/** `0 / x == 0`, `0 % x == 0`: a fold. */
export function foldDividedZero(lhs: Attribute | null): Attribute | null {
  return isInteger(lhs, 0) ? lhs : null;
}

/** The least and the greatest value of the signed view. */
export function isSignedExtreme(op: Operation, constant: Attribute | null, which: 'least' | 'greatest'): boolean {
  const value = integerOf(constant);
  if (value === null) return false;
  const width = BigInt(elementWidth(op.operand(0).type));
  const half = 1n << (width - 1n);
  return BigInt.asIntN(Number(width), BigInt(value)) === (which === 'least' ? -half : half - 1n);
}
