// expand-windows: what it makes of padding, dilation, reversal and groups; results stay as they are.
import { describe, expect, test } from 'vitest';
import { parse } from '../testing/kernels.js';
import { runMain, runPasses } from '../testing/programs.js';
import { expandWindows } from './expand-windows.js';

/** Ops of @main after the pass, whose results are those of before. */
function expanded(text: string, options = ''): string[] {
  const module = parse(text);
  const before = runMain(module, {});
  runPasses(module, `builtin.module(func.func(expand-windows${options}))`, [expandWindows]);
  // A sum without its zeros may be a negative zero.
  const signless = (values: readonly string[]) => values.map((list) => list.replaceAll(/(^| )-0(?= |$)/g, '$10'));
  const after = runMain(module, {});
  if (options) expect(signless(after)).toEqual(signless(before));
  else expect(after).toEqual(before);
  return module
    .toString()
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /= array\.(?!constant)/.test(line))
    .map((line) => line.replace(/ : .*/, ''));
}

function conv(window: string, x: string, w: string, r: string): string {
  return `func.func @main(%x: ${x}, %w: ${w}) -> ${r} {
  %0 = array.conv %x, %w ${window} : ${x}, ${w} -> ${r}
  return %0 : ${r}
}`;
}

describe('convolutions', () => {
  test('padding is an op of its own', () => {
    const text = conv(
      'dims = "b01f_01io->b01f" low = [1, 2] high = [0, 1]',
      'tensor<1x5x6x2xf32>',
      'tensor<2x3x2x4xf32>',
      'tensor<1x5x7x4xf32>',
    );
    expect(expanded(text)).toEqual([
      '%0 = array.pad %arg0 low = [0, 1, 2, 0] high = [0, 0, 1, 0] value 0.000000e+00',
      '%1 = array.conv %0, %arg1 dims = "b01f_01io->b01f"',
    ]);
  });

  test('gaps are a dimension of their own while they are filled', () => {
    const text = conv(
      'dims = "b0f_0io->b0f" low = [1] high = [2] lhs_dilation = [3]',
      'tensor<1x4x2xf32>',
      'tensor<3x2x4xf32>',
      'tensor<1x11x4xf32>',
    );
    expect(expanded(text).map((line) => line.split(' ')[2])).toEqual([
      'array.reshape',
      'array.pad',
      'array.reshape',
      'array.pad',
      'array.conv',
    ]);
  });

  test('negative padding cuts', () => {
    const text = conv(
      'dims = "b0f_0io->b0f" low = [-1] high = [1]',
      'tensor<1x6x2xf32>',
      'tensor<3x2x4xf32>',
      'tensor<1x4x4xf32>',
    );
    expect(expanded(text)).toEqual([
      '%0 = array.pad %arg0 low = [0, 0, 0] high = [0, 1, 0] value 0.000000e+00',
      '%1 = array.slice %0 [0:1:1, 1:7:1, 0:2:1]',
      '%2 = array.conv %1, %arg1 dims = "b0f_0io->b0f"',
    ]);
  });

  test('columns that are strided, or few, get their features last, where these are many', () => {
    const strided = (features: number, strides: string, columns = 65) =>
      expanded(
        conv(
          `dims = "bf01_oi01->bf01" strides = ${strides}`,
          `tensor<1x${features}x5x${columns}xf32>`,
          `tensor<17x${features}x2x3xf32>`,
          `tensor<1x17x4x${strides.includes('2') ? (columns - 1) / 2 : columns - 2}xf32>`,
        ),
      );
    expect(strided(16, '[1, 2]')).toEqual([
      '%0 = array.transpose %arg0 perm = [0, 2, 3, 1]',
      '%1 = array.transpose %arg1 perm = [2, 3, 1, 0]',
      '%2 = array.conv %0, %1 dims = "b01f_01io->b01f" strides = [1, 2]',
      '%3 = array.transpose %2 perm = [0, 3, 1, 2]',
    ]);
    expect(strided(15, '[1, 2]')).toHaveLength(1);
    expect(strided(16, '[1, 1]')).toHaveLength(1);
    expect(strided(16, '[1, 1]', 33)).toHaveLength(4);
    expect(strided(16, '[1, 1]', 34)).toHaveLength(1);
  });

  test('zeros between elements of a dilated image are left out, except in strict mode', () => {
    const dilated = conv(
      'dims = "b01f_01io->b01f" low = [1, 1] high = [1, 0] lhs_dilation = [2, 1]',
      'tensor<1x3x5x2xf32>',
      'tensor<2x2x2x4xf32>',
      'tensor<1x6x5x4xf32>',
    );
    expect(expanded(dilated, '{mode=default}')).toEqual([
      '%0 = array.slice %arg1 [1:2:2, 0:2:1, 0:2:1, 0:4:1]',
      '%1 = array.pad %arg0 low = [0, 0, 1, 0] high = [0, 0, 0, 0] value 0.000000e+00',
      '%2 = array.conv %1, %0 dims = "b01f_01io->b01f"',
      '%3 = array.slice %arg1 [0:1:2, 0:2:1, 0:2:1, 0:4:1]',
      '%4 = array.pad %arg0 low = [0, 0, 1, 0] high = [0, 0, 0, 0] value 0.000000e+00',
      '%5 = array.conv %4, %3 dims = "b01f_01io->b01f"',
      '%6 = array.reshape %2',
      '%7 = array.reshape %5',
      '%8 = array.concat %6, %7 dim = 2',
      '%9 = array.reshape %8',
    ]);
    expect(expanded(dilated, '{mode=strict}').filter((op) => op.includes('conv'))).toHaveLength(1);
  });

  test('of any dilation, window and padding, and in groups', () => {
    for (const [dilation, size, low, high, image, window] of [
      [2, 1, 0, 0, 4, ''],
      [2, 3, 2, 2, 4, ''],
      [2, 3, 1, 2, 5, 'reversed = [0]'],
      [3, 2, 1, 4, 3, ''],
      [3, 5, -1, 7, 4, ''],
      [4, 3, 3, -2, 4, 'feature_groups = 2'],
      [2, 4, 0, 3, 1, 'batch_groups = 2'],
    ] as const) {
      const places = dilation * (image - 1) + 1 + low + high - size + 1;
      const features = window.startsWith('feature') ? 4 : 2;
      const batch = window.startsWith('batch') ? 2 : 1;
      const text = conv(
        `dims = "b0f_0io->b0f" low = [${low}] high = [${high}] lhs_dilation = [${dilation}] ${window}`,
        `tensor<${batch}x${image}x${features}xf32>`,
        `tensor<${size}x2x4xf32>`,
        `tensor<1x${places}x4xf32>`,
      );
      const ops = expanded(text, '{mode=fast}');
      expect(ops.filter((op) => /array.(conv|full)/.test(op))).toHaveLength(dilation);
    }
  });

  test('gradients of weights, whose windows are larger than the result, are products of rows of batch and feature', () => {
    const gradient = (batch: number) =>
      expanded(
        conv(
          'dims = "fb01_io01->fb01"',
          `tensor<2x${batch}x6x7xf32>`,
          'tensor<2x16x4x5xf32>',
          `tensor<16x${batch}x3x3xf32>`,
        ),
      );
    expect(gradient(16)).toEqual([
      '%0 = array.transpose %arg0 perm = [2, 3, 0, 1]',
      '%1 = array.transpose %arg1 perm = [2, 3, 0, 1]',
      '%2 = array.conv %0, %1 dims = "01fb_01io->01bf"',
      '%3 = array.transpose %2 perm = [3, 2, 0, 1]',
    ]);
    expect(gradient(15)).toHaveLength(1);
  });

  test('features of one that come last are left out, so that rows lie in memory as they are walked', () => {
    const text = conv('dims = "b01f_01io->b01f"', 'tensor<1x5x6x1xf32>', 'tensor<2x3x1x1xf32>', 'tensor<1x4x4x1xf32>');
    expect(expanded(text)).toEqual([
      '%0 = array.reshape %arg0',
      '%1 = array.reshape %arg1',
      '%2 = array.conv %0, %1 dims = "b01_01->b01"',
      '%3 = array.reshape %2',
    ]);
    const wide = conv('dims = "b01f_01io->b01f"', 'tensor<1x5x6x1xf32>', 'tensor<2x3x1x4xf32>', 'tensor<1x4x4x4xf32>');
    expect(expanded(wide)).toContain('%2 = array.conv %0, %1 dims = "b01_01o->b01f"');
    const narrow = conv('dims = "0bf_0io->0bf"', 'tensor<6x1x3xf32>', 'tensor<2x3x1xf32>', 'tensor<5x1x1xf32>');
    expect(expanded(narrow)).toContain('%1 = array.conv %arg0, %0 dims = "0bf_0i->0b"');
    // In front they are in nobody's way.
    const front = conv('dims = "bf0_oi0->bf0"', 'tensor<1x1x6xf32>', 'tensor<1x1x2xf32>', 'tensor<1x1x5xf32>');
    expect(expanded(front)).toEqual(['%0 = array.conv %arg0, %arg1 dims = "bf0_oi0->bf0"']);
  });

  test('the rhs is read forwards', () => {
    const text = conv(
      'dims = "b0f_0io->b0f" reversed = [0]',
      'tensor<1x6x2xf32>',
      'tensor<3x2x4xf32>',
      'tensor<1x4x4xf32>',
    );
    expect(expanded(text)).toEqual([
      '%0 = array.reverse %arg1 dims = [0]',
      '%1 = array.conv %arg0, %0 dims = "b0f_0io->b0f"',
    ]);
  });

  test('one feature a group: the features are the groups', () => {
    const text = conv(
      'dims = "b0f_0io->b0f" feature_groups = 4',
      'tensor<2x6x4xf32>',
      'tensor<3x1x4xf32>',
      'tensor<2x4x4xf32>',
    );
    expect(expanded(text)).toEqual(['%0 = array.reshape %arg1', '%1 = array.conv %arg0, %0 dims = "b0g_0g->b0g"']);
  });

  test('several features a group: a dimension of all tensors', () => {
    const text = conv(
      'dims = "b0f_0io->b0f" feature_groups = 2',
      'tensor<2x6x4xf32>',
      'tensor<3x2x6xf32>',
      'tensor<2x4x6xf32>',
    );
    expect(expanded(text)).toEqual([
      '%0 = array.reshape %arg0',
      '%1 = array.reshape %arg1',
      '%2 = array.conv %0, %1 dims = "b0gf_0igo->b0gf"',
      '%3 = array.reshape %2',
    ]);
  });

  test('groups of the batch', () => {
    const text = conv(
      'dims = "b0f_0io->b0f" batch_groups = 2',
      'tensor<6x6x2xf32>',
      'tensor<3x2x4xf32>',
      'tensor<3x4x4xf32>',
    );
    expect(expanded(text)[2]).toBe('%2 = array.conv %0, %1 dims = "gb0f_0igo->b0gf"');
  });

  test('a result without elements is made at once', () => {
    const text = conv(
      'dims = "b0f_0io->b0f" low = [-9]',
      'tensor<1x6x2xf32>',
      'tensor<3x2x4xf32>',
      'tensor<1x0x4xf32>',
    );
    expect(expanded(text)).toEqual(['%0 = array.full 0.000000e+00']);
  });
});

