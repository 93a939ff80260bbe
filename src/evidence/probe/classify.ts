import type { ConnectionOutcome, Unclassified } from './connection-outcome.ts'
import { type Expectation, type MatchReply, startMatching } from './match-replies.ts'

/** Where a connection went, or why that is not known. */
export type Classified =
  | { kind: 'destination'; index: number }
  | { kind: 'unclassified'; why: Unclassified; detail: string; beyond?: BeyondReply }
  | { kind: 'client-limit'; why: string }

/** What `reply-until: match` would have read of a reply that was incomplete, or was cut too early. */
export type BeyondReply = { text: string; matches: boolean }

type Reply = Extract<ConnectionOutcome, { kind: 'reply' }>

const REMEMBERED_REPLIES = 256
/** Characters of a reply, and of an error text, that are kept to be shown. */
const REPLY_LENGTH = 120
const FAILURE_LENGTH = 240

/**
 * Returns a function that finds which expectation a connection's reply matches. Most replies are the same few, so
 * results are remembered. `redact` removes secrets from what is kept to be shown, before it is cut.
 */
export function startClassifying(
  expect: readonly Expectation[],
  redact: (text: string) => string,
  match: MatchReply = startMatching(expect),
): (outcome: ConnectionOutcome) => Classified {
  const remembered = new Map<string, Classified>()
  return (outcome) => {
    if (outcome.kind === 'client-limit') return outcome
    if (outcome.kind === 'timeout' && outcome.incomplete !== undefined) {
      const beyond = readBeyond(outcome.incomplete, match, redact)
      return { kind: 'unclassified', why: 'timeout', detail: beyond.text, beyond }
    }
    if (outcome.kind !== 'reply') {
      const detail = outcome.kind === 'failed' ? redact(outcome.why).slice(0, FAILURE_LENGTH) : ''
      return { kind: 'unclassified', why: outcome.kind, detail }
    }
    const known = remembered.get(outcome.text)
    if (known) return known
    const classified = classifyReply(outcome, match, redact)
    if (remembered.size < REMEMBERED_REPLIES) remembered.set(outcome.text, classified)
    return classified
  }
}

/** A text that several expressions match counts as one that none matches. */
function readBeyond(
  text: string,
  match: MatchReply,
  redact: (text: string) => string,
): BeyondReply {
  return { text: redact(text).slice(0, REPLY_LENGTH), matches: match.whole(text)?.length === 1 }
}

function classifyReply(
  { text, whole, truncated }: Reply,
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
  if (second !== undefined) return unclassified('ambiguous reply')
  if (index !== undefined) return { kind: 'destination', index }
  if (truncated) return unclassified('truncated reply')
  const unknown = unclassified('unknown reply')
  return whole === undefined ? unknown : { ...unknown, beyond: readBeyond(whole, match, redact) }
}
