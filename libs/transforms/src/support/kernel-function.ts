// Making and reading kernel functions.
import { FuncOp, ReturnOp } from '@budflow/dialect-core';
import { isKernel } from '@budflow/dialect-rt';
import { Block, Builder, type LocationRef, type Operation, Region, type Type, type Value } from '@budflow/ir';

/** The kernel functions of a module, in order. */
export function kernelsOf(module: Operation): Operation[] {
  return module.region(0).entry.ops.filter((op) => FuncOp.is(op) && isKernel(op));
}

/**
 * A private function in front of `before` whose body `fill` builds from the arguments; the values it returns are the
 * function's results.
 */
export function buildPrivateFunction(
  before: Operation,
  loc: LocationRef,
  name: string,
  inputs: readonly Type[],
  results: readonly Type[],
  fill: (builder: Builder, args: Value[]) => readonly Value[],
): Operation {
  const { context } = before;
  const region = new Region();
  const block = region.append(new Block());
  const args = inputs.map((type) => block.addArgument(type));
  const func = FuncOp.create(Builder.before(before), loc, {
    sym_name: name,
    function_type: context.functionType(inputs, results),
    sym_visibility: 'private',
    regions: [region],
  });
  const builder = Builder.atEnd(context, block);
  ReturnOp.create(builder, loc, { operands: fill(builder, args) });
  return func;
}
