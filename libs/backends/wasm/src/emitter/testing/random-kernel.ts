// Random kernels that do nothing undefined: nested loops, branches, carried values of several types, loads and stores
// of three arrays and scratch memory in any order.
import { generator } from './run.js';

type T = 'f32' | 'i32' | 'i64' | 'i1' | 'index' | 'v' | 'm';
const TEXT: Record<T, string> = {
  f32: 'f32',
  i32: 'i32',
  i64: 'i64',
  i1: 'i1',
  index: 'index',
  v: 'vector<4xf32>',
  m: 'vector<4xi1>',
};
const TYPES: readonly T[] = ['f32', 'i32', 'i64', 'index', 'v'];
/** Elements of each array; vector accesses reach 3 further than an index. */
export const SIZE = 64;
const INDEX_LIMIT = SIZE - 4;

interface Value {
  readonly name: string;
  readonly type: T;
}

/** An affine index: its text and inclusive range. */
interface Affine {
  readonly name: string;
  readonly low: number;
  readonly high: number;
}

export class RandomKernel {
  private readonly next: () => number;
  private readonly lines: string[] = [];
  private names = 0;
  private budget: number;

  constructor(seed: number, size = 60) {
    this.next = generator(seed);
    this.budget = size;
  }

  text(): string {
    this.emit('%tmp = memory.alloca() {rt.scratch_offset = 0 : i64} : memref<64xf32>');
    this.emit('%n = memory.dim %x, 0 : memref<?xf32>');
    const values: Value[] = [];
    for (const type of TYPES) values.push(this.constant(type), this.constant(type));
    // Scratch memory is not defined before it is written.
    this.emit(
      'loop.for %init = 0 to 64 {',
      '  %seven = arith.constant 7.0 : f32',
      '  memory.store %seven, %tmp[%init] : memref<64xf32>',
      '}',
    );
    this.block(values, [], 0);
    for (const value of values.filter((v) => v.type === 'f32' || v.type === 'v').slice(-3)) this.store(value, []);
    return `
func.func @k(%x: memref<?xf32>, %y: memref<64xi32>, %z: memref<?xf32>, %begin: index, %end: index) -> index attributes {rt.scratch_bytes = 256 : i64} {
  ${this.lines.join('\n  ')}
  return %end : index
}`;
  }

  private emit(...lines: string[]): void {
    this.lines.push(...lines);
  }
  private below(n: number): number {
    return this.next() % n;
  }
  private name(): string {
    return `%v${this.names++}`;
  }
  private pick<V>(list: readonly V[]): V {
    return list[this.below(list.length)]!;
  }

  private value(values: readonly Value[], type: T): Value {
    const fitting = values.filter((v) => v.type === type);
    if (fitting.length === 0 || this.below(12) === 0) return this.constant(type);
    // Mostly recent ones, so that trees and short live ranges occur beside long ones.
    return fitting[Math.max(0, fitting.length - 1 - (this.below(4) ? this.below(3) : this.below(fitting.length)))]!;
  }

  private constant(type: T): Value {
    const name = this.name();
    const k = this.below(9) - 4;
    const text = {
      f32: `${k}.5`,
      i32: `${k}`,
      i64: `${k}`,
      i1: k > 0 ? 'true' : 'false',
      index: `${k + 5}`,
      v: `dense<${k}.25>`,
      m: `dense<${k > 0}>`,
    }[type];
    this.emit(`${name} = arith.constant ${text}${type === 'i1' ? '' : ` : ${TEXT[type]}`}`);
    return { name, type };
  }

  /** An index into the arrays made of induction variables. */
  private affine(ivs: readonly Affine[]): string {
    const name = this.name();
    const chosen = ivs.filter(() => this.below(3) > 0).slice(-3);
    const coefficients = chosen.map(() => this.below(6) - 1);
    let low = 0;
    let high = 0;
    chosen.forEach((iv, i) => {
      low += Math.min(coefficients[i]! * iv.low, coefficients[i]! * iv.high);
      high += Math.max(coefficients[i]! * iv.low, coefficients[i]! * iv.high);
    });
    const dims = chosen.map((_, i) => `d${i}`);
    let sum = dims.map((d, i) => `${d} * ${coefficients[i]}`).join(' + ') || '0';
    const constant = this.below(8) - low;
    if (high + constant > INDEX_LIMIT) sum = `(${sum}) mod ${INDEX_LIMIT - 9} + ${this.below(8)}`;
    else sum = `${sum} + ${constant}`;
    this.emit(
      `${name} = loop.apply affine_map<(${dims.join(', ')}) -> (${sum})>(${chosen.map((iv) => iv.name).join(', ')})`,
    );
    return name;
  }

  private store(value: Value, ivs: readonly Affine[]): void {
    const at = this.affine(ivs);
    if (value.type === 'i32') this.emit(`memory.store ${value.name}, %y[${at}] : memref<64xi32>`);
    else {
      const [array, type] = this.pick([
        ['%x', '?xf32'],
        ['%z', '?xf32'],
        ['%tmp', '64xf32'],
      ] as const);
      if (value.type === 'f32') this.emit(`memory.store ${value.name}, ${array}[${at}] : memref<${type}>`);
      else this.emit(`simd.store ${value.name}, ${array}[${at}] : memref<${type}>, vector<4xf32>`);
    }
  }

