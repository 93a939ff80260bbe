import { existsSync } from 'node:fs'
import path from 'node:path'
import { targetOf } from '../../kit/docs/links.ts'
import { ROOT } from '../../kit/docs/markdown.ts'

/** A built page, by its path from the root of the site. */
export type BuiltPage = { path: string; html: string }

const LINK = /\s(?:href|src|srcset)="([^"]*)"/g
const ANCHOR = /\sid="([^"]+)"/g

/** The links of a built page, as written. */
export function htmlLinks({ html }: BuiltPage): string[] {
  return [...html.matchAll(LINK)].map(([, link = '']) => link.replaceAll('&amp;', '&'))
}

/** Links that lead to no file or no anchor of the site, or to an address without the form of one. */
export function deadLinks(
  pages: readonly BuiltPage[],
  exists: (file: string) => boolean,
): string[] {
  const anchors = new Map(
    pages.map((page) => [page.path, new Set([...page.html.matchAll(ANCHOR)].map(([, id]) => id))]),
  )
  const isDead = (page: BuiltPage, link: string): boolean => {
    if (/^[a-z][a-z+.-]*:/i.test(link)) return !isSoundAddress(link)
    const [to = '', anchor = ''] = link.split('#')
    const file = to === '' ? page.path : path.posix.join(path.posix.dirname(page.path), to)
    if (file.startsWith('..') || !exists(file)) return true
    return anchor !== '' && !anchors.get(file)?.has(decodeURIComponent(anchor))
  }
  return pages.flatMap((page) =>
    [...new Set(htmlLinks(page))]
      .filter((link) => isDead(page, link))
      .map((link) => `${page.path}: "${link}" leads nowhere`),
  )
}

/** Whether an address has the form of one. Of this repository on GitHub, the file must exist too. */
function isSoundAddress(link: string): boolean {
  if (link.startsWith('mailto:')) return true
  if (!URL.canParse(link)) return false
  const { protocol, hostname } = new URL(link)
  if (protocol !== 'https:' && protocol !== 'http:') return false
  const own = targetOf('', link)
  return own === undefined ? hostname.includes('.') : existsSync(path.join(ROOT, own.file))
}

/** Pages that no link of the navigation leads to. */
export function unreachedPages(pages: readonly BuiltPage[]): string[] {
  const start = pages.find(({ path: name }) => name === 'index.html')
  const [, menu = ''] = /<nav[^>]*>([\s\S]*?)<\/nav>/.exec(start?.html ?? '') ?? []
  const linked = htmlLinks({ path: 'index.html', html: menu }).map((link) => link.split('#')[0])
  return pages
    .map(({ path: name }) => name)
    .filter((name) => !linked.includes(name) && name !== 'docs/index.html')
    .map(
      (name) => `${name}: no link of the navigation leads here. List the page in docs/README.md.`,
    )
}

/** Pages without a title or a description of their own. */
export function unnamedPages(pages: readonly BuiltPage[]): string[] {
  const fields: readonly (readonly [string, RegExp])[] = [
    ['title', /<title>([^<]+)<\/title>/],
    ['description', /<meta name="description" content="([^"]+)">/],
  ]
  return fields.flatMap(([name, pattern]) => {
    const seen = new Set<string>()
    return pages.flatMap((page) => {
      const text = pattern.exec(page.html)?.[1]?.trim() ?? ''
      if (text === '') return [`${page.path}: the page has no ${name}`]
      if (seen.has(text)) return [`${page.path}: another page has the same ${name}: "${text}"`]
      seen.add(text)
      return []
    })
  })
}
