import { describe, expect, test } from 'vitest';
import { parse } from '../testing/kernels.js';
import { runMain, runPasses } from '../testing/programs.js';
import { interchangeWhileMap } from './interchange-while-map.js';

const PIPELINE = 'builtin.module(func.func(interchange-while-map))';

interface Parts {
  /** The condition, from %x, %on, %k. */
  readonly condition?: string;
  /** The next %x2, %on2 from %x, %on, and %c from outside. */
  readonly body?: string;
  readonly results?: string;
  readonly type?: string;
}

const NEXT = `
    %n = array.mul %x, %c : tensor<3x7xf32>
    %x2 = array.select %on, %n, %x : tensor<3x7xf32>
    %near = array.cmp le, %x2, %limit : tensor<3x7xf32>
    %on2 = array.and %on, %near : tensor<3x7xi1>`;

const SOME = `
    %some = array.reduce or %on init %false dims = [0, 1] : tensor<3x7xi1>, tensor<i1> to tensor<i1>
    %moving = array.extract %some : tensor<i1> -> i1
    %more = arith.cmpi slt, %k, %most : i32
    %go = arith.andi %moving, %more : i1`;

function program({ condition = SOME, body = NEXT, results = '%r#0', type = 'tensor<3x7xf32>' }: Parts = {}): string {
  return `func.func @main(%a: tensor<3x7xf32>, %row: tensor<7xf32>) -> ${type} {
  %false = array.constant dense<false> : tensor<i1>
  %true = array.constant dense<true> : tensor<i1>
  %all = array.constant dense<true> : tensor<3x7xi1>
  %limit = array.full 100.0 : f32, tensor<3x7xf32>
  %most = arith.constant 20 : i32
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %r:3 = loop.while (%x = %a, %on = %all, %k = %zero) : (tensor<3x7xf32>, tensor<3x7xi1>, i32) -> (tensor<3x7xf32>, tensor<3x7xi1>, i32) {
    ${condition}
    loop.condition(%go) %x, %on, %k : tensor<3x7xf32>, tensor<3x7xi1>, i32
  } do {
  ^bb0(%x: tensor<3x7xf32>, %on: tensor<3x7xi1>, %k: i32):
    %c = array.broadcast %row dims = [1] : tensor<7xf32> to tensor<3x7xf32>
    ${body}
    %k2 = arith.addi %k, %one : i32
    loop.yield %x2, %on2, %k2 : tensor<3x7xf32>, tensor<3x7xi1>, i32
  }
  return ${results} : ${type}
}`;
}

const opsOf = (module: ReturnType<typeof parse>): string[] =>
  module
    .region(0)
    .entry.firstOp!.region(0)
    .entry.ops.map((op) => op.name);

/** Runs before and after; the loop must be gone. */
function interchanged(text: string): string {
  const module = parse(text);
  const before = [1, 2, 3].map((seed) => runMain(module, { seed }));
  const { statistics } = runPasses(module, PIPELINE, [interchangeWhileMap]);
  expect(statistics).toEqual({ interchanged: 1 });
  expect(opsOf(module)).not.toContain('loop.while');
  expect([1, 2, 3].map((seed) => runMain(module, { seed }))).toEqual(before);
  return module.toString();
}

/** The reason for which a loop stays. */
function reason(text: string): string {
  const module = parse(text);
  const before = module.toString();
  const { remarks, statistics } = runPasses(module, PIPELINE, [interchangeWhileMap]);
  expect(statistics).toEqual({ kept: 1 });
  expect(module.toString()).toBe(before);
  return remarks.map((r) => r.message).join();
}

