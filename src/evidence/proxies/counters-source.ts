import type { Detail } from '../../split/sample.ts'
import type {
  Budget,
  CountedSample,
  EvidenceSample,
  Sampling,
  SourceKind,
} from '../evidence-source.ts'
import type { CountedAdmin, CountedProxy, CountersSettings } from './counters-settings.ts'
import { type OwnTraffic, startOwnTraffic } from './own-traffic.ts'
import { type ProxyCount, type ProxyReading, startProxyCount } from './proxy-count.ts'

/** How often each proxy is read. */
export const READ_EVERY_MS = 200

/** How connections of this run end is handed over after so long without a reading. */
const OWN_ALONE_MS = 1000

/** Tunnels are opened again meanwhile, and an API server may be away for a while. */
const LOST_AFTER_MS = 15_000

/** Pods come and go. One that does not answer may be gone, or its tunnel may have broken. */
const REFRESH_EVERY_MS = { answering: 2000, silent: 200 }

/** A proxy is at rest for so many times as long as the latest reading of it took. */
const REST = 5

/** What the proxies of a rule count says which destinations served: connections of this run, and those of users. */
export const countersSource: SourceKind<CountersSettings, EvidenceSample> = {
  evidence: 'counters',
  open: (settings) => ({
    details: detailsOf(settings),
    start: (budget, take) => startCounting(settings, budget, take),
  }),
}

function detailsOf({ own, ownShowsHealth = false }: CountersSettings): ReadonlySet<Detail> {
  return new Set(['proxy', 'errors', ...(own && ownShowsHealth ? (['latency'] as const) : [])])
}

function withoutErrors({ successes: _, ...sample }: CountedSample): CountedSample {
  return { ...sample, errors: sample.errors.map(() => 0) }
}

/** Counts from the first reading of each proxy on, which is its baseline; a proxy that comes later is counted from its start. */
function startCounting(
  settings: CountersSettings,
  budget: Budget,
  take: (sample: EvidenceSample) => void,
): Sampling {
  const { proxies, onGap, nowMs, everyMs, ownShowsHealth = false } = settings
  const replacesErrors = ownShowsHealth && settings.own?.details.has('errors') === true
  const rest = everyMs === undefined ? REST : 0
  const over = new AbortController()
  const counted = new Map<string, Reader>()
  let launched = 0
  let tookMs = nowMs()
  let readMs = nowMs()
  let isLost = false
  let isSilent = false
  let refreshedMs = nowMs()
  let isRefreshing = false
  let isFirst = true

  function read(): Promise<unknown> {
    const now = proxies()
    for (const [uid, reader] of counted) {
      if (now.some((one) => one.uid === uid)) continue
      counted.delete(uid)
      onGap?.(reader.count.gone(nowMs()))
    }
    const readings = now.map((proxy) => {
      const reader = counted.get(proxy.uid) ?? {
        count: startProxyCount(settings, proxy.pod, isFirst),
        restsUntilMs: 0,
        isReading: false,
      }
      counted.set(proxy.uid, reader)
      return readOne(proxy, reader)
    })
    isFirst = false
    return Promise.all(readings)
  }

  async function readOne({ admin }: CountedProxy, reader: Reader): Promise<void> {
    const beganMs = nowMs()
    if (admin === undefined) isSilent = true
    if (admin === undefined || reader.isReading || beganMs < reader.restsUntilMs) return
    reader.isReading = true
    const reading = await readingOf(admin, reader.count)
    reader.isReading = false
    reader.restsUntilMs = beganMs + (1 + rest) * (nowMs() - beganMs)
    if (over.signal.aborted) return
    // The next reading has what one without an answer lacks.
    if (reading === undefined) {
      isSilent = true
      return reader.count.unreadable(nowMs())
    }
    readMs = nowMs()
    const sample = reader.count.sample(reading, readMs)
    if (sample === undefined) return
    launched += sample.counts.reduce((sum, count) => sum + count, 0)
    hand(sample)
  }

  function hand(sample: CountedSample): void {
    tookMs = nowMs()
    const ended = own?.ended()
    const shown = replacesErrors ? withoutErrors(sample) : sample
    take(ended === undefined ? shown : { ...shown, own: ended })
  }

  /** A gateway that is gone refuses connections, and cannot be read. */
  function handOwnAlone(): void {
    if (own === undefined || nowMs() - tookMs < OWN_ALONE_MS) return
    const none = Array<number>(settings.destinations).fill(0)
    hand({ kind: 'counts', proxy: '', fromMs: tookMs, toMs: nowMs(), counts: none, errors: none })
  }

  /** Without counters nothing shows the split any more, while the new weights are in use. */
  function tellIfLost(): void {
    const afterMs = settings.lostAfterMs ?? LOST_AFTER_MS
    if (isLost || nowMs() - readMs < afterMs) return
    isLost = true
    settings.onLost?.(afterMs)
  }

  async function refresh(): Promise<void> {
    const dueMs = refreshedMs + REFRESH_EVERY_MS[isSilent ? 'silent' : 'answering']
    if (isRefreshing || nowMs() < dueMs) return
    isRefreshing = true
    isSilent = false
    await settings.refresh?.(over.signal).catch(() => undefined)
    refreshedMs = nowMs()
    isRefreshing = false
  }

  /** Undefined where the proxy does not answer. */
  async function readingOf(
    admin: CountedAdmin,
    count: Pick<ProxyCount, 'needsStatistics'>,
  ): Promise<ProxyReading | undefined> {
    const { filter } = settings
    try {
      const counters = await admin.counters(over.signal, filter)
      // After the counters: a cluster that is not among the statistics yet then has no counts that they will have.
      const asked = admin.statistics?.(over.signal, filter)
      const statistics = count.needsStatistics() ? await asked : await asked?.catch(() => undefined)
      const requests = settings.statuses && (await admin.requests?.(over.signal))
      return { counters, statistics, requests }
    } catch {
      return undefined
    }
  }

  let own: OwnTraffic | undefined
  // Connections of this run begin after the baseline, so that all of them are counted.
  void read().then(() => {
    if (settings.own === undefined || over.signal.aborted) return
    own = startOwnTraffic({ source: settings.own, showsHealth: ownShowsHealth }, budget, take)
  })
  const reading = setInterval(() => {
    void read()
    handOwnAlone()
    tellIfLost()
    void refresh()
  }, settings.everyMs ?? READ_EVERY_MS)
  return {
    launched: () => launched,
    stop() {
      over.abort()
      clearInterval(reading)
      own?.stop()
    },
  }
}

type Reader = { count: ProxyCount; restsUntilMs: number; isReading: boolean }
