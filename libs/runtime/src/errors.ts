// What calls throw: RuntimeTrap, of the kinds that the interpreter has too.

import { HeapExhausted } from '@budflow/heap';
import { RuntimeTrap, type TrapKind } from '@budflow/interpreter';

export { RuntimeTrap, type TrapKind };

/** An argument that does not fit: which, what was expected, what came. */
export function badArgument(functionName: string, what: string, message: string): RuntimeTrap {
  return new RuntimeTrap('BadArgument', `${functionName}: ${what}: ${message}`);
}

/** A full heap as a trap; other errors as they are. */
export function asTrap(error: unknown): unknown {
  return error instanceof HeapExhausted ? new RuntimeTrap('HeapExhausted', error.message) : error;
}
