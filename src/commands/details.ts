import type { CommandLine } from '../options/arguments.ts'
import { namesOf, OPTIONS } from '../options/table.ts'
import type { LogLine } from '../report/log/log-line.ts'
import { shownInputs } from '../report/shown-inputs.ts'
import type { RunEvent } from '../rollout/model/events.ts'

/** The lines that `--verbose` adds: at first the options in use and where they are from, then every call to an API server. */
export function startDetails({ raw, placeOf }: CommandLine): (event: RunEvent) => LogLine[] {
  let opening = optionLines({ raw, placeOf })
  return (event) => {
    const first = opening
    opening = []
    return [...first, ...callLines(event)].map((text) => ({ level: 'debug', text }))
  }
}

function optionLines({ raw, placeOf }: Pick<CommandLine, 'raw' | 'placeOf'>): string[] {
  const names = OPTIONS.flatMap(namesOf)
  return Object.entries(shownInputs(raw, names)).map(([name, text]) => {
    const place = placeOf(name)
    const shown = text.replaceAll(/\s+/g, ' ')
    return `Option ${name}: ${shown}${place === undefined ? '' : ` (${place})`}`
  })
}

function callLines(event: RunEvent): string[] {
  if (event.kind === 'api-call') {
    const { method, path, outcome, tookMs } = event.call
    return [`${method} ${path}: ${outcome}, after ${Math.round(tookMs)} ms`]
  }
  if (event.kind !== 'api-retry') return []
  const { method, path, why, next, of } = event.retry
  return [`${method} ${path}: ${why}. Attempt ${next} of ${of} follows.`]
}
