// The pages are up to date, complete and linked; what they show as MLIR is valid.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { parseModule, renderDiagnostic, verify } from '@budflow/ir';
import { createContext, createPassRegistry } from 'budflow';
import { beforeAll, describe, expect, test } from 'vitest';
// @ts-expect-error plain JavaScript without declarations
import { catalogue as readIds } from '../../ci/diagnostics.mjs';
import { catalogue } from './diagnostics.js';
import { anchor } from './markdown.js';
import { passFile } from './passes.js';
import { commentMarkdown, headComment, ROOT } from './sources.js';
import { staleness } from './write.js';

const emitted: () => Map<string, unknown> = readIds;
const context = createContext();
const dialects = context.registeredDialects;
const ops = dialects.flatMap((d) => d.ops);
const passes = createPassRegistry().all;

describe('the reference', () => {
  let changes: ReturnType<typeof staleness>;
  beforeAll(() => {
    changes = staleness();
  }, 120_000);

  test('is what the definitions say now (npm run docs writes it)', () => {
    expect({ stale: changes.written, superfluous: changes.removed }).toEqual({ stale: [], superfluous: [] });
  });
  test('has a page of every dialect, pass and command', () => {
    for (const { name } of dialects) expect(changes.pages.has(`dialects/${name}.md`), name).toBe(true);
    const all = [...changes.pages.values()].join('\n');
    for (const { name } of passes) expect(all, name).toContain(`## \`${name}\`\n`);
    for (const name of ['bud-opt', 'bud-run', 'bud-lsp'])
      if (!changes.missing.includes(name)) expect(changes.pages.get(`commands/${name}.md`)).toContain(`Usage: ${name}`);
  });
  test('is the same when it is made again', () => {
    expect(staleness().pages).toEqual(changes.pages);
  });
});

/** Blocks of MLIR in Markdown. */
function mlirIn(text: string): string[] {
  return [...text.matchAll(/```mlir\n([\s\S]*?)```/g)].map((m) => m[1]!);
}

/** What is wrong with a text; empty when it is valid. */
function problems(text: string): string[] {
  const fresh = createContext();
  const { diagnostics } = fresh.diagnostics.collect(() => {
    const module = parseModule(text, fresh);
    if (module) verify(module);
  });
  return diagnostics.map((d) => renderDiagnostic(fresh, d));
}

describe('ops', () => {
  test.each(dialects.map((d) => [d.name, d] as const))(
    'of %s have a summary, a description and an example that uses them',
    (_, dialect) => {
      const lacking: string[] = [];
      for (const { opName, spec } of dialect.ops) {
        if (spec.summary.trim().length < 3) lacking.push(`${opName}: summary`);
        if (!spec.description?.trim()) lacking.push(`${opName}: description`);
        if (!spec.example) lacking.push(`${opName}: example`);
        else if (!spec.example.includes(opName) && !usesShortName(spec.example, opName))
          lacking.push(`${opName}: its example does not use it`);
      }
      if (!dialect.description?.trim()) lacking.push(`dialect ${dialect.name}: description`);
      expect(lacking).toEqual([]);
    },
  );

  test('have examples that are read and verified', () => {
    const wrong = ops.flatMap(({ opName, spec }) =>
      [...(spec.example ? [spec.example] : []), ...mlirIn(spec.description ?? '')].flatMap((text) =>
        problems(text).map((p) => `${opName}: ${p}`),
      ),
    );
    expect(wrong).toEqual([]);
  });
  test('an example that is wrong would be found', () => {
    expect(problems('func.func @f() {\n  oops\n}')).not.toEqual([]);
    expect(problems('func.func @f(%a: i32) -> f32 {\n  return %a : i32\n}')).not.toEqual([]);
  });
});

function usesShortName(example: string, opName: string): boolean {
  const short = opName.slice(opName.indexOf('.') + 1);
  return new RegExp(`(^|[\\s(])${short}\\b`).test(example);
}

