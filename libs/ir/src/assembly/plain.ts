// Ops of a plain form: a list of operands and a type, or little more. Nearly all ops of large modules are; parser and
// printer read and write them on their own (../parser/plain-op-parser.ts, ../printer/plain-op-printer.ts) instead of
// calling the hooks of their assembly, some thirty calls an op. Anything else than the plain text takes the hooks.
import type { CustomAssembly, PlainForm } from '../asm.js';
import { compileAssembly } from '../assembly-format.js';
import type { DictionaryAttr } from '../attribute.js';
import type { OpInfo } from '../op-info.js';

/** No form is plain enough. */
export const PLAIN_NONE = 0;
/** `%a, %b : type` */
export const PLAIN_SAME = 1;
/** `%a : type to type` */
export const PLAIN_CAST = 2;
/** `keyword, %a, %b : type` with a result of type i1 */
export const PLAIN_COMPARE = 3;
/** `%condition, %a, %b : type` with a condition of type i1 */
export const PLAIN_SELECT = 4;
/** `value`, an attribute that says its type */
export const PLAIN_CONSTANT = 5;
/** `@symbol(%a, %b) : (types) -> types` */
export const PLAIN_CALL = 6;

const KINDS: { readonly [K in PlainForm['kind']]: number } = {
  same: PLAIN_SAME,
  cast: PLAIN_CAST,
  compare: PLAIN_COMPARE,
  select: PLAIN_SELECT,
  constant: PLAIN_CONSTANT,
  call: PLAIN_CALL,
};

/** What parser and printer need of an op's assembly, in one place and one shape. */
export class PreparedAssembly {
  readonly assembly: CustomAssembly;
  readonly kind: number;
  /** Operands of the forms with a fixed number. */
  readonly operands: number;
  /** The only attribute of the form; '' when it has none. */
  readonly attribute: string;
  /** Attribute dictionaries of a comparison by the bytes of the keyword, up to four, little endian. */
  readonly byKeyword: ReadonlyMap<number, DictionaryAttr>;
  /** The keywords with a space before and a comma behind, in their order. */
  readonly keywords: readonly string[];
  /** Whether the op's name loses its dialect inside regions that have that dialect as the default. */
  readonly canShorten: boolean;

  constructor(info: OpInfo, assembly: CustomAssembly) {
    const { plain } = assembly;
    this.assembly = assembly;
    this.canShorten = info.name.indexOf('.', info.dialect.length + 1) < 0;
    this.kind = plain === undefined || !isComplete(info, plain) ? PLAIN_NONE : KINDS[plain.kind];
    this.operands = plain === undefined ? 0 : plain.kind === 'same' ? plain.operands : (OPERANDS[plain.kind] ?? 0);
    this.attribute = plain !== undefined && 'attribute' in plain ? plain.attribute : '';
    const byKeyword = new Map<number, DictionaryAttr>();
    this.byKeyword = byKeyword;
    this.keywords = plain?.kind === 'compare' ? plain.keywords.map((word) => ` ${word}, `) : [];
    if (plain?.kind === 'compare') {
      const { context } = info;
      plain.keywords.forEach((word, i) => {
        if (word.length <= 4) byKeyword.set(packed(word), context.dictionary([[plain.attribute, context.i64Attr(i)]]));
      });
    }
  }
}

const OPERANDS: { readonly [kind: string]: number } = { cast: 1, compare: 2, select: 3 };

/** Whether the form says all: there is one result, and attributes that it does not show may be absent. */
function isComplete(info: OpInfo, plain: PlainForm): boolean {
  const shown = 'attribute' in plain ? plain.attribute : '';
  const results = Object.values(info.definition?.spec.results ?? {});
  if (plain.kind !== 'call' && (results.length !== 1 || results[0]!.kind !== 'one')) return false;
  const attributes = Object.entries(info.definition?.spec.attributes ?? {});
  return attributes.every(([name, spec]) => spec.optional || name === shown);
}

function packed(word: string): number {
  let key = 0;
  for (let i = 0; i < word.length; i++) key |= word.charCodeAt(i) << (8 * i);
  return key;
}

/** The assembly of an op whose definition has one. */
export function preparedAssembly(info: OpInfo): PreparedAssembly {
  if (info.assembly === null) info.assembly = new PreparedAssembly(info, compileAssembly(info.definition!));
  return info.assembly;
}
