// rotate-while-loops: the condition of a loop.while over tensors is computed at the end of its body, and once before.
//
//   %r = loop.while (%a = %x) : .. {            %c0 = <condition of %x>
//     %c = <condition of %a>                    %r = loop.while (%c = %c0, %a = %x) : .. {
//     loop.condition(%c) %a                       loop.condition(%c) %a
//   } do {                               ->     } do {
//   ^bb0(%b):                                   ^bb0(%b):
//     %n = <next of %b>                           %n = <next of %b>
//     loop.yield %n                               %d = <condition of %n>
//   }                                             loop.yield %d, %n }
//
// So a kernel can compute the next values and what the condition needs of them in one go, and bufferization sees one kind
// of loop. Requires nothing; instruction-fusion and bufferize come after it. Follows loop rotation in LLVM; the first region
// is copied once.
import { ConditionOp, WhileOp } from '@budflow/dialect-loop';
import { Block, Builder, type Operation, TensorType, type Value } from '@budflow/ir';
import { definePass } from '@budflow/pass';

export const rotateWhileLoops = definePass({
  name: 'rotate-while-loops',
  summary: 'compute the condition of a loop.while over tensors at the end of its body',
  anchor: 'func.func',
  statistics: { rotated: 'loops rotated' },
  run(func, pass) {
    const loops: Operation[] = [];
    func.walkPostOrder((op) => {
      if (WhileOp.is(op) && touchesTensors(op) && !isRotated(op)) loops.push(op);
    });
    for (const loop of loops) rotate(loop);
    pass.statistic('rotated', loops.length);
    if (loops.length === 0) pass.unchanged();
  },
});

function touchesTensors(op: Operation): boolean {
  let found = false;
  op.walk((inner) => {
    found ||= [...inner.operands, ...inner.results].some((v) => v.type instanceof TensorType);
  });
  return found;
}

/** Whether the first region does nothing but pass its arguments on. */
function isRotated(op: Operation): boolean {
  const before = op.region(0).entry;
  return before.firstOp === before.lastOp && before.terminator.operands.every((v) => v.owner === before);
}

function rotate(op: Operation): void {
  const before = op.region(0).entry;
  // 1. The later conditions, with what is passed along, at the end of the body.
  const yielded = op.region(1).entry.terminator;
  yielded.setOperands(copyOf(before, yielded.operands, Builder.before(yielded)));
  // 2. The first one.
  op.setOperands(copyOf(before, op.operands, Builder.before(op)));
  // 3. The first region passes on.
  const block = op.region(0).append(new Block());
  const passed = op.operands.map((v) => block.addArgument(v.type));
  const [condition, ...values] = passed;
  const builder = Builder.atEnd(op.context, block);
  ConditionOp.create(builder, before.terminator.loc, { condition: condition!, values });
  before.erase();
}

function copyOf(block: Block, args: readonly Value[], builder: Builder): Value[] {
  const mapping = new Map<Value, Value>();
  block.arguments.forEach((argument, i) => void mapping.set(argument, args[i]!));
  for (const op of block.ops) if (op !== block.terminator) builder.insert(op.clone(mapping));
  return block.terminator.operands.map((v) => mapping.get(v) ?? v);
}
