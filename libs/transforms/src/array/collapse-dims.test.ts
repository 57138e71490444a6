import { FusionOp } from '@budflow/dialect-array';
import type { Operation } from '@budflow/ir';
import { PassManager, passItem, pipeline } from '@budflow/pass';
import { describe, expect, test } from 'vitest';
import { canonicalize } from '../general/canonicalize.js';
import { bufferize } from '../memory/bufferize.js';
import { functionNamed, parse } from '../testing/kernels.js';
import { layerNormProgram } from '../testing/known-programs.js';
import { runMain, runPasses } from '../testing/programs.js';
import { collapseDims } from './collapse-dims.js';
import { fixNumerics } from './fix-numerics.js';
import { instructionFusion } from './instruction-fusion.js';

const passes = [fixNumerics, instructionFusion, collapseDims, canonicalize, bufferize];

function collapse(
  text: string,
  { sizes = [], after = '' }: { readonly sizes?: readonly number[]; readonly after?: string } = {},
): Operation {
  const module = parse(text);
  runPasses(module, 'builtin.module(fix-numerics,func.func(instruction-fusion))', passes);
  const before = runMain(module, { sizes });
  runPasses(module, `builtin.module(func.func(collapse-dims)${after})`, passes);
  expect(runMain(module, { sizes })).toEqual(before);
  return functionNamed(module, 'main');
}

/** Types of the operands and results of the only fusion, without `tensor<` and the element. */
function shapes(func: Operation): string {
  const fusion = func.region(0).entry.ops.find((op) => FusionOp.is(op))!;
  const text = (types: readonly { toString(): string }[]) =>
    types.map((t) => t.toString().replace(/^tensor<|x?f32>$|x?i32>$/g, '')).join(' ');
  return `${text(fusion.operands.map((v) => v.type))} -> ${text(fusion.resultTypes)}`;
}

const main = (params: string, results: string, body: string) =>
  `func.func @main(${params}) -> ${results} {\n${body}\n}`;

