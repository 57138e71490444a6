// Offsets for blocks of memory with known lifetimes: the larger ones first, each into the tightest gap that the blocks
// living at the same time leave (XLA's GlobalDecreasingSizeBestFitHeap). Dynamic storage allocation is NP-hard; a few
// orders are tried and the smallest arena wins.

export interface Block {
  readonly bytes: number;
  /** The lifetime, both ends included. */
  readonly first: number;
  readonly last: number;
}

export interface Assignment {
  /** Byte offset of each block, in the order of the input. */
  readonly offsets: readonly number[];
  /** Bytes of the arena. */
  readonly bytes: number;
}

function overlapInTime(a: Block, b: Block): boolean {
  return a.first <= b.last && b.first <= a.last;
}

/** The largest number of bytes that are alive at once: no arena can be smaller. `alignment` rounds every block up. */
export function liveBytes(blocks: readonly Block[], alignment: number): number {
  let most = 0;
  for (const at of blocks) {
    let sum = 0;
    for (const b of blocks) if (b.first <= at.first && at.first <= b.last) sum += alignUp(b.bytes, alignment);
    most = Math.max(most, sum);
  }
  return most;
}

export function assignOffsets(blocks: readonly Block[], alignment: number): Assignment {
  const bound = liveBytes(blocks, alignment);
  let best: Assignment | undefined;
  for (const before of ORDERS) {
    const order = blocks.map((_, i) => i).sort((i, j) => before(blocks[i]!, blocks[j]!) || i - j);
    const found = inOrder(blocks, order, alignment);
    if (!best || found.bytes < best.bytes) best = found;
    if (best.bytes <= bound) break;
  }
  return best!;
}

const duration = (b: Block) => b.last - b.first + 1;
const ORDERS: readonly ((a: Block, b: Block) => number)[] = [
  (a, b) => b.bytes - a.bytes || duration(b) - duration(a),
  (a, b) => b.bytes * duration(b) - a.bytes * duration(a),
  (a, b) => duration(b) - duration(a) || b.bytes - a.bytes,
  (a, b) => a.first - b.first || b.bytes - a.bytes,
];

function inOrder(blocks: readonly Block[], order: readonly number[], alignment: number): Assignment {
  const offsets = new Array<number>(blocks.length).fill(0);
  const placed: number[] = [];
  let bytes = 0;
  for (const i of order) {
    const size = alignUp(blocks[i]!.bytes, alignment);
    const taken = placed.filter((j) => overlapInTime(blocks[i]!, blocks[j]!)).sort((a, b) => offsets[a]! - offsets[b]!);
    let end = 0;
    let chosen: number | undefined;
    let tightest = Number.POSITIVE_INFINITY;
    for (const j of taken) {
      const gap = offsets[j]! - end;
      if (gap >= size && gap < tightest) {
        tightest = gap;
        chosen = end;
      }
      end = Math.max(end, offsets[j]! + alignUp(blocks[j]!.bytes, alignment));
    }
    offsets[i] = chosen ?? end;
    placed.push(i);
    bytes = Math.max(bytes, offsets[i]! + size);
  }
  return { offsets, bytes };
}

export function alignUp(bytes: number, alignment: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}
