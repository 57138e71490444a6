import { Interpretable } from '@budflow/interpreter';
import { OpCost, OpPattern, OpPatternKind, parseModule, printModule, StructuredOp, verify } from '@budflow/ir';
import { describe, expect, test } from 'vitest';
import { arrayDialect } from './index.js';
import { moduleFrom, newContext, opsNamed } from './testing/harness.js';

describe('every op of the array dialect', () => {
  const context = newContext();
  for (const definition of arrayDialect.ops) {
    const info = context.opInfo(definition.opName);

    test(`${definition.opName} says how it fuses, what it costs and what it does`, () => {
      expect(OpPattern.ofInfo(info)).toBeDefined();
      expect(OpCost.ofInfo(info)).toBeDefined();
      expect(Interpretable.ofInfo(info)).toBeDefined();
      expect(definition.spec.summary.length).toBeGreaterThan(0);
    });

    if (definition.opName === 'array.yield') continue;
    test(`${definition.opName} has an example that reads, verifies and prints as it was written`, () => {
      const text = definition.spec.example!;
      const module = moduleFrom(text);
      expect(opsNamed(module, definition.opName).length).toBeGreaterThan(0);
      const once = printModule(module);
      expect(once).toContain(definition.opName);
      expect(once).not.toContain(`"${definition.opName}"`);
      const again = moduleFrom(once);
      expect(printModule(again)).toBe(once);
    });

    test(`${definition.opName} survives its generic form`, () => {
      const module = moduleFrom(definition.spec.example!);
      const generic = printModule(module, { generic: true });
      expect(generic).toContain(`"${definition.opName}"`);
      const fresh = newContext();
      const again = parseModule(generic, fresh)!;
      expect(verify(again)).toBe(true);
      expect(printModule(again)).toBe(printModule(module));
    });
  }

  test('every op is structured, or opaque to fusion', () => {
    for (const { opName } of arrayDialect.ops) {
      const info = context.opInfo(opName);
      if (StructuredOp.ofInfo(info) || opName === 'array.constant' || opName === 'array.yield') continue;
      if (opName === 'array.fusion') continue;
      const [op] = opsNamed(moduleFrom(context.opInfo(opName).definition!.spec.example!), opName);
      expect(OpPattern.of(op!)!.pattern(op!), opName).toBe(OpPatternKind.opaque);
    }
  });
});
