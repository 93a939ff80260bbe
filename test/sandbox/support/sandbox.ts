import { onTestFinished } from 'vitest'
import type { SandboxOptions } from '../../../sandbox/options.ts'
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts'

/** A sandbox that pushes changes to its gateway at once, and ends with the test. */
export async function sandboxWith(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({ debounceMs: 1, ...options })
  onTestFinished(() => sandbox.stop())
  return sandbox
}

/** Names the tutorial's VirtualService. */
export const VIRTUAL_SERVICE = {
  group: 'networking.istio.io',
  resource: 'virtualservices',
  namespace: 'demo',
  name: 'tcp-echo',
} as const

/** Path of the tutorial's VirtualService in a version of its group. */
export function virtualServicePath(version = 'v1', name = 'tcp-echo'): string {
  return `/apis/networking.istio.io/${version}/namespaces/demo/virtualservices/${name}`
}

/** A list of destinations as in a route. */
export function routeOf(weights: Readonly<Record<string, number | undefined>>) {
  return Object.entries(weights).map(([subset, weight]) => ({
    destination: { host: 'tcp-echo', port: { number: 9000 }, subset },
    ...(weight === undefined ? {} : { weight }),
  }))
}

/** Sets the route of the tutorial's VirtualService directly. */
export function writeRoute(
  sandbox: Sandbox,
  weights: Readonly<Record<string, number | undefined>>,
  fieldManager?: string,
) {
  const tcp = [{ match: [{ port: 31400 }], route: routeOf(weights) }]
  return sandbox.objects.patch(VIRTUAL_SERVICE, { spec: { tcp } }, fieldManager)
}
