// docs/examples/image-pipeline: the edges of the photographs.
import { photographs } from '../lib/data.mjs';
import { prepareImagePipeline } from '../plain/image-pipeline.mjs';
import { imagePipeline as reference, THRESHOLD } from '../reference/image-pipeline.mjs';

/** @type {import('./definition.mjs').Definition} */
export const imagePipeline = {
  inputs: () => ({ image: photographs() }),
  reference,
  plain: (args) => prepareImagePipeline(args, THRESHOLD),
  policies: {
    edges: { kind: 'decided', step: 255 },
    grey: { kind: 'decided', step: 1 },
  },
  work: { bytes: 1600 * 2400 * (3 + 1 + 1) },
  pictures: ({ edges, grey }) => ({ edges, grey }),
};
