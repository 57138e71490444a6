import { describe, expect, it } from 'vitest';
import type { CustomAssembly, PlainForm } from '../asm.js';
import { AnyType, attr } from '../constraints.js';
import { Context } from '../context.js';
import { defineDialect } from '../define-dialect.js';
import { defineOp } from '../define-op.js';
import type { Operation } from '../operation.js';
import { parseModule } from '../parser/parse.js';
import { printModule } from '../printer.js';
import { Pure } from '../traits.js';

/** `%a, %b : type`, read and written by hooks that count. */
function setUp(options: { results?: number; plain?: PlainForm } = {}) {
  const calls = { parse: 0, print: 0 };
  const assembly: CustomAssembly = {
    plain: options.plain ?? { kind: 'same', operands: 2 },
    canPrint: (op) => op.operand(0).type === op.operand(1).type && op.operand(0).type === op.result(0).type,
    parse(parser, state) {
      calls.parse++;
      const a = parser.operand();
      parser.punctuation(',');
      const b = parser.operand();
      parser.optionalAttrDict(state.attributes);
      parser.punctuation(':');
      const type = parser.type();
      state.operands.push(parser.resolve(a, type), parser.resolve(b, type));
      for (let i = 0; i < (options.results ?? 1); i++) state.resultTypes.push(type);
    },
    print(printer, op) {
      calls.print++;
      printer.space();
      printer.values(op.operands);
      printer.attrDict(op);
      printer.text(' : ');
      printer.type(op.operand(0).type);
    },
  };
  const results: Record<string, typeof AnyType> = options.results === 2 ? { a: AnyType, b: AnyType } : { a: AnyType };
  const op = defineOp({
    name: 't.add',
    summary: 'Adds.',
    operands: { lhs: AnyType, rhs: AnyType },
    results,
    traits: [Pure],
    assembly,
  });
  const source = defineOp({ name: 't.source', summary: 'Anything.', results: { r: AnyType } });
  const context = new Context();
  context.registerDialect(defineDialect({ name: 't', summary: 'Test.', ops: [op, source] }));
  context.allowUnregistered = false;
  const parse = (text: string): Operation => {
    const module = parseModule(`%x = "t.source"() : () -> i32\n${text}\n`, context, { file: 'a.mlir' });
    if (!module) throw new Error('does not parse');
    return module;
  };
  return { context, calls, parse };
}

describe('ops of a plain form', () => {
  it('are read and written without their hooks', () => {
    const { calls, parse } = setUp();
    const module = parse('%y = t.add %x, %x : i32');
    expect(printModule(module)).toContain('%1 = t.add %0, %0 : i32');
    expect(calls).toEqual({ parse: 0, print: 0 });
  });

  it('take the hooks when they have attributes', () => {
    const { calls, parse } = setUp();
    const text = printModule(parse('%y = t.add %x, %x {k = 1 : i64} : i32'));
    expect(text).toContain('t.add %0, %0 {k = 1 : i64} : i32');
    expect(calls).toEqual({ parse: 1, print: 1 });
  });

  it('take the hooks when an operand is a later result of a name', () => {
    const { calls, parse } = setUp();
    parse('%y = t.add %x, %x#0 : i32');
    expect(calls.parse).toBe(1);
  });

  it('have several results only through the hooks', () => {
    const { calls, parse } = setUp({ results: 2 });
    expect(printModule(parse('%y:2 = t.add %x, %x : i32'))).toContain('%1:2 = t.add %0, %0 : i32');
    expect(calls).toEqual({ parse: 1, print: 1 });
  });

  it('print generically when they do not fit the form', () => {
    const { calls, parse, context } = setUp();
    const module = parse('%y = t.add %x, %x : i32');
    module.region(0).entry.lastOp!.result(0).type = context.i64;
    expect(printModule(module)).toContain('"t.add"(%0, %0) : (i32, i32) -> i64');
    expect(calls.print).toBe(0);
  });

  it('stand where the text says', () => {
    const { context, parse } = setUp();
    const add = parse('  %y = t.add %x, %x : i32').region(0).entry.lastOp!;
    expect(context.sources.position(add.loc as number)).toMatchObject({ line: 2, column: 8 });
    const named = parse('%y = t.add %x, %x : i32 loc("b.py":3:4)').region(0).entry.lastOp!;
    expect(String(named.location)).toBe('loc("b.py":3:4)');
  });

  it('report what is wrong as their hooks do', () => {
    const { context } = setUp();
    const { diagnostics } = context.diagnostics.collect(() => parseModule('%y = t.add %x %x : i32', context));
    expect(diagnostics.map((d) => d.message)).toEqual(["expected ',', got '%x'"]);
  });

  it('constants are read again when their type is on the next line', () => {
    const constant = defineOp({
      name: 't.constant',
      summary: 'A number.',
      attributes: { value: attr.typed },
      results: { r: AnyType },
      assembly: {
        plain: { kind: 'constant', attribute: 'value' },
        parse(parser, state) {
          const value = parser.attribute();
          state.attributes.set('value', value);
          state.resultTypes.push((value as unknown as { type: Context['i32'] }).type);
        },
        print(printer, op) {
          printer.space();
          printer.attribute(op.attr('value')!);
        },
      },
    });
    const context = new Context();
    context.registerDialect(defineDialect({ name: 't', summary: 'Test.', ops: [constant] }));
    const texts = ['5 : i32', '5 : i32', '5', '5', '5\n : i8', '-5 : i32'];
    const module = parseModule(texts.map((t, i) => `%${i} = t.constant ${t}\n`).join(''), context);
    expect(module?.region(0).entry.ops.map((op) => String(op.attr('value')))).toEqual([
      '5 : i32',
      '5 : i32',
      '5 : i64',
      '5 : i64',
      '5 : i8',
      '-5 : i32',
    ]);
  });
});
