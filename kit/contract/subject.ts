import type { Affected, ReplyFault } from '../../sandbox/faults/destination-fault.ts'
import type { GatewayApiPort } from '../../sandbox/tutorial/gateway-api.ts'

/**
 * What the contract asks of a mesh with the objects of the tutorial and of the web application in it, be it the sandbox
 * or real parts. Istiod's webhook is on, as where Istio is installed.
 */
export type Subject = {
  /** YAML; may do everything. */
  adminKubeconfig: string
  /** YAML; is USER, who may get and patch the tutorial's VirtualService and nothing else. */
  userKubeconfig: string
  gateway: { host: string; port: number }
  /** Puts the tutorial's VirtualService back to its start. Resolves when the gateway serves that. */
  reset(): Promise<void>
  /** Ends a version of the application, whose Pod goes on saying that it is ready. Resolves with what revives it. */
  kill(version: Version): Promise<() => Promise<void>>
  /** Ends istiod, and with it its webhook. Resolves with what revives it. */
  killIstiod(): Promise<() => Promise<void>>
  /**
   * Resolves when the gateway serves this on a port (default: the tutorial's), which is known to be what the objects
   * have by now.
   */
  serves(split: Split, port?: number): Promise<void>
  /** Whether istiod finds a change worth a push. */
  pushesAfter(change: () => Promise<unknown>): Promise<boolean>
  web: WebSubject
  /** The Envoys of the gateway. */
  proxies: readonly ProxySubject[]
  /** Ports of the gateway for the listeners of the Gateway API's Gateway, and spare ones that its Service has. */
  listeners: Readonly<Record<GatewayApiPort, number>>
}

/** An Envoy in a Pod: gets a path of its admin endpoint. */
export type ProxySubject = {
  pod: string
  admin(path: string): Promise<{ status: number; text: string }>
}

/** The application that speaks HTTP. */
export type WebSubject = {
  /** Ports of the gateway. */
  http: number
  https: number
  /** PEM of whom a client has to trust. */
  authority: string
  /** A gRPC method that it answers. */
  grpcMethod: string
  /** The version that a reply names; undefined: none. */
  versionOf(body: string): string | undefined
  /** Ends a version, whose Pod goes on saying that it is ready. Resolves with what revives it. */
  kill(version: Version): Promise<() => Promise<void>>
  /**
   * Makes a version answer with a fault, also gRPC calls. Its replies name it in the header `x-version` meanwhile. Resolves
   * with what heals it.
   */
  faulty(version: Version, fault: ReplyFault, affected?: Affected): Promise<() => Promise<void>>
}

export type Version = 'v1' | 'v2'

/** Weights by subset, with those of 0 left out, 100 for a single destination; undefined where the port is closed. */
export type Split = Readonly<Record<string, number>> | undefined

/** Who calls with the user's kubeconfig. */
export const USER = 'system:serviceaccount:demo:contract'
