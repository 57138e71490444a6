// Sorts: the interpreter against WebAssembly, over shapes, dimensions, element types and comparators.
import { describe } from 'vitest';
import { type Case, check, over, tensor, type } from './array-cases.js';
import type { TestTensor } from './differential.js';
import { ELEMENTS, type Element } from './random/program.js';

const SHAPES: readonly (readonly number[])[] = [[0], [1], [2], [37], [5, 19], [19, 5], [3, 17, 4], [0, 3], [3, 0]];

/** A sort of one operand, in short, along each dimension. */
function short(element: Element, how: string): Case[] {
  return over(SHAPES, (shape, dynamic) => {
    const t = type(element, shape, dynamic);
    const dim = shape.length - 1;
    const other = shape.length === 1 ? 0 : shape.length - 2;
    return {
      text: `func.func @main(%x: ${t}) -> (${t}, ${t}) {
  %0 = array.sort %x dim = ${dim} ascending${how} : ${t}
  %1 = array.sort %x dim = ${other} descending${how} : ${t}
  return %0, %1 : ${t}, ${t}
}`,
      args: [tensor(element, shape)],
    };
  });
}

describe('array.sort in short', () => {
  for (const element of ELEMENTS) {
    check(`of ${element}`, () => short(element, ''));
    if (element.startsWith('f')) check(`of ${element} in the total order`, () => short(element, ' total_order'));
  }
});

/** Few different values, all of the hard ones among them; NaN only where asked for. */
function keys(element: Element, shape: readonly number[], { nan }: { readonly nan: boolean }): TestTensor {
  const argument = tensor(element, shape) as TestTensor;
  if (!element.startsWith('f')) return argument;
  const data = argument.data as Float32Array | Float64Array;
  const values = [0, -0, 1, -1, 1e-40, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -2.5, 3e38, 0.1, -7];
  for (let i = 0; i < data.length; i++) {
    if (i % 3 === 0) data[i] = values[(i * 7919) % values.length]!;
    if (!nan && Number.isNaN(data[i])) data[i] = 0;
  }
  return argument;
}

/** Rows short enough for ranks, where their size is known, and rows long enough for counters, static and dynamic. */
const ROWS: readonly (readonly [shape: readonly number[], dim: number])[] = [
  [[128], 0],
  [[9, 33], 1],
  [[64, 5], 0],
  [[300], 0],
  [[3100], 0],
  [[1600, 3], 0],
];

describe('array.sort by keys', () => {
  for (const element of ELEMENTS) {
    const isFloat = element.startsWith('f');
    check(`of ${element}`, () =>
      ROWS.flatMap(([shape, dim], i) =>
        over([shape], (_, dynamic) => {
          const t = type(element, shape, dynamic);
          const how = isFloat && i % 2 ? ' total_order' : '';
          return {
            text: `func.func @main(%x: ${t}) -> (${t}, ${t}) {
  %0 = array.sort %x dim = ${dim} ascending${how} : ${t}
  %1 = array.sort %x dim = ${dim} descending${isFloat && !how ? ' total_order' : ''} : ${t}
  return %0, %1 : ${t}, ${t}
}`,
            args: [keys(element, shape, { nan: i % 2 === 1 })],
          };
        }),
      ),
    );
    check(`of ${element} with others along`, () =>
      ROWS.flatMap(([shape, dim], i) =>
        over([shape], (_, dynamic) => {
          const [t, u, w] = [element, 'f64', 'ui8'].map((e) => type(e, shape, dynamic));
          const types = `${t}, ${u}, ${w}`;
          const how = `${['ascending', 'descending'][i % 2]}${isFloat && i % 3 === 2 ? ' total_order' : ''}`;
          return {
            text: `func.func @main(%x: ${t}, %y: ${u}, %z: ${w}) -> (${types}) {
  %0:3 = array.sort %x, %y, %z dim = ${dim} stable ${how} : ${types}
  return %0#0, %0#1, %0#2 : ${types}
}`,
            args: [keys(element, shape, { nan: i % 3 === 1 }), tensor('f64', shape), tensor('ui8', shape)],
          };
        }),
      ),
    );
  }

  // As other systems write them: zeros and NaN made equal, then the total order; the first operand does not follow from that key.
  const canonical = (side: string, x: string) => `
    %${side}0 = arith.cmpf oeq, ${x}, %zero : f32
    %${side}1 = arith.select %${side}0, %zero, ${x} : f32
    %${side}2 = arith.cmpf une, ${x}, ${x} : f32
    %${side}3 = arith.select %${side}2, %nan, %${side}1 : f32
    %${side}4 = arith.bitcast %${side}3 : f32 to i32
    %${side}5 = arith.shrsi %${side}4, %c31 : i32
    %${side}6 = arith.shrui %${side}5, %c1 : i32
    %${side}7 = arith.xori %${side}4, %${side}6 : i32`;
  const comparators: readonly (readonly [name: string, body: string])[] = [
    [
      'of a key made canonical',
      `%zero = arith.constant 0.0 : f32
    %nan = arith.constant 0x7FC00000 : f32
    %c31 = arith.constant 31 : i32
    %c1 = arith.constant 1 : i32${canonical('a', '%a')}${canonical('b', '%b')}
    %r = arith.cmpi slt, %a7, %b7 : i32`,
    ],
    [
      'of a function of several operands, the sides exchanged',
      `%0 = arith.extsi %i : i16 to i32
    %1 = arith.extsi %j : i16 to i32
    %2 = arith.bitcast %a : f32 to i32
    %3 = arith.bitcast %b : f32 to i32
    %4 = arith.addi %0, %2 : i32
    %5 = arith.addi %1, %3 : i32
    %r = arith.cmpi ult, %5, %4 : i32`,
    ],
    [
      'of a division, which may not be done for any pair',
      `%one = arith.constant 1 : i16
    %0 = arith.ori %i, %one : i16
    %1 = arith.remsi %j, %0 : i16
    %r = arith.cmpi slt, %1, %i : i16`,
    ],
    ['that contradicts itself', '%r = arith.cmpf ule, %a, %b : f32'],
    ['that reads nothing', '%r = arith.constant true'],
    [
      'of two keys',
      `%0 = arith.cmpi sgt, %i, %j : i16
    %1 = arith.cmpi eq, %i, %j : i16
    %2 = arith.cmpf olt, %a, %b : f32
    %r = arith.select %1, %2, %0 : i1`,
    ],
  ];
  for (const [name, body] of comparators)
    check(`by a comparator ${name}`, () =>
      [[0], [1], [33], [1700]].flatMap((shape) =>
        over([shape], (_, dynamic) => {
          const [t, u] = [type('f32', shape, dynamic), type('i16', shape, dynamic)];
          return {
            text: `func.func @main(%x: ${t}, %y: ${u}) -> (${t}, ${u}) {
  %0:2 = array.sort %x, %y dim = ${shape.length - 1} : ${t}, ${u} comparator(%a: f32, %b: f32, %i: i16, %j: i16) {
    ${body}
    array.yield %r : i1
  }
  return %0#0, %0#1 : ${t}, ${u}
}`,
            args: [keys('f32', shape, { nan: true }), tensor('i16', shape)],
          };
        }),
      ),
    );
});

