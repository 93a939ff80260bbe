import { describe, expect, test } from 'vitest'
import { someHealth, worse } from '../../../kit/split/health.ts'
import { adviceFor } from '../../../src/rollout/diagnosis/advice.ts'
import type { Subject } from '../../../src/rollout/diagnosis/subject.ts'
import { diagnosisText } from '../../../src/rollout/diagnosis/words.ts'
import type { Cause, Diagnosis } from '../../../src/split/diagnosis/diagnosis.ts'
import type { HealthState } from '../../../src/split/health/health.ts'
import type { LimitQuestion } from '../../../src/split/health/health-rules.ts'
import { COMMANDS, GATEWAY_COMMANDS, ONLY_ISTIO } from './support/commands.ts'

/** A shift of 80/20 to 50/50. */
const SHIFT: Subject = {
  names: ['v1', 'v2'],
  unit: 'connection',
  target: [0.5, 0.5],
  old: { shares: [0.8, 0.2], name: 'the previous weights' },
  present: [0.8, 0.2],
  namesBefore: ['v1', 'v2'],
  tolerancePoints: [5, 5],
  propagationSeconds: 15,
  limit: { most: 20, auto: 2400 },
  connections: undefined,
  isRateSet: false,
  further: 0,
  outcomes: '38 closed without a reply',
  mostly: 'closed',
  ownReply: undefined,
  mostlyErrors: false,
  spanMs: 60_000,
  alarm: undefined,
  probeTimeoutMs: 5000,
  errorExamples: [],
  ownErrors: [],
  stamped: false,
  expect: 'v1: /^one/, v2: /^two/',
  commands: COMMANDS,
}
/** A shift whose replies have stamps. */
const STAMPED: Subject = { ...SHIFT, unit: 'request', stamped: true, expect: '' }
const VERIFY: Subject = { ...SHIFT, old: undefined, propagationSeconds: undefined }

function diagnosis(cause: Cause, changes: Partial<Diagnosis> = {}): Diagnosis {
  return {
    ended: 'off-target',
    cause,
    others: [],
    seen: { counts: [1204, 301], unclassified: 0 },
    attemptsBefore: 0,
    clientLimits: 0,
    ...changes,
  }
}

const HEALTH = someHealth({
  tallies: [
    { ok: 16, errors: 0 },
    { ok: 6, errors: 8 },
  ],
  ...worse(1),
})
const MAX_ERRORS = { kind: 'max-errors', limit: 0.01 } as const
const MAX_LATENCY = { kind: 'max-latency', limit: 0.01, overMs: 250 } as const
/** The state of a limit of v2. */
const limitOf = (question: HealthState['question'], changes: Partial<HealthState>) =>
  someHealth({
    tallies: HEALTH.tallies,
    states: [
      {
        question,
        destination: 1,
        samples: 800,
        events: 41,
        status: 'open',
        pass: { samples: 511, events: 14, unattributed: 12, spanMs: 12_000 },
        heldBackBy: undefined,
        interval: [0, 1],
        ...changes,
      },
    ],
  })
const open = (heldBackBy: HealthState['heldBackBy'], question: LimitQuestion = MAX_ERRORS) =>
  diagnosis(
    { kind: 'limit-open', destination: 1, question, heldBackBy },
    { ended: 'health-undecided', health: limitOf(question, { heldBackBy }) },
  )
const seen = (...counts: number[]) => ({ seen: { counts, unclassified: 0 } })
const PINNED: Cause = { kind: 'one-destination', destination: 0 }
const SWAPPED: Cause = { kind: 'swapped', order: [1, 0], of: 'target' }
const ELSEWHERE =
  'Look for another route object that takes part of the connections, for a gateway replica that is out of sync, and for a proxy in front that keeps connections:\n  VIRTUALSERVICES\n  PROXY-STATUS'
const BEHIND_OBJECT =
  'Look for what changes the split behind the route object: a cache or a proxy in front of the gateway that repeats replies, or an EnvoyFilter that decides where requests go:\n  ENVOYFILTERS'
const AFFINITY =
  'Check sessionAffinity of the Service in front of the gateway, source hashing of the load balancer, and consistentHash in DestinationRules. Check that endpoint is the address of the gateway. To judge the split, probe from several addresses, or without the affinity.\n  AFFINITIES\n  DESTINATIONRULES\nIf there is no affinity, look for another route object that takes all connections:\n  VIRTUALSERVICES'
