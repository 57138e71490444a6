// An element of a tensor at a place that is computed: a window that begins where data says, moved inside of the tensor.
//
//   %s = max(0, min(index(%start), size - window))
//   x[%s + within]
import type { TensorType, Value, WindowPlace } from '@budflow/ir';
import type { LoweringSite } from './site.js';

export function windowElement(site: LoweringSite, tensor: Value, place: WindowPlace): Value {
  const { rank } = tensor.type as TensorType;
  const at: Value[] = [];
  for (let d = 0; d < rank; d++) {
    const [within, start] = [place.within[d]!, place.starts[d]];
    if (!start) {
      at.push(site.value(within));
      continue;
    }
    const begin = site.clampStart(site.toIndex(start, place.element), site.size(tensor, d), place.sizes[d]!);
    at.push(site.value(site.sum(begin, within)));
  }
  return site.load(tensor, at);
}
