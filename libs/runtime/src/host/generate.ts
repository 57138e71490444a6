// Host programs as JavaScript: code with loops and branches that writes words and calls kernels. A call of a small program
// costs about what its allocations and its kernels cost.
//
//   const s0 = P[0], s1 = P[1];                     // address and size of the argument
//   b3 = E.allocate(s1 * 4); const s3 = b3.address; // result
//   W[16] = s0; W[18] = s1; W[20] = s3;             // words of the argument block
//   for (chunks) next = k0(A0, begin, end)
import { type HostExpression, printExpression } from './expression.js';
import {
  allSteps,
  customCallValues,
  type HostArray,
  type HostAssignment,
  type HostCall,
  type HostEnvironment,
  type HostFor,
  type HostFunction,
  type HostIf,
  type HostInvoke,
  type HostProgram,
  type HostStep,
  type HostWhile,
  type HostWord,
  isFixedWord,
  siteOffsets,
} from './program.js';

/**
 * Number of kernel calls a site makes chunk by chunk. V8 replaces WebAssembly code between calls only, never within one,
 * so that a long first call must be many. Afterwards each call of the program still makes about `LATER_CALLS`.
 */
export const COLD_CALLS = 256;
export const LATER_CALLS = 16;

/**
 * JavaScript of a program: the body of a function of `E`, a HostEnvironment, that returns a HostFunction. `threaded`: the
 * environment runs parallel sites on several threads.
 */
export function generateHost(program: HostProgram, { threaded = false }: { readonly threaded?: boolean } = {}): string {
  return new Generator(program, threaded).run();
}

/** A runnable program by code generation. @throws EvalError where the embedder forbids code from strings */
export function compileHost(program: HostProgram, environment: HostEnvironment): HostFunction {
  const make = new Function('E', generateHost(program, { threaded: environment.parallel !== undefined })) as (
    environment: HostEnvironment,
  ) => HostFunction;
  return make(environment);
}

const slotName = (slot: number) => `s${slot}`;
const blockName = (slot: number) => `b${slot}`;
const print = (e: HostExpression) => printExpression(e, slotName);

/** A JavaScript name for the function in stack traces and profiles. */
function identifier(name: string): string {
  return `host_${name.replace(/[^A-Za-z0-9_$]/g, '_')}`;
}

/** Steps that may make the memory grow. */
const GROWS: ReadonlySet<HostStep['kind']> = new Set(['allocate', 'invoke', 'custom', 'for', 'while', 'if']);

class Generator {
  private readonly program: HostProgram;
  private readonly threaded: boolean;
  private readonly lines: string[] = [];
  private indent = '';
  private invocations = 0;
  /** Offset of each site's block in the words, in 32-bit units. */
  private readonly offsets: number[];

  constructor(program: HostProgram, threaded: boolean) {
    this.program = program;
    this.threaded = threaded;
    this.offsets = siteOffsets(program).offsets.map((bytes) => bytes / 4);
  }

  run(): string {
    const { program } = this;
    const sites = program.sites.map((_, i) => i);
    this.line('"use strict";');
    for (const i of sites) this.line(`const k${i} = E.kernels[${i}], a${i} = E.blocks[${i}]; let n${i} = 0;`);
    program.constants.forEach(({ slot }, i) => {
      this.line(`const ${slotName(slot)} = E.constants[${i}];`);
    });
    program.scalars.forEach((_, i) => {
      this.line(`const f${i} = E.scalars[${i}];`);
    });
    const owned = allSteps(program.steps).flatMap((s) =>
      s.kind === 'allocate' ? [s.slot] : s.kind === 'invoke' ? s.results : [],
    );
    this.block(
      `return function ${identifier(program.name)}(P, R) {`,
      () => {
        for (let i = 0; i < program.parameterCount; i++) this.line(`const ${slotName(i)} = P[${i}];`);
        program.requirements.forEach(({ left, relation, right }, i) => {
          const [l, r] = [print(left), print(right)];
          this.line(`if (${l} ${relation === 'equal' ? '!==' : '<'} ${r}) E.requirementTrap(${i}, ${l}, ${r});`);
        });
        if (owned.length > 0) this.line(`let ${owned.map((s) => `${blockName(s)} = null`).join(', ')};`);
        if (program.sites.length > 0) this.line('let W;');
        const body = () => {
          this.steps(program.steps);
          this.results();
        };
        if (owned.length === 0) {
          body();
          return;
        }
        this.block('try {', body, '} catch (error) {');
        this.nest(() => {
          for (const s of owned) this.line(`if (${blockName(s)} !== null) E.free(${blockName(s)});`);
          this.line('throw error;');
        });
        this.line('}');
      },
      '};',
    );
    return `${this.lines.join('\n')}\n`;
  }

