import { describe, test } from 'vitest';
import {
  array,
  bools,
  doubles,
  expectSame,
  floats,
  type Input,
  integers,
  longs,
  type NumberArray,
} from './testing/run.js';

// Each op on each type it takes, as a scalar and as a vector, against the interpreter.

const N = 64;
type Element = 'f32' | 'f64' | 'i1' | 'i8' | 'i16' | 'i32' | 'i64';
const LANES: Record<Element, number> = { f32: 4, f64: 2, i1: 4, i8: 16, i16: 8, i32: 4, i64: 2 };

function data(type: Element, seed: number): NumberArray {
  switch (type) {
    case 'f32':
      return floats(N, seed);
    case 'f64':
      return doubles(N, seed);
    case 'i1':
      return bools(N, seed);
    case 'i8':
      return integers((n) => new Int8Array(n), N, seed);
    case 'i16':
      return integers((n) => new Int16Array(n), N, seed);
    case 'i32':
      return integers((n) => new Int32Array(n), N, seed);
    case 'i64':
      return longs(N, seed);
  }
}

function zeros(type: Element, n = N): NumberArray {
  const like = data(type, 1);
  return new (like.constructor as Float32ArrayConstructor)(n) as NumberArray;
}

/** The array with a function applied to each element. */
function mapped(source: NumberArray, f: (value: number) => number): NumberArray {
  const out = source.slice() as NumberArray;
  if (out instanceof BigInt64Array) for (let i = 0; i < out.length; i++) out[i] = BigInt(f(Number(out[i])));
  else for (let i = 0; i < out.length; i++) out[i] = f(out[i] as number);
  return out;
}

interface Case {
  readonly inputs: readonly Element[];
  readonly output: Element;
  /** Lanes; 0 for scalars. */
  readonly lanes: number;
  /** Text that computes %r from %x0, %x1, ..; `$` stands for the type of the inputs' kind by position. */
  readonly body: string;
}

const typeText = (element: Element, lanes: number): string => (lanes === 0 ? element : `vector<${lanes}x${element}>`);

function kernel({ inputs, output, lanes, body }: Case): string {
  const args = inputs.map((t, i) => `%m${i}: memref<${N}x${t}>, `).join('');
  const load = (t: Element, i: number): string =>
    lanes === 0
      ? `%x${i} = memory.load %m${i}[%i] : memref<${N}x${t}>`
      : `%x${i} = simd.load %m${i}[%i] : memref<${N}x${t}>, ${typeText(t, lanes)}`;
  const store =
    lanes === 0
      ? `memory.store %r, %out[%i] : memref<${N}x${output}>`
      : `simd.store %r, %out[%i] : memref<${N}x${output}>, ${typeText(output, lanes)}`;
  return `
func.func @k(${args}%out: memref<${N}x${output}>, %begin: index, %end: index) -> index {
  loop.for %i = 0 to ${N} step ${Math.max(1, lanes)} {
    ${inputs.map(load).join('\n    ')}
    ${body}
    ${store}
  }
  return %end : index
}`;
}

function check(c: Case, inputs: readonly NumberArray[] = c.inputs.map((t, i) => data(t, i + 1))): void {
  const given: Input[] = [...inputs.map((d) => array(d)), array(zeros(c.output))];
  expectSame(kernel(c), given);
}

const FLOATS: readonly Element[] = ['f32', 'f64'];
const INTEGERS: readonly Element[] = ['i8', 'i16', 'i32', 'i64'];

/** Every type as a scalar and as a full vector. */
const both = (types: readonly Element[]): [Element, number][] =>
  types.flatMap((t) => [[t, 0] as [Element, number], [t, LANES[t]] as [Element, number]]);

