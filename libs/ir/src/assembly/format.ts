// Reads an assembly format string (the language of MLIR's declarative `assemblyFormat`) into a tree, and refuses
// formats that bind something twice, leave something out, or could be read in two ways.
import type { AttrSpec, ValueConstraint } from '../constraints.js';
import type { OpSpec, RegionSpec } from '../define-op.js';
import { InternalError } from '../errors.js';

export type Side = 'operand' | 'result';
/** One named group of operands or results, or all of them. */
export type ValueSelection = { readonly side: Side; readonly index: number | 'all' };

export type FormatNode =
  | { readonly kind: 'literal'; readonly text: string; readonly keyword: boolean }
  | { readonly kind: 'space' }
  | { readonly kind: 'no-space' }
  | { readonly kind: 'newline' }
  | { readonly kind: 'operand'; readonly index: number; readonly group: ValueConstraint['kind'] }
  | { readonly kind: 'operands' }
  // biome-ignore lint/suspicious/noExplicitAny: specs of different value types
  | { readonly kind: 'attribute'; readonly name: string; readonly spec: AttrSpec<any>; readonly alone: boolean }
  | { readonly kind: 'attr-dict'; readonly keyword: boolean }
  | { readonly kind: 'region'; readonly index: number; readonly spec: RegionSpec }
  | { readonly kind: 'successor'; readonly index: number }
  | { readonly kind: 'successors' }
  | { readonly kind: 'type'; readonly of: ValueSelection; readonly group: ValueConstraint['kind'] }
  | { readonly kind: 'functional-type'; readonly inputs: ValueSelection; readonly results: ValueSelection }
  | { readonly kind: 'prop-dict' }
  | { readonly kind: 'custom'; readonly name: string; readonly args: readonly DirectiveNode[] }
  | { readonly kind: 'oilist'; readonly clauses: readonly OilistClause[] }
  | {
      readonly kind: 'group';
      readonly elements: readonly FormatNode[];
      readonly otherwise: readonly FormatNode[];
      readonly anchor: FormatNode;
    };

/** What a custom directive is given: a variable, a type, or with `ref` what was read before. */
export interface DirectiveNode {
  readonly node: FormatNode & { kind: 'operand' | 'attribute' | 'region' | 'successor' | 'type' };
  readonly ref: boolean;
}
/** One of the clauses that may come in any order: a literal and what follows it. */
export interface OilistClause {
  readonly literal: FormatNode & { kind: 'literal' };
  readonly elements: readonly FormatNode[];
}

/** Every node of a format, those in groups, clauses and directives included. */
export function* everyNode(nodes: readonly FormatNode[]): Generator<FormatNode> {
  for (const node of nodes) {
    yield node;
    if (node.kind === 'group') yield* everyNode([...node.elements, ...node.otherwise]);
    else if (node.kind === 'oilist') for (const clause of node.clauses) yield* everyNode(clause.elements);
    else if (node.kind === 'custom') yield* everyNode(node.args.filter((a) => !a.ref).map((a) => a.node));
  }
}

type Token = {
  readonly kind: 'literal' | 'variable' | 'word' | 'punctuation' | 'end';
  readonly text: string;
  readonly at: number;
};

/** Names bound so far and what still is missing, while a format is read. */
export class FormatReader {
  private readonly spec: OpSpec;
  private readonly tokens: Token[];
  private next = 0;
  private readonly bound = new Set<string>();
  private readonly operandNames: readonly string[];
  private readonly resultNames: readonly string[];
  private readonly regionNames: readonly string[];
  private depth = 0;
  /** Groups whose type the format writes: operand index, or -1 - result index. */
  readonly typed = new Set<string>();

  constructor(spec: OpSpec, format: string) {
    this.spec = spec;
    this.operandNames = Object.keys(spec.operands ?? {});
    this.resultNames = Object.keys(spec.results ?? {});
    this.regionNames = Object.keys(spec.regions ?? {});
    this.tokens = this.tokenize(format);
  }

  private fail(message: string, at = this.peek().at): never {
    throw new InternalError(`assembly format of '${this.spec.name}', column ${at + 1}: ${message}`);
  }

