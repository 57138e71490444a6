// Every op of the array dialect with every element type: the interpreter, strict and default WebAssembly against a
// reference that shares no code with them.
import { arrayDialect } from '@budflow/dialect-array';
import { describe, expect, test } from 'vitest';
import { ELEMENT_TYPES } from './numbers.js';
import { ENTRIES, WITHOUT_ELEMENTS } from './table.js';
import { checkCases, problemsOf } from './testing/run.js';

describe('coverage', () => {
  test('every op of the array dialect has an entry', () => {
    const covered = new Set([...ENTRIES.map((e) => `array.${e.op}`), ...Object.keys(WITHOUT_ELEMENTS)]);
    const missing = arrayDialect.ops.map((op) => op.opName).filter((name) => !covered.has(name));
    expect(
      missing.map(
        (name) =>
          `${name}: add an entry with its types, cases and reference to a list in tools/e2e/src/coverage/entries, or a reason to WITHOUT_ELEMENTS in table.ts`,
      ),
    ).toEqual([]);
    const known = new Set<string>(arrayDialect.ops.map((op) => op.opName));
    expect([...covered].filter((name) => !known.has(name))).toEqual([]);
  });

  for (const entry of ENTRIES) {
    test(`array.${entry.op}`, () => {
      const refused = ELEMENT_TYPES.filter((t) => !entry.types.includes(t));
      if (refused.length > 0) expect(entry.otherwise, 'why other types are refused').toBeTruthy();
      for (const type of refused)
        expect(problemsOf(entry.cases(type)[0]!.text), `${type} must be refused`).not.toEqual([]);
      const failures = checkCases(entry.types.flatMap((type) => entry.cases(type)));
      expect(
        failures.length === 0 ? '' : `${failures.length} failures, such as\n${failures.slice(0, 12).join('\n')}`,
      ).toBe('');
    });
  }
});
