import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { floatIdentity, narrowIntegerIdentity, wideIntegerIdentity } from './identity.js';
import { narrowInteger, wideInteger } from './integer.js';
import { Random } from './random.js';
import {
  BinaryCounter,
  CANONICAL_ORDER,
  OrderedReduction,
  OUTER_ORDER,
  type ReductionOrder,
  reduceArray,
  reduceOrdered,
} from './reduction.js';

/** Shows the association: every combination becomes a pair of parentheses. */
const pair = (left: string, right: string): string => `(${left} ${right})`;
/** The same where the identity, an empty string, disappears. */
const pairOrOne = (left: string, right: string): string =>
  left === '' ? right : right === '' ? left : pair(left, right);

function associate(n: number, order: ReductionOrder, init?: string): string {
  return reduceOrdered((i) => `${i}`, n, pairOrOne, '', order, init);
}

function counter(values: readonly string[]): string {
  const blocks = new BinaryCounter(pair);
  for (const value of values) blocks.push(value);
  return blocks.finish('');
}

describe('the binary counter', () => {
  test('merges equal neighbours and folds the rest from right to left', () => {
    expect(counter([])).toBe('');
    expect(counter(['a'])).toBe('a');
    expect(counter(['a', 'b', 'c'])).toBe('((a b) c)');
    expect(counter(['a', 'b', 'c', 'd', 'e', 'f', 'g'])).toBe('(((a b) (c d)) ((e f) g))');
  });

  test('gives the same association from aligned power-of-two chunks as from single blocks', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 8 }), (n, log) => {
        const values = Array.from({ length: n }, (_, i) => `${i}`);
        const size = 2 ** log;
        const chunks: string[] = [];
        for (let i = 0; i < n; i += size) chunks.push(counter(values.slice(i, i + size)));
        expect(counter(chunks)).toBe(counter(values));
      }),
    );
  });

  test('nests through chunks of chunks', () => {
    const values = Array.from({ length: 77 }, (_, i) => `${i}`);
    const level = (items: string[], size: number): string[] => {
      const out: string[] = [];
      for (let i = 0; i < items.length; i += size) out.push(counter(items.slice(i, i + size)));
      return out;
    };
    expect(counter(level(level(values, 4), 8))).toBe(counter(values));
  });

  test('keeps the elements in order, and may go on after a finish', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), (n) => {
        const blocks = new BinaryCounter<string>((a, b) => a + b);
        let expected = '';
        for (let i = 0; i < n; i++) {
          blocks.push(`${i},`);
          expected += `${i},`;
          expect(blocks.finish('')).toBe(expected);
        }
      }),
    );
  });
});

