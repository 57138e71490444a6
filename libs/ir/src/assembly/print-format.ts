// Prints an operation through its compiled format. Spaces go where MLIR's generated printers put them.
import type { AsmPrinter } from '../asm.js';
import { type Attribute, printNamed } from '../attribute.js';
import type { AttrSpec } from '../constraints.js';
import type { Operation, Region } from '../operation.js';
import type { Type } from '../type.js';
import { AttrNames } from '../well-known.js';
import type { CompiledFormat } from './compiled.js';
import { type DirectiveValue, directiveOf } from './directive.js';
import { type DirectiveNode, everyNode, type FormatNode, type OilistClause, type ValueSelection } from './format.js';
import { groupBounds } from './groups.js';

export class FormatPrint {
  private readonly format: CompiledFormat;
  private readonly printer: AsmPrinter;
  private readonly op: Operation;
  private readonly operandBounds: readonly number[];
  private readonly resultBounds: readonly number[];
  private space = true;
  private afterPunctuation = false;

  /** The op must fit its definition (`canPrint`). */
  constructor(format: CompiledFormat, printer: AsmPrinter, op: Operation) {
    this.format = format;
    this.printer = printer;
    this.op = op;
    this.operandBounds = groupBounds(op, format.operands, op.operandCount, AttrNames.operandSegmentSizes)!;
    this.resultBounds = groupBounds(op, format.results, op.resultCount, AttrNames.resultSegmentSizes)!;
  }

  run(): void {
    this.nodes(this.format.nodes);
  }

  private nodes(nodes: readonly FormatNode[]): void {
    for (const node of nodes) this.node(node);
  }

  /** The space before something that is not a literal. */
  private separate(): void {
    if (this.space || !this.afterPunctuation) this.printer.space();
    this.space = true;
    this.afterPunctuation = false;
  }

  private node(node: FormatNode): void {
    const { printer, op } = this;
    switch (node.kind) {
      case 'literal': {
        const { text } = node;
        if (this.space && spaceBefore(text, this.afterPunctuation)) printer.space();
        printer.text(text);
        this.space = text.length !== 1 || !'<({['.includes(text);
        this.afterPunctuation = !node.keyword;
        return;
      }
      case 'space':
        printer.space();
        this.afterPunctuation = false;
        this.space = false;
        return;
      case 'no-space':
        this.afterPunctuation = true;
        this.space = false;
        return;
      case 'newline':
        printer.newline();
        this.afterPunctuation = true;
        this.space = false;
        return;
      case 'operand': {
        const start = this.operandBounds[node.index]!;
        const end = this.operandBounds[node.index + 1]!;
        if (start === end) return;
        this.separate();
        for (let i = start; i < end; i++) {
          if (i > start) printer.text(', ');
          printer.value(op.operand(i));
        }
        return;
      }
      case 'operands':
        if (op.operandCount === 0) return;
        this.separate();
        printer.values(op.operands);
        return;
      case 'attribute': {
        const attr = op.attributes.get(node.name);
        if (attr === undefined || (node.spec.form === 'unit' && !node.alone)) return;
        if (!node.alone && this.isDefault(node.name, attr)) return;
        this.separate();
        if (node.spec.form === 'unit') printer.text(node.name);
        else printAttribute(printer, node.spec, attr);
        return;
      }
      case 'prop-dict':
        this.properties();
        return;
      case 'custom':
        this.separate();
        directiveOf(this.format.spec, op.context, node.name).print(
          printer,
          node.args.map((arg) => this.argument(arg)),
          op,
        );
        return;
      case 'oilist':
        for (const clause of node.clauses) {
          if (!this.hasClause(clause)) continue;
          this.node(clause.literal);
          this.nodes(clause.elements);
        }
        return;
      case 'attr-dict': {
        const elided = this.elided();
        const { inherent } = this.format;
        if (inherent !== null) elided.push(...inherent);
        if (node.keyword) printer.attrDictWithKeyword(op, elided);
        else printer.attrDict(op, elided);
        this.afterPunctuation = false;
        this.space = true;
        return;
      }
      case 'region': {
        const regions = node.spec.variadic ? op.regions.slice(node.index) : [op.region(node.index)];
        regions.forEach((region, i) => {
          if (i > 0) printer.text(',');
          this.separate();
          printer.region(region, { terminator: !elidesTerminator(region, node.spec.implicitTerminator) });
        });
        return;
      }
      case 'successor':
        this.separate();
        printer.block(op.successors[node.index]!);
        return;
      case 'successors':
        op.successors.forEach((block, i) => {
          if (i > 0) printer.text(',');
          this.separate();
          printer.block(block);
        });
        return;
      case 'type': {
        const types = this.typesOf(node.of);
        if (types.length === 0) return;
        this.separate();
        printer.types(types);
        return;
      }
      case 'functional-type':
        this.separate();
        printer.functionType(this.typesOf(node.inputs), this.typesOf(node.results));
        return;
      case 'group':
        this.nodes(this.isPresent(node.anchor) ? node.elements : node.otherwise);
    }
  }

