// Examples of ops: a small function around one line of text.

/** `line` defines %r of type `result` from the arguments, e.g. `%a: i32, %b: i32`. */
export function example(parameters: string, line: string, result: string): string {
  return `func.func @example(${parameters}) -> ${result} {\n  ${line}\n  return %r : ${result}\n}`;
}
