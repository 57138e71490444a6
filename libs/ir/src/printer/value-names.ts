// Names of values and blocks, assigned as MLIR does: a region numbers all values of its own blocks first; its nested
// regions continue from there, each with the same start, so that siblings reuse names.
import type { Block } from '../block.js';
import { AsmNames } from '../interfaces.js';
import type { Operation, Region } from '../operation.js';
import { IsolatedFromAbove } from '../traits.js';
import { takeScratch, type Value } from '../value.js';
import type { ByteBuffer } from './byte-buffer.js';

// How the name of a table entry is made: the low bits of its code.
const NUMBER = 0; // %n
const ARGUMENT = 1; // %argn
const NAMED = 2; // %name, n indexes `names`
const FOLLOWER = 3; // another result of the group whose leader is n entries before
const KIND = 3;
const GROUP = 4; // leader of several results: uses print as %n#0
const SHIFT = 3;
/** So many suggestions are remembered. */
const READABLE = 1024;

/** What a region's nested regions start from. */
class Scope {
  readonly values: number;
  readonly args: number;
  readonly conflicts: number;
  /** Names the region introduced. */
  readonly names: readonly string[] | null;
  constructor(values: number, args: number, conflicts: number, names: readonly string[] | null) {
    this.values = values;
    this.args = args;
    this.conflicts = conflicts;
    this.names = names;
  }
}

export class ValueNames {
  // The value with scratch number `base + i` has code i. A printer that starts inside another one (a type printed by a
  // hook) takes numbers of its own, so codes may have gaps, but never the wrong value.
  private base = 0;
  private count = 0;
  private codes = new Int32Array(64);
  private readonly names: string[] = [];
  private readonly used = new Set<string>();
  /** Suggestions as they may stand in text. */
  private readonly readable = new Map<string, string>();
  private readonly scopes = new Map<Region, Scope>();
  private readonly blocks = new Map<Block, number>();
  private nextValue = 0;
  private nextArgument = 0;
  private nextConflict = 0;
  private introduced: string[] | null = null;

  /** Whether values may get names that operations suggest; the generic form numbers them all. */
  private readonly suggestions: boolean;

  constructor(options: { suggestions: boolean }) {
    this.suggestions = options.suggestions;
  }

  /** Names everything visible at `op`: from its closest isolated ancestor down to its own results. */
  enterFrom(op: Operation): void {
    if (op.parentOp === null) {
      // A block that is not in an operation yet still has names for its values.
      if (op.parent !== null) this.detached(op.parent);
      else this.results(op);
      return;
    }
    if (op.info.hasTrait(IsolatedFromAbove) && op.operandCount === 0 && op.result0 === null) return;
    const chain: Operation[] = [op];
    for (let at = op; at.parentOp !== null; ) {
      at = at.parentOp;
      chain.push(at);
      if (at.info.hasTrait(IsolatedFromAbove)) break;
    }
    for (let outer = chain.pop()!; ; ) {
      const inner: Operation = chain.pop()!;
      this.prepare(outer);
      this.enter(inner.parentRegion!);
      if (inner === op) return;
      outer = inner;
    }
  }

  /** Names the values directly inside each region of `op`; call before the op is printed, within its own scope. */
  prepare(op: Operation): void {
    const { nextValue, nextArgument, nextConflict } = this;
    const outer = this.introduced;
    for (const region of op.ownRegions!) {
      this.introduced = null;
      const { blocks } = region;
      for (let i = 0; i < blocks.length; i++) {
        if (blocks.length > 1) this.blocks.set(blocks[i]!, i);
        this.block(blocks[i]!, i === 0, op);
      }
      const names = this.introduced as string[] | null;
      this.scopes.set(region, new Scope(this.nextValue, this.nextArgument, this.nextConflict, names));
      if (names !== null) for (const name of names) this.used.delete(name);
      this.nextValue = nextValue;
      this.nextArgument = nextArgument;
      this.nextConflict = nextConflict;
    }
    this.introduced = outer;
  }

  /** Whether `prepare` saw the region. */
  knows(region: Region): boolean {
    return this.scopes.has(region);
  }
  /** Makes a prepared region the current one; pass the result to `leave`. */
  enter(region: Region): Scope {
    const outer = new Scope(this.nextValue, this.nextArgument, this.nextConflict, null);
    const scope = this.scopes.get(region)!;
    this.nextValue = scope.values;
    this.nextArgument = scope.args;
    this.nextConflict = scope.conflicts;
    if (scope.names !== null) for (const name of scope.names) this.used.add(name);
    return outer;
  }
  leave(region: Region, outer: Scope): void {
    const scope = this.scopes.get(region)!;
    if (scope.names !== null) for (const name of scope.names) this.used.delete(name);
    this.nextValue = outer.values;
    this.nextArgument = outer.args;
    this.nextConflict = outer.conflicts;
    this.scopes.delete(region);
  }

