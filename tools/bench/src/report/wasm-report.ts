// The table of the wasm suite, and what its exit code says.

import type { Roofs } from '../measure/roofs.js';
import { geometricMean } from '../measure/statistics.js';
import type { ProgramResult, VariantResult } from '../suites/wasm-suite.js';
import { formatTable, ratio, threeDigits } from './table.js';

/** What a row is about: our own compiler's result, or the hand-written kernel's where ours does not run. */
function subjectOf(result: ProgramResult): VariantResult | undefined {
  const timed = result.variants.filter((v) => v.timing !== undefined && v.status === 'ok');
  return timed.find((v) => v.role === 'ours') ?? timed.find((v) => v.role === 'limit');
}

function medianOf(variant: VariantResult | undefined): number | null {
  return variant?.timing ? variant.timing.medianMs : null;
}

/** The fastest peer whose results are within tolerance. */
export function bestPeer(result: ProgramResult): VariantResult | undefined {
  const peers = result.variants.filter((v) => v.role === 'peer' && v.status === 'ok' && v.timing);
  return peers.sort((a, b) => (medianOf(a) ?? 0) - (medianOf(b) ?? 0))[0];
}

/** Figures of a program that are derived from its times. */
export interface Derived {
  readonly subject: string | null;
  /** Best peer's median over the subject's: above 1 the subject is faster. */
  readonly overPeer: number | null;
  readonly bestPeer: string | null;
  /** The hand-written kernel's median over the subject's. */
  readonly overLimit: number | null;
  /** `12.3 GB/s` or `45.6 GFLOP/s`, whichever bounds the program. */
  readonly rate: string | null;
  /** Share of the roof that the rate is of. */
  readonly ofRoof: number | null;
}

export function derive(result: ProgramResult): Derived {
  const subject = subjectOf(result);
  const time = medianOf(subject);
  const peer = bestPeer(result);
  const limit = result.variants.find((v) => v.role === 'limit' && v.status === 'ok');
  if (time === null)
    return { subject: null, overPeer: null, bestPeer: peer?.name ?? null, overLimit: null, rate: null, ofRoof: null };
  const work = result.bound.memoryBound ? result.bytes : result.flops;
  const peerTime = medianOf(peer);
  const limitTime = medianOf(limit);
  return {
    subject: subject?.name ?? null,
    overPeer: peerTime === null ? null : peerTime / time,
    bestPeer: peer?.name ?? null,
    overLimit: limitTime === null ? null : limitTime / time,
    rate: `${threeDigits(work / time / 1e6)} ${result.bound.memoryBound ? 'GB/s' : 'GFLOP/s'}`,
    ofRoof: (1000 * result.bound.seconds) / time,
  };
}

function cell(variant: VariantResult | undefined): string {
  if (!variant || variant.status === 'skipped') return '-';
  if (variant.status === 'wrong') return 'WRONG';
  if (variant.status === 'failed') return 'FAILED';
  return `${threeDigits(medianOf(variant) ?? 0)}${variant.status === 'inexact' ? '*' : ' '}`;
}

/** Whether any of our results, or of the hand-written kernels, is wrong or missing for a defect. */
export function hasFailure(results: readonly ProgramResult[]): boolean {
  return results.some((r) =>
    r.variants.some((v) => v.role !== 'peer' && (v.status === 'wrong' || v.status === 'failed')),
  );
}

function verdict(result: ProgramResult): string {
  const bad = result.variants.filter((v) => v.role !== 'peer' && (v.status === 'wrong' || v.status === 'failed'));
  if (bad.some((v) => v.status === 'wrong')) return 'WRONG';
  return bad.length > 0 ? 'FAILED' : 'ok';
}

export function printRoofs(roofs: Roofs): string {
  const levels = roofs.memory.map((m) => `${m.name} ${threeDigits(m.bytesPerSecond / 1e9)} GB/s`);
  return `roofs: ${levels.join(', ')}, peak ${threeDigits(roofs.flopsPerSecond / 1e9)} GFLOP/s (f32, Wasm SIMD)`;
}

