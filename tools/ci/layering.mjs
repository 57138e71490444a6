// Reads the floors of the house and finds imports that go up, sideways, or past a package's public face.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** Folders of each floor, lowest first. */
export const floors = JSON.parse(readFileSync(join(root, 'tools/floors.json'), 'utf8')).floors;

/** Entry points that may use `node:` modules: the command lines and everything behind a `/node` export. */
const NODE_ALLOWED = [
  /^apps\/(opt|language-server)\//,
  /^libs\/[\w/-]+\/src\/node(\.ts$|\/)/,
  /^libs\/backends\/llvm\//,
];

function sources(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile() && /\.tsx?$/.test(e.name) && !/\.test\.tsx?$|\.d\.ts$/.test(e.name))
    .map((e) => join(e.parentPath ?? e.path, e.name).slice(root.length + 1))
    .filter((path) => !path.includes('/node_modules/') && !path.includes('/dist/') && !path.includes('/testing/'));
}

export function packageName(folder) {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')).name;
}

/** Every violation as one line: file, import, reason. */
export function layeringViolations() {
  const level = new Map();
  const folderOf = new Map();
  floors.forEach((floor, i) => {
    for (const folder of floor) {
      let name;
      try {
        name = packageName(folder);
      } catch {
        continue;
      }
      level.set(name, i);
      folderOf.set(name, folder);
    }
  });
  const violations = [];
  for (const [name, folder] of folderOf) {
    const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const declared = new Set(
      Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.peerDependencies }),
    );
    for (const path of sources(`${folder}/src`)) {
      const text = readFileSync(join(root, path), 'utf8');
      for (const match of text.matchAll(/(?:from|import)\s*\(?\s*['"]([@.\w][^'"\s]*)['"]/g)) {
        const id = match[1];
        const before = text.slice(text.lastIndexOf('\n', match.index) + 1, match.index);
        if (/^\s*(\/\/|\*|\/\*)/.test(before)) continue;
        if (id.startsWith('node:')) {
          if (!NODE_ALLOWED.some((r) => r.test(path)))
            violations.push(`${path}: imports ${id}, but must run in a browser`);
          continue;
        }
        // A relative path, or the word `from` in a message.
        if (id.startsWith('.') || id.includes('${')) continue;
        const base = id.startsWith('@') ? id.split('/').slice(0, 2).join('/') : id.split('/')[0];
        if (base === name) violations.push(`${path}: imports its own package ${id}; use a relative path`);
        else if (level.has(base)) {
          if (level.get(base) >= level.get(name))
            violations.push(`${path}: imports ${id}, which is not on a floor below`);
          else if (!declared.has(base)) violations.push(`${path}: imports ${id}, which package.json does not declare`);
        } else if (!declared.has(base)) violations.push(`${path}: imports ${id}, which package.json does not declare`);
      }
    }
  }
  return violations;
}
