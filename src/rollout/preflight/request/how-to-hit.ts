import { capitalized } from '../../../problem/sentence.ts'
import type { ProbeRequest, Unmet } from '../../../routes/probe-request.ts'

/** What is sent, the rule that it should hit, and those that it hits. Rules as `rule http:web`. */
type Missed = { request: ProbeRequest; rule: string; others: readonly string[] }

/** The input that decides a part of a request. The scheme follows from the server. */
const INPUTS: Readonly<Record<Unmet['part'], string | undefined>> = {
  path: 'probe-path',
  query: 'probe-path',
  method: 'probe-method',
  host: 'probe-host',
  header: 'probe-headers',
  scheme: undefined,
}

/** Which inputs to set so that a request hits a rule, with values where these are simple to tell. */
export function howToHit(unmet: readonly Unmet[], { request, rule, others }: Missed): string {
  const inputs = [...new Set(unmet.flatMap(({ part }) => INPUTS[part] ?? []))]
  if (inputs.length === 0) return withoutConditions({ request, rule, others })
  const needed = `${capitalized(rule)} needs ${listed(unmet.map(({ what }) => what))}.`
  const values = new Map([
    ['probe-path', pathOf(unmet, request)],
    ['probe-method', exampleOf(unmet, 'method')],
    ['probe-host', exampleOf(unmet, 'host')],
    ['probe-headers', headersOf(unmet)],
  ])
  const lines = inputs.flatMap((input) => {
    const value = values.get(input)
    return value === undefined ? [] : [`  ${input}: ${value}`]
  })
  return lines.length === inputs.length
    ? `${needed} For example:\n${lines.join('\n')}`
    : `${needed} Set ${inputs.join(' and ')}.`
}

/** The rule matches too, or does not apply at this port and host at all. */
function withoutConditions({ request, rule, others }: Missed): string {
  const inputs =
    request.protocol === 'http' ? 'probe-path, probe-headers or probe-host' : 'probe-host'
  if (others.length === 0) return `Set ${inputs} so that ${rule} matches.`
  const [first] = others
  return `${capitalized(first ?? '')} comes first. Set ${inputs} so that only ${rule} matches.`
}

/** The path with every query parameter that is missing; undefined where a value is not simple to tell. */
function pathOf(unmet: readonly Unmet[], request: ProbeRequest): string | undefined {
  if (request.protocol !== 'http') return undefined
  const parts = unmet.filter(({ part }) => part === 'path' || part === 'query')
  if (parts.some(({ example }) => example === undefined)) return undefined
  const [own = '/', query] = request.path.split('?')
  const path = exampleOf(unmet, 'path') ?? own
  const added = parts.flatMap(({ part, name, example }) =>
    part === 'query' ? [`${name}=${example}`] : [],
  )
  const all = [...(query === undefined ? [] : [query]), ...added]
  return all.length === 0 ? path : `${path}?${all.join('&')}`
}

function headersOf(unmet: readonly Unmet[]): string | undefined {
  const headers = unmet.filter(({ part }) => part === 'header')
  const each = headers.flatMap(({ name, example }) =>
    name === undefined || example === undefined ? [] : [`${name}: ${JSON.stringify(example)}`],
  )
  return each.length < headers.length ? undefined : `{${each.join(', ')}}`
}

function exampleOf(unmet: readonly Unmet[], wanted: Unmet['part']): string | undefined {
  return unmet.find(({ part }) => part === wanted)?.example
}

function listed(parts: readonly string[]): string {
  const last = parts.at(-1) ?? ''
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`
}
