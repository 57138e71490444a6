// Branches between blocks become structured loops and ifs.
//
//   ^head(%i, %a): %c = arith.cmpi slt, %i, %n                    %r = loop.for %i = %c0 to %n iter_args(%a = %x) {
//     cf.cond_br %c, ^body, ^end                                    %b = ...
//   ^body: %b = ...; %j = arith.addi %i, %c1               ->       loop.yield %b }
//     cf.br ^head(%j, %b)                                         use %r
//   ^end: use %a
//
// Requires functions whose blocks branch by cf.br, cf.cond_br and cf.switch. Preserves nothing. No op is duplicated; what
// is executed stays in its order. Natural loops become loop.for where they count, loop.while with the test first where only
// the header leaves them, and otherwise loop.while that tests last: several exits yield which one was taken. Irreducible
// control flow and loops without an exit are refused, the function then stays as it is. After Bahmann, Reissmann,
// Jahre and Meyer, "Perfect Reconstructability of Control Flow from Demand Dependence Graphs" (TACO 2015), and MLIR's CFGToSCF.
import { FuncOp } from '@budflow/dialect-core';
import type { Operation } from '@budflow/ir';
import { definePass } from '@budflow/pass';
import { eraseUnreachableBlocks } from '@budflow/rewrite';
import { Refusal } from './lifting/flow-graph.js';
import { type LiftCounts, RegionLifter } from './lifting/lift-region.js';

export const liftCfToLoop = definePass({
  name: 'lift-cf-to-loop',
  summary: 'recover loop.for, loop.while and loop.if from branches between blocks',
  description: `Functions of several blocks become functions of one, with structured loops and branches. A function that cannot be
lifted stays as it is, with a remark that says why: irreducible control flow, a loop without an exit, terminators that are no
branches of cf, or a value without which nothing can be passed on some way.`,
  options: {
    strict: { type: 'boolean', default: false, description: 'A function that cannot be lifted is an error.' },
  },
  dependentDialects: ['loop', 'arith'],
  statistics: {
    functions: 'functions lifted',
    ifs: 'loop.if ops made',
    whiles: 'loop.while ops made',
    fors: 'loop.for ops made',
    refused: 'functions that stay as they are',
  },
  run(root, pass) {
    const functions: Operation[] = [];
    root.walk((op) => {
      if (FuncOp.is(op) && FuncOp.body(op).blocks.length > 1) functions.push(op);
    });
    let changed = false;
    for (const func of functions) {
      const lifted = liftFunction(func);
      if (!(lifted instanceof Refusal)) {
        changed = true;
        pass.statistic('functions');
        pass.statistic('ifs', lifted.ifs);
        pass.statistic('whiles', lifted.whiles);
        pass.statistic('fors', lifted.fors);
        continue;
      }
      pass.statistic('refused');
      const { name, message, at } = lifted;
      if (pass.options.strict) {
        func.emitError('lift.refused', `@${FuncOp.sym_name(func)} cannot be lifted: ${message}`).note('here', at.loc);
        pass.signalFailure();
      } else pass.remark({ kind: 'missed', name, message, at: at.loc, args: { function: FuncOp.sym_name(func) } });
    }
    if (!changed) pass.unchanged();
  },
});

/** Lifts the body of a function; it stays untouched when that is refused. */
export function liftFunction(func: Operation): LiftCounts | Refusal {
  const copy = func.clone();
  const body = FuncOp.body(copy);
  try {
    eraseUnreachableBlocks(body);
    const lifter = new RegionLifter(body);
    lifter.run();
    const own = FuncOp.body(func);
    for (const block of own.blocks) block.destroyOps();
    for (const block of own.blocks.slice()) own.removeBlock(block);
    own.takeBody(body);
    return lifter.counts;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}
