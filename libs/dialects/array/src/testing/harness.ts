// Helpers of the tests: contexts with the dialects, modules from text, values from numbers.
import { registerCoreDialects } from '@budflow/dialect-core';
import {
  elementsOf,
  Interpreter,
  type InterpreterOptions,
  type RuntimeValue,
  type Scalar,
  TensorValue,
  tensorFrom,
} from '@budflow/interpreter';
import { Context, type Operation, parseModule, parseType, type TensorType, verify } from '@budflow/ir';
import { arrayDialect } from '../index.js';

export function newContext(): Context {
  const context = new Context();
  registerCoreDialects(context);
  context.registerDialect(arrayDialect);
  return context;
}

/** Parses and verifies; throws with the diagnostics when either fails. */
export function moduleFrom(text: string, context: Context = newContext()): Operation {
  const { result, diagnostics } = context.diagnostics.collect(() => {
    const module = parseModule(text, context);
    return module && verify(module) ? module : undefined;
  });
  if (!result) throw new Error(`${diagnostics.map((d) => d.message).join('\n')}\nin\n${text}`);
  return result;
}

/** Messages of parsing and verifying a text. */
export function messagesOf(text: string, context: Context = newContext()): string[] {
  const { diagnostics } = context.diagnostics.collect(() => {
    const module = parseModule(text, context);
    if (module) verify(module);
  });
  return diagnostics.map((d) => d.message);
}

/** The ops of a name in a module, in order. */
export function opsNamed(module: Operation, name: string): Operation[] {
  const found: Operation[] = [];
  module.walk((op) => {
    if (op.name === name) found.push(op);
  });
  return found;
}

/** A tensor from its type's text and elements in row-major order; `shape` for dynamic types. */
export function tensor(
  context: Context,
  type: string,
  values: ArrayLike<Scalar>,
  shape?: readonly number[],
): TensorValue {
  return tensorFrom(parseType(type, context) as TensorType, values, shape);
}

/** Calls @f of a module; `args` are tensors, or text types with elements. */
export function call(
  module: Operation,
  args: readonly RuntimeValue[],
  options: InterpreterOptions = {},
): RuntimeValue[] {
  return new Interpreter(module, options).call('f', args);
}

/** Elements of the first result of @f. */
export function run(
  text: string,
  make: (context: Context) => RuntimeValue[] = () => [],
  options: InterpreterOptions = {},
): Scalar[] {
  const context = newContext();
  const [result] = call(moduleFrom(text, context), make(context), options);
  if (!(result instanceof TensorValue)) throw new Error('@f does not return a tensor');
  return elementsOf(result);
}
