// Every message of the parser, with the place it points at and its notes.
import { describe, expect, it } from 'vitest';
import {
  type Context,
  defineAttribute,
  defineDialect,
  defineOp,
  defineType,
  parseAttribute,
  parseModule,
  parseType,
} from '../index.js';
import { testContext } from '../testing/test-dialect.js';

const HookOp = defineOp({
  name: 'hook.throws',
  summary: 'its hook has a bug',
  assembly: {
    parse: () => {
      throw new TypeError('no such thing');
    },
    print: () => {},
  },
});
const BareOp = defineOp({ name: 'hook.bare', summary: 'has no assembly' });
const LoopOp = defineOp({
  name: 'hook.loop',
  summary: 'one entry argument',
  regions: { body: { blocks: 'one' } },
  assembly: {
    parse: (parser, state) => {
      if (parser.optionalKeyword('fail')) parser.error('does not want to be read');
      if (parser.optionalKeyword('args')) {
        const operands = parser.operandList('paren');
        parser.punctuation(':');
        state.operands.push(...parser.resolveAll(operands, parser.typeList()));
        return;
      }
      if (parser.optionalKeyword('deep')) {
        const dive = (): number => 1 + dive();
        dive();
      }
      state.regions.push(parser.region([parser.argument()]));
      parser.optionalAttrDict(state.attributes);
      parser.optionalAttrDict(state.attributes);
    },
    print: () => {},
  },
});
const BoxType = defineType<number>({
  name: 'hook.box',
  summary: '',
  parse: (p) => (p.optionalPunctuation('<') ? (p.integer(), p.punctuation('>'), 1) : 0),
  print: () => {},
});
const BoxAttr = defineAttribute<number>({ name: 'hook.box', summary: '', parse: () => 0, print: () => {} });

function context(): Context {
  const made = testContext();
  made.registerDialect(
    defineDialect({
      name: 'hook',
      summary: '',
      ops: [HookOp, BareOp, LoopOp],
      types: [BoxType],
      attributes: [BoxAttr],
    }),
  );
  return made;
}

/** `line:column id: message`, then the notes, of the single diagnostic. */
function problem(
  text: string,
  ctx: Context = context(),
  parse: (text: string, context: Context) => unknown = parseModule,
): string {
  const { result, diagnostics } = ctx.diagnostics.collect(() => parse(text, ctx));
  expect(result).toBeUndefined();
  expect(diagnostics).toHaveLength(1);
  const place = (location: unknown) => {
    const at = ctx.sources.position(location as number)!;
    return `${at.line}:${at.column}`;
  };
  const d = diagnostics[0]!;
  return [
    `${place(d.location)} ${d.id}: ${d.message}`,
    ...d.notes.map((n) => `${place(n.location)} note: ${n.message}`),
  ].join('\n');
}
const attr = (text: string) => problem(`"a.b"() {a = ${text}} : () -> ()`);
const type = (text: string) => problem(text, context(), parseType);

