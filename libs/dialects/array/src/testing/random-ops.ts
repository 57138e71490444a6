// Random programs of one op each, as text with arguments: what the tests of interpretation, structured forms and
// canonicalization run.
import type { RuntimeValue, Scalar } from '@budflow/interpreter';
import type { Context } from '@budflow/ir';
import fc from 'fast-check';
import { tensor } from './harness.js';

export interface Program {
  readonly text: string;
  args(context: Context): RuntimeValue[];
}

export const FLOATS = ['f32', 'f64'] as const;
export const INTEGERS = ['i8', 'i16', 'i32', 'i64', 'ui8', 'index'] as const;
export const NUMBERS = [...FLOATS, ...INTEGERS] as const;
export const ALL = [...NUMBERS, 'i1'] as const;
export type Element = (typeof ALL)[number];

const FLOAT_VALUES = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  1.5,
  2.5,
  -2.5,
  3.25,
  100,
  127.9,
  128,
  -128.5,
  255.5,
  256,
  1e-40,
  1e-30,
  16777217,
  3e38,
  -3e38,
  2147483648,
  -2147483649,
  9.3e18,
  -9.3e18,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
];

/** Values with the hard cases well represented. */
export function elementArbitrary(element: Element): fc.Arbitrary<Scalar> {
  switch (element) {
    case 'f32':
      return fc.oneof(
        fc.constantFrom(...FLOAT_VALUES.map(Math.fround)),
        fc.float({ noDefaultInfinity: true, min: -100, max: 100 }),
      );
    case 'f64':
      return fc.oneof(fc.constantFrom(...FLOAT_VALUES), fc.double({ min: -100, max: 100 }));
    case 'i1':
      return fc.integer({ min: 0, max: 1 });
    case 'ui8':
      return fc.oneof(fc.constantFrom(0, 1, 2, 127, 128, 255), fc.integer({ min: 0, max: 255 }));
    case 'index':
      return fc.oneof(fc.constantFrom(0, 1, -1, 7), fc.integer({ min: -1000, max: 1000 }));
    case 'i64':
      return fc.oneof(
        fc.constantFrom(0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n)),
        fc.bigInt({ min: -1000n, max: 1000n }),
      );
    default: {
      const limit = 2 ** (Number(element.slice(1)) - 1);
      return fc.oneof(fc.constantFrom(0, 1, -1, 2, limit - 1, -limit), fc.integer({ min: -limit, max: limit - 1 }));
    }
  }
}

export const shapeArbitrary: fc.Arbitrary<number[]> = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 });

export function count(shape: readonly number[]): number {
  return shape.reduce((n, d) => n * d, 1);
}

/** Type text; dimension i is `?` when bit i of `dynamic` is set. */
export function typeText(shape: readonly number[], element: string, dynamic = 0): string {
  return `tensor<${shape.map((d, i) => `${(dynamic >> i) & 1 ? '?' : d}x`).join('')}${element}>`;
}

interface Argument {
  readonly type: string;
  readonly shape: readonly number[];
  readonly values: readonly Scalar[];
}

function argument(shape: readonly number[], element: Element, dynamic: number): fc.Arbitrary<Argument> {
  const n = count(shape);
  return fc
    .array(elementArbitrary(element), { minLength: n, maxLength: n })
    .map((values) => ({ type: typeText(shape, element, dynamic), shape, values }));
}

/** `line` defines %r from %0, %1, ... and index sizes %n0, %n1, ... */
export function program(args: readonly Argument[], sizes: readonly number[], line: string, result: string): Program {
  const parameters = [...args.map((a, i) => `%${i}: ${a.type}`), ...sizes.map((_, i) => `%n${i}: index`)].join(', ');
  return {
    text: `func.func @f(${parameters}) -> ${result} {\n  ${line}\n  return %r : ${result}\n}`,
    args: (context) => [...args.map((a) => tensor(context, a.type, a.values, a.shape)), ...sizes],
  };
}

const mask = fc.integer({ min: 0, max: 7 });

