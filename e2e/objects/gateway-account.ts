import { type JsonObject, textAt } from '../../sandbox/objects/json.ts'
import { SERVICE_ACCOUNT_ISSUER } from '../processes/api-server.ts'
import type { Api } from './api.ts'

const NAMESPACE = 'istio-system'
const NAME = 'istio-ingressgateway'
const RBAC = 'rbac.authorization.k8s.io'

/**
 * Creates the gateway's service account, which may read the certificates of its namespace, and resolves with a token by
 * which the gateway shows istiod that it is that account.
 */
export async function createGatewayAccount(api: Api): Promise<string> {
  const metadata: JsonObject & { name: string } = { name: NAME, namespace: NAMESPACE }
  const kinds = { account: 'ServiceAccount', role: 'Role', binding: 'RoleBinding' } as const
  await api.create({ apiVersion: 'v1', kind: kinds.account, metadata })
  await api.create({
    apiVersion: `${RBAC}/v1`,
    kind: kinds.role,
    metadata,
    rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list', 'watch'] }],
  })
  await api.create({
    apiVersion: `${RBAC}/v1`,
    kind: kinds.binding,
    metadata,
    subjects: [{ kind: kinds.account, name: NAME, namespace: NAMESPACE }],
    roleRef: { apiGroup: RBAC, kind: kinds.role, name: NAME },
  })
  const path = `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/${NAME}/token`
  const { body, text } = await api.call('POST', path, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { audiences: ['istio-ca', SERVICE_ACCOUNT_ISSUER], expirationSeconds: 24 * 3600 },
  })
  const token = textAt(body, 'status', 'token')
  if (token === undefined) throw new Error(`no token for the gateway: ${text}`)
  return token
}
