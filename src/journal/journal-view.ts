import { kindOf } from '../routes/kinds.ts'
import { type Percents, percentsText } from '../routes/percents.ts'
import type { RouteObject } from '../routes/route-object.ts'
import { findRule } from '../routes/rule-identity.ts'
import { isLive, type Journal } from './journal.ts'
import { nextStep } from './restore/restore-step.ts'
import { percentsIn } from './rule-percents.ts'

/** What a journal says, as people and other programs read it. */
export type JournalView = {
  /** A link to the CI run, or user@host; undefined in version 1. */
  by: string | undefined
  run: string
  attempt: number
  started: string | undefined
  expires: string
  /** The run may still be in progress. */
  live: boolean
  rule: string
  /** What the run wrote last. */
  written: Percents
  /** The weights from before the run. */
  original: Percents
  /** What a rollback restores: these, or the last step that the run confirmed. */
  restoreTo: Percents
  /** What a rollback would do. It keeps weights that another client wrote since. */
  rollback: 'restore' | 'remove-journal'
}

/** The view of the object's journal. `nowMs` is the API server's time. */
export function viewOf(object: RouteObject, journal: Journal, nowMs: number): JournalView {
  const { by, run, attempt, started, expires, owner } = journal
  const { format } = kindOf(object)
  const rule = findRule(object, journal)
  const order = { owner, known: undefined, weights: 'restore', fence: false } as const
  const { kind } = nextStep(order, object)
  return {
    by: by === '' ? undefined : printable(by),
    ...{ run, attempt, started, expires },
    live: isLive(journal, nowMs),
    rule: rule ? rule.name : printable(journal.rule),
    written: percentsIn(format, journal.written),
    original: percentsIn(format, journal.original, journal.written),
    restoreTo: percentsIn(format, journal.restoreTo, journal.written),
    rollback: kind === 'restored' ? 'restore' : 'remove-journal',
  }
}

/** Whether a rollback restores a step that the run confirmed, and not the weights from before it. */
export function isToStep({ original, restoreTo }: Pick<JournalView, 'original' | 'restoreTo'>) {
  return percentsText(original) !== percentsText(restoreTo)
}

/** Whose run it is and since when: `https://… (started 11:01:24 UTC)`. */
export function whoseText(
  { by, run, attempt, started }: Pick<JournalView, 'by' | 'run' | 'attempt' | 'started'>,
  nowMs: number,
): string {
  const since = started === undefined ? '' : `started ${clockText(started, nowMs)}`
  if (!by)
    return `run ${printable(run)} (${[`attempt ${attempt}`, since].filter(Boolean).join(', ')})`
  return since === '' ? printable(by) : `${printable(by)} (${since})`
}

/** Longer texts of a journal are cut: everyone who may edit the object can write them. */
const LONGEST = 300

function printable(text: string): string {
  return text.slice(0, LONGEST).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ')
}

/** `11:01:24 UTC`, with the date where that is another day. */
export function clockText(time: string, nowMs: number): string {
  const at = new Date(time).toISOString()
  const [date = '', clock = ''] = at.split('T')
  const today = new Date(nowMs).toISOString().startsWith(date)
  return `${today ? '' : `${date} `}${clock.slice(0, 8)} UTC`
}
