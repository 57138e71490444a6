// SSA names. A name becomes a small integer once (NameTable); scopes then work on arrays indexed by it (ValueScopes).
import type { Value } from '../value.js';
import { C_DIGIT, C_SUFFIX, CLASS } from './lexer.js';

/**
 * Names to dense ids. `12` and `a12` (digits behind at most one letter) are looked up in an array per letter, other
 * names in a hash table over their bytes. The array bound depends on the text's size, so that a name always takes the
 * same path and a huge number costs no memory.
 */
export class NameTable {
  private readonly bytes: Uint8Array;
  private readonly limit: number;
  /** Ids by number, per prefix byte; 0 for digits alone. */
  private readonly dense: (Int32Array | null)[] = new Array<Int32Array | null>(128).fill(null);
  private slots = new Int32Array(64);
  private hashed = 0;
  /** Start and end of the first occurrence, by id; id 0 is unused. */
  starts = new Int32Array(64);
  ends = new Int32Array(64);
  count = 1;
  /** Where the name that `scan` read ends. */
  end = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.limit = bytes.length >> 2;
  }

  /** The id of the name that begins at `start`, read in one pass; 0 when there is none. `end` is where it ends. */
  scan(start: number): number {
    const bytes = this.bytes;
    let p = start;
    let prefix = 0;
    const c = CLASS[bytes[p]!]!;
    if ((c & C_DIGIT) === 0) {
      if ((c & C_SUFFIX) === 0) {
        this.end = start;
        return 0;
      }
      prefix = bytes[p++]!;
    }
    const first = p;
    let n = 0;
    let d = bytes[p]! - 48;
    while (d >= 0 && d <= 9) {
      n = n * 10 + d;
      d = bytes[++p]! - 48;
    }
    if (prefix !== 0 && (CLASS[bytes[p]!]! & C_SUFFIX) !== 0) {
      do p++;
      while ((CLASS[bytes[p]!]! & C_SUFFIX) !== 0);
      this.end = p;
      return this.hashedId(start, p);
    }
    this.end = p;
    const length = p - first;
    if (length === 0 || length > 8 || n >= this.limit || (length > 1 && bytes[first] === 0x30))
      return this.hashedId(start, p);
    let table = this.dense[prefix]!;
    if (table === null || n >= table.length) table = this.growDense(prefix, n);
    const id = table[n]!;
    if (id !== 0) return id;
    table[n] = this.count;
    return this.add(start, p);
  }

  /** The id of the name in [start, end). */
  id(start: number, end: number): number {
    const bytes = this.bytes;
    const first = bytes[start]!;
    let p = start;
    let prefix = 0;
    if (!(CLASS[first]! & C_DIGIT)) {
      prefix = first;
      p++;
    }
    const length = end - p;
    if (length > 0 && length < 9 && (bytes[p] !== 0x30 || length === 1)) {
      let n = 0;
      while (p < end) {
        const d = bytes[p]! - 48;
        if (d < 0 || d > 9) return this.hashedId(start, end);
        n = n * 10 + d;
        p++;
      }
      if (n < this.limit) {
        let table = this.dense[prefix]!;
        if (table === null || n >= table.length) table = this.growDense(prefix, n);
        const id = table[n]!;
        if (id !== 0) return id;
        table[n] = this.count;
        return this.add(start, end);
      }
    }
    return this.hashedId(start, end);
  }

  private growDense(prefix: number, n: number): Int32Array {
    const old = this.dense[prefix] ?? null;
    const grown = new Int32Array(Math.min(this.limit, Math.max(256, 2 * n)));
    if (old) grown.set(old);
    this.dense[prefix] = grown;
    return grown;
  }

  private add(start: number, end: number): number {
    const id = this.count++;
    if (id >= this.starts.length) {
      this.starts = grow(this.starts);
      this.ends = grow(this.ends);
    }
    this.starts[id] = start;
    this.ends[id] = end;
    return id;
  }

  private hashedId(start: number, end: number): number {
    const bytes = this.bytes;
    const mask = this.slots.length - 1;
    let slot = hashBytes(bytes, start, end) & mask;
    for (;;) {
      const id = this.slots[slot]!;
      if (id === 0) break;
      const s = this.starts[id]!;
      const length = this.ends[id]! - s;
      if (length === end - start) {
        let i = 0;
        while (i < length && bytes[s + i] === bytes[start + i]) i++;
        if (i === length) return id;
      }
      slot = (slot + 1) & mask;
    }
    const id = this.add(start, end);
    this.slots[slot] = id;
    if (2 * ++this.hashed > this.slots.length) this.rehash();
    return id;
  }

  private rehash(): void {
    const old = this.slots;
    const mask = 2 * old.length - 1;
    this.slots = new Int32Array(2 * old.length);
    for (const id of old) {
      if (id === 0) continue;
      let slot = hashBytes(this.bytes, this.starts[id]!, this.ends[id]!) & mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
      this.slots[slot] = id;
    }
  }
}

function grow(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(2 * array.length);
  grown.set(array);
  return grown;
}

export const FIRST_HASH = 0x811c9dc5;
export const HASH_FACTOR = 0x01000193;

/** FNV-1a with a final mix, so that the low bits are usable as a table index. */
export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let h = FIRST_HASH;
  for (let i = start; i < end; i++) h = Math.imul(h ^ bytes[i]!, HASH_FACTOR);
  return h ^ (h >>> 15);
}

