import { expect, test } from 'vitest'
import { brokenLinks, targetOf } from '../../kit/docs/links.ts'
import { linksOf, pages } from '../../kit/docs/markdown.ts'
import { INDEX, missingPages, navigation, navigationOf } from '../../kit/docs/navigation.ts'

test('docs/README.md, which is the navigation of the site, lists every page of docs/', () => {
  expect(missingPages(navigation(), pages('README.md', 'docs/**/*.md'))).toEqual([])
})

test('a page that docs/README.md does not list is found', () => {
  const text = '# Pages\n\n## Start\n\n- [HTTP](http.md): a page\n- [Inputs](../README.md#inputs)\n'
  const sections = navigationOf({ file: INDEX, text })
  expect(sections).toEqual([
    {
      title: 'Start',
      entries: [
        { label: 'HTTP', file: 'docs/http.md', anchor: '' },
        { label: 'Inputs', file: 'README.md', anchor: 'inputs' },
      ],
    },
  ])
  const all = [{ file: 'README.md' }, { file: 'docs/http.md' }, { file: 'docs/new.md' }]
  expect(missingPages(sections, all)).toEqual(['docs/new.md'])
})

test('every section of the navigation has links, and no label is there twice', () => {
  const sections = navigation()
  expect(sections.length).toBeGreaterThan(3)
  for (const { title, entries } of sections) expect([title, entries.length]).not.toContain(0)
  const labels = sections.flatMap(({ entries }) => entries.map(({ label }) => label))
  expect(new Set(labels).size).toBe(labels.length)
  expect(pages(INDEX).flatMap(brokenLinks)).toEqual([])
})

test('the README links to docs/README.md', () => {
  const links = pages('README.md').flatMap(linksOf)
  expect(links.map((link) => targetOf('README.md', link)?.file)).toContain(INDEX)
})
