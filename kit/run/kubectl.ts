import { readFileSync } from 'node:fs'
import https from 'node:https'
import { parseArgs } from 'node:util'
import { load } from 'js-yaml'
import { type Json, listAt, parseJson, textAt } from '../../sandbox/objects/json.ts'

/**
 * Stands in for kubectl where there is none: takes exactly the arguments that this project prints for the last resort,
 * and does what kubectl does with them. Anything else fails. The same commands run with the real one in e2e/.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    context: { type: 'string' },
    namespace: { type: 'string' },
    type: { type: 'string' },
    patch: { type: 'string' },
  },
})
const config: Json = parseJson(
  JSON.stringify(load(readFileSync(process.env.KUBECONFIG ?? '', 'utf8'))),
)

function named(list: string, name: string | undefined): Json {
  const found = listAt(config, list).find((each) => textAt(each, 'name') === name)
  if (found === undefined) throw new Error(`no ${name} in ${list}`)
  return found
}

/** Where the API server serves the kinds of route objects, by the type that commands of this project name. */
const PLACES: ReadonlyMap<string, string> = new Map([
  ['virtualservice', 'networking.istio.io/v1/%/virtualservices'],
  ...['httproutes', 'grpcroutes', 'tlsroutes', 'tcproutes'].map(
    (plural) =>
      [`${plural}.gateway.networking.k8s.io`, `gateway.networking.k8s.io/v1/%/${plural}`] as const,
  ),
])

/** The patch that the arguments ask for, and its media type. */
function asked(): [body: string, type: string] {
  const [verb, kind, name, annotation, ...more] = positionals
  const wrong = !PLACES.has(kind ?? '') || name === undefined || more.length > 0
  if (verb === 'patch' && !wrong && annotation === undefined && values.type === 'json')
    return [values.patch ?? '', 'application/json-patch+json']
  if (verb === 'annotate' && !wrong && annotation?.endsWith('-') && values.patch === undefined)
    return [
      JSON.stringify({ metadata: { annotations: { [annotation.slice(0, -1)]: null } } }),
      'application/merge-patch+json',
    ]
  throw new Error(`kubectl is not asked so by this project: ${process.argv.slice(2).join(' ')}`)
}

const context = named('contexts', values.context)
const cluster = named('clusters', textAt(context, 'context', 'cluster'))
const user = named('users', textAt(context, 'context', 'user'))
const [body, type] = asked()
const place = PLACES.get(positionals[1] ?? '')?.replace('%', `namespaces/${values.namespace}`)
const path = `/apis/${place}/${positionals[2]}`
const request = https.request(
  `${textAt(cluster, 'cluster', 'server')}${path}`,
  {
    method: 'PATCH',
    ca: Buffer.from(textAt(cluster, 'cluster', 'certificate-authority-data') ?? '', 'base64'),
    headers: {
      Authorization: `Bearer ${textAt(user, 'user', 'token')}`,
      'Content-Type': type,
      'Content-Length': Buffer.byteLength(body),
    },
  },
  (response) => {
    response.pipe(process.stderr)
    response.on('end', () => {
      process.exitCode = response.statusCode === 200 ? 0 : 1
    })
  },
)
request.end(body)
