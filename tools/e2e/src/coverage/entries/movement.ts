// Ops that only bring elements to other places, or make them: all types alike.
import {
  type CoverageCase,
  type CoverageEntry,
  countOf,
  randomOf,
  randomValues,
  tensorType,
  type Values,
} from '../entry.js';
import {
  COMPLEXES,
  complex,
  ELEMENT_TYPES,
  type ElementType,
  elementOf,
  isComplex,
  isFloat,
  partOf,
  type Scalar,
  toData,
  valuesFromBits,
  widthOf,
} from '../numbers.js';

type Index = readonly number[];

/** All indices of a shape, in row-major order. */
export function* indices(shape: Index): Generator<number[]> {
  const count = countOf(shape);
  for (let i = 0; i < count; i++) {
    let rest = i;
    const index = new Array<number>(shape.length);
    for (let d = shape.length - 1; d >= 0; d--) {
      index[d] = rest % shape[d]!;
      rest = Math.floor(rest / shape[d]!);
    }
    yield index;
  }
}
export function at(x: Values, index: Index): Scalar {
  let offset = 0;
  index.forEach((i, d) => {
    offset = offset * x.shape[d]! + i;
  });
  return x.values[offset]!;
}
/** Values of a shape by their index. */
export function filled(type: ElementType, shape: Index, f: (index: Index) => Scalar): Values {
  return { type, shape, values: Array.from(indices(shape), f) };
}

interface Moving {
  readonly op: string;
  /** Shapes in the text, `?` where the size is known at run time only. */
  readonly operands: readonly (readonly (number | '?')[])[];
  readonly result: readonly (number | '?')[];
  /** What follows `array.op`, without the types. */
  readonly text: (operands: string) => string;
  readonly types: (operands: readonly string[], result: string) => string;
  readonly shapes: readonly (readonly Index[])[];
  readonly expected: (args: readonly Values[]) => Values;
}

function moving(spec: Moving): CoverageEntry {
  const cases = (type: ElementType): CoverageCase[] => {
    const next = randomOf(spec.op.length + type.length * 7);
    const operands = spec.operands.map((s) => tensorType(type, s));
    const result = tensorType(type, spec.result);
    const names = operands.map((_, i) => `%x${i}`);
    return [
      {
        text: `(${operands.map((t, i) => `${names[i]}: ${t}`).join(', ')}) -> ${result} {
  %0 = array.${spec.op} ${spec.text(names.join(', '))} : ${spec.types(operands, result)}
  return %0 : ${result}
}`,
        calls: spec.shapes.map((shapes) => shapes.map((shape) => randomValues(type, shape, next))),
        expected: (args) => [spec.expected(args)],
      },
    ];
  };
  return { op: spec.op, types: ELEMENT_TYPES, cases };
}

const fromTo = (operands: readonly string[], result: string): string => `${operands.join(', ')} to ${result}`;

const ints = (...values: number[]): Values => ({ type: 'i32', shape: [values.length], values: values.map(BigInt) });
const start = (value: number): Values => ({ type: 'i32', shape: [], values: [BigInt(value)] });
const clampStart = (x: Scalar, most: number): number => Math.max(0, Math.min(Number(x), most));

/** What a literal of the type is in text. */
export function literal(type: ElementType, value: Scalar): string {
  if (typeof value === 'object') return `(${literal('f64', value.re)}, ${literal('f64', value.im)})`;
  if (type === 'i1') return value ? 'true' : 'false';
  const text = Object.is(value, -0) ? '-0' : String(value);
  return isFloat(type) && Number.isInteger(value) ? `${text}.0` : text;
}

/** The value as an attribute with its type. */
function attribute(type: ElementType, value: Scalar): string {
  if (typeof value === 'object') return `[${attribute(partOf(type), value.re)}, ${attribute(partOf(type), value.im)}]`;
  return type === 'i1' ? literal(type, value) : `${literal(type, value)} : ${type}`;
}

/** A case with operands that are not all of the op's type. */
function single(
  op: string,
  make: (
    type: ElementType,
    t: (shape: readonly (number | '?')[], element?: string) => string,
    next: () => number,
  ) => CoverageCase,
): CoverageEntry {
  return {
    op,
    types: ELEMENT_TYPES,
    cases: (type) => [
      make(type, (shape, element = type) => tensorType(element, shape), randomOf(op.length * 5 + type.length)),
    ],
  };
}

