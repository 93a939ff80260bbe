import { hooks } from '../../sandbox/faults/api-acts.ts'
import { callNames, FIRST_WRITE, isWrite, isWriteName } from './calls.ts'
import { withoutJournal, withoutStamps } from './object-text.ts'
import { endOf, startSubject } from './perform.ts'
import type { Aftermath } from './point.ts'
import type { Said } from './said.ts'
import type { Scenario } from './scenario.ts'
import { type Stage, setStage } from './stage.ts'
import type { OpenWorld } from './world.ts'

/** A scenario that went its way without a blow. */
export type Recording = {
  scenario: Scenario
  /** The names of the calls at which it can be struck. */
  calls: string[]
  began: string
  /** The object after each write, without the journal. */
  wrote: string[]
  said: Said | undefined
  /** The object when the subject had ended. */
  left: string
  /** The object after one more run. */
  asked: string
  /** How that run ended. */
  nextStatus: number | null
}

/** Lets the scenario go its way, and one more run after it. */
export async function record(
  scenario: Scenario,
  open: OpenWorld,
  next: Aftermath = 'a run after the expiry',
): Promise<Recording> {
  const stage = await setStage(scenario, open)
  try {
    return await recordOn(stage, scenario, next)
  } finally {
    await stage.stop()
  }
}

/**
 * The calls that come in every play. While a check samples, the object is read again after a time, and while it waits for
 * proxies their Pods are: once after each write, they always are.
 */
function timeless(calls: readonly string[]): string[] {
  const firstWrite = calls.indexOf(FIRST_WRITE)
  let listed = 0
  return calls.filter((call, index) => {
    if (firstWrite < 0 || index < firstWrite) return true
    if (isWriteName(call)) listed = 0
    if (call.startsWith('GET the route object')) return false
    if (!/^GET pods\b/.test(call)) return true
    listed += 1
    return listed === 1
  })
}

async function recordOn(stage: Stage, scenario: Scenario, after: Aftermath): Promise<Recording> {
  const { world, began } = stage
  const wrote: string[] = []
  const act = hooks({
    after: async () => void wrote.push(withoutStamps(withoutJournal(await stage.text()))),
  })
  await world.order({ match: isWrite, act })
  const before = world.calls.length
  await endOf(await startSubject(scenario, stage))
  const calls = timeless(callNames(world.calls.slice(before)))
  const left = await stage.text()
  await stage.heal()
  const next = await endOf(stage.next(after, 1).start())
  await stage.letOthersEnd()
  return {
    scenario,
    calls: scenario.cancelled === undefined ? calls : calls.slice(calls.indexOf(FIRST_WRITE) + 1),
    began,
    wrote,
    said: stage.subject.said(),
    left,
    asked: await stage.text(),
    nextStatus: next.status,
  }
}
