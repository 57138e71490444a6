// --split-input-file: the parts of a file between lines `// -----`.

export interface Part {
  readonly text: Uint8Array;
  /** 1-based line of the file the part begins at. */
  readonly line: number;
}

const MARKER = '// -----';
const NEWLINE = 10;

/** The parts, each without its marker line. */
export function splitInput(file: Uint8Array): Part[] {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const parts: Part[] = [];
  let start = 0;
  let line = 1;
  for (let at = bytes.indexOf(MARKER); at >= 0; ) {
    const lineEnd = bytes.indexOf(NEWLINE, at);
    const end = lineEnd < 0 ? bytes.length : lineEnd;
    const startsLine = at === 0 || bytes[at - 1] === NEWLINE;
    if (
      startsLine &&
      bytes
        .subarray(at + MARKER.length, end)
        .toString()
        .trim() === ''
    ) {
      parts.push({ text: bytes.subarray(start, at), line });
      line += countLines(bytes.subarray(start, end)) + 1;
      start = Math.min(end + 1, bytes.length);
    }
    at = bytes.indexOf(MARKER, end);
  }
  parts.push({ text: bytes.subarray(start), line });
  return parts;
}

/** The text of a part with as many empty lines in front as make its line numbers those of the file. */
export function atItsLine({ text, line }: Part): Uint8Array {
  if (line === 1) return text;
  const padded = new Uint8Array(text.length + line - 1).fill(NEWLINE, 0, line - 1);
  padded.set(text, line - 1);
  return padded;
}

function countLines(bytes: Uint8Array): number {
  let n = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) n++;
  return n;
}
