// The machine that computes: numbers rounded after each operation, typed arrays.
import type { LineMachine } from './machine.js';

export type RealArray = Float32Array<ArrayBufferLike> | Float64Array<ArrayBufferLike>;

export class NumberMachine implements LineMachine<number, number, RealArray> {
  readonly tables: RealArray;
  private readonly round: (x: number) => number;
  private readonly make: new (
    count: number,
  ) => RealArray;
  private readonly buffers = new Map<string, RealArray>();

  constructor(round: (x: number) => number, make: new (count: number) => RealArray, tables: RealArray) {
    this.round = round;
    this.make = make;
    this.tables = tables;
  }

  add(a: number, b: number): number {
    return this.round(a + b);
  }
  sub(a: number, b: number): number {
    return this.round(a - b);
  }
  mul(a: number, b: number): number {
    return this.round(a * b);
  }
  neg(a: number): number {
    return -a;
  }
  constant(value: number): number {
    return this.round(value);
  }
  at(constant: number, ...terms: readonly (readonly [number, number])[]): number {
    let sum = constant;
    for (const [index, factor] of terms) sum += index * factor;
    return sum;
  }
  scratch(count: number, key: string): RealArray {
    let found = this.buffers.get(key);
    if (!found || found.length !== count) {
      found = new this.make(count);
      this.buffers.set(key, found);
    }
    return found;
  }
  loop(count: number, body: (i: number) => void): void {
    for (let i = 0; i < count; i++) body(i);
  }
  lanes(count: number, body: (i: number) => void): void {
    for (let i = 0; i < count; i++) body(i);
  }
  points(count: number, body: (i: number) => void): void {
    for (let i = 0; i < count; i++) body(i);
  }
  scalar(buffer: RealArray, at: number): number {
    return buffer[at]!;
  }
  spread(value: number): number {
    return value;
  }
  load(buffer: RealArray, at: number): number {
    return buffer[at]!;
  }
  store(value: number, buffer: RealArray, at: number): void {
    buffer[at] = value;
  }
  storeInterleaved(values: readonly number[], buffer: RealArray, at: number): void {
    values.forEach((value, k) => {
      buffer[at + k] = value;
    });
  }
}
