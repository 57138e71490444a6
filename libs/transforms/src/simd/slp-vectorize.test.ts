import { Random } from '@budflow/numerics';
import { describe, expect, test } from 'vitest';
import { parse, runFunction } from '../testing/kernels.js';
import { runPasses } from '../testing/programs.js';
import { slpVectorize } from './slp-vectorize.js';

/** The function after the pass, checked to compute the same bits. */
function packed(text: string) {
  const module = parse(text);
  const { statistics, remarks } = runPasses(module, 'builtin.module(func.func(slp-vectorize))', [slpVectorize]);
  const bits = (m: ReturnType<typeof parse>) =>
    runFunction(m, 'k').map((list) => list.map((x) => (Object.is(x, -0) ? '-0' : String(x))));
  expect(bits(module)).toEqual(bits(parse(text)));
  return { text: module.toString(), groups: statistics.groups ?? 0, remarks: remarks.map((r) => r.name) };
}
const count = (text: string, part: string) => text.split(part).length - 1;

/** A function of two inputs and an output of 8 rows; `%a0` .. `%b3` are elements of row %i. */
const rows = (body: string, { element = 'f32', width = 4, attributes = '' } = {}) => {
  const type = `memref<8x${width}x${element}>`;
  const loads = ['a', 'b'].flatMap((m) =>
    Array.from({ length: width }, (_, c) => `    %${m}${c} = memory.load %${m}[%i, %c${c}] : ${type}`),
  );
  return `func.func @k(%a: ${type}${attributes}, %b: ${type}, %o: ${type}) {
${Array.from({ length: Math.max(4, width) }, (_, c) => `  %c${c} = arith.constant ${c} : index`).join('\n')}
  loop.for %i = 0 to 8 {
${loads.join('\n')}
${body}
  }
  return
}`;
};
const store = (value: string, at: number | string, type = 'memref<8x4xf32>', to = 'o') =>
  `    memory.store %${value}, %${to}[%i, %c${at}] : ${type}`;
const stores = (prefix: string) => [0, 1, 2, 3].map((c) => store(`${prefix}${c}`, c)).join('\n');
const lanes = (op: (c: number) => string) => [0, 1, 2, 3].map(op).join('\n');

const SUM = `${lanes((c) => `    %s${c} = arith.addf %a${c}, %b${c} : f32`)}\n${stores('s')}`;

