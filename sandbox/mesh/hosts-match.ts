/** Whether two hosts, each of which may begin with `*`, can mean the same host. */
export function hostsMatch(one: string, other: string): boolean {
  if (one === other) return true
  const endOf = (host: string) => (host.startsWith('*') ? host.slice(1) : undefined)
  const [a, b] = [endOf(one), endOf(other)]
  if (a !== undefined && b !== undefined) return a.endsWith(b) || b.endsWith(a)
  if (a !== undefined) return other.endsWith(a)
  return b !== undefined && one.endsWith(b)
}
