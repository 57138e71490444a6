// Writes operations as MLIR text: the generic form, and the frame around custom assembly (results, op name, regions,
// block labels, locations). One object serves as the AsmPrinter of hooks. Hot: 1M operations a second.
import type { AffineExpr, AffineMap } from '../affine.js';
import type { AsmPrinter } from '../asm.js';
import { preparedAssembly } from '../assembly/plain.js';
import type { Attribute, DictionaryAttr } from '../attribute.js';
import type { Block } from '../block.js';
import type { Context } from '../context.js';
import { AsmNames } from '../interfaces.js';
import type { LocationRef } from '../location.js';
import type { Operation, Region } from '../operation.js';
import { FunctionType, type Type } from '../type.js';
import type { Value } from '../value.js';
import { verificationOf } from '../verifier/op-verification.js';
import { AttributeWriter } from './attribute-writer.js';
import { ByteBuffer } from './byte-buffer.js';
import { printPlain } from './plain-op-printer.js';
import { ValueNames } from './value-names.js';

export interface PrintOptions {
  /** Every op in generic form. */
  readonly generic?: boolean;
  /** Inherent attributes in generic form as `<{...}>`, which MLIR 17 and later reads. */
  readonly properties?: boolean;
  /** `loc(...)` after each operation and block argument. */
  readonly locations?: boolean;
  /** Dense constants and resources with more elements (bytes) than this print as a placeholder; not readable again. */
  readonly elideLargeAttributes?: number;
  /** Told where each operation stands, results included, inner ones first: bytes from the start of the text. */
  readonly onOperation?: (op: Operation, start: number, end: number) => void;
}

const INDENT = 2;
const FROM_OUTSIDE = '';

export class OperationPrinter implements AsmPrinter {
  readonly context: Context;
  readonly out: ByteBuffer;
  private readonly options: PrintOptions;
  readonly attributes: AttributeWriter;
  private readonly names: ValueNames;
  private indentation = 0;
  /** The dialect whose prefix is dropped from op names at this place. */
  private defaultDialect = 'builtin';

  /** `size` is how much text to expect: 'small' for a type or one op, 'large' for a module. */
  constructor(
    context: Context,
    options: PrintOptions,
    size: 'small' | 'large',
    sink: ((chunk: Uint8Array<ArrayBuffer>) => void) | null = null,
  ) {
    this.context = context;
    this.options = options;
    this.names = new ValueNames({ suggestions: !options.generic });
    this.out = new ByteBuffer(size === 'small' ? 256 : 1 << 14, sink);
    this.attributes = new AttributeWriter(
      context,
      this.out,
      options.elideLargeAttributes ?? Infinity,
      size === 'small' ? 32 : 4096,
    );
  }

  /** Prints an operation as the whole text; values of enclosing regions get the names they have there. */
  root(op: Operation): void {
    this.names.enterFrom(op);
    const parent = op.parentOp;
    if (parent !== null) this.defaultDialect = AsmNames.of(parent)?.defaultDialect ?? FROM_OUTSIDE;
    this.operation(op);
  }

  private operation(op: Operation): void {
    const { out, names } = this;
    const { onOperation } = this.options;
    const start = onOperation === undefined ? 0 : out.position;
    if (op.ownRegions !== null) names.prepare(op);
    names.writeResults(out, op);
    const { definition } = op.info;
    if (this.options.generic || definition === null || definition.spec.assembly === undefined) this.generic(op);
    else {
      const prepared = preparedAssembly(op.info);
      const { assembly } = prepared;
      if (printPlain(op, prepared, this.defaultDialect, out, names, this.attributes)) {
        // Done.
      } else if (!verificationOf(op.info).fits(op) || assembly.canPrint?.(op) === false) this.generic(op);
      else {
        const { name, dialect } = op.info;
        const short = dialect === this.defaultDialect && name.indexOf('.', dialect.length + 1) < 0;
        out.text(short ? name.slice(dialect.length + 1) : name);
        assembly.print(this, op);
      }
    }
    if (this.options.locations) this.location(op.loc);
    if (onOperation !== undefined) onOperation(op, start, out.position);
  }