describe('orders', () => {
  test('sequential is a left fold from the init value', () => {
    expect(associate(3, { kind: 'sequential' })).toBe('((0 1) 2)');
    expect(associate(3, { kind: 'sequential' }, 'x')).toBe('(((x 0) 1) 2)');
  });

  test('lanes take elements in turn, combine in halves, and the init value comes last', () => {
    const order: ReductionOrder = { kind: 'lanes', lanes: 4, accumulators: 1, block: 8 };
    expect(associate(8, order)).toBe('(((0 4) (2 6)) ((1 5) (3 7)))');
    expect(associate(8, order, 'x')).toBe('(x (((0 4) (2 6)) ((1 5) (3 7))))');
    expect(associate(18, order)).toBe(
      '((' + '(((0 4) (2 6)) ((1 5) (3 7))) ' + '(((8 12) (10 14)) ((9 13) (11 15)))' + ') (16 17))',
    );
  });

  test('accumulators are further lanes', () => {
    const order: ReductionOrder = { kind: 'lanes', lanes: 2, accumulators: 2, block: 8 };
    expect(associate(8, order)).toBe(associate(8, { kind: 'lanes', lanes: 4, accumulators: 1, block: 8 }));
  });

  test('the canonical order follows its definition', () => {
    // Written from the definition, sharing no code with the implementation.
    const define = (n: number): string => {
      const blocks: string[] = [];
      for (let start = 0; start < n; start += 1024) {
        const end = Math.min(start + 1024, n);
        const lane = (l: number): string => {
          let sum = '';
          for (let i = start + l; i < end; i += 16) sum = pairOrOne(sum, `${i}`);
          return sum;
        };
        const tree = (l: number, stride: number): string =>
          stride === 16 ? lane(l) : pairOrOne(tree(l, stride * 2), tree(l + stride, stride * 2));
        blocks.push(tree(0, 1));
      }
      const fold = (from: number, to: number): string => {
        const count = to - from;
        if (count === 1) return blocks[from] as string;
        // The largest power of two of blocks comes first; a full power splits in the middle.
        const largest = 2 ** Math.floor(Math.log2(count));
        const cut = largest === count ? count / 2 : largest;
        return pairOrOne(fold(from, from + cut), fold(from + cut, to));
      };
      return blocks.length === 0 ? '' : fold(0, blocks.length);
    };
    for (const n of [0, 1, 15, 16, 17, 1000, 1024, 1025, 3072, 5000, 7 * 1024 + 3]) {
      expect(associate(n, CANONICAL_ORDER)).toBe(define(n));
    }
  });

  test('the outer order is sequential within 1,024 rows', () => {
    expect(associate(5, OUTER_ORDER)).toBe('((((0 1) 2) 3) 4)');
    expect(associate(1025, OUTER_ORDER)).toBe(`(${associate(1024, OUTER_ORDER)} 1024)`);
  });

  test('nothing to reduce gives the identity, or the init value combined with it', () => {
    const add = (a: number, b: number): number => a + b;
    expect(reduceArray(new Float32Array(0), add, floatIdentity('add'), CANONICAL_ORDER)).toBe(-0);
    expect(reduceArray(new Float32Array(0), add, floatIdentity('add'), CANONICAL_ORDER, -0)).toBe(-0);
    expect(reduceArray(new Float32Array(0), add, floatIdentity('add'), CANONICAL_ORDER, 3)).toBe(3);
  });

  test('a sum of negative zeros stays negative zero', () => {
    const zeros = new Float32Array(2000).fill(-0);
    expect(reduceArray(zeros, (a, b) => Math.fround(a + b), floatIdentity('add'), CANONICAL_ORDER)).toBe(-0);
  });

  test('element by element gives what all at once gives', () => {
    const streamed = new OrderedReduction(pairOrOne, '', CANONICAL_ORDER);
    for (let i = 0; i < 2500; i++) streamed.push(`${i}`);
    expect(streamed.finish()).toBe(associate(2500, CANONICAL_ORDER));
  });

  test('numbers that do not fit together are refused', () => {
    const make = (lanes: number, accumulators: number, block: number) => () =>
      associate(1, { kind: 'lanes', lanes, accumulators, block });
    expect(make(3, 1, 1024)).toThrow('reduction order: lanes and accumulators must be powers of two, got 3 and 1');
    expect(make(16, 0, 1024)).toThrow(/powers of two, got 16 and 0/);
    expect(make(16, 4, 32)).toThrow('reduction order: block must be a multiple of the 64 lanes, got 32');
    expect(make(16, 1, 1000)).toThrow(/multiple of the 16 lanes, got 1000/);
  });
});

test('the canonical sum of 2^24 uniform f32 is accurate to 1e-7, where a plain loop loses two digits', () => {
  const n = 2 ** 24;
  const values = new Float32Array(n);
  const random = new Random(1);
  let exact = 0;
  for (let i = 0; i < n; i++) {
    values[i] = random.uniformF32();
    // Multiples of 2^-24 up to 2^24 sum exactly in a double.
    exact += values[i] as number;
  }
  const add = (a: number, b: number): number => Math.fround(a + b);
  const canonical = reduceArray(values, add, floatIdentity('add'), CANONICAL_ORDER);
  const plain = reduceArray(values, add, floatIdentity('add'), { kind: 'sequential' });
  expect(Math.abs(canonical / exact - 1)).toBeLessThanOrEqual(1e-7);
  expect(Math.abs(plain / exact - 1)).toBeGreaterThan(1e-6);
});

describe('identities', () => {
  const combiners = ['add', 'mul', 'min', 'max', 'and', 'or', 'xor'] as const;

  test('leave every float as it is', () => {
    const apply = {
      add: (a: number, b: number) => a + b,
      mul: (a: number, b: number) => a * b,
      min: Math.min,
      max: Math.max,
    };
    for (const name of ['add', 'mul', 'min', 'max'] as const) {
      for (const x of [0, -0, 1.5, -3, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 2 ** -149]) {
        expect(apply[name](floatIdentity(name), x), `${name} ${x}`).toBe(x);
        expect(apply[name](x, floatIdentity(name)), `${name} ${x}`).toBe(x);
      }
    }
    expect(() => floatIdentity('xor')).toThrow("'xor' is not defined on floats");
  });

  test.each([{ signed: true }, { signed: false }])('leave every integer as it is, signed: $signed', (sign) => {
    for (const name of combiners) {
      for (const width of [1, 8, 32]) {
        const type = narrowInteger(width, sign);
        for (const x of [type.minValue, type.maxValue, 0, type.wrap(-1), type.wrap(5)]) {
          expect(type[name](narrowIntegerIdentity(name, width, sign), x)).toBe(x);
        }
      }
      const type = wideInteger(64, sign);
      for (const x of [type.minValue, type.maxValue, 0n, type.wrap(-1n)]) {
        expect(type[name](wideIntegerIdentity(name, 64, sign), x)).toBe(x);
      }
    }
  });
});
