import { droppedAfter, hooks, respond } from '../../sandbox/faults/api-acts.ts'
import { aKind } from '../../src/routes/object-name.ts'
import { GATEWAY_KINDS, GATEWAY_ROUTES, type Kind } from '../run/gateway-api.ts'
import type { Aftermath } from './point.ts'
import { PROXY_SCENARIOS } from './proxy-scenarios.ts'
import type { Scenario } from './scenario.ts'
import { LAST_STEP_SCENARIOS, WATCH_SCENARIOS } from './step-scenarios.ts'
import { HOPELESS, MAY_BE_ALIVE, REQUESTS, ROLLBACK, SHORT, SPLIT } from './usual-inputs.ts'
import { LATE_LABEL } from './world.ts'

/** After which of these it can be said how the object must end. */
export function aftermathsOf({ subject }: Scenario): Aftermath[] {
  return subject === 'command line'
    ? ['a run after the expiry']
    : ['post', 'a later attempt', 'a run after the expiry']
}

/** Slow enough to be still at work when it is cancelled. */
const SLOW = { ...SHORT, rate: '20' }

/** A shift of requests whose replies carry stamps. */
const STAMPED = { ...SHORT, 'virtual-service': 'web', expect: 'stamp' }
/** As of a rollback. */
const STATUS = { mode: 'status', expect: '' }
/** Inputs for a route of a kind of the Gateway API; of a kind that speaks TLS, those that need none are empty. */
function routeOf(kind: Kind, inputs: Readonly<Record<string, string>>) {
  const { destination, inputs: own } = GATEWAY_ROUTES[kind]
  const given = Object.entries({ ...own, ...inputs, 'virtual-service': '' })
  const texts = Object.fromEntries(
    given.flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])),
  )
  return 'subset' in inputs ? { ...texts, subset: destination('v2') } : texts
}

const NO_SAMPLES = { expect: '', probe: '', 'probe-ca': '' }
const ROUTE_WEIGHTS = { v1: 80, v2: 20 }

/** For each kind of the Gateway API: what passes, fails, adds a destination, has stamps, and is restored by post and a rollback. */
const ROUTE_SCENARIOS: readonly Scenario[] = GATEWAY_KINDS.flatMap((kind): Scenario[] => {
  const name = GATEWAY_ROUTES[kind].kind
  const route = { kind, weights: ROUTE_WEIGHTS }
  return [
    {
      name: `a shift of ${aKind(name)} with a step`,
      world: { route },
      inputs: routeOf(kind, { ...SHORT, weight: '90', steps: '55' }),
      subject: 'action',
      adorned: true,
    },
    {
      name: `a shift of ${aKind(name)} to a new destination that fails`,
      world: { route: { kind, weights: { v1: 1 } } },
      inputs: routeOf(kind, HOPELESS),
      subject: 'action',
    },
    ...(kind === 'http' || kind === 'grpc'
      ? [
          {
            name: `a shift of ${aKind(name)} with stamps that fails`,
            world: { route },
            inputs: routeOf(kind, { ...HOPELESS, expect: 'stamp' }),
            subject: 'action' as const,
          },
        ]
      : []),
    {
      name: `post after a write of ${aKind(name)}`,
      world: { route },
      inputs: routeOf(kind, SHORT),
      subject: 'post',
      killedBefore: { whose: 'this step', moment: 'carried out, not answered' },
    },
    {
      name: `a rollback of a killed run on ${aKind(name)}`,
      world: { route },
      inputs: routeOf(kind, { ...ROLLBACK, ...NO_SAMPLES }),
      otherInputs: routeOf(kind, SHORT),
      subject: 'action',
      killedBefore: MAY_BE_ALIVE,
    },
  ]
})

const WRITES = { method: 'PATCH', dryRun: false }

