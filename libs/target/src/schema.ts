// The JSON schema of machine descriptions: it checks user files, gives editors completion, and documents the fields.

import { TIMED_OPERATIONS } from './target.js';

/** The part of JSON Schema that is used here, and all that `checkStructure` understands. */
export interface Schema {
  readonly $id?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type: 'object' | 'array' | 'string' | 'number' | 'integer';
  readonly enum?: readonly string[];
  readonly minLength?: number;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  /** `false`, or the schema of every property that is not named. */
  readonly additionalProperties?: false | Schema;
  readonly items?: Schema;
  readonly minItems?: number;
}

const count = { type: 'integer', minimum: 1 } as const;
const positive = { type: 'number', exclusiveMinimum: 0 } as const;

function perOperation(description: string): Schema {
  return {
    type: 'object',
    description,
    properties: Object.fromEntries(TIMED_OPERATIONS.map((operation) => [operation, positive])),
    required: TIMED_OPERATIONS,
    additionalProperties: false,
  };
}

/** JSON schema of `Target`. */
export const TARGET_SCHEMA: Schema = {
  $id: 'https://budflow.dev/schemas/target.json',
  title: 'Machine description',
  type: 'object',
  properties: {
    $schema: { type: 'string' },
    name: { type: 'string', minLength: 1 },
    triple: { type: 'string', description: "LLVM's target triple" },
    cpu: { type: 'string', description: "LLVM's processor name" },
    features: { type: 'array', items: { type: 'string', minLength: 1 }, description: "by LLVM's names, without +" },
    vectorBits: { ...count, description: 'widest vector in bits' },
    vectorRegisters: { ...count, description: 'architectural vector registers' },
    caches: {
      type: 'array',
      minItems: 1,
      description: 'data caches, nearest first',
      items: {
        type: 'object',
        properties: {
          level: count,
          bytes: count,
          lineBytes: count,
          associativity: count,
          sharedBy: { ...count, description: 'logical processors that share it' },
        },
        required: ['level', 'bytes', 'lineBytes', 'associativity'],
        additionalProperties: false,
      },
    },
    latency: perOperation('cycles until the result of an operation on one vector can be used'),
    throughput: perOperation('vector instructions per cycle'),
    frequencyHint: { ...positive, description: 'GHz' },
    cores: { ...count, description: 'logical processors' },
    bandwidth: {
      type: 'object',
      description: 'bytes per cycle of one core',
      properties: {
        caches: { type: 'array', items: positive, description: 'from each cache in turn' },
        dram: positive,
      },
      required: ['caches', 'dram'],
      additionalProperties: false,
    },
    fma: { type: 'string', enum: ['none', 'relaxed', 'exact'] },
    maxPrefetchStreams: { type: 'integer', minimum: 0 },
    engine: {
      type: 'object',
      description: "facts of the compiler that turns our code into the machine's",
      properties: {
        name: { type: 'string', enum: ['v8', 'llvm'] },
        maxLiveVectors: { ...count, description: 'vector values live at once before it spills' },
        microKernels: {
          type: 'array',
          minItems: 1,
          description: 'register tiles of matrix products, best first; nr in f32 lanes',
          items: {
            type: 'object',
            properties: { mr: count, nr: count },
            required: ['mr', 'nr'],
            additionalProperties: false,
          },
        },
        sumAccumulators: { ...count, description: 'vector accumulators of a sum' },
        elementwiseUnroll: { ...count, description: 'vectors per round of an elementwise loop' },
      },
      required: ['name', 'maxLiveVectors', 'microKernels', 'sumAccumulators', 'elementwiseUnroll'],
      additionalProperties: false,
    },
    dispatchCostNs: { type: 'number', minimum: 0 },
    parallel: {
      type: 'object',
      description: 'nanoseconds that a kernel must take on one thread for several to be worth it',
      properties: {
        awakeNs: { type: 'number', minimum: 0, description: 'while worker threads are awake' },
        parkedNs: { type: 'number', minimum: 0, description: 'while they are parked' },
      },
      required: ['awakeNs', 'parkedNs'],
      additionalProperties: false,
    },
    sources: {
      type: 'object',
      description: 'where the numbers come from, by JSON pointer; "" covers all',
      additionalProperties: { type: 'string', minLength: 1 },
    },
  },
  required: [
    'name',
    'features',
    'vectorBits',
    'vectorRegisters',
    'caches',
    'latency',
    'throughput',
    'bandwidth',
    'fma',
    'maxPrefetchStreams',
    'dispatchCostNs',
    'sources',
  ],
  additionalProperties: false,
};
