// What goes wrong while a program runs, as opposed to while it is compiled.
import { CallOp, type Location, type Operation, positionOf } from '@budflow/ir';

export type TrapKind =
  /** An index outside its memref, tensor or vector. */
  | 'OutOfBounds'
  | 'DivisionByZero'
  /** Undefined behaviour of `arith`: signed division overflow, a shift past the width, a conversion out of range. */
  | 'Undefined'
  /** `cf.assert` or a `check` op failed. */
  | 'CheckFailed'
  | 'StepLimit'
  | 'CallDepth'
  /** An allocation the host cannot serve. */
  | 'Allocation'
  /** The heap of compiled programs is full. */
  | 'HeapExhausted'
  /** A compiled kernel gave up. */
  | 'KernelTrap'
  /** A memref used after its buffer was freed. */
  | 'UseAfterFree'
  /** Run-time shapes that an op needs equal differ. */
  | 'ShapeMismatch'
  /** An index beyond 2^53, which the interpreter cannot hold. */
  | 'IndexRange'
  /** A function of the host that a custom call runs threw, or returned what it must not. */
  | 'CustomCallFailed'
  /** The op has no execution semantics here. */
  | 'NotInterpretable'
  /** A call from outside with arguments that do not fit the signature. */
  | 'BadArgument';

/** A program did something undefined, or what this engine cannot do. `location` is that of the op at fault. */
export class RuntimeTrap extends Error {
  readonly kind: TrapKind;
  /** What happened, without the place. */
  readonly reason: string;
  location: Location | null = null;
  /** The op at fault, when the engine still has the IR. */
  op: Operation | null = null;
  /** Call operations that led here, innermost first. */
  readonly callers: Operation[] = [];

  constructor(kind: TrapKind, reason: string) {
    // Folding meets many traps; the frames of the interpreter say nothing about the program, and cost most of it.
    const limits = Error as { stackTraceLimit?: number };
    const { stackTraceLimit } = limits;
    limits.stackTraceLimit = 0;
    super(reason);
    if (stackTraceLimit !== undefined) limits.stackTraceLimit = stackTraceLimit;
    this.name = 'RuntimeTrap';
    this.kind = kind;
    this.reason = reason;
  }

  /** Attaches the op, unless an inner one is attached already; returns this. */
  at(op: Operation): this {
    if (this.op !== null) return this;
    this.op = op;
    this.location = op.location;
    const at = positionOf(op.context, op.loc);
    const place = at ? `${at.file}:${at.line}:${at.column}: ` : '';
    this.message = `${place}'${op.name}': ${this.reason}`;
    return this;
  }
}

/** The error with `op` attached when it is a trap without a place; host failures that a program can cause become traps. */
export function locateTrap(error: unknown, op: Operation): unknown {
  if (error instanceof RuntimeTrap) {
    if (error.op !== null && error.op !== op && CallOp.of(op)) error.callers.push(op);
    return error.at(op);
  }
  if (error instanceof RangeError) {
    // No regular expressions: they need stack, which may just have run out.
    const { message } = error;
    const says = (part: string) => message.includes(part);
    if (says('call stack')) return new RuntimeTrap('CallDepth', 'the call stack of the host overflowed').at(op);
    if (says('typed array length') || says('rray buffer') || says('rray size') || says('allocation'))
      return new RuntimeTrap('Allocation', `the host cannot allocate this much: ${message}`).at(op);
    if (says('BigInt')) return new RuntimeTrap('Undefined', message).at(op);
  }
  return error;
}