describe('float arithmetic', () => {
  for (const op of [
    'arith.addf',
    'arith.subf',
    'arith.mulf',
    'arith.divf',
    'arith.minimumf',
    'arith.maximumf',
    'arith.minnumf',
    'arith.maxnumf',
    'math.copysign',
  ]) {
    test.each(both(FLOATS))(`${op} on %s, %i lanes`, (type, lanes) => {
      check({ inputs: [type, type], output: type, lanes, body: `%r = ${op} %x0, %x1 : ${typeText(type, lanes)}` });
    });
  }
  for (const op of [
    'arith.negf',
    'math.absf',
    'math.ceil',
    'math.floor',
    'math.trunc',
    'math.roundeven',
    'math.sqrt',
  ]) {
    test.each(both(FLOATS))(`${op} on %s, %i lanes`, (type, lanes) => {
      check({ inputs: [type], output: type, lanes, body: `%r = ${op} %x0 : ${typeText(type, lanes)}` });
    });
  }
  for (const bound of ['0.0', '-0.0', '1.5', '-2.0']) {
    for (const op of ['arith.minimumf', 'arith.maximumf']) {
      test.each(both(FLOATS))(`${op} with ${bound} on %s, %i lanes`, (type, lanes) => {
        const t = typeText(type, lanes);
        const constant = lanes ? `dense<${bound}> : ${t}` : `${bound} : ${t}`;
        check({
          inputs: [type],
          output: type,
          lanes,
          body: `%c = arith.constant ${constant}\n  %r = ${op} %x0, %c : ${t}`,
        });
        check({
          inputs: [type],
          output: type,
          lanes,
          body: `%c = arith.constant ${constant}\n  %r = ${op} %c, %x0 : ${t}`,
        });
      });
    }
  }
  test('clamps written with comparisons keep NaN and zeros', () => {
    for (const predicate of ['olt', 'ogt', 'ole']) {
      for (const [yes, no] of [
        ['%x0', '%x1'],
        ['%x1', '%x0'],
      ]) {
        const body = `%c = arith.cmpf ${predicate}, %x0, %x1 : vector<4xf32>\n  %r = arith.select %c, ${yes}, ${no} : vector<4xi1>, vector<4xf32>`;
        check({ inputs: ['f32', 'f32'], output: 'f32', lanes: 4, body });
      }
    }
  });
  test.each(both(FLOATS))('relaxed math.fma on %s, %i lanes', (type, lanes) => {
    check({
      inputs: [type, type, type],
      output: type,
      lanes,
      body: `%r = math.fma %x0, %x1, %x2 {relaxed} : ${typeText(type, lanes)}`,
    });
  });
  for (const predicate of [
    'false',
    'oeq',
    'ogt',
    'oge',
    'olt',
    'ole',
    'one',
    'ord',
    'ueq',
    'ugt',
    'uge',
    'ult',
    'ule',
    'une',
    'uno',
    'true',
  ]) {
    test.each(both(FLOATS))(`arith.cmpf ${predicate} on %s, %i lanes`, (type, lanes) => {
      check({
        inputs: [type, type],
        output: 'i1',
        lanes,
        body: `%r = arith.cmpf ${predicate}, %x0, %x1 : ${typeText(type, lanes)}`,
      });
    });
  }
});

