// Data that moves: results of compiled code at sizes where the default schedule blocks, against what plain loops do.
import { compile } from 'budflow';
import { describe, expect, test } from 'vitest';

/** Programs of one result as functions of one module, so that they share a compilation. */
function runAll(functions: readonly string[], x: Float32Array, shape: readonly number[]): Float32Array[] {
  const text = functions.map((f, i) => f.replace('@main', `@f${i}`)).join('\n');
  const module = compile(text, { numerics: 'strict' });
  try {
    return functions.map((_, i) => {
      const result = module.functions[`f${i}`]!.compiled.call([module.array(x, shape, 'f32')]);
      return Float32Array.from(result[0]!.data as Float32Array);
    });
  } finally {
    module.dispose();
  }
}

/** Runs a program on one f32 array of 0, 1, 2, .. */
function run(text: string, shape: readonly number[]): Float32Array {
  const x = Float32Array.from({ length: shape.reduce((n, size) => n * size, 1) }, (_, i) => i);
  const module = compile(text, { numerics: 'strict' });
  try {
    const result = module.functions.main.compiled.call([module.array(x, shape, 'f32')]);
    return Float32Array.from(result[0]!.data as Float32Array);
  } finally {
    module.dispose();
  }
}

describe('transpositions larger than the second cache', () => {
  for (const [m, n] of [
    [512, 512],
    [530, 370],
    [129, 1100],
    [1531, 1501],
  ] as const) {
    test(`of ${m} x ${n} elements move every one of them`, () => {
      const moved = run(
        `func.func @main(%x: tensor<${m}x${n}xf32>) -> tensor<${n}x${m}xf32> {
  %r = array.transpose %x perm = [1, 0] : tensor<${m}x${n}xf32> to tensor<${n}x${m}xf32>
  return %r : tensor<${n}x${m}xf32>
}`,
        [m, n],
      );
      let wrong = 0;
      for (let j = 0; j < n; j++) for (let i = 0; i < m; i++) if (moved[j * m + i] !== i * n + j) wrong++;
      expect(wrong).toBe(0);
    });
  }

  test('of rows in a batch, added to what lies in the other direction', () => {
    const [b, m, n] = [3, 300, 290];
    const moved = run(
      `func.func @main(%x: tensor<${b}x${m}x${n}xf32>) -> tensor<${b}x${n}x${m}xf32> {
  %t = array.transpose %x perm = [0, 2, 1] : tensor<${b}x${m}x${n}xf32> to tensor<${b}x${n}x${m}xf32>
  %y = array.reshape %x : tensor<${b}x${m}x${n}xf32> to tensor<${b}x${n}x${m}xf32>
  %r = array.sub %t, %y : tensor<${b}x${n}x${m}xf32>
  return %r : tensor<${b}x${n}x${m}xf32>
}`,
      [b, m, n],
    );
    let wrong = 0;
    for (let k = 0; k < b; k++)
      for (let j = 0; j < n; j++)
        for (let i = 0; i < m; i++) {
          const at = (k * n + j) * m + i;
          if (moved[at] !== (k * m + i) * n + j - at) wrong++;
        }
    expect(wrong).toBe(0);
  });
});

describe('stencils whose borders are written in different ways', () => {
  const [m, n] = [13, 37];
  const t = `tensor<${m}x${n}xf32>`;
  const x = Float32Array.from({ length: m * n }, (_, i) => Math.fround(Math.sin(i) + 1.5));
  const add = (values: readonly string[]) => {
    const lines = values
      .slice(1)
      .map((v, i) => `  %t${i} = array.sub ${i === 0 ? values[0] : `%t${i - 1}`}, ${v} : ${t}`);
    return `${lines.join('\n')}\n  return %t${values.length - 2} : ${t}\n}`;
  };
  const SHIFTS = [
    [0, 0],
    [1, 0],
    [-1, 0],
    [0, 1],
    [0, -1],
    [2, -3],
  ] as const;
  const at = (i: number, j: number) => (i >= 0 && i < m && j >= 0 && j < n ? x[i * n + j]! : 7);
  const expected = (element: (i: number, j: number) => number) =>
    Float32Array.from({ length: m * n }, (_, p) =>
      SHIFTS.map(([a, b]) => element(Math.floor(p / n) + a, (p % n) + b)).reduce((s, v) => Math.fround(s - v)),
    );
  const head = `func.func @main(%x: ${t}) -> ${t} {`;

  const sliced = `${head}
  %p = array.pad %x low = [2, 4] high = [3, 4] value 7.0 : f32 : ${t} to tensor<${m + 5}x${n + 8}xf32>
${SHIFTS.map(([a, b], k) => `  %s${k} = array.slice %p [${2 + a}:${2 + a + m}:1, ${4 + b}:${4 + b + n}:1] : tensor<${m + 5}x${n + 8}xf32> to ${t}`).join('\n')}
${add(SHIFTS.map((_, k) => `%s${k}`))}`;

  const padded = `${head}
${SHIFTS.map(([a, b], k) => {
  const [rows, columns] = [m - Math.abs(a), n - Math.abs(b)];
  const from = `tensor<${rows}x${columns}xf32>`;
  const [r, c] = [Math.max(a, 0), Math.max(b, 0)];
  return `  %c${k} = array.slice %x [${r}:${r + rows}:1, ${c}:${c + columns}:1] : ${t} to ${from}
  %s${k} = array.pad %c${k} low = [${Math.max(-a, 0)}, ${Math.max(-b, 0)}] high = [${r}, ${c}] value 7.0 : f32 : ${from} to ${t}`;
}).join('\n')}
${add(SHIFTS.map((_, k) => `%s${k}`))}`;

  /** Rows and columns that leave on one side come back on the other. */
  const rolled = `${head}
${SHIFTS.map(([a, b], k) => {
  const roll = (from: string, to: string, by: number, size: number, dim: number): string => {
    const cut = ((by % size) + size) % size;
    if (cut === 0) return `  ${to} = array.slice ${from} [0:${m}:1, 0:${n}:1] : ${t} to ${t}`;
    const type = (rows: number) => (dim === 0 ? `tensor<${rows}x${n}xf32>` : `tensor<${m}x${rows}xf32>`);
    const range = (l: number, h: number) => (dim === 0 ? `[${l}:${h}:1, 0:${n}:1]` : `[0:${m}:1, ${l}:${h}:1]`);
    return `  ${to}a = array.slice ${from} ${range(cut, size)} : ${t} to ${type(size - cut)}
  ${to}b = array.slice ${from} ${range(0, cut)} : ${t} to ${type(cut)}
  ${to} = array.concat ${to}a, ${to}b dim = ${dim} : ${type(size - cut)}, ${type(cut)} to ${t}`;
  };
  return `${roll('%x', `%r${k}`, a, m, 0)}\n${roll(`%r${k}`, `%s${k}`, b, n, 1)}`;
}).join('\n')}
${add(SHIFTS.map((_, k) => `%s${k}`))}`;

  const [bySlices, byPads, byRolls] = runAll([sliced, padded, rolled], x, [m, n]);
  test('slices of one padded image', () => expect(bySlices).toEqual(expected(at)));
  test('an image cut and padded for each neighbour', () => expect(byPads).toEqual(expected(at)));
  test('images that go round', () =>
    expect(byRolls).toEqual(expected((i, j) => x[((i + m) % m) * n + ((j + n) % n)]!)));

  test('are one kernel each, without a copy of the image', () => {
    for (const text of [sliced, padded, rolled]) {
      const module = compile(text);
      expect(module.report.kernels).toBe(1);
      module.dispose();
    }
  });
});
