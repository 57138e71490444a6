// The parser as hooks of operations, types and attributes see it.
import { describe, expect, it } from 'vitest';
import {
  type AsmParser,
  type Attribute,
  type Context,
  type DialectAttr,
  type DialectType,
  defineAttribute,
  defineDialect,
  defineOp,
  defineType,
  IsolatedFromAbove,
  type Operation,
  type OperationState,
  parseType,
  Terminator,
} from '../index.js';
import { testContext } from '../testing/test-dialect.js';
import { find, parse } from '../testing/text.js';

/** Runs a hook on `t.op <text>` and returns what it returned, with the operation it built. */
function run<T>(
  text: string,
  hook: (parser: AsmParser, state: OperationState) => T,
  before = '',
): { value: T; op: Operation; context: Context } {
  let value: T | undefined;
  const TestOp = defineOp({
    name: 't.op',
    summary: 'runs the hook',
    regions: { body: { blocks: 'one', variadic: true } },
    assembly: {
      parse: (parser, state) => {
        value = hook(parser, state);
      },
      print: () => {},
    },
  });
  const EndOp = defineOp({
    name: 't.end',
    summary: 'ends',
    traits: [Terminator],
    assembly: { parse: () => {}, print: () => {} },
  });
  const IsolatedOp = defineOp({
    name: 't.isolated',
    summary: 'isolated',
    regions: { body: { blocks: 'any' } },
    traits: [IsolatedFromAbove],
    assembly: {
      parse: (parser, state) => {
        const args = parser.commaSeparated('paren', () => parser.argument({ attributes: true }));
        state.attributes.set(
          'names',
          parser.context.arrayAttr(args.map((a) => parser.context.stringAttr(a.operand.name))),
        );
        state.regions.push(parser.region(args));
      },
      print: () => {},
    },
  });
  const Pair = defineType<readonly [number, string]>({
    name: 't.pair',
    summary: 'a number and a word',
    parse: (p) => {
      p.punctuation('<');
      const n = p.integer();
      p.punctuation(',');
      const word = p.anyKeyword('a word');
      p.punctuation('>');
      return [n, word];
    },
    print: (p, [n, word]) => p.text(`<${n}, ${word}>`),
  });
  const Plain = defineType<null>({ name: 't.plain', summary: 'nothing', parse: () => null, print: () => {} });
  const Order = defineAttribute<string>({
    name: 't.order',
    summary: 'a word',
    parse: (p) => {
      p.punctuation('<');
      const word = p.anyKeyword('a word');
      p.punctuation('>');
      return word;
    },
    print: (p, word) => p.text(`<${word}>`),
  });
  const context = testContext();
  context.registerDialect(
    defineDialect({
      name: 't',
      summary: '',
      ops: [TestOp, EndOp, IsolatedOp],
      types: [Pair, Plain],
      attributes: [Order],
    }),
  );
  const module = parse(`${before}\nt.op ${text}`, context);
  return { value: value as T, op: find(module, 't.op'), context };
}
const value = <T>(text: string, hook: (parser: AsmParser, state: OperationState) => T, before = '') =>
  run(text, hook, before).value;

describe('tokens', () => {
  it('reads punctuation without mistaking one for the start of another', () => {
    expect(
      value('-> :: : - -> ... ?', (p) => [
        p.optionalPunctuation('-'),
        p.optionalPunctuation('->'),
        p.optionalPunctuation(':'),
        p.optionalPunctuation('::'),
        p.optionalPunctuation(':'),
        p.optionalPunctuation('-'),
        p.optionalPunctuation('->'),
        p.optionalPunctuation('...'),
        p.optionalPunctuation('?'),
      ]),
    ).toEqual([false, true, false, true, true, true, true, true, true]);
  });
  it('reads keywords as whole words', () => {
    expect(
      value('into to x.y$z', (p) => [
        p.optionalKeyword('in'),
        p.keyword('into'),
        p.optionalKeyword('to'),
        p.anyKeyword('a word'),
        p.optionalAnyKeyword(),
      ]),
    ).toEqual([false, undefined, true, 'x.y$z', undefined]);
  });
  it('reads numbers and strings', () => {
    expect(
      value('5 -7 0x10 "a\\22" ', (p) => [
        p.integer(),
        p.optionalInteger(),
        p.integer(),
        p.optionalInteger(),
        p.string(),
        p.optionalString(),
      ]),
    ).toEqual([5, -7, 16, undefined, 'a"', undefined]);
  });
  it('reads lists with every delimiter', () => {
    const ints = (p: AsmParser) => () => p.integer();
    expect(
      value('(1, 2) [] <3> [4] 5, 6', (p) => [
        p.commaSeparated('paren', ints(p)),
        p.commaSeparated('square', ints(p)),
        p.commaSeparated('angle', ints(p)),
        p.commaSeparated('optional-paren', ints(p)),
        p.commaSeparated('optional-square', ints(p)),
        p.commaSeparated('none', ints(p)),
      ]),
    ).toEqual([[1, 2], [], [3], [], [4], [5, 6]]);
  });
});

