import { parseAllDocuments } from 'yaml'
import type { Json } from '../../src/kube/json.ts'

/**
 * What a text means to another YAML parser than the one that edits. Byte order marks at the start
 * of a later document are left out: that parser takes them for text.
 */
export function meaning(text: string): Json {
  const documents = parseAllDocuments(text.replaceAll(/(?<=^|[\r\n])\uFEFF/g, ''), {
    merge: true,
    logLevel: 'silent',
    // A tag of an application means nothing to Kubernetes.
    resolveKnownTags: true,
  })
  if (!Array.isArray(documents)) return []
  return documents.map((document) => {
    const [error] = document.errors
    if (error) throw error
    return document.toJS({ maxAliasCount: -1 }) as Json
  })
}

/**
 * The lines in which two texts differ in another way than an edit of weights may: a weight has other
 * digits, something was added within a line in brackets, or lines were added. Line ends count.
 */
export function foreignChanges(before: string, after: string): string[] {
  const old = linesOf(before)
  const now = linesOf(after)
  const foreign: string[] = []
  let next = 0
  for (const [index, line] of old.entries()) {
    const isLast = index === old.length - 1
    const found = now.findIndex((other, at) => at >= next && isEditOf(line, other, isLast))
    if (found < 0) foreign.push(line)
    else next = found + 1
  }
  return foreign
}

function isEditOf(line: string, written: string, isLast: boolean): boolean {
  if (line === written) return true
  // The last line gets a line end where lines are added behind it.
  const other = isLast && !/[\r\n]$/.test(line) ? written.replace(/\r?\n$/, '') : written
  const comment = commentOf(line)
  if (comment !== commentOf(other)) return false
  const [a, b] = [withoutWeights(line), withoutWeights(other)]
  return a === b || (/[[{}\]",]/.test(line) && hasOnlyMore(tokensOf(a), tokensOf(b)))
}

/** A comment at the end of a line, with the line end. Text in quotes counts too, which makes the comparison stricter. */
function commentOf(line: string): string {
  return /(^|\s)#.*$/s.exec(line)?.[0] ?? ''
}

/** A weight can have an anchor, or be an alias, which an edit replaces. */
function withoutWeights(line: string): string {
  return line.replaceAll(/(weight"?\s*:\s*(?:&\w+\s+)?)(?:\d+|\*\w+)/g, '$1N')
}

function tokensOf(line: string): string[] {
  return line.match(/\s+|[\w./-]+|[^\w\s./-]/g) ?? []
}

/** Whether a line in brackets has all its parts in their order, and between them nothing but what destinations are made of. */
function hasOnlyMore(before: readonly string[], after: readonly string[]): boolean {
  let next = 0
  for (const token of after) {
    if (token === before[next]) next += 1
    else if (!/^([\w./-]+|[{},:"']|[ \t]+)$/.test(token)) return false
  }
  return next === before.length
}

function linesOf(text: string): string[] {
  return text.match(/[^\r\n]*(\r\n|\n|\r|$)/g)?.filter((line) => line !== '') ?? []
}