const IN_SYNC = 'Check that istiod is up and that the gateway is in sync with it:\n  PROXY-STATUS'
const MORE_TIME = 'Raise timeout or concurrency, or use a wider tolerance.'

describe('a diagnosis is said in whole sentences, with what to do:', () => {
  test.each<[string, Diagnosis, Subject, string, string]>([
    [
      'the previous weights',
      diagnosis({ kind: 'previous' }),
      SHIFT,
      'The gateway still splits by the previous weights (v1 80%, v2 20%) 15 s after the write. Observed v1 80%, v2 20% of 1,505 connections.',
      IN_SYNC,
    ],
    [
      'the weights of the step before',
      diagnosis({ kind: 'previous' }),
      { ...SHIFT, old: { shares: [0.7, 0.3], name: 'the weights of step 2' } },
      'The gateway still splits by the weights of step 2 (v1 70%, v2 30%) 15 s after the write. Observed v1 80%, v2 20% of 1,505 connections.',
      IN_SYNC,
    ],
    [
      'previous weights that lack a destination which the run adds',
      diagnosis({ kind: 'previous' }, seen(150, 0)),
      {
        ...SHIFT,
        old: { shares: [1, 0], name: 'the previous weights' },
        present: [1, 0],
        namesBefore: ['v1'],
      },
      'The gateway still splits by the previous weights (v1 100%) 15 s after the write. Observed v1 100%, v2 0% of 150 connections.',
      IN_SYNC,
    ],
    [
      'the previous weights or a pinned client',
      diagnosis({ kind: 'previous' }, { others: [PINNED], ...seen(300, 0) }),
      { ...SHIFT, old: { shares: [1, 0], name: 'the previous weights' } },
      'All 300 connections from this runner got the reply of v1, although v1 and v2 both have weight. Either the gateway still splits by the previous weights (v1 100%, v2 0%), or it sends every connection from this runner to v1.',
      `${IN_SYNC}\n${AFFINITY}`,
    ],
    [
      'a part of the gateway',
      diagnosis(
        { kind: 'partly-previous', part: { share: 0.512, low: 0.413, high: 0.609 } },
        seen(490, 257),
      ),
      SHIFT,
      'About half of the connections (41% to 61%) are still split by the previous weights (v1 80%, v2 20%): one of two gateway replicas? Observed v1 66%, v2 34% of 747 connections, where v1 50%, v2 50% was written.',
      'Find the gateway replica that is out of sync, and restart it:\n  PROXY-STATUS\nIf all are in sync, look for another route object that takes part of the connections. It can look the same.\n  VIRTUALSERVICES',
    ],
    [
      'a part that no few replicas would make',
      diagnosis(
        { kind: 'partly-previous', part: { share: 0.9, low: 0.85, high: 0.94 } },
        seen(770, 230),
      ),
      SHIFT,
      'About 90% of the connections (85% to 94%) are still split by the previous weights (v1 80%, v2 20%). Observed v1 77%, v2 23% of 1,000 connections, where v1 50%, v2 50% was written.',
      'Find the gateway replica that is out of sync, and restart it:\n  PROXY-STATUS\nIf all are in sync, look for another route object that takes part of the connections. It can look the same.\n  VIRTUALSERVICES',
    ],
    [
      'one destination',
      diagnosis(PINNED, seen(1204, 0)),
      VERIFY,
      'All 1,204 connections from this runner got the reply of v1, although v1 and v2 both have weight. The split cannot be judged from here.',
      AFFINITY,
    ],
    [
      'swapped expectations',
      diagnosis(SWAPPED, seen(300, 700)),
      { ...SHIFT, target: [0.7, 0.3] },
      'The replies fit v1 70%, v2 30% if the expressions of v1 and v2 are swapped in expect. Observed v1 30%, v2 70% of 1,000 connections.',
      'Check the expressions of v1 and v2 in expect: v1: /^one/, v2: /^two/.',
    ],
    [
      'swapped expectations and the previous weights',
      diagnosis({ ...SWAPPED, of: 'previous' }, seen(200, 800)),
      SHIFT,
      'The replies fit v1 80%, v2 20% if the expressions of v1 and v2 are swapped in expect. Then the gateway still splits by the previous weights (v1 80%, v2 20%). Observed v1 20%, v2 80% of 1,000 connections.',
      'Check the expressions of v1 and v2 in expect: v1: /^one/, v2: /^two/.',
    ],
    [
      'other weights',
      diagnosis({ kind: 'other-weights' }, seen(15, 285)),
      SHIFT,
      'The gateway splits neither by the new weights (v1 50%, v2 50%) nor by the previous weights (v1 80%, v2 20%). Observed v1 5%, v2 95% of 300 connections.',
      ELSEWHERE,
    ],
    [
      'other weights in verify',
      diagnosis({ kind: 'other-weights' }, seen(15, 285)),
      { ...VERIFY, present: [0.5, 0.5] },
      'The gateway does not split by v1 50%, v2 50%. Observed v1 5%, v2 95% of 300 connections.',
      ELSEWHERE,
    ],
    [
      'other weights in verify, where the object has others too',
      diagnosis({ kind: 'other-weights' }, seen(15, 285)),
      VERIFY,
      'The gateway does not split by v1 50%, v2 50%. Observed v1 5%, v2 95% of 300 connections.',
      `The object has v1 80%, v2 20%, not the weights to verify. ${ELSEWHERE}`,
    ],
    [
      'the weights of the object',
      diagnosis({ kind: 'object' }),
      VERIFY,
      'The gateway splits by the weights on the object (v1 80%, v2 20%), not by v1 50%, v2 50%. Observed v1 80%, v2 20% of 1,505 connections.',
      'Shift to v1 50%, v2 50%, or wait for the controller that rolls them out. To verify what the object says, use weights: current without manifest.',
    ],
    [
      'a cause that is not known',
      diagnosis({ kind: 'unclear' }, seen(512, 503)),
      SHIFT,
      'v1 50%, v2 50% is refuted by one attempt, although all attempts together fit it. The cause is not known. Observed v1 50%, v2 50% of 1,015 connections.',
      ELSEWHERE,
    ],
    [
      'connections that are not independent',
      diagnosis({ kind: 'not-independent' }, { ended: 'dependent', ...seen(400, 400) }),
      SHIFT,
      'Connections are not independent (session affinity?), so the split cannot be judged. Observed v1 50%, v2 50% of 800 connections.',
      AFFINITY,
    ],
    [
      'errors of a version',
      diagnosis({ kind: 'more-errors', destination: 1 }, { ended: 'unhealthy', health: HEALTH }),
      { ...STAMPED, errorExamples: [undefined, '503 broken'] },
      'v2 has a higher error rate than the others: 8 of 14 requests to v2 were errors (for example "503 broken"), and 0 of 16 to the others.',
      'Check the Pods of v2, and their logs:\n  PODS',
    ],
    [
      'errors above a limit',
      diagnosis(
        { kind: 'above-limit', destination: 1, question: MAX_ERRORS },
        { ended: 'unhealthy', health: HEALTH },
      ),
      { ...SHIFT, errorExamples: [undefined, 'reset after two hel'] },
      'v2 exceeds max-errors (1%): 8 of 14 connections to v2 ended with an error (for example "reset after two hel"), and 0 of 16 to the others.',
      'Check the Pods of v2, and their logs:\n  PODS',
    ],
    [
      'replies above a limit',
      diagnosis(
        { kind: 'above-limit', destination: 1, question: MAX_LATENCY },
        { ended: 'unhealthy', health: limitOf(MAX_LATENCY, {}) },
      ),
      STAMPED,
      'v2 exceeds max-latency (p99=250ms): 41 of 800 replies of v2 took longer than 250 ms, which is 5.1%.',
      'Check the Pods of v2, and their logs:\n  PODS',
    ],
    [
      'errors that the watch of step-interval shows',
      diagnosis({ kind: 'more-errors', destination: 1 }, { ended: 'unhealthy', health: HEALTH }),
      { ...STAMPED, alarm: { afterMs: 200_000, step: 2 } },
      '200 s after v1 50%, v2 50% was confirmed (step 2), the watch of step-interval raised an alarm. v2 has a higher error rate than the others: 8 of 14 requests to v2 were errors, and 0 of 16 to the others.',
      'Check the Pods of v2, and their logs:\n  PODS',
    ],
    [
      'requests that may be errors of a version',
      open('unattributed'),
      { ...STAMPED, stamped: false, expect: 'v1: /^one/, v2: /^two/' },
      'The split is confirmed, but max-errors (1%) is not decided for v2: 511 requests count for v2, 2 of them errors, and 12 of no known destination. These may all have gone to v2, so they count as errors. Without them, v2 would have passed.',
      'To attribute errors to a destination, use expect: stamp, or expect the error replies of each version too. expect has v1: /^one/, v2: /^two/.',
    ],
    [
      'connections that may be errors of a version',
      open('unattributed', MAX_LATENCY),
      SHIFT,
      'The split is confirmed, but max-latency (p99=250ms) is not decided for v2: 511 connections count for v2, 2 of them slow or errors, and 12 of no known destination. These may all have gone to v2, so they count as slow. Without them, v2 would have passed.',
      'Find out why these connections get no recognized reply. Check the Pods:\n  PODS',
    ],
    [
      'samples that span too little',
      open('span'),
      STAMPED,
      'The split is confirmed, but max-errors (1%) is not decided for v2: 511 requests count for v2, 2 of them errors. That would be enough, but they span 12 s, and health-span is 60 s.',
      'Raise timeout, or lower health-span.',
    ],
    [
      'samples that span too little because connections is set',
      open('span'),
      { ...STAMPED, connections: 600 },
      'The split is confirmed, but max-errors (1%) is not decided for v2: 511 requests count for v2, 2 of them errors. That would be enough, but they span 12 s, and health-span is 60 s.',
      'Raise connections above 600, or leave it out, or lower health-span.',
    ],
    [
      'a rate near its limit after all samples that a limit takes',
      open(undefined),
      STAMPED,
      'The split is confirmed, but max-errors (1%) is not decided for v2: 511 requests count for v2, 2 of them errors, and 12 of no known destination.',
      'Find out whether this rate of v2 is acceptable, then set a higher limit or reduce the rate. A rate near its limit takes many requests to decide. A good limit is four times the rate that you expect.',
    ],
    [
      'too few samples for a limit',
      open(undefined),
      { ...STAMPED, connections: 600 },
      'The split is confirmed, but max-errors (1%) is not decided for v2: 511 requests count for v2, 2 of them errors, and 12 of no known destination.',
      'Raise connections above 600, or leave it out. A rate near its limit takes many requests to decide. A good limit is four times the rate that you expect.',
    ],
    [
      'errors that the gateway makes for a version without endpoints',
      diagnosis({ kind: 'more-errors', destination: 1 }, { ended: 'unhealthy', health: HEALTH }),
      {
        ...STAMPED,
        errorExamples: [undefined, '503 no healthy upstream'],
        ownErrors: [undefined, 'no-endpoints'],
      },
      'Requests to v2 fail more often than those to the others: 8 of 14 requests to v2 were errors (for example "503 no healthy upstream"), and 0 of 16 to the others. The gateway made most of these replies itself, not v2. The gateway has no healthy endpoint for the destination.',
      'Check that Pods of the destination are ready, and that outlierDetection has not ejected them:\n  PODS',
    ],
    [
      'other weights although replies have stamps of the write',
      diagnosis({ kind: 'other-weights' }, seen(300, 200)),
      STAMPED,
      'The gateway has the write, as the stamps of these replies show, and does not split by its weights (v1 50%, v2 50%). Observed v1 60%, v2 40% of 500 requests.',
      BEHIND_OBJECT,
    ],
    [
      'everything at one destination although replies have stamps of the write',
      diagnosis({ kind: 'one-destination', destination: 0 }, seen(300, 0)),
      STAMPED,
      'All 300 requests from this runner got the reply of v1, although v1 and v2 both have weight. The split cannot be judged from here.',
      BEHIND_OBJECT,
    ],
    [
      'requests with stamps that are not independent',
      diagnosis({ kind: 'not-independent' }, { ended: 'dependent', ...seen(400, 400) }),
      STAMPED,
      'Requests are not independent (a cache in front of the gateway?), so the split cannot be judged. Observed v1 50%, v2 50% of 800 requests.',
      BEHIND_OBJECT,
    ],
    [
      'a silent destination',
      diagnosis(
        { kind: 'unanswered', destination: 1 },
        { ended: 'no-reply', seen: { counts: [40, 0], unclassified: 38 } },
      ),
      SHIFT,
      'v2 does not answer: it answered 0 of about 39. 38 of 78 connections got no recognized reply: 38 closed without a reply.',
      'Check the Pods of the destination that does not answer:\n  PODS',
    ],
    [
      'a destination that does not always answer',
      diagnosis(
        { kind: 'unanswered', destination: 1 },
        { ended: 'no-reply', seen: { counts: [500, 260], unclassified: 240 } },
      ),
      SHIFT,
      'v2 does not answer every connection: it answered 260 of about 500. 240 of 1,000 connections got no recognized reply: 38 closed without a reply.',
      'Check the Pods of the destination that does not answer:\n  PODS',
    ],
    [
      'a silent destination that cannot be named',
      diagnosis(
        { kind: 'unanswered', destination: undefined },
        { ended: 'no-reply', seen: { counts: [3, 3], unclassified: 4 } },
      ),
      SHIFT,
      'Some connections are not answered. Which destination they went to is not known: v1 answered 3 of about 5, v2 answered 3 of about 5. 4 of 10 connections got no recognized reply: 38 closed without a reply.',
      'Check the Pods of the destination that does not answer:\n  PODS',
    ],
    [
      'a gateway that accepts nothing',
      diagnosis(
        { kind: 'gateway-refuses' },
        { ended: 'no-reply', seen: { counts: [0, 0], unclassified: 3 } },
      ),
      { ...SHIFT, outcomes: '3 refused' },
      'The gateway no longer accepts connections. 3 of 3 connections got no recognized reply: 3 refused.',
      "Check that the gateway's Pods run, and that a Gateway still has a server for the port:\n  GATEWAYS\n  PROXY-STATUS",
    ],
    [
      'a gateway that refuses after it has answered some',
      diagnosis(
        { kind: 'gateway-refuses' },
        { ended: 'no-reply', seen: { counts: [47, 41], unclassified: 58 } },
      ),
      { ...SHIFT, outcomes: '8 reset, 50 refused' },
      'The gateway refuses connections. 58 of 146 connections got no recognized reply: 8 reset, 50 refused.',
      "Check that the gateway's Pods run, and that a Gateway still has a server for the port:\n  GATEWAYS\n  PROXY-STATUS",
    ],
    [
      'replies that are not recognized',
      diagnosis(
        { kind: 'unrecognized' },
        { ended: 'no-reply', seen: { counts: [40, 0], unclassified: 38 } },
      ),
      {
        ...SHIFT,
        outcomes: '38 with a reply that no expression matches (for example "three hello")',
      },
      'Some replies are not recognized. 38 of 78 connections got no recognized reply: 38 with a reply that no expression matches (for example "three hello").',
      'Correct expect, so that exactly one expression matches each reply. It has v1: /^one/, v2: /^two/.',
    ],
  ])('%s', (_, given, subject, says, next) => {
    expect(diagnosisText(given, subject)).toBe(says)
    expect(adviceFor(given, subject)).toBe(next)
  })
})

