import {
  dig,
  isObject,
  type Json,
  listAt,
  numberAt,
  objectAt,
  textAt,
  textsAt,
} from '../../objects/json.ts'
import { type KubeObject, namespaceOf } from '../../objects/kube-object.ts'
import { NETWORKING, type Resource } from '../../objects/resources.ts'
import { StatusError } from '../../objects/status-error.ts'
import { hostsMatch } from '../hosts-match.ts'
import { exportToProblems } from './export-to-validation.ts'

/**
 * istiod's validating webhook for `exportTo`, and for hosts, weights and `*` as an expression in a VirtualService. Its
 * denials have no reason, so the API server answers 400. Throws StatusError.
 */
export function validateAsIstiod(resource: Resource, object: KubeObject): void {
  if (resource.group !== NETWORKING) return
  const problems = problemsIn(resource.kind, object)
  const [first] = problems
  if (first === undefined) return
  const told =
    problems.length === 1
      ? first
      : `${problems.length} errors occurred:\n\t${problems.map((one) => `* ${one}`).join('\n\t')}\n\n`
  throw new StatusError(
    400,
    undefined,
    `admission webhook "validation.istio.io" denied the request: configuration is invalid: ${told}`,
  )
}

function problemsIn(kind: string, object: KubeObject): string[] {
  const exportTo = textsAt(object, 'spec', 'exportTo')
  if (kind === 'DestinationRule') {
    const isForWorkloads = isObject(dig(object, 'spec', 'workloadSelector'))
    return exportToProblems(exportTo, namespaceOf(object), isForWorkloads)
  }
  if (kind !== 'VirtualService') return []
  const entries = ['http', 'tls', 'tcp'].flatMap((protocol) => listAt(object, 'spec', protocol))
  return [
    ...duplicatesIn(textsAt(object, 'spec', 'hosts')),
    ...entries.flatMap(problemsOf),
    ...entries.flatMap((rule) => listAt(rule, 'match').flatMap(expressionProblems)),
    ...exportToProblems(exportTo, namespaceOf(object), false),
  ]
}

/** Hosts that occur twice in the same object. */
function duplicatesIn(hosts: readonly string[]): string[] {
  return hosts.flatMap((one, index) =>
    hosts
      .slice(index + 1)
      .filter((other) => hostsMatch(one, other))
      .map((other) => `duplicate hosts in virtual service: ${one} & ${other}`),
  )
}

function problemsOf(rule: Json): string[] {
  const route = listAt(rule, 'route')
  const weights = route.map((destination) => numberAt(destination, 'weight') ?? 0)
  const problems = route.flatMap((destination, index) => {
    const weight = weights[index] ?? 0
    return [
      ...(textAt(destination, 'destination', 'host') === ''
        ? ['empty domain name not allowed']
        : []),
      ...(weight < 0 ? [`weight ${weight} < 0`] : []),
    ]
  })
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return route.length > 1 && sum === 0 ? [...problems, 'total destination weight = 0'] : problems
}

/** Regular expressions that begin with a repetition. istiod's routes take `*` as "it is there", its webhook does not. */
function expressionProblems(match: Json): string[] {
  return ['headers', 'withoutHeaders', 'queryParams'].flatMap((field) =>
    Object.values(objectAt(match, field)).flatMap((each) => {
      const [repetition] = /^[*+?]/.exec(textAt(each, 'regex') ?? '') ?? []
      return repetition === undefined
        ? []
        : [
            `"${field === 'withoutHeaders' ? 'headers' : field}": error parsing regexp: missing argument to repetition operator: \`${repetition}\`; Istio uses RE2 style regex-based match (https://github.com/google/re2/wiki/Syntax)`,
          ]
    }),
  )
}
