// XLA on one thread of the CPU, through JAX, in a process of its own: $BUDFLOW_PYTHON is a Python that has jax.

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { BENCH_ROOT } from '../src/programs/paths.js';

interface Answer {
  readonly error?: string;
  readonly compile_ms?: number;
  readonly ms?: number;
  readonly results?: readonly (readonly number[])[];
}

/** A StableHLO program that XLA has compiled, with its inputs in place. It times its own calls. */
export class XlaProgram {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #answers: AsyncIterator<string>;
  readonly compileMs: number;

  private constructor(
    process: ChildProcessByStdio<Writable, Readable, null>,
    answers: AsyncIterator<string>,
    compileMs: number,
  ) {
    this.#process = process;
    this.#answers = answers;
    this.compileMs = compileMs;
  }

  /** @throws Error that says why there is no XLA, or why it refuses the program */
  static async start(python: string, program: string, inputs: readonly string[]): Promise<XlaProgram> {
    const script = join(BENCH_ROOT, 'peers', 'xla.py');
    const child = spawn(python, [script, program, ...inputs], { stdio: ['pipe', 'pipe', 'ignore'] });
    const failed = new Promise<never>((_, reject) => child.once('error', (error) => reject(error)));
    // What ends while it is written to is reported by the answer that does not come.
    child.stdin.on('error', () => {});
    const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const { compile_ms: compileMs } = await Promise.race([failed, answered(answers)]);
    return new XlaProgram(child, answers, compileMs ?? 0);
  }

  /** Milliseconds that `calls` calls take, each waited for. */
  async run(calls: number): Promise<number> {
    return (await this.#ask(`run ${calls}`)).ms ?? Number.NaN;
  }
  /** The elements of each result. */
  async read(): Promise<readonly (readonly number[])[]> {
    return (await this.#ask('read')).results ?? [];
  }
  dispose(): void {
    this.#process.stdin.end();
  }

  #ask(request: string): Promise<Answer> {
    this.#process.stdin.write(`${request}\n`);
    return answered(this.#answers);
  }
}

async function answered(answers: AsyncIterator<string>): Promise<Answer> {
  const { value, done } = await answers.next();
  if (done) throw new Error('XLA ended');
  const answer: Answer = JSON.parse(value);
  if (answer.error !== undefined) throw new Error(answer.error);
  return answer;
}
