import { describe, expect, test } from 'vitest';
import type { Step } from '../schedule.js';
import { checkSchedule, lines, parseKernel, refusal, schedule, upTo } from '../testing/kernel.js';
import { LANES_SUM, MATMUL, matmulSizes, RESHAPE, sumSizes } from '../testing/kernels.js';

const vectors = (loop: string, width: number): Step[] => [
  { primitive: 'split', loop, factor: width },
  { primitive: 'vectorize', loop: `${loop}.i` },
];

/** An elementwise kernel of one loop "e.d0": `inputs` and `output` are element types, `body` computes %r from %x0, %x1, ... */
function elementwise(inputs: readonly string[], output: string, body: string): string {
  const args = [...inputs.map((t, i) => `%a${i}: memref<?x${t}>`), `%out: memref<?x${output}>`].join(', ');
  const loads = inputs.map((t, i) => `%x${i} = memory.load %a${i}[%i] : memref<?x${t}>`).join('\n');
  return `func.func @f(${args}) {
    %n = memory.dim %out, 0 : memref<?x${output}>
    loop.for %i = 0 to %n name "e.d0" {
      ${loads}
      ${body}
      memory.store %r, %out[%i] : memref<?x${output}>
    }
    return
  }`;
}

/** Runs for n = 0 .. 67, with widths that cut vectors in different ways. */
function checkElementwise(inputs: readonly string[], output: string, body: string, width = 8): string[] {
  const text = elementwise(inputs, output, body);
  const sizes = upTo(67).map(([n]) => [...inputs, output].map(() => n!));
  return lines(checkSchedule(text, vectors('e.d0', width), sizes));
}

