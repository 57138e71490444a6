// Functions that an entry does not need: erased before anything else looks at them, so that what cannot be compiled in one
// function of a file is no matter of the others.
import { FuncOp } from '@budflow/dialect-core';
import { collectReferences, type Operation, symbolName } from '@budflow/ir';

/**
 * Erases the functions of a module that `entry` does not refer to, directly or through others. What is no function stays, and
 * so does what it refers to. A module without a function of that name is left as it is.
 */
export function keepEntry(module: Operation, entry: string): void {
  const all = module.region(0).entry.ops;
  const functions = new Map<string | undefined, Operation>();
  for (const op of all) if (FuncOp.is(op)) functions.set(symbolName(op), op);
  const first = functions.get(entry);
  if (first === undefined || functions.size === 1) return;
  const needed = new Set<Operation>([first]);
  const work = [first, ...all.filter((op) => !FuncOp.is(op))];
  for (let from = work.pop(); from; from = work.pop())
    from.walk((op) => {
      for (const value of op.attributes.values)
        collectReferences(value, ({ root }) => {
          const target = functions.get(root);
          if (target === undefined || needed.has(target)) return;
          needed.add(target);
          work.push(target);
        });
    });
  for (const func of functions.values()) if (!needed.has(func)) func.erase();
}
