import type { Expectation } from '../../options/options.ts'
import { type MatchReply, startMatching } from './match-replies.ts'
import type { Met, Unclassified } from './met.ts'

/** Where a connection went, or why nobody can tell. */
export type Classified =
  | { kind: 'destination'; index: number }
  | { kind: 'unclassified'; why: Unclassified; detail: string; beyond?: BeyondReply }
  | { kind: 'client-limit'; why: string }

/** What `reply-until: match` would see where the reply was not complete, or cut too early. */
export type BeyondReply = { text: string; matches: boolean }

const REMEMBERED_REPLIES = 256
/** Characters of a reply, and of what a failed try says, that are kept to be shown. */
const REPLY_LENGTH = 120
const FAILURE_LENGTH = 240

/**
 * A function that tells which expectation a connection's reply matches. Most replies are the same
 * few, so what was found for them is remembered. `redact` takes secrets out of what is kept to be
 * shown, before it is cut.
 */
export function startClassifying(
  expect: readonly Expectation[],
  redact: (text: string) => string,
  match: MatchReply = startMatching(expect),
): (met: Met) => Classified {
  const remembered = new Map<string, Classified>()
  return (met) => {
    if (met.kind === 'client-limit') return met
    if (met.kind === 'timeout' && met.incomplete !== undefined) {
      const { incomplete } = met
      const beyond = lookBeyond(incomplete, match, redact)
      return { kind: 'unclassified', why: 'timeout', detail: beyond.text, beyond }
    }
    if (met.kind !== 'reply') {
      const detail = met.kind === 'failed' ? redact(met.why).slice(0, FAILURE_LENGTH) : ''
      return { kind: 'unclassified', why: met.kind, detail }
    }
    const known = remembered.get(met.text)
    if (known) return known
    const classified = classifyReply(met, match, redact)
    if (remembered.size < REMEMBERED_REPLIES) remembered.set(met.text, classified)
    return classified
  }
}

/** Of several that match one decides as little as none. */
function lookBeyond(
  text: string,
  match: MatchReply,
  redact: (text: string) => string,
): BeyondReply {
  return { text: redact(text).slice(0, REPLY_LENGTH), matches: match.whole(text)?.length === 1 }
}

function classifyReply(
  { text, whole }: Extract<Met, { kind: 'reply' }>,
  match: MatchReply,
  redact: (text: string) => string,
): Classified {
  const unclassified = (why: Unclassified) => ({
    kind: 'unclassified' as const,
    why,
    detail: redact(text).slice(0, REPLY_LENGTH),
  })
  const found = match.whole(text)
  if (found === undefined) return unclassified('slow expression')
  const [index, second] = found
  if (index === undefined) {
    const unknown = unclassified('unknown reply')
    return whole === undefined ? unknown : { ...unknown, beyond: lookBeyond(whole, match, redact) }
  }
  return second === undefined ? { kind: 'destination', index } : unclassified('ambiguous reply')
}
