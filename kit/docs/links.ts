import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { anchorsOf, linksOf, type Page, ROOT } from './markdown.ts'

/** The files of this repository on GitHub. */
export const HOME = 'https://github.com/istio-traffic-shift/istio-traffic-shift/'
const ON_MAIN = `${HOME}blob/main/`

/** A file of this repository, by its path from the root, and a heading in it or ''. */
export type Target = { file: string; anchor: string }

/** The file and the heading to which a link of a page leads. Undefined: it leads to another place. */
export function targetOf(file: string, link: string): Target | undefined {
  const own = link.startsWith(ON_MAIN)
  if (!own && /^[a-z]+:/.test(link)) return undefined
  const [to = '', anchor = ''] = (own ? link.slice(ON_MAIN.length) : link).split('#')
  const folder = own ? '' : path.dirname(file)
  return { file: to === '' ? file : path.normalize(path.join(folder, to)), anchor }
}

/** The links of a page that lead to no file or no heading, by the rules of GitHub. */
export function brokenLinks(page: Page): string[] {
  return linksOf(page).filter((link) => {
    const to = targetOf(page.file, link)
    if (to === undefined) return false
    const file = path.join(ROOT, to.file)
    if (!existsSync(file)) return true
    if (to.anchor === '') return false
    return !anchorsOf({ text: readFileSync(file, 'utf8') }).includes(to.anchor)
  })
}
