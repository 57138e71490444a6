// Each pass of the default pipeline on its own: without it results stay right or there is a clear error, and something
// about the code is different, or the pass would not be worth having.
import { CompileError } from '@budflow/ir';
import type { PipelineItemJson } from '@budflow/pass';
import { defaultPipeline } from '@budflow/transforms/pipelines';
import { compile } from 'budflow';
import { describe, expect, test } from 'vitest';
import { tensor } from './arguments.js';
import { callCompiled, difference, interpretProgram, RELAXED, type TestArgument } from './differential.js';

const TARGET = RELAXED;

function namesOf(items: readonly PipelineItemJson[]): string[] {
  return items.flatMap((item) =>
    typeof item === 'string' ? [item] : 'anchor' in item ? namesOf(item.pipeline) : [item.pass],
  );
}

const PASSES = [...new Set(namesOf(defaultPipeline(3, TARGET, 'strict').pipeline))];
/** Passes without which there is nothing to run. */
const LOWERING = new Set([
  'flatten-tuples',
  'rotate-while-loops',
  'fft-tables',
  'split-complex-memory',
  'bufferize',
  'array-to-loop',
  'split-complex-memory',
  'expand-math',
  'expand-half-floats',
  'legalize-vectors',
  'chunk-kernel',
  'scratch-assignment',
]);
/** Passes that say how a sum rounds: without them it does so at every step, which is another result. */
const ROUNDING = new Set(['accumulate-in-f32']);

