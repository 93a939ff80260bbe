import type { ProxyAdmin } from '../../evidence/proxies/proxy-admin.ts'
import type { FoundProxies, ProxyPod } from '../../gateways/proxies/found-proxies.ts'

/** A proxy that is read. */
export type ProxyMember = {
  pod: ProxyPod
  /** Undefined where it cannot be read; `why` says why, as a clause. */
  admin: ProxyAdmin | undefined
  why?: string
}

/** The proxies that hold the rule, with a tunnel to each of them. Pods come and go: `refresh` reads them again. */
export type ProxySet = {
  found(): FoundProxies
  /** When the Pods were read last. */
  readMs(): number
  members(): readonly ProxyMember[]
  /** Reads the Pods again, opens tunnels to new ones, closes those of Pods that are gone. Returns whether any came or went. */
  refresh(signal: AbortSignal): Promise<boolean>
  close(): void
}