  private detached(block: Block): void {
    const blocks = block.parent?.blocks ?? [block];
    blocks.forEach((b, i) => {
      this.blocks.set(b, i);
      this.block(b, i === 0, null);
    });
  }

  private block(block: Block, entry: boolean, parent: Operation | null): void {
    const naming = this.suggestions && parent !== null ? AsmNames.of(parent) : undefined;
    for (const argument of block.arguments) {
      const name = naming?.argumentName?.(parent!, argument);
      if (name !== undefined) this.add(argument, this.named(name));
      else if (entry) this.add(argument, (this.nextArgument++ << SHIFT) | ARGUMENT);
      else this.add(argument, (this.nextValue++ << SHIFT) | NUMBER);
    }
    for (let op = block.firstOp; op !== null; op = op.next) if (op.result0 !== null) this.results(op);
  }

  private results(op: Operation): void {
    const first = op.result0;
    if (first === null) return;
    const naming = this.suggestions ? AsmNames.of(op) : undefined;
    const name = naming?.resultName?.(op, 0);
    if (op.moreResults === null) {
      this.add(first, name === undefined ? (this.nextValue++ << SHIFT) | NUMBER : this.named(name));
      return;
    }
    let leader = -1;
    op.results.forEach((result, i) => {
      const suggestion = i === 0 ? name : naming?.resultName?.(op, i);
      if (i > 0 && suggestion === undefined) {
        this.codes[leader]! |= GROUP;
        this.add(result, ((this.count - leader) << SHIFT) | FOLLOWER);
        return;
      }
      leader = this.count;
      this.add(result, suggestion === undefined ? (this.nextValue++ << SHIFT) | NUMBER : this.named(suggestion));
    });
  }

  private add(value: Value, code: number): void {
    const number = takeScratch();
    if (this.count === 0) this.base = number;
    const index = number - this.base;
    if (index >= this.codes.length) {
      const grown = new Int32Array(Math.max(index + 1, this.codes.length * 2));
      grown.set(this.codes);
      this.codes = grown;
    }
    value.scratch = number;
    this.codes[index] = code;
    this.count = index + 1;
  }

  private named(suggestion: string): number {
    let known = this.readable.get(suggestion);
    if (known === undefined) {
      known = suggestion.replace(/[^\w$.-]/g, '_');
      if (!/^[A-Za-z_$.-]/.test(known)) known = `_${known}`;
      if (this.readable.size < READABLE) this.readable.set(suggestion, known);
    }
    let name = known;
    // Names of the form argN are left to numbered arguments.
    if (this.used.has(name) || (name.charCodeAt(0) === 0x61 && /^arg\d+$/.test(name))) {
      let probe: string;
      do probe = `${name}_${this.nextConflict++}`;
      while (this.used.has(probe));
      name = probe;
    }
    this.used.add(name);
    if (this.introduced === null) this.introduced = [];
    this.introduced.push(name);
    this.names.push(name);
    return ((this.names.length - 1) << SHIFT) | NAMED;
  }

  /** Writes a use of the value: `%3`, `%arg0`, `%cst`, `%3#1`. */
  write(out: ByteBuffer, value: Value | null): void {
    if (value === null) {
      out.text('<<NULL VALUE>>');
      return;
    }
    const index = value.scratch - this.base;
    if (index < 0 || index >= this.count) {
      out.text('<<UNKNOWN SSA VALUE>>');
      return;
    }
    const code = this.codes[index]!;
    if ((code & KIND) === FOLLOWER) {
      const distance = code >> SHIFT;
      this.stem(out, this.codes[index - distance]!);
      out.byte(0x23); // #
      out.decimal(distance);
      return;
    }
    this.stem(out, code);
    if (code & GROUP) out.text('#0');
  }
  private stem(out: ByteBuffer, code: number): void {
    out.byte(0x25); // %
    const n = code >> SHIFT;
    const kind = code & KIND;
    if (kind === NUMBER) out.decimal(n);
    else if (kind === ARGUMENT) {
      out.text('arg');
      out.decimal(n);
    } else out.text(this.names[n]!);
  }

  /** Writes the left-hand side of an operation with results: `%0 = `, `%a, %b:2 = `. */
  writeResults(out: ByteBuffer, op: Operation): void {
    const first = op.result0;
    if (first === null) return;
    if (op.moreResults === null) this.write(out, first);
    else {
      const { results } = op;
      for (let i = 0; i < results.length; ) {
        let end = i + 1;
        while (end < results.length && (this.codes[results[end]!.scratch - this.base]! & KIND) === FOLLOWER) end++;
        if (i > 0) out.comma();
        this.stem(out, this.codes[results[i]!.scratch - this.base]!);
        if (end > i + 1) {
          out.byte(0x3a); // :
          out.decimal(end - i);
        }
        i = end;
      }
    }
    out.text(' = ');
  }

  /** Position of a block in its region, the number in its label; undefined for a block of a region not in print. */
  blockNumber(block: Block): number | undefined {
    const region = block.parent;
    return region && region.blocks.length === 1 ? 0 : this.blocks.get(block);
  }
}
