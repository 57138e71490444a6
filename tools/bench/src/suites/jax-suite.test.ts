import { describe, expect, test } from 'vitest';
import { printJaxReport } from '../report/jax-report.js';
import { firstMiss, type JaxResult, jaxProgramNames, runJaxSuite } from './jax-suite.js';

const PYTHON = process.env.BUDFLOW_PYTHON;
const suite = (python: string | undefined): Promise<JaxResult[]> =>
  runJaxSuite({ names: ['black-scholes'], seconds: 0.001, compile: {}, python });

describe('programs from JAX', () => {
  test('run without Python, which the report says', async () => {
    expect(jaxProgramNames()).toContain('black-scholes');
    const results = await suite(undefined);
    expect(results).toMatchObject([{ name: 'black-scholes', wrong: '', xla: 'no BUDFLOW_PYTHON' }]);
    expect(results[0]!.budflow.medianMs).toBeGreaterThan(0);
    expect(printJaxReport(results)).toContain('black-scholes: no XLA: no BUDFLOW_PYTHON');
  });

  test('a Python that is not there is a note', async () => {
    expect((await suite('/no/such/python'))[0]!.xla).toContain('ENOENT');
  });

  test.skipIf(!PYTHON)(
    'XLA takes its turns',
    async () => {
      const [result] = await suite(PYTHON);
      expect(result!.xla).toMatchObject({ samples: expect.any(Number), compileMs: expect.any(Number) });
      expect(printJaxReport([result!])).toMatch(/geometric mean: [\d.]+x/);
    },
    60_000,
  );

  test('a result that is off is WRONG', async () => {
    const manifest = { results: [{ name: 'y', file: 'y.npy' }], tolerance: { absolute: 0.1, relative: 0 } };
    const miss = firstMiss(manifest, [{ data: Float32Array.of(1, 2) }], [Float32Array.of(1.05, 3)]);
    expect(miss).toBe('y[1] is 3, not 2');
    expect(firstMiss(manifest, [{ data: Float32Array.of(1, 2) }], [Float32Array.of(1.05, 2)])).toBe('');
    const timing = { medianMs: 1, minMs: 1, samples: 1, calls: 1 };
    const report = printJaxReport([{ name: 'f', wrong: miss, compileMs: 1, budflow: timing, xla: 'none' }]);
    expect(report).toContain('f: WRONG: y[1] is 3, not 2');
  });
});
