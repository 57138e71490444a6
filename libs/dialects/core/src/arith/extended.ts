// Integer arithmetic with a second result: the carry or the high half.

import {
  commonShape,
  type ElementStorage,
  elementAccess,
  Interpretable,
  integerExtended,
  type Scalar,
  TensorValue,
} from '@budflow/interpreter';
import {
  AsmNames,
  allTypesMatch,
  Commutative,
  type CustomAssembly,
  defineOp,
  definePattern,
  Elementwise,
  elementTypeOf,
  type InterfaceImplementation,
  isShaped,
  Operation,
  Pure,
  type RewritePattern,
  type Type,
} from '@budflow/ir';
import { sameTypeAssembly } from '../support/assembly.js';
import { constantFoldAll } from '../support/constants.js';
import { boolLike, FixedIntegerLike, IntegerLike } from '../support/types.js';

/** Runs a scalar function of two operands and two results on scalars, vectors and tensors. */
function twoResults(kind: 'addui' | 'mulsi' | 'mului'): InterfaceImplementation {
  return Interpretable.implement({
    compile(op, c) {
      const type = op.operand(0).type;
      const f = integerExtended(kind, elementTypeOf(type));
      const [a, b] = c.operandSlots(op) as [number, number];
      const [low, high] = c.resultSlots(op) as [number, number];
      if (!isShaped(type)) {
        return (frame) => {
          const v = frame.values;
          [v[low], v[high]] = f(v[a] as number, v[b] as number);
        };
      }
      const input = elementAccess(type.element);
      const output = elementAccess(elementTypeOf(op.result(1).type));
      const run = (x: ElementStorage, y: ElementStorage, n: number): [ElementStorage, ElementStorage] => {
        const lows = input.make(n);
        const highs = output.make(n);
        for (let i = 0; i < n; i++) {
          const [l, h] = f(input.load(x, i) as number, input.load(y, i) as number);
          input.store(lows, i, l as Scalar);
          output.store(highs, i, h as Scalar);
        }
        return [lows, highs];
      };
      return (frame) => {
        const v = frame.values;
        const x = v[a];
        const y = v[b];
        if (x instanceof TensorValue && y instanceof TensorValue) {
          const shape = commonShape([x, y]);
          const [lows, highs] = run(x.data, y.data, x.data.length);
          v[low] = new TensorValue(op.result(0).type as TensorValue['type'], shape, lows);
          v[high] = new TensorValue(op.result(1).type as TensorValue['type'], shape, highs);
        } else [v[low], v[high]] = run(x as ElementStorage, y as ElementStorage, (x as ElementStorage).length);
      };
    },
  });
}

/** `%a, %b : type, type`. */
const addAssembly: CustomAssembly = {
  canPrint: (op) =>
    op.operandCount === 2 &&
    op.resultCount === 2 &&
    op.operand(1).type === op.operand(0).type &&
    op.result(0).type === op.operand(0).type,
  parse(parser, state) {
    const lhs = parser.operand();
    parser.punctuation(',');
    const rhs = parser.operand();
    parser.optionalAttrDict(state.attributes);
    parser.punctuation(':');
    const type = parser.type();
    parser.punctuation(',');
    state.resultTypes.push(type, parser.type());
    state.operands.push(parser.resolve(lhs, type), parser.resolve(rhs, type));
  },
  print(printer, op) {
    printer.space();
    printer.values(op.operands);
    printer.attrDict(op);
    printer.text(' : ');
    printer.types(op.resultTypes);
  },
};

/** `%a, %b : type` with two results of that type. */
const multiplyAssembly: CustomAssembly = {
  ...sameTypeAssembly(2),
  canPrint: (op) =>
    op.operandCount === 2 &&
    op.resultCount === 2 &&
    [op.operand(1), op.result(0), op.result(1)].every((v) => v.type === op.operand(0).type),
  parse(parser, state) {
    sameTypeAssembly(2).parse(parser, state);
    state.resultTypes.push(state.resultTypes[0]!);
  },
};

const exampleOf = (name: string, types: string): string =>
  `func.func @example(%a: i32, %b: i32) -> (${types}) {\n  %r, %s = ${name} %a, %b : ${name.startsWith('arith.add') ? types : 'i32'}\n  return %r, %s : ${types}\n}`;

/** `low, _ = extended(x, y) == plain(x, y)`: the second result is not computed when nobody reads it. */
function plainWhenLowOnly(root: string, plain: string): RewritePattern {
  return definePattern({
    name: `${root.slice('arith.'.length).replace('_', '-')}-low-only`,
    equation: `the first result of ${root.slice('arith.'.length)}(x, y) == ${plain.slice('arith.'.length)}(x, y)`,
    root,
    generates: [plain],
    rewrite(op, rewriter) {
      if (op.result(1).hasUses || !op.result(0).hasUses) return false;
      const made = Operation.create(op.context.opInfo(plain), op.loc, op.operands, [op.result(0).type]);
      rewriter.replaceAllUses(op.result(0), rewriter.insert(made).result(0));
      return true;
    },
  });
}

export const AddUIExtendedOp = defineOp({
  name: 'arith.addui_extended',
  summary: 'The wrapped sum, and whether the unsigned addition overflowed.',
  description:
    'The second result is i1, or of i1 elements, and true where the sum of the unsigned operands does not fit.',
  example: exampleOf('arith.addui_extended', 'i32, i1'),
  operands: { lhs: IntegerLike, rhs: IntegerLike },
  results: { sum: IntegerLike, overflow: FixedIntegerLike },
  traits: [Pure, Commutative, Elementwise, allTypesMatch('lhs', 'rhs', 'sum')],
  interfaces: [twoResults('addui'), AsmNames.implement({ resultName: (_op, i) => (i === 0 ? 'sum' : 'overflow') })],
  assembly: addAssembly,
  inferTypes: (context, { operands }) => [operands[0]!.type, boolLike(context, operands[0]!.type)],
  verify(op) {
    const wanted: Type = boolLike(op.context, op.operand(0).type);
    if (op.result(1).type !== wanted)
      op.emitError('arith.overflow-type', `overflow result must be ${wanted}, got ${op.result(1).type}`);
  },
  fold: constantFoldAll,
  patterns: [plainWhenLowOnly('arith.addui_extended', 'arith.addi')],
});

function wideMultiplication<const N extends string>(name: N, kind: 'mulsi' | 'mului', summary: string) {
  return defineOp({
    name,
    summary,
    description: 'Both results have the type of the operands: together they are the whole product, of twice the width.',
    example: exampleOf(name, 'i32, i32'),
    operands: { lhs: IntegerLike, rhs: IntegerLike },
    results: { low: IntegerLike, high: IntegerLike },
    traits: [Pure, Commutative, Elementwise, allTypesMatch('lhs', 'rhs', 'low', 'high')],
    interfaces: [twoResults(kind), AsmNames.implement({ resultName: (_op, i) => (i === 0 ? 'low' : 'high') })],
    assembly: multiplyAssembly,
    inferTypes: (_context, { operands }) => [operands[0]!.type, operands[0]!.type],
    fold: (op: Operation, operands) => constantFoldAll(op, operands),
    patterns: [plainWhenLowOnly(name, 'arith.muli')],
  } as const);
}

export const MulSIExtendedOp = wideMultiplication(
  'arith.mulsi_extended',
  'mulsi',
  'The low and the high half of a signed product.',
);
export const MulUIExtendedOp = wideMultiplication(
  'arith.mului_extended',
  'mului',
  'The low and the high half of an unsigned product.',
);
