import type { EvidenceSource } from '../evidence-source.ts'
import type { StatusRules } from './ended-requests.ts'
import type { ProxyAdmin } from './proxy-admin.ts'

/** A proxy whose counters are read. */
export type CountedProxy = {
  /** `namespace/name` of its Pod. */
  pod: string
  uid: string
  /** Undefined: it cannot be read at present. */
  admin: CountedAdmin | undefined
}

export type CountedAdmin = Pick<ProxyAdmin, 'counters'> &
  Partial<Pick<ProxyAdmin, 'statistics' | 'requests'>>

/** What `evidence: counters` needs. */
export type CountersSettings = {
  evidence: 'counters'
  /** Asked before each reading, as proxies come and go. All of them are confirmed to have the weights. */
  proxies: () => readonly CountedProxy[]
  /** How many destinations the rule has. */
  destinations: number
  /** Index of the destination that a cluster is of; undefined: of none. */
  destinationOf: (cluster: string) => number | undefined
  /** A regular expression for the names of all these clusters; undefined: all clusters are read. */
  filter?: string
  /** What is a sample: connections for tcp and tls, requests for http and grpc. */
  counts: 'connections' | 'requests'
  /**
   * Whether the rule's requests may be retried. Where the statistics of a proxy leave retries out, as many requests are in doubt
   * as there are errors.
   */
  retries?: boolean
  /** Which statuses are errors; undefined: those that Envoy counts as errors of a host. */
  statuses?: StatusRules | undefined
  /** With `traffic: own`: what makes connections while counters are read. They are among what the proxies count. */
  own?: EvidenceSource
  /**
   * Whether replies to them show their destination. Then samples have these replies, with how long they took. Where they also
   * show errors, the counters show the split alone.
   */
  ownShowsHealth?: boolean
  /** Reads again which proxies there are, and opens what broke on the way to them. */
  refresh?: (signal: AbortSignal) => Promise<unknown>
  /** Takes what the counters lack. */
  onGap?: (gap: CountsGap) => void
  /** How often each proxy is read, in milliseconds; undefined: every 200, and less often where a reading takes long. */
  everyMs?: number | undefined
  /** Called once, with that time, where no proxy has been read for `lostAfterMs` milliseconds, 15,000 if undefined. */
  onLost?: (afterMs: number) => void
  lostAfterMs?: number | undefined
  nowMs: () => number
}

/** Samples that proxies may have made and that cannot be counted any more. */
export type CountsGap = {
  /** `namespace/name` of the Pod. */
  proxy: string
  /** The latest reading before and the first after it. */
  fromMs: number
  toMs: number
  /**
   * `restarted`: its counters began again; `gone`: its Pod ended; `hosts`: endpoints left the proxy, with what they had since
   * the reading before; `unreadable`: it did not answer for a while, and nothing is lost unless it is gone too.
   */
  why: 'restarted' | 'gone' | 'hosts' | 'unreadable'
  /** For `hosts`: how many. */
  hosts?: number
}
