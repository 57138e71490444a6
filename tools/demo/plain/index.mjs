// The plain JavaScript baselines, by example. What a careful JavaScript programmer writes: typed arrays, loops fused
// where that is natural, nothing allocated while running.
import { THRESHOLD } from '../reference/image-pipeline.mjs';
import { EPSILON } from '../reference/layernorm.mjs';
import { prepareImagePipeline } from './image-pipeline.mjs';
import { prepareLayernorm } from './layernorm.mjs';
import { prepareMlp } from './mlp.mjs';
import { prepareSoftmax } from './softmax.mjs';

/** @typedef {import('../lib/npy.mjs').Tensor} Tensor */
/** @typedef {import('../lib/inputs.mjs').Example} Example */

/**
 * Allocates everything an example needs. Each `run()` computes the outputs anew, in place.
 * @param {Example} name
 * @param {Record<string, Tensor>} args the example's inputs
 * @returns {{ outputs: Record<string, Tensor>, run: () => void }}
 */
export function preparePlain(name, args) {
  switch (name) {
    case 'image-pipeline':
      return prepareImagePipeline(args, THRESHOLD);
    case 'softmax':
      return prepareSoftmax(args);
    case 'layernorm':
      return prepareLayernorm(args, EPSILON);
    case 'mlp':
      return prepareMlp(args);
    default:
      throw new Error(`unknown example "${name}"`);
  }
}
