// Valid files of every format: those of the repository, and short texts for what it holds few of.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeNpy, type TypedArray } from '@budflow/runtime';
import { array, createPassRegistry, defaultTarget, pipelineFor } from 'budflow';
import { type Source, sourceOf } from './mutate.js';
import type { Format } from './readers.js';

/** Longer files take too long each. */
const LONGEST = 12_000;

const text = (name: string, content: string): Source => sourceOf(name, new TextEncoder().encode(content));

const IRDL = [
  `irdl.dialect @d {
  irdl.type @t {
    %0 = irdl.is f32
    %1 = irdl.base "!builtin.integer"
    %2 = irdl.any_of(%0, %1)
    irdl.parameters(a: %2)
  }
  irdl.attribute @a
  irdl.operation @o {
    %0 = irdl.any
    %1 = irdl.parametric @d::@t<%0>
    %2 = irdl.all_of(%0, %1)
    %3 = irdl.region(%1) with size 1
    %4 = irdl.base @a
    irdl.operands(x: %1, y: optional %2, z: variadic %1)
    irdl.results(%0)
    irdl.attributes {
      "k" = %4
    }
    irdl.regions(%3)
  }
}
`,
  `irdl.dialect @cmath {
  irdl.type @complex {
    %0 = irdl.is f32
    %1 = irdl.is f64
    %2 = irdl.any_of(%0, %1)
    irdl.parameters(%2)
  }
  irdl.operation @norm {
    %0 = irdl.any
    %1 = irdl.parametric @complex<%0>
    irdl.operands(%1)
    irdl.results(%0)
  }
  irdl.operation @mul {
    %0 = irdl.is f32
    %3 = irdl.parametric @complex<%0>
    irdl.operands(%3, %3)
    irdl.results(%3)
  }
}
`,
];

const PIPELINES = [
  'builtin.module(canonicalize,func.func(cse,canonicalize{max-iterations=3}),dce)',
  'builtin.module(fix-numerics{mode=strict target=wasm32-simd128},instruction-fusion{max-decisions=3},bufferize)',
  'canonicalize{max-iterations=2 top-down=false},any(cse)',
];

/** What is meant to be refused, or only reads without being right. */
const NOT_VALID = /invalid|rejected|regions\.mlir|node_modules|dist/;

/** The parts of the `.mlir` files below `folder`. */
function mlirFiles(root: string, folder: string): Source[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.mlir') && !NOT_VALID.test(name))
    .flatMap((name) =>
      readFileSync(join(root, folder, name), 'latin1')
        .split(/^\/\/ -----.*\n/m)
        .filter((part) => part.length <= LONGEST)
        .map((part, i) => sourceOf(`${folder}/${name}, part ${i}`, Uint8Array.from(Buffer.from(part, 'latin1')))),
    );
}

/** The files by format; `root` is that of the repository. */
export function corpus(root: string): Record<Format, readonly Source[]> {
  const target = defaultTarget();
  const registry = createPassRegistry();
  const configs = ([0, 1, 2, 3] as const).map((level) =>
    text(`O${level}.json`, JSON.stringify(pipelineFor({ level }, target), null, 1)),
  );
  const data: [string, TypedArray, number[]][] = [
    ['f32', Float32Array.from({ length: 12 }, (_, i) => i / 3), [3, 4]],
    ['f64', new Float64Array(5), [5]],
    ['ui8', new Uint8Array(0), [0, 7]],
    ['i64', BigInt64Array.of(1n, -2n), [2, 1, 1]],
    ['i1', Uint8Array.of(1), []],
  ];
  return {
    mlir: ['libs', 'docs'].flatMap((folder) => mlirFiles(root, folder)),
    irdl: IRDL.map((content, i) => text(`irdl-${i}`, content)),
    pipeline: [...PIPELINES, registry.names.join(',')].map((content, i) => text(`pipeline-${i}`, content)),
    config: configs,
    npy: data.map(([dtype, values, shape]) => sourceOf(`${dtype}.npy`, encodeNpy(array(values, shape)))),
  };
}
