// Documentation and examples of all ops.
import { expect, test } from 'vitest';
import { checkDialect, chloDialect, interpreterDialect, sdyDialect, stablehloDialect } from './index.js';
import { roundTrips, survives } from './testing/harness.js';

const DIALECTS = [stablehloDialect, chloDialect, checkDialect, sdyDialect, interpreterDialect];

for (const dialect of DIALECTS)
  for (const { opName, spec } of dialect.ops) {
    test(`${opName} is documented, and its example comes back from custom and generic text`, () => {
      expect(spec.summary.length).toBeGreaterThan(5);
      expect(spec.description?.length).toBeGreaterThan(5);
      const text = roundTrips(spec.example!);
      expect(text).toContain(opName);
      if (spec.assembly !== undefined) expect(text).not.toContain(`"${opName}"`);
    });
  }

test('damaged text of every op is reported, never a crash', () => {
  for (const { ops } of DIALECTS)
    for (const { spec } of ops) {
      const tokens = spec.example!.match(/\s+|[\w.$%@^#"]+|[^\s\w]/g)!;
      tokens.forEach((token, i) => {
        if (/^\s/.test(token)) return;
        const rest = tokens.slice(i + 1).join('');
        const before = tokens.slice(0, i).join('');
        for (const text of [before, before + rest, `${before}${token} ${token}${rest}`, `${before}0${rest}`])
          survives(text);
      });
    }
});