export const MOVEMENT: readonly CoverageEntry[] = [
  moving({
    op: 'reverse',
    operands: [['?', '?']],
    result: ['?', '?'],
    text: (x) => `${x} dims = [1]`,
    types: ([t]) => t!,
    shapes: [[[3, 17]], [[0, 4]], [[1, 1]], [[2, 33]]],
    expected: ([x]) => filled(x!.type, x!.shape, ([i, k]) => at(x!, [i!, x!.shape[1]! - 1 - k!])),
  }),
  moving({
    op: 'transpose',
    operands: [['?', '?']],
    result: ['?', '?'],
    text: (x) => `${x} perm = [1, 0]`,
    types: fromTo,
    shapes: [[[3, 17]], [[0, 4]], [[1, 7]], [[19, 21]]],
    expected: ([x]) => filled(x!.type, [x!.shape[1]!, x!.shape[0]!], ([i, k]) => at(x!, [k!, i!])),
  }),
  moving({
    op: 'reshape',
    operands: [['?', 6]],
    result: ['?'],
    text: (x) => x,
    types: fromTo,
    shapes: [[[0, 6]], [[1, 6]], [[7, 6]]],
    expected: ([x]) => ({ ...x!, shape: [countOf(x!.shape)] }),
  }),
  moving({
    op: 'slice',
    operands: [[5, 19]],
    result: [2, 6],
    text: (x) => `${x} [1:4:2, 2:19:3]`,
    types: fromTo,
    shapes: [[[5, 19]]],
    expected: ([x]) => filled(x!.type, [2, 6], ([i, k]) => at(x!, [1 + 2 * i!, 2 + 3 * k!])),
  }),
  moving({
    op: 'concat',
    operands: [['?'], [5]],
    result: ['?'],
    text: (x) => `${x} dim = 0`,
    types: fromTo,
    shapes: [
      [[0], [5]],
      [[1], [5]],
      [[37], [5]],
    ],
    expected: ([x, y]) => ({ type: x!.type, shape: [x!.values.length + 5], values: [...x!.values, ...y!.values] }),
  }),
  moving({
    op: 'broadcast',
    operands: [['?']],
    result: [3, '?'],
    text: (x) => `${x} dims = [1]`,
    types: fromTo,
    shapes: [[[0]], [[1]], [[17]]],
    expected: ([x]) => filled(x!.type, [3, x!.shape[0]!], ([, k]) => x!.values[k!]!),
  }),
  single('pad', (type, t, next) => {
    const value = elementOf(type, isComplex(type) ? complex(2.5, -0) : isFloat(type) ? 2.5 : 1n);
    return {
      text: `(%x: ${t(['?', 5])}) -> ${t(['?', 8])} {
  %0 = array.pad %x low = [1, 2] high = [0, 1] value ${attribute(type, value)} : ${t(['?', 5])} to ${t(['?', 8])}
  return %0 : ${t(['?', 8])}
}`,
      calls: [
        [0, 5],
        [1, 5],
        [7, 5],
      ].map((shape) => [randomValues(type, shape, next)]),
      expected: ([x]) => [
        filled(type, [x!.shape[0]! + 1, 8], ([i, k]) =>
          i! >= 1 && k! >= 2 && k! < 7 ? at(x!, [i! - 1, k! - 2]) : value,
        ),
      ],
    };
  }),
  single('dynamic_slice', (type, t, next) => ({
    text: `(%x: ${t(['?', 19])}, %i: tensor<i32>, %k: tensor<i32>) -> ${t([2, 7])} {
  %0 = array.dynamic_slice %x [%i, %k] sizes = [2, 7] : ${t(['?', 19])}, tensor<i32> to ${t([2, 7])}
  return %0 : ${t([2, 7])}
}`,
    calls: [
      [1, 3],
      [-4, 100],
      [0, 12],
    ].map(([i, k]) => [randomValues(type, [5, 19], next), start(i!), start(k!)]),
    expected: ([x, i, k]) => [
      filled(type, [2, 7], ([a, b]) => at(x!, [clampStart(i!.values[0]!, 3) + a!, clampStart(k!.values[0]!, 12) + b!])),
    ],
  })),
  single('dynamic_update_slice', (type, t, next) => ({
    text: `(%x: ${t(['?', 19])}, %u: ${t([2, 7])}, %i: tensor<i32>, %k: tensor<i32>) -> ${t(['?', 19])} {
  %0 = array.dynamic_update_slice %x, %u [%i, %k] : ${t(['?', 19])}, ${t([2, 7])}, tensor<i32>
  return %0 : ${t(['?', 19])}
}`,
    calls: [
      [1, 3],
      [-4, 100],
    ].map(([i, k]) => [randomValues(type, [5, 19], next), randomValues(type, [2, 7], next), start(i!), start(k!)]),
    expected: ([x, u, i, k]) => {
      const [a, b] = [clampStart(i!.values[0]!, 3), clampStart(k!.values[0]!, 12)];
      const inside = (p: number, q: number) => p >= a && p < a + 2 && q >= b && q < b + 7;
      return [filled(type, [5, 19], ([p, q]) => (inside(p!, q!) ? at(u!, [p! - a, q! - b]) : at(x!, [p!, q!])))];
    },
  })),
  single('gather', (type, t, next) => ({
    text: `(%x: ${t([10, 8])}, %i: tensor<?xi32>) -> ${t(['?', 8])} {
  %0 = array.gather %x, %i window = [1] collapsed = [0] map = [0] vector = 1 sizes = [1, 8] : ${t([10, 8])}, tensor<?xi32> to ${t(['?', 8])}
  return %0 : ${t(['?', 8])}
}`,
    calls: [ints(), ints(3), ints(9, 0, -5, 4, 4, 77, 1)].map((i) => [randomValues(type, [10, 8], next), i]),
    expected: ([x, i]) => [filled(type, [i!.shape[0]!, 8], ([p, q]) => at(x!, [clampStart(i!.values[p!]!, 9), q!]))],
  })),
  single('select_and_scatter', (type, t, next) => ({
    text: `(%x: ${t([7])}, %s: ${t([3])}, %z: ${t([])}) -> ${t([7])} {
  %0 = array.select_and_scatter %x source %s init %z window = [2] strides = [2] : ${t([7])}, ${t([3])}, ${t([])} select(%a: ${bare(type)}, %b: ${bare(type)}) {
    %t = arith.constant false
    array.yield %t : i1
  } scatter(%c: ${bare(type)}, %d: ${bare(type)}) {
    array.yield %d : ${bare(type)}
  }
  return %0 : ${t([7])}
}`,
    calls: [[randomValues(type, [7], next), randomValues(type, [3], next), randomValues(type, [], next)]],
    // Nothing is kept: the last element of each window is chosen.
    expected: ([, s, z]) => [filled(type, [7], ([i]) => (i! % 2 === 1 ? s!.values[(i! - 1) / 2]! : z!.values[0]!))],
  })),
  single('scatter', (type, t, next) => ({
    text: `(%x: ${t([10])}, %i: tensor<?xi32>, %u: ${t(['?'])}) -> ${t([10])} {
  %0 = array.scatter %x at %i updates %u collapsed = [0] map = [0] vector = 1 : ${t([10])}, tensor<?xi32>, ${t(['?'])} body(%a: ${bare(type)}, %b: ${bare(type)}) {
    array.yield %b : ${bare(type)}
  }
  return %0 : ${t([10])}
}`,
    calls: [ints(), ints(4), ints(9, 0, -5, 4, 4, 77, 1)].map((i) => [
      randomValues(type, [10], next),
      i,
      randomValues(type, i.shape, next),
    ]),
    // Places outside are left out.
    expected: ([x, i, u]) => {
      const values = x!.values.slice();
      i!.values.forEach((place, k) => {
        if (Number(place) >= 0 && Number(place) < 10) values[Number(place)] = u!.values[k]!;
      });
      return [{ ...x!, values }];
    },
  })),
  single('map', (type, t, next) => ({
    text: `(%c: ${t(['?'], 'i1')}, %x: ${t(['?'])}, %y: ${t(['?'])}) -> ${t(['?'])} {
  %0 = array.map %c, %x, %y : ${t(['?'], 'i1')}, ${t(['?'])}, ${t(['?'])} to ${t(['?'])} body(%p: i1, %a: ${bare(type)}, %b: ${bare(type)}) {
    %1 = arith.select %p, %a, %b : ${bare(type)}
    array.yield %1 : ${bare(type)}
  }
  return %0 : ${t(['?'])}
}`,
    calls: [0, 1, 7, 51].map((n) => [
      randomValues('i1', [n], next),
      randomValues(type, [n], next),
      randomValues(type, [n], next),
    ]),
    expected: ([c, x, y]) => [filled(type, x!.shape, ([i]) => (c!.values[i!] ? x! : y!).values[i!]!)],
  })),
  single('constant', (type, t, next) => {
    const eighths = () => Math.round(next() * 64) / 8 - 3;
    const values = Array.from({ length: 7 }, () =>
      elementOf(
        type,
        isComplex(type)
          ? complex(eighths(), eighths())
          : isFloat(type)
            ? eighths()
            : BigInt(Math.floor(next() * 100)) - (type.startsWith('i') ? 50n : 0n),
      ),
    );
    return {
      text: `() -> ${t([7])} {
  %0 = array.constant dense<[${values.map((v) => literal(type, v)).join(', ')}]> : ${t([7])}
  return %0 : ${t([7])}
}`,
      calls: [[]],
      expected: () => [{ type, shape: [7], values }],
    };
  }),
  single('full', (type, t) => {
    const value = elementOf(type, isComplex(type) ? complex(-1.75, 3) : isFloat(type) ? -1.75 : 1n);
    return {
      text: `(%x: ${t(['?'])}) -> ${t([3, '?'])} {
  %n = array.dim %x, 0 : ${t(['?'])}
  %0 = array.full ${attribute(type, value)}, ${t([3, '?'])} (%n)
  return %0 : ${t([3, '?'])}
}`,
      calls: [0, 1, 7, 17].map((n) => [{ type, shape: [n], values: new Array<Scalar>(n).fill(value) }]),
      expected: ([x]) => [filled(type, [3, x!.shape[0]!], () => value)],
    };
  }),
  single('empty', (type, t) => ({
    text: `() -> ${t([3, 5])} {
  %0 = array.empty : ${t([3, 5])}
  return %0 : ${t([3, 5])}
}`,
    calls: [[]],
    expected: () => [filled(type, [3, 5], () => (isComplex(type) ? complex(0, 0) : isFloat(type) ? 0 : 0n))],
  })),
  {
    op: 'iota',
    types: ELEMENT_TYPES.filter((t) => t !== 'i1'),
    otherwise: 'i1 does not count',
    cases: (type) => [
      {
        text: `() -> ${tensorType(type, [3, 300])} {
  %0 = array.iota dim = 1 : ${tensorType(type, [3, 300])}
  return %0 : ${tensorType(type, [3, 300])}
}`,
        calls: [[]],
        expected: () => [
          filled(type, [3, 300], ([, k]) =>
            elementOf(type, isComplex(type) ? complex(k!, 0) : isFloat(type) ? k! : BigInt(k!)),
          ),
        ],
      },
    ],
  },
  {
    op: 'bitcast',
    types: ELEMENT_TYPES.filter((t) => !isComplex(t)),
    otherwise: 'integers and floats only: `real` and `imag` have the parts',
    cases: (from) =>
      (isComplex(from) ? COMPLEXES : ELEMENT_TYPES.filter((t) => !isComplex(t)))
        .filter((to) => widthOf(to) === widthOf(from) && (from === 'i1') === (to === 'i1'))
        .map((to): CoverageCase => {
          const next = randomOf(from.length + to.length * 3);
          return {
            text: `(%x: ${tensorType(from, ['?'])}) -> ${tensorType(to, ['?'])} {
  %0 = array.bitcast %x : ${tensorType(from, ['?'])} to ${tensorType(to, ['?'])}
  return %0 : ${tensorType(to, ['?'])}
}`,
            // The bits of a NaN are not promised.
            calls: [0, 1, 7, 51].map((n) => {
              const x = randomValues(from, [n], next);
              return [{ ...x, values: x.values.map((v) => (Number.isNaN(v) ? 1.5 : v)) }];
            }),
            expected: ([x]) => [{ type: to, shape: x!.shape, values: valuesFromBits(to, toData(from, x!.values)) }],
          };
        }),
  },
  single('extract', (type, t, next) => ({
    text: `(%x: ${t([])}, %y: ${t(['?'])}) -> ${t([])} {
  %s = array.extract %x : ${t([])} -> ${type}
  %0 = array.from_scalar %s : ${type} -> ${t([])}
  return %0 : ${t([])}
}`,
    calls: [1, 7].map((n) => [randomValues(type, [], next), randomValues(type, [n], next)]),
    expected: ([x]) => [x!],
  })),
  single('from_scalar', (type, t, next) => ({
    text: `(%x: ${t([])}) -> ${t([3])} {
  %s = array.extract %x : ${t([])} -> ${type}
  %0 = array.from_scalar %s : ${type} -> ${t([])}
  %1 = array.broadcast %0 dims = [] : ${t([])} to ${t([3])}
  return %1 : ${t([3])}
}`,
    calls: [[randomValues(type, [], next)]],
    expected: ([x]) => [filled(type, [3], () => x!.values[0]!)],
  })),
  single('dim', (type, t, next) => ({
    text: `(%x: ${t(['?', 3])}) -> ${t(['?'], 'i32')} {
  %n = array.dim %x, 0 : ${t(['?', 3])}
  %0 = array.iota dim = 0 : ${t(['?'], 'i32')} (%n)
  return %0 : ${t(['?'], 'i32')}
}`,
    calls: [0, 1, 7].map((n) => [randomValues(type, [n, 3], next)]),
    expected: ([x]) => [filled('i32', [x!.shape[0]!], ([i]) => BigInt(i!))],
  })),
];

/** As regions and scalars have it: without a sign. */
export function bare(type: ElementType): string {
  return type.replace('ui', 'i');
}
