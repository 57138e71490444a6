// One artefact for all sizes: what is compiled once runs from no rows to a million.
import { compile, EventStream, type RuntimeEvent } from 'budflow';
import { expect, test } from 'vitest';
import { plainFloats } from './arguments.js';
import { callCompiled, difference, interpretProgram, PLAIN, RELAXED, type TestArgument } from './differential.js';

const TEXT = `func.func @chain(%x: tensor<?xf32>, %y: tensor<?xf32>) -> (tensor<?xf32>) {
  %0 = array.mul %x, %y : tensor<?xf32>
  %1 = array.add %0, %x : tensor<?xf32>
  %2 = array.max %1, %y : tensor<?xf32>
  %3 = array.sub %2, %0 : tensor<?xf32>
  return %3 : tensor<?xf32>
}
func.func @sum(%x: tensor<?xf32>) -> (tensor<f32>) {
  %z = array.constant dense<0.0> : tensor<f32>
  %s = array.reduce add %x init %z dims = [0] : tensor<?xf32>, tensor<f32> to tensor<f32>
  return %s : tensor<f32>
}
func.func @softmax(%x: tensor<?x5xf32>) -> (tensor<?x5xf32>) {
  %n = array.dim %x, 0 : tensor<?x5xf32>
  %low = array.constant dense<0xFF800000> : tensor<f32>
  %zero = array.constant dense<0.0> : tensor<f32>
  %m = array.reduce max %x init %low dims = [1] : tensor<?x5xf32>, tensor<f32> to tensor<?xf32>
  %mb = array.broadcast %m dims = [0] : tensor<?xf32> to tensor<?x5xf32>
  %d = array.sub %x, %mb : tensor<?x5xf32>
  %e = array.exp %d : tensor<?x5xf32>
  %s = array.reduce add %e init %zero dims = [1] : tensor<?x5xf32>, tensor<f32> to tensor<?xf32>
  %sb = array.broadcast %s dims = [0] : tensor<?xf32> to tensor<?x5xf32>
  %q = array.div %e, %sb : tensor<?x5xf32>
  return %q : tensor<?x5xf32>
}
func.func @matmul(%a: tensor<?x3xf32>, %b: tensor<3x8xf32>) -> (tensor<?x8xf32>) {
  %c = array.dot_general %a, %b batch = [] x [] contract = [1] x [0] : tensor<?x3xf32>, tensor<3x8xf32> -> tensor<?x8xf32>
  return %c : tensor<?x8xf32>
}`;

test.each([
  [RELAXED, 'default'],
  [PLAIN, 'strict'],
] as const)('0 to 1,000,000 rows through one module: %s, %s', (target, numerics) => {
  const configuration = { target, numerics, level: 3 } as const;
  const events = new EventStream();
  const seen: RuntimeEvent[] = [];
  events.listen((e) => void seen.push(e));
  const module = compile(TEXT, { ...configuration, events });
  const calls: [string, (n: number) => TestArgument[]][] = [
    ['chain', (n) => [plainFloats([n]), plainFloats([n], 2)]],
    ['sum', (n) => [plainFloats([n], 3)]],
    ['softmax', (n) => [plainFloats([n, 5], 4)]],
    ['matmul', (n) => [plainFloats([n, 3], 5), plainFloats([3, 8], 6)]],
  ];
  for (const n of [0, 1, 7, 1000, 1_000_000]) {
    for (const [entry, make] of calls) {
      const args = make(n);
      const actual = callCompiled(module, args, entry);
      expect(
        difference(interpretProgram(TEXT, args, configuration, { entry }), actual),
        `${entry}, n = ${n}`,
      ).toBeUndefined();
    }
  }
  expect(seen.filter((e) => e.kind === 'compile')).toHaveLength(1);
  expect(seen.filter((e) => e.kind === 'kernel-compile')).toHaveLength(1);
  expect(seen.filter((e) => e.kind === 'call')).toHaveLength(20);
  module.dispose();
});
