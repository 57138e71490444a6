// Buffers that a sort needs for each row. A static row has private ones, made where the row is sorted; where a size is
// known only at run time the rows of all of them lie in one buffer, made outside of the loops over rows.
import type { Type, Value } from '@budflow/ir';
import type { LoweringSite, Size } from './site.js';

/** A buffer with one element for each place of the row at hand. */
export interface RowBuffer {
  load(i: Value): Value;
  store(value: Value, i: Value): void;
}

export class SortRows {
  readonly site: LoweringSite;
  /** Elements of a row. */
  readonly size: Size;
  private readonly others: readonly Size[];
  private readonly dim: number;
  private row: readonly Value[] = [];
  private names = 0;

  constructor(site: LoweringSite, dim: number) {
    this.site = site;
    this.dim = dim;
    const sizes = site.sizes(site.op.operand(0));
    this.size = sizes[dim]!;
    this.others = sizes.filter((_, d) => d !== dim);
  }

  /** Buffers of a row, or of some of its elements, by element type; called outside of the loops over rows. */
  provide(types: readonly Type[], some?: number): () => RowBuffer[] {
    const make = (type: Type, outer: readonly Size[]): RowBuffer => {
      const memory = this.site.scratch([...outer, some ?? this.size], type);
      const at = (i: Value) => (outer.length ? [...this.row, i] : [i]);
      return {
        load: (i) => this.site.loadScratch(memory, at(i)),
        store: (value, i) => this.site.storeScratch(value, memory, at(i)),
      };
    };
    if (some !== undefined || typeof this.size === 'number') return () => types.map((type) => make(type, []));
    const shared = types.map((type) => make(type, this.others));
    return () => shared;
  }

  /** Loops over the rows. */
  forEach(body: () => void): void {
    if (this.others.length === 0) body();
    else
      this.site.parallel(this.others, this.site.name, (row) => {
        this.row = row;
        body();
      });
  }

  /** The index of element `i` of the row in operands and results. */
  at(i: Value): Value[] {
    return [...this.row.slice(0, this.dim), i, ...this.row.slice(this.dim)];
  }

  /** The elements of all operands at a place of the row. */
  elements(i: Value): Value[] {
    return this.site.op.operands.map((x) => this.site.load(x, this.at(i)));
  }

  /** A loop name that no other loop of the kernel has. */
  name(what: string): string {
    return `${this.site.name}_${what}.s${this.names++}`;
  }
}