  private load(type: 'f32' | 'i32' | 'v', ivs: readonly Affine[]): Value {
    const at = this.affine(ivs);
    const name = this.name();
    if (type === 'i32') this.emit(`${name} = memory.load %y[${at}] : memref<64xi32>`);
    else {
      const [array, memref] = this.pick([
        ['%x', '?xf32'],
        ['%z', '?xf32'],
        ['%tmp', '64xf32'],
      ] as const);
      if (type === 'f32') this.emit(`${name} = memory.load ${array}[${at}] : memref<${memref}>`);
      else this.emit(`${name} = simd.load ${array}[${at}] : memref<${memref}>, vector<4xf32>`);
    }
    return { name, type };
  }

  private arithmetic(values: readonly Value[], ivs: readonly Affine[]): Value {
    const name = this.name();
    const type = this.pick(TYPES);
    const two = (op: string, t: T = type): Value => {
      const [a, b] = [this.value(values, t), this.value(values, t)];
      this.emit(`${name} = ${op} ${a.name}, ${b.name} : ${TEXT[t]}`);
      return { name, type: t };
    };
    switch (type) {
      case 'f32':
        if (this.below(6) === 0) {
          const v = this.value(values, 'v');
          this.emit(`${name} = simd.reduce_${this.pick(['add', 'max', 'min'])} ${v.name} : vector<4xf32>`);
          return { name, type };
        }
        if (this.below(6) === 0) {
          const c = this.value(values, 'i1');
          const [a, b] = [this.value(values, 'f32'), this.value(values, 'f32')];
          this.emit(`${name} = arith.select ${c.name}, ${a.name}, ${b.name} : f32`);
          return { name, type };
        }
        return two(this.pick(['arith.addf', 'arith.subf', 'arith.mulf', 'arith.minnumf', 'arith.maximumf']));
      case 'v':
        switch (this.below(7)) {
          case 0: {
            const s = this.value(values, 'f32');
            this.emit(`${name} = simd.splat ${s.name} : vector<4xf32>`);
            return { name, type };
          }
          case 1: {
            const m = this.value(values, 'm');
            const [a, b] = [this.value(values, 'v'), this.value(values, 'v')];
            this.emit(`${name} = arith.select ${m.name}, ${a.name}, ${b.name} : vector<4xi1>, vector<4xf32>`);
            return { name, type };
          }
          case 2: {
            const [a, b] = [this.value(values, 'v'), this.value(values, 'v')];
            this.emit(`${name} = arith.cmpf ${this.pick(['olt', 'une', 'ueq'])}, ${a.name}, ${b.name} : vector<4xf32>`);
            return { name, type: 'm' };
          }
          default:
            return two(this.pick(['arith.addf', 'arith.mulf', 'arith.maxnumf', 'arith.minimumf']));
        }
      case 'i32':
        if (this.below(5) === 0 && ivs.length > 0) {
          this.emit(`${name} = arith.index_cast ${this.pick(ivs).name} : index to i32`);
          return { name, type };
        }
        if (this.below(5) === 0) return { ...two(`arith.cmpi ${this.pick(['slt', 'ne', 'uge'])},`), type: 'i1' };
        return two(this.pick(['arith.addi', 'arith.muli', 'arith.xori', 'arith.minsi', 'arith.maxui']));
      case 'i64':
        if (this.below(4) === 0) {
          const s = this.value(values, 'i32');
          this.emit(`${name} = arith.${this.pick(['extsi', 'extui'])} ${s.name} : i32 to i64`);
          return { name, type };
        }
        return two(this.pick(['arith.addi', 'arith.muli', 'arith.subi', 'arith.maxsi']));
      default:
        if (this.below(3) === 0) {
          const s = this.value(values, 'i32');
          this.emit(`${name} = arith.index_cast ${s.name} : i32 to index`);
          return { name, type };
        }
        return two(this.pick(['arith.minsi', 'arith.maxsi']));
    }
  }

  private block(values: Value[], ivs: readonly Affine[], depth: number): void {
    const count = 3 + this.below(8);
    for (let i = 0; i < count && this.budget > 0; i++) {
      this.budget--;
      switch (this.below(depth < 3 ? 10 : 7)) {
        case 0:
        case 1:
          values.push(this.load(this.pick(['f32', 'i32', 'v'] as const), ivs));
          break;
        case 2:
          this.store(this.value(values, this.pick(['f32', 'i32', 'v'] as const)), ivs);
          break;
        case 7:
          this.loop(values, ivs, depth);
          break;
        case 8:
          this.branch(values, ivs, depth);
          break;
        case 9:
          this.whileLoop(values, ivs, depth);
          break;
        default:
          values.push(this.arithmetic(values, ivs));
      }
    }
  }

  private carriedTypes(): T[] {
    return Array.from({ length: this.below(4) }, () => this.pick(TYPES));
  }

