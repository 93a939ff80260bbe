import { expect, test, vi } from 'vitest'
import { type RunningJob, runJob, type SimulatedJob } from '../../../kit/jobs/simulated-job.ts'
import type { Budget } from '../../../src/evidence/evidence-source.ts'
import { jobSource } from '../../../src/evidence/jobs/job-source.ts'
import type { JobSettings } from '../../../src/evidence/jobs/pod-flow.ts'
import type { PodStreams, TakePodEvent } from '../../../src/evidence/jobs/pod-streams.ts'
import type { ProbeSample } from '../../../src/evidence/probe/probe-sample.ts'
import { startStamps } from '../../../src/evidence/probe/stamps.ts'

const V1 = { kind: 'destination', index: 0 } as const
const V2 = { kind: 'destination', index: 1 } as const

function job(more: Partial<SimulatedJob> = {}): SimulatedJob {
  let count = 0
  return {
    pods: 4,
    concurrency: 2,
    ratePerSecond: 25,
    outcomes: [V1, V2],
    draw: () => ({ outcome: count++ % 4 === 0 ? 1 : 0, tookMs: 10 }),
    ...more,
  }
}

function sourceOf(running: RunningJob, more: Partial<JobSettings> = {}) {
  return jobSource(running.streams, {
    destinations: 2,
    probeTimeoutMs: 5000,
    redact: (text) => text,
    nowMs: running.nowMs,
    ...more,
  })
}

/** The samples of a time. */
function taken(
  running: RunningJob,
  source: ReturnType<typeof sourceOf>,
  { budget = {}, forMs = 1000 }: { budget?: Budget; forMs?: number } = {},
): ProbeSample[] {
  const samples: ProbeSample[] = []
  const sampling = source.start(budget, (sample) => samples.push(sample))
  running.runUntil(running.nowMs() + forMs)
  sampling.stop()
  return samples
}

test('each sampling of a running Job takes samples that were launched from its start on', () => {
  const running = runJob(job({ clockMs: (pod) => 1e6 * pod, delayMs: () => 5 }))
  const source = sourceOf(running)
  running.runUntil(2000)
  for (let attempt = 0; attempt < 3; attempt++) {
    const fromMs = running.nowMs()
    const samples = taken(running, source)
    expect(samples.length).toBeGreaterThan(85)
    expect(samples.length).toBeLessThanOrEqual(100)
    expect(Math.min(...samples.map(({ launchedMs }) => launchedMs))).toBeGreaterThanOrEqual(fromMs)
    running.runUntil(running.nowMs() + 500)
  }
  source.close()
})

test('after a confirmation by proxies, samples of the first 200 ms do not count', () => {
  const running = runJob(job())
  const source = sourceOf(running)
  running.runUntil(1000)
  const samples = taken(running, source, { budget: { isConfirmed: true } })
  expect(Math.min(...samples.map(({ launchedMs }) => launchedMs))).toBeGreaterThanOrEqual(1200)
  expect(Math.min(...samples.map(({ launchedMs }) => launchedMs))).toBeLessThan(1250)
  source.close()
})

test('lines that are late at times lengthen that margin', () => {
  let line = 0
  const delayMs = () => (line++ < 40 ? 0 : 300)
  const running = runJob(job({ pods: 1, delayMs }))
  const source = sourceOf(running)
  running.runUntil(6000)
  const fromMs = running.nowMs()
  const samples = taken(running, source, { budget: { isConfirmed: true }, forMs: 2000 })
  expect(Math.min(...samples.map(({ launchedMs }) => launchedMs))).toBeGreaterThan(fromMs + 550)
  source.close()
})

test('no more samples are taken than wanted, and more as soon as more are', () => {
  const running = runJob(job())
  const source = sourceOf(running)
  running.runUntil(500)
  let most = 10
  const samples: ProbeSample[] = []
  const sampling = source.start({ most: () => most }, (sample) => samples.push(sample))
  running.runUntil(1500)
  expect(samples).toHaveLength(10)
  expect(sampling.launched()).toBe(10)
  most = 25
  running.runUntil(2500)
  expect(samples).toHaveLength(25)
  sampling.stop()
  source.close()
})

test('samples that a Pod could not open are handed over, and are none of those that are wanted', () => {
  let count = 0
  const running = runJob(
    job({
      outcomes: [V1, { kind: 'client-limit', why: 'EMFILE' }],
      draw: () => ({ outcome: count++ % 2, tookMs: 1 }),
    }),
  )
  const source = sourceOf(running)
  running.runUntil(500)
  const samples = taken(running, source, { budget: { most: () => 10 } })
  const limits = samples.filter(({ classified }) => classified.kind === 'client-limit').length
  expect(samples.length - limits).toBe(10)
  expect(limits).toBeGreaterThan(5)
  source.close()
})

test('of a fast Job, as many samples a second are taken as wanted, evenly over time and over Pods', () => {
  const running = runJob(job({ pods: 8, ratePerSecond: 50 }))
  const source = sourceOf(running)
  running.runUntil(500)
  const samples = taken(running, source, { budget: { samplesPerSecond: 10 }, forMs: 8000 })
  expect(samples.length).toBeGreaterThanOrEqual(78)
  expect(samples.length).toBeLessThanOrEqual(80)
  for (let pod = 0; pod < 8; pod++)
    expect(samples.filter(({ stream }) => stream === pod).length).toBeGreaterThanOrEqual(9)
  const times = samples.map(({ launchedMs }) => launchedMs)
  const gaps = times.slice(1).map((ms, index) => ms - (times[index] ?? 0))
  expect(Math.max(...gaps)).toBeLessThan(170)
  source.close()
})

