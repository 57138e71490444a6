import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CLASS_COUNT, classAbove, classBelow, unitsOfClass } from './size-classes.js';

it('rounds down and up to neighbouring classes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 26 }), (units) => {
      const below = classBelow(units);
      const above = classAbove(units);
      expect(unitsOfClass(below)).toBeLessThanOrEqual(units);
      expect(unitsOfClass(below + 1)).toBeGreaterThan(units);
      expect(unitsOfClass(above)).toBeGreaterThanOrEqual(units);
      expect(above - below).toBe(unitsOfClass(below) === units ? 0 : 1);
      expect(unitsOfClass(above)).toBeLessThan(units * 1.25 + 1);
      expect(above).toBeLessThan(CLASS_COUNT);
    }),
  );
});

it('counts classes up with their sizes', () => {
  for (let i = 1; i < CLASS_COUNT - 1; i++) {
    expect(unitsOfClass(i + 1)).toBeGreaterThan(unitsOfClass(i));
    expect(classBelow(unitsOfClass(i))).toBe(i);
    expect(classAbove(unitsOfClass(i))).toBe(i);
  }
});
