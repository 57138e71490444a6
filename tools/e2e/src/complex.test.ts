// Complex numbers: the interpreter against WebAssembly over ops, shapes and both types, and both against plain arithmetic.
import { parseModule } from '@budflow/ir';
import { Random } from '@budflow/numerics';
import { buildPipelineConfig, PassManager } from '@budflow/pass';
import { defaultPipeline } from '@budflow/transforms/pipelines';
import { createContext, createPassRegistry } from 'budflow';
import { describe, expect, test } from 'vitest';
import { type Case, check, integers, over, type } from './array-cases.js';
import { CONFIGURATIONS, PLAIN, runCompiled, type TestTensor } from './differential.js';

const PARTS = ['f32', 'f64'] as const;
type Part = (typeof PARTS)[number];

const random = new Random(7);
const SPECIAL = [0, -0, 1, -1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 1e-40, 3e38, -88, 710];

/** Pairs, every eighth number a special one. */
function complex(part: Part, shape: readonly number[], { plain = false } = {}): TestTensor {
  const count = 2 * shape.reduce((n, d) => n * d, 1);
  const number = () =>
    !plain && random.uint32() % 8 === 0 ? SPECIAL[random.uint32() % SPECIAL.length]! : random.uniform() * 6 - 3;
  const values = Array.from({ length: count }, number);
  return { shape, data: part === 'f32' ? Float32Array.from(values) : Float64Array.from(values) };
}

/** A program of several ops on %x and %y, of which each gives a result. */
function program(
  part: Part,
  shape: readonly number[],
  dynamic: readonly number[],
  ops: readonly (readonly [text: string, result?: 'whole' | 'part' | 'truth'])[],
): Case {
  const whole = type(`complex<${part}>`, shape, dynamic);
  const types = { whole, part: type(part, shape, dynamic), truth: type('i1', shape, dynamic) };
  const lines = ops.map(([text], i) => `  %${i} = array.${text.replaceAll('T', whole).replaceAll('P', types.part)}`);
  const results = ops.map(([, result = 'whole']) => types[result]);
  return {
    text: `func.func @main(%x: ${whole}, %y: ${whole}) -> (${results.join(', ')}) {
${lines.join('\n')}
  return ${ops.map((_, i) => `%${i}`).join(', ')} : ${results.join(', ')}
}`,
    args: [complex(part, shape), complex(part, shape)],
  };
}

const SHAPES = [[0], [1], [37], [3, 5]] as const;

describe('ops on complex numbers', () => {
  for (const part of PARTS) {
    check(`arithmetic, parts and comparisons of ${part}`, () =>
      over(SHAPES, (shape, dynamic) =>
        program(part, shape, dynamic, [
          ['add %x, %y : T'],
          ['sub %x, %y : T'],
          ['mul %x, %y : T'],
          ['div %x, %y : T'],
          ['neg %x : T'],
          ['conj %x : T'],
          ['sign %x : T'],
          ['abs %x : T', 'part'],
          ['real %x : T', 'part'],
          ['imag %x : T', 'part'],
          ['cmp eq, %x, %y : T', 'truth'],
          ['cmp ne, %x, %x : T', 'truth'],
          ['select %10, %x, %y : T'],
          ['complex %8, %7 : P'],
        ]),
      ),
    );
    const groups = [
      ['exp', 'expm1', 'log', 'log1p', 'sqrt', 'rsqrt'],
      ['sin', 'cos', 'tan', 'sinh', 'cosh', 'tanh'],
      ['asin', 'acos', 'atan', 'cbrt', 'sigmoid'],
    ];
    for (const group of groups)
      check(`${group.join(', ')} of ${part}`, () =>
        [[1], [37]].map((shape, i) =>
          program(part, shape, i === 1 ? [0] : [], [...group.map((f) => [`${f} %x : T`] as const)]),
        ),
      );
    check(`powers of ${part}`, () => [program(part, [29], [0], [['pow %x, %y : T']])]);
    check(`conversions to ${part}`, () =>
      over([[19]], (shape, dynamic) => {
        const from = type('i32', shape, dynamic);
        const [narrow, wide] = [type('complex<f32>', shape, dynamic), type('complex<f64>', shape, dynamic)];
        const to = type(`complex<${part}>`, shape, dynamic);
        return {
          text: `func.func @main(%i: ${from}, %a: ${narrow}, %b: ${wide}) -> (${to}, ${to}, ${to}) {
  %0 = array.cast %i : ${from} to ${to}
  %1 = array.cast %a : ${narrow} to ${to}
  %2 = array.cast %b : ${wide} to ${to}
  return %0, %1, %2 : ${to}, ${to}, ${to}
}`,
          args: [
            integers(
              'i32',
              shape,
              Array.from({ length: 19 }, (_, i) => i ** 7 - 100),
            ),
            complex('f32', shape),
            complex('f64', shape),
          ],
        };
      }),
    );
  }
});

