import type { Running } from '../run/step.ts'
import { FIRST_WRITE } from './calls.ts'
import type { Scenario } from './scenario.ts'
import type { Stage } from './stage.ts'
import { strikeAt } from './strike.ts'

/** How a process ended. */
export type Ended = Awaited<Running['ended']>

/** A process that has not ended by then hangs. */
const HANGS_MS = 60_000

/**
 * Starts the scenario's subject, with its trouble, and cancels it where the scenario says so. What
 * was ordered before, such as a blow, stands before that trouble: it strikes at the call all the same.
 */
export async function startSubject(scenario: Scenario, stage: Stage): Promise<Running> {
  const { cancelled } = scenario
  await scenario.trouble?.(stage.world)
  const { breaks } = scenario
  if (cancelled === undefined || cancelled === 'written') {
    const running = stage.subject.start()
    if (breaks)
      running.line(breaks.line).then(() => stage.world.answers?.(breaks.version, false), ignored)
    if (cancelled) running.line(/^Written at /m).then(() => running.process.kill('SIGINT'), ignored)
    return running
  }
  const cancel = await strikeAt(stage.world, FIRST_WRITE, cancelled, 'SIGINT')
  const running = stage.subject.start()
  cancel.aim(running)
  return running
}

/** Resolves when a process has ended; one that hangs is killed, and its signal tells of it. */
export async function endOf(running: Running): Promise<Ended> {
  const timer = setTimeout(() => running.process.kill('SIGABRT'), HANGS_MS)
  try {
    return await running.ended
  } finally {
    clearTimeout(timer)
  }
}

/** A process that was killed before it said a word is no fault here. */
function ignored(): void {}