/** An op on operands of one shape; `elements` gives an element type for each. */
function elementwise(
  elements: readonly Element[],
  line: (types: readonly string[]) => string,
  result: string,
): fc.Arbitrary<Program> {
  return fc.tuple(shapeArbitrary, mask).chain(([shape, dynamic]) =>
    fc.tuple(...elements.map((e) => argument(shape, e, dynamic))).map((args) => {
      const types = args.map((a) => a.type);
      return program(args, [], line(types), typeText(shape, result, dynamic));
    }),
  );
}

export function unaryProgram(op: string, element: Element): fc.Arbitrary<Program> {
  return elementwise([element], ([t]) => `%r = array.${op} %0 : ${t}`, element);
}
export function binaryProgram(op: string, element: Element): fc.Arbitrary<Program> {
  return elementwise([element, element], ([t]) => `%r = array.${op} %0, %1 : ${t}`, element);
}
export function compareProgram(predicate: string, element: Element): fc.Arbitrary<Program> {
  return elementwise([element, element], ([t]) => `%r = array.cmp ${predicate}, %0, %1 : ${t}`, 'i1');
}
export function isFiniteProgram(element: Element): fc.Arbitrary<Program> {
  return elementwise([element], ([t]) => `%r = array.is_finite %0 : ${t}`, 'i1');
}
export function selectProgram(element: Element): fc.Arbitrary<Program> {
  return elementwise(['i1', element, element], ([, t]) => `%r = array.select %0, %1, %2 : ${t}`, element);
}
export function ternaryProgram(op: string, element: Element, attributes = ''): fc.Arbitrary<Program> {
  return elementwise([element, element, element], ([t]) => `%r = array.${op} %0, %1, %2${attributes} : ${t}`, element);
}
export function castProgram(from: Element, to: Element): fc.Arbitrary<Program> {
  return elementwise([from], ([t]) => `%r = array.cast %0 : ${t} to ${t!.slice(0, -from.length - 1)}${to}>`, to);
}

export function fullProgram(element: Element): fc.Arbitrary<Program> {
  const value = element === 'i1' ? 'true' : `${element.startsWith('f') ? '1.5' : '100'} : ${element}`;
  return fc.tuple(shapeArbitrary, mask).map(([shape, dynamic]) => {
    const type = typeText(shape, element, dynamic);
    const sizes = shape.filter((_, i) => (dynamic >> i) & 1);
    return program([], sizes, `%r = array.full ${value}, ${type}${sizesText(sizes, ' (')}`, type);
  });
}
export function iotaProgram(element: Element): fc.Arbitrary<Program> {
  return fc
    .tuple(fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 1 }), shapeArbitrary, mask, fc.nat(3))
    .map(([first, rest, dynamic, at]) => {
      const shape = [...first, ...rest.slice(0, 2)];
      const type = typeText(shape, element, dynamic);
      const sizes = shape.filter((_, i) => (dynamic >> i) & 1);
      return program([], sizes, `%r = array.iota dim = ${at % shape.length} : ${type}${sizesText(sizes, ' (')}`, type);
    });
}

function sizesText(sizes: readonly number[], open: string): string {
  return sizes.length ? `${open}${sizes.map((_, i) => `%n${i}`).join(', ')})` : '';
}

export function broadcastProgram(element: Element): fc.Arbitrary<Program> {
  const dim = fc.record({
    size: fc.integer({ min: 0, max: 4 }),
    source: fc.constantFrom('kept', 'stretched', 'new'),
    dynamic: fc.boolean(),
  });
  return fc
    .tuple(fc.array(dim, { maxLength: 4 }), fc.array(fc.nat(100), { minLength: 4, maxLength: 4 }))
    .chain(([dims, keys]) => {
      // Operand dimensions in a random order.
      const mapped = dims.flatMap((d, r) => (d.source === 'new' ? [] : [r])).sort((a, b) => keys[a]! - keys[b]!);
      const operand = mapped.map((r) => (dims[r]!.source === 'stretched' ? 1 : dims[r]!.size));
      let operandDynamic = 0;
      mapped.forEach((r, i) => {
        if (dims[r]!.source === 'kept' && dims[r]!.dynamic) operandDynamic |= 1 << i;
      });
      let dynamic = 0;
      const sizes: number[] = [];
      dims.forEach((d, r) => {
        if (!d.dynamic) return;
        dynamic |= 1 << r;
        if (d.source !== 'kept') sizes.push(d.size);
      });
      const result = typeText(
        dims.map((d) => d.size),
        element,
        dynamic,
      );
      return argument(operand, element, operandDynamic).map((a) =>
        program(
          [a],
          sizes,
          `%r = array.broadcast %0 dims = [${mapped.join(', ')}]${sizesText(sizes, ' sizes(')} : ${a.type} to ${result}`,
          result,
        ),
      );
    });
}

