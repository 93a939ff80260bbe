import type { JsonObject } from '../../sandbox/objects/json.ts'
import { WEB_PORTS } from '../../sandbox/tutorial/web.ts'
import { openApi } from '../objects/api.ts'
import { tutorialObject } from '../objects/tutorial.ts'
import { API_PORT } from '../processes/addresses.ts'
import { FILES } from '../processes/credentials.ts'
import { requestRoutes } from '../processes/gateway-routes.ts'
import { statePath } from '../processes/state.ts'
import { GRPC_ROUTE, HTTP_ROUTE, TCP_ROUTE, TLS_ROUTE } from '../suite/support/gateway-api.ts'
import { withSpec } from '../suite/support/route.ts'
import { SECURE, WEB, type WebRoute, webIs } from '../suite/support/web.ts'
import { startAt } from './start-at.ts'

export type Inputs = Readonly<Record<string, string | undefined>>

/** What a bench shifts and checks. */
export type Benched = {
  /** What a sample is. */
  samples: 'connections' | 'requests'
  /** Inputs beside those of the tutorial's job. */
  inputs: Inputs
  /** How inputs name v2. */
  destination: string
  /** Sets the weights and resolves when the gateway has them. */
  startAt(weights: { v1: number; v2: number }): Promise<void>
}

export const PROTOCOLS = [
  ...(['tcp', 'tls', 'http', 'https'] as const),
  ...(['httproute', 'grpcroute', 'tlsroute', 'tcproute'] as const),
] as const

/** The rule that a bench shifts, by what reaches the gateway. */
export async function benched(protocol: (typeof PROTOCOLS)[number]): Promise<Benched> {
  switch (protocol) {
    case 'tcp':
      return { samples: 'connections', inputs: {}, destination: 'v2', startAt }
    case 'tls':
      return onWeb('connections', SECURE)
    case 'http':
      return onWeb('requests', WEB)
    case 'httproute':
      return onWeb('requests', HTTP_ROUTE)
    case 'grpcroute':
      return onWeb('requests', GRPC_ROUTE)
    case 'tlsroute':
      return onWeb('connections', TLS_ROUTE)
    case 'tcproute':
      return onWeb('connections', TCP_ROUTE)
    case 'https': {
      await serveOnlyHttps()
      const trusted = { 'probe-ca': statePath(FILES.authority) }
      const served: WebRoute['served'] = (replica) =>
        requestRoutes('web.example.com', WEB_PORTS.https, replica)
      return onWeb('requests', { ...WEB, inputs: { ...WEB.inputs, ...trusted }, served })
    }
  }
}

function onWeb(samples: Benched['samples'], route: WebRoute): Benched {
  const { inputs } = route
  const destination = route.destination('v2')
  return { samples, inputs, destination, startAt: (weights) => webIs(route, weights) }
}

/** Leaves the Gateway of the web application only its server for HTTPS. */
async function serveOnlyHttps(): Promise<void> {
  const api = openApi(API_PORT)
  const gateway = await api.read(tutorialObject('Gateway', 'web-gateway'))
  const https: JsonObject = {
    port: { number: WEB_PORTS.https, name: 'https', protocol: 'HTTPS' },
    hosts: ['*'],
    tls: { mode: 'SIMPLE', credentialName: 'web-certificate' },
  }
  await api.replace(withSpec(gateway, { servers: [https] }))
}
