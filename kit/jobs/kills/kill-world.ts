import { setTimeout as delay } from 'node:timers/promises'
import { objectAt, textAt } from '../../../sandbox/objects/json.ts'
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts'
import { ROUTE, WEB_ROUTE } from '../../run/object.ts'
import { BEGAN } from './kinds.ts'

/** A sandbox for one kill after the other. */
export type KillWorld = {
  sandbox: Sandbox
  /** Moves the clock of the API server past the expiry of every journal and Job. */
  expire(): void
  /** What runs created for their Jobs and is there after so long; Pods have their grace period. */
  leftAfter(mostMs: number): Promise<string[]>
  /** The weights as they began, without a journal. */
  reset(): void
}

const A_DAY_MS = 86_400_000
const LOOK_EVERY_MS = 20
const KINDS = [
  { group: 'batch', resource: 'jobs' },
  { group: '', resource: 'secrets' },
]
const ROUTES = [ROUTE, WEB_ROUTE]

export async function startKillWorld(): Promise<KillWorld> {
  let aheadMs = 0
  const sandbox = await startSandbox({
    weights: BEGAN,
    web: { http: BEGAN },
    jobs: true,
    debounceMs: 1,
    now: () => new Date(Date.now() + aheadMs),
  })
  const specs = ROUTES.map((route) => sandbox.objects.get(route)?.spec ?? null)

  function left(): string[] {
    const own = KINDS.flatMap((kind) => sandbox.objects.list(kind)).filter(
      (one) =>
        textAt(one, 'metadata', 'labels', 'app.kubernetes.io/managed-by') === 'istio-traffic-shift',
    )
    const processes = sandbox.jobs.processes()
    return [
      ...own.map(({ kind, metadata }) => `${kind} ${metadata.name}`),
      ...sandbox.jobs.pods().map((name) => `Pod ${name}`),
      ...(processes > 0 ? [`${processes} processes`] : []),
    ]
  }

  return {
    sandbox,
    expire() {
      aheadMs += A_DAY_MS
    },
    async leftAfter(mostMs) {
      const untilMs = performance.now() + mostMs
      while (left().length > 0 && performance.now() < untilMs) await delay(LOOK_EVERY_MS)
      return left()
    },
    reset() {
      ROUTES.forEach((route, index) => {
        const annotations = objectAt(sandbox.objects.get(route), 'metadata', 'annotations')
        const none = Object.fromEntries(Object.keys(annotations).map((key) => [key, null]))
        sandbox.objects.patch(route, {
          spec: specs[index] ?? null,
          metadata: { annotations: none },
        })
      })
    },
  }
}
