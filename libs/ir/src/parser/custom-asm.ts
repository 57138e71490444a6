// The parser as assembly hooks of operations, types and attributes see it (AsmParser of ../asm.ts).
// One object serves a whole text; what belongs to the operation at hand is saved around nested operations.
import { AffineExpr, type AffineMap, type IntegerSet } from '../affine.js';
import type {
  AsmParser,
  CustomAssembly,
  Delimiter,
  OperationState,
  ParsedArgument,
  RegionArgument,
  UnresolvedOperand,
} from '../asm.js';
import { AffineMapAttr, type Attribute, IntegerSetAttr } from '../attribute.js';
import type { Block } from '../block.js';
import type { Context } from '../context.js';
import { InternalError } from '../errors.js';
import type { LocationRef } from '../location.js';
import type { OpInfo } from '../op-info.js';
import { Operation, type Region } from '../operation.js';
import type { Type } from '../type.js';
import type { Value } from '../value.js';
import { brief, C_DIGIT, CLASS } from './lexer.js';
import type { EntryArgument, OpParser } from './op-parser.js';

/** `%name#number`; the text of the name is made only when asked for. Reused when the operation that read it is built. */
class ParsedOperand implements UnresolvedOperand {
  readonly parser: OpParser;
  id = 0;
  number = 0;
  offset = 0;
  constructor(parser: OpParser) {
    this.parser = parser;
  }
  get name(): string {
    return this.parser.nameText(this.id);
  }
}

function parsed(operand: UnresolvedOperand): ParsedOperand {
  if (!(operand instanceof ParsedOperand)) throw new InternalError('an operand that this parser did not read');
  return operand;
}

const OPEN: { readonly [D in Delimiter]: number } = {
  none: 0,
  paren: 0x28,
  square: 0x5b,
  angle: 0x3c,
  'optional-paren': 0x28,
  'optional-square': 0x5b,
};
const CLOSE = new Map([
  [0x28, 0x29],
  [0x5b, 0x5d],
  [0x3c, 0x3e],
]);

/** Names of results: each stands for `count` of them. */
export interface ResultGroup {
  readonly id: number;
  readonly count: number;
  readonly offset: number;
}

/**
 * States for nested operations, outermost first. They are emptied and used again: a literal keeps room for its elements
 * when they are popped, so an operation with few operands allocates nothing here.
 */
class StatePool {
  private readonly states: OperationState[] = [];
  private depth = 0;

  take(loc: LocationRef): OperationState {
    let state = this.states[this.depth++];
    if (!state) {
      const room: never[] = [];
      const roomy = <T>() => {
        const list = [room, room, room, room] as unknown as T[];
        while (list.length > 0) list.pop();
        return list;
      };
      state = {
        loc,
        operands: roomy(),
        resultTypes: roomy(),
        attributes: new Map(),
        regions: roomy(),
        successors: roomy(),
      };
      this.states.push(state);
    }
    state.loc = loc;
    return state;
  }
  give(state: OperationState): void {
    this.depth--;
    while (state.operands.length > 0) state.operands.pop();
    while (state.resultTypes.length > 0) state.resultTypes.pop();
    while (state.regions.length > 0) state.regions.pop();
    while (state.successors.length > 0) state.successors.pop();
    if (state.attributes.size > 0) state.attributes = new Map();
  }
}

export class CustomAsm implements AsmParser {
  readonly context: Context;
  private readonly p: OpParser;
  // The operation at hand.
  private groups: readonly ResultGroup[] = [];
  /** Name of the only result, 0 when `groups` tells. */
  private single = 0;
  private info: OpInfo | null = null;
  private parsedRegions: Region[] | null = null;
  private readonly states = new StatePool();
  /** Operands of the operations being read, those of the innermost last. */
  private readonly parsedOperands: ParsedOperand[] = [];
  private parsedTop = 0;

  constructor(parser: OpParser) {
    this.p = parser;
    this.context = parser.context;
  }

  /** Runs the hooks of one operation and builds it. Its results are named by `single` when not 0, or by `groups`. */
  operation(
    info: OpInfo,
    assembly: CustomAssembly,
    loc: LocationRef,
    single: number,
    groups: readonly ResultGroup[],
  ): Operation {
    const { groups: outerGroups, single: outerSingle, info: outerInfo, parsedRegions: outerRegions } = this;
    this.groups = groups;
    this.single = single;
    this.info = info;
    this.parsedRegions = null;
    const state = this.states.take(loc);
    const firstParsed = this.parsedTop;
    assembly.parse(this, state);
    this.parsedTop = firstParsed;
    if (this.parsedRegions !== null) this.completeRegions(info, state.regions, this.parsedRegions);
    this.groups = outerGroups;
    this.single = outerSingle;
    this.info = outerInfo;
    this.parsedRegions = outerRegions;
    const op = Operation.create(
      info,
      state.loc,
      state.operands,
      state.resultTypes,
      state.attributes.size === 0 ? this.context.emptyDictionary : info.normalized(this.dictionary(state.attributes)),
      state.regions,
      state.successors,
    );
    this.states.give(state);
    return op;
  }

