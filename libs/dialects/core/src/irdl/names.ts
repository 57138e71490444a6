// Names in IRDL, and finding the definition a reference means.
import { type Operation, StringAttr, type SymbolRefAttr } from '@budflow/ir';

export const DEFINITIONS = ['irdl.type', 'irdl.attribute', 'irdl.operation'] as const;

/** The name a definition gives; empty when it has none. */
export function nameOf(op: Operation): string {
  const name = op.attr('sym_name');
  return name instanceof StringAttr ? name.value : '';
}

/** The irdl.dialect around an op. */
function dialectAround(op: Operation): Operation | undefined {
  for (let at: Operation | null = op; at; at = at.parentOp) if (at.name === 'irdl.dialect') return at;
  return undefined;
}

function child(parent: Operation | null, name: string): Operation | undefined {
  for (let op = parent?.regions[0]?.blocks[0]?.firstOp ?? null; op; op = op.next) if (nameOf(op) === name) return op;
  return undefined;
}

/** What `@complex` or `@cmath::@complex` means inside a dialect: looked for in it, then in what is around it. */
export function definitionOf(from: Operation, ref: SymbolRefAttr): Operation | undefined {
  const dialect = dialectAround(from);
  if (!dialect) return undefined;
  for (let scope: Operation | null = dialect; scope; scope = scope.parentOp) {
    let found =
      scope === dialect && nameOf(dialect) === ref.root && ref.nested.length > 0 ? dialect : child(scope, ref.root);
    for (const name of ref.nested) found &&= child(found, name);
    if (found) return found;
  }
  return undefined;
}

/** `cmath.complex` */
export function fullName(definition: Operation): string {
  const dialect = dialectAround(definition);
  return `${dialect ? nameOf(dialect) : ''}.${nameOf(definition)}`;
}