  private generic(op: Operation): void {
    const { out, names } = this;
    out.data(op.info.quotedName);
    out.byte(0x28); // (
    const n = op.operandCount;
    if (n > 0) {
      names.write(out, op.operand0);
      if (n > 1) {
        out.comma();
        names.write(out, op.operand1);
        for (let i = 2; i < n; i++) {
          out.comma();
          names.write(out, op.moreOperands![i - 2]!.value);
        }
      }
    }
    out.byte(0x29); // )
    if (op.ownSuccessors !== null && op.ownSuccessors.length > 0) {
      out.byte(0x5b); // [
      op.ownSuccessors.forEach((block, i) => {
        if (i > 0) out.comma();
        this.block(block);
      });
      out.byte(0x5d); // ]
    }
    const properties = this.options.properties === true && op.info.definition !== null;
    if (properties) this.attributes.dictionary(op, 'properties');
    if (op.ownRegions !== null && op.ownRegions.length > 0) {
      out.text(' (');
      op.ownRegions.forEach((region, i) => {
        if (i > 0) out.comma();
        this.blocksOf(region, { entryArguments: true, terminator: true, emptyLabel: true, generic: true });
      });
      out.byte(0x29);
    }
    if (op.attributes.names.length > 0) this.attributes.dictionary(op, properties ? 'discardable' : 'all');
    out.text(' : (');
    if (n > 0) {
      this.typeOf(op.operand0);
      if (n > 1) {
        out.comma();
        this.typeOf(op.operand1);
        for (let i = 2; i < n; i++) {
          out.comma();
          this.typeOf(op.moreOperands![i - 2]!.value);
        }
      }
    }
    out.text(') -> ');
    if (op.result0 !== null && op.moreResults === null && !(op.result0.type instanceof FunctionType))
      this.type(op.result0.type);
    else {
      out.byte(0x28);
      this.types(op.resultTypes);
      out.byte(0x29);
    }
  }
  private typeOf(value: Value | null): void {
    if (value === null) this.out.text('<<NULL TYPE>>');
    else this.attributes.type(value.type);
  }

  // Regions and blocks

  private blocksOf(
    region: Region,
    options: { entryArguments: boolean; terminator: boolean; emptyLabel: boolean; generic: boolean },
  ): void {
    const { out, names } = this;
    const parent = region.parent;
    if (parent !== null && !names.knows(region)) names.prepare(parent);
    out.text('{');
    const outer = names.enter(region);
    const outerDialect = this.defaultDialect;
    // Readers of the generic form do not ask an op for the dialect its regions leave out.
    this.defaultDialect = (!options.generic && parent && AsmNames.of(parent)?.defaultDialect) || FROM_OUTSIDE;
    this.indentation += INDENT;
    const predecessors = region.blocks.length > 1 ? predecessorsOf(region) : null;
    for (let i = 0; i < region.blocks.length; i++) {
      const block = region.blocks[i]!;
      const label =
        i > 0 ||
        (options.emptyLabel && block.firstOp === null) ||
        (options.entryArguments && block.arguments.length > 0) ||
        (predecessors !== null && predecessors[0]!.length > 0);
      if (label) this.label(block, i, predecessors);
      const last = options.terminator ? null : block.lastOp;
      for (let op = block.firstOp; op !== null && op !== last; op = op.next) {
        out.newline(this.indentation);
        this.operation(op);
      }
    }
    this.indentation -= INDENT;
    this.defaultDialect = outerDialect;
    names.leave(region, outer);
    this.newline();
    out.byte(0x7d); // }
  }

  private label(block: Block, index: number, predecessors: number[][] | null): void {
    const { out } = this;
    out.newline(this.indentation - INDENT);
    out.text('^bb');
    out.decimal(index);
    if (block.arguments.length > 0) {
      out.byte(0x28);
      block.arguments.forEach((argument, i) => {
        if (i > 0) out.comma();
        this.regionArgument(argument);
      });
      out.byte(0x29);
    }
    out.byte(0x3a); // :
    const from = predecessors ? predecessors[index]! : [];
    if (from.length === 0) {
      if (index > 0) out.text('  // no predecessors');
    } else
      out.text(
        `  // ${from.length === 1 ? 'pred: ' : `${from.length} preds: `}${from.map((p) => `^bb${p}`).join(', ')}`,
      );
  }

  region(region: Region, options: { entryArguments?: boolean; terminator?: boolean } = {}): void {
    this.blocksOf(region, {
      entryArguments: options.entryArguments ?? true,
      terminator: options.terminator ?? true,
      emptyLabel: false,
      generic: false,
    });
  }
  block(block: Block): void {
    const number = this.names.blockNumber(block);
    if (number === undefined) this.out.text('<<UNKNOWN BLOCK>>');
    else {
      this.out.text('^bb');
      this.out.decimal(number);
    }
  }
  successor(block: Block, operands: readonly Value[]): void {
    this.block(block);
    if (operands.length === 0) return;
    this.out.byte(0x28);
    this.values(operands);
    this.out.text(' : ');
    this.types(operands.map((v) => v.type));
    this.out.byte(0x29);
  }

