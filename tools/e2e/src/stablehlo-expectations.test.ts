// StableHLO programs that say what they expect, compiled: strict and default, unfused and scheduled.
import { compile } from 'budflow';
import { describe, expect, test } from 'vitest';
import { PROGRAMS } from '../../../libs/transforms/src/stablehlo/testing/expecting-programs.js';

describe('compiled programs hold what they expect', () => {
  for (const { name, text } of PROGRAMS)
    test(name, () => {
      for (const numerics of ['strict', 'default'] as const)
        for (const level of [0, 3] as const) {
          const module = compile(`func.func @main() {\n${text}\n  return\n}`, { numerics, level });
          expect(() => module.call('main', [])).not.toThrow();
          module.dispose();
        }
    });
});
