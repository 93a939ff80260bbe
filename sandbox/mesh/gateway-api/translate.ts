import { type Json, listAt, objectAt, textsAt } from '../../objects/json.ts'
import { type KubeObject, namespaceOf } from '../../objects/kube-object.ts'
import { hostsMatch } from '../hosts-match.ts'
import { networkRule, Unusable } from './backends.ts'
import { httpRulesOf, inOrder } from './http-rules.ts'
import { listenersOf, type ParentListener } from './listeners.ts'
import { type GatewayApiObjects, internal, ROUTE_KINDS, SEMANTICS } from './objects.ts'
import { mergedHttpOfMesh, networkServicesOfMesh } from './of-mesh.ts'
import { type Attachment, attachmentsOf, isOwnHost, isWithin } from './parents.ts'
import { byAgeAndNamespace, type TranslatedRoute } from './translated-route.ts'

/** What istiod makes of the objects of the Gateway API: objects of Istio, which it then serves like others. */
export type Translation = {
  listeners: readonly ParentListener[]
  routes: readonly TranslatedRoute[]
  gateways: readonly KubeObject[]
  virtualServices: readonly KubeObject[]
}

export function translate(objects: GatewayApiObjects): Translation {
  const listeners = listenersOf(objects)
  const routes = ROUTE_KINDS.flatMap((kind) =>
    objects.routes[kind].map(
      (route): TranslatedRoute => ({
        route,
        attachments: attachmentsOf(route, listeners, objects),
        ...rulesOf(route, objects),
      }),
    ),
  )
  const isHttp = ({ route }: TranslatedRoute) => ['HTTPRoute', 'GRPCRoute'].includes(route.kind)
  return {
    listeners,
    routes,
    gateways: listeners.map(({ server }) => server),
    virtualServices: [
      ...mergedHttp(routes.filter(isHttp)),
      ...mergedHttpOfMesh(routes.filter(isHttp)),
      ...routes.filter((one) => !isHttp(one)).flatMap(networkServices),
      ...routes.filter((one) => !isHttp(one)).flatMap(networkServicesOfMesh),
    ],
  }
}

function rulesOf(
  route: KubeObject,
  objects: GatewayApiObjects,
): Pick<TranslatedRoute, 'rules' | 'error'> {
  try {
    if (route.kind === 'HTTPRoute' || route.kind === 'GRPCRoute') return httpRulesOf(route, objects)
    const made = listAt(route, 'spec', 'rules').map((rule) => networkRule(rule, route, objects))
    const error = made.findLast((one) => one.error !== undefined)?.error
    return { rules: made.map((one): Json => ({ route: one.route })), error }
  } catch (error) {
    if (error instanceof Unusable) return { rules: [], error: error.error }
    throw error
  }
}

/** The listeners that take a route, in istiod's order. */
function accepted({ attachments }: TranslatedRoute): (Attachment & { listener: ParentListener })[] {
  return attachments
    .flatMap((one) =>
      one.listener === undefined || one.denied !== undefined
        ? []
        : [{ ...one, listener: one.listener }],
    )
    .sort((one, other) => (nameOf(one.listener) < nameOf(other.listener) ? -1 : 1))
}

function nameOf({ server }: ParentListener): string {
  return `${namespaceOf(server)}/${server.metadata.name}`
}

type Part = { route: KubeObject; rules: readonly Json[] }

/**
 * A VirtualService for each listener and host, with the rules of all HTTPRoutes and GRPCRoutes for them. Source: istio,
 * mergeHTTPRoutes.
 */
function mergedHttp(routes: readonly TranslatedRoute[]): KubeObject[] {
  const parts = new Map<string, Part[]>()
  for (const one of routes) {
    if (one.rules.length === 0) continue
    const hosts = textsAt(one.route, 'spec', 'hostnames')
    for (const attachment of accepted(one))
      for (const host of hosts.length === 0 ? ['*'] : hosts) {
        if (!isOwnHost(host, attachment)) continue
        const key = `${nameOf(attachment.listener)}/${host}`
        parts.set(key, [...(parts.get(key) ?? []), one])
      }
  }
  return [...parts].flatMap(([key, unsorted]) => {
    const sorted = [...unsorted].sort(byAgeAndNamespace)
    const [oldest] = sorted
    if (oldest === undefined) return []
    const [namespace, gateway, ...host] = key.split('/')
    const spec = {
      hosts: [host.join('/')],
      gateways: [`${namespace}/${gateway}`],
      http: inOrder(sorted.flatMap(({ rules }) => rules)),
    }
    const name = key.replaceAll('/', '~')
    return [internal('VirtualService', oldest.route, name, { annotations: SEMANTICS, spec })]
  })
}

/** The VirtualServices of a TCPRoute or TLSRoute: one for each listener and host. */
function networkServices(translated: TranslatedRoute): KubeObject[] {
  const { route, rules } = translated
  const protocol = route.kind === 'TCPRoute' ? 'tcp' : 'tls'
  if (rules.length === 0) return []
  return accepted(translated)
    .flatMap(({ listener }) =>
      (protocol === 'tcp' ? ['*'] : sharedHosts(textsAt(route, 'spec', 'hostnames'), listener)).map(
        (host) => ({ host, listener }),
      ),
    )
    .map(({ host, listener }, index) => {
      const hosts = sharedHosts(textsAt(route, 'spec', 'hostnames'), listener)
      const made =
        protocol === 'tcp'
          ? { tcp: [...rules] }
          : { tls: rules.map((rule) => ({ ...objectAt(rule), match: [{ sniHosts: hosts }] })) }
      const name = `${route.metadata.name}~${protocol}~${index}~istio-autogenerated-k8s-gateway`
      const spec = { hosts: [host], gateways: [nameOf(listener)], ...made }
      return internal('VirtualService', route, name, { annotations: SEMANTICS, spec })
    })
}

/** The hosts of a TLSRoute within the hostname of a listener, each as narrow as possible. */
function sharedHosts(hostnames: readonly string[], { hostname }: ParentListener): string[] {
  const hosts = hostnames.length === 0 ? ['*'] : [...hostnames]
  if (hostname === '') return hosts
  return hosts
    .filter((host) => hostsMatch(host, hostname))
    .map((host) => (isWithin(host, hostname) ? host : hostname))
}
