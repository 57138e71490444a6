// Aliases can make a small text stand for a huge or endlessly deep type or attribute: `!b = tuple<!a, !a>` doubles at
// every step, and a long chain nests without a bracket. Everything after the parser walks them, so both are limited.
import {
  ArrayAttr,
  Attribute,
  DialectAttr,
  DictionaryAttr,
  DistinctAttr,
  OpaqueAttr,
  TypeAttr,
  typeOfAttribute,
} from '../attribute.js';
import { CallSiteLoc, FusedLoc, NameLoc } from '../location.js';
import {
  DialectType,
  elementTypeOf,
  FunctionType,
  MemRefType,
  OpaqueType,
  TensorType,
  TupleType,
  type Type,
  UnrankedMemRefType,
} from '../type.js';
import { MAX_DEPTH } from './lexer.js';

/** Parts of one alias, counted as often as they are printed. */
const MAX_PARTS = 1 << 20;

interface Measure {
  readonly parts: number;
  readonly depth: number;
}

const LEAF: Measure = { parts: 1, depth: 1 };

/** Measures what aliases stand for; what was measured is remembered, so only new text is walked. */
export class AliasLimits {
  private readonly known = new Map<Type | Attribute, Measure>();

  /** Why an alias may not stand for `target`; undefined when it may. */
  problem(target: Type | Attribute): string | undefined {
    const { parts, depth } = this.measure(target);
    if (depth > MAX_DEPTH) return `is nested more than ${MAX_DEPTH} levels deep`;
    return parts > MAX_PARTS ? `has more than ${MAX_PARTS} parts` : undefined;
  }

  private measure(item: Type | Attribute): Measure {
    const known = this.known.get(item);
    if (known) return known;
    const children = childrenOf(item);
    let measure = LEAF;
    if (children.length > 0) {
      let parts = 1;
      let depth = 0;
      for (const child of children) {
        const inner = this.measure(child);
        parts += inner.parts;
        depth = Math.max(depth, inner.depth);
      }
      measure = { parts, depth: depth + 1 };
    } else if (
      item instanceof DialectType ||
      item instanceof OpaqueType ||
      item instanceof DialectAttr ||
      item instanceof OpaqueAttr
    )
      measure = { parts: 1 + (item.text.length >> 3), depth: 1 };
    this.known.set(item, measure);
    return measure;
  }
}

function childrenOf(item: Type | Attribute): readonly (Type | Attribute)[] {
  if (item instanceof Attribute) {
    if (item instanceof ArrayAttr) return item.elements;
    if (item instanceof DictionaryAttr) return item.values;
    if (item instanceof TypeAttr) return [item.type];
    if (item instanceof DistinctAttr) return [item.referenced];
    if (item instanceof NameLoc) return item.child ? [item.child] : [];
    if (item instanceof CallSiteLoc) return [item.callee, item.caller];
    if (item instanceof FusedLoc) return item.metadata ? [...item.locations, item.metadata] : item.locations;
    if (item instanceof OpaqueAttr) return [];
    const type = typeOfAttribute(item);
    return type ? [type] : [];
  }
  if (item instanceof FunctionType) return [...item.inputs, ...item.results];
  if (item instanceof TupleType) return item.elements;
  const parts: (Type | Attribute)[] = [];
  const element = elementTypeOf(item);
  if (element !== item) parts.push(element);
  if (item instanceof TensorType && item.encoding) parts.push(item.encoding);
  if (item instanceof MemRefType && item.layout) parts.push(item.layout);
  if ((item instanceof MemRefType || item instanceof UnrankedMemRefType) && item.memorySpace)
    parts.push(item.memorySpace);
  return parts;
}
