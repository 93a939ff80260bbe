import { type Json, listAt, numberAt, objectAt, textAt, textsAt } from '../../objects/json.ts'
import { type KubeObject, namespaceOf } from '../../objects/kube-object.ts'
import { inOrder } from './http-rules.ts'
import { internal, SEMANTICS } from './objects.ts'
import { byAgeAndNamespace, type TranslatedRoute } from './translated-route.ts'

/** A Service that is the parent of a route, and the only port of it that counts. */
type ServiceParent = { host: string; namespace: string; port: number | undefined }

function serviceParents({ route, attachments }: TranslatedRoute): ServiceParent[] {
  return attachments
    .filter(({ listener, denied }) => listener === undefined && denied === undefined)
    .map(({ reference }) => {
      const namespace = textAt(reference, 'namespace') ?? namespaceOf(route)
      const host = `${textAt(reference, 'name') ?? ''}.${namespace}.svc.cluster.local`
      return { host, namespace, port: numberAt(reference, 'port') }
    })
}

/** Where a rule of the mesh counts: everywhere for routes of the namespace of the Service, else in that of the route. */
function specOf(route: KubeObject, { host, namespace }: ServiceParent) {
  const isOwn = namespace === namespaceOf(route)
  return { hosts: [host], gateways: ['mesh'], ...(isOwn ? {} : { exportTo: ['.'] }) }
}

/** Rules that match only at a port. Source: istio, augmentPortMatch. */
function atPort(rules: readonly Json[], port: number | undefined): Json[] {
  if (port === undefined) return [...rules]
  return rules.map((rule) => {
    const matches = listAt(rule, 'match')
    const match = (matches.length === 0 ? [{}] : matches).map((one) => ({ ...objectAt(one), port }))
    return { ...objectAt(rule), match }
  })
}

/**
 * A VirtualService for each Service, and port of it, that is the parent of HTTPRoutes and GRPCRoutes of a namespace. Their
 * hostnames do not count. Source: istio, HTTPRouteCollection, mergeHTTPRoutes.
 */
export function mergedHttpOfMesh(routes: readonly TranslatedRoute[]): KubeObject[] {
  const parts = new Map<string, { parent: ServiceParent; of: TranslatedRoute[] }>()
  for (const one of routes) {
    if (one.rules.length === 0) continue
    for (const parent of serviceParents(one)) {
      const key = [namespaceOf(one.route), parent.port ?? '', parent.host].join('/')
      const known = parts.get(key) ?? { parent, of: [] }
      parts.set(key, { parent, of: [...known.of, one] })
    }
  }
  return [...parts].flatMap(([key, { parent, of }]) => {
    const sorted = [...of].sort(byAgeAndNamespace)
    const [oldest] = sorted
    if (oldest === undefined) return []
    const http = inOrder(
      atPort(
        sorted.flatMap(({ rules }) => [...rules]),
        parent.port,
      ),
    )
    const spec = { ...specOf(oldest.route, parent), http }
    return [
      internal('VirtualService', oldest.route, key.replaceAll('/', '~'), {
        annotations: SEMANTICS,
        spec,
      }),
    ]
  })
}

/** Those of a TCPRoute or TLSRoute: one for each Service. */
export function networkServicesOfMesh(translated: TranslatedRoute): KubeObject[] {
  const { route, rules } = translated
  if (rules.length === 0) return []
  const named = textsAt(route, 'spec', 'hostnames')
  return serviceParents(translated).map((parent, index) => {
    const ofTls = rules.map((rule) => ({
      ...objectAt(rule),
      match: [{ sniHosts: named.length === 0 ? [parent.host] : named }],
    }))
    const made =
      route.kind === 'TCPRoute'
        ? { tcp: atPort(rules, parent.port) }
        : { tls: atPort(ofTls, parent.port) }
    const spec = { ...specOf(route, parent), ...made }
    const name = `${route.metadata.name}~mesh~${index}`
    return internal('VirtualService', route, name, { annotations: SEMANTICS, spec })
  })
}
