// Attributes of every kind, dictionaries, and the `#...` symbols of dialects and aliases.
import type { AffineMap, IntegerSet } from '../affine.js';
import { type Attribute, type DictionaryAttr, DistinctAttr, OpaqueAttr, type SymbolRefAttr } from '../attribute.js';
import { opaqueText } from '../dialect-text.js';
import type { Location } from '../location.js';
import { DYNAMIC, type Type } from '../type.js';
import { ElementsParser } from './elements-parser.js';
import { brief, C_BARE, C_START, CLASS } from './lexer.js';
import { hashBytes } from './names.js';

const MEMO_SIZE = 2048;
/** Longest dictionary text that is remembered. */
const MEMO_LENGTH = 56;

/** Bytes a remembered dictionary text consists of: no aliases, strings, comments, locations or nested braces. */
const MEMO_BYTES: Uint8Array = /* @__PURE__ */ (() => {
  const table = new Uint8Array(256);
  for (let c = 0; c < 256; c++) if (CLASS[c]! & C_BARE) table[c] = 1;
  for (const c of ' ,:=<>[]@-+?*') table[c.charCodeAt(0)] = 1;
  return table;
})();

export abstract class AttributeParser extends ElementsParser {
  private readonly dicts = new Array<DictionaryAttr | null>(MEMO_SIZE).fill(null);
  private readonly dictStart = new Int32Array(MEMO_SIZE);
  private readonly dictLength = new Int32Array(MEMO_SIZE);
  private readonly nameTexts = new Array<string>(512).fill('');
  private readonly nameStart = new Int32Array(512);
  private readonly aliases = new Map<string, Attribute>();
  private readonly distincts = new Map<number, DistinctAttr>();

  /** What stands between `loc(` and `)`. */
  abstract locationBody(): Location;
  /** A location alias used before its definition; undefined when there is none. */
  abstract laterAlias(name: string): Attribute | undefined;

  attribute(type?: Type): Attribute {
    return this.optionalAttribute(type) ?? this.failExpected('an attribute');
  }

  optionalAttribute(type?: Type): Attribute | undefined {
    const c = this.bytes[this.pos]!;
    switch (c) {
      case 0x22: {
        const text = this.quoted();
        return this.context.stringAttr(text, type ?? (this.accept(0x3a) ? this.type() : null));
      }
      case 0x5b:
        return this.array();
      case 0x7b:
        return this.dictionary();
      case 0x23:
        return this.hashAttribute(type);
      case 0x40:
        return this.symbolRef();
      case 0x2d:
        return this.numberAttribute(type);
    }
    if (CLASS[c]! & C_START) return this.wordAttribute(c, type);
    if (c >= 0x30 && c <= 0x39) return this.numberAttribute(type);
    const found = this.optionalType();
    return found && this.context.typeAttr(found);
  }

  private wordAttribute(c: number, type: Type | undefined): Attribute | undefined {
    const { context } = this;
    switch (c) {
      case 0x61: // a
        if (this.isWord('affine_map')) return context.affineMapAttr(this.affineMapAttribute());
        if (this.isWord('affine_set')) return context.integerSetAttr(this.integerSetAttribute());
        if (this.isWord('array')) return this.denseArray();
        break;
      case 0x64: // d
        if (this.isWord('dense')) return this.dense(type);
        if (this.isWord('dense_resource')) return this.denseResource(type);
        if (this.isWord('distinct')) return this.distinct();
        break;
      case 0x66: // f
        if (this.acceptWord('false')) return context.falseAttr;
        break;
      case 0x6c: // l
        if (this.isWord('loc')) return this.locationAttribute();
        break;
      case 0x73: // s
        if (this.isWord('sparse')) return this.sparse(type);
        if (this.isWord('strided')) return this.strided();
        break;
      case 0x74: // t
        if (this.acceptWord('true')) return context.trueAttr;
        break;
      case 0x75: // u
        if (this.acceptWord('unit')) return context.unitAttr;
        break;
    }
    const found = this.optionalType();
    return found && context.typeAttr(found);
  }

