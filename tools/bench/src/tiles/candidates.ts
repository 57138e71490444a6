// Which sizes of blocks a search tries for a matrix product: options of the pass `cache-blocking`.

/** M x N x K: rows, columns and terms. */
export type Shape = readonly [number, number, number];

/** Twenty products: squares from 64 to 1024, odd sizes, few rows, few columns, short and long sums. */
export const SHAPES: readonly Shape[] = [
  [64, 64, 64],
  [96, 96, 96],
  [128, 128, 128],
  [192, 192, 192],
  [256, 256, 256],
  [384, 384, 384],
  [512, 512, 512],
  [768, 768, 768],
  [1024, 1024, 1024],
  [67, 71, 73],
  [250, 250, 250],
  [333, 334, 335],
  [511, 513, 509],
  [16, 1024, 1024],
  [64, 512, 784],
  [1024, 16, 1024],
  [1000, 32, 500],
  [1024, 1024, 16],
  [64, 64, 4096],
  [128, 256, 8192],
];

/** Options of the pass; those not given are the model's. */
export interface Tiles {
  readonly mr?: number;
  readonly nr?: number;
  readonly kc?: number;
  readonly mc?: number;
  readonly nc?: number;
  readonly 'pack-left'?: 'always' | 'never';
  readonly 'pack-right'?: 'always' | 'never';
}

/** More than any dimension: not cut. */
const WHOLE = 2 ** 20;
/** Accumulators beyond which every register tile spills on machines of 16 vector registers. */
const MOST_ACCUMULATORS = 16;
const LANES = 4;

/** Register tiles of whole vectors, with operands packed or not; the blocks are the model's. */
export function registerTiles([M, N]: Shape): Tiles[] {
  const found: Tiles[] = [];
  for (const mr of [1, 2, 3, 4, 5, 6, 8, 12])
    for (const nr of [4, 8, 12, 16])
      if ((mr * nr) / LANES <= MOST_ACCUMULATORS && mr * nr >= 8 && mr <= M && nr <= N) found.push({ mr, nr });
  return found;
}

/** Blocks and packing for a register tile. */
export function blocksOf(tile: Tiles, [M, N, K]: Shape): Tiles[] {
  const sizes = (all: readonly number[], whole: number) => [...all.filter((size) => size < whole), WHOLE];
  const found: Tiles[] = [];
  for (const kc of sizes([256, 512], K))
    for (const mc of sizes([32, 64, 128, 256], M))
      for (const nc of sizes([128], N)) found.push({ ...tile, kc, mc, nc });
  for (const packing of [{ 'pack-left': 'always' }, { 'pack-right': 'never' }] as const)
    found.push({ ...tile, ...packing });
  return found;
}

/** `4x8, kc 512, mc 128` */
export function describeTiles(tiles: Tiles): string {
  const size = (name: 'kc' | 'mc' | 'nc') =>
    tiles[name] === undefined ? [] : [tiles[name] >= WHOLE ? `${name} whole` : `${name} ${tiles[name]}`];
  const packing = (['left', 'right'] as const).flatMap((side) => {
    const choice = tiles[`pack-${side}`];
    return choice === undefined ? [] : [`${side} ${choice === 'always' ? 'packed' : 'not packed'}`];
  });
  return [`${tiles.mr}x${tiles.nr}`, ...size('kc'), ...size('mc'), ...size('nc'), ...packing].join(', ');
}
