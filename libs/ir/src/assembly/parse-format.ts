// Parses an operation through its compiled format: first the text, then the types, then operands and results.
import type { AsmParser, OperationState, UnresolvedOperand } from '../asm.js';
import { type Attribute, typeOfAttribute } from '../attribute.js';
import { Block } from '../block.js';
import type { AttrSpec, TypeConstraint, ValueConstraint } from '../constraints.js';
import { Operation, Region } from '../operation.js';
import { Terminator } from '../traits.js';
import type { Type } from '../type.js';
import { AttrNames } from '../well-known.js';
import type { CompiledFormat } from './compiled.js';
import type { FormatNode, Side, ValueSelection } from './format.js';
import type { GroupRef, TypeSource } from './type-plan.js';

export class FormatParse {
  private readonly format: CompiledFormat;
  private readonly parser: AsmParser;
  private readonly state: OperationState;
  private readonly start: number;
  private readonly operands: UnresolvedOperand[][];
  /** The flat list of the `operands` directive. */
  private flat: UnresolvedOperand[] | null = null;
  private readonly types: Record<Side, (Type[] | undefined)[]> = { operand: [], result: [] };
  private readonly allTypes: Record<Side, Type[] | undefined> = { operand: undefined, result: undefined };
  private readonly regions: Region[] = [];

  constructor(format: CompiledFormat, parser: AsmParser, state: OperationState) {
    this.format = format;
    this.parser = parser;
    this.state = state;
    this.start = parser.offset();
    this.operands = format.operands.map(() => []);
  }

