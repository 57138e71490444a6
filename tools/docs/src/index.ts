// Public face: the pages in memory, and where they go.
export { type Reference, reference } from './pages.js';
export { type Changes, staleness, writeReference } from './write.js';