describe('text that is no token', () => {
  it('names a stray character', () => {
    expect(problem('"a.b"() : () -> () ;')).toBe("1:20 parse.character: unexpected ';'");
    expect(problem('\u0001')).toBe('1:1 parse.character: unexpected byte 0x01');
    expect(problem('"a.b"(é')).toBe('1:7 parse.character: unexpected byte 0xc3');
  });
  it('points at a string that is not closed, and at a bad escape', () => {
    expect(problem('"a.b')).toBe('1:1 parse.string: string is not closed on its line');
    expect(attr('"a\n"')).toBe('1:14 parse.string: string is not closed on its line');
    expect(attr('"a\\q"')).toBe(
      '1:16 parse.string: unknown escape in a string; write \\n, \\t, \\", \\\\ or two hexadecimal digits',
    );
  });
  it('says what was expected and what came', () => {
    expect(problem('"a.b" : () -> ()')).toBe("1:7 parse.expected: expected '(' before the operands, got ':'");
    expect(problem('"a.b"()')).toBe("1:8 parse.expected: expected ':' and the type of the operation, got end of input");
    expect(problem('"a.b"() : i32')).toBe('1:11 parse.expected: expected a function type, got i32');
    expect(problem('= 1')).toBe(
      "1:1 parse.expected: expected an operation, an alias definition or file metadata, got '='",
    );
    expect(problem('%a, b = "a.b"()')).toBe("1:5 parse.expected: expected a value name %..., got 'b'");
    expect(problem('%a 5')).toBe("1:4 parse.expected: expected '=' after the names of the results, got '5'");
    expect(problem('%a = 5')).toBe("1:6 parse.expected: expected an operation, got '5'");
    expect(problem('"a.b"(%) : () -> ()')).toBe("1:7 parse.expected: expected a value name after '%'");
    expect(problem('"a.b"(%a#) : () -> ()')).toBe("1:9 parse.expected: expected a result number after '#'");
    expect(problem('"a.b"()[^] : () -> ()')).toBe("1:9 parse.expected: expected a block name after '^'");
    expect(problem('"a.b"() <5> : () -> ()')).toBe(
      "1:10 parse.expected: expected '{' to begin the properties, got '5'",
    );
    expect(problem('"a.b"() {5} : () -> ()')).toBe("1:10 parse.expected: expected an attribute name, got '5'");
    expect(problem('"a.b"() {"" = 1} : () -> ()')).toBe(
      '1:10 parse.expected: expected an attribute name that is not empty',
    );
    expect(attr('@5')).toBe("1:14 parse.expected: expected a symbol name after '@'");
    expect(attr('#')).toBe("1:14 parse.expected: expected an attribute name after '#'");
    expect(attr('#.0')).toBe("1:14 parse.expected: expected an attribute name after '#'");
    expect(attr('!.t<x>')).toBe("1:14 parse.expected: expected a type name after '!'");
    expect(attr('!')).toBe("1:14 parse.expected: expected a type name after '!'");
    expect(attr('-x')).toBe("1:15 parse.expected: expected a number after '-', got 'x'");
    expect(attr('=')).toBe("1:14 parse.expected: expected an attribute, got '='");
    expect(attr('-')).toContain("expected a number after '-', got '}'");
    expect(problem('# = 1')).toBe('1:1 parse.expected: expected the name of an attribute alias');
    expect(type('i32 i32')).toBe("1:5 parse.expected: expected the end of the type, got 'i32'");
    expect(problem('1 2', context(), parseAttribute)).toBe(
      "1:3 parse.expected: expected the end of the attribute, got '2'",
    );
  });
  it('refuses names of operations that could not be printed', () => {
    const message =
      'parse.operation-name: the name of an operation cannot be empty or hold quotes, backslashes or control characters';
    for (const name of ['', 'a\\22b', 'a\\00', 'a\\\\'])
      expect(problem(`"${name}"() : () -> ()`)).toBe(`1:1 ${message}`);
  });
});

