import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attribute } from './attribute.js';
import { Context } from './context.js';
import { denseElement } from './dense.js';
import { parseAttribute } from './parser/parse.js';

const context = new Context();
context.allowUnregistered = true;

describe('dictionaries', () => {
  const entries = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd e', 'z'), fc.integer({ min: 0, max: 3 })), {
    maxLength: 8,
  });
  const make = (list: readonly (readonly [string, number])[]) =>
    context.dictionary(list.map(([n, v]) => [n, context.i64Attr(v)] as const));

  it('are one object when they hold the same entries, in any order; the last of a name wins', () => {
    fc.assert(
      fc.property(entries, fc.integer(), (list, seed) => {
        const last = new Map(list);
        const dictionary = make(list);
        const shuffled = [...last].sort(
          ([a], [b]) => Math.sin(seed + a.charCodeAt(0)) - Math.sin(seed + b.charCodeAt(0)),
        );
        expect(make(shuffled)).toBe(dictionary);
        expect(dictionary.size).toBe(last.size);
        for (const [name, value] of last) expect(dictionary.get(name)).toBe(context.i64Attr(value));
        expect([...dictionary.names].sort()).toEqual(dictionary.names);
      }),
    );
  });
  it('differ when an entry differs', () => {
    expect(make([['a', 1]])).not.toBe(make([['a', 2]]));
    expect(make([['a', 1]])).not.toBe(make([['b', 1]]));
    expect(make([['a', 1]])).not.toBe(
      make([
        ['a', 1],
        ['b', 1],
      ]),
    );
  });
  it('are changed one entry at a time', () => {
    fc.assert(
      fc.property(
        entries,
        fc.constantFrom('a', 'q'),
        fc.option(fc.integer({ min: 0, max: 3 })),
        (list, name, value) => {
          const changed = context.withAttribute(make(list), name, value === null ? null : context.i64Attr(value));
          const expected = new Map<string, number>(list);
          if (value === null) expected.delete(name);
          else expected.set(name, value);
          expect(changed).toBe(make([...expected]));
        },
      ),
    );
  });
  it('stay unique among many', () => {
    const seen = new Set<Attribute>();
    for (let i = 0; i < 20_000; i++)
      seen.add(
        make([
          ['a', i],
          ['b', i * 7],
        ]),
      );
    expect(seen.size).toBe(20_000);
    for (let i = 0; i < 20_000; i++)
      seen.add(
        make([
          ['b', i * 7],
          ['a', i],
        ]),
      );
    expect(seen.size).toBe(20_000);
  });
});

describe('integers', () => {
  it('wrap to the width of their type', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(1n << 70n), max: 1n << 70n }),
        fc.constantFrom(2, 8, 31, 32, 53, 64, 65),
        (value, width) => {
          expect(context.integerAttr(context.integer(width), value).bigint).toBe(BigInt.asIntN(width, value));
          expect(context.integerAttr(context.integer(width, 'unsigned'), value).bigint).toBe(
            BigInt.asUintN(width, value),
          );
        },
      ),
    );
  });
  it('are numbers when that is exact, and one object whether made from number or bigint', () => {
    expect(context.i64Attr(5)).toBe(context.i64Attr(5n));
    expect(typeof context.i64Attr(1n << 53n).value).toBe('bigint');
    expect(typeof context.i64Attr(-5n).value).toBe('number');
    expect(context.i64Attr(-0)).toBe(context.i64Attr(0));
  });
  it('of one bit are true and false', () => {
    expect(context.integerAttr(context.i1, -1)).toBe(context.trueAttr);
    expect(String(context.boolAttr(false))).toBe('false');
  });
});

