// Ops of the array dialect one by one: the interpreter against WebAssembly, over shapes and element types.
import { describe } from 'vitest';
import { type Case, check, over, tensor, type } from './array-cases.js';
import { ELEMENTS, type Element } from './random/program.js';

describe('array.reverse', () => {
  for (const element of ELEMENTS)
    check(`of ${element}`, () =>
      over([[0], [1], [37], [3, 0], [5, 1], [4, 19], [3, 2, 17]], (shape, dynamic) => {
        const t = type(element, shape, dynamic);
        const last = shape.length - 1;
        return {
          text: `func.func @main(%x: ${t}) -> (${t}, ${t}) {
  %0 = array.reverse %x dims = [${last}] : ${t}
  %1 = array.reverse %x dims = [${shape.map((_, d) => d).join(', ')}] : ${t}
  return %0, %1 : ${t}, ${t}
}`,
          args: [tensor(element, shape)],
        };
      }),
    );
  check('fused with what surrounds it', () =>
    over([[33], [5, 21]], (shape, dynamic) => {
      const t = type('f32', shape, dynamic);
      return {
        text: `func.func @main(%x: ${t}, %y: ${t}) -> ${t} {
  %0 = array.mul %x, %y : ${t}
  %1 = array.reverse %0 dims = [${shape.length - 1}] : ${t}
  %2 = array.add %1, %x : ${t}
  return %2 : ${t}
}`,
        args: [tensor('f32', shape), tensor('f32', shape)],
      };
    }),
  );
});

describe('array.concat', () => {
  for (const element of ELEMENTS)
    check(`of ${element}`, () =>
      over([[1], [17], [3, 5], [4, 16], [2, 3, 9]], (shape, dynamic) =>
        concat(element, shape, shape.length - 1, [0, 3, 18], dynamic),
      ).concat(
        over(
          [
            [3, 5],
            [4, 16],
          ],
          (shape, dynamic) => concat(element, shape, 0, [2, 0, 1], dynamic),
        ),
      ),
    );
  check('with producers and consumers', () =>
    over(
      [
        [4, 16],
        [7, 3],
      ],
      (shape, dynamic) => {
        const t = type('f32', shape, dynamic);
        const both = type('f32', [shape[0]!, 2 * shape[1]!], dynamic);
        return {
          text: `func.func @main(%x: ${t}, %y: ${t}, %z: tensor<f32>) -> (${both}, tensor<${dynamic.length ? '?' : shape[0]}xf32>) {
  %0 = array.exp %x : ${t}
  %1 = array.reverse %y dims = [0] : ${t}
  %2 = array.concat %0, %1 dim = 1 : ${t}, ${t} to ${both}
  %3 = array.neg %2 : ${both}
  %4 = array.reduce add %2 init %z dims = [1] : ${both}, tensor<f32> to tensor<${dynamic.length ? '?' : shape[0]}xf32>
  return %3, %4 : ${both}, tensor<${dynamic.length ? '?' : shape[0]}xf32>
}`,
          args: [tensor('f32', shape), tensor('f32', shape), { shape: [], data: Float32Array.of(1.5) }],
        };
      },
    ),
  );
});

/** Concatenation of the shape with others of other sizes along `dim`. */
function concat(
  element: Element,
  shape: readonly number[],
  dim: number,
  sizes: readonly number[],
  dynamic: readonly number[],
): Case {
  const shapes = [shape, ...sizes.map((n) => shape.map((d, i) => (i === dim ? n : d)))];
  const types = shapes.map((s) => type(element, s, dynamic));
  const total = shapes.reduce((n, s) => n + s[dim]!, 0);
  const to = type(
    element,
    shape.map((d, i) => (i === dim ? total : d)),
    dynamic,
  );
  return {
    text: `func.func @main(${types.map((t, i) => `%x${i}: ${t}`).join(', ')}) -> ${to} {
  %0 = array.concat ${types.map((_, i) => `%x${i}`).join(', ')} dim = ${dim} : ${types.join(', ')} to ${to}
  return %0 : ${to}
}`,
    args: shapes.map((s) => tensor(element, s)),
  };
}

describe('array.bitcast', () => {
  for (const [from, to] of [
    ['i32', 'f32'],
    ['i64', 'f64'],
    ['i8', 'ui8'],
    ['ui8', 'i8'],
    ['i32', 'ui32'],
    ['f32', 'f32'],
    ['i1', 'i1'],
  ] as const)
    check(`${from} to ${to}`, () =>
      over([[0], [1], [37], [3, 19]], (shape, dynamic) => ({
        text: `func.func @main(%x: ${type(from, shape, dynamic)}) -> ${type(to, shape, dynamic)} {
  %0 = array.bitcast %x : ${type(from, shape, dynamic)} to ${type(to, shape, dynamic)}
  return %0 : ${type(to, shape, dynamic)}
}`,
        args: [tensor(from, shape)],
      })),
    );
  check('f32 to i32 of numbers', () =>
    over([[37]], (shape, dynamic) => ({
      text: `func.func @main(%x: ${type('f32', shape, dynamic)}) -> ${type('i32', shape, dynamic)} {
  %0 = array.bitcast %x : ${type('f32', shape, dynamic)} to ${type('i32', shape, dynamic)}
  %1 = array.not %0 : ${type('i32', shape, dynamic)}
  return %1 : ${type('i32', shape, dynamic)}
}`,
      args: [{ shape, data: Float32Array.from({ length: 37 }, (_, i) => (i - 18) / 3) }],
    })),
  );
});

describe('array.map', () => {
  check('of floats, with several operands', () =>
    over([[0], [1], [37], [5, 19]], (shape, dynamic) => {
      const [f, b] = [type('f32', shape, dynamic), type('i1', shape, dynamic)];
      return {
        text: `func.func @main(%x: ${f}, %y: ${f}, %c: ${b}) -> (${f}, ${b}) {
  %0 = array.map %x, %y, %c : ${f}, ${f}, ${b} to ${f} body(%a: f32, %b: f32, %p: i1) {
    %1 = arith.mulf %a, %b : f32
    %2 = arith.select %p, %1, %b : f32
    array.yield %2 : f32
  }
  %3 = array.neg %0 : ${f}
  %4 = array.map %3, %x : ${f}, ${f} to ${b} body(%a: f32, %b: f32) {
    %5 = arith.cmpf olt, %a, %b : f32
    array.yield %5 : i1
  }
  return %3, %4 : ${f}, ${b}
}`,
        args: [tensor('f32', shape), tensor('f32', shape), tensor('i1', shape)],
      };
    }),
  );
  check('of unsigned elements, which the region sees without a sign', () =>
    over([[37]], (shape, dynamic) => {
      const t = type('ui8', shape, dynamic);
      return {
        text: `func.func @main(%x: ${t}) -> ${t} {
  %0 = array.map %x : ${t} to ${t} body(%a: i8) {
    %c = arith.constant 3 : i8
    %1 = arith.shrsi %a, %c : i8
    array.yield %1 : i8
  }
  return %0 : ${t}
}`,
        args: [tensor('ui8', shape)],
      };
    }),
  );
});

describe('array.empty', () => {
  check('is zero', () => [
    {
      text: `func.func @main(%n: index) -> (tensor<4x?xf32>, tensor<3xi64>) {
  %0 = array.empty : tensor<4x?xf32> (%n)
  %1 = array.empty : tensor<3xi64>
  return %0, %1 : tensor<4x?xf32>, tensor<3xi64>
}`,
      args: [5],
    },
  ]);
});
