import { SECOND_WRITE, THIRD_WRITE } from './calls.ts'
import type { Trace } from './exercise.ts'
import {
  hasJournal,
  percentsText,
  weightsText,
  withoutJournal,
  withoutStamps,
} from './object-text.ts'
import type { Point } from './point.ts'
import type { Recording } from './record.ts'
import type { Said } from './said.ts'
import type { Scenario } from './scenario.ts'

/** How the object ended. */
export type End =
  | 'as it began'
  | 'as asked'
  /** With the first step, which was confirmed. */
  | 'as confirmed'
  /** With weights that the run wrote, and that are to be kept. */
  | 'as kept'
  /** With the journal of the killed run that the subject had not restored yet. */
  | 'as found'
  | 'unclean'

export type Judged = { end: End; faults: string[] }

/** From a cancel on; the runner sends SIGTERM then. */
const JOURNAL_ANNOTATION = /istio-traffic-shift\/journal/
const MOST_AFTER_CANCEL_MS = 7500

/** Whether the object ended as it may, and whether every process said the truth. */
export function judge(trace: Trace): Judged {
  const end = endOf(trace)
  const faults = [
    ...(end === 'unclean' ? [`the object ended with ${shown(trace.end)}\n${trace.end}`] : []),
    ...processFaults(trace),
    ...(trace.subject.said ? subjectFaults(trace, trace.subject.said) : []),
    ...(trace.point.aftermath === 'post' ? postFaults(trace) : runFaults(trace)),
  ]
  return { end, faults }
}

function endOf({ end, found, point, recording }: Trace): End {
  const { asked, began, left, scenario, wrote } = recording
  // It only reads; what it finds differs from stage to stage, as each run has a token of its own.
  if (scenario.inputs.mode === 'status') return end === found ? 'as found' : 'unclean'
  if (point.aftermath !== 'post') {
    if (end !== asked) return 'unclean'
    return asked === began ? 'as it began' : 'as asked'
  }
  const back = backTo(recording, point)
  if (back !== undefined && end !== back) return 'unclean'
  if (end === began) return 'as it began'
  if (scenario.toStep && end === wrote[0]) return 'as confirmed'
  if (end === left) return scenario.keeps ? 'as kept' : 'as asked'
  if (scenario.keeps && wrote.includes(end)) return 'as kept'
  const undoesOther = meetsOther(scenario)
  return undoesOther && end === found ? 'as found' : 'unclean'
}

/**
 * What post leaves after a kill where a rollback restores the last confirmed step. Until the second write is about to be sent,
 * that is what was there at the beginning; from then on the first step; and in the end what the run itself left. undefined:
 * any of these may be left.
 */
function backTo({ calls, began, wrote, left, scenario }: Recording, { call, blow }: Point) {
  if (!scenario.toStep || scenario.killedBefore || blow !== 'SIGKILL') return undefined
  const hasCome = (write: string) => calls.indexOf(call) >= calls.indexOf(write)
  if (hasCome(THIRD_WRITE)) return left
  return hasCome(SECOND_WRITE) ? wrote[0] : began
}

/** The steps that a rollback may restore. */
function stepsOf({ scenario, wrote, left }: Recording): string[] {
  return scenario.toStep ? [wrote[0] ?? '', left] : []
}

/** Whether the subject finds the journal of a run that is not its own step's. */
function meetsOther({ killedBefore, livesBeside }: Scenario): boolean {
  return livesBeside === true || (killedBefore !== undefined && killedBefore.whose !== 'this step')
}

function processFaults({ next, point, subject, tookMs }: Trace): string[] {
  const faults: string[] = []
  if (tookMs === undefined) return ['the call never came']
  if (point.blow !== 'SIGKILL') {
    if (tookMs > MOST_AFTER_CANCEL_MS) faults.push(`it took ${Math.round(tookMs)} ms to end`)
    if (subject.signal !== null) faults.push(`it was ended by ${subject.signal}`)
  }
  if (next.signal !== null) faults.push(`what came after was ended by ${next.signal}`)
  for (const { text } of [subject, next])
    if (/bug in this tool|UnhandledPromise|^ +at .*:\d+:\d+\)?$/im.test(text))
      faults.push(`a fault of its own:\n${text}`)
  return faults
}

