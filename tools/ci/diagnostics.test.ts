// The catalogue of diagnostics sees every way in which sources write ids.
import { describe, expect, test } from 'vitest';
// @ts-expect-error plain JavaScript without declarations
import { passFiles, testFileOf } from './check-ablate.mjs';
// @ts-expect-error plain JavaScript without declarations
import { catalogue, idsIn, reportDiagnostics, untriggered } from './diagnostics.mjs';

describe('the catalogue of diagnostics', () => {
  test.each([
    ["op.emitError('verify.links', 'is wrong')", ['verify.links']],
    ["op.emitError(\n  'verify.links',\n  message)", ['verify.links']],
    ["new Diagnostic('warning', 'parse.number', 'x', 0)", ['parse.number']],
    ["this.error(wide ? 'a.wide' : 'a.narrow', path)", ['a.wide', 'a.narrow']],
    ["emitError(what === 'operand' ? 'v.operand-count' : 'v.result-count', m)", ['v.operand-count', 'v.result-count']],
    ["return { id: 'pipeline.unknown-key', path: place, message: '' };", ['pipeline.unknown-key']],
    ["verifyYield(op, region, types, 'loop.if-yield')", ['loop.if-yield']],
    ["// op.emitError('verify.comment', '')", []],
    ["context.opInfo('arith.addi')", []],
    ["{ id: 'math.sigmoid', arity: 1 }", []],
  ])('finds ids in %s', (text, ids) => {
    expect([...idsIn(text)]).toEqual(ids);
  });

  test('knows the sources of this repository', () => {
    const known = catalogue() as Map<string, string[]>;
    expect(known.size).toBeGreaterThan(200);
    expect(known.get('pass.crashed')).toEqual(['libs/pass/src/pass-manager.ts']);
  });

  test('names what no test triggered, by folder', () => {
    const known = new Map([
      ['a.one', ['libs/a/src/x/y.ts']],
      ['a.two', ['libs/a/src/z.ts']],
      ['b.one', ['libs/dialects/b/src/z.ts']],
    ]);
    expect([...untriggered(known, new Set(['a.two']))]).toEqual([
      ['libs/a', ['a.one']],
      ['libs/dialects/b', ['b.one']],
    ]);
    const lines: string[] = [];
    expect(reportDiagnostics((line: string) => lines.push(line))).toBeTypeOf('number');
    expect(lines[0]).toMatch(/^\d+ kinds of diagnostics, \d+ triggered by tests$/);
  });
});

describe('check:ablate', () => {
  test('finds passes by their files, and their tests beside them', () => {
    const files = passFiles() as Map<string, string>;
    expect(files.get('cse')).toBe('libs/transforms/src/general/cse.ts');
    expect(testFileOf('cse', files.get('cse'))).toBe('libs/transforms/src/general/cse.test.ts');
    expect(testFileOf('no-such-pass', files.get('cse'))).toBeUndefined();
  });
});
