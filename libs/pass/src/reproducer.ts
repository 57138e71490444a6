// Reproducers: a module together with the pipeline that failed on it, in one file, as MLIR writes them.

export interface ReproducerSpec {
  /** Text of the module before the pipeline ran. */
  readonly module: string;
  /** As printPipeline prints it. */
  readonly pipeline: string;
  readonly verifyEach: boolean;
}

/** The module followed by `{-# external_resources: { mlir_reproducer: {...} } #-}`. */
export function writeReproducer({ module, pipeline, verifyEach }: ReproducerSpec): string {
  return `${module.trimEnd()}

{-#
  external_resources: {
    mlir_reproducer: {
      pipeline: ${JSON.stringify(pipeline)},
      disable_threading: true,
      verify_each: ${verifyEach}
    }
  }
#-}
`;
}

/** The pipeline a reproducer holds; undefined when the text is none. */
export function readReproducer(text: string): { pipeline: string; verifyEach: boolean } | undefined {
  const start = text.lastIndexOf('{-#');
  const body = start < 0 ? undefined : /mlir_reproducer\s*:\s*\{([\s\S]*)\}/.exec(text.slice(start))?.[1];
  const pipeline = body === undefined ? undefined : /\bpipeline\s*:\s*("(?:[^"\\]|\\.)*")/.exec(body)?.[1];
  if (pipeline === undefined) return undefined;
  return { pipeline: JSON.parse(pipeline) as string, verifyEach: !/\bverify_each\s*:\s*false/.test(body!) };
}
