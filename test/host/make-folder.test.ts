import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeFolder } from '../../src/host/make-folder.ts'

test('a folder is made with those above it, and one that is there stays', () => {
  const top = mkdtempSync(join(tmpdir(), 'folder-'))
  const folder = join(top, 'a', 'b', 'c')
  makeFolder(folder)
  makeFolder(folder)
  expect(existsSync(folder)).toBe(true)
  rmSync(top, { recursive: true })
})

test('where the file system makes no folders it ends with what that says', () => {
  expect(() => makeFolder('/proc/none/below')).toThrow(/ENOENT/)
})