  private dictionary(attributes: Map<string, Attribute>) {
    if (attributes.size === 0) return this.context.emptyDictionary;
    if (attributes.size === 1)
      for (const [name, value] of attributes) return this.context.dictionarySorted([name], [value]);
    return this.context.dictionary([...attributes]);
  }

  /** `{}` of a region with exactly one block is that block, empty. */
  private completeRegions(info: OpInfo, regions: readonly Region[], read: readonly Region[]): void {
    const specs = Object.values(info.definition?.spec.regions ?? {});
    if (specs.length === 0) return;
    regions.forEach((region, i) => {
      const spec = specs[Math.min(i, specs.length - 1)]!;
      if (spec.blocks === 'one' && region.isEmpty && read.includes(region)) region.append();
    });
  }

  // Errors

  offset(): number {
    return this.p.pos;
  }
  error(message: string, offset: number = this.p.pos): never {
    return this.p.fail('parse.custom-assembly', message, offset);
  }

  // Tokens

  punctuation(text: string): void {
    if (!this.optionalPunctuation(text)) this.p.failExpected(`'${text}'`);
  }
  optionalPunctuation(text: string): boolean {
    const { p } = this;
    const { bytes, pos } = p;
    for (let i = 0; i < text.length; i++) if (bytes[pos + i] !== text.charCodeAt(i)) return false;
    // `:` is not half of `::`, nor `-` half of `->`.
    if (text === ':' && bytes[pos + 1] === 0x3a) return false;
    if (text === '-' && bytes[pos + 1] === 0x3e) return false;
    p.advance(text.length);
    return true;
  }
  keyword(text: string): void {
    this.p.expectWord(text);
  }
  optionalKeyword(text: string): boolean {
    return this.p.acceptWord(text);
  }
  anyKeyword(what: string): string {
    return this.p.bare(what);
  }
  optionalAnyKeyword(): string | undefined {
    return this.p.optionalBare();
  }
  integer(): number {
    return this.optionalInteger() ?? this.p.failExpected('an integer');
  }
  optionalInteger(): number | undefined {
    const { p } = this;
    const { bytes, pos } = p;
    const negative = bytes[pos] === 0x2d;
    if (!(CLASS[bytes[negative ? pos + 1 : pos]!]! & C_DIGIT)) return undefined;
    const start = negative ? pos + 1 : pos;
    const end = p.integerEnd(start);
    const n = Number(p.slice(start, end));
    if (n > Number.MAX_SAFE_INTEGER) p.fail('parse.integer-range', 'integer is too large');
    p.pos = end;
    p.skip();
    return negative && n !== 0 ? -n : n;
  }
  string(): string {
    return this.p.optionalQuoted() ?? this.p.failExpected('a string');
  }
  optionalString(): string | undefined {
    return this.p.optionalQuoted();
  }

  // Types

  type(): Type {
    return this.p.type();
  }
  optionalType(): Type | undefined {
    return this.p.optionalType();
  }
  typeList(): Type[] {
    const list = [this.p.type()];
    while (this.p.accept(0x2c)) list.push(this.p.type());
    return list;
  }
  optionalColonTypeList(): Type[] {
    return this.optionalPunctuation(':') ? this.typeList() : [];
  }
  optionalArrowTypeList(): Type[] {
    return this.p.acceptArrow() ? this.p.resultTypes() : [];
  }
  functionType(): { inputs: Type[]; results: Type[] } {
    const inputs = this.p.parenTypes();
    if (!this.p.acceptArrow()) this.p.failExpected("'->'");
    return { inputs, results: this.p.resultTypes() };
  }

  // Attributes

  attribute(type?: Type): Attribute {
    return this.p.attribute(type);
  }
  optionalAttribute(type?: Type): Attribute | undefined {
    return this.p.optionalAttribute(type);
  }
  optionalAttrDict(into: Map<string, Attribute>): void {
    const { p } = this;
    const at = p.pos;
    if (p.bytes[at] !== 0x7b) return;
    const { names, values } = p.dictionary();
    for (let i = 0; i < names.length; i++) {
      if (into.has(names[i]!)) p.fail('parse.duplicate-attribute', `attribute '${names[i]}' is given twice`, at);
      into.set(names[i]!, values[i]!);
    }
  }
  optionalAttrDictWithKeyword(into: Map<string, Attribute>): void {
    if (!this.p.acceptWord('attributes')) return;
    if (this.p.bytes[this.p.pos] !== 0x7b) this.p.failExpected("'{' after 'attributes'");
    this.optionalAttrDict(into);
  }
  symbolName(): string {
    return this.p.symbolName();
  }
  optionalSymbolName(): string | undefined {
    return this.p.atSymbol ? this.p.symbolName() : undefined;
  }

