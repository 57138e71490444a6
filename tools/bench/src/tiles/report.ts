// docs/tile-model.md: what the model of `cache-blocking` is worth.
import { type Environment, printEnvironment } from '../environment.js';
import { median } from '../measure/statistics.js';
import { SHAPES, type Shape } from './candidates.js';
import type { TileResult } from './search.js';

/** Within this of the best counts as found. */
const TOLERANCE = 1.1;

export const nameOf = (shape: Shape): string => shape.join('x');

const ms = (time: number): string => (time < 1 ? time.toPrecision(3) : time.toFixed(2));

/** The page. Shapes that are not measured yet are named. */
export function tileReport(results: readonly TileResult[], environment: Environment): string {
  const measured = SHAPES.flatMap((shape) => results.find((r) => nameOf(r.shape) === nameOf(shape)) ?? []);
  const missing = SHAPES.filter((shape) => !measured.some((r) => nameOf(r.shape) === nameOf(shape)));
  const ratio = (r: TileResult): number => r.modelMs / r.bestMs;
  const found = measured.filter((r) => ratio(r) <= TOLERANCE);
  const rows = measured.map((r) =>
    [
      nameOf(r.shape),
      r.model,
      ms(r.modelMs),
      r.gflops.toFixed(1),
      r.best,
      ms(r.bestMs),
      ratio(r).toFixed(2),
      (r.modelMinMs / r.bestMinMs).toFixed(2),
      String(r.candidates),
    ].join(' | '),
  );
  return `# Sizes of blocks: the model against a search

The pass \`cache-blocking\` computes the sizes of the blocks of a matrix product from the machine's registers, caches and
bandwidths (\`libs/transforms/src/scheduling/blocking/model.ts\`). Here its choice is timed against a search: all register tiles
of 1 to 12 rows and 4 to 16 columns, then for the best three of them a grid of \`kc\`, \`mc\`, \`nc\` and of what is packed, all as
options of the same pass. The best five of all run once more in turns with the model's choice; these are the times below.

${measured.length === 0 ? 'Nothing is measured yet.' : `**Within 10% of the best found: ${found.length} of ${measured.length} shapes** (median ratio ${median(measured.map(ratio)).toFixed(2)}, worst ${Math.max(...measured.map(ratio)).toFixed(2)}).`}

M x N x K | model | ms | GFLOP/s | best found | ms | model / best | of minima | tried
--- | --- | --: | --: | --- | --: | --: | --: | --:
${rows.join('\n')}

Medians of interleaved batches; \`kc whole\` means that sums are not cut. A ratio below 1 is noise, or a size between those of the grid.
${missing.length > 0 ? `\nNot measured: ${missing.map(nameOf).join(', ')}.\n` : ''}
${printEnvironment(environment)}. Written by \`npm run report:tiles\`, which goes on where it stopped; \`--again\` starts anew.
`;
}
