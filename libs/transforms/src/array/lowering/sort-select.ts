// The first elements of a sorted row, when nobody asks for the others, selected by a bound on their keys: the keys up to the
// bound are at least as many as asked for, and not many more. Those are sorted.
//
//   for %i { keys[%i] = key(x[%i]) }                       signed, in vectors
//   while too many keys <= %high { %probe; count keys <= %probe, in vectors; %high or %low moves to the probe }
//   for %i { if any of the next keys <= %high { those go to the candidates } }
//   sort the candidates by their digits
//
// The probes halve the range of keys; of a long row the first one comes from a sample (Floyd and Rivest, Expected time bounds
// for selection, 1975), so that one is enough as a rule. A range of one key ends the search: equal keys go by their places.
// Candidates are in order of their places, so the result is that of any stable sort.
import { buildBinary, buildConstant, CmpIOp, ExtSIOp, IndexCastOp, IndexCastUIOp } from '@budflow/dialect-core';
import { LoadOp, ReduceAddOp, ReduceOrOp } from '@budflow/dialect-simd';
import type { Type, Value, VectorType } from '@budflow/ir';
import { splat } from './scan-lanes.js';
import { buildOrderedKey, keyOperands, keyType, type SortKey } from './sort-key.js';
import { digitsOf, RadixSort } from './sort-radix.js';
import type { SortRows } from './sort-rows.js';

/** Bytes of keys that are compared at once. */
const BLOCK_BYTES = 128;

/** Shorter rows are sorted as a whole: clearing and summing counters for the candidates takes as long. */
const SHORTEST_ROW = 256;

/** Keys of a sample, and how long a row has to be for one. */
const SAMPLE = 1024;
const LONG_ROW = 8 * SAMPLE;

/** Deviations of what a sample says that are allowed for: one row of some hundreds needs another probe. */
const DEVIATIONS = 3;

/** Whether the first of rows of that size (known at compile time) are better selected than sorted. */
export function selectsFirst(size: number, first: number): boolean {
  return first > 0 && size >= SHORTEST_ROW && first <= size / 2;
}

/** How many keys a bound has to let through. */
interface Wanted {
  readonly least: number;
  readonly most: number;
}

/** What a sample of a row says of its first `count` elements: which of its keys bound them, how many those let through. */
export function sampled(size: number, count: number): { readonly sample: Wanted; readonly row: Wanted } {
  const share = size / SAMPLE;
  const deviation = (n: number): number => DEVIATIONS * (Math.sqrt(n) + 1);
  const expected = count / share;
  const least = Math.ceil(expected + deviation(expected));
  const most = Math.ceil(least + deviation(expected) / 2);
  return {
    sample: { least, most },
    row: { least: count, most: Math.min(size, Math.ceil((most + deviation(most)) * share)) },
  };
}

/** Keys in memory. */
interface Keys {
  readonly memory: Value;
  readonly size: number;
}

/** A range of keys that holds the bound looked for, and how many keys are below it and up to its end. */
interface Range {
  readonly low: Value;
  readonly high: Value;
  readonly below: Value;
  readonly upTo: Value;
}

export class SelectSort {
  private readonly rows: SortRows;
  private readonly key: SortKey;
  private readonly size: number;
  private readonly wanted: Wanted;
  private readonly inSample: Wanted | undefined;
  private readonly type: Type;
  private readonly vector: VectorType;

  /** For the first `count` elements of each row, of a size known at compile time. */
  constructor(rows: SortRows, key: SortKey, size: number, count: number) {
    this.rows = rows;
    this.key = key;
    this.size = size;
    const guess = size >= LONG_ROW ? sampled(size, count) : undefined;
    this.wanted = guess?.row ?? { least: count, most: count + Math.max(16, Math.ceil(count / 4)) };
    this.inSample = guess?.sample;
    this.type = keyType(rows.site, key);
    this.vector = rows.site.op.context.vector([BLOCK_BYTES / (key.width > 32 ? 8 : 4)], this.type);
  }

  /** Whether rows with NaN have no place in the order of keys. */
  get canFail(): boolean {
    return this.key.order === 'float';
  }

  /** Stores the first elements of the row at hand, or calls `otherwise` where it has NaN. */
  sort(otherwise: () => void): void {
    const { site } = this.rows;
    const keys = this.readKeys();
    const select = (): readonly Value[] => {
      const range = this.narrow(keys, this.wanted, this.inSample ? this.boundOfSample(keys, this.inSample) : undefined);
      this.sortCandidates(keys, range);
      return [];
    };
    if (!this.canFail) {
      select();
      return;
    }
    site.branch(
      this.hasNan(keys),
      () => {
        otherwise();
        return [];
      },
      select,
    );
  }