const PROGRAMS: readonly (readonly [text: string, args: readonly TestArgument[]])[] = [
  [
    // Row-wise, with ops to fold and to merge, and a user's schedule for nothing.
    `func.func @main(%x: tensor<8x280xf32>) -> (tensor<8x280xf32>) {
  %zero = array.constant dense<0.0> : tensor<f32>
  %n = array.neg %x : tensor<8x280xf32>
  %p = array.neg %n : tensor<8x280xf32>
  %a = array.exp %p : tensor<8x280xf32>
  %b = array.exp %p : tensor<8x280xf32>
  %ab = array.mul %a, %b : tensor<8x280xf32>
  %s = array.reduce add %ab init %zero dims = [1] : tensor<8x280xf32>, tensor<f32> to tensor<8xf32>
  %sb = array.broadcast %s dims = [0] : tensor<8xf32> to tensor<8x280xf32>
  %q = array.div %a, %sb : tensor<8x280xf32>
  return %q : tensor<8x280xf32>
}`,
    [tensor('f32', [8, 280])],
  ],
  [
    // Two products one after the other: temporaries between kernels.
    `func.func @main(%a: tensor<40x33xf32>, %b: tensor<33x24xf32>, %c: tensor<24x40xf32>, %d: tensor<40x33xf32>) -> (tensor<40x33xf32>) {
  %0 = array.dot_general %a, %b batch = [] x [] contract = [1] x [0] : tensor<40x33xf32>, tensor<33x24xf32> -> tensor<40x24xf32>
  %1 = array.dot_general %0, %c batch = [] x [] contract = [1] x [0] : tensor<40x24xf32>, tensor<24x40xf32> -> tensor<40x40xf32>
  %2 = array.dot_general %1, %d batch = [] x [] contract = [1] x [0] : tensor<40x40xf32>, tensor<40x33xf32> -> tensor<40x33xf32>
  return %2 : tensor<40x33xf32>
}`,
    [tensor('f32', [40, 33]), tensor('f32', [33, 24], 2), tensor('f32', [24, 40], 3), tensor('f32', [40, 33], 4)],
  ],
  [
    // Complex numbers.
    `func.func @main(%x: tensor<50xcomplex<f32>>) -> (tensor<50xcomplex<f32>>) {
  %0 = array.mul %x, %x : tensor<50xcomplex<f32>>
  return %0 : tensor<50xcomplex<f32>>
}`,
    [{ shape: [50], data: Float32Array.from({ length: 100 }, (_, i) => Math.sin(i)) }],
  ],
  [
    // Elements of a row that differ in how they are computed.
    `func.func @main(%x: tensor<50x4xf32>) -> (tensor<50x4xf32>) {
${[0, 1, 2, 3].map((c) => `  %x${c} = array.slice %x [0:50:1, ${c}:${c + 1}:1] : tensor<50x4xf32> to tensor<50x1xf32>`).join('\n')}
${[0, 1, 2, 3].map((c) => `  %p${c} = array.mul %x${c}, %x${3 - c} : tensor<50x1xf32>\n  %y${c} = array.${c % 2 ? 'add' : 'sub'} %p${c}, %x${(c + 1) % 4} : tensor<50x1xf32>`).join('\n')}
  %y = array.concat %y0, %y1, %y2, %y3 dim = 1 : tensor<50x1xf32>, tensor<50x1xf32>, tensor<50x1xf32>, tensor<50x1xf32> to tensor<50x4xf32>
  return %y : tensor<50x4xf32>
}`,
    [tensor('f32', [50, 4])],
  ],
  [
    // Small last dimensions.
    `func.func @main(%x: tensor<50x3xf32>, %y: tensor<50x3xf32>) -> (tensor<50x3xf32>) {
  %0 = array.mul %x, %y : tensor<50x3xf32>
  %1 = array.max %0, %x : tensor<50x3xf32>
  %2 = array.sub %x, %y : tensor<50x3xf32>
  %3 = array.max %1, %2 : tensor<50x3xf32>
  %4 = array.max %3, %y : tensor<50x3xf32>
  return %4 : tensor<50x3xf32>
}`,
    [tensor('f32', [50, 3]), tensor('f32', [50, 3], 2)],
  ],
  [
    // A schedule of a user.
    `func.func @main(%x: tensor<?xf32>) -> (tensor<?xf32>) {
  %0 = array.mul %x, %x : tensor<?xf32>
  return %0 : tensor<?xf32>
}`,
    [tensor('f32', [133])],
  ],
  [
    // A loop until the data say so, a call in it, and a function that nobody calls.
    `func.func private @half(%x: tensor<40xf32>) -> tensor<40xf32> {
  %h = array.constant dense<0.5> : tensor<40xf32>
  %0 = array.mul %x, %h : tensor<40xf32>
  return %0 : tensor<40xf32>
}
func.func private @unused(%x: tensor<40xf32>) -> tensor<40xf32> {
  return %x : tensor<40xf32>
}
func.func @main(%x: tensor<40xf32>) -> (tensor<40xf32>) {
  %zero = array.constant dense<0.0> : tensor<f32>
  %limit = array.constant dense<0.01> : tensor<f32>
  %r = loop.while (%a = %x) : (tensor<40xf32>) -> (tensor<40xf32>) {
    %b = array.abs %a : tensor<40xf32>
    %m = array.reduce max %b init %zero dims = [0] : tensor<40xf32>, tensor<f32> to tensor<f32>
    %c = array.cmp gt, %m, %limit : tensor<f32>
    %go = array.extract %c : tensor<i1> -> i1
    loop.condition(%go) %a : tensor<40xf32>
  } do {
  ^bb0(%b: tensor<40xf32>):
    %n = func.call @half(%b) : (tensor<40xf32>) -> tensor<40xf32>
    loop.yield %n : tensor<40xf32>
  }
  return %r : tensor<40xf32>
}`,
    [tensor('f32', [40])],
  ],
  [
    // A loop until all elements are done.
    `func.func @main(%x: tensor<5x9xf32>) -> (tensor<5x9xf32>) {
  %false = array.constant dense<false> : tensor<i1>
  %all = array.constant dense<true> : tensor<5x9xi1>
  %half = array.constant dense<0.5> : tensor<5x9xf32>
  %limit = array.constant dense<0.1> : tensor<5x9xf32>
  %r:2 = loop.while (%a = %x, %on = %all) : (tensor<5x9xf32>, tensor<5x9xi1>) -> (tensor<5x9xf32>, tensor<5x9xi1>) {
    %some = array.reduce or %on init %false dims = [0, 1] : tensor<5x9xi1>, tensor<i1> to tensor<i1>
    %go = array.extract %some : tensor<i1> -> i1
    loop.condition(%go) %a, %on : tensor<5x9xf32>, tensor<5x9xi1>
  } do {
  ^bb0(%b: tensor<5x9xf32>, %on: tensor<5x9xi1>):
    %h = array.mul %b, %half : tensor<5x9xf32>
    %n = array.select %on, %h, %b : tensor<5x9xf32>
    %c = array.cmp gt, %n, %limit : tensor<5x9xf32>
    %on2 = array.and %on, %c : tensor<5x9xi1>
    loop.yield %n, %on2 : tensor<5x9xf32>, tensor<5x9xi1>
  }
  return %r#0 : tensor<5x9xf32>
}`,
    [tensor('f32', [5, 9])],
  ],
  [
    // A loop that reads a row in all rows.
    `func.func @main(%x: tensor<6x40xf32>, %y: tensor<40xf32>) -> (tensor<6x40xf32>) {
  %n = arith.constant 3 : i32
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %p = array.broadcast %y dims = [1] : tensor<40xf32> to tensor<6x40xf32>
  %r:2 = loop.while (%a = %x, %k = %zero) : (tensor<6x40xf32>, i32) -> (tensor<6x40xf32>, i32) {
    %go = arith.cmpi slt, %k, %n : i32
    loop.condition(%go) %a, %k : tensor<6x40xf32>, i32
  } do {
  ^bb0(%a: tensor<6x40xf32>, %k: i32):
    %b = array.mul %a, %p : tensor<6x40xf32>
    %l = arith.addi %k, %one : i32
    loop.yield %b, %l : tensor<6x40xf32>, i32
  }
  return %r#0 : tensor<6x40xf32>
}`,
    [tensor('f32', [6, 40]), tensor('f32', [40], 2)],
  ],
  [
    // Transforms, and complex numbers between them.
    `func.func @main(%x: tensor<2x24xf32>) -> (tensor<2x24xf32>) {
  %0 = array.fft rfft %x length = [24] : tensor<2x24xf32> to tensor<2x13xcomplex<f32>>
  %1 = array.mul %0, %0 : tensor<2x13xcomplex<f32>>
  %2 = array.fft irfft %1 length = [24] : tensor<2x13xcomplex<f32>> to tensor<2x24xf32>
  return %2 : tensor<2x24xf32>
}`,
    [tensor('f32', [2, 24])],
  ],
  [
    // A function of bytes.
    `func.func @main(%x: tensor<2100xui8>) -> (tensor<2100xf32>) {
  %g = array.constant dense<0.45> : tensor<2100xf32>
  %0 = array.cast %x : tensor<2100xui8> to tensor<2100xf32>
  %1 = array.pow %0, %g : tensor<2100xf32>
  return %1 : tensor<2100xf32>
}`,
    [tensor('ui8', [2100])],
  ],
  [
    // Padded windows.
    `func.func @main(%x: tensor<6x20xf32>) -> (tensor<3x10xf32>) {
  %lowest = array.constant dense<0xFF800000> : tensor<f32>
  %0 = array.reduce_window max %x init %lowest window = [3, 3] strides = [2, 2] low = [1, 1] high = [0, 0] : tensor<6x20xf32>, tensor<f32> to tensor<3x10xf32>
  return %0 : tensor<3x10xf32>
}`,
    [tensor('f32', [6, 20])],
  ],
  [
    // Two sums that share what they add.
    `func.func @main(%x: tensor<7x50xf32>, %y: tensor<7x50xf32>) -> (tensor<7xf32>, tensor<7xf32>) {
  %zero = array.constant dense<0.0> : tensor<f32>
  %e = array.exp %x : tensor<7x50xf32>
  %p = array.mul %e, %y : tensor<7x50xf32>
  %0 = array.reduce add %e init %zero dims = [1] : tensor<7x50xf32>, tensor<f32> to tensor<7xf32>
  %1 = array.reduce add %p init %zero dims = [1] : tensor<7x50xf32>, tensor<f32> to tensor<7xf32>
  return %0, %1 : tensor<7xf32>, tensor<7xf32>
}`,
    [tensor('f32', [7, 50]), tensor('f32', [7, 50], 2)],
  ],
  [
    // Neighbours: rows share what they load.
    `func.func @main(%x: tensor<14x26xf32>) -> (tensor<12x24xf32>) {
${[0, 1, 2, 3, 4, 5, 6, 7, 8].map((k) => `  %v${k} = array.slice %x [${Math.floor(k / 3)}:${12 + Math.floor(k / 3)}:1, ${k % 3}:${24 + (k % 3)}:1] : tensor<14x26xf32> to tensor<12x24xf32>`).join('\n')}
  %s0 = array.add %v0, %v1 : tensor<12x24xf32>
${[2, 3, 4, 5, 6, 7, 8].map((k) => `  %s${k - 1} = array.add %s${k - 2}, %v${k} : tensor<12x24xf32>`).join('\n')}
  return %s7 : tensor<12x24xf32>
}`,
    [tensor('f32', [14, 26])],
  ],
  [
    // 16-bit floats: sums of many, and ops on each.
    `func.func @main(%x: tensor<7x50xf16>) -> (tensor<7xf16>) {
  %zero = array.constant dense<0.0> : tensor<f16>
  %0 = array.mul %x, %x : tensor<7x50xf16>
  %1 = array.reduce add %0 init %zero dims = [1] : tensor<7x50xf16>, tensor<f16> to tensor<7xf16>
  return %1 : tensor<7xf16>
}`,
    [{ shape: [7, 50], data: Uint16Array.from({ length: 350 }, (_, i) => 0x3c00 + ((i * 37) % 0x400)) }],
  ],
  [
    // Tuples, and tiles in memory.
    `func.func @main(%t: tuple<tensor<6xf32>, tensor<6xf32>>) -> (tensor<2x4xf32>) {
  %0 = array.get_tuple_element %t[0] : tuple<tensor<6xf32>, tensor<6xf32>>
  %1 = array.get_tuple_element %t[1] : tuple<tensor<6xf32>, tensor<6xf32>>
  %2 = array.add %0, %1 : tensor<6xf32>
  %3 = array.pack %2 inner_dims_pos = [0] inner_tiles = [4] padding 0.0 : f32 : tensor<6xf32> to tensor<2x4xf32>
  return %3 : tensor<2x4xf32>
}`,
    [tensor('f32', [6]), tensor('f32', [6], 2)],
  ],
  [
    // A loop whose steps read other elements, with a repeated row in front of it.
    `func.func @main(%x: tensor<8xf32>, %y: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %b = array.broadcast %x dims = [1] : tensor<8xf32> to tensor<4x8xf32>
  %r = loop.for %i = 0 to 3 iter_args(%c = %y) -> (tensor<4x8xf32>) {
    %t = array.reverse %c dims = [1] : tensor<4x8xf32>
    %s = array.add %t, %b : tensor<4x8xf32>
    loop.yield %s : tensor<4x8xf32>
  }
  return %r : tensor<4x8xf32>
}`,
    [tensor('f32', [8]), tensor('f32', [4, 8], 2)],
  ],
  [
    // Bytes whose products have 16 bits.
    `func.func @main(%x: tensor<64xui8>) -> tensor<64xui8> {
  %w = array.cast %x : tensor<64xui8> to tensor<64xi32>
  %q = array.mul %w, %w : tensor<64xi32>
  %e = array.constant dense<8> : tensor<64xi32>
  %s = array.shr_s %q, %e : tensor<64xi32>
  %r = array.cast %s : tensor<64xi32> to tensor<64xui8>
  return %r : tensor<64xui8>
}`,
    [tensor('ui8', [64])],
  ],
];

