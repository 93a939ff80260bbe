import { isIP } from 'node:net'
import { checkServerIdentity } from 'node:tls'
import { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import type { Impersonation } from './kubeconfig/impersonation.ts'

type RequestOptions = Parameters<KubeConfig['applyToHTTPSOptions']>[0]

/** The library's kubeconfig, extended by what kubectl does and the library does not. */
export class ClusterConfig extends KubeConfig {
  readonly #impersonation: Impersonation

  constructor(impersonation: Impersonation) {
    super()
    this.#impersonation = impersonation
  }

  override async applyToHTTPSOptions(options: RequestOptions): Promise<void> {
    await super.applyToHTTPSOptions(options)
    options.headers = { ...options.headers, ...this.#impersonation }
    // As in Go, a SOCKS proxy resolves the name of the server. It may be the only one that can.
    const { agent, servername = '' } = options
    if (typeof agent === 'object' && 'shouldLookup' in agent)
      Object.assign(agent, { shouldLookup: false })
    if (servername !== '' && isIP(servername)) expectAddress(options, servername)
  }
}

/**
 * Checks the certificate against an IP address without sending the address as the server's name, which RFC 6066 forbids.
 * kubectl does the same.
 */
function expectAddress(options: RequestOptions, address: string): void {
  const expected = {
    servername: '',
    checkServerIdentity: (_: string, certificate: Parameters<typeof checkServerIdentity>[1]) =>
      checkServerIdentity(address, certificate),
  }
  Object.assign(options, expected)
  const { agent } = options
  // The options of an agent outrank those of a request.
  if (typeof agent === 'object' && 'options' in agent && typeof agent.options === 'object')
    Object.assign(agent.options ?? {}, expected)
}
