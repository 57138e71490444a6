// The sizes of the blocks of a matrix product, from the machine's registers and caches: the analytical model of BLIS (Low,
// Igual, Smith and Quintana-Orti, "Analytical modeling is enough for high-performance BLIS", 2016).
//
//   jc: nc columns | ic: mc rows | pc: kc of the sum | jr: nr columns | ir: mr rows | k
//
// A panel of kc x nr of the right operand stays in the first cache while mr x kc tiles of the left one pass; the block of
// mc x kc of the left one stays in the second while all panels pass; K x nc of the right one, packed, stays in the third
// while all blocks of rows pass. Sums stay in registers where all of K is one block; otherwise the mc x nc accumulators
// lie in memory and are loaded and stored once for each block of K, which is always taken in ascending order.
import { cacheLevel, lanes, type Target } from '@budflow/target';

/** Sizes of a product; undefined when they are known at run time only. */
export interface ProductShape {
  readonly rows: number | undefined;
  readonly columns: number | undefined;
  /** Terms of a sum: the iterations of all contracted loops together. */
  readonly depth: number | undefined;
  /** Bytes of an element of the operands, and of an accumulator. */
  readonly bytes: number;
  readonly sumBytes: number;
  /** Whether panels of the right operand are packed. */
  readonly isPacked: boolean;
}

/** Sizes that are given instead of computed; 0 for those that are not. */
export interface GivenSizes {
  readonly mr: number;
  readonly nr: number;
  readonly kc: number;
  readonly mc: number;
  readonly nc: number;
  /** Bytes of the caches, instead of the target's. */
  readonly l1: number;
  readonly l2: number;
  readonly l3: number;
}

/** The blocks of a product. */
export interface BlockSizes {
  /** Register tile: rows, and columns (whole vectors). */
  readonly mr: number;
  readonly nr: number;
  /** Terms, rows and columns of a block; kc and nc are undefined where the dimension is not cut. */
  readonly kc: number | undefined;
  readonly mc: number;
  readonly nc: number | undefined;
  /** Why, in the order mr x nr, kc, mc, nc. */
  readonly reasons: readonly string[];
}

interface Cache {
  readonly bytes: number;
  readonly ways: number;
  /** Bytes of one way. */
  readonly way: number;
}

function cacheOf(target: Target, level: number, given: number): Cache {
  const { bytes, associativity } = cacheLevel(target, level) ?? {
    bytes: 32 * 1024 * 8 ** (level - 1),
    associativity: 8,
  };
  const size = given > 0 ? given : bytes;
  return { bytes: size, ways: associativity, way: size / associativity };
}

/**
 * The register tile: enough accumulators that a multiply-add need not wait for the one before (latency x throughput),
 * as square as the live vectors allow. What was measured for the engine goes first.
 */
export function registerTile(target: Target, bytes: number): { readonly mr: number; readonly nr: number } {
  const width = lanes(target, 8 * bytes);
  const measured = target.engine?.microKernels[0];
  // Measured tiles are of f32.
  if (measured) return { mr: measured.mr, nr: Math.max(1, Math.round((measured.nr * width) / lanes(target, 32))) };
  const live = target.engine?.maxLiveVectors ?? target.vectorRegisters - 1;
  const needed = Math.ceil(target.latency.fma * target.throughput.fma);
  let best = { mr: 1, nr: width };
  let worth = -1;
  for (let vectors = 1; vectors < live; vectors++) {
    for (let mr = 1; mr * vectors + vectors + 1 <= live; mr++) {
      // Multiply-adds for each load, if the accumulators hide the latency; their share of it otherwise.
      const value = Math.min(1, (mr * vectors) / needed) * ((mr * vectors) / (mr + vectors));
      if (value > worth) [best, worth] = [{ mr, nr: vectors * width }, value];
    }
  }
  return best;
}

const KIB = 1024;
const kib = (bytes: number): string => `${Math.round(bytes / KIB)} KiB`;

