// How modules are printed, by the flags.
import type { PrintOptions } from '@budflow/ir';
import type { Arguments } from '../cli/flags.js';

export function printing(args: Arguments): PrintOptions {
  const elide = args.value('mlir-elide-elementsattrs-if-larger');
  return {
    generic: args.isOn('mlir-print-op-generic') || args.isOn('mlir-print-properties'),
    properties: args.isOn('mlir-print-properties'),
    locations: args.isOn('mlir-print-debuginfo'),
    ...(elide === undefined ? {} : { elideLargeAttributes: Number(elide) }),
  };
}