  /** `<{...}>` of the definition's own attributes that the format does not show. */
  private properties(): void {
    const { op, printer } = this;
    const { inherent } = this.format;
    const elided = new Set(this.elided());
    const { names, values } = op.attributes;
    const list: string[] = [];
    names.forEach((name, i) => {
      const value = values[i]!;
      if (!inherent!.has(name) || elided.has(name) || this.isDefault(name, value)) return;
      list.push(printNamed(name, value));
    });
    if (list.length === 0) return;
    printer.text(` <{${list.join(', ')}}>`);
    this.afterPunctuation = false;
    this.space = true;
  }

  private hasClause(clause: OilistClause): boolean {
    return clause.elements.some((node) => node.kind !== 'literal' && this.isPresent(node));
  }

  private argument({ node }: DirectiveNode): DirectiveValue {
    const { op } = this;
    const empty: DirectiveValue = {
      kind: node.kind,
      values: [],
      types: [],
      attribute: undefined,
      regions: [],
      successors: [],
    };
    switch (node.kind) {
      case 'operand':
        return {
          ...empty,
          values: op.operands.slice(this.operandBounds[node.index], this.operandBounds[node.index + 1]),
        };
      case 'attribute':
        return { ...empty, attribute: op.attributes.get(node.name) };
      case 'type':
        return { ...empty, types: this.typesOf(node.of) };
      case 'region':
        return { ...empty, regions: node.spec.variadic ? op.regions.slice(node.index) : [op.region(node.index)] };
      case 'successor':
        return { ...empty, successors: [op.successors[node.index]!] };
    }
  }

  private typesOf(selection: ValueSelection): Type[] {
    const { op } = this;
    const operand = selection.side === 'operand';
    const bounds = operand ? this.operandBounds : this.resultBounds;
    const start = selection.index === 'all' ? 0 : bounds[selection.index]!;
    const end = selection.index === 'all' ? bounds[bounds.length - 1]! : bounds[selection.index + 1]!;
    const types: Type[] = [];
    for (let i = start; i < end; i++) types.push((operand ? op.operand(i) : op.result(i)).type);
    return types;
  }

  private isPresent(anchor: FormatNode): boolean {
    const { op } = this;
    switch (anchor.kind) {
      case 'operand':
        return this.operandBounds[anchor.index] !== this.operandBounds[anchor.index + 1];
      case 'attribute': {
        const attr = op.attributes.get(anchor.name);
        return attr !== undefined && !this.isDefault(anchor.name, attr);
      }
      case 'region':
        return anchor.spec.variadic ? op.regions.length > anchor.index : !(op.regions[anchor.index]?.isEmpty ?? true);
      case 'type':
        return this.typesOf(anchor.of).length > 0;
      case 'custom':
        return anchor.args.some((arg) => !arg.ref && this.isPresent(arg.node));
      default:
        return false;
    }
  }
  private isDefault(name: string, attr: Attribute): boolean {
    const spec = this.format.attributes[name]!;
    return (
      spec.defaultValue !== undefined && spec.form !== 'unit' && spec.make(this.op.context, spec.defaultValue) === attr
    );
  }

  /** Attributes that the format itself shows; those of a group or clause that is not printed stay in the dictionary. */
  private elided(): string[] {
    const { format } = this;
    if (!format.conditional) return format.shown.slice();
    const hidden = new Set<string>();
    const hide = (nodes: readonly FormatNode[]) => {
      for (const node of everyNode(nodes)) if (node.kind === 'attribute') hidden.add(node.name);
    };
    for (const node of format.nodes) {
      if (node.kind === 'group') hide(this.isPresent(node.anchor) ? node.otherwise : node.elements);
      else if (node.kind === 'oilist')
        for (const clause of node.clauses) if (!this.hasClause(clause)) hide(clause.elements);
    }
    return format.shown.filter((name) => !hidden.has(name));
  }
}

/** MLIR's rule for literals: no space before closing punctuation, none around brackets after a word. */
function spaceBefore(text: string, afterPunctuation: boolean): boolean {
  if (text.length !== 1) return true;
  return !(afterPunctuation ? '>)}],' : '<>(){}[],').includes(text);
}

// biome-ignore lint/suspicious/noExplicitAny: a spec of any value type
function printAttribute(printer: AsmPrinter, spec: AttrSpec<any>, attr: Attribute): void {
  if (spec.bare) {
    spec.bare.print(printer, spec.read(attr));
    return;
  }
  switch (spec.form) {
    case 'untyped':
      printer.attributeWithoutType(attr);
      return;
    case 'keyword': {
      const name = String(spec.read(attr));
      if (/^[A-Za-z_][\w$.]*$/.test(name)) printer.text(name);
      else printer.string(name);
      return;
    }
    case 'string':
      printer.string(spec.read(attr));
      return;
    case 'symbol':
      printer.symbolName(spec.read(attr));
      return;
    case 'type':
      printer.type(spec.read(attr));
      return;
    case 'integers':
      printer.text(`[${(spec.read(attr) as readonly number[]).join(', ')}]`);
      return;
    default:
      printer.attribute(attr);
  }
}

/** Whether the terminator is the implied one and says nothing beyond its presence. */
function elidesTerminator(region: Region, implicit: string | undefined): boolean {
  if (implicit === undefined || region.blocks.length !== 1) return false;
  const last = region.blocks[0]!.lastOp;
  return (
    last !== null &&
    last.name === implicit &&
    last.operandCount === 0 &&
    last.resultCount === 0 &&
    last.attributes.size === 0
  );
}
