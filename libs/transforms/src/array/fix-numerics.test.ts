import { ReduceOp } from '@budflow/dialect-array';
import type { Operation } from '@budflow/ir';
import { describe, expect, test } from 'vitest';
import { functionNamed, parse } from '../testing/kernels.js';
import { runMain, runPasses } from '../testing/programs.js';
import { fixNumerics, NUMERICS_ATTR } from './fix-numerics.js';

function fix(body: string, options = ''): Operation {
  const module = parse(body);
  runPasses(module, `builtin.module(fix-numerics${options})`, [fixNumerics]);
  return module;
}

/** The ops of main without constants and the return, as text without types. */
function lines(module: Operation): string[] {
  return functionNamed(module, 'main')
    .region(0)
    .entry.ops.filter((op) => op.name !== 'array.constant' && op.name !== 'func.return')
    .map((op) =>
      op
        .toString()
        .replace(/^.*? = /, '')
        .replace(/ : .*$/, ''),
    );
}

const muladd = `func.func @main(%a: tensor<8xf32>, %b: tensor<8xf32>, %c: tensor<8xf32>) -> tensor<8xf32> {
  %0 = array.mul %a, %b : tensor<8xf32>
  %1 = array.add %0, %c : tensor<8xf32>
  return %1 : tensor<8xf32>
}`;

const reduce = (
  type: string,
  kind: string,
  dims: string,
  result: string,
  element = 'f32',
  zero = '0.0',
) => `func.func @main(%x: tensor<${type}x${element}>) -> tensor<${result}${element}> {
  %z = array.constant dense<${zero}> : tensor<${element}>
  %0 = array.reduce ${kind} %x init %z dims = [${dims}] : tensor<${type}x${element}>, tensor<${element}> to tensor<${result}${element}>
  return %0 : tensor<${result}${element}>
}`;

const matmulAsReduce = `func.func @main(%a: tensor<4x5xf32>, %b: tensor<5x6xf32>) -> tensor<4x6xf32> {
  %z = array.constant dense<0.0> : tensor<f32>
  %0 = array.broadcast %a dims = [0, 1] : tensor<4x5xf32> to tensor<4x5x6xf32>
  %1 = array.broadcast %b dims = [1, 2] : tensor<5x6xf32> to tensor<4x5x6xf32>
  %2 = array.mul %0, %1 : tensor<4x5x6xf32>
  %3 = array.reduce add %2 init %z dims = [1] : tensor<4x5x6xf32>, tensor<f32> to tensor<4x6xf32>
  return %3 : tensor<4x6xf32>
}`;

const dot = (
  lhs: string,
  rhs: string,
  contract: string,
  result: string,
  element = 'f32',
) => `func.func @main(%a: tensor<${lhs}x${element}>, %b: tensor<${rhs}x${element}>) -> tensor<${result}${element}> {
  %0 = array.dot_general %a, %b contract = ${contract} : tensor<${lhs}x${element}>, tensor<${rhs}x${element}> -> tensor<${result}${element}>
  return %0 : tensor<${result}${element}>
}`;

