import { type PassDefinition, PassManager, PassRegistry, parsePipeline } from '@budflow/pass';
import { describe, expect, test } from 'vitest';
import { parse, runFunction } from '../testing/kernels.js';
import { expandMath } from './expand-math.js';
import { legalizeVectors } from './legalize-vectors.js';

function run(text: string, passes: readonly PassDefinition[]) {
  const module = parse(text);
  const registry = new PassRegistry([...passes] as PassDefinition[]);
  const pipeline = parsePipeline(`builtin.module(${passes.map((p) => p.name).join(',')})`, {
    registry,
    diagnostics: module.context.diagnostics,
  });
  const { diagnostics } = module.context.diagnostics.collect(() => new PassManager(pipeline!).run(module));
  expect(diagnostics.map((d) => d.message)).toEqual([]);
  return module;
}

const BITS: Record<string, number> = { f32: 32, f64: 64, i8: 8, i16: 16, i32: 32, i64: 64, index: 64, i1: 128 };

/** Every vector in the module fits a register. */
function expectLegal(text: string): void {
  for (const [all, lanes, element] of text.matchAll(/vector<(\d+)x(\w+)>/g))
    expect(Number(lanes) * BITS[element!]!, all).toBeLessThanOrEqual(element === 'i1' ? 16 * 128 : 128);
}

/** A kernel of one load of each input, `body`, one store of `%r`. */
function expectSame(
  lanes: number,
  inputs: readonly string[],
  output: string,
  body: string,
  passes: readonly PassDefinition[] = [legalizeVectors],
): string {
  const args = [...inputs.map((t, i) => `%m${i}: memref<${lanes}x${t}>`), `%o: memref<${lanes}x${output}>`].join(', ');
  const loads = inputs
    .map((t, i) => `  %x${i} = simd.load %m${i}[%z] : memref<${lanes}x${t}>, vector<${lanes}x${t}>`)
    .join('\n');
  const text = `func.func @k(${args}) {
  %z = arith.constant 0 : index
${loads}
${body}
  simd.store %r, %o[%z] : memref<${lanes}x${output}>, vector<${lanes}x${output}>
  return
}`;
  const before = runFunction(parse(text), 'k');
  const module = run(text, passes);
  expect(runFunction(module, 'k')).toEqual(before);
  expectLegal(module.toString());
  return module.toString();
}

