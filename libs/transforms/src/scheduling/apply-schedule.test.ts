import { renderDiagnostic } from '@budflow/ir';
import { nested, PassManager, passItem, pipeline } from '@budflow/pass';
import { describe, expect, test } from 'vitest';
import { APPLIED_SCHEDULE_ATTR, applySchedulePass } from './apply-schedule.js';
import { applySchedule } from './engine.js';
import { type Schedule, serializeSchedule } from './schedule.js';
import { checkVerified, functionOf, lines, parseKernel, schedule } from './testing/kernel.js';
import { ADD, WAVEFRONT } from './testing/kernels.js';

const withSchedule = (text: string, json: string): string =>
  text.replace(') {', `) attributes {loop.schedule = "${json.replaceAll('"', '\\"')}"} {`);

function apply(text: string, options: { strict?: boolean } = {}) {
  const module = parseKernel(text);
  const manager = new PassManager(
    pipeline('builtin.module', nested('func.func', passItem(applySchedulePass, options))),
  );
  const { result, diagnostics } = module.context.diagnostics.collect(() => manager.run(module));
  return { module, result, diagnostics };
}

const GOOD: Schedule = {
  steps: [
    { primitive: 'split', loop: 'add.d0', factor: 8 },
    { primitive: 'vectorize', loop: 'add.d0.i' },
  ],
};

describe('apply-schedule', () => {
  test('applies the schedule of a function, which is then kept as what was applied', () => {
    const { module, result, diagnostics } = apply(withSchedule(ADD, serializeSchedule(GOOD)));
    expect(diagnostics).toEqual([]);
    expect(result.failed).toBeUndefined();
    const func = functionOf(module);
    expect(func.attr('loop.schedule')).toBeUndefined();
    expect(func.attr(APPLIED_SCHEDULE_ATTR)?.toString()).toContain('add.d0.i');
    const same = parseKernel(ADD);
    schedule(same, GOOD.steps);
    expect(lines(module).slice(1)).toEqual(lines(same).slice(1));
    expect(result.remarks.filter((r) => r.kind === 'applied').map((r) => r.name)).toEqual(['split', 'vectorize']);
  });
  test('leaves functions without a schedule alone', () => {
    const { module } = apply(ADD);
    expect(lines(module)).toEqual(lines(parseKernel(ADD)));
  });
  test('a refused step is a remark; the others are applied', () => {
    const json = serializeSchedule({ steps: [{ primitive: 'vectorize', loop: 'add.d0' }, ...GOOD.steps] });
    const { module, result, diagnostics } = apply(withSchedule(ADD, json));
    expect(diagnostics).toEqual([]);
    expect(lines(module).some((l) => l.includes('simd.load'))).toBe(true);
    expect(result.remarks.filter((r) => r.kind === 'missed')).toMatchObject([
      {
        name: 'vectorize',
        message: 'step 0 (vectorize of loop "add.d0"): its trip count is not a constant: split it first',
        args: { step: 0, loop: 'add.d0' },
      },
    ]);
    expect(functionOf(module).attr(APPLIED_SCHEDULE_ATTR)?.toString()).not.toContain('\\"loop\\":\\"add.d0\\"}');
  });
  test('with strict, a refused step is an error that names the loop and the dependence', () => {
    const json = serializeSchedule({ steps: [{ primitive: 'reorder', loops: ['wave.d1', 'wave.d0'] }] });
    const { result, diagnostics } = apply(withSchedule(WAVEFRONT, json), { strict: true });
    expect(result.failed?.pass.name).toBe('apply-schedule');
    expect(diagnostics.map((d) => d.id)).toEqual(['schedule.refused']);
    expect(diagnostics[0]!.message).toBe(
      `'func.func' op has a schedule that cannot be applied: step 0 (reorder of loop "wave.d0"): would reverse a dependence through ` +
        'read of arg0[wave.d0 - 1, wave.d1 + 1] and write of arg0[wave.d0, wave.d1] at distance 1 of loop "wave.d0"',
    );
    expect(diagnostics[0]!.notes.map((n) => n.message)).toEqual(['one access of the dependence', 'the other one']);
    expect(renderDiagnostic(parseKernel(ADD).context, diagnostics[0]!)).toContain('error');
  });
  test('a schedule that is not valid is an error with its path', () => {
    const { result, diagnostics } = apply(withSchedule(ADD, '[{"primitive":"split","loop":"add.d0","factor":"8"}]'));
    expect(result.failed?.pass.name).toBe('apply-schedule');
    expect(diagnostics.map((d) => d.message)).toEqual([
      `'func.func' op has a schedule that is not valid: /0/factor: expected integer >= 1 and <= 2147483647, got "8"`,
    ]);
    expect(apply(ADD.replace(') {', ') attributes {loop.schedule = 7 : i64} {')).diagnostics[0]!.message).toContain(
      'expected a string of JSON',
    );
  });
});

/** Lines of loops after the schedule, and the remarks about loops that do not run on several threads. */
function settled(text: string, steps: Schedule['steps']) {
  const { module, result, diagnostics } = apply(withSchedule(text, serializeSchedule({ steps })), { strict: true });
  expect(diagnostics).toEqual([]);
  checkVerified(module);
  return {
    loops: lines(module).filter((line) => /^loop\.for|^\} \{/.test(line)),
    missed: result.remarks.filter((r) => r.kind === 'missed').map((r) => r.message),
  };
}