describe('brackets', () => {
  it('points back at the bracket that is open', () => {
    expect(problem('"a.b"(%a : (i32) -> ()')).toBe(
      "1:10 parse.unclosed: expected ')' after the operands, got ':'\n1:6 note: to match this '('",
    );
    expect(problem('"a.b"() ({\n  "c.d"() : () -> ()\n')).toBe(
      "3:1 parse.unclosed: expected '}' to close the region, got end of input\n1:10 note: to match this '{'",
    );
    expect(attr('[1, 2')).toBe(
      "1:19 parse.unclosed: expected ']' to close the array attribute, got '}'\n1:14 note: to match this '['",
    );
    expect(type('tensor<4xf32')).toBe(
      "1:13 parse.unclosed: expected '>' to close the tensor type, got end of input\n1:7 note: to match this '<'",
    );
  });
  it('finds unbalanced brackets in the body of an unknown dialect attribute', () => {
    expect(attr('#d.x<[(]>')).toBe("1:21 parse.unbalanced: unbalanced ']'\n1:20 note: to match this '('");
    expect(attr('#d.x<[1]')).toBe("1:22 parse.unbalanced: unbalanced '}'\n1:18 note: to match this '<'");
    expect(problem('"a.b"() {a = #d<')).toBe(
      "1:17 parse.unbalanced: expected '>', got end of input\n1:16 note: to match this '<'",
    );
  });
  it('stops at a depth that every later pass can walk', () => {
    const open = (text: string, close: string) =>
      `"a.b"() {a = ${text.repeat(100_000)}${close.repeat(100_000)}} : () -> ()`;
    for (const text of [
      '"a.b"() ({'.repeat(100_000),
      'module {'.repeat(100_000),
      open('[', ']'),
      open('{a = ', '}'),
      open('(', ') -> ()'),
      open('tuple<', '>'),
      open('distinct[0]<', '>'),
      `"a.b"() {a = affine_map<(d0) -> (${'('.repeat(100_000)}`,
      `"a.b"() {a = affine_map<(d0) -> (${'-'.repeat(100_000)}`,
      `"a.b"() {a = dense<${'['.repeat(100_000)}${']'.repeat(100_000)}> : tensor<${'1x'.repeat(100_000)}i8>} : () -> ()`,
      `"a.b"() : () -> () loc(${'callsite('.repeat(100_000)}`,
      `"a.b"() ({ ${'test.graph {'.repeat(100_000)}`,
    ])
      expect(problem(text)).toContain('parse.nesting: nested more than 256 levels deep');
  });
  it('turns a stack overflow in a hook into the same message', () => {
    expect(problem('hook.loop deep')).toContain('parse.nesting: nested too deeply (256 levels are the limit)');
  });
});

describe('operations', () => {
  it('refuses an operation nobody registered, and says how to accept it', () => {
    const strict = context();
    strict.allowUnregistered = false;
    expect(problem('"foo.bar"() : () -> ()', strict)).toBe(
      "1:1 parse.unregistered-operation: unregistered operation 'foo.bar': dialect 'foo' is not registered; pass --allow-unregistered-dialect to accept it",
    );
    expect(problem('"test.nothing"() : () -> ()', strict)).toBe(
      "1:1 parse.unregistered-operation: unregistered operation 'test.nothing': dialect 'test' has no such operation",
    );
  });
  it('refuses types and attributes of dialects nobody registered', () => {
    const strict = context();
    strict.allowUnregistered = false;
    expect(problem('!foo.bar', strict, parseType)).toBe(
      "1:1 parse.unregistered-dialect: type '!foo.bar' of unregistered dialect 'foo'; register the dialect or pass --allow-unregistered-dialect",
    );
    expect(problem('#foo<1>', strict, parseAttribute)).toBe(
      "1:1 parse.unregistered-dialect: attribute '#foo' of unregistered dialect 'foo'; register the dialect or pass --allow-unregistered-dialect",
    );
  });
  it('refuses unknown types and attributes of a registered dialect', () => {
    expect(type('!hook.sphere')).toBe("1:1 parse.unknown-type: dialect 'hook' has no type '!hook.sphere'");
    expect(type('!hook<sphere>')).toBe("1:1 parse.unknown-type: dialect 'hook' has no type '!hook.sphere'");
    expect(attr('#hook.sphere')).toBe("1:14 parse.unknown-attribute: dialect 'hook' has no attribute '#hook.sphere'");
  });
  it('explains a custom form it does not know', () => {
    expect(problem('foo.bar %a')).toBe(
      '1:1 parse.unknown-operation: custom operation \'foo.bar\' is unknown; write an operation of an unregistered dialect in the generic form "dialect.name"(...)',
    );
    expect(problem('retrun')).toContain("custom operation 'retrun' is unknown (tried 'builtin.retrun' as well)");
    expect(problem('hook.bare')).toBe(
      '1:1 parse.no-assembly: \'hook.bare\' has no custom assembly; write it in the generic form "hook.bare"(...)',
    );
  });
  it('reports what a hook complains about, and what it throws', () => {
    expect(problem('hook.loop fail')).toBe('1:15 parse.custom-assembly: does not want to be read');
    expect(problem('hook.throws')).toBe('1:12 parse.hook-failed: reading this failed: no such thing');
    expect(problem('test.add %a %b : i32')).toBe("1:13 parse.expected: expected ',', got '%b'");
  });
  it('counts results', () => {
    expect(problem('%a = "a.b"() : () -> ()')).toBe("1:1 parse.result-count: 'a.b' has no results to name");
    expect(problem('%a = "a.b"() : () -> (i32, i32)')).toBe(
      "1:1 parse.result-count: 'a.b' has 2 results, but 1 is named",
    );
    expect(problem('%a:2, %b = "a.b"() : () -> i32')).toBe(
      "1:1 parse.result-count: 'a.b' has 1 result, but 3 are named",
    );
    expect(problem('%a:0 = "a.b"() : () -> i32')).toBe(
      '1:3 parse.result-count: a name must stand for at least one result',
    );
  });
  it('counts operands', () => {
    expect(problem('%a = "a.b"() : () -> i32\n"a.c"(%a) : () -> ()')).toBe(
      "2:13 parse.operand-count: 'a.c' has 1 operand, but 0 operand types",
    );
    expect(problem('"a.c"() : (i32) -> ()')).toBe("1:11 parse.operand-count: 'a.c' has 0 operands, but 1 operand type");
    expect(problem('!f = () -> i32\n"a.c"(%a) : !f')).toBe(
      "2:13 parse.operand-count: 'a.c' has 1 operand, but 0 operand types",
    );
    expect(problem('hook.loop args (%a, %b) : i32')).toBe('1:17 parse.operand-count: 2 operands, but 1 type');
  });
  it('refuses an attribute given twice', () => {
    expect(problem('"a.b"() {a = 1, b, a = 2} : () -> ()')).toBe(
      "1:20 parse.duplicate-attribute: attribute 'a' is given twice",
    );
    expect(problem('"a.b"() {b, a, b} : () -> ()')).toBe(
      "1:16 parse.duplicate-attribute: attribute 'b' is given twice",
    );
    expect(problem('"a.b"() <{a = 1}> {a = 1} : () -> ()')).toBe(
      "1:19 parse.duplicate-attribute: attribute 'a' is given twice: as a property and in the dictionary",
    );
    expect(problem('hook.loop %i: i32 {} {a = 1} {a = 2}')).toBe(
      "1:30 parse.duplicate-attribute: attribute 'a' is given twice",
    );
  });
});

