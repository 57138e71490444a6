import { expect, test } from 'vitest';
import { helpText, readCommandLine, UsageError } from './command-line.js';

const FLAGS = { cases: ['N', '20', 'how many'], often: ['', '', 'more of them'] } as const;

test('flags have their values, or their defaults', () => {
  const line = readCommandLine(['--often'], FLAGS);
  expect([line.whole('cases'), line.has('cases'), line.has('often')]).toEqual([20, false, true]);
  expect(readCommandLine(['--cases=7'], FLAGS).whole('cases')).toBe(7);
});

test.each([
  [['--case=7'], "Unknown option '--case'"],
  [['7'], "Unexpected argument '7'"],
  [['--cases'], "Option '--cases <value>' argument missing"],
  [['--cases=x'], "--cases: expected a whole number of at least 1, got 'x'"],
  [['--cases='], "--cases: expected a whole number of at least 1, got ''"],
  [['--cases=0'], "--cases: expected a whole number of at least 1, got '0'"],
])('%j is a mistake that is named', (args, message) => {
  const read = () => readCommandLine(args, FLAGS).whole('cases', 1);
  expect(read).toThrow(UsageError);
  expect(read).toThrow(message);
});

test('the help has a line for each flag', () => {
  expect(helpText('npm run it', FLAGS)).toBe(
    'npm run it\n  --cases=N  how many (default 20)\n  --often    more of them\n  --help     this text',
  );
});
