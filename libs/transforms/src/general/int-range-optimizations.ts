// int-range-optimizations: what the ranges of integers decide. A value with one possible value becomes a constant
// (comparisons among them), and ops that do nothing to the values they can get go away.
//
//   loop.for %i = 0 to 8 {                               loop.for %i = 0 to 8 {
//     %0 = arith.cmpi slt, %i, %c8 : index        ->       ... %true ...
//     %1 = arith.remui %i, %c16 : index                    ... %i ... }
//
// Requires nothing. Preserves nothing when it changes something. Follows MLIR's int-range-optimizations.
import {
  ConstantPropagation,
  DataFlowSolver,
  DeadCodeAnalysis,
  IntegerRangeAnalysis,
  isExecutable,
} from '@budflow/analysis';
import { isStaticLike } from '@budflow/dialect-core';
import { ConstantLike, type IntegerRange, isMemoryEffectFree, type Operation, Rewriter, type Value } from '@budflow/ir';
import { definePass } from '@budflow/pass';
import { ConstantPool, isDead } from '@budflow/rewrite';

/** Ops that return one of their operands on some ranges: which one, or null. */
interface RangeRule {
  readonly name: string;
  readonly equation: string;
  readonly ops: readonly string[];
  replacement(op: Operation, a: IntegerRange, b: IntegerRange): 0 | 1 | null;
}

/** The rules, each proved by the tests on all ranges of small widths. */
export const RANGE_RULES: readonly RangeRule[] = [
  {
    name: 'remainder-of-smaller',
    equation: 'x remu y == x, when x <u y',
    ops: ['arith.remui'],
    replacement: (_, a, b) => (a.umax < b.umin ? 0 : null),
  },
  {
    name: 'signed-remainder-of-smaller',
    equation: 'x rems y == x, when |x| < |y|',
    ops: ['arith.remsi'],
    replacement(_, a, b) {
      const least = b.smin > 0n ? b.smin : b.smax < 0n ? -b.smax : 0n;
      return -least < a.smin && a.smax < least ? 0 : null;
    },
  },
  {
    name: 'mask-of-smaller',
    equation: 'x & (2^n - 1) == x, when x <u 2^n',
    ops: ['arith.andi'],
    replacement(_, a, b) {
      const mask = b.umin === b.umax ? b.umin : 0n;
      return mask > 0n && (mask & (mask + 1n)) === 0n && a.umax <= mask ? 0 : null;
    },
  },
  {
    name: 'decided-signed-maximum',
    equation: 'maxsi(x, y) == x, when x >= y',
    ops: ['arith.maxsi'],
    replacement: (_, a, b) => (a.smin >= b.smax ? 0 : b.smin >= a.smax ? 1 : null),
  },
  {
    name: 'decided-unsigned-maximum',
    equation: 'maxui(x, y) == x, when x >=u y',
    ops: ['arith.maxui'],
    replacement: (_, a, b) => (a.umin >= b.umax ? 0 : b.umin >= a.umax ? 1 : null),
  },
  {
    name: 'decided-signed-minimum',
    equation: 'minsi(x, y) == x, when x <= y',
    ops: ['arith.minsi'],
    replacement: (_, a, b) => (a.smax <= b.smin ? 0 : b.smax <= a.smin ? 1 : null),
  },
  {
    name: 'decided-unsigned-minimum',
    equation: 'minui(x, y) == x, when x <=u y',
    ops: ['arith.minui'],
    replacement: (_, a, b) => (a.umax <= b.umin ? 0 : b.umax <= a.umin ? 1 : null),
  },
];

const RULES_BY_OP = new Map<string, RangeRule[]>();
for (const rule of RANGE_RULES)
  for (const name of rule.ops) RULES_BY_OP.set(name, [...(RULES_BY_OP.get(name) ?? []), rule]);

export const intRangeOptimizations = definePass({
  name: 'int-range-optimizations',
  summary: 'fold what the ranges of integers decide',
  statistics: {
    'num-constants': 'Values with one possible value replaced by it',
    'num-simplified': 'Ops replaced by an operand',
  },
  run(root, { statistic, remark, unchanged }) {
    const solver = new DataFlowSolver();
    solver.load((s) => new DeadCodeAnalysis(s));
    solver.load((s) => new ConstantPropagation(s));
    const ranges = solver.load((s) => new IntegerRangeAnalysis(s));
    solver.run(root);

    const pool = new ConstantPool(root);
    const rewriter = new Rewriter(root.context);
    let constants = 0;
    let simplified = 0;
    const toConstant = (value: Value, user: Operation) => {
      if (!value.hasUses || !isStaticLike(value.type)) return;
      const range = ranges.rangeOf(value);
      const single = range?.single ?? null;
      if (range === null || single === null) return;
      const attr = root.context.constantAttr(value.type, range.width === 1 ? range.umin : single);
      const made = pool.materialize(user, user.loc, attr, value.type, rewriter);
      if (made === null) return;
      value.replaceAllUsesWith(made.result(0));
      constants++;
    };
    const simplify = (op: Operation) => {
      const rules = RULES_BY_OP.get(op.name);
      if (rules === undefined || !op.hasResultUses) return;
      const [a, b] = [ranges.rangeOf(op.operand(0)), ranges.rangeOf(op.operand(1))];
      if (a === null || b === null) return;
      for (const rule of rules) {
        const index = rule.replacement(op, a, b);
        if (index === null) continue;
        remark({ kind: 'applied', name: rule.name, message: rule.equation, at: op });
        op.result(0).replaceAllUsesWith(op.operand(index));
        simplified++;
        return;
      }
    };
    const visit = (parent: Operation) => {
      for (const region of parent.regions) {
        for (const block of region.blocks) {
          if (!isExecutable(solver, block)) continue;
          const first = block.firstOp;
          if (first !== null) for (const argument of block.arguments) toConstant(argument, first);
          for (const op of block.ops) {
            if (op.ownRegions !== null) visit(op);
            if (op.info.hasTrait(ConstantLike)) continue;
            for (const result of op.results) toConstant(result, op);
            simplify(op);
            if (op.resultCount > 0 && isMemoryEffectFree(op) && isDead(op)) op.erase();
          }
        }
      }
    };
    visit(root);
    statistic('num-constants', constants);
    statistic('num-simplified', simplified);
    if (constants + simplified === 0) unchanged();
  },
});
