import fc from 'fast-check'
import type { Json, JsonObject } from '../../../src/kube/json.ts'

/** As the API server would give it back: nothing that JSON cannot say. */
const anyJson: fc.Arbitrary<Json> = fc
  .jsonValue({ maxDepth: 1 })
  .map((value): Json => JSON.parse(JSON.stringify(value)))

/** An object whose known fields stand among unknown ones, in any order. */
function among(known: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonObject> {
  const unknown = fc.dictionary(
    fc.string({ maxLength: 6 }).map((name) => `x${name}`),
    anyJson,
    { maxKeys: 2, noNullPrototype: true },
  )
  const order = fc.array(fc.nat({ max: 100 }), { minLength: 10, maxLength: 10 })
  return fc.tuple(known, unknown, order).map(([fields, others, places]) => {
    const entries = Object.entries({ ...fields, ...others })
    const place = (index: number) => places[index % places.length] ?? 0
    const shuffled = [...entries.keys()].sort((a, b) => place(a) - place(b))
    return Object.fromEntries(shuffled.flatMap((index) => [entries[index] ?? []]))
  })
}

function optional(fields: Readonly<Record<string, fc.Arbitrary<Json>>>, ...required: string[]) {
  return fc.record(fields, { requiredKeys: required }).map((found): JsonObject => ({ ...found }))
}

const port = fc.integer({ min: 1, max: 4 })
const gateway = fc.constantFrom('tcp-echo-gateway', 'istio-system/public', 'mesh')

const match = among(
  optional({
    port,
    gateways: fc.array(gateway, { maxLength: 2 }),
    sourceLabels: fc.constant({ app: 'x' }),
  }),
)

const destination = (subset: string) =>
  among(
    optional(
      {
        host: fc.constantFrom('tcp-echo', 'tcp-echo.demo.svc.cluster.local'),
        subset: fc.constant(subset),
        port: fc.constant({ number: 9000 }),
      },
      'host',
      'subset',
    ),
  )

/** To a subset; the weight is at any place among the other fields, or missing. */
const route = (subset: string) =>
  among(
    optional(
      { destination: destination(subset), weight: fc.integer({ min: 0, max: 100 }) },
      'destination',
    ),
  )

/** Destinations that differ in their subset, so their weights may sum to anything. */
const routes: fc.Arbitrary<JsonObject[]> = fc
  .tuple(
    route('v1'),
    route('v2'),
    route('v3'),
    fc.constantFrom([0], [1], [0, 1], [1, 0], [2, 1], [0, 1, 2], [2, 0, 1]),
  )
  .map(([v1, v2, v3, which]) => which.map((index) => [v1, v2, v3][index] ?? v1))

const tcpRule = among(
  optional(
    {
      match: fc.array(match, { maxLength: 2 }),
      route: routes,
    },
    'route',
  ),
)

const text = fc.constantFrom('exact', 'prefix', 'regex').map((kind): Json => ({ [kind]: '/a' }))

const httpMatch = among(
  optional({
    uri: text,
    method: text,
    headers: fc.dictionary(fc.constantFrom('a', 'b'), text, { noNullPrototype: true }),
    port,
    gateways: fc.array(gateway, { maxLength: 2 }),
  }),
)

/** With destinations, or with a redirect in their place. */
const httpRule = fc.oneof(
  {
    weight: 4,
    arbitrary: among(
      optional(
        {
          name: fc.constantFrom('', 'a', 'b'),
          match: fc.array(httpMatch, { maxLength: 2 }),
          route: routes,
        },
        'route',
      ),
    ),
  },
  { weight: 1, arbitrary: among(optional({ redirect: fc.constant({ uri: '/' }) }, 'redirect')) },
)

const sniHosts = fc.array(fc.constantFrom('a.example', 'b.example', '*.example'), {
  minLength: 1,
  maxLength: 2,
})
const tlsMatch = among(optional({ sniHosts, port }, 'sniHosts'))
const tlsRule = among(
  optional(
    { match: fc.array(tlsMatch, { minLength: 1, maxLength: 2 }), route: routes },
    'match',
    'route',
  ),
)

/** Rules of one protocol, and items that are none. */
const listOf = (rule: fc.Arbitrary<JsonObject>) =>
  fc.array(fc.oneof({ weight: 8, arbitrary: rule }, fc.constantFrom<Json>(null, 'x', [])), {
    maxLength: 3,
  })

const spec = among(
  optional(
    {
      hosts: fc.constant(['*']),
      gateways: fc.array(gateway, { maxLength: 2 }),
      exportTo: fc.constant(['.']),
      http: listOf(httpRule),
      tls: listOf(tlsRule),
      delegate: anyJson,
      tcp: fc.array(tcpRule, { minLength: 1, maxLength: 4 }),
    },
    'hosts',
    'tcp',
  ),
)

const metadata = among(
  optional(
    {
      name: fc.constant('tcp-echo'),
      namespace: fc.constant('demo'),
      uid: fc.constant('6f1f0a9e-0000-4000-8000-000000000001'),
      resourceVersion: fc.constant('41'),
      annotations: fc.dictionary(fc.string({ minLength: 1 }), fc.string(), {
        minKeys: 1,
        maxKeys: 3,
        noNullPrototype: true,
      }),
      labels: fc.constant({ app: 'tcp-echo' }),
      managedFields: fc.constant([{ manager: 'kubectl', fieldsV1: { 'f:spec': {} } }]),
    },
    'name',
    'namespace',
    'uid',
    'resourceVersion',
  ),
)

/** VirtualServices as people and tools write them: with anything in them that this project does not know. */
export const anyVirtualService: fc.Arbitrary<JsonObject> = among(
  optional(
    {
      apiVersion: fc.constant('networking.istio.io/v1'),
      kind: fc.constant('VirtualService'),
      metadata,
      spec,
      status: anyJson,
    },
    'apiVersion',
    'kind',
    'metadata',
    'spec',
  ),
)