  private steps(steps: readonly HostStep[]): void {
    // Whether `W` is fresh: an allocation may grow the memory, here or inside of what comes before.
    let fresh = false;
    for (const step of steps) {
      if (step.kind === 'call' && !fresh) this.line('W = E.words();');
      this.step(step);
      if (step.kind === 'call') fresh = true;
      else if (GROWS.has(step.kind)) fresh = false;
    }
  }

  private step(step: HostStep): void {
    switch (step.kind) {
      case 'let':
        this.line(`const ${slotName(step.slot)} = ${print(step.value)};`);
        return;
      case 'allocate':
        this.allocate(
          step.slot,
          `${print(step.bytes)}${step.at === undefined ? '' : `, ${JSON.stringify(step.at)}`}`,
          step.result,
        );
        return;
      case 'free':
        this.line(`E.free(${blockName(step.slot)}); ${blockName(step.slot)} = null;`);
        return;
      case 'copy':
        this.line(`E.copy(${print(step.to)}, ${print(step.from)}, ${print(step.bytes)});`);
        return;
      case 'call':
        this.call(step);
        return;
      case 'load':
        this.line(`const ${slotName(step.slot)} = E.load(${JSON.stringify(step.dtype)}, ${print(step.address)});`);
        return;
      case 'store':
        this.line(`E.store(${JSON.stringify(step.dtype)}, ${print(step.address)}, ${print(step.value)});`);
        return;
      case 'assert':
        this.line(
          `if (!${print(step.condition)}) E.assertionTrap(${JSON.stringify(step.message)}, ${JSON.stringify(step.at)}, '${step.trap ?? 'CheckFailed'}');`,
        );
        return;
      case 'expect': {
        const array = ({ address, sizes }: HostArray): string => `${print(address)}, [${sizes.map(print).join(', ')}]`;
        const { dtype, expectation, at } = step;
        this.line(
          `E.expect(${JSON.stringify({ dtype, expectation, at })}, ${array(step.actual)}, ${array(step.expected)});`,
        );
        return;
      }
      case 'invoke':
        this.invoke(step);
        return;
      case 'custom':
        this.line(`E.custom(${step.number}, [${customCallValues(step).map(print).join(', ')}]);`);
        return;
      default:
        this.controlFlow(step);
    }
  }

  private invoke({ function: name, parameters, results, sizes }: HostInvoke): void {
    const made = `r${this.invocations++}`;
    this.line(`const ${made} = E.invoke(${JSON.stringify(name)}, [${parameters.map(print).join(', ')}]);`);
    results.forEach((slot, i) => {
      this.line(`${blockName(slot)} = ${made}.blocks[${i}]; const ${slotName(slot)} = ${blockName(slot)}.address;`);
    });
    sizes.forEach((slot, i) => {
      this.line(`const ${slotName(slot)} = ${made}.sizes[${i}];`);
    });
  }

  private controlFlow(step: HostFor | HostWhile | HostIf): void {
    switch (step.kind) {
      case 'if': {
        if (step.thenYields.length > 0) this.line(`let ${step.thenYields.map((y) => slotName(y.slot)).join(', ')};`);
        this.block(
          `if (${print(step.condition)}) {`,
          () => {
            this.steps(step.taken);
            this.assign(step.thenYields);
          },
          step.otherwise.length + step.otherwiseYields.length > 0 ? '} else {' : '}',
        );
        if (step.otherwise.length + step.otherwiseYields.length === 0) return;
        this.nest(() => {
          this.steps(step.otherwise);
          this.assign(step.otherwiseYields);
        });
        this.line('}');
        return;
      }
      case 'for': {
        this.declare(step.inits);
        const i = slotName(step.slot);
        this.block(
          `for (let ${i} = ${print(step.from)}, e${i} = ${print(step.to)}; ${i} < e${i}; ${i} += ${step.step}) {`,
          () => {
            this.steps(step.body);
            this.assign(step.yields);
          },
        );
        return;
      }
      case 'while':
        this.declare(step.inits);
        if (step.passed.length > 0) this.line(`let ${step.passed.map((y) => slotName(y.slot)).join(', ')};`);
        this.block('for (;;) {', () => {
          this.steps(step.before);
          this.line(`const goesOn = ${print(step.condition)};`);
          this.assign(step.passed);
          this.line('if (!goesOn) break;');
          this.steps(step.after);
          this.assign(step.yields);
        });
    }
  }

