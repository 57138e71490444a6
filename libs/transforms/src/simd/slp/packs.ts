// Packs: scalars that become the lanes of one vector, with the packs they are computed from, and what it all costs.
//
//   [a0 * b0, a1 * b0, a0 * b2, a1 * b2]  =  [a0, a1, a0, a1] * [b0, b0, b2, b2]      one load and one shuffle each
//
// Lanes are looked at together from the result down. Operands of commutative ops come in the order in which lanes fit
// together best. Where some lanes add and others subtract, x - y is x + (-y), bit by bit; a fused multiply-add whose
// rounding is left open (`relaxed`) is a product and a sum where other lanes have none.
import { type Attribute, Commutative, Elementwise, InternalError, type Operation, type Value } from '@budflow/ir';
import type { BlockMemory, RowElement } from './block-memory.js';

/** A lane: a scalar of the program, or the product inside of a relaxed multiply-add. */
export type Lane = { readonly value: Value } | { readonly factors: readonly [Value, Value]; readonly of: Operation };

export type Pack = { readonly lanes: readonly Lane[] } & (
  | { readonly kind: 'splat' | 'constant' | 'gather' }
  /** Lane l is element `first + order[l]` of a row. */
  | { readonly kind: 'load'; readonly at: RowElement; readonly first: number; readonly order: readonly number[] }
  | { readonly kind: 'op'; readonly op: Operation; readonly operands: readonly Pack[]; readonly fastmath: boolean }
  | { readonly kind: 'product'; readonly of: Operation; readonly operands: readonly Pack[] }
  /** x + y, with y negated in some lanes. */
  | {
      readonly kind: 'sum';
      readonly of: Operation;
      readonly operands: readonly Pack[];
      readonly negated: readonly boolean[];
    }
);

const SUMS = new Set(['arith.addf', 'arith.subf', 'math.fma']);
const INTEGER_SUMS = new Set(['arith.addi', 'arith.subi']);
const DEPTH_LIMIT = 16;
const LOOK_AHEAD = 2;

/** Whether its first two operands may change places: the factors of a multiply-add, too. */
const commutes = (op: Operation): boolean => op.info?.hasTrait(Commutative) === true || op.name === 'math.fma';

export class PackBuilder {
  private readonly memory: BlockMemory;
  private readonly stores: ReadonlySet<Operation>;
  private readonly last: Operation;
  private readonly known = new Map<string, Pack>();
  private readonly ids = new Map<Value, number>();

  /** For stores that become one at the place of `last`. */
  constructor(memory: BlockMemory, stores: ReadonlySet<Operation>, last: Operation) {
    this.memory = memory;
    this.stores = stores;
    this.last = last;
  }

  build(lanes: readonly Lane[], depth = 0): Pack {
    const key = lanes.map((l) => this.keyOf(l)).join(' ');
    let pack = this.known.get(key);
    if (!pack) {
      pack = this.make(lanes, depth);
      this.known.set(key, pack);
    }
    return pack;
  }

  private make(lanes: readonly Lane[], depth: number): Pack {
    const gather: Pack = { kind: 'gather', lanes };
    const values = lanes.map((l) => ('value' in l ? l.value : null));
    if (values.every((v) => v !== null && v === values[0])) return { kind: 'splat', lanes };
    if (depth > DEPTH_LIMIT) return this.hasProducts(lanes) ? this.product(lanes, depth) : gather;
    const ops = lanes.map((l) => ('value' in l ? this.opOf(l.value) : l.of));
    if (ops.some((op) => op === null)) return gather;
    const all = ops as Operation[];
    if (this.hasProducts(lanes)) return this.product(lanes, depth);
    if (all.every((op) => op.name === 'arith.constant')) return { kind: 'constant', lanes };
    if (all.every((op) => op.name === 'memory.load')) return this.load(lanes, all) ?? gather;
    const [first] = all as [Operation];
    if (all.every((op) => op.name === first.name)) return this.same(lanes, all, depth) ?? gather;
    const relaxed = all.every((op) => op.name !== 'math.fma' || op.attr('relaxed') !== undefined);
    if (relaxed && all.every((op) => SUMS.has(op.name))) return this.sum(lanes, all, depth);
    if (all.every((op) => INTEGER_SUMS.has(op.name)) && first.result(0).type === first.context.i32)
      return this.sum(lanes, all, depth);
    return gather;
  }

