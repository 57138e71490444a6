import { FusionOp } from '@budflow/dialect-array';
import type { Operation } from '@budflow/ir';
import { describe, expect, test } from 'vitest';
import { arrayToLoop } from '../loop/array-to-loop.js';
import { bufferize } from '../memory/bufferize.js';
import { functionNamed, parse } from '../testing/kernels.js';
import { runMain, runPasses } from '../testing/programs.js';
import { fixNumerics } from './fix-numerics.js';
import { instructionFusion } from './instruction-fusion.js';
import { siblingFusion } from './sibling-fusion.js';

const passes = [fixNumerics, instructionFusion, siblingFusion, bufferize, arrayToLoop];

interface Merged {
  readonly merged: number;
  /** Names of the ops of each kernel, without constants and broadcasts. */
  readonly kernels: readonly string[];
  readonly missed: readonly string[];
  /** Names of the outer loops after array-to-loop. */
  readonly loops: readonly string[];
}

function merge(text: string, { options = '', sizes = [] as readonly number[] } = {}): Merged {
  const module = parse(text);
  runPasses(module, 'builtin.module(fix-numerics,func.func(instruction-fusion))', passes);
  const before = runMain(module, { sizes });
  const { statistics, remarks } = runPasses(module, `builtin.module(func.func(sibling-fusion${options}))`, passes);
  expect(runMain(module, { sizes })).toEqual(before);
  const fusions = functionNamed(module, 'main')
    .region(0)
    .entry.ops.filter((op) => FusionOp.is(op));
  const kernels = fusions.map((fusion) =>
    fusion
      .region(0)
      .entry.ops.map((op) => op.name.slice('array.'.length))
      .filter((name) => !['constant', 'broadcast', 'yield'].includes(name))
      .join(' '),
  );
  runPasses(module, 'builtin.module(bufferize,func.func(array-to-loop))', passes);
  expect(runMain(module, { sizes })).toEqual(before);
  const loops: string[] = [];
  module.walk((op: Operation) => {
    if (op.name === 'loop.for' && op.parentOp?.name === 'func.func') loops.push(String(op.attr('name')));
  });
  return {
    merged: statistics.merged ?? 0,
    kernels,
    missed: remarks.filter((r) => r.kind === 'missed').map((r) => r.name),
    loops,
  };
}

const main = (params: string, results: string, body: string) =>
  `func.func @main(${params}) -> (${results}) {\n  %z = array.constant dense<0.0> : tensor<f32>\n${body}\n}`;

const M = 'tensor<6x40xf32>';
const V = 'tensor<6xf32>';
const S = 'tensor<f32>';
const reduce = (name: string, kind: string, x: string, init = '%z', dims = '[1]', from = M, to = V) =>
  `  %${name} = array.reduce ${kind} ${x} init ${init} dims = ${dims} : ${from}, ${S} to ${to}\n`;

