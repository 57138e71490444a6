// Windows, scans and places of extremes: the interpreter against WebAssembly, over shapes and element types.
import { describe } from 'vitest';
import { type Case, check, over, tensor, type } from './array-cases.js';
import type { TestArgument } from './differential.js';
import { ELEMENTS, type Element } from './random/program.js';

function scalar(element: Element): TestArgument {
  return tensor(element, []);
}

/** Kinds that the elements have. */
function kindsOf(element: Element): readonly string[] {
  if (element === 'i1') return ['and', 'or', 'xor'];
  return element.startsWith('f') ? ['add', 'mul', 'min', 'max'] : ['add', 'min', 'max', 'xor'];
}

interface Window {
  readonly window: readonly number[];
  readonly strides?: readonly number[];
  readonly base_dilation?: readonly number[];
  readonly window_dilation?: readonly number[];
  readonly low?: readonly number[];
  readonly high?: readonly number[];
}

function windowText(window: Window): string {
  return ['window', 'strides', 'base_dilation', 'window_dilation', 'low', 'high']
    .flatMap((name) => {
      const list = window[name as keyof Window];
      return list ? [`${name} = [${list.join(', ')}]`] : [];
    })
    .join(' ');
}

/** Positions of a window, as the specification counts them. */
function positions(shape: readonly number[], w: Window): number[] {
  return shape.map((size, d) => {
    const spread = size === 0 ? 0 : (size - 1) * (w.base_dilation?.[d] ?? 1) + 1;
    const padded = spread + (w.low?.[d] ?? 0) + (w.high?.[d] ?? 0);
    const length = (w.window[d]! - 1) * (w.window_dilation?.[d] ?? 1) + 1;
    return padded < length ? 0 : Math.floor((padded - length) / (w.strides?.[d] ?? 1)) + 1;
  });
}

function reduceWindow(
  element: Element,
  kind: string,
  shape: readonly number[],
  w: Window,
  dynamic: readonly number[],
): Case {
  const from = type(element, shape, dynamic);
  const to = type(element, positions(shape, w), dynamic);
  return {
    text: `func.func @main(%x: ${from}, %z: tensor<${element}>) -> ${to} {
  %0 = array.reduce_window ${kind} %x init %z ${windowText(w)} : ${from}, tensor<${element}> to ${to}
  return %0 : ${to}
}`,
    args: [tensor(element, shape), scalar(element)],
  };
}

