// Passes with a bug each, and a program that all of them go wrong on.
import { type Operation, TensorType } from '@budflow/ir';
import { definePass, type PassDefinition } from '@budflow/pass';
import type { Expectation } from '../pipeline-failure.js';

export interface SeededBug {
  readonly name: string;
  readonly pass: PassDefinition;
  readonly expect: Expectation;
  /** What must be left in the reduced program. */
  readonly essential: RegExp;
}

const bug = (
  name: string,
  expect: Expectation,
  essential: RegExp,
  visit: (op: Operation, root: Operation) => void,
): SeededBug => ({
  name,
  expect,
  essential,
  pass: definePass({
    name,
    summary: 'has a bug, for tests',
    run: (root) => root.walk((op) => visit(op, root)),
  }) as unknown as PassDefinition,
});

const MISCOMPILE: Expectation = { kind: 'miscompile' };
const CRASH: Expectation = { kind: 'crash' };
const TAKEN = 7;

export const SEEDED_BUGS: readonly SeededBug[] = [
  // x - x == x
  bug('fold-sub-wrongly', MISCOMPILE, /arith\.subi/, (op) => {
    if (op.name === 'arith.subi' && op.operand(0) === op.operand(1)) op.result().replaceAllUsesWith(op.operand(0));
  }),
  bug('drop-predicate', CRASH, /arith\.cmpi/, (op) => {
    if (op.name === 'arith.cmpi') op.setAttr('predicate', null);
  }),
  bug('crash-on-shape', CRASH, /7x|x7/, (op) => {
    for (const { type } of op.results)
      if (type instanceof TensorType && type.shape.includes(TAKEN)) throw new RangeError(`cannot do ${type}`);
  }),
  // Of two loads of one place the second is taken to be the first, whatever is written in between.
  bug('cse-across-write', MISCOMPILE, /memory\.store[\s\S]*memory\.load/, (op) => {
    if (op.name !== 'memory.load') return;
    for (let before = op.previous; before; before = before.previous)
      if (before.name === op.name && before.operands.every((value, i) => value === op.operand(i))) {
        op.result().replaceAllUsesWith(before.result());
        return;
      }
  }),
  bug('move-below-use', CRASH, /arith\.muli/, (op) => {
    const user = op.name === 'arith.muli' ? op.result().users()[0] : undefined;
    if (user && user.parent === op.parent && user.name === 'arith.muli') op.moveAfter(user);
  }),
  bug('refuse-xor', { kind: 'diagnostic', pattern: /cannot handle xor of i64/ }, /arith\.xori.*i64/, (op) => {
    if (op.name === 'arith.xori' && String(op.result().type) === 'i64')
      op.emitError('test.refused', 'cannot handle xor of i64');
  }),
  // Loads go in front of the loop, though the loop writes.
  bug('hoist-load', MISCOMPILE, /loop\.for/, (op) => {
    const loop = op.parentOp;
    if (op.name === 'memory.load' && loop?.name === 'loop.for' && op.operands.every((v) => v.parentBlock !== op.parent))
      op.moveBefore(loop);
  }),
  bug('forget-else', MISCOMPILE, /else/, (op) => {
    const body = op.name === 'loop.if' ? op.regions[1] : undefined;
    if (!body || body.isEmpty) return;
    for (const inner of body.entry.ops) if (inner.name === 'memory.store') inner.erase();
  }),
  bug('crash-on-two-block-arguments', CRASH, /\^bb\d/, (op) => {
    if (op.successors.some((block) => block.arguments.length >= 2)) throw new TypeError('block has two arguments');
  }),
  bug('swap-select', MISCOMPILE, /arith\.select/, (op) => {
    const [condition, a, b] = op.operands;
    if (op.name === 'arith.select' && condition && a && b && condition.definingOp?.name === 'arith.cmpi')
      op.setOperands([condition, b, a]);
  }),
  bug('forget-abs', MISCOMPILE, /array\.abs/, (op) => {
    if (op.name === 'array.abs') op.result().replaceAllUsesWith(op.operand(0));
  }),
];

/** Every bug shows; most of the program has nothing to do with any one of them. */
export const PROGRAM = `
func.func private @helper(%a: i32, %b: i32) -> i32 {
  %c3 = arith.constant 3 : i32
  %0 = arith.muli %a, %c3 : i32
  %1 = arith.muli %0, %b : i32
  %2 = arith.addi %1, %a : i32
  return %2 : i32
}
func.func private @wide(%a: i64) -> i64 {
  %c = arith.constant 5 : i64
  %0 = arith.shli %a, %c : i64
  %1 = arith.xori %0, %a : i64
  %2 = arith.andi %1, %c : i64
  return %2 : i64
}
func.func private @blocks(%c: i1, %x: i32, %y: i32) -> i32 {
  cf.cond_br %c, ^bb1(%x, %y : i32, i32), ^bb2(%y : i32)
^bb1(%a: i32, %b: i32):
  %0 = arith.addi %a, %b : i32
  cf.br ^bb3(%0 : i32)
^bb2(%d: i32):
  %1 = arith.muli %d, %d : i32
  cf.br ^bb3(%1 : i32)
^bb3(%r: i32):
  return %r : i32
}
func.func private @arrays(%t: tensor<7x4xf32>) -> tensor<4xf32> {
  %z = array.constant dense<0.0> : tensor<f32>
  %0 = array.add %t, %t : tensor<7x4xf32>
  %1 = array.abs %0 : tensor<7x4xf32>
  %2 = array.mul %1, %0 : tensor<7x4xf32>
  %3 = array.reduce add %2 init %z dims = [0] : tensor<7x4xf32>, tensor<f32> to tensor<4xf32>
  %4 = array.neg %3 : tensor<4xf32>
  return %4 : tensor<4xf32>
}
func.func @main(%m: memref<8xi32>, %n: memref<8xi32>, %x: i32, %y: i32, %t: tensor<7x4xf32>) -> (i32, i32, i64, tensor<4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c5 = arith.constant 5 : i32
  %0 = call @helper(%x, %y) : (i32, i32) -> i32
  %1 = arith.subi %0, %0 : i32
  %2 = arith.addi %1, %c5 : i32
  %p = arith.cmpi slt, %x, %y : i32
  %s = arith.select %p, %2, %x : i32
  %l0 = memory.load %m[%c0] : memref<8xi32>
  memory.store %s, %m[%c0] : memref<8xi32>
  %l1 = memory.load %m[%c0] : memref<8xi32>
  %3 = arith.addi %l0, %l1 : i32
  loop.for %i = 0 to 8 {
    %v = memory.load %n[%c1] : memref<8xi32>
    %w = arith.addi %v, %c5 : i32
    memory.store %w, %n[%c1] : memref<8xi32>
    %ii = arith.index_cast %i : index to i32
    %q = arith.cmpi slt, %ii, %c5 : i32
    loop.if %q {
      memory.store %w, %m[%i] : memref<8xi32>
    } else {
      memory.store %c5, %m[%i] : memref<8xi32>
    }
  }
  %sum = loop.for %j = 0 to 8 iter_args(%acc = %3) -> (i32) {
    %e = memory.load %m[%j] : memref<8xi32>
    %f = arith.addi %acc, %e : i32
    loop.yield %f : i32
  }
  %b = call @blocks(%p, %sum, %2) : (i1, i32, i32) -> i32
  %xw = arith.extsi %x : i32 to i64
  %g = call @wide(%xw) : (i64) -> i64
  %r = call @arrays(%t) : (tensor<7x4xf32>) -> tensor<4xf32>
  return %b, %sum, %g, %r : i32, i32, i64, tensor<4xf32>
}
`;