describe('sibling-fusion', () => {
  test('sums over one domain are one nest, and what they share is computed once', () => {
    const found = merge(
      main(
        `%x: ${M}, %y: ${M}`,
        `${V}, ${V}`,
        `  %e = array.exp %x : ${M}\n  %p = array.mul %e, %y : ${M}\n  %q = array.mul %e, %x : ${M}\n${reduce('a', 'add', '%p')}${reduce('b', 'add', '%q')}  return %a, %b : ${V}, ${V}`,
      ),
    );
    expect(found).toMatchObject({ merged: 1, kernels: ['exp mul reduce mul reduce'], loops: ['"sum.d0"'] });
  });

  test('of different kinds, and more than two', () => {
    const found = merge(
      main(
        `%x: ${M}`,
        `${V}, ${V}, ${V}`,
        `  %q = array.mul %x, %x : ${M}\n${reduce('a', 'add', '%x')}${reduce('b', 'max', '%x')}${reduce('c', 'min', '%q')}  return %a, %b, %c : ${V}, ${V}, ${V}`,
      ),
    );
    expect(found).toMatchObject({ merged: 2, loops: ['"sum.d0"'] });
  });

  test('of everything, in blocks, also of unknown size, and over columns', () => {
    for (const [type, dims, to, sizes] of [
      ['tensor<2500xf32>', '[0]', S, []],
      ['tensor<?xf32>', '[0]', S, [2500]],
      ['tensor<70x9xf32>', '[0]', 'tensor<9xf32>', []],
      ['tensor<?x?xf32>', '[1]', 'tensor<?xf32>', [3, 50]],
    ] as const) {
      const found = merge(
        main(
          `%x: ${type}`,
          `${to}, ${to}`,
          `  %q = array.mul %x, %x : ${type}\n${reduce('a', 'add', '%x', '%z', dims, type, to)}${reduce('b', 'add', '%q', '%z', dims, type, to)}  return %a, %b : ${to}, ${to}`,
        ),
        { sizes },
      );
      expect(found.merged).toBe(1);
    }
  });

  test('what stands between and needs the first runs behind both', () => {
    const found = merge(
      main(
        `%x: ${M}`,
        `${M}, ${S}`,
        `${reduce('a', 'add', '%x', '%z', '[0, 1]', M, S)}  %s = array.broadcast %a dims = [] : ${S} to ${M}\n  %d = array.sub %x, %s : ${M}\n  %q = array.mul %x, %x : ${M}\n${reduce('b', 'add', '%q', '%z', '[0, 1]', M, S)}  return %d, %b : ${M}, ${S}`,
      ),
    );
    expect(found).toMatchObject({ merged: 1, kernels: ['reduce mul reduce', 'sub'] });
  });

  test('not what waits for the other, has another domain or order, or reads something else', () => {
    const apart = (text: string) => expect(merge(text)).toMatchObject({ merged: 0 });
    // A mean, then the deviations from it.
    apart(
      main(
        `%x: ${M}`,
        `${V}, ${V}`,
        `${reduce('a', 'add', '%x')}  %s = array.broadcast %a dims = [0] : ${V} to ${M}\n  %d = array.sub %x, %s : ${M}\n${reduce('b', 'add', '%d')}  return %a, %b : ${V}, ${V}`,
      ),
    );
    apart(
      main(
        `%x: ${M}`,
        `${V}, tensor<40xf32>`,
        `${reduce('a', 'add', '%x')}${reduce('b', 'add', '%x', '%z', '[0]', M, 'tensor<40xf32>')}  return %a, %b : ${V}, tensor<40xf32>`,
      ),
    );
    apart(
      main(
        `%x: ${M}, %y: ${M}`,
        `${V}, ${V}`,
        `${reduce('a', 'add', '%x')}${reduce('b', 'add', '%y')}  return %a, %b : ${V}, ${V}`,
      ),
    );
    apart(
      main(
        `%x: tensor<?xf32>, %y: tensor<?xf32>`,
        `${S}, ${S}`,
        `${reduce('a', 'add', '%x', '%z', '[0]', 'tensor<?xf32>', S)}${reduce('b', 'add', '%y', '%z', '[0]', 'tensor<?xf32>', S)}  return %a, %b : ${S}, ${S}`,
      ),
    );
    const ordered = 'array.reduce add %x init %z dims = [1] {order = #array.order<sequential>}';
    apart(
      main(
        `%x: ${M}`,
        `${V}, ${V}`,
        `  %a = ${ordered} : ${M}, ${S} to ${V}\n${reduce('b', 'max', '%x')}  return %a, %b : ${V}, ${V}`,
      ),
    );
  });

  test('says why kernels that could be one are not', () => {
    const sums = (x: string, y: string) =>
      main(`%x: ${M}, %y: ${M}, %w: ${M}`, `${V}, ${V}`, `${x}${y}  return %a, %b : ${V}, ${V}`);
    const both = sums(
      `  %p = array.mul %x, %y : ${M}\n${reduce('a', 'add', '%p')}`,
      `  %q = array.mul %x, %w : ${M}\n${reduce('b', 'add', '%q')}`,
    );
    expect(merge(both, { options: '{max-operands=4}' })).toMatchObject({ merged: 0, missed: ['operand-limit'] });
    expect(merge(both, { options: '{max-operands=5}' })).toMatchObject({ merged: 1, missed: [] });
    // The init of the second one is made from the first.
    const init = sums(
      reduce('a', 'add', '%x'),
      `  %i = array.reduce max %a init %z dims = [0] : ${V}, ${S} to ${S}\n${reduce('b', 'add', '%x', '%i')}`,
    );
    expect(merge(init)).toMatchObject({ merged: 0, missed: ['waits'] });
  });

  test('elementwise results over one domain are one nest; what only the other read is not stored', () => {
    const found = merge(
      main(
        `%x: ${M}, %y: ${M}`,
        `${M}, ${M}, ${M}`,
        `  %m = array.exp %x : ${M}
  %n = array.mul %m, %y : ${M}
  %a = array.div %x, %m : ${M}
  %b = array.sub %n, %a : ${M}
  %c = array.sqrt %n : ${M}
  %d = array.div %b, %m : ${M}
  return %b, %c, %d : ${M}, ${M}, ${M}`,
      ),
    );
    expect(found.kernels).toHaveLength(1);
    expect(found.kernels[0]!.match(/exp/g)).toHaveLength(1);
    expect(found.loops).toHaveLength(1);
  });

  test('elementwise results of unknown size, and a result made from another', () => {
    const t = 'tensor<?xf32>';
    const found = merge(
      main(
        `%x: ${t}, %y: ${t}`,
        `${t}, ${t}`,
        `  %a = array.div %x, %y : ${t}\n  %b = array.exp %a : ${t}\n  return %a, %b : ${t}, ${t}`,
      ),
      { sizes: [70, 70] },
    );
    expect(found).toMatchObject({ merged: 1, kernels: ['div exp'], loops: ['"div.d0"'] });
  });

  test('a kernel between two that become one waits for both', () => {
    const t = 'tensor<4xui16>';
    const found = merge(`func.func @main(%x: ${t}, %y: ${t}) -> (${t}, ${t}, ${t}) {
  %n = array.not %x : ${t}
  %r = array.reverse %n dims = [0] : ${t}
  %a = array.add %r, %n : ${t}
  %c = array.clamp %a, %y, %x : ${t}
  %z = array.clz %n : ${t}
  return %c, %z, %n : ${t}, ${t}, ${t}
}`);
    expect(found).toMatchObject({ merged: 1, kernels: ['not clz', 'reverse add clamp'] });
  });

  test('not what reads the other elsewhere, or has another domain', () => {
    const t = 'tensor<40xf32>';
    const other = main(
      `%x: ${t}`,
      `${t}, ${t}`,
      `  %a = array.exp %x : ${t}
  %r = array.reverse %a dims = [0] : ${t}
  %b = array.mul %a, %r : ${t}
  return %a, %b : ${t}, ${t}`,
    );
    expect(merge(other)).toMatchObject({ merged: 0 });
    // Of unknown size, it is reversed by loops of its own making.
    const u = 'tensor<?xf32>';
    const own = main(
      `%x: ${u}`,
      `${u}, ${u}`,
      `  %r = array.reverse %x dims = [0] : ${u}\n  %b = array.add %r, %x : ${u}\n  return %r, %b : ${u}, ${u}`,
    );
    expect(merge(own, { sizes: [7] })).toMatchObject({ merged: 0, kernels: ['reverse', 'add'] });
    const half = 'tensor<20xf32>';
    const part = main(
      `%x: ${t}`,
      `${t}, ${half}`,
      `  %a = array.exp %x : ${t}
  %h = array.slice %x [0:40:2] : ${t} to ${half}
  %b = array.log %h : ${half}
  return %a, %b : ${t}, ${half}`,
    );
    expect(merge(part)).toMatchObject({ merged: 0 });
  });

  test('an unknown target is an error', () => {
    const text = main(`%x: ${M}`, V, `${reduce('a', 'add', '%x')}  return %a : ${V}`);
    expect(() => merge(text, { options: '{target=abacus}' })).toThrow('unknown target "abacus"');
  });
});
