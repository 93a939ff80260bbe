/** Whether two hosts, each with a `*` in front at most, can name the same. */
export function hostsMatch(one: string, other: string): boolean {
  if (one === other || one === '*' || other === '*') return true
  if (one.startsWith('*')) return other.endsWith(one.slice(1))
  return other.startsWith('*') && one.endsWith(other.slice(1))
}
