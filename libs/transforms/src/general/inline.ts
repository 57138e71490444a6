// inline: replaces calls by the body of what they call, callees first, so that what a callee called is part of it already.
//
//   func.func @main(%x: tensor<4xf32>) {                     func.func @main(%x: tensor<4xf32>) {
//     %0 = call @twice(%x) ...                        ->       %0 = array.add %x, %x : tensor<4xf32>
//     return %0 }                                              return %0 }
//   func.func private @twice(%y) { array.add %y, %y ... }
//
// Requires nothing. Preserves nothing when it changes something. Recursive calls stay, and so do calls whose callee is too
// large or refuses (Inlinable, `no_inline`): a `missed` remark gives the reason. Private callees that nothing refers to any
// more are erased; of those with a single call the body moves, so that a long chain takes linear time. Follows MLIR's inliner: call graph, strongly connected components bottom up.
import { CallOp, type Operation, SymbolTrait, symbolName, symbolUses, symbolVisibility } from '@budflow/ir';
import { definePass } from '@budflow/pass';
import { type CallGraphNode, callGraph } from './inlining/call-graph.js';
import {
  callableRefusal,
  callRefusal,
  canMove,
  type InlineRefusal,
  inlineCall,
  inlineOnlyCall,
} from './inlining/inline-call.js';

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
    const settled = new Set<Operation>();
    /** By callable, calls in it that are the only ones of their callee. */
    const onlyCalls = new Map<Operation, OnlyCall[]>();
    let inlined = 0;
    let moved = 0;

    // From the outside in, so that every op moves once: along a chain of calls the way up would copy all below each time.
    const settle = (callable: Operation): void => {
      const pending = onlyCalls.get(callable) ?? [];
      onlyCalls.delete(callable);
      for (let next = pending.pop(); next; next = pending.pop()) {
        inlineOnlyCall(next.call, next.callee);
        pending.push(...(onlyCalls.get(next.callee) ?? []));
        onlyCalls.delete(next.callee);
        moved++;
      }
    };

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
    const isOnlyUse = (callable: Operation): boolean =>
      symbolVisibility(callable) === 'private' && uses.get(callable) === 1;
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
      if (size > options['max-callee-ops'] && !isOnlyUse(callee.callable))
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
        if (call.isErased || settled.has(call)) continue;
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
        sizes.set(caller.callable, sizeOf(caller.callable) + size);
        inlined++;
        if (!options['keep-callees'] && isOnlyUse(callee.callable) && canMove(callee.callable)) {
          settled.add(call);
          const list = onlyCalls.get(caller.callable) ?? [];
          onlyCalls.set(caller.callable, list);
          list.push({ call, callee: callee.callable });
          continue;
        }
        // Calls that come with the body were looked at in the callee, and stay for the same reasons.
        settle(callee.callable);
        inlineCall(call, callee.callable);
        inlinedCallees.add(callee.callable);
      }
    }
    const callees = new Set([...onlyCalls.values()].flatMap((list) => list.map(({ callee }) => callee)));
    for (const callable of [...onlyCalls.keys()]) if (!callees.has(callable)) settle(callable);
    statistic('num-inlined', inlined);
    if (!options['keep-callees']) statistic('num-callees-erased', moved + eraseUnused(root, inlinedCallees));
    if (inlined === 0) unchanged();
  },
});

/** A call that is the only use of what it calls. */
interface OnlyCall {
  readonly call: Operation;
  readonly callee: Operation;
}

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
