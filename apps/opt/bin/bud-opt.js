#!/usr/bin/env node
// Committed, so that npm can link the command before the first build. Node 22 keeps the compiled code of modules.
import module from 'node:module';

module.enableCompileCache?.();
await import('../dist/bin/bud-opt.js');
