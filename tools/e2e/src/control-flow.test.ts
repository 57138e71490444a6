// Loops, branches and calls: compiled programs against the interpreter, in every configuration.
import { describe, expect, test } from 'vitest';
import { CONTROL_FLOW } from './control-flow.programs.js';
import { CONFIGURATIONS, compareProgram, describeConfiguration } from './differential.js';

describe('programs with control flow give what the interpreter gives', () => {
  for (const { name, text, args } of CONTROL_FLOW) {
    test(name, () => {
      for (const configuration of CONFIGURATIONS)
        for (const [i, given] of args.entries())
          expect([describeConfiguration(configuration), i, compareProgram(text, given, configuration)]).toEqual([
            describeConfiguration(configuration),
            i,
            undefined,
          ]);
    });
  }
});
