import { Alignments } from '@budflow/analysis';
import { LoadOp } from '@budflow/dialect-simd';
import { Random } from '@budflow/numerics';
import { describe, expect, test } from 'vitest';
import { functionNamed, parse, runFunction } from '../testing/kernels.js';
import { runPasses } from '../testing/programs.js';
import { inferAlignment } from './infer-alignment.js';

function inferred(text: string) {
  const module = parse(text);
  const { statistics, remarks } = runPasses(module, 'builtin.module(infer-alignment)', [inferAlignment]);
  const lines = module.toString().split('\n');
  const found = lines.flatMap((l) =>
    /simd\.(load|store)/.test(l) ? [Number(/alignment = (\d+)/.exec(l)?.[1] ?? 0)] : [],
  );
  return { module, found, statistics, remarks };
}

/** Loads at an index of a loop over a public function's buffer. */
const loads = (type: string, ...indices: string[]) => `func.func @k(%a: memref<${type}>, %n: index) {
  loop.for %i = 0 to 8 step 4 {
    loop.for %j = 3 to %n {
${indices
  .map(
    (index, i) => `      %x${i} = loop.apply affine_map<(d0, d1) -> (${index})>(%i, %j)
      %v${i} = simd.load %a[%x${i}] : memref<${type}>, vector<4xf32>`,
  )
  .join('\n')}
    }
  }
  return
}`;

describe('accesses', () => {
  test('are as aligned as steps, factors and constants say, up to a cache line', () => {
    const indices = ['0', '4', '8', 'd0', 'd0 + 2', 'd1', 'd1 * 16 + 8', 'd1 * 32', 'd1 * 4 + 1'];
    expect(inferred(loads('?xf32', ...indices)).found).toEqual([64, 16, 32, 16, 8, 0, 32, 64, 0]);
  });

  test('quotients and remainders keep what they can', () => {
    const indices = ['(d1 * 32) floordiv 4', '(d1 * 16) mod 24', 'd1 floordiv 4', '(d1 mod 4) * 4'];
    expect(inferred(loads('?xf32', ...indices)).found).toEqual([32, 32, 0, 16]);
  });

  test('rows count by their length: static ones, and those with a static part', () => {
    const at = (type: string, indices: string) => `func.func @k(%a: memref<${type}>, %i: index) {
  %c0 = arith.constant 0 : index
  %c4 = arith.constant 4 : index
  %v = simd.load %a[${indices}] : memref<${type}>, vector<4xf32>
  return
}`;
    expect(inferred(at('?x16xf32', '%i, %c4')).found).toEqual([16]);
    expect(inferred(at('?x16xf32', '%i, %c0')).found).toEqual([64]);
    expect(inferred(at('?x6xf32', '%i, %c0')).found).toEqual([8]);
    expect(inferred(at('?x5xf32', '%i, %c0')).found).toEqual([0]);
    expect(inferred(at('?x?x8xf32', '%i, %i, %c0')).found).toEqual([32]);
    expect(inferred(at('?x?xf32', '%i, %c0')).found).toEqual([0]);
    expect(inferred(at('?x8xf32, strided<[24, 1], offset: 4>', '%i, %c0')).found).toEqual([16]);
    expect(inferred(at('?x8xf32, strided<[?, 1], offset: ?>', '%i, %c0')).found).toEqual([0]);
  });

  test('in private buffers and views: by offset', () => {
    const { found } = inferred(`func.func @k(%arena: memref<?xi8>, %i: index) {
  %c0 = arith.constant 0 : index
  %c192 = arith.constant 192 : index
  %c8 = arith.constant 8 : index
  %s = memory.alloca() {rt.scratch_offset = 64 : i64} : memref<8xf32>
  %v = simd.load %s[%c0] : memref<8xf32>, vector<4xf32>
  %b = memory.view %arena[%c192]() : memref<?xi8> to memref<8xf32>
  simd.store %v, %b[%c0] : memref<8xf32>, vector<4xf32>
  %c = memory.view %arena[%c8]() : memref<?xi8> to memref<8xf32>
  simd.store %v, %c[%c0] : memref<8xf32>, vector<4xf32>
  return
}`);
    expect(found).toEqual([64, 64, 8]);
  });

  test('say nothing that is not so: random nests, address by address', () => {
    const random = new Random(7);
    const pick = (n: number) => random.uint32() % n;
    let told = 0;
    for (let round = 0; round < 60; round++) {
      const [lb, step, a, b, c, cut] = [pick(5), 1 + pick(6), pick(20), pick(9), pick(20), 1 + pick(12)];
      const expr = ['d0 * A + d1 * B + C', '(d0 * A + C) floordiv N + d1 * B', '((d0 * A + C) mod N) * B + d1 * A']
        [pick(3)]!.replace(/A/g, `${a}`)
        .replace(/B/g, `${b}`)
        .replace(/C/g, `${c}`)
        .replace(/N/g, `${cut}`);
      const width = 1 + pick(24);
      const text = `func.func @k(%a: memref<?x${width}xf32>) {
  loop.for %i = ${lb} to 20 step ${step} {
    loop.for %j = 2 to 14 step 4 {
      %x = loop.apply affine_map<(d0, d1) -> (${expr})>(%i, %j)
      %v = simd.load %a[%i, %x] : memref<?x${width}xf32>, vector<4xf32>
    }
  }
  return
}`;
      const module = parse(text);
      let load = module;
      module.walk((op) => {
        if (LoadOp.is(op)) load = op;
      });
      const known = new Alignments(() => 64).ofAccess(load)!;
      if (known > 4) told++;
      const value = (d0: number, d1: number) =>
        Number(
          Function(
            'd0',
            'd1',
            `return ${expr.replace(/(\([^()]*(?:\([^()]*\))*[^()]*\)) floordiv (\d+)/g, 'Math.floor($1 / $2)').replace(/ mod /g, ' % ')}`,
          )(d0, d1),
        );
      for (let i = lb; i < 20; i += step)
        for (let j = 2; j < 14; j += 4) {
          const address = 64 * 1000 + 4 * (i * width + value(i, j));
          expect(known === 0 ? address - 64_000 : address % known, `${expr} at ${i}, ${j} in rows of ${width}`).toBe(0);
        }
    }
    expect(told).toBeGreaterThan(8);
  });
});

