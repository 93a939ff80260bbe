import type { Certificate } from './api/certificate.ts'
import type { Subset } from './echo/subset.ts'
import type { Gateway } from './mesh/gateway.ts'
import { ROOT_NAMESPACE, routesOf, type SandboxOptions, subsetsOf } from './options.ts'
import { GATEWAY_API_PORTS, type GatewayApiPort } from './tutorial/gateway-api.ts'
import type { Start } from './tutorial/objects.ts'
import { WEB_PORTS } from './tutorial/web.ts'

/** The parts of a sandbox that its objects name. */
type Parts = { gateway: Gateway; subsets: readonly Subset[]; certificate: Certificate }

/** Where the gateway listens for the Gateways of the web application. */
export function webPorts({ portOf }: Gateway): Record<keyof typeof WEB_PORTS, number> {
  const { http, https, tls } = WEB_PORTS
  return { http: portOf(http), https: portOf(https), tls: portOf(tls) }
}

/** Where the gateway listens for the listeners of the Gateway API's Gateway. */
export function listenerPorts({ portOf }: Gateway): Record<GatewayApiPort, number> {
  const { http, https, tls, tcp, spare, another, third, fourth } = GATEWAY_API_PORTS
  return {
    http: portOf(http),
    https: portOf(https),
    tls: portOf(tls),
    tcp: portOf(tcp),
    spare: portOf(spare),
    another: portOf(another),
    third: portOf(third),
    fourth: portOf(fourth),
  }
}

/** The values in the objects that a sandbox starts with. */
export function startValues(
  options: SandboxOptions,
  { gateway, subsets, certificate }: Parts,
): Start & { namespace: string; rootNamespace: string } {
  const pods = (application: Subset['application']) =>
    subsets
      .filter((one) => one.application === application)
      .map(({ name, server: { address, port } }) => ({ name, address, port }))
  const [echo, web] = [pods('tcp-echo'), pods('web')]
  const prefixes = subsetsOf(options)
  return {
    namespace: options.namespace ?? 'demo',
    rootNamespace: options.rootNamespace ?? ROOT_NAMESPACE,
    gateway: { host: gateway.host, port: gateway.port },
    subsets: echo.map((one) => ({ ...one, prefix: prefixes[one.name] ?? one.name })),
    weights: options.weights,
    ...(web.length === 0
      ? {}
      : {
          web: {
            subsets: web,
            options: options.web ?? true,
            ports: webPorts(gateway),
            certificate,
          },
        }),
    ...(options.gatewayApi === undefined
      ? {}
      : { gatewayApi: { routes: routesOf(options), ports: listenerPorts(gateway), web, echo } }),
  }
}