const configuration = { target: TARGET, numerics: 'strict', level: 3 } as const;

function stageTexts(text: string, ablate: readonly string[]): string {
  let last = '';
  compile(text, {
    ...configuration,
    ablate,
    dump: (_, ir) => {
      last = ir;
    },
  }).dispose();
  return last;
}

const full = PROGRAMS.map(([text]) => stageTexts(text, []));

describe.each(PASSES)('without %s', (pass) => {
  test('results are right or the error is clear, and some code is different', () => {
    let changed = 0;
    PROGRAMS.forEach(([text, args], i) => {
      const expected = interpretProgram(text, args, configuration);
      try {
        const module = compile(text, { ...configuration, ablate: [pass] });
        const differs = difference(expected, callCompiled(module, args));
        if (differs === undefined || !ROUNDING.has(pass)) expect(differs, `program ${i}`).toBeUndefined();
        module.dispose();
        if (stageTexts(text, [pass]) !== full[i]) changed++;
      } catch (error) {
        if (!(error instanceof CompileError)) throw error;
        expect(LOWERING, `${pass} is no lowering, but: ${error.message}`).toContain(pass);
        expect(error.message).toMatch(/program\.mlir:\d+:\d+: error: /);
        expect(error.message).not.toContain('crashed');
        changed++;
      }
    });
    // Schedules of users come with the program; there is none in these, nor ops of StableHLO.
    if (pass !== 'apply-schedule' && pass !== 'convert-stablehlo-to-array') expect(changed).toBeGreaterThan(0);
  });
});
