// Where the figures were measured: they mean nothing without it.

import { cpus } from 'node:os';
import { probeRelaxedSimd } from '@budflow/backend-wasm';

export interface Environment {
  readonly node: string;
  readonly v8: string;
  readonly cpu: string;
  readonly processors: number;
  readonly relaxedSimd: boolean;
  readonly date: string;
}

export function environment(): Environment {
  const all = cpus();
  return {
    node: process.versions.node,
    v8: process.versions.v8,
    cpu: all[0]?.model.trim() ?? 'unknown',
    processors: all.length,
    relaxedSimd: probeRelaxedSimd(),
    date: new Date().toISOString(),
  };
}

export function printEnvironment(e: Environment): string {
  return `Node ${e.node} (V8 ${e.v8}), ${e.cpu}, ${e.processors} processors, relaxed SIMD ${e.relaxedSimd ? 'on' : 'off'}`;
}
