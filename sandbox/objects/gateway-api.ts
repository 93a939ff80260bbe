import { GATEWAY_API, type Row } from './resources.ts'
import { schemaIn } from './schema/schema-file.ts'

/** The resources of the Gateway API's standard channel 1.6 that a route may concern. */
export const GATEWAY_API_RESOURCES: readonly Row[] = [
  row('gatewayclasses', 'GatewayClass', ['v1', 'v1beta1'], {
    namespaced: false,
    shortNames: ['gc'],
  }),
  row('gateways', 'Gateway', ['v1', 'v1beta1'], { shortNames: ['gtw'] }),
  row('grpcroutes', 'GRPCRoute', ['v1']),
  row('httproutes', 'HTTPRoute', ['v1', 'v1beta1']),
  row('referencegrants', 'ReferenceGrant', ['v1', 'v1beta1'], { shortNames: ['refgrant'] }),
  row('tcproutes', 'TCPRoute', ['v1']),
  row('tlsroutes', 'TLSRoute', ['v1']),
]

function row(
  plural: string,
  kind: string,
  versions: readonly string[],
  more: { namespaced?: boolean; shortNames?: readonly string[] } = {},
): Row {
  return {
    group: GATEWAY_API,
    plural,
    kind,
    versions,
    categories: ['gateway-api'],
    namespaced: true,
    ...more,
    schema: schemaIn(`gateway-api/${plural}.yaml`),
  }
}
