import { LoopAttrs } from '@budflow/dialect-loop';
import { describe, expect, test } from 'vitest';
import { kernelsOf } from '../support/kernel-function.js';
import { parse } from '../testing/kernels.js';
import { softmaxProgram } from '../testing/known-programs.js';
import { runPasses } from '../testing/programs.js';
import { APPLIED_SCHEDULE_ATTR } from './apply-schedule.js';
import { LOWER, passes, roots, scheduled, stepsOf } from './testing/scheduled.js';

const elementwise = (
  op: string,
  n: number | '?',
  type = 'f32',
) => `func.func @main(%x: tensor<${n}x${type}>) -> tensor<${n}x${type}> {
  %r = array.${op} %x, %x : tensor<${n}x${type}>
  return %r : tensor<${n}x${type}>
}`;

describe('elementwise kernels', () => {
  test('are cut into chunks and vectors with a peeled tail', () => {
    const { text, steps } = scheduled(elementwise('add', '?'), [[0], [1], [15], [16], [1024], [1030]]);
    expect(steps.map((s) => s.primitive)).toEqual(['split', 'split', 'vectorize']);
    expect(steps[0]).toMatchObject({ loop: 'add.d0', tail: 'guard' });
    expect((steps[0] as { factor: number }).factor).toBeGreaterThanOrEqual(1024);
    expect(text).toMatch(/arith\.addf .* : vector<16xf32>/);
    expect(text).toContain('name "add.d0.i~1"');
  });

  test('of few elements become one vector, or stay scalar where they fill none', () => {
    expect(scheduled(elementwise('add', 8)).text).toContain('vector<8xf32>');
    expect(scheduled(elementwise('add', 3)).text).not.toContain('vector<');
    expect(scheduled(elementwise('add', 1)).text).not.toContain('vector<');
    expect(scheduled(elementwise('add', 12)).text).toContain('vector<4xf32>');
    expect(scheduled(elementwise('add', 12)).text).not.toContain('name "add.d0.i~1"');
    expect(scheduled(elementwise('add', 10)).text).toContain('name "add.d0.i~1"');
  });

  test('of short rows end with a vector that overlaps the one before, unless they work in place', () => {
    const rows = (n: number) => `func.func @main(%x: tensor<6x${n}xf32>, %y: tensor<${n}xf32>) -> tensor<6x${n}xf32> {
  %b = array.broadcast %y dims = [1] : tensor<${n}xf32> to tensor<6x${n}xf32>
  %r = array.mul %x, %b : tensor<6x${n}xf32>
  return %r : tensor<6x${n}xf32>
}`;
    const tails = (n: number) =>
      scheduled(rows(n)).steps.flatMap((s) => (s.primitive === 'split' && s.loop.includes('.d1') ? [s.tail] : []));
    expect(tails(100)).toContain('shift');
    // One or two elements are no vector's work.
    expect(tails(97)).not.toContain('shift');
    expect(scheduled(rows(100)).text).not.toContain('name "mul.d1~1"');
  });

  test('of zero elements compute nothing', () => {
    scheduled(elementwise('add', 0));
  });

  test('on bytes have lanes for whole registers of them', () => {
    const { text } = scheduled(elementwise('add', '?', 'ui8'), [[0], [63], [64], [1100]]);
    expect(text).toMatch(/arith\.addi .* : vector<64xi8>/);
    const cast = `func.func @main(%x: tensor<?xui8>) -> tensor<?xf32> {
  %r = array.cast %x : tensor<?xui8> to tensor<?xf32>
  return %r : tensor<?xf32>
}`;
    expect(scheduled(cast, [[0], [1], [40], [1100]]).text).toMatch(/vector<16xi8> to vector<16xf32>/);
  });

  test('that work in place are cut and vectorised like others', () => {
    const chain = `func.func @main(%x: tensor<?xf32>) -> tensor<?xf32> {
  %a = array.mul %x, %x : tensor<?xf32>
  %b = array.add %a, %x : tensor<?xf32>
  %r = array.sqrt %b : tensor<?xf32>
  return %r : tensor<?xf32>
}`;
    const unfused = LOWER.replace('instruction-fusion', 'instruction-fusion{max-decisions=0}');
    const { text, steps } = scheduled(chain, [[0], [1], [7], [17], [1030], [5000]], unfused);
    expect(text).toContain('rt.in_place');
    expect(steps.filter((s) => s.primitive === 'vectorize')).toHaveLength(2);
  });

  test('are never chosen by the names of their ops', () => {
    const shape = (text: string, name: string) =>
      scheduled(text).steps.map((s) => JSON.stringify(s).replaceAll(name, 'op'));
    expect(shape(elementwise('mul', 5000), 'mul')).toEqual(shape(elementwise('sub', 5000), 'sub'));
  });
});