describe('types and attributes', () => {
  it('reads lists of types in all their places', () => {
    const shown = value('i32 f32, i8 : index -> (i1, i2) (i3) -> i4 %', (p) => {
      const texts = [
        p.type(),
        ...p.typeList(),
        ...p.optionalColonTypeList(),
        ...p.optionalColonTypeList(),
        ...p.optionalArrowTypeList(),
      ].map(String);
      const { inputs, results } = p.functionType();
      texts.push(...[...inputs, ...results].map(String), String(p.optionalType()));
      p.punctuation('%');
      return texts;
    });
    expect(shown).toEqual(['i32', 'f32', 'i8', 'index', 'i1', 'i2', 'i3', 'i4', 'undefined']);
  });
  it('gives attributes the type the hook knows', () => {
    const shown = value('5 1.0 "s" [1] %', (p) => {
      const list = [
        p.attribute(p.context.i8),
        p.attribute(p.context.f16),
        p.attribute(),
        p.optionalAttribute(),
        p.optionalAttribute(),
      ].map(String);
      p.punctuation('%');
      return list;
    });
    expect(shown).toEqual(['5 : i8', '1.000000e+00 : f16', '"s"', '[1 : i64]', 'undefined']);
  });
  it('merges dictionaries and reads symbols and affine maps, with or without the keyword', () => {
    const { op, value: shown } = run(
      'attributes {a = 1} {b = 2} @s (d0) -> (d0) affine_map<() -> ()> (d0) : (d0 == 0) affine_set<(d0) : (d0 >= 0)>',
      (p, state) => {
        p.optionalAttrDictWithKeyword(state.attributes);
        p.optionalAttrDict(state.attributes);
        p.optionalAttrDict(state.attributes);
        return [
          p.symbolName(),
          String(p.optionalSymbolName()),
          String(p.affineMap()),
          String(p.affineMap()),
          String(p.integerSet()),
          String(p.integerSet()),
        ];
      },
    );
    expect(shown).toEqual([
      's',
      'undefined',
      'affine_map<(d0) -> (d0)>',
      'affine_map<() -> ()>',
      'affine_set<(d0) : (d0 == 0)>',
      'affine_set<(d0) : (d0 >= 0)>',
    ]);
    expect(op.attributes.names).toEqual(['a', 'b']);
  });
  it('reads types and attributes that a dialect defines, in both spellings', () => {
    const { op, context } = run(
      '',
      () => null,
      '"x.y"() {a = #t.order<up>, b = #t<order<up>>, c = !t.plain, d = !t<plain>} : () -> (!t.pair<3, x>, !t<pair<3, x>>)',
    );
    const other = find(op.parentOp!, 'x.y');
    expect(other.result(0).type).toBe(other.result(1).type);
    expect((other.result(0).type as DialectType).parameters).toEqual([3, 'x']);
    expect(other.attr('a')).toBe(other.attr('b'));
    expect(other.attr('c')).toBe(other.attr('d'));
    expect((other.attr('a') as DialectAttr).parameters).toBe('up');
    expect(String(parseType('tensor<2x!t.pair<1, y>>', context))).toBe('tensor<2x!t.pair<1, y>>');
  });
});