describe('array.reduce_window', () => {
  for (const element of ELEMENTS)
    check(`of ${element}`, () =>
      kindsOf(element).flatMap((kind, i) =>
        over([[[33], [5, 19], [3, 4, 17], [4, 16]][i]!], (shape, dynamic) =>
          reduceWindow(element, kind, shape, { window: shape.map((_, d) => 2 + (d % 2)) }, dynamic),
        ),
      ),
    );
  const windows: readonly (readonly [shape: readonly number[], window: Window])[] = [
    [[17], { window: [3], strides: [2] }],
    [[17], { window: [3], low: [2], high: [1] }],
    [[17], { window: [3], low: [-2], high: [-1] }],
    [[9], { window: [4], base_dilation: [3], strides: [2], low: [1], high: [2] }],
    [[19], { window: [4], window_dilation: [3], strides: [2] }],
    [[0], { window: [2], low: [2], high: [3] }],
    [[0], { window: [2], base_dilation: [3], low: [2], high: [3] }],
    [[1], { window: [2] }],
    [[2], { window: [5] }],
    [
      [6, 7],
      { window: [2, 3], strides: [2, 1], base_dilation: [1, 2], window_dilation: [2, 1], low: [1, 0], high: [0, 2] },
    ],
    [[3, 5, 4], { window: [1, 2, 1], low: [0, 1, 0] }],
  ];
  check('strides, dilations, padding', () =>
    windows.flatMap(([shape, w]) => [
      ...over([shape], (s, dynamic) => reduceWindow('f32', 'add', s, w, dynamic)),
      reduceWindow('i32', 'max', shape, w, []),
    ]),
  );
  const images: typeof windows = [
    [[1, 7, 8, 5], { window: [1, 3, 3, 1], strides: [1, 2, 2, 1], low: [0, 1, 0, 0], high: [0, 1, 1, 0] }],
    [[2, 3, 9, 18], { window: [1, 1, 3, 3], strides: [1, 1, 2, 2], low: [0, 0, 1, 1], high: [0, 0, 1, 1] }],
    [[11, 19], { window: [2, 3], strides: [3, 3], window_dilation: [2, 1], low: [2, 2], high: [1, 3] }],
    ...windows.filter(([, w]) => w.low !== undefined),
  ];
  check('padding that is known', () =>
    images.flatMap(([shape, w], i) =>
      (['f32 max', 'f32 add', 'i32 min'] as const).map((of) => {
        const [element, kind] = of.split(' ') as [Element, string];
        const { text, args } = reduceWindow(element, kind, shape, w, []);
        const value = element === 'f32' ? ['-0.0', '0xFF800000', '1.5'][i % 3] : '7';
        const known = `{\n  %z = array.constant dense<${value}> : tensor<${element}>`;
        return { text: text.replace(/, %z: tensor<\w+>/, '').replace('{', known), args: args.slice(0, 1) };
      }),
    ),
  );
  check('with several operands, a region and what surrounds it', () => [
    {
      text: `func.func @main(%x: tensor<4x?xf32>, %y: tensor<4x?xi32>, %z: tensor<f32>, %w: tensor<i32>) -> (tensor<4x?xf32>, tensor<4x?xi32>) {
  %n = array.neg %x : tensor<4x?xf32>
  %0:2 = array.reduce_window %n, %y init %z, %w window = [2, 2] high = [1, 1] : tensor<4x?xf32>, tensor<4x?xi32>, tensor<f32>, tensor<i32> to tensor<4x?xf32>, tensor<4x?xi32> body(%a: f32, %b: i32, %c: f32, %d: i32) {
    %1 = arith.cmpf olt, %c, %a : f32
    %2 = arith.select %1, %c, %a : f32
    %3 = arith.select %1, %d, %b : i32
    array.yield %2, %3 : f32, i32
  }
  %4 = array.exp %0#0 : tensor<4x?xf32>
  return %4, %0#1 : tensor<4x?xf32>, tensor<4x?xi32>
}`,
      args: [tensor('f32', [4, 9]), tensor('i32', [4, 9]), scalar('f32'), scalar('i32')],
    },
  ]);
});

describe('array.scan', () => {
  for (const element of ELEMENTS)
    check(`of ${element}`, () =>
      kindsOf(element).flatMap((kind, i) =>
        over([[[0], [1], [37], [5, 19]][i]!, [3, 4, 17]], (shape, dynamic) => {
          const t = type(element, shape, dynamic);
          const dim = i % shape.length;
          const how = ['', ' exclusive', ' reverse', ' exclusive reverse'][i];
          return {
            text: `func.func @main(%x: ${t}, %z: tensor<${element}>) -> ${t} {
  %0 = array.scan ${kind} %x init %z dim = ${dim}${how} : ${t}, tensor<${element}>
  return %0 : ${t}
}`,
            args: [tensor(element, shape), scalar(element)],
          };
        }),
      ),
    );
  check('in blocks along the last dimension', () =>
    (['f32', 'f64', 'i8', 'ui8', 'i32', 'i64'] as const).flatMap((element) =>
      ['add', element.startsWith('f') ? 'mul' : 'xor', 'max'].flatMap((kind, k) =>
        over([[71], [3, 37]], (shape, dynamic) => {
          const t = type(element, shape, dynamic);
          const how = ['', ' exclusive', ' reverse', ' exclusive reverse'][(k + shape.length + dynamic.length) % 4];
          return {
            text: `func.func @main(%x: ${t}, %z: tensor<${element}>) -> ${t} {
  %0 = array.scan ${kind} %x init %z dim = ${shape.length - 1}${how} : ${t}, tensor<${element}>
  return %0 : ${t}
}`,
            args: [tensor(element, shape), scalar(element)],
          };
        }),
      ),
    ),
  );
  check('over an operand that dies, and with a region', () =>
    over([[6, 19]], (shape, dynamic) => {
      const t = type('f32', shape, dynamic);
      return {
        text: `func.func @main(%x: ${t}, %z: tensor<f32>) -> ${t} {
  %0 = array.exp %x : ${t}
  %1 = array.scan add %0 init %z dim = 0 exclusive : ${t}, tensor<f32>
  %2 = array.scan %1 init %z dim = 1 reverse : ${t}, tensor<f32> body(%a: f32, %b: f32) {
    %3 = arith.mulf %a, %b : f32
    %4 = arith.addf %3, %b : f32
    array.yield %4 : f32
  }
  return %2 : ${t}
}`,
        args: [tensor('f32', shape), scalar('f32')],
      };
    }),
  );
});

