// Random modules for property tests: arithmetic on several integer types, memory, structured and unstructured control flow,
// and calls. Every program ends, stays in bounds and does nothing undefined, so its results are those of any other
// program that claims to be equivalent.
import { registerCoreDialects } from '@budflow/dialect-core';
import { registerLoopDialect } from '@budflow/dialect-loop';
import { registerMemoryDialect } from '@budflow/dialect-memory';
import { Interpreter, type InterpreterOptions } from '@budflow/interpreter';
import { Context, type Operation, parseModule, renderDiagnostic, verify } from '@budflow/ir';
import * as fc from 'fast-check';

/** One statement; the numbers choose among what is possible where it stands. */
export interface Step {
  readonly kind: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly body: readonly Step[];
  readonly other: readonly Step[];
}

export interface RandomProgram {
  readonly helpers: readonly (readonly Step[])[];
  readonly main: readonly Step[];
  readonly inputs: readonly (readonly number[])[];
}

const stepList = fc.letrec<{ steps: Step[] }>((tie) => {
  const nested = fc.oneof({ depthSize: 'small' }, fc.constant<Step[]>([]), tie('steps') as fc.Arbitrary<Step[]>);
  return {
    steps: fc.array(
      fc.record({
        kind: fc.nat(29),
        a: fc.nat(40),
        b: fc.nat(40),
        c: fc.nat(40),
        body: nested,
        other: nested,
      }),
      { maxLength: 9 },
    ),
  };
}).steps as fc.Arbitrary<Step[]>;

export const randomPrograms: fc.Arbitrary<RandomProgram> = fc.record({
  helpers: fc.array(stepList, { maxLength: 2 }),
  main: stepList,
  inputs: fc.array(fc.tuple(fc.integer(), fc.integer({ min: -3, max: 3 }), fc.nat(1), fc.nat(6)), {
    minLength: 1,
    maxLength: 3,
  }),
});

type TypeName = 'i32' | 'i8' | 'i1' | 'index';
const TYPES: readonly TypeName[] = ['i32', 'i32', 'i8', 'index'];
const PLAIN = ['addi', 'subi', 'muli', 'andi', 'ori', 'xori', 'maxsi', 'minsi', 'maxui', 'minui'];
const PREDICATES = ['eq', 'ne', 'slt', 'sle', 'sgt', 'sge', 'ult', 'ule', 'ugt', 'uge'];
const SIGNATURE = '(i32, i32, i1, index)';

class Emitter {
  private readonly lines: string[] = [];
  private next = 0;
  private depth = 0;
  private readonly callees: number;

  constructor(callees: number) {
    this.callees = callees;
  }

  /** The text of one function of (i32, i32, i1, index) -> (i32, i8, index). */
  function(name: string, visibility: string, steps: readonly Step[]): string {
    const known: Known = { i32: ['%x', '%y'], i8: [], i1: ['%b'], index: ['%n'] };
    this.add('%m = memory.alloca() : memref<4xi32>', '%zero = arith.constant 0 : i32');
    this.add('memory.fill %m, %zero : memref<4xi32>');
    this.add('%byte = arith.trunci %x : i32 to i8');
    known.i8.push('%byte');
    this.steps(steps, known, { top: true });
    const at = this.name();
    this.add(`${at} = arith.constant 1 : index`);
    const loaded = this.name();
    this.add(`${loaded} = memory.load %m[${at}] : memref<4xi32>`);
    const mixed = this.name();
    this.add(`${mixed} = arith.addi ${loaded}, ${pick(known.i32, 0, -1)} : i32`);
    this.add(`return ${mixed}, ${pick(known.i8, 0, -1)}, ${pick(known.index, 0, -1)} : i32, i8, index`);
    const header = `func.func ${visibility}@${name}(%x: i32, %y: i32, %b: i1, %n: index) -> (i32, i8, index) {`;
    return [header, ...this.lines, '}'].join('\n');
  }

  private name(): string {
    return `%v${this.next++}`;
  }
  private label(): string {
    return `^b${this.next++}`;
  }
  private add(...lines: string[]): void {
    this.lines.push(...lines);
  }
  private constant(value: number | string, type: TypeName): string {
    const name = this.name();
    this.add(`${name} = arith.constant ${value} : ${type}`);
    return name;
  }

  private steps(steps: readonly Step[], known: Known, where: { top: boolean }): void {
    for (const step of steps) this.step(step, known, where);
  }

