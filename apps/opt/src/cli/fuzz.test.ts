// Whatever is on the command line, the commands end with an exit code and a message, never with an exception.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OPT_FLAGS } from '../opt/flags.js';
import { optMain } from '../opt/main.js';
import { RUN_FLAGS } from '../run/flags.js';
import { runMain } from '../run/main.js';
import { runInProcess } from '../testing/fake-io.js';
import type { FlagGroup } from './flags.js';
import type { Main } from './io.js';

const PROGRAM = 'func.func @main(%x: tensor<3xf32>) -> tensor<3xf32> { return %x : tensor<3xf32> }\n';
const VALUES = [
  '',
  '0',
  '1',
  '-1',
  '3',
  'x',
  '-',
  '=',
  'f.mlir',
  'mlir',
  'interp',
  'cse',
  'cse,',
  'main',
  'cse{',
  '--',
  'a=b',
  'p.json',
  'out',
  '{}',
];

/** Command lines of declared flags, with values that fit and values that do not, and words between them. */
function commandLines(groups: readonly FlagGroup[]): fc.Arbitrary<string[]> {
  const flags = groups.flatMap((group) => group.flags).filter((flag) => flag.name !== 'benchmark' && flag.name !== 'O');
  const value = fc.constantFrom(...VALUES);
  const flag = fc.constantFrom(...flags).chain(({ name, short }) =>
    fc.oneof(
      fc.constant([`--${name}`]),
      value.map((v) => [`--${name}=${v}`]),
      value.map((v) => [`--${name}`, v]),
      value.map((v) => [`-${short ?? 'z'}${v}`]),
    ),
  );
  const word = fc
    .constantFrom('f.mlir', 'x.npy', '--cse', '--canonicalize=max-iterations=2', '-', '--', '3', '--cse=', '---')
    .map((w) => [w]);
  return fc.array(fc.oneof(flag, word), { maxLength: 6 }).map((parts) => parts.flat());
}

describe.each<[string, Main, readonly FlagGroup[]]>([
  ['bud-opt', optMain, OPT_FLAGS],
  ['bud-run', runMain, RUN_FLAGS],
])('%s', (name, main, groups) => {
  it('answers every command line', async () => {
    await fc.assert(
      fc.asyncProperty(commandLines(groups), async (argv) => {
        const files = { 'f.mlir': PROGRAM, 'p.json': '{"pipeline": ["cse"]}', 'x.npy': 'no array' };
        const { code, err } = await runInProcess(name, main, argv, { files, stdin: PROGRAM });
        expect([0, 1, 2]).toContain(code);
        expect(err).not.toContain('internal error');
        if (!argv.includes('--debug')) expect(err).not.toMatch(/\n {4}at /);
        if (code !== 0) expect(err).not.toBe('');
      }),
      { numRuns: 150 },
    );
  });
});
