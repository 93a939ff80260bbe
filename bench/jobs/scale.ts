import { plainTable } from '../../kit/bench/split/text-table.ts'
import { withPace } from '../../kit/jobs/pods-of-a-job.ts'
import { runJob } from '../../kit/jobs/simulated-job.ts'
import { collector, undecidedCheckTask } from '../../kit/report/undecided.ts'
import { decodeLine, encodeLine } from '../../src/evidence/jobs/job-log.ts'
import { jobSource } from '../../src/evidence/jobs/job-source.ts'
import type { PodStreams } from '../../src/evidence/jobs/pod-streams.ts'
import { runCheck } from '../../src/rollout/check/run-check.ts'

/** Each Pod keeps to this pace. */
const RATE_PER_SECOND = 500
const TENTHS = 10
/** The first tenths warm up: code is compiled, queues get their size. */
const WARM_UP = 2
const MIB = 1024 * 1024
const MOST_GROWTH = 1 * MIB
/** What one sample may cost with 64 Pods, in those with one. */
const MOST_RATIO = 2

type Measured = {
  pods: number
  samples: number
  lines: number
  bytes: number
  readingMs: number
  /** After each tenth, garbage collected. */
  heaps: readonly number[]
}

/** Prints what one check costs whose samples come from more and more Pods. Returns which promises are broken. */
export async function scale(samplesOf64: number): Promise<string[]> {
  const measured: Measured[] = []
  for (const pods of [1, 4, 16, 64])
    measured.push(await measure(pods, Math.round((samplesOf64 * pods) / 64)))
  process.stdout.write(
    plainTable({
      title: `One check of samples that ${RATE_PER_SECOND} a second of each Pod bring, in three zones`,
      explained:
        'Reading: CPU time of decoding lines, rounds, the judges, health and places. Heap: in use after garbage collection.',
      headings: [
        'Pods',
        'samples',
        'lines',
        'bytes a sample',
        'reading',
        'a sample',
        'heap after 20%',
        'heap at the end',
      ],
      rows: measured.map((one) => [
        String(one.pods),
        one.samples.toLocaleString('en'),
        one.lines.toLocaleString('en'),
        (one.bytes / one.samples).toFixed(1),
        `${(one.readingMs / 1000).toFixed(2)} s`,
        `${microseconds(one).toFixed(2)} us`,
        mib(one.heaps[WARM_UP - 1]),
        mib(one.heaps.at(-1)),
      ]),
    }),
  )
  const [first, last] = [measured[0], measured.at(-1)]
  if (first === undefined || last === undefined) return []
  const growth = (last.heaps.at(-1) ?? 0) - (last.heaps[WARM_UP - 1] ?? 0)
  return [
    ...(growth > MOST_GROWTH ? [`the heap grew by ${mib(growth)}`] : []),
    ...(microseconds(last) > MOST_RATIO * microseconds(first)
      ? ['a sample of 64 Pods costs more than twice as much as one of one Pod']
      : []),
  ]
}

async function measure(pods: number, samples: number): Promise<Measured> {
  const collect = collector()
  const running = runJob(withPace(pods, RATE_PER_SECOND, pods))
  let lines = 0
  let bytes = 0
  let seen = 0
  let collectingMs = 0
  const heaps: number[] = []
  const streams: PodStreams = {
    ...running.streams,
    listen: (take) =>
      running.streams.listen((pod, event, arrivedMs) => {
        if (event.kind === 'lost') return
        const line = encodeLine({ number: lines, event })
        lines += 1
        bytes += line.length + 1
        const read = decodeLine(line)
        if (read !== undefined) take(pod, read.event, arrivedMs)
      }),
  }
  const source = jobSource(streams, {
    destinations: 2,
    probeTimeoutMs: 5000,
    redact: (text) => text,
    nowMs: running.nowMs,
  })
  let isOver = false
  const task = undecidedCheckTask(samples, {
    source: {
      ...source,
      start: (budget, take) =>
        source.start(budget, (sample) => {
          seen += 1
          if (seen % (samples / TENTHS) === 0) {
            const beforeMs = cpuMs()
            collect()
            heaps.push(process.memoryUsage().heapUsed)
            collectingMs += cpuMs() - beforeMs
          }
          take(sample)
        }),
    },
    emit: () => undefined,
    nowMs: running.nowMs,
  })
  const check = runCheck(task).finally(() => {
    isOver = true
  })
  const beganMs = cpuMs()
  while (!isOver) {
    running.runUntil(running.nowMs() + 1000)
    await new Promise((resolve) => setImmediate(resolve))
  }
  await check
  const tookMs = cpuMs() - beganMs - collectingMs
  source.close()
  const readingMs = tookMs - writing(pods, running.nowMs())
  return { pods, samples, lines, bytes, readingMs, heaps }
}

/** The CPU time of making and encoding the same lines. */
function writing(pods: number, untilMs: number): number {
  const running = runJob(withPace(pods, RATE_PER_SECOND, pods))
  let lines = 0
  running.streams.listen((_, event) => {
    if (event.kind === 'lost') return
    encodeLine({ number: lines, event })
    lines += 1
  })
  const beganMs = cpuMs()
  running.runUntil(untilMs)
  return cpuMs() - beganMs
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function microseconds({ readingMs, samples }: Measured): number {
  return (1000 * readingMs) / samples
}

function mib(bytes = 0): string {
  return `${(bytes / MIB).toFixed(1)} MiB`
}