describe('integer arithmetic', () => {
  for (const op of ['addi', 'subi', 'muli', 'andi', 'ori', 'xori', 'minsi', 'minui', 'maxsi', 'maxui']) {
    test.each(both([...INTEGERS, 'i1']))(`arith.${op} on %s, %i lanes`, (type, lanes) => {
      check({
        inputs: [type, type],
        output: type,
        lanes,
        body: `%r = arith.${op} %x0, %x1 : ${typeText(type, lanes)}`,
      });
    });
  }
  for (const op of ['divsi', 'divui', 'remsi', 'remui', 'floordivsi', 'ceildivsi', 'ceildivui']) {
    test.each(both(INTEGERS))(`arith.${op} on %s, %i lanes`, (type, lanes) => {
      // No zero, and no -1 under the least number.
      const divisor = mapped(data(type, 2), (v) => (v === 0 || v === -1 ? 3 : v));
      check(
        { inputs: [type, type], output: type, lanes, body: `%r = arith.${op} %x0, %x1 : ${typeText(type, lanes)}` },
        [data(type, 1), divisor],
      );
    });
  }
  for (const op of ['shli', 'shrsi', 'shrui']) {
    test.each(both(INTEGERS))(`arith.${op} on %s, %i lanes`, (type, lanes) => {
      const width = Number(type.slice(1));
      const amounts = mapped(data(type, 2), (v) => ((v % width) + width) % width);
      check(
        { inputs: [type, type], output: type, lanes, body: `%r = arith.${op} %x0, %x1 : ${typeText(type, lanes)}` },
        [data(type, 1), amounts],
      );
    });
    test.each(INTEGERS.map((t) => [t]))(`arith.${op} of vectors of %s by one amount`, (type) => {
      const vector = typeText(type, LANES[type]);
      check({
        inputs: [type],
        output: type,
        lanes: LANES[type],
        body: `%c = arith.constant dense<5> : ${vector}\n    %r = arith.${op} %x0, %c : ${vector}`,
      });
      check({
        inputs: [type],
        output: type,
        lanes: LANES[type],
        body: `%c = arith.constant 3 : ${type}\n    %s = simd.splat %c : ${vector}\n    %r = arith.${op} %x0, %s : ${vector}`,
      });
    });
  }
  for (const predicate of ['eq', 'ne', 'slt', 'sle', 'sgt', 'sge', 'ult', 'ule', 'ugt', 'uge']) {
    test.each(both([...INTEGERS, 'i1']))(`arith.cmpi ${predicate} on %s, %i lanes`, (type, lanes) => {
      const some = data(type, 1);
      const other = data(type, 2);
      other.set(some.subarray(0, 20) as never);
      check(
        {
          inputs: [type, type],
          output: 'i1',
          lanes,
          body: `%r = arith.cmpi ${predicate}, %x0, %x1 : ${typeText(type, lanes)}`,
        },
        [some, other],
      );
    });
  }
  for (const op of ['absi', 'ctlz', 'cttz', 'ctpop']) {
    test.each(both(INTEGERS))(`math.${op} on %s, %i lanes`, (type, lanes) => {
      const some = data(type, 1);
      if (type !== 'i64') some.fill(0 as never, 0, 2);
      check({ inputs: [type], output: type, lanes, body: `%r = math.${op} %x0 : ${typeText(type, lanes)}` }, [some]);
    });
  }
  test.each(both([...FLOATS, ...INTEGERS]))('arith.select on %s, %i lanes', (type, lanes) => {
    const condition = lanes === 0 ? 'i1' : `vector<${lanes}xi1>`;
    check({
      inputs: [type, type, 'i1'],
      output: type,
      lanes,
      body:
        lanes === 0
          ? `%r = arith.select %x2, %x0, %x1 : ${type}`
          : `%r = arith.select %x2, %x0, %x1 : ${condition}, ${typeText(type, lanes)}`,
    });
  });
  test('arith.select of vectors by a scalar', () => {
    check({
      inputs: ['f32', 'f32'],
      output: 'f32',
      lanes: 4,
      body: '%c4 = arith.constant 8 : index\n    %c = arith.cmpi slt, %i, %c4 : index\n    %r = arith.select %c, %x0, %x1 : vector<4xf32>',
    });
  });
});

