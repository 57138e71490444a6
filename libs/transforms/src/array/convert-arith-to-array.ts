// convert-arith-to-array: elementwise arith and math ops on tensors become ops of the array dialect.
//
//   %0 = arith.mulf %x, %y : tensor<4x?xf32>                  %0 = array.mul %x, %y : tensor<4x?xf32>
//   %1 = arith.cmpf ult, %0, %z : tensor<4x?xf32>      ->     %2 = array.cmp ge, %0, %z : tensor<4x?xf32>
//                                                             %1 = array.not %2 : tensor<4x?xi1>
//
// Requires nothing. Preserves nothing when it changes something. Results are the same bits (NaN aside); where arith leaves a
// case undefined, the array op's choice stands. Unsigned arithmetic goes by way of ui types. What has no exact
// counterpart stays, with a remark that says why. As MLIR's convert-elementwise-to-linalg, in this compiler's terms.
import { type Operation, TensorType, UnrankedTensorType, type Value } from '@budflow/ir';
import { definePass } from '@budflow/pass';
import { applyPartialConversion, type ConversionPattern, ConversionTarget } from '@budflow/rewrite';
import { ArrayBuilder, RULES } from './arith-conversion/rules.js';

export const convertArithToArray = definePass({
  name: 'convert-arith-to-array',
  summary: 'turn elementwise arith and math ops on tensors into array ops',
  description: `Arithmetic, comparisons (with the exact treatment of NaN of every predicate), selection, conversions and constants
on ranked tensors become ops of the array dialect, on which fusion and lowering work. Ops without an exact counterpart stay.`,
  options: {
    strict: { type: 'boolean', default: false, description: 'An op that has no counterpart is an error.' },
  },
  dependentDialects: ['array'],
  statistics: { converted: 'ops converted', kept: 'ops on tensors that have no counterpart' },
  run(root, pass) {
    const kept = new Map<Operation, string>();
    root.walk((op) => {
      const reason = op === root ? undefined : refusal(op);
      if (reason !== undefined && worksOnTensors(op)) kept.set(op, reason);
    });
    const target = new ConversionTarget().legalDialect('array').dynamicallyLegalDialect(['arith', 'math'], (op) => {
      if (!worksOnTensors(op)) return true;
      const reason = refusal(op);
      if (reason !== undefined) return pass.options.strict ? reason : true;
      return 'it works on tensors, which is for the array dialect';
    });
    const result = applyPartialConversion(root, target, PATTERNS, { fold: false });
    if (!result.succeeded) {
      pass.signalFailure();
      return;
    }
    let converted = 0;
    for (const n of result.hits.values()) converted += n;
    pass.statistic('converted', converted);
    pass.statistic('kept', kept.size);
    for (const [op, reason] of kept)
      pass.remark({ kind: 'missed', name: 'no-counterpart', message: `'${op.name}' stays: ${reason}`, at: op });
    if (!result.changed) pass.unchanged();
  },
});

function worksOnTensors(op: Operation): boolean {
  return (
    (op.info.dialect === 'arith' || op.info.dialect === 'math') &&
    (op.results.some(isTensor) || op.operands.some(isTensor))
  );
}
function isTensor(value: Value): boolean {
  return value.type instanceof TensorType || value.type instanceof UnrankedTensorType;
}

/** Why an op on tensors has no exact counterpart; undefined when it has one. */
function refusal(op: Operation): string | undefined {
  const rule = RULES[op.name];
  if (rule === undefined) return 'the array dialect has no counterpart';
  const values = [...op.operands, ...op.results];
  if (values.some((v) => v.type instanceof UnrankedTensorType)) return 'its tensors have no known rank';
  const shapes = values.flatMap((v) => (v.type instanceof TensorType ? [v.type] : []));
  const [first] = shapes;
  const other = shapes.find((t) => t.encoding !== first!.encoding || t.shape.join() !== first!.shape.join());
  if (other !== undefined) return `its tensors ${first} and ${other} have different shapes`;
  return rule.refuses?.(op);
}

const PATTERNS: readonly ConversionPattern[] = Object.entries(RULES).map(([root, rule]) => ({
  name: `${root.replace('.', '-').replaceAll('_', '-')}-to-array`,
  equation: rule.equation,
  root,
  rewrite(op, _, rewriter) {
    const reason = refusal(op);
    if (reason !== undefined) return rewriter.notifyMatchFailure(op, reason);
    rewriter.replaceOp(op, [rule.build(op, new ArrayBuilder(op, rewriter))]);
    return true;
  },
}));
