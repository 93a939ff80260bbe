import type {
  ConnectionOutcome,
  FailureCause,
  ReplyHead,
  Unclassified,
} from './connection-outcome.ts'
import { type Expectation, hasStatus, type StatusRange } from './expectation.ts'
import { isGatewayReply, replyInWords } from './gateway-reply.ts'
import { type OwnReplyCause, ownReplyCause } from './http/own-reply-cause.ts'
import { type MatchReply, startMatching } from './match-replies.ts'
import type { Stamps } from './stamps.ts'
import { type CutReplies, startCutReplies } from './tcp/cut-replies.ts'

/** Where a connection or a request went, or why that is not known. `error`: whether it counts as an error, where errors can be seen. */
export type Classified =
  | { kind: 'destination'; index: number; error?: boolean; detail?: string; own?: OwnReplyCause }
  /** Shows that the gateway has another configuration than the one that this run wrote last. */
  | { kind: 'previous'; error: boolean; detail: string; isStamped: boolean; own?: OwnReplyCause }
  | {
      kind: 'unclassified'
      why: Unclassified
      detail: string
      beyond?: BeyondReply
      error?: boolean
      cause?: FailureCause
      /** Of a reply that the gateway made itself. */
      own?: OwnReplyCause
      /** How it ended is not known, as the client that took it was lost. */
      clientLost?: true
    }
  | { kind: 'client-limit'; why: string }

/** What `reply-until: match` would have read of a reply that was incomplete, or was cut too early. */
export type BeyondReply = { text: string; matches: boolean }

type Reply = Extract<ConnectionOutcome, { kind: 'reply' }>

/** What destinations and errors are recognized by. */
export type Recognition = {
  /** In the order of the destinations; none where stamps name the destinations. */
  expect: readonly Expectation[]
  /** Which replies with a head count as errors. */
  errors?: readonly StatusRange[] | undefined
  /** Whether a reply that breaks off is an error of the destination whose expectation alone it meets. */
  attributesCut?: boolean
  stamps?: Stamps | undefined
}

type ClassifySettings = Recognition & {
  /** Removes secrets from what is kept to be shown, before it is cut. */
  redact: (text: string) => string
  match?: MatchReply
}

const REMEMBERED_REPLIES = 256
/** Characters of a reply, and of an error text, that are kept to be shown. */
const REPLY_LENGTH = 120
const FAILURE_LENGTH = 240

/**
 * Returns a function that finds which expectation a connection's reply meets, or what its stamp means. Most replies are
 * the same few, so results are remembered.
 */
export function startClassifying(
  settings: ClassifySettings,
): (outcome: ConnectionOutcome) => Classified {
  const { expect, redact, stamps, errors = [] } = settings
  const match = settings.match ?? startMatching(expect)
  const task: Task = {
    match,
    errors,
    shown: (text) => redact(text).slice(0, REPLY_LENGTH),
    hasHeaders: expect.map(({ headers }) => headers !== undefined),
  }
  const cut = settings.attributesCut === true ? startCutReplies(match, task.shown) : undefined
  const named = [...new Set(expect.flatMap(({ headers = [] }) => headers.map(({ name }) => name)))]
  const remembered = new Map<string, Classified>()
  return (outcome) => {
    if (outcome.kind === 'client-limit') return outcome
    const cutShort = cut?.destinationOf(outcome)
    if (cutShort !== undefined) return { kind: 'destination', ...cutShort, error: true }
    if (outcome.kind === 'timeout' && outcome.incomplete !== undefined) {
      const beyond = readBeyond(outcome.incomplete, task)
      return { kind: 'unclassified', why: 'timeout', detail: beyond.text, beyond }
    }
    if (outcome.kind !== 'reply') return classifyFailure(outcome, redact)
    const { head } = outcome
    if (stamps !== undefined && head !== undefined)
      return classifyStamped({ ...outcome, head }, stamps, task)
    const key = head === undefined ? textKey(outcome) : keyOf(outcome.text, head, named)
    const known = remembered.get(key)
    if (known) return known
    const classified = notingErrors(classifyReply(outcome, task), outcome, cut)
    if (remembered.size < REMEMBERED_REPLIES) remembered.set(key, classified)
    return classified
  }
}

