import { afterAll, beforeAll } from 'vitest'
import { type ProxySubject, type Subject, USER } from '../../kit/contract/subject.ts'
import { EVERYTHING, type User } from '../../sandbox/api/users.ts'
import { webhookFails } from '../../sandbox/faults/api-acts.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.ts'
import { openApiServer } from '../../src/kube/api-server.ts'
import { loadCluster } from '../../src/kube/credentials/load-cluster.ts'
import { getThrough } from '../../src/kube/tunnel/get-through.ts'
import { openTunnel, type Tunnel } from '../../src/kube/tunnel/open-tunnel.ts'

const LEAST: User = {
  name: USER,
  rules: [
    {
      apiGroups: ['networking.istio.io'],
      resources: ['virtualservices'],
      resourceNames: ['tcp-echo'],
      verbs: ['get', 'patch'],
      namespace: 'demo',
    },
  ],
}
const TUTORIAL = {
  group: 'networking.istio.io',
  resource: 'virtualservices',
  namespace: 'demo',
  name: 'tcp-echo',
}

/** A sandbox for all tests of a file. */
export function sandboxSubject(options: SandboxOptions = { web: true }): () => Subject {
  let sandbox: Sandbox
  let subject: Subject
  let proxies: ReturnType<typeof proxiesOf>
  beforeAll(async () => {
    const admin: User = { name: 'admin', rules: [EVERYTHING] }
    // Half of istiod's quiet time: most of these tests wait for two pushes each.
    sandbox = await startSandbox({ tokens: { admin, user: LEAST }, debounceMs: 50, ...options })
    proxies = proxiesOf(sandbox)
    subject = { ...subjectOf(sandbox), proxies: proxies.list }
  })
  afterAll(() => {
    proxies.close()
    return sandbox.stop()
  })
  return () => subject
}

function subjectOf({
  objects,
  faults,
  applied,
  pushes,
  ...parts
}: Sandbox): Omit<Subject, 'proxies'> {
  const start = objects.get(TUTORIAL)
  if (start === undefined) throw new Error('the sandbox has no VirtualService')
  const { resourceVersion: _, ...metadata } = start.metadata
  return {
    adminKubeconfig: parts.kubeconfigFor('admin'),
    userKubeconfig: parts.kubeconfigFor('user'),
    gateway: parts.gateway,
    async reset() {
      objects.replace({ ...start, metadata })
      await applied()
    },
    async kill(version) {
      const dead = await faults.destination(version, { kind: 'dead' })
      return dead.clear
    },
    async killIstiod() {
      const match = { method: 'PATCH' }
      const dead = await faults.api({ match, act: webhookFails('validation.istio.io') })
      return dead.clear
    },
    listeners: parts.listeners,
    serves: applied,
    async pushesAfter(change) {
      const before = pushes()
      await change()
      await applied()
      return pushes() > before
    },
    web: {
      ...parts.web,
      grpcMethod: '/grpc.health.v1.Health/Check',
      versionOf: (body) => /"version":"(\w+)"/.exec(body)?.[1],
      async kill(version) {
        const dead = await faults.destination(version, { kind: 'dead' })
        return dead.clear
      },
      async faulty(version, fault, affected) {
        const faulty = await faults.destination(version, fault, affected)
        return faulty.clear
      },
    },
  }
}

/** The admin endpoints of the gateway's Pods, each through a tunnel that is opened when it is needed. */
function proxiesOf({ kubeconfigFor, pods }: Sandbox) {
  const kubeconfig = { kind: 'yaml' as const, text: kubeconfigFor('admin') }
  const loaded = loadCluster({ kubeconfig, context: undefined }, {})
  if (!loaded.ok) throw new Error(loaded.what)
  const api = openApiServer(
    loaded.cluster,
    {
      onCall: () => undefined,
      onSecret: () => undefined,
      redact: (text) => text,
      random: () => 0,
      nowMs: () => performance.now(),
    },
    { attemptMs: 10_000, attempts: 1, firstPauseMs: 2 },
  )
  const never = new AbortController().signal
  const tunnels: Promise<Tunnel>[] = []
  const list = pods.names().map((name): ProxySubject => {
    let tunnel: Promise<Tunnel> | undefined
    return {
      pod: name,
      async admin(path) {
        if (tunnel === undefined) {
          tunnel = openTunnel(api, { namespace: 'istio-system', name }, never)
          tunnels.push(tunnel)
        }
        return statusAndText(await tunnel, path, never)
      },
    }
  })
  const close = () => {
    for (const tunnel of tunnels) void tunnel.then((one) => one.close())
    api.close()
  }
  return { list, close }
}

async function statusAndText(tunnel: Tunnel, path: string, signal: AbortSignal) {
  const limits = { ms: 10_000, bytes: 10_000_000 }
  try {
    const text = await getThrough(tunnel, { port: 15_000, path }, limits, signal)
    return { status: 200, text }
  } catch (error) {
    const [, status] = /answered (\d+)$/.exec(String(error)) ?? []
    if (status === undefined) throw error
    return { status: Number(status), text: '' }
  }
}
