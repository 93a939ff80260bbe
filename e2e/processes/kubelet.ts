import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { ADMIN_PORTS, GATEWAY, KUBELET_PORT, POD_LOGS, PODS, WEB_PODS } from './addresses.ts'
import { FILES } from './credentials.ts'
import { PROXY_PODS, type ProxyName } from './envoy/proxy-pods.ts'
import { startProcess } from './process.ts'
import { statePath } from './state.ts'
import { within } from './within.ts'

/** Where Envoy's admin interface is in every Pod of a proxy. */
const ADMIN_IN_POD = 15000

/**
 * Starts the kubelet of the node, by which connections through the API server reach the Pods. All Pods have one loopback
 * interface here, so it translates the ports that each of them would have on its own.
 */
export async function startKubelet(): Promise<void> {
  const file = statePath('kubelet-pods')
  const proxies = (Object.keys(PROXY_PODS) as ProxyName[]).map((proxy) => {
    const { namespace, pod, address } = PROXY_PODS[proxy]
    return `${namespace}/${pod} ${address} ${ADMIN_IN_POD}=127.0.0.1:${ADMIN_PORTS[proxy]}`
  })
  const applications = [
    ...Object.entries(PODS).map(([version, address]) => `demo/tcp-echo-${version}-0 ${address}`),
    ...Object.entries(WEB_PODS).map(([version, { address }]) => `demo/web-${version}-0 ${address}`),
  ]
  writeFileSync(file, `${[...proxies, ...applications].join('\n')}\n`)
  const credentials = [statePath(FILES.certificate), statePath(FILES.key)]
  startProcess('kubelet', [
    'kubelet',
    `${GATEWAY.host}:${KUBELET_PORT}`,
    ...credentials,
    file,
    POD_LOGS,
  ])
  await within(10_000, 'the kubelet being ready', () => isListening(GATEWAY.host, KUBELET_PORT))
}

function isListening(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}
