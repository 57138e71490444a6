// Documentation and examples of the ops.
import { readFileSync } from 'node:fs';
import { loopDialect } from './dialect.js';
import { testExamples, testReadme } from './testing/examples.js';

testExamples(loopDialect);
testReadme(readFileSync(new URL('../README.md', import.meta.url), 'utf8'));
