/** The host of an authority, without its port. */
export function hostOf(authority: string): string {
  return authority.replace(/:\d*$/, '').toLowerCase()
}

/**
 * Whether a host that may begin with `*` covers a concrete one. `*.example.com` covers names at every depth, and not
 * example.com itself.
 */
export function coversHost(pattern: string, host: string): boolean {
  const wanted = pattern.toLowerCase()
  if (!isWildcard(wanted)) return wanted === host
  return wanted === '*' || (host.length >= wanted.length && host.endsWith(wanted.slice(1)))
}

/**
 * The one of several hosts whose rules a request gets: the host itself, else the longest wildcard that covers it. The
 * rules of the others do not count, even if none of its own matches.
 * Source: envoy, RouteMatcher::findVirtualHost.
 */
export function virtualHostFor(hosts: readonly string[], authority: string): string | undefined {
  const host = hostOf(authority)
  const covering = hosts.map((one) => one.toLowerCase()).filter((one) => coversHost(one, host))
  const [best] = covering.sort(
    (a, b) => Number(isWildcard(a)) - Number(isWildcard(b)) || b.length - a.length,
  )
  return best
}

export function isWildcard(host: string): boolean {
  return host.startsWith('*')
}
