// What calls throw: RuntimeTrap, of the kinds that the interpreter has too.

import { HeapExhausted } from '@budflow/heap';
import { RuntimeTrap, type TrapKind } from '@budflow/interpreter';
import { FileLineColLoc } from '@budflow/ir';

export { RuntimeTrap, type TrapKind };

/** An argument that does not fit: which, what was expected, what came. */
export function badArgument(functionName: string, what: string, message: string): RuntimeTrap {
  return new RuntimeTrap('BadArgument', `${functionName}: ${what}: ${message}`);
}

/** A full heap, or calls that never end, as a trap; other errors as they are. */
export function asTrap(error: unknown): unknown {
  // No regular expressions: they need stack, which may just have run out.
  if (error instanceof Error && (error.message.includes('call stack') || error.message.includes('too much recursion')))
    return new RuntimeTrap('CallDepth', 'functions call each other too deeply: the call stack of the engine is full');
  return error instanceof HeapExhausted ? new RuntimeTrap('HeapExhausted', error.message) : error;
}

/** What engines say when code traps. */
const ENGINE_TRAPS: readonly (readonly [says: RegExp, kind: TrapKind, reason: string])[] = [
  [/(divide|division|remainder|modulo) by zero/i, 'DivisionByZero', 'integer division by zero'],
  [/unrepresentable|integer overflow/i, 'Undefined', 'signed division overflow: the most negative value divided by -1'],
  [/out of bounds/i, 'OutOfBounds', 'access outside of the memory'],
];

/** What a kernel met that its engine stopped it for; undefined for other errors. */
export function engineTrap(error: unknown): { readonly kind: TrapKind; readonly reason: string } | undefined {
  return error instanceof WebAssembly.RuntimeError ? trapOfMessage(error.message) : undefined;
}
/** The same of what the engine said, on whichever thread. */
export function trapOfMessage(message: string): { readonly kind: TrapKind; readonly reason: string } {
  const [, kind, reason] = ENGINE_TRAPS.find(([says]) => says.test(message)) ?? [];
  return { kind: kind ?? 'KernelTrap', reason: reason ?? message };
}

/** The index, in its module, of the WebAssembly function on top of an error's stack, and of those that called it. */
export function functionsOnStack(error: Error): string[] {
  return Array.from((error.stack ?? '').matchAll(/wasm-function\[(\d+)\]/g), ([, index]) => index!);
}

/** A trap of an op of the source: `f.mlir:3:8: main: expected n`. */
export function trapAt(kind: TrapKind, reason: string, place: string | undefined, name: string): RuntimeTrap {
  const trap = new RuntimeTrap(kind, reason);
  trap.message = `${place === undefined ? '' : `${place}: `}${name}: ${reason}`;
  const [, file, line, column] = /^(.*):(\d+):(\d+)$/.exec(place ?? '') ?? [];
  if (file !== undefined) trap.location = new FileLineColLoc(file, Number(line), Number(column), '');
  return trap;
}
