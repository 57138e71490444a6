import { verify } from '@budflow/ir';
import { describe, expect, test } from 'vitest';
import { kernelContext, parse } from '../testing/kernels.js';
import { runMain, runPasses } from '../testing/programs.js';
import { splitComplexMemory } from './split-complex-memory.js';

const PIPELINE = 'builtin.module(func.func(split-complex-memory))';

/** A program of one kernel on %x, which writes %o; both have `shape` complex numbers. */
const program = (body: string, shape = '8', part = 'f32') => {
  const type = `memref<${shape}xcomplex<${part}>>`;
  const dynamic = shape.includes('?');
  return `func.func private @k(%x: ${type}, %o: ${type}) attributes {rt.kernel = #rt.kernel<inputs = 1, outputs = 1>} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  ${body}
  return
}
func.func @main(%x: ${type}) -> ${type} {
  ${dynamic ? `%n = memory.dim %x, 0 : ${type}` : ''}
  %o = memory.alloc(${dynamic ? '%n' : ''}) : ${type}
  rt.call_kernel @k ins(%x : ${type}) outs(%o : ${type})
  return %o : ${type}
}`;
};

/** The kernel after the pass, which computes the same for all sizes. */
function split(text: string, sizes: readonly (readonly number[])[] = [[]]) {
  const module = parse(text);
  const { statistics } = runPasses(module, PIPELINE, [splitComplexMemory]);
  for (const size of sizes) expect(runMain(module, { sizes: size })).toEqual(runMain(parse(text), { sizes: size }));
  const all = module.toString();
  return { kernel: all.slice(all.indexOf('@k'), all.indexOf('@main')), statistics };
}