describe('a check that was not decided says what its connections fit:', () => {
  test.each<[string, Diagnosis, Subject, string, string]>([
    [
      'the new weights',
      diagnosis({ kind: 'target' }, { ended: 'time', ...seen(18_518, 18_518) }),
      { ...SHIFT, tolerancePoints: [0.1, 0.1] },
      'Time ran out after 37,036 connections. The replies no longer fit the previous weights. They fit the new weights (v1 50%, v2 50%), but do not confirm them within ± 0.1 points. Observed v1 50%, v2 50% of 37,036 connections.',
      MORE_TIME,
    ],
    [
      'the new weights by stamps, which say nothing of the previous weights',
      diagnosis({ kind: 'target' }, { ended: 'time', ...seen(50, 50) }),
      STAMPED,
      'Time ran out after 100 requests. The replies fit the new weights (v1 50%, v2 50%), but do not confirm them within ± 5 points. Observed v1 50%, v2 50% of 100 requests.',
      MORE_TIME,
    ],
    [
      'weights without a write',
      diagnosis({ kind: 'target' }, { ended: 'time', ...seen(50, 50) }),
      { ...VERIFY, tolerancePoints: [5, 3], isRateSet: true },
      'Time ran out after 100 connections. The replies fit v1 50%, v2 50%, but do not confirm them within v1 ± 5 points, v2 ± 3 points. Observed v1 50%, v2 50% of 100 connections.',
      'Raise timeout, concurrency or rate, or use a wider tolerance.',
    ],
    [
      'the new weights and the previous ones',
      diagnosis({ kind: 'target-or-previous' }, { ended: 'connections', ...seen(13, 7) }),
      SHIFT,
      'The check was not decided after 20 connections, and no more were allowed. The replies fit the new weights (v1 50%, v2 50%) and the previous weights (v1 80%, v2 20%) alike. Observed v1 65%, v2 35% of 20 connections.',
      'Raise connections above 20 (auto allows 2,400), or use a wider tolerance.',
    ],
    [
      'the previous weights',
      diagnosis({ kind: 'previous' }, { ended: 'time' }),
      SHIFT,
      'Time ran out after 1,505 connections. The gateway still splits by the previous weights (v1 80%, v2 20%). Observed v1 80%, v2 20% of 1,505 connections.',
      IN_SYNC,
    ],
    [
      'nothing, as no connection ended',
      diagnosis({ kind: 'nothing' }, { ended: 'time', ...seen(0, 0) }),
      SHIFT,
      'Time ran out before any connection ended. Nothing is known about the split.',
      MORE_TIME,
    ],
    [
      'nothing, for the limits of the client',
      diagnosis({ kind: 'client-limits' }, { ended: 'time', clientLimits: 4321, ...seen(8, 2) }),
      SHIFT,
      'This machine could not open 4,321 connections (out of files or ports), and opened 10. Time ran out before the split could be judged.',
      'Raise the limit on open files or widen the range of local ports on this machine, or lower concurrency or rate:\n  ulimit -n\n  sysctl net.ipv4.ip_local_port_range',
    ],
    [
      'the new weights, though the client could not open some',
      diagnosis({ kind: 'target' }, { ended: 'time', clientLimits: 7, ...seen(50, 50) }),
      VERIFY,
      'Time ran out after 100 connections. The replies fit v1 50%, v2 50%, but do not confirm them within ± 5 points. Observed v1 50%, v2 50% of 100 connections. This machine could not open 7 more (out of files or ports).',
      MORE_TIME,
    ],
  ])('%s', (_, given, subject, says, next) => {
    expect(diagnosisText(given, subject)).toBe(says)
    expect(adviceFor(given, subject)).toBe(next)
  })
})

