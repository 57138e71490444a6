// Kernel calls of a program on several threads: what goes wrong in them, on whichever thread, is a trap of the caller's.
import { trapAt, trapOfMessage } from '../errors.js';
import { type HostProgram, placeOfTrap } from '../host/program.js';
import type { ParallelSite } from '../threads/parallel-kernel.js';
import { WorkerLost } from '../threads/pool.js';

/** Runs all chunks of a site. `kernelTrap` throws the trap of a kernel that answered `next`. */
export function parallelRunner(
  program: HostProgram,
  sites: readonly (ParallelSite | undefined)[],
  kernelTrap: (site: number, begin: number, next: number) => never,
): (site: number, chunks: number) => void {
  const failed = (site: number, message: string): Error => {
    const { kernel } = program.sites[site]!;
    const { kind, reason } = trapOfMessage(message);
    const at = placeOfTrap(program.sites[site], kind);
    return trapAt(kind, kind === 'KernelTrap' ? `kernel '${kernel}' failed: ${reason}` : reason, at, program.name);
  };
  return (site, chunks) => {
    let failure: ReturnType<ParallelSite['run']>;
    try {
      failure = sites[site]!.run(chunks);
    } catch (error) {
      if (error instanceof WorkerLost) throw failed(site, error.message);
      // The engine's: an access outside of the memory, `unreachable`. Workers tell theirs as text.
      throw error instanceof Error && error.name === 'RuntimeError' ? failed(site, String(error)) : error;
    }
    if (!failure) return;
    if (failure.message !== '') throw failed(site, failure.message);
    kernelTrap(site, failure.chunk, failure.code);
  };
}
