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
  isShaped,
  type Operation,
  Pure,
  type Type,
} from '@budflow/ir';
import { constantFoldAll, constantOperand, isInteger } from '../support/constants.js';
import { example } from '../support/example.js';
import { boolLike, FixedIntegerLike } from '../support/types.js';

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
