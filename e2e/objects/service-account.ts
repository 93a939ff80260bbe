import { type Json, type JsonObject, textAt } from '../../sandbox/objects/json.ts'
import type { KubeObject } from '../../sandbox/objects/kube-object.ts'
import { kubeconfigFor } from '../processes/credentials.ts'
import type { Api } from './api.ts'

/** Rules, and the namespace in which they apply; undefined: all of them. */
export type Grant = { namespace: string | undefined; rules: readonly JsonObject[] }

const NAMESPACE = 'demo'
const RBAC = 'rbac.authorization.k8s.io/v1'

/** A service account with exactly these rights, as a kubeconfig with a token for an hour. */
export async function accountWith(
  api: Api,
  port: number,
  name: string,
  grants: readonly Grant[],
): Promise<string> {
  const account: KubeObject = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, namespace: NAMESPACE },
  }
  await api.create(account)
  await Promise.all(grants.map((grant, index) => give(api, name, `${name}-${index}`, grant)))
  const request: Json = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: 3600 },
  }
  const path = `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/${name}/token`
  const { body } = await api.call('POST', path, request)
  return kubeconfigFor(port, textAt(body, 'status', 'token') ?? '')
}

/** Binds a role with these rules to the account. */
export async function give(
  api: Api,
  account: string,
  role: string,
  { namespace, rules }: Grant,
): Promise<void> {
  const kind = namespace === undefined ? 'ClusterRole' : 'Role'
  const metadata = { name: role, ...(namespace === undefined ? {} : { namespace }) }
  await api.create({ apiVersion: RBAC, kind, metadata, rules: [...rules] })
  await api.create({
    apiVersion: RBAC,
    kind: `${kind}Binding`,
    metadata,
    subjects: [{ kind: 'ServiceAccount', name: account, namespace: NAMESPACE }],
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: role },
  })
}
