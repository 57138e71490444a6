// Symbols: operations found by name within the closest enclosing symbol table, and references to them.
import { ArrayAttr, type Attribute, DialectAttr, DictionaryAttr, StringAttr, SymbolRefAttr } from './attribute.js';
import type { Context } from './context.js';
import { InternalError } from './errors.js';
import type { Operation } from './operation.js';
import { SymbolTableTrait, Terminator } from './traits.js';
import { AttrNames } from './well-known.js';

/** The name an operation defines, if it does. */
export function symbolName(op: Operation): string | undefined {
  const name = op.attributes.get(AttrNames.symName);
  return name instanceof StringAttr ? name.value : undefined;
}

export type SymbolVisibility = 'public' | 'private' | 'nested';

export function symbolVisibility(op: Operation): SymbolVisibility {
  const visibility = op.attributes.get(AttrNames.symVisibility);
  return visibility instanceof StringAttr && (visibility.value === 'private' || visibility.value === 'nested')
    ? visibility.value
    : 'public';
}

/** The closest operation from `from` outwards (itself included) that is a symbol table. */
export function nearestSymbolTable(from: Operation): Operation | null {
  for (let op: Operation | null = from; op; op = op.parentOp) if (op.info.hasTrait(SymbolTableTrait)) return op;
  return null;
}

/** Names of the tables met while `withSymbolIndex` runs; null outside of it. */
let index: Map<Operation, Map<string, Operation>> | null = null;

/** Runs `body`, which must not change symbols; lookups in it take constant time. */
export function withSymbolIndex(body: () => void): void {
  const outer = index;
  index = new Map();
  try {
    body();
  } finally {
    index = outer;
  }
}

function symbolIn(table: Operation, name: string): Operation | null {
  if (index !== null) return indexed(index, table).get(name) ?? null;
  for (const region of table.regions)
    for (const block of region.blocks)
      for (let op = block.firstOp; op; op = op.next) if (symbolName(op) === name) return op;
  return null;
}

function indexed(tables: Map<Operation, Map<string, Operation>>, table: Operation): Map<string, Operation> {
  let names = tables.get(table);
  if (names === undefined) {
    names = new Map();
    for (const region of table.regions)
      for (const block of region.blocks)
        for (let op = block.firstOp; op; op = op.next) {
          const name = symbolName(op);
          if (name !== undefined && !names.has(name)) names.set(name, op);
        }
    tables.set(table, names);
  }
  return names;
}

/**
 * The operation that a name or (nested) reference means at `from`: the root is looked for in the closest enclosing
 * symbol table that defines it, each nested name in the table found before. Null when there is none.
 * For many lookups in one table use `SymbolTable`.
 */
export function lookupSymbol(from: Operation, symbol: string | SymbolRefAttr): Operation | null {
  const root = typeof symbol === 'string' ? symbol : symbol.root;
  for (
    let table = nearestSymbolTable(from);
    table;
    table = table.parentOp ? nearestSymbolTable(table.parentOp) : null
  ) {
    let found = symbolIn(table, root);
    if (!found) continue;
    if (typeof symbol !== 'string') {
      for (const name of symbol.nested) {
        if (!found.info.hasTrait(SymbolTableTrait)) return null;
        found = symbolIn(found, name);
        if (!found) return null;
      }
    }
    return found;
  }
  return null;
}

/** An index of the symbols of one table, for many lookups and insertions. Tell it about symbols you add or remove. */
export class SymbolTable {
  readonly op: Operation;
  private readonly symbols = new Map<string, Operation>();
  private counter = 0;

  constructor(op: Operation) {
    if (op.regions.length !== 1)
      throw new InternalError(`a symbol table has one region, ${op.name} has ${op.regions.length}`, op);
    this.op = op;
    for (const block of op.region(0).blocks) {
      for (let inner = block.firstOp; inner; inner = inner.next) {
        const name = symbolName(inner);
        if (name !== undefined && !this.symbols.has(name)) this.symbols.set(name, inner);
      }
    }
  }

  lookup(name: string): Operation | undefined {
    return this.symbols.get(name);
  }
  /** All symbols in the order in which they were met. */
  get all(): Operation[] {
    return [...this.symbols.values()];
  }

  /** `name`, or with `_0`, `_1`, ... appended when that is taken. */
  uniqueName(name: string): string {
    let probe = name;
    while (this.symbols.has(probe)) probe = `${name}_${this.counter++}`;
    return probe;
  }

  /**
   * Adds a symbol, renaming it when its name is taken, and returns its name. An op without a parent is placed before
   * `before`, or at the end of the table's first block (before its terminator, if it has one).
   */
  insert(op: Operation, before: Operation | null = null): string {
    const wanted = symbolName(op);
    if (wanted === undefined) throw new InternalError(`${op.name} defines no symbol`, op);
    if (this.symbols.get(wanted) === op) return wanted;
    const name = this.uniqueName(wanted);
    if (name !== wanted) op.setAttr(AttrNames.symName, op.context.stringAttr(name));
    if (op.parent === null) {
      const block = this.op.region(0).isEmpty ? this.op.region(0).append() : this.op.region(0).entry;
      const last = block.lastOp;
      block.insertBefore(op, before ?? (last?.info.hasTrait(Terminator) ? last : null));
    }
    this.symbols.set(name, op);
    return name;
  }

