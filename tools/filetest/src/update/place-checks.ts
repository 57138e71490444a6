// Puts CHECK lines where a reader looks for them: in front of the function that they are about.
import type { CheckBlock } from './generate-checks.js';

/** The text with the lines of `prefix` replaced by `blocks`. Lines for what the text does not name go to the end. */
export function placeChecks(text: string, blocks: readonly CheckBlock[], prefix: string): string {
  const old = new RegExp(`^\\s*//\\s*${prefix}(?:-(?:NEXT|SAME|NOT|DAG|LABEL|EMPTY|COUNT-\\d+))?(?:\\{LITERAL\\})?:`);
  const lines = text.split('\n').filter((line) => !old.test(line));
  while (lines.at(-1) === '') lines.pop();
  const waiting = [...blocks];
  const out: string[] = [];
  for (const line of lines) {
    const symbol = /^\s*func\.func\s+(?:private\s+|public\s+|nested\s+)?@("[^"]*"|[\w$.-]+)/.exec(line)?.[1];
    const at = symbol === undefined ? -1 : waiting.findIndex((b) => b.symbol === symbol.replaceAll('"', ''));
    // Checks match in the order of the output: what is printed before this function comes before it.
    if (at >= 0)
      for (const block of waiting.splice(0, at + 1)) {
        if (!/^\s*(?:\/\/.*)?$/.test(out.at(-1) ?? '')) out.push('');
        out.push(...block.lines);
      }
    out.push(line);
  }
  for (const block of waiting) out.push('', ...block.lines);
  return `${out.join('\n')}\n`;
}
