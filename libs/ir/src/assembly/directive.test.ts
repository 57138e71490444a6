import { describe, expect, it } from 'vitest';
import { compileAssembly } from '../assembly-format.js';
import { AnyType, attr, defaultAttr, optional, optionalAttr, variadic } from '../constraints.js';
import { Context } from '../context.js';
import { defineDialect } from '../define-dialect.js';
import { defineOp, type OpSpec } from '../define-op.js';
import { printModule } from '../printer.js';
import { difference } from '../testing/same-structure.js';
import { parse } from '../testing/text.js';
import { verify } from '../verifier.js';
import type { CustomDirective } from './directive.js';

/** `[%i of i32]`, or nothing. */
const Indexed: CustomDirective = {
  parse(parser, [value, type]) {
    if (!parser.optionalPunctuation('[')) return false;
    value!.operands.push(parser.operand());
    parser.keyword('of');
    type!.types.push(parser.type());
    parser.punctuation(']');
  },
  print(printer, [value, type]) {
    printer.text('[');
    printer.values(value!.values);
    printer.text(' of ');
    printer.types(type!.types);
    printer.text(']');
  },
};
/** `same` where the second type is that of the first, the type otherwise. */
const SameOr: CustomDirective = {
  parse(parser, [first, second]) {
    second!.types.push(parser.optionalKeyword('same') ? first!.types[0]! : parser.type());
  },
  print(printer, [first, second]) {
    if (first!.types[0] === second!.types[0]) printer.text('same');
    else printer.types(second!.types);
  },
};
/** A number written in words. */
const Word: CustomDirective = {
  parse(parser, [value]) {
    const word = ['zero', 'one', 'two'].findIndex((w) => parser.optionalKeyword(w));
    if (word < 0) return false;
    value!.attribute = parser.context.i64Attr(word);
  },
  print(printer, [value], op) {
    expect(op.name).toMatch(/^cd\./);
    printer.text(['zero', 'one', 'two'][Number(value!.attribute!.toString().split(' ')[0])]!);
  },
};

const ops = [
  defineOp({
    name: 'cd.indexed',
    summary: '',
    operands: { base: AnyType, index: optional(AnyType) },
    assembly: '$base (custom<Indexed>($index, type($index))^)? attr-dict `:` type($base)',
  }),
  defineOp({
    name: 'cd.pair',
    summary: '',
    operands: { a: AnyType, b: AnyType },
    assembly: '$a `,` $b `:` type($a) `,` custom<SameOr>(ref(type($a)), type($b)) attr-dict',
    directives: { SameOr },
  }),
  defineOp({
    name: 'cd.word',
    summary: '',
    attributes: { count: optionalAttr(attr.i64), other: optionalAttr(attr.string) },
    assembly: '(custom<Word>($count)^)? attr-dict',
  }),
  defineOp({
    name: 'cd.clauses',
    summary: '',
    operands: { wait: variadic(AnyType), limit: optional(AnyType) },
    attributes: { fast: attr.unit, unroll: optionalAttr(attr.i64), name: defaultAttr(attr.string, 'x') },
    assembly:
      'oilist(`fast` $fast | `unroll` `(` $unroll `)` | `wait` `(` $wait `:` type($wait) `)` | `limit` $limit `:` type($limit) | `name` $name) attr-dict',
  }),
  defineOp({
    name: 'cd.properties',
    summary: '',
    attributes: { kind: attr.string, width: optionalAttr(attr.i64), tidy: attr.unit },
    assembly: '$kind prop-dict attr-dict',
  }),
];
const dialect = defineDialect({ name: 'cd', summary: '', ops, directives: { Indexed, Word } });

function context(): Context {
  const made = new Context();
  made.allowUnregistered = true;
  made.registerDialect(dialect);
  return made;
}
const VALUES = '%i, %f = "d.a"() : () -> (i32, f32)';

