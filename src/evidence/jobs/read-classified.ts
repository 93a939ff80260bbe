import { at, type Json, numberAt, textAt } from '../../kube/json.ts'
import type { BeyondReply, Classified } from '../probe/classify.ts'
import type { FailureCause, Unclassified } from '../probe/connection-outcome.ts'
import type { OwnReplyCause } from '../probe/http/own-reply-cause.ts'

/** Records, so that a new value of a type must be added. */
const WHYS: Readonly<Record<Unclassified, true>> = {
  closed: true,
  reset: true,
  refused: true,
  'connect timeout': true,
  timeout: true,
  tls: true,
  failed: true,
  'unknown reply': true,
  'gateway reply': true,
  'truncated reply': true,
  'ambiguous reply': true,
  'slow expression': true,
}

const CAUSES: Readonly<Record<FailureCause, true>> = {
  untrusted: true,
  expired: true,
  'other name': true,
  'client certificate': true,
  'unknown name': true,
  'other protocol': true,
  'expects plaintext': true,
  'expects TLS': true,
  'expects HTTP/1.1': true,
  'expects HTTP/2': true,
  'no HTTP': true,
}

const OWN_CAUSES: Readonly<Record<OwnReplyCause, true>> = {
  'redirect-to-https': true,
  redirect: true,
  malformed: true,
  unauthenticated: true,
  denied: true,
  'no-route': true,
  'http-version': true,
  'rate-limit': true,
  'gateway-error': true,
  injected: true,
  'no-endpoints': true,
  'no-connection': true,
  overflow: true,
  'no-cluster': true,
  unavailable: true,
  timeout: true,
  other: true,
}

/** No text of an outcome is longer. A log may be written to by others. */
const LONGEST_TEXT = 1000

/** How a sample ended, as JSON that a Pod wrote. Undefined where it is nothing that a Pod writes. */
export function readClassified(value: Json | undefined): Classified | undefined {
  const detail = textOf(value, 'detail')
  const own = wordOf(OWN_CAUSES, value, 'own')
  const error = at(value, 'error')
  const common = {
    ...(own === undefined ? {} : { own }),
    ...(typeof error === 'boolean' ? { error } : {}),
  }
  switch (textAt(value, 'kind')) {
    case 'destination': {
      const index = numberAt(value, 'index')
      if (index === undefined || !Number.isSafeInteger(index) || index < 0) return undefined
      return { kind: 'destination', index, ...common, ...(detail === undefined ? {} : { detail }) }
    }
    case 'previous': {
      const isStamped = at(value, 'isStamped')
      if (typeof isStamped !== 'boolean' || typeof error !== 'boolean') return undefined
      return { kind: 'previous', isStamped, detail: detail ?? '', ...common, error }
    }
    case 'unclassified': {
      const why = wordOf(WHYS, value, 'why')
      if (why === undefined) return undefined
      const cause = wordOf(CAUSES, value, 'cause')
      const beyond = beyondOf(value)
      return {
        kind: 'unclassified',
        why,
        detail: detail ?? '',
        ...common,
        ...(cause === undefined ? {} : { cause }),
        ...(beyond === undefined ? {} : { beyond }),
      }
    }
    case 'client-limit':
      return { kind: 'client-limit', why: textOf(value, 'why') ?? '' }
    default:
      return undefined
  }
}

function beyondOf(value: Json | undefined): BeyondReply | undefined {
  const text = textOf(value, 'beyond', 'text')
  const matches = at(value, 'beyond', 'matches')
  return text === undefined || typeof matches !== 'boolean' ? undefined : { text, matches }
}

function textOf(value: Json | undefined, ...path: string[]): string | undefined {
  return textAt(value, ...path)?.slice(0, LONGEST_TEXT)
}

function wordOf<W extends string>(
  words: Readonly<Record<W, true>>,
  value: Json | undefined,
  key: string,
): W | undefined {
  const text = textAt(value, key) ?? ''
  return (Object.keys(words) as W[]).find((word) => word === text)
}
