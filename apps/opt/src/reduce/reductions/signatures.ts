// Drops operands, results, arguments of functions and what loops carry.
import { FunctionType, type Operation, TypeAttr, type Value } from '@budflow/ir';
import { earlierValue, functionTypeWithout, isTerminator, opsOf, rebuild, zeroBefore } from '../edits.js';
import type { Session } from '../session.js';

/** Arguments and results of functions, with those of their calls. */
export async function dropFunctionValues(session: Session): Promise<void> {
  for (let index = opsOf(session.module).length - 1; index >= 0; index--) {
    const type = functionType(opsOf(session.module)[index]);
    for (let i = (type?.results.length ?? 0) - 1; i >= 0; i--)
      await session.tryEdit((module) => dropResult(module, opsOf(module)[index] as Operation, i));
    for (let i = (type?.inputs.length ?? 0) - 1; i >= 0; i--)
      await session.tryEdit((module) => dropArgument(module, opsOf(module)[index] as Operation, i));
  }
}

function functionType(op: Operation | undefined): FunctionType | undefined {
  const attr = op?.name === 'func.func' ? op.attr('function_type') : undefined;
  return attr instanceof TypeAttr && attr.type instanceof FunctionType ? attr.type : undefined;
}

function setType(func: Operation, drop: { readonly input?: number; readonly result?: number }): void {
  const type = functionType(func);
  const { context } = func;
  if (type) func.setAttr('function_type', context.typeAttr(functionTypeWithout(context, type, drop)));
  // What is said about single arguments and results would be about others.
  func.setAttr(drop.input === undefined ? 'res_attrs' : 'arg_attrs', null);
}

function callsOf(module: Operation, func: Operation): Operation[] {
  const name = String(func.attr('sym_name')).slice(1, -1);
  return opsOf(module).filter((op) => op.name === 'func.call' && String(op.attr('callee')) === `@${name}`);
}

function dropArgument(module: Operation, func: Operation, index: number): boolean {
  if (!functionType(func)) return false;
  const region = func.region(0);
  if (!region.isEmpty) {
    const argument = region.entry.arguments[index];
    if (!argument) return false;
    if (argument.hasUses) {
      const first = region.entry.firstOp;
      const other = region.entry.arguments.find((a) => a !== argument && a.type === argument.type);
      if (!other && !first) return false;
      argument.replaceAllUsesWith(other ?? zeroBefore(first as Operation, argument.type));
    }
    region.entry.eraseArgument(index);
  }
  setType(func, { input: index });
  for (const call of callsOf(module, func)) call.eraseOperand(index);
  return true;
}

function dropResult(module: Operation, func: Operation, index: number): boolean {
  if (!functionType(func)) return false;
  for (const block of func.region(0).blocks) if (block.lastOp?.name === 'func.return') block.lastOp.eraseOperand(index);
  setType(func, { result: index });
  for (const call of callsOf(module, func)) dropOwnResult(call, index);
  return true;
}

/** Takes a result away from an op; uses of it are substituted. */
function dropOwnResult(op: Operation, index: number): Operation {
  const result = op.result(index);
  if (result.hasUses) result.replaceAllUsesWith(earlierValue(op, result.type) ?? zeroBefore(op, result.type));
  return rebuild(op, { kept: op.results.flatMap((_, i) => (i === index ? [] : [i])) });
}

/** What a loop or conditional carries: a result with what is yielded, its argument in the body and its first value. */
export async function dropCarriedValues(session: Session): Promise<void> {
  for (let index = opsOf(session.module).length - 1; index >= 0; index--) {
    const count = opsOf(session.module)[index]?.resultCount ?? 0;
    for (let i = count - 1; i >= 0; i--)
      await session.tryEdit((module) => {
        const op = opsOf(module)[index];
        return op !== undefined && op.regions.length > 0 && i < op.resultCount && dropCarried(op, i);
      });
  }
}

function dropCarried(op: Operation, index: number): boolean {
  const { resultCount, operandCount } = op;
  for (const region of op.regions)
    for (const block of region.blocks) {
      const last = block.lastOp;
      if (last && isTerminator(last) && last.operandCount === resultCount) last.eraseOperand(index);
      const at = block.arguments.length - resultCount + index;
      const argument = block.arguments[at];
      if (at < 0 || !argument || argument.type !== op.result(index).type) continue;
      if (argument.hasUses) {
        const init = operandCount >= resultCount ? op.operand(operandCount - resultCount + index) : undefined;
        argument.replaceAllUsesWith(init?.type === argument.type ? init : zeroBefore(op, argument.type));
      }
      block.eraseArgument(at);
    }
  const initial = operandCount - resultCount + index;
  const dropsInitial = initial >= 0 && op.operand(initial).type === op.result(index).type;
  const made = dropOwnResult(op, index);
  if (dropsInitial) dropOperand(made, initial);
  return true;
}

/** Single operands and results, where an op has a variable number of them or nobody knows it. */
export async function dropOperandsAndResults(session: Session): Promise<void> {
  for (let index = opsOf(session.module).length - 1; index >= 0; index--) {
    const op = opsOf(session.module)[index];
    if (!op || op.name === 'func.func') continue;
    for (let i = op.operandCount - 1; i >= 0; i--)
      await session.tryEdit((module) => {
        const target = opsOf(module)[index] as Operation;
        return i < target.operandCount && dropOperand(target, i);
      });
    for (let i = op.resultCount - 1; i >= 0; i--)
      await session.tryEdit((module) => {
        const target = opsOf(module)[index] as Operation;
        if (i >= target.resultCount || target.result(i).hasUses) return false;
        dropOwnResult(target, i);
        return true;
      });
  }
}

/** Also from the segment it belongs to, where operands have segments. */
function dropOperand(op: Operation, index: number): boolean {
  const sizes = op.attr('operandSegmentSizes');
  const values: readonly Value[] = op.operands.filter((_, i) => i !== index);
  if (sizes && 'values' in sizes) {
    const counts = (sizes.values as readonly (number | bigint)[]).map(Number);
    let start = 0;
    const segment = counts.findIndex((count) => {
      start += count;
      return index < start;
    });
    if (segment < 0) return false;
    counts[segment] = (counts[segment] as number) - 1;
    op.setAttr('operandSegmentSizes', op.context.denseArray(op.context.integer(32), counts));
  }
  op.setOperands(values);
  return true;
}