describe('array.argmin and array.argmax', () => {
  for (const element of ELEMENTS)
    check(`of ${element}`, () =>
      over([[1], [300], [5, 19], [3, 4, 17], [3, 150], [0, 3]], (shape, dynamic) => {
        const from = type(element, shape, dynamic);
        const dim = shape.length - 1;
        const rest = shape.slice(0, dim);
        const [to, wide] = ['i32', 'i64'].map((e) => type(e, rest, dynamic.slice(0, dim)));
        const first = type('i32', shape.slice(1), dynamic.slice(0, dim));
        const outer = shape[0] === 0 ? [] : [first];
        return {
          text: `func.func @main(%x: ${from}) -> (${[to, wide, ...outer].join(', ')}) {
  %0 = array.argmin %x dim = ${dim} : ${from} to ${to}
  %1 = array.argmax %x dim = ${dim} : ${from} to ${wide}
  ${outer.length ? `%2 = array.argmax %x dim = 0 : ${from} to ${first}` : ''}
  return %0, %1${outer.length ? ', %2' : ''} : ${[to, wide, ...outer].join(', ')}
}`,
          args: [tensor(element, shape)],
        };
      }),
    );
  check('of NaN and equal zeros', () => [
    {
      text: `func.func @main(%x: tensor<4x5xf32>) -> (tensor<4xi32>, tensor<4xi32>) {
  %0 = array.argmin %x dim = 1 : tensor<4x5xf32> to tensor<4xi32>
  %1 = array.argmax %x dim = 1 : tensor<4x5xf32> to tensor<4xi32>
  return %0, %1 : tensor<4xi32>, tensor<4xi32>
}`,
      args: [
        {
          shape: [4, 5],
          // biome-ignore format: rows
          data: Float32Array.of(1, NaN, 9, NaN, -9, 0, -0, 0, -0, 0, NaN, 1, 2, 3, -1, Infinity, -Infinity, -Infinity, Infinity, NaN),
        },
      ],
    },
  ]);
});

describe('array.select_and_scatter', () => {
  const cases: readonly (readonly [shape: readonly number[], window: Window])[] = [
    [[8], { window: [2], strides: [2] }],
    [[9], { window: [3], strides: [1], low: [1], high: [1] }],
    [[6, 7], { window: [2, 3], strides: [2, 2] }],
    [[2, 6, 7, 3], { window: [1, 3, 3, 1], strides: [1, 2, 2, 1], low: [0, 1, 0, 0], high: [0, 0, 2, 0] }],
    [[3], { window: [2], strides: [1], low: [3], high: [3] }],
  ];
  for (const element of ['f32', 'f64', 'i32', 'ui8'] as const) {
    const [s, float] = [element === 'ui8' ? 'i8' : element, element.startsWith('f')];
    check(`of ${element}`, () =>
      cases.flatMap(([shape, w]) =>
        over([shape], (_, dynamic) => {
          const [from, source] = [type(element, shape, dynamic), type(element, positions(shape, w), dynamic)];
          return {
            text: `func.func @main(%x: ${from}, %s: ${source}, %z: tensor<${element}>) -> ${from} {
  %0 = array.select_and_scatter %x source %s init %z ${windowText(w)} : ${from}, ${source}, tensor<${element}> select(%a: ${s}, %b: ${s}) {
    %1 = ${float ? 'arith.cmpf oge' : 'arith.cmpi sge'}, %a, %b : ${s}
    array.yield %1 : i1
  } scatter(%c: ${s}, %d: ${s}) {
    %2 = ${float ? 'arith.addf' : 'arith.addi'} %c, %d : ${s}
    array.yield %2 : ${s}
  }
  return %0 : ${from}
}`,
            args: [tensor(element, shape), tensor(element, positions(shape, w)), scalar(element)],
          };
        }),
      ),
    );
  }
});
