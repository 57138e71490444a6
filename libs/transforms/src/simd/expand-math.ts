// Expands math functions on scalars and vectors into the straight-line arithmetic that the interpreter evaluates, so
// that compiled code gives the same bits.
//
//   %1 = math.exp %0 : vector<16xf32>   ->   %1 = arith.mulf %0, %log2e ...  (about 30 ops)
//
// An op with the fast-math flag `afn` gets the expansion of fewer instructions, where its function has one. Runs after vectorization and before vectors are legalised. sqrt, abs, floor, ceil, trunc and roundeven are instructions
// of every target and stay; arith.remf and math.ipowi become integer arithmetic, integer divisions of vectors by powers of two
// shifts, and a multiply-add that rounds once becomes the
// arithmetic that rounds so, on targets without the instruction. Source of the functions and their error bounds:
// @budflow/numerics.
import { allowsApproximation, ExtFOp, FmaOp, fastmathOf, TruncFOp } from '@budflow/dialect-core';
import {
  Builder,
  elementTypeOf,
  FloatType,
  type Operation,
  StringAttr,
  type Type,
  type Value,
  VectorType,
} from '@budflow/ir';
import {
  binaryMathFunctions,
  fusedMultiplyAddF32,
  fusedMultiplyAddF64,
  mathExpansion,
  mathFunctions,
} from '@budflow/numerics';
import { definePass } from '@budflow/pass';
import { getTarget } from '@budflow/target';
import { expandDivision } from './expand-division.js';
import { expandIntegerPower } from './expand-power.js';
import { expandRemainder } from './expand-remainder.js';
import { irAlgebra } from './ir-algebra.js';

/** Functions that targets have as one instruction. */
const NATIVE = new Set(['sqrt']);

export const expandMath = definePass({
  name: 'expand-math',
  summary:
    'expand exp, log, tanh and their relatives, floating-point remainders, and quotients by powers of two, into arithmetic',
  options: {
    target: { type: 'string', default: 'wasm32-simd128', description: 'Name of the machine description.' },
  },
  dependentDialects: ['arith', 'math', 'loop', 'simd'],
  statistics: { expanded: 'math ops replaced by their expansion' },
  run(root, pass) {
    const hasFma = getTarget(pass.options.target).fma === 'exact';
    root.walk((op) => {
      if (expandOp(op, { hasFma })) pass.statistic('expanded');
    });
  },
});

function expandOp(op: Operation, { hasFma }: { readonly hasFma: boolean }): boolean {
  if (/^arith\.(div|rem)[su]i$/.test(op.name)) return expandDivision(op);
  if (op.name === 'arith.remf') return expandRemainder(op);
  if (op.name === 'math.ipowi') return expandIntegerPower(op);
  if (FmaOp.is(op)) return !hasFma && !FmaOp.relaxed(op) && expandFma(op);
  return op.info.dialect === 'math' && expand(op);
}

/** math.fma that rounds once, without such an instruction; f32 in f64, which the target has as well. */
function expandFma(op: Operation): boolean {
  const { type } = op.result();
  const element = elementTypeOf(type);
  if (!(element instanceof FloatType) || (element.name !== 'f32' && element.name !== 'f64')) return false;
  const builder = Builder.before(op);
  const { context } = op;
  const wide: Type = type instanceof VectorType ? context.vector(type.shape, context.f64, type.scalable) : context.f64;
  const algebra = irAlgebra(builder, op.loc, wide, 'f64', { fastmath: 0, contract: undefined });
  const [a, b, c] = op.operands as [Value, Value, Value];
  if (element.name === 'f64') op.result().replaceAllUsesWith(fusedMultiplyAddF64(algebra, a, b, c));
  else {
    const widened = (value: Value): Value => ExtFOp.build(builder, op.loc, { in: value, resultTypes: [wide] });
    const sum = fusedMultiplyAddF32(algebra, widened(a), widened(b), widened(c));
    op.result().replaceAllUsesWith(TruncFOp.build(builder, op.loc, { in: sum, resultTypes: [type] }));
  }
  op.erase();
  return true;
}

function expand(op: Operation): boolean {
  const name = op.name.slice('math.'.length);
  const { type } = op.result();
  const element = elementTypeOf(type);
  if (!(element instanceof FloatType) || (element.name !== 'f32' && element.name !== 'f64')) return false;
  const algebra = () =>
    irAlgebra(Builder.before(op), op.loc, type, element.name as 'f32' | 'f64', {
      fastmath: fastmathOf(op),
      contract: contractOf(op),
    });
  const options = { fast: allowsApproximation(op) };
  const unary = mathExpansion(mathFunctions, name, element.name, options);
  const binary = mathExpansion(binaryMathFunctions, name, element.name, options);
  if (unary && !NATIVE.has(name)) op.result().replaceAllUsesWith(unary(algebra(), op.operand(0)));
  else if (binary) op.result().replaceAllUsesWith(binary(algebra(), op.operand(0), op.operand(1)));
  else return false;
  op.erase();
  return true;
}

function contractOf(op: Operation): 'exact' | 'relaxed' | undefined {
  const contract = op.attr('contract');
  return contract instanceof StringAttr ? (contract.value as 'exact' | 'relaxed') : undefined;
}