  /** The op of the block that computes a value. */
  private opOf(value: Value): Operation | null {
    const op = value.definingOp;
    if (op === null || op.name === 'arith.constant') return op;
    return op.parent === this.last.parent && op.isBeforeInBlock(this.last) ? op : null;
  }

  private hasProducts(lanes: readonly Lane[]): boolean {
    return lanes.some((l) => 'factors' in l);
  }

  private load(lanes: readonly Lane[], loads: readonly Operation[]): Pack | null {
    const elements = loads.map((op) => this.memory.element(op));
    const at = elements[0];
    if (!at || elements.some((e) => e?.row !== at.row)) return null;
    const constants = elements.map((e) => e!.constant);
    const [low, high] = [Math.min(...constants), Math.max(...constants)];
    const first = this.memory.window(at, low, high, lanes.length);
    if (first === null || !this.memory.canSink(loads, this.stores, this.last)) return null;
    return { kind: 'load', lanes, at, first, order: constants.map((c) => c - first) };
  }

  /** One op in all lanes. */
  private same(lanes: readonly Lane[], ops: readonly Operation[], depth: number): Pack | null {
    const [first] = ops as [Operation];
    if (first.resultCount !== 1 || first.ownRegions !== null) return null;
    if (!first.info.hasTrait(Elementwise) && first.name !== 'arith.select') return null;
    const types = (op: Operation) => [...op.operands.map((v) => v.type), op.result(0).type];
    const wanted = types(first);
    if (!ops.every((op) => types(op).every((t, i) => t === wanted[i]))) return null;
    const fastmath = ops.every((op) => op.attributes === first.attributes);
    if (!fastmath && !ops.every((op) => sameButFastmath(op, first))) return null;
    const ordered = this.ordered(
      ops.map((op) => op.operands.map((value): Lane => ({ value }))),
      commutes(first),
    );
    return { kind: 'op', lanes, op: first, operands: this.columns(ordered, depth), fastmath };
  }

  private product(lanes: readonly Lane[], depth: number): Pack {
    const factors = lanes.map((l): readonly Lane[] | null => {
      if ('factors' in l) return l.factors.map((value) => ({ value }));
      const op = this.opOf(l.value);
      return op?.name === 'arith.mulf' ? op.operands.map((value) => ({ value })) : null;
    });
    const of = lanes.flatMap((l) => ('factors' in l ? [l.of] : []))[0]!;
    const all = factors.filter((f) => f !== null);
    if (all.length < lanes.length) throw new InternalError('slp-vectorize: a product among lanes that are none', of);
    return { kind: 'product', lanes, of, operands: this.columns(this.ordered(all, true), depth) };
  }

  /** Additions and subtractions mixed. */
  private sum(lanes: readonly Lane[], ops: readonly Operation[], depth: number): Pack {
    const negated = ops.map((op) => op.name === 'arith.subf' || op.name === 'arith.subi');
    const terms = ops.map((op): readonly Lane[] =>
      op.name === 'math.fma'
        ? [{ value: op.operand(2) }, { factors: [op.operand(0), op.operand(1)], of: op }]
        : op.operands.map((value) => ({ value })),
    );
    // Subtractions cannot be turned: the others follow the first one.
    const fixed = negated.indexOf(true);
    const reference = terms[Math.max(0, fixed)]!;
    const ordered = terms.map((pair, l) => {
      if (negated[l]) return pair;
      const [x, y] = pair as [Lane, Lane];
      const turned = this.score(y, reference[0]!) + this.score(x, reference[1]!);
      return turned > this.score(x, reference[0]!) + this.score(y, reference[1]!) ? [y, x] : pair;
    });
    // A product inside of a multiply-add is no value: the others must have one in its place.
    const isProduct = (l: Lane) => 'factors' in l || this.opOf(l.value)?.name === 'arith.mulf';
    const fits = [0, 1].every(
      (i) => !this.hasProducts(ordered.map((t) => t[i]!)) || ordered.every((t) => isProduct(t[i]!)),
    );
    if (!fits) return { kind: 'gather', lanes };
    return { kind: 'sum', lanes, of: ops[0]!, operands: this.columns(ordered, depth), negated };
  }