  private tokenize(format: string): Token[] {
    const tokens: Token[] = [];
    const pattern = /\s+|`([^`]*)`|\$([A-Za-z_]\w*)|([A-Za-z][\w-]*)|([()?^:,<>|])/y;
    while (pattern.lastIndex < format.length) {
      const at = pattern.lastIndex;
      const match = pattern.exec(format);
      if (!match)
        throw new InternalError(`assembly format of '${this.spec.name}', column ${at + 1}: unexpected '${format[at]}'`);
      if (match[1] !== undefined) tokens.push({ kind: 'literal', text: match[1], at });
      else if (match[2] !== undefined) tokens.push({ kind: 'variable', text: match[2], at });
      else if (match[3] !== undefined) tokens.push({ kind: 'word', text: match[3], at });
      else if (match[4] !== undefined) tokens.push({ kind: 'punctuation', text: match[4], at });
    }
    tokens.push({ kind: 'end', text: 'end of format', at: format.length });
    return tokens;
  }
  private peek(): Token {
    return this.tokens[this.next]!;
  }
  private take(): Token {
    return this.tokens[this.next++]!;
  }
  private accept(punctuation: string): boolean {
    const token = this.peek();
    if (token.kind !== 'punctuation' || token.text !== punctuation) return false;
    this.next++;
    return true;
  }
  private expect(punctuation: string): void {
    if (!this.accept(punctuation)) this.fail(`expected '${punctuation}', got '${this.peek().text}'`);
  }

  read(): FormatNode[] {
    const nodes: FormatNode[] = [];
    while (this.peek().kind !== 'end') {
      if (this.accept('(')) nodes.push(this.group());
      else nodes.push(this.element());
    }
    this.checkComplete(nodes);
    this.checkSequence(nodes, null);
    return nodes;
  }

  private element(): FormatNode {
    const token = this.take();
    switch (token.kind) {
      case 'literal':
        return this.literal(token);
      case 'variable':
        return this.variable(token);
      case 'word':
        return this.directive(token);
      default:
        return this.fail(`expected a literal, variable or directive, got '${token.text}'`, token.at);
    }
  }

  private literal(token: Token): FormatNode {
    if (token.text === '') return { kind: 'no-space' };
    if (token.text === ' ') return { kind: 'space' };
    if (token.text === '\\n' || token.text === '\n') return { kind: 'newline' };
    const keyword = /^[A-Za-z_][\w$.]*$/.test(token.text);
    if (!keyword && !PUNCTUATION.has(token.text))
      this.fail(`'${token.text}' is neither a keyword nor punctuation`, token.at);
    return { kind: 'literal', text: token.text, keyword };
  }

  private bind(name: string, at: number): void {
    if (this.bound.has(name)) this.fail(`'${name}' is already bound`, at);
    this.bound.add(name);
  }

  private variable(token: Token): FormatNode {
    const { spec } = this;
    const name = token.text;
    const operand = this.operandNames.indexOf(name);
    if (operand >= 0) {
      this.bind(`$${name}`, token.at);
      return { kind: 'operand', index: operand, group: spec.operands![name]!.kind };
    }
    const attribute = spec.attributes && Object.hasOwn(spec.attributes, name) ? spec.attributes[name] : undefined;
    if (attribute) {
      this.bind(`$${name}`, token.at);
      if (attribute.form === 'unit' && this.depth === 0)
        this.fail(`unit attribute '${name}' must be in an optional group`, token.at);
      return { kind: 'attribute', name, spec: attribute, alone: false };
    }
    const region = this.regionNames.indexOf(name);
    if (region >= 0) {
      this.bind(`$${name}`, token.at);
      return { kind: 'region', index: region, spec: spec.regions![name]! };
    }
    const successor = spec.successors && spec.successors !== 'variadic' ? spec.successors.indexOf(name) : -1;
    if (successor >= 0) {
      this.bind(`$${name}`, token.at);
      return { kind: 'successor', index: successor };
    }
    if (this.resultNames.includes(name)) this.fail(`result '${name}' can only stand in type(...)`, token.at);
    return this.fail(`'$${name}' is no operand, attribute, region or successor of the op`, token.at);
  }

  private directive(token: Token): FormatNode {
    switch (token.text) {
      case 'attr-dict':
      case 'attr-dict-with-keyword':
        this.bind('attr-dict', token.at);
        if (this.depth > 0) this.fail('attr-dict cannot be in an optional group', token.at);
        return { kind: 'attr-dict', keyword: token.text !== 'attr-dict' };
      case 'operands':
        for (const name of this.operandNames) this.bind(`$${name}`, token.at);
        if (this.flexible('operand') > 1) this.fail('`operands` cannot tell several variadic operands apart', token.at);
        return { kind: 'operands' };
      case 'successors':
        for (const name of this.spec.successors === 'variadic' ? ['successors'] : (this.spec.successors ?? []))
          this.bind(`$${name}`, token.at);
        return { kind: 'successors' };
      case 'type': {
        this.expect('(');
        const of = this.selection();
        this.expect(')');
        return { kind: 'type', of, group: of.index === 'all' ? 'variadic' : this.constraint(of.side, of.index).kind };
      }
      case 'functional-type': {
        this.expect('(');
        const inputs = this.selection();
        this.expect(',');
        const results = this.selection();
        this.expect(')');
        return { kind: 'functional-type', inputs, results };
      }
      case 'prop-dict':
        this.bind('prop-dict', token.at);
        if (this.depth > 0) this.fail('prop-dict cannot be in an optional group', token.at);
        return { kind: 'prop-dict' };
      case 'custom':
        return this.custom();
      case 'oilist':
        return this.oilist(token.at);
      case 'ref':
        return this.fail('ref(...) can only be an argument of a custom directive', token.at);
      case 'qualified': {
        this.expect('(');
        const inner = this.element();
        this.expect(')');
        return inner;
      }
      default:
        return this.fail(`unknown directive '${token.text}'`, token.at);
    }
  }

  /** After `custom`: `<Name>(argument, ...)`. */
  private custom(): FormatNode {
    this.expect('<');
    const name = this.take();
    if (name.kind !== 'word') this.fail(`expected the name of a custom directive, got '${name.text}'`, name.at);
    this.expect('>');
    this.expect('(');
    const args: DirectiveNode[] = [];
    if (!this.accept(')')) {
      do args.push(this.directiveArgument());
      while (this.accept(','));
      this.expect(')');
    }
    return { kind: 'custom', name: name.text, args };
  }
  private directiveArgument(): DirectiveNode {
    const token = this.peek();
    const ref = token.kind === 'word' && token.text === 'ref';
    if (ref) {
      this.next++;
      this.expect('(');
    }
    const { at } = this.peek();
    // A reference binds nothing, but what it refers to must be read before.
    const bound = new Set(this.bound);
    const typed = new Set(this.typed);
    if (ref) {
      this.bound.clear();
      this.typed.clear();
    }
    this.depth++;
    const node = this.element();
    this.depth--;
    if (ref) {
      for (const name of this.bound)
        if (!bound.has(name)) this.fail(`ref of '${name.slice(1)}', which is not read before`, at);
      for (const name of this.typed) if (!typed.has(name)) this.fail('ref of a type that is not read before', at);
      for (const name of bound) this.bound.add(name);
      for (const name of typed) this.typed.add(name);
      this.expect(')');
    }
    switch (node.kind) {
      case 'operand':
      case 'attribute':
      case 'region':
      case 'successor':
      case 'type':
        return { node, ref };
      default:
        return this.fail('a custom directive takes variables, type(...) and ref(...)', at);
    }
  }

  /** After `oilist`: `(`literal` elements | `literal` elements ...)`. */
  private oilist(at: number): FormatNode {
    this.expect('(');
    if (this.depth > 0) this.fail('oilist cannot be in an optional group', at);
    this.depth++;
    const clauses: OilistClause[] = [];
    do {
      const start = this.peek().at;
      const literal = this.element();
      if (literal.kind !== 'literal') return this.fail('a clause of oilist begins with a literal', start);
      if (clauses.some((c) => c.literal.text === literal.text))
        this.fail(`two clauses of oilist begin with \`${literal.text}\``, start);
      const elements: FormatNode[] = [];
      while (!(this.peek().kind === 'punctuation' && (this.peek().text === '|' || this.peek().text === ')'))) {
        if (this.peek().kind === 'end') this.fail("oilist lacks ')'", at);
        const { at: where } = this.peek();
        const element = this.element();
        if (!canBeAbsent(element)) this.fail('what a clause of oilist holds must be optional', where);
        elements.push(element);
      }
      if (!elements.some(isVisible)) this.fail(`clause \`${literal.text}\` of oilist holds nothing`, start);
      this.checkSequence([literal, ...elements], null);
      clauses.push({ literal, elements });
    } while (this.accept('|'));
    this.expect(')');
    this.depth--;
    return { kind: 'oilist', clauses };
  }

  private selection(): ValueSelection {
    const token = this.take();
    let chosen: ValueSelection | undefined;
    if (token.kind === 'word' && token.text === 'operands') chosen = { side: 'operand', index: 'all' };
    else if (token.kind === 'word' && token.text === 'results') chosen = { side: 'result', index: 'all' };
    else if (token.kind === 'variable') {
      const operand = this.operandNames.indexOf(token.text);
      const result = this.resultNames.indexOf(token.text);
      if (operand >= 0) chosen = { side: 'operand', index: operand };
      else if (result >= 0) chosen = { side: 'result', index: result };
    }
    if (!chosen) this.fail(`expected an operand, a result, \`operands\` or \`results\`, got '${token.text}'`, token.at);
    if (chosen.index === 'all' && this.flexible(chosen.side) > 1)
      this.fail(`\`${token.text}\` cannot tell several variadic groups apart`, token.at);
    const indices = chosen.index === 'all' ? this.names(chosen.side).map((_, i) => i) : [chosen.index];
    for (const i of indices) {
      const key = `${chosen.side} ${i}`;
      if (this.typed.has(key)) this.fail(`the type of '${this.names(chosen.side)[i]}' is already bound`, token.at);
      this.typed.add(key);
    }
    return chosen;
  }
  private names(side: Side): readonly string[] {
    return side === 'operand' ? this.operandNames : this.resultNames;
  }
  private constraint(side: Side, index: number): ValueConstraint {
    return side === 'operand'
      ? this.spec.operands![this.operandNames[index]!]!
      : this.spec.results![this.resultNames[index]!]!;
  }
  private flexible(side: Side): number {
    return this.names(side).filter((_, i) => this.constraint(side, i).kind !== 'one').length;
  }

  /** After `(`: elements with one `^` anchor, `)`, perhaps `: ( else )`, and `?`. */
  private group(): FormatNode {
    const open = this.tokens[this.next - 1]!.at;
    this.depth++;
    const elements: FormatNode[] = [];
    let anchor = -1;
    while (!this.accept(')')) {
      if (this.peek().kind === 'end') this.fail("optional group lacks ')'", open);
      if (this.accept('(')) this.fail('optional groups cannot be nested', this.tokens[this.next - 1]!.at);
      const { at } = this.peek();
      elements.push(this.element());
      if (this.accept('^')) {
        if (anchor >= 0) this.fail('optional group has two anchors', at);
        anchor = elements.length - 1;
        this.checkAnchor(elements[anchor]!, at);
      }
    }
    const otherwise: FormatNode[] = [];
    if (this.accept(':')) {
      this.expect('(');
      while (!this.accept(')')) {
        if (this.peek().kind === 'end') this.fail("optional group lacks ')'", open);
        otherwise.push(this.element());
      }
    }
    this.expect('?');
    this.depth--;
    if (anchor < 0) this.fail('optional group has no anchor `^`', open);
    const anchored = elements[anchor]!;
    if (anchored.kind === 'attribute' && elements.filter(isVisible).length === 1)
      elements[anchor] = { ...anchored, alone: true };
    this.checkFirst(elements, open);
    for (const node of elements) {
      if (node.kind === 'operand' && node.group === 'one')
        this.fail(
          `operand '${this.operandNames[node.index]}' is not optional and cannot be in an optional group`,
          open,
        );
      if (node.kind === 'successor') this.fail('a successor cannot be in an optional group', open);
    }
    this.checkSequence(elements, null);
    return { kind: 'group', elements, otherwise, anchor: elements[anchor]! };
  }

  private checkAnchor(node: FormatNode, at: number): void {
    const fits =
      (node.kind === 'operand' && node.group !== 'one') ||
      (node.kind === 'attribute' && node.spec.optional) ||
      node.kind === 'region' ||
      (node.kind === 'type' && node.group !== 'one') ||
      node.kind === 'custom';
    if (!fits)
      this.fail(
        'only an optional or variadic operand or type, an optional attribute, a region or a custom directive can be an anchor',
        at,
      );
  }
  /** The parser decides by the first element whether the group is there. */
  private checkFirst(nodes: readonly FormatNode[], at: number): void {
    const first = nodes.find((n) => n.kind !== 'space' && n.kind !== 'no-space' && n.kind !== 'newline');
    const fits =
      first !== undefined &&
      (first.kind === 'literal' ||
        first.kind === 'region' ||
        (first.kind === 'attribute' && (first.spec.form !== 'unit' || first.alone)) ||
        (first.kind === 'operand' && first.group !== 'one') ||
        (first.kind === 'type' && first.group !== 'one') ||
        first.kind === 'custom');
    if (!fits) this.fail('the first element of an optional group must be a literal or something optional', at);
  }

  /** Two neighbours that could not be told apart. */
  private checkSequence(nodes: readonly FormatNode[], after: FormatNode | null): void {
    const visible = [...nodes.filter(isVisible), ...(after ? [after] : [])];
    for (let i = 0; i + 1 < visible.length; i++) {
      const a = visible[i]!;
      const following = visible[i + 1]!;
      const b = following.kind === 'group' ? following.elements.find(isVisible)! : following;
      if (
        b.kind === 'literal' &&
        b.text === ',' &&
        (isList(a) || (a.kind === 'group' && isList(a.elements.filter(isVisible).at(-1)!)))
      )
        this.fail("ambiguous: a list is followed by ','", 0);
      if (b.kind === 'literal' && b.text === ':' && a.kind === 'attribute' && a.spec.form === undefined && !a.spec.bare)
        this.fail(`ambiguous: ':' after attribute '${a.name}', whose text may itself end in ': type'`, 0);
      if (a.kind === 'attr-dict' && !a.keyword && b.kind === 'region')
        this.fail('ambiguous: a region after attr-dict; use attr-dict-with-keyword', 0);
      if ((isFlexibleOperand(a) || a.kind === 'operands') && (b.kind === 'operand' || b.kind === 'operands'))
        this.fail('ambiguous: operands after an optional or variadic operand without a literal between them', 0);
    }
  }

  private checkComplete(nodes: readonly FormatNode[]): void {
    const end = this.peek().at;
    const { spec } = this;
    for (const name of this.operandNames)
      if (!this.bound.has(`$${name}`)) this.fail(`operand '${name}' is not in the format`, end);
    for (const name of this.regionNames)
      if (!this.bound.has(`$${name}`)) this.fail(`region '${name}' is not in the format`, end);
    const successors = spec.successors === 'variadic' ? ['successors'] : (spec.successors ?? []);
    for (const name of successors)
      if (!this.bound.has(`$${name}`)) this.fail(`successor '${name}' is not in the format`, end);
    if (!this.bound.has('attr-dict')) this.fail('attr-dict is not in the format', end);
    if (nodes.length === 0) this.fail('the format is empty', end);
  }
}

const PUNCTUATION = new Set([
  ',',
  ':',
  '=',
  '->',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '<',
  '>',
  '::',
  '...',
  '?',
  '*',
  '+',
  '-',
  '/',
  '|',
]);

function isVisible(node: FormatNode): boolean {
  return node.kind !== 'space' && node.kind !== 'no-space' && node.kind !== 'newline';
}
/** Whether an element of a clause may be missing, so that the clause may be. */
function canBeAbsent(node: FormatNode): boolean {
  switch (node.kind) {
    case 'operand':
    case 'type':
      return node.group !== 'one';
    case 'attribute':
      return node.spec.optional;
    case 'successor':
    case 'operands':
    case 'functional-type':
      return false;
    default:
      return true;
  }
}
function isFlexibleOperand(node: FormatNode): boolean {
  return node.kind === 'operand' && node.group !== 'one';
}
function isList(node: FormatNode): boolean {
  return (
    node.kind === 'operands' ||
    node.kind === 'successors' ||
    (node.kind === 'operand' && node.group === 'variadic') ||
    (node.kind === 'type' && node.group === 'variadic') ||
    (node.kind === 'region' && node.spec.variadic === true)
  );
}
