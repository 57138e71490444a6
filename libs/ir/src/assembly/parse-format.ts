// Parses an operation through its compiled format: first the text, then the types, then operands and results.
import type { AsmParser, OperationState, UnresolvedOperand } from '../asm.js';
import { type Attribute, typeOfAttribute } from '../attribute.js';
import { Block } from '../block.js';
import type { AttrSpec } from '../constraints.js';
import { Operation, Region } from '../operation.js';
import { Terminator } from '../traits.js';
import type { Type } from '../type.js';
import type { CompiledFormat } from './compiled.js';
import { type DirectiveArgument, directiveOf } from './directive.js';
import type { DirectiveNode, FormatNode, OilistClause, ValueSelection } from './format.js';
import { type ReadValues, TypeResolution } from './type-resolution.js';

export class FormatParse {
  private readonly format: CompiledFormat;
  private readonly parser: AsmParser;
  private readonly state: OperationState;
  private readonly start: number;
  private readonly read: ReadValues;
  private readonly regions: Region[] = [];

  constructor(format: CompiledFormat, parser: AsmParser, state: OperationState) {
    this.format = format;
    this.parser = parser;
    this.state = state;
    this.start = parser.offset();
    this.read = {
      operands: format.operands.map(() => []),
      flat: null,
      types: { operand: [], result: [] },
      allTypes: { operand: undefined, result: undefined },
    };
  }

  run(): void {
    const { format, parser, state } = this;
    for (const node of format.nodes) this.node(node);
    state.regions.push(...this.regions);
    this.fillRegions();
    new TypeResolution(format, parser, state, this.read, this.start).run();
  }

  private node(node: FormatNode): void {
    const { parser, state } = this;
    switch (node.kind) {
      case 'literal':
        if (node.keyword) parser.keyword(node.text);
        else parser.punctuation(node.text);
        return;
      case 'space':
      case 'no-space':
      case 'newline':
        return;
      case 'operand':
        if (node.group === 'one') this.read.operands[node.index]!.push(parser.operand());
        else this.optionalOperand(node);
        return;
      case 'operands':
        this.read.flat = this.operandList();
        return;
      case 'attribute':
        if (node.spec.form === 'unit') {
          if (node.alone) parser.keyword(node.name);
          state.attributes.set(node.name, parser.context.unitAttr);
        } else if (node.spec.optional) this.optionalAttribute(node);
        else {
          const at = parser.offset();
          this.setAttribute(node, this.attribute(node.spec), at);
        }
        return;
      case 'attr-dict':
        if (node.keyword) parser.optionalAttrDictWithKeyword(state.attributes);
        else parser.optionalAttrDict(state.attributes);
        return;
      case 'region':
        if (!node.spec.variadic) this.regions[node.index] = parser.region();
        else this.variadicRegions(node.index, parser.optionalRegion());
        return;
      case 'successor':
        state.successors[node.index] = parser.successor();
        return;
      case 'successors':
        this.successors();
        return;
      case 'type':
        if (node.group === 'one') this.setTypes(node.of, [parser.type()]);
        else this.optionalType(node);
        return;
      case 'functional-type': {
        const { inputs, results } = parser.functionType();
        this.setTypes(node.inputs, inputs);
        this.setTypes(node.results, results);
        return;
      }
      case 'prop-dict':
        if (!parser.optionalPunctuation('<')) return;
        parser.optionalAttrDict(state.attributes);
        parser.punctuation('>');
        return;
      case 'custom':
        this.custom(node);
        return;
      case 'oilist':
        this.oilist(node);
        return;
      case 'group':
        this.group(node);
    }
  }

  /** Clauses in any order, each at most once. */
  private oilist(node: FormatNode & { kind: 'oilist' }): void {
    const { parser } = this;
    const seen = new Set<OilistClause>();
    for (;;) {
      const at = parser.offset();
      const clause = node.clauses.find(({ literal }) =>
        literal.keyword ? parser.optionalKeyword(literal.text) : parser.optionalPunctuation(literal.text),
      );
      if (!clause) return;
      if (seen.has(clause)) parser.error(`clause '${clause.literal.text}' can appear at most once`, at);
      seen.add(clause);
      for (const element of clause.elements) this.node(element);
    }
  }

