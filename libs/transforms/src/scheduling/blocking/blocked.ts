// What cache-blocking tells default-schedule about a kernel.
import { ArrayAttr, type Operation, StringAttr } from '@budflow/ir';

/** On a function, from cache-blocking to default-schedule: the stages whose loops are chosen. Placement is done then. */
export const BLOCKED_ATTR = 'loop.blocked';

/** The stages that cache-blocking has blocked; undefined when it did not touch the kernel. */
export function blockedStages(func: Operation): ReadonlySet<string> | undefined {
  const attr = func.attr(BLOCKED_ATTR);
  if (!(attr instanceof ArrayAttr)) return undefined;
  return new Set(attr.elements.map((stage) => (stage instanceof StringAttr ? stage.value : '')));
}

/** Notes the stages that were blocked. */
export function setBlockedStages(func: Operation, stages: Iterable<string>): void {
  const { context } = func;
  func.setAttr(BLOCKED_ATTR, context.arrayAttr([...stages].map((stage) => context.stringAttr(stage))));
}