describe('operands, regions and successors', () => {
  const defs = '%a = "x.a"() : () -> i32\n%b:2 = "x.b"() : () -> (i32, f32)';
  it('resolves operands to values', () => {
    const { op, value: shown } = run(
      '%a, %b#1 (%b) ? %a',
      (p, state) => {
        const list = p.operandList();
        const more = p.operandList('paren');
        p.punctuation('?');
        const last = p.optionalOperand()!;
        state.operands.push(
          ...p.resolveAll(list, [p.context.i32, p.context.f32]),
          p.resolve(more[0]!, p.context.i32),
          p.resolve(last, p.context.i32),
        );
        state.resultTypes.push(p.context.i1);
        return [...list, ...more, last].map((o) => `${o.name}#${o.number}`);
      },
      defs,
    );
    expect(shown).toEqual(['a#0', 'b#1', 'b#0', 'a#0']);
    expect(op.operands.map((v) => `${v.definingOp!.name}#${v.index}`)).toEqual(['x.a#0', 'x.b#1', 'x.b#0', 'x.a#0']);
  });
  it('reads affine expressions over values, each value one dimension', () => {
    const { map, operands } = value(
      '[%a + 1, %a * 2 + %b, symbol(%b) mod 3] ',
      (p) => p.affineMapOfOperands('square'),
      defs,
    );
    expect(String(map)).toBe('affine_map<(d0, d1) -> (d0 + 1, d0 * 2 + d1, d1 mod 3)>');
    expect(operands.map((o) => o.name)).toEqual(['a', 'b']);
  });
  it('knows the names of the results, also after a nested operation', () => {
    const seen: (string | undefined)[][] = [];
    run(
      '',
      (p, state) => {
        const region = p.optionalRegion();
        if (region) state.regions.push(region);
        if (!p.optionalKeyword('results')) return;
        state.resultTypes.push(...p.typeList());
        seen.push([0, 1, 2, 3].map((i) => p.resultName(i)));
      },
      '%x, %y:2 = t.op {\n  %one = t.op results i8\n} results i32, i32, i32',
    );
    expect(seen).toEqual([
      ['one', undefined, undefined, undefined],
      ['x', 'y', 'y', undefined],
    ]);
  });
  it('gives the entry block its arguments, and isolates the region of an isolated operation', () => {
    const { op } = run(
      '',
      () => null,
      '%x = "x.x"() : () -> f32\nt.isolated (%x: i32 {n = 1} loc("l"), %y: f32) {\n  "x.use"(%x, %y) : (i32, f32) -> ()\n  t.end\n}\n"x.last"(%x) : (f32) -> ()',
    );
    const isolated = find(op.parentOp!, 't.isolated');
    expect(find(isolated, 'x.use').operands).toEqual(isolated.region(0).entry.arguments);
    expect(find(op.parentOp!, 'x.last').operand(0).definingOp!.name).toBe('x.x');
    expect(String(isolated.attr('names'))).toBe('["x", "y"]');
  });
  it('makes `{}` of a region with exactly one block that block', () => {
    const { op } = run('{} {}', (p, state) => {
      state.regions.push(p.region(), p.optionalRegion()!);
      expect(p.optionalRegion()).toBeUndefined();
    });
    expect(op.regions.map((r) => r.blocks.length)).toEqual([1, 1]);
  });
  it('reads successors with operands', () => {
    const { op } = run(
      '{\n  "x.go"() : () -> ()\n}',
      (p, state) => {
        if (p.optionalKeyword('to')) {
          const { block, operands } = p.successorAndOperands();
          state.successors.push(block, p.successor());
          state.operands.push(...operands);
          return;
        }
        state.regions.push(p.region());
      },
      '%v = "x.v"() : () -> i32\n"x.cfg"() ({\n  t.op to ^bb1(%v : i32) ^bb2\n^bb1(%p: i32):\n  t.op to ^bb2 ^bb2\n^bb2:\n  t.end\n}) : () -> ()',
    );
    const cfg = find(op.parentOp!.parentOp ?? op.parentOp!, 'x.cfg');
    const [entry, one, two] = cfg.region(0).blocks;
    expect(entry!.lastOp!.successors).toEqual([one, two]);
    expect(entry!.lastOp!.operandCount).toBe(1);
    expect(one!.lastOp!.successors).toEqual([two, two]);
  });
  it('reads a location where the hook asks, and one behind the operation', () => {
    const {
      op,
      value: loc,
      context,
    } = run('loc("inner") x loc("outer")', (p) => {
      const found = p.optionalLocation();
      p.keyword('x');
      return found;
    });
    expect(loc).toBe(context.nameLoc('inner'));
    expect(op.loc).toBe(context.nameLoc('outer'));
  });
});

describe('attributes of the state', () => {
  it('are the dictionary of the operation, also of nested ones', () => {
    const set = (state: OperationState, name: string, attr: Attribute) => state.attributes.set(name, attr);
    const { op } = run('1 {\n  t.op 2 {\n    t.op 3\n  }\n}', (p, state) => {
      const n = p.integer();
      set(state, `n${n}`, p.context.i64Attr(n));
      const region = p.optionalRegion();
      if (region) state.regions.push(region);
      set(state, 'last', p.context.i64Attr(n));
    });
    const dictionaries: string[] = [];
    op.walk((inner) => void dictionaries.push(inner.attributes.toString()));
    expect(dictionaries).toEqual([
      '{last = 1 : i64, n1 = 1 : i64}',
      '{last = 2 : i64, n2 = 2 : i64}',
      '{last = 3 : i64, n3 = 3 : i64}',
    ]);
  });
});
