// Fixes: the name that was probably meant. And the text as the printer would write it, where that loses nothing.
import { parseModule, printModule } from '@budflow/ir';
import { type CodeAction, CodeActionKind, type Diagnostic, type Range } from 'vscode-languageserver';
import type { MlirDocument } from '../analysis/document.js';
import { TokenKind } from '../text/tokens.js';
import type { Suggestion } from './diagnostics.js';

export function fixes(uri: string, diagnostics: readonly Diagnostic[]): CodeAction[] {
  return diagnostics.flatMap((diagnostic) => {
    const data = diagnostic.data as Suggestion | undefined;
    if (!data || typeof data.replacement !== 'string') return [];
    return [
      {
        title: `Change to '${data.replacement}'`,
        kind: CodeActionKind.QuickFix,
        diagnostics: [diagnostic],
        isPreferred: true,
        edit: { changes: { [uri]: [{ range: data.range, newText: data.replacement }] } },
      },
    ];
  });
}

/** Rewrites the whole text by the printer: new names, aliases written out. Disabled where comments would be lost. */
export function printed(document: MlirDocument): CodeAction[] {
  const part = document.parts[0];
  if (document.parts.length !== 1 || !part?.module || part.problems.length > 0) return [];
  const action = { title: 'Rewrite in canonical form (names become numbers)', kind: CodeActionKind.RefactorRewrite };
  const { tokens } = document;
  for (let i = 0; i < tokens.count; i++)
    if (tokens.kinds[i] === TokenKind.comment)
      return [{ ...action, disabled: { reason: 'the comments would be lost' } }];
  const newText = printModule(part.module);
  if (newText === document.text || !parseModule(newText, part.context)) return [];
  const range: Range = document.lines.range(0, document.text.length);
  return [{ ...action, edit: { changes: { [document.uri]: [{ range, newText }] } } }];
}
