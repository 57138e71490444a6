// Random changes of valid files: of bytes, and of the words and marks that the file itself and its format are made of.
import type { Random } from '@budflow/numerics';

/** What a file consists of, for changes of whole pieces. */
export interface Source {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Start and end of each word, number, string and mark. */
  readonly tokens: readonly (readonly [number, number])[];
}

const TOKEN = /"(?:[^"\\\n]|\\.)*"|[A-Za-z_$.][\w$.-]*|\d[\w.+-]*|[%^@#!][\w$.-]+|->|::|\S/g;

export function sourceOf(name: string, bytes: Uint8Array): Source {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 200_000)).toString('latin1');
  const tokens = [...text.matchAll(TOKEN)].map((m) => [m.index, m.index + m[0].length] as const);
  return { name, bytes, tokens };
}

function splice(bytes: Uint8Array, from: number, to: number, piece: Uint8Array): Uint8Array {
  const result = new Uint8Array(bytes.length - (to - from) + piece.length);
  result.set(bytes.subarray(0, from));
  result.set(piece, from);
  result.set(bytes.subarray(to), from + piece.length);
  return result;
}

/** `source` with one to four changes; tokens come from it, from `other`, or from `pieces`. */
export function mutate(source: Source, other: Source, pieces: readonly Uint8Array[], random: Random): Uint8Array {
  let { bytes } = source;
  for (let n = random.integer(1, 4); n > 0; n--) {
    const at = random.integer(0, bytes.length + 1);
    const token = source.tokens[random.integer(0, Math.max(1, source.tokens.length))] ?? [at, at];
    const from = Math.min(token[0], bytes.length);
    const to = Math.min(token[1], bytes.length);
    const foreign = other.tokens[random.integer(0, Math.max(1, other.tokens.length))] ?? [0, 0];
    const piece = pieces[random.integer(0, pieces.length)] ?? new Uint8Array(0);
    switch (random.integer(0, 10)) {
      case 0: // another byte
        bytes = splice(bytes, at, Math.min(at + 1, bytes.length), Uint8Array.of(random.integer(0, 256)));
        break;
      case 1: // without some bytes
        bytes = splice(bytes, at, Math.min(at + random.integer(1, 16), bytes.length), new Uint8Array(0));
        break;
      case 2: // one bit
        if (at < bytes.length)
          bytes = splice(bytes, at, at + 1, Uint8Array.of(bytes[at]! ^ (1 << random.integer(0, 8))));
        break;
      case 3: // without a token
        bytes = splice(bytes, from, to, new Uint8Array(0));
        break;
      case 4: // a token twice
        bytes = splice(bytes, to, to, bytes.slice(from, to));
        break;
      case 5: // a token of the same or another file for one
        bytes = splice(bytes, from, to, other.bytes.subarray(foreign[0], foreign[1]));
        break;
      case 6: // a piece of syntax
        bytes = splice(bytes, from, random.integer(0, 2) === 0 ? from : to, piece);
        break;
      case 7: {
        // a copy of another part
        const start = random.integer(0, bytes.length + 1);
        bytes = splice(bytes, at, at, bytes.slice(start, start + random.integer(1, 200)));
        break;
      }
      case 8: // cut short
        if (random.integer(0, 4) === 0) bytes = bytes.slice(0, at);
        break;
      default: // a number or a name that is next to it
        if (from < to) bytes = splice(bytes, to - 1, to, Uint8Array.of(bytes[to - 1]! + 1));
    }
  }
  return bytes;
}
