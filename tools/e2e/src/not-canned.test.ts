// No kernel is canned: what decides is the shape of the computation, not the name of the op.
import { compile } from 'budflow';
import { expect, test } from 'vitest';
import { tensor } from './arguments.js';
import { compareProgram, RELAXED } from './differential.js';

const DOT = `func.func @main(%a: tensor<64x48xf32>, %b: tensor<48x40xf32>) -> (tensor<64x40xf32>) {
  %c = array.dot_general %a, %b batch = [] x [] contract = [1] x [0] : tensor<64x48xf32>, tensor<48x40xf32> -> tensor<64x40xf32>
  return %c : tensor<64x40xf32>
}`;
const PRODUCTS = `func.func @main(%a: tensor<64x48xf32>, %b: tensor<48x40xf32>) -> (tensor<64x40xf32>) {
  %zero = array.constant dense<-0.0> : tensor<f32>
  %t = array.transpose %b perm = [1, 0] : tensor<48x40xf32> to tensor<40x48xf32>
  %x = array.broadcast %a dims = [0, 2] : tensor<64x48xf32> to tensor<64x40x48xf32>
  %y = array.broadcast %t dims = [1, 2] : tensor<40x48xf32> to tensor<64x40x48xf32>
  %p = array.mul %x, %y : tensor<64x40x48xf32>
  %c = array.reduce add %p init %zero dims = [2] : tensor<64x40x48xf32>, tensor<f32> to tensor<64x40xf32>
  return %c : tensor<64x40xf32>
}`;

function compiled(text: string): { stages: Map<string, string>; kernels: number } {
  const stages = new Map<string, string>();
  const module = compile(text, { target: RELAXED, dump: (stage, ir) => void stages.set(stage, ir) });
  const { kernels } = module.report;
  module.dispose();
  return { stages, kernels };
}

interface Step {
  readonly primitive: string;
  readonly loop?: string;
  readonly loops?: readonly string[];
  readonly factor?: number;
}

/** Steps of the schedule that default-schedule wrote, with the stage's name left out. */
function schedule(stages: ReadonlyMap<string, string>): Step[] {
  const attr = /loop\.schedule_applied = "((?:[^"\\]|\\.)*)"/.exec(stages.get('default-schedule')!)![1]!;
  const text = attr.replace(/\\(?:22|")/g, '"').replace(/\b[a-z_]+(?=\.[dr]\d)/g, 'stage');
  return JSON.parse(text) as Step[];
}

test('a matrix product written as broadcast, multiply, reduce is blocked, packed and vectorised like dot_general', () => {
  const dot = schedule(compiled(DOT).stages);
  const products = schedule(compiled(PRODUCTS).stages);
  const shape = (steps: readonly Step[]) =>
    steps.map(({ primitive, loop, loops, factor }) => ({ primitive, loop, loops, factor }));
  expect(shape(products)).toEqual(shape(dot));
  const primitives = new Set(products.map((s) => s.primitive));
  for (const primitive of ['split', 'reorder', 'pack', 'vectorize', 'unroll_and_jam'])
    expect(primitives).toContain(primitive);
});

test('both are one kernel with multiply-adds of vectors, and right', () => {
  for (const text of [DOT, PRODUCTS]) {
    const { stages } = compiled(text);
    expect(stages.get('legalize-vectors')).toMatch(/math\.fma .*vector<4xf32>/);
    const args = [tensor('f32', [64, 48]), tensor('f32', [48, 40], 2)];
    expect(compareProgram(text, args, { target: RELAXED, numerics: 'default', level: 3 })).toBeUndefined();
  }
});

const softmax = (extra: string, from: string) => `func.func @main(%x: tensor<32x70xf32>) -> (tensor<32x70xf32>) {
  %low = array.constant dense<0xFF800000> : tensor<f32>
  %zero = array.constant dense<0.0> : tensor<f32>
  ${extra}
  %m = array.reduce max ${from} init %low dims = [1] : tensor<32x70xf32>, tensor<f32> to tensor<32xf32>
  %mb = array.broadcast %m dims = [0] : tensor<32xf32> to tensor<32x70xf32>
  %d = array.sub ${from}, %mb : tensor<32x70xf32>
  %e = array.exp %d : tensor<32x70xf32>
  %s = array.reduce add %e init %zero dims = [1] : tensor<32x70xf32>, tensor<f32> to tensor<32xf32>
  %sb = array.broadcast %s dims = [0] : tensor<32xf32> to tensor<32x70xf32>
  %q = array.div %e, %sb : tensor<32x70xf32>
  return %q : tensor<32x70xf32>
}`;
const PLAIN_SOFTMAX = softmax('', '%x');
const SCALED_SOFTMAX = softmax(
  '%c = array.constant dense<0.125> : tensor<f32>\n  %cb = array.broadcast %c dims = [] : tensor<f32> to tensor<32x70xf32>\n  %y = array.mul %x, %cb : tensor<32x70xf32>',
  '%y',
);

test('softmax with a scale is one kernel as plain softmax is', () => {
  const plain = compiled(PLAIN_SOFTMAX);
  const scaled = compiled(SCALED_SOFTMAX);
  for (const { stages, kernels } of [plain, scaled]) {
    expect(kernels).toBe(1);
    expect(stages.get('instruction-fusion')!.match(/array\.fusion\(/g)).toHaveLength(1);
    expect(stages.get('default-schedule')).toContain('vector<16xf32>');
  }
  expect(schedule(scaled.stages).map((s) => s.primitive)).toEqual(schedule(plain.stages).map((s) => s.primitive));
  for (const text of [PLAIN_SOFTMAX, SCALED_SOFTMAX])
    expect(
      compareProgram(text, [tensor('f32', [32, 70])], { target: RELAXED, numerics: 'default', level: 3 }),
    ).toBeUndefined();
});
