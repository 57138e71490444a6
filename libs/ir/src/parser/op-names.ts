// Operation names to what the context knows about them, by the bytes of the name.
import type { Context } from '../context.js';
import type { OpInfo } from '../op-info.js';
import { hashBytes } from './names.js';

export class OpNames {
  private readonly context: Context;
  private infos: (OpInfo | null)[] = new Array<OpInfo | null>(256).fill(null);
  private size = 0;

  constructor(context: Context) {
    this.context = context;
  }

  /** The info of the plain ASCII name in [start, end), made when new. `hash` is what `hashBytes` gives for it. */
  find(bytes: Uint8Array, start: number, end: number, hash: number): OpInfo {
    const mask = this.infos.length - 1;
    let slot = hash & mask;
    for (;;) {
      const info = this.infos[slot]!;
      if (info === null) break;
      // The quoted name is the name with a quote on each side.
      const name = info.quotedName;
      if (name.length === end - start + 2) {
        let i = end - start;
        while (i > 0 && name[i] === bytes[start + i - 1]) i--;
        if (i === 0) return info;
      }
      slot = (slot + 1) & mask;
    }
    const info = this.context.opInfo(new TextDecoder().decode(bytes.subarray(start, end)));
    this.infos[slot] = info;
    if (2 * ++this.size > this.infos.length) this.grow();
    return info;
  }

  private grow(): void {
    const old = this.infos;
    this.infos = new Array<OpInfo | null>(2 * old.length).fill(null);
    const mask = this.infos.length - 1;
    for (const info of old) {
      if (info === null) continue;
      let slot = hashBytes(info.quotedName, 1, info.quotedName.length - 1) & mask;
      while (this.infos[slot] !== null) slot = (slot + 1) & mask;
      this.infos[slot] = info;
    }
  }
}

const tables = new WeakMap<Context, OpNames>();

export function opNamesOf(context: Context): OpNames {
  let names = tables.get(context);
  if (!names) {
    names = new OpNames(context);
    tables.set(context, names);
  }
  return names;
}
