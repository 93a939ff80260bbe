import type { Attempt, Check } from '../../rollout/model/check.ts'
import type { RunEvent } from '../../rollout/model/events.ts'
import { intervalPercents, observedPercents } from '../figures.ts'
import type { LogLine } from './log-line.ts'

const BAR_WIDTH = 20

/** What a terminal shows of what goes on, on one line; the most important first, as the end may not fit. */
export function liveLine(event: RunEvent): LogLine[] {
  switch (event.kind) {
    case 'preflight-progress':
      return live(`preflight: ${event.connections} connections have ended`)
    case 'progress':
      return live(progressText(event.check, event.now))
    case 'attempt-ended':
      return live(progressText(event.check, event.ended))
    default:
      return []
  }
}

function progressText(check: Check, now: Attempt): string {
  const sure = Math.round(now.closeness * 100)
  const filled = Math.round(now.closeness * BAR_WIDTH)
  const bar = `${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}`
  const number = now.number > 1 ? `, attempt ${now.number}` : ''
  return `[${bar}] ${sure}%  ${now.samples} connections${number}  ${sharesText(check, now)}`
}

/** `v1 80.75% (75.12 to 86)`, of each destination. */
function sharesText(check: Check, now: Attempt): string {
  const standing = { ...check, attempts: [now] }
  const observed = observedPercents(standing)
  const intervals = intervalPercents(standing)
  return check.names
    .flatMap((name) => {
      const [low, high] = intervals?.[name] ?? []
      return observed === undefined ? [] : [`${name} ${observed[name]}% (${low} to ${high})`]
    })
    .join(', ')
}

function live(text: string): LogLine[] {
  return [{ level: 'live', text }]
}