  private step(step: Step, known: Known, where: { top: boolean }): void {
    const { kind, a, b, c } = step;
    const type = TYPES[c % TYPES.length]!;
    const x = pick(known[type], a);
    const y = pick(known[type], b);
    const define = (t: TypeName, text: string) => {
      const name = this.name();
      this.add(`${name} = ${text}`);
      known[t].push(name);
      return name;
    };
    if (kind <= 2) define(type, `arith.constant ${((a * 7 + b) % 23) - 9} : ${type}`);
    else if (kind <= 9) {
      // Index arithmetic must stay exact: products and sums of small numbers only.
      if (type !== 'index') define(type, `arith.${PLAIN[(a + 3 * c + b) % PLAIN.length]} ${x}, ${y} : ${type}`);
      else {
        const mask = this.constant(15, 'index');
        const low = define('index', `arith.andi ${x}, ${mask} : index`);
        define(
          'index',
          `arith.${['addi', 'muli', 'maxsi', 'minui'][b % 4]} ${low}, ${this.constant(b % 5, 'index')} : index`,
        );
      }
    } else if (kind === 10) {
      const one = this.constant(1, type);
      const odd = define(type, `arith.ori ${y}, ${one} : ${type}`);
      if (type === 'index') {
        const mask = this.constant(31, 'index');
        define(
          type,
          `arith.remui ${define(type, `arith.andi ${x}, ${mask} : index`)}, ${this.constant(1 + (b % 7), type)} : index`,
        );
      } else define(type, `arith.${['divui', 'remui', 'ceildivui'][a % 3]} ${x}, ${odd} : ${type}`);
    } else if (kind === 11) {
      if (type !== 'index')
        define(type, `arith.${['shli', 'shrsi', 'shrui'][a % 3]} ${x}, ${this.constant(b % 8, type)} : ${type}`);
    } else if (kind <= 14) define('i1', `arith.cmpi ${PREDICATES[c % 10]}, ${x}, ${y} : ${type}`);
    else if (kind === 15) define(type, `arith.select ${pick(known.i1, c)}, ${x}, ${y} : ${type}`);
    else if (kind === 16) define('i8', `arith.trunci ${pick(known.i32, a)} : i32 to i8`);
    else if (kind === 17) define('i32', `arith.${b % 2 ? 'extsi' : 'extui'} ${pick(known.i8, a)} : i8 to i32`);
    else if (kind === 18) define('i32', `arith.index_cast ${pick(known.index, a)} : index to i32`);
    else if (kind === 19) define('index', `arith.index_castui ${pick(known.i8, a)} : i8 to index`);
    else if (kind === 20)
      this.add(`memory.store ${pick(known.i32, a)}, %m[${this.constant(b % 4, 'index')}] : memref<4xi32>`);
    else if (kind === 21) define('i32', `memory.load %m[${this.constant(b % 4, 'index')}] : memref<4xi32>`);
    else if (kind === 22)
      define('index', `loop.apply affine_map<(d0) -> (d0 mod ${1 + (a % 9)} + ${b % 5})>(${pick(known.index, c)})`);
    else if (kind === 23 && this.callees > 0) {
      const name = this.name();
      const args = [pick(known.i32, a), pick(known.i32, b), pick(known.i1, c), this.bounded(pick(known.index, a))];
      this.add(
        `${name}:3 = func.call @helper${a % this.callees}(${args.join(', ')}) : ${SIGNATURE} -> (i32, i8, index)`,
      );
      known.i32.push(`${name}#0`);
      known.i8.push(`${name}#1`);
      known.index.push(`${name}#2`);
    } else if (this.depth < 3) this.control(step, known, where);
  }

  /** An index between 0 and 3. */
  private bounded(value: string): string {
    const name = this.name();
    this.add(`${name} = arith.andi ${value}, ${this.constant(3, 'index')} : index`);
    return name;
  }

  private control(step: Step, known: Known, where: { top: boolean }): void {
    this.depth++;
    if (step.kind <= 25) this.forLoop(step, known);
    else if (step.kind === 26) this.conditional(step, known);
    else if (step.kind === 27) this.whileLoop(step, known);
    else if (where.top && step.kind === 28) this.diamond(step, known);
    else if (where.top) this.branchLoop(step, known);
    this.depth--;
  }

  private forLoop({ a, b, c, body }: Step, known: Known): void {
    const [iv, acc, result] = [this.name(), this.name(), this.name()];
    const upper = c % 3 === 0 ? this.bounded(pick(known.index, a)) : String(b % 4);
    const step = a % 4 === 0 ? ' step 2' : '';
    const init = pick(known.i32, a);
    this.add(`${result} = loop.for ${iv} = ${c % 2} to ${upper}${step} iter_args(${acc} = ${init}) -> (i32) {`);
    const inner = copy(known);
    inner.index.push(iv);
    inner.i32.push(acc);
    this.steps(body, inner, { top: false });
    this.add(`loop.yield ${pick(inner.i32, b, -1)} : i32`, '}');
    known.i32.push(result);
  }

  private conditional({ a, b, c, body, other }: Step, known: Known): void {
    const result = this.name();
    this.add(`${result}:2 = loop.if ${pick(known.i1, c)} -> (i32, i8) {`);
    [body, other].forEach((steps, i) => {
      const inner = copy(known);
      this.steps(steps, inner, { top: false });
      this.add(`loop.yield ${pick(inner.i32, a, -1)}, ${pick(inner.i8, b, -1)} : i32, i8`, i === 0 ? '} else {' : '}');
    });
    known.i32.push(`${result}#0`);
    known.i8.push(`${result}#1`);
  }

