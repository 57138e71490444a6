// Compiles functions to closures. Values get dense frame slots, one numbering for each function including its nested
// regions; blocks become arrays of steps; a tensor, memref or vector is let go after its last use in its block.
import {
  type Block,
  CallableOp,
  MemRefType,
  type Operation,
  type Region,
  StringAttr,
  type SymbolRefAttr,
  SymbolTableTrait,
  TensorType,
  type Value,
  VectorType,
} from '@budflow/ir';
import {
  BlockBranch,
  type Callee,
  type CompileContext,
  type CompiledRegion,
  Frame,
  Interpretable,
  type InterpreterOptions,
  type Machine,
  moveSlots,
  RegionExit,
  type Step,
} from './interpretable.js';
import { locateTrap, RuntimeTrap } from './trap.js';
import type { RuntimeValue } from './value-model.js';

const FELL_OFF = new RegionExit(null, []);

class CompiledBlock {
  readonly arguments: number[];
  readonly steps: Step[] = [];
  readonly ops: Operation[] = [];
  constructor(args: number[]) {
    this.arguments = args;
  }

  run(frame: Frame): RegionExit | BlockBranch {
    const { steps } = this;
    const n = steps.length;
    const machine = frame.machine;
    machine.steps += n + 1;
    let i = 0;
    try {
      if (machine.steps > machine.maxSteps)
        throw new RuntimeTrap('StepLimit', `stopped after ${machine.maxSteps} steps`);
      for (; i < n; i++) {
        const control = steps[i]!(frame);
        if (control !== undefined) return control as RegionExit | BlockBranch;
      }
    } catch (error) {
      throw this.ops.length ? locateTrap(error, this.ops[Math.min(i, n - 1)]!) : error;
    }
    return FELL_OFF;
  }
}

class SingleBlockRegion implements CompiledRegion {
  readonly arguments: readonly number[];
  private readonly block: CompiledBlock;
  constructor(block: CompiledBlock) {
    this.block = block;
    this.arguments = block.arguments;
  }
  run(frame: Frame): RegionExit {
    return this.block.run(frame) as RegionExit;
  }
}

class MultiBlockRegion implements CompiledRegion {
  readonly arguments: readonly number[];
  private readonly entry: CompiledBlock;
  private readonly blocks: ReadonlyMap<Block, CompiledBlock>;
  constructor(entry: CompiledBlock, blocks: ReadonlyMap<Block, CompiledBlock>) {
    this.entry = entry;
    this.blocks = blocks;
    this.arguments = entry.arguments;
  }
  run(frame: Frame): RegionExit {
    let block = this.entry;
    for (;;) {
      const control = block.run(frame);
      if (control instanceof RegionExit) return control;
      moveSlots(frame.values, control.from, control.to);
      block = this.blocks.get(control.target)!;
    }
  }
}

/** Compiles one function (or one op on its own): owns the slot numbering. */
export class FunctionCompiler implements CompileContext {
  readonly options: InterpreterOptions;
  private readonly program: Program;
  private readonly slots = new Map<Value, number>();

  constructor(program: Program) {
    this.program = program;
    this.options = program.options;
  }

  get frameSize(): number {
    return this.slots.size;
  }
  slot(value: Value): number {
    let slot = this.slots.get(value);
    if (slot === undefined) {
      slot = this.slots.size;
      this.slots.set(value, slot);
    }
    return slot;
  }
  operandSlots(op: Operation): number[] {
    return op.operands.map((v) => this.slot(v));
  }
  resultSlots(op: Operation): number[] {
    return op.results.map((v) => this.slot(v));
  }
  exit(op: Operation, operands: readonly Value[] = op.operands): RegionExit {
    return new RegionExit(
      op,
      operands.map((v) => this.slot(v)),
    );
  }
  branch(op: Operation, successor: number, operands: readonly Value[]): BlockBranch {
    const target = op.successors[successor]!;
    return new BlockBranch(
      target,
      operands.map((v) => this.slot(v)),
      target.arguments.map((v) => this.slot(v)),
    );
  }
  callee(op: Operation, symbol: SymbolRefAttr): Callee {
    const target = this.program.lookup(op, symbol);
    if (!target) throw new RuntimeTrap('NotInterpretable', `calls ${symbol}, which is not defined`);
    return this.program.callee(target);
  }
  calleeOf(functionOp: Operation): Callee {
    return this.program.callee(functionOp);
  }
  lookup(op: Operation, symbol: SymbolRefAttr): Operation | undefined {
    return this.program.lookup(op, symbol);
  }

  region(region: Region): CompiledRegion {
    if (region.isEmpty) return { arguments: [], run: () => FELL_OFF };
    if (region.blocks.length === 1) return new SingleBlockRegion(this.block(region.entry));
    const blocks = new Map<Block, CompiledBlock>();
    for (const block of region.blocks) blocks.set(block, this.block(block));
    return new MultiBlockRegion(blocks.get(region.entry)!, blocks);
  }

  private block(block: Block): CompiledBlock {
    const compiled = new CompiledBlock(block.arguments.map((a) => this.slot(a)));
    const released = lastUses(block);
    for (let op = block.firstOp; op; op = op.next) {
      let step = this.step(op);
      if (this.options.trace) step = traced(op, step, this.resultSlots(op), this.options.trace);
      const dead = released.get(op);
      if (dead)
        step = releasing(
          step,
          dead.map((v) => this.slot(v)),
        );
      compiled.steps.push(step);
      compiled.ops.push(op);
    }
    return compiled;
  }

