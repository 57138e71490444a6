// The peer libraries as variants.

import type { Variant } from '../src/variants/variant.js';
import { jaxJsVariant } from './jax-js.js';
import { onnxRuntimeVariant } from './onnxruntime.js';
import { tfjsVariant } from './tfjs.js';

export const PEERS: readonly Variant[] = [tfjsVariant, onnxRuntimeVariant, jaxJsVariant];
