import { describe, expect, it } from 'vitest';
import { defineAttribute, defineDialect } from './define-dialect.js';
import { InternalError } from './errors.js';
import { Operation } from './operation.js';
import { printModule } from './printer.js';
import {
  lookupSymbol,
  nearestSymbolTable,
  replaceSymbolUses,
  SymbolTable,
  symbolUses,
  symbolVisibility,
  usesOfSymbol,
} from './symbol-table.js';
import { emptyModule, FuncOp, testContext } from './testing/test-dialect.js';
import { find, parse } from './testing/text.js';

const TEXT = `
test.func "f" {
  "d.use"() {callee = @g} : () -> ()
  return
}
test.func "g" {
  return
}
module {
  test.func "h" {
    "d.inner"() {refs = [@g, {x = @f::@k}]} : () -> ()
    return
  }
} 
"builtin.module"() ({
  "test.func"() ({
  }) {sym_name = "f", sym_visibility = "private"} : () -> ()
}) {sym_name = "nested"} : () -> ()`;

describe('lookupSymbol', () => {
  const module = parse(TEXT);
  const { context } = module;
  it('finds a symbol of the closest table', () => {
    expect(lookupSymbol(find(module, 'd.use'), 'g')).toBe(module.region(0).entry.ops[1]);
  });
  it('goes on to enclosing tables', () => {
    expect(lookupSymbol(find(module, 'd.inner'), 'f')).toBe(find(module, 'test.func'));
  });
  it('prefers the inner of two symbols', () => {
    const inner = lookupSymbol(module, context.symbolRef('nested', ['f']))!;
    expect(inner.parentOp).not.toBe(module);
    expect(lookupSymbol(inner, 'f')).toBe(inner);
  });
  it('follows nested references and gives null where one is missing', () => {
    expect(symbolVisibility(lookupSymbol(module, context.symbolRef('nested', ['f']))!)).toBe('private');
    expect(lookupSymbol(module, context.symbolRef('nested', ['x']))).toBe(null);
    expect(lookupSymbol(module, context.symbolRef('f', ['g']))).toBe(null);
    expect(lookupSymbol(module, 'nothing')).toBe(null);
  });
  it('names the closest table', () => {
    expect(nearestSymbolTable(find(module, 'd.use'))).toBe(module);
    expect(nearestSymbolTable(module)).toBe(module);
  });
});

describe('SymbolTable', () => {
  const func = (module: Operation, name: string) =>
    Operation.create(
      module.context.opInfo('test.func'),
      0,
      [],
      [],
      module.context.dictionary([['sym_name', module.context.stringAttr(name)]]),
    );

  it('knows the symbols of its own region only', () => {
    const table = new SymbolTable(parse(TEXT));
    expect(table.all.map((op) => op.name)).toEqual(['test.func', 'test.func', 'builtin.module']);
    expect(table.lookup('h')).toBe(undefined);
    expect(table.lookup('f')!.name).toBe('test.func');
  });
  it('renames what it inserts when the name is taken', () => {
    const module = parse(TEXT);
    const table = new SymbolTable(module);
    const names = [table.insert(func(module, 'f')), table.insert(func(module, 'f')), table.insert(func(module, 'new'))];
    expect(new Set(['f', 'g', ...names]).size).toBe(5);
    expect(names[2]).toBe('new');
    for (const name of names) expect(lookupSymbol(module, name)).toBe(table.lookup(name));
    expect(module.region(0).entry.lastOp).toBe(table.lookup('new'));
  });
  it('inserts where it is told', () => {
    const module = parse(TEXT);
    const table = new SymbolTable(module);
    const op = func(module, 'first');
    table.insert(op, module.region(0).entry.firstOp);
    expect(module.region(0).entry.firstOp).toBe(op);
    expect(table.insert(op)).toBe('first');
  });
  it('renames a symbol with its references, but not where another symbol shadows it', () => {
    const module = parse(
      `${TEXT}\n"builtin.module"() ({\n  "test.func"() ({\n  }) {sym_name = "g", own = @g} : () -> ()\n}) : () -> ()`,
    );
    const table = new SymbolTable(module);
    expect(table.rename(table.lookup('g')!, 'f')).toMatch(/^f_\d+$/);
    const text = printModule(module);
    expect(text).toContain('callee = @f_0');
    expect(text).toContain('refs = [@f_0, {x = @f::@k}]');
    expect(text).toContain('own = @g');
    expect(table.lookup('g')).toBe(undefined);
  });
  it('forgets what it erases', () => {
    const module = parse(TEXT);
    const table = new SymbolTable(module);
    table.erase(table.lookup('g')!);
    expect(table.lookup('g')).toBe(undefined);
    expect(lookupSymbol(module, 'g')).toBe(null);
  });
  it('refuses ops that define no symbol', () => {
    const module = parse(TEXT);
    expect(() => new SymbolTable(module).insert(Operation.create(module.context.opInfo('d.x'), 0, [], []))).toThrow(
      InternalError,
    );
  });
});

describe('uses', () => {
  it('are found inside arrays and dictionaries', () => {
    const uses = symbolUses(parse(TEXT));
    expect(uses.map((u) => `${u.user.name} ${u.reference}`)).toEqual(['d.use @g', 'd.inner @g', 'd.inner @f::@k']);
    expect(usesOfSymbol(parse(TEXT), 'g').length).toBe(2);
  });
  it("are found and renamed inside a dialect's attributes", () => {
    const context = testContext();
    const Ref = defineAttribute<{ to: import('./attribute.js').SymbolRefAttr; n: number }>({
      name: 'ref.to',
      summary: '',
      parse: () => {
        throw new InternalError('not parsed here');
      },
      print: (p, { to, n }) => {
        p.text('<');
        p.attribute(to);
        p.text(`, ${n}>`);
      },
    });
    context.registerDialect(defineDialect({ name: 'ref', summary: '', ops: [], attributes: [Ref] }));
    const { module, builder } = emptyModule(context);
    FuncOp.create(builder, 0, { sym_name: 'f' });
    const attr = context.dialectAttr(Ref, { to: context.symbolRef('f'), n: 3 });
    const user = builder.insert(
      Operation.create(context.opInfo('d.use'), 0, [], [], context.dictionary([['a', attr]])),
    );
    expect(symbolUses(module).map((u) => u.user)).toEqual([user]);
    replaceSymbolUses(module, 'f', 'z');
    expect(user.toString()).toBe('"d.use"() {a = #ref.to<@z, 3>} : () -> ()');
  });
});
