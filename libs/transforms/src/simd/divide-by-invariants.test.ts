import { Interpreter, makeMemRef } from '@budflow/interpreter';
import type { FunctionType, MemRefType, Operation, TypeAttr } from '@budflow/ir';
import { Random } from '@budflow/numerics';
import { describe, expect, test } from 'vitest';
import { functionNamed, parse } from '../testing/kernels.js';
import { runPasses } from '../testing/programs.js';
import { divideByInvariants } from './divide-by-invariants.js';

interface Kernel {
  readonly element?: 'f32' | 'f64';
  readonly trips?: number;
  readonly lanes?: number;
  /** Ops in front of the division, of `%x`; they make `%a`. */
  readonly body?: string;
  readonly numerator?: string;
  /** The divisor is another one in each iteration. */
  readonly isVarying?: boolean;
}

/** y[i] = x[i] / b[0], in vectors. */
function kernel({
  element = 'f32',
  trips = 64,
  lanes = 8,
  body = '',
  numerator = '%x',
  isVarying = false,
}: Kernel = {}): string {
  const [m, v] = [`memref<${trips * lanes}x${element}>`, `vector<${lanes}x${element}>`];
  return `func.func @k(%in: ${m}, %b: memref<1x${element}>, %out: ${m}) {
  %c0 = arith.constant 0 : index
  %s = memory.load %b[%c0] : memref<1x${element}>
  loop.for %i = 0 to ${trips} {
    %at = loop.apply affine_map<(d0) -> (d0 * ${lanes})>(%i)
    %x = simd.load %in[%at] : ${m}, ${v}
    %n = memory.load %in[%at] : ${m}
    %d = simd.splat ${isVarying ? '%n' : '%s'} : ${v}
${body.replaceAll('V', v)}
    %q = arith.divf ${numerator}, %d : ${v}
    simd.store %q, %out[%at] : ${m}, ${v}
  }
  return
}`;
}

function rewritten(text: string, target = 'wasm32-relaxed-simd'): { module: Operation; divisions: number } {
  const module = parse(text);
  const pipeline = `builtin.module(func.func(divide-by-invariants{target=${target}}))`;
  const { statistics } = runPasses(module, pipeline, [divideByInvariants]);
  return { module, divisions: statistics.divisions ?? 0 };
}

type Floats = Float32Array | Float64Array;

function run(module: Operation, inputs: Floats, divisor: number, relaxedMadd: 'once' | 'twice'): Floats {
  const type = (functionNamed(module, 'k').attr('function_type') as TypeAttr).type as FunctionType;
  const [x, b, out] = type.inputs.map((t) => makeMemRef(t as MemRefType, (t as MemRefType).shape)) as [
    ReturnType<typeof makeMemRef>,
    ReturnType<typeof makeMemRef>,
    ReturnType<typeof makeMemRef>,
  ];
  (x.storage as Floats).set(inputs as Float32Array);
  (b.storage as Floats)[0] = divisor;
  new Interpreter(module, { relaxedMadd }).call('k', [x, b, out]);
  return out.storage as Floats;
}

/** Numbers of all magnitudes, and those that end them. */
function numbers(count: number, data: Floats): Floats {
  const random = new Random(7);
  const hard = [0, -0, Number.NaN, Number.POSITIVE_INFINITY, -1e-45, 1e-38, 3e38, 2 ** -60, 2 ** 60, 2 ** -61, 1, -1];
  const single = data instanceof Float32Array;
  for (let i = 0; i < count; i++) {
    const isHard = i < 64 && i % 5 === 0;
    const exponent = Math.floor(random.uniform() * (i % 2 ? 8 : single ? 140 : 1100)) - (i % 2 ? 4 : single ? 70 : 550);
    data[i] = isHard ? hard[(i / 5) % hard.length]! : (1 + random.uniform()) * 2 ** exponent * (i % 3 ? 1 : -1);
  }
  return data;
}

describe('divide-by-invariants', () => {
  test('multiplies by the reciprocal, with the bits of the division', () => {
    for (const element of ['f32', 'f64'] as const) {
      const text = kernel({ element });
      const { module, divisions } = rewritten(text);
      expect(divisions).toBe(1);
      const own = parse(text);
      const inputs = numbers(512, element === 'f32' ? new Float32Array(512) : new Float64Array(512));
      for (const divisor of [3, -0.1, 1.9999998807907104, 1, 0, 1e30, 1e-42, 2 ** 60, Number.NaN, 7e-10]) {
        const expected = run(own, inputs, divisor, 'once');
        expect(run(module, inputs, divisor, 'once')).toEqual(expected);
        // An engine whose multiply-adds round twice divides.
        expect(run(module, inputs, divisor, 'twice')).toEqual(expected);
      }
    }
  });

  test('leaves short loops, much arithmetic, divisors that change, and targets without multiply-adds alone', () => {
    expect(rewritten(kernel({ trips: 31 })).divisions).toBe(0);
    expect(rewritten(kernel({ isVarying: true })).divisions).toBe(0);
    expect(rewritten(kernel(), 'wasm32-simd128').divisions).toBe(0);
    const add = (k: number) => `    %a${k + 1} = arith.addf ${k === 0 ? '%x' : `%a${k}`}, %x : V`;
    const adds = (count: number) => Array.from({ length: count }, (_, k) => add(k)).join('\n');
    expect(rewritten(kernel({ body: adds(7), numerator: '%a7' })).divisions).toBe(1);
    expect(rewritten(kernel({ body: adds(8), numerator: '%a8' })).divisions).toBe(0);
    expect(rewritten(kernel({ body: '    %e = math.exp %x : V', numerator: '%e' })).divisions).toBe(0);
  });

  test('names a target that it does not know', () => {
    expect(() => rewritten(kernel(), 'z80')).toThrow('z80');
  });
});