/** A run that got to its end said what it did. */
function subjectFaults({ found, left, point, recording, subject }: Trace, said: Said): string[] {
  const { began, scenario } = recording
  const faults = saidFaults(said, subject.status, left)
  if (said.verdict === 'pass' && left !== recording.left)
    faults.push(`it passed, and left ${shown(left)}`)
  const backs = [began, ...stepsOf(recording)]
  if (said.rolledBack && !backs.includes(left))
    faults.push(`it rolled back, and left ${shown(left)}`)
  // A rollback that restored says what it found; one that did not, what its journal would restore.
  const restored = scenario.inputs.mode === 'rollback' && said.rolledBack
  const previous = weightsText(restored ? found : began)
  if (said.previousWeights && percentsText(said.previousWeights) !== previous)
    faults.push(`previous weights: ${percentsText(said.previousWeights)}`)
  switch (said.reason) {
    case recording.said?.reason:
      break
    case 'cancelled':
      if (![...backs, found].includes(left) && !(scenario.keeps && !hasJournal(left)))
        faults.push(`it was cancelled, and left ${shown(left)}`)
      break
    case 'rollback-failed':
      if (point.blow !== 'SIGINT into silence') faults.push('its rollback failed')
      break
    default:
      faults.push(`it ended as ${said.verdict} (${said.reason})`)
  }
  return faults
}

/** The verdicts with which a step succeeds. */
const GOOD = ['pass', 'planned', 'restored', 'idle', 'in-progress']

function saidFaults(said: Said, status: number | null, left: string): string[] {
  const faults: string[] = []
  const good = GOOD.includes(said.verdict)
  // Null: it was killed when all that was left to do was to end.
  if (status !== null && good !== (status === 0))
    faults.push(`${said.verdict} with status ${status}`)
  if (said.verdict === 'pass' && hasJournal(left)) faults.push('it passed, and left its journal')
  if (said.weights && percentsText(said.weights) !== weightsText(left))
    faults.push(`said ${percentsText(said.weights)} where ${weightsText(left)} is on the object`)
  return faults
}

/** Post said what it found and did. */
function postFaults(trace: Trace): string[] {
  const { left, next } = trace
  const faults = next.status === 0 ? [] : [`post ended with status ${next.status}`]
  const claim = POST_CLAIMS.find(({ words }) => words.test(next.text))
  if (claim?.isTrue(trace) !== true)
    faults.push(`post said ${next.text === '' ? 'nothing' : next.text}, and found ${shown(left)}`)
  return faults
}

/** What post may say, and when it may. */
const POST_CLAIMS: readonly { words: RegExp; isTrue: (trace: Trace) => boolean }[] = [
  { words: /^$/, isTrue: (trace) => trace.next.calls === 0 && !leftOwnJournal(trace) },
  {
    words: /has its previous weights again/,
    isTrue: (trace) => mayMeetJournal(trace) && trace.leftByNext === trace.recording.began,
  },
  {
    words: /has the weights of the last confirmed step again/,
    isTrue: (trace) => mayMeetJournal(trace) && stepsOf(trace.recording).includes(trace.leftByNext),
  },
  {
    words: /keeps the weights of the (killed )?run/,
    isTrue: (trace) =>
      mayMeetJournal(trace) &&
      (isLateWithin(trace)
        ? trace.recording.wrote
        : [withoutStamps(withoutJournal(trace.left))]
      ).includes(trace.leftByNext),
  },
  {
    words: /has no journal of the (killed )?run/,
    isTrue: (trace) =>
      isLateWithin(trace)
        ? // What came late may have been the killed run's own restore.
          [
            withoutStamps(withoutJournal(trace.left)),
            trace.recording.began,
            ...stepsOf(trace.recording),
          ].includes(trace.leftByNext)
        : !leftOwnJournal(trace) && withoutJournal(trace.left) === trace.leftByNext,
  },
]

/** A journal other than that of another, killed run, which the subject did not restore. */
function leftOwnJournal({ found, left, recording }: Trace): boolean {
  const foreign = meetsOther(recording.scenario) && left === found
  return JOURNAL_ANNOTATION.test(left) && !foreign
}

function mayMeetJournal(trace: Trace): boolean {
  return leftOwnJournal(trace) || isLateWithin(trace)
}

/** A late write, or a late removal of the journal, comes just before post's own write. */
function isLateWithin({ point }: Trace): boolean {
  return point.moment === 'sent, received before the next write'
}

/** The run after the subject ended as it does after a subject that was not interrupted. */
function runFaults({ leftByNext, next, point, recording }: Trace): string[] {
  if (point.moment === 'sent, received before the next write') return []
  const faults = next.said ? saidFaults(next.said, next.status, leftByNext) : ['it said nothing']
  if (next.status !== recording.nextStatus) faults.push(`it ended with status ${next.status}`)
  return faults.map((fault) => `the next run: ${fault}\n${next.text}`)
}

function shown(text: string): string {
  return `${weightsText(text)}, ${hasJournal(text) ? 'with a journal' : 'without a journal'}`
}
