// Regions of scalar operations, as map, scatter and the windowed reductions carry: their text, their checks, and their
// code at a place where scalars are at hand.
import { signlessType } from '@budflow/dialect-core';
import {
  type AsmParser,
  type AsmPrinter,
  type Builder,
  isMemoryEffectFree,
  type Operation,
  type OperationState,
  TensorType,
  type Type,
  type Value,
} from '@budflow/ir';

/** ` body(%a: f32, %b: f32) {..}` */
export function parseScalarRegion(parser: AsmParser, state: OperationState, keyword = 'body'): void {
  parser.keyword(keyword);
  const args = parser.commaSeparated('paren', () => parser.argument());
  state.regions.push(parser.region(args));
}
export function printScalarRegion(printer: AsmPrinter, op: Operation, index = 0, keyword = 'body'): void {
  const region = op.region(index);
  printer.text(` ${keyword}(`);
  region.entry.arguments.forEach((arg, i) => {
    if (i) printer.text(', ');
    printer.regionArgument(arg);
  });
  printer.text(') ');
  printer.region(region, { entryArguments: false });
}

/** Whether all regions can be shown: one block each. */
export function regionsPrint(op: Operation, count: number): boolean {
  return op.regions.length === count && op.regions.every((r) => r.blocks.length === 1);
}

/** Elements as regions see them: without a sign. */
export function scalarTypes(op: Operation, values: readonly Value[]): Type[] {
  return values.map((v) => signlessType(op.context, (v.type as TensorType).element));
}

/** The region takes scalars of the given types and yields scalars of the given types, by pure operations only. */
export function verifyScalarRegion(
  op: Operation,
  args: readonly Type[],
  results: readonly Type[],
  {
    index = 0,
    what = 'region',
    controlFlow = false,
  }: { readonly index?: number; readonly what?: string; readonly controlFlow?: boolean } = {},
): void {
  const region = op.regions[index];
  if (!region) return;
  const fail = (message: string) => op.emitError('array.scalar-region', message);
  const actual = region.entry.arguments.map((a) => a.type);
  if (actual.length !== args.length || actual.some((t, i) => t !== args[i]))
    return void fail(`requires ${what} arguments of types (${args.join(', ')}), got (${actual.join(', ')})`);
  const last = region.entry.lastOp;
  if (last?.name !== 'array.yield')
    return void fail(`requires a ${what} that ends in array.yield, got ${last ? `'${last.name}'` : 'an empty block'}`);
  const yielded = last.operands.map((v) => v.type);
  if (yielded.length !== results.length || yielded.some((t, i) => t !== results[i]))
    return void fail(`requires a yield of types (${results.join(', ')}), got (${yielded.join(', ')})`);
  for (let inner = region.entry.firstOp; inner && inner !== last; inner = inner.next) {
    if (isMemoryEffectFree(inner) && (controlFlow || inner.ownRegions === null) && isScalarCode(inner)) continue;
    fail(`requires a ${what} of pure scalar operations, got '${inner.name}'`).note('the operation', inner.loc);
    return;
  }
}

/** Whether an op, with all inside of it, computes with no tensors. */
function isScalarCode(op: Operation): boolean {
  let scalar = true;
  op.walk((inner) => {
    for (const value of [...inner.operands, ...inner.results]) scalar &&= !(value.type instanceof TensorType);
  });
  return scalar;
}

/** Clones the ops of a region; returns the values it yields for the given arguments. */
export function inlineScalarRegion(op: Operation, builder: Builder, args: readonly Value[], index = 0): Value[] {
  const block = op.region(index).entry;
  const mapping = new Map<Value, Value>();
  block.arguments.forEach((arg, i) => {
    mapping.set(arg, args[i]!);
  });
  for (let inner = block.firstOp; inner && inner !== block.lastOp; inner = inner.next)
    builder.insert(inner.clone(mapping));
  return block.terminator.operands.map((v) => mapping.get(v) ?? v);
}
