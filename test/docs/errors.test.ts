import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { anchorsOf, pages, ROOT } from '../../kit/docs/markdown.ts'
import { CODES, type Code, documentationOf, reasonOf } from '../../src/problem/codes.ts'

const [page = { file: '', text: '' }] = pages('docs/errors.md')

/** The text of each section of the page that explains a code, by its heading. */
const SECTIONS: ReadonlyMap<string, string> = new Map(
  page.text
    .split(/^#{2,3} /m)
    .filter((section) => section.startsWith('ITS-'))
    .map((section) => [
      section.slice(0, section.indexOf('\n')),
      section.slice(section.indexOf('\n')),
    ]),
)

const HEADINGS = [...page.text.matchAll(/^### (ITS-\S+)$/gm)].map(([, code = '']) => code)
const ALL_CODES = Object.keys(CODES) as Code[]

const SOURCES = globSync('src/**/*.ts', { cwd: ROOT })
  .filter((file) => !file.startsWith(path.join('src', 'problem', 'codes')))
  .map((file) => readFileSync(path.join(ROOT, file), 'utf8'))
  .join('\n')

test('docs/errors.md has exactly one section for every code, and every section is about a code', () => {
  expect([...HEADINGS].sort()).toEqual([...ALL_CODES].sort())
})

test.each(ALL_CODES)(
  'the section about %s begins with the reason of a run that ends for it',
  (code) => {
    expect(SECTIONS.get(code)?.trim()).toMatch(new RegExp(`^Reason: \`${reasonOf(code)}\`\\. \\S`))
  },
)

test('the address that a message gives for a code is a heading of the page', () => {
  const anchors = anchorsOf(page)
  for (const code of ALL_CODES) {
    const [file, anchor] = documentationOf(code).split('#')
    expect(file).toBe(page.file)
    expect(anchors).toContain(anchor)
  }
})

test.each(ALL_CODES)('the source reports %s', (code) => {
  expect(SOURCES.includes(`'${code}'`)).toBe(true)
})
