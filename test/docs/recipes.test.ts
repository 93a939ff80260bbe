import { readdirSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { linksOf, pages, ROOT } from '../../kit/docs/markdown.ts'

test('docs/recipes.md links to every file in examples/ exactly once', () => {
  const [page] = pages('docs/recipes.md')
  const linked = page === undefined ? [] : linksOf(page)
  const examples = linked.flatMap((link) => link.split('../examples/')[1] ?? [])
  expect(examples.toSorted()).toEqual(readdirSync(path.join(ROOT, 'examples')).toSorted())
})
