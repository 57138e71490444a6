// The sizes of the blocks of a matrix product, from the machine's registers and caches: the analytical model of BLIS (Low,
// Igual, Smith and Quintana-Orti, "Analytical modeling is enough for high-performance BLIS", 2016), with bandwidths.
//
//   jc: nc columns | ic: mc rows | pc: kc of the sum | jr: nr columns | ir: mr rows | k
//
// BLIS keeps a panel of kc x nr of the right operand in the first cache, a block of mc x kc of the left one in the second,
// kc x nc of the right one in the third. A cache further away does as well when it streams what the micro-kernel reads per
// cycle, so each operand gets the farthest level that is fast enough: sums then need not be cut (accumulators stay in
// registers), unless they are very long. A sum that is cut is still taken in ascending order.
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
  /** Whether a multiplication and an addition are one instruction. */
  readonly isFused: boolean;
  /** Whether panels of the right operand are packed. */
  readonly isPacked: boolean;
  /** Whether the sum can be cut anywhere, and the columns: one contracted loop, and no parallel loops beside rows and columns. */
  readonly isPlain: boolean;
  /** Terms of the contracted loops inside of the outermost one, where there are several. */
  readonly innerDepth: number | undefined;
}

/** Sizes that are given instead of computed; 0 for those that are not. */
export interface GivenSizes {
  readonly mr: number;
  readonly nr: number;
  readonly kc: number;
  readonly mc: number;
  readonly nc: number;
  /** Threads that share the blocks of rows. */
  readonly workers: number;
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
  readonly name: string;
  readonly bytes: number;
  readonly ways: number;
  /** Bytes of one way. */
  readonly way: number;
  /** Bytes per cycle that one core reads from it. */
  readonly bandwidth: number;
}

function cacheOf(target: Target, level: number, given: number): Cache {
  const { bytes, associativity } = cacheLevel(target, level) ?? {
    bytes: 32 * 1024 * 8 ** (level - 1),
    associativity: 8,
  };
  const size = given > 0 ? given : bytes;
  const at = target.caches.findIndex((cache) => cache.level === level);
  const bandwidth = target.bandwidth.caches[at] ?? target.bandwidth.dram;
  return { name: `L${level}`, bytes: size, ways: associativity, way: size / associativity, bandwidth };
}

/**
 * The register tile: enough accumulators that a multiply-add need not wait for the one before (latency x throughput),
 * as square as the live vectors allow. What was measured for the engine goes first, if it fits: products that are added
 * by another instruction need a register. Of measured tiles with the same columns, that with the fewest cycles for all
 * rows, as those that fill no tile wait for their additions.
 */
export function registerTile(
  target: Target,
  shape: Pick<ProductShape, 'sumBytes' | 'isFused' | 'rows' | 'depth' | 'bytes' | 'isPacked' | 'isPlain'>,
): { readonly mr: number; readonly nr: number } {
  const { sumBytes, isFused, rows = UNKNOWN_ROWS } = shape;
  const width = lanes(target, 8 * sumBytes);
  const live = target.engine?.maxLiveVectors ?? target.vectorRegisters - 1;
  const product = isFused ? 0 : 1;
  // Measured tiles are of f32.
  const measured = (target.engine?.microKernels ?? [])
    .map(({ mr, nr }) => ({ mr, nr: Math.max(1, Math.round((nr * width) / lanes(target, 32))) }))
    .filter(({ mr, nr }) => (mr + 1) * Math.ceil(nr / width) + 1 + product <= live);
  const [first] = measured;
  if (first) {
    const cycles = ({ mr, nr }: typeof first) => tileCycles(target, rows, mr, Math.ceil(nr / width));
    // Few rows gain nothing from more of them at a time where the panels of each tile come from afar.
    const l1 = cacheOf(target, 1, 0);
    const isFar = ({ mr, nr }: typeof first) =>
      shape.isPacked && (shape.depth ?? 0) * (mr + nr) * shape.bytes > share(l1, 1);
    const depth = shape.depth ?? MANY_TERMS;
    const isUsual = depth >= FEW_TERMS && (depth <= MANY_TERMS || !shape.isPlain);
    const fits = (tile: typeof first) => tile.mr <= rows && isUsual && (rows >= MANY_ROWS || !isFar(tile));
    return measured
      .filter((tile, i) => tile.nr === first.nr && (fits(tile) || i === measured.length - 1))
      .reduce((best, tile) => (cycles(tile) < cycles(best) ? tile : best));
  }
  const needed = Math.ceil(target.latency.fma * target.throughput.fma);
  let best = { mr: 1, nr: width };
  let worth = -1;
  for (let vectors = 1; vectors < live; vectors++) {
    for (let mr = 1; mr * vectors + vectors + 1 + product <= live; mr++) {
      // Multiply-adds for each load, if the accumulators hide the latency; their share of it otherwise.
      const value = Math.min(1, (mr * vectors) / needed) * ((mr * vectors) / (mr + vectors));
      if (value > worth) [best, worth] = [{ mr, nr: vectors * width }, value];
    }
  }
  return best;
}