describe('reduce_window', () => {
  const pool = (z: string) => `func.func @main(%x: tensor<5x6xf32>${z ? '' : ', %z: tensor<f32>'}) -> tensor<5x6xf32> {
  ${z}
  %0 = array.reduce_window max %x init %z window = [3, 3] low = [1, 1] high = [1, 1] : tensor<5x6xf32>, tensor<f32> to tensor<5x6xf32>
  return %0 : tensor<5x6xf32>
}`;
  test('padding by a constant is an op of its own, and a window of many places stays', () => {
    const text = pool('%z = array.constant dense<0xFF800000> : tensor<f32>').replace('[3, 3] low', '[5, 3] low');
    expect(expanded(text.replaceAll('[1, 1]', '[2, 1]'))).toEqual([
      '%0 = array.pad %arg0 low = [2, 1] high = [2, 1] value 0xFF800000',
      '%1 = array.reduce_window max %0 init %cst window = [5, 3]',
    ]);
  });
  test('a window of a few places over padding is written out in order', () => {
    const text = `func.func @main(%x: tensor<6xf32>) -> tensor<4xf32> {
  %z = array.constant dense<1.0> : tensor<f32>
  %0 = array.reduce_window add %x init %z window = [2] strides = [2] low = [1] high = [1] : tensor<6xf32>, tensor<f32> to tensor<4xf32>
  return %0 : tensor<4xf32>
}`;
    expect(expanded(text)).toEqual([
      '%0 = array.pad %arg0 low = [1] high = [1] value 1.000000e+00',
      '%1 = array.full 1.000000e+00',
      '%2 = array.slice %0 [0:7:2]',
      '%3 = array.add %1, %2',
      '%4 = array.slice %0 [1:8:2]',
      '%5 = array.add %3, %4',
    ]);
  });
  test('padding by a value of run time stays', () => {
    expect(expanded(pool(''))).toEqual([
      '%0 = array.reduce_window max %arg0 init %arg1 window = [3, 3] low = [1, 1] high = [1, 1]',
    ]);
  });
});