describe('values and blocks', () => {
  it('finds uses of values that are never defined, the first one', () => {
    expect(problem('"a.b"(%x, %y) : (i32, i32) -> ()')).toBe("1:7 parse.undefined-value: use of undefined value '%x'");
    expect(problem('%x = "a.a"() : () -> i32\n"a.b"(%x, %y#2) : (i32, i32) -> ()')).toBe(
      "2:11 parse.undefined-value: use of undefined value '%y'",
    );
  });
  it('does not let an isolated region see names from outside', () => {
    expect(problem('%x = "a.a"() : () -> i32\ntest.func "f" {\n  "a.b"(%x) : (i32) -> ()\n}')).toBe(
      "3:9 parse.undefined-value: use of undefined value '%x'",
    );
  });
  it('refuses two definitions of one name', () => {
    expect(problem('%x = "a.a"() : () -> i32\n%x = "a.a"() : () -> i32')).toBe(
      "2:1 parse.redefinition: redefinition of '%x'\n1:1 note: previously defined here",
    );
    expect(problem('%x:2 = "a.a"() : () -> (i32, i32)\n%x = "a.a"() : () -> i32')).toContain(
      "2:1 parse.redefinition: redefinition of '%x'",
    );
    expect(problem('%x = "a.a"() : () -> i32\n"a.b"() ({\n^bb0(%x: i32):\n}) : () -> ()')).toContain(
      "3:6 parse.redefinition: redefinition of '%x'",
    );
  });
  it('compares the type of each use with the definition', () => {
    expect(problem('%x = "a.a"() : () -> i32\n"a.b"(%x) : (f32) -> ()')).toBe(
      "2:7 parse.type-mismatch: '%x' is used as f32, but has type i32\n1:1 note: defined here",
    );
    expect(problem('"a.b"(%x) : (f32) -> ()\n"a.b"(%x) : (i32) -> ()')).toBe(
      "2:7 parse.type-mismatch: '%x' is used as i32, but has type f32\n1:7 note: prior use here",
    );
    expect(problem('"a.b"(%x) : (f32) -> ()\n%x = "a.a"() : () -> i32')).toBe(
      "2:1 parse.type-mismatch: definition of '%x' has type i32, but it was used as f32\n1:7 note: previously used here",
    );
    expect(problem('%x:2 = "a.a"() : () -> (i32, i64)\n"a.b"(%x#1) : (f32) -> ()')).toBe(
      "2:7 parse.type-mismatch: '%x#1' is used as f32, but has type i64\n1:1 note: defined here",
    );
  });
  it('refuses a result number the definition does not have', () => {
    expect(problem('%x = "a.a"() : () -> i32\n"a.b"(%x#1) : (i32) -> ()')).toBe(
      "2:7 parse.result-number: '%x' has no result #1\n1:1 note: defined here",
    );
    expect(problem('"a.b"(%x#4294967296) : (i32) -> ()')).toBe('1:7 parse.result-number: result number is too large');
    expect(problem('hook.loop %i#1: i32 {}')).toBe('1:11 parse.result-number: a block argument is a single value');
  });
  it('checks the names of blocks', () => {
    expect(problem('"a.b"() ({\n  "a.br"()[^x] : () -> ()\n}) : () -> ()')).toBe(
      "2:12 parse.undefined-block: reference to undefined block '^x'",
    );
    expect(problem('"a.b"() ({\n^x:\n^x:\n}) : () -> ()')).toBe(
      "3:1 parse.redefinition: redefinition of block '^x'\n2:1 note: previously defined here",
    );
    expect(problem('hook.loop %i: i32 {\n^bb0:\n}')).toBe(
      '2:1 parse.entry-label: the entry block has named arguments already and takes no label',
    );
  });
});