describe('vectorize computes the same for n = 0 .. 67', () => {
  for (const type of ['f32', 'f64']) {
    test(`${type}: arithmetic, minima and maxima, math functions, fma`, () => {
      const text = checkElementwise(
        [type, type, type],
        type,
        `%0 = arith.addf %x0, %x1 : ${type}
         %1 = arith.subf %0, %x2 : ${type}
         %2 = arith.mulf %1, %x1 fastmath<nnan> : ${type}
         %3 = arith.divf %2, %x2 : ${type}
         %4 = arith.maximumf %3, %x0 : ${type}
         %5 = arith.minimumf %4, %x1 : ${type}
         %6 = math.sqrt %5 : ${type}
         %7 = math.exp %x0 : ${type}
         %8 = math.absf %7 : ${type}
         %9 = math.fma %8, %6, %x0 : ${type}
         %10 = arith.negf %9 : ${type}
         %11 = math.tanh %x1 : ${type}
         %r = arith.addf %10, %11 : ${type}`,
      );
      expect(text.some((l) => l.includes(`arith.mulf`) && l.includes(`fastmath<nnan> : vector<8x${type}>`))).toBe(true);
      expect(text.filter((l) => l.startsWith('%') && l.includes('simd.load')).length).toBe(3);
    });
    test(`${type}: comparisons choose lanes`, () => {
      const text = checkElementwise(
        [type, type],
        type,
        `%0 = arith.cmpf olt, %x0, %x1 : ${type}
         %1 = arith.cmpf une, %x0, %x0 : ${type}
         %2 = arith.ori %0, %1 : i1
         %r = arith.select %2, %x0, %x1 : ${type}`,
      );
      expect(text.some((l) => l.includes(`: vector<8xi1>, vector<8x${type}>`))).toBe(true);
    });
  }
  for (const type of ['i8', 'i16', 'i32', 'i64', 'i1']) {
    test(`${type}: integer arithmetic wraps`, () => {
      const rest =
        type === 'i1'
          ? '%4 = arith.select %3, %x0, %x1 : i1'
          : `%lt = arith.cmpi ult, %3, %x1 : ${type}
             %4 = arith.select %lt, %3, %x0 : ${type}`;
      checkElementwise(
        [type, type],
        type,
        `%0 = arith.addi %x0, %x1 : ${type}
         %1 = arith.muli %0, %x0 : ${type}
         %2 = arith.xori %1, %x1 : ${type}
         %3 = arith.maxsi %2, %x0 : ${type}
         ${rest}
         %r = arith.minui %4, %x1 : ${type}`,
        16,
      );
    });
  }
  test('mixed widths and conversions', () => {
    const text = checkElementwise(
      ['i8', 'i16', 'f32', 'f64'],
      'i64',
      `%0 = arith.extui %x0 : i8 to i32
       %1 = arith.extsi %x1 : i16 to i32
       %2 = arith.addi %0, %1 : i32
       %3 = arith.sitofp %2 : i32 to f32
       %4 = arith.mulf %3, %x2 : f32
       %5 = arith.extf %4 : f32 to f64
       %6 = arith.addf %5, %x3 : f64
       %7 = arith.truncf %6 : f64 to f32
       %8 = arith.bitcast %7 : f32 to i32
       %9 = arith.cmpf ogt, %6, %5 : f64
       %10 = arith.extui %9 : i1 to i32
       %11 = arith.trunci %8 : i32 to i8
       %12 = arith.extsi %11 : i8 to i32
       %13 = arith.addi %12, %10 : i32
       %r = arith.extsi %13 : i32 to i64`,
      16,
    );
    expect(text.some((l) => l.includes('arith.extui') && l.includes('vector<16xi8> to vector<16xi32>'))).toBe(true);
    expect(text.some((l) => l.includes('vector<16xi1> to vector<16xi32>'))).toBe(true);
  });
  test('unsigned bytes (ui8 as i8) saturate as the code says', () => {
    checkElementwise(
      ['i8', 'i8'],
      'i8',
      `%0 = arith.extui %x0 : i8 to i16
       %1 = arith.extui %x1 : i8 to i16
       %2 = arith.addi %0, %1 : i16
       %c = arith.constant 255 : i16
       %3 = arith.minui %2, %c : i16
       %r = arith.trunci %3 : i16 to i8`,
      16,
    );
  });
  test('the loop variable as data is a constant vector plus its first value', () => {
    const text = checkElementwise(
      ['f32'],
      'f32',
      `%j = loop.apply affine_map<(d0) -> (d0 * 3 - 5)>(%i)
       %0 = arith.index_cast %j : index to i32
       %1 = arith.sitofp %0 : i32 to f32
       %r = arith.addf %1, %x0 : f32`,
    );
    expect(text.some((l) => l.includes('dense<[0, 3, 6, 9, 12, 15, 18, 21]> : vector<8xi32>'))).toBe(true);
    expect(text.some((l) => l.includes('vector<8xindex>'))).toBe(false);
  });
  test('index arithmetic that is not affine runs on vectors of index', () => {
    checkElementwise(
      ['index'],
      'index',
      `%0 = arith.muli %i, %x0 : index
       %1 = arith.addi %0, %i : index
       %2 = loop.apply affine_map<(d0) -> (d0 mod 5)>(%i)
       %r = arith.addi %1, %2 : index`,
    );
  });
  test('constants and values from outside are splat once', () => {
    const text = checkElementwise(
      ['f32'],
      'f32',
      `%c = arith.constant 0.5 : f32
       %0 = arith.mulf %x0, %c : f32
       %r = arith.addf %0, %c : f32`,
    );
    expect(text.filter((l) => l.includes('dense<5.000000e-01> : vector<8xf32>')).length).toBe(1);
  });
});

