import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** The repository's folder. */
export const ROOT = path.resolve(import.meta.dirname, '../..')

/** A Markdown file, by its path from the root. */
export type Page = { file: string; text: string }

/** A fenced block: its language, its text without the fence's own indentation, and the line of its fence. */
export type Block = { file: string; line: number; language: string; text: string }

/** The Markdown files that are there, of those that a pattern means. */
export function pages(...patterns: readonly string[]): Page[] {
  return globSync(patterns, { cwd: ROOT })
    .sort()
    .map((file) => ({ file, text: readFileSync(path.join(ROOT, file), 'utf8') }))
}

/** What a user or a contributor reads. */
export function documents(): Page[] {
  return pages('*.md', 'docs/*.md', 'bench/README.md', 'e2e/README.md')
}

const FENCE = /^( *)(`{3,}|~{3,})(\w*)[^\n]*\n([\s\S]*?)^ *\2 *$/gm

export function blocksOf({ file, text }: Page): Block[] {
  return [...text.matchAll(FENCE)].map((match) => {
    const [, indent = '', , language = '', inner = ''] = match
    return {
      file,
      line: text.slice(0, match.index).split('\n').length,
      language: language.toLowerCase(),
      text: inner.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    }
  })
}

/** The text without fenced blocks and code spans, where brackets are no links. */
export function prose(text: string): string {
  return text.replaceAll(FENCE, '').replaceAll(/`[^`\n]*`/g, '')
}

/** Where the links and pictures of a page lead, as written. */
export function linksOf(page: Page): string[] {
  const text = page.text.replaceAll(FENCE, '')
  const written = [...text.matchAll(/\]\(([^()\s]+)\)/g)].map(([, to = '']) => to)
  const html = [...text.matchAll(/\b(?:href|src|srcset)="([^"\s]+)"/g)].map(([, to = '']) => to)
  return [...written, ...html]
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchorsOf({ text }: Pick<Page, 'text'>): string[] {
  const anchor = anchors()
  return [...text.replaceAll(FENCE, '').matchAll(/^#{1,6} +(.+?)\s*$/gm)].map(([, heading = '']) =>
    anchor(heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')),
  )
}

/** Makes the anchors of the headings of one page, in their order. A heading that is there again gets a number. */
export function anchors(): (heading: string) => string {
  const seen = new Map<string, number>()
  return (heading) => {
    const anchor = heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
      .replaceAll(' ', '-')
    const before = seen.get(anchor) ?? 0
    seen.set(anchor, before + 1)
    return before === 0 ? anchor : `${anchor}-${before}`
  }
}

/** The commands of a block: a line each, with those that it is continued on, without comments. */
export function commandsOf({ text }: Pick<Block, 'text'>): string[] {
  return text
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '')
}