  /** Operands in the order in which they fit to those of the first lane. */
  private ordered(rows: readonly (readonly Lane[])[], commutative: boolean): readonly (readonly Lane[])[] {
    if (!commutative) return rows;
    const done: (readonly Lane[])[] = [];
    for (const row of rows) {
      const before = done[done.length - 1];
      if (!before) {
        done.push(row);
        continue;
      }
      const [x, y, ...rest] = row as [Lane, Lane, ...Lane[]];
      const [a, b] = before as [Lane, Lane];
      const turned = this.score(y, a) + this.score(x, b) > this.score(x, a) + this.score(y, b);
      done.push(turned ? [y, x, ...rest] : row);
    }
    return done;
  }

  private columns(rows: readonly (readonly Lane[])[], depth: number): Pack[] {
    return rows[0]!.map((_, i) =>
      this.build(
        rows.map((row) => row[i]!),
        depth + 1,
      ),
    );
  }

  /** How well two lanes go together. */
  private score(a: Lane, b: Lane, depth = 0): number {
    if ('factors' in a || 'factors' in b) {
      const isProduct = (l: Lane) => 'factors' in l || this.opOf(l.value)?.name === 'arith.mulf';
      return isProduct(a) && isProduct(b) ? 3 : 0;
    }
    if (a.value === b.value) return 4;
    const [p, q] = [this.opOf(a.value), this.opOf(b.value)];
    if (!p || !q) return p === q ? 1 : 0;
    if (p.name === 'memory.load' && q.name === 'memory.load') {
      const [x, y] = [this.memory.element(p), this.memory.element(q)];
      return x && y && x.row === y.row ? (Math.abs(x.constant - y.constant) === 1 ? 4 : 3) : 0;
    }
    if (p.name !== q.name) return SUMS.has(p.name) && SUMS.has(q.name) ? 2 : 0;
    if (depth >= LOOK_AHEAD || p.operandCount === 0) return 2;
    const of = (op: Operation, i: number): Lane => ({ value: op.operand(i) });
    const straight = sum(p.operands.map((_, i) => this.score(of(p, i), of(q, i), depth + 1)));
    const crossed =
      p.operandCount === 2 ? this.score(of(p, 0), of(q, 1), depth + 1) + this.score(of(p, 1), of(q, 0), depth + 1) : 0;
    return 2 + (commutes(p) ? Math.max(straight, crossed) : straight) / 8;
  }

  private keyOf(lane: Lane): string {
    return 'value' in lane ? `${this.id(lane.value)}` : lane.factors.map((v) => this.id(v)).join('*');
  }

  private id(value: Value): number {
    const known = this.ids.get(value);
    if (known !== undefined) return known;
    this.ids.set(value, this.ids.size);
    return this.ids.size - 1;
  }
}

function sum(list: readonly number[]): number {
  return list.reduce((a, b) => a + b, 0);
}

/** Attributes are the same, apart from permissions that may be given up. */
function sameButFastmath(a: Operation, b: Operation): boolean {
  const names = new Set([...a.attributes.names, ...b.attributes.names]);
  names.delete('fastmath');
  return [...names].every((name): boolean => {
    const [x, y]: (Attribute | undefined)[] = [a.attr(name), b.attr(name)];
    return x === y;
  });
}
