import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Token } from 'markdown-it'
import { type Page, ROOT } from '../kit/docs/markdown.ts'
import { navigation, type Section, sitePages } from '../kit/docs/navigation.ts'
import { addressFrom, EXAMPLES, onGitHub, pathOf } from './addresses.ts'
import type { Part } from './browser/search.ts'
import { languageOf, markdown, plain } from './markdown.ts'

type Link = { label: string; address: string; current: boolean }
type Heading = { level: number; text: string; anchor: string }

/** What the layout shows of a page beside its text. */
export type PageData = {
  file: string
  title: string
  description: string
  /** The path from this page to the root of the site, such as `../`. */
  root: string
  source: string
  menu: readonly { title: string; links: readonly Link[] }[]
  outline: readonly Heading[]
  before: Link | undefined
  after: Link | undefined
}

export type SitePage = Page & { path: string; data: PageData; parts: readonly Omit<Part, 'id'>[] }

const MOST_IN_OUTLINE = 40
const LONGEST_DESCRIPTION = 180

/** Every page of the site, in the order of the navigation. */
export function sitePagesOf(): SitePage[] {
  const menu = navigation()
  const order = [...new Set(menu.flatMap(({ entries }) => entries.map(pageOfEntry)))]
  const place = ({ file }: Page) => (order.includes(file) ? order.indexOf(file) : order.length)
  const all = [...sitePages(menu), examples()].sort((one, other) => place(one) - place(other))
  return all.map((page, index) => pageOf(page, menu, [all[index - 1], all[index + 1]]))
}

function pageOfEntry({ file }: { file: string }): string {
  return file === path.dirname(EXAMPLES) ? EXAMPLES : file
}

function pageOf(
  page: Page,
  menu: readonly Section[],
  [before, after]: readonly (Page | undefined)[],
): SitePage {
  const tokens = markdown.parse(page.text, { file: page.file })
  const headings = headingsOf(tokens)
  const title = headings.find(({ level }) => level === 1)?.text ?? ''
  const own = pathOf(page.file) ?? ''
  const outline = headings.filter(({ level }) => level === 2 || level === 3)
  const neighbor = (other: Page | undefined): Link | undefined =>
    other && {
      label: headingsOf(markdown.parse(other.text, { file: other.file }))[0]?.text ?? '',
      address: addressFrom(page.file, path.relative(path.dirname(page.file), other.file)),
      current: false,
    }
  return {
    ...page,
    path: own,
    parts: partsOf(tokens, title, own),
    data: {
      file: page.file,
      title,
      description: descriptionOf(tokens),
      root: '../'.repeat(own.split('/').length - 1),
      source: page.file === EXAMPLES ? onGitHub(path.dirname(EXAMPLES)) : onGitHub(page.file),
      menu: menu.map((section) => ({
        title: section.title,
        links: section.entries.map((entry) => {
          const anchor = entry.anchor === '' ? '' : `#${entry.anchor}`
          const file = path.relative(path.dirname(page.file), pageOfEntry(entry))
          const current = pageOfEntry(entry) === page.file && anchor === ''
          return { label: entry.label, address: addressFrom(page.file, file + anchor), current }
        }),
      })),
      outline:
        outline.length > MOST_IN_OUTLINE ? outline.filter(({ level }) => level === 2) : outline,
      before: neighbor(before),
      after: neighbor(after),
    },
  }
}

function headingsOf(tokens: readonly Token[]): Heading[] {
  return tokens.flatMap((token, index) =>
    token.type === 'heading_open'
      ? [
          {
            level: Number(token.tag.slice(1)),
            text: plain(tokens[index + 1]),
            anchor: token.attrGet('id') ?? '',
          },
        ]
      : [],
  )
}

/** The first sentences of the page, as search engines and previews show them. */
function descriptionOf(tokens: readonly Token[]): string {
  const first = tokens.findIndex(({ type }) => type === 'paragraph_open')
  const text = plain(tokens[first + 1])
  if (text.length <= LONGEST_DESCRIPTION) return text
  const cut = text.slice(0, LONGEST_DESCRIPTION)
  const end = cut.lastIndexOf('. ')
  return end > 0 ? cut.slice(0, end + 1) : `${cut.slice(0, cut.lastIndexOf(' '))} ...`
}

/** The text below each heading, and of each row with an anchor, for the search. */
function partsOf(tokens: readonly Token[], page: string, address: string): Omit<Part, 'id'>[] {
  const parts: { page: string; heading: string; address: string; text: string }[] = []
  const rows: typeof parts = []
  tokens.forEach((token, index) => {
    const anchor = token.attrGet('id') ?? ''
    const full = anchor === '' || token.tag === 'h1' ? address : `${address}#${anchor}`
    if (token.type === 'heading_open')
      parts.push({ page, heading: plain(tokens[index + 1]), address: full, text: '' })
    if (token.type === 'tr_open' && anchor !== '') {
      const end = tokens.findIndex((one, at) => at > index && one.type === 'tr_close')
      const [heading = '', ...cells] = tokens
        .slice(index, end)
        .flatMap((one) => (one.type === 'inline' ? [plain(one)] : []))
      rows.push({ page, heading, address: full, text: cells.join(' ') })
    }
    const last = parts.at(-1)
    if (last && (token.type === 'fence' || token.type === 'inline'))
      if (tokens[index - 1]?.type !== 'heading_open') last.text += `${plain(token).trim()} `
  })
  return [...parts, ...rows]
}

/** The files of examples/ as one page. */
function examples(): Page {
  const folder = path.dirname(EXAMPLES)
  const files = globSync('**/*.*', { cwd: path.join(ROOT, folder) })
  const others = globSync('**/*file', { cwd: path.join(ROOT, folder) })
  const shown = [...new Set([...files, ...others])]
    .filter((name) => !name.endsWith('.md'))
    .sort()
    .map((name) => {
      const text = readFileSync(path.join(ROOT, folder, name), 'utf8')
      return `## ${name}\n\n\`\`\`\`${languageOf(name)}\n${text}\n\`\`\`\`\n`
    })
  const about =
    'Workflows and pipelines to copy. The tests run or validate each of them. The zeros stand for a commit that you have reviewed ([Install](../README.md#install)).'
  return { file: EXAMPLES, text: `# Examples\n\n${about}\n\n${shown.join('\n')}` }
}
