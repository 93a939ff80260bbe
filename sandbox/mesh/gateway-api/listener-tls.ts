import { type Json, listAt, objectAt, textAt } from '../../objects/json.ts'
import { type KubeObject, namespaceOf } from '../../objects/kube-object.ts'
import { GATEWAY_API } from '../../objects/resources.ts'
import { credentialIn } from '../tls/credentials.ts'
import { grants } from './grants.ts'
import type { ConfigError, GatewayApiObjects } from './objects.ts'

/** The TLS of Istio's server for a listener. Source: istio, buildTLS. */
export function tlsOf(
  listener: Json,
  gateway: KubeObject,
  objects: GatewayApiObjects,
): { tls?: Record<string, Json>; error?: ConfigError } {
  const tls = objectAt(listener, 'tls')
  if (Object.keys(tls).length === 0) return {}
  if (textAt(tls, 'mode') === 'Passthrough') return { tls: { mode: 'PASSTHROUGH' } }
  const [reference] = listAt(tls, 'certificateRefs')
  const name = textAt(reference, 'name') ?? ''
  const namespace = textAt(reference, 'namespace') ?? namespaceOf(gateway)
  const secret = objects.secrets.find(
    (one) => one.metadata.name === name && namespaceOf(one) === namespace,
  )
  if (namespace !== namespaceOf(gateway) && !isGranted(objects, gateway, namespace, name))
    return {
      tls: { mode: 'SIMPLE' },
      error: {
        reason: 'RefNotPermitted',
        message: `certificateRef ${name}/${namespace} not accessible to a Gateway in namespace ${JSON.stringify(namespaceOf(gateway))} (missing a ReferenceGrant?)`,
      },
    }
  if (credentialIn(secret) === undefined)
    return {
      tls: { mode: 'SIMPLE' },
      error: {
        reason: 'InvalidCertificateRef',
        message: `invalid certificate reference core/Secret/${name}, secret ${namespace}/${name} not found`,
      },
    }
  return { tls: { mode: 'SIMPLE', credentialName: `kubernetes-gateway://${namespace}/${name}` } }
}

function isGranted(
  objects: GatewayApiObjects,
  gateway: KubeObject,
  namespace: string,
  name: string,
): boolean {
  const from = { group: GATEWAY_API, kind: 'Gateway', namespace: namespaceOf(gateway) }
  return grants(objects.grants, from, { kind: 'Secret', namespace, name })
}
