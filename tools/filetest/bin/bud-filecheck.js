#!/usr/bin/env node
await import('../dist/bin/filecheck.js');