describe('fix-numerics: contraction', () => {
  test('a product and a sum become one op, as the target rounds', () => {
    expect(lines(fix(muladd))).toEqual(['array.fma %arg0, %arg1, %arg2 {kind = "relaxed"}']);
    expect(lines(fix(muladd, '{target=x86-64-v3}'))).toEqual(['array.fma %arg0, %arg1, %arg2']);
  });
  test('nothing contracts in strict, nor on a target without a multiply-add', () => {
    for (const options of ['{mode=strict}', '{mode=strict target=x86-64-v3}', '{target=wasm32-simd128}'])
      expect(lines(fix(muladd, options))).toEqual(['array.mul %arg0, %arg1', 'array.add %0, %arg2']);
  });
  test('a product that is used twice is rounded once for both', () => {
    const module = fix(
      muladd
        .replace('return', '%2 = array.abs %0 : tensor<8xf32>\n  %3 = array.max %1, %2 : tensor<8xf32>\n  return')
        .replace('return %1', 'return %3'),
    );
    expect(lines(module)[0]).toBe('array.mul %arg0, %arg1');
  });
  test('a reader that is dead does not count', () => {
    const module = fix(muladd.replace('return', '%2 = array.abs %0 : tensor<8xf32>\n  return'));
    expect(lines(module)).toEqual(['array.fma %arg0, %arg1, %arg2 {kind = "relaxed"}']);
  });
  test('of two products in a sum the first is contracted', () => {
    const module = fix(`func.func @main(%a: tensor<8xf32>, %b: tensor<8xf32>) -> tensor<8xf32> {
  %0 = array.mul %a, %a : tensor<8xf32>
  %1 = array.mul %b, %b : tensor<8xf32>
  %2 = array.add %0, %1 : tensor<8xf32>
  return %2 : tensor<8xf32>
}`);
    expect(lines(module)).toEqual(['array.mul %arg1, %arg1', 'array.fma %arg0, %arg0, %0 {kind = "relaxed"}']);
  });
  test('integers and narrow floats do not contract', () => {
    for (const element of ['i32', 'f16', 'bf16']) expect(lines(fix(muladd.replaceAll('f32', element)))).toHaveLength(2);
  });
  test('functions of floats that expand contract inside, and nothing else', () => {
    const text = (element: string) => `func.func @main(%x: tensor<8x${element}>) -> tensor<8x${element}> {
  %0 = array.pow %x, %x : tensor<8x${element}>
  %1 = array.sign %0 : tensor<8x${element}>
  return %1 : tensor<8x${element}>
}`;
    expect(lines(fix(text('f32')))).toEqual(['array.pow %arg0, %arg0 {contract = "relaxed"}', 'array.sign %0']);
    expect(lines(fix(text('i32')))).toEqual(['array.pow %arg0, %arg0', 'array.sign %0']);
    const functions = ['sin', 'atan', 'cosh', 'cbrt', 'exp'];
    for (const name of [...functions, 'sqrt', 'round', 'trunc'])
      expect(lines(fix(text('f64').replaceAll('array.sign', `array.${name}`)))[1]).toBe(
        functions.includes(name) ? `array.${name} %0 {contract = "relaxed"}` : `array.${name} %0`,
      );
  });
  test('a sum of products takes them unrounded, unless something else reads the product', () => {
    const text = (result: string) => `func.func @main(%x: tensor<4x8xf32>) -> ${result} {
  %z = array.constant dense<0.0> : tensor<f32>
  %p = array.mul %x, %x : tensor<4x8xf32>
  %s = array.reduce add %p init %z dims = [1] : tensor<4x8xf32>, tensor<f32> to tensor<4xf32>
  return %s${result.includes(',') ? ', %p' : ''} : ${result.replace(/[()]/g, '')}
}`;
    expect(lines(fix(text('tensor<4xf32>')))[1]).toContain('contract = "relaxed"');
    expect(lines(fix(text('(tensor<4xf32>, tensor<4x8xf32>)')))[1]).not.toContain('contract');
  });
});