describe('split-complex-memory', () => {
  test('arguments are interleaved, elements pairs of accesses, and no complex op is left', () => {
    const { kernel, statistics } = split(
      program(
        `%n = memory.dim %x, 0 : memref<?xcomplex<f64>>
  loop.for %i = 0 to %n {
    %a = memory.load %x[%i] : memref<?xcomplex<f64>>
    %b = complex.mul %a, %a : complex<f64>
    memory.store %b, %o[%i] {nontemporal} : memref<?xcomplex<f64>>
  }`,
        '?',
        'f64',
      ),
      [[5], [0], [1]],
    );
    expect(kernel).toContain('(%arg0: memref<?x2xf64>, %arg1: memref<?x2xf64>)');
    expect(kernel).not.toContain('complex');
    expect(kernel.match(/memory\.load/g)).toHaveLength(2);
    expect(kernel.match(/memory\.store.*nontemporal/g)).toHaveLength(2);
    expect(statistics).toMatchObject({ interleaved: 2, planes: 0 });
  });

  test('scratch becomes two planes: lanes of an accumulator stay contiguous', () => {
    const { kernel, statistics } = split(
      program(`%acc = memory.alloca() : memref<4xcomplex<f32>>
  %zero = complex.constant [0.0 : f32, -0.0 : f32] : complex<f32>
  memory.fill %acc, %zero : memref<4xcomplex<f32>>
  loop.for %o1 = 0 to 2 {
    loop.for %l = 0 to 4 {
      %at = loop.apply affine_map<(a, b) -> (a * 4 + b)>(%o1, %l)
      %a = memory.load %x[%at] : memref<8xcomplex<f32>>
      %s = memory.load %acc[%l] : memref<4xcomplex<f32>>
      %t = complex.sub %s, %a : complex<f32>
      memory.store %t, %acc[%l] : memref<4xcomplex<f32>>
      memory.store %t, %o[%at] : memref<8xcomplex<f32>>
    }
  }`),
    );
    expect(kernel.match(/memory\.alloca\(\) : memref<4xf32>/g)).toHaveLength(2);
    expect(kernel.match(/memory\.fill/g)).toHaveLength(2);
    expect(statistics).toMatchObject({ interleaved: 2, planes: 1 });
  });

  test('carried values and results of branches become pairs', () => {
    const { kernel } = split(
      program(`%first = memory.load %x[%c0] : memref<8xcomplex<f32>>
  %r = loop.for %i = 0 to 8 iter_args(%s = %first) -> (complex<f32>) {
    %a = memory.load %x[%i] : memref<8xcomplex<f32>>
    %e = complex.eq %a, %s : complex<f32>
    %n = loop.if %e -> (complex<f32>) {
      %t = complex.add %s, %a : complex<f32>
      loop.yield %t : complex<f32>
    } else {
      %t = complex.div %a, %s : complex<f32>
      loop.yield %t : complex<f32>
    }
    memory.store %n, %o[%i] : memref<8xcomplex<f32>>
    loop.yield %n : complex<f32>
  }
  memory.store %r, %o[%c0] : memref<8xcomplex<f32>>`),
    );
    expect(kernel).toMatch(/loop\.for .* -> \(f32, f32\)/);
    expect(kernel).toMatch(/loop\.if .* -> \(f32, f32\)/);
    expect(kernel).not.toContain('complex');
  });

  test('arguments are filled and copied, as are scratch buffers that copies look at', () => {
    const fill = split(
      program(
        `%v = complex.constant [1.5 : f32, -2.0 : f32] : complex<f32>
  memory.fill %o, %v : memref<3x2xcomplex<f32>>`.replaceAll('8x', '3x2x'),
        '3x2',
      ),
    );
    expect(fill.kernel.match(/memory\.store/g)).toHaveLength(2);
    const copy = split(
      program(`%t = memory.alloca() : memref<8xcomplex<f32>>
  memory.copy %x, %t : memref<8xcomplex<f32>> to memref<8xcomplex<f32>>
  memory.copy %t, %o : memref<8xcomplex<f32>> to memref<8xcomplex<f32>>`),
    );
    expect(copy.kernel.match(/memory\.copy .* memref<8x2xf32> to memref<8x2xf32>/g)).toHaveLength(2);
    expect(copy.statistics).toMatchObject({ interleaved: 3, planes: 0 });
  });

  test('whole buffers seen otherwise, and kernels that a kernel calls, take pairs', () => {
    const z = 'complex<f32>';
    const inner = `func.func private @inner(%x: memref<2x4x${z}>, %o: memref<8x${z}>) attributes {rt.kernel = #rt.kernel<inputs = 1, outputs = 1>} {
  %c1 = arith.constant 1 : index
  loop.for %i = 0 to 4 {
    %a = memory.load %x[%c1, %i] : memref<2x4x${z}>
    memory.store %a, %o[%i] : memref<8x${z}>
  }
  return
}`;
    const { kernel, statistics } = split(
      `${program(`%pool = memory.alloca() : memref<128xi8>
  %v = memory.view %pool[%c0]() : memref<128xi8> to memref<8x${z}>
  memory.copy %x, %v : memref<8x${z}> to memref<8x${z}>
  %r = memory.reshape %v : memref<8x${z}> to memref<2x4x${z}>
  rt.call_kernel @inner ins(%r : memref<2x4x${z}>) outs(%o : memref<8x${z}>)
  loop.for %i = 4 to 8 {
    %b = memory.load %v[%i] : memref<8x${z}>
    memory.store %b, %o[%i] : memref<8x${z}>
  }`)}\n${inner}`,
    );
    expect(kernel).toContain('memory.view %scratch[%c0]() : memref<128xi8> to memref<8x2xf32>');
    expect(kernel).toContain('memref<8x2xf32> to memref<2x4x2xf32>');
    expect(kernel).toMatch(/rt\.call_kernel @inner ins\(.* : memref<2x4x2xf32>\)/);
    expect(statistics).toMatchObject({ interleaved: 6 });
  });

  test('other functions and kernels of real numbers stay', () => {
    const text = program('memory.copy %x, %o : memref<8xf32> to memref<8xf32>').replaceAll('complex<f32>', 'f32');
    const module = parse(`${text}\nfunc.func @f(%z: complex<f32>) -> complex<f32> { return %z : complex<f32> }`);
    const before = module.toString();
    runPasses(module, PIPELINE, [splitComplexMemory]);
    expect(module.toString()).toBe(before);
  });

  test('views of complex buffers, and ops that take them whole, are errors', () => {
    const broken = (body: string) => () => runPasses(parse(program(body)), PIPELINE, [splitComplexMemory]);
    expect(
      broken(
        '%v = memory.subview %x[%c1][4][1] : memref<8xcomplex<f32>> to memref<4xcomplex<f32>, strided<[1], offset: ?>>',
      ),
    ).toThrow(/makes a view of a buffer of complex numbers, which has no form/);
    expect(broken('%t = memory.to_tensor %x : memref<8xcomplex<f32>> to tensor<8xcomplex<f32>>')).toThrow(
      /takes a buffer of complex numbers, which has no form for pairs/,
    );
  });

  test('a call passes complex numbers for pairs, but not for other buffers', () => {
    const call = (
      taken: string,
    ) => `func.func private @k(%x: ${taken}) attributes {rt.kernel = #rt.kernel<inputs = 1, outputs = 0>} {
  return
}
func.func @main(%x: memref<4xcomplex<f32>>) {
  rt.call_kernel @k ins(%x : memref<4xcomplex<f32>>)
  return
}`;
    expect(verify(parse(call('memref<4x2xf32>')))).toBe(true);
    for (const taken of ['memref<4x2xf64>', 'memref<2x4xf32>', 'memref<8xf32>'])
      expect(() => parse(call(taken), kernelContext())).toThrow(/passes memref<4xcomplex<f32>> as input 0 of @k/);
  });
});