describe('vectorize golden code', () => {
  test('of contiguous, invariant, transposed and reversed accesses', () => {
    const module =
      parseKernel(`func.func @f(%a: memref<4x8xf32>, %s: memref<4xf32>, %t: memref<8x4xf32>, %c: memref<4x8xf32>) {
      loop.for %i = 0 to 4 name "m.d0" {
        loop.for %j = 0 to 8 name "m.d1" {
          %back = loop.apply affine_map<(d0) -> (-d0 + 7)>(%j)
          %x = memory.load %a[%i, %j] : memref<4x8xf32>
          %y = memory.load %s[%i] : memref<4xf32>
          %z = memory.load %t[%j, %i] : memref<8x4xf32>
          %w = memory.load %a[%i, %back] : memref<4x8xf32>
          %0 = arith.mulf %x, %y : f32
          %1 = arith.addf %0, %z : f32
          %2 = arith.addf %1, %w : f32
          memory.store %2, %c[%i, %j] : memref<4x8xf32>
        }
      }
      return
    }`);
    schedule(module, [{ primitive: 'vectorize', loop: 'm.d1' }]);
    expect(lines(module)).toEqual([
      'func.func @f(%arg0: memref<4x8xf32>, %arg1: memref<4xf32>, %arg2: memref<8x4xf32>, %arg3: memref<4x8xf32>) {',
      'loop.for %i = 0 to 4 name "m.d0" {',
      '%c0 = arith.constant 0 : index',
      '%0 = simd.load %arg0[%i, %c0] : memref<4x8xf32>, vector<8xf32>',
      '%1 = memory.load %arg1[%i] : memref<4xf32>',
      '%2 = simd.splat %1 : vector<8xf32>',
      '%c0_0 = arith.constant 0 : index',
      '%3 = simd.strided_load %arg2[%c0_0, %i] stride 1 dim 0 : memref<8x4xf32>, vector<8xf32>',
      '%c0_1 = arith.constant 0 : index',
      '%4 = simd.load %arg0[%i, %c0_1] : memref<4x8xf32>, vector<8xf32>',
      '%5 = simd.shuffle %4, %4 [7, 6, 5, 4, 3, 2, 1, 0] : vector<8xf32>',
      '%6 = arith.mulf %0, %2 : vector<8xf32>',
      '%7 = arith.addf %6, %3 : vector<8xf32>',
      '%8 = arith.addf %7, %5 : vector<8xf32>',
      '%c0_2 = arith.constant 0 : index',
      'simd.store %8, %arg3[%i, %c0_2] : memref<4x8xf32>, vector<8xf32>',
      '}',
      'return',
      '}',
    ]);
  });

  test('of the lanes of a sum: the accumulators are one vector in memory', () => {
    const steps: Step[] = ['sum.i', 'sum.l'].map((loop) => ({ primitive: 'vectorize', loop }));
    const text = lines(
      checkSchedule(
        LANES_SUM,
        steps,
        [0, 1, 3, 4, 5, 16, 67].map((n) => sumSizes(3, n)),
      ),
    );
    const at = text.findIndex((l) => l.includes('name "sum.r0"'));
    expect(text.slice(at + 1, at + 8)).toEqual([
      '%at = loop.apply affine_map<(d0) -> (d0 * 4)>(%i_3)',
      '%2 = simd.load %arg0[%i, %at] : memref<?x?xf32>, vector<4xf32>',
      '%c0_4 = arith.constant 0 : index',
      '%3 = simd.load %scratch[%c0_4] : memref<4xf32>, vector<4xf32>',
      '%4 = arith.addf %3, %2 : vector<4xf32>',
      '%c0_5 = arith.constant 0 : index',
      'simd.store %4, %scratch[%c0_5] : memref<4xf32>, vector<4xf32>',
    ]);
  });

  test('of a matrix product over its columns: a private accumulator gets lanes, the inner loop keeps running', () => {
    const sizes = [0, 1, 7, 8, 9, 31].map((n) => matmulSizes(3, n, 5));
    const text = lines(checkSchedule(MATMUL, vectors('mm.d1', 8), sizes));
    expect(text.some((l) => l.includes('memory.alloca() : memref<8xf32>'))).toBe(true);
    expect(text.filter((l) => l.includes('name "mm.r0"')).length).toBe(1);
  });
});

