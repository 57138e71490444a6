// The sources, for what only they say: head comments of pass files, and where diagnostics are emitted.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

export const ROOT = join(import.meta.dirname, '..', '..', '..');

export interface SourceFile {
  /** From the root, with `/`. */
  readonly path: string;
  readonly text: string;
}

let cache: readonly SourceFile[] | undefined;

/** Sources of libs and apps without tests, in alphabetical order. */
export function sources(): readonly SourceFile[] {
  cache ??= ['libs', 'apps']
    .flatMap((folder) => walk(join(ROOT, folder)))
    .map((path) => ({ path: relative(ROOT, path).split(sep).join('/'), text: readFileSync(path, 'utf8') }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  return cache;
}

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return ['node_modules', 'dist', 'testing', '.results'].includes(entry.name) ? [] : walk(path);
    return /\.ts$/.test(entry.name) && !/\.test\.ts$|\.d\.ts$/.test(entry.name) && path.includes(`${sep}src${sep}`)
      ? [path]
      : [];
  });
}

/** The comment a file begins with, without its slashes. */
export function headComment(text: string): string {
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    if (!line.startsWith('//')) break;
    lines.push(line.replace(/^\/\/ ?/, ''));
  }
  return lines.join('\n');
}

/** A head comment as Markdown: what is indented by two or more is code. */
export function commentMarkdown(comment: string): string {
  const blocks: { code: boolean; lines: string[] }[] = [];
  for (const line of comment.split('\n')) {
    const isCode = /^ {2,}\S/.test(line);
    const last = blocks.at(-1);
    if (line.trim() === '') {
      last?.lines.push('');
      continue;
    }
    // A list goes on with indented lines.
    const inList =
      last &&
      !last.code &&
      /^\s*(?:[-*]|\d+\.) /.test(last.lines.findLast((l) => /^\s*(?:[-*]|\d+\.) /.test(l)) ?? '') &&
      last.lines.at(-1) !== '';
    if (last && (last.code === isCode || (isCode && inList))) last.lines.push(line);
    else blocks.push({ code: isCode, lines: [line] });
  }
  return blocks
    .map(({ code, lines }) => {
      const text = lines.join('\n').replace(/\s+$/, '');
      if (!code) return escapeHtml(text);
      const margin = Math.min(
        ...text
          .split('\n')
          .filter((l) => l.trim() !== '')
          .map((l) => /^ */.exec(l)![0].length),
      );
      return `\`\`\`text\n${text
        .split('\n')
        .map((l) => l.slice(margin))
        .join('\n')}\n\`\`\``;
    })
    .join('\n\n');
}

/** `<x>` outside of code would be a tag. */
export function escapeHtml(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part, i) => (i % 2 === 1 ? part : part.replace(/</g, '&lt;').replace(/\*/g, '\\*')))
    .join('');
}
