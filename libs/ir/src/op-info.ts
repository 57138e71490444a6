// What a context knows about an operation name: its definition when a dialect registered one, traits, and the
// implementations of interfaces (indexed by the interface's small integer), which may be attached from outside.
import type { Context } from './context.js';
import type { OpDefinitionBase } from './define-op.js';
import type { Trait } from './traits.js';
import type { OpVerification } from './verifier/op-verification.js';

export class OpInfo {
  readonly context: Context;
  readonly name: string;
  /** Namespace before the first dot. */
  readonly dialect: string;
  /** Null for an operation nobody registered. */
  definition: OpDefinitionBase | null = null;
  /** Interface implementations by interface id. */
  readonly interfaces: unknown[] = [];
  /** Trait set by trait id. */
  readonly traits: boolean[] = [];
  /** Dense number of the info within the context; for hashing. */
  readonly id: number;
  /** What the verifier checks, prepared when it first meets the op. */
  verification: OpVerification | null = null;
  /** `"name"` in UTF-8, for the generic printer. */
  readonly quotedName: Uint8Array;

  constructor(context: Context, name: string, id: number) {
    this.context = context;
    this.name = name;
    const dot = name.indexOf('.');
    this.dialect = dot < 0 ? '' : name.slice(0, dot);
    this.id = id;
    this.quotedName = new TextEncoder().encode(`"${name}"`);
  }

  get isRegistered(): boolean {
    return this.definition !== null;
  }
  hasTrait(trait: Trait): boolean {
    return this.traits[trait.id] === true;
  }
}
