// inline: replaces calls by the body of what they call, callees first, so that what a callee called is part of it already.
//
//   func.func @main(%x: tensor<4xf32>) {                     func.func @main(%x: tensor<4xf32>) {
//     %0 = call @twice(%x) ...                        ->       %0 = array.add %x, %x : tensor<4xf32>
//     return %0 }                                              return %0 }
//   func.func private @twice(%y) { array.add %y, %y ... }
//
// Requires nothing. Preserves nothing when it changes something. Recursive calls stay, and so do calls whose callee is too
// large or refuses (Inlinable, `no_inline`): a `missed` remark gives the reason. Private callees that nothing refers to any
// more are erased. Follows MLIR's inliner: call graph, strongly connected components bottom up.
import { CallOp, type Operation, SymbolTrait, symbolName, symbolUses, symbolVisibility } from '@budflow/ir';
import { definePass } from '@budflow/pass';
import { type CallGraphNode, callGraph } from './inlining/call-graph.js';
import { callableRefusal, callRefusal, type InlineRefusal, inlineCall } from './inlining/inline-call.js';

export const inline = definePass({
  name: 'inline',
  summary: 'replace calls by the body of what they call',
  dependentDialects: ['cf'],
  options: {
    'max-callee-ops': {
      type: 'integer',
      minimum: 0,
      default: 10_000,
      description: 'Calls of a larger callee stay, unless it is private and this is its only call.',
    },
    'max-caller-ops': {
      type: 'integer',
      minimum: 0,
      default: 100_000,
      description: 'No call is inlined that would make the caller larger.',
    },
    'keep-callees': {
      type: 'boolean',
      default: false,
      description: 'Leave private callees that nothing calls any more.',
    },
  },
  statistics: {
    'num-inlined': 'Calls replaced',
    'num-callees-erased': 'Private callees erased after their last call was replaced',
  },
  run(root, { options, statistic, remark, unchanged }) {
    const nodes = callGraph(root);
    const refusals = new Map<Operation, InlineRefusal | null>();
    const sizes = new Map<Operation, number>();
    const uses = countUses(root);
    const inlinedCallees = new Set<Operation>();
    let inlined = 0;

    const sizeOf = (callable: Operation): number => {
      let size = sizes.get(callable);
      if (size === undefined) {
        size = 0;
        callable.walk(() => {
          size!++;
        });
        sizes.set(callable, size);
      }
      return size;
    };
    const reasonAgainst = (call: Operation, caller: CallGraphNode, callee: CallGraphNode): InlineRefusal | null => {
      if (callee.component === caller.component)
        return { name: 'recursive', reason: 'the callee calls itself, directly or through others' };
      let general = refusals.get(callee.callable);
      if (general === undefined) {
        general = callableRefusal(callee.callable);
        refusals.set(callee.callable, general);
      }
      const reason = general ?? callRefusal(call, callee.callable);
      if (reason !== null) return reason;
      const size = sizeOf(callee.callable);
      const isOnlyUse = symbolVisibility(callee.callable) === 'private' && uses.get(callee.callable) === 1;
      if (size > options['max-callee-ops'] && !isOnlyUse)
        return {
          name: 'callee-too-large',
          reason: `the callee has ${size} ops, max-callee-ops is ${options['max-callee-ops']}`,
        };
      if (sizeOf(caller.callable) + size > options['max-caller-ops'])
        return {
          name: 'caller-too-large',
          reason: `the caller would have more than ${options['max-caller-ops']} ops (max-caller-ops)`,
        };
      return null;
    };

    for (const caller of nodes) {
      for (const { call, callee } of caller.calls) {
        // A call in a nested callable belongs to both.
        if (call.isErased) continue;
        const target = nameOfCallee(call);
        if (callee === null) {
          remark({
            kind: 'missed',
            name: 'no-body',
            message: `${target} is not inlined: the callee is not known here or has no body`,
            at: call,
            args: { callee: target },
          });
          continue;
        }
        const against = reasonAgainst(call, caller, callee);
        if (against !== null) {
          remark({
            kind: 'missed',
            name: against.name,
            message: `${target} is not inlined: ${against.reason}`,
            at: call,
            args: { callee: target },
          });
          continue;
        }
        const size = sizeOf(callee.callable);
        remark({
          kind: 'applied',
          name: 'inlined',
          message: `${target} (${size} ops) is inlined`,
          at: call,
          args: { callee: target, ops: size },
        });
        // Calls that come with the body were looked at in the callee, and stay for the same reasons.
        inlineCall(call, callee.callable);
        sizes.set(caller.callable, sizeOf(caller.callable) + size);
        inlinedCallees.add(callee.callable);
        inlined++;
      }
    }
    statistic('num-inlined', inlined);
    if (!options['keep-callees']) statistic('num-callees-erased', eraseUnused(root, inlinedCallees));
    if (inlined === 0) unchanged();
  },
});

function nameOfCallee(call: Operation): string {
  const callee = CallOp.of(call)!.callee(call);
  return typeof callee === 'string' ? `@${callee}` : 'a function value';
}

/** References to each symbol below `root`, by the op that a name means in its own table. */
function countUses(root: Operation): Map<Operation, number> {
  const counts = new Map<Operation, number>();
  const tables = new Map<Operation, Map<string, Operation>>();
  root.walk((op) => {
    const name = op.info.hasTrait(SymbolTrait) ? symbolName(op) : undefined;
    if (name === undefined || op.parentOp === null) return;
    let table = tables.get(op.parentOp);
    if (!table) {
      table = new Map();
      tables.set(op.parentOp, table);
    }
    table.set(name, op);
  });
  for (const { user, reference } of symbolUses(root)) {
    for (let at = user.parentOp; at !== null; at = at.parentOp) {
      const found = tables.get(at)?.get(reference.root);
      if (!found) continue;
      counts.set(found, (counts.get(found) ?? 0) + 1);
      break;
    }
  }
  return counts;
}

/** Erases private callables of a set that nothing refers to; those they called may follow. */
function eraseUnused(root: Operation, candidates: ReadonlySet<Operation>): number {
  let erased = 0;
  for (let again = true; again; ) {
    again = false;
    const uses = countUses(root);
    for (const callable of candidates) {
      if (callable.isErased || callable === root || symbolVisibility(callable) !== 'private') continue;
      if (!callable.info.hasTrait(SymbolTrait) || (uses.get(callable) ?? 0) > 0) continue;
      callable.erase();
      erased++;
      again = true;
    }
  }
  return erased;
}
