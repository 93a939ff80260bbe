import { afterAll, beforeAll } from 'vitest'
import { type Subject, USER } from '../../kit/contract/subject.ts'
import { EVERYTHING, type User } from '../../sandbox/api/users.ts'
import { webhookFails } from '../../sandbox/faults/api-acts.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.ts'

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
  beforeAll(async () => {
    const admin: User = { name: 'admin', rules: [EVERYTHING] }
    // Half of istiod's quiet time: most of these tests wait for two pushes each.
    sandbox = await startSandbox({ tokens: { admin, user: LEAST }, debounceMs: 50, ...options })
    subject = subjectOf(sandbox)
  })
  afterAll(() => sandbox.stop())
  return () => subject
}

function subjectOf({ objects, faults, applied, pushes, ...parts }: Sandbox): Subject {
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
