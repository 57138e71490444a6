// What the tests share: a context with the dialects, and short ways to read, verify and print.
import { registerCoreDialects } from '@budflow/dialect-core';
import { Context, type Operation, parseModule, printModule, renderDiagnostic, verify } from '@budflow/ir';
import { registerStablehloDialects } from '../index.js';

export function newContext(): Context {
  const context = new Context();
  registerCoreDialects(context);
  registerStablehloDialects(context);
  return context;
}

/** Reads and verifies; throws the rendered diagnostics when that fails. */
export function parse(text: string, context: Context = newContext()): Operation {
  const { result, diagnostics } = context.diagnostics.collect(() => {
    const module = parseModule(text, context);
    return module && verify(module) ? module : undefined;
  });
  if (!result) throw new Error(diagnostics.map((d) => renderDiagnostic(context, d)).join('\n'));
  return result;
}

/** The text in custom and generic form, each read again: all must print the same. */
export function roundTrips(text: string): string {
  const first = printModule(parse(text));
  const second = printModule(parse(first));
  if (second !== first) throw new Error(`custom form changes:\n${first}\n${second}`);
  for (const properties of [false, true]) {
    const generic = printModule(parse(printModule(parse(text), { generic: true, properties })));
    if (generic !== first) throw new Error(`generic form changes:\n${first}\n${generic}`);
  }
  return first;
}

/** Ids and messages of what reading and verifying reports. */
export function errorsOf(text: string, context: Context = newContext()): string[] {
  const { diagnostics } = context.diagnostics.collect(() => {
    const module = parseModule(text, context);
    if (module) verify(module);
  });
  return diagnostics.map((d) => `${d.id}: ${d.message}`);
}

const survivors = newContext();

/** Reads, verifies and prints text that may be wrong; only diagnostics may come of it. */
export function survives(text: string): void {
  survivors.diagnostics.collect(() => {
    const module = parseModule(text, survivors);
    if (!module) return;
    verify(module);
    printModule(module);
  });
}
