// `npm run bench:peers`: installs the peer libraries with npm, without running their scripts.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PEER_PACKAGES, peersFolder } from './packages.js';

const folder = peersFolder();
mkdirSync(folder, { recursive: true });
const manifest = join(folder, 'package.json');
if (!existsSync(manifest))
  writeFileSync(manifest, `${JSON.stringify({ name: 'budflow-bench-peers', private: true }, null, 2)}\n`);
const packages = Object.entries(PEER_PACKAGES).map(([name, version]) => `${name}@${version}`);
process.stdout.write(`installing ${packages.join(', ')} in ${folder}\n`);
const { status, error } = spawnSync(
  'npm',
  ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', '--save-exact', ...packages],
  { stdio: 'inherit', shell: process.platform === 'win32' },
);
if (error) process.stderr.write(`bench:peers: ${error.message}\n`);
process.exitCode = status ?? 1;
