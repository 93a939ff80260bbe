import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { anchorsOf, linksOf, type Page, pages, prose, ROOT } from '../../kit/docs/markdown.ts'

const ALL = pages('*.md', '.github/*.md', '{docs,bench,e2e,examples}/**/*.md')
const HOME = 'https://github.com/istio-traffic-shift/istio-traffic-shift/'

/** The file of this repository, and the heading in it, to which a link of a page leads. Undefined: it leads elsewhere. */
function target(page: Page, link: string): { file: string; anchor: string } | undefined {
  const own = link.startsWith(`${HOME}blob/main/`)
  if (!own && /^[a-z]+:/.test(link)) return undefined
  const [to = '', anchor = ''] = (own ? link.slice(`${HOME}blob/main/`.length) : link).split('#')
  const folder = own ? '' : path.dirname(page.file)
  return { file: to === '' ? page.file : path.normalize(path.join(folder, to)), anchor }
}

function brokenLinks(page: Page): string[] {
  return linksOf(page).filter((link) => {
    const to = target(page, link)
    if (to === undefined) return false
    const file = path.join(ROOT, to.file)
    if (!existsSync(file)) return true
    if (to.anchor === '') return false
    return !anchorsOf({ file, text: readFileSync(file, 'utf8') }).includes(to.anchor)
  })
}

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

test('the README links to every page of docs/', () => {
  const [readme] = pages('README.md')
  const linked = readme ? linksOf(readme).map((link) => target(readme, link)?.file) : []
  for (const { file } of pages('docs/*.md')) expect(linked).toContain(file)
})

test('every link of the issue forms to this repository leads to a file that exists', () => {
  const forms = ['bug.yml', 'config.yml'].map((name) => `.github/ISSUE_TEMPLATE/${name}`)
  const links = forms.flatMap((file) => {
    const text = readFileSync(path.join(ROOT, file), 'utf8')
    return [...text.matchAll(/https:[^\s)]+/g)].map(([link]) => link)
  })
  const files = links.flatMap((link) => target({ file: '', text: '' }, link)?.file ?? [])
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
