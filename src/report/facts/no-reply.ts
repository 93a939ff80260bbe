import type { Unclassified } from '../../evidence/probe/connection-outcome.ts'
import { lostIn } from '../../rollout/diagnosis/evidence-of.ts'
import type { Check } from '../../rollout/model/check.ts'
import { theSplitter } from '../../rollout/model/splitter.ts'

/** Why a check ended for lack of recognized replies, as the headline says it: no more than its samples show. */
export function noReplyText(check: Check | undefined): string {
  const diagnosis = check?.diagnosis
  if (!check || !diagnosis) return `${check?.unit ?? 'connection'}s get no recognized reply`
  const { cause, seen } = diagnosis
  const some = seen.counts.some((count) => count > 0) ? 'some ' : ''
  const the = theSplitter(check)
  if (cause.kind === 'gateway-refuses')
    return check.splitter === 'mesh' ? 'connections are refused' : 'the gateway refuses connections'
  if (cause.kind === 'unrecognized') return `${some}replies are not recognized`
  const kind = onlyKind(lostIn(check, diagnosis).outcomes)
  const isOwn = kind === 'gateway reply'
  const destination = cause.kind === 'unanswered' ? cause.destination : undefined
  if (destination === undefined)
    return isOwn
      ? `${the} answers ${some}${check.unit}s itself`
      : `${some}${check.unit}s ${(kind && WORDS[kind]) ?? UNRECOGNIZED}`
  const name = check.names[destination]
  const answersNone = seen.counts[destination] === 0
  if (isOwn) return `${the} answers ${answersNone ? '' : 'at times '}in place of ${name}`
  return `${name} does not answer${answersNone ? '' : ` every ${check.unit}`}`
}

const UNRECOGNIZED = 'get no recognized reply'

const WORDS: Readonly<Partial<Record<Unclassified, string>>> = {
  closed: 'get no reply',
  reset: 'get no reply',
  refused: 'are refused',
  timeout: 'get no complete reply in time',
  tls: 'fail in the TLS handshake',
}

/** How all samples without a recognized reply ended; undefined where they ended in several ways. */
function onlyKind(outcomes: Partial<Record<Unclassified, number>>): Unclassified | undefined {
  const kinds = (Object.keys(outcomes) as Unclassified[]).filter(
    (kind) => (outcomes[kind] ?? 0) > 0,
  )
  return kinds.length === 1 ? kinds[0] : undefined
}
