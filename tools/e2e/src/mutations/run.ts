// Changed files by number: each case is made from a seed and its number alone, so that any can be made again.
import { Random } from '@budflow/numerics';
import { mutate, type Source } from './mutate.js';
import { type Format, READERS } from './readers.js';

/** Processor time that one case may take. */
export const LIMIT_MS = 1000;

const PIECES = [
  '%',
  '%0',
  '^bb0',
  '#',
  '!',
  '@',
  '"',
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  '<',
  '>',
  '->',
  '::',
  ',',
  '=',
  ':',
  '-',
  '0x',
  '.',
  'loc(',
  '//',
  '\n',
  '\0',
  '\xff',
  'dense<',
  'tensor<?x',
  'vector<[4]x',
  '99999999999999999999',
  '-1',
  '({',
  '{-#',
  '#-}',
  'affine_map<(d0) -> (',
  'affine_set<',
  'i32',
  'f8E4M3FN',
  '#0',
  ':2',
  'true',
  'null',
  '[]',
  '{}',
  'array<i64: ',
  'strided<[',
  '1e999',
  '\\22',
  '"\\',
  'optional ',
  'irdl.any',
  'canonicalize{',
  '}',
  "'<f4'",
  "'descr'",
  'module {',
  'func.func @f() {',
].map((piece) => Uint8Array.from(piece, (c) => c.charCodeAt(0)));

export interface Case {
  readonly format: Format;
  readonly source: Source;
  readonly bytes: Uint8Array;
}

/** Case `number`: a file of the corpus with changes. Formats get shares of the cases: MLIR half of them. */
export function makeCase(corpus: Record<Format, readonly Source[]>, seed: number, number: number): Case {
  const random = new Random(seed * 1_000_003 + number);
  const formats: readonly Format[] = [
    'mlir',
    'mlir',
    'mlir',
    'mlir',
    'mlir',
    'irdl',
    'irdl',
    'pipeline',
    'config',
    'npy',
  ];
  const format = formats[number % formats.length]!;
  const sources = corpus[format];
  const source = sources[random.integer(0, sources.length)]!;
  const other = sources[random.integer(0, sources.length)]!;
  return { format, source, bytes: mutate(source, other, PIECES, random) };
}

/** What became of a case. @throws what the reader threw, or that it took too long */
export async function runCase({ format, bytes }: Case): Promise<string> {
  // Processor time: on a busy machine a thread may wait for long.
  const start = process.cpuUsage();
  const outcome = await READERS[format](bytes);
  const { user, system } = process.cpuUsage(start);
  const elapsed = (user + system) / 1000;
  if (elapsed > LIMIT_MS) throw new Error(`took ${Math.round(elapsed)} ms`);
  return outcome;
}