describe('conversions', () => {
  const widths: Element[] = ['i1', 'i8', 'i16', 'i32', 'i64'];
  for (const [a, from] of widths.entries()) {
    for (const to of widths.slice(a + 1)) {
      for (const lanes of [0, LANES[to]]) {
        test(`arith.extsi, arith.extui and arith.trunci between ${from} and ${to}, ${lanes} lanes`, () => {
          for (const op of ['extsi', 'extui'])
            check({
              inputs: [from],
              output: to,
              lanes,
              body: `%r = arith.${op} %x0 : ${typeText(from, lanes)} to ${typeText(to, lanes)}`,
            });
          check({
            inputs: [to],
            output: from,
            lanes,
            body: `%r = arith.trunci %x0 : ${typeText(to, lanes)} to ${typeText(from, lanes)}`,
          });
        });
      }
    }
  }
  for (const float of FLOATS) {
    for (const integer of widths) {
      for (const lanes of [0, Math.min(LANES[float], integer === 'i64' ? 2 : 4)]) {
        test(`arith.sitofp and arith.uitofp from ${integer} to ${float}, ${lanes} lanes`, () => {
          for (const op of ['sitofp', 'uitofp'])
            check({
              inputs: [integer],
              output: float,
              lanes,
              body: `%r = arith.${op} %x0 : ${typeText(integer, lanes)} to ${typeText(float, lanes)}`,
            });
        });
        if (integer === 'i1') continue;
        test(`arith.fptosi and arith.fptoui from ${float} to ${integer}, ${lanes} lanes`, () => {
          const limit = integer === 'i8' ? 100 : 30000;
          const inRange = mapped(data(float, 3), (v) => (Number.isFinite(v) ? (v * 271) % limit : 1.75));
          check(
            {
              inputs: [float],
              output: integer,
              lanes,
              body: `%r = arith.fptosi %x0 : ${typeText(float, lanes)} to ${typeText(integer, lanes)}`,
            },
            [inRange],
          );
          const positive = mapped(inRange, Math.abs);
          check(
            {
              inputs: [float],
              output: integer,
              lanes,
              body: `%r = arith.fptoui %x0 : ${typeText(float, lanes)} to ${typeText(integer, lanes)}`,
            },
            [positive],
          );
        });
      }
    }
  }
  test.each([0, 2])('arith.extf and arith.truncf, %i lanes', (lanes) => {
    check({
      inputs: ['f32'],
      output: 'f64',
      lanes,
      body: `%r = arith.extf %x0 : ${typeText('f32', lanes)} to ${typeText('f64', lanes)}`,
    });
    check({
      inputs: ['f64'],
      output: 'f32',
      lanes,
      body: `%r = arith.truncf %x0 : ${typeText('f64', lanes)} to ${typeText('f32', lanes)}`,
    });
  });
  test.each([
    ['f32', 'i32'],
    ['f64', 'i64'],
  ] as const)('arith.bitcast between %s and %s', (float, integer) => {
    for (const lanes of [0, LANES[float]]) {
      check(
        {
          inputs: [float],
          output: integer,
          lanes,
          body: `%r = arith.bitcast %x0 : ${typeText(float, lanes)} to ${typeText(integer, lanes)}`,
        },
        [mapped(data(float, 4), (v) => (Number.isNaN(v) ? 1 : v))],
      );
      check({
        inputs: [integer],
        output: float,
        lanes,
        body: `%r = arith.bitcast %x0 : ${typeText(integer, lanes)} to ${typeText(float, lanes)}`,
      });
    }
  });
  test('index to and from integers', () => {
    for (const t of ['i8', 'i16', 'i32', 'i64'] as const) {
      check({
        inputs: [t],
        output: t,
        lanes: 0,
        body: `%y = arith.index_cast %i : index to ${t}\n    %r = arith.addi %x0, %y : ${t}`,
      });
      check(
        {
          inputs: [t],
          output: 'i64',
          lanes: 0,
          body: `%y = arith.index_cast %x0 : ${t} to index\n    %z = arith.addi %y, %i : index\n    %r = arith.index_cast %z : index to i64`,
        },
        [t === 'i64' ? longs(N).map((v) => v >> 14n) : data(t, 1)],
      );
    }
    check({
      inputs: ['i32'],
      output: 'i64',
      lanes: 0,
      body: '%y = arith.index_castui %x0 : i32 to index\n    %z = arith.muli %y, %i : index\n    %r = arith.index_castui %z : index to i64',
    });
  });
});

