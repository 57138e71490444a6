// Documentation and examples of the ops.
import { readFileSync } from 'node:fs';
import { testExamples, testReadme } from '../../loop/src/testing/examples.js';
import { simdDialect } from './dialect.js';

testExamples(simdDialect);
testReadme(readFileSync(new URL('../README.md', import.meta.url), 'utf8'));
