import { expect, test } from 'vitest';
import { blocksOf, describeTiles, registerTiles, SHAPES } from './candidates.js';
import { nameOf, tileReport } from './report.js';
import { searchTiles, type TileResult } from './search.js';

const machine = { node: '20', v8: '11', cpu: 'c', processors: 2, relaxedSimd: true, date: '' };
const result = (at: number, modelMs: number, bestMs: number): TileResult => ({
  shape: SHAPES[at]!,
  candidates: 40,
  model: '4x8, mc 64',
  best: '2x16, mc 32',
  modelMs,
  bestMs,
  modelMinMs: modelMs,
  bestMinMs: bestMs,
  gflops: 50,
});

test('the shapes are twenty, all different', () => {
  expect(new Set(SHAPES.map(nameOf)).size).toBe(20);
});

test('register tiles fit the product and are not surely too large; blocks are smaller than it, or whole', () => {
  expect(registerTiles([64, 64, 64])).toContainEqual({ mr: 4, nr: 8 });
  expect(registerTiles([3, 8, 64]).every(({ mr, nr }) => mr! <= 3 && nr! <= 8)).toBe(true);
  expect(registerTiles([64, 64, 64]).every(({ mr, nr }) => (mr! * nr!) / 4 <= 16)).toBe(true);
  const blocks = blocksOf({ mr: 4, nr: 8 }, [100, 64, 300]);
  expect(new Set(blocks.map(describeTiles)).size).toBe(blocks.length);
  expect(blocks.map(describeTiles)).toContain('4x8, kc 256, mc 64, nc whole');
  expect(blocks.map(describeTiles)).toContain('4x8, left packed');
  expect(blocks.some(({ mc }) => mc === 128)).toBe(false);
});

test('the page counts what is within 10%, and names what is missing', () => {
  const page = tileReport([result(1, 1.05, 1), result(0, 1.2, 1)], machine);
  expect(page).toContain('Within 10% of the best found: 1 of 2 shapes');
  expect(page).toContain('worst 1.20');
  expect(page.indexOf('\n64x64x64 | ')).toBeLessThan(page.indexOf('\n96x96x96 | '));
  expect(page).toMatch(/Not measured: 128x128x128, /);
  expect(tileReport([], machine)).toContain('Nothing is measured yet');
});

test('a search times the model in turns with what it found, all with the same result', async () => {
  const seconds = { screen: 0.0005, final: 0.0005 };
  const found = await searchTiles([2, 8, 4], { seconds, tiles: 1 });
  expect(found.model).toMatch(/^4x8, mc 2/);
  expect(found.candidates).toBeGreaterThan(3);
  expect(found.bestMs).toBeGreaterThan(0);
  expect(found.modelMs).toBeGreaterThan(0);
});
