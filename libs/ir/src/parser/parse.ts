// Entry points of the text parser.
import type { Attribute } from '../attribute.js';
import type { Context } from '../context.js';
import type { Diagnostic } from '../diagnostic.js';
import { Operation, Region } from '../operation.js';
import type { Type } from '../type.js';
import { C_START, CLASS, MAX_DEPTH, PADDING, ParseFailure, type ParserInput } from './lexer.js';
import type { ParseListener } from './listener.js';
import { OpParser } from './op-parser.js';
import { ResourceParser } from './resources.js';

export interface ParseOptions {
  /** Name of the text in locations and messages. */
  file?: string;
  /** Is told where operations, values and blocks stand in the text. */
  listener?: ParseListener;
}

class ModuleParser extends ResourceParser {
  /** A whole file: operations, alias definitions, metadata. */
  module(): Operation {
    this.begin();
    const region = new Region();
    const block = region.append();
    while (!this.atEnd) {
      const c = this.bytes[this.pos]!;
      if (c === 0x23 || c === 0x21) this.aliasDefinition(c);
      else if (this.atMetadata) this.metadata();
      else if (c === 0x25 || c === 0x22 || CLASS[c]! & C_START) block.append(this.operation());
      else this.failExpected('an operation, an alias definition or file metadata');
    }
    this.popScope();
    const only = block.firstOp;
    if (only !== null && only === block.lastOp && only.name === 'builtin.module') {
      only.remove();
      return only;
    }
    const module = new Operation(this.context.opInfo('builtin.module'), this.base, this.context.emptyDictionary);
    module.appendRegion(region);
    return module;
  }

  /** `#name = attribute` or `!name = type` */
  private aliasDefinition(sigil: number): void {
    const { pos } = this;
    const end = this.suffixEnd(pos + 1);
    const what = sigil === 0x23 ? 'attribute' : 'type';
    if (end === pos + 1) this.fail('parse.expected', `expected the name of an ${what} alias`, pos);
    const name = this.slice(pos + 1, end);
    if (name.includes('.'))
      this.fail(
        'parse.alias-name',
        `alias '${String.fromCharCode(sigil)}${name}': names with a '.' are those of dialects`,
        pos,
      );
    this.pos = end;
    this.skip();
    this.expect(0x3d, `'=' after the name of an ${what} alias`);
    if (sigil === 0x23) this.defineAttributeAlias(name, pos);
    else this.defineTypeAlias(name, pos);
  }
}

/**
 * Parses a file. Returns the `builtin.module` operation: the one in the text, or one made around its operations.
 * On an error it emits one diagnostic on the context's engine and returns undefined. The result is not verified.
 * Bytes of more than a megabyte with 32 zeros behind them in their buffer are used where they are, and must stay as they
 * are while messages may show lines of them; all others are copied.
 */
export function parseModule(
  text: string | Uint8Array,
  context: Context,
  options: ParseOptions = {},
): Operation | undefined {
  return guarded(new ModuleParser(inputOf(text, context, options)), (p) => p.module());
}

/** Parses a type that makes up the whole text; undefined and a diagnostic when it does not. */
export function parseType(text: string | Uint8Array, context: Context, options: ParseOptions = {}): Type | undefined {
  return guarded(new OpParser(inputOf(text, context, options)), (p) => {
    const type = p.type();
    if (!p.atEnd) p.failExpected('the end of the type');
    return type;
  });
}

/** Parses an attribute that makes up the whole text; undefined and a diagnostic when it does not. */
export function parseAttribute(
  text: string | Uint8Array,
  context: Context,
  options: ParseOptions = {},
): Attribute | undefined {
  return guarded(new OpParser(inputOf(text, context, options)), (p) => {
    const attr = p.attribute();
    if (!p.atEnd) p.failExpected('the end of the attribute');
    return attr;
  });
}

/** Texts that are not copied when zeros follow them: the copy of a large one is a tenth of all memory. */
const LARGE = 1 << 20;

function hasPadding(text: Uint8Array): boolean {
  if (text.length < LARGE || text.byteOffset + text.length + PADDING > text.buffer.byteLength) return false;
  const behind = new Uint8Array(text.buffer, text.byteOffset + text.length, PADDING);
  return behind.every((byte) => byte === 0);
}

function inputOf(text: string | Uint8Array, context: Context, options: ParseOptions): ParserInput {
  const file = options.file ?? '<text>';
  const { listener } = options;
  if (typeof text !== 'string') {
    const bytes = hasPadding(text)
      ? new Uint8Array(text.buffer, text.byteOffset, text.length + PADDING)
      : new Uint8Array(text.length + PADDING);
    if (bytes.buffer !== text.buffer) bytes.set(text);
    return { context, bytes, end: text.length, file, listener };
  }
  // ASCII takes one byte for a character, anything else at most three.
  let bytes = new Uint8Array(text.length + PADDING);
  const encoder = new TextEncoder();
  let { read, written } = encoder.encodeInto(text, bytes.subarray(0, text.length));
  if (read < text.length) {
    bytes = new Uint8Array(3 * text.length + PADDING);
    ({ read, written } = encoder.encodeInto(text, bytes));
  }
  return { context, bytes, end: written, file, listener };
}

/** Turns a failure into its diagnostic. */
function guarded<P extends OpParser, T>(parser: P, body: (parser: P) => T): T | undefined {
  try {
    return body(parser);
  } catch (error) {
    parser.context.diagnostics.emit(diagnosticOf(error, parser));
    return undefined;
  }
}

function diagnosticOf(error: unknown, parser: OpParser): Diagnostic {
  if (error instanceof ParseFailure) return error.diagnostic;
  // The depth limit leaves room for ordinary hooks; one that needs more stack ends here.
  if (error instanceof RangeError && /call stack/i.test(error.message))
    return parser.failure('parse.nesting', `nested too deeply (${MAX_DEPTH} levels are the limit)`, parser.pos);
  // Hooks run before anything is verified: what they trip over is the text's fault as often as theirs.
  const diagnostic = parser.failure(
    'parse.hook-failed',
    `reading this failed: ${error instanceof Error ? error.message : String(error)}`,
    parser.pos,
  );
  diagnostic.cause = error;
  return diagnostic;
}
