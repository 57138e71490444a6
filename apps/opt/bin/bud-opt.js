#!/usr/bin/env node
// Committed, so that npm can link the command before the first build. Node 22 keeps the compiled code of modules.
import module from 'node:module';
import v8 from 'node:v8';

module.enableCompileCache?.();
// A run is short and its hot functions are few: let V8 optimise them from the first calls on. Takes about a tenth off a
// module of 100,000 ops, and nothing off an empty one.
v8.setFlagsFromString('--no-lazy-feedback-allocation');
await import('../dist/bin/bud-opt.js');