/** Equal blocks: as few as the largest size allows, in multiples of `unit` when there are several. */
function balanced(total: number, largest: number, unit: number): number {
  const blocks = Math.ceil(total / largest);
  return blocks <= 1 ? total : Math.ceil(total / blocks / unit) * unit;
}

/** Beyond this multiple of kc, a sum is cut. A little more than the ways reserved for it is cheaper than a second pass. */
const DEPTH_SLACK = 1.25;

/** The blocks for a product on a machine. */
export function blockSizes(target: Target, shape: ProductShape, given: GivenSizes): BlockSizes {
  const { rows, columns, depth, bytes, sumBytes, isPacked } = shape;
  const tile = registerTile(target, sumBytes);
  const mr = given.mr || tile.mr;
  const nr = given.nr || tile.nr;
  const vectors = Math.ceil(nr / lanes(target, 8 * sumBytes));
  const reasons = [
    `register tile ${mr}x${nr}: ${mr * vectors} accumulators for ${(target.latency.fma * target.throughput.fma).toFixed(1)} in flight, ${mr * vectors + vectors + 1} live vectors of ${target.engine?.maxLiveVectors ?? target.vectorRegisters}`,
  ];
  const [l1, l2, l3] = [cacheOf(target, 1, given.l1), cacheOf(target, 2, given.l2), cacheOf(target, 3, given.l3)];

  // kc: of the first cache's ways one is for the accumulators, the others for a tile of the left operand and a panel of
  // the right one, in the proportion mr to nr.
  const leftWays = Math.max(1, Math.floor((l1.ways - 1) / (1 + nr / mr)));
  const largestDepth = Math.max(16, Math.floor((leftWays * l1.way) / (mr * bytes)));
  let kc = given.kc || undefined;
  if (!kc && depth !== undefined && depth > DEPTH_SLACK * largestDepth) kc = balanced(depth, largestDepth, 1);
  if (kc !== undefined && depth !== undefined && kc >= depth) kc = undefined;
  const block = kc ?? depth ?? largestDepth;
  reasons.push(
    kc === undefined
      ? `sums of ${depth ?? 'unknown'} terms in registers: a panel of ${kib(block * nr * bytes)} of ${kib(l1.bytes)}`
      : `kc ${kc}: a panel of ${kib(kc * nr * bytes)} and a tile of ${kib(kc * mr * bytes)} in ${kib(l1.bytes)} of ${l1.ways} ways`,
  );

  // mc: of the second cache's ways one is for the accumulators, some for the panel, the others for the left block. A panel
  // that is not packed is strewn over the sets of the first cache and does not stay there: the left block does instead.
  const panelWays = Math.ceil((nr * block * bytes) / l2.way);
  const blockBytes = isPacked ? Math.max(1, l2.ways - 1 - panelWays) * l2.way : l1.bytes;
  const largestRows = Math.max(mr, Math.floor(blockBytes / (block * bytes)));
  const mc = given.mc || Math.max(1, rows === undefined ? largestRows : balanced(rows, largestRows, mr));
  const home = isPacked
    ? `${kib(l2.bytes)} of ${l2.ways} ways`
    : `${kib(l1.bytes)}, beside columns that are not packed`;
  reasons.push(`mc ${mc}: a block of ${kib(mc * block * bytes)} in ${home}`);

  // nc: the packed right operand in the third cache, beside the left block.
  const blockWays = Math.ceil((mc * block * bytes) / l3.way);
  const share = Math.max(1, l3.ways - 1 - blockWays) * l3.way;
  const largestColumns = Math.max(nr, Math.floor(share / ((depth ?? block) * bytes)));
  let nc = given.nc || undefined;
  if (!nc && columns !== undefined && columns > largestColumns) nc = balanced(columns, largestColumns, nr);
  if (nc !== undefined && columns !== undefined && nc >= columns) nc = undefined;
  if (nc !== undefined)
    reasons.push(`nc ${nc}: ${kib(nc * (depth ?? block) * bytes)} of the right operand in ${kib(l3.bytes)}`);
  return { mr, nr, kc, mc, nc, reasons };
}
