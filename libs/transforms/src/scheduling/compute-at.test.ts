import { describe, expect, test } from 'vitest';
import type { Step } from './schedule.js';
import { checkSchedule, lines, parseKernel, refusal, run } from './testing/kernel.js';
import { SOFTMAX, softmaxSizes } from './testing/kernels.js';

const at = (stage: string, loop: string): Step => ({ primitive: 'compute_at', stage, loop });
const sizes = [softmaxSizes(0, 3), softmaxSizes(1, 1), softmaxSizes(5, 17), softmaxSizes(3, 0)];

describe('compute_at', () => {
  test('places all stages of a softmax into one nest over rows; buffers shrink where one row has a fixed size', () => {
    const steps = [at('sum', 'div.d0'), at('exp', 'div.d0'), at('max', 'div.d0')];
    const text = lines(checkSchedule(SOFTMAX, steps, sizes));
    expect(text.filter((l) => l.includes('loop.for')).map((l) => /name "(.*)"/.exec(l)![1])).toEqual([
      'div.d0',
      'max.r0',
      'exp.d1',
      'sum.r0',
      'div.d1',
    ]);
    expect(text.filter((l) => l.includes('alloca') && !l.includes('memref<f32>'))).toEqual([
      '%scratch = memory.alloca(%dim, %dim_0) : memref<?x?xf32>',
    ]);
    expect(text.filter((l) => l.includes('alloca')).length).toBe(5);
  });
  test('then vectorises the rows it placed', () => {
    const steps: Step[] = [at('sum', 'div.d0'), at('exp', 'div.d0'), at('max', 'div.d0')];
    for (const loop of ['exp.d1', 'div.d1'])
      steps.push({ primitive: 'split', loop, factor: 4 }, { primitive: 'vectorize', loop: `${loop}.i` });
    checkSchedule(SOFTMAX, steps, sizes);
  });
  test('as deep as the element that is needed', () => {
    const text = `func.func @f(%a: memref<?x?xf32>, %c: memref<?x?xf32>) {
      %m = memory.dim %a, 0 : memref<?x?xf32>
      %n = memory.dim %a, 1 : memref<?x?xf32>
      %t = memory.alloca(%m, %n) : memref<?x?xf32>
      loop.for %i = 0 to %m name "p.d0" { loop.for %j = 0 to %n name "p.d1" {
        %x = memory.load %a[%i, %j] : memref<?x?xf32>
        %y = arith.mulf %x, %x : f32
        memory.store %y, %t[%i, %j] : memref<?x?xf32>
      } }
      loop.for %i = 0 to %m name "c.d0" { loop.for %j = 0 to %n name "c.d1" {
        %x = memory.load %t[%i, %j] : memref<?x?xf32>
        %y = arith.negf %x : f32
        memory.store %y, %c[%i, %j] : memref<?x?xf32>
      } }
      return
    }`;
    const module = checkSchedule(
      text,
      [at('p', 'c.d1')],
      [
        [3, 4, 3, 4],
        [0, 1, 0, 1],
      ],
    );
    expect(lines(module).filter((l) => !l.includes('dim'))).toEqual([
      'func.func @f(%arg0: memref<?x?xf32>, %arg1: memref<?x?xf32>) {',
      '%scratch = memory.alloca() : memref<f32>',
      '%0 = memory.load %arg0[%i, %i_1] : memref<?x?xf32>',
      '%1 = arith.mulf %0, %0 : f32',
      'memory.store %1, %scratch[] : memref<f32>',
      '%2 = memory.load %scratch[] : memref<f32>',
      '%3 = arith.negf %2 : f32',
      'memory.store %3, %arg1[%i, %i_1] : memref<?x?xf32>',
      '}',
      '}',
      'return',
      '}',
    ]);
  });
  test('keeps the size of a result, and of a buffer that is read elsewhere', () => {
    const text = (
      out: string,
      after: string,
    ) => `func.func @f(%a: memref<?xf32>, %t0: memref<?xf32>, %c: memref<?xf32>, %d: memref<?xf32>) {
      %n = memory.dim %a, 0 : memref<?xf32>
      ${out}
      loop.for %i = 0 to %n name "p.d0" {
        %x = memory.load %a[%i] : memref<?xf32>
        %y = arith.mulf %x, %x : f32
        memory.store %y, %t[%i] : memref<?xf32>
      }
      loop.for %i = 0 to %n name "c.d0" {
        %x = memory.load %t[%i] : memref<?xf32>
        %y = arith.negf %x : f32
        memory.store %y, %c[%i] : memref<?xf32>
      }
      ${after}
      return
    }`;
    const reader = `loop.for %i = 0 to %n name "e.d0" {
      %x = memory.load %t[%i] : memref<?xf32>
      memory.store %x, %d[%i] : memref<?xf32>
    }`;
    const own = '%t = memory.alloca(%n) : memref<?xf32>';
    const ns = [
      [5, 5, 5, 5],
      [0, 0, 0, 0],
    ];
    checkSchedule(text('%t = memory.cast %t0 : memref<?xf32> to memref<?xf32>', ''), [at('p', 'c.d0')], ns);
    const read = lines(checkSchedule(text(own, reader), [at('p', 'c.d0')], ns));
    expect(read).toContain('%scratch = memory.alloca(%dim) : memref<?xf32>');
    const unread = lines(checkSchedule(text(own, ''), [at('p', 'c.d0')], ns));
    expect(unread).toContain('%scratch = memory.alloca() : memref<f32>');
  });
});

