// `npm run report:tiles`: measures the shapes that are not measured yet, and writes docs/tile-model.md. State is kept after
// each shape, so it can be stopped at any time.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { enableRelaxedSimd } from '@budflow/target/node';
import { environment } from '../environment.js';
import { BENCH_ROOT } from '../programs/paths.js';
import { SHAPES } from './candidates.js';
import { nameOf, tileReport } from './report.js';
import { searchTiles, type TileResult } from './search.js';

const STATE = join(BENCH_ROOT, '.results', 'tiles.json');
const PAGE = join(BENCH_ROOT, '..', '..', 'docs', 'tile-model.md');

const HELP = `npm run report:tiles -- [--filter=RE] [--budget=SECONDS] [--again]

Times the sizes that cache-blocking chooses for ${SHAPES.length} matrix products against a search, and writes docs/tile-model.md.
  --filter=RE         only shapes whose name (MxNxK) matches
  --budget=SECONDS    start no other shape after so long (default: none)
  --again             measure what is measured already, too
`;

function readState(): TileResult[] {
  return existsSync(STATE) ? (JSON.parse(readFileSync(STATE, 'utf8')) as TileResult[]) : [];
}

async function main(argv: readonly string[]): Promise<number> {
  let values: { filter?: string; budget?: string; again?: boolean; help?: boolean };
  try {
    values = parseArgs({
      args: [...argv],
      options: {
        filter: { type: 'string' },
        budget: { type: 'string' },
        again: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }).values;
    new RegExp(values.filter ?? '');
  } catch (error) {
    process.stderr.write(`report:tiles: ${(error as Error).message}\n${HELP}`);
    return 2;
  }
  const budget = values.budget === undefined ? Number.POSITIVE_INFINITY : Number(values.budget);
  if (!(budget > 0)) {
    process.stderr.write(`report:tiles: --budget: expected seconds above 0, got '${values.budget}'\n`);
    return 2;
  }
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  enableRelaxedSimd();
  const wanted = SHAPES.filter((shape) => new RegExp(values.filter ?? '').test(nameOf(shape)));
  let results = readState();
  const start = performance.now();
  for (const shape of wanted) {
    const isKnown = results.some((r) => nameOf(r.shape) === nameOf(shape));
    if (isKnown && !values.again) continue;
    if (performance.now() - start > 1000 * budget) break;
    const result = await searchTiles(shape);
    results = [...results.filter((r) => nameOf(r.shape) !== nameOf(shape)), result];
    mkdirSync(dirname(STATE), { recursive: true });
    writeFileSync(STATE, `${JSON.stringify(results, null, 1)}\n`);
    process.stdout.write(
      `${nameOf(shape)}: ${result.model} ${result.modelMs.toFixed(4)} ms; best of ${result.candidates} ${result.best} ${result.bestMs.toFixed(4)} ms; ${(result.modelMs / result.bestMs).toFixed(2)}\n`,
    );
  }
  writeFileSync(PAGE, tileReport(results, environment()));
  const left = SHAPES.filter((shape) => !results.some((r) => nameOf(r.shape) === nameOf(shape))).length;
  if (left > 0) process.stdout.write(`${left} shapes are not measured yet: run it again\n`);
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
