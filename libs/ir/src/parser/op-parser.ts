// Operations, regions and blocks. The generic form is read straight into the Operation;
// custom assembly goes through the hooks of the definition (custom-asm.ts).
import { preparedAssembly } from '../assembly/plain.js';
import type { Attribute, DictionaryAttr } from '../attribute.js';
import { Block } from '../block.js';
import { AsmNames } from '../interfaces.js';
import type { LocationRef } from '../location.js';
import type { OpInfo } from '../op-info.js';
import { Operation, Region } from '../operation.js';
import { AttrSizedOperandSegments, AttrSizedResultSegments, IsolatedFromAbove } from '../traits.js';
import { FunctionType, type Type } from '../type.js';
import type { Value } from '../value.js';
import { AttrNames } from '../well-known.js';
import { CustomAsm, type ResultGroup } from './custom-asm.js';
import { brief, C_BARE, C_START, CLASS, type ParserInput } from './lexer.js';
import { FIRST_HASH, HASH_FACTOR, hashBytes } from './names.js';
import { opNamesOf } from './op-names.js';
import { PlainOpParser } from './plain-op-parser.js';

interface LabelledBlock {
  readonly block: Block;
  /** Of the definition, or of the first use until there is one. */
  offset: number;
  defined: boolean;
}

/** An argument of an entry block that custom assembly has named and typed. */
export interface EntryArgument {
  readonly id: number;
  readonly offset: number;
  readonly type: Type;
  /** Undefined: where it stands. */
  readonly location: LocationRef | undefined;
}

export class OpParser extends PlainOpParser {
  readonly asm: CustomAsm;
  private readonly opNames = opNamesOf(this.context);
  private blocks: Map<string, LabelledBlock> | null = null;
  /** What `op.loc` adds to a position; set by `begin`. */
  private origin = 0;
  private defaultDialect = 'builtin';
  /** Operands of the operations being read, innermost last: id, number and offset of each. */
  private operandStack = new Int32Array(3 * 256);
  private operandTop = 0;
  private readonly noGroups: ResultGroup[] = [];

  constructor(input: ParserInput) {
    super(input);
    this.asm = new CustomAsm(this);
  }

  /** Before the first operation: from here on the text belongs to the context's sources. */
  protected begin(): void {
    this.origin = this.base;
  }

  // Operations

  /** One operation with the names of its results. It is detached. */
  operation(): Operation {
    const { bytes, pos: start } = this;
    if (bytes[start] !== 0x25) return this.unnamed(this.noGroups);
    const id = this.names.scan(start + 1);
    if (id === 0) this.failExpected('a value name %...');
    this.pos = this.names.end;
    this.skip();
    if (this.accept(0x3d)) {
      // `%name = ...`: by far the most frequent form.
      const op = this.unnamed(this.noGroups, id);
      if (op.result0 === null || op.moreResults !== null) this.resultCount(op, 1, start);
      this.define(id, 0, op.result0!, start);
      return op;
    }
    const groups: ResultGroup[] = [this.resultGroup(id, start)];
    while (this.accept(0x2c)) {
      const at = this.pos;
      groups.push(this.resultGroup(this.valueName(), at));
    }
    this.expect(0x3d, "'=' after the names of the results");
    const op = this.unnamed(groups);
    let total = 0;
    for (const group of groups) total += group.count;
    if (op.resultCount !== total) this.resultCount(op, total, start);
    let index = 0;
    for (const group of groups)
      for (let i = 0; i < group.count; i++) this.define(group.id, i, op.result(index++), group.offset);
    return op;
  }
  private resultGroup(id: number, offset: number): ResultGroup {
    let count = 1;
    const at = this.pos;
    if (this.accept(0x3a)) {
      count = this.decimal('number of results');
      if (count === 0) this.fail('parse.result-count', 'a name must stand for at least one result', at);
    }
    return { id, count, offset };
  }
  private resultCount(op: Operation, named: number, at: number): never {
    const n = op.resultCount;
    if (n === 0) return this.fail('parse.result-count', `'${op.name}' has no results to name`, at);
    return this.fail(
      'parse.result-count',
      `'${op.name}' has ${n} result${n === 1 ? '' : 's'}, but ${named} ${named === 1 ? 'is' : 'are'} named`,
      at,
    );
  }

