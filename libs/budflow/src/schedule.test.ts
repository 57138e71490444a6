import { describe, expect, test } from 'vitest';
import { compile, LoopRef, ScheduleBuilder, schedule } from './index.js';

const MATMUL = `func.func @main(%a: tensor<16x12xf32>, %b: tensor<12x20xf32>) -> tensor<16x20xf32> {
  %0 = array.dot_general %a, %b batch = [] x [] contract = [1] x [0] : tensor<16x12xf32>, tensor<12x20xf32> -> tensor<16x20xf32>
  return %0 : tensor<16x20xf32>
}`;
const a = Float32Array.from({ length: 16 * 12 }, (_, i) => Math.sin(i));
const b = Float32Array.from({ length: 12 * 20 }, (_, i) => Math.cos(i));

describe('schedules in TypeScript', () => {
  test('are the steps of the language, and come back from their JSON', () => {
    const s = schedule('main_k0');
    const mm = s.stage('mm');
    mm.split('d0', 8).tile(['d1', 'r0'], [4, 4], { tail: 'guard' }).reorder('d1.o', new LoopRef('mm.d0.i'));
    mm.stage('max').computeAt(mm.loop('d0.o')).storeAt(mm.loop('d0.o')).storeAt().computeRoot();
    mm.fuse('a', 'b').merge('a', 'b').unroll('a').unroll('a', 4).unrollAndJam('a').vectorize('a').parallel('a');
    mm.peel('a', { end: 'back' }).unswitch('a').distribute('a', 'b').cacheRead('arg0', 'a').cacheWrite('arg1', 'a');
    mm.pack('arg1', 'a', 'b')
      .rfactor('r0', 4)
      .prefetch('arg0', 'a', 8)
      .storeNontemporal('arg1')
      .storeNontemporal('x', 'a');
    expect(s.steps.slice(0, 5)).toEqual([
      { primitive: 'split', loop: 'mm.d0', factor: 8 },
      { primitive: 'tile', loops: ['mm.d1', 'mm.r0'], factors: [4, 4], tail: 'guard' },
      { primitive: 'reorder', loops: ['mm.d1.o', 'mm.d0.i'] },
      { primitive: 'compute_at', stage: 'max', loop: 'mm.d0.o' },
      { primitive: 'store_at', stage: 'max', loop: 'mm.d0.o' },
    ]);
    const [again] = ScheduleBuilder.parse(s.toString());
    expect(again!.steps).toEqual(s.steps);
    expect(new Set(s.steps.map((step) => step.primitive)).size).toBe(21);
  });
  test('compile uses them; without a name for the first kernel', () => {
    const plain = compile(MATMUL, { numerics: 'strict' });
    for (const name of ['main_k0', '']) {
      const s = schedule(name);
      s.stage('dot_general').tile(['d0', 'd1'], [4, 4]).unroll('d1.i').parallel('d0.o');
      const own = compile(MATMUL, { numerics: 'strict', schedules: [s] });
      expect(own.main!(a, b).data).toEqual(plain.main!(a, b).data);
      expect(own.report.wasmBytes).not.toBe(plain.report.wasmBytes);
    }
  });
  test('a step that is not legal is an error with the dependence', () => {
    const s = schedule();
    s.stage('dot_general').parallel('r0');
    expect(() => compile(MATMUL, { schedules: [s] })).toThrow(/parallel of loop "dot_general.r0".*loop-carried/);
    expect(() => ScheduleBuilder.parse('[{"primitive":"split","loop":"x"}]')).toThrow(
      "/0: split needs the key 'factor'",
    );
    expect(() => schedule().apply()).toThrow('no kernel');
  });
});
