// Random kernels in the form array-to-loop leaves them: chains, stencils, reductions, updates in place, triangles, shifted,
// transposed and reversed accesses. Domains have at most 6 points a side; all subscripts stay within the buffers.
import { generator } from '../../../../libs/transforms/src/scheduling/testing/kernel.js';

export type Next = () => number;

/** Size of every dimension of an argument: more than any subscript. */
const SIZE = 16;

export interface RandomKernel {
  readonly text: string;
  readonly stages: readonly string[];
}

export function randomKernel(seed: number): RandomKernel {
  const next = generator(seed * 2654435761 + 12345);
  for (let i = 0; i < 8; i++) next();
  return new KernelWriter(next).write();
}

class KernelWriter {
  private readonly next: Next;
  private readonly isFloat: boolean;
  private readonly type: string;
  private names = 0;
  private readonly lines: string[] = [];
  private readonly stages: string[] = [];
  /** Buffers between stages, private to the kernel. */
  private readonly scratch: string[] = [];

  constructor(next: Next) {
    this.next = next;
    this.isFloat = next() % 2 === 0;
    this.type = this.isFloat ? 'f32' : 'i32';
  }

  private pick<T>(list: readonly T[]): T {
    return list[this.next() % list.length]!;
  }
  private chance(percent: number): boolean {
    return this.next() % 100 < percent;
  }
  private name(): string {
    return `%v${this.names++}`;
  }

  write(): RandomKernel {
    const { type } = this;
    const one = this.isFloat ? '1.0' : '3';
    this.lines.push(
      `func.func @f(%a: memref<${SIZE}x${SIZE}x${type}>, %b: memref<${SIZE}x${SIZE}x${type}>, %c: memref<${SIZE}x${type}>, %d: memref<${SIZE}x${SIZE}x${type}>, %flag: i1) {`,
      `%one = arith.constant ${one} : ${type}`,
      `%zero = arith.constant ${this.isFloat ? '0.0' : '0'} : ${type}`,
    );
    const stages = this.pick([1, 2, 2, 3, 3]);
    const [n, m] = [2 + (this.next() % 5), 2 + (this.next() % 5)];
    for (let s = 0; s < stages; s++) this.stage(`s${s}`, n, m, s < stages - 1);
    this.lines.push('return', '}');
    return { text: this.lines.join('\n'), stages: this.stages };
  }

  private stage(name: string, n: number, m: number, isInner: boolean): void {
    this.stages.push(name);
    const kind = this.pick(['map', 'map', 'stencil', 'reduce', 'update', 'accumulate', 'matmul'] as const);
    const depth = kind === 'matmul' ? 2 : 1 + (this.next() % 2);
    let target: string | undefined;
    if (
      isInner &&
      this.chance(50) &&
      (kind === 'map' || kind === 'reduce' || kind === 'stencil' || kind === 'matmul')
    ) {
      target = `%t${this.scratch.length}`;
      this.lines.push(`${target} = memory.alloca() : memref<${SIZE}x${SIZE}x${this.type}>`);
    }
    const ivs: string[] = [];
    for (let d = 0; d < depth; d++) {
      const iv = `%${name}_${d}`;
      const size = d === 0 ? n : m;
      const triangle = d > 0 && this.chance(20);
      const bound = !triangle
        ? `0 to ${size}`
        : this.chance(50)
          ? `0 to affine_map<(d0) -> (d0 + 1)>(${ivs[d - 1]})`
          : `affine_map<(d0) -> (d0)>(${ivs[d - 1]}) to 6`;
      this.lines.push(`loop.for ${iv} = ${bound} name "${name}.d${d}" {`);
      ivs.push(iv);
    }
    this.body(kind, name, ivs, target);
    for (let d = 0; d < depth; d++) this.lines.push('}');
    if (target) this.scratch.push(target);
  }