describe('products of neighbours side by side', () => {
  /** Slices of %x at the given places, side by side, as the left operand of a product. */
  function product(starts: readonly number[], { size = 4, stride = 1, features = 9, flat = false } = {}): string {
    const width = starts.length * features;
    const one = `tensor<2x${size}x${features}xf32>`;
    const wide = `tensor<2x${size}x${width}xf32>`;
    const rows = flat ? `tensor<${2 * size}x${width}xf32>` : wide;
    const result = rows.replace(`x${width}x`, 'x3x');
    const slices = starts.map((at, n) => {
      const end = at + (size - 1) * stride + 1;
      return `%s${n} = array.slice %x [0:2:1, ${at}:${end}:${stride}, 0:${features}:1] : tensor<2x12x${features}xf32> to ${one}`;
    });
    return `func.func @main(%x: tensor<2x12x${features}xf32>, %w: tensor<${width}x3xf32>) -> ${result} {
  ${slices.join('\n  ')}
  %c = array.concat ${starts.map((_, n) => `%s${n}`).join(', ')} dim = 2 : ${starts.map(() => one).join(', ')} to ${wide}
  ${flat ? `%r = array.reshape %c : ${wide} to ${rows}` : ''}
  %0 = array.dot_general ${flat ? '%r' : '%c'}, %w contract = [${flat ? 1 : 2}] x [0] : ${rows}, tensor<${width}x3xf32> -> ${result}
  return %0 : ${result}
}`;
  }
  const convs = (text: string): string[] =>
    expanded(text)
      .filter((line) => line.includes('array.conv'))
      .map((line) => line.replace(/.* dims/, 'dims'));

  test('are a convolution, in the order of their sums', () => {
    expect(convs(product([1, 2, 3]))).toEqual(['dims = "b0f_0io->b0f"']);
    expect(convs(product([0, 2, 4], { size: 3, stride: 3 }))).toEqual([
      'dims = "b0f_0io->b0f" strides = [3] rhs_dilation = [2]',
    ]);
    expect(convs(product([0, 1], { flat: true }))).toEqual(['dims = "b0f_0io->b0f"']);
  });
  test('stay when they lie in another order or unevenly, or have few features', () => {
    expect(convs(product([2, 1, 0]))).toEqual([]);
    expect(convs(product([0, 1, 3]))).toEqual([]);
    expect(convs(product([1, 1, 2]))).toEqual([]);
    expect(convs(product([0, 1, 2], { features: 8 }))).toEqual([]);
  });
});
