import { coversHost, isWildcard } from '../routes/match/virtual-host.ts'

/** Whether each name that a host stands for is one that another host stands for. */
export function isWithin(host: string, other: string): boolean {
  if (!isWildcard(host)) return host === other || coversHost(other, host)
  return isWildcard(other) && host.length >= other.length && host.endsWith(other.slice(1))
}

/** The hosts that a probe can ask for. */
export function concreteHosts(hosts: readonly string[]): string[] {
  return hosts.filter((host) => !isWildcard(host))
}
