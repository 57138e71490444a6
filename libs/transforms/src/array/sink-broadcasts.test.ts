import { describe, expect, test } from 'vitest';
import { parse } from '../testing/kernels.js';
import { runMain, runPasses } from '../testing/programs.js';
import { sinkBroadcasts } from './sink-broadcasts.js';

const program = (
  before: string,
  use: string,
) => `func.func @main(%x: tensor<5xf32>, %s: tensor<4x5xf32>) -> tensor<4x5xf32> {
  %n = arith.constant 3 : i32
  %one = arith.constant 1 : i32
  %zero = arith.constant 0 : i32
  ${before}
  %r:2 = loop.while (%a = %s, %k = %zero) : (tensor<4x5xf32>, i32) -> (tensor<4x5xf32>, i32) {
    %go = arith.cmpi slt, %k, %n : i32
    loop.condition(%go) %a, %k : tensor<4x5xf32>, i32
  } do {
  ^bb0(%a: tensor<4x5xf32>, %k: i32):
    ${use}
    %l = arith.addi %k, %one : i32
    loop.yield %b, %l : tensor<4x5xf32>, i32
  }
  return %r#0 : tensor<4x5xf32>
}`;

function sunk(text: string): {
  readonly count: number;
  readonly body: readonly string[];
  readonly before: readonly string[];
} {
  const module = parse(text);
  const results = runMain(module);
  const { statistics } = runPasses(module, 'builtin.module(func.func(sink-broadcasts))', [sinkBroadcasts]);
  expect(runMain(module)).toEqual(results);
  const ops = module.region(0).entry.firstOp!.region(0).entry.ops;
  const loop = ops.find((op) => op.name === 'loop.while')!;
  return {
    count: statistics.sunk ?? 0,
    body: loop.region(1).entry.ops.map((op) => op.name),
    before: ops.map((op) => op.name),
  };
}

const ROW = '%p = array.broadcast %x dims = [1] : tensor<5xf32> to tensor<4x5xf32>';

describe('sink-broadcasts', () => {
  test('a broadcast and coordinates move to their user in the loop, once each', () => {
    const { count, body, before } = sunk(
      program(
        `${ROW}\n%i = array.iota dim = 1 : tensor<4x5xf32>`,
        `%c = array.add %a, %p : tensor<4x5xf32>
         %d = array.mul %c, %i : tensor<4x5xf32>
         %b = array.sub %d, %p : tensor<4x5xf32>`,
      ),
    );
    expect(count).toBe(2);
    expect(body.slice(0, 5)).toEqual(['array.broadcast', 'array.add', 'array.iota', 'array.mul', 'array.sub']);
    expect(before).not.toContain('array.broadcast');
  });
  test('a broadcast of a broadcast follows it', () => {
    const { count, before } = sunk(
      program(
        `%q = array.slice %x [0:1:1] : tensor<5xf32> to tensor<1xf32>
         %w = array.broadcast %q dims = [0] : tensor<1xf32> to tensor<5xf32>
         %p = array.broadcast %w dims = [1] : tensor<5xf32> to tensor<4x5xf32>`,
        '%b = array.add %a, %p : tensor<4x5xf32>',
      ),
    );
    expect(count).toBe(2);
    expect(before).toContain('array.slice');
  });
  test('work stays in front of the loop, and so does what another kind of op reads', () => {
    expect(sunk(program('%p = array.exp %s : tensor<4x5xf32>', '%b = array.add %a, %p : tensor<4x5xf32>')).count).toBe(
      0,
    );
    expect(sunk(program(ROW, '%b = array.reverse %p dims = [0] : tensor<4x5xf32>')).count).toBe(0);
  });
});
