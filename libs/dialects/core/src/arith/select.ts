// arith.select.

import { type CompileContext, elementwiseStep, Interpretable, type Step, selectKernel } from '@budflow/interpreter';
import {
  AnyType,
  type Attribute,
  allTypesMatch,
  type CustomAssembly,
  DenseElementsAttr,
  defineOp,
  definePattern,
  elementTypeOf,
  InferIntRange,
  IntegerType,
  isShaped,
  Operation,
  Pure,
  type Type,
} from '@budflow/ir';
import { constantFoldAll, constantLike, constantOperand, integerOf, isInteger } from '../support/constants.js';
import { example } from '../support/example.js';
import { boolLike, elementWidth, FixedIntegerLike, isStaticLike } from '../support/types.js';
import { buildConstantAttr } from './constant.js';

/** `%c, %a, %b : type`, or `%c, %a, %b : vector<4xi1>, vector<4xf32>` when the condition is no scalar. */
const selectAssembly: CustomAssembly = {
  plain: { kind: 'select' },
  canPrint: (op) =>
    op.operandCount === 3 &&
    op.resultCount === 1 &&
    op.operand(1).type === op.result(0).type &&
    op.operand(2).type === op.result(0).type &&
    (op.operand(0).type === op.context.i1 || isShaped(op.operand(0).type)),
  parse(parser, state) {
    const operands = [parser.operand()];
    for (let i = 0; i < 2; i++) {
      parser.punctuation(',');
      operands.push(parser.operand());
    }
    parser.optionalAttrDict(state.attributes);
    parser.punctuation(':');
    let condition: Type = parser.context.i1;
    let type = parser.type();
    if (parser.optionalPunctuation(',')) {
      condition = type;
      type = parser.type();
    }
    state.operands.push(
      parser.resolve(operands[0]!, condition),
      parser.resolve(operands[1]!, type),
      parser.resolve(operands[2]!, type),
    );
    state.resultTypes.push(type);
  },
  print(printer, op) {
    printer.space();
    printer.values(op.operands);
    printer.attrDict(op);
    printer.text(' : ');
    if (op.operand(0).type !== op.context.i1) {
      printer.type(op.operand(0).type);
      printer.text(', ');
    }
    printer.type(op.result(0).type);
  },
};

/** A scalar condition chooses whole values; otherwise element by element. */
function compileSelect(op: Operation, c: CompileContext): Step {
  const [condition, a, b] = c.operandSlots(op) as [number, number, number];
  const r = c.slot(op.result(0));
  if (op.operand(0).type === op.context.i1) {
    return (frame) => {
      const v = frame.values;
      v[r] = v[condition] ? v[a]! : v[b]!;
    };
  }
  return elementwiseStep(op, c, selectKernel(elementTypeOf(op.result(0).type)));
}