  /** What follows the names: `single` is the id of the only name, 0 when `groups` tells or there is none. */
  private unnamed(groups: ResultGroup[], single = 0): Operation {
    const { pos, listener } = this;
    const c = this.bytes[pos]!;
    const op =
      c === 0x22
        ? this.genericOperation()
        : CLASS[c]! & C_START
          ? this.customOperation(groups, single)
          : this.failExpected('an operation');
    if (listener !== null) listener.operation(op, pos, this.pos);
    return op;
  }

  private genericOperation(): Operation {
    const { bytes, pos: nameAt } = this;
    const info = this.quotedOpName();
    if (this.listener !== null) this.listener.operationName(info, nameAt, this.stringEnd(nameAt));
    const first = this.operandTop;
    let open = this.pos;
    this.expect(0x28, "'(' before the operands");
    if (bytes[this.pos] !== 0x29) {
      do {
        const at = this.pos;
        const id = this.valueName();
        this.pushOperand(id, bytes[this.pos] === 0x23 ? this.resultNumber() : 0, at);
      } while (this.accept(0x2c));
    }
    const count = (this.operandTop - first) / 3;
    this.expectClose(0x29, "')' after the operands", open);

    let successors: Block[] | null = null;
    open = this.pos;
    if (this.accept(0x5b)) {
      successors = [];
      do successors.push(this.successor());
      while (this.accept(0x2c));
      this.expectClose(0x5d, "']' after the successors", open);
    }
    let properties: DictionaryAttr | null = null;
    open = this.pos;
    if (this.accept(0x3c)) {
      if (bytes[this.pos] !== 0x7b) this.failExpected("'{' to begin the properties");
      properties = this.dictionary();
      this.expectClose(0x3e, "'>' to close the properties", open);
    }
    let regions: Region[] | null = null;
    open = this.pos;
    if (bytes[open] === 0x28) {
      this.advance(1);
      regions = [];
      const isolated = this.isIsolated(info);
      do regions.push(this.region({ isolated }));
      while (this.accept(0x2c));
      this.expectClose(0x29, "')' after the regions", open);
    }
    let attributes = bytes[this.pos] === 0x7b ? this.dictionary() : this.context.emptyDictionary;
    if (properties) attributes = this.merged(properties, attributes, open);
    if (info.traits.length) attributes = this.renamedSegments(info, attributes);
    if (attributes.names.length > 0) attributes = info.normalized(attributes);

    const op = new Operation(info, this.origin + nameAt, attributes);
    this.expect(0x3a, "':' and the type of the operation");
    this.signature(op, first, count);
    this.operandTop = first;
    if (regions) for (const region of regions) op.appendRegion(region);
    op.ownSuccessors = successors;
    if (bytes[this.pos] === 0x6c) op.loc = this.optionalLocation() ?? op.loc;
    return op;
  }

