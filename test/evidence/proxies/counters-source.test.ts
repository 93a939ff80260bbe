import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { proxyCountersOf, type SomeCounters } from '../../../kit/evidence/counters.ts'
import { sampleOf } from '../../../kit/evidence/samples.ts'
import type {
  Budget,
  CountedSample,
  EvidenceSource,
} from '../../../src/evidence/evidence-source.ts'
import type {
  CountedProxy,
  CountersSettings,
  CountsGap,
} from '../../../src/evidence/proxies/counters-settings.ts'
import { countersSource, READ_EVERY_MS } from '../../../src/evidence/proxies/counters-source.ts'
import type { HostCounters, ProxyCounters } from '../../../src/evidence/proxies/host-counters.ts'

/** A proxy whose counters a test sets: by cluster, then by host. */
function proxy(uid: string, clusters: SomeCounters) {
  const state = { clusters, fails: false, reads: 0, filters: [] as (string | undefined)[] }
  const admin = {
    async counters(_signal: AbortSignal, filter?: string): Promise<ProxyCounters> {
      state.reads += 1
      state.filters.push(filter)
      if (state.fails) throw new Error('the tunnel broke')
      return proxyCountersOf(state.clusters)
    },
  }
  return { pod: `demo/${uid}`, uid, admin, state }
}

const V1 = 'outbound|80|v1|web'
const V2 = 'outbound|80|v2|web'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** Starts the source, and lets it read each proxy once. */
async function counting(
  proxies: () => readonly CountedProxy[],
  more: Partial<CountersSettings> = {},
  budget: Budget = {},
) {
  const samples: CountedSample[] = []
  let limits = 0
  const gaps: CountsGap[] = []
  const source = countersSource.open({
    evidence: 'counters',
    proxies,
    destinations: 2,
    destinationOf: (cluster) => (cluster === V1 ? 0 : cluster === V2 ? 1 : undefined),
    counts: 'connections',
    onGap: (gap) => gaps.push(gap),
    nowMs: () => Date.now(),
    ...more,
  })
  const sampling = source.start(budget, (sample) => {
    if (sample.kind === 'counts') samples.push(sample)
    else limits += 1
  })
  await vi.advanceTimersByTimeAsync(0)
  return { source, sampling, samples, gaps, limits: () => limits }
}

async function nextReading(): Promise<void> {
  await vi.advanceTimersByTimeAsync(READ_EVERY_MS)
}

const TCP = (v1: number, v2: number) => ({
  [V1]: { '10.0.0.1:80': { connections: v1 } },
  [V2]: { '10.0.0.2:80': { connections: v2 } },
})

