#!/usr/bin/env node
await import('../dist/bin/bud-lsp.js');