/** Stages p (into %t) and c with the given bodies over 6 rows of 8. */
const pair = (
  producer: string,
  consumer: string,
  options: { between?: string; rows?: string } = {},
): string => `func.func @f(%a: memref<8x8xf32>, %c: memref<8x8xf32>) {
  %t = memory.alloca() : memref<8x8xf32>
  %one = arith.constant 1.0 : f32
  %c0 = arith.constant 0 : index
  loop.for %i = 0 to ${options.rows ?? '6'} name "p.d0" { loop.for %j = 0 to 8 name "p.d1" { ${producer} } }
  ${options.between ?? ''}
  loop.for %i = 0 to 6 name "c.d0" { loop.for %j = 0 to 8 name "c.d1" { ${consumer} } }
  return
}`;
const P = `%x = memory.load %a[%i, %j] : memref<8x8xf32>
  memory.store %x, %t[%i, %j] : memref<8x8xf32>`;
const C = `%x = memory.load %t[%i, %j] : memref<8x8xf32>
  memory.store %x, %c[%i, %j] : memref<8x8xf32>`;

describe('compute_at refuses', () => {
  const reason = (text: string, step = at('p', 'c.d0')) => refusal(parseKernel(text), step).refused;

  test('an element that another iteration needs: the consumer reads the next row', () => {
    const next = C.replace(
      '%x = memory.load %t[%i, %j]',
      '%r = loop.apply affine_map<(d0) -> (d0 + 1)>(%i)\n%x = memory.load %t[%r, %j]',
    );
    const text = pair(P, next, { rows: '8' });
    expect(reason(text.replace('0 to 8 name "p.d0"', '0 to 6 name "p.d0"'))).toMatch(
      /^another iteration needs it: write of the scratch buffer memref<8x8xf32> in stage "p" and read of it in loop "c.d0"/,
    );
    // Written the way it was asked for, row 5 of the consumer is lost.
    const wrong = pair('', `${P}\n${next.replaceAll('%x', '%y')}`).replace(
      'loop.for %i = 0 to 6 name "p.d0" { loop.for %j = 0 to 8 name "p.d1" {  } }',
      '',
    );
    const [x, y] = [run(parseKernel(text), []), run(parseKernel(wrong), [])];
    expect(x[1]!.some((v, k) => v !== y[1]![k])).toBe(true);
  });
  test('a transposed read', () => {
    expect(reason(pair(P, C.replace('%t[%i, %j]', '%t[%j, %i]')))).toMatch(/^another iteration needs it/);
  });
  test('a stage that does not write by its own outer loops', () => {
    expect(reason(pair(P.replace('%t[%i, %j]', '%t[%j, %i]'), C))).toMatch(
      /^the stage does not index the buffer by its own outer loops/,
    );
  });
  test('loops of other bounds', () => {
    expect(reason(pair(P, C, { rows: '8' }))).toBe(
      'loop "p.d0" of stage "p" does not surely have the bounds of loop "c.d0"',
    );
    const sized = SOFTMAX.replace('%m1 = memory.dim %x, 0', '%m1 = memory.dim %y, 0');
    expect(reason(sized, at('exp', 'div.d0'))).toBe(
      'loop "exp.d0" of stage "exp" does not surely have the bounds of loop "div.d0"',
    );
  });
  test('a nest in between that reads what the stage writes', () => {
    expect(reason(SOFTMAX, at('exp', 'div.d0'))).toBe(
      'loop "sum.d0" stands between and would see another value: write of the scratch buffer memref<?x?xf32> in stage "exp" and read in loop "sum.d0"',
    );
  });
  test('a nest in between that writes what the stage reads', () => {
    const between = `loop.for %i = 0 to 6 name "q.d0" { memory.store %one, %a[%i, %c0] : memref<8x8xf32> }`;
    expect(reason(pair(P, C, { between }))).toMatch(
      /^loop "q.d0" stands between and would see another value: read of arg0/,
    );
  });
  test('a consumer that overwrites what the stage still has to read', () => {
    const inPlace = C.replace('%c[%i, %j]', '%a[%j, %i]');
    expect(reason(pair(P, inPlace))).toMatch(/^another iteration needs it: read of arg0 in stage "p" and write of it/);
    // The same element, in its own iteration, may be overwritten.
    checkSchedule(pair(P, C.replace('%c[%i, %j]', '%a[%i, %j]')), [at('p', 'c.d0')], [[]]);
  });
  test('a place that is not around all uses', () => {
    const text = pair(P, C).replace(
      'name "c.d0" {',
      'name "c.d0" { %q = memory.load %t[%i, %c0] : memref<8x8xf32>\nmemory.store %q, %c[%c0, %i] : memref<8x8xf32>',
    );
    expect(reason(text, at('p', 'c.d1'))).toMatch(/^loop "c.d1" is not around all uses/);
  });
  test('stages that are not there, come later, are inside already, or are the place itself', () => {
    expect(reason(pair(P, C), at('q', 'c.d0'))).toBe('no loop is named "q.d0": did you mean "p.d0"?');
    expect(reason(pair(P, C), at('c', 'p.d0'))).toBe('stage "c" comes after loop "p.d0"');
    expect(reason(pair(P, C), at('c', 'c.d1'))).toBe('loop "c.d1" belongs to stage "c" itself');
  });
  test('more loops than the stage has', () => {
    const row = `func.func @f(%c: memref<6x8xf32>) {
      %t = memory.alloca() : memref<6xf32>
      %one = arith.constant 1.0 : f32
      loop.for %i = 0 to 6 name "p.d0" { memory.store %one, %t[%i] : memref<6xf32> }
      loop.for %i = 0 to 6 name "c.d0" { loop.for %j = 0 to 8 name "c.d1" {
        %x = memory.load %t[%i] : memref<6xf32>
        memory.store %x, %c[%i, %j] : memref<6x8xf32>
      } }
      return
    }`;
    expect(reason(row, at('p', 'c.d1'))).toBe('stage "p" has 1 outer loops, the place has 2');
    checkSchedule(row, [at('p', 'c.d0')], [[]]);
  });
});
