import { type Operation, StringAttr } from '@budflow/ir';
import { describe, expect, test } from 'vitest';
import { arrayToLoop } from '../../loop/array-to-loop.js';
import { chunkKernel } from '../../loop/chunk-kernel.js';
import { bufferize } from '../../memory/bufferize.js';
import { parse } from '../../testing/kernels.js';
import { runMain, runPasses } from '../../testing/programs.js';
import { fixNumerics } from '../fix-numerics.js';
import { instructionFusion } from '../instruction-fusion.js';
import { LoopLowering } from './interface.js';
import { hasLoopLowering } from './registry.js';

const passes = [fixNumerics, instructionFusion, bufferize, arrayToLoop, chunkKernel];

function loopNames(module: Operation): string[] {
  const names: string[] = [];
  module.walk((op) => {
    const name = op.attr('name');
    if (op.name === 'loop.for' && name instanceof StringAttr) names.push(name.value);
  });
  return names;
}

/** Lowers to loops, comparing results before and after. */
function lower(text: string): { module: Operation; names: string[]; statistics: Readonly<Record<string, number>> } {
  const module = parse(text);
  const before = runMain(module);
  const { statistics } = runPasses(
    module,
    'builtin.module(fix-numerics,func.func(instruction-fusion),bufferize,func.func(array-to-loop))',
    passes,
  );
  expect(runMain(module)).toEqual(before);
  return { module, names: loopNames(module), statistics };
}

const main = (parameters: string, results: string, body: string) =>
  `func.func @main(${parameters}) -> (${results}) {\n${body}\n}`;
const t = 'tensor<8xf32>';
const update = (from: string, to: string) =>
  `  %${to} = array.dynamic_update_slice %${from}, %u [%i] : ${t}, tensor<3xf32>, tensor<i32>`;

