import type { Check } from '../rollout/check.ts'
import type { Outcome } from '../rollout/outcome.ts'
import { percentsOf, percentsText } from '../rollout/percents.ts'
import { intervalPercents, observedPercents, percent, timeText } from './figures.ts'
import { escapedHtml } from './plain-text.ts'
import type { RunRecord } from './record.ts'

const STYLE = `
:root { color-scheme: light dark; --ink: #1f2328; --paper: #fff; --soft: #57606a; --line: #d0d7de; --band: #b6d7ff; --bar: #0550ae; --good: #116329; --bad: #a40e26 }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --paper: #0d1117; --soft: #9da7b3; --line: #30363d; --band: #1f4b7d; --bar: #79c0ff; --good: #56d364; --bad: #ff8f87 } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 60rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere }
h1 { line-height: 1.2 } .pass, .planned { color: var(--good) } .fail, .error, .inconclusive { color: var(--bad) }
.wide { overflow-x: auto } table { border-collapse: collapse; font-variant-numeric: tabular-nums } th, td { border-bottom: 1px solid var(--line); padding: .25rem .75rem .25rem 0; text-align: left; white-space: nowrap }
pre { white-space: pre-wrap; border: 1px solid var(--line); padding: .75rem } small, .soft { color: var(--soft) } svg { width: 100%; height: auto; max-width: 40rem }
`

/** report.html: one file that needs nothing else. */
export function pageOf(record: RunRecord, outcome: Outcome): string {
  const title = `${outcome.verdict}: ${outcome.reason}`
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapedHtml(`${title} ${record.object ?? ''}`)}</title><style>${STYLE}</style></head>
<body><main>
<h1 class="${outcome.verdict}">${escapedHtml(title)}</h1>
<p class="soft">${escapedHtml([record.object, record.server, record.context].filter((part) => part).join(' · '))}</p>
${outcome.message
  .split('\n')
  .map((line) => `<p>${escapedHtml(line)}</p>`)
  .join('\n')}
${outcome.mend === '' ? '' : `<pre>${escapedHtml(outcome.mend)}</pre>`}
${outcome.checks.map(checkSection).join('\n')}
${record.findings.length === 0 ? '' : `<h2>Warnings</h2>${record.findings.map(({ what, mend }) => `<p>${escapedHtml(what)}</p>${mend === '' ? '' : `<pre>${escapedHtml(mend)}</pre>`}`).join('')}`}
<h2>API calls</h2>
${table(
  ['at', 'took', 'call', 'answer'],
  record.apiCalls.map((call) => [
    timeText(call.startedMs),
    timeText(call.tookMs),
    `${call.method} ${call.path}`,
    String(call.outcome),
  ]),
)}
<p><small>${timeText(record.tookMs)} in all.</small></p>
</main></body></html>
`
}

function checkSection(check: Check): string {
  const observed = observedPercents(check)
  const intervals = intervalPercents(check)
  const last = check.tries.at(-1)
  return `<h2>${escapedHtml(percentsText(percentsOf(check.names, check.target)))}: ${escapedHtml(check.ended ?? 'cut short')}</h2>
${check.names.map((name, index) => bar(check, name, index, observed?.[name], intervals?.[name])).join('\n')}
${table(
  ['destination', 'asked for', 'observed', 'interval', 'connections'],
  check.names.map((name, index) => {
    const [low, high] = intervals?.[name] ?? []
    return [
      name,
      `${percent(check.target[index] ?? 0)}%`,
      observed ? `${observed[name]}%` : '',
      low === undefined ? '' : `${low} to ${high}%`,
      String(last?.counts[index] ?? ''),
    ]
  }),
)}
${table(
  ['try', 'connections', 'without a known reply', 'took', 'decision'],
  check.tries.map((one) => [
    String(one.number),
    String(one.draws),
    String(one.unclassified),
    timeText(one.tookMs),
    one.decision ?? 'undecided',
  ]),
)}`
}

/** The band that was asked for, the interval and the observed share on one line from 0 to 100. */
function bar(
  check: Check,
  name: string,
  index: number,
  observed: number | undefined,
  interval: readonly [number, number] | undefined,
): string {
  const target = (check.target[index] ?? 0) * 100
  const tolerance = (check.tolerance[index] ?? 0) * 100
  const low = Math.max(0, target - tolerance)
  const high = Math.min(100, target + tolerance)
  const [from, to] = interval ?? [0, 100]
  const label = `${name}: asked for ${percent(target / 100)}%, observed ${observed ?? 'nothing'}${observed === undefined ? '' : '%'}`
  return `<svg viewBox="0 0 104 9" role="img" aria-label="${escapedHtml(label)}"><g transform="translate(2 0)">
<rect x="0" y="4" width="100" height=".3" fill="var(--line)"/><rect x="${low}" y="2" width="${high - low}" height="4" fill="var(--band)"/>
<rect x="${from}" y="3.8" width="${Math.max(0, to - from)}" height=".7" fill="var(--bar)"/>${observed === undefined ? '' : `<circle cx="${observed}" cy="4.15" r="1" fill="var(--bar)"/>`}
<text x="0" y="9" font-size="2.6" fill="currentColor">${escapedHtml(label)}</text></g></svg>`
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (row: readonly string[], tag: 'th' | 'td') =>
    row.map((cell) => `<${tag}>${escapedHtml(cell)}</${tag}>`).join('')
  return `<div class="wide" tabindex="0"><table><thead><tr>${cells(heads, 'th')}</tr></thead><tbody>${rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('')}</tbody></table></div>`
}
