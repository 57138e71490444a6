// remove-dead-values: erases what no effect and no visible result depends on, also where values only feed each other:
// carried values of loops, arguments and results of private functions, ops around a cycle.
//
//   %r:2 = loop.for ... iter_args(%a = %x, %b = %y) {         %r = loop.for ... iter_args(%a = %x) {
//     %c = addi %b, %a; loop.yield %a, %c }             ->      loop.yield %a }
//   return %r#0                                                return %r
//
// Requires nothing. Preserves nothing when it changes something. Liveness of values over regions and calls; a call stays when
// its callee has effects. Follows MLIR's remove-dead-values.
import { DataFlowSolver, DeadCodeAnalysis, LiveValues, Predecessors } from '@budflow/analysis';
import { CallOp as FuncCallOp, FuncOp } from '@budflow/dialect-core';
import { ForOp } from '@budflow/dialect-loop';
import { ArrayAttr, CallOp, Operation, ReturnLike, symbolVisibility, type Type } from '@budflow/ir';
import { definePass } from '@budflow/pass';
import { dropBlockArguments, isDead } from '@budflow/rewrite';

export const removeDeadValues = definePass({
  name: 'remove-dead-values',
  summary: 'erase values that nothing observable depends on',
  statistics: {
    'num-erased': 'Ops erased',
    'num-carried': 'Carried values of loops cut off',
    'num-arguments': 'Arguments of private functions dropped',
    'num-results': 'Results of private functions dropped',
  },
  run(root, { statistic, unchanged }) {
    const solver = new DataFlowSolver();
    solver.load((s) => new DeadCodeAnalysis(s));
    const live = solver.load((s) => new LiveValues(s));
    solver.run(root);
    const changes = { erased: 0, carried: 0, arguments: 0, results: 0, blocks: 0 };

    // 1. A dead carried value is passed on unchanged: nothing computes it any more, and canonicalize drops it.
    root.walk((op) => {
      if (ForOp.is(op)) changes.carried += cutCarried(op, live);
    });
    // 2. Dead ops, users before definitions.
    const eraseDead = (parent: Operation) => {
      for (const region of parent.regions) {
        if (dropBlockArguments(region)) changes.blocks++;
        for (let b = region.blocks.length - 1; b >= 0; b--) {
          for (let op = region.blocks[b]!.lastOp; op !== null; ) {
            const previous: Operation | null = op.previous;
            if (isDead(op)) {
              op.erase();
              changes.erased++;
            } else if (op.ownRegions !== null) eraseDead(op);
            op = previous;
          }
        }
      }
    };
    eraseDead(root);
    // 3. Results nobody uses, arguments that do not matter; what they were for goes after them.
    const functions = privateFunctions(root, solver);
    for (const f of functions) changes.results += dropResults(f);
    if (changes.results > 0) eraseDead(root);
    changes.arguments = dropArguments(functions, live);
    if (changes.arguments > 0) eraseDead(root);
    statistic('num-erased', changes.erased);
    statistic('num-carried', changes.carried);
    statistic('num-arguments', changes.arguments);
    statistic('num-results', changes.results);
    if (Object.values(changes).every((n) => n === 0)) unchanged();
  },
});

function cutCarried(loop: Operation, live: LiveValues): number {
  const body = loop.region(0).entry;
  const terminator = body.terminator;
  let cut = 0;
  loop.results.forEach((result, i) => {
    const argument = body.arguments[i + 1]!;
    if (live.isLive(result) || live.isLive(argument) || terminator.operand(i) === argument) return;
    terminator.setOperand(i, argument);
    cut++;
  });
  return cut;
}

interface PrivateFunction {
  readonly func: Operation;
  /** All its calls; each is a func.call. */
  calls: readonly Operation[];
}