describe('ops that build their own loops', () => {
  test('a destination that dies is written over, one that lives is copied first', () => {
    const parameters = `%x: ${t}, %u: tensor<3xf32>, %i: tensor<i32>`;
    const dies = lower(main(parameters, t, `  %0 = array.exp %x : ${t}\n${update('0', '1')}\n  return %1 : ${t}`));
    expect(dies.statistics['in-place']).toBe(1);
    expect(dies.names).toEqual(['exp.d0', 'dynamic_update_slice.d0']);
    const lives = lower(
      main(parameters, `${t}, ${t}`, `  %0 = array.exp %x : ${t}\n${update('0', '1')}\n  return %1, %0 : ${t}, ${t}`),
    );
    expect(lives.statistics['in-place']).toBe(0);
    expect(lives.names).toEqual(['exp.d0', 'dynamic_update_slice_copy0.d0', 'dynamic_update_slice.d0']);
    // Arguments belong to the caller.
    const argument = lower(main(parameters, t, `${update('x', '1')}\n  return %1 : ${t}`));
    expect(argument.names).toContain('dynamic_update_slice_copy0.d0');
  });

  test('a tensor that is the update too is copied', () => {
    const body = `  %0 = array.exp %x : ${t}
  %1 = array.dynamic_update_slice %0, %0 [%i] : ${t}, ${t}, tensor<i32>
  return %1 : ${t}`;
    const { statistics } = lower(main(`%x: ${t}, %i: tensor<i32>`, t, body));
    expect(statistics['in-place']).toBe(0);
  });

  test('batches of a scatter are loops that can be chunks, the rest runs in order', () => {
    const scatter = (
      batching: string,
      dim: number,
    ) => `  %0 = array.scatter %x at %i updates %u collapsed = [${dim}]${batching} map = [${dim}] vector = ${dim + 1} : TYPES body(%a: f32, %b: f32) {
    %1 = arith.addf %a, %b : f32
    array.yield %1 : f32
  }`;
    const plain = main(
      '%x: tensor<8xf32>, %i: tensor<5xi32>, %u: tensor<5xf32>',
      'tensor<8xf32>',
      `${scatter('', 0).replace('TYPES', 'tensor<8xf32>, tensor<5xi32>, tensor<5xf32>')}\n  return %0 : tensor<8xf32>`,
    );
    expect(lower(plain).names).toEqual(['scatter_copy0.d0', 'scatter.s0']);
    const batched = main(
      '%x: tensor<4x8xf32>, %i: tensor<4x5xi32>, %u: tensor<4x5xf32>',
      'tensor<4x8xf32>',
      `${scatter(' batching = [0] x [0]', 1).replace('TYPES', 'tensor<4x8xf32>, tensor<4x5xi32>, tensor<4x5xf32>')}\n  return %0 : tensor<4x8xf32>`,
    );
    const { module, names } = lower(batched);
    expect(names).toEqual(['scatter_copy0.d0', 'scatter_copy0.d1', 'scatter.d0', 'scatter.s0']);
    expect(runPasses(module, 'builtin.module(chunk-kernel)', passes).statistics).toMatchObject({
      phases: 2,
      parallel: 2,
    });
  });

  test('reverse needs loops of its own only where a size is not known', () => {
    const reverse = (type: string) => {
      const module = parse(
        main(`%x: ${type}`, type, `  %0 = array.reverse %x dims = [1] : ${type}\n  return %0 : ${type}`),
      );
      let found = false;
      module.walk((op) => {
        found ||= op.name === 'array.reverse' && hasLoopLowering(op);
      });
      return found;
    };
    expect(reverse('tensor<?x4xf32>')).toBe(false);
    expect(reverse('tensor<4x?xf32>')).toBe(true);
  });

  test('of a row of which only the beginning is read, that is selected', () => {
    const how = (count: number, order: string, { size = 300 } = {}) => {
      const [full, part] = [`tensor<${size}xf32>`, `tensor<${count}xf32>`];
      const body = `  %0 = array.sort %x dim = 0 ${order} : ${full}
  %1 = array.slice %0 [0:${count}:1] : ${full} to ${part}
  return %1 : ${part}`;
      const { names } = lower(main(`%x: ${full}`, part, body));
      return ['sort_select', 'sort_some', 'sort_merge', 'sort_count'].filter((k) => names.some((n) => n.startsWith(k)));
    };
    expect(how(8, 'descending total_order')).toEqual(['sort_select']);
    expect(how(40, 'descending total_order')).toEqual(['sort_some', 'sort_count']);
    // A bound is found sooner in a long row.
    expect(how(8, 'descending total_order', { size: 20000 })).toEqual(['sort_some', 'sort_count']);
    // Rows with NaN, which has no place, are merged.
    expect(how(8, 'descending')).toEqual(['sort_some', 'sort_merge', 'sort_count']);
    // More than half of the row, or all of it.
    expect(how(200, 'descending total_order')).toEqual(['sort_count']);
    const all = lower(
      main(
        '%x: tensor<300xi32>',
        'tensor<300xi32>, tensor<8xi32>',
        `  %0 = array.sort %x dim = 0 ascending : tensor<300xi32>
  %1 = array.slice %0 [0:8:1] : tensor<300xi32> to tensor<8xi32>
  return %0, %1 : tensor<300xi32>, tensor<8xi32>`,
      ),
    );
    expect(all.names.some((n) => n.startsWith('sort_select'))).toBe(false);
  });

  test('long rows are sorted by digits and short ones by ranks where the comparator compares keys, all others by merging', () => {
    const sort = (size: number | '?', element: string, how: string) => {
      const type = `tensor<${size}x${element}>`;
      const module = parse(
        main(`%x: ${type}`, type, `  %0 = array.sort %x dim = 0 ${how}\n  return %0 : ${type}`.replace('TYPE', type)),
      );
      runPasses(
        module,
        'builtin.module(fix-numerics,func.func(instruction-fusion),bufferize,func.func(array-to-loop))',
        passes,
      );
      const names = loopNames(module).map((name) => name.replace(/\.s\d+$/, ''));
      return {
        passes: names.filter((n) => n === 'sort_pass').length,
        ranks: names.filter((n) => n === 'sort_other').length,
        merges: names.filter((n) => n === 'sort_merge').length,
      };
    };
    const two =
      'comparator(%a: i32, %b: i32) {\n%1 = arith.muli %a, %b : i32\n%2 = arith.cmpi slt, %1, %a : i32\narray.yield %2 : i1\n}';
    expect(sort(10000, 'i32', 'ascending : TYPE')).toEqual({ passes: 3, ranks: 0, merges: 0 });
    expect(sort(2000, 'i32', 'descending : TYPE')).toEqual({ passes: 4, ranks: 0, merges: 0 });
    expect(sort(20, 'i32', 'ascending : TYPE')).toEqual({ passes: 0, ranks: 1, merges: 0 });
    expect(sort(20, 'f32', 'descending : TYPE')).toEqual({ passes: 0, ranks: 1, merges: 2 });
    expect(sort(20, 'i32', `: TYPE ${two}`)).toEqual({ passes: 0, ranks: 0, merges: 2 });
    expect(sort(200, 'i32', 'ascending : TYPE')).toEqual({ passes: 0, ranks: 0, merges: 2 });
    expect(sort(10000, 'f32', 'ascending total_order : TYPE')).toEqual({ passes: 3, ranks: 0, merges: 0 });
    // NaN has no place in the order of numbers.
    expect(sort(10000, 'f32', 'ascending : TYPE')).toEqual({ passes: 3, ranks: 0, merges: 2 });
    expect(sort('?', 'i64', 'ascending : TYPE')).toEqual({ passes: 6, ranks: 0, merges: 2 });
    expect(sort(10000, 'i32', `: TYPE ${two}`)).toEqual({ passes: 0, ranks: 0, merges: 2 });
  });

  test('scans and places of extremes along the last dimension work on vectors', () => {
    const vectors = (line: string, type: string, result: string, numerics = 'default') => {
      const z = type.replace(/<.*x/, '<');
      const module = parse(main(`%x: ${type}, %z: ${z}`, result, `  %0 = ${line}\n  return %0 : ${result}`));
      runPasses(
        module,
        `builtin.module(fix-numerics{mode=${numerics}},func.func(instruction-fusion),bufferize,func.func(array-to-loop))`,
        passes,
      );
      let loads = 0;
      module.walk((op) => {
        if (op.name === 'simd.load') loads++;
      });
      return loads > 0;
    };
    const scan = (dim: number, e: string) => `array.scan add %x init %z dim = ${dim} : tensor<8x40x${e}>, tensor<${e}>`;
    expect(vectors(scan(1, 'f32'), 'tensor<8x40xf32>', 'tensor<8x40xf32>')).toBe(true);
    expect(vectors(scan(1, 'f32'), 'tensor<8x40xf32>', 'tensor<8x40xf32>', 'strict')).toBe(false);
    expect(vectors(scan(1, 'i32'), 'tensor<8x40xi32>', 'tensor<8x40xi32>', 'strict')).toBe(true);
    expect(vectors(scan(0, 'i32'), 'tensor<8x40xi32>', 'tensor<8x40xi32>')).toBe(false);
    const argmax = 'array.argmax %x dim = 1 : tensor<8x40xf32> to tensor<8xi32>';
    expect(vectors(argmax, 'tensor<8x40xf32>', 'tensor<8xi32>', 'strict')).toBe(true);
  });

  test('an op from outside takes part by the interface', () => {
    const text = main(
      `%x: ${t}`,
      t,
      `  %0 = array.exp %x : ${t}\n  %1 = array.cast %0 : ${t} to ${t}\n  return %1 : ${t}`,
    );
    const module = parse(text);
    // As a dialect loaded later would: another lowering for an op of its own.
    module.context.attach('array.cast', LoopLowering, {
      build: (op, site) =>
        site.sequential([8], `${site.name}.s`, [], ([i]) => {
          site.store(site.load(op.operand(0), [i!]), op.result(0), [i!]);
          return [];
        }),
    });
    runPasses(
      module,
      'builtin.module(fix-numerics,func.func(instruction-fusion{max-decisions=0}),bufferize,func.func(array-to-loop))',
      passes,
    );
    expect(loopNames(module)).toEqual(['exp.d0', 'cast.s0']);
  });

  test('concat: each part has a nest, with its producers in it', () => {
    const two = 'tensor<4x8xf32>';
    const body = `  %0 = array.exp %x : ${two}
  %1 = array.neg %y : ${two}
  %2 = array.concat %0, %1 dim = 1 : ${two}, ${two} to tensor<4x16xf32>
  return %2 : tensor<4x16xf32>`;
    const { names, statistics } = lower(main(`%x: ${two}, %y: ${two}`, 'tensor<4x16xf32>', body));
    expect(names).toEqual(['concat.d0', 'concat.d1', 'concat_part1.d0', 'concat_part1.d1']);
    expect(statistics['kernels']).toBe(1);
  });
});
