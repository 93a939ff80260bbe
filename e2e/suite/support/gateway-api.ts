import { listAt, textAt } from '../../../sandbox/objects/json.ts'
import { GATEWAY_API_PORTS } from '../../../sandbox/tutorial/gateway-api.ts'
import { gatewayApiRoute } from '../../objects/tutorial.ts'
import { FILES } from '../../processes/credentials.ts'
import { gatewayRoutes, requestRoutes } from '../../processes/gateway-routes.ts'
import { statePath } from '../../processes/state.ts'
import { GRPC_METHOD, podName } from '../../processes/web.ts'
import { NOT_THE_TUTORIAL, type WebRoute } from './web.ts'

const PODS = `{web-v1: ${podName('v1')}, web-v2: ${podName('v2')}}`

type Own = Pick<WebRoute, 'inputs' | 'served'> & { application: 'web' | 'tcp-echo' }

/** The route of a kind, at its listener of the Gateway. */
function route(protocol: WebRoute['protocol'], { application, inputs, served }: Own): WebRoute {
  const { kind, metadata } = gatewayApiRoute(protocol)
  return {
    name: metadata.name,
    protocol,
    inputs: { ...NOT_THE_TUTORIAL, object: `${kind}/${metadata.name}`, ...inputs },
    destination: (version) => `${application}-${version}`,
    object: (weights) => gatewayApiRoute(protocol, weights),
    rule: ['spec', 'rules', 0],
    stamps: (rule) =>
      listAt(rule, 'backendRefs')
        .flatMap((one) => listAt(one, 'filters'))
        .flatMap((one) => listAt(one, 'responseHeaderModifier', 'set'))
        .filter((one) => textAt(one, 'name') === 'x-istio-traffic-shift')
        .flatMap((one) => textAt(one, 'value') ?? []),
    served,
  }
}

export const HTTP_ROUTE = route('http', {
  application: 'web',
  inputs: { expect: PODS },
  served: (replica) => requestRoutes('web.example.com', GATEWAY_API_PORTS.http, replica),
})
/** gRPC calls of a method that the application has, in place of a health check, which it lacks. */
export const GRPC_ROUTE = route('grpc', {
  application: 'web',
  inputs: { expect: PODS, 'probe-path': GRPC_METHOD },
  served: (replica) => requestRoutes('grpc.example.com', GATEWAY_API_PORTS.http, replica),
})
/** TLS that the gateway passes through by its SNI. */
export const TLS_ROUTE = route('tls', {
  application: 'web',
  inputs: { probe: 'http', expect: PODS, 'probe-ca': statePath(FILES.authority) },
  served: (replica) => gatewayRoutes(replica, GATEWAY_API_PORTS.tls),
})
export const TCP_ROUTE = route('tcp', {
  application: 'tcp-echo',
  inputs: { payload: 'hello\\n', expect: '{tcp-echo-v1: "^one ", tcp-echo-v2: "^two "}' },
  served: (replica) => gatewayRoutes(replica, GATEWAY_API_PORTS.tcp),
})

/** The same with stamps. */
export const STAMPED_HTTP_ROUTE = stamped(HTTP_ROUTE)
export const STAMPED_GRPC_ROUTE = stamped(GRPC_ROUTE)

function stamped(of: WebRoute): WebRoute {
  return { ...of, inputs: { ...of.inputs, expect: 'stamp' } }
}
