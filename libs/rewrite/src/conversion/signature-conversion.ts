// What becomes of the arguments of a block: each old one stands for several new ones, for none, or for given values.
import type { Type, Value } from '@budflow/ir';

export interface InputMapping {
  /** Position of the first new argument. */
  readonly start: number;
  readonly count: number;
  /** Values that replace the argument instead of new arguments. */
  readonly values: readonly Value[] | null;
}

export class SignatureConversion {
  /** Types of the new arguments. */
  readonly types: Type[] = [];
  private readonly mappings: (InputMapping | undefined)[];

  constructor(inputs: number) {
    this.mappings = new Array<InputMapping | undefined>(inputs).fill(undefined);
  }
  get inputCount(): number {
    return this.mappings.length;
  }
  /** New arguments for the old argument `input`, appended. */
  addInputs(input: number, types: readonly Type[]): this {
    this.mappings[input] = { start: this.types.length, count: types.length, values: null };
    this.types.push(...types);
    return this;
  }
  /** New arguments that stand for no old one, appended. */
  addExtraInputs(types: readonly Type[]): this {
    this.types.push(...types);
    return this;
  }
  /** The old argument becomes values that are there already. */
  remapInput(input: number, values: readonly Value[]): this {
    this.mappings[input] = { start: this.types.length, count: 0, values };
    return this;
  }
  /** What was said about an old argument; nothing was: it vanishes. */
  mapping(input: number): InputMapping {
    return this.mappings[input] ?? { start: this.types.length, count: 0, values: null };
  }
}
