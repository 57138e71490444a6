// Schedules as TypeScript: the steps of the schedule language, written fluently. What comes out is the same list of steps
// that JSON files and the attribute `loop.schedule` hold.
//
//   const s = schedule('main_k0');
//   s.stage('mm').split('d0', 4).split('d1', 8).reorder('d0.o', 'd1.o', 'r0', 'd0.i', 'd1.i').vectorize('d1.i');
//   compile(text, { schedules: [s] });
import { FuncOp } from '@budflow/dialect-core';
import { type Operation, symbolName } from '@budflow/ir';
import {
  applySchedule,
  parseSchedules,
  type Schedule,
  type ScheduleResult,
  type Step,
  serializeSchedule,
  type TailStrategy,
} from '@budflow/transforms/scheduling';

/** Steps for one kernel. */
export interface KernelSchedule {
  /** Name of the kernel; empty for the first one of the program. */
  readonly kernel: string;
  readonly steps: readonly Step[];
}

/** A loop by its full name, e.g. of another stage: `s.stage('div').loop('d0')`. */
export class LoopRef {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** The name of a loop within its stage (`d0`, `r0.o`), or a loop of any stage. */
export type LoopName = string | LoopRef;

/**
 * Begins a schedule for a kernel.
 * @param kernel its name (`main_k0`: the first of function `main`), its function, or nothing for the first of the program
 */
export function schedule(kernel: string | Operation = ''): ScheduleBuilder {
  if (typeof kernel === 'string') return new ScheduleBuilder(kernel);
  if (!FuncOp.is(kernel)) throw new TypeError(`schedule: expects a function or its name, got '${kernel.name}'`);
  return new ScheduleBuilder(symbolName(kernel) ?? '', kernel);
}

/** Collects steps; nothing is transformed before `compile` or `apply`. */
export class ScheduleBuilder implements KernelSchedule {
  readonly kernel: string;
  private readonly list: Step[] = [];
  private readonly func: Operation | undefined;

  constructor(kernel: string, func?: Operation) {
    this.kernel = kernel;
    this.func = func;
  }

  /** A schedule from JSON text. @throws TypeError that names the path of each problem */
  static parse(text: string): ScheduleBuilder[] {
    const { schedules, problems } = parseSchedules(text);
    if (!schedules) {
      const lines = problems.map(({ path, message }) => (path ? `${path}: ${message}` : message));
      throw new TypeError(`schedule: ${lines.join('\n')}`);
    }
    return [...schedules].map(([kernel, { steps }]) => {
      const made = new ScheduleBuilder(kernel);
      for (const step of steps) made.add(step);
      return made;
    });
  }

  get steps(): readonly Step[] {
    return this.list;
  }

  /** Steps whose loops are named within a stage. */
  stage(name: string): StageSchedule {
    return new StageSchedule(this, name);
  }

  /** A step as it is in JSON. */
  add(step: Step): this {
    this.list.push(step);
    return this;
  }

  /** Applies the steps to the kernel now. Steps that are not legal are left out and told. */
  apply(kernel: Operation | undefined = this.func): ScheduleResult {
    if (!kernel) throw new TypeError('schedule: no kernel to apply it to: pass its function');
    return applySchedule(kernel, this.toJSON());
  }

  toJSON(): Schedule {
    return { steps: this.list };
  }

  /** The JSON text, one line for each step. */
  toString(): string {
    return serializeSchedule(this.toJSON(), { lines: true });
  }
}

/** The part of a schedule that is about one stage; each method adds a step and returns this. */
export class StageSchedule {
  readonly schedule: ScheduleBuilder;
  readonly name: string;

  constructor(builder: ScheduleBuilder, name: string) {
    this.schedule = builder;
    this.name = name;
  }

  /** Another stage of the same kernel. */
  stage(name: string): StageSchedule {
    return this.schedule.stage(name);
  }

  /** A loop of this stage, for steps of others. */
  loop(name: string): LoopRef {
    return new LoopRef(`${this.name}.${name}`);
  }