export function transposeProgram(element: Element): fc.Arbitrary<Program> {
  return fc
    .tuple(shapeArbitrary, mask, fc.array(fc.nat(100), { minLength: 3, maxLength: 3 }))
    .chain(([shape, dynamic, keys]) => {
      const perm = [...shape.keys()].sort((a, b) => keys[a]! - keys[b]!);
      let moved = 0;
      perm.forEach((d, i) => {
        if ((dynamic >> d) & 1) moved |= 1 << i;
      });
      const result = typeText(
        perm.map((d) => shape[d]!),
        element,
        moved,
      );
      return argument(shape, element, dynamic).map((a) =>
        program([a], [], `%r = array.transpose %0 perm = [${perm.join(', ')}] : ${a.type} to ${result}`, result),
      );
    });
}

export function sliceProgram(element: Element): fc.Arbitrary<Program> {
  const range = fc.tuple(
    fc.integer({ min: 0, max: 6 }),
    fc.nat(6),
    fc.nat(6),
    fc.integer({ min: 1, max: 3 }),
    fc.constantFrom('static', 'dynamic', 'open'),
  );
  return fc.array(range, { maxLength: 3 }).chain((ranges) => {
    const shape = ranges.map(([size]) => size);
    let dynamic = 0;
    let resultDynamic = 0;
    const texts: string[] = [];
    const result: number[] = [];
    ranges.forEach(([size, a, b, stride, kind], i) => {
      const start = Math.min(a, b, size);
      const limit = kind === 'open' ? size : Math.min(Math.max(a, b), size);
      if (kind !== 'static') dynamic |= 1 << i;
      if (kind === 'open') resultDynamic |= 1 << i;
      texts.push(`${start}:${kind === 'open' ? '?' : limit}:${stride}`);
      result.push(Math.ceil((limit - start) / stride));
    });
    const type = typeText(result, element, resultDynamic);
    return argument(shape, element, dynamic).map((x) =>
      program([x], [], `%r = array.slice %0 [${texts.join(', ')}] : ${x.type} to ${type}`, type),
    );
  });
}

export function padProgram(element: Element): fc.Arbitrary<Program> {
  const value = element === 'i1' ? 'true' : `${element.startsWith('f') ? '-0.0' : '7'} : ${element}`;
  const width = fc.array(fc.nat(3), { minLength: 3, maxLength: 3 });
  return fc.tuple(shapeArbitrary, mask, width, width).chain(([shape, dynamic, lows, highs]) => {
    const [low, high] = [lows.slice(0, shape.length), highs.slice(0, shape.length)];
    const result = typeText(
      shape.map((d, i) => d + low[i]! + high[i]!),
      element,
      dynamic,
    );
    return argument(shape, element, dynamic).map((a) =>
      program(
        [a],
        [],
        `%r = array.pad %0 low = [${low.join(', ')}] high = [${high.join(', ')}] value ${value} : ${a.type} to ${result}`,
        result,
      ),
    );
  });
}

/** Reshapes between two factorisations of one count; `affine` leaves at most the first dimension of each side dynamic. */
export function reshapeProgram(element: Element): fc.Arbitrary<Program> {
  const factors = fc.array(fc.constantFrom(1, 2, 3), { maxLength: 5 });
  const cuts = fc.array(fc.boolean(), { minLength: 5, maxLength: 5 });
  return fc
    .tuple(factors, cuts, cuts, fc.array(fc.nat(100), { minLength: 5, maxLength: 5 }), fc.boolean())
    .chain(([list, cutA, cutB, keys, dynamic]) => {
      const group = (items: readonly number[], cut: readonly boolean[]) => {
        const shape: number[] = [];
        items.forEach((f, i) => {
          if (i === 0 || cut[i]) shape.push(f);
          else shape[shape.length - 1]! *= f;
        });
        return shape;
      };
      const from = group(list, cutA);
      const shuffled = [...list.keys()].sort((a, b) => keys[a]! - keys[b]!).map((i) => list[i]!);
      const to = group(keys[0]! % 2 ? shuffled : list, cutB);
      const [a, b] = [dynamic && from.length ? 1 : 0, dynamic && to.length && from.length ? 1 : 0];
      const type = typeText(to, element, b);
      return argument(from, element, a).map((x) =>
        program([x], [], `%r = array.reshape %0 : ${x.type} to ${type}`, type),
      );
    });
}

