import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeFolder } from '../../src/host/make-folder.ts'

test('a folder is created with the folders above it, and an existing folder is kept', () => {
  const top = mkdtempSync(join(tmpdir(), 'folder-'))
  const folder = join(top, 'a', 'b', 'c')
  makeFolder(folder)
  makeFolder(folder)
  expect(existsSync(folder)).toBe(true)
  rmSync(top, { recursive: true })
})

test('the error of a file system that creates no folders is passed on', () => {
  expect(() => makeFolder('/proc/none/below')).toThrow(/ENOENT/)
})
