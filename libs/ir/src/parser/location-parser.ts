// Locations, and location aliases that are used before the end of the file defines them.
import type { Attribute } from '../attribute.js';
import { Location, type LocationRef } from '../location.js';
import { AttributeParser } from './attribute-parser.js';
import { brief } from './lexer.js';

export abstract class LocationParser extends AttributeParser {
  /** Where `#name = loc(` stands, for aliases at line starts; made when first needed. */
  private later: Map<string, number> | null = null;
  private readonly resolving = new Set<string>();
  /** Aliases read ahead of their definition: where it stands. */
  private readonly readAhead = new Map<string, number>();

  /** `loc(...)` when it comes next. */
  optionalLocation(): LocationRef | undefined {
    if (this.bytes[this.pos] !== 0x6c || !this.isWord('loc')) return undefined;
    return this.locationAttribute();
  }

  /** What stands between `loc(` and `)`. */
  locationBody(): Location {
    this.enter();
    const location = this.locationKind();
    this.leave();
    return location;
  }

  private locationKind(): Location {
    const { context, pos } = this;
    if (this.bytes[pos] === 0x22) return this.namedLocation();
    if (this.bytes[pos] === 0x23) {
      const attr = this.attribute();
      if (!(attr instanceof Location))
        return this.fail('parse.location', `expected a location, got ${brief(attr)}`, pos);
      return attr;
    }
    if (this.acceptWord('unknown')) return context.unknownLoc;
    if (this.acceptWord('callsite')) {
      const open = this.pos;
      this.expect(0x28, "'(' after 'callsite'");
      const callee = this.locationBody();
      this.expectWord('at');
      const caller = this.locationBody();
      this.expectClose(0x29, "')' to close the call site", open);
      return context.callSiteLoc(callee, caller);
    }
    if (this.acceptWord('fused')) {
      let metadata: Attribute | null = null;
      const angle = this.pos;
      if (this.accept(0x3c)) {
        metadata = this.attribute();
        this.expectClose(0x3e, "'>' after the metadata of a fused location", angle);
      }
      const open = this.pos;
      this.expect(0x5b, "'[' before the parts of a fused location");
      const parts: Location[] = [];
      if (this.bytes[this.pos] !== 0x5d) {
        do parts.push(this.locationBody());
        while (this.accept(0x2c));
      }
      this.expectClose(0x5d, "']' after the parts of a fused location", open);
      return context.fusedLoc(parts, metadata);
    }
    // `loc(loc("a":1:2))` is how a nested location attribute may look.
    if (this.isWord('loc')) return this.locationAttribute();
    return this.failExpected('a location');
  }

  /** `"file":1:2`, `"file":1:2 to 3:4`, `"file":1:2 to :4`, `"name"`, `"name"(child)` */
  private namedLocation(): Location {
    const { context } = this;
    const text = this.quoted();
    if (this.accept(0x3a)) {
      const line = this.decimal('line number');
      this.expect(0x3a, "':' between line and column");
      const column = this.decimal('column number');
      let range = '';
      if (this.acceptWord('to')) {
        const endLine = this.atDigit ? this.decimal('line number') : line;
        this.expect(0x3a, "':' between line and column");
        const endColumn = this.decimal('column number');
        range = endLine === line ? ` to :${endColumn}` : ` to ${endLine}:${endColumn}`;
      }
      return context.fileLineCol(text, line, column, range);
    }
    const open = this.pos;
    if (!this.accept(0x28)) return context.nameLoc(text);
    const child = this.locationBody();
    this.expectClose(0x29, "')' after the child of a name location", open);
    return context.nameLoc(text, child);
  }

  /** The alias `#name = loc(...)` from further down. */
  laterAlias(name: string): Attribute | undefined {
    if (this.later === null) {
      this.later = this.scanAliases();
      // In the order of the file, in which one refers to those before it: this keeps the recursion shallow.
      for (const other of this.later.keys())
        if (!this.readAhead.has(other) && !this.resolving.has(other)) this.readLater(other);
    }
    return this.readLater(name);
  }
  private readLater(name: string): Attribute | undefined {
    const at = this.later?.get(name);
    if (at === undefined) return undefined;
    if (this.readAhead.get(name) === at) return this.alias(name);
    if (this.resolving.has(name)) return this.fail('parse.alias-cycle', `the alias '#${name}' refers to itself`, at);
    const { pos } = this;
    this.resolving.add(name);
    this.pos = at;
    this.advance(name.length + 1);
    this.expect(0x3d, `'=' after '#${name}'`);
    const location = this.locationAttribute();
    this.resolving.delete(name);
    this.setAlias(name, location, at);
    this.readAhead.set(name, at);
    this.pos = pos;
    return location;
  }

  override defineAttributeAlias(name: string, at: number): void {
    if (this.readAhead.get(name) === at) this.attribute();
    else super.defineAttributeAlias(name, at);
  }

  private scanAliases(): Map<string, number> {
    const { bytes, pos } = this;
    const found = new Map<string, number>();
    for (let p = bytes.indexOf(0x23, pos); p >= 0 && p < this.end; p = bytes.indexOf(0x23, p + 1)) {
      let before = p - 1;
      while (bytes[before] === 32 || bytes[before] === 9) before--;
      if (bytes[before] !== 10) continue;
      const stop = this.suffixEnd(p + 1);
      this.pos = stop;
      this.skip();
      if (!this.accept(0x3d) || !this.isWord('loc')) continue;
      const name = this.slice(p + 1, stop);
      if (!found.has(name)) found.set(name, p);
    }
    this.pos = pos;
    return found;
  }
}
