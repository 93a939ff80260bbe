import { objectsAt, textAt, textsAt } from '../../../kube/json.ts'
import { isWildcard } from '../../match/virtual-host.ts'
import { portsOf, type Rule } from '../../rule.ts'
import type { RouteSelector } from '../../wanted.ts'

/** The rules that a selector allows by itself: by position, by port, SNI or name, or all of a protocol. */
export function selectRules(rules: readonly Rule[], selector: RouteSelector): readonly Rule[] {
  if (selector.kind === 'any') return rules
  const { kind, index, text } = selector
  const ofKind = rules.filter(({ protocol }) => protocol === kind)
  if (index !== undefined) return ofKind.filter((rule) => rule.index === index)
  if (text === undefined) return ofKind
  if (kind === 'tcp') return onPort(ofKind, Number(text))
  if (kind === 'tls') return forSni(ofKind, text)
  return ofKind.filter(({ identity }) => textAt(identity, 'name') === text)
}

/** The rules that name the port; where none does, those that take every port. */
function onPort(rules: readonly Rule[], port: number): readonly Rule[] {
  const named = rules.filter((rule) => portsOf(rule).includes(port))
  if (named.length > 0) return named
  return rules.filter(({ listeners }) => listeners.some((one) => one.port === undefined))
}

/** The rules that list the name; where none does, those with a wildcard that it fits. */
function forSni(rules: readonly Rule[], sni: string): readonly Rule[] {
  const named = rules.filter((rule) => sniHostsOf(rule).includes(sni))
  if (named.length > 0) return named
  return rules.filter((rule) =>
    sniHostsOf(rule).some((host) => isWildcard(host) && sni.endsWith(host.slice(1))),
  )
}

function sniHostsOf({ identity }: Rule): string[] {
  return objectsAt(identity).flatMap((match) => textsAt(match, 'sniHosts'))
}

/** The selector that the name of a rule is read as. */
export function selectorOf({ name, protocol }: Rule): RouteSelector {
  const text = name.slice(protocol.length + 1)
  return text === '' ? { kind: protocol } : { kind: protocol, text }
}