describe('floats', () => {
  it.each(['f64', 'f32', 'f16', 'bf16'] as const)('of type %s print what reads back, bit for bit', (name) => {
    const type = context.float(name);
    fc.assert(
      fc.property(fc.oneof(fc.double(), fc.double({ min: -1e5, max: 1e5 })), (value) => {
        const attr = context.floatAttr(type, value);
        expect(parseAttribute(String(attr), context)).toBe(attr);
      }),
      { numRuns: 500 },
    );
  });
  it.each([
    [1, '1.000000e+00 : f32'],
    [0.1, '1.000000e-01 : f32'],
    [-0, '-0.000000e+00 : f32'],
    [1 / 3, '0.333333343 : f32'],
    [Number.POSITIVE_INFINITY, '0x7F800000 : f32'],
    [Number.NaN, '0x7FC00000 : f32'],
  ])('print as MLIR does, or as readable: %s', (value, text) => {
    const attr = context.floatAttr(context.f32, value);
    expect(parseAttribute(text, context)).toBe(attr);
    if (value !== 1 / 3) expect(String(attr)).toBe(text);
  });
  it('are one object per bit pattern', () => {
    expect(context.floatAttr(context.f32, 0.1)).toBe(context.floatAttr(context.f32, Math.fround(0.1)));
    expect(context.floatAttr(context.f32, 0)).not.toBe(context.floatAttr(context.f32, -0));
    expect(context.floatAttr(context.f32, Number.NaN)).toBe(context.floatAttr(context.f32, Number.NaN));
    expect(context.floatAttr(context.f32, Number.NaN, 0x7fc00001n)).not.toBe(
      context.floatAttr(context.f32, Number.NaN),
    );
  });
});

describe('dense constants', () => {
  it('print what reads back, splats and blobs included', () => {
    const element = fc.constantFrom(
      context.i8,
      context.i1,
      context.i64,
      context.f32,
      context.f16,
      context.index,
      context.integer(8, 'unsigned'),
    );
    fc.assert(
      fc.property(
        element,
        fc.array(fc.integer({ min: 0, max: 150 }), { minLength: 1, maxLength: 2 }),
        fc.integer(),
        (type, shape, seed) => {
          const tensor = context.tensor(shape, type);
          const n = shape.reduce((a, b) => a * b, 1);
          if (n === 0) return;
          const width = context.splat(tensor, 0).bytes.length;
          const bytes = Uint8Array.from({ length: n * width }, (_, i) =>
            type === context.i1
              ? ((i * seed) >> 3) & 1
              : type === context.f16 || type === context.f32
                ? ((i * seed) >> 2) & 0x3f
                : (i * seed) >> 4,
          );
          const attr = context.denseElements(tensor, bytes, { splat: n === 1 });
          const read = parseAttribute(String(attr), context) as typeof attr;
          expect(read.type).toBe(tensor);
          for (const i of [0, n >> 1, n - 1]) expect(denseElement(read, i)).toBe(denseElement(attr, i));
        },
      ),
      { numRuns: 60 },
    );
  });
  it('of complex numbers are a real number everywhere', () => {
    const type = context.tensor([2], context.complex(context.f32));
    expect(String(context.splat(type, 3))).toBe('dense<(3.000000e+00, 0.000000e+00)> : tensor<2xcomplex<f32>>');
  });
  it('are one object when they are equal', () => {
    const type = context.tensor([4], context.i32);
    const bytes = () => new Uint8Array(Int32Array.of(1, 2, 3, 4).buffer);
    expect(context.denseElements(type, bytes(), { splat: false })).toBe(
      context.denseElements(type, bytes(), { splat: false }),
    );
    expect(context.splat(type, 3)).toBe(context.splat(type, 3));
    expect(context.splat(type, 3)).not.toBe(context.splat(type, 4));
  });
});

describe('types', () => {
  it('are one object when they are equal, and differ by every parameter', () => {
    const f32 = context.f32;
    const all = [
      context.tensor([4, 4], f32),
      context.tensor([44], f32),
      context.tensor([4, -1], f32),
      context.tensor([4, 4], context.f64),
      context.tensor([4, 4], f32, context.stringAttr('x')),
      context.vector([4, 4], f32),
      context.vector([4, 4], f32, [true, false]),
      context.memref([4, 4], f32),
      context.memref([4, 4], f32, context.stridedLayout([1, 4])),
      context.memref([4, 4], f32, context.stridedLayout([1, 4], 2)),
      context.memref([4, 4], f32, null, context.i64Attr(1)),
      context.unrankedTensor(f32),
      context.complex(f32),
      context.tuple([f32]),
      context.functionType([f32], []),
      context.functionType([], [f32]),
    ];
    expect(new Set(all).size).toBe(all.length);
    expect(new Set(all.map(String)).size).toBe(all.length);
    expect(context.tensor([4, 4], f32)).toBe(all[0]);
    expect(context.memref([4, 4], f32, context.affineMapAttr(context.identityMap(2)))).toBe(all[7]);
  });
});