describe('data movement of complex numbers', () => {
  for (const part of PARTS) {
    const c = `complex<${part}>`;
    check(`made, moved and cut, ${part}`, () => [
      {
        text: `func.func @main(%x: tensor<4x6x${c}>, %n: index) -> (tensor<6x4x${c}>, tensor<24x${c}>, tensor<2x3x${c}>, tensor<6x9x${c}>, tensor<8x6x${c}>, tensor<4x6x${c}>, tensor<3x4x6x${c}>, tensor<2x?x${c}>, tensor<3x5x${c}>, tensor<2x2x${c}>) {
  %0 = array.transpose %x perm = [1, 0] : tensor<4x6x${c}> to tensor<6x4x${c}>
  %1 = array.reshape %x : tensor<4x6x${c}> to tensor<24x${c}>
  %2 = array.slice %x [1:4:2, 0:6:2] : tensor<4x6x${c}> to tensor<2x3x${c}>
  %3 = array.pad %x low = [1, 2] high = [1, 1] value [1.5 : ${part}, -0.0 : ${part}] : tensor<4x6x${c}> to tensor<6x9x${c}>
  %4 = array.concat %x, %x dim = 0 : tensor<4x6x${c}>, tensor<4x6x${c}> to tensor<8x6x${c}>
  %5 = array.reverse %x dims = [1] : tensor<4x6x${c}>
  %6 = array.broadcast %x dims = [1, 2] : tensor<4x6x${c}> to tensor<3x4x6x${c}>
  %7 = array.full [0.25 : ${part}, 3.0 : ${part}], tensor<2x?x${c}> (%n)
  %8 = array.iota dim = 1 : tensor<3x5x${c}>
  %9 = array.constant dense<[[(1.0, 2.0), (3.0, -4.0)], [(0.5, 0.0), (-0.0, 1.0)]]> : tensor<2x2x${c}>
  return %0, %1, %2, %3, %4, %5, %6, %7, %8, %9 : tensor<6x4x${c}>, tensor<24x${c}>, tensor<2x3x${c}>, tensor<6x9x${c}>, tensor<8x6x${c}>, tensor<4x6x${c}>, tensor<3x4x6x${c}>, tensor<2x?x${c}>, tensor<3x5x${c}>, tensor<2x2x${c}>
}`,
        args: [complex(part, [4, 6]), 7],
      },
    ]);
    check(`indexed, ${part}`, () => [
      {
        text: `func.func @main(%x: tensor<5x4x${c}>, %u: tensor<2x2x${c}>, %i: tensor<3xi32>, %v: tensor<3x4x${c}>, %s: tensor<i32>) -> (tensor<2x2x${c}>, tensor<5x4x${c}>, tensor<3x4x${c}>, tensor<5x4x${c}>) {
  %0 = array.dynamic_slice %x [%s, %s] sizes = [2, 2] : tensor<5x4x${c}>, tensor<i32> to tensor<2x2x${c}>
  %1 = array.dynamic_update_slice %x, %u [%s, %s] : tensor<5x4x${c}>, tensor<2x2x${c}>, tensor<i32>
  %2 = array.gather %x, %i window = [1] collapsed = [0] map = [0] vector = 1 sizes = [1, 4] : tensor<5x4x${c}>, tensor<3xi32> to tensor<3x4x${c}>
  %3 = array.scatter %x at %i updates %v window = [1] collapsed = [0] map = [0] vector = 1 : tensor<5x4x${c}>, tensor<3xi32>, tensor<3x4x${c}> body(%a: ${c}, %b: ${c}) {
    %t = complex.add %a, %b : ${c}
    array.yield %t : ${c}
  }
  return %0, %1, %2, %3 : tensor<2x2x${c}>, tensor<5x4x${c}>, tensor<3x4x${c}>, tensor<5x4x${c}>
}`,
        args: [
          complex(part, [5, 4]),
          complex(part, [2, 2]),
          integers('i32', [3], [4, 0, 4]),
          complex(part, [3, 4]),
          integers('i32', [], [2]),
        ],
      },
    ]);
  }
});

