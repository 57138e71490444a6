// What a parser tells somebody who wants to know where things stand in the text: editors, mostly. Without a listener each
// of these places costs the parser one comparison. Offsets are bytes from the start of the text.
import type { Block } from '../block.js';
import type { OpInfo } from '../op-info.js';
import type { Operation } from '../operation.js';
import type { Value } from '../value.js';

export interface ParseListener {
  /** The name of an operation was read, which stands at [start, end), quotes included; the rest of it follows. */
  operationName(info: OpInfo, start: number, end: number): void;
  /** The operation whose name begins at `start` was read; `end` is where the next token begins. */
  operation(op: Operation, start: number, end: number): void;
  /** The name at `start` (its `%`) stands for `value` from here on: a result (number `index` of the name) or an argument. */
  definition(value: Value, start: number, index: number): void;
  /** The name at `start` is an operand. The value stands in for one that is not defined yet until `resolved`. */
  use(value: Value, start: number, index: number): void;
  /** What stood in for a value found its definition. */
  resolved(placeholder: Value, value: Value): void;
  /** The label at `start` (its `^`) begins a block, or is a successor. */
  block(block: Block, start: number, role: 'definition' | 'successor'): void;
}
