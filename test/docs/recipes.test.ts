import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { linksOf, pages, ROOT } from '../../kit/docs/markdown.ts'

const EXAMPLES = globSync('examples/**/*', { cwd: ROOT, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)))
  .sort()

test('docs/recipes.md links to every file in examples/', () => {
  const [page] = pages('docs/recipes.md')
  const linked = page === undefined ? [] : linksOf(page)
  const files = linked.flatMap((link) => (link.startsWith('../examples/') ? [link.slice(3)] : []))
  expect([...new Set(files)].sort()).toEqual(EXAMPLES)
})

test('every file in examples/ is named by a test or a check of CI that runs or validates it', () => {
  const tests = globSync(['test/**/*.{test,long}.ts', 'e2e/**/*.ts', 'build/checks/*.ts'], {
    cwd: ROOT,
  })
    .filter((file) => !file.startsWith('test/docs/'))
    .map((file) => readFileSync(path.join(ROOT, file), 'utf8'))
  const named = (file: string) =>
    tests.some((text) => text.includes(`'${path.basename(file)}'`) || text.includes(`'${file}'`))
  expect(EXAMPLES.filter((file) => !named(file))).toEqual([])
})