/** Functions whose calls are all known and can be changed. */
function privateFunctions(root: Operation, solver: DataFlowSolver): PrivateFunction[] {
  const found: PrivateFunction[] = [];
  const calls = new Map<string, Operation[]>();
  root.walk((op) => {
    const name = CallOp.of(op)?.callee(op);
    if (typeof name !== 'string') return;
    const list = calls.get(name);
    if (list) list.push(op);
    else calls.set(name, [op]);
  });
  root.walk((func) => {
    if (func === root || !FuncOp.is(func) || func.region(0).isEmpty || symbolVisibility(func) !== 'private') return;
    // Attributes beyond the signature may describe arguments by position.
    if (func.attributes.names.some((name) => name.includes('.'))) return;
    const callers = solver.lookup(Predecessors.kind, func.region(0).entry);
    const own = calls.get(FuncOp.sym_name(func)) ?? [];
    // Calls in code that is never reached are not among the known ones: they keep the function as it is.
    if (!callers?.allKnown || own.length !== callers.known.size) return;
    if (own.every((call) => FuncCallOp.is(call) && callers.known.has(call))) found.push({ func, calls: own });
  });
  return found;
}

function dropResults(f: PrivateFunction): number {
  const { func, calls } = f;
  const { inputs, results } = FuncOp.function_type(func);
  const keep = results.map((_, i) => calls.some((call) => call.result(i).hasUses));
  if (calls.length === 0 || keep.every(Boolean)) return 0;
  for (const block of func.region(0).blocks) {
    const exit = block.terminator;
    if (exit.info.hasTrait(ReturnLike)) exit.setOperands(exit.operands.filter((_, i) => keep[i]));
  }
  setSignature(func, inputs, kept(results, keep));
  filterList(func, 'res_attrs', keep);
  f.calls = calls.map((call) => {
    const types = kept(call.resultTypes, keep);
    const made = Operation.create(call.info, call.loc, call.operands, types, call.attributes);
    call.parent!.insertBefore(made, call);
    kept(call.results, keep).forEach((result, i) => {
      result.replaceAllUsesWith(made.result(i));
    });
    call.erase();
    return made;
  });
  return results.length - kept(results, keep).length;
}

/** Drops arguments that only calls use, in places where they are dropped themselves (a recursive function passes them on). */
function dropArguments(functions: readonly PrivateFunction[], live: LiveValues): number {
  const dropped = new Map<Operation, boolean[]>();
  const callees = new Map<Operation, Operation>();
  for (const { func, calls } of functions) {
    if (calls.length === 0) continue;
    dropped.set(
      func,
      func.region(0).entry.arguments.map((a) => !live.isLive(a) || !a.hasUses),
    );
    for (const call of calls) callees.set(call, func);
  }
  for (let again = true; again; ) {
    again = false;
    for (const [func, drop] of dropped)
      func.region(0).entry.arguments.forEach((argument, i) => {
        if (!drop[i]) return;
        argument.forEachUse((user, operand) => {
          const callee = callees.get(user);
          if (callee && dropped.get(callee)![operand]) return;
          drop[i] = false;
          again = true;
        });
      });
  }
  let count = 0;
  for (const { func, calls } of functions) {
    const keep = dropped.get(func)?.map((d) => !d);
    if (!keep || keep.every(Boolean)) continue;
    for (const call of calls) call.setOperands(kept(call.operands, keep));
  }
  for (const [func, drop] of dropped) {
    if (!drop.includes(true)) continue;
    const { entry } = func.region(0);
    for (let i = drop.length - 1; i >= 0; i--) if (drop[i]) entry.eraseArgument(i);
    const types = entry.arguments.map((a) => a.type);
    setSignature(func, types, FuncOp.function_type(func).results);
    filterList(
      func,
      'arg_attrs',
      drop.map((d) => !d),
    );
    count += drop.filter(Boolean).length;
  }
  return count;
}

function kept<T>(list: readonly T[], keep: readonly boolean[]): T[] {
  return list.filter((_, i) => keep[i]);
}

function setSignature(func: Operation, inputs: readonly Type[], results: readonly Type[]): void {
  const { context } = func;
  func.setAttr('function_type', context.typeAttr(context.functionType(inputs, results)));
}

/** Drops entries of a list of dictionaries, and the list when they are all empty. */
function filterList(func: Operation, name: string, keep: readonly boolean[]): void {
  const list = func.attr(name);
  if (!(list instanceof ArrayAttr)) return;
  const left = kept(list.elements, keep);
  const { context } = func;
  func.setAttr(name, left.every((e) => e === context.emptyDictionary) ? null : context.arrayAttr(left));
}
