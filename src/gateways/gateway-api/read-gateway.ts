import type { ApiServer } from '../../kube/api-server.ts'
import type { JsonObject } from '../../kube/json.ts'
import { kubectl } from '../../kube/kubectl.ts'
import { grantingRule, type Read, type Resource, readObject } from '../../kube/resources.ts'
import { type Problem, problem } from '../../problem/problem.ts'
import { GATEWAY_API } from '../../routes/types/route-types.ts'
import { GIVE_ENDPOINT } from '../gateway-search.ts'
import { type GatewayObject, parseGateway } from './gateway-object.ts'

/** Where a Gateway is read, and the version under which the route was read. */
type Where = { api: ApiServer; apiVersion: string }

/** Reads a Gateway by its `namespace/name`. */
export async function readGateway(
  where: Where,
  name: string,
  signal: AbortSignal,
): Promise<{ gateway: GatewayObject } | { finding: Problem }> {
  const read = await readNewest(where, name, signal)
  if (read.kind === 'denied')
    return {
      finding: problem(
        'ITS-FORBIDDEN',
        `The address of the gateway cannot be found, because reading Gateway ${name} is not allowed.`,
        `${grantingRule(read.resource)}\n${GIVE_ENDPOINT}`,
      ),
    }
  const gateway = read.kind === 'found' ? parseGateway(read.value) : undefined
  if (gateway !== undefined) return { gateway }
  const [namespace] = name.split('/')
  return {
    finding: problem(
      'ITS-GATEWAY-NOT-FOUND',
      `Gateway ${name}, which the route names, does not exist.`,
      `List the Gateways:\n  ${kubectl(where.api, namespace)} get gateways.${GATEWAY_API}`,
    ),
  }
}

/** Gateways have version v1 wherever routes have it. With older routes, they may have only v1beta1. */
async function readNewest(
  { api, apiVersion }: Where,
  name: string,
  signal: AbortSignal,
): Promise<Read<JsonObject>> {
  const newest = await readObject(api, gatewayResource(name, 'v1'), signal)
  if (newest.kind !== 'missing' || apiVersion === 'v1') return newest
  return readObject(api, gatewayResource(name, 'v1beta1'), signal)
}

export function gatewayResource(gateway: string, version = 'v1'): Resource {
  const [namespace = '', ...rest] = gateway.split('/')
  return { group: GATEWAY_API, version, plural: 'gateways', namespace, name: rest.join('/') }
}