  private loop(values: Value[], ivs: readonly Affine[], depth: number): void {
    const types = this.carriedTypes();
    const inits = types.map((t) => this.value(values, t));
    const low = this.below(4) - 1;
    const step = 1 + this.below(3);
    const trips = this.below(4);
    const high = low + trips * step - (trips > 0 ? this.below(step) : 0);
    const iv: Affine = { name: this.name(), low, high: Math.max(low, high) };
    const args = types.map((type) => ({ name: this.name(), type }));
    const result = this.name();
    // A bound the emitter does not know: from a size of 64.
    const upper = this.below(2) ? `${high}` : `affine_map<()[s0] -> (s0 + ${high - SIZE})>()[%n]`;
    const outer = this.below(3) === 0 && ivs.length > 0 ? this.pick(ivs) : undefined;
    const lower = outer ? `max affine_map<(d0) -> (d0 - 100, ${low})>(${outer.name})` : `${low}`;
    const head = types.length
      ? ` iter_args(${args.map((a, i) => `${a.name} = ${inits[i]!.name}`).join(', ')}) -> (${types.map((t) => TEXT[t]).join(', ')})`
      : '';
    this.emit(
      `${types.length ? `${result}${types.length > 1 ? `:${types.length}` : ''} = ` : ''}loop.for ${iv.name} = ${lower} to ${upper} step ${step}${head} {`,
    );
    const inside = [...values, ...args];
    this.block(inside, [...ivs, iv], depth + 1);
    const yields = types.map((t) => this.value(inside, t));
    this.emit(
      types.length
        ? `loop.yield ${yields.map((v) => v.name).join(', ')} : ${types.map((t) => TEXT[t]).join(', ')}`
        : 'loop.yield',
      '}',
    );
    types.forEach((type, i) => {
      values.push({ name: types.length > 1 ? `${result}#${i}` : result, type });
    });
  }

  private branch(values: Value[], ivs: readonly Affine[], depth: number): void {
    const types = this.carriedTypes();
    const condition = this.value(values, 'i1');
    const result = this.name();
    this.emit(
      `${types.length ? `${result}${types.length > 1 ? `:${types.length}` : ''} = ` : ''}loop.if ${condition.name}${types.length ? ` -> (${types.map((t) => TEXT[t]).join(', ')})` : ''} {`,
    );
    const branches = types.length > 0 || this.below(2) ? 2 : 1;
    for (let b = 0; b < branches; b++) {
      if (b > 0) this.emit('} else {');
      const inside = [...values];
      this.block(inside, ivs, depth + 1);
      const yields = types.map((t) => this.value(inside, t));
      if (types.length)
        this.emit(`loop.yield ${yields.map((v) => v.name).join(', ')} : ${types.map((t) => TEXT[t]).join(', ')}`);
    }
    this.emit('}');
    types.forEach((type, i) => {
      values.push({ name: types.length > 1 ? `${result}#${i}` : result, type });
    });
  }

  /** Counts an i32 up to a small limit; other values are carried along. */
  private whileLoop(values: Value[], ivs: readonly Affine[], depth: number): void {
    const types: T[] = ['i32', ...this.carriedTypes()];
    const zero = this.name();
    const limit = this.name();
    const one = this.name();
    this.emit(
      `${zero} = arith.constant 0 : i32`,
      `${limit} = arith.constant ${this.below(4)} : i32`,
      `${one} = arith.constant 1 : i32`,
    );
    const inits = [zero, ...types.slice(1).map((t) => this.value(values, t).name)];
    const before = types.map((type) => ({ name: this.name(), type }));
    const after = types.map((type) => ({ name: this.name(), type }));
    const result = this.name();
    const list = types.map((t) => TEXT[t]).join(', ');
    this.emit(
      `${result}${types.length > 1 ? `:${types.length}` : ''} = loop.while (${before.map((a, i) => `${a.name} = ${inits[i]}`).join(', ')}) : (${list}) -> (${list}) {`,
    );
    const inside = [...values, ...before.slice(1)];
    this.block(inside, ivs, depth + 2);
    const go = this.name();
    this.emit(`${go} = arith.cmpi slt, ${before[0]!.name}, ${limit} : i32`);
    const passed = [
      before[0]!.name,
      ...types.slice(1).map((t, i) => (this.below(2) ? before[i + 1]!.name : this.value(inside, t).name)),
    ];
    this.emit(
      `loop.condition(${go}) ${passed.join(', ')} : ${list}`,
      '} do {',
      `^bb0(${after.map((a) => `${a.name}: ${TEXT[a.type]}`).join(', ')}):`,
    );
    const body = [...values, ...after.slice(1)];
    this.block(body, ivs, depth + 2);
    const up = this.name();
    this.emit(`${up} = arith.addi ${after[0]!.name}, ${one} : i32`);
    const yields = [up, ...types.slice(1).map((t) => this.value(body, t).name)];
    this.emit(`loop.yield ${yields.join(', ')} : ${list}`, '}');
    types.forEach((type, i) => {
      values.push({ name: types.length > 1 ? `${result}#${i}` : result, type });
    });
  }
}
