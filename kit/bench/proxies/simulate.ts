import type { HeldRule } from '../../../src/gateways/proxies/held-rule.ts'
import { rulesOf } from '../../../src/rollout/check/check-task.ts'
import type { Check } from '../../../src/rollout/model/check.ts'
import { planChecks } from '../../../src/rollout/plan/plan-checks.ts'
import { startProxyTable } from '../../../src/rollout/proxies/proxy-table.ts'
import { ofHundred } from '../../../src/routes/weights/weights.ts'
import type { CheckEnd } from '../../../src/split/check/check-end.ts'
import { checkMachine } from '../../../src/split/check/check-machine.ts'

/** One replica of a gateway: percents of the first of two destinations, and when it takes over what follows. */
export type Replica = { from: number; then: number; atMs: number }

/** A write from one share of the first of two destinations to another, in percent, at a gateway of some replicas. */
export type Scenario = {
  from: number
  to: number
  tolerance?: number
  replicas: readonly Replica[]
  /** What draws follow once replicas hold the new weights, where that is not what they hold. */
  drawn?: number
  /** The chance that Pods come or go during an attempt with confirmed proxies. */
  podsChange?: number
}

/** `samples`: those of its attempts. */
export type Simulated = { ended: CheckEnd; samples: number; atMs: number }

const SAMPLES_PER_SECOND = 3000
const PROPAGATION_TIMEOUT_MS = 15_000
const DUE_MS = PROPAGATION_TIMEOUT_MS + 2000
const DEADLINE_MS = 300_000
const LOOK_EVERY_MS = 20
const LAG_MS = 50
export const ALPHA = 0.01

/** The check that a run plans for this write. */
export function checkOf({ from, to, tolerance }: Scenario): Check {
  const [check] = planChecks(
    {
      names: ['new', 'old'],
      unit: 'connection',
      presentShares: [from / 100, 1 - from / 100],
      targets: [ofHundred([to, 100 - to])],
      writes: true,
    },
    { confidencePercent: 100 * (1 - ALPHA), tolerancePoints: tolerance, connections: 'auto' },
  )
  if (check === undefined) throw new RangeError('no weights to confirm')
  return check
}

/** A check as a run makes it, whose proxies and connections are simulated. */
export function simulate(scenario: Scenario, check: Check, random: () => number): Simulated {
  const task = {
    ...{ check, alpha: ALPHA, hypotheses: 1, connections: 'auto' as const, mayRecover: false },
    ...{ writtenMs: 0, propagationTimeoutMs: PROPAGATION_TIMEOUT_MS },
  }
  const machine = checkMachine({ ...rulesOf(task), readsProxies: true })
  const isChanged = random() < (scenario.podsChange ?? 0)
  const look = startLooks(scenario, check)
  let nowMs = 0
  let samples = 0
  let looksMs = 0
  let isConfirmed = false

  function sample(): boolean {
    const replica = scenario.replicas[Math.floor(random() * scenario.replicas.length)]
    const destination = random() < shareOf(scenario, replica, nowMs) ? 0 : 1
    return machine.observe({ kind: 'single', destination, launchedMs: nowMs, tookMs: 0 })
  }

  function lookIfDue(): void {
    if (nowMs < looksMs) return
    looksMs += LOOK_EVERY_MS
    const { status } = look(nowMs)
    machine.proxies(
      status === 'confirmed' ? { kind: status, fromMs: nowMs + LAG_MS } : { kind: status },
    )
  }

  for (;;) {
    if (!isConfirmed) lookIfDue()
    const step = machine.next(nowMs)
    switch (step.kind) {
      case 'await-switch':
        sample()
        nowMs += 1000 / step.samplesPerSecond
        break
      case 'wait':
        isConfirmed = true
        nowMs = step.untilMs
        break
      case 'attempt':
        isConfirmed = true
        for (samples += 1; !sample() && nowMs < DEADLINE_MS; samples += 1)
          nowMs += 1000 / SAMPLES_PER_SECOND
        if (nowMs >= DEADLINE_MS) machine.stop()
        break
      case 'read-proxies':
        machine.proxiesAgain(!isChanged)
        break
      case 'end':
        return { ended: step.ended ?? 'limit-reached', samples, atMs: nowMs }
      default:
        throw new RangeError(`no ${step.kind} without limits`)
    }
  }
}

function shareOf({ drawn }: Scenario, replica: Replica | undefined, nowMs: number): number {
  if (replica === undefined) return 0
  return (nowMs < replica.atMs ? replica.from : (drawn ?? replica.then)) / 100
}

/** What the table of the proxies shows, from the dumps of all replicas. */
function startLooks({ replicas }: Scenario, { target }: Check) {
  const uids = replicas.map((_, index) => String(index))
  const table = startProxyTable({
    ...{ wanted: { shares: target, stamps: undefined }, startMs: 0, isWritten: true },
    ...{ dueMs: DUE_MS, everHeld: new Set(uids) },
  })
  const pods = uids.map((uid) => ({
    ...{ namespace: 'istio-system', name: uid, uid, role: 'gateway' as const },
    ...{ isReady: true, isTerminating: false },
  }))
  table.setPods(pods, 0)
  return (nowMs: number) => {
    for (const [index, { from, then, atMs }] of replicas.entries())
      table.note(String(index), heldOf(nowMs < atMs ? from : then), nowMs)
    return table.standing(nowMs)
  }
}

function heldOf(percent: number): HeldRule {
  const shares = [percent / 100, 1 - percent / 100]
  return {
    ...{ kind: 'held', shares, headers: [{}, {}], updated: undefined },
    ...{ dependent: undefined, retries: false },
  }
}