describe('vectorize of accesses that are not contiguous', () => {
  test('strides become strided loads and scatters', () => {
    const text = lines(
      checkSchedule(
        `func.func @f(%a: memref<?xf32>, %c: memref<?xf32>) {
          %n = memory.dim %c, 0 : memref<?xf32>
          loop.for %i = 0 to affine_map<()[s0] -> (s0 floordiv 3)>()[%n] name "s.d0" {
            %p = loop.apply affine_map<(d0) -> (d0 * 2 + 1)>(%i)
            %q = loop.apply affine_map<(d0) -> (d0 * 3)>(%i)
            %x = memory.load %a[%p] : memref<?xf32>
            memory.store %x, %c[%q] : memref<?xf32>
          }
          return
        }`,
        vectors('s.d0', 4),
        upTo(67).map(([n]) => [n! + 2, n!]),
      ),
    );
    expect(text.some((l) => l.includes('stride 2 : memref<?xf32>, vector<4xf32>'))).toBe(true);
    expect(text.some((l) => l.includes('dense<[0, 3, 6, 9]> : vector<4xindex>'))).toBe(true);
  });
  test('a reversed store turns the lanes round', () => {
    checkSchedule(
      `func.func @f(%a: memref<?xi32>, %c: memref<?xi32>) {
        %n = memory.dim %c, 0 : memref<?xi32>
        loop.for %i = 0 to %n name "r.d0" {
          %p = loop.apply affine_map<(d0)[s0] -> (s0 - d0 - 1)>(%i)[%n]
          %x = memory.load %a[%i] : memref<?xi32>
          memory.store %x, %c[%p] : memref<?xi32>
        }
        return
      }`,
      vectors('r.d0', 8),
      upTo(67).map(([n]) => [n!, n!]),
    );
  });
  test('indices read from memory gather', () => {
    const text = lines(
      checkSchedule(
        `func.func @f(%ix: memref<?xindex>, %a: memref<8x3xf32>, %b: memref<8xf32>, %c: memref<?xf32>) {
          %n = memory.dim %c, 0 : memref<?xf32>
          %one = arith.constant 1 : index
          loop.for %i = 0 to %n name "g.d0" {
            %p = memory.load %ix[%i] : memref<?xindex>
            %q = arith.addi %p, %one : index
            %x = memory.load %b[%q] : memref<8xf32>
            %y = memory.load %a[%q, %one] : memref<8x3xf32>
            %s = arith.addf %x, %y : f32
            memory.store %s, %c[%i] : memref<?xf32>
          }
          return
        }`,
        vectors('g.d0', 4),
        upTo(30).map(([n]) => [n!, n!]),
      ),
    );
    expect(text.some((l) => l.includes('simd.gather'))).toBe(true);
    expect(text.filter((l) => l.includes('simd.insert')).length).toBe(3);
  });
  test('a reshape with quotients and remainders reads contiguously where its lanes do', () => {
    const sizes = [0, 1, 2, 9].map((m) => [2 * m, m]);
    const steps: Step[] = [...vectors('re.d1', 4)];
    const text = lines(checkSchedule(RESHAPE, steps, sizes));
    expect(text.some((l) => l.includes('simd.load'))).toBe(true);
    checkSchedule(RESHAPE, [{ primitive: 'vectorize', loop: 're.d1' }], sizes);
  });
  test('a diagonal is read element by element', () => {
    checkSchedule(
      `func.func @f(%a: memref<?x?xf32>, %c: memref<?x?xf32>) {
        %n = memory.dim %a, 0 : memref<?x?xf32>
        loop.for %i = 0 to %n name "d.d0" {
          %x = memory.load %a[%i, %i] : memref<?x?xf32>
          memory.store %x, %c[%i, %i] : memref<?x?xf32>
        }
        return
      }`,
      vectors('d.d0', 4),
      upTo(13).map(([n]) => [n!, n!, n!, n!]),
    );
  });
});

describe('vectorize of loops that start elsewhere and step further', () => {
  const text = (bounds: string) => `func.func @f(%a: memref<64xf32>, %c: memref<64xi32>, %k: index) {
    loop.for %i = ${bounds} name "s.d0" {
      %q = loop.apply affine_map<(d0)[s0] -> (d0 + s0)>(%i)[%k]
      %x = memory.load %a[%q] : memref<64xf32>
      %y = arith.fptosi %x : f32 to i32
      %z = arith.index_cast %i : index to i32
      %w = arith.addi %y, %z : i32
      memory.store %w, %c[%i] : memref<64xi32>
    }
    return
  }`;
  test('step 2 from 1', () => {
    const module = checkSchedule(text('1 to 16 step 2'), [{ primitive: 'vectorize', loop: 's.d0' }], [[0], [3], [40]]);
    const code = lines(module);
    expect(code.some((l) => l.includes('stride 2'))).toBe(true);
    expect(code.some((l) => l.includes('dense<[0, 2, 4, 6, 8, 10, 12, 14]> : vector<8xi32>'))).toBe(true);
  });
  test('8 iterations from a value', () => {
    const bounds = '%k to affine_map<()[s0] -> (s0 + 8)>()[%k]';
    const code = lines(checkSchedule(text(bounds), [{ primitive: 'vectorize', loop: 's.d0' }], [[0], [3], [28]]));
    expect(code.some((l) => l.includes('simd.load %arg0[%at]'))).toBe(true);
  });
});