describe('loops of the same steps for all elements', () => {
  const count = '%go = arith.cmpi slt, %k, %most : i32';

  test('that count: elements take the steps by themselves, the counter too', () => {
    expect(interchanged(program({ condition: count }))).toContain('array.map');
    const both = program({ condition: count }).replace(
      '-> tensor<3x7xf32> {\n  %false',
      '-> (tensor<3x7xf32>, i32) {\n  %false',
    );
    const text = interchanged(
      both.replace('return %r#0 : tensor<3x7xf32>', 'return %r#0, %r#2 : tensor<3x7xf32>, i32'),
    );
    expect(text).toContain('array.reduce max');
    expect(reason(program({ condition: count, results: '%r#2', type: 'i32' }))).toContain('no tensor');
  });

  const steps = (bounds: string, body: string, x = 'tensor<3x7xf32>') => `func.func @main(%a: ${x}) -> ${x} {
  %n = arith.constant 5 : index
  %r = loop.for %i = ${bounds} iter_args(%x = %a) -> (${x}) {
    %k = arith.index_cast %i : index to i32
    %t = array.from_scalar %k : i32 -> tensor<i32>
    %s = array.broadcast %t dims = [] : tensor<i32> to tensor<3x7xi32>
    %f = array.cast %s : tensor<3x7xi32> to tensor<3x7xf32>
    ${body}
    loop.yield %y : ${x}
  }
  return %r : ${x}
}`;
  const add = '%y = array.add %x, %f : tensor<3x7xf32>';

  test.each(['0 to 5', '2 to 9 step 3', '0 to %n', '4 to 4', '5 to -3'])('loop.for %%i = %s', (bounds) => {
    const module = parse(steps(bounds, add));
    const before = runMain(module);
    expect(runPasses(module, PIPELINE, [interchangeWhileMap]).statistics).toEqual({ interchanged: 1 });
    expect(opsOf(module)).not.toContain('loop.for');
    expect(runMain(module)).toEqual(before);
  });

  test('one inside of another, with values that only the inner one reads', () => {
    const inner = `%g = array.add %a, %f : tensor<3x7xf32>
    %y = loop.for %j = 0 to 3 iter_args(%z = %x) -> (tensor<3x7xf32>) {
      %w = array.mul %z, %a : tensor<3x7xf32>
      %v = array.sub %w, %g : tensor<3x7xf32>
      loop.yield %v : tensor<3x7xf32>
    }`;
    const module = parse(steps('0 to 4', inner));
    const before = runMain(module);
    expect(runPasses(module, PIPELINE, [interchangeWhileMap]).statistics).toEqual({ interchanged: 2 });
    expect(opsOf(module).filter((name) => name.startsWith('loop'))).toEqual([]);
    expect(runMain(module)).toEqual(before);
  });

  test('not those that do something', () => {
    const asserts = `%bound = arith.constant 3 : i32
    %ok = arith.cmpi slt, %k, %bound : i32
    cf.assert %ok, "too far"
    ${add}`;
    expect(reason(steps('0 to 3', asserts))).toContain("'cf.assert' has effects");
  });

  test('not those of which elements read others, and not of unknown size: the loop is as it was', () => {
    const turned = '%z = array.reverse %x dims = [1] : tensor<3x7xf32>\n%y = array.add %z, %f : tensor<3x7xf32>';
    expect(reason(steps('0 to 5', turned))).toContain("'array.reverse' reads other elements");
    const text = `func.func @main(%a: tensor<?xf32>) -> tensor<?xf32> {
  %r = loop.for %i = 0 to 3 iter_args(%x = %a) -> (tensor<?xf32>) {
    %y = array.add %x, %x : tensor<?xf32>
    loop.yield %y : tensor<?xf32>
  }
  return %r : tensor<?xf32>
}`;
    expect(reason(text)).toContain('a size is known at run time only');
    const least = steps('0 to 5', add).replace('%i = 0 to 5', '%i = 0 to min affine_map<(d0) -> (d0, 4)>(%n)');
    expect(reason(least)).toContain('its bounds are maxima or minima');
  });
});

