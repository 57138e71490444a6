// The examples, by name, in the order in which the demo shows them.
import { blackScholes } from './black-scholes.mjs';
import { convnet } from './convnet.mjs';
import { fftFilter } from './fft-filter.mjs';
import { heat } from './heat.mjs';
import { imagePipeline } from './image-pipeline.mjs';
import { kMeans } from './k-means.mjs';
import { layernorm } from './layernorm.mjs';
import { mandelbrot } from './mandelbrot.mjs';
import { mlp } from './mlp.mjs';
import { nBody } from './n-body.mjs';
import { softmax } from './softmax.mjs';
import { table } from './table.mjs';

/** @type {Record<string, import('./definition.mjs').Definition>} */
const DEFINITIONS = {
  'image-pipeline': imagePipeline,
  softmax,
  layernorm,
  mlp,
  convnet,
  'black-scholes': blackScholes,
  'n-body': nBody,
  mandelbrot,
  'k-means': kMeans,
  heat,
  'fft-filter': fftFilter,
  table,
};

export const EXAMPLE_NAMES = Object.keys(DEFINITIONS);

/**
 * @param {string} name
 * @throws Error that lists the examples there are
 */
export function example(name) {
  const definition = Object.hasOwn(DEFINITIONS, name) ? DEFINITIONS[name] : undefined;
  if (definition === undefined) throw new Error(`unknown example "${name}": there is ${EXAMPLE_NAMES.join(', ')}`);
  return definition;
}