  /** The step of one op. What cannot be compiled traps when control reaches it, not before. */
  step(op: Operation): Step {
    const methods = Interpretable.of(op);
    if (!methods) {
      return () => {
        throw new RuntimeTrap(
          'NotInterpretable',
          `${op.name} cannot be executed${op.info.isRegistered ? ' yet' : ': its dialect is not registered'}`,
        );
      };
    }
    try {
      return methods.compile(op, this);
    } catch (error) {
      if (!(error instanceof RuntimeTrap)) throw error;
      const { kind, reason } = error;
      return () => {
        throw new RuntimeTrap(kind, reason);
      };
    }
  }
}

function traced(
  op: Operation,
  step: Step,
  results: readonly number[],
  trace: NonNullable<InterpreterOptions['trace']>,
): Step {
  return (frame) => {
    const control = step(frame);
    trace(
      op,
      results.map((s) => frame.values[s]!),
    );
    return control;
  };
}

function releasing(step: Step, slots: readonly number[]): Step {
  return (frame) => {
    const control = step(frame);
    for (const s of slots) frame.values[s] = 0;
    return control;
  };
}

function isLarge(value: Value): boolean {
  return value.type instanceof TensorType || value.type instanceof MemRefType || value.type instanceof VectorType;
}

/** The large results of a block's ops by the op after which nothing reads them; only values used in no other block. */
function lastUses(block: Block): Map<Operation, Value[]> {
  const released = new Map<Operation, Value[]>();
  for (let op = block.firstOp; op; op = op.next) {
    for (const result of op.results) {
      if (!isLarge(result)) continue;
      let last: Operation | null = op;
      result.forEachUse((user) => {
        if (last === null) return;
        let at: Operation | null = user;
        while (at !== null && at.parent !== block) at = at.parentOp;
        if (at === null) last = null;
        else if (last !== at && last.isBeforeInBlock(at)) last = at;
      });
      // A terminator's operands are read after it ran.
      if (last === null || last === block.lastOp) continue;
      const list = released.get(last);
      if (list) list.push(result);
      else released.set(last, [result]);
    }
  }
  return released;
}

class CompiledFunction implements Callee {
  private readonly program: Program;
  private readonly op: Operation;
  private body: CompiledRegion | null = null;
  private frameSize = 0;

  constructor(program: Program, op: Operation) {
    this.program = program;
    this.op = op;
  }

  invoke(machine: Machine, args: readonly RuntimeValue[]): RuntimeValue[] {
    if (this.body === null) {
      const region = CallableOp.of(this.op)?.body(this.op);
      if (!region || region.isEmpty) return this.external(args);
      const compiler = new FunctionCompiler(this.program);
      this.body = compiler.region(region);
      this.frameSize = compiler.frameSize;
    }
    if (machine.depth >= machine.maxDepth)
      throw new RuntimeTrap('CallDepth', `more than ${machine.maxDepth} nested calls`);
    const frame = new Frame(this.frameSize, machine);
    const to = this.body.arguments;
    for (let i = 0; i < to.length; i++) frame.values[to[i]!] = args[i]!;
    machine.depth++;
    try {
      return this.body.run(frame).values(frame);
    } finally {
      machine.depth--;
    }
  }

  private external(args: readonly RuntimeValue[]): RuntimeValue[] {
    const name = symbolName(this.op) ?? '';
    const host = this.program.options.externals?.[name];
    if (!host)
      throw new RuntimeTrap('NotInterpretable', `calls @${name}, which has no body and is not among the externals`);
    return [...host(args)];
  }
}

export function symbolName(op: Operation): string | undefined {
  const name = op.attr('sym_name');
  return name instanceof StringAttr ? name.value : undefined;
}

/** All that was compiled of one module. */
export class Program {
  readonly module: Operation;
  readonly options: InterpreterOptions;
  private readonly functions = new Map<Operation, Callee>();
  private readonly tables = new Map<Operation, Map<string, Operation>>();

  constructor(module: Operation, options: InterpreterOptions) {
    this.module = module;
    this.options = options;
  }

  callee(op: Operation): Callee {
    let found = this.functions.get(op);
    if (!found) {
      found = new CompiledFunction(this, op);
      this.functions.set(op, found);
    }
    return found;
  }

  /** Resolves a symbol from an op: in the closest symbol table that has its root, then inwards. */
  lookup(from: Operation, symbol: SymbolRefAttr): Operation | undefined {
    for (let op: Operation | null = from; op; op = op.parentOp) {
      if (!op.info.hasTrait(SymbolTableTrait) && op !== this.module) continue;
      let target = this.table(op).get(symbol.root);
      if (!target) continue;
      for (const name of symbol.nested) target = target && this.table(target).get(name);
      return target;
    }
    return undefined;
  }

  table(op: Operation): Map<string, Operation> {
    let table = this.tables.get(op);
    if (!table) {
      table = new Map();
      for (const region of op.regions) {
        for (const block of region.blocks) {
          for (let inner = block.firstOp; inner; inner = inner.next) {
            const name = symbolName(inner);
            if (name !== undefined) table.set(name, inner);
          }
        }
      }
      this.tables.set(op, table);
    }
    return table;
  }
}
