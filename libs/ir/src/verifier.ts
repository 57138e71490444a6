// The verifier: everything that must hold between passes. First the structure of the whole IR (block ends, branches,
// dominance, isolation) for every operation; then, when that stands, each registered operation against its definition.
import { StringAttr } from './attribute.js';
import type { Diagnostic } from './diagnostic.js';
import { DominanceInfo } from './dominance.js';
import type { Operation } from './operation.js';
import { symbolName, withSymbolIndex } from './symbol-table.js';
import { SymbolTableTrait, SymbolTrait } from './traits.js';
import { startRun, verificationOf } from './verifier/op-verification.js';
import { EndOf, StructureVerifier, type Unchecked } from './verifier/structure.js';
import { AttrNames } from './well-known.js';

export interface VerifyOptions {
  /** Also walk every use-list from the value's side; only a bug of the core or of code that writes links can break one. */
  readonly useLists?: boolean;
}

/** Verifies an operation with everything nested in it. Emits diagnostics (ids `verify.*`); true when there is no error. */
export function verify(root: Operation, options: VerifyOptions = {}): boolean {
  const engine = root.context.diagnostics;
  const found: Diagnostic[] = [];
  let errors = 0;
  startRun();
  // Checks only emit diagnostics; what they emitted tells whether they found something. Delivered at the end, when
  // every note has been added.
  engine.capture(
    (diagnostic) => {
      if (diagnostic.severity === 'error') errors++;
      found.push(diagnostic);
    },
    () => {
      const unchecked: Unchecked[] = [];
      new StructureVerifier(root, new DominanceInfo(root), unchecked, { useLists: options.useLists ?? false }).run();
      if (errors === 0) withSymbolIndex(() => verifyEach(unchecked, () => errors));
    },
  );
  for (const diagnostic of found) engine.emit(diagnostic);
  return errors === 0;
}

/** Each op against its definition, an op before those nested in it and its regions after them. */
function verifyEach(unchecked: readonly Unchecked[], errors: () => number): void {
  /** Errors found before each of the ops that are being verified, outermost first. */
  const before: number[] = [];
  /** The outermost op with regions that is wrong itself. */
  let wrong: Operation | null = null;
  for (const item of unchecked) {
    if (item instanceof EndOf && item.op === wrong) wrong = null;
    if (item instanceof EndOf) {
      const { info } = item.op;
      if (before.pop() === errors() && wrong === null && info.definition !== null)
        verificationOf(info).verifyRegions?.(item.op);
      continue;
    }
    const { info } = item;
    if (item.ownRegions !== null) before.push(errors());
    if (info.definition !== null) {
      if (wrong === null) verificationOf(info).run(item, errors);
      else runInside(item, errors);
    } else if (!item.context.allowUnregistered) {
      item.emitError(
        'verify.unregistered',
        'is not registered; load its dialect, or allow unregistered dialects (--allow-unregistered-dialect)',
      );
    }
    if (info.hasTrait(SymbolTableTrait)) verifySymbolTable(item);
    if (info.hasTrait(SymbolTrait)) verifySymbol(item);
    if (wrong === null && item.ownRegions !== null && errors() > before[before.length - 1]!) wrong = item;
  }
}

/** Checks an op inside one that is wrong: hooks may rely on what was just reported, and trip over it. */
function runInside(op: Operation, errors: () => number): void {
  try {
    verificationOf(op.info).run(op, errors);
  } catch {
    // The cause is among the errors already.
  }
}

/** A table has one region of one block, and unique names. */
function verifySymbolTable(table: Operation): void {
  if (table.regions.length !== 1 || table.region(0).blocks.length > 1) {
    table.emitError('verify.symbol-table', 'defines a symbol table and must have one region with one block');
    return;
  }
  const first = new Map<string, Operation>();
  for (let op = table.region(0).blocks[0]?.firstOp ?? null; op !== null; op = op.next) {
    const name = symbolName(op);
    if (name === undefined) continue;
    const other = first.get(name);
    if (other)
      op.emitError('verify.symbol-redefinition', `redefines the symbol '${name}'`).note(
        'first defined here',
        other.loc,
      );
    else first.set(name, op);
  }
}

function verifySymbol(op: Operation): void {
  const visibility = op.attributes.get(AttrNames.symVisibility);
  if (
    visibility !== undefined &&
    !(visibility instanceof StringAttr && ['public', 'private', 'nested'].includes(visibility.value))
  )
    op.emitError(
      'verify.symbol-visibility',
      `visibility must be "public", "private" or "nested", but got ${visibility}`,
    );
  const parent = op.parentOp;
  if (parent !== null && parent.info.isRegistered && !parent.info.hasTrait(SymbolTableTrait))
    // MLIR before 17 accepts this; nothing finds such a symbol, so it harms nobody.
    op.emitWarning('verify.symbol-parent', `defines a symbol, but '${parent.name}' around it is no symbol table`);
}
