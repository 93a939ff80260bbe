import fc from 'fast-check'
import type { Json, JsonObject } from '../../../src/mesh/json.ts'

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
  return fc.tuple(known, unknown).chain(([fields, others]) => {
    const entries = Object.entries({ ...fields, ...others })
    return fc
      .shuffledSubarray(entries, { minLength: entries.length })
      .map((shuffled): JsonObject => Object.fromEntries(shuffled))
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

/** Destinations that differ in their subset; weights may be missing, or sum to anything. */
const routes: fc.Arbitrary<JsonObject[]> = fc
  .uniqueArray(fc.constantFrom('v1', 'v2', 'v3', 'v4'), { minLength: 1, maxLength: 4 })
  .chain((subsets) =>
    fc.tuple(
      ...subsets.map((subset) =>
        among(
          fc.record({
            destination: among(
              optional(
                {
                  host: fc.constantFrom('tcp-echo', 'tcp-echo.demo.svc.cluster.local'),
                  subset: fc.constant(subset),
                  port: fc.constant({ number: 9000 }),
                },
                'host',
                'subset',
              ),
            ),
          }),
        ).chain((route) => withWeight(route)),
      ),
    ),
  )

/** A weight at any place among the other fields, or none. */
function withWeight(route: JsonObject): fc.Arbitrary<JsonObject> {
  const weight = fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined, freq: 4 })
  return fc.tuple(weight, fc.nat({ max: Object.keys(route).length })).map(([value, place]) => {
    if (value === undefined) return route
    return Object.fromEntries(Object.entries(route).toSpliced(place, 0, ['weight', value]))
  })
}

const tcpRule = among(
  optional(
    {
      match: fc.array(match, { maxLength: 2 }),
      route: routes,
    },
    'route',
  ),
)

const otherRules = fc.array(anyJson, { maxLength: 2 })

const spec = among(
  optional(
    {
      hosts: fc.constant(['*']),
      gateways: fc.array(gateway, { maxLength: 2 }),
      exportTo: fc.constant(['.']),
      http: otherRules,
      tls: otherRules,
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
