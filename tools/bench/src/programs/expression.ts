// Integer formulas over named sizes, as programs.json and the program texts use them: `N*M`, `2*(K+1)`, `N/2`.

/** Values of names. */
export type Sizes = Readonly<Record<string, number>>;

/** Value of a formula of + - * / ( ), numbers and names. @throws Error naming the formula and the place */
export function evaluate(formula: string, sizes: Sizes): number {
  const tokens = formula.match(/\s*(\d+(?:\.\d+)?(?:e\d+)?|[A-Za-z_]\w*|\S)/gy)?.map((t) => t.trim()) ?? [];
  let position = 0;
  const fail = (problem: string): never => {
    throw new Error(`formula '${formula}': ${problem}`);
  };
  const primary = (): number => {
    const token = tokens[position++];
    if (token === undefined) return fail('ends early');
    if (token === '(') {
      const value = sum();
      if (tokens[position++] !== ')') fail("expected ')'");
      return value;
    }
    if (token === '-') return -primary();
    if (/^\d/.test(token)) return Number(token);
    if (/^[A-Za-z_]/.test(token)) {
      return sizes[token] ?? fail(`no size '${token}'; there is ${Object.keys(sizes).join(', ') || 'none'}`);
    }
    return fail(`unexpected '${token}'`);
  };
  const product = (): number => {
    let value = primary();
    while (tokens[position] === '*' || tokens[position] === '/') {
      value = tokens[position++] === '*' ? value * primary() : value / primary();
    }
    return value;
  };
  const sum = (): number => {
    let value = product();
    while (tokens[position] === '+' || tokens[position] === '-') {
      value = tokens[position++] === '+' ? value + product() : value - product();
    }
    return value;
  };
  const value = sum();
  if (position < tokens.length) fail(`unexpected '${tokens[position]}'`);
  return value;
}

/**
 * Puts sizes into a text: `{{N}}` and `{{N+2}}` become numbers, `{{?N}}` becomes `?` where `dynamic` is set and the
 * number elsewhere.
 */
export function instantiate(text: string, sizes: Sizes, options: { readonly dynamic?: boolean } = {}): string {
  return text.replace(/\{\{(\??)([^}]+)\}\}/g, (_, dynamic: string, formula: string) =>
    dynamic === '?' && options.dynamic ? '?' : String(evaluate(formula, sizes)),
  );
}
