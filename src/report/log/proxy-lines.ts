import { proxyStateText, runningProxies } from '../../rollout/diagnosis/proxy-words.ts'
import type { Check, ProxiesSeen } from '../../rollout/model/check.ts'
import type { Drain } from '../../rollout/model/drain.ts'
import type { RunEvent } from '../../rollout/model/events.ts'
import { countText } from '../../rollout/model/percents.ts'
import { drainProgress } from '../facts/proxies/drain-text.ts'
import { orderedProxies, proxiesText } from '../facts/proxies/proxies-view.ts'
import type { LogLine } from './log-line.ts'

/** Proxies that the log names one by one. */
const MOST_NAMED = 10

/**
 * The lines about proxies, as they take new weights. What was said is not said again.
 *
 * @param isDue whether it is time for a line of progress
 */
export function startProxyLines(isDue: () => boolean): (event: RunEvent) => LogLine[] {
  let isIntroduced = false
  const said = new Set<string>()

  function isNew({ text }: LogLine): boolean {
    const isKnown = said.has(text)
    said.add(text)
    return !isKnown
  }

  return (event) => {
    // The restored weights may be those of a step.
    if (event.kind === 'restored') said.clear()
    if (event.kind !== 'proxies') return []
    const { check, now } = event
    const first = isIntroduced ? [] : introduction(now)
    if (runningProxies(now).length > 0) isIntroduced = true
    const isQuiet = now.status === 'waiting' && !isDue()
    return [...first, ...(isQuiet ? [] : seenLines(check, now).filter(isNew))]
  }
}

/** `Proxies that hold the rule: 3 (the Pods that Gateway demo/web selects).` */
function introduction(now: ProxiesSeen): LogLine[] {
  const { length } = runningProxies(now)
  if (length === 0) return []
  return info(`Proxies that hold the rule: ${countText(length)} (${now.how}).`, ...now.notes)
}

function seenLines(check: Check, now: ProxiesSeen): LogLine[] {
  const text = proxiesText(check, now)
  switch (now.status) {
    case 'waiting':
      return info(`  ${text}${waitingFor(now)}`)
    case 'confirmed':
      return [{ level: 'info', text: `  ✔ ${text}`, tone: 'good' }]
    case 'guarded':
      return info(`  ${text}`)
    case 'stale':
      return [{ level: 'info', text: `  ✘ ${text}`, tone: 'bad' }, ...staleLines(check, now)]
  }
}

/** ` Waiting for n/gateway-b and 2 more.` */
function waitingFor(now: ProxiesSeen): string {
  const [first, ...others] = behind(now)
  if (first === undefined) return ''
  const more = others.length === 0 ? '' : ` and ${countText(others.length)} more`
  return ` Waiting for ${first.pod}${more}.`
}

function staleLines({ names }: Check, now: ProxiesSeen): LogLine[] {
  const all = behind(now)
  const left = all.length - MOST_NAMED
  return info(
    ...all.slice(0, MOST_NAMED).map((one) => `    ${one.pod} ${proxyStateText(one, { names })}.`),
    ...(left > 0 ? [`    ${countText(left)} more, which the report names.`] : []),
  )
}

function behind(now: ProxiesSeen) {
  return orderedProxies(now).filter(({ state }) => state !== 'confirmed' && state !== 'gone')
}

/** What is still in progress for destinations without weight. The last lines of the run say how that ended. */
export function drainLines(drain: Drain): LogLine[] {
  if (drain.retired.length === 0 || drain.ended !== undefined) return []
  return info(`  ${drainProgress(drain)}`)
}

function info(...texts: string[]): LogLine[] {
  return texts.map((text) => ({ level: 'info', text }))
}
