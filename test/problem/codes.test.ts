import { globSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from '../../kit/docs/markdown.ts'
import { CODES, documentationOf, reasonOf } from '../../src/problem/codes.ts'

test('every table of codes is part of the whole, and no code is in two tables', async () => {
  const files = globSync('src/problem/codes/*.ts', { cwd: ROOT })
  const tables = await Promise.all(files.map((file) => import(path.join(ROOT, file))))
  const codes = tables.flatMap((table) => Object.values<object>(table)).flatMap(Object.keys)
  expect([...codes].sort()).toEqual(Object.keys(CODES).sort())
})

test('a code is written in capitals and dashes after ITS-', () => {
  for (const code of Object.keys(CODES)) expect(code).toMatch(/^ITS(-[A-Z0-9]+)+$/)
})

test('a code has a reason, and a place in the documentation', () => {
  expect(reasonOf('ITS-WEIGHTS-SUM')).toBe('input')
  expect(documentationOf('ITS-WEIGHTS-SUM')).toBe('docs/errors.md#its-weights-sum')
})