  private whileLoop({ a, b, body }: Step, known: Known): void {
    const [result, v, k, w, l] = [this.name(), this.name(), this.name(), this.name(), this.name()];
    const start = this.constant(0, 'index');
    const limit = this.constant(b % 4, 'index');
    const one = this.constant(1, 'index');
    this.add(
      `${result}:2 = loop.while (${v} = ${pick(known.i32, a)}, ${k} = ${start}) : (i32, index) -> (i32, index) {`,
    );
    const go = this.name();
    this.add(
      `${go} = arith.cmpi slt, ${k}, ${limit} : index`,
      `loop.condition(${go}) ${v}, ${k} : i32, index`,
      '} do {',
    );
    this.add(`^bb0(${w}: i32, ${l}: index):`);
    const inner = copy(known);
    inner.i32.push(w);
    inner.index.push(l);
    this.steps(body, inner, { top: false });
    const next = this.name();
    this.add(
      `${next} = arith.addi ${l}, ${one} : index`,
      `loop.yield ${pick(inner.i32, a, -1)}, ${next} : i32, index`,
      '}',
    );
    known.i32.push(`${result}#0`);
    known.index.push(`${result}#1`);
  }

  private diamond({ a, b, c, body, other }: Step, known: Known): void {
    const [yes, no, join] = [this.label(), this.label(), this.label()];
    const [p, q, r] = [this.name(), this.name(), this.name()];
    this.add(
      `cf.cond_br ${pick(known.i1, c)}, ${yes}(${pick(known.i32, a)} : i32), ${no}(${pick(known.i32, b)} : i32)`,
    );
    for (const [label, argument, steps] of [
      [yes, p, body],
      [no, q, other],
    ] as const) {
      this.add(`${label}(${argument}: i32):`);
      const inner = copy(known);
      inner.i32.push(argument);
      this.steps(steps, inner, { top: true });
      this.add(`cf.br ${join}(${pick(inner.i32, a, -1)} : i32)`);
    }
    this.add(`${join}(${r}: i32):`);
    known.i32.push(r);
  }

  private branchLoop({ a, b, body }: Step, known: Known): void {
    const [header, inside, exit] = [this.label(), this.label(), this.label()];
    const [v, k, go, next] = [this.name(), this.name(), this.name(), this.name()];
    const start = this.constant(0, 'index');
    const limit = this.constant(b % 4, 'index');
    const one = this.constant(1, 'index');
    this.add(`cf.br ${header}(${pick(known.i32, a)}, ${start} : i32, index)`, `${header}(${v}: i32, ${k}: index):`);
    this.add(`${go} = arith.cmpi slt, ${k}, ${limit} : index`, `cf.cond_br ${go}, ${inside}, ${exit}`, `${inside}:`);
    const inner = copy(known);
    inner.i32.push(v);
    inner.index.push(k);
    this.steps(body, inner, { top: true });
    this.add(`${next} = arith.addi ${k}, ${one} : index`);
    this.add(`cf.br ${header}(${pick(inner.i32, a, -1)}, ${next} : i32, index)`, `${exit}:`);
    known.i32.push(v);
    known.index.push(k);
  }
}

type Known = Record<TypeName, string[]>;
const copy = (known: Known): Known => ({
  i32: [...known.i32],
  i8: [...known.i8],
  i1: [...known.i1],
  index: [...known.index],
});
/** One of the values; with -1 counted from the last. */
function pick(list: readonly string[], n: number, from = 0): string {
  return from < 0 ? list[list.length - 1 - (n % Math.min(2, list.length))]! : list[n % list.length]!;
}

/** MLIR text of a program: `@main` calls private `@helper0` and so on. */
export function programText({ helpers, main }: RandomProgram): string {
  const functions = helpers.map((steps, i) => new Emitter(i).function(`helper${i}`, 'private ', steps));
  return [new Emitter(helpers.length).function('main', '', main), ...functions].join('\n');
}

export function functionContext(): Context {
  const context = new Context();
  for (const register of [registerCoreDialects, registerLoopDialect, registerMemoryDialect]) register(context);
  return context;
}

/** Parses and verifies; throws with the rendered diagnostics. */
export function parseProgram(text: string, context: Context = functionContext()): Operation {
  const { result, diagnostics } = context.diagnostics.collect(() => {
    const module = parseModule(text, context, { file: 'test.mlir' });
    return module && verify(module) ? module : undefined;
  });
  if (!result) throw new Error(`${diagnostics.map((d) => renderDiagnostic(context, d)).join('\n')}\n${text}`);
  return result;
}

/** What `@main` gives for each of the inputs, as text. */
export function runProgram(
  module: Operation,
  inputs: readonly (readonly number[])[],
  options: InterpreterOptions = {},
): string[] {
  const interpreter = new Interpreter(module, { maxSteps: 1_000_000, ...options });
  return inputs.map(([x, y, b, n]) => interpreter.call('main', [x! | 0, y! | 0, b!, n!]).join(' '));
}
