import type { Outcome } from '../../sandbox/api/server.ts'
import type { Act } from '../../sandbox/faults/api-fault.ts'
import { type Gate, gate } from '../run/gate.ts'
import type { Running } from '../run/step.ts'
import { callNamed, isWrite } from './calls.ts'
import type { Blow, Moment } from './point.ts'
import type { World } from './world.ts'

export type Strike = {
  /** Whom the blow is for; to be said before the call comes. */
  aim(at: Running): void
  /** When it fell, in milliseconds of performance.now(); undefined where the call never came. */
  fellMs(): number | undefined
  /** Lets the API server carry out what it received last of all, where that is how it was; resolves when it has. */
  arrive(): Promise<void>
}

/** What the parts of one strike know together. */
type Shared = {
  target: Running | undefined
  /** The target's process has ended. */
  over: Gate<void>
  isOver: boolean
  fellMs: number | undefined
  fall(): void
  /** A call that is late goes on its way. */
  arrival: Gate<void>
  carriedOut: Gate<void>
}

/** Sends a process a signal when one of its calls is at that moment. */
export async function strikeAt(
  world: World,
  call: string,
  moment: Moment,
  blow: Blow,
): Promise<Strike> {
  const shared = shareFor(blow)
  await world.order({ match: callNamed(call), times: 1, act: actOf(moment, shared) })
  const arrive = async () => {
    if (shared.fellMs === undefined || !moment.startsWith('sent')) return
    shared.arrival.open()
    await shared.carriedOut.reached
  }
  if (moment === 'sent, received before the next write') {
    const act: Act = async (_request, handle) => {
      await arrive()
      return handle()
    }
    const isNext = (request: Parameters<typeof isWrite>[0]) =>
      shared.fellMs !== undefined && isWrite(request)
    await world.order({ match: isNext, times: 1, act })
  }
  if (blow === 'SIGINT into silence') {
    const act: Act = (_request, _handle, signal) => dropped(shared, signal)
    await world.order({ match: () => shared.fellMs !== undefined && !shared.isOver, act })
  }
  return {
    aim(at) {
      shared.target = at
      at.ended.then(() => {
        shared.isOver = true
        shared.over.open()
      })
    },
    fellMs: () => shared.fellMs,
    arrive,
  }
}

function shareFor(blow: Blow): Shared {
  const shared: Shared = {
    target: undefined,
    over: gate(),
    isOver: false,
    fellMs: undefined,
    arrival: gate(),
    carriedOut: gate(),
    fall() {
      if (!shared.target) throw new Error('a blow without anybody to strike')
      shared.fellMs = performance.now()
      shared.target.process.kill(blow === 'SIGKILL' ? 'SIGKILL' : 'SIGINT')
    },
  }
  return shared
}

function actOf(moment: Moment, shared: Shared): Act {
  switch (moment) {
    case 'before it is sent':
      return (_request, _handle, signal) => {
        shared.fall()
        return dropped(shared, signal)
      }
    case 'sent, received last of all':
    case 'sent, received before the next write':
      return async (_request, handle, signal) => {
        shared.fall()
        await orStopped(shared.arrival.reached, signal)
        if (signal.aborted) return { kind: 'drop' }
        const outcome = await handle()
        shared.carriedOut.open()
        return outcome
      }
    case 'carried out, not answered':
      return async (_request, handle, signal) => {
        const outcome = await handle()
        shared.fall()
        await orStopped(shared.over.reached, signal)
        return outcome
      }
    case 'answered':
      return async (_request, handle) => {
        const outcome = await handle()
        if (outcome.kind === 'answer') return { ...outcome, sent: shared.fall }
        shared.fall()
        return outcome
      }
  }
}

/** Never carried out; the connection stays as long as the process does. */
async function dropped(shared: Shared, signal: AbortSignal): Promise<Outcome> {
  await orStopped(shared.over.reached, signal)
  return { kind: 'drop' }
}

/** Resolves with the promise, or when the API server stops. */
async function orStopped(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  const stopped = gate()
  if (signal.aborted) return
  const stop = () => stopped.open()
  signal.addEventListener('abort', stop, { once: true })
  await Promise.race([promise, stopped.reached])
  signal.removeEventListener('abort', stop)
}
