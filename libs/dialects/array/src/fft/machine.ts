// What a Fourier transform is written over: numbers, indices and buffers of whoever runs it. The interpreter computes with
// it, the lowering builds loops with it; so both have one order of operations, and the same bits.

/** A complex number in two parts. */
export interface Complex<V> {
  readonly re: V;
  readonly im: V;
}

/** Numbers `V`, indices `I`, and buffers `B` of real numbers. */
export interface LineMachine<V, I, B> {
  add(a: V, b: V): V;
  sub(a: V, b: V): V;
  mul(a: V, b: V): V;
  neg(a: V): V;
  /** The number, rounded to the element type. */
  constant(value: number): V;
  /** constant + sum of index * factor */
  at(constant: number, ...terms: readonly (readonly [I, number])[]): I;
  /** A private buffer of `count` numbers; `key` tells those apart that are in use at one time. */
  scratch(count: number, key: string): B;
  /** The tables of the plan. */
  readonly tables: B;
  /** 0 .. count - 1 in ascending order. */
  loop(count: number, body: (i: I) => void): void;
  /** 0 .. count - 1, several at once: iterations touch different elements. `load`, `store` and their kin mean all of them. */
  lanes(count: number, body: (i: I) => void): void;
  /** 0 .. count - 1, of scalar code whose iterations touch different elements. */
  points(count: number, body: (i: I) => void): void;
  /** One element, the same for all iterations of `lanes`; to be loaded outside of it. */
  scalar(buffer: B, at: I): V;
  /** A scalar from outside of `lanes` as a number inside. */
  spread(value: V): V;
  load(buffer: B, at: I): V;
  store(value: V, buffer: B, at: I): void;
  /** Stores values[k] of iteration i at `at` + values.length * i + k. */
  storeInterleaved(values: readonly V[], buffer: B, at: I): void;
}

export interface Planes<B> {
  readonly re: B;
  readonly im: B;
}