describe('types', () => {
  it('limits widths, dimensions and element types', () => {
    expect(type('i16777216')).toBe('1:1 parse.integer-width: integer bitwidth is limited to 16777215 bits');
    expect(type('ui99999999999999999999')).toContain('parse.integer-width');
    expect(type('vector<9223372036854775807xf32>')).toBe('1:8 parse.integer-range: vector dimension is too large');
    expect(type('tensor<99999999999999999999xf32>')).toBe('1:8 parse.integer-range: dimension is too large');
    expect(type('vector<0xf32>')).toBe('1:8 parse.dimension: vector dimensions must be positive');
    expect(type('vector<?xf32>')).toBe('1:8 parse.dimension: vector dimensions must be static');
    expect(type('tensor<4f32>')).toBe("1:9 parse.expected: expected 'x' after a dimension, got 'f32'");
    expect(type('tensor<2xtensor<2xf32>>')).toBe(
      '1:10 parse.element-type: tensor<2xf32> cannot be the element type of a tensor',
    );
    expect(type('complex<index>')).toBe('1:9 parse.element-type: index cannot be the element type of a complex');
    expect(type('tensor<*xf32, 1>')).toBe('1:15 parse.unranked-encoding: an unranked tensor takes no encoding');
  });
  it('checks memref layouts', () => {
    expect(type('memref<4xf32, strided<[1, 2]>>')).toBe(
      '1:15 parse.memref-layout: memref layout of rank 2 does not fit a memref of rank 1',
    );
    expect(type('memref<4xf32, 1, 2>')).toBe('1:18 parse.memref-layout: the memory space must come last in a memref');
    expect(type('memref<*xf32, strided<[1]>>')).toBe('1:15 parse.memref-layout: an unranked memref takes no layout');
  });
  it('checks aliases', () => {
    expect(type('!a')).toBe("1:1 parse.undefined-alias: undefined type alias '!a'");
    expect(attr('#a')).toBe("1:14 parse.undefined-alias: undefined attribute alias '#a'");
    expect(problem('!a = i32\n!a = i32')).toBe("2:1 parse.alias-redefinition: redefinition of type alias '!a'");
    expect(problem('#a = 1\n#a = 1')).toBe("2:1 parse.alias-redefinition: redefinition of attribute alias '#a'");
    expect(problem('#a.b = 1')).toBe("1:1 parse.alias-name: alias '#a.b': names with a '.' are those of dialects");
    expect(problem('"a.b"() : () -> () loc(#a)\n#a = loc("x"(#a))')).toBe(
      "2:1 parse.alias-cycle: the alias '#a' refers to itself",
    );
    const doubling = Array.from({ length: 40 }, (_, i) => `!t${i + 1} = tuple<!t${i}, !t${i}>`).join('\n');
    expect(problem(`!t0 = i32\n${doubling}`)).toBe(
      "21:1 parse.alias-size: what the alias '!t20' stands for has more than 1048576 parts",
    );
    const chain = Array.from({ length: 400 }, (_, i) => `#t${i + 1} = [#t${i}]`).join('\n');
    expect(problem(`#t0 = 1\n${chain}`)).toContain('is nested more than 256 levels deep');
  });
});

