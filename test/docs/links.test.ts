import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { brokenLinks, targetOf } from '../../kit/docs/links.ts'
import { pages, prose, ROOT } from '../../kit/docs/markdown.ts'

const ALL = pages('*.md', '.github/*.md', '{docs,bench,e2e,examples}/**/*.md')
test.each(ALL.map((page) => [page.file, page] as const))(
  'every link of %s leads to a file and a heading that exist',
  (_, page) => {
    expect(brokenLinks(page)).toEqual([])
  },
)

test('a link to a missing file or heading is found', () => {
  const broken = ['nothing.md', 'docs/design.md#no-such-heading', '#nor-this', 'docs/no.svg']
  const sound = ['docs/design.md#the-journal', '#inputs', 'docs/statistics.svg', 'https://istio.io']
  const text = [...broken, ...sound].map((link) => `[text](${link})`).join(' ')
  expect(brokenLinks({ file: 'README.md', text })).toEqual(broken)
})

test('every link of the issue forms to this repository leads to a file that exists', () => {
  const forms = ['bug.yml', 'config.yml'].map((name) => `.github/ISSUE_TEMPLATE/${name}`)
  const links = forms.flatMap((file) => {
    const text = readFileSync(path.join(ROOT, file), 'utf8')
    return [...text.matchAll(/https:[^\s)]+/g)].map(([link]) => link)
  })
  const files = links.flatMap((link) => targetOf('', link)?.file ?? [])
  expect(files.length).toBeGreaterThan(0)
  for (const file of files) expect(existsSync(path.join(ROOT, file))).toBe(true)
})

test('every number in brackets in docs/comparison.md is a source, and every source is used', () => {
  const [page] = pages('docs/comparison.md')
  const [facts = '', sources = ''] = prose(page?.text ?? '').split('\n## Sources\n')
  const used = new Set([...facts.matchAll(/\[(\d+)\](?!\()/g)].map(([, number]) => Number(number)))
  const given = [...sources.matchAll(/^\| \[(\d+)\] \|/gm)].map(([, number]) => Number(number))
  expect(given).toEqual(given.map((_, index) => index + 1))
  expect([...used].sort((a, b) => a - b)).toEqual(given)
})
