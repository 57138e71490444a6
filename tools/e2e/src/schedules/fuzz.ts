// Random schedules of random kernels: every step is judged by the oracle before it is tried, every result is compared
// with the interpreter's of the kernel as it was.
import { ForOp, loopsByName } from '@budflow/dialect-loop';
import type { Operation } from '@budflow/ir';
import {
  applySchedule,
  applyStep,
  type PrimitiveName,
  STEP_SCHEMAS,
  type Step,
  serializeSchedule,
} from '@budflow/transforms/scheduling';
import {
  checkVerified,
  functionOf,
  generator,
  parseKernel,
  run,
} from '../../../../libs/transforms/src/scheduling/testing/kernel.js';
import { wrongChunks } from './chunks.js';
import { type Next, type RandomKernel, randomKernel } from './generate.js';
import { judge, type Verdict } from './oracle.js';
import { type AccessEvent, traceKernel } from './trace.js';

export interface PrimitiveCount {
  proposed: number;
  applied: number;
  refused: number;
  /** Judged illegal: all of them must have been refused. */
  illegal: number;
  illegalApplied: number;
  /** Judged legal, and of those refused. */
  legal: number;
  legalRefused: number;
  readonly reasons: Map<string, number>;
}

export interface FuzzResult {
  readonly counts: ReadonlyMap<PrimitiveName, PrimitiveCount>;
  readonly failures: readonly string[];
  readonly schedules: number;
}

export interface FuzzOptions {
  readonly programs: number;
  readonly seed: number;
  readonly perProgram: number;
  readonly maxFailures?: number;
  readonly onProgress?: (done: number, failures: number) => void;
  readonly onFailure?: (text: string) => void;
}

const NAMES = Object.keys(STEP_SCHEMAS) as PrimitiveName[];
const STEPS = 6;

export function fuzzSchedules({
  programs,
  seed,
  perProgram,
  maxFailures = 5,
  onProgress,
  onFailure,
}: FuzzOptions): FuzzResult {
  const counts = new Map<PrimitiveName, PrimitiveCount>();
  for (const name of NAMES)
    counts.set(name, {
      proposed: 0,
      applied: 0,
      refused: 0,
      illegal: 0,
      illegalApplied: 0,
      legal: 0,
      legalRefused: 0,
      reasons: new Map(),
    });
  const failures: string[] = [];
  let schedules = 0;
  for (let p = 0; p < programs && failures.length < maxFailures; p++) {
    const { text, stages, original } = definedKernel(seed * 100_003 + p);
    const expected = run(original, [], p + 1);
    // Kernels of array-to-loop have the names of parallel loops only where they are.
    const threads = wrongChunks(functionOf(original), 'all')?.length === 0;
    for (let s = 0; s < perProgram && failures.length < maxFailures; s++) {
      const next = generator((seed * 7919 + p * 131 + s * 17 + 1) * 2654435761);
      for (let i = 0; i < 8; i++) next();
      const failure = trySchedule(text, stages, expected, p + 1, next, counts, { threads });
      if (failure) {
        failures.push(`program ${p}, schedule ${s}: ${failure}`);
        onFailure?.(failures.at(-1)!);
      }
      schedules++;
    }
    onProgress?.(p + 1, failures.length);
  }
  return { counts, failures, schedules };
}

/** The first random kernel from a seed on that reads no element of a private buffer before one was written there. */
function definedKernel(seed: number): RandomKernel & { readonly original: Operation } {
  for (let attempt = 0; ; attempt++) {
    const kernel = randomKernel(seed + attempt * 1_000_000_007);
    const original = parseKernel(kernel.text);
    const events = traceKernel(functionOf(original), true);
    if (!events || !readsUndefined(events)) return { ...kernel, original };
  }
}

/** What such elements hold is undefined, so that a legal schedule may change it. */
function readsUndefined(events: readonly AccessEvent[]): boolean {
  const written = new Set<string>();
  for (const { cell, isWrite, buffer } of events) {
    if (isWrite) written.add(cell);
    else if (buffer.definingOp !== null && !written.has(cell)) return true;
  }
  return false;
}

