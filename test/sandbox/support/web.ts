import {
  askHttp,
  echoedIn,
  type HttpAsk,
  type HttpPlace,
  type HttpReply,
} from '../../../kit/sandbox/talk-http.ts'
import type { Json } from '../../../sandbox/objects/json.ts'
import type { Sandbox } from '../../../sandbox/sandbox.ts'

export const HOST = 'web.example.com'

/** Where the gateway of a sandbox with `web` listens for HTTP. */
export function httpAt({ web }: Sandbox): HttpPlace {
  return { host: web.host, port: web.http }
}

/** The same for HTTPS. */
export function httpsAt({ web }: Sandbox): HttpPlace {
  return { host: web.host, port: web.https, tls: { authority: web.authority } }
}

/** A request to the web application on a connection of its own. */
export function get(sandbox: Sandbox, ask: Partial<HttpAsk> = {}): Promise<HttpReply> {
  return askHttp(httpAt(sandbox), { host: HOST, ...ask })
}

/** How often each version answered this many requests, one after the other; `` for a reply that names none. */
export async function versions(
  sandbox: Sandbox,
  requests: number,
): Promise<Record<string, number>> {
  const found: Record<string, number> = {}
  for (let asked = 0; asked < requests; asked += 1) {
    const { headers } = await get(sandbox)
    const version = headers['x-version'] ?? ''
    found[version] = (found[version] ?? 0) + 1
  }
  return found
}

/** The version that a reply names in its body. */
export function versionIn({ body }: HttpReply): string {
  return echoedIn(body).version
}

/** Names the VirtualService of the web application. */
export const WEB = {
  group: 'networking.istio.io',
  resource: 'virtualservices',
  namespace: 'demo',
  name: 'web',
} as const

/** A destination of the web application. */
export function to(subset: string, weight?: number): Json {
  const destination = { host: 'web', port: { number: 80 }, subset }
  return weight === undefined ? { destination } : { destination, weight }
}

/** Sets the rules of the VirtualService directly. */
export function writeRules(sandbox: Sandbox, ...http: readonly Json[]): void {
  sandbox.objects.patch(WEB, { spec: { http: [...http] } })
}