/**
 * Cycles of one term for tiles of `mr` rows, and for the rows left over: no fewer than a sum waits for its additions. A
 * tile with just as many sums as are in flight never catches up on a delay; one with half as many again does.
 */
function tileCycles(target: Target, rows: number, mr: number, vectors: number): number {
  const { latency, throughput } = target;
  const flight = latency.fma * Math.ceil(throughput.fma);
  const cycles = (tile: number) =>
    tile === 0
      ? 0
      : Math.max(latency.fma, (tile * vectors) / throughput.fma) *
        (1 + DELAY * Math.max(0, 1.5 - (tile * vectors) / flight));
  return Math.floor(rows / mr) * cycles(mr) + cycles(rows % mr);
}

/** Of the time, for sums that no others stand in for: 4x8 runs at 50 where 6x8 runs at 54.5. */
const DELAY = 0.18;

const KIB = 1024;
const kib = (bytes: number): string => `${Math.round(bytes / KIB)} KiB`;

/** Equal blocks: as few as the largest size allows, in multiples of `unit` when there are several. */
function balanced(total: number, largest: number, unit: number): number {
  const blocks = Math.ceil(total / largest);
  return blocks <= 1 ? total : Math.ceil(total / blocks / unit) * unit;
}

/** A level streams fast enough when it could bring so many times what is read. */
const MARGIN = 1.25;

/** Share of the time that bringing in the panels may take: it decides how many rows each one must serve. */
const PANEL_SHARE = 0.02;

/** Of a home that is not the first cache, for panels beside the left tiles and results that pass through it. */
const PANEL_PART = 0.25;

/** The farthest of the levels that streams `demand` bytes per cycle; the nearest when none does. */
function homeOf(levels: readonly Cache[], demand: number): Cache {
  return levels.filter((cache) => cache.bandwidth >= MARGIN * demand).pop() ?? levels[0]!;
}

/** Bytes of a cache for an operand beside one way for accumulators and what else passes; the others share the rest. */
function share(cache: Cache, part: number): number {
  return Math.max(1, Math.floor((cache.ways - 1) * part)) * cache.way;
}

