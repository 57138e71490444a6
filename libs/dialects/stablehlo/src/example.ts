// Examples of ops: a function around them.

/** A function @example with parameters, one line or several, and a result of a type; %r is returned. */
export function example(parameters: string, lines: string, type: string): string {
  return `func.func @example(${parameters}) -> ${type} {
${lines
  .split('\n')
  .map((line) => `  ${line}`)
  .join('\n')}
  return %r : ${type}
}`;
}
