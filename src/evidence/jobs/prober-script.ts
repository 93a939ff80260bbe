import { readFileSync } from 'node:fs'

/**
 * The script that the Pods of a Job run: src/prober/ in one text. In dist/ the text is a part of the program,
 * compressed, in place of this module (build/build.ts), so that no file is read for it. Elsewhere the build, or the tests, have written it.
 */
export function proberScript(): string {
  return readFileSync(new URL('../../../lib/prober/index.js', import.meta.url), 'utf8')
}