  /** `affine_map<...>` */
  affineMapAttribute(): AffineMap {
    const open = this.openKeyword('affine_map');
    const map = this.affineMapBody();
    this.expectClose(0x3e, "'>' to close the affine map", open);
    return map;
  }
  /** `affine_set<...>` */
  integerSetAttribute(): IntegerSet {
    const open = this.openKeyword('affine_set');
    const set = this.integerSetBody();
    this.expectClose(0x3e, "'>' to close the affine set", open);
    return set;
  }
  private openKeyword(word: string): number {
    this.expectWord(word);
    const open = this.pos;
    this.expect(0x3c, `'<' after '${word}'`);
    return open;
  }

  private array(): Attribute {
    const open = this.pos;
    this.enter();
    this.advance(1);
    const elements: Attribute[] = [];
    if (this.bytes[this.pos] !== 0x5d) {
      do elements.push(this.attribute());
      while (this.accept(0x2c));
    }
    this.expectClose(0x5d, "']' to close the array attribute", open);
    this.leave();
    return this.context.arrayAttr(elements);
  }

  /** `loc(...)` */
  locationAttribute(): Location {
    this.expectWord('loc');
    const open = this.pos;
    this.expect(0x28, "'(' after 'loc'");
    const location = this.locationBody();
    this.expectClose(0x29, "')' to close the location", open);
    return location;
  }

  /** `strided<[4, ?], offset: 8>` */
  private strided(): Attribute {
    const open = this.openKeyword('strided');
    const list = this.pos;
    this.expect(0x5b, "'[' before the strides");
    let negative = false;
    const dim = () => {
      if (this.accept(0x3f)) return '?';
      const minus = this.accept(0x2d);
      const n = this.decimal("a stride (a number or '?')");
      if (!minus || n === 0) return n;
      negative = true;
      return -n;
    };
    const strides: (number | '?')[] = [];
    if (this.bytes[this.pos] !== 0x5d) {
      do strides.push(dim());
      while (this.accept(0x2c));
    }
    this.expectClose(0x5d, "']' after the strides", list);
    let offset: number | '?' = 0;
    if (this.accept(0x2c)) {
      this.expectWord('offset');
      this.expect(0x3a, "':' after 'offset'");
      offset = dim();
    }
    this.expectClose(0x3e, "'>' to close the strided layout", open);
    const known = (n: number | '?') => (n === '?' || n < 0 ? DYNAMIC : n);
    const written = negative ? `strided<[${strides.join(', ')}]${offset === 0 ? '' : `, offset: ${offset}`}>` : null;
    return this.context.stridedLayout(strides.map(known), known(offset), written);
  }

  /** `distinct[0]<attribute>`; one number is one attribute throughout the file. */
  private distinct(): Attribute {
    const start = this.pos;
    this.advance(8);
    const open = this.pos;
    this.expect(0x5b, "'[' after 'distinct'");
    const number = this.decimal('the number of a distinct attribute');
    this.expectClose(0x5d, "']' after the number of a distinct attribute", open);
    const angle = this.pos;
    this.expect(0x3c, "'<' in a distinct attribute");
    this.enter();
    const referenced = this.bytes[this.pos] === 0x3e ? this.context.unitAttr : this.attribute();
    this.leave();
    this.expectClose(0x3e, "'>' to close the distinct attribute", angle);
    const known = this.distincts.get(number);
    if (!known) {
      const made = new DistinctAttr(number, referenced);
      this.distincts.set(number, made);
      return made;
    }
    if (known.referenced !== referenced)
      this.fail('parse.distinct', `distinct[${number}] was ${brief(known.referenced)} before`, start);
    return known;
  }

  // Symbols

  get atSymbol(): boolean {
    return this.bytes[this.pos] === 0x40;
  }
  /** `@name` or `@"name"`. */
  symbolName(): string {
    const { bytes, pos } = this;
    if (bytes[pos] !== 0x40) this.failExpected('a symbol name @...');
    if (bytes[pos + 1] === 0x22) {
      this.pos = pos + 1;
      return this.quoted();
    }
    let p = pos + 1;
    if (!(CLASS[bytes[p]!]! & C_START)) this.fail('parse.expected', "expected a symbol name after '@'");
    while (CLASS[bytes[p]!]! & C_BARE) p++;
    const name = this.slice(pos + 1, p);
    this.pos = p;
    this.skip();
    return name;
  }
  /** `@a::@b` */
  private symbolRef(): SymbolRefAttr {
    const root = this.symbolName();
    if (this.bytes[this.pos] !== 0x3a || this.bytes[this.pos + 1] !== 0x3a) return this.context.symbolRef(root);
    const nested: string[] = [];
    while (this.bytes[this.pos] === 0x3a && this.bytes[this.pos + 1] === 0x3a && this.nextAfter(2) === 0x40) {
      this.advance(2);
      nested.push(this.symbolName());
    }
    return this.context.symbolRef(root, nested);
  }
  private nextAfter(length: number): number {
    const start = this.pos;
    this.advance(length);
    const c = this.bytes[this.pos]!;
    this.pos = start;
    return c;
  }