describe('the source of counters', () => {
  test('hands over what each proxy counts between two readings, from the first one on', async () => {
    const [a, b] = [proxy('a', TCP(100, 50)), proxy('b', TCP(0, 0))]
    const { samples, sampling, source } = await counting(() => [a, b], { filter: '^outbound' })
    expect(samples).toEqual([])
    a.state.clusters = { ...TCP(108, 52), 'outbound|80||other': { x: { connections: 99 } } }
    b.state.clusters = TCP(4, 1)
    await nextReading()
    expect(samples).toMatchObject([
      { kind: 'counts', proxy: 'demo/a', counts: [8, 2], errors: [0, 0], successes: [8, 2] },
      { kind: 'counts', proxy: 'demo/b', counts: [4, 1] },
    ])
    expect((samples[0]?.toMs ?? 0) - (samples[0]?.fromMs ?? 0)).toBe(READ_EVERY_MS)
    expect(sampling.launched()).toBe(15)
    expect(a.state.filters[0]).toBe('^outbound')
    expect([...source.details]).toEqual(['proxy', 'errors'])
  })

  test('reads nothing any more once it is stopped', async () => {
    const a = proxy('a', TCP(0, 0))
    const { sampling, samples } = await counting(() => [a])
    sampling.stop()
    await vi.advanceTimersByTimeAsync(10 * READ_EVERY_MS)
    expect(a.state.reads).toBe(1)
    expect(samples).toEqual([])
  })

  test('counts a proxy that comes later from its start', async () => {
    const proxies = [proxy('a', TCP(10, 0))]
    const { samples } = await counting(() => proxies)
    proxies.push(proxy('b', TCP(6, 3)))
    await nextReading()
    expect(samples.at(-1)).toMatchObject({ proxy: 'demo/b', counts: [6, 3] })
  })

  test('says what a proxy that is gone, or began again, may have counted', async () => {
    const [a, b] = [proxy('a', TCP(10, 5)), proxy('b', TCP(10, 5))]
    let proxies = [a, b]
    const { samples, gaps } = await counting(() => proxies)
    a.state.clusters = TCP(3, 1)
    proxies = [a]
    await nextReading()
    expect(samples).toMatchObject([{ proxy: 'demo/a', counts: [3, 1] }])
    expect(gaps).toMatchObject([
      { proxy: 'demo/b', why: 'gone' },
      { proxy: 'demo/a', why: 'restarted' },
    ])
  })

  test('says how many endpoints left a proxy, and counts all that is left', async () => {
    const a = proxy('a', { [V1]: { x: { connections: 7 }, y: { connections: 9 } }, [V2]: {} })
    const { samples, gaps } = await counting(() => [a])
    a.state.clusters = { [V1]: { x: { connections: 9 }, z: { connections: 4 } }, [V2]: {} }
    await nextReading()
    expect(samples).toMatchObject([{ counts: [6, 0] }])
    expect(gaps).toMatchObject([{ proxy: 'demo/a', why: 'hosts', hosts: 1 }])
  })

  test('has what it could not read in the next reading, and says after 2 s that it cannot read', async () => {
    const a = proxy('a', TCP(0, 0))
    const { samples, gaps } = await counting(() => [a])
    a.state.fails = true
    a.state.clusters = TCP(40, 10)
    for (let i = 0; i < 9; i++) await nextReading()
    expect({ samples, gaps }).toEqual({ samples: [], gaps: [] })
    await nextReading()
    await nextReading()
    expect(gaps).toMatchObject([{ proxy: 'demo/a', why: 'unreadable' }])
    a.state.fails = false
    await nextReading()
    expect(samples).toMatchObject([{ counts: [40, 10] }])
  })

  test('counts connections that failed as errors', async () => {
    const a = proxy('a', TCP(0, 0))
    const { samples } = await counting(() => [a])
    a.state.clusters = {
      [V1]: { x: { connections: 9 } },
      [V2]: { y: { connections: 4, connectFailures: 3 } },
    }
    await nextReading()
    expect(samples).toMatchObject([{ counts: [9, 4], errors: [0, 3], successes: [9, 1] }])
  })
})

describe('requests', () => {
  const http = (v1: Partial<HostCounters>, v2: Partial<HostCounters>) => ({
    [V1]: { x: v1 },
    [V2]: { y: v2 },
  })

  test('count when they begin, and their errors when they end', async () => {
    const a = proxy('a', http({}, {}))
    const { samples } = await counting(() => [a], { counts: 'requests' })
    a.state.clusters = http({ requests: 9, requestSuccesses: 6 }, { requests: 5, requestErrors: 2 })
    await nextReading()
    a.state.clusters = http(
      { requests: 9, requestSuccesses: 9 },
      { requests: 5, requestSuccesses: 1, requestErrors: 4 },
    )
    await nextReading()
    expect(samples).toMatchObject([
      { counts: [9, 5], errors: [0, 2], successes: [6, 0] },
      { counts: [0, 0], errors: [0, 2], successes: [3, 1] },
    ])
  })

  test('are in doubt where they may be retries, whichever reading has the retry', async () => {
    const a = proxy('a', http({}, {}))
    const { samples } = await counting(() => [a], { counts: 'requests', retries: true })
    a.state.clusters = http({ requests: 8 }, { requests: 2, requestErrors: 3 })
    await nextReading()
    a.state.clusters = http({ requests: 16 }, { requests: 5, requestErrors: 3 })
    await nextReading()
    a.state.clusters = http({ requests: 20 }, { requests: 7, requestErrors: 3 })
    await nextReading()
    expect(samples.map(({ counts, doubtful }) => [...counts, doubtful])).toEqual([
      [8, 0, 5],
      [8, 2, 1],
      [4, 2, undefined],
    ])
  })
})

/** The proxy with statistics that a test sets: by cluster, the draws of either unit. */
function withStatistics(of: ReturnType<typeof proxy>, draws: Record<string, number>) {
  const state = { draws, fails: false }
  const statistics = async () => {
    if (state.fails) throw new Error('no answer')
    return new Map(
      Object.entries(state.draws).map(([cluster, total]) => [
        cluster,
        {
          upstream_rq_pending_total: total,
          upstream_rq_total: total,
          upstream_rq_retry: 0,
          upstream_rq_pending_failure_eject: 0,
          upstream_rq_pending_overflow: 0,
        },
      ]),
    )
  }
  return { proxy: { ...of, admin: { ...of.admin, statistics } }, state }
}