test('a reply that another destination may give is named beside the previous weights, with the images', () => {
  const others: Cause[] = [{ kind: 'same-reply', destination: 1, like: 0 }]
  const given = diagnosis({ kind: 'previous' }, { others, ...seen(300, 0) })
  const subject = {
    ...SHIFT,
    target: [0, 1],
    old: { shares: [1, 0], name: 'the previous weights' },
  }
  expect(diagnosisText(given, subject)).toBe(
    'The gateway still splits by the previous weights (v1 100%, v2 0%) 15 s after the write, or v2 gives the reply of v1. Observed v1 100%, v2 0% of 300 connections.',
  )
  expect(adviceFor(given, subject)).toBe(
    `${IN_SYNC}\nCheck that v2 does not run the image of v1, and that its replies match its own expression in expect: v1: /^one/, v2: /^two/.\n  IMAGES`,
  )
})

test('all connections that were answered are not called all connections', () => {
  const given = diagnosis(PINNED, { seen: { counts: [300, 0], unclassified: 2 } })
  expect(diagnosisText(given, SHIFT)).toBe(
    'All 300 answered connections from this runner got the reply of v1, although v1 and v2 both have weight. The split cannot be judged from here. 2 of 302 connections got no recognized reply: 38 closed without a reply.',
  )
})