  private body(
    kind: 'map' | 'stencil' | 'reduce' | 'update' | 'accumulate' | 'matmul',
    name: string,
    ivs: readonly string[],
    target: string | undefined,
  ): void {
    const { type } = this;
    const full = `memref<${SIZE}x${SIZE}x${type}>`;
    const out = target ?? '%d';
    switch (kind) {
      case 'map':
      case 'stencil': {
        let value = this.load(ivs, undefined, kind === 'stencil');
        for (let k = 0; k < 1 + (this.next() % 2); k++) value = this.combine(value, this.load(ivs, undefined, true));
        if (this.chance(15)) {
          this.lines.push('loop.if %flag {');
          this.store(value, out, this.own(ivs), full);
          this.lines.push('}');
        } else this.store(value, out, this.own(ivs), full);
        return;
      }
      case 'update': {
        // In place: reads what it writes, at some distance.
        const at = this.chance(40) ? this.own(ivs) : this.indices(ivs, 2, true);
        const value = this.combine(this.read('%d', this.chance(30) ? at : this.indices(ivs, 2, true), full), '%one');
        this.store(value, '%d', at, full);
        return;
      }
      case 'accumulate': {
        // A sum in an argument, of several iterations in one element.
        const at = this.indices(ivs.slice(0, this.next() % (ivs.length + 1)), 1, false);
        const cell = `memref<${SIZE}x${type}>`;
        const value = this.load(ivs, ['%a', '%b'], true);
        const old = this.read('%c', at, cell);
        const made = this.name();
        this.lines.push(`${made} = ${this.accumulator()} ${old}, ${value} : ${type}`);
        this.store(made, '%c', at, cell);
        return;
      }
      default: {
        // A reduction with a private accumulator.
        const acc = this.name();
        const iv = `%${name}_r`;
        const op = this.accumulator();
        this.lines.push(`${acc} = memory.alloca() : memref<${type}>`, `memory.store %zero, ${acc}[] : memref<${type}>`);
        this.lines.push(`loop.for ${iv} = 0 to ${2 + (this.next() % 5)} name "${name}.r0" {`);
        let value = this.load([...ivs, iv], ['%a', '%b', ...this.scratch], true);
        if (kind === 'matmul') {
          const x = this.read('%a', [ivs[0]!, iv], full);
          value = this.combine(x, this.read('%b', [iv, ivs[1]!], full));
        }
        const old = this.name();
        const made = this.name();
        this.lines.push(
          `${old} = memory.load ${acc}[] : memref<${type}>`,
          `${made} = ${op} ${old}, ${value} : ${type}`,
          `memory.store ${made}, ${acc}[] : memref<${type}>`,
          '}',
        );
        const total = this.name();
        this.lines.push(`${total} = memory.load ${acc}[] : memref<${type}>`);
        this.store(total, out, this.own(ivs), full);
      }
    }
  }

  private accumulator(): string {
    return this.isFloat
      ? this.pick(['arith.addf', 'arith.maximumf'])
      : this.pick(['arith.addi', 'arith.maxsi', 'arith.muli']);
  }
  private combine(x: string, y: string): string {
    const made = this.name();
    const op = this.isFloat
      ? this.pick(['arith.addf', 'arith.mulf'])
      : this.pick(['arith.addi', 'arith.muli', 'arith.xori']);
    this.lines.push(`${made} = ${op} ${x}, ${y} : ${this.type}`);
    return made;
  }

  /** The element of an iteration: its own variables. */
  private own(ivs: readonly string[]): string[] {
    return ivs.length === 1 ? [ivs[0]!, this.constant(this.next() % 2)] : ivs.slice(0, 2);
  }
  private constant(value: number): string {
    const made = this.name();
    this.lines.push(`${made} = arith.constant ${value} : index`);
    return made;
  }

  private load(
    ivs: readonly string[],
    from: readonly string[] = ['%a', '%b', '%d', ...this.scratch, ...this.scratch],
    shifts = false,
  ): string {
    const buffer = this.pick(from);
    const own = buffer.startsWith('%t') && this.chance(70);
    return this.read(
      buffer,
      own ? this.own(ivs) : this.indices(ivs, 2, shifts),
      `memref<${SIZE}x${SIZE}x${this.type}>`,
    );
  }

  /** Subscripts below SIZE: variables in any order, shifted, doubled, reversed or added. */
  private indices(ivs: readonly string[], rank: number, shifts: boolean): string[] {
    const order = this.chance(30) ? [...ivs].reverse() : [...ivs];
    return Array.from({ length: rank }, (_, k): string => {
      const iv = order[k] ?? (shifts && ivs.length > 0 && this.chance(40) ? this.pick(ivs) : undefined);
      if (iv === undefined) return this.constant(this.next() % 3);
      const roll = shifts ? this.next() % 10 : 0;
      if (roll < 5) return iv;
      const made = this.name();
      const other = this.pick(ivs);
      const e =
        roll < 7 ? `d0 + ${1 + (this.next() % 2)}` : roll === 7 ? 'd0 * 2 + 1' : roll === 8 ? '-d0 + 7' : 'd0 + d1';
      const operands = e.includes('d1') ? `(${iv}, ${other})` : `(${iv})`;
      this.lines.push(`${made} = loop.apply affine_map<(${e.includes('d1') ? 'd0, d1' : 'd0'}) -> (${e})>${operands}`);
      return made;
    });
  }

  private read(buffer: string, at: readonly string[], type: string): string {
    const made = this.name();
    this.lines.push(`${made} = memory.load ${buffer}[${at.join(', ')}] : ${type}`);
    return made;
  }
  private store(value: string, buffer: string, at: readonly string[], type: string): void {
    this.lines.push(`memory.store ${value}, ${buffer}[${at.join(', ')}] : ${type}`);
  }
}
