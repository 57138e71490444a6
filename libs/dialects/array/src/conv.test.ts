// array.conv: its interpretation against the formula written out, its maps and body against its interpretation, its text, what its
// verifier refuses, and its canonicalizations.
import { elementsOf, Interpretable, interpretPureOp, type Scalar, type TensorValue } from '@budflow/interpreter';
import { type Operation, StructuredOp, verify } from '@budflow/ir';
import { applyPatternsGreedily } from '@budflow/rewrite';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConvOp, convWindow, isPlainConv, structuredInterpretation } from './index.js';
import { call, messagesOf, moduleFrom, newContext, opsNamed, tensor } from './testing/harness.js';
import { type ConvCase, convCases, convText, convTypes, referenceConv } from './testing/random-conv.js';

function program(c: ConvCase, element: string, options: Parameters<typeof convText>[2] = {}): string {
  const types = convTypes(c, element, options);
  return `func.func @f(%x: ${types.lhs}, %w: ${types.rhs}) -> ${types.result} {
  %r = ${convText(c, element, options)}
  return %r : ${types.result}
}`;
}

const VALUES = [0, -0, 1, -1, 0.5, 3, -2.25, 1e20, 1e-30, Number.POSITIVE_INFINITY, Number.NaN, 0.1, 7.3];

function elements(count: number, seed: number): number[] {
  return Array.from({ length: count }, (_, i) =>
    Math.fround(VALUES[(i * 7 + seed * 13 + ((i * i) % 5)) % VALUES.length]!),
  );
}

