import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { writeAtomically } from './atomic-write.js';

const folder = mkdtempSync(join(tmpdir(), 'budflow-write-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('many files written at once wait for signals once', async () => {
  const before = process.listenerCount('SIGTERM');
  for (let i = 0; i < 20; i++) writeAtomically(join(folder, `${i}.txt`), [Buffer.from('a'), Buffer.from(`${i}`)]);
  expect(process.listenerCount('SIGTERM')).toBe(before + 1);
  await new Promise((done) => setImmediate(done));
  expect(process.listenerCount('SIGTERM')).toBe(before);
  writeAtomically(join(folder, '0.txt'), 'again');
  expect(process.listenerCount('SIGTERM')).toBe(before + 1);
  expect(readFileSync(join(folder, '0.txt'), 'utf8')).toBe('again');
  expect(readFileSync(join(folder, '19.txt'), 'utf8')).toBe('a19');
  expect(readdirSync(folder)).toHaveLength(20);
});
