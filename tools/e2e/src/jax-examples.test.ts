// docs/examples/jax: each program as the interpreter runs it and as it is compiled gives what XLA gives.
import { describe, expect, test } from 'vitest';
import { compareProgram, interpretProgram, PLAIN, RELAXED, runCompiled } from './differential.js';
import { JAX_EXAMPLES, jaxExample, misses } from './jax-examples.js';

const STRICT = { numerics: 'strict', level: 3, target: PLAIN } as const;

describe.each(JAX_EXAMPLES)('%s', (name) => {
  const example = jaxExample(name);
  const { text, args, expected } = example;

  test('interpreted, it gives what XLA gives', () => {
    expect(misses(example, interpretProgram(text, args, STRICT))).toEqual([]);
  });

  test('compiled in strict mode, it gives the bits of the interpreter', () => {
    expect(compareProgram(text, args, STRICT)).toBeUndefined();
    expect(compareProgram(text, args, { ...STRICT, level: 0 })).toBeUndefined();
  });

  test.each([PLAIN, RELAXED])('compiled for %s, it gives what XLA gives', (target) => {
    expect(misses(example, runCompiled(text, args, { target }))).toEqual([]);
  });

  test('other inputs would not', () => {
    const others = args.map(({ shape, data }) => ({ shape, data: data.slice() }));
    for (const { data } of others) {
      if (data instanceof Float32Array) for (let i = 0; i < data.length; i++) data[i] = (data[i] ?? 0) * 1.01 + 0.001;
      if (data instanceof Uint32Array) for (let i = 0; i < data.length; i++) data[i] = (data[i] ?? 0) + 1;
    }
    expect(misses(example, runCompiled(text, others, { target: PLAIN })).length).toBeGreaterThan(0);
    expect(expected.length).toBeGreaterThan(0);
  });
});