describe('legalize-vectors', () => {
  test('masks of more lanes than a register has bytes are split, stored and compared', () => {
    expectSame(64, ['i1', 'i1'], 'i1', '  %r = arith.xori %x0, %x1 : vector<64xi1>');
    expectSame(
      32,
      ['i8', 'i1'],
      'i1',
      '  %c = arith.cmpi slt, %x0, %x0 : vector<32xi8>\n  %r = arith.ori %c, %x1 : vector<32xi1>',
    );
    expectSame(
      32,
      ['f32'],
      'i1',
      '  %t = arith.constant true\n  %s = simd.splat %t : vector<32xi1>\n  %c = arith.cmpf olt, %x0, %x0 : vector<32xf32>\n  %r = arith.xori %c, %s : vector<32xi1>',
    );
  });

  test('floating-point remainders become integer arithmetic', () => {
    const text = expectSame(8, ['f32', 'f32'], 'f32', '  %r = arith.remf %x0, %x1 : vector<8xf32>', [
      expandMath,
      legalizeVectors,
    ]);
    expect(text).not.toContain('remf');
    expectSame(2, ['f64', 'f64'], 'f64', '  %r = arith.remf %x0, %x1 : vector<2xf64>', [expandMath, legalizeVectors]);
  });

  test('splits arithmetic into parts', () => {
    const text = expectSame(16, ['f32', 'f32'], 'f32', '  %r = arith.addf %x0, %x1 : vector<16xf32>');
    expect(text.match(/arith\.addf/g)).toHaveLength(4);
  });

  for (const [from, to, cast] of [
    ['i8', 'i32', 'extui'],
    ['i8', 'i32', 'extsi'],
    ['i8', 'i64', 'extsi'],
    ['i16', 'i32', 'extui'],
    ['i32', 'i64', 'extsi'],
    ['i32', 'i8', 'trunci'],
    ['i64', 'i16', 'trunci'],
    ['i32', 'f32', 'sitofp'],
    ['i8', 'f32', 'uitofp'],
    ['i64', 'f64', 'sitofp'],
    ['i32', 'f64', 'sitofp'],
    ['f32', 'i32', 'fptosi'],
    ['f32', 'i8', 'fptosi'],
    ['f32', 'f64', 'extf'],
    ['f64', 'f32', 'truncf'],
    ['f64', 'i32', 'fptosi'],
    ['f32', 'i32', 'bitcast'],
  ] as const) {
    test(`${cast} from ${from} to ${to} keeps its values`, () => {
      expectSame(32, [from], to, `  %r = arith.${cast} %x0 : vector<32x${from}> to vector<32x${to}>`);
    });
  }

  test('masks follow the data they guard, also of another width', () => {
    expectSame(
      16,
      ['f32', 'f32', 'i8', 'i8'],
      'i8',
      `  %c = arith.cmpf olt, %x0, %x1 : vector<16xf32>
  %r = arith.select %c, %x2, %x3 : vector<16xi1>, vector<16xi8>`,
    );
    expectSame(
      16,
      ['i8', 'i8', 'f64', 'f64'],
      'f64',
      `  %c = arith.cmpi slt, %x0, %x1 : vector<16xi8>
  %n = arith.cmpf olt, %x2, %x3 : vector<16xf64>
  %b = arith.andi %c, %n : vector<16xi1>
  %r = arith.select %b, %x2, %x3 : vector<16xi1>, vector<16xf64>`,
    );
    expectSame(
      16,
      ['f32', 'f32'],
      'i8',
      `  %c = arith.cmpf olt, %x0, %x1 : vector<16xf32>
  %r = arith.extui %c : vector<16xi1> to vector<16xi8>`,
    );
  });

  test('what vectors cannot do is done lane by lane', () => {
    const text = expectSame(
      16,
      ['i32', 'i32'],
      'i32',
      `  %one = arith.constant dense<1> : vector<16xi32>
  %d = arith.ori %x1, %one : vector<16xi32>
  %r = arith.divsi %x0, %d : vector<16xi32>`,
    );
    expect(text.match(/arith\.divsi/g)).toHaveLength(16);
  });

  test('reductions combine whole parts first, in the order of halves', () => {
    expectSame(
      16,
      ['f32'],
      'f32',
      `  %s = simd.reduce_add %x0 : vector<16xf32>
  %r = simd.splat %s : vector<16xf32>`,
    );
  });

  test('gathers load lane by lane', () => {
    for (const offsets of [
      '%c = arith.constant dense<[3, 1, 0, 2, 15, 14, 13, 12, 4, 5, 6, 7, 8, 9, 10, 11]> : vector<16xindex>',
      '%w = arith.constant dense<1> : vector<16xi32>\n  %q = arith.andi %x1, %w : vector<16xi32>\n  %c = arith.index_cast %q : vector<16xi32> to vector<16xindex>',
    ]) {
      const text = expectSame(
        16,
        ['f32', 'i32'],
        'f32',
        `  ${offsets}\n  %r = simd.gather %m0[%z] [%c] : memref<16xf32>, vector<16xindex>, vector<16xf32>`,
      );
      expect(text.match(/memory\.load/g)).toHaveLength(16);
    }
  });

  test('slices and concatenations move parts', () => {
    expectSame(
      16,
      ['f32'],
      'f32',
      `  %a = simd.slice %x0 offset 8 size 8 : vector<16xf32>
  %b = simd.slice %x0 offset 2 size 8 : vector<16xf32>
  %r = simd.concat %a, %b : vector<8xf32>, vector<8xf32>`,
    );
  });

  test('shuffles pick from the parts', () => {
    const lanes = Array.from({ length: 16 }, (_, l) => l);
    const shuffle = (list: readonly number[], type: string) =>
      `  %r = simd.shuffle %x0, %x1 [${list.join(', ')}] : vector<16x${type}>`;
    const reversed = lanes.map((l) => 15 - l);
    // Each part of a reversed vector is one shuffle of one part.
    const text = expectSame(16, ['f32', 'f32'], 'f32', shuffle(reversed, 'f32'));
    expect(text.match(/simd.shuffle/g)).toHaveLength(4);
    expect(text).not.toContain('simd.extract');
    // Lanes of four parts are put together one by one.
    const spread = lanes.map((l) => (l * 9) % 32);
    expect(expectSame(16, ['i32', 'i32'], 'i32', shuffle(spread, 'i32'))).toContain('simd.extract');
    expectSame(16, ['i64', 'i64'], 'i64', shuffle(reversed, 'i64'));
    expectSame(16, ['i1', 'i1'], 'i1', shuffle(reversed, 'i1'));
  });

  test('a mask of wide data enters a loop in one, as it leaves it', () => {
    const text = expectSame(
      8,
      ['f64', 'f64'],
      'i1',
      `  %five = arith.constant 5 : index
  %m = arith.cmpf olt, %x0, %x1 : vector<8xf64>
  %r = loop.for %i = 0 to 5 iter_args(%a = %m) -> (vector<8xi1>) {
    %b = arith.xori %a, %m : vector<8xi1>
    %c = arith.ori %b, %m : vector<8xi1>
    loop.yield %c : vector<8xi1>
  }`,
    );
    expectLegal(text);
  });

  test('a carried vector that one op uses twice is split', () => {
    const body = `  %r = loop.for %i = 0 to 3 iter_args(%a = %x0) -> (vector<16xf32>) {
    %c = arith.cmpf oeq, %a, %a : vector<16xf32>
    %s = arith.addf %a, %a : vector<16xf32>
    %n = arith.select %c, %s, %x0 : vector<16xi1>, vector<16xf32>
    loop.yield %n : vector<16xf32>
  }`;
    expectSame(16, ['f32'], 'f32', body);
  });

  test('a sum in 16 lanes carries exactly four vectors', () => {
    const text = `func.func @k(%m: memref<1024xf32>, %o: memref<f32>) {
  %zero = arith.constant dense<0.0> : vector<16xf32>
  %s = loop.for %i = 0 to 1024 step 16 iter_args(%a = %zero) -> (vector<16xf32>) {
    %x = simd.load %m[%i] : memref<1024xf32>, vector<16xf32>
    %n = arith.addf %a, %x : vector<16xf32>
    loop.yield %n : vector<16xf32>
  }
  %t = simd.reduce_add %s : vector<16xf32>
  memory.store %t, %o[] : memref<f32>
  return
}`;
    const module = run(text, [legalizeVectors]);
    expect(runFunction(module, 'k')).toEqual(runFunction(parse(text), 'k'));
    expect(module.toString()).toMatch(/-> \(vector<4xf32>, vector<4xf32>, vector<4xf32>, vector<4xf32>\)/);
  });

  test('math functions expand to the bits the interpreter computes', () => {
    for (const name of ['exp', 'log', 'tanh', 'erf', 'log1p', 'expm1', 'rsqrt']) {
      for (const type of ['f32', 'f64']) {
        const text = expectSame(16, [type], type, `  %r = math.${name} %x0 : vector<16x${type}>`, [
          expandMath,
          legalizeVectors,
        ]);
        expect(text).not.toContain(`math.${name} `);
      }
    }
  });
});