  private declare(list: readonly HostAssignment[]): void {
    if (list.length > 0) this.line(`let ${list.map((a) => `${slotName(a.slot)} = ${print(a.value)}`).join(', ')};`);
  }

  /** All values are read before any slot changes. */
  private assign(list: readonly HostAssignment[]): void {
    const moves = list.filter(
      ({ slot, value }) => typeof value === 'number' || !('slot' in value) || value.slot !== slot,
    );
    if (moves.length === 0) return;
    if (moves.length === 1) {
      this.line(`${slotName(moves[0]!.slot)} = ${print(moves[0]!.value)};`);
      return;
    }
    this.block('{', () => {
      this.line(`const ${moves.map((m, i) => `t${i} = ${print(m.value)}`).join(', ')};`);
      this.line(moves.map((m, i) => `${slotName(m.slot)} = t${i};`).join(' '));
    });
  }

  /** `request`: the bytes, and who needs them. */
  private allocate(slot: number, request: string, result: number | undefined): void {
    const s = slotName(slot);
    const b = blockName(slot);
    if (result === undefined) {
      this.line(`${b} = E.allocate(${request}); const ${s} = ${b}.address;`);
      return;
    }
    const destination = slotName(this.program.results[result]!.destination);
    this.line(`let ${s} = ${destination}; if (${s} === 0) { ${b} = E.allocate(${request}); ${s} = ${b}.address; }`);
  }

  private call({ site, words, chunks }: HostCall): void {
    const base = this.offsets[site]!;
    for (const word of words) if (!isFixedWord(this.program, word)) this.word(word, base + word.word * 2);
    const [k, a, n] = [`k${site}`, `a${site}`, `n${site}`];
    if (chunks === 0) return;
    if (chunks === 1) {
      this.line(`{ const next = ${k}(${a}, 0, 1); if (next !== 1) E.kernelTrap(${site}, 0, next); }`);
      return;
    }
    const parallel = this.threaded && this.program.sites[site]!.parallel === true;
    this.block('{', () => {
      this.line(`const end = ${print(chunks)};`);
      const alone = () => {
        this.line(`const step = ${n} < ${COLD_CALLS} ? 1 : Math.ceil(end / ${LATER_CALLS});`);
        this.block('for (let begin = 0; begin < end; ) {', () => {
          this.line(`const next = ${k}(${a}, begin, Math.min(begin + step, end));`);
          this.line(`if (next <= begin) E.kernelTrap(${site}, begin, next);`);
          this.line(`begin = next; ${n}++;`);
        });
      };
      if (parallel) this.block(`if (end > 1) E.parallel(${site}, end); else {`, alone);
      else alone();
    });
  }

  /** Stores a value at index `low` of the 32-bit words. */
  private word({ value, kind }: HostWord, low: number): void {
    const v = print(value);
    switch (kind) {
      case 'unsigned':
        this.line(`W[${low}] = ${v};`);
        return;
      case 'integer':
        this.line(`W[${low}] = ${v}; W[${low + 1}] = Math.floor(${v} / 4294967296);`);
        return;
      case 'i64':
        this.line(
          `W[${low}] = Number(BigInt.asIntN(32, ${v})); W[${low + 1}] = Number(BigInt.asIntN(32, ${v} >> 32n));`,
        );
        return;
      case 'f32':
        this.line(`new Float32Array(W.buffer, W.byteOffset + ${low * 4}, 1)[0] = ${v};`);
        return;
      case 'f64':
        this.line(`new Float64Array(W.buffer, W.byteOffset + ${low * 4}, 1)[0] = ${v};`);
    }
  }

  private results(): void {
    let position = 0;
    this.program.results.forEach(({ sizes }, i) => {
      const made = this.program.steps.find((s) => s.kind === 'allocate' && s.result === i) as { slot: number };
      this.line(`R.blocks[${i}] = ${blockName(made.slot)};`);
      for (const size of sizes) this.line(`R.sizes[${position++}] = ${print(size)};`);
    });
  }

  private line(text: string): void {
    this.lines.push(this.indent + text);
  }

  private block(open: string, body: () => void, close = '}'): void {
    this.line(open);
    this.nest(body);
    this.line(close);
  }

  private nest(body: () => void): void {
    const { indent } = this;
    this.indent += '  ';
    body();
    this.indent = indent;
  }
}