describe('reductions', () => {
  test('the rows of a softmax are one nest', () => {
    const { text, naive, steps } = scheduled(softmaxProgram(6, 40));
    expect(roots(naive).length).toBeGreaterThan(1);
    expect(roots(text)).toHaveLength(1);
    expect(steps.filter((s) => s.primitive === 'compute_at').length).toBe(roots(naive).length - 1);
    expect(text).toMatch(/arith\.addf .* : vector<16xf32>/);
  });

  test('halves of a register are written out', () => {
    const sum = `func.func @main(%x: tensor<3x70xf32>) -> tensor<3xf32> {
  %z = array.constant dense<0.0> : tensor<f32>
  %r = array.reduce add %x init %z dims = [1] : tensor<3x70xf32>, tensor<f32> to tensor<3xf32>
  return %r : tensor<3xf32>
}`;
    const { steps, text } = scheduled(sum);
    expect(steps).toContainEqual({ primitive: 'unroll', loop: 'sum.h2' });
    expect(text).not.toContain('"sum.h');
  });

  test('the lanes of a sum are vectors', () => {
    const sum = (n: number) => `func.func @main(%x: tensor<${n}xf32>) -> tensor<f32> {
  %zero = array.constant dense<0.0> : tensor<f32>
  %r = array.reduce add %x init %zero dims = [0] : tensor<${n}xf32>, tensor<f32> to tensor<f32>
  return %r : tensor<f32>
}`;
    for (const n of [100, 3000]) expect(scheduled(sum(n)).text).toMatch(/arith\.addf .* : vector<16xf32>/);
  });

  test('sums of columns run along the columns, through blocks of 1,024 rows too', () => {
    const columns = (m: number, n: number) => `func.func @main(%x: tensor<${m}x${n}xf32>) -> tensor<${n}xf32> {
  %zero = array.constant dense<0.0> : tensor<f32>
  %r = array.reduce add %x init %zero dims = [0] : tensor<${m}x${n}xf32>, tensor<f32> to tensor<${n}xf32>
  return %r : tensor<${n}xf32>
}`;
    for (const [m, n] of [
      [20, 40],
      [2500, 19],
      [3, 5],
    ] as const) {
      const { text } = scheduled(columns(m, n));
      if (n >= 16) expect(text).toMatch(/arith\.addf .* : vector<16xf32>/);
    }
  });

  test('over several dimensions keep their bits', () => {
    const both = `func.func @main(%x: tensor<9x37x30xf32>) -> (tensor<f32>, tensor<37xf32>) {
  %zero = array.constant dense<0.0> : tensor<f32>
  %r = array.reduce add %x init %zero dims = [0, 1, 2] : tensor<9x37x30xf32>, tensor<f32> to tensor<f32>
  %s = array.reduce add %x init %zero dims = [0, 2] : tensor<9x37x30xf32>, tensor<f32> to tensor<37xf32>
  return %r, %s : tensor<f32>, tensor<37xf32>
}`;
    scheduled(both);
  });
});

