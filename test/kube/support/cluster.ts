import { onTestFinished } from 'vitest'
import type { Rule, User } from '../../../sandbox/api/users.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../sandbox/sandbox.ts'
import { type ApiHooks, type ApiServer, openApiServer } from '../../../src/kube/api-server.ts'
import { type Cluster, loadCluster } from '../../../src/kube/credentials/load-cluster.ts'
import type { CallLimits } from '../../../src/kube/request/api-retry.ts'

/** A signal that never aborts. */
export const NEVER = new AbortController().signal

/** The API server of a kubeconfig (YAML), until the test ends. Pauses are short. */
export function apiOf(
  kubeconfig: string,
  hooks: Partial<ApiHooks> = {},
  limits: Partial<CallLimits> = {},
): ApiServer {
  const yaml = { kind: 'yaml' as const, text: kubeconfig }
  const loaded = loadCluster({ kubeconfig: yaml, context: undefined }, {})
  if (!loaded.ok) throw new Error(loaded.what)
  return opened(loaded.cluster, hooks, limits)
}

/** The API server of a cluster, until the test ends. Pauses are short. */
export function opened(
  cluster: Cluster,
  hooks: Partial<ApiHooks> = {},
  limits: Partial<CallLimits> = {},
): ApiServer {
  const api = openApiServer(
    cluster,
    {
      onCall: () => undefined,
      onSecret: () => undefined,
      redact: (text) => text,
      random: () => 0,
      nowMs: () => performance.now(),
      ...hooks,
    },
    { attemptMs: 10_000, attempts: 5, firstPauseMs: 2, ...limits },
  )
  onTestFinished(api.close)
  return api
}

/** A sandbox that ends with the test. */
export async function sandboxWith(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({ debounceMs: 1, ...options })
  onTestFinished(() => sandbox.stop())
  return sandbox
}

/** A user with the rights of these rules only. */
export function userWith(...rules: Rule[]): User {
  return { name: 'tester', rules }
}

/** A rule for some verbs on a kind of object. */
export function may(verb: string, group: string, resource: string, more: Partial<Rule> = {}): Rule {
  return { apiGroups: [group], resources: [resource], verbs: [verb], ...more }
}

export const NETWORKING = 'networking.istio.io'

/** Paths of the requests that the sandbox received, with their methods. */
export function callsOf(sandbox: Sandbox): string[] {
  return sandbox.calls.map(({ method, path }) => `${method} ${path}`)
}
