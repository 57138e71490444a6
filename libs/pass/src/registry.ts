// The passes a compiler knows by name.
import { InternalError } from '@budflow/ir';
import type { PassDefinition } from './define-pass.js';
import { nearestName } from './nearest.js';
import type { PipelineJson } from './pipeline-json.js';

export class PassRegistry {
  private readonly passes = new Map<string, PassDefinition>();
  private readonly pipelines = new Map<string, PipelineJson>();

  constructor(passes: readonly PassDefinition[] = []) {
    this.register(...passes);
  }
  /** Registering the same pass twice is harmless; two passes of one name are not. */
  register(...passes: readonly PassDefinition[]): this {
    for (const pass of passes) {
      const known = this.passes.get(pass.name);
      if (known !== undefined && known !== pass) throw new InternalError(`two passes are called '${pass.name}'`);
      this.passes.set(pass.name, pass);
    }
    return this;
  }
  /** A pipeline that stands in others by its name. Its passes are looked up when it is used. */
  registerPipeline(name: string, pipeline: PipelineJson): this {
    if (this.passes.has(name) || (this.pipelines.get(name) ?? pipeline) !== pipeline)
      throw new InternalError(`two passes or pipelines are called '${name}'`);
    this.pipelines.set(name, pipeline);
    return this;
  }
  pipeline(name: string): PipelineJson | undefined {
    return this.pipelines.get(name);
  }
  get pipelineNames(): readonly string[] {
    return [...this.pipelines.keys()].sort();
  }
  get(name: string): PassDefinition | undefined {
    return this.passes.get(name);
  }
  /** All passes by name, in alphabetical order: what `--list-passes` prints. */
  get all(): readonly PassDefinition[] {
    return [...this.passes.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }
  get names(): readonly string[] {
    return this.all.map((pass) => pass.name);
  }
  /** `unknown pass 'cze', did you mean 'cse'?` */
  unknown(name: string): string {
    const near = nearestName(name, [...this.passes.keys(), ...this.pipelines.keys()]);
    return `unknown pass '${name}'${near === undefined ? '' : `, did you mean '${near}'?`}`;
  }
}
