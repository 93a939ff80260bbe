import { durationText } from '../evidence/duration-text.ts'
import { type Expectation, needsHead } from '../evidence/probe/expectation.ts'
import { plainList } from '../problem/list-text.ts'
import { nearest, suggestion } from '../problem/suggestion.ts'
import { checkConnect } from './check-connect.ts'
import { checkEvidence } from './check-evidence.ts'
import { MAX_ERRORS, MAX_LATENCY } from './groups/health.ts'
import { METRICS } from './groups/metrics.ts'
import { MANIFEST } from './groups/object.ts'
import { ENDPOINT, GATEWAY_SERVICE } from './groups/probe.ts'
import { ON_FAILURE, STEP_INTERVAL, WEIGHT, WEIGHTS } from './groups/weights.ts'
import type { Option } from './option.ts'
import type { Options } from './options.ts'
import type { Reader } from './reader.ts'

/** Finds what is wrong only with several options together. */
export function checkTogether(reader: Reader, options: Options): void {
  refuseUseless(reader, options)
  checkEvidence(reader, options)
  checkConnect(reader, options)
  const pausesMs = options.stepIntervalMs * options.steps.length
  if (pausesMs > 0 && pausesMs >= options.timeoutMs) {
    const [pauses, timeout] = [pausesMs / 1000, options.timeoutMs / 1000]
    reader.refuse(
      'step-interval',
      'ITS-PAUSES-EXCEED-TIMEOUT',
      () =>
        `step-interval: the pauses between the steps add up to ${pauses} s, and timeout is ${timeout} s. Use a longer timeout or a shorter step-interval.`,
    )
  }
  if (options.stamp) checkStamp(reader, options)
  if (isWithoutHead(options.probe.kind) && options.expect.some(needsHead))
    reader.refuse(
      'expect',
      'ITS-EXPECT-NEEDS-HTTP',
      () =>
        `expect has conditions on status or header, which probe: ${options.probe.kind} cannot see. Use regular expressions, or probe: http.`,
    )
  checkHealth(reader, options)
  if (options.wanted.kind === 'weights' && options.expect.length > 0)
    checkExpectNames(reader, options.wanted.percents, options.expect)
}

/** Refuses what another input leaves without a meaning. */
function refuseUseless({ isSet, refuse }: Reader, { mode, wanted }: Options): void {
  const conflict = (option: Option, other: Option, advice: string) => {
    if (isSet(option) && isSet(other))
      refuse(
        option.name,
        'ITS-INPUTS-CONFLICT',
        () => `${option.name} cannot be combined with ${other.name}. ${advice}`,
      )
  }
  conflict(
    GATEWAY_SERVICE,
    ENDPOINT,
    'The endpoint is where to connect, whatever the Service. Use one or the other.',
  )
  if (mode === 'verify' && wanted.kind !== 'current') {
    const advice = 'With a manifest, verify confirms the weights of the file. Use weights: current.'
    for (const option of [WEIGHT, WEIGHTS]) conflict(option, MANIFEST, advice)
  }
  if (mode === 'shift') {
    conflict(STEP_INTERVAL, MANIFEST, 'Each run writes one step to the file, and does not wait.')
    for (const limit of [MAX_ERRORS, MAX_LATENCY])
      conflict(limit, MANIFEST, 'A run that edits a file takes no samples that could show it.')
    conflict(METRICS, MANIFEST, 'A run that edits a file confirms nothing that metrics could show.')
    conflict(ON_FAILURE, MANIFEST, 'A run that edits a file confirms nothing that could fail.')
  }
}

function checkExpectNames(
  reader: Reader,
  percents: Readonly<Record<string, number>>,
  expect: readonly Expectation[],
): void {
  const expected = expect.map((expectation) => expectation.destination)
  const weighed = Object.keys(percents)
  // Weights that could not be read, or lack a destination, are a problem of their own.
  if (Object.values(percents).reduce((a, b) => a + b, 0) !== 100) return
  // The two may use different forms of one name. Only the rule shows whether they mean the same destination.
  if (expected.length === weighed.length && [...expected, ...weighed].some(isLongForm)) return
  for (const name of weighed.filter((candidate) => !expected.includes(candidate)))
    reader.refuse(
      'expect',
      'ITS-EXPECT-DESTINATIONS',
      () => `expect has no expression for ${name}, which weights names.`,
    )
  for (const name of expected.filter((candidate) => !weighed.includes(candidate)))
    reader.refuse(
      'expect',
      'ITS-EXPECT-DESTINATIONS',
      () =>
        `expect names ${name}, which weights does not name. weights has: ${plainList(weighed)}.${suggestion(nearest(name, weighed))}`,
    )
}

function isLongForm(name: string): boolean {
  return /[/:.[]/.test(name)
}

/** Probes that read neither status nor headers. */
const WITHOUT_HEAD = ['tcp', 'command']

function isWithoutHead(probe: string | undefined): boolean {
  return probe !== undefined && WITHOUT_HEAD.includes(probe)
}

/** Stamps are part of a write, and are read from response headers. */
function checkStamp(reader: Reader, { mode, manifest, probe }: Options): void {
  const other = [
    ...(mode === 'verify' ? ['mode: verify, which writes nothing'] : []),
    ...(manifest === undefined ? [] : ['manifest, because this tool does not apply the file']),
    ...(isWithoutHead(probe.kind) ? [`probe: ${probe.kind}, which reads no response headers`] : []),
  ]
  for (const one of other)
    reader.refuse(
      'expect',
      'ITS-STAMP-NOT-POSSIBLE',
      () => `expect: stamp cannot be combined with ${one}. Use expect with a mapping instead.`,
    )
}

/** Finds limits that samples cannot show to be kept. */
function checkHealth(
  reader: Reader,
  { probe, errors, maxErrors, maxLatency, probeTimeoutMs }: Options,
): void {
  if (isWithoutHead(probe.kind) && errors !== undefined)
    reader.refuse(
      'errors',
      'ITS-INPUTS-CONFLICT',
      () => `errors is only used with probe: http or grpc, not with probe: ${probe.kind}.`,
    )
  if (maxErrors !== undefined && hidesErrors(probe))
    reader.refuse(
      MAX_ERRORS.name,
      'ITS-INPUTS-CONFLICT',
      () => `max-errors cannot be combined with ${hidesErrors(probe)}`,
    )
  if (maxLatency !== undefined && probeTimeoutMs <= maxLatency.ms)
    reader.refuse(
      'probe-timeout',
      'ITS-INPUTS-CONFLICT',
      () =>
        `probe-timeout (${durationText(probeTimeoutMs)}) must be longer than the time of max-latency (${durationText(maxLatency.ms)}). Raise probe-timeout.`,
    )
}

/** Why samples do not show errors; undefined where they do, or where the rule decides about the probe. */
function hidesErrors({ kind, replyUntil }: Options['probe']): string | undefined {
  if (kind === 'command') return 'probe: command, which cannot show whether a reply is an error.'
  if (kind !== 'tcp' || replyUntil !== 'match') return undefined
  return 'reply-until: match, because a connection that ends before the reply shows no destination. Use another reply-until.'
}
