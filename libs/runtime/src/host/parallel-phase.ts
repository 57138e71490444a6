// Which phases of kernels several threads may share.
import type { PhaseMetadata } from '@budflow/backend-api';

/** Whether chunks of a phase may run at the same time. */
export function isParallelPhase({ chunks, serial }: PhaseMetadata): boolean {
  return chunks !== 1 && serial !== true;
}