describe('fix-numerics: orders', () => {
  test('the last dimensions are reduced in lanes, outer ones row by row', () => {
    expect(lines(fix(reduce('4x8', 'add', '1', '4x')))[0]).toContain('order = #array.order<canonical>');
    expect(lines(fix(reduce('4x8', 'add', '0', '8x')))[0]).toContain('order = #array.order<outer, block = 1024>');
    expect(lines(fix(reduce('4x8', 'add', '0, 1', '')))[0]).toContain('order = #array.order<canonical>');
    expect(lines(fix(reduce('4x8', 'max', '1', '4x', 'i32', '0')))[0]).toContain('order = #array.order<canonical>');
  });
  test('groups of dimensions apart are reduced one after the other, the last first, with the init last', () => {
    const module = fix(reduce('3x4x5', 'add', '0, 2', '4x', 'f32', '2.5'), '{mode=strict}');
    expect(lines(module)).toEqual([
      'array.full -0.000000e+00',
      'array.reduce add %arg0 init %0 dims = [2] {order = #array.order<canonical>}',
      'array.reduce add %1 init %cst dims = [0] {order = #array.order<outer, block = 1024>}',
    ]);
  });
  for (const [dims, result] of [
    ['1', '3x5x'],
    ['2', '3x4x'],
    ['0, 2', '4x'],
    ['0', '4x5x'],
    ['0, 1, 2', ''],
  ] as const)
    test(`what strict writes is what a reduction over [${dims}] without an order means`, () => {
      for (const kind of ['add', 'mul']) {
        const text = reduce('3x4x5', kind, dims, result, 'f32', '0.5');
        expect(runMain(fix(text, '{mode=strict}'))).toEqual(runMain(parse(text)));
      }
    });
  test('a region of one addition has the order of a sum', () => {
    const region = reduce('48x3', '', '0, 1', '', 'f32', '0.5').replace(
      'tensor<f32>\n  return',
      'tensor<f32> body(%a: f32, %b: f32) {\n %1 = arith.addf %a, %b : f32\n array.yield %1 : f32\n }\n  return',
    );
    const fixed = fix(region, '{mode=strict}');
    expect(lines(fixed)).toEqual(lines(fix(reduce('48x3', 'add', '0, 1', '', 'f32', '0.5'), '{mode=strict}')));
    expect(runMain(fixed)).toEqual(runMain(parse(region)));
  });

  test('dimensions that are not walked together are reduced one after the other, as far as the mode allows', () => {
    const inside = (
      kind: string,
      columns: number,
    ) => `func.func @main(%x: tensor<8x${columns + 2}xf32>, %z: tensor<f32>) -> tensor<f32> {
      %0 = array.slice %x [1:7:1, 1:${columns + 1}:1] : tensor<8x${columns + 2}xf32> to tensor<6x${columns}xf32>
      %1 = array.abs %0 : tensor<6x${columns}xf32>
      %2 = array.reduce ${kind} %1 init %z dims = [0, 1] : tensor<6x${columns}xf32>, tensor<f32> to tensor<f32>
      return %2 : tensor<f32>
    }`;
    const reductions = (text: string, mode: string) =>
      lines(fix(text, `{mode=${mode}}`)).flatMap(
        (l) => /^array.reduce (\w+) .* (dims = \[[\d, ]+\])/.exec(l)?.slice(1).join(' ') ?? [],
      );
    const apart = ['add dims = [1]', 'add dims = [0]'];
    expect(reductions(inside('add', 94), 'default')).toEqual(apart);
    // The order of a sum is that of its elements in strict; that of a maximum is free.
    expect(reductions(inside('add', 94), 'strict')).toEqual(['add dims = [0, 1]']);
    expect(reductions(inside('max', 94), 'strict')).toEqual(['max dims = [1]', 'max dims = [0]']);
    // Short rows do not fill the lanes; without a window the rows are one.
    expect(reductions(inside('add', 5), 'default')).toEqual(['add dims = [0, 1]']);
    expect(reductions(reduce('8x96', 'max', '0, 1', ''), 'default')).toEqual(['max dims = [0, 1]']);
  });

  test('sums in the shape of a matrix product run in ascending order', () => {
    const [, , , sum] = lines(fix(matmulAsReduce));
    expect(sum).toBe(
      'array.reduce add %2 init %cst dims = [1] {contract = "relaxed", order = #array.order<sequential>}',
    );
  });
  test('so do other reductions of what two such factors make, but sums in strict not', () => {
    const pairs = (
      body: string,
      kind: string,
      m = 8,
    ) => `func.func @main(%a: tensor<${m}x32xf32>, %b: tensor<6x32xf32>) -> tensor<${m}x6xf32> {
  %z = array.constant dense<0.0> : tensor<f32>
  %0 = array.broadcast %a dims = [0, 2] : tensor<${m}x32xf32> to tensor<${m}x6x32xf32>
  %1 = array.broadcast %b dims = [1, 2] : tensor<6x32xf32> to tensor<${m}x6x32xf32>
  %2 = array.${body} : tensor<${m}x6x32xf32>
  %3 = array.mul %2, %2 : tensor<${m}x6x32xf32>
  %4 = array.reduce ${kind} %3 init %z dims = [2] : tensor<${m}x6x32xf32>, tensor<f32> to tensor<${m}x6xf32>
  return %4 : tensor<${m}x6xf32>
}`;
    const order = (text: string, options = '') => /order<(\w+)/.exec(lines(fix(text, options)).at(-1)!)![1];
    expect(order(pairs('sub %0, %1', 'add'))).toBe('sequential');
    expect(order(pairs('sub %0, %1', 'add'), '{mode=strict}')).toBe('canonical');
    // No order matters to a maximum.
    expect(order(pairs('sub %0, %1', 'max'), '{mode=strict}')).toBe('sequential');
    // One factor only, or too few rows for a tile.
    expect(order(pairs('sub %0, %0', 'max'))).toBe('canonical');
    expect(order(pairs('sub %0, %1', 'add', 2))).toBe('canonical');
  });
  test('a product in which one factor varies with every result dimension is no matrix product', () => {
    const text = matmulAsReduce
      .replace('%a: tensor<4x5xf32>', '%a: tensor<4x5x6xf32>')
      .replace(
        '%0 = array.broadcast %a dims = [0, 1] : tensor<4x5xf32> to tensor<4x5x6xf32>',
        '%0 = array.neg %a : tensor<4x5x6xf32>',
      );
    expect(lines(fix(text))[3]).toContain('#array.order<outer');
  });
  test('matrix products run in ascending order and contract', () => {
    expect(lines(fix(dot('4x5', '5x6', '[1] x [0]', '4x6x')))).toEqual([
      'array.dot_general %arg0, %arg1 contract = [1] x [0] {contract = "relaxed", order = #array.order<sequential>}',
    ]);
    expect(lines(fix(dot('4x5', '5x6', '[1] x [0]', '4x6x'), '{mode=strict}'))).toEqual([
      'array.dot_general %arg0, %arg1 contract = [1] x [0] {order = #array.order<sequential>}',
    ]);
  });
  test('products of vectors, and of matrices and vectors along rows, are sums in lanes', () => {
    for (const [lhs, rhs, contract, result] of [
      ['40', '40', '[0] x [0]', ''],
      ['4x40', '40', '[1] x [0]', '4x'],
      ['40', '4x40', '[0] x [1]', '4x'],
      ['4x40', '1x40', '[1] x [1]', '4x1x'],
    ] as const) {
      const text = dot(lhs, rhs, contract, result);
      const module = fix(text);
      const sum = functionNamed(module, 'main')
        .region(0)
        .entry.ops.find((op) => ReduceOp.is(op));
      expect(sum?.toString()).toContain('contract = "relaxed", order = #array.order<canonical>');
      const [exact, lanes] = [runMain(parse(text))[0]!, runMain(module)[0]!];
      exact.split(' ').forEach((x, i) => {
        expect(Number(lanes.split(' ')[i])).toBeCloseTo(Number(x), 3);
      });
      expect(lines(fix(text, '{mode=strict}'))[0]).toContain('dot_general');
    }
  });
  test('a product along columns, integers, and dynamic sizes', () => {
    expect(lines(fix(dot('40x4', '40', '[0] x [0]', '4x')))[0]).toContain('dot_general');
    expect(lines(fix(dot('40', '40', '[0] x [0]', '', 'i32')))[0]).toContain('dot_general');
    const dynamic = fix(dot('?x40', '40', '[1] x [0]', '?x'));
    expect(lines(dynamic).at(-1)).toContain('array.reduce add');
    expect(runMain(dynamic, { sizes: [7] })[0]!.split(' ')).toHaveLength(7);
  });
});

