// Numbers the values of a function, so that all that is known of them lies in arrays.
import type { Value } from '@budflow/ir';
import { type Representation, representationOf } from './representation.js';

/** Number of a value within the function being compiled. */
export type ValueId = number;

export class Values {
  readonly list: Value[] = [];
  readonly representations: (Representation | null)[] = [];
  /** Number of loops around the definition; a loop's own block arguments lie inside it. */
  readonly depths: number[] = [];
  /** 1 for an index that is held in 64 bits. */
  readonly wide: number[] = [];

  /** Adds a value at its definition. */
  define(value: Value, depth: number): ValueId {
    const id = this.list.length;
    value.scratch = id;
    this.list.push(value);
    this.representations.push(representationOf(value.type));
    this.depths.push(depth);
    this.wide.push(0);
    return id;
  }

  /** A value that the IR does not have (the lower bound of a loop). It is an i32. */
  definePseudo(like: Value, depth: number): ValueId {
    const id = this.list.length;
    this.list.push(like);
    this.representations.push(representationOf(like.type));
    this.depths.push(depth);
    this.wide.push(0);
    return id;
  }

  /** The number of a defined value. */
  id(value: Value): ValueId {
    return value.scratch;
  }
}