  /** Forgets a symbol and erases its operation. */
  erase(op: Operation): void {
    this.forget(op);
    op.erase();
  }
  forget(op: Operation): void {
    const name = symbolName(op);
    if (name !== undefined && this.symbols.get(name) === op) this.symbols.delete(name);
  }

  /** Gives a symbol another name (made unique) and redirects all references to it within the table's op. */
  rename(op: Operation, name: string): string {
    const old = symbolName(op);
    if (old === undefined) throw new InternalError(`${op.name} defines no symbol`, op);
    this.forget(op);
    const unique = this.uniqueName(name);
    op.setAttr(AttrNames.symName, op.context.stringAttr(unique));
    this.symbols.set(unique, op);
    replaceSymbolUses(this.op, old, unique);
    return unique;
  }
}

export interface SymbolUse {
  readonly user: Operation;
  readonly reference: SymbolRefAttr;
}

/** Every symbol reference in attributes of operations nested in `op`, in order. */
export function symbolUses(op: Operation): SymbolUse[] {
  const uses: SymbolUse[] = [];
  op.walk((user) => {
    if (user === op) return;
    for (const value of user.attributes.values) collectReferences(value, (reference) => uses.push({ user, reference }));
  });
  return uses;
}

/** The uses within `table` that mean one of its own symbols called `name`; inner tables with that symbol shadow it. */
export function usesOfSymbol(table: Operation, name: string): SymbolUse[] {
  const uses: SymbolUse[] = [];
  visitScope(table, name, (user) => {
    for (const value of user.attributes.values)
      collectReferences(value, (reference) => {
        if (reference.root === name) uses.push({ user, reference });
      });
  });
  return uses;
}

/** Redirects the references within `table` from one of its symbols to another name. */
export function replaceSymbolUses(table: Operation, from: string, to: string): void {
  visitScope(table, from, (user) => {
    let entries: [string, Attribute][] | null = null;
    user.attributes.values.forEach((value, i) => {
      const { context } = user;
      const rename = (r: SymbolRefAttr) => (r.root === from ? context.symbolRef(to, r.nested) : r);
      const replaced = mapReferences(value, rename, context) as Attribute;
      if (replaced === value) return;
      entries ??= user.attributes.names.map((n, k) => [n, user.attributes.values[k]!]);
      entries[i]![1] = replaced;
    });
    if (entries) user.attributes = user.context.dictionary(entries);
  });
}

/** Operations nested in `table` that see its symbol `name`. */
function visitScope(table: Operation, name: string, visit: (user: Operation) => void): void {
  for (const region of table.regions) {
    for (const block of region.blocks) {
      for (let op = block.firstOp; op; op = op.next) {
        visit(op);
        if (op.ownRegions !== null && !(op.info.hasTrait(SymbolTableTrait) && symbolIn(op, name)))
          visitScope(op, name, visit);
      }
    }
  }
}

/** References anywhere inside an attribute, e.g. in an array or among the parameters of a dialect's attribute. */
export function collectReferences(attr: Attribute, visit: (reference: SymbolRefAttr) => void): void {
  mapReferences(attr, (reference) => {
    visit(reference);
    return reference;
  });
}

/** `value` with each symbol reference in it replaced by `replace` of it; the same object when nothing changes. */
function mapReferences(
  value: unknown,
  replace: (reference: SymbolRefAttr) => SymbolRefAttr,
  context?: Context,
): unknown {
  if (value instanceof SymbolRefAttr) return replace(value);
  if (value instanceof ArrayAttr) {
    const elements = mapAll(value.elements, replace, context);
    return elements === value.elements ? value : context!.arrayAttr(elements as Attribute[]);
  }
  if (value instanceof DictionaryAttr) {
    const values = mapAll(value.values, replace, context);
    return values === value.values
      ? value
      : context!.dictionary(value.names.map((n, i) => [n, values[i] as Attribute] as const));
  }
  if (value instanceof DialectAttr) {
    const parameters = mapReferences(value.parameters, replace, context);
    return parameters === value.parameters ? value : context!.dialectAttr(value.definition, parameters);
  }
  if (Array.isArray(value)) return mapAll(value, replace, context);
  // Parameters of a dialect's attribute may be a plain object.
  if (value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
    const keys = Object.keys(value);
    const before = Object.values(value);
    const after = mapAll(before, replace, context);
    return after === before ? value : Object.fromEntries(keys.map((k, i) => [k, after[i]]));
  }
  return value;
}
function mapAll(
  list: readonly unknown[],
  replace: (reference: SymbolRefAttr) => SymbolRefAttr,
  context?: Context,
): readonly unknown[] {
  const mapped = list.map((e) => mapReferences(e, replace, context));
  return mapped.every((e, i) => e === list[i]) ? list : mapped;
}
