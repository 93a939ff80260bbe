import type { Json } from '../../kube/json.ts'
import {
  launchesText,
  msOf,
  numberText,
  parsedLaunches,
  parsedNumber,
  parsedResults,
  resultsText,
  stepsOf,
} from './log-numbers.ts'
import {
  MOST_OUTCOMES,
  type OutcomeEvent,
  POD_ENDS,
  type PodEvent,
  type SamplesEvent,
} from './pod-event.ts'
import { readClassified } from './read-classified.ts'

export type { OutcomeEvent, PodEnd, PodEvent, PodResult, SamplesEvent } from './pod-event.ts'
export { MOST_OUTCOMES } from './pod-event.ts'

/** A line of a Pod's log. Lines count from 0, so that a lost one shows. */
export type LogLine = { number: number; event: PodEvent }

/** A line without its end. It has a sign at both ends, so that a part of a line is no line. */
export function encodeLine({ number, event }: LogLine): string {
  return `~${numberText(number)} ${bodyOf(event)};`
}

function bodyOf(event: PodEvent): string {
  switch (event.kind) {
    case 'hello':
      return `h ${numberText(stepsOf(event.atMs))}`
    case 'waiting':
      return `w ${event.for}`
    case 'outcome': {
      const { id, classified, stamp } = event
      return `o ${JSON.stringify(stamp === undefined ? [id, classified] : [id, classified, stamp])}`
    }
    case 'samples': {
      const emitted = stepsOf(event.emittedMs)
      return `s ${numberText(emitted)} ${launchesText(emitted, event.launchesMs)} ${resultsText(event.results)}`
    }
    case 'ended':
      return `e ${event.why}${event.message === undefined ? '' : ` ${JSON.stringify(event.message)}`}`
  }
}

const LINE = /^~([0-9a-z]{1,9}) ([hwose]) (.*);$/s

/** What a line says. Undefined for a line that no Pod of a Job writes: somebody else's, or one that is damaged. */
export function decodeLine(line: string): LogLine | undefined {
  const [, number = '', kind = '', body = ''] = LINE.exec(line) ?? []
  const event = eventIn(kind, body)
  return event && { number: Number.parseInt(number, 36), event }
}

function eventIn(kind: string, body: string): PodEvent | undefined {
  switch (kind) {
    case 'h': {
      const steps = parsedNumber(body)
      return steps === undefined ? undefined : { kind: 'hello', atMs: msOf(steps) }
    }
    case 'w':
      return body === 'sidecar' ? { kind: 'waiting', for: body } : undefined
    case 'o':
      return outcomeIn(body)
    case 's':
      return samplesIn(body)
    case 'e':
      return endIn(body)
    default:
      return undefined
  }
}

function outcomeIn(body: string): OutcomeEvent | undefined {
  const parsed = parsedJson(body)
  if (!Array.isArray(parsed)) return undefined
  const [id, value, stamp] = parsed
  const classified = readClassified(value)
  if (typeof id !== 'number' || !Number.isInteger(id) || id < 0 || id >= MOST_OUTCOMES)
    return undefined
  if (classified === undefined) return undefined
  if (stamp === undefined) return { kind: 'outcome', id, classified }
  if (stamp !== null && typeof stamp !== 'string') return undefined
  return { kind: 'outcome', id, classified, stamp }
}

function samplesIn(body: string): SamplesEvent | undefined {
  const [emitted = '', launches = '', results = '', more] = body.split(' ')
  const steps = parsedNumber(emitted)
  if (steps === undefined || more !== undefined) return undefined
  const launchesMs = parsedLaunches(steps, launches)
  const read = parsedResults(results)
  if (launchesMs === undefined || read === undefined) return undefined
  return { kind: 'samples', emittedMs: msOf(steps), launchesMs, results: read }
}

function endIn(body: string): PodEvent | undefined {
  const [, word = '', text] = /^([a-z-]+)(?: (.*))?$/s.exec(body) ?? []
  const why = POD_ENDS.find((end) => end === word)
  if (why === undefined) return undefined
  if (text === undefined) return { kind: 'ended', why }
  const message = parsedJson(text)
  return typeof message === 'string' ? { kind: 'ended', why, message } : undefined
}

function parsedJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}
