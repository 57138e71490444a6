// What calls throw: RuntimeTrap, of the kinds that the interpreter has too.

import { HeapExhausted } from '@budflow/heap';
import { RuntimeTrap, type TrapKind } from '@budflow/interpreter';
import { FileLineColLoc } from '@budflow/ir';

export { RuntimeTrap, type TrapKind };

/** An argument that does not fit: which, what was expected, what came. */
export function badArgument(functionName: string, what: string, message: string): RuntimeTrap {
  return new RuntimeTrap('BadArgument', `${functionName}: ${what}: ${message}`);
}

/** A full heap as a trap; other errors as they are. */
export function asTrap(error: unknown): unknown {
  return error instanceof HeapExhausted ? new RuntimeTrap('HeapExhausted', error.message) : error;
}

/** A trap of an op of the source: `f.mlir:3:8: main: expected n`. */
export function trapAt(kind: TrapKind, reason: string, place: string | undefined, name: string): RuntimeTrap {
  const trap = new RuntimeTrap(kind, reason);
  trap.message = `${place === undefined ? '' : `${place}: `}${name}: ${reason}`;
  const [, file, line, column] = /^(.*):(\d+):(\d+)$/.exec(place ?? '') ?? [];
  if (file !== undefined) trap.location = new FileLineColLoc(file, Number(line), Number(column), '');
  return trap;
}
