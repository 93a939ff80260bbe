import { setTimeout as delay } from 'node:timers/promises'
import type { ApiRequest } from '../../../sandbox/api/exchange.ts'
import type { Outcome } from '../../../sandbox/api/server.ts'
import { isWrite } from '../../crash/calls.ts'
import type { Running } from '../../run/step.ts'
import type { Kill } from './kill.ts'
import type { KillWorld } from './kill-world.ts'

/** How long a run takes where nothing stops it, in milliseconds and calls. */
export type Usual = { tookMs: number; calls: number }

export type Struck = {
  ended: Awaited<Running['ended']>
  /** From the blow to the end; undefined: the run ended before. */
  tookMs: number | undefined
}

/** A request that was on its way when its sender ended arrives so much later at most. */
const LATE_MS = 600
/** A process that has not ended by then hangs. */
const HANGS_MS = 90_000

/** Starts a run, and sends it its signal. */
export async function strikeRun(
  world: KillWorld,
  { blow, at }: Kill,
  usual: Usual,
  start: () => Running,
): Promise<Struck> {
  let struckMs: number | undefined
  let running: Running | undefined
  const strike = () => {
    if (struckMs !== undefined || running === undefined) return
    struckMs = performance.now()
    running.process.kill(blow)
  }
  const nth = 1 + Math.floor(at.part * usual.calls)
  const order =
    at.of === 'calls'
      ? await world.sandbox.faults.api({
          match: { nth },
          act: (request, handle) => act(request, handle, strike),
        })
      : undefined
  running = start()
  const timer = at.of === 'time' ? setTimeout(strike, at.part * usual.tookMs) : undefined
  const hanging = setTimeout(() => running?.process.kill('SIGABRT'), HANGS_MS)
  const ended = await running.ended
  const endedMs = performance.now()
  clearTimeout(timer)
  clearTimeout(hanging)
  await order?.clear()
  return { ended, tookMs: struckMs === undefined ? undefined : endedMs - struckMs }

  async function act(
    request: ApiRequest,
    handle: () => Promise<Outcome>,
    fall: () => void,
  ): Promise<Outcome> {
    if (at.moment === 'carried out' || at.moment === 'answered') {
      const outcome = await handle()
      if (at.moment === 'answered' && outcome.kind === 'answer') return { ...outcome, sent: fall }
      fall()
      return outcome
    }
    fall()
    if (blow !== 'SIGKILL') return handle()
    if (at.moment === 'before it is carried out') return { kind: 'drop' }
    // What a late write of the route object does is for bench/crash.ts to show.
    if (!isWrite(request)) await delay(at.part * LATE_MS)
    return handle()
  }
}
