import { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import type { Impersonation } from './kubeconfig/impersonation.ts'

/** A kubeconfig of the library, with what it does not do itself and kubectl does. */
export class ClusterConfig extends KubeConfig {
  readonly #impersonation: Impersonation

  constructor(impersonation: Impersonation) {
    super()
    this.#impersonation = impersonation
  }

  override async applyToHTTPSOptions(
    options: Parameters<KubeConfig['applyToHTTPSOptions']>[0],
  ): Promise<void> {
    await super.applyToHTTPSOptions(options)
    options.headers = { ...options.headers, ...this.#impersonation }
    // A SOCKS proxy is to resolve the server's name, which may be known behind it alone: so it is in Go.
    const { agent } = options
    if (typeof agent === 'object' && 'shouldLookup' in agent)
      Object.assign(agent, { shouldLookup: false })
  }
}