describe('arguments of kernels', () => {
  const kernel = `func.func private @main_k0(%in: memref<?xf32>, %out: memref<?xf32>) attributes {rt.kernel = #rt.kernel<inputs = 1, outputs = 1>} {
  %c0 = arith.constant 0 : index
  %v = simd.load %in[%c0] : memref<?xf32>, vector<4xf32>
  simd.store %v, %out[%c0] : memref<?xf32>, vector<4xf32>
  return
}`;

  test('are aligned as in all calls', () => {
    const main = (offset: number) => `func.func @main(%a: memref<?xf32>, %b: memref<?xf32>, %arena: memref<?xi8>) {
  %n = memory.dim %a, 0 : memref<?xf32>
  %at = arith.constant ${offset} : index
  %t = memory.view %arena[%at](%n) : memref<?xi8> to memref<?xf32>
  rt.call_kernel @main_k0 ins(%a : memref<?xf32>) outs(%b : memref<?xf32>)
  rt.call_kernel @main_k0 ins(%a : memref<?xf32>) outs(%t : memref<?xf32>)
  return
}
${kernel}`;
    expect(inferred(main(128)).found).toEqual([64, 64]);
    expect(inferred(main(16)).found).toEqual([64, 16]);
    expect(inferred(main(4)).found).toEqual([64, 0]);
  });

  test('through loops of the program that pass buffers on', () => {
    const main = (other: string) => `func.func @main(%a: memref<?xf32>, %b: memref<?xf32>, %arena: memref<?xi8>) {
  %n = memory.dim %a, 0 : memref<?xf32>
  %c16 = arith.constant 16 : index
  %t = memory.view %arena[%c16](%n) : memref<?xi8> to memref<?xf32>
  %r:2 = loop.for %i = 0 to 8 iter_args(%x = %a, %y = ${other}) -> (memref<?xf32>, memref<?xf32>) {
    rt.call_kernel @main_k0 ins(%x : memref<?xf32>) outs(%y : memref<?xf32>)
    loop.yield %y, %x : memref<?xf32>, memref<?xf32>
  }
  return
}
${kernel}`;
    expect(inferred(main('%b')).found).toEqual([64, 64]);
    expect(inferred(main('%t')).found).toEqual([16, 16]);
  });

  test('of a kernel that nobody calls are not known', () => {
    expect(inferred(kernel).found).toEqual([0, 0]);
  });

  test('whose rows begin anywhere are reported', () => {
    const rows = (n: number) =>
      inferred(`func.func @main(%a: memref<8x${n}xf32>) {
  rt.call_kernel @main_k0 ins(%a : memref<8x${n}xf32>) outs(%a : memref<8x${n}xf32>)
  return
}
func.func private @main_k0(%in: memref<8x${n}xf32>, %out: memref<8x${n}xf32>) attributes {rt.kernel = #rt.kernel<inputs = 1, outputs = 1>} {
  %c0 = arith.constant 0 : index
  loop.for %i = 0 to 8 {
    %v = simd.load %in[%i, %c0] : memref<8x${n}xf32>, vector<4xf32>
  }
  return
}`).remarks.map((r) => r.message);
    expect(rows(12)).toEqual([]);
    expect(rows(13)).toEqual([
      'rows of arg0 are 52 bytes apart, no multiple of 16: vectors of theirs straddle cache lines',
    ]);
  });
});

test('computes the same', () => {
  const text = loads('?xf32', 'd0', 'd1').replace('%n: index', '%n: index, %o: memref<?xf32>');
  const { module } = inferred(text);
  expect(functionNamed(module, 'k')).toBeDefined();
  expect(runFunction(module, 'k', { sizes: [16] })).toEqual(runFunction(parse(text), 'k', { sizes: [16] }));
});
