import { readFileSync } from 'node:fs';
import { registerCoreDialects } from '@budflow/dialect-core';
import { registerMemoryDialect } from '@budflow/dialect-memory';
import { registerRtDialect } from '@budflow/dialect-rt';
import { AffineExpr, Context, type Operation, parseModule } from '@budflow/ir';
import { describe, expect, test } from 'vitest';
import * as library from './index.js';
import { argumentLayout, evaluateSize, phaseMetadata, sizeExpression, TrapCode, trapKind } from './index.js';

function functionOf(text: string): Operation {
  const context = new Context();
  for (const register of [registerCoreDialects, registerMemoryDialect, registerRtDialect]) register(context);
  const { result, diagnostics } = context.diagnostics.collect(() => parseModule(text, context));
  if (!result) throw new Error(diagnostics.map((d) => d.message).join('\n'));
  return result.region(0).entry.firstOp as Operation;
}

const kernel = (args: string, attributes = ''): Operation =>
  functionOf(
    `func.func @k(${args}${args ? ', ' : ''}%begin: index, %end: index) -> index ${attributes}{\n  return %end : index\n}`,
  );

describe('the argument block', () => {
  test('has addresses, dynamic sizes in order, dynamic strides and scalars behind the words of the runtime', () => {
    const layout = argumentLayout(
      kernel('%a: memref<?x4x?xf32>, %s: f64, %b: memref<8xui8>, %c: memref<?x4xf32, strided<[?, 1]>>'),
    );
    expect(layout).toMatchObject({
      wordCount: 16,
      byteLength: 128,
      sizeWords: [9, 10, 14],
      arguments: [
        {
          kind: 'array',
          element: 'f32',
          shape: [null, 4, null],
          address: 8,
          sizes: [
            { dim: 0, word: 9 },
            { dim: 2, word: 10 },
          ],
          strides: [],
        },
        { kind: 'scalar', type: 'f64', word: 11 },
        { kind: 'array', element: 'ui8', shape: [8], address: 12, sizes: [], strides: [] },
        { kind: 'array', address: 13, sizes: [{ dim: 0, word: 14 }], strides: [{ dim: 0, word: 15 }] },
      ],
    });
  });

  test('of a state argument has no address of its own', () => {
    const layout = argumentLayout(
      kernel('%a: memref<?xf32>, %s: memref<?xf32> {rt.state}, %t: memref<4xf32> {rt.temporary}'),
    );
    expect(layout?.arguments).toMatchObject([
      { role: 'plain', address: 8 },
      { role: 'state', address: 0, sizes: [{ dim: 0, word: 10 }] },
      { role: 'temporary', address: 11 },
    ]);
  });

  test('of no arguments is that of the runtime', () => {
    expect(argumentLayout(kernel(''))).toMatchObject({ arguments: [], wordCount: 8, sizeWords: [] });
  });

  test('exists only for functions that end in the range of chunks', () => {
    expect(
      argumentLayout(functionOf('func.func @f(%a: memref<4xf32>, %n: index) -> index {\n  return %n : index\n}')),
    ).toBeUndefined();
    expect(argumentLayout(functionOf('func.func @f(%a: index, %n: index) {\n  return\n}'))).toBeUndefined();
  });
});

describe('chunk counts', () => {
  test('are what the affine map says', () => {
    const [d0, s0] = [AffineExpr.dim(0), AffineExpr.symbol(0)];
    const map = new Context().affineMap(1, 1, [d0.mul(3).add(s0.ceilDiv(64)).add(d0.floorDiv(5)).add(s0.mod(7))]);
    const expression = sizeExpression(map);
    for (const sizes of [
      [0, 0],
      [1, 1],
      [17, 130],
    ])
      expect(evaluateSize(expression, sizes)).toBe(map.evaluate([sizes[0] as number], [sizes[1] as number])[0]);
    expect(JSON.parse(JSON.stringify(expression))).toEqual(expression);
  });

  test('and scratch and state sizes are read off the function', () => {
    const func = kernel(
      '%a: memref<?xf32>',
      'attributes {rt.chunks = affine_map<()[s0] -> (s0 ceildiv 64)>, rt.scratch_bytes = 192 : i64, rt.state_bytes = affine_map<()[s0] -> (s0 * 8)>} ',
    );
    const phase = phaseMetadata(func);
    expect(phase).toMatchObject({ name: 'k', scratchBytes: 192 });
    expect(evaluateSize(phase?.chunks ?? 0, [65])).toBe(2);
    expect(evaluateSize(phase?.stateBytes ?? 0, [65])).toBe(520);
    expect(phaseMetadata(kernel(''))).toMatchObject({ chunks: 1, scratchBytes: 0, stateBytes: 0 });
  });
});

test('trap codes are negative and have names', () => {
  for (const code of Object.values(TrapCode)) expect(code).toBeLessThan(0);
  expect(trapKind(TrapCode.indexRange)).toBe('IndexRange');
  expect(trapKind(-99)).toBe('KernelTrap');
});

test('the example of the README says what the library does', () => {
  const text = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const code = /```ts\nimport \{(.*?)\}.*?\n(.*?)```/s.exec(text);
  const kernelFunction = kernel(
    '%a: memref<?x4xf32>',
    'attributes {rt.chunks = affine_map<()[s0] -> (s0 ceildiv 64)>} ',
  );
  const run = new Function(
    'library',
    'kernelFunction',
    `const {${code?.[1]}} = library; ${code?.[2]}; return { first: layout.arguments[0], count };`,
  );
  expect(run(library, kernelFunction)).toMatchObject({
    count: 16,
    first: { kind: 'array', element: 'f32', shape: [null, 4], address: 8, sizes: [{ dim: 0, word: 9 }] },
  });
});