/** `attributes` is text such as ` {order = ...}`. */
export function reduceProgram(kind: string, element: Element, attributes = '', sizeLimit = 4): fc.Arbitrary<Program> {
  const shapes = fc.array(fc.integer({ min: 0, max: sizeLimit }), { maxLength: 4 });
  return fc.tuple(shapes, mask, fc.nat(15)).chain(([shape, dynamic, which]) => {
    const dims = [...shape.keys()].filter((d) => (which >> d) & 1);
    let resultDynamic = 0;
    const kept = [...shape.keys()].filter((d) => !dims.includes(d));
    kept.forEach((d, i) => {
      if ((dynamic >> d) & 1) resultDynamic |= 1 << i;
    });
    const result = typeText(
      kept.map((d) => shape[d]!),
      element,
      resultDynamic,
    );
    return fc
      .tuple(argument(shape, element, dynamic), argument([], element, 0))
      .map(([x, init]) =>
        program(
          [x, init],
          [],
          `%r = array.reduce ${kind} %0 init %1 dims = [${dims.join(', ')}]${attributes} : ${x.type}, ${init.type} to ${result}`,
          result,
        ),
      );
  });
}

export function dotProgram(element: Element, result: Element, attributes = ''): fc.Arbitrary<Program> {
  const sizes = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 2 });
  const keys = fc.array(fc.nat(100), { minLength: 6, maxLength: 6 });
  return fc
    .tuple(sizes, sizes, sizes, sizes, keys, keys, fc.boolean())
    .chain(([batch, rows, columns, contracted, lhsKeys, rhsKeys, dynamic]) => {
      const place = (groups: readonly (readonly number[])[], order: readonly number[]) => {
        const all = groups.flatMap((g, group) => g.map((size, i) => ({ size, group, i })));
        const sorted = all.map((item, at) => ({ ...item, key: order[at]! })).sort((a, b) => a.key - b.key);
        const dims = groups.map((g, group) => g.map((_, i) => sorted.findIndex((s) => s.group === group && s.i === i)));
        return { shape: sorted.map((s) => s.size), dims, free: sorted.filter((s) => s.group === 1) };
      };
      const lhs = place([batch, rows, contracted], lhsKeys);
      const rhs = place([batch, columns, contracted], rhsKeys);
      const all = dynamic ? (15 << 4) | 15 : 0;
      const shape = [...batch, ...lhs.free.map((s) => s.size), ...rhs.free.map((s) => s.size)];
      const type = typeText(shape, result, all);
      const list = (l: readonly number[] | undefined) => `[${l!.join(', ')}]`;
      return fc
        .tuple(argument(lhs.shape, element, all), argument(rhs.shape, element, all))
        .map(([a, b]) =>
          program(
            [a, b],
            [],
            `%r = array.dot_general %0, %1 batch = ${list(lhs.dims[0])} x ${list(rhs.dims[0])} contract = ${list(lhs.dims[2])} x ${list(rhs.dims[2])}${attributes} : ${a.type}, ${b.type} -> ${type}`,
            type,
          ),
        );
    });
}

