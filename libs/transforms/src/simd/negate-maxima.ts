// negate-maxima: the greatest of several vectors as the negated least of their negations, where that is fewer instructions.
//
//   %p = arith.maximumf %a, %b                    %na = %a xor signs; %nb = ..; %nc = ..
//   %q = arith.maximumf %p, %c            ->      %p = arith.minimumf %na, %nb
//                                                 %m = arith.minimumf %p, %nc
//                                                 %q = %m xor signs
//
// Machines have no minimum and maximum that propagate NaN and order zeros. Of two results in either order of the operands, `or`
// makes the minimum, since a NaN stays one and -0 wins: three instructions; the maximum takes five. What is negated twice is not
// negated: in a tree, only its leaves and what leaves it are. max(a, b) == -min(-a, -b) bit by bit, but for the sign of NaN.
// Requires legal vectors; runs in front of sink-loads.
import { BitcastOp, buildBinary, ConstantOp, MaximumFOp, MinimumFOp } from '@budflow/dialect-core';
import { KernelAttrs } from '@budflow/dialect-rt';
import { type Block, Builder, ConstantLike, FloatType, type Operation, type Value, VectorType } from '@budflow/ir';
import { definePass } from '@budflow/pass';

/** Instructions of a minimum, a maximum and a negation of vectors. */
const [MINIMUM, MAXIMUM, NEGATION] = [3, 5, 1];

export const negateMaxima = definePass({
  name: 'negate-maxima',
  summary: 'the greatest of several vectors as the negated least of their negations, which is fewer instructions',
  anchor: 'func.func',
  dependentDialects: ['arith'],
  statistics: { maxima: 'maxima that became minima' },
  run(func, pass) {
    let maxima = 0;
    if (func.attr(KernelAttrs.kernel)) {
      const blocks: Block[] = [];
      func.walk((op) => {
        for (const region of op.regions) blocks.push(...region.blocks);
      });
      for (const block of blocks) for (const tree of treesOf(block)) maxima += rewrite(tree);
    }
    pass.statistic('maxima', maxima);
    if (maxima === 0) pass.unchanged();
  },
});

/** Whether it is a maximum of vectors of floats, neither of them a constant (which take one or two instructions). */
function isMaximum(op: Operation | null): op is Operation {
  if (!op || !MaximumFOp.is(op)) return false;
  const { type } = op.result();
  if (!(type instanceof VectorType) || !(type.element instanceof FloatType) || type.element.width < 32) return false;
  return op.operands.every((v) => !v.definingOp?.info.hasTrait(ConstantLike));
}

/** Maxima of a block that take each other's results, in order. */
function treesOf(block: Block): Operation[][] {
  const trees = new Map<Operation, Set<Operation>>();
  for (const op of block.ops) {
    if (!isMaximum(op)) continue;
    const tree = new Set([op]);
    for (const { definingOp } of op.operands) {
      const known = definingOp && trees.get(definingOp);
      if (!known || known.has(op)) continue;
      for (const member of known) tree.add(member);
    }
    for (const member of tree) trees.set(member, tree);
  }
  return [...new Set(trees.values())].map((tree) => block.ops.filter((op) => tree.has(op)));
}

/** Rewrites a tree when that pays; returns how many maxima became minima. */
function rewrite(tree: readonly Operation[]): number {
  const inside = new Set(tree);
  const leaves = new Set(tree.flatMap((op) => op.operands).filter((v) => !v.definingOp || !inside.has(v.definingOp)));
  const results = tree.filter((op) =>
    op
      .result()
      .users()
      .some((user) => !inside.has(user)),
  );
  const cost = NEGATION * (leaves.size + results.length) + MINIMUM * tree.length;
  if (cost >= MAXIMUM * tree.length) return 0;
  // From each value to its negation.
  const negated = new Map<Value, Value>();
  const outside = new Set(results);
  for (const op of tree) {
    const builder = Builder.before(op);
    const [lhs, rhs] = op.operands.map((v) => {
      const known = negated.get(v);
      if (known) return known;
      const made = negate(builder, op, v);
      negated.set(v, made);
      return made;
    }) as [Value, Value];
    const least = MinimumFOp.build(builder, op.loc, { lhs, rhs });
    negated.set(op.result(), least);
    if (!outside.has(op)) continue;
    const greatest = negate(builder, op, least);
    for (const user of new Set(op.result().users()))
      if (!inside.has(user))
        user.operands.forEach((v, i) => {
          if (v === op.result()) user.setOperand(i, greatest);
        });
  }
  for (const op of [...tree].reverse()) op.erase();
  return tree.length;
}

/** The value with its sign bits turned, also those of zeros and NaN. */
function negate(builder: Builder, at: Operation, value: Value): Value {
  const { context, loc } = at;
  const type = value.type as VectorType;
  const { width } = type.element as FloatType;
  const integers = context.vector(type.shape, context.integer(width));
  const bits = BitcastOp.build(builder, loc, { in: value, resultTypes: [integers] });
  const signs = ConstantOp.build(builder, loc, {
    value: context.constantAttr(integers, -(2n ** BigInt(width - 1))),
    resultTypes: [integers],
  });
  const turned = buildBinary('xor', builder, loc, bits, signs);
  return BitcastOp.build(builder, loc, { in: turned, resultTypes: [type] });
}
