// What holds for every primitive with each of its tails and ends: a step as JSON, as the attribute of a kernel and applied
// directly gives the same loops, which compute the same; and what is not legal is refused with the dependence.
import { LoopAttrs } from '@budflow/dialect-loop';
import { nested, PassManager, passItem, pipeline } from '@budflow/pass';
import { expect, test } from 'vitest';
import { applySchedulePass } from './apply-schedule.js';
import { applySchedule, PRIMITIVES } from './engine.js';
import {
  checkSchedule as checkSteps,
  type PrimitiveName,
  parseSchedule,
  STEP_SCHEMAS,
  type Step,
  serializeSchedule,
  TAIL_STRATEGIES,
} from './schedule.js';
import { checkSchedule, functionOf, lines, parseKernel, refusal, schedule } from './testing/kernel.js';
import {
  ADD,
  MATMUL,
  MIXED,
  matmulSizes,
  mixedSizes,
  SHIFT,
  SOFTMAX,
  softmaxSizes,
  WAVEFRONT,
} from './testing/kernels.js';

type Sizes = readonly (readonly number[])[];
/** A kernel, steps of which the last one is looked at, and sizes to run at. */
type Applied = readonly [text: string, steps: readonly Step[], sizes: Sizes];
/** The part of the reason that matters; `dependence` where two accesses are the reason. */
type Refused = readonly [text: string, steps: readonly Step[], reason: RegExp, because: 'dependence' | 'form'];

const add = [0, 1, 3, 4, 7, 9].map((n) => [n, n, n]);
const mixed = [mixedSizes(0, 3), mixedSizes(5, 1), mixedSizes(6, 9)];
const softmax = [softmaxSizes(5, 3)];
const pair: readonly string[] = ['mix.d0', 'mix.d1'];
/** Softmax of 5 rows: sizes of buffers and loops are constants. */
const FIVE = SOFTMAX.replace(/%(m1?) = memory\.dim %x, 0 : memref<\?x\?xf32>/g, '%$1 = arith.constant 5 : index')
  .replaceAll('memory.alloca(%m) : memref<?xf32>', 'memory.alloca() : memref<5xf32>')
  .replaceAll('memref<?xf32>', 'memref<5xf32>');
const SUM_AT: Step = { primitive: 'compute_at', stage: 'sum', loop: 'div.d0' };
const EIGHT: Step = { primitive: 'split', loop: 'mix.d1', factor: 8 };
const CONDITION = `func.func @f(%a: memref<?xi32>, %c: i1) {
  %n = memory.dim %a, 0 : memref<?xi32>
  %one = arith.constant 1 : i32
  %two = arith.constant 2 : i32
  loop.for %i = 0 to %n name "x.d0" {
    loop.if %c { memory.store %one, %a[%i] : memref<?xi32> } else { memory.store %two, %a[%i] : memref<?xi32> }
  }
  return
}`;
/** "b" reads what "a" writes one iteration later; "a" through a buffer of the kernel's own. */
const LATER = `func.func @f(%b: memref<8xf32>) {
  %one = arith.constant 1.0 : f32
  %t = memory.alloca() : memref<9xf32>
  loop.for %i = 0 to 8 name "a.d0" { memory.store %one, %t[%i] : memref<9xf32> }
  loop.for %i = 0 to 8 name "b.d0" {
    %p = loop.apply affine_map<(d0) -> (d0 + 1)>(%i)
    %x = memory.load %t[%p] : memref<9xf32>
    memory.store %x, %b[%i] : memref<8xf32>
  }
  return
}`;
/** Each iteration adds to what the one before left in a buffer of the kernel's own. */
const RUNNING = `func.func @f(%b: memref<8xf32>) {
  %one = arith.constant 1.0 : f32
  %t = memory.alloca() : memref<f32>
  loop.for %i = 0 to 8 name "a.d0" {
    loop.for %j = 0 to 1 name "s.d1" {
      %x = memory.load %t[] : memref<f32>
      %y = arith.addf %x, %one : f32
      memory.store %y, %t[] : memref<f32>
    }
    %z = memory.load %t[] : memref<f32>
    memory.store %z, %b[%i] : memref<8xf32>
  }
  return
}`;
/** The stage "s" in the loop of "c" reads what "c" wrote an iteration before. */
const BACK = `func.func @f(%a: memref<9xf32>) {
  %t = memory.alloca() : memref<8xf32>
  loop.for %i = 0 to 8 name "c.d0" {
    loop.for %j = 0 to 1 name "s.d1" {
      %x = memory.load %a[%i] : memref<9xf32>
      memory.store %x, %t[%i] : memref<8xf32>
    }
    %y = memory.load %t[%i] : memref<8xf32>
    %p = loop.apply affine_map<(d0) -> (d0 + 1)>(%i)
    memory.store %y, %a[%p] : memref<9xf32>
  }
  return
}`;
/** The first inner loop reads, an iteration later, what the second one wrote. */
const TWO = BACK.replace('%y = memory.load', 'loop.for %k = 0 to 1 name "u.d1" {\n%y = memory.load').replace(
  '%a[%p] : memref<9xf32>',
  '%a[%p] : memref<9xf32> }',
);

