// The command bud-filecheck: compares standard input with the directives of a file.
import type { Io } from '@budflow/opt';
import { readCheckFile } from './check-file.js';
import { check } from './checker.js';
import { canonicalText, DEFAULT_OPTIONS, type FileCheckOptions } from './options.js';
import { renderAt, renderReport } from './report.js';
import { CheckFileError } from './variables.js';

const HELP = `Usage: bud-filecheck CHECKFILE [flags] < output

Compares a text with the CHECK lines of a file, as LLVM's FileCheck does.

  --input-file=FILE            the text; default standard input
  --check-prefix=P[,P]         prefixes of directives; default CHECK (--check-prefixes is the same)
  --comment-prefixes=P[,P]     prefixes of what is no directive; default COM,RUN
  --implicit-check-not=P       as if a -NOT with this pattern stood between all directives
  --strict-whitespace          runs of blanks do not count as one
  --match-full-lines           patterns match whole lines
  --ignore-case                upper and lower case are the same
  --enable-var-scope           variables without $ end at the next -LABEL
  --allow-empty                the text may be empty
  --allow-unused-prefixes      prefixes may have no directive
  -D NAME=TEXT, -D#NAME=N      gives a variable a value
  --dump-input=fail|always|never  shows the text with marks; default fail
  -v                           tells what matched where
  --help

Exit codes: 0 all directives hold, 1 they do not, 2 the command line or the check file is wrong.
`;

interface CommandLine {
  readonly options: FileCheckOptions;
  readonly checkFile: string;
  readonly inputFile: string;
  readonly dump: 'always' | 'fail' | 'never';
  readonly verbose: boolean;
}

const FAILED = 1;
const USAGE = 2;

/** Runs the command; the exit code. */
export async function fileCheckMain(argv: readonly string[], io: Io): Promise<number> {
  if (argv.some((arg) => /^--?help$/.test(arg))) {
    io.stdout(HELP);
    return 0;
  }
  const given = readCommandLine(argv);
  if (typeof given === 'string') {
    io.stderr(`bud-filecheck: error: ${given}\nrun 'bud-filecheck --help' for what it takes\n`);
    return USAGE;
  }
  const { options } = given;
  const decode = (bytes: Uint8Array) => canonicalText(new TextDecoder().decode(bytes), options);
  const checkText = decode(io.readFile(given.checkFile));
  const inputText = decode(given.inputFile === '-' ? await io.stdin() : io.readFile(given.inputFile));
  const inputName = given.inputFile === '-' ? '<stdin>' : given.inputFile;
  if (inputText === '' && !options.allowEmpty) {
    io.stderr(`bud-filecheck: error: ${inputName} is empty; --allow-empty allows that\n`);
    return USAGE;
  }
  const result = fileCheck(
    { name: given.checkFile, text: checkText },
    { name: inputName, text: inputText },
    options,
    given,
  );
  if (result.report !== '') io.stderr(result.report);
  return { ok: 0, failed: FAILED, invalid: USAGE }[result.verdict];
}

export interface FileCheckResult {
  readonly verdict: 'ok' | 'failed' | 'invalid';
  readonly report: string;
}

/** Compares canonical texts (see `canonicalText`). */
export function fileCheck(
  checkFile: { readonly name: string; readonly text: string },
  input: { readonly name: string; readonly text: string },
  options: FileCheckOptions = DEFAULT_OPTIONS,
  { dump, verbose }: { readonly dump: 'always' | 'fail' | 'never'; readonly verbose: boolean } = {
    dump: 'fail',
    verbose: false,
  },
): FileCheckResult {
  try {
    const events = check(readCheckFile(checkFile.text, options), input.text, options);
    const failed = events.some((event) => event.kind === 'failure');
    return { verdict: failed ? 'failed' : 'ok', report: renderReport(events, checkFile, input, { dump, verbose }) };
  } catch (error) {
    if (!(error instanceof CheckFileError)) throw error;
    const isPlaced = error.offset > 0;
    return {
      verdict: 'invalid',
      report: isPlaced
        ? renderAt(checkFile, error.offset, 'error', error.message)
        : `${checkFile.name}: error: ${error.message}\n`,
    };
  }
}

/** A message when the command line is wrong. One dash or two are the same, as in LLVM's tools. */
function readCommandLine(argv: readonly string[]): CommandLine | string {
  const positionals: string[] = [];
  const values = new Map<string, string[]>();
  const takesValue =
    /^(?:input-file|check-prefix|check-prefixes|comment-prefixes|implicit-check-not|dump-input|color)$/;
  const isSwitch =
    /^(?:strict-whitespace|match-full-lines|ignore-case|enable-var-scope|allow-empty|allow-unused-prefixes|v|vv|color)$/;
  for (let i = 0; i < argv.length; i++) {
    const arg = argv[i] as string;
    if (arg === '-' || !arg.startsWith('-')) {
      positionals.push(arg);
      continue;
    }
    const define = /^-D(.*)$/s.exec(arg);
    const flag = define ? { name: 'D', value: define[1] || undefined } : splitFlag(arg);
    const { name } = flag;
    let { value } = flag;
    if (name === 'D' || (takesValue.test(name) && name !== 'color')) {
      if (value === undefined) value = argv[++i];
      if (value === undefined) return `'${arg}' needs a value`;
    } else if (!isSwitch.test(name)) return `unknown flag '${arg}'`;
    else if (value !== undefined && !/^(?:0|1|true|false)$/.test(value)) return `'${arg}' is on or off`;
    values.set(name, [...(values.get(name) ?? []), value ?? 'true']);
  }
  if (positionals.length !== 1)
    return positionals.length === 0 ? 'which check file?' : `one check file, got ${positionals.join(', ')}`;
  const isOn = (name: string) => ['1', 'true'].includes(values.get(name)?.at(-1) ?? '');
  const names = (...flags: readonly string[]) =>
    flags.flatMap((flag) => values.get(flag) ?? []).flatMap((list) => list.split(','));
  const prefixes = names('check-prefix', 'check-prefixes');
  const dump = values.get('dump-input')?.at(-1) ?? 'fail';
  if (dump !== 'always' && dump !== 'fail' && dump !== 'never')
    return `'--dump-input' is one of always, fail, never; got '${dump}'`;
  return {
    checkFile: positionals[0] as string,
    inputFile: values.get('input-file')?.at(-1) ?? '-',
    dump,
    verbose: isOn('v') || isOn('vv'),
    options: {
      prefixes: prefixes.length > 0 ? prefixes : DEFAULT_OPTIONS.prefixes,
      explicitPrefixes: prefixes.length > 0,
      commentPrefixes: values.has('comment-prefixes') ? names('comment-prefixes') : DEFAULT_OPTIONS.commentPrefixes,
      strictWhitespace: isOn('strict-whitespace'),
      matchFullLines: isOn('match-full-lines'),
      ignoreCase: isOn('ignore-case'),
      implicitCheckNot: values.get('implicit-check-not') ?? [],
      enableVarScope: isOn('enable-var-scope'),
      allowEmpty: isOn('allow-empty'),
      allowUnusedPrefixes: isOn('allow-unused-prefixes'),
      defines: values.get('D') ?? [],
    },
  };
}

function splitFlag(arg: string): { readonly name: string; readonly value: string | undefined } {
  const equals = arg.indexOf('=');
  const name = arg.slice(0, equals < 0 ? undefined : equals).replace(/^--?/, '');
  return { name, value: equals < 0 ? undefined : arg.slice(equals + 1) };
}
