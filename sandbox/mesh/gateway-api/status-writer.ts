import { isDeepStrictEqual } from 'node:util'
import { type ControllerFault, observesAfterMs } from '../../faults/controller-fault.ts'
import type { Registry } from '../../objects/registry.ts'
import { GATEWAY_API } from '../../objects/resources.ts'
import type { Change } from '../../objects/storage.ts'
import type { GatewayApiObjects } from './objects.ts'
import { writeStatus } from './write-status.ts'

/** Keeps the status of the Gateway API's objects. */
export type StatusWriter = {
  /** Writes what is due now, after a fault was ordered or cleared. */
  catchUp(): void
  /** Resolves when nothing is to be written. A fault that prevents it is not awaited. */
  idle(): Promise<void>
  stop(): void
}

/** The real one takes 3 to 86 ms, half of the time 15 at most: it does not wait for the push. */
const USUAL_MS = 10

/** What the status of a Gateway or route depends on, beside the Gateway API. */
const WATCHED = ['services', 'endpointslices', 'secrets', 'namespaces']

export function createStatusWriter(options: {
  registry: Registry
  read: () => GatewayApiObjects
  now: () => Date
  faults: () => readonly ControllerFault[]
}): StatusWriter {
  const { registry, faults } = options
  let timer: NodeJS.Timeout | undefined
  let waiting: (() => void)[] = []

  const write = () => {
    clearTimeout(timer)
    timer = undefined
    writeStatus(options.read(), options)
    for (const resolve of waiting.splice(0)) resolve()
  }
  const schedule = () => {
    const afterMs = observesAfterMs(faults(), USUAL_MS)
    if (afterMs !== 'never') timer ??= setTimeout(write, afterMs).unref()
  }
  const forget = registry.storage.onChange((change) => {
    if (matters(change)) schedule()
  })
  write()

  return {
    catchUp: write,
    idle: () =>
      timer === undefined ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve)),
    stop() {
      forget()
      clearTimeout(timer)
      timer = undefined
      for (const resolve of waiting) resolve()
      waiting = []
    },
  }
}

function matters({ resource, before, after }: Change): boolean {
  if (resource.group !== GATEWAY_API) return WATCHED.includes(resource.plural)
  if (before === undefined || after === undefined) return true
  return !isDeepStrictEqual(before.spec, after.spec)
}