  split(loop: LoopName, factor: number, options: { readonly tail?: TailStrategy } = {}): this {
    return this.add({ primitive: 'split', loop: this.full(loop), factor, ...options });
  }
  tile(
    loops: readonly LoopName[],
    factors: readonly number[],
    options: { readonly tail?: 'guard' | 'shift' } = {},
  ): this {
    return this.add({ primitive: 'tile', loops: this.all(loops), factors, ...options });
  }
  reorder(...loops: readonly LoopName[]): this {
    return this.add({ primitive: 'reorder', loops: this.all(loops) });
  }
  fuse(outer: LoopName, inner: LoopName): this {
    return this.add({ primitive: 'fuse', loops: this.all([outer, inner]) });
  }
  merge(first: LoopName, second: LoopName): this {
    return this.add({ primitive: 'merge', loops: this.all([first, second]) });
  }
  unroll(loop: LoopName, factor?: number): this {
    return this.add({ primitive: 'unroll', loop: this.full(loop), ...(factor === undefined ? {} : { factor }) });
  }
  unrollAndJam(loop: LoopName): this {
    return this.add({ primitive: 'unroll_and_jam', loop: this.full(loop) });
  }
  vectorize(loop: LoopName): this {
    return this.add({ primitive: 'vectorize', loop: this.full(loop) });
  }
  parallel(loop: LoopName, options: { readonly grain?: number } = {}): this {
    return this.add({ primitive: 'parallel', loop: this.full(loop), ...options });
  }
  peel(loop: LoopName, options: { readonly iterations?: number; readonly end?: 'front' | 'back' } = {}): this {
    return this.add({ primitive: 'peel', loop: this.full(loop), ...options });
  }
  unswitch(loop: LoopName): this {
    return this.add({ primitive: 'unswitch', loop: this.full(loop) });
  }
  distribute(loop: LoopName, at: LoopName): this {
    return this.add({ primitive: 'distribute', loop: this.full(loop), at: this.full(at) });
  }
  /** Computes this stage inside a loop of its consumer. */
  computeAt(loop: LoopRef): this {
    return this.add({ primitive: 'compute_at', stage: this.name, loop: loop.name });
  }
  computeRoot(): this {
    return this.add({ primitive: 'compute_root', stage: this.name });
  }
  /** Lets the buffer of this stage live in a loop; without one in the kernel. */
  storeAt(loop?: LoopRef): this {
    return this.add({ primitive: 'store_at', stage: this.name, ...(loop ? { loop: loop.name } : {}) });
  }
  /** @param buffer `arg1` for an argument of the kernel, or the stage that writes the buffer */
  cacheRead(buffer: string, loop: LoopName): this {
    return this.add({ primitive: 'cache_read', buffer, loop: this.full(loop) });
  }
  cacheWrite(buffer: string, loop: LoopName): this {
    return this.add({ primitive: 'cache_write', buffer, loop: this.full(loop) });
  }
  pack(buffer: string, ...loops: readonly LoopName[]): this {
    return this.add({ primitive: 'pack', buffer, loops: this.all(loops) });
  }
  rfactor(loop: LoopName, factor: number): this {
    return this.add({ primitive: 'rfactor', loop: this.full(loop), factor });
  }
  prefetch(buffer: string, loop: LoopName, distance: number): this {
    return this.add({ primitive: 'prefetch', buffer, loop: this.full(loop), distance });
  }
  storeNontemporal(buffer: string, loop?: LoopName): this {
    return this.add({
      primitive: 'store_nontemporal',
      buffer,
      ...(loop === undefined ? {} : { loop: this.full(loop) }),
    });
  }

  private add(step: Step): this {
    this.schedule.add(step);
    return this;
  }
  private full(loop: LoopName): string {
    return loop instanceof LoopRef ? loop.name : `${this.name}.${loop}`;
  }
  private all(loops: readonly LoopName[]): string[] {
    return loops.map((loop) => this.full(loop));
  }
}