  /** Keys of the row as signed integers. */
  private readKeys(): Keys {
    const { rows, key, size } = this;
    const { site } = rows;
    const needed = keyOperands(site.op, key);
    const memory = site.scratch([size], this.type);
    site.parallel([size], rows.name('key'), ([i]) => {
      const elements = site.op.operands.map((x, k) => (needed.has(k) ? site.load(x, rows.at(i!)) : x));
      const { bits } = buildOrderedKey(site, key, elements, { zerosApart: false });
      site.storeScratch(this.flipSign(bits), memory, [i!]);
    });
    return { memory, size };
  }

  /** Between unsigned keys and signed ones of the same order. */
  private flipSign(key: Value): Value {
    const { builder, loc } = this.rows.site;
    return buildBinary('xor', builder, loc, key, this.constant(this.least));
  }

  private get least(): bigint {
    return -(2n ** BigInt(this.key.width > 32 ? 63 : 31));
  }

  /** Whether there are keys beyond those of the infinities. */
  private hasNan(keys: Keys): Value {
    const { site } = this.rows;
    const infinity = this.key.width > 32 ? 0x7ff0_0000_0000_0000n : 0x7f80_0000n;
    const { context } = site.op;
    const none = buildConstant(site.builder, site.loc, context.i1, 0);
    const [found] = this.scan(keys, [none], ([seen], key, any) => {
      const above = this.compare('sgt', key, infinity);
      const below = this.compare('slt', key, -infinity - 1n);
      return [site.or(seen!, any(site.or(above, below)))];
    });
    return found!;
  }

  /** Whether a key, or some lane of a vector of them, is in a relation to a key. */
  private compare(predicate: 'sle' | 'slt' | 'sgt' | 'eq', keys: Value, bound: Value | bigint): Value {
    const { site } = this.rows;
    const scalar = typeof bound === 'bigint' ? this.constant(bound) : bound;
    const rhs = keys.type === this.vector ? splat(site, this.vector, scalar) : scalar;
    return CmpIOp.build(site.builder, site.loc, { predicate, lhs: keys, rhs });
  }

  /** Runs over keys, a vector of them at a time, then one by one; `any` makes one truth of those of all lanes. */
  private scan(
    { memory, size }: Keys,
    inits: readonly Value[],
    body: (carried: Value[], keys: Value, any: (mask: Value) => Value, at: Value) => Value[],
  ): Value[] {
    const { rows, vector } = this;
    const { site } = rows;
    const { builder, loc } = site;
    const lanes = vector.shape[0]!;
    const whole = Math.floor(size / lanes);
    const carried = site.range({ lower: 0, upper: whole, name: rows.name('keys') }, inits, (o, values) => {
      const at = site.scale(o, lanes);
      const keys = LoadOp.build(builder, loc, { memref: memory, indices: [at], resultTypes: [vector] });
      return body(values, keys, (mask) => ReduceOrOp.build(builder, loc, { vector: mask }), at);
    });
    if (whole * lanes === size) return carried;
    return site.range({ lower: whole * lanes, upper: size, name: rows.name('keys') }, carried, (i, values) =>
      body(values, site.loadScratch(memory, [i]), (truth) => truth, i),
    );
  }

  /** How many keys are at most `bound`. */
  private count(keys: Keys, bound: Value): Value {
    const { rows, vector } = this;
    const { site } = rows;
    const { builder, loc } = site;
    const lanes = vector.shape[0]!;
    const whole = Math.floor(keys.size / lanes);
    const one = (truth: Value, type: Type): Value => ExtSIOp.build(builder, loc, { in: truth, resultTypes: [type] });
    // A true lane is -1.
    const zeros = splat(site, vector, this.constant(0n));
    const [sums] = site.range({ lower: 0, upper: whole, name: rows.name('count') }, [zeros], (o, [sum]) => {
      const indices = [site.scale(o, lanes)];
      const some = LoadOp.build(builder, loc, { memref: keys.memory, indices, resultTypes: [vector] });
      return [buildBinary('sub', builder, loc, sum!, one(this.compare('sle', some, bound), vector))];
    });
    const total = ReduceAddOp.build(builder, loc, { vector: sums! });
    const rest = { lower: whole * lanes, upper: keys.size, name: rows.name('count') };
    const [all] = site.range(rest, [total], (i, [sum]) => {
      const truth = this.compare('sle', site.loadScratch(keys.memory, [i]), bound);
      return [buildBinary('sub', builder, loc, sum!, one(truth, this.type))];
    });
    return IndexCastOp.build(builder, loc, { in: all!, resultTypes: [site.op.context.index] });
  }