  // Dictionaries

  /** `{name = value, unit}` */
  dictionary(): DictionaryAttr {
    const { bytes, pos } = this;
    let p = pos + 1;
    const limit = pos + MEMO_LENGTH;
    let h = 0;
    while (p < limit && MEMO_BYTES[bytes[p]!] !== 0) h = Math.imul(h ^ bytes[p++]!, 0x01000193);
    if (p >= limit || bytes[p] !== 0x7d) return this.dictionaryBody();
    p++;
    const length = p - pos;
    const slot = (h ^ (h >>> 15)) & (MEMO_SIZE - 1);
    if (this.dictLength[slot] === length) {
      const s = this.dictStart[slot]! - pos;
      let i = pos + 1;
      while (i < p && bytes[s + i] === bytes[i]) i++;
      if (i === p) {
        this.pos = p;
        this.skip();
        return this.dicts[slot]!;
      }
    }
    const made = this.dictionaryBody();
    this.dicts[slot] = made;
    this.dictStart[slot] = pos;
    this.dictLength[slot] = length;
    return made;
  }

  private dictionaryBody(): DictionaryAttr {
    const open = this.pos;
    this.expect(0x7b, "'{' to begin a dictionary");
    this.enter();
    const names: string[] = [];
    const values: Attribute[] = [];
    // Names usually come sorted; a set is needed only when they do not.
    let seen: Set<string> | null = null;
    if (this.bytes[this.pos] !== 0x7d) {
      do {
        const at = this.pos;
        const name = this.attributeName();
        if (names.length) {
          const last = names[names.length - 1]!;
          if (seen === null && name < last) seen = new Set(names);
          if (name === last || seen?.has(name))
            this.fail('parse.duplicate-attribute', `attribute '${name}' is given twice`, at);
          seen?.add(name);
        }
        names.push(name);
        values.push(this.accept(0x3d) ? this.attribute() : this.context.unitAttr);
      } while (this.accept(0x2c));
    }
    this.expectClose(0x7d, "'}' to close the dictionary", open);
    this.leave();
    if (seen === null) return this.context.dictionarySorted(names, values);
    return this.context.dictionary(names.map((name, i) => [name, values[i]!] as const));
  }

  /** A bare identifier or a string. */
  private attributeName(): string {
    if (this.atString) {
      const at = this.pos;
      const name = this.quoted();
      if (name === '') this.fail('parse.expected', 'expected an attribute name that is not empty', at);
      return name;
    }
    const start = this.pos;
    const stop = this.bareEnd();
    if (stop === start) this.failExpected('an attribute name');
    const slot = (hashBytes(this.bytes, start, stop) ^ (stop - start)) & 511;
    const known = this.nameTexts[slot]!;
    let i = 0;
    if (known.length === stop - start) {
      const s = this.nameStart[slot]!;
      while (i < known.length && this.bytes[s + i] === this.bytes[start + i]) i++;
    }
    this.pos = stop;
    this.skip();
    if (i === known.length && i > 0) return known;
    const name = this.slice(start, stop);
    this.nameTexts[slot] = name;
    this.nameStart[slot] = start;
    return name;
  }

  // `#...`

  defineAttributeAlias(name: string, at: number): void {
    if (this.aliases.has(name)) this.fail('parse.alias-redefinition', `redefinition of attribute alias '#${name}'`, at);
    this.setAlias(name, this.attribute(), at);
  }
  protected alias(name: string): Attribute | undefined {
    return this.aliases.get(name);
  }
  protected setAlias(name: string, attr: Attribute, at: number): void {
    this.checkAlias(`#${name}`, attr, at);
    this.aliases.set(name, attr);
  }

