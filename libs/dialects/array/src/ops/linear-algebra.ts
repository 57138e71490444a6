// array.cholesky and array.triangular_solve: factors of matrices, and systems with them.
import {
  type AttrSpec,
  attr,
  defineOp,
  OpCost,
  type Operation,
  OpPattern,
  OpPatternKind,
  Pure,
  type TensorType,
  type Type,
} from '@budflow/ir';
import { dimText, fitsDefinition } from '../assembly.js';
import { interpretCholesky, interpretTriangularSolve, type SolveOptions } from '../interpret/linear-algebra.js';
import { ShapeRules, type SizeConstraint, type SizeRule, sameSize } from '../shape-rules.js';
import { tensorType } from '../structure.js';
import { expectResult, sizesAgree } from '../verify-types.js';
import { TransformTensor } from './fft.js';

/** The matrices lie in the last two dimensions and are square. */
function verifySquare(op: Operation, type: TensorType): boolean {
  const { shape, rank } = type;
  if (rank >= 2 && sizesAgree(shape[rank - 2]!, shape[rank - 1]!)) return true;
  op.emitError('array.square-matrices', `requires square matrices in the last two dimensions, got ${type}`);
  return false;
}

export const CholeskyOp = defineOp({
  name: 'array.cholesky',
  summary: 'Triangular factors of symmetric positive definite matrices',
  description: `StableHLO's cholesky of the matrices in the last two dimensions; all before them are a batch. With \`lower\` the factor L with a = L L^H,
else U with a = U^H U; only that triangle of the operand is read (of a complex diagonal the real parts), and the other one of the result holds zeros. A matrix that is not
positive definite, where a pivot is not greater than 0, gives NaN in the whole triangle. Each element subtracts its products in ascending order, then
divides by the pivot.`,
  example: `func.func @f(%x: tensor<4x?x?xf64>) -> tensor<4x?x?xf64> {
  %0 = array.cholesky %x {lower} : tensor<4x?x?xf64>
  return %0 : tensor<4x?x?xf64>
}`,
  operands: { operand: TransformTensor },
  results: { result: TransformTensor },
  attributes: { lower: attr.unit },
  traits: [Pure],
  interfaces: [
    OpPattern.implement({ pattern: () => OpPatternKind.opaque }),
    OpCost.implement({
      pointCost: (op) => ({ flops: Math.max(1, tensorType(op.operand(0)).shape.at(-1)!), expensive: true }),
    }),
    ShapeRules.implement({
      size: (op, _, dim): SizeRule => sameSize(op, 0, dim),
      constraints(op): SizeConstraint[] {
        const { rank } = tensorType(op.operand(0));
        return [{ left: { operand: 0, dim: rank - 1 }, relation: 'equal', right: { operand: 0, dim: rank - 2 } }];
      },
    }),
    interpretCholesky((op): boolean => CholeskyOp.lower(op)),
  ],
  assembly: {
    canPrint: (op) => fitsDefinition(op) && op.operand(0).type === op.result(0).type,
    parse(parser, state) {
      const operand = parser.operand();
      parser.optionalAttrDict(state.attributes);
      parser.punctuation(':');
      const type = parser.type();
      state.operands.push(parser.resolve(operand, type));
      state.resultTypes.push(type);
    },
    print(printer, op) {
      printer.space();
      printer.value(op.operand(0));
      printer.attrDict(op);
      printer.text(' : ');
      printer.type(op.result(0).type);
    },
  },
  inferTypes: (_, state): Type[] => [state.operands[0]!.type],
  verify(op) {
    const type = tensorType(op.operand(0));
    if (verifySquare(op, type)) expectResult(op, type);
  },
});

const TRANSPOSITIONS = ['none', 'transpose', 'adjoint'] as const;

