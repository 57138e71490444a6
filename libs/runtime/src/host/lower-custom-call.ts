// A custom call as a step of a host program.
import { CallHostOp, hostCallOf } from '@budflow/dialect-rt';
import { customCallHint, customCallOf } from '@budflow/interpreter';
import type { Operation, Value } from '@budflow/ir';
import type { HostBuffer } from './lowering-scope.js';
import type { HostCustomCall } from './program.js';

/** Undefined, with a diagnostic, for a target that is not among `known`. */
export function customCallStep(
  op: Operation,
  number: number,
  bufferOf: (value: Value) => HostBuffer,
  at: string | undefined,
  known: readonly string[] | undefined,
): HostCustomCall | undefined {
  const { target, attributes, inputs, outputs } = hostCallOf(op);
  if (known && !known.includes(target) && customCallOf(target, undefined) === undefined) {
    op.emitError(
      'runtime.custom-call-missing',
      `calls "${target}", for which nothing is registered; ${customCallHint(target)}`,
    );
    return undefined;
  }
  const arrays = (values: readonly Value[], types: typeof inputs) =>
    values.map((value, i) => {
      const { address, sizes } = bufferOf(value);
      return { dtype: types[i]!.element.toString(), address, sizes };
    });
  return {
    kind: 'custom',
    number,
    target,
    attributes,
    inputs: arrays(CallHostOp.inputs(op), inputs),
    outputs: arrays(CallHostOp.outputs(op), outputs),
    ...(at === undefined ? {} : { at }),
  };
}