function trySchedule(
  text: string,
  stages: readonly string[],
  expected: readonly Uint8Array[],
  dataSeed: number,
  next: Next,
  counts: ReadonlyMap<PrimitiveName, PrimitiveCount>,
  { threads }: { readonly threads: boolean },
): string | undefined {
  const module = parseKernel(text);
  const func = functionOf(module);
  const steps: Step[] = [];
  const told = (why: string): string => `${why}\n${serializeSchedule({ steps })}\n${text}\nnow:\n${module}`;
  for (let i = 0; i < STEPS; i++) {
    const step = randomStep(func, stages, steps, next);
    if (!step) break;
    const count = counts.get(step.primitive)!;
    const events = traceKernel(func, true);
    const verdict: Verdict = events ? judge(func, step, events) : 'unclear';
    const before = module.toString();
    const result = applyStep(func, step);
    count.proposed++;
    if (verdict === 'illegal') count.illegal++;
    if (verdict === 'legal') count.legal++;
    if (!result.ok) {
      count.refused++;
      if (verdict === 'legal') {
        count.legalRefused++;
        const reason = result.refused
          .replace(/"[^"]*"/g, '".."')
          .replace(/\d+/g, 'N')
          .slice(0, 90);
        count.reasons.set(reason, (count.reasons.get(reason) ?? 0) + 1);
      }
      if (module.toString() !== before) return told(`refused ${JSON.stringify(step)} changed the kernel:\n${before}`);
      continue;
    }
    steps.push(step);
    count.applied++;
    checkVerified(module);
    if (verdict === 'illegal') {
      count.illegalApplied++;
      return told(`${JSON.stringify(step)} was applied to\n${before}`);
    }
  }
  const got = run(module, [], dataSeed);
  const differs = expected.some((bytes, k) => bytes.some((x, at) => x !== got[k]![at]));
  if (differs) return told('the results differ');
  const replayed = parseKernel(text);
  for (const step of steps) applyStep(functionOf(replayed), step);
  if (replayed.toString() !== module.toString()) return told('does not replay to the same loops');
  if (!threads) return undefined;
  const marked = parseKernel(text);
  applySchedule(functionOf(marked), { steps });
  const wrong = wrongChunks(functionOf(marked));
  return wrong?.length ? told(`loops ${wrong.join(', ')} cannot be chunks`) : undefined;
}

