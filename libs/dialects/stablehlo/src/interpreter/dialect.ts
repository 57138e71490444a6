// The interpreter dialect: what StableHLO's reference interpreter adds to programs under test.
import {
  attr,
  type Dialect,
  defineDialect,
  defineOp,
  MemoryEffects,
  optionalAttr,
  type Type,
  variadic,
} from '@budflow/ir';
import { HloAnyQuantizedTensor, HloTensorOrToken } from '../types.js';

// What is printed and recorded must not be left out.
const observed = MemoryEffects.implement({ effects: () => [{ kind: 'write', value: null }] });
/** A list of lists of functions. */
const functions = attr.array(attr.array(attr.symbol));
const example = (line: string) => `func.func @example(%x: tensor<2xf32>) {
  ${line}
  return
}`;

export const PrintOp = defineOp({
  name: 'interpreter.print',
  summary: 'Prints a tensor.',
  description: 'To standard output, when it runs.',
  example: example('interpreter.print %x : tensor<2xf32>'),
  operands: { operand: HloAnyQuantizedTensor },
  interfaces: [observed],
  assembly: '$operand attr-dict `:` type($operand)',
});

export const ProbeOp = defineOp({
  name: 'interpreter.probe',
  summary: 'Its operand, which is recorded.',
  description: 'check.expect_serialized_eq says what is expected of it: in loops, of each time that it ran.',
  example: example('%0 = interpreter.probe %x, probe_id = "probe" : tensor<2xf32>'),
  operands: { operand: HloAnyQuantizedTensor },
  results: { result: HloAnyQuantizedTensor },
  attributes: { probe_id: attr.string },
  interfaces: [observed],
  assembly: '$operand `,` `probe_id` `=` $probe_id attr-dict `:` type($operand)',
  inferTypes: (_, { operands }): Type[] => [operands[0]!.type],
});

export const RunParallelOp = defineOp({
  name: 'interpreter.run_parallel',
  summary: 'Runs functions on devices side by side.',
  description: 'Programs are lists of functions: for each replica, one for each partition.',
  example: example('%0 = "interpreter.run_parallel"(%x) {programs = [[@f]]} : (tensor<2xf32>) -> tensor<2xf32>'),
  operands: { inputs: variadic(HloTensorOrToken) },
  results: { results: variadic(HloTensorOrToken) },
  attributes: { programs: functions, infeed: optionalAttr(functions) },
});

export const interpreterDialect: Dialect = defineDialect({
  name: 'interpreter',
  summary: "What StableHLO's reference interpreter adds to programs",
  description: 'Prints and probes of programs under test.',
  ops: [PrintOp, ProbeOp, RunParallelOp],
});
