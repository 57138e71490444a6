// Helpers for tests that start from text.
import type { Context } from '../context.js';
import type { Diagnostic } from '../diagnostic.js';
import type { Operation } from '../operation.js';
import { parseModule } from '../parser/parse.js';
import { verify } from '../verifier.js';
import { testContext } from './test-dialect.js';

/** Parses without verifying; throws with the diagnostics when the text is not accepted. */
export function parse(text: string, context: Context = testContext()): Operation {
  const { result, diagnostics } = context.diagnostics.collect(() => parseModule(text, context));
  if (!result) throw new Error(`does not parse:\n${diagnostics.map((d) => `${d.id}: ${d.message}`).join('\n')}`);
  return result;
}

/** What the verifier says about a text. */
export function verifyText(text: string, context: Context = testContext()): Diagnostic[] {
  const module = parse(text, context);
  return context.diagnostics.collect(() => verify(module)).diagnostics;
}

/** The first operation with a name. */
export function find(root: Operation, name: string): Operation {
  const found: Operation[] = [];
  root.walk((op) => {
    if (op.name === name) found.push(op);
  });
  if (!found[0]) throw new Error(`no ${name}`);
  return found[0];
}
