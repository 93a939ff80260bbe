import type { Expectation } from '../options/options.ts'
import { type MatchReply, startMatching } from './match-replies.ts'
import type { Met, Unclassified } from './met.ts'

/** Where a connection went, or why nobody can tell. */
export type Classified =
  | { kind: 'destination'; index: number }
  | { kind: 'unclassified'; why: Unclassified; detail: string }
  | { kind: 'client-limit'; why: string }

const REMEMBERED_REPLIES = 256
const DETAIL_LENGTH = 120

/**
 * A function that tells which expectation a connection's reply matches. Most replies are the same
 * few, so what was found for them is remembered.
 */
export function startClassifying(
  expect: readonly Expectation[],
  match: MatchReply = startMatching(expect),
): (met: Met) => Classified {
  const remembered = new Map<string, Classified>()
  return (met) => {
    if (met.kind === 'client-limit') return met
    if (met.kind !== 'reply') {
      return { kind: 'unclassified', why: met.kind, detail: met.kind === 'failed' ? met.why : '' }
    }
    const known = remembered.get(met.text)
    if (known) return known
    const classified = classifyReply(met.text, match)
    if (remembered.size < REMEMBERED_REPLIES) remembered.set(met.text, classified)
    return classified
  }
}

function classifyReply(text: string, match: MatchReply): Classified {
  const found = match(text)
  const detail = text.slice(0, DETAIL_LENGTH)
  if (found === undefined) return { kind: 'unclassified', why: 'slow expression', detail }
  const [index, second] = found
  if (index === undefined) return { kind: 'unclassified', why: 'unknown reply', detail }
  if (second !== undefined) return { kind: 'unclassified', why: 'ambiguous reply', detail }
  return { kind: 'destination', index }
}