describe('lanes', () => {
  const all: Element[] = [...FLOATS, ...INTEGERS];
  for (const op of ['add', 'mul', 'min', 'max', 'and', 'or', 'xor']) {
    const types = op === 'and' || op === 'or' || op === 'xor' ? INTEGERS : all;
    test.each(types.map((t) => [t]))(`simd.reduce_${op} of %s`, (type) => {
      const vector = typeText(type, LANES[type]);
      for (const unsigned of (op === 'min' || op === 'max') && type.startsWith('i') ? ['', ' {unsigned}'] : [''])
        check({
          inputs: [type],
          output: type,
          lanes: LANES[type],
          body: `%s = simd.reduce_${op} %x0${unsigned} : ${vector}\n    %r = simd.splat %s : ${vector}`,
        });
    });
  }
  test.each([2, 4, 8, 16])('reductions of masks of %i lanes', (lanes) => {
    for (const op of ['add', 'mul', 'min', 'max', 'and', 'or', 'xor'])
      check({
        inputs: ['i1'],
        output: 'i1',
        lanes,
        body: `%s = simd.reduce_${op} %x0 : vector<${lanes}xi1>\n    %r = simd.splat %s : vector<${lanes}xi1>`,
      });
  });
  test.each(all.map((t) => [t]))('extract, insert, shuffle, slice and concat of %s', (type) => {
    const lanes = LANES[type];
    const vector = typeText(type, lanes);
    const half = typeText(type, lanes / 2);
    check({
      inputs: [type],
      output: type,
      lanes,
      body: `%s = simd.extract %x0[${lanes - 1}] : ${vector}\n    %r = simd.splat %s : ${vector}`,
    });
    check({
      inputs: [type, type],
      output: type,
      lanes,
      body: `%s = simd.extract %x0[1] : ${vector}\n    %r = simd.insert %s, %x1[0] : ${vector}`,
    });
    const position = `%l = loop.apply affine_map<(d0) -> (d0 mod ${lanes})>(%p)`;
    const p = '%p = loop.apply affine_map<(d0) -> (d0 floordiv 3 + 5)>(%i)';
    check({
      inputs: [type],
      output: type,
      lanes,
      body: `${p}\n    ${position}\n    %s = simd.extract %x0[%l] : ${vector}\n    %r = simd.splat %s : ${vector}`,
    });
    check({
      inputs: [type, type],
      output: type,
      lanes,
      body: `${p}\n    ${position}\n    %s = simd.extract %x0[1] : ${vector}\n    %r = simd.insert %s, %x1[%l] : ${vector}`,
    });
    const reversed = Array.from({ length: lanes }, (_, l) => (l % 2 ? l : 2 * lanes - 1 - l)).join(', ');
    check({ inputs: [type, type], output: type, lanes, body: `%r = simd.shuffle %x0, %x1 [${reversed}] : ${vector}` });
    if (lanes > 2) {
      check({
        inputs: [type, type],
        output: type,
        lanes,
        body: `%a = simd.slice %x0 offset ${lanes / 2} size ${lanes / 2} : ${vector}\n    %b = simd.slice %x1 offset 1 size ${lanes / 2} : ${vector}\n    %r = simd.concat %a, %b : ${half}, ${half}`,
      });
    }
  });
  test.each([
    ['i8', 'i16'],
    ['i16', 'i32'],
    ['i32', 'i64'],
    ['f32', 'f64'],
  ] as const)('widening %s to %s and narrowing back', (narrow, wide) => {
    const vector = typeText(narrow, LANES[narrow]);
    const widened = typeText(wide, LANES[wide]);
    const sum = wide === 'f64' ? 'arith.addf' : 'arith.addi';
    for (const unsigned of narrow === 'f32' ? [''] : ['', ' {unsigned}']) {
      check({
        inputs: [narrow],
        output: narrow,
        lanes: LANES[narrow],
        body: `%l = simd.widen_low %x0${unsigned} : ${vector} to ${widened}\n    %h = simd.widen_high %x0${unsigned} : ${vector} to ${widened}
    %s = ${sum} %l, %h : ${widened}\n    %r = simd.narrow %s, %h : ${widened} to ${vector}`,
      });
    }
  });
  test.each(['i8', 'i16', 'i32'] as const)('upper halves of products of %s', (type) => {
    for (const unsigned of ['', ' {unsigned}'])
      check({
        inputs: [type, type],
        output: type,
        lanes: LANES[type],
        body: `%r = simd.mul_high %x0, %x1${unsigned} : ${typeText(type, LANES[type])}`,
      });
  });
  test.each([2, 4, 8, 16])('simd.mask.first_n of %i lanes', (lanes) => {
    check({
      inputs: [],
      output: 'i1',
      lanes,
      body: `%n = loop.apply affine_map<(d0) -> (d0 floordiv 2 - 3)>(%i)\n    %r = simd.mask.first_n %n : vector<${lanes}xi1>`,
    });
    const wide = '%c = arith.constant 4294967296 : index\n    %w = arith.muli %i, %c : index';
    check({ inputs: [], output: 'i1', lanes, body: `${wide}\n    %r = simd.mask.first_n %w : vector<${lanes}xi1>` });
  });
});

describe('constants', () => {
  test('of every type, splat and not', () => {
    for (const type of [...FLOATS, ...INTEGERS] as Element[]) {
      const lanes = LANES[type];
      const literal = (i: number): string => (type.startsWith('f') ? `${i}.5` : `${i - 2}`);
      const list = Array.from({ length: lanes }, (_, i) => literal(i)).join(', ');
      for (const value of [
        `dense<${literal(1)}>`,
        `dense<[${list}]>`,
        type.startsWith('f') ? 'dense<-0.0>' : 'dense<-1>',
      ])
        check({ inputs: [], output: type, lanes, body: `%r = arith.constant ${value} : ${typeText(type, lanes)}` });
      check({
        inputs: [],
        output: type,
        lanes: 0,
        body: `%r = arith.constant ${type.startsWith('f') ? '-1.5e-3' : '-7'} : ${type}`,
      });
    }
    check({
      inputs: [],
      output: 'i1',
      lanes: 4,
      body: '%r = arith.constant dense<[true, false, true, true]> : vector<4xi1>',
    });
    check({ inputs: [], output: 'i1', lanes: 0, body: '%r = arith.constant true' });
  });
});