describe('collapse-dims', () => {
  test('elementwise loops over several dimensions become one', () => {
    const func = collapse(
      main(
        '%x: tensor<10x3xf32>, %y: tensor<10x3xf32>',
        'tensor<10x3xf32>',
        '  %0 = array.sub %x, %y : tensor<10x3xf32>\n  return %0 : tensor<10x3xf32>',
      ),
    );
    expect(
      func.toString(),
    ).toBe(`func.func @main(%arg0: tensor<10x3xf32>, %arg1: tensor<10x3xf32>) -> tensor<10x3xf32> {
  %0 = array.reshape %arg0 : tensor<10x3xf32> to tensor<30xf32>
  %1 = array.reshape %arg1 : tensor<10x3xf32> to tensor<30xf32>
  %2 = array.fusion(%arg2 = %0 : tensor<30xf32>, %arg3 = %1 : tensor<30xf32>) kind = "loop" -> tensor<30xf32> {
    %4 = array.sub %arg2, %arg3 : tensor<30xf32>
    array.yield %4 : tensor<30xf32>
  }
  %3 = array.reshape %2 : tensor<30xf32> to tensor<10x3xf32>
  return %3 : tensor<10x3xf32>
}`);
  });

  test('a sum of everything runs over one dimension, in the same order', () => {
    const body = (type: string) => `  %z = array.constant dense<0.0> : tensor<f32>
  %0 = array.abs %x : ${type}
  %1 = array.reduce add %0 init %z dims = [0, 1, 2] : ${type}, tensor<f32> to tensor<f32>
  return %1 : tensor<f32>`;
    expect(shapes(collapse(main('%x: tensor<7x30x11xf32>', 'tensor<f32>', body('tensor<7x30x11xf32>'))))).toBe(
      '2310 -> ',
    );
  });

  test('rows stay rows: only dimensions on one side of a reduction merge', () => {
    const [full, row] = ['tensor<2x3x4x5xf32>', 'tensor<2x3xf32>'];
    const func = collapse(
      main(
        `%x: ${full}`,
        full,
        `  %z = array.constant dense<0.0> : tensor<f32>
  %0 = array.reduce max %x init %z dims = [2, 3] : ${full}, tensor<f32> to ${row}
  %1 = array.broadcast %0 dims = [0, 1] : ${row} to ${full}
  %2 = array.sub %x, %1 : ${full}
  return %2 : ${full}`,
      ),
    );
    expect(shapes(func)).toBe('6x20 -> 6x20');
  });

  test('layer normalisation has nothing to merge', () => {
    expect(collapse(layerNormProgram(4, 10)).toString()).not.toContain('reshape');
  });

  test('a vector that is repeated keeps its dimension apart', () => {
    const [full, t] = ['tensor<2x3x5xf32>', 'tensor<5xf32>'];
    const func = collapse(
      main(
        `%x: ${full}, %b: ${t}`,
        full,
        `  %0 = array.broadcast %b dims = [2] : ${t} to ${full}\n  %1 = array.add %x, %0 : ${full}\n  return %1 : ${full}`,
      ),
    );
    expect(shapes(func)).toBe('5 6x5 -> 6x5');
  });

  test('a transposition merges what it moves together', () => {
    const func = collapse(
      main(
        '%x: tensor<2x3x5xf32>',
        'tensor<5x2x3xf32>',
        '  %0 = array.transpose %x perm = [2, 0, 1] : tensor<2x3x5xf32> to tensor<5x2x3xf32>\n  return %0 : tensor<5x2x3xf32>',
      ),
    );
    expect(shapes(func)).toBe('6x5 -> 5x6');
  });

  test('a range of rows is a range of elements, a range within rows is not', () => {
    const slice = (ranges: string, to: string) =>
      collapse(
        main(
          '%x: tensor<6x4xf32>',
          `tensor<${to}xf32>`,
          `  %0 = array.slice %x [${ranges}] : tensor<6x4xf32> to tensor<${to}xf32>\n  return %0 : tensor<${to}xf32>`,
        ),
      );
    expect(shapes(slice('1:5:1, 0:4:1', '4x4'))).toBe('24 -> 16');
    expect(shapes(slice('0:6:1, 1:3:1', '6x2'))).toBe('6x4 -> 6x2');
    expect(shapes(slice('0:6:2, 0:4:1', '3x4'))).toBe('6x4 -> 3x4');
  });

  test('padding rows merges, padding columns does not', () => {
    const pad = (low: string, to: string) =>
      collapse(
        main(
          '%x: tensor<3x4xf32>',
          `tensor<${to}xf32>`,
          `  %0 = array.pad %x low = [${low}] high = [0, 0] value 1.0 : f32 : tensor<3x4xf32> to tensor<${to}xf32>\n  return %0 : tensor<${to}xf32>`,
        ),
      );
    expect(shapes(pad('2, 0', '5x4'))).toBe('12 -> 20');
    expect(shapes(pad('0, 1', '3x5'))).toBe('3x4 -> 3x5');
  });

  test('batch, free and contracted dimensions of a product merge among themselves', () => {
    const dot = (x: string, y: string, dims: string, r: string, same = false) =>
      shapes(
        collapse(
          main(
            same ? `%x: ${x}` : `%x: ${x}, %y: ${y}`,
            r,
            `  %0 = array.dot_general %x, ${same ? '%x' : '%y'} ${dims} : ${x}, ${y} -> ${r}\n  return %0 : ${r}`,
          ),
        ),
      );
    const t = (shape: string) => `tensor<${shape}xf32>`;
    expect(dot(t('2x3x4x5'), t('5x6x7'), 'contract = [3] x [0]', t('2x3x4x6x7'))).toBe('24x5 5x42 -> 24x42');
    expect(
      dot(t('2x3x4x5x6'), t('2x3x5x6x7'), 'batch = [0, 1] x [0, 1] contract = [3, 4] x [2, 3]', t('2x3x4x7')),
    ).toBe('6x4x30 6x30x7 -> 6x4x7');
    // Contracted in another order, or apart in one of them.
    expect(dot(t('4x5x6'), t('6x5x7'), 'contract = [1, 2] x [1, 0]', t('4x7'))).toBe('4x5x6 6x5x7 -> 4x7');
    expect(dot(t('2x3x4x5'), t('3x5x2'), 'batch = [1] x [0] contract = [3] x [1]', t('3x2x4x2'))).toBe(
      '2x3x4x5 3x5x2 -> 3x2x4x2',
    );
    // One tensor on both sides.
    expect(dot(t('4x4x5'), t('4x4x5'), 'contract = [1, 2] x [0, 2]', t('4x4'), true)).toBe('4x4x5 -> 4x4');
    expect(dot(t('4x5x5'), t('4x5x5'), 'contract = [1, 2] x [1, 2]', t('4x4'), true)).toBe('4x25 -> 4x4');
  });

  test('what counts along a dimension keeps it', () => {
    const func = collapse(
      main(
        '%x: tensor<2x3x4xi32>',
        'tensor<2x3x4xi32>',
        '  %0 = array.iota dim = 2 : tensor<2x3x4xi32>\n  %1 = array.add %x, %0 : tensor<2x3x4xi32>\n  return %1 : tensor<2x3x4xi32>',
      ),
    );
    expect(shapes(func)).toBe('6x4 -> 6x4');
  });

  test('dynamic dimensions merge, and results get their sizes back', () => {
    const full = 'tensor<?x?x4xf32>';
    for (const sizes of [
      [3, 5],
      [0, 5],
      [1, 1],
    ]) {
      const func = collapse(main(`%x: ${full}`, full, `  %0 = array.exp %x : ${full}\n  return %0 : ${full}`), {
        sizes,
      });
      expect(shapes(func)).toBe('? -> ?');
    }
    const rows = collapse(
      main(
        `%x: ${full}`,
        'tensor<?x?xf32>',
        `  %z = array.constant dense<0.0> : tensor<f32>\n  %0 = array.reduce add %x init %z dims = [2] : ${full}, tensor<f32> to tensor<?x?xf32>\n  return %0 : tensor<?x?xf32>`,
      ),
      { sizes: [3, 5] },
    );
    expect(shapes(rows)).toBe('?x4 -> ?');
  });

  test('no elements', () => {
    expect(
      shapes(
        collapse(
          main(
            '%x: tensor<0x3xf32>',
            'tensor<0x3xf32>',
            '  %0 = array.exp %x : tensor<0x3xf32>\n  return %0 : tensor<0x3xf32>',
          ),
        ),
      ),
    ).toBe('0x3 -> 0x3');
  });

  test('views between two kernels cancel, so that the second still runs in place', () => {
    const t = 'tensor<4x5xf32>';
    const module = collapse(
      main(
        `%x: ${t}, %w: tensor<5x5xf32>`,
        t,
        `  %0 = array.exp %x : ${t}\n  %1 = array.dot_general %0, %w contract = [1] x [0] : ${t}, tensor<5x5xf32> -> ${t}\n  %2 = array.exp %1 : ${t}\n  return %2 : ${t}`,
      ),
      { after: ',canonicalize,bufferize' },
    );
    expect(module.toString().match(/memory\.alloc/g)).toHaveLength(2);
  });
});

test('collapse-dims remarks on fusions whose dimensions stay apart', () => {
  const remarks = (text: string) => {
    const module = parse(text);
    runPasses(module, 'builtin.module(fix-numerics,func.func(instruction-fusion))', passes);
    const result = new PassManager(pipeline('builtin.module', passItem(collapseDims))).run(module);
    return result.remarks.map(({ kind, name }) => `${kind} ${name}`);
  };
  const transpose = main(
    '%x: tensor<10x3xf32>, %y: tensor<3x10xf32>',
    'tensor<3x10xf32>',
    '  %t = array.transpose %x perm = [1, 0] : tensor<10x3xf32> to tensor<3x10xf32>\n  %0 = array.sub %t, %y : tensor<3x10xf32>\n  return %0 : tensor<3x10xf32>',
  );
  expect(remarks(transpose)).toEqual(['missed dims-apart']);
  expect(
    remarks(transpose.replaceAll('10x3', '30').replaceAll('3x10', '30').replace('perm = [1, 0]', 'perm = [0]')),
  ).toEqual([]);
});
