import path from 'node:path'
import { renderMermaidSVG } from 'beautiful-mermaid'
import highlighter from 'highlight.js/lib/common'
import groovy from 'highlight.js/lib/languages/groovy'
import MarkdownIt, { type State, type Token } from 'markdown-it'
import { anchors } from '../kit/docs/markdown.ts'
import { addressFrom } from './addresses.ts'

/** Markdown to HTML, as GitHub shows it: the same anchors, links between files, diagrams. */
export const markdown = new MarkdownIt({ html: true, linkify: true, highlight })

highlighter.registerLanguage('groovy', groovy)

function highlight(code: string, language: string): string {
  return highlighter.getLanguage(language)
    ? highlighter.highlight(code, { language }).value
    : markdown.utils.escapeHtml(code)
}

markdown.core.ruler.push('anchors and links', ({ tokens, env }: State) => {
  const anchor = anchors()
  tokens.forEach((token, index) => {
    if (token.type === 'heading_open') token.attrSet('id', anchor(plain(tokens[index + 1])))
    if (token.type === 'html_block') rewriteHtml(token, env.file)
    for (const child of token.children ?? []) {
      if (child.type === 'html_inline') rewriteHtml(child, env.file)
      for (const name of ['href', 'src']) {
        const link = child.attrGet(name)
        if (link !== null) child.attrSet(name, addressFrom(env.file ?? '', decodeURI(link)))
      }
    }
  })
})

function rewriteHtml(token: Token, file = ''): void {
  token.content = token.content.replaceAll(
    /\b(href|src|srcset)="([^"\s]+)"/g,
    (_, name: string, link: string) => `${name}="${addressFrom(file, link)}"`,
  )
}

markdown.renderer.rules.heading_close = (tokens, index) => {
  const [open, , close] = tokens.slice(index - 2, index + 1)
  const id = open?.attrGet('id') ?? ''
  const link =
    close?.tag === 'h1'
      ? ''
      : ` <a class="anchor" href="#${id}" aria-hidden="true" tabindex="-1">#</a>`
  return `${link}</${close?.tag}>\n`
}

markdown.renderer.rules.fence = (tokens, index) => {
  const { info = '', content = '' } = tokens[index] ?? {}
  const [language = ''] = info.trim().split(/\s+/)
  if (language === 'mermaid') return diagram(content)
  return `<pre tabindex="0"><code>${highlight(content, language)}</code></pre>\n`
}

/** Wide tables scroll on their own, with the keyboard too. On a phone, rows with sentences are lists of their cells. */
const LONG_CELL = 100
const FEWEST_COLUMNS = 3

markdown.core.ruler.push('rows as lists', ({ tokens }: State) => {
  tokens.forEach((token, index) => {
    if (token.type !== 'table_open') return
    const end = tokens.findIndex((one, at) => at > index && one.type === 'table_close')
    const table = tokens.slice(index, end)
    const after = (type: string) =>
      table.flatMap((one, at) =>
        one.type === type ? [{ cell: one, text: plain(table[at + 1]) }] : [],
      )
    const names = after('th_open').map(({ text }) => text)
    const cells = after('td_open')
    nameRows(table, names[0] ?? '')
    if (names.length < FEWEST_COLUMNS) return
    if (cells.every(({ text }) => text.length < LONG_CELL)) return
    token.attrSet('class', 'table rows')
    cells.forEach(({ cell, text }, at) => {
      const name = names[at % names.length] ?? ''
      if (text !== '' && name !== '' && at % names.length > 0) cell.attrSet('data-name', name)
    })
  })
})

/** Rows of inputs and outputs have anchors, to which the search leads. GitHub has none there, so no link uses them. */
function nameRows(table: readonly Token[], kind: string): void {
  if (kind !== 'input' && kind !== 'output') return
  table.forEach((token, at) => {
    if (token.type === 'tr_open' && table[at + 1]?.type === 'td_open')
      token.attrSet('id', `${kind}-${plain(table[at + 2])}`)
  })
}

markdown.renderer.rules.table_open = (tokens, index) =>
  `<div class="${tokens[index]?.attrGet('class') ?? 'table'}" tabindex="0"><table>\n`
markdown.renderer.rules.table_close = () => '</table></div>\n'

/** A diagram in the colors of the page. The font that the package would fetch is left out. */
function diagram(text: string): string {
  const svg = renderMermaidSVG(text, {
    bg: 'var(--ground)',
    fg: 'var(--ink)',
    line: 'var(--faint)',
    border: 'var(--faint)',
    transparent: true,
  })
    .replace(/@import url\([^)]*\);/, '')
    .replace(/font-family:[^;]*;/g, 'font-family: inherit;')
  const words = text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.trim())
  const label = markdown.utils.escapeHtml(`Diagram. ${words.join('; ')}.`)
  return `<div class="diagram" tabindex="0" role="img" aria-label="${label}">${svg}</div>\n`
}

/** A table may have columns without a name. A header without text says nothing to a screen reader. */
for (const end of ['open', 'close'] as const) {
  markdown.renderer.rules[`th_${end}`] = (tokens, index) => {
    const content = tokens[end === 'open' ? index + 1 : index - 1]
    const tag = plain(content) === '' ? 'td' : 'th'
    return end === 'open' ? `<${tag}>` : `</${tag}>\n`
  }
}

/** The text of a token without its markup. */
export function plain(token: Token | undefined): string {
  if (token === undefined) return ''
  if (token.children === null || token.type === 'image') return token.content
  return token.children
    .map((child) => {
      if (child.type === 'softbreak' || child.type === 'hardbreak') return ' '
      return child.type === 'html_inline' ? '' : child.content
    })
    .join('')
}

/** A name for a file of the site, from its name in the repository. */
export function languageOf(file: string): string {
  const known: Record<string, string> = { '.yml': 'yaml', '.yaml': 'yaml', '.json': 'json' }
  if (/jenkinsfile$/i.test(file)) return 'groovy'
  return known[path.extname(file)] ?? 'text'
}
