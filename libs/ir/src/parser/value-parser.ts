// SSA values: names, uses before definitions, scopes.
import { Block } from '../block.js';
import type { Type } from '../type.js';
import { BlockArgument, type Value } from '../value.js';
import { brief, type ParserInput } from './lexer.js';
import { LocationParser } from './location-parser.js';
import { NameTable, ValueScopes } from './names.js';

export abstract class ValueParser extends LocationParser {
  readonly names: NameTable;
  readonly scopes: ValueScopes = new ValueScopes();
  /** Owner of the values that stand for names not defined yet. */
  private readonly forward = new Block();
  /** How many of them wait for their definition. */
  private pending = 0;
  private readonly isForward = (value: Value): boolean => value.owner === this.forward;

  constructor(input: ParserInput) {
    super(input);
    this.names = new NameTable(input.bytes);
    this.scopes.push({ isolated: true });
  }

  /** Whether a value name comes next. */
  get atValue(): boolean {
    return this.bytes[this.pos] === 0x25;
  }
  /** `%name`, as an id of `names`. */
  valueName(): number {
    const { pos, names } = this;
    if (this.bytes[pos] !== 0x25) this.failExpected('a value name %...');
    const id = names.scan(pos + 1);
    if (id === 0) this.fail('parse.expected', "expected a value name after '%'");
    this.pos = names.end;
    this.skip();
    return id;
  }
  /** `#n` behind a value name; 0 when absent. */
  resultNumber(): number {
    const { bytes, pos } = this;
    if (bytes[pos] !== 0x23) return 0;
    this.pos++;
    if (!this.atDigit) this.fail('parse.expected', "expected a result number after '#'", pos);
    return this.decimal('result number');
  }
  nameText(id: number): string {
    return this.slice(this.names.starts[id]!, this.names.ends[id]!);
  }
  private shown(id: number, number: number): string {
    return `'%${this.nameText(id)}${number ? `#${number}` : ''}'`;
  }

  /** The value a name stands for; a placeholder when it is not defined yet. */
  use(id: number, number: number, type: Type, at: number): Value {
    const { scopes } = this;
    let known: Value | null;
    let knownAt: number;
    if (number === 0) {
      known = scopes.get(id);
      knownAt = known === null ? 0 : scopes.offsetOf(id);
    } else {
      const entry = scopes.multi(id)?.get(number);
      known = entry?.value ?? null;
      knownAt = entry?.offset ?? 0;
      if (known === null) {
        const zero = scopes.get(id);
        if (zero !== null && zero.owner !== this.forward)
          this.failWithNote(
            'parse.result-number',
            `${this.shown(id, 0)} has no result #${number}`,
            at,
            'defined here',
            this.base + scopes.offsetOf(id),
          );
      }
    }
    if (known !== null) {
      if (known.type === type) {
        if (this.listener !== null) this.listener.use(known, at, number);
        return known;
      }
      const note = known.owner === this.forward ? 'prior use here' : 'defined here';
      return this.failWithNote(
        'parse.type-mismatch',
        `${this.shown(id, number)} is used as ${brief(type)}, but has type ${brief(known.type)}`,
        at,
        note,
        this.base + knownAt,
      );
    }
    const value = new BlockArgument(type, this.forward, 0);
    this.pending++;
    if (this.listener !== null) this.listener.use(value, at, number);
    if (number === 0) scopes.set(id, value, at);
    else scopes.makeMulti(id).set(number, { value, offset: at });
    return value;
  }

  /** Gives a name its value, and the value to earlier uses of the name. */
  define(id: number, number: number, value: Value, at: number): void {
    const { scopes } = this;
    if (this.listener !== null) this.listener.definition(value, at, number);
    if (number === 0) {
      const known = scopes.get(id);
      if (known !== null) this.redefine(known, scopes.offsetOf(id), id, 0, value, at);
      scopes.set(id, value, at);
      return;
    }
    const multi = scopes.makeMulti(id);
    const known = multi.get(number);
    if (known) this.redefine(known.value, known.offset, id, number, value, at);
    multi.set(number, { value, offset: at });
  }
  private redefine(known: Value, knownAt: number, id: number, number: number, value: Value, at: number): void {
    if (known.owner !== this.forward)
      this.failWithNote(
        'parse.redefinition',
        `redefinition of ${this.shown(id, 0)}`,
        at,
        'previously defined here',
        this.base + knownAt,
      );
    if (known.type !== value.type)
      this.failWithNote(
        'parse.type-mismatch',
        `definition of ${this.shown(id, number)} has type ${brief(value.type)}, but it was used as ${brief(known.type)}`,
        at,
        'previously used here',
        this.base + knownAt,
      );
    known.replaceAllUsesWith(value);
    if (this.listener !== null) this.listener.resolved(known, value);
    this.pending--;
    this.scopes.resolved(id);
  }

  /** Leaves a scope; a name that can no longer get a definition is an error. */
  popScope(): void {
    const left = this.scopes.pop(this.pending === 0 ? null : this.isForward);
    if (left) this.fail('parse.undefined-value', `use of undefined value '%${this.nameText(left.id)}'`, left.offset);
  }
}
