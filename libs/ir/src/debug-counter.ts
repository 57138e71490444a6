// Where a transformation asks whether it may happen: a debugging aid, absent in ordinary runs. The counters themselves
// are kept by whoever runs the passes; passes and rewrite drivers only see this.
import type { Operation } from './operation.js';

export interface TransformationGate {
  /**
   * Whether the next application of `name` may happen, without counting it. An application to `op` that was refused
   * once stays refused, and is counted once.
   */
  allows(name: string, op?: Operation): boolean;
  /** Counts an application and returns whether it may happen. */
  shouldExecute(name: string, op?: Operation): boolean;
}