  run(): void {
    for (const node of this.format.nodes) this.node(node);
    this.state.regions.push(...this.regions);
    this.fillRegions();
    this.resolveOperands();
    this.resolveResults();
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
        if (node.group === 'one') this.operands[node.index]!.push(parser.operand());
        else this.optionalOperand(node);
        return;
      case 'operands':
        this.flat = this.operandList();
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
      case 'group':
        this.group(node);
    }
  }

  /** The group is there when its first element is. */
  private group(node: FormatNode & { kind: 'group' }): void {
    const first = node.then.findIndex((n) => n.kind !== 'space' && n.kind !== 'no-space' && n.kind !== 'newline');
    if (!this.optional(node.then[first]!)) {
      for (const element of node.otherwise) this.node(element);
      return;
    }
    for (let i = first + 1; i < node.then.length; i++) this.node(node.then[i]!);
    const { anchor } = node;
    // A unit attribute is said by the literals around it.
    if (anchor.kind === 'attribute' && anchor.spec.form === 'unit') this.state.attributes.set(anchor.name, this.parser.context.unitAttr);
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
      default:
        return false;
    }
  }

  // Lists

  private optionalOperand(node: FormatNode & { kind: 'operand' }): boolean {
    const group = this.operands[node.index]!;
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
    if (!node.spec.check(attr)) this.parser.error(`attribute '${node.name}' must be ${node.spec.description}, but got ${attr}`, at);
    this.state.attributes.set(node.name, attr);
  }
  // biome-ignore lint/suspicious/noExplicitAny: a spec of any value type
  private attribute(spec: AttrSpec<any>): Attribute {
    const { parser } = this;
    const { context } = parser;
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
        return spec.make(context, parser.commaSeparated('square', () => parser.integer()));
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
    switch (spec.form) {
      case 'untyped':
        attr = parser.optionalAttribute(numberType(spec, parser) ?? undefined);
        break;
      case 'keyword': {
        const quoted = parser.optionalString();
        const name = quoted ?? spec.keywords!.find((k) => PLAIN.test(k) && parser.optionalKeyword(k));
        if (quoted !== undefined && !spec.keywords!.includes(quoted)) parser.error(`expected ${spec.description}, got '${quoted}'`, at);
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
    if (selection.index === 'all') this.allTypes[selection.side] = types;
    else this.types[selection.side][selection.index] = types;
  }

  private resolveOperands(): void {
    const { format, parser, state } = this;
    const { operands, types } = this;
    if (this.flat) this.split(this.flat, format.operands, 'operand').forEach((list, i) => operands[i]!.push(...list));
    if (this.allTypes.operand) {
      const sizes = operands.map((o) => o.length);
      const total = sizes.reduce((a, b) => a + b, 0);
      const all = this.allTypes.operand;
      if (all.length !== total) this.countError('operand', total, all.length);
      let at = 0;
      sizes.forEach((size, i) => {
        types.operand[i] = all.slice(at, at + size);
        at += size;
      });
    }
    if (this.allTypes.result) types.result = this.split(this.allTypes.result, format.results, 'result');
    this.built('operand', format.plan.operands);
    this.built('result', format.plan.results);
    for (const group of format.plan.related) this.related(group);
    operands.forEach((list, i) => {
      const found = types.operand[i]!;
      if (found.length !== list.length) this.countError(`operand '${format.operandNames[i]}'`, list.length, found.length);
      this.check('operand', state.operands.length, format.operandTypes[i]!, found);
      for (let k = 0; k < list.length; k++) state.operands.push(parser.resolve(list[k]!, found[k]!));
    });
    if (format.operands.filter((c) => c.kind !== 'one').length > 1) {
      const { context } = parser;
      state.attributes.set(AttrNames.operandSegmentSizes, context.denseArray(context.i32, operands.map((o) => o.length)));
    }
  }
  private countError(what: string, values: number, types: number): never {
    return this.parser.error(`${what}: ${values} value${values === 1 ? '' : 's'} but ${types} type${types === 1 ? '' : 's'}`, this.start);
  }
  private check(side: Side, from: number, constraint: TypeConstraint, types: readonly Type[]): void {
    types.forEach((type, k) => {
      if (!constraint.check(type)) this.parser.error(`${side} #${from + k} must be ${constraint.description}, but got '${type}'`, this.start);
    });
  }

  /** Cuts a flat list at the group borders; at most one group is flexible. */
  private split<T>(list: readonly T[], constraints: readonly ValueConstraint[], side: Side): T[][] {
    const fixed = constraints.filter((c) => c.kind === 'one').length;
    const rest = list.length - fixed;
    const optional = constraints.some((c) => c.kind === 'optional');
    if (rest < 0 || (fixed === constraints.length && rest > 0) || (optional && rest > 1))
      this.parser.error(`expected ${fixed}${fixed === constraints.length ? '' : optional ? ` or ${fixed + 1}` : ' or more'} ${side}s, got ${list.length}`, this.start);
    let at = 0;
    return constraints.map((c) => list.slice(at, (at += c.kind === 'one' ? 1 : rest)));
  }

  /** How many values a group has: operands as parsed, a single result unless the text gave types. */
  private sizeOf(group: GroupRef): number {
    if (group.side === 'operand') return this.operands[group.index]!.length;
    return this.types.result[group.index]?.length ?? (this.format.results[group.index]!.kind === 'one' ? 1 : 0);
  }
  private built(side: Side, sources: readonly TypeSource[]): void {
    sources.forEach((source, index) => {
      if (source.kind === 'built') this.types[side][index] = new Array<Type>(this.sizeOf({ side, index })).fill(source.build(this.parser.context));
      // A type in an optional group that was not there.
      else if (source.kind === 'written') this.types[side][index] ??= [];
    });
  }
  private related(group: GroupRef): void {
    const source = (group.side === 'operand' ? this.format.plan.operands : this.format.plan.results)[group.index]!;
    if (source.kind !== 'related') return;
    const size = this.sizeOf(group);
    for (const from of source.from) {
      const type = this.types[from.side][from.index]?.[0];
      if (!type) continue;
      let made: Type;
      try {
        made = from.type(type, this.parser.context);
      } catch (error) {
        return this.parser.error(`cannot infer a type from ${type}: ${(error as Error).message}`, this.start);
      }
      this.types[group.side][group.index] = new Array<Type>(size).fill(made);
      return;
    }
    if (size === 0) this.types[group.side][group.index] = [];
    else this.parser.error(`cannot infer the type of ${group.side} '${(group.side === 'operand' ? this.format.operandNames : this.format.resultNames)[group.index]}'`, this.start);
  }

  private resolveResults(): void {
    const { format, parser, state } = this;
    const { spec } = format;
    if (format.plan.results.some((s) => s.kind === 'inferred')) {
      let inferred: Type[];
      try {
        inferred = spec.inferTypes!(parser.context, { operands: state.operands, attributes: state.attributes, regions: state.regions });
      } catch (error) {
        // The attributes and operands were not verified yet; what inference trips over is the text's fault.
        return parser.error(`cannot infer the result types: ${(error as Error).message}`, this.start);
      }
      this.types.result = this.split(inferred, format.results, 'result').map((list, i) => this.types.result[i] ?? list);
    }
    format.results.forEach((constraint, i) => {
      const types = this.types.result[i]!;
      if (constraint.kind === 'one' ? types.length !== 1 : constraint.kind === 'optional' && types.length > 1)
        parser.error(`result '${format.resultNames[i]}': expected one type, got ${types.length}`, this.start);
      state.resultTypes.push(...types);
    });
    if (format.results.filter((c) => c.kind !== 'one').length > 1) {
      const { context } = parser;
      const sizes = format.results.map((_, i) => this.types.result[i]!.length);
      state.attributes.set(AttrNames.resultSegmentSizes, context.denseArray(context.i32, sizes));
    }
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
