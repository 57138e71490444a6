// What `--load`, `compile` and editors take.
import { definePlugin } from 'budflow';
import { polyDialect } from './dialect.js';
import { lowerPoly } from './lower-poly.js';

export const plugin = definePlugin({ name: 'poly', dialects: [polyDialect], passes: [lowerPoly] });