describe('sums and products of complex numbers', () => {
  for (const part of PARTS) {
    const c = `complex<${part}>`;
    check(`reductions, ${part}`, () =>
      over([[0], [1], [5], [100], [2100], [3, 50], [70, 3]], (shape, dynamic) => {
        const from = type(c, shape, dynamic);
        const dims = [shape.length - 1];
        const to = type(c, shape.slice(0, -1), dynamic.slice(0, -1));
        const outer = type(
          c,
          shape.slice(1),
          dynamic.slice(1).map((d) => d - 1),
        );
        const reduce = (kind: string, d: readonly number[], result: string) =>
          `array.reduce ${kind} %x init %z dims = [${d}] : ${from}, tensor<${c}> to ${result}`;
        return {
          text: `func.func @main(%x: ${from}, %z: tensor<${c}>) -> (${to}, ${to}, ${outer}, tensor<${c}>) {
  %0 = ${reduce('add', dims, to)}
  %1 = ${reduce('mul', dims, to)}
  %2 = ${reduce('add', [0], outer)}
  %3 = ${reduce('add', [...shape.keys()], `tensor<${c}>`)}
  return %0, %1, %2, %3 : ${to}, ${to}, ${outer}, tensor<${c}>
}`,
          args: [complex(part, shape, { plain: shape.length > 1 }), complex(part, [], { plain: true })],
        };
      }),
    );
    check(`regions, several operands, scans and windows, ${part}`, () =>
      over([[1], [23]], (shape, dynamic) => {
        const [z, r] = [type(c, shape, dynamic), type(part, shape, dynamic)];
        const windows = type(c, [Math.max(0, shape[0]! - 2)], dynamic);
        return {
          text: `func.func @main(%x: ${z}, %z: tensor<${c}>) -> (tensor<${c}>, tensor<${part}>, ${z}, ${windows}, ${z}) {
  %a = array.abs %x : ${z}
  %zero = array.constant dense<0.0> : tensor<${part}>
  %0:2 = array.reduce %x, %a init %z, %zero dims = [0] : ${z}, ${r}, tensor<${c}>, tensor<${part}> to tensor<${c}>, tensor<${part}> body(%p: ${c}, %q: ${part}, %u: ${c}, %v: ${part}) {
    %t = arith.cmpf ogt, %v, %q : ${part}
    %m = arith.select %t, %u, %p : ${c}
    %n = arith.maximumf %q, %v : ${part}
    array.yield %m, %n : ${c}, ${part}
  }
  %2 = array.scan add %x init %z dim = 0 : ${z}, tensor<${c}>
  %3 = array.reduce_window mul %x init %z window = [3] : ${z}, tensor<${c}> to ${windows}
  %4 = array.map %x, %x : ${z}, ${z} to ${z} body(%p: ${c}, %q: ${c}) {
    %t = complex.mul %p, %q : ${c}
    %s = complex.sqrt %t : ${c}
    array.yield %s : ${c}
  }
  return %0#0, %0#1, %2, %3, %4 : tensor<${c}>, tensor<${part}>, ${z}, ${windows}, ${z}
}`,
          args: [complex(part, shape), complex(part, [], { plain: true })],
        };
      }),
    );
    check(`dot_general, ${part}`, () =>
      over(
        [
          [1, 1, 1],
          [2, 0, 3],
          [5, 7, 9],
          [33, 20, 18],
        ],
        ([m, k, n], dynamic) => {
          const matrix = (a: number, b: number) => type(c, [a, b], dynamic.length > 0 ? [0, 1] : []);
          return {
            text: `func.func @main(%a: ${matrix(m!, k!)}, %b: ${matrix(k!, n!)}) -> ${matrix(m!, n!)} {
  %0 = array.dot_general %a, %b contract = [1] x [0] : ${matrix(m!, k!)}, ${matrix(k!, n!)} -> ${matrix(m!, n!)}
  return %0 : ${matrix(m!, n!)}
}`,
            args: [complex(part, [m!, k!]), complex(part, [k!, n!])],
          };
        },
      ),
    );
    check(`loops and branches carry arrays of them, ${part}`, () => [
      {
        text: `func.func @main(%x: tensor<9x${c}>, %n: index) -> tensor<9x${c}> {
  %r = loop.for %i = 0 to %n step 1 iter_args(%z = %x) -> (tensor<9x${c}>) {
    %s = array.mul %z, %z : tensor<9x${c}>
    %t = array.add %s, %x : tensor<9x${c}>
    loop.yield %t : tensor<9x${c}>
  }
  %c2 = arith.constant 2 : index
  %big = arith.cmpi sgt, %n, %c2 : index
  %q = loop.if %big -> (tensor<9x${c}>) {
    %u = array.conj %r : tensor<9x${c}>
    loop.yield %u : tensor<9x${c}>
  } else {
    loop.yield %x : tensor<9x${c}>
  }
  return %q : tensor<9x${c}>
}`,
        args: [complex(part, [9]), 3],
      },
    ]);
  }
});

