import { CLIENT_PODS } from './groups/client-pods.ts'
import { EVIDENCE, TRAFFIC } from './groups/evidence.ts'
import { EXPECT } from './groups/expect.ts'
import { MAX_LATENCY } from './groups/health.ts'
import { DRAIN_TIMEOUT } from './groups/limits.ts'
import { MANIFEST } from './groups/object.ts'
import { CONCURRENCY, CONNECT, PROBE_TIMEOUT, RATE } from './groups/probe.ts'
import { SAMPLE_OPTIONS } from './groups/sample.ts'
import type { Option } from './option.ts'
import type { Options } from './options.ts'
import type { Reader } from './reader.ts'

/** What has no meaning where this run opens no connection. */
const ABOUT_SAMPLES: readonly Option[] = [
  ...SAMPLE_OPTIONS,
  CONNECT,
  EXPECT,
  CONCURRENCY,
  RATE,
  PROBE_TIMEOUT,
  MAX_LATENCY,
]

/** Finds inputs that what is observed leaves without a meaning. */
export function checkEvidence(reader: Reader, options: Options): void {
  const { evidence, traffic } = options
  const refuse = (option: Option, other: string, advice: string) => {
    if (!reader.isSet(option)) return
    reader.refuse(
      option.name,
      'ITS-INPUTS-CONFLICT',
      () => `${option.name} cannot be combined with ${other}. ${advice}`,
    )
  }
  if (options.proxies === 'off') {
    refuse(CLIENT_PODS, 'proxies: off', 'Its proxies are read only with proxies: auto or require.')
    if (evidence === 'counters')
      refuse(EVIDENCE, 'proxies: off', 'The counters are those of the proxies.')
  }
  if (evidence === 'replies') {
    for (const option of [TRAFFIC, DRAIN_TIMEOUT])
      refuse(option, 'evidence: replies', 'Set evidence: counters.')
    return
  }
  if (options.mode === 'shift' || options.mode === 'plan') {
    const advice = 'A run that edits a file confirms nothing.'
    for (const option of [EVIDENCE, DRAIN_TIMEOUT])
      if (reader.isSet(MANIFEST)) refuse(option, MANIFEST.name, advice)
  }
  if (traffic === 'users') {
    const none = 'The run opens no connection. Remove it, or use traffic: own.'
    for (const option of ABOUT_SAMPLES) refuse(option, 'traffic: users', none)
    return
  }
  if (options.stamp)
    reader.refuse(
      EXPECT.name,
      'ITS-INPUTS-CONFLICT',
      () =>
        'expect: stamp cannot be combined with evidence: counters. The counters show which destination served. Give a regular expression or a mapping, or leave expect out.',
    )
  if (reader.given(EXPECT) !== undefined) return
  refuse(
    MAX_LATENCY,
    'evidence: counters',
    'Counters do not show how long a reply takes. Add expect, so that replies to the connections of this run show it, or use evidence: replies.',
  )
}