/** A step that fits the loops that are there, legal or not; `done` are those before it. */
function randomStep(func: Operation, stages: readonly string[], done: readonly Step[], next: Next): Step | undefined {
  const loops = [...loopsByName(func)];
  if (loops.length === 0 || loops.length > 24) return undefined;
  const pick = <T>(list: readonly T[]): T => list[next() % list.length]!;
  const [loop, op] = pick(loops);
  const factor = 2 + (next() % 3);
  const buffer = pick(['arg0', 'arg1', 'arg2', 'arg3', 'arg3']);
  // What undoes or completes a compute_at means something behind one.
  const moved = done.findLast((step) => step.primitive === 'compute_at');
  let primitive: PrimitiveName = moved && next() % 2 === 0 ? pick(['compute_root', 'store_at']) : pick(NAMES);
  if ((primitive === 'compute_root' || primitive === 'store_at') && !moved && next() % 8) primitive = 'compute_at';
  const nested = perfectNests(loops.map(([, l]) => l));
  switch (primitive) {
    case 'split':
      return { primitive, loop, factor, tail: pick(['peel', 'guard', 'shift', 'mask']) };
    case 'tile':
    case 'reorder': {
      const nest = nested.length ? pick(nested) : undefined;
      if (!nest) return { primitive: 'peel', loop };
      if (primitive === 'tile') return { primitive, loops: nest, factors: nest.map(() => 2 + (next() % 3)) };
      const rotated = next() % 2 ? [...nest].reverse() : [...nest.slice(1), nest[0]!];
      return { primitive, loops: rotated };
    }
    case 'fuse': {
      const nest = nested.length ? pick(nested) : undefined;
      return nest ? { primitive, loops: nest.slice(0, 2) } : { primitive: 'unroll', loop };
    }
    case 'merge': {
      const siblings = loops.filter(([, l]) => l.parent === op.parent && op !== l && op.isBeforeInBlock(l));
      return siblings.length ? { primitive, loops: [loop, pick(siblings)[0]] } : { primitive: 'parallel', loop };
    }
    case 'unroll':
      return next() % 2 ? { primitive, loop } : { primitive, loop, factor };
    case 'unroll_and_jam':
    case 'vectorize':
      return { primitive, loop };
    case 'unswitch': {
      const conditional = loops.filter(([, l]) => contains(l, 'loop.if'));
      return { primitive, loop: (conditional.length ? pick(conditional) : [loop])[0] };
    }
    case 'parallel':
      return { primitive, loop, grain: factor };
    case 'peel':
      return { primitive, loop, iterations: 1 + (next() % 3), end: pick(['front', 'back']) };
    case 'distribute': {
      const inner = loops.filter(([, l]) => l.parentOp && ForOp.is(l.parentOp) && ForOp.name(l.parentOp));
      if (!inner.length) return { primitive: 'parallel', loop };
      const [at, l] = pick(inner);
      return { primitive, loop: ForOp.name(l.parentOp!)!, at };
    }
    case 'compute_at': {
      const stage = pick(stages.length > 1 ? stages.slice(0, -1) : stages);
      const later = loops.filter(([name]) => stages.indexOf(name.split('.')[0]!) > stages.indexOf(stage));
      return { primitive, stage, loop: (later.length && next() % 8 ? pick(later) : [loop])[0] };
    }
    case 'compute_root': {
      if (moved && next() % 4) return { primitive, stage: moved.stage };
      const inside = loops.filter(([, l]) => l.parentOp && ForOp.is(l.parentOp));
      const stage = inside.length ? pick(inside)[0].split('.')[0]! : pick(stages);
      return { primitive, stage };
    }
    case 'store_at': {
      if (moved && next() % 8) {
        // Outwards, then in again.
        const last = done.findLast((step) => step.primitive === 'store_at');
        const isOut = last?.stage === moved.stage && last.loop === undefined;
        return isOut ? { primitive, stage: moved.stage, loop: moved.loop } : { primitive, stage: moved.stage };
      }
      const stage = pick(stages);
      return next() % 3 ? { primitive, stage, loop } : { primitive, stage };
    }
    case 'cache_read':
    case 'cache_write':
      return { primitive, buffer, loop };
    case 'pack': {
      const chain = nested.find((names) => names.includes(loop)) ?? [loop];
      return { primitive, buffer: pick(['arg0', 'arg1']), loops: next() % 2 ? chain : [loop] };
    }
    case 'rfactor': {
      const reductions = loops.filter(([name]) => /\.r0|\.d1/.test(name));
      return { primitive, loop: (reductions.length ? pick(reductions) : [loop])[0], factor };
    }
    case 'prefetch':
      return { primitive, buffer, loop, distance: factor };
    case 'store_nontemporal':
      return next() % 2 ? { primitive, buffer } : { primitive, buffer, loop };
    default:
      return primitive satisfies never;
  }
}

function contains(loop: Operation, name: string): boolean {
  let found = false;
  loop.walk((op) => {
    found ||= op.name === name;
  });
  return found;
}

/** Names of loops with nothing but index arithmetic between them: pairs and triples, outermost first. */
function perfectNests(loops: readonly Operation[]): string[][] {
  const nests: string[][] = [];
  for (const top of loops) {
    const names = [ForOp.name(top)!];
    for (let at = top; ; ) {
      const ops = ForOp.body(at).entry.ops.slice(0, -1);
      const inner = ops.filter((o) => ForOp.is(o));
      if (
        inner.length !== 1 ||
        ops.some((o) => o !== inner[0] && !/^loop\.(apply|min|max)$|^arith\.constant$/.test(o.name))
      )
        break;
      at = inner[0]!;
      const name = ForOp.name(at);
      if (name === undefined || names.length === 3) break;
      names.push(name);
      nests.push(names.slice());
    }
  }
  return nests;
}

/** A table of what happened. */
export function describeCounts(
  counts: ReadonlyMap<PrimitiveName, PrimitiveCount>,
  options: { readonly reasons?: boolean } = {},
): string {
  const lines = ['primitive           proposed  applied  refused  illegal  let through   legal  legal but refused'];
  for (const [name, c] of counts) {
    const share = c.legal ? `${((100 * c.legalRefused) / c.legal).toFixed(1)}%` : '';
    const columns = [c.proposed, c.applied, c.refused, c.illegal, c.illegalApplied, c.legal, c.legalRefused];
    const widths = [10, 9, 9, 9, 13, 8, 8];
    lines.push(`${name.padEnd(18)}${columns.map((n, i) => String(n).padStart(widths[i]!)).join('')}  ${share}`);
    if (options.reasons)
      for (const [reason, n] of [...c.reasons].sort((a, b) => b[1] - a[1]).slice(0, 4))
        lines.push(`    ${n} ${reason}`);
  }
  return lines.join('\n');
}
