// Dimension numbers of gather and scatter as text.
import type { AsmParser, AsmPrinter, Operation, OperationState } from '@budflow/ir';
import { parseIntegerList, printAttributes, printIntegerList, printNamedList } from './assembly.js';
import type { GatherDims } from './gather-dims.js';

const SHOWN = ['window', 'collapsed', 'operand_batching', 'indices_batching', 'map', 'vector', 'sizes'];

/** ` window = [1] collapsed = [0] batching = [2] x [0] map = [0] vector = 1 sizes = [..]`; absent lists are empty. */
export function parseGatherDims(
  parser: AsmParser,
  state: OperationState,
  { sizes }: { readonly sizes: boolean },
): void {
  const { context } = parser;
  const set = (name: string, values: readonly number[]) =>
    state.attributes.set(name, context.denseArray(context.i64, values));
  const list = (keyword: string): number[] => {
    if (!parser.optionalKeyword(keyword)) return [];
    parser.punctuation('=');
    return parseIntegerList(parser);
  };
  set('window', list('window'));
  set('collapsed', list('collapsed'));
  set('operand_batching', list('batching'));
  set('indices_batching', parser.optionalKeyword('x') ? parseIntegerList(parser) : []);
  set('map', list('map'));
  parser.keyword('vector');
  parser.punctuation('=');
  state.attributes.set('vector', context.i64Attr(parser.integer()));
  if (sizes) set('sizes', list('sizes'));
}

export function printGatherDims(printer: AsmPrinter, op: Operation, dims: GatherDims, sizes?: readonly number[]): void {
  const list = (name: string, values: readonly number[]) => {
    if (values.length > 0) printNamedList(printer, name, values);
  };
  list('window', dims.windowDims);
  list('collapsed', dims.collapsedDims);
  list('batching', dims.operandBatchDims);
  if (dims.indexBatchDims.length > 0) {
    printer.text(' x ');
    printIntegerList(printer, dims.indexBatchDims);
  }
  list('map', dims.indexMap);
  printer.text(` vector = ${dims.vectorDim}`);
  if (sizes) list('sizes', sizes);
  printAttributes(printer, op, SHOWN);
}