describe('packs', () => {
  test('of loads, one op and stores of adjacent elements', () => {
    const { text, groups } = packed(rows(SUM));
    expect(groups).toBe(1);
    expect(text).toContain('arith.addf %0, %1 : vector<4xf32>');
    expect(count(text, 'memory.')).toBe(0);
    expect(count(text, 'simd.load')).toBe(2);
    expect(count(text, 'simd.store')).toBe(1);
  });

  test('of lanes in another order: one load and a shuffle; operands of commutative ops are turned', () => {
    const { text } = packed(
      rows(
        `${lanes((c) => (c % 2 ? `    %s${c} = arith.mulf %b${c}, %a${3 - c} : f32` : `    %s${c} = arith.mulf %a${3 - c}, %b${c} : f32`))}\n${stores('s')}`,
      ),
    );
    expect(text).toContain('[3, 2, 1, 0]');
    expect(count(text, 'arith.mulf')).toBe(1);
    expect(count(text, 'simd.shuffle')).toBe(1);
    // A difference is not turned.
    const difference = packed(
      rows(
        `${lanes((c) => (c % 2 ? `    %s${c} = arith.subf %b${c}, %a${c} : f32` : `    %s${c} = arith.subf %a${c}, %b${c} : f32`))}\n${stores('s')}`,
      ),
    );
    expect(count(difference.text, 'simd.load')).toBe(0);
  });

  test('of sums and differences: the same bits, with signs', () => {
    const names = ['addf', 'subf', 'subf', 'addf'];
    const mixed = packed(
      rows(
        `${lanes((c) => `    %p${c} = arith.mulf %a${c}, %b${(c + 1) % 4} : f32`)}
${lanes((c) => `    %s${c} = arith.${names[c]} %p${c}, %a${c} : f32`)}
${stores('s')}`,
      ),
    );
    expect(mixed.groups).toBe(1);
    expect(mixed.text).toContain('dense<[1.000000e+00, -1.000000e+00, -1.000000e+00, 1.000000e+00]>');
  });

  test('with what all lanes share, constants, comparisons and choices', () => {
    const { text, groups } = packed(
      rows(`    %k0 = arith.constant 1.5 : f32
    %k1 = arith.constant -2.0 : f32
    %c01 = arith.cmpf ogt, %a0, %b0 : f32
${lanes((c) => `    %m${c} = arith.mulf %a${c}, %b0 : f32`)}
${lanes((c) => `    %n${c} = arith.addf %m${c}, %k${c % 2} : f32`)}
${lanes((c) => `    %t${c} = arith.cmpf olt, %n${c}, %b${c} : f32`)}
${lanes((c) => `    %s${c} = arith.select %t${c}, %n${c}, %a${c} : f32`)}
${stores('s')}`),
    );
    expect(groups).toBe(1);
    expect(text).toContain('simd.splat');
    expect(text).toContain('dense<[1.500000e+00, -2.000000e+00, 1.500000e+00, -2.000000e+00]>');
    expect(text).toContain('arith.select');
  });

  test('of the rows of a small matrix product', () => {
    const product = [0, 1]
      .map((r) =>
        lanes(
          (c) => `    %p${r}${c} = arith.mulf %a${r}, %b${c} : f32
    %q${r}${c} = arith.addf %p${r}${c}, %a${c} : f32`,
        ),
      )
      .join('\n');
    const text = rows(
      `${product}
${lanes((c) => store(`q0${c}`, c))}
${lanes((c) => store(`q1${c}`, c, 'memref<8x4xf32>', 'a'))}`,
    );
    expect(packed(text).groups).toBe(2);
  });

  test.each([
    ['f64', 2, 'mulf'],
    ['i32', 4, 'muli'],
    ['i16', 8, 'addi'],
    ['i8', 16, 'xori'],
    ['i64', 2, 'addi'],
  ] as const)('of %s: %i lanes', (element, width, op) => {
    const type = `memref<8x${width}x${element}>`;
    const all = Array.from({ length: width }, (_, c) => `    %s${c} = arith.${op} %a${c}, %b${c} : ${element}`);
    const out = Array.from({ length: width }, (_, c) => store(`s${c}`, c, type));
    const { text, groups } = packed(rows([...all, ...out].join('\n'), { element, width }));
    expect(groups).toBe(1);
    expect(text).toContain(`arith.${op} %0, %1 : vector<${width}x${element}>`);
  });

  test('of multiply-adds whose rounding is open, also where other lanes have a product and a sum', () => {
    const fused = (c: number) => c % 2 === 0;
    const body = `${lanes((c) => `    %p${c} = arith.mulf %a${c}, %a${c} : f32`)}
${lanes((c) => (fused(c) ? `    %s${c} = math.fma %a${c}, %b${c}, %p${c} {relaxed} : f32` : `    %q${c} = arith.mulf %a${c}, %b${c} : f32\n    %s${c} = arith.addf %q${c}, %p${c} : f32`))}
${stores('s')}`;
    const module = parse(rows(body));
    runPasses(module, 'builtin.module(func.func(slp-vectorize))', [slpVectorize]);
    expect(count(module.toString(), 'simd.store')).toBe(1);
    expect(module.toString()).not.toContain('math.fma');
    // One that rounds once stays.
    const exact = packed(rows(body.replaceAll('{relaxed} ', '')));
    expect(exact.text).toContain('math.fma');
  });
});