describe('passes', () => {
  test('have a summary, options with descriptions, and a file whose head shows IR before and after', () => {
    const lacking: string[] = [];
    for (const pass of passes) {
      if (pass.summary.trim().length < 5) lacking.push(`${pass.name}: summary`);
      for (const [name, option] of Object.entries(pass.options))
        if (option.description.trim().length < 5) lacking.push(`${pass.name}: option ${name}`);
      const file = passFile(pass.name);
      if (!file) lacking.push(`${pass.name}: its file is not found`);
      else if (!commentMarkdown(headComment(file.text)).includes('```text'))
        lacking.push(`${pass.name}: IR before and after, in the head comment of ${file.path}`);
    }
    expect(lacking).toEqual([]);
  });
});

describe('the catalogue of diagnostics', () => {
  const entries = catalogue();
  const ids = new Set(entries.map((e) => e.id));

  test('has the ids that are known to be emitted, with their messages', () => {
    expect(entries.length).toBeGreaterThan(200);
    expect(entries.find((e) => e.id === 'parse.redefinition')!.messages).toContain('redefinition of ...');
    expect(entries.find((e) => e.id === 'pipeline.unknown-pass')!.messages.join()).toContain("unknown pass '...'");
  });
  test('has every id that diagnostics of wrong programs have', () => {
    const wrong = [
      '%0 = ',
      'func.func @f() {',
      '"x.y"() : () -> ()',
      '#a = #b',
      'func.func @f(%a: i32) -> f32 { return %a : i32 }',
      'func.func @f() { call @g() : () -> () return }',
      'func.func @f() { ^bb0: cf.br ^bb1 }',
      '"builtin.module"() {a, a} : () -> ()',
      'func.func @f(%a: tensor<2xf32>) { %0 = array.cast %a : tensor<2xf32> to tensor<3xi8> return }',
    ];
    for (const text of wrong) {
      const fresh = createContext();
      const { diagnostics } = fresh.diagnostics.collect(() => {
        const module = parseModule(text, fresh);
        if (module) verify(module);
      });
      expect(diagnostics.length, text).toBeGreaterThan(0);
      for (const { id } of diagnostics) expect(ids, `${id} of ${text}`).toContain(id);
    }
  });
  test('has the ids that the check of all diagnostics knows', () => {
    expect([...emitted().keys()].filter((id) => !ids.has(id))).toEqual([]);
  });
});

describe('links', () => {
  const files = ['.', 'docs', 'libs', 'apps', 'tools'].flatMap((folder) =>
    markdown(join(ROOT, folder), { deep: folder !== '.' }),
  );

  test('between pages and to files go somewhere, anchors included', () => {
    expect(files.length).toBeGreaterThan(20);
    const dead: string[] = [];
    for (const file of files) {
      const text = withoutCode(readFileSync(file, 'utf8'));
      for (const match of text.matchAll(/\[[^\]]*\]\(([^)\s]+)\)/g)) {
        const link = match[1]!;
        if (/^[a-z]+:/.test(link)) continue;
        const [path, hash] = link.split('#') as [string, string | undefined];
        const target = path === '' ? file : join(dirname(file), decodeURIComponent(path));
        if (!existsSync(target)) dead.push(`${relative(ROOT, file)}: ${link}`);
        else if (hash !== undefined && target.endsWith('.md') && !anchors(target).has(hash))
          dead.push(`${relative(ROOT, file)}: ${link} (no such heading)`);
      }
    }
    expect(dead).toEqual([]);
  });
});

const anchorCache = new Map<string, Set<string>>();
function anchors(file: string): Set<string> {
  let known = anchorCache.get(file);
  if (!known) {
    known = new Set([...readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm)].map((m) => anchor(m[1]!)));
    anchorCache.set(file, known);
  }
  return known;
}

function withoutCode(text: string): string {
  return text.replace(/```[\s\S]*?```/g, '').replace(/`[^`\n]*`/g, (code) => (code.includes('](') ? '' : code));
}

function markdown(folder: string, { deep }: { readonly deep: boolean }): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return deep && !['node_modules', 'dist', 'peers', '.results', '.cache'].includes(entry.name)
        ? markdown(path, { deep })
        : [];
    return entry.name.endsWith('.md') ? [path] : [];
  });
}
