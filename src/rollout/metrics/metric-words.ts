import type { Bounds, MetricResult, NoValue } from '../../evidence/prometheus/metric.ts'
import { shownServer } from '../../evidence/prometheus/server.ts'
import { shellQuoted } from '../../problem/shell-quoted.ts'
import type { Context } from '../model/context.ts'
import { countText } from '../model/percents.ts'

/** `The metric "errors" of v2`, `The metric "errors"`. */
export function metricName(
  { name, destination }: Pick<MetricResult, 'name' | 'destination'>,
  names: readonly string[],
): string {
  const whose = destination === undefined ? undefined : names[destination]
  return `The metric "${name}"${whose === undefined ? '' : ` of ${whose}`}`
}

/** As many digits as people compare, and all of them where these would hide a difference from a bound. */
function numberText(value: number, others: readonly (number | undefined)[] = []): string {
  const isClose = others.some((other) => other !== undefined && rounded(other) === rounded(value))
  return isClose && !others.includes(value) ? String(value) : rounded(value)
}

function rounded(value: number): string {
  const isReadable = value === 0 || (Math.abs(value) >= 1e-4 && Math.abs(value) < 1e9)
  if (!isReadable) return String(Number(value.toPrecision(4)))
  return value.toLocaleString('en-US', { maximumSignificantDigits: 4 })
}

/** `0.043, above the maximum of 0.01`. */
export function beyondText(value: number, { min, max }: Bounds): string {
  const isAbove = max !== undefined && value > max
  const bound = isAbove ? max : (min ?? 0)
  const [side, word] = isAbove ? ['above', 'maximum'] : ['below', 'minimum']
  return `${numberText(value, [bound])}, ${side} the ${word} of ${numberText(bound)}`
}

/** Why a query gave no number, as a sentence. */
export function whySentence(why: NoValue, server: string): string {
  switch (why.kind) {
    case 'no-data':
      return 'The query returned no data.'
    case 'not-finite':
      return `The query returned ${why.text}, which is not a finite number.`
    case 'several':
      return `The query returned ${countText(why.series)} series instead of one.`
    case 'other-type':
      return `The query returned a ${why.type} instead of a number.`
    case 'incomplete':
      return `${server} says that a part of the data may be missing${said(why.text)}.`
    case 'refused':
      return `${server} refused the query with status ${why.status}${said(why.text)}.`
    case 'access':
      return `${server} refused access with status ${why.status}.`
    case 'redirect':
      return `${server} answered with status ${why.status}, a redirect to ${why.to}. It was not followed.`
    case 'status':
      return `${server} answered with status ${why.status}${said(why.text)}.`
    case 'unexpected':
    case 'unreachable':
      return `${server} ${why.text}.`
  }
}

function said(text: string): string {
  return text === '' ? '' : ` (${text.replace(/\.$/, '')})`
}

/** What to do where a query gives no number. */
export function adviceFor(why: NoValue): string {
  switch (why.kind) {
    case 'no-data':
      return 'The series may have no samples in the window yet. Compare the scrape interval with step-interval. If no data means 0, add "or vector(0)" to the query.'
    case 'not-finite':
      return 'A ratio is NaN if its denominator is 0, as without any requests. Send traffic to the destination.'
    case 'several':
      return 'Aggregate the series to one, for example with sum(...) or max(...).'
    case 'other-type':
      return 'A query must give a scalar or one series. A range such as x[5m] needs a function such as rate(...), and a native histogram one such as histogram_quantile(...).'
    case 'incomplete':
      return 'Find out which part did not answer. Incomplete data decides nothing.'
    case 'refused':
      return 'Correct the query.'
    case 'access':
      return 'Check prometheus-headers. Most servers take authorization: Bearer TOKEN.'
    case 'redirect':
      return 'Set prometheus to the address behind the redirect. If it is a login page, set prometheus-headers.'
    case 'status':
    case 'unexpected':
      return 'Check prometheus. It is the address to which /api/v1/query is added.'
    case 'unreachable':
      return why.isCertificate === true
        ? 'Use the host name that the certificate is for. For a certificate of your own authority, set NODE_EXTRA_CA_CERTS to its file.'
        : 'Check prometheus, and that this machine can reach it.'
  }
}

/** A command that asks the server the same. Headers are left to the reader, since they are secret. */
export function queryCommand(
  { prometheus }: Pick<Context['options'], 'prometheus'>,
  query: string,
): string {
  if (prometheus === undefined) return ''
  const headers = prometheus.headers.map(([name]) => ` --header ${shellQuoted(`${name}: ...`)}`)
  const url = shellQuoted(`${shownServer(prometheus)}/api/v1/query`)
  return `curl --get ${url}${headers.join('')} --data-urlencode ${shellQuoted(`query=${query}`)}`
}