function count(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

function run(
  text: string,
  x: readonly Scalar[],
  w: readonly Scalar[],
  c: ConvCase,
  element: string,
  way?: 'structured',
) {
  const context = newContext();
  const module = moduleFrom(text, context);
  if (way) context.attach('array.conv', Interpretable, structuredInterpretation);
  const types = convTypes(c, element);
  const [result] = call(module, [tensor(context, types.lhs, x), tensor(context, types.rhs, w)]) as [TensorValue];
  return { shape: result.shape, elements: elementsOf(result) };
}

const f32Add = (sum: number, a: number, b: number) => Math.fround(sum + Math.fround(a * b));

describe('what a convolution computes', () => {
  test('follows the formula of the specification, for every rank, layout, window and kind of group', () => {
    fc.assert(
      fc.property(convCases(), fc.nat(100), (c, seed) => {
        const [x, w] = [elements(count(c.lhs), seed), elements(count(c.rhs), seed + 1)];
        const { shape, elements: found } = run(program(c, 'f32'), x, w, c, 'f32');
        expect(shape).toEqual(c.result);
        expect(found).toEqual(referenceConv(c, x, w, f32Add, -0));
      }),
      { numRuns: 300 },
    );
  });

  test('is the same for sizes that are known at run time only', () => {
    fc.assert(
      fc.property(convCases(), fc.nat(100), (c, seed) => {
        const [x, w] = [elements(count(c.lhs), seed), elements(count(c.rhs), seed + 1)];
        expect(run(program(c, 'f32', { dynamic: true }), x, w, c, 'f32')).toEqual(
          run(program(c, 'f32'), x, w, c, 'f32'),
        );
      }),
      { numRuns: 60 },
    );
  });

  test('widens elements before it multiplies them', () => {
    fc.assert(
      fc.property(convCases(), (c) => {
        const small = (n: number) => Array.from({ length: n }, (_, i) => ((i * 37) % 256) - 128);
        const [x, w] = [small(count(c.lhs)), small(count(c.rhs))];
        const { elements: found } = run(program(c, 'i8', { result: 'i32' }), x, w, c, 'i8');
        expect(found).toEqual(referenceConv(c, x, w, (s, a, b) => (s + Math.imul(a, b)) | 0, 0).map((n) => n | 0));
      }),
      { numRuns: 60 },
    );
  });

  test('rounds a multiply-add once where it contracts', () => {
    fc.assert(
      fc.property(convCases(), (c) => {
        const values = (n: number) => Array.from({ length: n }, (_, i) => Math.fround(Math.sin(i + 1)));
        const [x, w] = [values(count(c.lhs)), values(count(c.rhs))];
        const found = run(program(c, 'f32', { attributes: ' {contract = "exact"}' }), x, w, c, 'f32');
        // Products of f32 are exact in f64; these sums of few of them nearly always round once.
        const exact = referenceConv(c, x, w, (s, a, b) => Math.fround(s + a * b), -0);
        found.elements.forEach((value, i) => {
          expect(Math.abs(Number(value) - exact[i]!)).toBeLessThanOrEqual(1e-6);
        });
      }),
      { numRuns: 40 },
    );
  });

  test('is what maps and body say, where they do', () => {
    let plain = 0;
    fc.assert(
      fc.property(convCases(), fc.nat(100), (c, seed) => {
        const unpadded: ConvCase = { ...c, low: c.low.map(() => 0), high: c.high.map(() => 0) };
        const module = moduleFrom(program(c, 'f32'));
        if (!isPlainConv(convWindow(opsNamed(module, 'array.conv')[0]!))) {
          expect(
            StructuredOp.of(opsNamed(module, 'array.conv')[0]!)!.indexingMaps(opsNamed(module, 'array.conv')[0]!)[0],
          ).toBeNull();
          return;
        }
        plain++;
        const [x, w] = [elements(count(unpadded.lhs), seed), elements(count(unpadded.rhs), seed + 1)];
        expect(run(program(c, 'f32'), x, w, c, 'f32', 'structured')).toEqual(run(program(c, 'f32'), x, w, c, 'f32'));
      }),
      { numRuns: 400 },
    );
    expect(plain).toBeGreaterThan(20);
  });
});

describe('text', () => {
  test('says what differs from a plain window, and reads back', () => {
    fc.assert(
      fc.property(convCases(), (c) => {
        const module = moduleFrom(program(c, 'f32'));
        const text = module.toString();
        expect(text).toContain('array.conv');
        expect(moduleFrom(text).toString()).toBe(text);
        expect(moduleFrom(text.replace(/ (strides|lhs_dilation|rhs_dilation) = \[(1(, 1)*)?\]/g, '')).toString()).toBe(
          text,
        );
      }),
      { numRuns: 50 },
    );
  });

  test('builders infer the type of the result', () => {
    fc.assert(
      fc.property(convCases(), (c) => {
        const [conv] = opsNamed(moduleFrom(program(c, 'f32')), 'array.conv');
        const spec = conv!.info.definition!.spec;
        const state = {
          operands: conv!.operands,
          attributes: new Map(conv!.attributes.names.map((n, i) => [n, conv!.attributes.values[i]!])),
        };
        expect(spec.inferTypes!(conv!.context, state as never)).toEqual([conv!.result(0).type]);
      }),
      { numRuns: 50 },
    );
  });
});

describe('what the verifier refuses', () => {
  const BASE = {
    head: 'dims = "b01f_01io->b01f"',
    x: 'tensor<2x8x8x4xf32>',
    w: 'tensor<3x3x4x6xf32>',
    r: 'tensor<2x6x6x6xf32>',
  };
  function message(change: Partial<typeof BASE> & { tail?: string }): string {
    const { head, x, w, r } = { ...BASE, ...change };
    const text = `func.func @f(%x: ${x}, %w: ${w}) -> ${r} {
  %r = array.conv %x, %w ${head}${change.tail ?? ''} : ${x}, ${w} -> ${r}
  return %r : ${r}
}`;
    return messagesOf(text).join('\n');
  }
  test.each([
    ['nothing', {}, ''],
    ['labels that are none', { head: 'dims = "nhwc"' }, `'dims' has to be of the form "b01f_01io->b01f"`],
    ['a label twice', { head: 'dims = "b0ff_01io->b01f"' }, `'f' occurs twice in 'b0ff'`],
    ['a spatial dimension too few', { head: 'dims = "b01f_0io->b01f"' }, `spatial dimension 1 is missing in '0io'`],
    ['a batch in one tensor', { head: 'dims = "01f_01io->b01f"' }, `needs 'b' in lhs and result, or in neither`],
    [
      'features in one tensor',
      { head: 'dims = "b01f_01o->b01f"' },
      `needs 'f' of the lhs and 'i' of the rhs, or neither`,
    ],
    [
      'outputs in one tensor',
      { head: 'dims = "b01f_01i->b01f"' },
      `needs 'o' of the rhs and 'f' of the result, or neither`,
    ],
    ['groups in one tensor', { head: 'dims = "b01g_01io->b01f"' }, `needs 'f' of the lhs`],
    ['groups in two tensors', { head: 'dims = "b01fg_01io->b01f"' }, `needs 'g' in all tensors, or in none`],
    [
      'another rank',
      { w: 'tensor<3x3x6xf32>' },
      `requires a rhs of 4 dimensions as in "b01f_01io->b01f", got tensor<3x3x6xf32>`,
    ],
    ['other elements', { w: 'tensor<3x3x4x6xf64>' }, 'requires operands of one element type'],
    [
      'a narrower result',
      { r: 'tensor<2x6x6x6xf16>' },
      'requires a result of elements f32 or a wider type of their kind',
    ],
    [
      'strides of another rank',
      { tail: ' strides = [1]' },
      `requires 'strides' with one entry for each of 2 spatial dimensions, got 1`,
    ],
    ['a stride of 0', { tail: ' strides = [0, 1]' }, `requires entries of at least 1 in 'strides', got 0`],
    [
      'a reversed batch',
      { tail: ' reversed = [2]' },
      `requires 'reversed' to name spatial dimensions (below 2) once each, got 2`,
    ],
    ['no groups', { tail: ' feature_groups = 0' }, 'requires at least 1 group, got 0'],
    [
      'groups of both',
      { tail: ' feature_groups = 2 batch_groups = 2' },
      'requires feature groups or batch groups, got 2 and 2',
    ],
    [
      'features that groups do not divide',
      { tail: ' feature_groups = 3' },
      'requires a multiple of 3 features, got dimension 3 of tensor<2x8x8x4xf32>',
    ],
    [
      'outputs that groups do not divide',
      { tail: ' feature_groups = 4' },
      'requires a multiple of 4 output features, got tensor<3x3x4x6xf32>',
    ],
    [
      'features of a group',
      { tail: ' feature_groups = 2' },
      'requires an rhs of 2 input features for each group, got dimension 2 of tensor<3x3x4x6xf32>',
    ],
    [
      'another number of features',
      { w: 'tensor<3x3x5x6xf32>' },
      'requires an rhs of 4 input features, got dimension 2',
    ],
    ['an empty window', { w: 'tensor<3x0x4x6xf32>' }, 'requires a window of at least one element, got dimension 1'],
    [
      'another result',
      { r: 'tensor<2x7x6x6xf32>' },
      'requires a result of type tensor<2x6x6x6xf32>, got tensor<2x7x6x6xf32>',
    ],
    ['an order in lanes', { tail: ' {order = #array.order<canonical>}' }, 'requires the order sequential or free'],
    [
      'contraction of integers',
      { x: 'tensor<2x8x8x4xi32>', w: 'tensor<3x3x4x6xi32>', r: 'tensor<2x6x6x6xi32>', tail: ' {contract = "exact"}' },
      'requires floats for contract',
    ],
    [
      'as many groups in both',
      { head: 'dims = "b01g_01g->b01g"', w: 'tensor<3x3x5xf32>', r: 'tensor<2x6x6x4xf32>' },
      'requires equally many groups, got dimension 3',
    ],
    [
      'groups twice',
      {
        head: 'dims = "b01g_01g->b01g"',
        w: 'tensor<3x3x4xf32>',
        r: 'tensor<2x6x6x4xf32>',
        tail: ' feature_groups = 4',
      },
      `has groups as dimension 'g' and needs no other 4`,
    ],
  ] as const)('%s', (_, change, expected) => {
    const found = message(change);
    if (expected === '') expect(found).toBe('');
    else expect(found).toContain(expected);
  });
});

function canonicalize(module: Operation): void {
  const options = { canonicalize: true, defaultFold: interpretPureOp, checkChanges: true };
  expect(applyPatternsGreedily(module, [], options).converged).toBe(true);
  expect(verify(module)).toBe(true);
}

describe('canonicalization', () => {
  test('keeps every bit', () => {
    fc.assert(
      fc.property(convCases(), fc.nat(100), (c, seed) => {
        const [x, w] = [elements(count(c.lhs), seed), elements(count(c.rhs), seed + 1)];
        const context = newContext();
        const module = moduleFrom(program(c, 'f32'), context);
        canonicalize(module);
        const types = convTypes(c, 'f32');
        const [result] = call(module, [tensor(context, types.lhs, x), tensor(context, types.rhs, w)]) as [TensorValue];
        expect(elementsOf(result)).toEqual(run(program(c, 'f32'), x, w, c, 'f32').elements);
      }),
      { numRuns: 150 },
    );
  });

  function canonical(text: string): string {
    const module = moduleFrom(text);
    canonicalize(module);
    return module.toString();
  }

  test('a window of one place is a product of matrices', () => {
    const text = canonical(`func.func @f(%x: tensor<2x5x7x4xf32>, %w: tensor<1x1x4x6xf32>) -> tensor<2x5x7x6xf32> {
  %r = array.conv %x, %w dims = "b01f_01io->b01f" : tensor<2x5x7x4xf32>, tensor<1x1x4x6xf32> -> tensor<2x5x7x6xf32>
  return %r : tensor<2x5x7x6xf32>
}`);
    expect(text).not.toContain('array.conv');
    expect(text).toContain('array.dot_general %arg0, %0 contract = [3] x [0]');
  });

  test('with strides, of the places that it visits', () => {
    const text = canonical(`func.func @f(%x: tensor<1x4x5x7xf32>, %w: tensor<6x4x1x1xf32>) -> tensor<1x6x3x4xf32> {
  %r = array.conv %x, %w dims = "bf01_oi01->bf01" strides = [2, 2] : tensor<1x4x5x7xf32>, tensor<6x4x1x1xf32> -> tensor<1x6x3x4xf32>
  return %r : tensor<1x6x3x4xf32>
}`);
    expect(text).not.toContain('array.conv');
    expect(text).toContain('array.slice %arg0 [0:1:1, 0:4:1, 0:5:2, 0:7:2]');
    expect(text).toMatch(/array\.dot_general %\d+, %\d+ contract = \[1\] x \[1\]/);
  });

  test('without spatial dimensions it is one as well', () => {
    const text = canonical(`func.func @f(%x: tensor<2x4xf32>, %w: tensor<4x6xf32>) -> tensor<2x6xf32> {
  %r = array.conv %x, %w dims = "bf_io->bf" : tensor<2x4xf32>, tensor<4x6xf32> -> tensor<2x6xf32>
  return %r : tensor<2x6xf32>
}`);
    expect(text).toContain('array.dot_general %arg0, %arg1 contract = [1] x [0]');
  });

  test('a dimension of one place is neither reversed nor spread', () => {
    const text = canonical(`func.func @f(%x: tensor<2x9x9x4xf32>, %w: tensor<1x3x4x6xf32>) -> tensor<2x9x5x6xf32> {
  %r = array.conv %x, %w dims = "b01f_01io->b01f" rhs_dilation = [3, 2] reversed = [0, 1] : tensor<2x9x9x4xf32>, tensor<1x3x4x6xf32> -> tensor<2x9x5x6xf32>
  return %r : tensor<2x9x5x6xf32>
}`);
    const [conv] = opsNamed(moduleFrom(text), 'array.conv');
    expect(ConvOp.rhs_dilation(conv!)).toEqual([1, 2]);
    expect(ConvOp.reversed(conv!)).toEqual([1]);
  });
});