describe('default-schedule', () => {
  const chain = `func.func @main(%x: tensor<1000000xf32>) -> tensor<1000000xf32> {
  %a = array.exp %x : tensor<1000000xf32>
  %r = array.add %a, %x : tensor<1000000xf32>
  return %r : tensor<1000000xf32>
}`;

  test('leaves kernels with a schedule of their own alone', () => {
    for (const attr of [LoopAttrs.schedule, APPLIED_SCHEDULE_ATTR]) {
      const module = parse(chain);
      runPasses(module, LOWER, passes);
      for (const kernel of kernelsOf(module)) kernel.setAttr(attr, module.context.stringAttr('[]'));
      const before = module.toString();
      runPasses(module, 'builtin.module(func.func(cache-blocking,default-schedule))', passes);
      expect(module.toString()).toBe(before);
    }
  });

  test('cuts chunks by their estimated time', () => {
    const factor = (ns: number) => {
      const module = parse(chain);
      runPasses(module, LOWER, passes);
      runPasses(module, `builtin.module(func.func(default-schedule{chunk-ns=${ns}}))`, passes);
      const first = kernelsOf(module).flatMap(stepsOf)[0] as { factor: number };
      return first.factor;
    };
    expect(factor(1000)).toBe(1024);
    expect(factor(1_000_000)).toBeGreaterThan(factor(30_000));
  });

  test('says what was refused', () => {
    const { remarks } = scheduled(softmaxProgram(6, 40));
    expect(remarks.length).toBeGreaterThan(0);
    for (const remark of remarks) {
      expect(remark.kind).toBe('missed');
      expect(remark.message).not.toBe('');
    }
  });
});