describe('attributes', () => {
  it('checks that numbers fit their type', () => {
    expect(attr('256 : i8')).toBe('1:14 parse.integer-range: integer is out of range for i8');
    expect(attr('-129 : i8')).toContain('out of range');
    expect(attr('128 : si8')).toContain('out of range');
    expect(attr('340282366920938463463374607431768211456 : i128')).toContain('out of range for i128');
    expect(attr('-1 : ui8')).toBe('1:14 parse.integer-range: a negative number cannot have the unsigned type ui8');
    expect(attr('0x1FFFFFFFF : f32')).toBe('1:14 parse.integer-range: hexadecimal float has more bits than f32');
    expect(problem('"a.b"(%a#99999999999999999999) : (i32) -> ()')).toBe(
      '1:10 parse.integer-range: result number is too large',
    );
  });
  it('checks that literals go with their type', () => {
    expect(attr('1.0 : i32')).toBe('1:14 parse.literal-type: a float cannot have the type i32');
    expect(attr('1 : tensor<2xi32>')).toBe('1:14 parse.literal-type: an integer cannot have the type tensor<2xi32>');
    expect(attr('1 : f32')).toBe(
      '1:14 parse.literal-type: an integer cannot have the type f32; add a decimal point, or write the bits in hexadecimal',
    );
    expect(attr('-0x1 : f32')).toBe('1:14 parse.literal-type: the bits of a float take no minus sign');
    expect(attr('dense<1.0> : tensor<2xi32>')).toBe('1:20 parse.literal-type: a float cannot have the type i32');
  });
  it('checks dense elements against their type', () => {
    expect(attr('dense<[1, 2]> : tensor<3xi32>')).toBe(
      '1:20 parse.elements-shape: elements do not have the shape of tensor<3xi32>: expected a list of 3 here',
    );
    expect(attr('dense<[[1]]> : tensor<1xi32>')).toContain('expected one element here');
    expect(attr('dense<[1]> : tensor<1x1xi32>')).toContain('expected a list of 1 here');
    expect(attr('dense<[1]> : tensor<9007199254740991xi32>')).toContain('expected a list of');
    expect(attr('dense<> : tensor<1xi32>')).toBe('1:20 parse.elements-shape: no elements given for tensor<1xi32>');
    expect(attr('dense<1> : i32')).toBe(
      '1:25 parse.elements-type: dense elements must be a ranked tensor, a vector or a memref, got i32',
    );
    expect(attr('dense<1> : tensor<?xi32>')).toBe(
      '1:25 parse.elements-type: dense elements must have a static shape, got tensor<?xi32>',
    );
    expect(attr('sparse<0, 1> : vector<[4]xi32>')).toBe('1:29 parse.elements-type: sparse elements cannot be scalable');
    expect(attr('dense<x> : tensor<2x!d.t>')).toBe(
      '1:20 parse.elements-type: elements of type !d.t must be strings or literals',
    );
    expect(attr('dense<"0x0102"> : tensor<2xi32>')).toBe(
      '1:20 parse.elements-blob: hexadecimal elements of tensor<2xi32> take 8 bytes, got 2',
    );
    expect(attr('dense<"0x010"> : tensor<2xi32>')).toBe(
      '1:20 parse.elements-blob: expected a string "0x..." with an even number of hexadecimal digits',
    );
    expect(attr('dense<"0x0g"> : tensor<2xi32>')).toBe(
      '1:23 parse.elements-blob: expected a string "0x..." of hexadecimal digits',
    );
  });
  it('checks sparse elements against their type', () => {
    expect(attr('sparse<[[0]], [1]> : tensor<2x2xi32>')).toBe(
      '1:21 parse.elements-shape: indices of sparse elements of tensor<2x2xi32> need 2 numbers each',
    );
    expect(attr('sparse<[[0, 0]], [1, 2]> : tensor<2x2xi32>')).toBe(
      '1:31 parse.elements-shape: sparse elements need one value for each of the 1 indices',
    );
    expect(attr('sparse<[[0, 2]], [1]> : tensor<2x2xi32>')).toBe(
      '1:21 parse.elements-shape: index 2 is out of range for tensor<2x2xi32>',
    );
  });
  it('checks arrays of numbers', () => {
    expect(attr('array<none: 1>')).toBe(
      '1:20 parse.array-type: elements of an array must be integers, index or floats, got none',
    );
    expect(attr('array<i4: 1>')).toBe('1:20 parse.array-type: elements of an array must have whole bytes, got i4');
    expect(attr('array<i8: 300>')).toBe('1:24 parse.integer-range: integer is out of range for i8');
  });
  it('keeps one meaning for a distinct attribute', () => {
    expect(attr('[distinct[0]<1>, distinct[0]<2>]')).toBe('1:31 parse.distinct: distinct[0] was 1 : i64 before');
  });
  it('checks locations and metadata', () => {
    expect(problem('#a = 1\n"a.b"() : () -> () loc(#a)')).toBe('2:24 parse.location: expected a location, got 1 : i64');
    expect(problem('{-# other: {} #-}')).toBe(
      "1:5 parse.metadata: unknown metadata section 'other'; expected dialect_resources or external_resources",
    );
    expect(problem('{-# dialect_resources: {} 5 #-}')).toBe(
      "1:27 parse.metadata: expected ',' or '#-}' in the file metadata, got '5'\n1:1 note: to match this '{-#'",
    );
    expect(problem('{-# dialect_resources: {b: {k: "0x01"}} #-}')).toBe(
      "1:32 parse.metadata: the blob of resource 'k' must begin with four bytes of alignment",
    );
    expect(problem('{-# dialect_resources: {b: {k: "0x03000000"}} #-}')).toBe(
      "1:32 parse.metadata: the alignment of resource 'k' must be a power of two, got 3",
    );
  });
  it('checks affine expressions', () => {
    const map = (text: string) => attr(`affine_map<${text}>`);
    expect(map('(d0, d0) -> (d0)')).toBe("1:30 parse.affine: redefinition of affine identifier 'd0'");
    expect(map('(d0) -> (d1)')).toBe("1:34 parse.affine: use of undeclared affine identifier 'd1'");
    expect(map('(d0, d1) -> (d0 * d1)')).toBe(
      '1:41 parse.affine: not affine: one factor of a product must be a constant or symbolic',
    );
    expect(map('(d0, d1) -> (d0 mod d1)')).toBe(
      '1:41 parse.affine: not affine: the right side of mod must be a constant or symbolic',
    );
    expect(map('(d0) -> (d0 * 9223372036854775808)')).toBe('1:39 parse.integer-range: affine constant is too large');
    expect(map(`(d0) -> (${'d0 + '.repeat(300)}d0)`)).toContain(
      'parse.affine: affine expression of more than 256 terms',
    );
    expect(attr('affine_set<(d0) : (d0 > 0)>')).toBe(
      "1:36 parse.expected: expected '>=', '<=' or '==' in an affine constraint, got '>'",
    );
  });
});