const APPLIED: Readonly<Record<PrimitiveName, readonly Applied[]>> = {
  split: TAIL_STRATEGIES.map((tail) => [ADD, [{ primitive: 'split', loop: 'add.d0', factor: 4, tail }], add]),
  tile: [
    [MIXED, [{ primitive: 'tile', loops: pair, factors: [4, 2], tail: 'guard' }], mixed],
    [
      MIXED.replace('memory.dim %c, 0 : memref<?x?xf32>', 'arith.constant 5 : index').replace(
        'memory.dim %c, 1 : memref<?x?xf32>',
        'arith.constant 9 : index',
      ),
      [{ primitive: 'tile', loops: pair, factors: [4, 2], tail: 'shift' }],
      [mixedSizes(5, 9)],
    ],
  ],
  reorder: [[MIXED, [{ primitive: 'reorder', loops: ['mix.d1', 'mix.d0'] }], mixed]],
  fuse: [[MIXED, [EIGHT, { primitive: 'fuse', loops: ['mix.d1.o', 'mix.d1.i'] }], mixed]],
  merge: [[SOFTMAX, [{ primitive: 'merge', loops: ['sum.d0', 'div.d0'] }], softmax]],
  unroll: [
    [MIXED, [EIGHT, { primitive: 'unroll', loop: 'mix.d1.i' }], mixed],
    [MIXED, [{ primitive: 'unroll', loop: 'mix.d0', factor: 3 }], mixed],
  ],
  unroll_and_jam: [
    [
      MIXED,
      [
        { primitive: 'split', loop: 'mix.d0', factor: 4 },
        { primitive: 'unroll_and_jam', loop: 'mix.d0.i' },
      ],
      mixed,
    ],
  ],
  vectorize: [[MIXED, [EIGHT, { primitive: 'vectorize', loop: 'mix.d1.i' }], mixed]],
  parallel: [
    [MIXED, [{ primitive: 'parallel', loop: 'mix.d0' }], mixed],
    [MIXED, [{ primitive: 'parallel', loop: 'mix.d1', grain: 4 }], mixed],
  ],
  peel: (['front', 'back'] as const).map((end) => [
    MIXED,
    [{ primitive: 'peel', loop: 'mix.d1', iterations: 2, end }],
    mixed,
  ]),
  unswitch: [[CONDITION, [{ primitive: 'unswitch', loop: 'x.d0' }], [[0], [3]]]],
  distribute: [[FIVE, [SUM_AT, { primitive: 'distribute', loop: 'div.d0', at: 'div.d1' }], softmax]],
  compute_at: [[SOFTMAX, [SUM_AT], softmax]],
  compute_root: [[FIVE, [SUM_AT, { primitive: 'compute_root', stage: 'sum' }], softmax]],
  store_at: [
    [FIVE, [SUM_AT, { primitive: 'store_at', stage: 'sum' }], softmax],
    [
      FIVE,
      [SUM_AT, { primitive: 'store_at', stage: 'sum' }, { primitive: 'store_at', stage: 'sum', loop: 'div.d0' }],
      softmax,
    ],
  ],
  cache_read: [[MIXED, [EIGHT, { primitive: 'cache_read', buffer: 'arg2', loop: 'mix.d1.i' }], mixed]],
  cache_write: [[MIXED, [EIGHT, { primitive: 'cache_write', buffer: 'arg3', loop: 'mix.d1.i' }], mixed]],
  pack: [
    [
      MATMUL,
      [
        { primitive: 'split', loop: 'mm.d1', factor: 4 },
        { primitive: 'pack', buffer: 'arg1', loops: ['mm.d1.o', 'mm.r0', 'mm.d1.i'] },
      ],
      [matmulSizes(3, 9, 4)],
    ],
  ],
  rfactor: [[SOFTMAX, [{ primitive: 'rfactor', loop: 'max.r0', factor: 2 }], softmax]],
  prefetch: [[ADD, [{ primitive: 'prefetch', buffer: 'arg0', loop: 'add.d0', distance: 8 }], add]],
  store_nontemporal: [
    [ADD, [{ primitive: 'store_nontemporal', buffer: 'arg2' }], add],
    [ADD, [{ primitive: 'store_nontemporal', buffer: 'arg2', loop: 'add.d0' }], add],
  ],
};

