import { describe, expect, test } from 'vitest';
import { controlFlowSink } from './control-flow-sink.js';
import { count, transform } from './testing/functions.js';

const at = (lines: readonly string[], part: string) => lines.findIndex((l) => l.includes(part));

describe('control-flow-sink', () => {
  test('computations move into the one branch that uses them, with what they need', () => {
    const done = transform(
      `func.func @main(%c: i1, %a: f32, %b: f32, %m: memref<f32>) {
        %d = arith.divf %a, %b : f32
        %e = arith.mulf %d, %d : f32
        %both = arith.addf %a, %b : f32
        %after = arith.subf %a, %b : f32
        loop.if %c {
          %s = arith.addf %e, %both : f32
          memory.store %s, %m[] : memref<f32>
        } else {
          memory.store %both, %m[] : memref<f32>
        }
        memory.store %after, %m[] : memref<f32>
        return
      }`,
      'control-flow-sink',
      controlFlowSink,
    );
    expect(done.statistics['num-sunk']).toBe(2);
    const order = ['arith.addf %arg1, %arg2', 'arith.subf', 'loop.if', 'arith.divf', 'arith.mulf'].map((p) =>
      at(done.lines, p),
    );
    expect(order).toEqual([...order].sort((x, y) => x - y));
  });

  test('nothing moves into loops, past effects, or out of a loop', () => {
    const done = transform(
      `func.func @main(%c: i1, %n: index, %m: memref<f32>) {
        %v = memory.load %m[] : memref<f32>
        %w = arith.addf %v, %v : f32
        loop.for %i = 0 to %n {
          memory.store %w, %m[] : memref<f32>
          loop.if %c {
            memory.store %w, %m[] : memref<f32>
            memory.store %v, %m[] : memref<f32>
          }
        }
        return
      }`,
      'control-flow-sink',
      controlFlowSink,
    );
    expect(done.statistics['num-sunk']).toBe(0);
    expect(count(done, 'arith.addf')).toBe(1);
  });

  test('what sinks into an outer conditional sinks on into an inner one', () => {
    const done = transform(
      `func.func @main(%c: i1, %d: i1, %a: f32, %m: memref<f32>) {
        %x = arith.mulf %a, %a : f32
        loop.if %c {
          loop.if %d {
            memory.store %x, %m[] : memref<f32>
          }
        }
        return
      }`,
      'control-flow-sink',
      controlFlowSink,
    );
    expect(done.statistics['num-sunk']).toBe(2);
    expect(at(done.lines, 'arith.mulf')).toBeGreaterThan(at(done.lines, 'loop.if %arg1'));
  });
});