export const SelectOp = defineOp({
  name: 'arith.select',
  summary: 'The second operand where the condition is true, else the third.',
  description:
    'The condition is an i1 that chooses whole values of any type, or has the shape of the vectors or tensors chosen from.',
  example: example('%c: i1, %a: f32, %b: f32', '%r = arith.select %c, %a, %b : f32', 'f32'),
  operands: { condition: FixedIntegerLike, trueValue: AnyType, falseValue: AnyType },
  results: { result: AnyType },
  traits: [Pure, allTypesMatch('trueValue', 'falseValue', 'result')],
  interfaces: [
    Interpretable.implement({ compile: compileSelect }),
    InferIntRange.implement({
      resultRanges: (_op, [condition, a, b]) => {
        if (!a || !b) return [null];
        const chosen = condition?.single ?? null;
        return [chosen === null ? a.union(b) : chosen === 0n ? b : a];
      },
    }),
  ],
  assembly: selectAssembly,
  inferTypes: (_context, { operands }) => [operands[1]!.type],
  verifyReads: 'signature',
  verify(op) {
    const condition = op.operand(0).type;
    if (condition === op.context.i1) return;
    const wanted = boolLike(op.context, op.result(0).type);
    if (condition !== wanted)
      op.emitError('arith.select-condition', `condition must be i1 or ${wanted}, got ${condition}`);
  },
  fold(op, operands) {
    const [condition, yes, no] = operands as [Attribute | null, Attribute | null, Attribute | null];
    if (isInteger(condition, -1)) return op.operand(1); // select(true, x, y) == x
    if (isInteger(condition, 0)) return op.operand(2); // select(false, x, y) == y
    if (op.operand(1) === op.operand(2)) return op.operand(1); // select(c, x, x) == x
    // select(c, true, false) == c
    if (op.operand(0).type === op.result(0).type && isInteger(yes, -1) && isInteger(no, 0)) return op.operand(0);
    if (yes !== null && yes === no) return yes;
    // select(x == y, x, y) == y, select(x != y, x, y) == x, for integers
    const compare = op.operand(0).definingOp;
    if (compare?.name === 'arith.cmpi') {
      const predicate = Number(integerOf(compare.attr('predicate')));
      const [x, y] = [compare.operand(0), compare.operand(1)];
      const same = (x === op.operand(1) && y === op.operand(2)) || (y === op.operand(1) && x === op.operand(2));
      if (same && predicate <= 1) return predicate === 0 ? op.operand(2) : op.operand(1);
    }
    return condition instanceof DenseElementsAttr ? constantFoldAll(op, operands) : null;
  },
  patterns: [
    definePattern({
      name: 'select-not',
      equation: 'select(not c, x, y) == select(c, y, x)',
      root: 'arith.select',
      rewrite(op, rewriter) {
        const not = op.operand(0).definingOp;
        if (not?.name !== 'arith.xori' || !isInteger(constantOperand(not.operand(1)), -1)) return false;
        rewriter.modify(op, () => {
          const [x, y] = [op.operand(1), op.operand(2)];
          op.setOperand(0, not.operand(0));
          op.setOperand(1, y);
          op.setOperand(2, x);
        });
        return true;
      },
    }),
    definePattern({
      name: 'select-is-not',
      equation: 'select(c, false, true) == not c',
      root: 'arith.select',
      generates: ['arith.xori'],
      rewrite(op, rewriter) {
        if (op.operand(0).type !== op.result(0).type) return false;
        if (!isInteger(constantOperand(op.operand(1)), 0) || !isInteger(constantOperand(op.operand(2)), -1))
          return false;
        const not = Operation.create(
          op.context.opInfo('arith.xori'),
          op.loc,
          [op.operand(0), op.operand(2)],
          op.resultTypes,
        );
        rewriter.replaceOp(op, [rewriter.insert(not).result(0)]);
        return true;
      },
    }),
    definePattern({
      name: 'select-of-condition',
      equation: 'select(c, c, x) == select(c, true, x);  select(c, x, c) == select(c, x, false)',
      root: 'arith.select',
      generates: ['arith.constant'],
      rewrite(op, rewriter) {
        const condition = op.operand(0);
        const at = op.operand(1) === condition ? 1 : op.operand(2) === condition ? 2 : 0;
        if (at === 0 || !isStaticLike(op.result(0).type)) return false;
        const known = buildConstantAttr(rewriter, op.loc, constantLike(op, at === 1 ? 1 : 0));
        rewriter.modify(op, () => op.setOperand(at, known));
        return true;
      },
    }),
    definePattern({
      name: 'select-is-extension',
      equation: 'select(c, 1, 0) == extui c;  select(c, -1, 0) == extsi c',
      root: 'arith.select',
      generates: ['arith.extui', 'arith.extsi'],
      rewrite(op, rewriter) {
        const type = op.result(0).type;
        if (!(elementTypeOf(type) instanceof IntegerType) || elementWidth(type) === 1) return false;
        if (op.operand(0).type !== boolLike(op.context, type)) return false;
        const yes = constantOperand(op.operand(1));
        if (!isInteger(constantOperand(op.operand(2)), 0)) return false;
        const name = isInteger(yes, 1) ? 'arith.extui' : isInteger(yes, -1) ? 'arith.extsi' : null;
        if (name === null || !FixedIntegerLike.check(type)) return false;
        const made = Operation.create(op.context.opInfo(name), op.loc, [op.operand(0)], [type]);
        rewriter.replaceOp(op, [rewriter.insert(made).result(0)]);
        return true;
      },
    }),
    definePattern({
      name: 'select-same-condition',
      equation: 'select(c, select(c, x, y), z) == select(c, x, z)',
      root: 'arith.select',
      rewrite(op, rewriter) {
        for (const [operand, chosen] of [
          [1, 1],
          [2, 2],
        ] as const) {
          const inner = op.operand(operand).definingOp;
          if (inner?.name !== 'arith.select' || inner.operand(0) !== op.operand(0)) continue;
          rewriter.modify(op, () => op.setOperand(operand, inner.operand(chosen)));
          return true;
        }
        return false;
      },
    }),
  ],
});