export const TriangularSolveOp = defineOp({
  name: 'array.triangular_solve',
  summary: 'Solves systems of equations with triangular matrices',
  description: `StableHLO's triangular_solve: x with op(a) x = b, or with \`side = right\` x op(a) = b, for the matrices in the last two dimensions; all before them are a
batch. \`op\` is the matrix itself, its \`transpose\` or its \`adjoint\`. Only the upper triangle of a is read, with \`lower\` the lower one; with \`unit_diagonal\` the
diagonal is ones and not read. Each element subtracts its products in the order in which the unknowns become known, then divides by the
diagonal: a zero there gives infinities or NaN.`,
  example: `func.func @f(%a: tensor<?x?xf32>, %b: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %0 = array.triangular_solve %a, %b side = left op = none {lower} : tensor<?x?xf32>, tensor<?x8xf32>
  return %0 : tensor<?x8xf32>
}`,
  operands: { a: TransformTensor, b: TransformTensor },
  results: { result: TransformTensor },
  attributes: {
    side: attr.enum('left', 'right') as AttrSpec<'left' | 'right'>,
    transpose: attr.enum(...TRANSPOSITIONS) as AttrSpec<SolveOptions['transpose']>,
    lower: attr.unit,
    unit_diagonal: attr.unit,
  },
  traits: [Pure],
  interfaces: [
    OpPattern.implement({ pattern: () => OpPatternKind.opaque }),
    OpCost.implement({
      pointCost: (op) => ({ flops: Math.max(1, tensorType(op.operand(0)).shape.at(-1)!), expensive: true }),
    }),
    ShapeRules.implement({
      size: (op, _, dim): SizeRule => sameSize(op, 1, dim),
      constraints(op): SizeConstraint[] {
        const { rank } = tensorType(op.operand(1));
        const solved = TriangularSolveOp.side(op) === 'left' ? rank - 2 : rank - 1;
        return Array.from({ length: rank }, (_, dim) => ({
          left: { operand: 0, dim },
          relation: 'equal' as const,
          right: { operand: 1, dim: dim < rank - 2 ? dim : solved },
        }));
      },
    }),
    interpretTriangularSolve((op): SolveOptions => solveOptions(op)),
  ],
  assembly: {
    canPrint: (op) => fitsDefinition(op) && op.operand(1).type === op.result(0).type,
    parse(parser, state) {
      const operands = [parser.operand()];
      parser.punctuation(',');
      operands.push(parser.operand());
      for (const [word, name, choices] of [
        ['side', 'side', ['left', 'right']],
        ['op', 'transpose', TRANSPOSITIONS],
      ] as const) {
        parser.keyword(word);
        parser.punctuation('=');
        const offset = parser.offset();
        const choice = parser.optionalAnyKeyword();
        if (choice === undefined || !(choices as readonly string[]).includes(choice)) {
          parser.error(`expected ${choices.join(' or ')}`, offset);
          return;
        }
        state.attributes.set(name, parser.context.stringAttr(choice));
      }
      parser.optionalAttrDict(state.attributes);
      parser.punctuation(':');
      const types = parser.typeList();
      state.operands.push(...parser.resolveAll(operands, types));
      if (types[1]) state.resultTypes.push(types[1]);
    },
    print(printer, op) {
      printer.space();
      printer.values(op.operands);
      printer.text(` side = ${TriangularSolveOp.side(op)} op = ${TriangularSolveOp.transpose(op)}`);
      printer.attrDict(op, ['side', 'transpose']);
      printer.text(' : ');
      printer.types(op.operands.map((v) => v.type));
    },
  },
  inferTypes: (_, state): Type[] => [state.operands[1]!.type],
  verify(op) {
    const [a, b] = [tensorType(op.operand(0)), tensorType(op.operand(1))];
    if (!verifySquare(op, a)) return;
    if (a.element !== b.element) {
      op.emitError('array.element-type', `requires operands with one element type, got ${a} and ${b}`);
      return;
    }
    const n = b.shape[b.rank - (TriangularSolveOp.side(op) === 'left' ? 2 : 1)];
    const wanted = b.rank < 2 ? [] : [...b.shape.slice(0, -2), n!, n!];
    if (wanted.length !== a.rank || wanted.some((size, d) => !sizesAgree(size, a.shape[d]!))) {
      op.emitError(
        'array.solve-shapes',
        `requires matrices of shape ${b.rank < 2 ? 'n x n' : wanted.map(dimText).join(' x ')} for right-hand sides ${b}, got ${a}`,
      );
      return;
    }
    expectResult(op, b);
  },
});

export function solveOptions(op: Operation): SolveOptions {
  return {
    left: TriangularSolveOp.side(op) === 'left',
    lower: TriangularSolveOp.lower(op),
    unitDiagonal: TriangularSolveOp.unit_diagonal(op),
    transpose: TriangularSolveOp.transpose(op),
  };
}
