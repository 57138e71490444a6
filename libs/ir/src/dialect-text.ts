// The text of types and attributes that a dialect defines or leaves opaque. MLIR writes `!dialect.name<...>` where what
// follows the name stands in one pair of brackets, and `!dialect<name ...>` around anything else.

/** Whether the bracket at `open` of a balanced text is closed by its last character. */
function closesAtEnd(text: string, open: number): boolean {
  let depth = 0;
  for (const match of text.slice(open).matchAll(/"(?:[^"\\]|\\.)*"|->|[<>]/g)) {
    if (match[0] === '<') depth++;
    else if (match[0] === '>' && --depth === 0) return open + match.index === text.length - 1;
  }
  return false;
}

/** `dialect.body` where the body is a name, alone or with brackets around the rest; `dialect<body>` otherwise. */
function dialectText(dialect: string, body: string): string {
  const name = /^[A-Za-z][\w.]*/.exec(body)?.[0];
  const simple = name !== undefined && (name === body || (body[name.length] === '<' && closesAtEnd(body, name.length)));
  return simple ? `${dialect}.${body}` : `${dialect}<${body}>`;
}

/** The one text of an opaque type or attribute, which may be written in both ways. */
export function opaqueText(dialect: string, text: string): string {
  const dotted = text[dialect.length] === '.';
  return dialectText(dialect, dotted ? text.slice(dialect.length + 1) : text.slice(dialect.length + 1, -1));
}

/** The text of a definition's instance: `name` has the dialect before its first dot. */
export function definedText(name: string, printed: string): string {
  if (printed === '') return name;
  const dot = name.indexOf('.');
  return dialectText(name.slice(0, dot), name.slice(dot + 1) + printed);
}
