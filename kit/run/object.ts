import { listAt, numberAt, textAt } from '../../sandbox/objects/json.ts'
import type { KubeObject } from '../../sandbox/objects/kube-object.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { JOURNAL } from '../../src/journal/journal.ts'

const TUTORIAL_ROUTE = {
  group: 'networking.istio.io',
  resource: 'virtualservices',
  namespace: 'demo',
  name: 'tcp-echo',
}

/** The tutorial's VirtualService. */
export const ROUTE = TUTORIAL_ROUTE

/** The VirtualService of the application that speaks HTTP. */
export const WEB_ROUTE = { ...TUTORIAL_ROUTE, name: 'web' }

/** A route object as text, without its status and what every write changes: to compare byte for byte. */
export function routeText(sandbox: Sandbox, route = ROUTE): string {
  const object = sandbox.objects.get(route)
  if (object === undefined) return 'none'
  const { resourceVersion: _, generation: __, managedFields: ___, ...metadata } = object.metadata
  const { status: ____, ...rest } = object
  return JSON.stringify({ ...rest, metadata }, null, 1)
}

/** The weights on the object, by subset; undefined for one without a weight. */
export function weightsOn(sandbox: Sandbox, route = ROUTE): Record<string, number | undefined> {
  return weightsOf(sandbox.objects.get(route))
}

/** The weights of the first rule of a VirtualService, by subset; undefined for one without a weight. */
export function weightsOf(object: KubeObject | undefined): Record<string, number | undefined> {
  const rules = ['http', 'tls', 'tcp'].flatMap((protocol) => listAt(object, 'spec', protocol))
  const routes = listAt(rules[0] ?? null, 'route')
  return Object.fromEntries(
    routes.map((route) => [
      textAt(route, 'destination', 'subset') ?? '',
      numberAt(route, 'weight'),
    ]),
  )
}

/** Whether the object has the journal of any run. */
export function hasJournal(sandbox: Sandbox, route = ROUTE): boolean {
  const annotations = sandbox.objects.get(route)?.metadata.annotations ?? {}
  return Object.keys(annotations).some(
    (key) => key.startsWith('istio-traffic-shift/') || key === JOURNAL,
  )
}

/** The writes that a run sent: PATCH calls that were no dry runs. */
export function writes(sandbox: Sandbox): string[] {
  return sandbox.calls
    .filter((call) => call.method === 'PATCH' && !call.dryRun)
    .map((call) => `${call.method} ${call.path}`)
}
