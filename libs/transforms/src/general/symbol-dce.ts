// symbol-dce: erases symbols (functions) that nothing visible refers to, directly or through others.
//
//   func.func @main() { call @a() }
//   func.func private @a() {}                 ->     @main, @a
//   func.func private @b() { call @b() }
//
// Requires nothing. Preserves nothing when it changes something. Follows MLIR's symbol-dce: what is public, or used by an op
// that is no symbol, is live; so is what live symbols refer to.
import {
  collectReferences,
  lookupSymbol,
  nearestSymbolTable,
  type Operation,
  SymbolTableTrait,
  SymbolTrait,
  symbolName,
  symbolVisibility,
  withSymbolIndex,
} from '@budflow/ir';
import { definePass } from '@budflow/pass';

export const symbolDce = definePass({
  name: 'symbol-dce',
  summary: 'erase private symbols that nothing refers to',
  statistics: { 'num-erased': 'Symbols erased' },
  run(root, { statistic, unchanged }) {
    const live = liveSymbols(root);
    const dead: Operation[] = [];
    const find = (op: Operation) => {
      for (const region of op.regions)
        for (const block of region.blocks)
          for (let inner = block.firstOp; inner !== null; inner = inner.next) {
            if (isSymbol(inner) && !live.has(inner)) dead.push(inner);
            else if (inner.ownRegions !== null) find(inner);
          }
    };
    find(root);
    for (const op of dead) op.erase();
    statistic('num-erased', dead.length);
    if (dead.length === 0) unchanged();
  },
});

function isSymbol(op: Operation): boolean {
  return op.info.hasTrait(SymbolTrait) && symbolName(op) !== undefined && op.parentOp !== null;
}

function liveSymbols(root: Operation): Set<Operation> {
  const live = new Set<Operation>();
  const work: Operation[] = [];
  const mark = (op: Operation) => {
    if (live.has(op)) return;
    live.add(op);
    work.push(op);
  };
  /** Looks through what runs with `op`; symbols inside wait until they are needed. */
  const scan = (op: Operation) => {
    for (const value of op.attributes.values)
      collectReferences(value, (reference) => {
        // Each symbol on the path of a nested reference is needed.
        for (let n = 0; n <= reference.nested.length; n++) {
          const target = lookupSymbol(
            op.parentOp ?? op,
            op.context.symbolRef(reference.root, reference.nested.slice(0, n)),
          );
          if (target !== null) mark(target);
        }
      });
    for (const region of op.regions)
      for (const block of region.blocks)
        for (let inner = block.firstOp; inner !== null; inner = inner.next) {
          if (!isSymbol(inner)) scan(inner);
          else if (isVisible(inner, root)) mark(inner);
        }
  };
  withSymbolIndex(() => {
    scan(root);
    for (let op = work.pop(); op; op = work.pop()) scan(op);
  });
  return live;
}

/** Whether something that is not below `root` may refer to the symbol. */
function isVisible(symbol: Operation, root: Operation): boolean {
  switch (symbolVisibility(symbol)) {
    case 'public':
      return true;
    case 'private':
      // Users of a table that is not below `root` may stand anywhere in it.
      return !isBelowOrAt(nearestSymbolTable(symbol.parentOp!), root);
    case 'nested':
      return symbol.parentOp !== root || root.parent !== null;
    default:
      return true;
  }
}

function isBelowOrAt(table: Operation | null, root: Operation): boolean {
  return table?.info.hasTrait(SymbolTableTrait) === true && root.isAncestorOf(table);
}