/** Values of a name beyond `#0`, by result number: of one that names several results, or is used as `%name#n`. */
export type MultiValue = Map<number, { readonly value: Value; readonly offset: number }>;

interface Hidden {
  readonly value: Value | null;
  readonly scope: number;
  readonly offset: number;
  readonly multi: MultiValue | null;
}

interface Scope {
  readonly mark: number;
  readonly previous: number;
}

/**
 * Which value a name means. Names are visible in nested scopes and may not be redefined there; an isolated scope sees
 * nothing from outside. Leaving a scope forgets its definitions; references to values not defined yet survive until
 * the isolated scope around them ends.
 */
export class ValueScopes {
  /** By name id: value 0 of the name; valid where `scopeOf` is the current isolated scope. */
  private readonly values: (Value | null)[] = [null];
  private scopeOf = new Int32Array(64);
  private offsets = new Int32Array(64);
  private readonly multis = new Map<number, MultiValue>();
  private isolated = 1;
  private lastIsolated = 1;
  /** Name ids as they became known; odd entries (2 * id + 1) hid something, kept in `hidden`. */
  private log: number[] = [];
  private hidden: Hidden[] = [];
  private readonly stack: Scope[] = [];

  /** Value `#0` of a name, or null. */
  get(id: number): Value | null {
    return id < this.values.length && this.scopeOf[id] === this.isolated ? this.values[id]! : null;
  }
  /** Where value 0 was defined or first used. */
  offsetOf(id: number): number {
    return this.offsets[id]!;
  }
  multi(id: number): MultiValue | null {
    if (this.multis.size === 0 || !(id < this.values.length) || this.scopeOf[id] !== this.isolated) return null;
    return this.multis.get(id) ?? null;
  }

  /** Records value 0 of a name, replacing a forward reference of the same scope. */
  set(id: number, value: Value | null, offset: number): void {
    this.claim(id);
    this.values[id] = value;
    this.offsets[id] = offset;
  }
  /** The table of values beyond `#0` of a name, made when missing. */
  makeMulti(id: number): MultiValue {
    const known = this.multi(id);
    if (known) return known;
    const multi: MultiValue = new Map();
    this.claim(id);
    this.multis.set(id, multi);
    return multi;
  }

  /** A forward reference got its definition in the current scope, which also ends with it. */
  resolved(id: number): void {
    this.log.push(2 * id);
  }

  private claim(id: number): void {
    if (id >= this.values.length) {
      while (this.values.length <= id) this.values.push(null);
      while (this.scopeOf.length <= id) {
        this.scopeOf = grow(this.scopeOf);
        this.offsets = grow(this.offsets);
      }
    }
    const scope = this.scopeOf[id]!;
    if (scope === this.isolated) return;
    if (scope === 0) this.log.push(2 * id);
    else {
      this.log.push(2 * id + 1);
      this.hidden.push({
        value: this.values[id]!,
        scope,
        offset: this.offsets[id]!,
        multi: this.multis.get(id) ?? null,
      });
      this.multis.delete(id);
    }
    this.scopeOf[id] = this.isolated;
    this.values[id] = null;
  }

  push(options: { isolated: boolean }): void {
    this.stack.push({ mark: this.log.length, previous: this.isolated });
    if (options.isolated) this.isolated = ++this.lastIsolated;
  }

  /** Leaves a scope. `isForward` tells references to undefined values (null: there are none); the first left in an isolated scope is returned. */
  pop(isForward: ((value: Value) => boolean) | null): { id: number; offset: number } | null {
    const scope = this.stack.pop()!;
    const ends = scope.previous !== this.isolated;
    const log = this.log;
    const kept: number[] = [];
    const keptHidden: Hidden[] = [];
    let unresolved: { id: number; offset: number } | null = null;
    for (let i = log.length - 1; i >= scope.mark; i--) {
      const entry = log[i]!;
      const id = entry >> 1;
      const forward = isForward === null ? -1 : this.forwardOf(id, isForward);
      if (forward >= 0) {
        if (ends) {
          if (unresolved === null || forward < unresolved.offset) unresolved = { id, offset: forward };
        } else {
          kept.push(entry);
          if (entry & 1) keptHidden.push(this.hidden.pop()!);
          continue;
        }
      }
      this.restore(entry, id);
    }
    log.length = scope.mark;
    for (let i = kept.length - 1; i >= 0; i--) log.push(kept[i]!);
    for (let i = keptHidden.length - 1; i >= 0; i--) this.hidden.push(keptHidden[i]!);
    this.isolated = scope.previous;
    return unresolved;
  }

  private restore(entry: number, id: number): void {
    this.multis.delete(id);
    if (entry & 1) {
      const h = this.hidden.pop()!;
      this.values[id] = h.value;
      this.scopeOf[id] = h.scope;
      this.offsets[id] = h.offset;
      if (h.multi) this.multis.set(id, h.multi);
    } else {
      this.values[id] = null;
      this.scopeOf[id] = 0;
    }
  }

  /** Offset of the first use of a name that is still undefined, or -1. */
  private forwardOf(id: number, isForward: (value: Value) => boolean): number {
    const value = this.values[id];
    if (value && isForward(value)) return this.offsets[id]!;
    if (this.multis.size === 0) return -1;
    const multi = this.multis.get(id);
    if (multi) for (const { value: other, offset } of multi.values()) if (isForward(other)) return offset;
    return -1;
  }
}
