import path from 'node:path'
import { targetOf } from './links.ts'
import { type Page, pages, prose } from './markdown.ts'

/** The page that lists all others. The sidebar of the site has its sections and links. */
export const INDEX = 'docs/README.md'

/** A link of the index: its text, the file that it leads to, and a heading in it or ''. */
export type Entry = { label: string; file: string; anchor: string }
export type Section = { title: string; entries: readonly Entry[] }

/** The sections of an index: the first link of each item of its lists, under the headings of level 2. */
export function navigationOf(index: Page): Section[] {
  return prose(index.text)
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [title = ''] = section.split('\n')
      const links = section.matchAll(/^[-*] \[([^\]]+)\]\(([^()\s]+)\)/gm)
      const entries = [...links].flatMap(([, label = '', link = '']) => {
        const to = targetOf(index.file, link)
        return to === undefined ? [] : [{ label, ...to }]
      })
      return { title: title.trim(), entries }
    })
}

/** The navigation of this repository. */
export function navigation(): Section[] {
  return pages(INDEX).flatMap(navigationOf)
}

/** What a reader of the site can open: every page of docs/, and each Markdown file that the index links to. */
export function sitePages(sections: readonly Section[]): Page[] {
  const linked = sections
    .flatMap(({ entries }) => entries.map(({ file }) => file))
    .filter((file) => path.extname(file) === '.md')
  return pages(...new Set(['README.md', 'docs/**/*.md', ...linked]))
}

/** The pages to which no entry leads. */
export function missingPages(
  sections: readonly Section[],
  all: readonly Pick<Page, 'file'>[],
): string[] {
  const linked = new Set(sections.flatMap(({ entries }) => entries.map(({ file }) => file)))
  return all.map(({ file }) => file).filter((file) => file !== INDEX && !linked.has(file))
}
