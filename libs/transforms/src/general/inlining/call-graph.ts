// The call graph of what is below an op: which callable calls which, by name, and its strongly connected components
// (Tarjan), callees before callers.
import { CallableOp, CallOp, lookupSymbol, type Operation, Value, withSymbolIndex } from '@budflow/ir';

export interface CallGraphNode {
  readonly callable: Operation;
  /** The calls in its body and whom they call; null when that is not known or has no body below the root. */
  readonly calls: readonly { readonly call: Operation; readonly callee: CallGraphNode | null }[];
  /** Number of its component, ascending from callees to callers. */
  component: number;
  /** Whether it can call itself, directly or through others. */
  recursive: boolean;
}

/** All callables with a body below `root`, callees before callers as far as there is no recursion. */
export function callGraph(root: Operation): CallGraphNode[] {
  const nodes = new Map<Operation, CallGraphNode & { calls: CallGraphNode['calls'][number][] }>();
  root.walk((op) => {
    if (CallableOp.of(op)?.body(op)) nodes.set(op, { callable: op, calls: [], component: -1, recursive: false });
  });
  withSymbolIndex(() => {
    for (const node of nodes.values())
      node.callable.walk((call) => {
        const methods = CallOp.of(call);
        if (!methods) return;
        const name = methods.callee(call);
        const target = name instanceof Value ? null : lookupSymbol(call.parentOp ?? call, name);
        node.calls.push({ call, callee: (target && nodes.get(target)) ?? null });
      });
  });
  return components([...nodes.values()]);
}

/** Tarjan's algorithm, without recursion: call chains may be long. */
function components(nodes: readonly CallGraphNode[]): CallGraphNode[] {
  const order: CallGraphNode[] = [];
  const index = new Map<CallGraphNode, number>();
  const low = new Map<CallGraphNode, number>();
  const open: CallGraphNode[] = [];
  const isOpen = new Set<CallGraphNode>();
  let component = 0;
  for (const start of nodes) {
    if (index.has(start)) continue;
    const stack: { node: CallGraphNode; next: number }[] = [];
    const enter = (node: CallGraphNode) => {
      index.set(node, index.size);
      low.set(node, index.get(node)!);
      open.push(node);
      isOpen.add(node);
      stack.push({ node, next: 0 });
    };
    enter(start);
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      const { node } = top;
      if (top.next < node.calls.length) {
        const { callee } = node.calls[top.next++]!;
        if (callee === null) continue;
        if (callee === node) node.recursive = true;
        if (!index.has(callee)) enter(callee);
        else if (isOpen.has(callee)) low.set(node, Math.min(low.get(node)!, index.get(callee)!));
        continue;
      }
      stack.pop();
      const parent = stack[stack.length - 1]?.node;
      if (parent) low.set(parent, Math.min(low.get(parent)!, low.get(node)!));
      if (low.get(node) !== index.get(node)) continue;
      const members: CallGraphNode[] = [];
      for (;;) {
        const member = open.pop()!;
        isOpen.delete(member);
        members.push(member);
        if (member === node) break;
      }
      for (const member of members) {
        member.component = component;
        if (members.length > 1) member.recursive = true;
        order.push(member);
      }
      component++;
    }
  }
  return order;
}
