import { type Json, listAt, numberAt, objectAt, textAt } from '../../sandbox/objects/json.ts'
import type { Sandbox, SandboxOptions } from '../../sandbox/sandbox.ts'
import { JOURNAL } from '../../src/journal/journal.ts'
import { type RunExtras, type RunResult, runOn } from './run.ts'

const GATEWAY_API = 'gateway.networking.k8s.io'

export type Kind = 'http' | 'grpc' | 'tls' | 'tcp'
type Inputs = Readonly<Record<string, string | undefined>>

/** A route of the Gateway API on a sandbox with `gatewayApi`, and the inputs of a job for it. */
export type GatewayRoute = {
  kind: string
  plural: string
  /** Where it is, as the object store of a sandbox names it. */
  ref: { group: string; resource: string; namespace: string; name: string }
  /** Name of the Service of a version, which is how inputs name a destination. */
  destination: (version: string) => string
  inputs: Inputs
}

/** The Gateway of the routes. It is in the namespace of the Service that serves it, as istiod requires. */
export const API_GATEWAY = {
  group: GATEWAY_API,
  resource: 'gateways',
  namespace: 'istio-system',
  name: 'gateway-api',
}

const BY_BODY = `{web-v1: '"version":"v1"', web-v2: '"version":"v2"'}`

/** A route of each kind of the Gateway API. */
export const GATEWAY_ROUTES: Readonly<Record<Kind, GatewayRoute>> = {
  http: route('HTTPRoute', 'web-route', 'web', { expect: BY_BODY }),
  grpc: route('GRPCRoute', 'grpc-route', 'web', {
    expect: '{web-v1: {header: {x-version: ^v1$}}, web-v2: {header: {x-version: ^v2$}}}',
  }),
  tls: route('TLSRoute', 'tls-route', 'web', { probe: 'http', expect: BY_BODY }),
  tcp: route('TCPRoute', 'tcp-route', 'tcp-echo', {
    expect: '{tcp-echo-v1: "^one ", tcp-echo-v2: "^two "}',
  }),
}

export const GATEWAY_KINDS = ['http', 'grpc', 'tls', 'tcp'] as const satisfies readonly Kind[]

function route(kind: string, name: string, service: string, inputs: Inputs): GatewayRoute {
  const plural = `${kind.toLowerCase()}s`
  return {
    kind,
    plural,
    ref: { group: GATEWAY_API, resource: plural, namespace: 'demo', name },
    destination: (version) => `${service}-${version}`,
    inputs: {
      namespace: 'demo',
      'virtual-service': undefined,
      object: `${kind}/${name}`,
      ...inputs,
    },
  }
}

/** Options of a sandbox that has the route of each of these kinds, with these weights by version. */
export function gatewayMesh(
  weights: Readonly<Record<string, number>> | true = true,
  kinds: readonly Kind[] = GATEWAY_KINDS,
): SandboxOptions {
  return { gatewayApi: Object.fromEntries(kinds.map((kind) => [kind, weights])), debounceMs: 10 }
}

/** A run on the route of a kind. Its inputs may be replaced, or removed with undefined. */
export function runRoute(
  sandbox: Pick<Sandbox, 'kubeconfig' | 'web'>,
  kind: Kind,
  inputs: Inputs,
  extras: RunExtras = {},
): Promise<RunResult> {
  const trusted = kind === 'tls' ? { 'probe-ca': sandbox.web.authority } : {}
  return runOn(sandbox, { ...GATEWAY_ROUTES[kind].inputs, ...trusted, ...inputs }, extras)
}

/** The weights of the first rule of a route, by Service; undefined for one without a weight. */
export function backendWeights(object: Json | undefined): Record<string, number | undefined> {
  const backends = listAt(object, 'spec', 'rules', 0, 'backendRefs')
  return Object.fromEntries(
    backends.map((one) => [textAt(one, 'name') ?? '', numberAt(one, 'weight')]),
  )
}

/** The weights on the route of a kind. */
export function backendWeightsOn(sandbox: Sandbox, kind: Kind): Record<string, number | undefined> {
  return backendWeights(sandbox.objects.get(GATEWAY_ROUTES[kind].ref))
}

/** Gives the backends of a route these weights by version, as a user does, and removes what runs have left. */
export function resetRoute(
  sandbox: Sandbox,
  kind: Kind,
  weights: Readonly<Record<string, number>>,
): void {
  const { ref, destination } = GATEWAY_ROUTES[kind]
  const rules = listAt(sandbox.objects.get(ref), 'spec', 'rules')
  const model = objectAt(rules[0], 'backendRefs', 0)
  const { filters: _, ...plain } = model
  const backendRefs = Object.entries(weights).map(([version, weight]) => ({
    ...plain,
    name: destination(version),
    weight,
  }))
  sandbox.objects.patch(ref, {
    spec: { rules: [{ ...objectAt(rules[0]), backendRefs }] },
    metadata: { annotations: { [JOURNAL]: null } },
  })
}

/** Every input that only samples need, taken away: for modes that take none. */
export const WITHOUT_SAMPLES: Inputs = {
  expect: undefined,
  probe: undefined,
  'probe-ca': undefined,
}