test('advice for a second cause follows that for the first', () => {
  const part = { share: 0.5, low: 0.3, high: 0.7 }
  const given = diagnosis({ kind: 'partly-previous', part }, { others: [SWAPPED] })
  expect(adviceFor(given, SHIFT)).toMatch(
    /\nThe replies also fit if expressions in expect are swapped\. Check the expressions of v1 and v2 in expect: v1: \/\^one\/, v2: \/\^two\/\.$/,
  )
})

test('the advice shows a command once', () => {
  const others: Cause[] = [
    { kind: 'same-reply', destination: 1, like: 0 },
    { kind: 'same-reply', destination: 0, like: 1 },
  ]
  const advice = adviceFor(diagnosis({ kind: 'previous' }, { others }), SHIFT)
  expect(advice.match(/^ {2}IMAGES$/gm)).toHaveLength(1)
  expect(advice.match(/does not run the image/g)).toHaveLength(2)
})

test('connections after the decision are named, as they are in no attempt', () => {
  const text = diagnosisText(diagnosis({ kind: 'other-weights' }), { ...SHIFT, further: 139 })
  expect(text).toMatch(
    /of 1,505 connections\. Of these, 139 connections were opened after the decision, only to find its cause\.$/,
  )
})

describe('the advice depends on how most of the unanswered connections ended:', () => {
  test.each<[Subject['mostly'], Cause, string]>([
    [
      'timeout',
      { kind: 'unanswered', destination: 1 },
      'Most of these connections were accepted, but got no complete reply within probe-timeout (5 s). If the destination needs longer, raise probe-timeout. With probe: tcp, check that reply-until says where its replies end. Check the Pods of the destination that does not answer:\n  PODS',
    ],
    [
      'closed',
      { kind: 'unanswered', destination: 1 },
      'Check the Pods of the destination that does not answer:\n  PODS',
    ],
    [
      'truncated reply',
      { kind: 'unrecognized' },
      'Most of these replies are longer than 64 KiB, and no expression matches what is read of them. Correct expect, which has v1: /^one/, v2: /^two/, or let the probe ask for a shorter reply.',
    ],
    [
      'slow expression',
      { kind: 'unrecognized' },
      'Most of these replies cost the expressions too much work. Use simpler expressions in expect. It has v1: /^one/, v2: /^two/.',
    ],
    [
      'unknown reply',
      { kind: 'unrecognized' },
      'Correct expect, so that exactly one expression matches each reply. It has v1: /^one/, v2: /^two/.',
    ],
  ])('%s, of %j', (mostly, cause, advice) => {
    expect(adviceFor(diagnosis(cause), { ...SHIFT, mostly })).toBe(advice)
  })
})