describe('apply-schedule and threads', () => {
  const grid = (body: string) => `func.func @f(%a: memref<6x10xf32>, %b: memref<6x10xf32>) {
    loop.for %i = 0 to 6 name "x.d0" { loop.for %j = 0 to 10 name "x.d1" { ${body} } }
    return
  }`;
  const COPY = grid(`%x = memory.load %a[%i, %j] : memref<6x10xf32>
    memory.store %x, %b[%i, %j] : memref<6x10xf32>`);

  test('chunks that copy back more than they write run in order', () => {
    const pieces: Schedule['steps'] = [
      { primitive: 'fuse', loops: ['x.d0', 'x.d1'] },
      { primitive: 'split', loop: 'x.d0.x.d1', factor: 7, tail: 'guard' },
    ];
    const copy = { primitive: 'cache_write', buffer: 'arg1', loop: 'x.d0.x.d1.i' } as const;
    expect(settled(COPY, pieces)).toMatchObject({ missed: [] });
    const { loops, missed } = settled(COPY, [...pieces, copy]);
    expect(loops.at(-1)).toBe('} {loop.sequential}');
    expect(missed).toEqual([
      'loop "x.d0.x.d1.o" runs on one thread: after these steps its iterations may depend on one another',
    ]);
    // Where the loop was made parallel, the step is refused.
    const parallel = { primitive: 'parallel', loop: 'x.d0.x.d1.o' } as const;
    const { refused } = applySchedule(functionOf(parseKernel(COPY)), { steps: [...pieces, parallel, copy] });
    expect(refused).toMatchObject([
      { primitive: 'cache_write', dependence: { message: expect.stringContaining('arg1') } },
    ]);
    expect(refused[0]!.reason).toMatch(
      /^iterations of parallel loop "x.d0.x.d1.o" would not be independent: loop-carried dependence through /,
    );
  });

  test('merged loops of which one reads what the other wrote an iteration before run in order', () => {
    const text = `func.func @f(%a: memref<9xf32>, %b: memref<9xf32>) {
      %one = arith.constant 1.0 : f32
      loop.for %i = 0 to 8 name "a.d0" {
        %p = loop.apply affine_map<(d0) -> (d0 + 1)>(%i)
        memory.store %one, %a[%p] : memref<9xf32>
      }
      loop.for %i = 0 to 8 name "b.d0" {
        %x = memory.load %a[%i] : memref<9xf32>
        memory.store %x, %b[%i] : memref<9xf32>
      }
      return
    }`;
    const { loops, missed } = settled(text, [{ primitive: 'merge', loops: ['a.d0', 'b.d0'] }]);
    expect(loops).toEqual(['loop.for %i = 0 to 8 name "a.d0" {', '} {loop.sequential}']);
    expect(missed).toHaveLength(1);
  });

  test('iterations that share a buffer outside of the loop run in order, also when it is cut in two', () => {
    const text = `func.func @f(%a: memref<8xf32>) {
      %t = memory.alloca() : memref<8x2xf32>
      %one = arith.constant 1.0 : f32
      %c1 = arith.constant 1 : index
      loop.for %i = 0 to 8 name "s.d0" {
        loop.for %j = 0 to 2 name "s.d1" { memory.store %one, %t[%i, %j] : memref<8x2xf32> }
      }
      loop.for %i = 0 to 8 name "c.d0" {
        %x = memory.load %t[%i, %c1] : memref<8x2xf32>
        memory.store %x, %a[%i] : memref<8xf32>
      }
      return
    }`;
    const { loops, missed } = settled(text, [
      { primitive: 'compute_at', stage: 's', loop: 'c.d0' },
      { primitive: 'store_at', stage: 's' },
      { primitive: 'peel', loop: 'c.d0', iterations: 3 },
    ]);
    expect(loops.filter((line) => line === '} {loop.sequential}')).toHaveLength(2);
    expect(missed.map((message) => message.slice(0, 13))).toEqual(['loop "c.d0~1"', 'loop "c.d0" r']);
  });

  test('parallel root loops are chunks of the grain, counted from 0', () => {
    const text = COPY.replace('%i = 0 to 6', '%i = 1 to 6');
    const at = (loop: string, grain?: number): Schedule['steps'] => [
      { primitive: 'parallel', loop, ...(grain === undefined ? {} : { grain }) },
    ];
    expect(settled(COPY, at('x.d0')).loops[0]).toBe('loop.for %i = 0 to 6 name "x.d0" {');
    expect(settled(COPY, at('x.d0', 4)).loops).toEqual([
      'loop.for %i = 0 to 2 name "x.d0.o" {',
      'loop.for %i_0 = 0 to min affine_map<(d0) -> (4, d0 * -4 + 6)>(%i) name "x.d0.i" {',
      'loop.for %i_1 = 0 to 10 name "x.d1" {',
      '} {grain = 4 : i64, parallel}',
    ]);
    expect(settled(text, at('x.d0')).loops[0]).toBe('loop.for %i = 0 to 5 name "x.d0.o" {');
    expect(settled(COPY, at('x.d1')).missed).toEqual([
      'loop "x.d1" is inside another loop: only outermost loops run on several threads',
    ]);
  });
});

describe('applySchedule', () => {
  test('tells what was applied and what was not, with positions', () => {
    const steps = [GOOD.steps[1]!, GOOD.steps[0]!, GOOD.steps[0]!, GOOD.steps[1]!];
    const { applied, refused } = applySchedule(functionOf(parseKernel(ADD)), { steps });
    expect(applied).toEqual(GOOD.steps);
    expect(refused.map((r) => [r.index, r.primitive, r.loop])).toEqual([
      [0, 'vectorize', 'add.d0.i'],
      [2, 'split', 'add.d0'],
    ]);
  });
});
