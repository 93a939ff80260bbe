import { isNamespaceName, isObjectName } from '../../../kube/names.ts'
import type { Destination, NewDestination } from '../../rule-format.ts'
import { fullName } from '../host.ts'

/** What inputs may call a destination of a VirtualService, the preferred names first. */
export function formsOf({ host, port, subset }: Omit<Destination, 'forms'>): string[] {
  return [
    ...(subset === undefined ? [] : [subset]),
    host,
    ...(port === undefined ? [] : [`${host}:${port}`]),
    ...(subset === undefined ? [] : [`${host}/${subset}`]),
  ]
}

/** Whether a text is the host of a destination in another form, with its port or subset. A host alone does not name a subset. */
export function meansDestination(one: Destination, text: string, namespace: string): boolean {
  const [, host = '', port, subset] = /^([^/:]+)(?::(\d{1,5})|\/([^/]+))?$/.exec(text) ?? []
  const isHost = fullName(one.host, namespace) === fullName(host, namespace)
  const isPort = port === undefined || Number(port) === one.port
  const isSubset = port !== undefined || subset === one.subset
  return isHost && isPort && isSubset
}

/** Reads `HOST/SUBSET`, `HOST:PORT`, or a host with a dot; undefined for a text of another form. */
export function parseNewDestination(text: string): NewDestination | undefined {
  const [host = '', subset, ...rest] = text.split('/')
  if (subset !== undefined)
    return rest.length === 0 && isObjectName(host) && isNamespaceName(subset)
      ? { host, subset }
      : undefined
  const [, named = '', portText = ''] = /^(.+):(\d{1,5})$/.exec(text) ?? []
  const port = Number(portText)
  if (isObjectName(named) && port >= 1 && port <= 65535) return { host: named, port }
  return text.includes('.') && isObjectName(text) ? { host: text } : undefined
}

/** What to write for a destination that a rule lacks, in place of a text that may name a subset or a Service. */
export function howToAdd(text: string, host = 'HOST'): { hint: string; remedy: string } {
  const examples = isNamespaceName(text)
    ? `${host}/${text} for a subset of ${host}, or the full host name (${text}.NAMESPACE.svc.cluster.local) or ${text}:PORT for a Service`
    : 'HOST/SUBSET for a subset, or HOST:PORT or a host name with a dot for a Service'
  const hint = text.includes('/')
    ? 'A subset name has only lower-case letters, digits and dashes, and no dot.'
    : ''
  return { hint, remedy: `To add a destination to a file, write ${examples}.` }
}