function reprinted(line: string): string {
  const ctx = context();
  const module = parse(`${VALUES}\n${line}`, ctx);
  expect(verify(module)).toBe(true);
  const text = printModule(module);
  const again = parse(text, ctx);
  expect(difference(module, again)).toBeUndefined();
  expect(printModule(again)).toBe(text);
  return text.split('\n')[2]!.trim();
}
function failure(line: string): string {
  try {
    parse(`${VALUES}\n${line}`, context());
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it parses');
}
function formatError(spec: Omit<OpSpec, 'name' | 'summary'>): string {
  try {
    compileAssembly(defineOp({ name: 'bad.op', summary: '', ...spec }));
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it compiles');
}

describe('custom directives', () => {
  it('read and print operands and types, of the dialect, in an optional group', () => {
    expect(reprinted('cd.indexed %i [%f of f32] : i32')).toBe('cd.indexed %0#0 [%0#1 of f32] : i32');
    expect(reprinted('cd.indexed %i {x} : i32')).toBe('cd.indexed %0#0 {x} : i32');
    expect(failure('cd.indexed %i [%f f32] : i32')).toContain("expected 'of'");
  });
  it('see what was read before through ref, of the op itself', () => {
    expect(reprinted('cd.pair %i, %i : i32, same')).toBe('cd.pair %0#0, %0#0 : i32, same');
    expect(reprinted('cd.pair %i, %f : i32, f32')).toBe('cd.pair %0#0, %0#1 : i32, f32');
    expect(reprinted('cd.pair %i, %i : i32, i32')).toBe('cd.pair %0#0, %0#0 : i32, same');
  });
  it('set attributes, which the dictionary then leaves out', () => {
    expect(reprinted('cd.word two {other = "o"}')).toBe('cd.word two {other = "o"}');
    expect(reprinted('cd.word')).toBe('cd.word');
  });
  it('must exist', () => {
    const op = defineOp({ name: 'no.op', summary: '', assembly: 'custom<Missing>() attr-dict' });
    const ctx = context();
    ctx.registerDialect(defineDialect({ name: 'no', summary: '', ops: [op] }));
    expect(() => parse('no.op', ctx)).toThrow('neither the op nor its dialect has a directive custom<Missing>');
  });
});

describe('oilist', () => {
  it('reads clauses in any order and prints them in the order of the format', () => {
    expect(reprinted('cd.clauses name "n" wait(%i, %f : i32, f32) unroll(4) fast')).toBe(
      'cd.clauses fast unroll(4) wait(%0#0, %0#1 : i32, f32) name "n"',
    );
    expect(reprinted('cd.clauses limit %i : i32 {y}')).toBe('cd.clauses limit %0#0 : i32 {y}');
    expect(reprinted('cd.clauses')).toBe('cd.clauses');
  });
  it('leaves attributes of absent clauses in the dictionary, where they may be as well', () => {
    expect(reprinted('cd.clauses {unroll = 3 : i64}')).toBe('cd.clauses unroll(3)');
  });
  it('takes each clause once', () => {
    expect(failure('cd.clauses fast fast')).toContain("clause 'fast' can appear at most once");
  });
});

describe('prop-dict', () => {
  it("holds the definition's own attributes that are not shown, attr-dict the others", () => {
    expect(reprinted('cd.properties "k" <{width = 3 : i64, tidy}> {other = 1 : i64}')).toBe(
      'cd.properties "k" <{tidy, width = 3 : i64}> {other = 1 : i64}',
    );
    expect(reprinted('cd.properties "k"')).toBe('cd.properties "k"');
    expect(reprinted('cd.properties "k" {width = 3 : i64}')).toBe('cd.properties "k" <{width = 3 : i64}>');
  });
});

describe('formats are refused', () => {
  const operands = { a: AnyType, b: optional(AnyType) };
  it.each([
    ['custom `(` attr-dict', "expected '<'"],
    ['custom<$a>() attr-dict', 'expected the name of a custom directive'],
    ['custom<X>(attr-dict)', 'attr-dict cannot be in an optional group'],
    ['custom<X>(`k`) attr-dict', 'a custom directive takes variables, type(...) and ref(...)'],
    ['custom<X>(ref($a)) $a (`b` $b^)? attr-dict `:` type(operands)', "ref of 'a', which is not read before"],
    ['$a custom<X>(ref(type($a))) (`b` $b^)? attr-dict', 'ref of a type that is not read before'],
    ['ref($a) attr-dict', 'ref(...) can only be an argument of a custom directive'],
    ['oilist($b) attr-dict', 'a clause of oilist begins with a literal'],
    ['oilist(`x` $b | `y` attr-dict)', 'cannot be in an optional group'],
    ['oilist(`x` $b | `x` custom<Y>()) attr-dict', 'two clauses of oilist begin with `x`'],
    ['oilist(`x`) attr-dict', 'clause `x` of oilist holds nothing'],
    ['oilist(`x` $a) attr-dict', 'what a clause of oilist holds must be optional'],
    ['oilist(`x` $b', "oilist lacks ')'"],
    ['(`k` oilist(`x` $b)^)? attr-dict', 'oilist cannot be in an optional group'],
    ['(`k` prop-dict^)? attr-dict', 'prop-dict cannot be in an optional group'],
  ])('%s', (assembly, message) => {
    expect(formatError({ operands, assembly })).toContain(message);
  });
});
