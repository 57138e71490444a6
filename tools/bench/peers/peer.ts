// What all peers' adaptors share: loading a library once, and turning what it cannot do into a named skip.

import type { Graph } from '../src/programs/graph.js';
import { type Instance, referenceGraph } from '../src/programs/program.js';
import type { Data } from '../src/programs/reference.js';
import { messageOf, type Prepared, type Skipped, type Variant } from '../src/variants/variant.js';
import { missing } from './packages.js';

export interface PeerDefinition<L> {
  readonly name: string;
  /** Packages that must be installed. */
  readonly packages: readonly string[];
  /** Loads and initialises the library, once. */
  load(): Promise<L>;
  /** Makes a program ready. Whatever it throws is the reason why the peer does not take part. */
  prepare(library: L, instance: Instance, graph: Graph, inputs: readonly Data[]): Promise<Prepared>;
}

/** A peer as a variant: skipped with a reason where it is not installed or cannot do a program. */
export function peerVariant<L>(definition: PeerDefinition<L>): Variant {
  const { name, packages } = definition;
  let loading: Promise<L> | undefined;
  return {
    name,
    role: 'peer',
    async prepare(instance, inputs): Promise<Prepared | Skipped> {
      for (const id of packages) {
        const reason = missing(id);
        if (reason !== null) return { skipped: reason };
      }
      try {
        loading ??= definition.load();
        // A product spelt out as multiplications would be written as a product for them.
        return await definition.prepare(await loading, instance, referenceGraph(instance), inputs);
      } catch (error) {
        return { skipped: `${instance.program.family.file}: ${messageOf(error)}` };
      }
    },
  };
}
