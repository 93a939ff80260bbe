import { existsSync, statSync } from 'node:fs'
import path from 'node:path'
import { HOME, targetOf } from '../kit/docs/links.ts'
import { anchors, ROOT } from '../kit/docs/markdown.ts'
import { navigation, sitePages } from '../kit/docs/navigation.ts'

/** The page that shows every file of examples/. */
export const EXAMPLES = 'examples/README.md'

/** The Markdown files of the site, by their paths in the repository. */
const FILES = new Set([EXAMPLES, ...sitePages(navigation()).map(({ file }) => file)])

/** The path in the site of a file of the repository. Undefined: the site does not have it. */
export function pathOf(file: string): string | undefined {
  if (FILES.has(file))
    return file.replace(/(README)?\.md$/, (_, index?: string) => (index ? 'index.html' : '.html'))
  if (/^docs\/.*\.(png|svg|json|cast)$/.test(file)) return file
  return undefined
}

/**
 * What a link in a file of the repository becomes in the site. Paths are relative, so that the site works under any
 * address and from a folder. What the site does not have leads to GitHub.
 */
export function addressFrom(file: string, link: string): string {
  const to = targetOf(file, link)
  if (to === undefined) return link
  if (link.startsWith('#')) return link
  const example = exampleAnchor(to.file)
  const target = example === undefined ? pathOf(to.file) : pathOf(EXAMPLES)
  const anchor = example || to.anchor
  if (target === undefined) return onGitHub(to.file, to.anchor)
  const from = path.dirname(pathOf(file) ?? '')
  return `${path.relative(from, target)}${anchor === '' ? '' : `#${anchor}`}`
}

/** The heading of an example on its page; '' for the folder of all examples. */
function exampleAnchor(file: string): string | undefined {
  const name = path.relative(path.dirname(EXAMPLES), file)
  if (name === '') return ''
  return name.startsWith('..') || file === EXAMPLES ? undefined : anchors()(name)
}

export function onGitHub(file: string, anchor = ''): string {
  const full = path.join(ROOT, file)
  const kind = existsSync(full) && statSync(full).isDirectory() ? 'tree' : 'blob'
  return `${HOME}${kind}/main/${file}${anchor === '' ? '' : `#${anchor}`}`
}
