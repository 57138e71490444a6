// The interface through which an op says what it does. IR is compiled to closures once and then run: an op compiles
// itself to a Step, which reads and writes the slots of a frame.
import {
  type Block,
  defineInterface,
  type InterfaceImplementation,
  type Operation,
  type Region,
  type SymbolRefAttr,
  type Value,
} from '@budflow/ir';
import type { CustomCall } from './custom-calls.js';
import { RuntimeTrap } from './trap.js';
import type { RuntimeValue } from './value-model.js';

export interface InterpreterOptions {
  /** Ops executed before a StepLimit trap; default 10^9. An op on a whole tensor counts as one. */
  readonly maxSteps?: number;
  /** Nested calls before a CallDepth trap; default 400. */
  readonly maxDepth?: number;
  /** How often `math.fma {relaxed}` rounds on the machine to imitate: once (fused) or twice. Default once. */
  readonly relaxedMadd?: 'once' | 'twice';
  /** Called after each op with its results. Slow. */
  readonly trace?: (op: Operation, results: readonly RuntimeValue[]) => void;
  /** Functions of the host, called for declarations (functions without a body) of these names. */
  readonly externals?: Readonly<Record<string, (args: readonly RuntimeValue[]) => readonly RuntimeValue[]>>;
  /** What custom calls run, by the name of their target. */
  readonly customCalls?: Readonly<Record<string, CustomCall>>;
}

/** What one run shares: budgets. */
export class Machine {
  steps = 0;
  depth = 0;
  readonly maxSteps: number;
  readonly maxDepth: number;
  constructor(options: InterpreterOptions) {
    this.maxSteps = options.maxSteps ?? 1e9;
    this.maxDepth = options.maxDepth ?? 400;
  }
}

/** The values of one activation of a function, by slot. */
export class Frame {
  readonly values: RuntimeValue[];
  readonly machine: Machine;
  constructor(size: number, machine: Machine) {
    this.values = new Array<RuntimeValue>(size);
    this.machine = machine;
  }
}

/** A region came to its end: at terminator `op`, whose operands lie in `slots`. */
export class RegionExit {
  readonly op: Operation | null;
  readonly slots: readonly number[];
  constructor(op: Operation | null, slots: readonly number[]) {
    this.op = op;
    this.slots = slots;
  }
  /** The values of the terminator's operands. */
  values(frame: Frame): RuntimeValue[] {
    return this.slots.map((s) => frame.values[s]!);
  }
}

/** Control continues at another block of the region, after the moves to its arguments. */
export class BlockBranch {
  readonly target: Block;
  readonly from: readonly number[];
  readonly to: readonly number[];
  constructor(target: Block, from: readonly number[], to: readonly number[]) {
    this.target = target;
    this.from = from;
    this.to = to;
  }
}

export type Control = RegionExit | BlockBranch;

/** Executes one op. Terminators return where control goes. */
// biome-ignore lint/suspicious/noConfusingVoidType: most steps return nothing
export type Step = (frame: Frame) => Control | undefined | void;

/** A region compiled into the frame of its function. */
export interface CompiledRegion {
  /** Slots of the entry block's arguments; fill them before `run`. */
  readonly arguments: readonly number[];
  /** Runs the region from its entry block to a terminator without successors. */
  run(frame: Frame): RegionExit;
}

/** A function to call. Compiled when it is first invoked. */
export interface Callee {
  invoke(machine: Machine, args: readonly RuntimeValue[]): RuntimeValue[];
}

export interface CompileContext {
  readonly options: InterpreterOptions;
  /** The frame slot of a value. */
  slot(value: Value): number;
  /** Slots of the op's operands and results, in order. */
  operandSlots(op: Operation): number[];
  resultSlots(op: Operation): number[];
  /** Compiles a region of the op being compiled. Loops run the result many times. */
  region(region: Region): CompiledRegion;
  /** The token a terminator returns that ends its region with its operands (all, or those given). */
  exit(op: Operation, operands?: readonly Value[]): RegionExit;
  /** The token a terminator returns that continues at a successor, passing `operands` to its arguments. */
  branch(op: Operation, successor: number, operands: readonly Value[]): BlockBranch;
  /** The function a symbol names. Traps when invoked if there is none or it has no body and no external. */
  callee(op: Operation, symbol: SymbolRefAttr): Callee;
  /** The function of a FunctionValue's op. */
  calleeOf(functionOp: Operation): Callee;
  /** The op a symbol names; undefined when there is none. */
  lookup(op: Operation, symbol: SymbolRefAttr): Operation | undefined;
}

