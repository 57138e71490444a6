// The page of ops and element types: what the coverage test runs.
import { ELEMENT_TYPES, ENTRIES, WITHOUT_ELEMENTS } from '@budflow/e2e/coverage';
import { anchor, code, GENERATED, page, table } from './markdown.js';

export function coveragePage(): string {
  const entries = [...ENTRIES].sort((a, b) => (a.op < b.op ? -1 : 1));
  const rows = entries.map((entry) => [
    `[\`${entry.op}\`](dialects/array.md#${anchor(`array.${entry.op}`)})`,
    ...ELEMENT_TYPES.map((type) => (entry.types.includes(type) ? 'x' : '-')),
    entry.otherwise ?? '',
  ]);
  const without = Object.entries(WITHOUT_ELEMENTS);
  return page(
    GENERATED,
    '# Ops and element types',
    `Every op of the array dialect by the element type it works on. A cell with \`x\` is run by the tests three times: by the
interpreter, as WebAssembly in \`strict\` numerics, which gives the interpreter's bits, and as WebAssembly in \`default\`
numerics. All three are compared with references that share no code with them, on random and hard values (extremes,
signed zeros, subnormals, infinities, NaN), arrays of no, one and odd numbers of elements, static and dynamic sizes. Where a
cell has \`-\` the verifier refuses the type, which is tested too; the last column says why.`,
    table(['op', ...ELEMENT_TYPES.map(code), '`-` because'], rows),
    `16-bit floats compute in \`f32\` and round every result once; sums, products and matrix products accumulate in \`f32\`
and round at the end. Integers wrap at their width; casts from floats saturate. \`complex\` has the columns of its operands, the parts;
\`fft\` of \`f32\` and \`f64\` is that of real numbers, \`rfft\` and \`irfft\`. Of complex numbers \`cmp\` has \`eq\` and \`ne\`, \`cast\` goes to complex
numbers only, reductions, scans and windows add and multiply; functions are compared relative to the larger part of the result.`,
    without.length > 0 && `Without a row: ${without.map(([op, why]) => `\`${op}\` (${why})`).join(', ')}.`,
  );
}
