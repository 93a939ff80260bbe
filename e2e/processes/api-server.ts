import { openApi } from '../objects/api.ts'
import { ETCD, ETCD_PEERS, GATEWAY } from './addresses.ts'
import { FILES } from './credentials.ts'
import { startProcess } from './process.ts'
import { statePath } from './state.ts'
import { within } from './within.ts'

export const SERVICE_ACCOUNT_ISSUER = 'https://kubernetes.default.svc'

export function startEtcd(): void {
  startProcess('etcd', [
    'etcd',
    ...['--data-dir', statePath('etcd'), '--log-level', 'warn', '--unsafe-no-fsync'],
    ...['--listen-client-urls', ETCD, '--advertise-client-urls', ETCD],
    ...['--listen-peer-urls', ETCD_PEERS, '--initial-advertise-peer-urls', ETCD_PEERS],
    ...['--initial-cluster', `default=${ETCD_PEERS}`],
  ])
}

/**
 * Starts an API server with RBAC and further `flags`, and resolves when it is ready. Each one stores its objects under
 * its own prefix.
 */
export async function startApiServer(
  name: 'kube-apiserver' | 'config-apiserver',
  port: number,
  flags: readonly string[] = [],
): Promise<void> {
  const file = (of: keyof typeof FILES) => statePath(FILES[of])
  startProcess(name, [
    'kube-apiserver',
    ...['--etcd-servers', ETCD, '--etcd-prefix', `/${name}`],
    ...['--bind-address', '127.0.0.1', '--secure-port', String(port)],
    ...['--advertise-address', GATEWAY.host, '--service-cluster-ip-range', '10.96.0.0/16'],
    ...['--tls-cert-file', file('certificate'), '--tls-private-key-file', file('key')],
    ...['--cert-dir', statePath(`${name}-certificates`)],
    ...['--service-account-key-file', file('accountPublicKey')],
    ...['--service-account-signing-key-file', file('accountKey')],
    ...['--service-account-issuer', SERVICE_ACCOUNT_ISSUER],
    ...['--token-auth-file', file('tokens'), '--authorization-mode', 'RBAC'],
    ...['--client-ca-file', file('clientAuthority')],
    // No controller creates service accounts for Pods here.
    ...['--disable-admission-plugins', 'ServiceAccount'],
    ...flags,
  ])
  const api = openApi(port)
  await within(60_000, `${name} being ready`, async () => {
    const { status } = await api.call('GET', '/readyz')
    return status === 200
  })
}