  /** `(operand types) -> result types`; links the operands and makes the results. */
  private signature(op: Operation, first: number, count: number): void {
    const { bytes, pos: open } = this;
    if (bytes[open] !== 0x28) {
      // An alias of a function type.
      const type = this.type();
      if (!(type instanceof FunctionType))
        this.fail('parse.expected', `expected a function type, got ${brief(type)}`, open);
      if (type.inputs.length !== count) this.operandCount(op, count, type.inputs.length, open);
      type.inputs.forEach((input, i) => {
        op.appendOperand(this.useOperand(first + 3 * i, input));
      });
      for (const result of type.results) op.appendResult(result);
      return;
    }
    this.advance(1);
    let n = 0;
    if (bytes[this.pos] !== 0x29) {
      do {
        const type = this.type();
        if (n < count) op.appendOperand(this.useOperand(first + 3 * n, type));
        n++;
      } while (this.accept(0x2c));
    }
    this.expectClose(0x29, "')' to end a list of types", open);
    if (n !== count) this.operandCount(op, count, n, open);
    if (!this.acceptArrow()) this.failExpected("'->' in the type of the operation");
    const results = this.pos;
    if (!this.accept(0x28)) {
      op.appendResult(this.type());
      return;
    }
    if (bytes[this.pos] !== 0x29) {
      do op.appendResult(this.type());
      while (this.accept(0x2c));
    }
    this.expectClose(0x29, "')' to end a list of types", results);
  }
  private operandCount(op: Operation, operands: number, types: number, at: number): never {
    return this.fail(
      'parse.operand-count',
      `'${op.name}' has ${operands} operand${operands === 1 ? '' : 's'}, but ${types} operand type${types === 1 ? '' : 's'}`,
      at,
    );
  }
  private useOperand(index: number, type: Type): Value {
    const stack = this.operandStack;
    return this.use(stack[index]!, stack[index + 1]!, type, stack[index + 2]!);
  }
  private pushOperand(id: number, number: number, offset: number): void {
    const top = this.operandTop;
    if (top + 3 > this.operandStack.length) {
      const grown = new Int32Array(2 * this.operandStack.length);
      grown.set(this.operandStack);
      this.operandStack = grown;
    }
    if (number > 0x7fffffff) this.fail('parse.result-number', 'result number is too large', offset);
    this.operandStack[top] = id;
    this.operandStack[top + 1] = number;
    this.operandStack[top + 2] = offset;
    this.operandTop = top + 3;
  }

  private merged(properties: DictionaryAttr, attributes: DictionaryAttr, at: number): DictionaryAttr {
    if (attributes.size === 0) return properties;
    for (const name of attributes.names)
      if (properties.get(name))
        this.fail(
          'parse.duplicate-attribute',
          `attribute '${name}' is given twice: as a property and in the dictionary`,
          at,
        );
    const entries: (readonly [string, Attribute])[] = [];
    for (const d of [properties, attributes])
      d.names.forEach((name, i) => {
        entries.push([name, d.values[i]!]);
      });
    return this.context.dictionary(entries);
  }

  /** Segment sizes had other names before MLIR 17. */
  private renamedSegments(info: OpInfo, attributes: DictionaryAttr): DictionaryAttr {
    let renamed = attributes;
    const rename = (old: string, name: string) => {
      const value = renamed.get(old);
      if (!value || renamed.get(name)) return;
      renamed = this.context.withAttribute(this.context.withAttribute(renamed, old, null), name, value);
    };
    if (info.hasTrait(AttrSizedOperandSegments)) rename('operand_segment_sizes', AttrNames.operandSegmentSizes);
    if (info.hasTrait(AttrSizedResultSegments)) rename('result_segment_sizes', AttrNames.resultSegmentSizes);
    return renamed;
  }

  // Names of operations

