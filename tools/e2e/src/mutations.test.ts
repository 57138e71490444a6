// A slice of the offline runs of `npm run fuzz:text`: changed files of every format are answered.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { corpus } from './mutations/corpus.js';
import { type Format, READERS } from './mutations/readers.js';
import { makeCase, runCase } from './mutations/run.js';

const files = corpus(join(import.meta.dirname, '../../..'));

test('every file of the corpus is accepted as it is', async () => {
  for (const [format, sources] of Object.entries(files)) {
    expect(sources.length).toBeGreaterThan(0);
    for (const { name, bytes } of sources) expect(await READERS[format as Format](bytes), name).toBe('accepted');
  }
});

test('1,500 changed files are accepted or refused with a diagnostic', async () => {
  const outcomes = new Map<string, number>();
  for (let i = 0; i < 1500; i++) {
    const found = makeCase(files, 77, i);
    const outcome = await runCase(found).catch((error: Error) =>
      expect.fail(`case ${i} (${found.format}): ${error.message}`),
    );
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  // The changes reach far: some are accepted, and many kinds of mistakes are told.
  expect(outcomes.get('accepted')).toBeGreaterThan(80);
  expect(outcomes.size).toBeGreaterThan(30);
});
