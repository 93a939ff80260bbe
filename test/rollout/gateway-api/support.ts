import { afterAll, beforeAll, beforeEach } from 'vitest'
import {
  GATEWAY_KINDS,
  GATEWAY_ROUTES,
  gatewayMesh,
  type Kind,
  resetRoute,
  runRoute,
} from '../../../kit/run/gateway-api.ts'
import { hasJournal, routeText } from '../../../kit/run/object.ts'
import { type RunExtras, type RunResult, SURE } from '../../../kit/run/run.ts'
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts'
import { aKind } from '../../../src/routes/object-name.ts'

type Inputs = Readonly<Record<string, string | undefined>>

/** Wide enough to be confirmed by some dozen samples. */
export const SHORT = { weight: '60', tolerance: '35', confidence: SURE } as const

/** The same, of a run that can never be confirmed. */
export const HOPELESS = { ...SHORT, connections: '1', 'propagation-timeout': '0s' } as const

/** The kind of each route with its article, and as tests name it. */
export const ROUTES = GATEWAY_KINDS.map((kind) => [aKind(GATEWAY_ROUTES[kind].kind), kind] as const)

export type Mesh = {
  sandbox: Sandbox
  /** The route of a kind as text. */
  text: (kind: Kind) => string
  journaled: (kind: Kind) => boolean
  /** A shift of v2, with other inputs where they are given. */
  shift: (kind: Kind, inputs?: Inputs, extras?: RunExtras) => Promise<RunResult>
}

/** One mesh for all tests of a file. Before each of them, every route has 80/20, and nothing is broken. */
export function sharedMesh(options: Parameters<typeof startSandbox>[0] = {}): () => Mesh {
  let mesh: Mesh | undefined
  const started = () => {
    if (mesh === undefined) throw new Error('the mesh is not started')
    return mesh
  }
  beforeAll(async () => {
    const sandbox = await startSandbox({ ...gatewayMesh({ v1: 80, v2: 20 }), ...options })
    mesh = {
      sandbox,
      text: (kind) => routeText(sandbox, GATEWAY_ROUTES[kind].ref),
      journaled: (kind) => hasJournal(sandbox, GATEWAY_ROUTES[kind].ref),
      shift: (kind, inputs = {}, extras = {}) => {
        const subset = GATEWAY_ROUTES[kind].destination('v2')
        return runRoute(sandbox, kind, { subset, ...SHORT, ...inputs }, extras)
      },
    }
  })
  afterAll(() => mesh?.sandbox.stop())
  beforeEach(async () => {
    const { sandbox } = started()
    await sandbox.faults.clear()
    for (const kind of GATEWAY_KINDS) resetRoute(sandbox, kind, { v1: 80, v2: 20 })
    await sandbox.applied()
  })
  return started
}

/** Weights of v1 and v2 by the names that destinations of a kind have. */
export function named(kind: Kind, weights: Readonly<Record<string, number>>) {
  const { destination } = GATEWAY_ROUTES[kind]
  return Object.fromEntries(Object.entries(weights).map(([name, one]) => [destination(name), one]))
}