const waves: readonly string[] = ['wave.d0', 'wave.d1'];
const REFUSED: Readonly<Record<PrimitiveName, Refused>> = {
  split: [SHIFT, [{ primitive: 'split', loop: 'shift.d0', factor: 4, tail: 'shift' }], /run twice/, 'dependence'],
  tile: [WAVEFRONT, [{ primitive: 'tile', loops: waves, factors: [2, 2] }], /reverse a dependence/, 'dependence'],
  reorder: [WAVEFRONT, [{ primitive: 'reorder', loops: [...waves].reverse() }], /reverse a dependence/, 'dependence'],
  merge: [LATER, [{ primitive: 'merge', loops: ['a.d0', 'b.d0'] }], /reverse a dependence/, 'dependence'],
  unroll_and_jam: [
    WAVEFRONT.replace('1 to %m', '1 to 9'),
    [{ primitive: 'unroll_and_jam', loop: 'wave.d0' }],
    /loop-carried dependence/,
    'dependence',
  ],
  vectorize: [
    SHIFT.replace('loop.apply affine_map<(d0) -> (d0 + 1)>(%i)', 'loop.apply affine_map<(d0) -> (d0 - 1)>(%i)').replace(
      '0 to %n',
      '1 to 9',
    ),
    [{ primitive: 'vectorize', loop: 'shift.d0' }],
    /loop-carried dependence/,
    'dependence',
  ],
  parallel: [WAVEFRONT, [{ primitive: 'parallel', loop: 'wave.d0' }], /loop-carried dependence/, 'dependence'],
  distribute: [TWO, [{ primitive: 'distribute', loop: 'c.d0', at: 'u.d1' }], /loop-carried dependence/, 'dependence'],
  compute_at: [
    LATER,
    [{ primitive: 'compute_at', stage: 'a', loop: 'b.d0' }],
    /another iteration needs it/,
    'dependence',
  ],
  compute_root: [BACK, [{ primitive: 'compute_root', stage: 's' }], /after others used it/, 'dependence'],
  store_at: [
    RUNNING,
    [{ primitive: 'store_at', stage: 's', loop: 'a.d0' }],
    /an iteration reads what another one wrote/,
    'dependence',
  ],
  cache_read: [
    SHIFT,
    [{ primitive: 'cache_read', buffer: 'arg0', loop: 'shift.d0' }],
    /writes what is copied/,
    'dependence',
  ],
  cache_write: [
    ADD.replace('%c: memref<?xf32>', '%c: memref<?xf32> {rt.in_place}').replace('0 to %n', '0 to 8'),
    [{ primitive: 'cache_write', buffer: 'arg2', loop: 'add.d0' }],
    /the buffers may overlap/,
    'dependence',
  ],
  pack: [SHIFT, [{ primitive: 'pack', buffer: 'arg0', loops: ['shift.d0'] }], /may write what is packed/, 'dependence'],
  store_nontemporal: [SHIFT, [{ primitive: 'store_nontemporal', buffer: 'arg0' }], /is read there too/, 'form'],
  // What these do is always legal; they need loops of some form.
  fuse: [MIXED, [{ primitive: 'fuse', loops: pair }], /no constant bound: split it first/, 'form'],
  unroll: [MIXED, [{ primitive: 'unroll', loop: 'mix.d1' }], /give a factor/, 'form'],
  peel: [
    MIXED,
    [
      { primitive: 'peel', loop: 'mix.d1', iterations: 2, end: 'back' },
      { primitive: 'peel', loop: 'mix.d1~1', iterations: 1, end: 'front' },
    ],
    /lower bound is a maximum/,
    'form',
  ],
  unswitch: [ADD, [{ primitive: 'unswitch', loop: 'add.d0' }], /no condition inside/, 'form'],
  rfactor: [
    SOFTMAX,
    [{ primitive: 'rfactor', loop: 'sum.r0', factor: 4 }],
    /rounds, and the reduction is not marked/,
    'form',
  ],
  prefetch: [ADD, [{ primitive: 'prefetch', buffer: 'arg2', loop: 'add.d0', distance: 4 }], /no loads of arg2/, 'form'],
};