  /** False when the directive found nothing it knows, which is right only where it is optional. */
  private custom(node: FormatNode & { kind: 'custom' }): boolean {
    const { parser, state } = this;
    const args = node.args.map((arg) => this.argument(arg));
    const found = directiveOf(this.format.spec, parser.context, node.name).parse(parser, args);
    args.forEach((arg, i) => {
      const { node: what, ref } = node.args[i]!;
      if (ref) return;
      if (what.kind === 'attribute') {
        if (arg.attribute) this.setAttribute(what, arg.attribute, this.start);
      } else if (what.kind === 'type') this.setTypes(what.of, arg.types);
      else if (what.kind === 'region')
        arg.regions.forEach((region, k) => {
          this.regions[what.index + k] = region;
        });
      else if (what.kind === 'successor' && arg.successors[0]) state.successors[what.index] = arg.successors[0];
    });
    return found !== false;
  }
  /** What a directive fills in, or what was read before. */
  private argument({ node, ref }: DirectiveNode): DirectiveArgument {
    const { state } = this;
    const empty: DirectiveArgument = {
      kind: node.kind,
      operands: [],
      types: [],
      attribute: undefined,
      regions: [],
      successors: [],
    };
    switch (node.kind) {
      case 'operand':
        return { ...empty, operands: this.read.operands[node.index]! };
      case 'attribute':
        return { ...empty, attribute: ref ? state.attributes.get(node.name) : undefined };
      case 'type': {
        const { side, index } = node.of;
        const known = index === 'all' ? this.read.allTypes[side] : this.read.types[side][index];
        return { ...empty, types: ref ? (known ?? []) : [] };
      }
      case 'region':
        return { ...empty, regions: ref && this.regions[node.index] ? [this.regions[node.index]!] : [] };
      case 'successor':
        return { ...empty, successors: ref && state.successors[node.index] ? [state.successors[node.index]!] : [] };
    }
  }

  /** The group is there when its first element is. */
  private group(node: FormatNode & { kind: 'group' }): void {
    const first = node.elements.findIndex((n) => n.kind !== 'space' && n.kind !== 'no-space' && n.kind !== 'newline');
    if (!this.optional(node.elements[first]!)) {
      for (const element of node.otherwise) this.node(element);
      return;
    }
    for (let i = first + 1; i < node.elements.length; i++) this.node(node.elements[i]!);
    const { anchor } = node;
    // A unit attribute is said by the literals around it.
    if (anchor.kind === 'attribute' && anchor.spec.form === 'unit')
      this.state.attributes.set(anchor.name, this.parser.context.unitAttr);
  }
  private optional(node: FormatNode): boolean {
    const { parser } = this;
    switch (node.kind) {
      case 'literal':
        return node.keyword ? parser.optionalKeyword(node.text) : parser.optionalPunctuation(node.text);
      case 'operand':
        return this.optionalOperand(node);
      case 'attribute':
        if (node.spec.form === 'unit') return parser.optionalKeyword(node.name);
        return this.optionalAttribute(node);
      case 'type':
        return this.optionalType(node);
      case 'region': {
        const region = parser.optionalRegion();
        if (region === undefined) return false;
        if (node.spec.variadic) this.variadicRegions(node.index, region);
        else this.regions[node.index] = region;
        return true;
      }
      case 'custom':
        return this.custom(node);
      default:
        return false;
    }
  }

  // Lists

  private optionalOperand(node: FormatNode & { kind: 'operand' }): boolean {
    const group = this.read.operands[node.index]!;
    if (node.group === 'variadic') group.push(...this.operandList());
    else {
      const operand = this.parser.optionalOperand();
      if (operand) group.push(operand);
    }
    return group.length > 0;
  }
  private operandList(): UnresolvedOperand[] {
    const { parser } = this;
    const first = parser.optionalOperand();
    if (!first) return [];
    const list = [first];
    while (parser.optionalPunctuation(',')) list.push(parser.operand());
    return list;
  }
  private optionalType(node: FormatNode & { kind: 'type' }): boolean {
    const { parser } = this;
    const first = parser.optionalType();
    const list = first ? [first] : [];
    if (first && node.group === 'variadic') while (parser.optionalPunctuation(',')) list.push(parser.type());
    this.setTypes(node.of, list);
    return first !== undefined;
  }
  private variadicRegions(index: number, first: Region | undefined): void {
    if (!first) return;
    this.regions[index] = first;
    while (this.parser.optionalPunctuation(',')) this.regions.push(this.parser.region());
  }
  private successors(): void {
    const { parser, state } = this;
    do state.successors.push(parser.successor());
    while (parser.optionalPunctuation(','));
  }

  // Attributes