describe('the first of sorted rows', () => {
  for (const element of ['f32', 'i32', 'ui8', 'f64', 'i64'] as const)
    for (const direction of ['ascending', 'descending'])
      check(`of ${element}, ${direction}, with their places`, () =>
        (
          [
            [[3, 200], 1, 8],
            [[90, 3], 0, 5],
            [[70], 0, 1],
          ] as const
        ).map(([shape, dim, first]): Case => {
          const [t, i] = [type(element, shape), type('i32', shape)];
          const cut = shape.map((d, k) => (k === dim ? first : d));
          const range = cut.map((d) => `0:${d}:1`).join(', ');
          const total = element.startsWith('f') ? ' total_order' : '';
          return {
            text: `func.func @main(%x: ${t}) -> (${type(element, cut)}, ${type('i32', cut)}) {
  %i = array.iota dim = ${dim} : ${i}
  %0:2 = array.sort %x, %i dim = ${dim} ${direction}${total} : ${t}, ${i}
  %1 = array.slice %0#0 [${range}] : ${t} to ${type(element, cut)}
  %2 = array.slice %0#1 [${range}] : ${i} to ${type('i32', cut)}
  return %1, %2 : ${type(element, cut)}, ${type('i32', cut)}
}`,
            args: [keys(element, shape, { nan: true })],
          };
        }),
      );
});

describe('the first of long sorted rows, by a bound on their keys', () => {
  // Short and sampled rows, along both dimensions; ties are frequent (`keys`, ui8), NaN only in the total order.
  const rows = [
    [[2, 300], 1, 40],
    [[700, 3], 0, 350],
    [[9001], 0, 100],
  ] as const;
  for (const element of ['f32', 'i32', 'ui8', 'f64', 'i64'] as const)
    check(`of ${element}, with their places`, () =>
      rows.flatMap(([shape, dim, first], i) =>
        ['ascending', 'descending'].map((direction, j): Case => {
          const [t, places] = [type(element, shape), type('i32', shape)];
          const cut = shape.map((d, k) => (k === dim ? first : d));
          const range = cut.map((d) => `0:${d}:1`).join(', ');
          const total = element.startsWith('f') && (i + j) % 2 === 0 ? ' total_order' : '';
          return {
            text: `func.func @main(%x: ${t}) -> (${type(element, cut)}, ${type('i32', cut)}) {
  %i = array.iota dim = ${dim} : ${places}
  %0:2 = array.sort %x, %i dim = ${dim} ${direction}${total} : ${t}, ${places}
  %1 = array.slice %0#0 [${range}] : ${t} to ${type(element, cut)}
  %2 = array.slice %0#1 [${range}] : ${places} to ${type('i32', cut)}
  return %1, %2 : ${type(element, cut)}, ${type('i32', cut)}
}`,
            args: [keys(element, shape, { nan: total !== '' || i === 1 })],
          };
        }),
      ),
    );

  check('where a sample says nothing: periods, constants, NaN', () => {
    const t = 'tensor<16384xf32>';
    const text = `func.func @main(%x: ${t}) -> tensor<50xf32> {
  %0 = array.sort %x dim = 0 ascending : ${t}
  %1 = array.slice %0 [0:50:1] : ${t} to tensor<50xf32>
  return %1 : tensor<50xf32>
}`;
    const of = (value: (i: number) => number): Case => ({
      text,
      args: [{ shape: [16384], data: Float32Array.from({ length: 16384 }, (_, i) => value(i)) }],
    });
    // A sample takes every sixteenth.
    return [
      of((i) => (i % 16 === 0 ? i : -i)),
      of((i) => (i % 16 === 0 ? -i : i)),
      of(() => -0),
      of((i) => (i % 1000 === 7 ? -1 : 3)),
      of((i) => (i === 9000 ? Number.NaN : Math.sin(i))),
    ];
  });
});