describe('fix-numerics: modes', () => {
  test('the mode is left in the module, and an order that is there stays', () => {
    const module = fix(
      reduce('4x8', 'add', '1', '4x').replace('dims = [1]', 'dims = [1] {order = #array.order<sequential>}'),
      '{mode=fast}',
    );
    expect(String(module.attr(NUMERICS_ATTR))).toBe('"fast"');
    expect(lines(module)[0]).toContain('#array.order<sequential>');
  });
  test('running twice changes nothing more', () => {
    for (const text of [muladd, matmulAsReduce, reduce('3x4x5', 'add', '0, 2', '4x')]) {
      const module = fix(text);
      const once = module.toString();
      runPasses(module, 'builtin.module(fix-numerics)', [fixNumerics]);
      expect(module.toString()).toBe(once);
    }
  });
  test('flags of the program are kept as far as the mode allows', () => {
    const text = muladd.replace(
      'array.add %0, %c',
      'array.add %0, %c {fastmath = #arith.fastmath<nnan,reassoc,contract>}',
    );
    expect(fix(text, '{mode=strict}').toString()).not.toContain('fastmath');
    expect(fix(text, '{target=wasm32-simd128}').toString()).toContain('fastmath = #arith.fastmath<nnan>');
    expect(
      fix(muladd, '{mode=fast target=wasm32-simd128}')
        .toString()
        .match(/#arith.fastmath<nnan,ninf,nsz,afn>/g),
    ).toHaveLength(2);
  });
  test('an unknown target is reported with the nearest name', () => {
    expect(() => fix(muladd, '{target=wasm32-simd}')).toThrow(
      /unknown target "wasm32-simd"; did you mean "wasm32-simd128"/,
    );
  });
});

describe('orders of scans', () => {
  const scan = (kind: string, dim: number, element = 'f32', shape = '5x37', attribute = '') => {
    const t = `tensor<${shape}x${element}>`;
    return `func.func @main(%x: ${t}, %z: tensor<${element}>) -> ${t} {
  %0 = array.scan ${kind} %x init %z dim = ${dim}${attribute} : ${t}, tensor<${element}>
  return %0 : ${t}
}`;
  };
  const order = (text: string, options = '') => /order = #array.order(<.*>)\}/.exec(lines(fix(text, options))[0]!)?.[1];

  test('sums and products of floats along the last dimension run in blocks', () => {
    expect(order(scan('add', 1))).toBe('<lanes = 4, accumulators = 1, block = 4>');
    expect(order(scan('mul', 1, 'f64', '5x?'))).toBe('<lanes = 4, accumulators = 1, block = 4>');
    const module = parse(scan('add', 1));
    const { statistics } = runPasses(module, 'builtin.module(fix-numerics)', [fixNumerics]);
    expect(statistics['scans']).toBe(1);
  });

  test('others, short ones, those that have an order, and all in strict do not', () => {
    for (const text of [scan('add', 0), scan('max', 1), scan('add', 1, 'i32'), scan('add', 1, 'f32', '5x7')])
      expect(order(text)).toBeUndefined();
    expect(order(scan('add', 1), '{mode=strict}')).toBeUndefined();
    expect(order(scan('add', 1, 'f32', '5x37', ' {order = #array.order<sequential>}'))).toBe('<sequential>');
  });
});

test('a reciprocal root is a division where other arithmetic takes its time', () => {
  const M = 'tensor<?x8xf32>';
  const root = (others: number, extra = '') => {
    const ops = Array.from({ length: others }, (_, i) => `  %p${i + 1} = array.mul %p${i}, %x : ${M}`).join('\n');
    return `func.func @main(%x: ${M}) -> ${M} {
  %p0 = array.rsqrt %x : ${M}
${ops}
${extra}  return %p${others} : ${M}
}`;
  };
  const kinds = (text: string, options = '') => {
    const module = fix(text, options);
    runMain(module, { sizes: [3] });
    return lines(module).map((line) => line.replace(/ .*/, ''));
  };
  expect(kinds(root(5))).toContain('array.div');
  expect(kinds(root(5))).not.toContain('array.rsqrt');
  expect(kinds(root(4))).toContain('array.rsqrt');
  // In strict mode a function is what the interpreter computes, and another division has the divider.
  expect(kinds(root(5), '{mode=strict}')).toContain('array.rsqrt');
  const divided = root(5, `  %q = array.div %p5, %p3 : ${M}\n`).replace('return %p5', 'return %q');
  expect(kinds(divided)).toContain('array.rsqrt');
});

test('a sum of something and itself is a product by two, for contraction', () => {
  const doubled = `func.func @main(%a: tensor<?xf32>, %c: tensor<?xf32>) -> tensor<?xf32> {
  %0 = array.add %a, %a : tensor<?xf32>
  %1 = array.add %c, %0 : tensor<?xf32>
  return %1 : tensor<?xf32>
}`;
  const kinds = (text: string, options: string) => lines(fix(text, options)).map((line) => line.replace(/ .*/, ''));
  const relaxed = '{target=wasm32-relaxed-simd}';
  expect(kinds(doubled, relaxed)).toEqual(['array.dim', 'array.full', 'array.fma']);
  expect(kinds(doubled.replace('%c, %0', '%0, %c'), relaxed)).toEqual(['array.dim', 'array.full', 'array.fma']);
  expect(kinds(doubled, '{mode=strict}')).toEqual(['array.add', 'array.add']);
  // Read twice, it is computed once.
  expect(kinds(doubled.replace('return %1', '%2 = array.mul %1, %0 : tensor<?xf32>\n  return %2'), relaxed)).toEqual([
    'array.add',
    'array.add',
    'array.mul',
  ]);
});