/** The blocks for a product on a machine. */
export function blockSizes(target: Target, shape: ProductShape, given: GivenSizes): BlockSizes {
  const { rows, columns, depth, innerDepth, bytes, sumBytes, isPacked, isPlain } = shape;
  const tile = registerTile(target, shape);
  const mr = given.mr || tile.mr;
  const nr = given.nr || tile.nr;
  const width = lanes(target, 8 * sumBytes);
  const vectors = Math.ceil(nr / width);
  const flight = target.latency.fma * target.throughput.fma;
  const live = target.engine?.maxLiveVectors ?? target.vectorRegisters;
  const reasons = [
    `register tile ${mr}x${nr}: ${mr * vectors} accumulators for ${flight.toFixed(1)} in flight, ${mr * vectors + vectors + 1} live vectors of ${live}`,
  ];
  const levels = [cacheOf(target, 1, given.l1), cacheOf(target, 2, given.l2), cacheOf(target, 3, given.l3)];
  const [l1, l2, l3] = levels as [Cache, Cache, Cache];
  /** Cycles of the register tile for one term. */
  const cycles = (mr * vectors) / target.throughput.fma;
  const perCycle = { left: (mr * bytes) / cycles, right: (nr * bytes) / cycles };

  // kc: a panel of the right operand and a tile of the left one, in proportion nr to mr, at home where both stream. A sum
  // too long for that is cut for the first cache, as BLIS does: accumulators pass through memory anyway.
  const panelHome = homeOf(levels.slice(0, 2), perCycle.left + perCycle.right);
  const termsIn = (cache: Cache) => Math.max(16, Math.floor(share(cache, nr / (mr + nr)) / (nr * bytes)));
  const longest = Math.max(termsIn(l1), termsIn(panelHome) * PANEL_PART);
  let kc = given.kc || undefined;
  if (!kc && isPlain && depth !== undefined && depth > longest) kc = balanced(depth, termsIn(l1), 16);
  if (kc !== undefined && (!isPlain || (depth !== undefined && kc >= depth))) kc = undefined;
  // A sum over several loops can be cut at the outermost one only.
  const isNested = innerDepth !== undefined && depth !== undefined && depth > longest;
  if (isNested && innerDepth >= FEW_TERMS && (rows ?? UNKNOWN_ROWS) >= MANY_ROWS) kc = innerDepth;
  const terms = kc ?? depth ?? longest;
  reasons.push(
    `${kc === undefined ? `sums of ${depth ?? 'unknown'} terms in registers` : `kc ${kc}`}: panels of ${kib(terms * nr * bytes)} stream from ${panelHome.name}`,
  );

  // mc: as many rows as make bringing in a panel cheap, from where all of the right operand lies; no more than the home
  // of the left block holds. Panels that are not packed are strewn over the sets of the first cache and do not stay
  // there: the left block does instead.
  const rightBytes = (depth ?? terms) * (columns ?? UNKNOWN_COLUMNS) * bytes;
  const source = levels.find((cache) => rightBytes <= cache.bytes / 2);
  const enough = ((nr * bytes) / (source?.bandwidth ?? target.bandwidth.dram)) * (mr / cycles / PANEL_SHARE);
  const leftHome = isPacked ? homeOf(levels, perCycle.left) : l1;
  const most = Math.floor((isPacked ? share(leftHome, 1 / 2) : l1.bytes) / (terms * bytes));
  const largest = Math.max(mr, most);
  // As many blocks as have enough rows each, for several workers and for switching to other code between them.
  const aim = isPacked ? Math.min(largest, Math.max(mr, enough)) : largest;
  const shared =
    given.workers > 1 && rows !== undefined ? Math.min(4 * given.workers, Math.floor(rows / (SHARED_TILES * mr))) : 1;
  const blocks = rows === undefined ? 1 : Math.max(Math.floor(rows / aim), Math.ceil(rows / largest), shared, 1);
  const even = rows === undefined ? roundUp(aim, mr) : blocks === 1 ? rows : roundUp(rows / blocks, mr);
  const mc = Math.max(1, Math.min(given.mc || even, rows ?? Number.POSITIVE_INFINITY));
  reasons.push(
    `mc ${mc}: ${isPacked ? `panels come from ${source?.name ?? 'memory'}` : 'panels are not packed'}, a block of ${kib(mc * terms * bytes)} in ${leftHome.name}`,
  );

  // nc: where sums are cut, a block of the right operand and the accumulators in the third cache. Where there is one
  // block of rows, what the second holds: a block is packed where it is used then, and there is work for several
  // workers.
  let nc = given.nc || undefined;
  if (!nc && kc !== undefined) nc = roundUp(Math.max(nr, share(l3, 1 / 2) / (kc * bytes + mc * sumBytes)), nr);
  if (!nc && isPlain && isPacked && rows !== undefined && rows <= mc && rightBytes > l2.bytes)
    nc = balanced(columns ?? UNKNOWN_COLUMNS, Math.max(16 * nr, share(l2, 1) / (terms * bytes)), nr);
  if (nc !== undefined && (!isPlain || (columns !== undefined && nc >= columns))) nc = undefined;
  if (nc !== undefined)
    reasons.push(
      `nc ${nc}: ${kc === undefined ? `blocks of ${kib(nc * terms * bytes)} packed where they are used, in L2` : `a block of ${kib(nc * kc * bytes)} in L3`}`,
    );
  return { mr, nr, kc, mc, nc, reasons };
}

/** Register tiles of a block, at least, that is made smaller for several threads: four blocks for each, if there are so many rows. */
const SHARED_TILES = 8;

/** Columns, and rows, assumed when they are known at run time only. */
const UNKNOWN_COLUMNS = 1024;
const UNKNOWN_ROWS = 1024;

/** Terms of sums for which the largest register tile pays: a tile of fewer is mostly stores, sums of more are cut. */
const FEW_TERMS = 48;
const MANY_TERMS = 2048;

/** Rows from which on the largest register tile pays with panels that are not in the first cache. */
const MANY_ROWS = 64;

function roundUp(size: number, unit: number): number {
  return Math.ceil(size / unit) * unit;
}
