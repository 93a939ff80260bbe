import { parseJson, textAt } from '../../sandbox/objects/json.ts'
import { WEB_PODS } from './addresses.ts'
import { FILES } from './credentials.ts'
import { textFrom } from './http.ts'
import { startProcess } from './process.ts'
import { statePath } from './state.ts'
import { within } from './within.ts'

export type WebVersion = keyof typeof WEB_PODS

/**
 * Starts a version of the application that speaks HTTP, TLS and gRPC: `echo-basic` of the Gateway API's conformance
 * tests. It answers each request with a JSON object that names its Pod.
 */
export async function startWeb(version: WebVersion): Promise<void> {
  const { http, tls, grpc } = WEB_PODS[version]
  const pod = {
    POD_NAME: podName(version),
    NAMESPACE: 'demo',
    SERVICE_NAME: 'web',
    TLS_SERVER_CERT: statePath(FILES.webCertificate),
    TLS_SERVER_PRIVKEY: statePath(FILES.webKey),
  }
  startProcess(`web-${version}`, ['echo-basic'], {
    ...pod,
    HTTP_PORT: String(http),
    HTTPS_PORT: String(tls),
    H2C_PORT: '0',
  })
  startProcess(`grpc-${version}`, ['echo-basic'], {
    ...pod,
    GRPC_ECHO_SERVER: '1',
    HTTP_PORT: String(grpc),
    HTTPS_PORT: '0',
  })
  await webReady(version)
}

/** A method of its gRPC service. */
export const GRPC_METHOD = '/gateway_api_conformance.echo_basic.grpcecho.GrpcEcho/Echo'

/** Its replies have this name in their body. */
export function podName(version: WebVersion): string {
  return `web-${version}-0`
}

export async function webReady(version: WebVersion): Promise<void> {
  const { address, http } = WEB_PODS[version]
  await within(10_000, `an answer of ${podName(version)}`, async () => {
    const reply = parseJson(await textFrom(`http://${address}:${http}/`))
    return textAt(reply, 'pod') === podName(version)
  })
}