describe('vectorize keeps structured code', () => {
  test('inner loops with carried values, conditionals and buffers', () => {
    checkSchedule(
      `func.func @f(%a: memref<?x?xf32>, %b: memref<?xf32>, %c: memref<?xf32>) {
        %m = memory.dim %a, 0 : memref<?x?xf32>
        %n = memory.dim %a, 1 : memref<?x?xf32>
        %zero = arith.constant 0.0 : f32
        %three = arith.constant 3 : index
        loop.for %j = 0 to %n name "c.d0" {
          %tmp = memory.alloca() : memref<2xf32>
          %i0 = arith.constant 0 : index
          %i1 = arith.constant 1 : index
          memory.store %zero, %tmp[%i0] : memref<2xf32>
          memory.store %zero, %tmp[%i1] : memref<2xf32>
          %s:2 = loop.for %i = 0 to %m iter_args(%u = %zero, %v = %zero) -> (f32, f32) name "c.r0" {
            %x = memory.load %a[%i, %j] : memref<?x?xf32>
            %y = arith.addf %u, %x : f32
            %w = memory.load %b[%i] : memref<?xf32>
            %z = arith.addf %v, %w : f32
            %even = loop.apply affine_map<(d0) -> (d0 mod 2)>(%i)
            %old = memory.load %tmp[%even] : memref<2xf32>
            %new = arith.maximumf %old, %x : f32
            memory.store %new, %tmp[%even] : memref<2xf32>
            loop.yield %y, %z : f32, f32
          }
          %small = arith.cmpi slt, %m, %three : index
          %p = loop.if %small -> (f32) {
            loop.yield %s#0 : f32
          } else {
            %q = arith.mulf %s#0, %s#1 : f32
            loop.yield %q : f32
          }
          %t0 = memory.load %tmp[%i0] : memref<2xf32>
          %t1 = memory.load %tmp[%i1] : memref<2xf32>
          %t = arith.subf %t0, %t1 : f32
          %r = arith.addf %p, %t : f32
          memory.store %r, %c[%j] : memref<?xf32>
        }
        return
      }`,
      vectors('c.d0', 4),
      [
        [0, 5],
        [1, 1],
        [2, 9],
        [5, 4],
        [7, 31],
      ].map(([m, n]) => [m!, n!, m!, n!]),
    );
  });
  test('a while loop whose condition all lanes share', () => {
    const text = lines(
      checkSchedule(
        `func.func @f(%a: memref<?xf32>, %c: memref<?xf32>) {
          %n = memory.dim %c, 0 : memref<?xf32>
          %one = arith.constant 1 : index
          %ten = arith.constant 10 : index
          loop.for %i = 0 to %n name "w.d0" {
            %x = memory.load %a[%i] : memref<?xf32>
            %r:2 = loop.while (%k = %one, %v = %x) : (index, f32) -> (index, f32) {
              %go = arith.cmpi slt, %k, %ten : index
              loop.condition(%go) %k, %v : index, f32
            } do {
            ^bb0(%k: index, %v: f32):
              %l = arith.addi %k, %k : index
              %w = arith.addf %v, %x : f32
              loop.yield %l, %w : index, f32
            }
            memory.store %r#1, %c[%i] : memref<?xf32>
          }
          return
        }`,
        vectors('w.d0', 4),
        upTo(20).map(([n]) => [n!, n!]),
      ),
    );
    expect(text.some((l) => l.includes('(index, vector<4xf32>) -> (index, vector<4xf32>)'))).toBe(true);
  });
});

