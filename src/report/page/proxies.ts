import { confirmedProxies } from '../../rollout/diagnosis/proxy-words.ts'
import type { Check, ProxiesSeen } from '../../rollout/model/check.ts'
import { countText } from '../../rollout/model/percents.ts'
import { gapText } from '../facts/proxies/gap-text.ts'
import { foundText, type ProxyRow, proxiesText, proxyRows } from '../facts/proxies/proxies-view.ts'
import { timeText } from '../figures.ts'
import { escapedHtml } from '../plain-text.ts'
import type { RunRecord } from '../record.ts'
import { type Cell, longText, notShown, paragraph, pathText, table } from './html.ts'
import { evenly, path, plot, spark, timeTicks } from './plot.ts'

/** Rows before the others are folded, and rows at most. */
const FIRST_ROWS = 12
const MOST_ROWS = 100
/** Characters of what a proxy has that are not broken into lines. */
const LONGEST_ON_A_LINE = 40
/** Fewer proxies need no picture. */
const FEWEST_DRAWN = 3

/**
 * What the proxies have of the weights of a check: how many, when, and each of them.
 *
 * @param isWhole false: of a step that is over, a sentence is enough
 */
export function proxiesPart(check: Check, isWhole: boolean): string {
  const { proxies: seen } = check
  if (seen === undefined) return ''
  const text = paragraph(proxiesText(check, seen))
  if (!isWhole || seen.proxies.length === 0) return text
  return `<h3>Proxies</h3>${text}${curve(seen)}${rowsOf(check, seen)}${paragraph(foundText(seen))}`
}

/** How many proxies had the weights, over the time since the write. */
function curve(seen: ProxiesSeen): string {
  const times = seen.proxies
    .flatMap(({ state, propagationMs }) =>
      state === 'confirmed' && propagationMs !== undefined ? [propagationMs] : [],
    )
    .toSorted((a, b) => a - b)
  const last = times.at(-1)
  if (last === undefined || times.length < FEWEST_DRAWN) return ''
  const { confirmed, total } = confirmedProxies(seen)
  // Those that are confirmed without a time had the weights before.
  const before = confirmed - times.length
  const endMs = Math.max(1, last * 1.05)
  const x = evenly(0, endMs)
  const y = evenly(0, total)
  const steps = times.flatMap((ms, index) => [
    [x(ms), 1 - y(before + index)] as const,
    [x(ms), 1 - y(before + index + 1)] as const,
  ])
  return `<figure><figcaption>Proxies that have the weights, over the time since the write.</figcaption>
${plot({
  label: `${countText(confirmed)} of ${countText(total)} proxies have the weights, the last of them after ${timeText(last)}`,
  x: { place: x, ticks: timeTicks(endMs, 4), title: 'time since the write' },
  y: {
    place: y,
    ticks: [0, total].map((value) => ({ value, text: countText(value) })),
    title: 'proxies with the weights',
  },
  shapes: path('observed', [[0, 1 - y(before)], ...steps, [1, 1 - y(confirmed)]]),
  marks: '',
  low: true,
})}</figure>`
}

function rowsOf(check: Check, seen: ProxiesSeen): string {
  const rows = proxyRows(check, seen).slice(0, MOST_ROWS)
  const scaleMs = Math.max(1, ...rows.map(({ tookMs = 0 }) => tookMs))
  const hasRoles = rows.some(({ role }) => role !== 'gateway')
  const some = (label: string, part: readonly ProxyRow[]) =>
    table(
      label,
      ['proxy', ...(hasRoles ? ['role'] : []), 'configuration', 'after', 'time since the write'],
      part.map((row) => cellsOf(row, scaleMs, hasRoles)),
    )
  const [first, others] = [rows.slice(0, FIRST_ROWS), rows.slice(FIRST_ROWS)]
  const left = seen.proxies.length - rows.length
  return `${some('Proxies', first)}${
    others.length === 0
      ? ''
      : `<details><summary>${countText(others.length)} more</summary>${some('More proxies', others)}</details>`
  }${left === 0 ? '' : paragraph(`${countText(left)} more are not shown.`)}`
}

function cellsOf(row: ProxyRow, scaleMs: number, hasRoles: boolean): Cell[] {
  const { pod, role, tookMs } = row
  return [
    pathText(pod),
    ...(hasRoles ? [role] : []),
    stateCell(row),
    tookMs === undefined ? '' : timeText(tookMs),
    tookMs === undefined ? '' : { html: spark(0, tookMs / scaleMs), class: 'spark' },
  ]
}

function stateCell({ text, isGood }: ProxyRow): Cell {
  if (isGood === undefined) return text.length > LONGEST_ON_A_LINE ? longText(text) : text
  const mark = isGood ? '<span class="good">✔</span>' : '<span class="bad">✘</span>'
  const kind = text.length > LONGEST_ON_A_LINE ? 'text' : 'marked'
  return { html: `<span>${mark} ${escapedHtml(text)}</span>`, class: kind }
}

/** What the counters of proxies lack. */
export function gapsSection({ countGaps, leftOut }: RunRecord): string {
  if (countGaps.length === 0) return ''
  return `<h2>Not counted</h2>${countGaps.map((gap) => paragraph(gapText(gap))).join('')}${notShown(leftOut.countGaps, 'gaps')}`
}
