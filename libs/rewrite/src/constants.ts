// Constants of an isolated region live at the front of its entry block, one op for each value: this pool finds or
// makes them there. (MLIR's OperationFolder does the same.)
import {
  type Attribute,
  type Block,
  InternalError,
  IsolatedFromAbove,
  type LocationRef,
  type Operation,
  type Region,
  type Rewriter,
  type Type,
} from '@budflow/ir';
import { constantOf } from './fold.js';

/** Ops by the id of their attribute; a list where types or dialects differ. */
type Table = Map<number, Operation | Operation[]>;

export class ConstantPool {
  /** Constants are never moved out of this op. */
  private readonly root: Operation;
  private readonly tables = new Map<Region, Table>();

  constructor(root: Operation) {
    this.root = root;
  }

  /** The region whose entry block holds the constants used in `region`. */
  homeOf(region: Region): Region {
    let home = region;
    for (let op = home.parent; op !== null && op !== this.root; op = home.parent) {
      if (op.info.definition === null || op.info.hasTrait(IsolatedFromAbove)) break;
      const outer = op.parentRegion;
      if (outer === null) break;
      home = outer;
    }
    return home;
  }

  /** Must be told of every op that is erased. */
  erased(op: Operation): void {
    const region = op.parentRegion;
    if (region === null) return;
    const value = constantOf(op);
    if (value === null) return;
    const table = this.tables.get(this.homeOf(region));
    const found = table?.get(value.id);
    if (found === op) table!.delete(value.id);
    else if (Array.isArray(found)) {
      const at = found.indexOf(op);
      if (at >= 0) found.splice(at, 1);
    }
  }

  /**
   * Enters constants met in program order: a repeated one is replaced by the first, the others move to the front of
   * their region keeping their order. Returns whether anything changed.
   */
  enterAll(ops: readonly Operation[], rewriter: Rewriter): boolean {
    let changed = false;
    const kept = new Map<Region, Operation[]>();
    for (const op of ops) {
      const value = constantOf(op);
      const region = op.parentRegion;
      if (value === null || region === null) continue;
      const home = this.homeOf(region);
      const known = this.lookup(home, op.info.dialect, value, op.result(0).type);
      if (known === undefined) {
        this.remember(home, value, op);
        const list = kept.get(home);
        if (list) list.push(op);
        else kept.set(home, [op]);
      } else if (known !== op) {
        // `known` may still stand after `op` (in another block): the moves below put it first.
        rewriter.replaceOp(op, known.results);
        changed = true;
      }
    }
    for (const [home, list] of kept) if (moveToFront(home.entry, list)) changed = true;
    return changed;
  }

  /** Enters one constant. Returns 'erased' when an equal one replaced it, 'moved' when it went to the front. */
  enter(op: Operation, rewriter: Rewriter): 'kept' | 'moved' | 'erased' {
    const value = constantOf(op);
    const region = op.parentRegion;
    if (value === null || region === null) return 'kept';
    const home = this.homeOf(region);
    const known = this.lookup(home, op.info.dialect, value, op.result(0).type);
    if (known === op) return 'kept';
    if (known !== undefined) {
      this.ensureBefore(known, op, home);
      rewriter.replaceOp(op, known.results);
      return 'erased';
    }
    this.remember(home, value, op);
    const entry = home.entry;
    if (entry.firstOp === op) return 'kept';
    op.moveBefore(entry.firstOp!);
    return 'moved';
  }

  /**
   * An op with the constant result `value` of `type` that may be used where `user` stands, in the dialect of `user`;
   * null when the dialect cannot express it.
   */
  materialize(user: Operation, loc: LocationRef, value: Attribute, type: Type, rewriter: Rewriter): Operation | null {
    const region = user.parentRegion;
    if (region === null) throw new InternalError('constants are made for an op that is in no region', user);
    const home = this.homeOf(region);
    const { context } = user;
    const dialect = context.dialect(user.info.dialect);
    // A dialect may make its constants in another one (math in arith), which is known only once it has.
    const known = this.lookup(home, null, value, type);
    if (known !== undefined) {
      this.ensureBefore(known, user, home);
      return known;
    }
    if (!dialect?.materializeConstant) return null;
    return rewriter.scoped(() => {
      rewriter.setInsertionPointToStart(home.entry);
      const made = dialect.materializeConstant!(rewriter, loc, value, type);
      if (made === null) return null;
      if (made.resultCount !== 1 || made.result(0).type !== type)
        throw new InternalError(
          `dialect '${dialect.name}' materialised ${made.name} for a constant of type ${type}`,
          user,
        );
      const constant = constantOf(made);
      if (constant === null)
        throw new InternalError(`dialect '${dialect.name}' materialised ${made.name}, which is not ConstantLike`, made);
      if (this.lookup(home, made.info.dialect, constant, type) === undefined) this.remember(home, constant, made);
      return made;
    });
  }

  private lookup(home: Region, dialect: string | null, value: Attribute, type: Type): Operation | undefined {
    const found = this.tables.get(home)?.get(value.id);
    if (found === undefined) return undefined;
    if (!Array.isArray(found)) return this.matches(found, home, dialect, value, type) ? found : undefined;
    return found.find((op) => this.matches(op, home, dialect, value, type));
  }
  /** Patterns may have changed, moved or erased what was entered. */
  private matches(op: Operation, home: Region, dialect: string | null, value: Attribute, type: Type): boolean {
    if (op.isErased || op.result0!.type !== type || constantOf(op) !== value) return false;
    if (dialect !== null && op.info.dialect !== dialect) return false;
    const region = op.parentRegion;
    return region !== null && (region === home || this.homeOf(region) === home);
  }

  private remember(home: Region, value: Attribute, op: Operation): void {
    let table = this.tables.get(home);
    if (!table) {
      table = new Map();
      this.tables.set(home, table);
    }
    const found = table.get(value.id);
    if (found === undefined) table.set(value.id, op);
    else if (Array.isArray(found)) found.push(op);
    else table.set(value.id, [found, op]);
  }

  /** A pattern may have put `user` in front of the constants, or moved the constant. */
  private ensureBefore(constant: Operation, user: Operation, home: Region): void {
    const { entry } = home;
    if (entry.firstOp === constant) return;
    if (constant.parent === entry) {
      let at: Operation | null = user;
      while (at !== null && at.parent !== entry) at = at.parentOp;
      if (at === null || !at.isBeforeInBlock(constant)) return;
    }
    constant.moveBefore(entry.firstOp!);
  }
}

/** Makes `ops` the first operations of `block`, in this order, moving only what must move. */
function moveToFront(block: Block, ops: readonly Operation[]): boolean {
  let inPlace = 0;
  for (let op = block.firstOp; inPlace < ops.length && ops[inPlace] === op; op = op!.next) inPlace++;
  if (inPlace === ops.length) return false;
  for (let i = inPlace; i < ops.length; i++) ops[i]!.remove();
  const before = inPlace === 0 ? block.firstOp : ops[inPlace - 1]!.next;
  for (let i = inPlace; i < ops.length; i++) block.insertBefore(ops[i]!, before);
  return true;
}
