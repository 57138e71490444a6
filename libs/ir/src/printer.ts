// (printer: see text folder)
import type { AsmPrinter } from './asm.js';
import type { Context } from './context.js';
import type { Operation } from './operation.js';
export function printOperationToString(_op: Operation): string {
  return '';
}
export function printWith(_context: Context, _body: (printer: AsmPrinter) => void): string {
  return '';
}