  // Pieces of text

  text(text: string): void {
    this.out.text(text);
  }
  space(): void {
    this.out.byte(0x20);
  }
  newline(): void {
    this.out.newline(this.indentation);
  }
  indent(): void {
    this.indentation += INDENT;
  }
  dedent(): void {
    this.indentation -= INDENT;
  }
  string(value: string): void {
    this.attributes.string(value);
  }
  symbolName(name: string): void {
    this.attributes.symbolName(name);
  }

  // Types and attributes

  type(type: Type): void {
    this.attributes.type(type);
  }
  types(types: readonly Type[]): void {
    for (let i = 0; i < types.length; i++) {
      if (i > 0) this.out.comma();
      this.attributes.type(types[i]!);
    }
  }
  functionType(inputs: readonly Type[], results: readonly Type[]): void {
    this.out.byte(0x28);
    this.types(inputs);
    this.out.text(') -> ');
    this.resultTypes(results);
  }
  optionalArrowTypes(types: readonly Type[]): void {
    if (types.length === 0) return;
    this.out.text(' -> ');
    this.resultTypes(types);
  }
  private resultTypes(types: readonly Type[]): void {
    if (types.length === 1 && !(types[0] instanceof FunctionType)) this.type(types[0]!);
    else {
      this.out.byte(0x28);
      this.types(types);
      this.out.byte(0x29);
    }
  }
  attribute(attr: Attribute): void {
    this.attributes.attribute(attr);
  }
  attributeWithoutType(attr: Attribute): void {
    this.attributes.withoutType(attr);
  }
  attrDict(op: Operation, elided: readonly string[] = []): void {
    this.attributes.custom(op, elided, '');
  }
  attrDictWithKeyword(op: Operation, elided: readonly string[] = []): void {
    this.attributes.custom(op, elided, ' attributes');
  }
  private location(ref: LocationRef): void {
    this.out.text(' ');
    this.attributes.location(ref);
  }

  // Values

  value(value: Value): void {
    this.names.write(this.out, value);
  }
  values(values: readonly Value[]): void {
    for (let i = 0; i < values.length; i++) {
      if (i > 0) this.out.comma();
      this.names.write(this.out, values[i]!);
    }
  }
  regionArgument(value: Value, attributes?: DictionaryAttr): void {
    this.names.write(this.out, value);
    this.out.text(': ');
    this.attributes.type(value.type);
    if (attributes !== undefined && attributes.size > 0) {
      this.out.byte(0x20);
      this.attributes.attribute(attributes);
    }
    if (this.options.locations) this.location((value.owner as Block).argumentLocation(value.index));
  }

  affineMapOfOperands(map: AffineMap, operands: readonly Value[]): void {
    map.results.forEach((expr, i) => {
      if (i > 0) this.out.comma();
      this.affineExpr(expr, map.numDims, operands);
    });
  }
  /** Takes the text of the expression and puts names of operands for `d0`, `symbol(...)` of them for `s0`. */
  private affineExpr(expr: AffineExpr, dims: number, operands: readonly Value[]): void {
    const text = expr.toString();
    let done = 0;
    for (const match of text.matchAll(/\b([ds])(\d+)/g)) {
      this.out.text(text.slice(done, match.index));
      const n = Number(match[2]);
      if (match[1] === 'd') this.names.write(this.out, operands[n] ?? null);
      else {
        this.out.text('symbol(');
        this.names.write(this.out, operands[dims + n] ?? null);
        this.out.text(')');
      }
      done = match.index + match[0].length;
    }
    this.out.text(text.slice(done));
  }
}

/** Per block the positions of the blocks that branch to it, one for each edge, ascending. */
function predecessorsOf(region: Region): number[][] {
  const lists: number[][] = region.blocks.map(() => []);
  const position = new Map(region.blocks.map((block, i) => [block, i]));
  region.blocks.forEach((block, i) => {
    for (const successor of block.successors) {
      const at = position.get(successor);
      if (at !== undefined) lists[at]!.push(i);
    }
  });
  return lists;
}
