// The corpus: verdicts as LLVM's FileCheck gives them, and where it is installed, compared with it once more, with
// random changes to the files too.
import { afterAll, describe, expect, it } from 'vitest';
import { CORPUS } from '../testing/corpus.js';
import { Arena, budFileCheck, isKnownDifference, llvmFileCheck } from '../testing/llvm-filecheck.js';
import { mutate, randomSource } from '../testing/mutate.js';

const llvm = llvmFileCheck();
const arena = new Arena();
afterAll(() => arena.close());
const MUTATIONS = Number(process.env.BUDFLOW_FILECHECK_MUTATIONS ?? 3);

describe('the verdicts of the corpus', () => {
  it.each(CORPUS)('$name: $verdict', async ({ checks, input, args, verdict }) => {
    const ran = await budFileCheck(checks, input, args ?? []);
    expect(ran.report).not.toMatch(/internal error/);
    expect(ran.verdict, ran.report).toBe(verdict);
    if (verdict !== 'ok') expect(ran.report).toMatch(/error: /);
  });

  it('has all of them', () => {
    expect(CORPUS.length).toBeGreaterThan(120);
    expect(new Set(CORPUS.map((c) => c.name)).size).toBe(CORPUS.length);
  });
});

describe.skipIf(!llvm)("LLVM's FileCheck", () => {
  it('gives the same verdicts', () => {
    const differing = CORPUS.filter((c) => !isKnownDifference(c.checks, c.args ?? [])).flatMap(
      ({ name, checks, input, args, verdict }) => {
        const ran = arena.llvm(llvm as string, checks, input, args ?? []);
        return ran.verdict === verdict ? [] : [`${name}: ${ran.verdict}: ${ran.report}`];
      },
    );
    expect(differing).toEqual([]);
  });

  it('gives the same verdicts after random changes', async () => {
    const random = randomSource(Number(process.env.BUDFLOW_FILECHECK_SEED ?? 1));
    const differing: unknown[] = [];
    const verdicts = new Map<string, number>();
    for (const { name, checks, input, args = [] } of CORPUS)
      for (let i = 0; i < MUTATIONS; i++) {
        const [changed, t] = mutate(checks, input, random);
        // LLVM overlooks a directive whose colon is the last character of the file.
        const c = `${changed}\n`;
        if (isKnownDifference(c, args)) continue;
        const ours = await budFileCheck(c, t, args);
        const theirs = arena.llvm(llvm as string, c, t, args);
        verdicts.set(theirs.verdict, (verdicts.get(theirs.verdict) ?? 0) + 1);
        if (ours.verdict !== theirs.verdict)
          differing.push({ name, checks: c, input: t, args, ours, theirs: theirs.verdict, report: theirs.report });
      }
    // All three kinds occur, or the comparison says little.
    expect([...verdicts.keys()].sort()).toEqual(['failed', 'invalid', 'ok']);
    expect(differing).toEqual([]);
  });
});
