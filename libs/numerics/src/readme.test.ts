import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { half, same, sum } from './testing/readme-example.js';

function read(path: string): string {
  return readFileSync(new URL(path, import.meta.url), 'utf8');
}

test('the example in the README is the one that runs here', () => {
  const block = /```ts\n([\s\S]*?)```/.exec(read('../README.md'))?.[1];
  expect(block?.trim()).toBe(
    read('testing/readme-example.ts')
      .replace(/\nexport .*\n/, '')
      .trim(),
  );
  expect(Math.abs(half - 0.5)).toBeLessThan(3 * 2 ** -24);
  expect(same).toBe(half);
  expect(sum).toBe(16);
});