  /** `affine_map<...>`, an alias of one, or only what stands between the brackets. */
  affineMap(): AffineMap {
    const { p } = this;
    if (p.bytes[p.pos] === 0x28) return p.affineMapBody();
    const at = p.pos;
    const attr = p.attribute();
    return attr instanceof AffineMapAttr ? attr.map : this.error(`expected an affine map, got ${brief(attr)}`, at);
  }
  integerSet(): IntegerSet {
    const { p } = this;
    if (p.bytes[p.pos] === 0x28) return p.integerSetBody();
    const at = p.pos;
    const attr = p.attribute();
    return attr instanceof IntegerSetAttr ? attr.set : this.error(`expected an affine set, got ${brief(attr)}`, at);
  }
  affineMapOfOperands(delimiter: 'paren' | 'square'): { map: AffineMap; operands: UnresolvedOperand[] } {
    const operands: ParsedOperand[] = [];
    const dim = () => {
      const operand = this.operand();
      let i = operands.findIndex((o) => o.id === operand.id && o.number === operand.number);
      if (i < 0) i = operands.push(operand) - 1;
      return AffineExpr.dim(i);
    };
    const results = this.p.affineExprsOfOperands(delimiter, dim);
    return { map: this.context.affineMap(operands.length, 0, results), operands };
  }

  // Operands

  operand(): ParsedOperand {
    const { p } = this;
    const at = p.pos;
    const id = p.valueName();
    if (this.parsedTop === this.parsedOperands.length) this.parsedOperands.push(new ParsedOperand(p));
    const operand = this.parsedOperands[this.parsedTop++]!;
    operand.id = id;
    operand.number = p.resultNumber();
    operand.offset = at;
    return operand;
  }
  optionalOperand(): ParsedOperand | undefined {
    return this.p.atValue ? this.operand() : undefined;
  }
  operandList(delimiter: Delimiter = 'none'): UnresolvedOperand[] {
    if (delimiter === 'none' && !this.p.atValue) return [];
    return this.commaSeparated(delimiter, () => this.operand());
  }
  resolve(operand: UnresolvedOperand, type: Type): Value {
    const { id, number, offset } = parsed(operand);
    return this.p.use(id, number, type, offset);
  }
  resolveAll(operands: readonly UnresolvedOperand[], types: readonly Type[]): Value[] {
    if (operands.length !== types.length)
      this.p.fail(
        'parse.operand-count',
        `${operands.length} operand${operands.length === 1 ? '' : 's'}, but ${types.length} type${types.length === 1 ? '' : 's'}`,
        operands[0]?.offset,
      );
    return operands.map((operand, i) => this.resolve(operand, types[i]!));
  }
  argument(options?: { attributes?: boolean }): ParsedArgument {
    const operand = this.operand();
    this.punctuation(':');
    const type = this.type();
    const attributes = new Map<string, Attribute>();
    if (options?.attributes) this.optionalAttrDict(attributes);
    return { operand, type, attributes, location: this.p.optionalLocation() };
  }

  // Regions and successors

  region(args?: readonly RegionArgument[]): Region {
    const { p } = this;
    const entry = args?.map(({ operand, type, location }): EntryArgument => {
      const { id, number, offset } = parsed(operand);
      if (number !== 0) p.fail('parse.result-number', 'a block argument is a single value', offset);
      return { id, offset, type, location };
    });
    const region = p.region({ isolated: this.info !== null && p.isIsolated(this.info) }, entry ?? null);
    if (this.parsedRegions === null) this.parsedRegions = [region];
    else this.parsedRegions.push(region);
    return region;
  }
  optionalRegion(args?: readonly RegionArgument[]): Region | undefined {
    return this.p.bytes[this.p.pos] === 0x7b ? this.region(args) : undefined;
  }
  successor(): Block {
    return this.p.successor();
  }
  successorAndOperands(): { block: Block; operands: Value[] } {
    const { p } = this;
    const block = p.successor();
    const open = p.pos;
    if (!p.accept(0x28)) return { block, operands: [] };
    if (p.accept(0x29)) return { block, operands: [] };
    const list = this.commaSeparated('none', () => this.operand());
    this.punctuation(':');
    const types = this.typeList();
    p.expectClose(0x29, "')' after the operands of a successor", open);
    return { block, operands: this.resolveAll(list, types) };
  }

  commaSeparated<T>(delimiter: Delimiter, item: () => T): T[] {
    const { p } = this;
    const list: T[] = [];
    const open = p.pos;
    const byte = OPEN[delimiter];
    if (byte !== 0) {
      if (p.bytes[open] !== byte) {
        if (delimiter === 'optional-paren' || delimiter === 'optional-square') return list;
        p.failExpected(`'${String.fromCharCode(byte)}'`);
      }
      p.advance(1);
      if (p.accept(CLOSE.get(byte)!)) return list;
    }
    do list.push(item());
    while (p.accept(0x2c));
    if (byte !== 0) {
      const close = CLOSE.get(byte)!;
      p.expectClose(close, `'${String.fromCharCode(close)}'`, open);
    }
    return list;
  }

  resultName(index: number): string | undefined {
    if (this.single !== 0) return index === 0 ? this.p.nameText(this.single) : undefined;
    let i = index;
    for (const group of this.groups) {
      if (i < group.count) return this.p.nameText(group.id);
      i -= group.count;
    }
    return undefined;
  }
  optionalLocation(): LocationRef | undefined {
    return this.p.optionalLocation();
  }
}
