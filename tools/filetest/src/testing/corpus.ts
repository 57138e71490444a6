// Check files with inputs, and what LLVM's FileCheck says about them: o (fine), f (checks fail), i (check file invalid).
export interface CorpusCase {
  readonly name: string;
  readonly checks: string;
  readonly input: string;
  readonly args?: readonly string[];
  readonly verdict: 'ok' | 'failed' | 'invalid';
}

const VERDICTS = { o: 'ok', f: 'failed', i: 'invalid' } as const;
const cases: CorpusCase[] = [];
function add(verdict: keyof typeof VERDICTS, name: string, checks: string, input: string, ...args: string[]): void {
  cases.push({ verdict: VERDICTS[verdict], name, checks, input, args });
}

const FUNC = 'func.func @f(%arg0: i32) -> i32 {\n  %0 = arith.addi %arg0, %arg0 : i32\n  return %0 : i32\n}\n';
const TWO = `${FUNC}${FUNC.replace('@f', '@g').replaceAll('addi', 'muli')}`;

// Plain directives and order.
add('o', 'plain', '// CHECK: addi\n// CHECK: return\n', FUNC);
add('f', 'order', '// CHECK: return\n// CHECK: addi\n', FUNC);
add('f', 'missing', '// CHECK: subi\n', FUNC);
add('o', 'blanks are one', '// CHECK: a  b\n', 'a \t b\n');
add('f', 'blanks count', '// CHECK: a  b\n', 'a   b\n', '--strict-whitespace');
add('o', 'trailing blanks', '// CHECK: a b   \n', 'a b\n');
add('o', 'same text twice', '// CHECK: a\n// CHECK: a\n', 'a a\n');
add('f', 'same text only once', '// CHECK: a\n// CHECK: a\n', 'a\n');
add('i', 'no check', '// nothing\n', FUNC);
add('i', 'empty check', '// CHECK:\n', FUNC);
add('i', 'empty check of blanks', '// CHECK:   \n', FUNC);
add('o', 'part of a word', '// NOCHECK: x\n// CHECKS: x\n// CHECK: a\n', 'a\n');
add('o', 'dash in front', '// x-CHECK: zzz\n// CHECK: a\n', 'a\n');
add('o', 'not a colon', '// CHECK zzz\n// CHECK: a\n', 'a\n');
add('o', 'unknown suffix', '// CHECK-FOO: zzz\n// CHECK: a\n', 'a\n');
add('o', 'in a line', 'code CHECK: a\n', 'a\n');
add('o', 'comment prefix', 'COM: CHECK: zzz\nRUN: CHECK: yyy\nCHECK: a\n', 'a\n');
add('f', 'own comment prefix', 'COM: CHECK: zzz\nCHECK: a\n', 'a\n', '--comment-prefixes=REM');
add('i', 'comment prefix as prefix', 'COM: a\n', 'a\n', '--check-prefix=COM');
add('i', 'empty input', 'CHECK: a\n', '');
add('o', 'empty input allowed', 'CHECK-NOT: a\n', '', '--allow-empty');
add('o', 'carriage returns', 'CHECK: a\r\nCHECK-NEXT: b\r\n', 'a\r\nb\r\n');
// -NEXT -SAME -EMPTY
add('o', 'next', 'CHECK: a\nCHECK-NEXT: b\n', 'a\nb\n');
add('f', 'next too far', 'CHECK: a\nCHECK-NEXT: b\n', 'a\n\nb\n');
add('f', 'next on the line', 'CHECK: a\nCHECK-NEXT: b\n', 'a b\nc\n');
add('f', 'next finds the first', 'CHECK: a\nCHECK-NEXT: b\n', 'a b\nb\n');
add('i', 'next first', 'CHECK-NEXT: b\n', 'b\n');
add('i', 'same first', 'CHECK-SAME: b\n', 'b\n');
add('o', 'same', 'CHECK: a\nCHECK-SAME: b\n', 'a b\n');
add('f', 'same not', 'CHECK: a\nCHECK-SAME: b\n', 'a\nb\n');
add('o', 'empty line', 'CHECK: a\nCHECK-EMPTY:\nCHECK-NEXT: b\n', 'a\n\nb\n');
add('f', 'no empty line', 'CHECK: a\nCHECK-EMPTY:\n', 'a\nb\n');
add('f', 'empty line later', 'CHECK: a\nCHECK-EMPTY:\n', 'a\nb\n\nc\n');
add('o', 'two empty lines', 'CHECK: a\nCHECK-EMPTY:\nCHECK-EMPTY:\nCHECK-NEXT: b\n', 'a\n\n\nb\n');
add('i', 'empty with text', 'CHECK: a\nCHECK-EMPTY: x\n', 'a\n\n');
add('o', 'empty at the end', 'CHECK: a\nCHECK-EMPTY:\n', 'a\n\n');
add('f', 'next after the dag', 'CHECK: a\nCHECK-DAG: c\nCHECK-NEXT: b\n', 'a\nb\nc\n');
// -NOT
add('o', 'not', 'CHECK: a\nCHECK-NOT: x\nCHECK: b\n', 'a\nb\nx\n');
add('f', 'not between', 'CHECK: a\nCHECK-NOT: x\nCHECK: b\n', 'a\nx\nb\n');
add('f', 'not at the end', 'CHECK: a\nCHECK-NOT: x\n', 'a\nb\nx\n');
add('f', 'not at the beginning', 'CHECK-NOT: x\nCHECK: a\n', 'x\na\n');
add('o', 'not alone', 'CHECK-NOT: x\n', 'a\n');
add('f', 'two nots', 'CHECK: a\nCHECK-NOT: y\nCHECK-NOT: x\nCHECK: b\n', 'a\nx\nb\n');
add('i', 'not and next', 'CHECK: a\nCHECK-NOT-NEXT: x\n', 'a\n');
add('i', 'dag and not', 'CHECK: a\nCHECK-DAG-NOT: x\n', 'a\n');
add('o', 'label and not is none', 'CHECK: a\nCHECK-LABEL-NOT: x\n', 'a\n');
add('f', 'implicit not', 'CHECK: a\nCHECK: b\n', 'a\nwarn\nb\n', '--implicit-check-not=warn');
add('f', 'implicit not at the end', 'CHECK: a\n', 'a\nwarn\n', '--implicit-check-not=warn');
add('o', 'implicit not within a match', 'CHECK: warn\n', 'warn\n', '--implicit-check-not=warn');
add('o', 'implicit not alone', 'nothing\n', 'a\n', '--implicit-check-not=warn');
add('i', 'implicit not, prefix given', 'nothing\n', 'a\n', '--implicit-check-not=warn', '--check-prefix=X');
add('f', 'implicit not regex', 'CHECK: a\n', 'a\nw1\n', '--implicit-check-not=w{{[0-9]}}');
add('f', 'not and dag', 'CHECK-DAG: a\nCHECK-NOT: x\nCHECK-DAG: b\n', 'a\nx\nb\n');
add('o', 'not before dags', 'CHECK-NOT: x\nCHECK-DAG: a\nCHECK-DAG: b\n', 'b\na\nx\n');
add('f', 'not before dags fails', 'CHECK-NOT: x\nCHECK-DAG: a\nCHECK-DAG: b\n', 'x\nb\na\n');
add('f', 'not after a dag', 'CHECK-DAG: a\nCHECK-NOT: x\n', 'a\nx\n');
// -DAG
add('o', 'dag', 'CHECK-DAG: a\nCHECK-DAG: b\nCHECK: c\n', 'b\na\nc\n');
add('f', 'dag missing', 'CHECK-DAG: a\nCHECK-DAG: b\n', 'b\n');
add('f', 'dag no overlap', 'CHECK-DAG: a\nCHECK-DAG: a\n', 'a\n');
add('o', 'dag twice', 'CHECK-DAG: a\nCHECK-DAG: a\n', 'a a\n');
add('o', 'dag overlap moves on', 'CHECK-DAG: ab\nCHECK-DAG: b\n', 'ab\nb\n');
add('f', 'check behind the dags', 'CHECK-DAG: a\nCHECK-DAG: b\nCHECK: c\n', 'b\nc\na\n');
add('o', 'dag in between', 'CHECK-DAG: aa\nCHECK-DAG: a{{$}}\nCHECK-DAG: ab\n', 'ab\naa\na\n');
add(
  'o',
  'dag variables',
  'CHECK-DAG: x [[A:%[0-9]+]]\nCHECK-DAG: y [[B:%[0-9]+]]\nCHECK: z [[A]] [[B]]\n',
  'y %1\nx %2\nz %2 %1\n',
);
// -LABEL
add('o', 'labels', 'CHECK-LABEL: @f\nCHECK: addi\nCHECK-LABEL: @g\nCHECK: muli\n', TWO);
add('f', 'labels are borders', 'CHECK-LABEL: @f\nCHECK: muli\nCHECK-LABEL: @g\n', TWO);
add('f', 'label missing', 'CHECK-LABEL: @f\nCHECK-LABEL: @h\n', TWO);
add('f', 'second region fails', 'CHECK-LABEL: @f\nCHECK: addi\nCHECK-LABEL: @g\nCHECK: addi\n', TWO);
add('i', 'label with variable', 'CHECK-LABEL: @[[F:f]]\n', TWO);
add('o', 'label with regex', 'CHECK-LABEL: {{@[f-g]}}(\nCHECK: addi\n', TWO);
add('o', 'not before label', 'CHECK-LABEL: @f\nCHECK-NOT: muli\nCHECK-LABEL: @g\n', TWO);
add('f', 'not before label fails', 'CHECK-LABEL: @f\nCHECK-NOT: addi\nCHECK-LABEL: @g\n', TWO);
add('f', 'label order', 'CHECK-LABEL: @g\nCHECK-LABEL: @f\n', TWO);
add('o', 'next after label', 'CHECK-LABEL: @f\nCHECK-NEXT: addi\n', FUNC);
add('o', 'same after label', 'CHECK-LABEL: @f\nCHECK-SAME: %[[A:.*]]: i32\n', FUNC);
add('o', 'dag before label', 'CHECK-DAG: return\nCHECK-DAG: addi\nCHECK-LABEL: @g\n', TWO);
// -COUNT
add('o', 'count', 'CHECK-COUNT-2: a\nCHECK: b\n', 'a\na\nb\n');
add('f', 'count too few', 'CHECK-COUNT-3: a\n', 'a\na\n');
add('f', 'count and then not', 'CHECK-COUNT-2: a\nCHECK-NOT: a\n', 'a\na\na\n');
add('i', 'count zero', 'CHECK-COUNT-0: a\n', 'a\n');
add('i', 'count no number', 'CHECK-COUNT-x: a\n', 'a\n');
add('i', 'count without number', 'CHECK-COUNT-: a\n', 'a\n');
add('o', 'count literal', 'CHECK-COUNT-2{LITERAL}: [[a]]\n', '[[a]] [[a]]\n');
add('o', 'count without dash is none', 'CHECK-COUNT: z\nCHECK: a\n', 'a\n');
// {LITERAL}
add('o', 'literal', 'CHECK{LITERAL}: {{a}}[[b]]\n', '{{a}}[[b]]\n');
add('f', 'literal is no regex', 'CHECK{LITERAL}: {{a}}\n', 'a\n');
add('o', 'literal with blanks', 'CHECK{ LITERAL }: [[\n', '[[\n');
add('o', 'unknown modifier is none', 'CHECK{LIT}: zzz\nCHECK: a\n', 'a\n');
add('o', 'literal next', 'CHECK: a\nCHECK-NEXT{LITERAL}: [[b]]\n', 'a\n[[b]]\n');
// Regular expressions
add('o', 'regex', 'CHECK: {{[a-z]+}} = {{.*}} : i32\n', 'x = add : i32\n');
add('f', 'regex stays on the line', 'CHECK: a{{.*}}b\n', 'a\nb\n');
add('f', 'negated set stays on the line', 'CHECK: a{{[^x]*}}b\n', 'a\nb\n');
add('i', 'regex without end', 'CHECK: {{a\n', 'a\n');
add('i', 'invalid regex', 'CHECK: {{(a}}\n', 'a\n');
add('i', 'unbalanced set', 'CHECK: {{[a}}\n', 'a\n');
add('i', 'star alone', 'CHECK: {{*}}\n', 'a\n');
add('i', 'double star', 'CHECK: {{a**}}\n', 'a\n');
add('i', 'empty alternative', 'CHECK: {{a|}}\n', 'a\n');
add('i', 'closing parenthesis', 'CHECK: {{a)}}\n', 'a)\n');
add('o', 'escapes are ordinary', 'CHECK: {{\\d+}}\n', 'ddd\n');
add('f', 'no class by letter', 'CHECK: {{\\d+}}\n', '123\n');
add('o', 'alternatives', 'CHECK: x{{a|b}}y\n', 'xby\n');
add('o', 'longest alternative', 'CHECK: {{a|ab}}\nCHECK-SAME: c\nCHECK-NOT: b\n', 'abc\n');
add('f', 'longest alternative eats', 'CHECK: {{a|ab}}\nCHECK-SAME: b\n', 'ab\n');
add('o', 'longest of options', 'CHECK: {{a?(ab)?}}\nCHECK-SAME: c\n', 'abc\n');
add('f', 'longest of options eats', 'CHECK: {{a?(ab)?}}\nCHECK-SAME: b\n', 'abc\n');
add('o', 'classes', 'CHECK: {{[[:alpha:]]+[[:digit:]]*}}!\n', 'abc12!\n');
add('o', 'bracket first', 'CHECK: {{[]x]+}}\n', ']]x\n');
add('o', 'backslash in brackets', 'CHECK: {{[\\]}}y\n', '\\y\n');
add('o', 'bounds', 'CHECK: {{(a{2,3})}}b\n', 'aab}b aaab\n');
add('i', 'bounds end the block', 'CHECK: {{a{2,3}}}b\n', 'aaab\n');
add('o', 'anchors', 'CHECK: {{^}}b{{$}}\n', 'ab\nb\nbc\n');
add('f', 'anchors fail', 'CHECK: {{^}}b{{$}}\n', 'ab\nbc\n');
add('o', 'line start after a match', 'CHECK: a\nCHECK: {{^}}b\n', 'ab\n');
add('o', 'brace', 'CHECK: {{a{}}x\n', 'a{x\n');
add('o', 'back-reference in regex', 'CHECK: {{(a|b)-}}{{x}}\n', 'b-x\n');
add('f', 'dot in fixed text', 'CHECK: a.b{{c}}\n', 'axbc\n');
add(
  'o',
  'special characters',
  'CHECK: (a) [b] {c} $d ^e *f +g ?h |i \\j{{.}}\n',
  '(a) [b] {c} $d ^e *f +g ?h |i \\jk\n',
);
add('o', 'regex ends first', 'CHECK: {{a}}}\n', 'a}\n');
add('o', 'ignore case', 'CHECK: ADDI {{%ARG0}}\n', 'addi %arg0\n', '--ignore-case');
add('f', 'case counts', 'CHECK: ADDI\n', 'addi\n');
// String variables
add('o', 'variable', 'CHECK: [[A:%.*]] = x\nCHECK: y [[A]]\n', '%1 = x\ny %1\n');
add('f', 'variable differs', 'CHECK: [[A:%.*]] = x\nCHECK: y [[A]]\n', '%1 = x\ny %2\n');
add('o', 'variable on the line', 'CHECK: [[A:%[0-9]+]], [[A]]\n', '%1, %2\n%3, %3\n');
add('f', 'variable undefined', 'CHECK: y [[A]]\n', 'y %1\n');
add('f', 'not with undefined variable', 'CHECK: a\nCHECK-NOT: [[A]]\n', 'a\n');
add('o', 'variable again', 'CHECK: [[A:x.]]\nCHECK: [[A:x.]]\nCHECK: [[A]]\n', 'x1\nx2\nx2\n');
add('o', 'variable value is no regex', 'CHECK: [[A:.*]];\nCHECK: [[A]]!\n', 'a.b(;\na.b(!\n');
add('i', 'variable name', 'CHECK: [[1A:.*]]\n', 'a\n');
add('i', 'variable use with dash', 'CHECK: [[A-b]]\n', 'a\n');
add('i', 'variable with blank', 'CHECK: [[A :.*]]\n', 'a\n');
add('i', 'variable block without end', 'CHECK: [[A:.*\n', 'a\n');
add('i', 'variable empty', 'CHECK: [[]]\n', 'a\n');
add('o', 'set in variable', 'CHECK: [[A:[a-z]+]]1\nCHECK: [[A]]2\n', 'ab1\nab2\n');
add('o', 'variable of command line', 'CHECK: [[A]]\n', 'hello\n', '-DA=hel');
add('o', 'variable empty value', 'CHECK: a[[B:x*]]b\nCHECK: c[[B]]d\n', 'ab\ncd\n');
add(
  'f',
  'variable scope',
  'CHECK-LABEL: @f\nCHECK: [[A:%0]]\nCHECK-LABEL: @g\nCHECK: [[A]]\n',
  TWO,
  '--enable-var-scope',
);
add('o', 'no variable scope', 'CHECK-LABEL: @f\nCHECK: [[A:%0]]\nCHECK-LABEL: @g\nCHECK: [[A]]\n', TWO);
add(
  'o',
  'global variable',
  'CHECK-LABEL: @f\nCHECK: [[$A:%0]]\nCHECK-LABEL: @g\nCHECK: [[$A]]\n',
  TWO,
  '--enable-var-scope',
);
add('o', 'percent outside', 'CHECK: %[[A:.*]] = arith.addi\nCHECK: return %[[A]]\n', FUNC);
add('o', 'two variables', 'CHECK: [[A:.*]] = [[B:.*]] [[A]]\n', 'x = y x\n');
add('o', 'alternation and variable', 'CHECK: {{a|b}} [[X:c|d]] [[X]]\n', 'b d d\n');
add('f', 'alternation and variable differ', 'CHECK: {{a|b}} [[X:c|d]] [[X]]\n', 'b d c\n');
// Numeric variables
add('o', 'number', 'CHECK: a [[#N:]]\nCHECK: b [[#N+1]]\n', 'a 41\nb 42\n');
add('f', 'number differs', 'CHECK: a [[#N:]]\nCHECK: b [[#N+1]]\n', 'a 41\nb 43\n');
add('o', 'number minus', 'CHECK: a [[#N:]]\nCHECK: b [[#N - 2]]\n', 'a 41\nb 39\n');
add('o', 'number hexadecimal', 'CHECK: a [[#%x,N:]]\nCHECK: b [[#N+1]]\n', 'a ff\nb 100\n');
add('o', 'number upper', 'CHECK: a [[#%X,N:]]\nCHECK: b [[#%X,N+1]]\n', 'a FE\nb FF\n');
add('f', 'number upper is not lower', 'CHECK: a [[#%X,N:]]{{$}}\n', 'a fe\n');
add('o', 'number signed', 'CHECK: a [[#%d,N:]]\nCHECK: b [[#N+3]]\n', 'a -2\nb 1\n');
add('f', 'number unsigned overflow', 'CHECK: a [[#N:]]\nCHECK: b [[#N-3]]\n', 'a 2\nb -1\n');
add('o', 'number alternate', 'CHECK: a [[#%#x,N:]]\nCHECK: b [[#%#x,N+1]]\n', 'a 0x1f\nb 0x20\n');
add('o', 'number precision', 'CHECK: a [[#%.4u,N:]]\nCHECK: b [[#%.4u,N+1]]\n', 'a 0009\nb 0010\n');
add('o', 'number precision of hex', 'CHECK: a [[#%.8X,N:]]\nCHECK: b [[#N]]\n', 'a 0000ABCD\nb 0000ABCD\n');
add('o', 'number any', 'CHECK: a [[#]]\n', 'a 12\n');
add('f', 'number any fails', 'CHECK: a [[#]]\n', 'a x\n');
add('i', 'number format', 'CHECK: a [[#%y,N:]]\n', 'a 12\n');
add('i', 'number operator', 'CHECK: a [[#N:]]\nCHECK: [[#N*2]]\n', 'a 12\n');
add('i', 'number name', 'CHECK: a [[#1N:]]\n', 'a 12\n');
add('i', 'number used where defined', 'CHECK: [[#N:]] [[#N+1]]\n', '1 2\n');
add('i', 'number format conflict', 'CHECK: [[#%x,N:]] [[#M:]]\nCHECK: [[#N+M]]\n', '1 2 3\n');
add('o', 'number explicit format', 'CHECK: [[#%x,N:]] [[#M:]]\nCHECK: [[#%u,N+M]]\n', 'a 2\n12\n');
add('i', 'number and string', 'CHECK: [[N:.*]]\nCHECK: [[#N:]]\n', '1\n2\n');
add('i', 'string and number', 'CHECK: [[#N:]]\nCHECK: [[N:.*]]\n', '1\n2\n');
add('f', 'number undefined', 'CHECK: [[#N+1]]\n', '1\n');
add('o', 'number with expression', 'CHECK: [[#N:]]\nCHECK: [[#M:N+1]]\nCHECK: [[#M]]x\n', '1\n2\n2x\n');
add('o', 'number equal', 'CHECK: [[#N:]]\nCHECK: [[#==N+1]]\n', '1\n2\n');
add(
  'o',
  'number functions',
  'CHECK: [[#N:]]\nCHECK: [[#mul(N,3)]] [[#max(N,2)]] [[#div(add(N,9),2)]]\n',
  '5\n15 5 7\n',
);
add('i', 'number function unknown', 'CHECK: [[#pow(2,3)]]\n', '8\n');
add('i', 'number function arguments', 'CHECK: [[#max(2)]]\n', '2\n');
add('o', 'number parentheses', 'CHECK: [[#N:]]\nCHECK: [[#(N+1)-(2-1)]]\n', '5\n5\n');
add('o', 'line', 'CHECK: line [[#@LINE]]\nCHECK: line [[#@LINE+1]]\n', 'line 1\nline 3\n');
add(
  'o',
  'line, old form',
  'CHECK: line [[@LINE]]\nCHECK: line [[@LINE+1]]\nCHECK: line [[@LINE-2]]\n',
  'line 1\nline 3\nline 1\n',
);
add('i', 'line plus variable', 'CHECK: [[A:.]]\nCHECK: line [[@LINE+A]]\n', '1\nline 1\n');
add('i', 'pseudo variable', 'CHECK: [[#@FOO]]\n', '1\n');
add('o', 'number of command line', 'CHECK: [[#N+1]]\n', '6\n', '-D#N=5');
add('o', 'number hex literal', 'CHECK: [[#0x10]]\n', '16\n');
add('o', 'number reset', 'CHECK: [[#N:]]\nCHECK: [[#N:N+1]]\nCHECK: [[#N]]z\n', '1\n2\n2z\n');
add(
  'f',
  'number scope',
  'CHECK-LABEL: @f\nCHECK: %[[#N:]]\nCHECK-LABEL: @g\nCHECK: %[[#N]]\n',
  TWO,
  '--enable-var-scope',
);
// Prefixes
add('o', 'prefix', 'FOO: a\nCHECK: zzz\n', 'a\n', '--check-prefix=FOO');
add('o', 'prefixes', 'FOO: a\nBAR: b\n', 'a\nb\n', '--check-prefixes=FOO,BAR');
add('i', 'prefix unused', 'FOO: a\n', 'a\n', '--check-prefixes=FOO,BAR');
add('o', 'prefix unused allowed', 'FOO: a\n', 'a\n', '--check-prefixes=FOO,BAR', '--allow-unused-prefixes');
add('o', 'prefix of a prefix', 'CHECK-X: a\nCHECK: b\n', 'a\nb\n', '--check-prefixes=CHECK,CHECK-X');
add('f', 'prefix with suffix', 'X: a\nX-NEXT: c\n', 'a\nb\nc\n', '--check-prefix=X');
add('i', 'prefix invalid', 'a!: a\n', 'a\n', '--check-prefix=a!');
add('i', 'prefix twice', 'A: a\n', 'a\n', '--check-prefixes=A,A');
add('f', 'prefixes in order', 'FOO: b\nBAR: a\n', 'a\nb\n', '--check-prefix=FOO', '--check-prefix=BAR');
// --match-full-lines
add('o', 'full lines', 'CHECK: a b\n', 'a\n  a b  \n', '--match-full-lines');
add('f', 'full lines fail', 'CHECK: a b\n', 'a b c\n', '--match-full-lines');
add('o', 'full lines not', 'CHECK: a\nCHECK-NOT: b\n', 'a\nc\n', '--match-full-lines');
add('f', 'full lines not is part', 'CHECK: a\nCHECK-NOT: b\n', 'a\nabc\n', '--match-full-lines');
add('f', 'full lines strict', 'CHECK:a\n', ' a\n', '--match-full-lines', '--strict-whitespace');
add('o', 'full lines strict, blank', 'CHECK: a\n', ' a\n', '--match-full-lines', '--strict-whitespace');
add('o', 'full lines regex', 'CHECK: a{{.*}}\nCHECK-NEXT: b\n', 'abc\nb\n', '--match-full-lines');

export const CORPUS: readonly CorpusCase[] = cases;
