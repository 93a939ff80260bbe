import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { unifiedDiff } from '../../src/manifest/unified-diff.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'diff-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('A diff has the changed line with three lines around it', () => {
  const before = '1\n2\n3\n4\n5\n6\n7\n8\n9\n'
  expect(unifiedDiff('./some/file.yaml', before, before.replace('5', 'five'))).toBe(
    [
      '--- a/some/file.yaml',
      '+++ b/some/file.yaml',
      '@@ -2,7 +2,7 @@',
      ' 2',
      ' 3',
      ' 4',
      '-5',
      '+five',
      ' 6',
      ' 7',
      ' 8',
    ].join('\n'),
  )
})

test('Equal texts have no diff', () => {
  expect(unifiedDiff('f', 'a\n', 'a\n')).toBe('')
})

test('Distant changes have a hunk each, and near ones share one', () => {
  const lines = Array.from({ length: 40 }, (_, index) => `line ${index}\n`)
  const changed = (...at: number[]) =>
    lines.map((line, index) => (at.includes(index) ? `new ${line}` : line)).join('')
  const hunks = (text: string) => unifiedDiff('f', lines.join(''), text).match(/^@@/gm)?.length
  expect(hunks(changed(3, 9))).toBe(1)
  expect(hunks(changed(3, 20))).toBe(2)
})

// Few different lines, so that the same one stands in many places.
const text = fc
  .array(fc.constantFrom('a', 'b', '', ' c', '- d'), { maxLength: 25 })
  .chain((lines) => fc.constantFrom(lines.join('\n'), `${lines.join('\n')}\n`))

test('git applies the diff to the old text and gets the new one', () => {
  mkdirSync(join(folder, 'sub'))
  fc.assert(
    fc.property(text, text, (before, after) => {
      fc.pre(before !== '' && after !== '')
      const file = join(folder, 'sub', 'file.yaml')
      writeFileSync(file, before)
      const diff = unifiedDiff('sub/file.yaml', before, after)
      if (diff !== '')
        execFileSync('git', ['apply', '--unidiff-zero', '--whitespace=nowarn', '-'], {
          cwd: folder,
          input: `${diff}\n`,
          env: { PATH: process.env.PATH, GIT_CEILING_DIRECTORIES: tmpdir() },
        })
      expect(readFileSync(file, 'utf8')).toBe(after)
    }),
    { numRuns: 60, seed: 20 },
  )
})
