import { type JsonObject, textAt } from '../../sandbox/objects/json.ts'
import { SERVICE_ACCOUNT_ISSUER } from '../processes/api-server.ts'
import { keepProxyToken } from '../processes/envoy/bootstrap.ts'
import { PROXY_PODS } from '../processes/envoy/proxy-pods.ts'
import type { Api } from './api.ts'

const RBAC = 'rbac.authorization.k8s.io'

/** Creates the gateway's service account, which may read the certificates of its namespace, and keeps a token of it. */
export async function createGatewayAccount(api: Api): Promise<void> {
  const { namespace, serviceAccount: name } = PROXY_PODS.first
  const metadata: JsonObject & { name: string } = { name, namespace }
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
    subjects: [{ kind: kinds.account, name, namespace }],
    roleRef: { apiGroup: RBAC, kind: kinds.role, name },
  })
  await keepTokenOf(api, PROXY_PODS.first)
}

type Account = { namespace: string; serviceAccount: string }

/** Keeps a token by which a proxy shows istiod that it is this account. */
export async function keepTokenOf(api: Api, { namespace, serviceAccount }: Account): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`
  const { body, text } = await api.call('POST', path, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { audiences: ['istio-ca', SERVICE_ACCOUNT_ISSUER], expirationSeconds: 24 * 3600 },
  })
  const token = textAt(body, 'status', 'token')
  if (token === undefined) throw new Error(`no token for ${namespace}/${serviceAccount}: ${text}`)
  keepProxyToken(namespace, token)
}