describe('vectorize keeps dependences from a statement to a later one', () => {
  const shift = (body: string): string => `func.func @f(%a: memref<?xf32>, %b: memref<?xf32>, %c: memref<?xf32>) {
    %n = memory.dim %b, 0 : memref<?xf32>
    loop.for %i = 0 to %n name "s.d0" {
      %next = loop.apply affine_map<(d0) -> (d0 + 1)>(%i)
      %x = memory.load %b[%i] : memref<?xf32>
      ${body}
    }
    return
  }`;
  const sizes = upTo(20).map(([n]) => [n! + 1, n!, n!]);
  const early = `%y = memory.load %a[%next] : memref<?xf32>
    %s = arith.addf %x, %y : f32
    memory.store %s, %a[%i] : memref<?xf32>`;

  test('reads of elements that later iterations overwrite come first', () => {
    checkSchedule(shift(early), vectors('s.d0', 4), sizes);
  });
  test('reads of what earlier iterations wrote come after, when the write stands before them', () => {
    checkSchedule(
      shift(`memory.store %x, %a[%next] : memref<?xf32>
        %y = memory.load %a[%i] : memref<?xf32>
        memory.store %y, %c[%i] : memref<?xf32>`),
      vectors('s.d0', 4),
      sizes,
    );
  });
  test('not through an inner loop, which runs for all lanes at once', () => {
    const module = parseKernel(shift(`loop.for %k = 0 to 2 name "s.r0" { ${early} }`));
    schedule(module, vectors('s.d0', 4).slice(0, 1));
    expect(refusal(module, { primitive: 'vectorize', loop: 's.d0.i' }).dependence).toBeDefined();
  });
  test('not in the other direction', () => {
    const late = early.replace('%a[%next]', '%a[%i]').replace('memory.store %s, %a[%i]', 'memory.store %s, %a[%next]');
    const module = parseKernel(shift(late));
    schedule(module, vectors('s.d0', 4).slice(0, 1));
    expect(refusal(module, { primitive: 'vectorize', loop: 's.d0.i' }).dependence).toBeDefined();
  });
});

/** A kernel with one loop "x.d0" of 8 iterations around `body`. */
const eight = (args: string, body: string): string => `func.func @f(${args}) {
  %one = arith.constant 1.0 : f32
  %c0 = arith.constant 0 : index
  loop.for %i = 0 to 8 name "x.d0" {
    ${body}
  }
  return
}`;