describe('accesses across rows and with strides', () => {
  const transposed = (
    m: number | '?',
    n: number | '?',
    type = 'f32',
  ) => `func.func @main(%x: tensor<${m}x${n}x${type}>) -> tensor<${n}x${m}x${type}> {
  %r = array.transpose %x perm = [1, 0] : tensor<${m}x${n}x${type}> to tensor<${n}x${m}x${type}>
  return %r : tensor<${n}x${m}x${type}>
}`;

  test('a transposition goes through squares of registers', () => {
    const { text } = scheduled(transposed(64, 48));
    // Four by four in registers, one square after the other; with an operand of the result's direction, a line of them.
    const inOrder = (of: string) => of.match(/simd\.(strided_load|load|store)/g)!.map((op) => op.slice(5));
    const square = [...Array(4).fill('strided_load'), ...Array(4).fill('store')];
    expect(inOrder(text)).toEqual(Array(4).fill(square).flat());
    const sum = scheduled(`func.func @main(%x: tensor<64x48xf32>, %y: tensor<48x64xf32>) -> tensor<48x64xf32> {
  %0 = array.transpose %x perm = [1, 0] : tensor<64x48xf32> to tensor<48x64xf32>
  %1 = array.add %0, %y : tensor<48x64xf32>
  return %1 : tensor<48x64xf32>
}`);
    expect(sum.text.match(/simd\.strided_load/g)).toHaveLength(4);
    for (const [m, n] of [
      [37, 21],
      [16, 4],
      [17, 5],
      [5, 33],
      [100, 3],
    ] as const)
      scheduled(transposed(m, n));
    scheduled(transposed('?', '?'), [
      [40, 35],
      [3, 17],
    ]);
    scheduled(transposed(35, 40, 'f64'));
    scheduled(transposed(35, 70, 'i8'));
  });

  test('squares of a large transposition are visited in blocks of lines, wholly within a chunk', () => {
    const blocked = (m: number, n: number) => {
      const module = parse(transposed(m, n));
      runPasses(module, `${LOWER.slice(0, -1)},func.func(default-schedule))`, passes);
      return kernelsOf(module).map(String).join('\n');
    };
    const loopsOf = (text: string) =>
      [...text.matchAll(/to (\d+) name "transpose\.(\S+)"/g)].map((m) => `${m[2]} ${m[1]}`);
    // Beyond the last cache 128 x 128, within it 32 x 32, in the second one no blocks.
    expect(loopsOf(blocked(2048, 2048))).toEqual(['d0.o 16', 'd1.o 16', 'd0.i.o 8', 'd1.i.o 8', 'd0.i.i.o 4']);
    expect(loopsOf(blocked(1024, 1024)).slice(0, 3)).toEqual([
      expect.stringMatching(/^d0\.o/),
      expect.anything(),
      'd1.o 32',
    ]);
    expect(loopsOf(blocked(256, 256))).not.toContainEqual(expect.stringMatching(/^d1\.o (?!16)/));
    // What is left of rows and columns has nests of its own.
    expect(loopsOf(blocked(520, 530)).filter((l) => /^d1(~\d+)?\.o/.test(l)).length).toBeGreaterThan(1);
  });

  test('a permutation of several dimensions is a transposition of two of them', () => {
    for (const [shape, perm, turned] of [
      ['8x3x5x24', '3, 1, 2, 0', '24x3x5x8'],
      ['3x17x2x22', '3, 0, 2, 1', '22x3x2x17'],
    ] as const) {
      const { steps } = scheduled(`func.func @main(%x: tensor<${shape}xf32>) -> tensor<${turned}xf32> {
  %r = array.transpose %x perm = [${perm}] : tensor<${shape}xf32> to tensor<${turned}xf32>
  return %r : tensor<${turned}xf32>
}`);
      expect(steps.map((s) => s.primitive)).toContain('unroll_and_jam');
      // The loop along which it reads becomes the next one around.
      const [first] = steps.filter((s) => s.primitive === 'reorder') as unknown as { readonly loops: string[] }[];
      expect(first!.loops.slice(0, 2)).toEqual(['transpose.d1', 'transpose.d2']);
      expect(first!.loops[2]).toMatch(/^transpose\.d0/);
    }
  });

  test('records of a few elements are taken apart and put together', () => {
    const scaled = (
      n: number | '?',
      c: number,
      type: string,
    ) => `func.func @main(%x: tensor<${n}x${c}x${type}>, %w: tensor<${n}x${type}>, %b: tensor<${c}x${type}>) -> tensor<${n}x${c}x${type}> {
  %d = array.dim %x, 0 : tensor<${n}x${c}x${type}>
  %0 = array.broadcast %w dims = [0] : tensor<${n}x${type}> to tensor<${n}x${c}x${type}>
  %1 = array.broadcast %b dims = [1] ${n === '?' ? 'sizes(%d) ' : ''}: tensor<${c}x${type}> to tensor<${n}x${c}x${type}>
  %2 = array.mul %x, %0 : tensor<${n}x${c}x${type}>
  %3 = array.add %2, %1 : tensor<${n}x${c}x${type}>
  return %3 : tensor<${n}x${c}x${type}>
}`;
    for (const [n, c, type] of [
      [67, 3, 'f32'],
      [70, 4, 'i8'],
      [131, 3, 'i16'],
      [66, 5, 'f32'],
      [66, 9, 'f64'],
      [81, 13, 'i8'],
    ] as const) {
      const { text, primitives } = scheduled(scaled(n, c, type));
      expect(primitives).toContain('unroll');
      // All fields at once, along the buffer as one row; only the tail stores elements.
      expect(text.match(/simd\.store/g)).toHaveLength(1);
      expect(text).toContain(`simd.shuffle`);
    }
    scheduled(
      scaled('?', 3, 'f32'),
      [80, 3, 16].map((n) => [n, n]),
    );
    // Rows that fill registers are vectors as they are.
    expect(scheduled(scaled(67, 8, 'f32')).primitives).not.toContain('unroll');
  });

  test('the parts of a concatenation of columns are the fields of a record', () => {
    const { text } = scheduled(`func.func @main(%x: tensor<75x2x3xf32>) -> tensor<75x3xf32> {
  %0 = array.slice %x [0:75:1, 0:1:1, 0:3:1] : tensor<75x2x3xf32> to tensor<75x1x3xf32>
  %1 = array.slice %x [0:75:1, 1:2:1, 0:3:1] : tensor<75x2x3xf32> to tensor<75x1x3xf32>
  %2 = array.mul %0, %1 : tensor<75x1x3xf32>
  %3 = array.reshape %2 : tensor<75x1x3xf32> to tensor<75x3xf32>
  %4 = array.slice %3 [0:75:1, 0:1:1] : tensor<75x3xf32> to tensor<75x1xf32>
  %5 = array.slice %3 [0:75:1, 1:2:1] : tensor<75x3xf32> to tensor<75x1xf32>
  %6 = array.slice %3 [0:75:1, 2:3:1] : tensor<75x3xf32> to tensor<75x1xf32>
  %7 = array.sub %4, %5 : tensor<75x1xf32>
  %8 = array.sub %5, %6 : tensor<75x1xf32>
  %9 = array.sub %6, %4 : tensor<75x1xf32>
  %10 = array.concat %7, %8, %9 dim = 1 : tensor<75x1xf32>, tensor<75x1xf32>, tensor<75x1xf32> to tensor<75x3xf32>
  return %10 : tensor<75x3xf32>
}`);
    expect(text.match(/simd\.store/g)).toHaveLength(1);
  });

  test('a short reduction leaves no loops: the loop around it runs on vectors', () => {
    for (const [n, k] of [
      [40, 3],
      [40, 2],
      [33, 8],
      [70, 13],
      [70, 1],
    ] as const) {
      const { text } = scheduled(`func.func @main(%x: tensor<${n}x${k}xf32>) -> tensor<${n}xf32> {
  %zero = array.constant dense<0.0> : tensor<f32>
  %r = array.reduce add %x init %zero dims = [1] : tensor<${n}x${k}xf32>, tensor<f32> to tensor<${n}xf32>
  return %r : tensor<${n}xf32>
}`);
      expect(text).not.toMatch(/name "sum\.[thir]/);
      if (k <= 4) expect(text).toMatch(/arith\.addf .* : vector<16xf32>/);
    }
  });

  test('rows that are records run side by side, with all of their stages', () => {
    const { text, primitives } = scheduled(softmaxProgram(70, 10));
    expect(primitives).toContain('unroll');
    expect(text).toMatch(/math\.exp .* : vector<4xf32>/);
    expect(text).not.toMatch(/name "(exp|div)\.d1"/);
    // Without a row of its own length: vectors along rows.
    expect(scheduled(softmaxProgram(70, 12)).primitives).not.toContain('unroll');
  });

  test('records are read backwards as whole registers', () => {
    const { text } = scheduled(`func.func @main(%x: tensor<5x70x3xi8>) -> tensor<5x70x3xi8> {
  %r = array.reverse %x dims = [1, 2] : tensor<5x70x3xi8>
  return %r : tensor<5x70x3xi8>
}`);
    expect(text.match(/simd\.store/g)).toHaveLength(1);
    expect(text).toMatch(/simd\.strided_load .* stride 1 dim 1/);
    expect(text).not.toContain('stride -');
  });

  test('a reduction computed inside an elementwise loop runs on its vectors', () => {
    const { text } = scheduled(`func.func @main(%x: tensor<20x64xf32>) -> tensor<64xf32> {
  %zero = array.constant dense<0.0> : tensor<f32>
  %s = array.reduce add %x init %zero dims = [0] : tensor<20x64xf32>, tensor<f32> to tensor<64xf32>
  %r = array.sqrt %s : tensor<64xf32>
  return %r : tensor<64xf32>
}`);
    expect(text).toMatch(/math\.sqrt .* : vector<16xf32>/);
    expect(text).toMatch(/arith\.addf .* : vector<16xf32>/);
  });

  const slices = (m: number, n: number, places: readonly (readonly [number, number])[]) => {
    const type = `tensor<${m}x${n}xf32>`;
    const lines = places.map(
      ([i, j], k) =>
        `  %s${k} = array.slice %x [${i}:${i + m}:1, ${j}:${j + n}:1] : tensor<${m + 2}x${n + 2}xf32> to ${type}`,
    );
    const sums = places
      .slice(1)
      .map((_, k) => `  %a${k + 1} = array.add ${k === 0 ? '%s0' : `%a${k}`}, %s${k + 1} : ${type}`);
    return `func.func @main(%x: tensor<${m + 2}x${n + 2}xf32>) -> ${type} {
${[...lines, ...sums].join('\n')}
  return %a${places.length - 1} : ${type}
}`;
  };

  test('a maximum of a few rows is written out behind its vectors', () => {
    const largest = (rows: number) =>
      scheduled(`func.func @main(%x: tensor<5x${rows}x20xf32>) -> tensor<5x20xf32> {
  %z = array.constant dense<0xFF800000> : tensor<f32>
  %r = array.reduce max %x init %z dims = [1] : tensor<5x${rows}x20xf32>, tensor<f32> to tensor<5x20xf32>
  return %r : tensor<5x20xf32>
}`).text;
    expect(largest(3)).not.toContain('name "max.r0');
    expect(largest(3)).toContain('vector<');
    expect(largest(9)).toContain('name "max.r0');
  });

  test('sums of long columns go through blocks of rows, with accumulators of all columns in memory', () => {
    const columns = (
      m: number | '?',
      n: number | '?',
    ) => `func.func @main(%x: tensor<${m}x${n}xf32>) -> tensor<${n}xf32> {
  %zero = array.constant dense<0.0> : tensor<f32>
  %r = array.reduce add %x init %zero dims = [0] : tensor<${m}x${n}xf32>, tensor<f32> to tensor<${n}xf32>
  return %r : tensor<${n}xf32>
}`;
    const { steps, text } = scheduled(columns(101, 85));
    expect(steps.map((s) => s.primitive)).toContain('distribute');
    expect(text).toMatch(/name "sum\.r0\.i"/);
    expect(text).toMatch(/arith\.addf .* : vector<16xf32>/);
    scheduled(columns(64, 4));
    expect(scheduled(columns(64, 3)).primitives).not.toContain('distribute');
    expect(scheduled(columns(20, 85)).primitives).not.toContain('distribute');
    scheduled(columns(100, '?'), [[1], [37], [1100]]);
  });

  test('an outer product is no transposition, and rows with something between are left alone', () => {
    const { primitives } = scheduled(`func.func @main(%x: tensor<40xf32>, %y: tensor<48xf32>) -> tensor<40x48xf32> {
  %a = array.broadcast %x dims = [0] : tensor<40xf32> to tensor<40x48xf32>
  %b = array.broadcast %y dims = [1] : tensor<48xf32> to tensor<40x48xf32>
  %r = array.mul %a, %b : tensor<40x48xf32>
  return %r : tensor<40x48xf32>
}`);
    expect(primitives).toEqual(['split', 'vectorize']);
    expect(scheduled(softmaxProgram(64, 40)).primitives).not.toContain('unroll_and_jam');
  });

  test('rows of a stencil that read the same run together', () => {
    const square = [0, 1, 2].flatMap((i) => [0, 1, 2].map((j) => [i, j] as const));
    const { text, steps } = scheduled(slices(32, 40, square));
    expect(steps.map((s) => s.primitive)).toContain('unroll_and_jam');
    // Rows left over, columns left over, fewer rows than run together.
    for (const [m, n] of [
      [7, 21],
      [3, 9],
      [2, 4],
      [1, 40],
    ] as const)
      scheduled(slices(m, n, square));
    expect(text).toMatch(/vector<4xf32>/);
  });

  test('rows that share little do not', () => {
    const row = [0, 1, 2].map((j) => [1, j] as const);
    expect(scheduled(slices(32, 40, row)).primitives).not.toContain('unroll_and_jam');
  });
});