const NAMES = Object.keys(STEP_SCHEMAS) as PrimitiveName[];

/** The loops after the steps, given as the attribute of the kernel. */
function byAttribute(text: string, json: string): string[] {
  const module = parseKernel(text);
  const func = functionOf(module);
  func.setAttr(LoopAttrs.schedule, func.context.stringAttr(json));
  const manager = new PassManager(
    pipeline('builtin.module', nested('func.func', passItem(applySchedulePass, { strict: true }))),
  );
  const { result, diagnostics } = module.context.diagnostics.collect(() => manager.run(module));
  expect(diagnostics).toEqual([]);
  expect(result.failed).toBeUndefined();
  return lines(module).slice(1);
}

test.each(NAMES)(
  '%s: applied from an API, JSON or an attribute it gives the same loops and the same results',
  (name) => {
    expect(PRIMITIVES[name].name).toBe(name);
    for (const [text, steps, sizes] of APPLIED[name]) {
      expect(steps.at(-1)!.primitive).toBe(name);
      const json = serializeSchedule({ steps });
      expect(parseSchedule(json).schedule!.steps).toEqual(steps);
      expect(checkSteps(structuredClone(steps)).problems).toBeUndefined();
      checkSchedule(text, steps, sizes);
      const direct = parseKernel(text);
      expect(applySchedule(functionOf(direct), { steps }).refused).toEqual([]);
      const loops = lines(direct).slice(1);
      expect(byAttribute(text, json)).toEqual(loops);
      const before = parseKernel(text);
      schedule(before, steps.slice(0, -1));
      expect(lines(before).slice(1), 'the step changes the loops').not.toEqual(loops);
    }
  },
);

test.each(NAMES)('%s: refused with the reason, and the dependence where there is one', (name) => {
  const [text, steps, reason, because] = REFUSED[name];
  const module = parseKernel(text);
  schedule(module, steps.slice(0, -1));
  const { refused, dependence } = refusal(module, steps.at(-1)!);
  expect(refused).toMatch(reason);
  expect(dependence !== undefined, 'a dependence').toBe(because === 'dependence');
  if (dependence) expect(refused).toContain(dependence.message);
});

test('every tail strategy, end and optional field is among them', () => {
  for (const [name, { properties, required }] of Object.entries(STEP_SCHEMAS)) {
    const steps = APPLIED[name as PrimitiveName].map(([, list]) => list.at(-1) as unknown as Record<string, unknown>);
    for (const [key, schema] of Object.entries(properties)) {
      for (const value of 'enum' in schema && schema.enum ? schema.enum : [])
        expect(
          steps.some((step) => step[key] === value),
          `${name} ${key} ${value}`,
        ).toBe(true);
      if (!required.includes(key))
        expect(
          steps.some((step) => step[key] !== undefined),
          `${name} ${key}`,
        ).toBe(true);
    }
  }
});
