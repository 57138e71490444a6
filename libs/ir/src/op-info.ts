// What a context knows about an operation name: its definition when a dialect registered one, traits, and the
// implementations of interfaces (indexed by the interface's small integer), which may be attached from outside.
import type { PreparedAssembly } from './assembly/plain.js';
import { type Attribute, type DictionaryAttr, UnitAttr } from './attribute.js';
import type { Context } from './context.js';
import type { OpDefinitionBase } from './define-op.js';
import type { Trait } from './traits.js';
import type { OpVerification } from './verifier/op-verification.js';

type Upgrade = (attr: Attribute, context: Context) => Attribute;

const NO_DEFAULTS: readonly (readonly [string, Attribute])[] = [];

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
  /** How its assembly is read and written, prepared when parser or printer first meet the op. */
  assembly: PreparedAssembly | null = null;
  private defaults: readonly (readonly [string, Attribute])[] | null = null;
  private upgrades: readonly (readonly [string, Upgrade])[] | null = null;
  private quoted: Uint8Array | null = null;

  constructor(context: Context, name: string, id: number) {
    this.context = context;
    this.name = name;
    const dot = name.indexOf('.');
    this.dialect = dot < 0 ? '' : name.slice(0, dot);
    this.id = id;
  }

  /** `"name"` in UTF-8, for the generic printer. */
  get quotedName(): Uint8Array {
    this.quoted ??= new TextEncoder().encode(`"${this.name}"`);
    return this.quoted;
  }

  /** Attributes that absent ones stand for; such values are dropped when read, so that equal ops are equal. */
  get defaultAttributes(): readonly (readonly [string, Attribute])[] {
    if (this.defaults === null) {
      const { context, definition } = this;
      if (definition === null) return NO_DEFAULTS;
      const list: [string, Attribute][] = [];
      for (const [name, spec] of Object.entries(definition.spec.attributes ?? {})) {
        if (spec.defaultValue === undefined) continue;
        const made = spec.make(context, spec.defaultValue);
        // The presence of a unit attribute is its value.
        if (!(made instanceof UnitAttr)) list.push([name, made]);
      }
      this.defaults = list;
    }
    return this.defaults;
  }
  /** Attributes of which there are older spellings. */
  private get upgradedAttributes(): readonly (readonly [string, Upgrade])[] {
    this.upgrades ??= Object.entries(this.definition?.spec.attributes ?? {}).flatMap(
      ([name, { upgrade }]): [string, Upgrade][] => (upgrade ? [[name, upgrade]] : []),
    );
    return this.upgrades;
  }
  /** Attributes as they are kept: without those that say what their absence says, older spellings as today's. */
  normalized(attributes: DictionaryAttr): DictionaryAttr {
    let rest = attributes;
    if (this.definition === null) return rest;
    for (const [name, upgrade] of this.upgradedAttributes) {
      const value = rest.get(name);
      const upgraded = value && upgrade(value, this.context);
      if (upgraded !== value) rest = this.context.withAttribute(rest, name, upgraded!);
    }
    const list = this.defaultAttributes;
    for (let i = 0; i < list.length; i++) {
      const [name, value] = list[i]!;
      if (rest.get(name) === value) rest = this.context.withAttribute(rest, name, null);
    }
    return rest;
  }

  get isRegistered(): boolean {
    return this.definition !== null;
  }
  hasTrait(trait: Trait): boolean {
    return this.traits[trait.id] === true;
  }
}
