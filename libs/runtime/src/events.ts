// What happens while programs are compiled and run, as a stream of events. Nobody listening costs nothing.

/** Times are in milliseconds. */
export type RuntimeEvent =
  /** A module went from text to callable. */
  | { readonly kind: 'compile'; readonly functions: readonly string[]; readonly milliseconds: number }
  /** The backend made code of kernels. */
  | {
      readonly kind: 'kernel-compile';
      readonly backend: string;
      readonly target: string;
      readonly kernels: readonly string[];
      readonly bytes: number;
      readonly milliseconds: number;
    }
  /** A module asked for threads and got fewer: `note` says why. */
  | { readonly kind: 'threads'; readonly wanted: number | 'auto'; readonly threads: number; readonly note: string }
  /** A function of a module ran, or threw. */
  | { readonly kind: 'call'; readonly function: string; readonly milliseconds: number; readonly failed: boolean };

export type RuntimeListener = (event: RuntimeEvent) => void;

export class EventStream {
  private readonly listeners = new Set<RuntimeListener>();

  /** Whether anyone listens: look before making an event. */
  get isWatched(): boolean {
    return this.listeners.size > 0;
  }

  /** Calls `listener` for every event from now on; returns what ends that. */
  listen(listener: RuntimeListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  emit(event: RuntimeEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}
