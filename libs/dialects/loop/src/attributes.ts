// Attributes of the dialect and the names of schedule annotations on loops.
import { defineAttribute } from '@budflow/ir';

export interface LoopPipeline {
  /** Initiation interval: iterations start this many cycles apart. */
  readonly ii: number;
  /** Number of overlapping stages. */
  readonly stages: number;
}

/** `#loop.pipeline<ii = 2, stages = 3>`: the software pipeline of an innermost loop. */
export const PipelineAttr = defineAttribute<LoopPipeline>({
  name: 'loop.pipeline',
  summary: 'software pipeline of a loop: initiation interval in cycles and number of stages',
  parse(parser) {
    const field = (name: string): number => {
      parser.keyword(name);
      parser.punctuation('=');
      const offset = parser.offset();
      const value = parser.integer();
      return value >= 1 ? value : parser.error(`expected ${name} >= 1, got ${value}`, offset);
    };
    parser.punctuation('<');
    const ii = field('ii');
    parser.punctuation(',');
    const stages = field('stages');
    parser.punctuation('>');
    return { ii, stages };
  },
  print(printer, { ii, stages }) {
    printer.text(`<ii = ${ii}, stages = ${stages}>`);
  },
});

/** How the iterations left over by a vector width or tile are run. */
export const TAIL_KINDS = ['scalar', 'masked', 'overlap'] as const;
export type TailKind = (typeof TAIL_KINDS)[number];

/** Names of the schedule annotations of `loop.for`. */
export const LoopAttrs = {
  name: 'name',
  vector: 'vector',
  unroll: 'unroll',
  interleave: 'interleave',
  parallel: 'parallel',
  grain: 'grain',
  tail: 'tail',
  pipeline: 'pipeline',
  /** On a loop that its name would call parallel: iterations depend on one another, and run in order. */
  sequential: 'loop.sequential',
  /** On a function: the schedule steps still to be applied, which name its loops. */
  schedule: 'loop.schedule',
} as const;
