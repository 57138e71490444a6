// The memory accesses of one block as slp-vectorize sees them: addresses that differ by constants, which neighbours are
// surely inside of the buffer, and what may be moved past what.
import { type Access, collectAccesses, DependenceAnalysis, IndexSpace } from '@budflow/analysis';
import { linearForm, normalizeExpr } from '@budflow/dialect-loop';
import {
  AffineExpr,
  type Block,
  DYNAMIC,
  type MemRefType,
  type Operation,
  StridedLayoutAttr,
  type Value,
} from '@budflow/ir';

/** Element `constant` of a row: of what lies along the last dimension of a buffer at some place. */
export interface RowElement {
  readonly row: string;
  readonly constant: number;
  readonly memref: Value;
  readonly indices: readonly Value[];
}

/** Constants that are surely elements of a row, and an access that names one of them. */
interface Row {
  low: number;
  high: number;
  readonly sample: RowElement;
}

interface Effect {
  readonly op: Operation;
  readonly at: number;
  readonly accesses: readonly Access[];
  readonly unknown: boolean;
}

export class BlockMemory {
  private readonly space = new IndexSpace();
  private readonly analysis: DependenceAnalysis;
  private readonly elements = new Map<Operation, RowElement>();
  private readonly rows = new Map<string, Row>();
  private readonly effects: Effect[] = [];
  private readonly positions = new Map<Operation, number>();
  private readonly bufferIds = new Map<Value, number>();

  constructor(kernel: Operation, block: Block) {
    this.analysis = new DependenceAnalysis(kernel, []);
    block.ops.forEach((op, at) => {
      this.positions.set(op, at);
      const isLoad = op.name === 'memory.load';
      if (isLoad || op.name === 'memory.store') this.enter(op, isLoad ? 0 : 1);
      const { accesses, unknown } = op === block.lastOp ? { accesses: [], unknown: undefined } : collectAccesses(op);
      if (accesses.length > 0 || unknown) this.effects.push({ op, at, accesses, unknown: unknown !== undefined });
    });
  }

  /** Where an element access of the block goes; undefined where neighbours are not neighbours in memory. */
  element(op: Operation): RowElement | undefined {
    return this.elements.get(op);
  }

  position(op: Operation): number {
    return this.positions.get(op) ?? -1;
  }

  /** The first constant of `count` elements of a row that hold those from `low` to `high`; null when none surely do. */
  window(element: RowElement, low: number, high: number, count: number): number | null {
    const row = this.rows.get(element.row);
    if (!row || high - low >= count) return null;
    const first = Math.max(row.low, Math.min(low, row.high - count + 1));
    return first <= low && first + count - 1 >= high && first + count - 1 <= row.high ? first : null;
  }

  /**
   * Whether the loads may run where `last` is, and the stores all there, behind the loads: nothing in between writes what
   * is read or touches what is written.
   */
  canSink(loads: readonly Operation[], stores: ReadonlySet<Operation>, last: Operation): boolean {
    const end = this.position(last);
    const between = (op: Operation): Effect[] =>
      this.effects.filter((e) => e.at > this.position(op) && e.at <= end && !stores.has(e.op));
    for (const load of loads) {
      const own = this.accessesOf(load);
      if (
        between(load).some(
          (e) =>
            e.unknown ||
            this.meet(
              own,
              e.accesses.filter((a) => a.kind === 'write'),
            ),
        )
      )
        return false;
      for (const store of stores)
        if (this.position(store) < this.position(load) && this.meet(this.accessesOf(store), own)) return false;
    }
    for (const store of stores) {
      const own = this.accessesOf(store);
      if (between(store).some((e) => e.unknown || this.meet(own, e.accesses))) return false;
    }
    return true;
  }

  private accessesOf(op: Operation): readonly Access[] {
    return this.effects.find((e) => e.op === op)?.accesses ?? [];
  }

  private meet(some: readonly Access[], others: readonly Access[]): boolean {
    return some.some((a) => others.some((b) => this.analysis.between(a, b) !== null));
  }

  private enter(op: Operation, first: number): void {
    const memref = op.operand(first);
    const type = memref.type as MemRefType;
    const indices = op.operands.slice(first + 1);
    const isRow =
      type.layout === null || (type.layout instanceof StridedLayoutAttr && type.layout.strides[type.rank - 1] === 1);
    if (!isRow || type.rank === 0) return;
    const exprs = indices.map((v) => this.space.of(v));
    const last = exprs[exprs.length - 1]!;
    const { terms, constant } = linearForm(last);
    const rest = normalizeExpr(last.sub(AffineExpr.constant(constant)));
    let id = this.bufferIds.get(memref);
    if (id === undefined) {
      id = this.bufferIds.size;
      this.bufferIds.set(memref, id);
    }
    const row = `${id}[${[...exprs.slice(0, -1), rest].join(', ')}]`;
    const element = { row, constant, memref, indices };
    this.elements.set(op, element);
    const known = this.rows.get(row);
    if (known) {
      known.low = Math.min(known.low, constant);
      known.high = Math.max(known.high, constant);
      return;
    }
    const size = type.shape[type.rank - 1]!;
    // Constant indices: the whole row is there.
    const whole = terms.size === 0 && size !== DYNAMIC;
    this.rows.set(row, { low: whole ? 0 : constant, high: whole ? size - 1 : constant, sample: element });
  }
}
