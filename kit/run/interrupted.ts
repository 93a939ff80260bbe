import type { Json } from '../../sandbox/objects/json.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { JOURNAL } from '../../src/journal/journal.ts'
import { ROUTE } from './object.ts'

type Routes = { tcp: { match: Json; route: { destination: Json; weight: number }[] }[] }

/** What `rollback` and `status` need beside the object: the tutorial's inputs that are about samples taken away. */
export const ROLLBACK = { mode: 'rollback', expect: undefined } as const
export const STATUS = { mode: 'status', expect: undefined } as const

/** Leaves the object as a run leaves it that is killed after it wrote 50/50; `journal` changes its journal's fields. */
export function interruptRun(
  sandbox: Sandbox,
  nowMs: number,
  journal: Readonly<Record<string, unknown>> = {},
): void {
  const object = sandbox.objects.get(ROUTE)
  const spec = structuredClone(object?.spec) as Routes
  const [rule] = spec.tcp
  const original = structuredClone(rule?.route)
  for (const route of rule?.route ?? []) route.weight = 50
  const text = JSON.stringify({
    version: 2,
    run: 'dead-run',
    attempt: 1,
    owner: 'somebody',
    by: 'https://ci.example/jobs/7',
    started: new Date(nowMs).toISOString(),
    expires: new Date(nowMs + 360_000).toISOString(),
    uid: object?.metadata.uid,
    kind: 'VirtualService',
    rule: 'tcp:31400',
    match: rule?.match,
    original,
    written: rule?.route,
    onFailure: 'rollback',
    ...journal,
  })
  sandbox.objects.patch(ROUTE, { spec, metadata: { annotations: { [JOURNAL]: text } } })
}

/** A journal as version 1 wrote it. */
export const VERSION_1 = {
  version: undefined,
  by: undefined,
  started: undefined,
  uid: undefined,
  kind: undefined,
  rule: undefined,
}