export const SCENARIOS: readonly Scenario[] = [
  ...ROUTE_SCENARIOS,
  ...LAST_STEP_SCENARIOS,
  ...WATCH_SCENARIOS,
  ...PROXY_SCENARIOS,
  { name: 'a shift', world: SPLIT, inputs: SHORT, subject: 'action', adorned: true },
  {
    name: 'a shift with a step',
    world: SPLIT,
    inputs: { ...SHORT, weight: '90', steps: '55' },
    subject: 'action',
  },
  { name: 'a shift to a new destination', world: {}, inputs: SHORT, subject: 'action' },
  {
    name: 'a shift that fails',
    world: SPLIT,
    inputs: HOPELESS,
    subject: 'action',
    adorned: true,
  },
  {
    name: 'a shift to a new destination that fails',
    world: {},
    inputs: HOPELESS,
    subject: 'action',
  },
  {
    name: 'a shift to a version that does not answer',
    world: { ...SPLIT, dead: 'v2' },
    inputs: { ...SHORT, 'propagation-timeout': '0s' },
    subject: 'action',
  },
  {
    name: 'a shift with a step, on-failure: keep',
    world: SPLIT,
    inputs: { ...SHORT, weight: '90', steps: '55', 'on-failure': 'keep' },
    subject: 'action',
    keeps: true,
  },
  {
    name: 'a shift that fails, on-failure: keep',
    world: SPLIT,
    inputs: { ...HOPELESS, 'on-failure': 'keep' },
    subject: 'action',
    adorned: true,
    keeps: true,
  },
  {
    name: 'a shift with stamps and a step',
    world: REQUESTS,
    inputs: { ...STAMPED, weight: '90', steps: '55' },
    subject: 'action',
  },
  {
    name: 'a shift with stamps that fails',
    world: REQUESTS,
    inputs: { ...STAMPED, connections: '1', 'propagation-timeout': '0s' },
    subject: 'action',
    adorned: true,
  },
  {
    name: 'a shift with stamps to a version that answers with errors',
    world: { ...REQUESTS, failing: 'v2' },
    inputs: STAMPED,
    subject: 'action',
  },
  {
    name: 'a shift with stamps that fails, on-failure: keep',
    world: REQUESTS,
    inputs: {
      ...STAMPED,
      connections: '1',
      'propagation-timeout': '0s',
      'on-failure': 'keep',
    },
    subject: 'action',
    keeps: true,
  },
  {
    name: 'a rollback of a killed run with stamps',
    world: REQUESTS,
    inputs: { ...ROLLBACK, 'virtual-service': 'web' },
    otherInputs: STAMPED,
    subject: 'action',
    killedBefore: MAY_BE_ALIVE,
  },
  {
    name: 'verify',
    world: SPLIT,
    inputs: { mode: 'verify', weights: 'current', tolerance: '35', confidence: '99.99' },
    subject: 'action',
  },
  {
    name: 'plan',
    world: SPLIT,
    inputs: { mode: 'plan', subset: 'v2', weight: '60' },
    subject: 'action',
  },
  {
    name: 'a shift that first rolls back an interrupted run',
    world: SPLIT,
    inputs: SHORT,
    subject: 'action',
    killedBefore: { whose: 'another run', moment: 'carried out, not answered' },
  },
  {
    name: 'a shift whose write meets that of another client',
    world: SPLIT,
    inputs: SHORT,
    subject: 'action',
    trouble: (world) =>
      world.order({
        match: WRITES,
        times: 1,
        act: hooks({
          before: () => world.edit({ metadata: { labels: { [LATE_LABEL]: 'here' } } }),
        }),
      }),
  },
  {
    name: 'a shift whose first answer is lost',
    world: SPLIT,
    inputs: SHORT,
    subject: 'action',
    trouble: (world) => world.order({ match: WRITES, times: 1, act: droppedAfter() }),
  },
  {
    name: 'a shift that fails, and its rollback at first too',
    world: SPLIT,
    inputs: HOPELESS,
    subject: 'action',
    trouble: (world) => world.order({ match: { ...WRITES, nth: 2 }, act: respond(503) }),
  },
  {
    name: 'a shift that is cancelled after its write',
    world: SPLIT,
    inputs: SLOW,
    subject: 'action',
    cancelled: 'written',
  },
  {
    name: 'a shift that is cancelled while its write is answered',
    world: {},
    inputs: SHORT,
    subject: 'action',
    cancelled: 'carried out, not answered',
  },
  {
    name: 'a shift that is cancelled while its write is on its way',
    world: SPLIT,
    inputs: SHORT,
    subject: 'action',
    cancelled: 'before it is sent',
  },
  {
    name: 'post after a write',
    world: {},
    inputs: SHORT,
    subject: 'post',
    killedBefore: { whose: 'this step', moment: 'carried out, not answered' },
  },
  {
    name: 'post after a write that may be on its way',
    world: SPLIT,
    inputs: SHORT,
    subject: 'post',
    killedBefore: { whose: 'this step', moment: 'before it is sent' },
  },
  {
    name: 'post, on-failure: keep',
    world: SPLIT,
    inputs: { ...SHORT, 'on-failure': 'keep' },
    subject: 'post',
    adorned: true,
    keeps: true,
    killedBefore: { whose: 'this step', moment: 'carried out, not answered' },
  },
  {
    name: 'a rollback of a killed run',
    world: SPLIT,
    inputs: ROLLBACK,
    subject: 'action',
    adorned: true,
    killedBefore: MAY_BE_ALIVE,
    otherInputs: SHORT,
  },
  {
    name: 'a rollback of a killed run that added a destination',
    world: {},
    inputs: ROLLBACK,
    subject: 'action',
    killedBefore: MAY_BE_ALIVE,
    otherInputs: SHORT,
  },
  {
    name: 'a rollback of a killed run, on-failure: keep',
    world: SPLIT,
    inputs: ROLLBACK,
    subject: 'action',
    killedBefore: MAY_BE_ALIVE,
    otherInputs: { ...SHORT, 'on-failure': 'keep' },
  },
  {
    name: 'a rollback that meets the write of another client',
    world: SPLIT,
    inputs: ROLLBACK,
    subject: 'action',
    killedBefore: MAY_BE_ALIVE,
    otherInputs: SHORT,
    trouble: (world) =>
      world.order({
        match: WRITES,
        times: 1,
        act: hooks({
          before: () => world.edit({ metadata: { labels: { [LATE_LABEL]: 'here' } } }),
        }),
      }),
  },
  {
    name: 'a rollback while the run lives',
    world: SPLIT,
    inputs: ROLLBACK,
    subject: 'action',
    livesBeside: true,
    otherInputs: HOPELESS,
  },
  {
    name: 'status of a killed run',
    world: SPLIT,
    inputs: STATUS,
    subject: 'action',
    killedBefore: MAY_BE_ALIVE,
    otherInputs: SHORT,
  },
  {
    name: 'the command line: a rollback of a killed run',
    world: SPLIT,
    inputs: ROLLBACK,
    subject: 'command line',
    adorned: true,
    killedBefore: MAY_BE_ALIVE,
    otherInputs: SHORT,
  },
  {
    name: 'the command line: a shift',
    world: SPLIT,
    inputs: SHORT,
    subject: 'command line',
    adorned: true,
  },
  {
    name: 'the command line: a shift that fails',
    world: {},
    inputs: HOPELESS,
    subject: 'command line',
  },
]
