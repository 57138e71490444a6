// Times the model's blocks against a search over sizes, on one product: all register tiles, then a grid of blocks for the
// best of them, then the best of all once more, in turns with the model's choice.
import { compile, defaultTarget, type NdArray, pipelineFor } from 'budflow';
import { measure, type Timed } from '../measure/interleave.js';
import { makeInputs } from '../programs/inputs.js';
import { type Instance, instance, loadPrograms } from '../programs/program.js';
import { type Data, makeData } from '../programs/reference.js';
import { blocksOf, describeTiles, registerTiles, type Shape, type Tiles } from './candidates.js';

/** What was found for a product. */
export interface TileResult {
  readonly shape: Shape;
  /** Sizes tried. */
  readonly candidates: number;
  /** The model's sizes, as its remark says. */
  readonly model: string;
  readonly best: string;
  /** Milliseconds, medians and minima of the last round. */
  readonly modelMs: number;
  readonly bestMs: number;
  readonly modelMinMs: number;
  readonly bestMinMs: number;
  readonly gflops: number;
}

/** Candidates of the last round. */
const FINALISTS = 5;
const MODEL: Tiles = {};

export interface SearchOptions {
  /** For each candidate: when all are tried, and in the last round. */
  readonly seconds?: { readonly screen: number; readonly final: number };
  /** Register tiles whose blocks are searched (default 3). */
  readonly tiles?: number;
}

class Candidates {
  readonly #instance: Instance;
  readonly #inputs: readonly Data[];
  readonly #reference: Float32Array;

  constructor(shape: Shape) {
    const program = loadPrograms().find((p) => p.family.file === 'matmul')!;
    const [M, N, K] = shape;
    this.#instance = instance({ ...program, sizes: { M, N, K } });
    this.#inputs = makeInputs(this.#instance.inputs, this.#instance.program.family.inputs);
    const { timed, result, dispose } = this.#prepare(MODEL);
    timed.call();
    this.#reference = Float32Array.from(result());
    dispose();
  }

  get flops(): number {
    return this.#instance.flops;
  }

  #prepare(tiles: Tiles) {
    const target = defaultTarget();
    const config = pipelineFor({}, target);
    const pipeline = config.pipeline.map((item) =>
      typeof item === 'object' && 'pass' in item && item.pass === 'cache-blocking'
        ? { pass: item.pass, options: { ...item.options, ...tiles } }
        : item,
    );
    const module = compile(this.#instance.text, { target, pipeline: { ...config, pipeline } });
    const inputs = this.#instance.inputs.map((type, i) =>
      module.array(this.#inputs[i] as Float32Array, type.shape, type.dtype),
    );
    const [type] = this.#instance.outputs;
    const count = type!.shape.reduce((a, b) => a * b, 1);
    const out: NdArray[] = [module.array(makeData('f32', count) as Float32Array, type!.shape, type!.dtype)];
    const main = module.functions.main!.compiled;
    const timed: Timed = { name: describeTiles(tiles), call: () => main.call(inputs, { out }) };
    return {
      timed,
      result: () => out[0]!.data as Float32Array,
      dispose: () => {
        for (const array of [...inputs, ...out]) array.dispose();
        module.dispose();
      },
    };
  }

  /** Medians and minima of each in milliseconds, in turns. @throws Error when a candidate computes something else */
  async time(all: readonly Tiles[], seconds: number) {
    const prepared = all.map((tiles) => this.#prepare(tiles));
    prepared.forEach(({ timed, result }, i) => {
      timed.call();
      const own = result();
      const at = own.findIndex((v, k) => Math.abs(v - this.#reference[k]!) > 1e-3);
      if (at >= 0)
        throw new Error(`${describeTiles(all[i]!)}: element ${at} is ${own[at]}, not ${this.#reference[at]}`);
    });
    const timings = await measure(
      prepared.map((p) => p.timed),
      { seconds, minimumSamples: 3 },
    );
    for (const { dispose } of prepared) dispose();
    return timings;
  }

  /** The candidates, fastest first; a few at a time, so that their memory stays small. */
  async rank(all: readonly Tiles[], seconds: number): Promise<Tiles[]> {
    const times: number[] = [];
    for (let at = 0; at < all.length; at += FINALISTS) {
      const timings = await this.time(all.slice(at, at + FINALISTS), seconds);
      times.push(...timings.map((t) => t.minMs));
    }
    const order = all.map((_, i) => i).sort((a, b) => times[a]! - times[b]!);
    return order.map((i) => all[i]!);
  }
}

/** The sizes that the model chooses, from the remark of the pass. */
function modelSizes(shape: Shape): string {
  const program = loadPrograms().find((p) => p.family.file === 'matmul')!;
  const [M, N, K] = shape;
  const module = compile(instance({ ...program, sizes: { M, N, K } }).text);
  const remark = module.report.remarks.find((r) => r.pass === 'cache-blocking' && r.kind === 'applied');
  module.dispose();
  const text = remark?.message ?? '';
  const size = (name: string) => /\d+/.exec(new RegExp(`\\b${name} (\\d+)`).exec(text)?.[0] ?? '')?.[0];
  const tile = /register tile (\w+)/.exec(text)?.[1] ?? '';
  const cut = ['kc', 'mc', 'nc'].flatMap((name) => (size(name) ? [`${name} ${size(name)}`] : []));
  return [tile, ...cut].join(', ');
}

/** Searches for one product. */
export async function searchTiles(
  shape: Shape,
  { seconds = { screen: 0.02, final: 0.25 }, tiles: searched = 3 }: SearchOptions = {},
): Promise<TileResult> {
  const candidates = new Candidates(shape);
  const tiles = registerTiles(shape);
  const ranked = await candidates.rank(tiles, seconds.screen);
  const blocks = ranked.slice(0, searched).flatMap((tile) => blocksOf(tile, shape));
  const best = await candidates.rank([...ranked.slice(0, searched), ...blocks], seconds.screen);
  const finalists = [MODEL, ...best.slice(0, FINALISTS)];
  const timings = await candidates.time(finalists, seconds.final);
  let winner = 1;
  for (let i = 2; i < timings.length; i++) if (timings[i]!.medianMs < timings[winner]!.medianMs) winner = i;
  return {
    shape,
    candidates: tiles.length + blocks.length,
    model: modelSizes(shape),
    best: describeTiles(finalists[winner]!),
    modelMs: timings[0]!.medianMs,
    bestMs: timings[winner]!.medianMs,
    modelMinMs: timings[0]!.minMs,
    bestMinMs: timings[winner]!.minMs,
    gflops: candidates.flops / timings[0]!.medianMs / 1e6,
  };
}
