import type { ClientPods } from '../../routes/probe-request.ts'
import { option, PROBING } from '../option.ts'
import { parseNumber } from '../parse/number.ts'
import { numberIn, oneOf } from '../parsers.ts'
import type { Reader } from '../reader.ts'
import { CLIENT_PODS } from './client-pods.ts'
import { EXPECT, type ExpectOptions, readExpect } from './expect.ts'
import { PROXIES, type ProxiesName } from './proxies.ts'

/** What tells which destination served: the reply, or the counters of every proxy that holds the rule. */
export type EvidenceName = 'replies' | 'counters'
/** Whose connections and requests are counted: those of this run too, or only those of users. */
export type TrafficName = 'own' | 'users'

export const EVIDENCE = option<EvidenceName>({
  name: 'evidence',
  type: 'replies or counters',
  placeholder: 'replies|counters',
  default: 'replies',
  brief:
    'What shows which destination served. replies: the replies to samples, by expect. counters: the counters of every proxy.',
  text: 'What shows which destination served. replies: the replies to samples of this run, as expect recognizes them. counters: what every proxy that holds the rule counts. Then expect is not needed.',
  modes: PROBING,
  parse: oneOf('replies', 'counters'),
})

export const TRAFFIC = option<TrafficName>({
  name: 'traffic',
  type: 'own or users',
  placeholder: 'own|users',
  default: 'own',
  brief:
    'With evidence: counters. users: this run opens no connection, and counts what users do within timeout.',
  text: 'Only with evidence: counters. own: this run opens connections, and those of users are counted with them. users: this run opens no connection. It counts what users do, and waits for enough of it within timeout.',
  modes: PROBING,
  parse: oneOf('own', 'users'),
})

const CONNECTIONS = option<number | 'auto'>({
  name: 'connections',
  type: 'integer or auto',
  placeholder: 'NUMBER|auto',
  default: 'auto',
  text: 'Maximum number of connections for each attempt of a check. auto: as many as 99.9% of checks need.',
  shape: { words: ['auto'], number: { minimum: 1, isInteger: true } },
  parse: ({ text, mustBe }) => {
    if (text === 'auto') return text
    const n = parseNumber(text)
    return Number.isInteger(n) && n >= 1 ? n : mustBe('auto or an integer of at least 1')
  },
})

/** Finer than any split that connections could be counted for. */
const LEAST_TOLERANCE = 0.001

const TOLERANCE = option({
  name: 'tolerance',
  type: 'percentage points, more than 0',
  placeholder: 'POINTS',
  brief:
    'How far a true share may be from its target. Default: at most 5, less for small shares and small changes.',
  text: "How far a true share may be from its target. Default, for each destination and step: the smallest of 5, the destination's share, and the largest change of a share by the write.",
  parse: numberIn(
    { minimum: LEAST_TOLERANCE, maximum: 100 },
    `percentage points from ${LEAST_TOLERANCE} to 100`,
  ),
})

const CONFIDENCE = option({
  name: 'confidence',
  type: 'percent, 50 to 99.999',
  placeholder: '50..99.999',
  default: '99',
  text: '100 minus the chance of a wrong pass, in percent. The chance of a wrong fail has the same limit.',
  parse: numberIn({ minimum: 50, maximum: 99.999 }, 'a percent from 50 to 99.999'),
})

export const EVIDENCE_OPTIONS = {
  title: 'Evidence',
  options: [EXPECT, EVIDENCE, TRAFFIC, PROXIES, CLIENT_PODS, CONNECTIONS, TOLERANCE, CONFIDENCE],
}

export type EvidenceOptions = ExpectOptions & {
  evidence: EvidenceName
  traffic: TrafficName
  proxies: ProxiesName
  connections: number | 'auto'
  /** Percentage points for every destination; undefined: the default of each destination and step. */
  tolerancePoints: number | undefined
  /** 50 to 99.999. */
  confidencePercent: number
  /** Whose sidecars hold a rule of the mesh. */
  clientPods: ClientPods | undefined
}

/** `probing`: the run takes samples. */
export function readEvidence(reader: Reader, probing: boolean): EvidenceOptions {
  const evidence = reader.withDefault(EVIDENCE)
  return {
    evidence,
    traffic: reader.withDefault(TRAFFIC),
    ...readExpect(reader, probing && evidence === 'replies'),
    proxies: reader.withDefault(PROXIES),
    connections: reader.withDefault(CONNECTIONS),
    tolerancePoints: reader.optional(TOLERANCE),
    confidencePercent: reader.withDefault(CONFIDENCE),
    clientPods: reader.optional(CLIENT_PODS),
  }
}