describe('what stays scalar', () => {
  test('code that vectors would make slower, and says so', () => {
    const { groups, remarks } = packed(
      rows(`    %x = arith.addf %a0, %b1 : f32
    %y = arith.mulf %a1, %b0 : f32
    %z = arith.subf %a2, %b0 : f32
    %w = arith.maximumf %a3, %b3 : f32
${['x', 'y', 'z', 'w'].map((v, c) => store(v, c)).join('\n')}`),
    );
    expect({ groups, remarks }).toEqual({ groups: 0, remarks: ['not-worth-it'] });
  });

  test('scalars that others use too do not count as gone', () => {
    const used = `${lanes((c) => `    %s${c} = arith.addf %a${c}, %b${c} : f32`)}
${lanes((c) => store(`a${c}`, (c * 5) % 8, 'memref<8x4xf32>', 'o').replace(/%c\d+/, `%c${c}`))}`;
    expect(packed(rows(used)).groups).toBe(1);
  });

  test('fewer stores than a register has elements, and gaps', () => {
    const some = (which: number[]) =>
      packed(
        rows(
          `${lanes((c) => `    %s${c} = arith.addf %a${c}, %b${c} : f32`)}\n${which.map((c) => store(`s${c}`, c)).join('\n')}`,
        ),
      ).groups;
    expect(some([0, 1, 2])).toBe(0);
    expect(some([0, 1, 3])).toBe(0);
    expect(some([3, 1, 0, 2])).toBe(1);
  });

  test('stores with a read of them in between', () => {
    const body = `${lanes((c) => `    %s${c} = arith.addf %a${c}, %b${c} : f32`)}
${store('s0', 0)}
    %r = memory.load %o[%i, %cAT] : memref<8x4xf32>
${store('r', 0, 'memref<8x4xf32>', 'a')}
${[1, 2, 3].map((c) => store(`s${c}`, c)).join('\n')}`;
    expect(packed(rows(body.replace('%cAT', '%c0')))).toMatchObject({ groups: 0, remarks: ['stores-cannot-move'] });
    // Another row is read.
    const other = rows(body.replace('[%i, %cAT]', '[%c0, %c0]').replace('loop.for %i = 0', 'loop.for %i = 1'));
    expect(packed(other.replace('loop.for %i = 0', 'loop.for %i = 1')).groups).toBe(1);
  });

  test('loads behind a store to the same place', () => {
    // %a is overwritten in place: the second lane reads what the first one wrote.
    const chain = `${store('a1', 0, 'memref<8x4xf32>', 'a')}
    %n0 = memory.load %a[%i, %c0] : memref<8x4xf32>
    %m1 = arith.addf %n0, %b1 : f32
${store('m1', 1, 'memref<8x4xf32>', 'a')}
    %m2 = arith.addf %a2, %b2 : f32
${store('m2', 2, 'memref<8x4xf32>', 'a')}
    %m3 = arith.addf %a3, %b3 : f32
${store('m3', 3, 'memref<8x4xf32>', 'a')}`;
    expect(packed(rows(chain)).groups).toBe(0);
  });

  test('buffers that may lie over each other', () => {
    const overlapping = `${lanes(
      (c) => `    %x${c} = memory.load %a[%i, %c${(c + 1) % 4}] : memref<8x4xf32>
    %s${c} = arith.addf %x${c}, %b${c} : f32
${store(`s${c}`, c)}`,
    )}`;
    expect(packed(rows(overlapping)).groups).toBe(1);
    expect(packed(rows(overlapping, { attributes: ' {rt.in_place = 2 : i64}' })).text).not.toMatch(/simd\.load %arg0/);
  });

  test('elements past the end are not read: a row of three', () => {
    const text = `func.func @k(%a: memref<8x3xf32>, %o: memref<8x4xf32>) {
${lanes((c) => `  %c${c} = arith.constant ${c} : index`)}
  loop.for %i = 0 to 8 {
${[0, 1, 2].map((c) => `    %a${c} = memory.load %a[%i, %c${c}] : memref<8x3xf32>`).join('\n')}
${lanes((c) => `    %s${c} = arith.mulf %a${c % 3}, %a${(c + 1) % 3} : f32`)}
${stores('s')}
  }
  return
}`;
    expect(packed(text).text).not.toContain('simd.load');
  });
});

test('random blocks compute the same bits, in place too', () => {
  const random = new Random(5);
  const pick = (n: number) => random.uint32() % n;
  let groups = 0;
  for (let round = 0; round < 60; round++) {
    const lines: string[] = [];
    const lane: string[][] = [0, 1, 2, 3].map((c) => [`a${c}`, `b${c}`]);
    let next = 0;
    for (let level = 0; level < 1 + pick(4); level++) {
      const ops = [0, 1, 2, 3].map(() => ['addf', 'subf', 'mulf'][pick(pick(2) ? 2 : 3)]!);
      const same = pick(3) > 0;
      const turn = pick(3) === 0;
      const [i, j] = [pick(lane[0]!.length), pick(lane[0]!.length)];
      for (let c = 0; c < 4; c++) {
        const from = pick(8) === 0 ? pick(4) : c;
        const [x, y] = [lane[from]![i]!, lane[turn ? 3 - c : c]![j]!];
        const [p, q] = pick(4) === 0 ? [y, x] : [x, y];
        lines.push(`    %v${next} = arith.${same ? ops[0] : ops[c]} %${p}, %${q} : f32`);
        lane[c] = [...lane[c]!, `v${next++}`];
      }
    }
    const to = pick(3) === 0 ? 'a' : 'o';
    for (const c of pick(2) ? [0, 1, 2, 3] : [2, 0, 3, 1]) {
      lines.push(store(lane[c]![lane[c]!.length - 1]!, c, 'memref<8x4xf32>', to));
      if (pick(4) === 0) {
        lines.push(`    %v${next} = memory.load %${pick(2) ? 'a' : 'o'}[%i, %c${pick(4)}] : memref<8x4xf32>`);
        lane[3] = [...lane[3]!.slice(0, -1), `v${next++}`];
      }
    }
    const text = rows(lines.join('\n'), { attributes: pick(4) === 0 ? ' {rt.in_place = 2 : i64}' : '' });
    groups += packed(text).groups;
  }
  expect(groups).toBeGreaterThan(15);
});
