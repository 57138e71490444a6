// Small pieces of Markdown.

/** Text in a table cell. */
export function cell(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').replace(/\|/g, '\\|');
}
export function code(text: string): string {
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``;
}
export function fence(language: string, text: string): string {
  return `\`\`\`${language}\n${text.replace(/^\n+|\s+$/g, '')}\n\`\`\``;
}
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
/** A page of blocks with one blank line between them. */
export function page(...blocks: readonly (string | undefined | false)[]): string {
  return `${blocks.filter((b) => b !== undefined && b !== false && b !== '').join('\n\n')}\n`;
}
/** The anchor that GitHub gives a heading. */
export function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/`/g, '')
    .replace(/[^\w\s-]/g, '')
    .replace(/\s/g, '-');
}
/** A sentence: capital letter, full stop. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  if (trimmed === '') return '';
  const start = /^[a-z]+\b(?![.-])/.test(trimmed) ? trimmed[0]!.toUpperCase() + trimmed.slice(1) : trimmed;
  return /[.!?:]$/.test(start) ? start : `${start}.`;
}
export const GENERATED =
  '<!-- Written by `npm run docs` from the definitions in the code. Change those, not this page. -->';

/** Text of a message in a table: neither tags nor emphasis. */
export function escapeTable(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/([*_`[\]])/g, '\\$1');
}