export const Interpretable = defineInterface<{
  /** Called once for each op; the step runs each time control reaches it. Traps thrown here happen at run time. */
  compile(op: Operation, c: CompileContext): Step;
}>('Interpretable');

/** For terminators of structured regions (yield, return): ends the region with all operands. */
export const exitsRegion: InterfaceImplementation = Interpretable.implement({
  compile(op, c) {
    const exit = c.exit(op);
    return () => exit;
  },
});

// Methods are bivariant in their parameters: an evaluator may declare the scalar types it knows to get.
export type Evaluator1 = { f(a: RuntimeValue): RuntimeValue }['f'];
export type Evaluator2 = { f(a: RuntimeValue, b: RuntimeValue): RuntimeValue }['f'];
export type Evaluator3 = { f(a: RuntimeValue, b: RuntimeValue, c: RuntimeValue): RuntimeValue }['f'];
export type Evaluator = Evaluator1 | Evaluator2 | Evaluator3;

/** An op with one result that is a function of its one operand. */
export function step1(op: Operation, c: CompileContext, f: Evaluator1): Step {
  const a = c.slot(op.operand(0));
  const r = c.slot(op.result(0));
  return (frame) => {
    const v = frame.values;
    v[r] = f(v[a]!);
  };
}
/** An op with one result that is a function of its two operands. */
export function step2(op: Operation, c: CompileContext, f: Evaluator2): Step {
  const a = c.slot(op.operand(0));
  const b = c.slot(op.operand(1));
  const r = c.slot(op.result(0));
  return (frame) => {
    const v = frame.values;
    v[r] = f(v[a]!, v[b]!);
  };
}
/** An op with one result that is a function of its three operands. */
export function step3(op: Operation, c: CompileContext, f: Evaluator3): Step {
  const [x, y, z] = c.operandSlots(op) as [number, number, number];
  const r = c.slot(op.result(0));
  return (frame) => {
    const v = frame.values;
    v[r] = f(v[x]!, v[y]!, v[z]!);
  };
}
/** Any op without regions: results as a function of operands. */
export function stepN(
  op: Operation,
  c: CompileContext,
  f: (operands: RuntimeValue[]) => readonly RuntimeValue[],
): Step {
  const from = c.operandSlots(op);
  const to = c.resultSlots(op);
  return (frame) => {
    const v = frame.values;
    const results = f(from.map((s) => v[s]!));
    for (let i = 0; i < to.length; i++) v[to[i]!] = results[i]!;
  };
}
/** An op whose single result never changes. */
export function stepConstant(op: Operation, c: CompileContext, value: RuntimeValue): Step {
  const r = c.slot(op.result(0));
  return (frame) => {
    frame.values[r] = value;
  };
}

/** Interpretable for an op with one result: `make` gives the function of its operands, once for each op. */
export function evaluates1(make: (op: Operation, options: InterpreterOptions) => Evaluator1): InterfaceImplementation {
  return Interpretable.implement({ compile: (op, c) => step1(op, c, make(op, c.options)) });
}
export function evaluates2(make: (op: Operation, options: InterpreterOptions) => Evaluator2): InterfaceImplementation {
  return Interpretable.implement({ compile: (op, c) => step2(op, c, make(op, c.options)) });
}
export function evaluates3(make: (op: Operation, options: InterpreterOptions) => Evaluator3): InterfaceImplementation {
  return Interpretable.implement({ compile: (op, c) => step3(op, c, make(op, c.options)) });
}
export function evaluatesN(
  make: (op: Operation, options: InterpreterOptions) => (operands: RuntimeValue[]) => readonly RuntimeValue[],
): InterfaceImplementation {
  return Interpretable.implement({ compile: (op, c) => stepN(op, c, make(op, c.options)) });
}

/** Copies slots as one parallel move. */
export function moveSlots(values: RuntimeValue[], from: readonly number[], to: readonly number[]): void {
  const n = from.length;
  if (n === 0) return;
  if (n === 1) {
    values[to[0]!] = values[from[0]!]!;
    return;
  }
  if (n === 2) {
    const first = values[from[0]!]!;
    const second = values[from[1]!]!;
    values[to[0]!] = first;
    values[to[1]!] = second;
    return;
  }
  const held = new Array<RuntimeValue>(n);
  for (let i = 0; i < n; i++) held[i] = values[from[i]!]!;
  for (let i = 0; i < n; i++) values[to[i]!] = held[i]!;
}

/** A trap for an op or a case of it that has no execution semantics here. */
export function notInterpretable(what: string): RuntimeTrap {
  return new RuntimeTrap('NotInterpretable', what);
}
