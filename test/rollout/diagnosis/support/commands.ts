import type { Commands } from '../../../../src/rollout/diagnosis/commands.ts'
import { GATEWAY_SURROUNDINGS } from '../../../../src/routes/gateway-api/gateway-surroundings.ts'
import { ISTIO_SURROUNDINGS } from '../../../../src/routes/istio/istio-surroundings.ts'

/** Istio's words, with a capital word in place of each command. */
export const COMMANDS: Commands = {
  ...ISTIO_SURROUNDINGS,
  affinities: 'AFFINITIES',
  pods: 'PODS',
  images: 'IMAGES',
  ofProxy: ({ namespace, name }) => ({ status: `STATUS ${name}.${namespace}`, log: `LOG ${name}` }),
  show: {
    proxies: 'PROXY-STATUS',
    routes: 'VIRTUALSERVICES',
    policies: 'DESTINATIONRULES',
    gateways: 'GATEWAYS',
    filters: 'ENVOYFILTERS',
    authentication: 'AUTHENTICATION',
    authorization: 'AUTHORIZATION',
  },
}

const CLUSTER = { context: 'production' }

/** Those for a route of the Gateway API. */
export const GATEWAY_COMMANDS: Commands = {
  ...COMMANDS,
  ...GATEWAY_SURROUNDINGS,
  definition: GATEWAY_SURROUNDINGS.definition,
  show: GATEWAY_SURROUNDINGS.commands({ api: CLUSTER, workloads: CLUSTER }, 'demo'),
}

/** What only Istio has, an unfinished text, or a list without its lines. */
export const ONLY_ISTIO =
  /istio|EnvoyFilter|DestinationRule|VirtualService|undefined|:$(?!\n {2})/im