describe('interchange-while-map', () => {
  test('elements run loops of their own, simplified under the condition; a row from outside is hoisted', () => {
    const text = interchanged(program());
    // The mask is true wherever the body runs: no select, no and with it.
    expect(text).not.toContain('arith.select');
    expect(text.match(/arith\.andi/g)).toHaveLength(1);
    expect(text.indexOf('array.broadcast')).toBeLessThan(text.indexOf('array.map'));
  });
  test('several results make one map; a counter is the largest of the elements', () => {
    const text = interchanged(
      program({ results: '%r#0, %r#1, %r#2', type: '(tensor<3x7xf32>, tensor<3x7xi1>, i32)' }).replace(
        ': (tensor<3x7xf32>, tensor<3x7xi1>, i32)\n}',
        ': tensor<3x7xf32>, tensor<3x7xi1>, i32\n}',
      ),
    );
    expect(text).toContain('to tensor<3x7xf32>, tensor<3x7xi1>, tensor<3x7xi32> body');
    expect(text).toContain('array.reduce max');
  });
  test('not all are done, said with and', () => {
    interchanged(
      program({
        condition: `
    %off = array.not %on : tensor<3x7xi1>
    %done = array.reduce and %off init %true dims = [0, 1] : tensor<3x7xi1>, tensor<i1> to tensor<i1>
    %not = array.not %done : tensor<i1>
    %moving = array.extract %not : tensor<i1> -> i1
    %more = arith.cmpi slt, %k, %most : i32
    %go = arith.andi %more, %moving : i1`,
      }),
    );
  });
  test('conditions that are tensors of rank 0, and a condition that the body computes again', () => {
    interchanged(
      program({
        condition: `
    %kt = array.from_scalar %k : i32 -> tensor<i32>
    %mt = array.from_scalar %most : i32 -> tensor<i32>
    %low = array.cmp lt, %x, %limit : tensor<3x7xf32>
    %some = array.reduce or %low init %false dims = [0, 1] : tensor<3x7xi1>, tensor<i1> to tensor<i1>
    %more = array.cmp lt, %kt, %mt : tensor<i32>
    %both = array.and %some, %more : tensor<i1>
    %go = array.extract %both : tensor<i1> -> i1`,
        body: `
    %mask = array.cmp lt, %x, %limit : tensor<3x7xf32>
    %n = array.mul %x, %c : tensor<3x7xf32>
    %x2 = array.select %mask, %n, %x : tensor<3x7xf32>
    %on2 = array.or %on, %on : tensor<3x7xi1>`,
      }),
    );
  });
  test('coordinates are hoisted', () => {
    const text = interchanged(
      program({
        body: `${NEXT.replace('%n = array.mul %x, %c', '%i = array.iota dim = 1 : tensor<3x7xf32>\n %n = array.add %x, %i')}`,
      }),
    );
    expect(text.indexOf('array.iota')).toBeLessThan(text.indexOf('array.map'));
  });
});

describe('interchange-while-map keeps a loop', () => {
  test('whose inactive elements move on', () => {
    expect(reason(program({ body: NEXT.replace('array.select %on, %n, %x', 'array.add %n, %x') }))).toContain(
      'an element that is not active may still change',
    );
  });
  test('whose inactive elements may become active again', () => {
    expect(reason(program({ body: NEXT.replace('array.and %on, %near', 'array.or %on, %near') }))).toContain(
      'an element that is not active may still change',
    );
  });
  test('whose float sums add zero: -0 becomes +0', () => {
    const body = `
    %zeros = array.full 0.0 : f32, tensor<3x7xf32>
    %n = array.select %on, %c, %zeros : tensor<3x7xf32>
    %x2 = array.add %x, %n : tensor<3x7xf32>
    %near = array.cmp le, %x2, %limit : tensor<3x7xf32>
    %on2 = array.and %on, %near : tensor<3x7xi1>`;
    expect(reason(program({ body }))).toContain('may still change');
    interchanged(program({ body: body.replace('full 0.0', 'full -0.0') }));
  });
  test('that runs until all are done at once', () => {
    expect(
      reason(program({ condition: SOME.replace('reduce or', 'reduce and').replace('%false', '%true') })),
    ).toContain("'array.reduce' reads other elements than its own");
  });
  test('whose elements read their neighbours', () => {
    const body = NEXT.replace(
      '%n = array.mul %x, %c',
      '%t = array.reverse %x dims = [1] : tensor<3x7xf32>\n %n = array.mul %t, %c',
    );
    expect(reason(program({ body }))).toContain("'array.reverse' reads other elements than its own");
  });
  test('whose activity depends on the step', () => {
    const condition = `
    %kt = array.from_scalar %k : i32 -> tensor<i32>
    %ks = array.broadcast %kt dims = [] : tensor<i32> to tensor<3x7xi32>
    %kf = array.cast %ks : tensor<3x7xi32> to tensor<3x7xf32>
    %low = array.cmp lt, %x, %kf : tensor<3x7xf32>
    %both = array.and %low, %on : tensor<3x7xi1>
    %some = array.reduce or %both init %false dims = [0, 1] : tensor<3x7xi1>, tensor<i1> to tensor<i1>
    %go = array.extract %some : tensor<i1> -> i1`;
    expect(reason(program({ condition }))).toContain('depends on the step');
  });
  test('whose steps are counted without a limit', () => {
    const text = program({
      results: '%r#2',
      type: 'i32',
    }).replace('loop.condition(%go)', 'loop.condition(%moving)');
    expect(reason(text)).toContain('counts the steps in another way');
  });
});
