// The interpreter as its users see it: a module, and calls of its functions.
import { CallableOp, FloatType, type Operation } from '@budflow/ir';
import { Program } from './compile.js';
import { type InterpreterOptions, Machine } from './interpretable.js';
import { rounding } from './scalar/floats.js';
import { RuntimeTrap } from './trap.js';
import { mismatch, type RuntimeValue } from './value-model.js';

/**
 * Executes functions of a module, at any level of abstraction. Functions are compiled to closures when first called;
 * the IR must not change between calls (make a new Interpreter then).
 */
export class Interpreter {
  readonly options: InterpreterOptions;
  private readonly program: Program;

  constructor(module: Operation, options: InterpreterOptions = {}) {
    this.options = options;
    this.program = new Program(module, options);
  }

  /** Names of the functions that have a body, in the order of the text. */
  get functions(): string[] {
    const names: string[] = [];
    for (const [name, op] of this.program.table(this.program.module)) {
      const body = CallableOp.of(op)?.body(op);
      if (body && !body.isEmpty) names.push(name);
    }
    return names;
  }

  /**
   * Calls a function by name. Step and depth limits start anew with each call. Float scalars are rounded to their type.
   * @throws RuntimeTrap when the program does something undefined, a limit is reached, or the arguments do not fit.
   */
  call(name: string, args: readonly RuntimeValue[] = []): RuntimeValue[] {
    const op = this.program.table(this.program.module).get(name);
    const body = op && CallableOp.of(op)?.body(op);
    if (!op || !body || body.isEmpty) {
      const known = this.functions;
      throw new RuntimeTrap(
        'BadArgument',
        `no function @${name} with a body; there is ${known.length ? known.map((n) => `@${n}`).join(', ') : 'none'}`,
      );
    }
    const parameters = body.entry.arguments;
    if (parameters.length !== args.length)
      throw new RuntimeTrap('BadArgument', `@${name} takes ${parameters.length} arguments, got ${args.length}`).at(op);
    const values = parameters.map((p, i) => {
      const value = args[i]!;
      const problem = mismatch(p.type, value);
      if (problem) throw new RuntimeTrap('BadArgument', `argument ${i} of @${name}: ${problem}`).at(op);
      return p.type instanceof FloatType ? rounding(p.type)(value as number) : value;
    });
    return this.program.callee(op).invoke(new Machine(this.options), values);
  }
}