describe('complex numbers of the host program', () => {
  for (const part of PARTS) {
    const c = `complex<${part}>`;
    check(`are read, computed with, carried and written, ${part}`, () => [
      {
        text: `func.func @main(%x: tensor<4x${c}>, %n: index) -> tensor<4x${c}> {
  %z = array.constant dense<(0.0, 0.0)> : tensor<${c}>
  %s = array.reduce add %x init %z dims = [0] : tensor<4x${c}>, tensor<${c}> to tensor<${c}>
  %e = array.extract %s : tensor<${c}> -> ${c}
  %r = loop.for %i = 0 to %n step 1 iter_args(%a = %e) -> (${c}) {
    %q = complex.mul %a, %e : ${c}
    %w = complex.sqrt %q : ${c}
    loop.yield %w : ${c}
  }
  %t = array.from_scalar %r : ${c} -> tensor<${c}>
  %b = array.broadcast %t dims = [] : tensor<${c}> to tensor<4x${c}>
  return %b : tensor<4x${c}>
}`,
        args: [complex(part, [4], { plain: true }), 3],
      },
    ]);
  }
});

describe('complex numbers against plain arithmetic', () => {
  for (const part of PARTS) {
    test(`products, quotients, sums and matrix products of ${part} in every configuration`, () => {
      const c = `complex<${part}>`;
      const [n, k] = [40, 23];
      const [x, y] = [complex(part, [n], { plain: true }), complex(part, [n], { plain: true })];
      const [a, b] = [complex(part, [3, k], { plain: true }), complex(part, [k, 17], { plain: true })];
      const text = `func.func @main(%x: tensor<${n}x${c}>, %y: tensor<${n}x${c}>, %a: tensor<3x${k}x${c}>, %b: tensor<${k}x17x${c}>) -> (tensor<${n}x${c}>, tensor<${n}x${c}>, tensor<${c}>, tensor<3x17x${c}>) {
  %z = array.constant dense<(0.0, 0.0)> : tensor<${c}>
  %0 = array.mul %x, %y : tensor<${n}x${c}>
  %1 = array.div %x, %y : tensor<${n}x${c}>
  %2 = array.reduce add %0 init %z dims = [0] : tensor<${n}x${c}>, tensor<${c}> to tensor<${c}>
  %3 = array.dot_general %a, %b contract = [1] x [0] : tensor<3x${k}x${c}>, tensor<${k}x17x${c}> -> tensor<3x17x${c}>
  return %0, %1, %2, %3 : tensor<${n}x${c}>, tensor<${n}x${c}>, tensor<${c}>, tensor<3x17x${c}>
}`;
      const at = ({ data }: TestTensor, i: number): [number, number] => [Number(data[2 * i]), Number(data[2 * i + 1])];
      const times = ([p, q]: [number, number], [u, v]: [number, number]): [number, number] => [
        p * u - q * v,
        p * v + q * u,
      ];
      const products = Array.from({ length: n }, (_, i) => times(at(x, i), at(y, i)));
      const quotients = products.map((_, i) => {
        const [u, v] = at(y, i);
        const d = u * u + v * v;
        const [p, q] = times(at(x, i), [u, -v]);
        return [p / d, q / d];
      });
      const sum = products.reduce(([p, q], [u, v]) => [p + u, q + v]);
      const matrix = Array.from({ length: 3 * 17 }, (_, e) => {
        let total: [number, number] = [0, 0];
        for (let i = 0; i < k; i++) {
          const [p, q] = times(at(a, Math.floor(e / 17) * k + i), at(b, i * 17 + (e % 17)));
          total = [total[0] + p, total[1] + q];
        }
        return total;
      });
      const expected = [products.flat(), quotients.flat(), sum, matrix.flat()];
      const digits = part === 'f32' ? 3e-5 : 1e-12;
      for (const configuration of CONFIGURATIONS)
        runCompiled(text, [x, y, a, b], configuration).forEach(({ data }, r) => {
          expect(data.length).toBe(expected[r]!.length);
          const scale = Math.max(...expected[r]!.map(Math.abs));
          expected[r]!.forEach((v, i) => {
            expect(Math.abs(Number(data[i]) - v)).toBeLessThan(digits * scale);
          });
        });
    });
  }

  test('elementwise products are vectors: contiguous loads, shuffles and contiguous stores', () => {
    const context = createContext();
    const z = 'tensor<?xcomplex<f32>>';
    const module = parseModule(
      `func.func @main(%x: ${z}, %y: ${z}) -> ${z} {
  %0 = array.mul %x, %y : ${z}
  return %0 : ${z}
}`,
      context,
    )!;
    const { pipeline } = buildPipelineConfig(defaultPipeline(3, PLAIN, 'strict'), createPassRegistry());
    expect(new PassManager(pipeline).run(module).succeeded).toBe(true);
    const ir = module.toString();
    expect(ir).toMatch(/simd\.load .* vector<4xf32>/);
    expect(ir).toMatch(/simd\.shuffle .* \[1, 3, 5, 7\]/);
    expect(ir).toMatch(/simd\.shuffle .* \[0, 4, 1, 5\]/);
    expect(ir).toMatch(/simd\.store .* vector<4xf32>/);
    expect(ir).not.toContain('simd.scatter');
  });
});