/** A complete reply shows that its destination can send one, and is no error. */
function notingErrors(
  classified: Classified,
  { unfinished }: Reply,
  cut: CutReplies | undefined,
): Classified {
  if (cut === undefined || classified.kind !== 'destination') return classified
  if (unfinished !== true) cut.complete(classified.index)
  return { ...classified, error: false }
}

function classifyFailure(
  outcome: Exclude<ConnectionOutcome, { kind: 'reply' | 'client-limit' }>,
  redact: (text: string) => string,
): Classified {
  const detail = 'why' in outcome ? redact(outcome.why).slice(0, FAILURE_LENGTH) : ''
  const cause = 'cause' in outcome ? outcome.cause : undefined
  const unclassified = { kind: 'unclassified' as const, why: outcome.kind, detail }
  return cause === undefined ? unclassified : { ...unclassified, cause }
}

type Task = {
  match: MatchReply
  errors: readonly StatusRange[]
  shown: (text: string) => string
  /** By destination, whether its expectation names a header. */
  hasHeaders: readonly boolean[]
}

/** No text begins like one that is unfinished. */
function textKey({ text, unfinished }: Reply): string {
  return unfinished === true ? `\0${text}` : text
}

/** Replies with the same key are classified alike. */
function keyOf(text: string, head: ReplyHead, named: readonly string[]): string {
  const { status, headers, grpcStatus = '' } = head
  const isOwn = isGatewayReply(head)
    ? `own ${headers.location ?? headers['grpc-message'] ?? ''}`
    : ''
  const values = named.map((name) => headers[name] ?? '\0')
  return [status, grpcStatus, isOwn, ...values, text].join('\n')
}

/** A text that several expressions match counts as one that none matches. */
function readBeyond(text: string, { match, shown }: Task): BeyondReply {
  return { text: shown(text), matches: match.whole(text)?.length === 1 }
}

/** Any reply with a stamp names its destination, an error of the gateway too. */
function classifyStamped(
  { text, head }: Reply & { head: ReplyHead },
  stamps: Stamps,
  { errors, shown }: Task,
): Classified {
  const error = hasStatus(head, errors)
  const value = head.headers[stamps.header]
  const meaning = stamps.meaning(value)
  if (meaning.kind === 'destination' && !error) return { ...meaning, error }
  const detail = shown(replyInWords(head, text))
  const own = isGatewayReply(head) ? { own: ownReplyCause(head, text) } : {}
  if (meaning.kind === 'destination') return { ...meaning, error, detail, ...own }
  // Without a stamp it may be of a former configuration, or denied before a destination was chosen.
  if (value === undefined && isGatewayReply(head))
    return { kind: 'unclassified', why: 'gateway reply', detail, error, ...own }
  return { ...meaning, error, detail, isStamped: value !== undefined, ...own }
}

function classifyReply({ text, whole, truncated, head }: Reply, task: Task): Classified {
  const { match, errors, shown, hasHeaders } = task
  const error = head && hasStatus(head, errors)
  const failing = error === undefined ? {} : { error }
  const unclassified = (why: Unclassified): Extract<Classified, { kind: 'unclassified' }> => ({
    kind: 'unclassified',
    why,
    detail: shown(head === undefined ? text : replyInWords(head, text)),
    ...failing,
  })
  const found = match.whole(text, head)
  if (found === undefined) return unclassified('slow expression')
  const [index, second] = found
  if (second !== undefined) return unclassified('ambiguous reply')
  const isOwn = head !== undefined && isGatewayReply(head)
  // A reply of the gateway itself may look like any version's. It has no header of a version.
  if (index !== undefined && (!isOwn || hasHeaders[index] === true)) {
    const detail = error === true && head ? { detail: shown(replyInWords(head, text)) } : {}
    return { kind: 'destination', index, ...failing, ...detail }
  }
  if (isOwn) return { ...unclassified('gateway reply'), own: ownReplyCause(head, text) }
  if (truncated) return unclassified('truncated reply')
  const unknown = unclassified('unknown reply')
  return whole === undefined ? unknown : { ...unknown, beyond: readBeyond(whole, task) }
}