describe('replies of a former configuration', () => {
  const former = (counts: number[]) => diagnosis({ kind: 'former' }, seen(...counts))

  test('are of the gateway, as far as no reply had a stamp of the write', () => {
    expect(diagnosisText(former([0, 0]), SHIFT)).toMatch(
      /^The gateway, or a part of it, still has a former configuration 15 s after the write/,
    )
    expect(adviceFor(former([0, 0]), SHIFT)).toBe(IN_SYNC)
  })

  test('are of a part of the gateway where others had one', () => {
    expect(diagnosisText(former([3, 1]), SHIFT)).toMatch(/^A part of the gateway still has/)
    expect(adviceFor(former([3, 1]), SHIFT)).toBe(
      'Find the gateway replica that is out of sync, and restart it:\n  PROXY-STATUS',
    )
  })
})

test('the advice for a route of the Gateway API names nothing that only Istio has', () => {
  const causes: Cause[] = [
    { kind: 'former' },
    { kind: 'previous' },
    { kind: 'one-destination', destination: 0 },
    { kind: 'other-weights' },
    { kind: 'gateway-refuses' },
    { kind: 'not-independent' },
  ]
  for (const stamped of [false, true])
    for (const cause of causes) {
      const subject = { ...SHIFT, stamped, commands: GATEWAY_COMMANDS }
      expect(adviceFor(diagnosis(cause), subject)).not.toMatch(ONLY_ISTIO)
    }
})

test('what is said of a rule of the mesh names no gateway', () => {
  const causes: Cause[] = [
    { kind: 'former' },
    { kind: 'previous' },
    { kind: 'object' },
    { kind: 'one-destination', destination: 0 },
    { kind: 'other-weights' },
    { kind: 'gateway-refuses' },
    { kind: 'not-independent' },
    { kind: 'stale-proxies' },
    { kind: 'swapped', order: [1, 0], of: 'previous' },
  ]
  const commands = { ...COMMANDS, show: { ...COMMANDS.show, gateways: 'GET-SERVERS' } }
  for (const stamped of [false, true])
    for (const cause of causes) {
      const subject: Subject = { ...SHIFT, splitter: 'mesh', stamped, commands }
      const given = diagnosis(cause, { others: [{ kind: 'one-destination', destination: 0 }] })
      expect(diagnosisText(given, subject)).not.toMatch(/gateway/i)
      expect(adviceFor(given, subject)).not.toMatch(/gateway/i)
    }
})
