// Canonicalization, text and effects of the simd ops.

import { vectorFrom } from '@budflow/interpreter';
import { type Context, effectsOf } from '@budflow/ir';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalBody, func, parse, roundTrips, run } from '../../loop/src/testing/harness.js';

/** A function of two vectors that returns %r. */
const vectors = (line: string, result: string, type = 'vector<4xf32>') =>
  func(`%a: ${type}, %b: ${type}, %s: f32, %i: index`, `  ${line}`, result, '%r');

const f32x = (c: Context, ...values: number[]) => vectorFrom(c.vector([values.length], c.f32), values);

describe('canonicalization', () => {
  const I8 = 'vector<8xf32>';
  test.each([
    // Extract and insert.
    ['%v = simd.splat %s : vector<4xf32>\n  %r = simd.extract %v[2] : vector<4xf32>', 'f32', []],
    ['%v = simd.splat %s : vector<4xf32>\n  %r = simd.extract %v[%i] : vector<4xf32>', 'f32', []],
    ['%v = simd.insert %s, %a[2] : vector<4xf32>\n  %r = simd.extract %v[2] : vector<4xf32>', 'f32', []],
    [
      '%v = simd.insert %s, %a[2] : vector<4xf32>\n  %r = simd.extract %v[1] : vector<4xf32>',
      'f32',
      ['%0 = simd.extract %arg0[1] : vector<4xf32>'],
    ],
    [
      '%c = arith.constant 3 : index\n  %r = simd.extract %a[%c] : vector<4xf32>',
      'f32',
      ['%0 = simd.extract %arg0[3] : vector<4xf32>'],
    ],
    [
      '%v = simd.concat %a, %b : vector<4xf32>, vector<4xf32>\n  %w = simd.slice %v offset 2 size 4 : vector<8xf32>\n  %r = simd.extract %w[3] : vector<4xf32>',
      'f32',
      ['%0 = simd.extract %arg1[1] : vector<4xf32>'],
    ],
    [
      '%v = simd.shuffle %a, %b [7, 0, 0, 1] : vector<4xf32>\n  %r = simd.extract %v[0] : vector<4xf32>',
      'f32',
      ['%0 = simd.extract %arg1[3] : vector<4xf32>'],
    ],
    [
      '%v = arith.constant dense<[1.0, 2.0, 3.0, 4.0]> : vector<4xf32>\n  %r = simd.extract %v[2] : vector<4xf32>',
      'f32',
      ['%cst = arith.constant 3.000000e+00 : f32'],
    ],
    ['%x = simd.extract %a[1] : vector<4xf32>\n  %r = simd.insert %x, %a[1] : vector<4xf32>', 'vector<4xf32>', []],
    [
      '%x = simd.extract %a[0] : vector<4xf32>\n  %v = simd.insert %x, %a[1] : vector<4xf32>\n  %r = simd.insert %s, %v[1] : vector<4xf32>',
      'vector<4xf32>',
      ['%0 = simd.insert %arg2, %arg0[1] : vector<4xf32>'],
    ],
    // Slice, concat, shuffle.
    ['%r = simd.slice %a offset 0 size 4 : vector<4xf32>', 'vector<4xf32>', []],
    [
      '%v = simd.splat %s : vector<4xf32>\n  %r = simd.slice %v offset 1 size 2 : vector<4xf32>',
      'vector<2xf32>',
      ['%0 = simd.splat %arg2 : vector<2xf32>'],
    ],
    [
      '%v = simd.slice %a offset 1 size 3 : vector<4xf32>\n  %r = simd.slice %v offset 1 size 2 : vector<3xf32>',
      'vector<2xf32>',
      ['%0 = simd.slice %arg0 offset 2 size 2 : vector<4xf32>'],
    ],
    [
      '%v = simd.concat %a, %b : vector<4xf32>, vector<4xf32>\n  %r = simd.slice %v offset 4 size 4 : vector<8xf32>',
      'vector<4xf32>',
      [],
    ],
    [
      '%v = simd.concat %a, %b : vector<4xf32>, vector<4xf32>\n  %r = simd.slice %v offset 5 size 2 : vector<8xf32>',
      'vector<2xf32>',
      ['%0 = simd.slice %arg1 offset 1 size 2 : vector<4xf32>'],
    ],
    [
      '%v = simd.concat %a, %b, %a : vector<4xf32>, vector<4xf32>, vector<4xf32>\n  %r = simd.slice %v offset 4 size 8 : vector<12xf32>',
      I8,
      ['%0 = simd.concat %arg1, %arg0 : vector<4xf32>, vector<4xf32>'],
    ],
    ['%r = simd.concat %a : vector<4xf32>', 'vector<4xf32>', []],
    [
      '%x = simd.slice %a offset 0 size 2 : vector<4xf32>\n  %y = simd.slice %a offset 2 size 2 : vector<4xf32>\n  %r = simd.concat %x, %y : vector<2xf32>, vector<2xf32>',
      'vector<4xf32>',
      [],
    ],
    [
      '%x = simd.slice %a offset 1 size 1 : vector<4xf32>\n  %y = simd.slice %a offset 2 size 2 : vector<4xf32>\n  %r = simd.concat %x, %y : vector<1xf32>, vector<2xf32>',
      'vector<3xf32>',
      ['%0 = simd.slice %arg0 offset 1 size 3 : vector<4xf32>'],
    ],
    [
      '%v = simd.concat %a, %b : vector<4xf32>, vector<4xf32>\n  %r = simd.concat %v, %a : vector<8xf32>, vector<4xf32>',
      'vector<12xf32>',
      ['%0 = simd.concat %arg0, %arg1, %arg0 : vector<4xf32>, vector<4xf32>, vector<4xf32>'],
    ],
    [
      '%v = simd.splat %s : vector<4xf32>\n  %w = simd.splat %s : vector<2xf32>\n  %r = simd.concat %v, %w : vector<4xf32>, vector<2xf32>',
      'vector<6xf32>',
      ['%0 = simd.splat %arg2 : vector<6xf32>'],
    ],
    ['%r = simd.shuffle %a, %b [0, 1, 2, 3] : vector<4xf32>', 'vector<4xf32>', []],
    ['%r = simd.shuffle %a, %b [4, 5, 6, 7] : vector<4xf32>', 'vector<4xf32>', []],
    [
      '%r = simd.shuffle %a, %b [5, 6] : vector<4xf32>',
      'vector<2xf32>',
      ['%0 = simd.slice %arg1 offset 1 size 2 : vector<4xf32>'],
    ],
    [
      '%r = simd.shuffle %a, %b [0, 1, 2, 3, 4, 5, 6, 7] : vector<4xf32>',
      I8,
      ['%0 = simd.concat %arg0, %arg1 : vector<4xf32>, vector<4xf32>'],
    ],
    [
      '%r = simd.shuffle %a, %b [3, 4] : vector<4xf32>',
      'vector<2xf32>',
      ['%0 = simd.shuffle %arg0, %arg1 [3, 4] : vector<4xf32>'],
    ],
    [
      '%v = simd.splat %s : vector<4xf32>\n  %r = simd.shuffle %v, %v [3, 0] : vector<4xf32>',
      'vector<2xf32>',
      ['%0 = simd.splat %arg2 : vector<2xf32>'],
    ],
    [
      '%v = simd.shuffle %a, %b [0, 4, 1, 5] : vector<4xf32>\n  %w = simd.shuffle %a, %b [2, 6, 3, 7] : vector<4xf32>\n  %r = simd.shuffle %w, %v [5, 0, 7, 2] : vector<4xf32>',
      'vector<4xf32>',
      ['%0 = simd.shuffle %arg1, %arg0 [0, 6, 1, 7] : vector<4xf32>'],
    ],
    [
      '%n = arith.fptosi %a : vector<4xf32> to vector<4xi32>\n  %w = arith.index_cast %n : vector<4xi32> to vector<4xindex>\n  %r = simd.extract %w[2] : vector<4xindex>',
      'index',
      [
        '%0 = arith.fptosi %arg0 : vector<4xf32> to vector<4xi32>',
        '%1 = simd.extract %0[2] : vector<4xi32>',
        '%2 = arith.index_cast %1 : i32 to index',
      ],
    ],
    // Constants and reductions.
    [
      '%c = arith.constant 2.5 : f32\n  %r = simd.splat %c : vector<4xf32>',
      'vector<4xf32>',
      ['%cst = arith.constant dense<2.500000e+00> : vector<4xf32>'],
    ],
    ['%v = simd.splat %s : vector<4xf32>\n  %r = simd.reduce_max %v : vector<4xf32>', 'f32', []],
    [
      '%v = simd.splat %s : vector<4xf32>\n  %r = simd.reduce_add %v : vector<4xf32>',
      'f32',
      ['%0 = simd.splat %arg2 : vector<4xf32>', '%1 = simd.reduce_add %0 : vector<4xf32>'],
    ],
    ['%v = simd.splat %s : vector<1xf32>\n  %r = simd.reduce_mul %v : vector<1xf32>', 'f32', []],
    [
      '%c = arith.constant 3 : index\n  %r = simd.mask.first_n %c : vector<4xi1>',
      'vector<4xi1>',
      ['%cst = arith.constant dense<[true, true, true, false]> : vector<4xi1>'],
    ],
    [
      '%c = arith.constant -3 : index\n  %r = simd.mask.first_n %c : vector<4xi1>',
      'vector<4xi1>',
      ['%cst = arith.constant dense<false> : vector<4xi1>'],
    ],
    [
      '%c = arith.constant 9 : index\n  %r = simd.mask.first_n %c : vector<4xi1>',
      'vector<4xi1>',
      ['%cst = arith.constant dense<true> : vector<4xi1>'],
    ],
  ])('%s', (line, result, expected) => {
    expect(canonicalBody(vectors(line, result))).toEqual(expected);
  });

  const access = (line: string) =>
    canonicalBody(
      func(
        '%m: memref<?xf32>, %i: index, %v: vector<4xf32>',
        `  %all = arith.constant dense<true> : vector<4xi1>\n  %none = arith.constant dense<false> : vector<4xi1>\n  %some = arith.constant dense<[true, false, true, false]> : vector<4xi1>\n  ${line}`,
        'vector<4xf32>',
        '%r',
      ),
    );
  test.each([
    [
      '%r = simd.masked_load %m[%i], %all, %v {nontemporal} : memref<?xf32>, vector<4xf32>',
      ['%0 = simd.load %arg0[%arg1] {nontemporal} : memref<?xf32>, vector<4xf32>'],
    ],
    ['%r = simd.masked_load %m[%i], %none, %v : memref<?xf32>, vector<4xf32>', []],
    [
      '%r = simd.gather %m[%i] [%o] mask %all, %v : memref<?xf32>, vector<4xi32>, vector<4xf32>',
      ['%0 = simd.gather %arg0[%arg1] [%cst] : memref<?xf32>, vector<4xi32>, vector<4xf32>'],
    ],
    ['%r = simd.gather %m[%i] [%o] mask %none, %v : memref<?xf32>, vector<4xi32>, vector<4xf32>', []],
  ])('%s', (line, expected) => {
    const withOffsets = line.includes('%o')
      ? `%o = arith.constant dense<[3, 1, 2, 0]> : vector<4xi32>\n  ${line}`
      : line;
    expect(access(withOffsets).filter((l) => !l.includes('arith.constant'))).toEqual(expected);
  });

  test('stores with known masks become plain stores or nothing', () => {
    const stores = (mask: string, op: string) =>
      canonicalBody(
        func(
          '%m: memref<?xf32>, %i: index, %v: vector<4xf32>, %o: vector<4xi32>',
          `  %c = arith.constant ${mask} : index\n  %k = simd.mask.first_n %c : vector<4xi1>\n  ${op}`,
        ),
      ).filter((l) => !l.includes('arith.constant'));
    const masked = 'simd.masked_store %v, %m[%i], %k {alignment = 16 : i64} : memref<?xf32>, vector<4xf32>';
    expect(stores('4', masked)).toEqual([
      'simd.store %arg2, %arg0[%arg1] {alignment = 16 : i64} : memref<?xf32>, vector<4xf32>',
    ]);
    expect(stores('0', masked)).toEqual([]);
    expect(stores('2', masked)).toHaveLength(1);
    const scatter = 'simd.scatter %v, %m[%i] [%o] mask %k : memref<?xf32>, vector<4xi32>, vector<4xf32>';
    expect(stores('4', scatter)).toEqual([
      'simd.scatter %arg2, %arg0[%arg1] [%arg3] : memref<?xf32>, vector<4xi32>, vector<4xf32>',
    ]);
    expect(stores('0', scatter)).toEqual([]);
  });

  test('gathers of a constant stride are loads', () => {
    const gather = (offsets: string, type = 'memref<?xf32>') =>
      canonicalBody(
        func(
          `%m: ${type}, %i: index`,
          `  %o = arith.constant dense<${offsets}> : vector<4xi32>\n  %r = simd.gather %m[%i] [%o] : ${type}, vector<4xi32>, vector<4xf32>`,
          'vector<4xf32>',
          '%r',
        ),
      ).pop();
    expect(gather('[0, 1, 2, 3]')).toBe('%0 = simd.load %arg0[%arg1] : memref<?xf32>, vector<4xf32>');
    expect(gather('[0, 3, 6, 9]')).toBe('%0 = simd.strided_load %arg0[%arg1] stride 3 : memref<?xf32>, vector<4xf32>');
    expect(gather('[0, 1, 2, 3]', 'memref<?xf32, strided<[2]>>')).toContain('simd.strided_load %arg0[%arg1] stride 1');
    expect(gather('[0, 1, 2, 4]')).toContain('simd.gather');
    expect(gather('[1, 2, 3, 4]')).toContain('simd.gather');
    expect(gather('0')).toContain('simd.gather');
    expect(
      canonicalBody(
        func(
          '%m: memref<8x8xf32>, %i: index',
          '  %r = simd.strided_load %m[%i, %i] stride 1 : memref<8x8xf32>, vector<4xf32>',
          'vector<4xf32>',
          '%r',
        ),
      ),
    ).toEqual(['%0 = simd.load %arg0[%arg1, %arg1] : memref<8x8xf32>, vector<4xf32>']);
    expect(
      canonicalBody(
        func(
          '%m: memref<8x8xf32>, %i: index',
          '  %r = simd.strided_load %m[%i, %i] stride 1 dim 0 : memref<8x8xf32>, vector<4xf32>',
          'vector<4xf32>',
          '%r',
        ),
      )[0],
    ).toContain('strided_load');
  });

  test('three vectors of bytes need two shuffles', () => {
    const lanes = (f: (l: number) => number) => `[${Array.from({ length: 8 }, (_, l) => f(l)).join(', ')}]`;
    const type = 'vector<8xi16>';
    expect(
      canonicalBody(
        func(
          `%a: ${type}, %b: ${type}, %c: ${type}`,
          `  %0 = simd.shuffle %a, %b ${lanes((l) => 2 * l)} : ${type}
  %1 = simd.shuffle %b, %c ${lanes((l) => 15 - l)} : ${type}
  %r = simd.shuffle %0, %1 ${lanes((l) => (l % 2 ? l : 15 - l))} : ${type}`,
          type,
          '%r',
        ),
      ),
    ).toEqual([
      `%0 = simd.shuffle %arg2, %arg0 [0, 10, 2, 14, 4, 5, 6, 7] : ${type}`,
      `%1 = simd.shuffle %0, %arg1 [0, 1, 2, 3, 4, 10, 6, 14] : ${type}`,
    ]);
  });

  test('keeps every lane of random chains of lane moves (property)', () => {
    const step = fc.record({
      op: fc.constantFrom('splat', 'insert', 'shuffle', 'mix', 'slice', 'concat', 'extract'),
      a: fc.nat(30),
      b: fc.nat(30),
      n: fc.nat(30),
      m: fc.nat(30),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 14 }), (steps) => {
        const vectorValues: { name: string; lanes: number }[] = [
          { name: '%a', lanes: 4 },
          { name: '%b', lanes: 4 },
        ];
        const scalars = ['%s'];
        const lines: string[] = [];
        steps.forEach(({ op, a, b, n, m }, k) => {
          const v = vectorValues[a % vectorValues.length]!;
          const w = vectorValues.filter((x) => x.lanes === v.lanes)[
            b % vectorValues.filter((x) => x.lanes === v.lanes).length
          ]!;
          const s = scalars[b % scalars.length]!;
          const type = `vector<${v.lanes}xf32>`;
          const name = `%v${k}`;
          const add = (lanes: number, text: string) => {
            vectorValues.push({ name, lanes });
            lines.push(`  ${name} = ${text}`);
          };
          if (op === 'splat') add(1 + (n % 5), `simd.splat ${s} : vector<${1 + (n % 5)}xf32>`);
          else if (op === 'insert') add(v.lanes, `simd.insert ${s}, ${v.name}[${n % v.lanes}] : ${type}`);
          else if (op === 'shuffle') {
            const lanes = Array.from({ length: 1 + (m % 6) }, (_, l) => (n % 2 ? n + l : n * (l + 1)) % (2 * v.lanes));
            add(lanes.length, `simd.shuffle ${v.name}, ${w.name} [${lanes.join(', ')}] : ${type}`);
          } else if (op === 'mix') {
            // Shuffles that keep the number of lanes: they look through each other.
            const lanes = Array.from({ length: v.lanes }, (_, l) => (n * l + m) % (2 * v.lanes));
            add(lanes.length, `simd.shuffle ${v.name}, ${w.name} [${lanes.join(', ')}] : ${type}`);
          } else if (op === 'slice') {
            const offset = n % v.lanes;
            const size = 1 + (m % (v.lanes - offset));
            add(size, `simd.slice ${v.name} offset ${offset} size ${size} : ${type}`);
          } else if (op === 'concat') {
            const other = vectorValues[b % vectorValues.length]!;
            if (v.lanes + other.lanes > 32) return;
            add(v.lanes + other.lanes, `simd.concat ${v.name}, ${other.name} : ${type}, vector<${other.lanes}xf32>`);
          } else {
            scalars.push(name);
            lines.push(`  ${name} = simd.extract ${v.name}[${n % v.lanes}] : ${type}`);
          }
        });
        const last = vectorValues.slice(-3);
        const results = [...last.map((v) => `vector<${v.lanes}xf32>`), 'f32'];
        const text = `func.func @f(%a: vector<4xf32>, %b: vector<4xf32>, %s: f32) -> (${results.join(', ')}) {\n${lines.join('\n')}\n  return ${[...last.map((v) => v.name), scalars[scalars.length - 1]].join(', ')} : ${results.join(', ')}\n}`;
        run(text, 'f', (c) => [f32x(c, 1, 2, 3, 4), f32x(c, 5, 6, 7, 8), 9]);
      }),
      { numRuns: 150 },
    );
  });
});

