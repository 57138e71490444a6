// Expands math functions on scalars and vectors into the straight-line arithmetic that the interpreter evaluates, so
// that compiled code gives the same bits.
//
//   %1 = math.exp %0 : vector<16xf32>   ->   %1 = arith.mulf %0, %log2e ...  (about 30 ops)
//
// Runs after vectorization and before vectors are legalised. sqrt, abs, floor, ceil, trunc, roundeven and fma are
// instructions of every target and stay; arith.remf becomes integer arithmetic. Source of the functions and their error bounds: @budflow/numerics.
import { fastmathOf } from '@budflow/dialect-core';
import { Builder, elementTypeOf, FloatType, type Operation, StringAttr } from '@budflow/ir';
import { mathFunctions } from '@budflow/numerics';
import { definePass } from '@budflow/pass';
import { expandRemainder } from './expand-remainder.js';
import { irAlgebra } from './ir-algebra.js';

/** Functions that targets have as one instruction. */
const NATIVE = new Set(['sqrt']);

export const expandMath = definePass({
  name: 'expand-math',
  summary: 'expand exp, log, tanh and their relatives, and floating-point remainders, into arithmetic',
  dependentDialects: ['arith', 'math'],
  statistics: { expanded: 'math ops replaced by their expansion' },
  run(root, pass) {
    root.walk((op) => {
      if (op.name === 'arith.remf' ? expandRemainder(op) : op.info.dialect === 'math' && expand(op))
        pass.statistic('expanded');
    });
  },
});

function expand(op: Operation): boolean {
  const name = op.name.slice('math.'.length);
  if (NATIVE.has(name) || !Object.hasOwn(mathFunctions, name)) return false;
  const { type } = op.result();
  const element = elementTypeOf(type);
  if (!(element instanceof FloatType) || (element.name !== 'f32' && element.name !== 'f64')) return false;
  const expansion = mathFunctions[name]?.formats[element.name];
  if (!expansion) return false;
  const algebra = irAlgebra(Builder.before(op), op.loc, type, element.name, {
    fastmath: fastmathOf(op),
    contract: contractOf(op),
  });
  op.result().replaceAllUsesWith(expansion(algebra, op.operand(0)));
  op.erase();
  return true;
}

function contractOf(op: Operation): 'exact' | 'relaxed' | undefined {
  const contract = op.attr('contract');
  return contract instanceof StringAttr ? (contract.value as 'exact' | 'relaxed') : undefined;
}