  /** Halves the range of keys until it ends at a bound that lets through as many as wanted, or is one key. */
  private narrow(keys: Keys, { least, most }: Wanted, first?: Value): Range {
    const { site } = this.rows;
    const bits = BigInt(this.key.width);
    const last = bits === 32n || bits === 64n ? -this.least - 1n : this.least + (1n << bits) - 1n;
    const [low, high] = [this.constant(this.least), this.constant(last)];
    const [, below, upTo, lowest, highest] = site.repeat(
      [first ?? this.middle(low, high), site.index(0), site.index(keys.size), low, high],
      ([, , reached, from, to]) =>
        site.and(site.compare('lt', from!, to!), site.compare('gt', reached!, site.index(most))),
      ([probe, before, reached, from, to]) => {
        const count = this.count(keys, probe!);
        const enough = site.compare('ge', count, site.index(least));
        const next = buildBinary('add', site.builder, site.loc, probe!, this.constant(1n));
        const [newLow, newHigh] = [site.select(enough, from!, next), site.select(enough, probe!, to!)];
        return [
          this.middle(newLow, newHigh),
          site.select(enough, before!, count),
          site.select(enough, count, reached!),
          newLow,
          newHigh,
        ];
      },
    );
    return { low: lowest!, high: highest!, below: below!, upTo: upTo! };
  }

  /** low + (high - low) / 2, the difference unsigned. */
  private middle(low: Value, high: Value): Value {
    const { builder, loc } = this.rows.site;
    const difference = buildBinary('sub', builder, loc, high, low);
    const half = buildBinary('shr_u', builder, loc, difference, this.constant(1n));
    return buildBinary('add', builder, loc, low, half);
  }

  /** A bound that lets through as many keys as wanted of a sample: every so many of the row. */
  private boundOfSample(keys: Keys, wanted: Wanted): Value {
    const { site } = this.rows;
    const memory = site.scratch([SAMPLE], this.type);
    const step = Math.floor(this.size / SAMPLE);
    site.range({ lower: 0, upper: SAMPLE, name: this.rows.name('sample') }, [], (i) => {
      site.storeScratch(site.loadScratch(keys.memory, [site.scale(i, step)]), memory, [i]);
      return [];
    });
    return this.narrow({ memory, size: SAMPLE }, wanted).high;
  }

  /** Gathers the keys up to the end of the range, sorts them, and stores their elements. */
  private sortCandidates(keys: Keys, { high, below, upTo }: Range): void {
    const { rows, wanted, type } = this;
    const { site } = rows;
    const { context } = site.op;
    const room = wanted.most + 1;
    const [found, places] = [site.scratch([room], type), site.scratch([room], context.i32)];
    const all = site.index(wanted.most);
    // 1. Keys in order of their places; those equal to the bound, when they are too many, behind all others.
    const isMany = site.compare('gt', upTo, all);
    const [count] = site.branch(
      isMany,
      () => {
        const [less] = site.branch(
          site.compare('gt', below, site.index(0)),
          () => {
            const bound = buildBinary('sub', site.builder, site.loc, high, this.constant(1n));
            return [this.gather(keys, 'sle', bound, site.index(0), all, found, places)];
          },
          () => [site.index(0)],
        );
        return [this.gather(keys, 'eq', high, less!, site.index(wanted.least), found, places)];
      },
      () => [this.gather(keys, 'sle', high, site.index(0), all, found, places)],
    );
    // 2. Their order.
    const sort = new RadixSort(rows, this.key, digitsOf(this.key, room), {
      size: count!,
      room,
      keyAt: (i) => this.flipSign(site.loadScratch(found, [i])),
      placeAt: (i) => site.loadScratch(places, [i]),
    });
    sort.prepare();
    sort.sort(sort.count());
  }

  /** Appends keys that compare with `bound`, and their places, until there are `limit`. Returns how many there are then. */
  private gather(
    keys: Keys,
    predicate: 'sle' | 'eq',
    bound: Value,
    start: Value,
    limit: Value,
    found: Value,
    places: Value,
  ): Value {
    const { rows, vector } = this;
    const { site } = rows;
    const { builder, loc, op } = site;
    const lanes = vector.shape[0]!;
    /** Without a branch: what is not counted is written over. */
    const append = (i: Value, count: Value): Value[] => {
      const key = site.loadScratch(keys.memory, [i]);
      site.storeScratch(key, found, [count]);
      const place = IndexCastOp.build(builder, loc, { in: i, resultTypes: [op.context.i32] });
      site.storeScratch(place, places, [count]);
      const counts = site.and(this.compare(predicate, key, bound), site.compare('lt', count, limit));
      const one = IndexCastUIOp.build(builder, loc, { in: counts, resultTypes: [op.context.index] });
      return [site.add(count, one)];
    };
    const [count] = this.scan(keys, [start], ([sum], some, any, at) => {
      if (some.type !== vector) return append(at, sum!);
      return site.branch(
        any(this.compare(predicate, some, bound)),
        () =>
          site.range({ lower: 0, upper: lanes, name: rows.name('some') }, [sum!], (l, [c]) =>
            append(site.add(at, l), c!),
          ),
        () => [sum!],
      );
    });
    return count!;
  }

  private constant(value: bigint): Value {
    const { site } = this.rows;
    return buildConstant(site.builder, site.loc, this.type, value);
  }
}