describe('with the statistics of clusters', () => {
  test('requests are not in doubt', async () => {
    const clusters = (errors: number) => ({
      [V1]: { x: { requests: 80 } },
      [V2]: { y: { requests: 30 + errors, requestErrors: errors } },
    })
    const a = proxy('a', clusters(0))
    const known = withStatistics(a, { [V1]: 100, [V2]: 20 })
    const { samples } = await counting(() => [known.proxy], { counts: 'requests', retries: true })
    a.state.clusters = clusters(6)
    known.state.draws = { [V1]: 108, [V2]: 22 }
    await nextReading()
    expect(samples).toMatchObject([{ counts: [8, 2], errors: [0, 6] }])
    expect(samples[0]?.doubtful).toBeUndefined()
  })

  test('nothing is lost where endpoints leave with what they had', async () => {
    const hosts = (v2: SomeCounters[string]) => ({ [V1]: { x: { connections: 50 } }, [V2]: v2 })
    const a = proxy('a', hosts({ y: { connections: 7 }, z: { connections: 9 } }))
    const known = withStatistics(a, { [V1]: 50, [V2]: 16 })
    const { samples, gaps } = await counting(() => [known.proxy])
    a.state.clusters = hosts({ y: { connections: 8 } })
    known.state.draws = { [V1]: 54, [V2]: 20 }
    await nextReading()
    expect(samples).toMatchObject([{ counts: [4, 4], successes: [4, 4] }])
    expect(gaps).toEqual([])
  })

  test('a proxy that restarts is counted from its start, and what it had before is a gap', async () => {
    const a = proxy('a', TCP(50, 20))
    const known = withStatistics(a, { [V1]: 50, [V2]: 20 })
    const { samples, gaps } = await counting(() => [known.proxy])
    // It answers before it has its clusters.
    a.state.clusters = {}
    known.state.draws = {}
    await nextReading()
    a.state.clusters = TCP(6, 3)
    known.state.draws = { [V1]: 6, [V2]: 3 }
    await nextReading()
    expect(gaps).toMatchObject([{ proxy: 'demo/a', why: 'restarted' }])
    expect(samples).toMatchObject([{ counts: [0, 0] }, { counts: [6, 3] }])
  })

  test('a reading that lacks them is none, so that the next one has everything', async () => {
    const a = proxy('a', TCP(50, 20))
    const known = withStatistics(a, { [V1]: 50, [V2]: 20 })
    const { samples } = await counting(() => [known.proxy])
    known.state.fails = true
    a.state.clusters = TCP(54, 21)
    known.state.draws = { [V1]: 54, [V2]: 21 }
    await nextReading()
    expect(samples).toEqual([])
    known.state.fails = false
    await nextReading()
    expect(samples).toMatchObject([{ counts: [4, 1] }])
  })
})

/** Own traffic that a test ends, one connection at a time. */
function ownTraffic() {
  const state = {
    isMade: true,
    budget: {} as Budget,
    end: (_: Parameters<typeof sampleOf>[0]) => {},
  }
  const own: EvidenceSource = {
    details: new Set(['order', 'latency']),
    start(budget, take) {
      state.budget = budget
      state.end = (classified) => take(sampleOf(classified))
      return { launched: () => 0, stop: () => (state.isMade = false) }
    },
  }
  return { own, state }
}

const REFUSED = { kind: 'unclassified', why: 'refused', detail: 'ECONNREFUSED' } as const

test('connections of this run are made while counters are read, and a sample says how they ended', async () => {
  const a = proxy('a', TCP(0, 0))
  const { own, state } = ownTraffic()
  const { samples, sampling, limits } = await counting(() => [a], { own }, { most: () => 7 })
  expect(state.budget.most?.()).toBe(7)
  a.state.clusters = TCP(5, 0)
  state.end({ kind: 'destination', index: 0 })
  state.end(REFUSED)
  state.end({ kind: 'client-limit', why: 'EMFILE' })
  await nextReading()
  await nextReading()
  sampling.stop()
  expect(samples).toMatchObject([
    { counts: [5, 0], own: { answered: 1, unanswered: 1, lost: [REFUSED] } },
    { counts: [0, 0] },
  ])
  expect(samples[1]?.own).toBeUndefined()
  expect({ limits: limits(), isMade: state.isMade }).toEqual({ limits: 1, isMade: false })
})

test('how connections of this run end is handed over within a second where no proxy can be read', async () => {
  const a = proxy('a', TCP(0, 0))
  const { own, state } = ownTraffic()
  const { samples } = await counting(() => [a], { own })
  a.state.fails = true
  state.end(REFUSED)
  await vi.advanceTimersByTimeAsync(1000)
  expect(samples).toMatchObject([{ counts: [0, 0], own: { answered: 0, unanswered: 1 } }])
})
