// Reads what the passes before code generation have written on a kernel function.
import { AffineMapAttr, IntegerAttr, type Operation, StringAttr, UnitAttr } from '@budflow/ir';
import { argumentLayout } from './argument-layout.js';
import type { PhaseMetadata } from './backend.js';
import { type SizeExpression, sizeExpression } from './chunks.js';

/** Attributes of kernel functions. */
export const KernelAttrs = {
  /** Affine map of the dynamic sizes in the order of the argument block to the number of chunks. */
  chunks: 'rt.chunks',
  scratchBytes: 'rt.scratch_bytes',
  /** Integer, or affine map of the dynamic sizes. */
  stateBytes: 'rt.state_bytes',
  /** Unit: chunks must run one after another, in order. */
  serial: 'rt.serial',
  /** On memory.alloca: bytes from the scratch address. */
  scratchOffset: 'rt.scratch_offset',
} as const;

/** Metadata of a kernel function; undefined when its last arguments and its result are not those of a kernel. */
export function phaseMetadata(func: Operation): PhaseMetadata | undefined {
  const layout = argumentLayout(func);
  if (!layout) return undefined;
  const name = func.attr('sym_name');
  const scratch = func.attr(KernelAttrs.scratchBytes);
  return {
    name: name instanceof StringAttr ? name.value : '',
    layout,
    chunks: sizeAttr(func, KernelAttrs.chunks) ?? 1,
    scratchBytes: scratch instanceof IntegerAttr ? scratch.number : 0,
    stateBytes: sizeAttr(func, KernelAttrs.stateBytes) ?? 0,
    ...(func.attr(KernelAttrs.serial) instanceof UnitAttr ? { serial: true as const } : {}),
  };
}

function sizeAttr(func: Operation, name: string): SizeExpression | undefined {
  const attr = func.attr(name);
  if (attr instanceof AffineMapAttr) return sizeExpression(attr.map);
  return attr instanceof IntegerAttr ? attr.number : undefined;
}