/** Every op in every element type it takes. */
export function allPrograms(): { name: string; programs: fc.Arbitrary<Program> }[] {
  const list: { name: string; programs: fc.Arbitrary<Program> }[] = [];
  const add = (name: string, programs: fc.Arbitrary<Program>) => list.push({ name, programs });
  for (const e of NUMBERS) for (const op of ['neg', 'abs']) add(`${op} ${e}`, unaryProgram(op, e));
  for (const e of [...INTEGERS, 'i1'] as const) add(`not ${e}`, unaryProgram('not', e));
  for (const op of [
    'sqrt',
    'rsqrt',
    'exp',
    'exp2',
    'expm1',
    'log',
    'log1p',
    'sin',
    'cos',
    'tan',
    'asin',
    'acos',
    'atan',
    'asinh',
    'acosh',
    'atanh',
    'sinh',
    'cosh',
    'tanh',
    'sigmoid',
    'erf',
    'cbrt',
    'floor',
    'ceil',
    'round',
    'round_even',
    'trunc',
  ])
    for (const e of FLOATS) add(`${op} ${e}`, unaryProgram(op, e));
  for (const e of FLOATS) {
    add(`is_finite ${e}`, isFiniteProgram(e));
    for (const op of ['pow', 'atan2']) add(`${op} ${e}`, binaryProgram(op, e));
  }
  for (const e of NUMBERS) add(`sign ${e}`, unaryProgram('sign', e));
  for (const e of INTEGERS.filter((i) => i !== 'index')) {
    for (const op of ['popcount', 'clz']) add(`${op} ${e}`, unaryProgram(op, e));
    if (!e.startsWith('ui')) add(`pow ${e}`, binaryProgram('pow', e));
    for (const op of ['shl', 'shr_s', 'shr_u']) add(`${op} ${e}`, binaryProgram(op, e));
  }
  for (const op of ['log2', 'log10']) add(`${op} f32`, unaryProgram(op, 'f32'));
  for (const op of ['add', 'sub', 'mul', 'div', 'rem', 'min', 'max'])
    for (const e of NUMBERS) add(`${op} ${e}`, binaryProgram(op, e));
  for (const op of ['and', 'or', 'xor'])
    for (const e of [...INTEGERS, 'i1'] as const) add(`${op} ${e}`, binaryProgram(op, e));
  for (const p of ['eq', 'ne', 'lt', 'le', 'gt', 'ge']) for (const e of ALL) add(`cmp ${p} ${e}`, compareProgram(p, e));
  for (const e of ALL) add(`select ${e}`, selectProgram(e));
  for (const e of NUMBERS) add(`clamp ${e}`, ternaryProgram('clamp', e));
  for (const e of FLOATS)
    for (const kind of ['exact', 'relaxed']) add(`fma ${kind} ${e}`, ternaryProgram('fma', e, ` {kind = "${kind}"}`));
  for (const from of ALL)
    for (const to of ALL)
      if (!((from.startsWith('f') || from === 'i64') && to === 'index'))
        add(`cast ${from} to ${to}`, castProgram(from, to));
  for (const e of ALL) add(`full ${e}`, fullProgram(e));
  for (const e of NUMBERS) add(`iota ${e}`, iotaProgram(e));
  for (const e of ['f32', 'i64', 'ui8', 'i1', 'index'] as const) {
    add(`broadcast ${e}`, broadcastProgram(e));
    add(`transpose ${e}`, transposeProgram(e));
    add(`slice ${e}`, sliceProgram(e));
    add(`pad ${e}`, padProgram(e));
    add(`reshape ${e}`, reshapeProgram(e));
  }
  const orders = [
    '',
    ' {order = #array.order<sequential>}',
    ' {order = #array.order<lanes = 2, accumulators = 2, block = 8>}',
    ' {order = #array.order<outer, block = 2>}',
  ];
  // Products of indices leave the range that the interpreter holds.
  for (const kind of ['add', 'mul', 'min', 'max'])
    for (const e of NUMBERS.filter((n) => !(kind === 'mul' && n === 'index')))
      for (const order of e.startsWith('f') ? orders : [''])
        add(`reduce ${kind} ${e}${order}`, reduceProgram(kind, e, order));
  for (const kind of ['and', 'or', 'xor'])
    for (const e of [...INTEGERS, 'i1'] as const) add(`reduce ${kind} ${e}`, reduceProgram(kind, e));
  for (const e of NUMBERS) add(`dot_general ${e}`, dotProgram(e, e));
  add('dot_general f32 to f64', dotProgram('f32', 'f64'));
  add('dot_general i8 to i32', dotProgram('i8', 'i32'));
  for (const kind of ['exact', 'relaxed'])
    for (const e of FLOATS) add(`dot_general ${kind} ${e}`, dotProgram(e, e, ` {contract = "${kind}"}`));
  return list;
}