  private setAttribute(node: FormatNode & { kind: 'attribute' }, attr: Attribute, at: number): void {
    if (!node.spec.check(attr))
      this.parser.error(`attribute '${node.name}' must be ${node.spec.description}, but got ${attr}`, at);
    this.state.attributes.set(node.name, attr);
  }
  // biome-ignore lint/suspicious/noExplicitAny: a spec of any value type
  private attribute(spec: AttrSpec<any>): Attribute {
    const { parser } = this;
    const { context } = parser;
    if (spec.bare) return spec.make(context, spec.bare.parse(parser));
    switch (spec.form) {
      case 'untyped':
        return parser.attribute(numberType(spec, parser) ?? undefined);
      case 'keyword': {
        const at = parser.offset();
        const name = parser.optionalString() ?? parser.anyKeyword(spec.description);
        if (!spec.keywords!.includes(name)) parser.error(`expected ${spec.description}, got '${name}'`, at);
        return spec.make(context, name);
      }
      case 'string':
        return spec.make(context, parser.string());
      case 'symbol':
        return spec.make(context, parser.symbolName());
      case 'type':
        return context.typeAttr(parser.type());
      case 'integers':
        return spec.make(
          context,
          parser.commaSeparated('square', () => parser.integer()),
        );
      default:
        return parser.attribute();
    }
  }
  private optionalAttribute(node: FormatNode & { kind: 'attribute' }): boolean {
    const { parser } = this;
    const { spec } = node;
    const { context } = parser;
    const at = parser.offset();
    let attr: Attribute | undefined;
    switch (spec.bare ? 'bare' : spec.form) {
      case 'bare': {
        const value = spec.bare!.parseOptional(parser);
        if (value !== undefined) attr = spec.make(context, value);
        break;
      }
      case 'untyped':
        attr = parser.optionalAttribute(numberType(spec, parser) ?? undefined);
        break;
      case 'keyword': {
        const quoted = parser.optionalString();
        const name = quoted ?? spec.keywords!.find((k) => PLAIN.test(k) && parser.optionalKeyword(k));
        if (quoted !== undefined && !spec.keywords!.includes(quoted))
          parser.error(`expected ${spec.description}, got '${quoted}'`, at);
        if (name !== undefined) attr = spec.make(context, name);
        break;
      }
      case 'string': {
        const text = parser.optionalString();
        if (text !== undefined) attr = spec.make(context, text);
        break;
      }
      case 'symbol': {
        const name = parser.optionalSymbolName();
        if (name !== undefined) attr = spec.make(context, name);
        break;
      }
      case 'type': {
        const type = parser.optionalType();
        if (type !== undefined) attr = context.typeAttr(type);
        break;
      }
      case 'integers':
        if (parser.optionalPunctuation('[')) {
          const list = parser.optionalPunctuation(']') ? [] : parser.commaSeparated('none', () => parser.integer());
          if (list.length > 0) parser.punctuation(']');
          attr = spec.make(context, list);
        }
        break;
      default:
        attr = parser.optionalAttribute();
    }
    if (attr === undefined) return false;
    this.setAttribute(node, attr, at);
    return true;
  }

  // Types

  private setTypes(selection: ValueSelection, types: Type[]): void {
    if (selection.index === 'all') this.read.allTypes[selection.side] = types;
    else this.read.types[selection.side][selection.index] = types;
  }

  /** Regions of optional groups that were not there are empty; implied terminators are added. */
  private fillRegions(): void {
    const { parser, state } = this;
    Object.values(this.format.spec.regions ?? {}).forEach((spec, i) => {
      if (!spec.variadic) state.regions[i] ??= new Region();
      const covered = spec.variadic ? state.regions.slice(i) : [state.regions[i]!];
      for (const region of covered) {
        if (spec.implicitTerminator === undefined) continue;
        // A region that the text left out stays empty.
        if (region.isEmpty && this.regions[i] === undefined) continue;
        const block = region.isEmpty ? region.append(new Block()) : region.blocks[0]!;
        if (region.blocks.length === 1 && !block.lastOp?.info.hasTrait(Terminator))
          block.append(Operation.create(parser.context.opInfo(spec.implicitTerminator), state.loc, [], []));
      }
    });
  }
}

const PLAIN = /^[A-Za-z_][\w$.]*$/;

/** The type of the number that a spec makes. */
// biome-ignore lint/suspicious/noExplicitAny: a spec of any value type
function numberType(spec: AttrSpec<any>, parser: AsmParser): Type | null {
  return typeOfAttribute(spec.make(parser.context, 0));
}
