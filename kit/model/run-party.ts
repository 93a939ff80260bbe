import type { Intent } from '../../src/journal/intent.ts'
import { killedWrite } from '../../src/journal/recorded-write.ts'
import type { Restored } from '../../src/journal/restore/restored.ts'
import { readOptions } from '../../src/options/read-options.ts'
import { rollBack } from '../../src/rollout/interrupted/roll-back.ts'
import type { Context } from '../../src/rollout/model/context.ts'
import type { Outcome } from '../../src/rollout/model/outcome.ts'
import { blockedByPods } from '../../src/rollout/rollback/restore-blocked-by.ts'
import { rollout } from '../../src/rollout/rollout.ts'
import { refuseLeaks } from '../run/leaks.ts'
import { NO_JOBS } from '../run/no-jobs.ts'
import { TUTORIAL } from '../run/run.ts'
import { type Party, startParty } from './party.ts'
import { ownerOf, weightsOf } from './snapshot.ts'
import { SILENT } from './turns.ts'
import type { World } from './world.ts'

/** A run to start: what it is to do, and as whose. */
export type RunOrder = {
  /** v2's percent that it writes first, where it has two writes. */
  step?: number
  /** v2's percent that it is to end with. */
  weight: number
  /**
   * Whether its connections confirm its weights. One that fails uses one connection, which confirms nothing. last-step: those
   * of its last write get no reply, and on-failure is last-step.
   */
  ends: 'pass' | 'rollback' | 'keep' | 'last-step'
  run: { id: string; attempt: number }
}

export type RunParty = Party & {
  order: RunOrder
  owner: string
  /** What it saved for post before its first write. */
  intent(): Intent | undefined
  cancel(): void
  outcome(): Outcome | undefined
  /** Resolves when nothing of it is left, dead ones once they are buried. */
  over: Promise<void>
}

export async function startRun(
  world: World,
  name: string,
  order: RunOrder,
  owner = `owner-of-${name}`,
): Promise<RunParty> {
  const { host, port, follow } = await world.gateway(name)
  // Its gateway does what the object says, so that it has no reason to doubt the one or the other.
  const party = startParty(name, world.client(name), (answer) => {
    const weights = weightsOf(answer)
    if (!weights) return
    const isLast = order.ends === 'last-step' && weights.v2 === order.weight
    follow(isLast && ownerOf(answer) === owner ? SILENT : weights)
  })
  const cancel = new AbortController()
  let intent: Intent | undefined
  let outcome: Outcome | undefined
  const context: Context = {
    options: optionsOf(order, world.sandbox.kubeconfig, `${host}:${port}`),
    api: party.api,
    workloads: party.api,
    emit: () => undefined,
    atEnd: () => undefined,
    jobs: NO_JOBS,
    nowMs: hurriedClock(),
    environment: {},
    cancelled: cancel.signal,
    redact: (text) => text,
    run: { ...order.run, owner, by: `somebody@${name}` },
    saveIntent: (saved) => {
      intent = saved
    },
  }
  const over = rollout(context).then((ended) => {
    refuseLeaks([world.sandbox.kubeconfig], {
      outcome: JSON.stringify(ended),
      'what post is left': JSON.stringify(intent ?? null),
    })
    outcome = ended
    party.end()
  })
  return {
    ...party,
    order,
    owner,
    intent: () => intent,
    cancel: () => cancel.abort(),
    outcome: () => outcome,
    bury() {
      cancel.abort()
      party.bury()
    },
    over,
  }
}

/** Somebody who runs `mode: rollback` on the object. */
export type RollbackParty = Party & { over: Promise<void>; outcome(): Outcome | undefined }

export function startRollback(world: World, name: string): RollbackParty {
  const party = startParty(name, world.client(name))
  const { namespace, 'virtual-service': object } = TUTORIAL
  const given: Record<string, string | undefined> = {
    ...{ mode: 'rollback', namespace, 'virtual-service': object },
    kubeconfig: world.sandbox.kubeconfig,
  }
  let outcome: Outcome | undefined
  const over = rollBack({
    options: readOptions((option) => given[option]).options,
    ...{ api: party.api, workloads: party.api, environment: {} },
    ...{ emit: () => undefined, redact: (text) => text, saveIntent: () => undefined },
    atEnd: () => undefined,
    jobs: NO_JOBS,
    nowMs: hurriedClock(),
    cancelled: new AbortController().signal,
    run: { id: name, attempt: 1, owner: `owner-of-${name}`, by: `somebody@${name}` },
  }).then((ended) => {
    outcome = ended
    party.end()
  })
  return { ...party, over, outcome: () => outcome }
}

/** The cleanup step, as the runner starts it after a run that was killed, with what that run saved. */
export function startPost(
  world: World,
  name: string,
  intent: Intent,
): Party & { over: Promise<void>; result(): Restored | undefined } {
  const party = startParty(name, world.client(name))
  const signal = new AbortController().signal
  let result: Restored | undefined
  const { api } = party
  const blockedBy = blockedByPods({ api, workloads: api }, intent.version, signal)
  const over = killedWrite(api, intent)
    .restore(blockedBy, signal)
    .then((done) => {
      result = done
      party.end()
    })
  return { ...party, over, result: () => result }
}

/** Time runs fast for a run's own waits: they are no part of the order of calls. */
function hurriedClock(): () => number {
  let ms = 0
  return () => {
    ms += 250
    return ms
  }
}

function optionsOf(
  { step, weight, ends }: RunOrder,
  kubeconfig: string,
  endpoint: string,
): Context['options'] {
  const given: Record<string, string | undefined> = {
    ...TUTORIAL,
    kubeconfig,
    endpoint,
    route: 'tcp:31400',
    subset: 'v2',
    weight: String(weight),
    steps: step === undefined ? undefined : String(step),
    // Every split passes within 100 points, and one connection confirms nothing.
    tolerance: '100',
    confidence: '80',
    connections: ends === 'pass' || ends === 'last-step' ? undefined : '1',
    concurrency: '1',
    'propagation-timeout': '0s',
    'on-failure': ends === 'keep' || ends === 'last-step' ? ends : undefined,
    timeout: '5m',
  }
  const { options, problems } = readOptions((name) => given[name])
  if (problems.length > 0) throw new Error(JSON.stringify(problems))
  return options
}
