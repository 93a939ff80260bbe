import { parseAllDocuments } from 'yaml'
import { type Json, type JsonObject, replacedAt } from '../../src/kube/json.ts'

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

/** The same with another list of destinations. */
export function withRoutes(
  documents: Json,
  place: readonly (string | number)[],
  routes: readonly JsonObject[],
): Json {
  return replacedAt(documents, place, [...routes])
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
  const [a, b] = [withoutWeights(line), withoutWeights(other)]
  if (a === b) return true
  if (!/[[{}\]",]/.test(line)) return false
  let head = 0
  while (head < a.length && a[head] === b[head]) head += 1
  let tail = 0
  while (tail < a.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1
  if (head + tail === a.length) return true
  // A weight in each of several items of one line, and an item behind them.
  return /^\s*(-|\[|\{)/.test(line) && withoutAdded(b) === withoutAdded(a)
}

function withoutWeights(line: string): string {
  return line.replaceAll(/(weight"?\s*:\s*)\d+/g, '$1N')
}

function withoutAdded(line: string): string {
  return line
    .replaceAll(/,?\s*"?weight"?:\s*N/g, '')
    .replace(/,?\s*\{[^{}]*\{[^{}]*(\{[^{}]*\})?[^{}]*\}[^{}]*\}(?=,?\s*\])/g, '')
}

function linesOf(text: string): string[] {
  return text.match(/[^\r\n]*(\r\n|\n|\r|$)/g)?.filter((line) => line !== '') ?? []
}
