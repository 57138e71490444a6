// Helpers of the tests: text in, module or diagnostics out.

import { Interpreter, type InterpreterOptions, interpretPureOp, type RuntimeValue } from '@budflow/interpreter';
import { Context, type Diagnostic, type Operation, parseModule, printModule, verify } from '@budflow/ir';
import { applyPatternsGreedily } from '@budflow/rewrite';
import { registerCoreDialects } from '../register.js';

export function coreContext(): Context {
  const context = new Context();
  registerCoreDialects(context);
  return context;
}

/** Parses and verifies; returns what was reported. */
export function check(
  text: string,
  context = coreContext(),
): { module: Operation | undefined; diagnostics: Diagnostic[] } {
  const { result, diagnostics } = context.diagnostics.collect(() => {
    const module = parseModule(text, context);
    if (module) verify(module);
    return module;
  });
  return { module: result, diagnostics };
}

/** Parses and verifies text that must be right. */
export function parse(text: string, context = coreContext()): Operation {
  const { module, diagnostics } = check(text, context);
  if (!module || diagnostics.length) throw new Error(`${diagnostics.map((d) => d.message).join('\n')}\nin\n${text}`);
  return module;
}

/** Ids of what is wrong with a text. */
export function errorsOf(text: string): string[] {
  return check(text).diagnostics.map((d) => d.id);
}

export function run(
  text: string,
  args: readonly RuntimeValue[] = [],
  options: InterpreterOptions = {},
  name = 'f',
): RuntimeValue[] {
  return new Interpreter(parse(text), options).call(name, args);
}

/** The module after canonicalization to a fixpoint, its changes checked. */
export function canonicalize(module: Operation): ReadonlyMap<string, number> {
  const { diagnostics, result } = module.context.diagnostics.collect(() => {
    const outcome = applyPatternsGreedily(module, [], {
      canonicalize: true,
      defaultFold: interpretPureOp,
      checkChanges: true,
    });
    verify(module);
    return outcome;
  });
  if (diagnostics.length) throw new Error(diagnostics.map((d) => d.message).join('\n'));
  return result.hits;
}

export { printModule };
