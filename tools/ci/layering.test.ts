import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
// @ts-expect-error plain JavaScript without declarations
import { floors, layeringViolations } from './layering.mjs';

const root = join(import.meta.dirname, '..', '..');

describe('the house', () => {
  test('every lib imports only from floors below its own, through declared packages', () => {
    expect(layeringViolations()).toEqual([]);
  });

  test('every lib and app stands on a floor', () => {
    const known = new Set((floors as string[][]).flat());
    const folders = ['libs', 'libs/dialects', 'libs/backends', 'apps'].flatMap((f) =>
      readdirSync(join(root, f))
        .map((name) => `${f}/${name}`)
        .filter((p) => existsSync(join(root, p, 'package.json'))),
    );
    expect(folders.filter((f) => !known.has(f))).toEqual([]);
  });
});
