// What the tests of the loop, memory, simd and rt dialects share: a context with all of them, and short ways to parse,
// verify, canonicalize and run text.

import { registerCoreDialects } from '@budflow/dialect-core';
import { loopDialect } from '@budflow/dialect-loop';
import { memoryDialect } from '@budflow/dialect-memory';
import { rtDialect } from '@budflow/dialect-rt';
import { simdDialect } from '@budflow/dialect-simd';
import {
  describeValue,
  Interpreter,
  interpretPureOp,
  type MemRefValue,
  memrefOver,
  RuntimeTrap,
  type RuntimeValue,
} from '@budflow/interpreter';
import { Context, type Operation, parseModule, printModule, renderDiagnostic, verify } from '@budflow/ir';
import { applyPatternsGreedily, type GreedyResult } from '@budflow/rewrite';

export function makeContext(): Context {
  const context = new Context();
  registerCoreDialects(context);
  for (const dialect of [loopDialect, memoryDialect, simdDialect, rtDialect]) context.registerDialect(dialect);
  return context;
}

/** Parses and verifies; throws the rendered diagnostics when that fails. */
export function parse(text: string, context = makeContext()): Operation {
  const { result, diagnostics } = context.diagnostics.collect(() => {
    const module = parseModule(text, context);
    return module && verify(module) ? module : undefined;
  });
  if (!result) throw new Error(diagnostics.map((d) => renderDiagnostic(context, d)).join('\n'));
  return result;
}

/** Ids and messages of what parsing and verifying reports. */
export function errorsOf(text: string, context = makeContext()): string[] {
  const { diagnostics } = context.diagnostics.collect(() => {
    const module = parseModule(text, context);
    if (module) verify(module);
  });
  return diagnostics.map((d) => `${d.id}: ${d.message}`);
}

/** The text in custom and generic form, each read again: all must print the same. */
export function roundTrips(text: string): string {
  const first = printModule(parse(text));
  const second = printModule(parse(first));
  const generic = printModule(parse(printModule(parse(text), { generic: true })));
  if (second !== first) throw new Error(`custom form changes:\n${first}\n${second}`);
  if (generic !== first) throw new Error(`generic form changes:\n${first}\n${generic}`);
  return first;
}

/** Canonicalizes, checking that every pattern tells the truth about its changes, and verifies the result. */
export function canonicalize(module: Operation): GreedyResult {
  const result = applyPatternsGreedily(module, [], {
    canonicalize: true,
    defaultFold: interpretPureOp,
    checkChanges: true,
  });
  if (!result.converged) throw new Error('canonicalization does not converge');
  const { result: valid, diagnostics } = module.context.diagnostics.collect(() => verify(module));
  if (!valid) throw new Error(diagnostics.map((d) => d.message).join('\n'));
  return result;
}

/** The canonical form of text, without the lines of module and its end. */
export function canonical(text: string): string {
  const module = parse(text);
  canonicalize(module);
  return printModule(module);
}

/** Runs a function, then its canonical form, which must give the same; returns the results of the first. */
export function run(
  text: string,
  name: string,
  makeArgs: (context: Context) => readonly RuntimeValue[] = () => [],
): RuntimeValue[] {
  const module = parse(text);
  const results = new Interpreter(module).call(name, makeArgs(module.context));
  const other = parse(text);
  canonicalize(other);
  const again = new Interpreter(other).call(name, makeArgs(other.context));
  const [before, after] = [results, again].map((list) => list.map((v) => describeValue(v)).join('; '));
  if (before !== after)
    throw new Error(`canonicalization changes the result: ${before} becomes ${after}\n${printModule(other)}`);
  return results;
}

/** Kind and reason of the trap that running a function ends in. */
export function trapOf(
  text: string,
  name: string,
  makeArgs: (context: Context) => readonly RuntimeValue[] = () => [],
): string {
  const module = parse(text);
  try {
    new Interpreter(module).call(name, makeArgs(module.context));
  } catch (error) {
    if (error instanceof RuntimeTrap) return `${error.kind}: ${error.reason}`;
    throw error;
  }
  return 'no trap';
}

/** A buffer of f32 with these elements. */
export function buffer(context: Context, shape: readonly number[], values: ArrayLike<number>): MemRefValue {
  const n = shape.reduce((a, b) => a * b, 1);
  return memrefOver(context.memref(shape, context.f32), Float32Array.from(values).subarray(0, n), shape);
}

/** The lines of the (single) function body of canonical text, without indentation and the final return. */
export function bodyOf(text: string): string[] {
  const lines = text.split('\n').map((l) => l.trim());
  const start = lines.findIndex((l) => l.startsWith('func.func'));
  const end = lines.findIndex((l, i) => i > start && /^(func\.)?return/.test(l));
  return lines.slice(start + 1, end);
}

/** The lines of the canonical form's body. */
export function canonicalBody(text: string): string[] {
  return bodyOf(canonical(text));
}

/** Text of a function @f with these parameters and body, which returns `ret` of type `result`, or nothing. */
export function func(args: string, body: string, result = '', ret = ''): string {
  return `func.func @f(${args})${result ? ` -> ${result}` : ''} {\n${body}\n  return${ret ? ` ${ret} : ${result}` : ''}\n}`;
}

const survivors = makeContext();

/** Parses, verifies and prints text that may be wrong; only diagnostics may come of it. */
export function survives(text: string): void {
  survivors.diagnostics.collect(() => {
    const module = parseModule(text, survivors);
    if (!module) return;
    verify(module);
    printModule(module);
  });
}