describe('effects and text', () => {
  test('loads read and stores write their buffer', () => {
    const module = parse(
      func(
        '%m: memref<8xf32>, %i: index, %o: vector<4xi32>',
        '  %v = simd.load %m[%i] : memref<8xf32>, vector<4xf32>\n  simd.store %v, %m[%i] : memref<8xf32>, vector<4xf32>\n  %w = simd.gather %m[%i] [%o] : memref<8xf32>, vector<4xi32>, vector<4xf32>\n  simd.scatter %w, %m[%i] [%o] : memref<8xf32>, vector<4xi32>, vector<4xf32>\n  %x = simd.extract %v[0] : vector<4xf32>',
      ),
    );
    const body = module.region(0).entry.firstOp!.region(0).entry;
    expect(
      body.ops.slice(0, -1).map((op) =>
        effectsOf(op)!
          .map((e) => `${e.kind} ${body.arguments.indexOf(e.value!)}`)
          .join(),
      ),
    ).toEqual(['read 0', 'write 0', 'read 0', 'write 0', '']);
  });
  test('attributes stay in the dictionary', () => {
    expect(
      roundTrips(
        func(
          '%m: memref<8xf32>, %i: index',
          '  %v = simd.load %m[%i] {alignment = 16 : i64, note = "x"} : memref<8xf32>, vector<4xf32>',
        ),
      ),
    ).toContain('{alignment = 16 : i64, note = "x"}');
  });
});
