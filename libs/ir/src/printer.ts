// MLIR text of operations and modules. The generic form is readable by `mlir-opt` 16 and later.
import type { AsmPrinter } from './asm.js';
import type { Context } from './context.js';
import type { Operation } from './operation.js';
import { OperationPrinter, type PrintOptions } from './printer/asm-printer.js';

export type { PrintOptions } from './printer/asm-printer.js';

/** The text of one operation without a final newline, custom assembly where defined. */
export function printOperationToString(op: Operation, options: PrintOptions = {}): string {
  const printer = new OperationPrinter(op.context, options, op.ownRegions === null ? 'small' : 'large');
  printer.root(op);
  return printer.out.toString();
}

/** The text that `body` prints: for parameters of types and attributes. */
export function printWith(context: Context, body: (printer: AsmPrinter) => void): string {
  const printer = new OperationPrinter(context, {}, 'small');
  body(printer);
  return printer.out.toString();
}

/** A module (or any operation) as a complete file: with its resources and a final newline. */
export function printModule(op: Operation, options: PrintOptions = {}): string {
  return printed(op, options, null).out.toString();
}
/** `printModule` in UTF-8. */
export function printModuleBytes(op: Operation, options: PrintOptions = {}): Uint8Array<ArrayBuffer> {
  return printed(op, options, null).out.toBytes();
}
/**
 * `printModule` in UTF-8, a piece at a time, for text too large to hold twice. A chunk is reused after `sink` returns:
 * write or copy it there.
 */
export function printModuleTo(
  op: Operation,
  sink: (chunk: Uint8Array<ArrayBuffer>) => void,
  options: PrintOptions = {},
): void {
  printed(op, options, sink).out.flush();
}

function printed(
  op: Operation,
  options: PrintOptions,
  sink: ((chunk: Uint8Array<ArrayBuffer>) => void) | null,
): OperationPrinter {
  const printer = new OperationPrinter(op.context, options, 'large', sink);
  printer.root(op);
  printer.newline();
  printer.attributes.resources();
  return printer;
}