/** The whole report as text. */
export function printWasmReport(results: readonly ProgramResult[], variants: readonly string[]): string {
  const names = variants.filter((name) =>
    results.some((r) => r.variants.some((v) => v.name === name && v.status !== 'skipped')),
  );
  const header = ['program (median ms)', ...names, 'min', 'peer', 'x peer', 'x limit', 'rate', 'roof', 'check'];
  const rows = results.map((result) => {
    const derived = derive(result);
    const subject = subjectOf(result);
    return [
      result.program,
      ...names.map((name) => cell(result.variants.find((v) => v.name === name))),
      subject?.timing ? threeDigits(subject.timing.minMs) : '-',
      derived.bestPeer ?? '-',
      ratio(derived.overPeer),
      ratio(derived.overLimit),
      derived.rate ?? '-',
      derived.ofRoof === null ? '-' : `${(100 * derived.ofRoof).toFixed(0)}% ${result.bound.roof}`,
      verdict(result),
    ];
  });
  return [formatTable(header, rows), ...notes(results)].join('\n');
}

/** What plain JavaScript loops are called among the variants. */
const PLAIN_NAME = 'plain';
/** Below this share of their speed a row is named at the end. */
const SLOW = 0.5;

function notes(results: readonly ProgramResult[]): string[] {
  const lines: string[] = [];
  const mean = (values: readonly (number | null)[]): string => {
    const present = values.filter((v) => v !== null);
    return present.length === 0 ? '-' : `${geometricMean(present).toFixed(2)}x over ${present.length}`;
  };
  const ours = results.filter((r) => subjectOf(r)?.role === 'ours').map(derive);
  if (ours.length > 0) {
    lines.push(
      `geometric mean: ${mean(ours.map((d) => d.overPeer))} of the best peer, ${mean(ours.map((d) => d.overLimit))} of the hand-written kernel`,
    );
  }
  const slow = results.flatMap((r) => {
    const plain = medianOf(r.variants.find((v) => v.name === PLAIN_NAME && v.status === 'ok'));
    const ours = medianOf(r.variants.find((v) => v.role === 'ours' && v.status === 'ok'));
    const share = plain === null || ours === null ? Number.POSITIVE_INFINITY : plain / ours;
    return share < SLOW ? [`${r.program} ${ratio(share)}`] : [];
  });
  if (ours.length > 0) lines.push(`below ${SLOW}x plain JavaScript: ${slow.length === 0 ? 'none' : slow.join(', ')}`);
  const ablations = new Set(results.flatMap((r) => r.variants.filter((v) => v.role === 'ablation').map((v) => v.name)));
  for (const name of ablations) {
    const gains = results.map((r) => {
      const without = medianOf(r.variants.find((v) => v.name === name));
      const full = medianOf(r.variants.find((v) => v.role === 'ours'));
      return without === null || full === null ? null : without / full;
    });
    lines.push(`${name}: slower by ${mean(gains)}`);
  }
  const threaded = new Set(results.flatMap((r) => r.variants.filter((v) => v.role === 'threads').map((v) => v.name)));
  for (const name of threaded) {
    const gains = results.map((r) => {
      const several = medianOf(r.variants.find((v) => v.name === name));
      const one = medianOf(r.variants.find((v) => v.role === 'ours'));
      return several === null || one === null ? null : one / several;
    });
    lines.push(`${name}: faster by ${mean(gains)}`);
  }
  if (results.some((r) => r.variants.some((v) => v.status === 'inexact'))) {
    lines.push('* outside of the tolerance; not counted as best peer');
  }
  for (const result of results) {
    for (const v of result.variants) {
      if (v.status === 'wrong' || v.status === 'failed')
        lines.push(`${v.status === 'wrong' ? 'WRONG' : 'FAILED'}: ${result.program} by ${v.name}: ${v.detail}`);
    }
  }
  const skipped = new Map<string, number>();
  for (const result of results) {
    for (const v of result.variants) {
      if (v.status === 'skipped')
        skipped.set(`${v.name}: ${v.detail}`, (skipped.get(`${v.name}: ${v.detail}`) ?? 0) + 1);
    }
  }
  for (const [reason, count] of skipped) lines.push(`skipped: ${reason}${count > 1 ? ` (${count} programs)` : ''}`);
  return lines;
}
