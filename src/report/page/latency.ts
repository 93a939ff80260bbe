import { bucketEdgeMs, type Latency } from '../../evidence/probe/latency.ts'
import { countText, samplesText } from '../../rollout/model/percents.ts'
import type { SampleUnit } from '../../rollout/model/sample-unit.ts'
import { unitIn } from '../facts/subject.ts'
import { latencyReport } from '../latencies.ts'
import { escapedHtml } from '../plain-text.ts'
import type { RunRecord } from '../record.ts'
import { table } from './html.ts'
import { box, plot, type Tick } from './plot.ts'

const MOST_CHARTS = 6

/** How long samples took, by destination: a histogram each on one scale, and their quantiles. */
export function latencySection(record: RunRecord): string {
  const { latencies } = record
  const unit = unitIn(record)
  const all: [name: string, latency: Latency][] = [
    ...latencies.byDestination,
    ['no recognized reply', latencies.unclassified],
  ]
  const some = all.filter(([, { count }]) => count > 0)
  if (some.length === 0) return ''
  const scale = scaleOf(some.map(([, latency]) => latency))
  return `<h2>Latency of the ${unit}s</h2>
<p class="soft">From the dial to the complete reply, across all attempts. The scale is logarithmic.</p>
${some
  .slice(0, MOST_CHARTS)
  .map(([name, latency]) => histogram(name, latency, { ...scale, unit }))
  .join('\n')}
${table(
  'Latencies in milliseconds',
  ['destination', `${unit}s`, 'min', 'median', '90%', '99%', 'max'],
  some.map(([name, latency]) => {
    const { samples, minMs, p50Ms, p90Ms, p99Ms, maxMs } = latencyReport(latency)
    return [name, countText(samples), ...[minMs, p50Ms, p90Ms, p99Ms, maxMs].map(milliseconds)]
  }),
)}`
}

/** Buckets from the first that is not empty of any to the last. */
type Scale = { first: number; last: number; ticks: Tick[] }
/** What the bars of a histogram count. */
type Bars = Scale & { unit: SampleUnit }

function scaleOf(all: readonly Latency[]): Scale {
  const used = all.flatMap(({ buckets }) =>
    buckets.flatMap((count, index) => (count > 0 ? [index] : [])),
  )
  // At least an octave, with room on both sides.
  const first = Math.max(0, Math.min(...used) - 2)
  const last = Math.max(...used) + 2
  const ticks = [0.1, 1, 10, 100, 1000, 10_000, 100_000]
    .flatMap((ms) => [ms, 2 * ms, 5 * ms])
    .filter((ms) => bucketPlace(ms) >= first && bucketPlace(ms) <= last + 1)
    .map((value) => ({ value, text: milliseconds(value) }))
  const every = Math.ceil(ticks.length / 4)
  return { first, last, ticks: ticks.filter((_, index) => index % every === 0) }
}

/** Where milliseconds lie among the buckets: bucket `n` ends at `n + 1`. */
function bucketPlace(ms: number): number {
  return Math.log(ms / bucketEdgeMs(0)) / Math.log(bucketEdgeMs(1) / bucketEdgeMs(0)) + 1
}

function histogram(name: string, latency: Latency, { first, last, ticks, unit }: Bars): string {
  const most = Math.max(...latency.buckets)
  const wide = last + 1 - first
  const bars = latency.buckets.map((count, index) =>
    count === 0
      ? ''
      : box('bar', [(index - first) / wide, 1 - count / most], [(index + 1 - first) / wide, 1]),
  )
  const { p50Ms, p99Ms } = latencyReport(latency)
  return `<figure><figcaption>${escapedHtml(name)}</figcaption>${plot({
    label: `${name}: ${samplesText(latency.count, unit)}, median ${milliseconds(p50Ms)}, 99% within ${milliseconds(p99Ms)}`,
    x: { place: (ms) => (bucketPlace(ms) - first) / wide, ticks, title: `time of a ${unit}` },
    y: {
      place: (count) => count / most,
      ticks: [0, most].map((value) => ({ value, text: countText(value) })),
      title: `${unit}s`,
    },
    shapes: bars.join(''),
    marks: '',
    low: true,
  })}</figure>`
}

function milliseconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms * 100) / 100} ms` : `${Math.round(ms / 10) / 100} s`
}
