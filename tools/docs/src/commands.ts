// Pages of the command lines. Their help is printed from their flag tables; the pages hold it as it is.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fence, GENERATED, page, sentence } from './markdown.js';
import { ROOT } from './sources.js';

export interface Command {
  readonly name: string;
  /** What it starts, from the root. */
  readonly file: string;
  /** Folder of its package. */
  readonly folder: string;
  readonly description: string;
}

/** Every `bin` of the workspace. */
export function commands(): Command[] {
  return ['apps', 'tools']
    .flatMap((parent) => readdirSync(join(ROOT, parent)).map((name) => `${parent}/${name}`))
    .flatMap((folder) => {
      const path = join(ROOT, folder, 'package.json');
      if (!existsSync(path)) return [];
      const manifest: { bin?: Record<string, string>; description?: string } = JSON.parse(readFileSync(path, 'utf8'));
      return Object.entries(manifest.bin ?? {}).flatMap(([name, file]) =>
        existsSync(join(ROOT, folder, file))
          ? [{ name, file: `${folder}/${file}`, folder, description: manifest.description ?? '' }]
          : [],
      );
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What `--help` prints; undefined when the command is not built. */
export function helpOf(command: Command): string | undefined {
  try {
    return execFileSync(process.execPath, [join(ROOT, command.file), '--help'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch {
    return undefined;
  }
}

export function commandPage(command: Command, help: string): string {
  const readme = existsSync(join(ROOT, command.folder, 'README.md'));
  return page(
    GENERATED,
    `# \`${command.name}\``,
    sentence(command.description),
    fence('text', help),
    readme && `See also [the README of \`${command.folder}\`](../../../${command.folder}/README.md).`,
  );
}
