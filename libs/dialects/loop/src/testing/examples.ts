// The test every dialect has of its ops' examples.
import type { Dialect } from '@budflow/ir';
import { describe, expect, test } from 'vitest';
import { canonicalize, parse, roundTrips, survives } from './harness.js';

/** Every op has a summary and an example that is valid, survives printing, and canonicalizes to something valid. */
export function testExamples(dialect: Dialect): void {
  describe(`ops of ${dialect.name}`, () => {
    for (const { opName, spec } of dialect.ops) {
      test(`${opName} is documented, and its example round-trips through custom and generic text`, () => {
        expect(spec.summary.length).toBeGreaterThan(5);
        expect(spec.example).toBeDefined();
        const text = roundTrips(spec.example!);
        expect(text).toContain(opName);
        expect(text).not.toContain(`"${opName}"`);
        canonicalize(parse(spec.example!));
      });
    }
    test('damaged text of every op is reported, never a crash', () => {
      for (const { spec } of dialect.ops) {
        const tokens = spec.example!.match(/\s+|[\w.$%@^#"]+|[^\s\w]/g)!;
        tokens.forEach((token, i) => {
          if (/^\s/.test(token)) return;
          const rest = tokens.slice(i + 1).join('');
          const before = tokens.slice(0, i).join('');
          // Verifying a program that still parses must not throw either, nor printing one that does not verify.
          for (const text of [before, before + rest, `${before}${token} ${token}${rest}`, `${before}0${rest}`])
            survives(text);
        });
      }
    });

    test('patterns have names of their own and equations', () => {
      const patterns = dialect.ops.flatMap((op) => op.spec.patterns ?? []);
      const names = patterns.map((p) => p.name);
      expect(new Set(names).size).toBe(names.length);
      for (const p of patterns) {
        expect(p.name).toMatch(/^[a-z0-9]+(-[a-z0-9]+|_[a-z0-9]+)*$/);
        expect(p.equation, p.name).toBeTruthy();
      }
    });
  });
}

/** The MLIR in a README is valid and survives printing. */
export function testReadme(readme: string): void {
  test('the example of the README round-trips', () => {
    const text = /```mlir\n([\s\S]*?)```/.exec(readme)?.[1];
    expect(text).toBeDefined();
    roundTrips(text!);
  });
}