test('a stamp means what the latest write says', () => {
  const stamps = startStamps('x-istio-traffic-shift')
  const previous = { kind: 'previous', error: false, detail: '200', isStamped: true } as const
  let take: TakePodEvent = () => undefined
  let now = 0
  const streams: PodStreams = {
    pods: [{ index: 0, name: 'probe-0', node: 'node-0' }],
    inFlight: 1,
    listen(taker) {
      take = taker
      return () => undefined
    },
  }
  const settings = { destinations: 2, probeTimeoutMs: 5000, redact: String, nowMs: () => now }
  const source = jobSource(streams, { ...settings, stamps })
  stamps.set(['a', 'b'])
  const samples: ProbeSample[] = []
  source.start({}, (sample) => samples.push(sample))
  take(0, { kind: 'outcome', id: 0, classified: previous, stamp: 'b' }, now)
  take(0, { kind: 'outcome', id: 1, classified: previous, stamp: 'old' }, now)
  for (const outcome of [0, 1]) {
    now += 100
    const results = [{ outcome, tookMs: 1 }]
    take(0, { kind: 'samples', emittedMs: now, launchesMs: [now], results }, now)
  }
  now += 200
  take(0, { kind: 'samples', emittedMs: now, launchesMs: [], results: [] }, now)
  expect(samples.map(({ destination, previous }) => [destination, previous])).toEqual([
    [1, undefined],
    [undefined, true],
  ])
  source.close()
})

test('secrets are removed from what Pods report', () => {
  const unknown = { kind: 'unclassified', why: 'unknown reply', detail: 'token hunter2' } as const
  const running = runJob(job({ outcomes: [unknown], draw: () => ({ outcome: 0, tookMs: 1 }) }))
  const source = sourceOf(running, { redact: (text) => text.replaceAll('hunter2', '***') })
  running.runUntil(500)
  const [sample] = taken(running, source)
  expect(sample?.classified).toEqual({ ...unknown, detail: 'token ***' })
  source.close()
})

test('a Pod that is silent for longer than a sample can take is lost, and what it had in flight is unanswered', () => {
  vi.useFakeTimers()
  try {
    const running = runJob(job({ draw: () => ({ outcome: 0, tookMs: 100 }) }))
    const lost: string[] = []
    const source = sourceOf(running, { onLost: ({ pod, why }) => lost.push(`${pod.name} ${why}`) })
    running.runUntil(1000)
    const samples: ProbeSample[] = []
    const sampling = source.start({}, (sample) => samples.push(sample))
    running.runUntil(1500)
    running.cutOff(1)
    const before = samples.length
    const passUntil = (ms: number) => {
      while (running.nowMs() < ms) {
        running.runUntil(running.nowMs() + 500)
        vi.advanceTimersByTime(500)
      }
    }
    passUntil(11_000)
    expect(lost).toEqual([])
    expect(samples.length).toBeLessThan(before + 20)
    passUntil(13_000)
    expect(lost).toEqual(['probe-1 it wrote nothing for 10 s'])
    running.runUntil(13_100)
    const unanswered = samples.filter(({ destination }) => destination === undefined)
    expect(unanswered.map(({ stream }) => stream)).toEqual([1, 1])
    expect(unanswered[0]?.classified).toEqual({
      kind: 'unclassified',
      why: 'failed',
      detail: 'Pod probe-1 was lost: it wrote nothing for 10 s',
      clientLost: true,
    })
    expect(unanswered.every(({ clientLost }) => clientLost)).toBe(true)
    expect(samples.filter(({ stream }) => stream === 0).length).toBeGreaterThan(200)
    sampling.stop()
    source.close()
  } finally {
    vi.useRealTimers()
  }
})

test('a Pod is not lost because this process was held up', () => {
  vi.useFakeTimers()
  try {
    const running = runJob(job())
    const lost: string[] = []
    const source = sourceOf(running, { onLost: ({ why }) => lost.push(why) })
    running.runUntil(1000)
    vi.advanceTimersByTime(500)
    for (const pod of [0, 1, 2, 3]) running.cutOff(pod)
    running.runUntil(31_000)
    vi.advanceTimersByTime(500)
    expect(lost).toEqual([])
    source.close()
  } finally {
    vi.useRealTimers()
  }
})

test('a sampling goes on with the samples of a slower Job, and none of either is taken twice or left out', async () => {
  const running = runJob(job())
  const source = sourceOf(running)
  running.runUntil(1000)
  const samples: ProbeSample[] = []
  const sampling = source.start({ samplesPerSecond: 10 }, (sample) => samples.push(sample))
  running.runUntil(3000)
  const slower = runJob(job({ ratePerSecond: 2.5, beginMs: 3000 }))
  let isSwitched = false
  const switched = source.switchTo(slower.streams).then(() => {
    isSwitched = true
  })
  for (let ms = 3020; ms <= 8000; ms += 20) {
    running.runUntil(ms)
    slower.runUntil(ms)
  }
  await switched
  expect(isSwitched).toBe(true)
  expect(samples.length).toBeGreaterThan(64)
  expect(samples.length).toBeLessThanOrEqual(70)
  const times = samples.map(({ launchedMs }) => launchedMs)
  const gaps = times.slice(1).map((ms, index) => ms - (times[index] ?? 0))
  expect(Math.max(...gaps)).toBeLessThan(400)
  sampling.stop()
  source.close()
})

test('the pace of each Pod is known from its launches', () => {
  const running = runJob(job({ ratePerSecond: 25 }))
  const source = sourceOf(running)
  running.runUntil(4000)
  for (const rate of source.ratesPerSecond()) expect(rate).toBeCloseTo(25, 0)
  source.close()
})
