import { behindProxies } from '../../rollout/diagnosis/proxy-words.ts'
import type { Check } from '../../rollout/model/check.ts'
import { countText } from '../../rollout/model/percents.ts'
import { gapText } from '../facts/proxies/gap-text.ts'
import { foundText, type ProxyRow, proxiesText, proxyRows } from '../facts/proxies/proxies-view.ts'
import { timeText } from '../figures.ts'
import { escaped } from '../plain-text.ts'
import type { RunRecord } from '../record.ts'
import { row, table } from './markdown-table.ts'

const MOST_ROWS = 20

/** The proxies that do not have the weights, where these are why a check failed. */
export function staleTable(check: Check | undefined): string {
  const seen = check?.proxies
  if (check === undefined || seen?.status !== 'stale') return ''
  const behind = { ...seen, proxies: behindProxies(seen) }
  return rowsOf(proxyRows(check, behind))
}

/** How far the proxies of the last check were, how they were found, and each of them. */
export function proxyDetails(check: Check | undefined, record: GapsOf): string[] {
  return [...seenDetails(check), ...gapDetails(record)]
}

type GapsOf = Pick<RunRecord, 'countGaps' | 'leftOut'>

/** What the counters lack. */
function gapDetails({ countGaps, leftOut }: GapsOf): string[] {
  if (countGaps.length === 0) return []
  const more = leftOut.countGaps === 0 ? [] : [`${countText(leftOut.countGaps)} more between them.`]
  return [['Not counted:', ...countGaps.map(gapText), ...more].map(escaped).join('\n\n')]
}

/** The same of restored weights: how they were found is said before. */
export function restoredProxies(check: Check | undefined): string[] {
  return seenDetails(check, 'Proxies after the restore').slice(0, 2)
}

function seenDetails(check: Check | undefined, title = 'Proxies'): string[] {
  const seen = check?.proxies
  if (check === undefined || seen === undefined) return []
  const isListed = seen.proxies.length > 0
  return [
    escaped(`${title}: ${proxiesText(check, seen)}`),
    isListed ? rowsOf(proxyRows(check, seen)) : '',
    isListed ? escaped(foundText(seen)) : '',
  ]
}

function rowsOf(all: readonly ProxyRow[]): string {
  const shown = all.slice(0, MOST_ROWS)
  const left = all.length - shown.length
  const rows = shown.map(({ pod, text, isGood, tookMs }) =>
    row([
      escaped(pod),
      `${isGood === undefined ? '' : isGood ? '✔ ' : '✘ '}${escaped(text)}`,
      tookMs === undefined ? '' : timeText(tookMs),
    ]),
  )
  const more = left === 0 ? [] : [row([`${countText(left)} more`, '', ''])]
  return table(['proxy', 'configuration', 'after'], [...rows, ...more])
}