  private quotedOpName(): OpInfo {
    const { bytes, pos: start } = this;
    let p = start + 1;
    while (CLASS[bytes[p]!]! & C_BARE) p++;
    let info: OpInfo;
    if (bytes[p] === 0x22 && p > start + 1) {
      info = this.opNames.find(bytes, start + 1, p, hashBytes(bytes, start + 1, p));
      this.pos = p + 1;
      this.skip();
    } else {
      const name = this.quoted();
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
      if (!/^[^"\\\x00-\x1f\x7f\ud800-\udfff]+$/.test(name))
        this.fail(
          'parse.operation-name',
          'the name of an operation cannot be empty or hold quotes, backslashes or control characters',
          start,
        );
      info = this.context.opInfo(name);
    }
    if (info.definition === null && info.name !== 'builtin.module') {
      if (!this.context.allowUnregistered || this.context.dialect(info.dialect)) this.unregistered(info, start);
    }
    return info;
  }
  private unregistered(info: OpInfo, at: number): never {
    const why = this.context.dialect(info.dialect)
      ? `dialect '${info.dialect}' has no such operation`
      : `dialect '${info.dialect}' is not registered; pass --allow-unregistered-dialect to accept it`;
    return this.fail('parse.unregistered-operation', `unregistered operation '${info.name}': ${why}`, at);
  }

  isIsolated(info: OpInfo): boolean {
    return info.hasTrait(IsolatedFromAbove) || info.name === 'builtin.module';
  }

  // Custom assembly

  private customOperation(groups: ResultGroup[], single: number): Operation {
    const { pos: nameAt } = this;
    // The name in one pass: where it ends, its hash, and whether it names a dialect.
    const { bytes } = this;
    let end = nameAt;
    let hash = FIRST_HASH;
    let dotted = false;
    for (let c = bytes[end]!; (CLASS[c]! & C_BARE) !== 0; c = bytes[++end]!) {
      hash = Math.imul(hash ^ c, HASH_FACTOR);
      if (c === 0x2e) dotted = true;
    }
    const info = this.customOpName(nameAt, end, dotted, hash ^ (hash >>> 15));
    if (this.listener !== null) this.listener.operationName(info, nameAt, end);
    this.pos = end;
    this.skip();
    if (info.definition !== null && this.listener === null) {
      const op = this.plainOperation(info, preparedAssembly(info), this.origin + nameAt);
      if (op !== null) {
        if (this.bytes[this.pos] === 0x6c) op.loc = this.optionalLocation() ?? op.loc;
        return op;
      }
    }
    const outer = this.defaultDialect;
    this.defaultDialect = AsmNames.ofInfo(info)?.defaultDialect ?? (info.name === 'builtin.module' ? 'builtin' : '');
    const op =
      info.definition === null
        ? this.unregisteredModule(info, nameAt)
        : this.asm.operation(info, preparedAssembly(info).assembly, this.origin + nameAt, single, groups);
    this.defaultDialect = outer;
    if (this.bytes[this.pos] === 0x6c) op.loc = this.optionalLocation() ?? op.loc;
    return op;
  }

  private customOpName(start: number, end: number, dotted: boolean, hash: number): OpInfo {
    const { bytes, context } = this;
    let info: OpInfo;
    if (dotted) info = this.opNames.find(bytes, start, end, hash);
    else {
      const short = this.slice(start, end);
      info = context.opInfo(`${this.defaultDialect || 'builtin'}.${short}`);
    }
    if (info.name === 'builtin.module') return info;
    if (info.definition === null) {
      const text = this.slice(start, end);
      const tried = dotted || !this.defaultDialect ? '' : ` (tried '${info.name}' as well)`;
      this.fail(
        'parse.unknown-operation',
        `custom operation '${text}' is unknown${tried}; write an operation of an unregistered dialect in the generic form "dialect.name"(...)`,
        start,
      );
    }
    if (info.definition.spec.assembly === undefined)
      this.fail(
        'parse.no-assembly',
        `'${info.name}' has no custom assembly; write it in the generic form "${info.name}"(...)`,
        start,
      );
    return info;
  }

  /** `module @name attributes {...} {...}` in a context without the builtin dialect. */
  private unregisteredModule(info: OpInfo, nameAt: number): Operation {
    const { context } = this;
    const entries: [string, Attribute][] = [];
    if (this.atSymbol) entries.push([AttrNames.symName, context.stringAttr(this.symbolName())]);
    if (this.acceptWord('attributes')) {
      const dictionary = this.dictionary();
      dictionary.names.forEach((name, i) => {
        entries.push([name, dictionary.values[i]!]);
      });
    }
    const op = new Operation(info, this.origin + nameAt, context.dictionary(entries));
    const region = op.appendRegion(this.region({ isolated: true }));
    if (region.isEmpty) region.append();
    return op;
  }

  // Regions and blocks

  /** `{ ... }` */
  region(options: { isolated: boolean }, args: readonly EntryArgument[] | null = null): Region {
    const { bytes, pos: open } = this;
    this.expect(0x7b, "'{' to begin a region");
    this.enter();
    this.scopes.push(options);
    const outer = this.blocks;
    this.blocks = null;
    const region = new Region();
    if (args !== null && args.length > 0) {
      if (bytes[this.pos] === 0x5e)
        this.fail('parse.entry-label', 'the entry block has named arguments already and takes no label');
      const entry = region.append();
      for (const arg of args)
        this.define(arg.id, 0, entry.addArgument(arg.type, arg.location ?? this.origin + arg.offset), arg.offset);
      this.blockBody(entry, open);
    } else if (bytes[this.pos] !== 0x7d && bytes[this.pos] !== 0x5e) this.blockBody(region.append(), open);
    while (bytes[this.pos] === 0x5e) this.labelledBlock(region, open);
    this.expectClose(0x7d, "'}' to close the region", open);
    const labels = this.blocks as Map<string, LabelledBlock> | null;
    if (labels)
      for (const [name, label] of labels)
        if (!label.defined) this.fail('parse.undefined-block', `reference to undefined block '^${name}'`, label.offset);
    this.blocks = outer;
    this.popScope();
    this.leave();
    return region;
  }

  private blockBody(block: Block, open: number): void {
    const { bytes } = this;
    for (;;) {
      const c = bytes[this.pos]!;
      if (c === 0x7d || c === 0x5e) return;
      if (c === 0 && this.atEnd)
        this.failWithNote(
          'parse.unclosed',
          "expected '}' to close the region, got end of input",
          this.pos,
          "to match this '{'",
          this.base + open,
        );
      block.append(this.operation());
    }
  }

  private label(): LabelledBlock {
    const { pos } = this;
    if (this.bytes[pos] !== 0x5e) this.failExpected('a block name ^...');
    const end = this.suffixEnd(pos + 1);
    if (end === pos + 1) this.fail('parse.expected', "expected a block name after '^'");
    const name = this.slice(pos + 1, end);
    this.pos = end;
    this.skip();
    this.blocks ??= new Map();
    let label = this.blocks.get(name);
    if (!label) {
      label = { block: new Block(), offset: pos, defined: false };
      this.blocks.set(name, label);
    }
    return label;
  }
  /** `^name` as a successor. */
  successor(): Block {
    const at = this.pos;
    const { block } = this.label();
    if (this.listener !== null) this.listener.block(block, at, 'successor');
    return block;
  }

  private labelledBlock(region: Region, open: number): void {
    const at = this.pos;
    const label = this.label();
    if (label.defined)
      this.failWithNote(
        'parse.redefinition',
        `redefinition of block '${this.slice(at, this.suffixEnd(at + 1))}'`,
        at,
        'previously defined here',
        this.base + label.offset,
      );
    label.defined = true;
    label.offset = at;
    const block = region.append(label.block);
    if (this.listener !== null) this.listener.block(block, at, 'definition');
    const paren = this.pos;
    if (this.accept(0x28)) {
      if (this.bytes[this.pos] !== 0x29) {
        do {
          const argAt = this.pos;
          const id = this.valueName();
          this.expect(0x3a, "':' and the type of a block argument");
          const argument = block.addArgument(this.type(), this.origin + argAt);
          this.define(id, 0, argument, argAt);
          if (this.bytes[this.pos] === 0x6c) {
            const location = this.optionalLocation();
            if (location !== undefined) block.setArgumentLocation(argument.index, location);
          }
        } while (this.accept(0x2c));
      }
      this.expectClose(0x29, "')' after the block arguments", paren);
    }
    this.expect(0x3a, "':' after the block name");
    this.blockBody(block, open);
  }
}