describe('vectorize refuses', () => {
  const refused = (text: string) => refusal(parseKernel(text), { primitive: 'vectorize', loop: 'x.d0' });

  test('a reduction into one cell: lanes would all add to the first value', () => {
    const { refused: reason, dependence } = refused(
      eight(
        '%a: memref<8xf32>, %s: memref<f32>',
        `%x = memory.load %a[%i] : memref<8xf32>
         %y = memory.load %s[] : memref<f32>
         %z = arith.addf %x, %y : f32
         memory.store %z, %s[] : memref<f32>`,
      ),
    );
    expect(reason).toBe(
      'loop-carried dependence through read of arg1[] and write of arg1[] at any distance of loop "x.d0"',
    );
    expect(dependence?.message).toContain('arg1');
  });
  test('a recurrence: each lane needs the one before', () => {
    const { refused: reason } = refused(
      eight(
        '%a: memref<9xf32>',
        `%next = loop.apply affine_map<(d0) -> (d0 + 1)>(%i)
         %x = memory.load %a[%i] : memref<9xf32>
         %y = arith.addf %x, %one : f32
         memory.store %y, %a[%next] : memref<9xf32>`,
      ),
    );
    expect(reason).toBe(
      'loop-carried dependence through read of arg0[x.d0] and write of arg0[x.d0 + 1] at distance 1 of loop "x.d0"',
    );
  });
  test('values carried from iteration to iteration', () => {
    const text = `func.func @f(%a: memref<8xf32>, %s: memref<f32>) {
      %z = arith.constant 0.0 : f32
      %r = loop.for %i = 0 to 8 iter_args(%acc = %z) -> (f32) name "x.d0" {
        %x = memory.load %a[%i] : memref<8xf32>
        %n = arith.addf %acc, %x : f32
        loop.yield %n : f32
      }
      memory.store %r, %s[] : memref<f32>
      return
    }`;
    expect(refused(text).refused).toBe('it carries values from one iteration to the next');
  });
  test('a trip count that is not known', () => {
    const text = elementwise(['f32'], 'f32', '%r = arith.negf %x0 : f32');
    expect(refusal(parseKernel(text), { primitive: 'vectorize', loop: 'e.d0' }).refused).toBe(
      'its trip count is not a constant: split it first',
    );
  });
  test('a condition that differs between lanes that are not a power of two', () => {
    const { refused: reason } = refused(`func.func @f(%a: memref<6xf32>, %c: memref<6xi1>) {
      loop.for %i = 0 to 6 name "x.d0" {
        %v = memory.load %a[%i] : memref<6xf32>
        %p = memory.load %c[%i] : memref<6xi1>
        loop.if %p {
          %w = arith.mulf %v, %v : f32
          memory.store %w, %a[%i] : memref<6xf32>
        }
      }
      return
    }`);
    expect(reason).toBe('a condition inside differs between its 6 lanes, which are not a power of two');
  });

  test('a guarded split, whose last vector would read past the end', () => {
    const module = parseKernel(elementwise(['f32'], 'f32', '%r = arith.negf %x0 : f32'));
    schedule(module, [{ primitive: 'split', loop: 'e.d0', factor: 8, tail: 'guard' }]);
    expect(refusal(module, { primitive: 'vectorize', loop: 'e.d0.i' }).refused).toContain('not a constant');
  });
  test('inner loops that have another trip count in each lane', () => {
    const { refused: reason } = refused(
      eight(
        '%a: memref<8x8xf32>, %c: memref<8x8xf32>',
        `loop.for %j = 0 to %i name "tri" {
           %x = memory.load %a[%i, %j] : memref<8x8xf32>
           memory.store %x, %c[%i, %j] : memref<8x8xf32>
         }`,
      ),
    );
    expect(reason).toBe('the bounds of the inner loop "tri" depend on it');
  });
  test('buffers of one lane indexed by the lane', () => {
    const { refused: reason } = refused(
      eight(
        '%c: memref<8xf32>, %a: memref<8xf32>',
        `%tmp = memory.alloca() : memref<8xf32>
         %x = memory.load %a[%i] : memref<8xf32>
         memory.store %x, %tmp[%i] : memref<8xf32>
         %y = memory.load %tmp[%i] : memref<8xf32>
         memory.store %y, %c[%i] : memref<8xf32>`,
      ),
    );
    expect(reason).toBe('a buffer allocated inside is indexed by the loop');
  });
  test('code that works on vectors already', () => {
    const { refused: reason } = refused(
      eight(
        '%c: memref<8xf32>, %a: memref<8x4xf32>',
        `%v = simd.load %a[%i, %c0] : memref<8x4xf32>, vector<4xf32>
         %s = simd.reduce_add %v : vector<4xf32>
         memory.store %s, %c[%i] : memref<8xf32>`,
      ),
    );
    expect(reason).toBe("'simd.load' has no vector form");
  });
  test('more lanes than make sense, and fewer than two', () => {
    const text = (n: number) => `func.func @f(%c: memref<5000xf32>) {
      %z = arith.constant 0.0 : f32
      loop.for %i = 0 to ${n} name "x.d0" { memory.store %z, %c[%i] : memref<5000xf32> }
      return
    }`;
    expect(refused(text(5000)).refused).toBe('expects 2 to 1024 iterations, it has 5000');
    expect(refused(text(1)).refused).toBe('expects 2 to 1024 iterations, it has 1');
  });
  test('a loop that is not there, with the nearest name', () => {
    const module = parseKernel(eight('%c: memref<8xf32>', 'memory.store %one, %c[%i] : memref<8xf32>'));
    expect(refusal(module, { primitive: 'vectorize', loop: 'x.d1' }).refused).toBe(
      'no loop is named "x.d1": did you mean "x.d0"?',
    );
  });
});
