// The parser counts bytes of UTF-8, editors count UTF-16 units.

export interface ByteOffsets {
  /** The UTF-16 offset of a byte offset; inside of a character that of the character. */
  utf16(byte: number): number;
}

const IDENTITY: ByteOffsets = { utf16: (byte) => byte };

/** For ASCII text, by far the most frequent, nothing is built. */
export function byteOffsetsOf(text: string): ByteOffsets {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is the range from 0
  const first = text.search(/[^\x00-\x7f]/);
  if (first < 0) return IDENTITY;
  // Byte offset of each unit behind the first that is not ASCII.
  const bytes = new Int32Array(text.length - first + 1);
  let at = first;
  for (let i = first; i < text.length; i++) {
    bytes[i - first] = at;
    const c = text.charCodeAt(i);
    if (c < 0x80) at++;
    else if (c < 0x800) at += 2;
    else if (c >= 0xd800 && c < 0xdc00 && i + 1 < text.length && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      bytes[++i - first] = at;
      at += 4;
    } else at += 3;
  }
  bytes[text.length - first] = at;
  return {
    utf16(byte) {
      if (byte <= first) return byte;
      let low = 0;
      let high = bytes.length - 1;
      while (low < high) {
        const mid = (low + high + 1) >> 1;
        if (bytes[mid]! <= byte) low = mid;
        else high = mid - 1;
      }
      while (low > 0 && bytes[low - 1] === bytes[low]) low--;
      return first + low;
    },
  };
}
