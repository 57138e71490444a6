// The table of errors in docs/reference/math.md: read, updated by row, written.
import { boundOf, type Measurement, ROUNDINGS, type Rounding, type Task } from './measure.js';

export interface Row {
  readonly task: Task;
  readonly error: string;
  readonly at: string;
  readonly count: string;
}

const HEAD = `# Math functions

The error of every math function in units in the last place of the exact result, measured by \`npm run check:ulp\`, which
writes this page: \`--function=sin,cos\` names functions, \`--format=f32\` a format, \`--stride=1\` looks at every float,
\`--seconds=600\` ends early, \`--fresh\` forgets the rows of functions that were changed. Errors above the bound make the command fail.

f32 is compiled code against double arithmetic, 4,294,967,296 inputs being all there are; f64, and functions of two
arguments, are random inputs with the critical points among them, f64 against integers of 250 bits. In mode \`strict\`
products and sums round apart; \`contract\` is the default on targets that have a multiply-add. \`fast\` and
\`fast-contract\` are the expansions of fewer instructions that the numerics mode \`fast\` chooses, where there is one, on
targets without and with a multiply-add; they are measured where arguments and result are normal numbers. The bits are the same in
constant folding, in the interpreter and in compiled code. f16 and bf16 are computed in f32 and rounded.

| function | format | mode | bound | largest error | at | inputs |
| --- | --- | --- | ---: | ---: | --- | ---: |
`;

const keyOf = ({ name, format, rounding }: Task): string => `${name} ${format} ${rounding}`;

export function rowOf(task: Task, { error, at, count }: Measurement): Row {
  return { task, error: error.toFixed(4), at: at.join(', '), count: count.toLocaleString('en-US') };
}

/** Rows of a page by function, format and mode; of a page that is none, nothing. */
export function readTable(text: string): Map<string, Row> {
  const rows = new Map<string, Row>();
  for (const line of text.split('\n')) {
    const cells = line.split('|').map((cell) => cell.trim());
    const [, name, format, rounding, , error, at, count] = cells;
    if (cells.length !== 9 || !/^(f32|f64)$/.test(format!) || !(ROUNDINGS as readonly string[]).includes(rounding!))
      continue;
    const task: Task = { name: name!.replaceAll('`', ''), format: format as 'f32', rounding: rounding as Rounding };
    rows.set(keyOf(task), { task, error: error!, at: at!.replaceAll('`', ''), count: count! });
  }
  return rows;
}

const countOf = (row: Row): number => Number(row.count.replaceAll(',', ''));

/** The row of more inputs stays, unless the new one found a larger error. */
export function update(rows: Map<string, Row>, row: Row): void {
  const known = rows.get(keyOf(row.task));
  if (known && countOf(known) > countOf(row) && Number(known.error) >= Number(row.error)) return;
  rows.set(keyOf(row.task), row);
}

export function forget(rows: Map<string, Row>, task: Task): void {
  rows.delete(keyOf(task));
}

/** The page, functions in the order of `names`; rows of functions that are gone are dropped. */
export function writeTable(rows: ReadonlyMap<string, Row>, names: readonly string[]): string {
  const lines: string[] = [];
  for (const name of names) {
    for (const format of ['f32', 'f64'] as const) {
      for (const rounding of ROUNDINGS) {
        const task: Task = { name, format, rounding };
        const row = rows.get(keyOf(task));
        if (!row) continue;
        const at = row.at === '' ? '' : `\`${row.at}\``;
        lines.push(
          `| \`${name}\` | ${format} | ${rounding} | ${boundOf(task)} | ${row.error} | ${at} | ${row.count} |`,
        );
      }
    }
  }
  return `${HEAD}${lines.join('\n')}\n`;
}
