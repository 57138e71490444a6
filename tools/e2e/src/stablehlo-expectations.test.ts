// StableHLO programs that say what they expect, compiled: strict and default, unfused and scheduled.
import { type CompileOptions, compile } from 'budflow';
import { describe, expect, test } from 'vitest';
import { NUMBER_PROGRAMS } from '../../../libs/transforms/src/stablehlo/testing/expecting-numbers.js';
import { PROGRAMS } from '../../../libs/transforms/src/stablehlo/testing/expecting-programs.js';

function holds(text: string, options: CompileOptions): void {
  const module = compile(`func.func @main() {\n${text}\n  return\n}`, options);
  expect(() => module.call('main', [])).not.toThrow();
  module.dispose();
}

describe('compiled programs hold what they expect', () => {
  for (const { name, text } of PROGRAMS)
    test(name, () => {
      for (const numerics of ['strict', 'default'] as const)
        for (const level of [0, 3] as const) holds(text, { numerics, level });
    });
  for (const { name, text } of NUMBER_PROGRAMS)
    test(name, () => {
      holds(text, { numerics: 'strict', level: 3 });
      holds(text, { numerics: 'default', level: 0 });
    });
});
