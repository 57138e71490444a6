// Names of loops as the default schedule reads them: `stage.d0`, `stage.r0`, what splits add, and clones.
import { ForOp, forBounds, inductionVariable } from '@budflow/dialect-loop';
import { type Operation, StringAttr } from '@budflow/ir';

export function nameOf(loop: Operation): string {
  const name = loop.attr('name');
  return name instanceof StringAttr ? name.value : '';
}

export function stageOf(name: string): string {
  return name.slice(0, name.indexOf('.'));
}

export function isCloneOf(name: string, base: string): boolean {
  return name === base || name.startsWith(`${base}~`);
}

/** Loops of earlier steps that are vectors or their remainders already. */
export function isHandled(name: string): boolean {
  return /\.i\.(o|i)|\.o$/.test(name) && !/\.d\d+\.i$/.test(name);
}

/** Names of the perfectly nested parallel loops from a root inwards. */
export function parallelChain(root: Operation): string[] {
  const names: string[] = [];
  for (let loop: Operation | undefined = root; loop && /\.d\d+$/.test(nameOf(loop)); ) {
    names.push(nameOf(loop));
    const inner: Operation[] = ForOp.body(loop).entry.ops.filter((op) => ForOp.is(op));
    const next = inner.length === 1 && /\.d\d+$/.test(nameOf(inner[0]!)) ? inner[0] : undefined;
    if (next && forBounds(next).lower.operands.includes(inductionVariable(loop))) break;
    loop = next;
  }
  return names;
}