  /** `#alias`, `#dialect.name<...>`, `#dialect<...>` */
  private hashAttribute(type: Type | undefined): Attribute {
    const { bytes, context, pos: start } = this;
    const nameEnd = this.suffixEnd(start + 1);
    if (nameEnd === start + 1 || bytes[start + 1] === 0x2e)
      this.fail('parse.expected', "expected an attribute name after '#'");
    const name = this.slice(start + 1, nameEnd);
    const dot = name.indexOf('.');
    const body = bytes[nameEnd] === 0x3c;
    if (dot < 0 && !body) {
      const alias = this.aliases.get(name) ?? this.laterAlias(name);
      if (!alias) return this.fail('parse.undefined-alias', `undefined attribute alias '#${name}'`);
      this.pos = nameEnd;
      this.skip();
      return alias;
    }
    const dialectName = dot < 0 ? name : name.slice(0, dot);
    const dialect = context.dialect(dialectName);
    const kept = dialect?.keepsUnknownAttributes && !dialect.attributes?.some((d) => d.name === name);
    if (!dialect || kept) {
      if (!context.allowUnregistered && !kept)
        this.fail(
          'parse.unregistered-dialect',
          `attribute '#${name}' of unregistered dialect '${dialectName}'; register the dialect or pass --allow-unregistered-dialect`,
        );
      const stop = body ? this.bodyEnd(nameEnd) : nameEnd;
      const text = opaqueText(dialectName, this.slice(start + 1, stop));
      this.pos = stop;
      this.skip();
      const attrType = this.accept(0x3a) ? this.type() : (type ?? null);
      return context.uniqueByText(
        `opaque ${attrType?.id ?? ''} ${text}`,
        () => new OpaqueAttr(dialectName, text, attrType),
      );
    }
    this.enter();
    this.pos = nameEnd;
    this.skip();
    const open = this.pos;
    let full = name;
    if (dot < 0) {
      this.advance(1);
      full = `${dialectName}.${this.bare('the name of an attribute')}`;
    }
    const definition = dialect.attributes?.find((d) => d.name === full);
    if (!definition)
      this.fail('parse.unknown-attribute', `dialect '${dialectName}' has no attribute '#${full}'`, start);
    const parameters = definition.parse(this.asm);
    if (dot < 0) this.expectClose(0x3e, "'>' to close the attribute", open);
    this.leave();
    const problem = definition.verify?.(parameters, context);
    if (problem !== undefined) this.fail('parse.attribute-parameters', problem, start);
    return context.dialectAttr(definition, parameters);
  }

  /** End of the balanced `<...>` that starts at `start`; strings, comments and `->` are skipped over. */
  bodyEnd(start: number): number {
    const { bytes } = this;
    const open: number[] = [];
    let p = start;
    for (;;) {
      const c = bytes[p]!;
      switch (c) {
        case 0x3c:
        case 0x5b:
        case 0x28:
        case 0x7b:
          open.push(p);
          break;
        case 0x3e:
        case 0x5d:
        case 0x29:
        case 0x7d: {
          const o = open.pop()!;
          // `<` and `>`, `[` and `]`, `{` and `}` are two apart, `(` and `)` one.
          if (c - bytes[o]! !== (c === 0x29 ? 1 : 2))
            this.failWithNote(
              'parse.unbalanced',
              `unbalanced '${String.fromCharCode(c)}'`,
              p,
              `to match this '${String.fromCharCode(bytes[o]!)}'`,
              this.base + o,
            );
          if (open.length === 0) return p + 1;
          break;
        }
        case 0x2d:
          if (bytes[p + 1] === 0x3e) p++;
          break;
        case 0x22:
          p = this.stringEnd(p) - 1;
          break;
        case 0x2f:
          if (bytes[p + 1] === 0x2f) while (p + 1 < this.end && bytes[p + 1] !== 10 && bytes[p + 1] !== 13) p++;
          break;
        case 0:
          if (p >= this.end)
            this.failWithNote(
              'parse.unbalanced',
              "expected '>', got end of input",
              p,
              "to match this '<'",
              this.base + start,
            );
          break;
      }
      p++;
    }
  }
}
