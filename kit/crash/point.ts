import { isWriteName } from './calls.ts'

/** Where between a process and the API server a call is when the signal comes. */
export type Moment =
  /** The API server never gets it. */
  | 'before it is sent'
  /** The API server carries it out at the very end, when everything else is over. */
  | 'sent, received last of all'
  /** The API server carries it out just before the next write that it gets. */
  | 'sent, received before the next write'
  | 'carried out, not answered'
  | 'answered'

/**
 * What the process is sent. Into silence: from then on the API server answers it nothing more.
 */
export type Blow = 'SIGKILL' | 'SIGINT' | 'SIGINT into silence'

/** What comes after the process. */
export type Aftermath =
  | 'post'
  /** No post, as if the runner was lost; the job runs again, as a later attempt of the workflow run. */
  | 'a later attempt'
  /** No post; another workflow run, when the journal has expired. */
  | 'a run after the expiry'

export type Point = { call: string; moment: Moment; blow: Blow; aftermath: Aftermath }

const WITHIN: readonly Moment[] = ['before it is sent', 'carried out, not answered', 'answered']
const LATE: readonly Moment[] = [
  'sent, received last of all',
  'sent, received before the next write',
]

/** Every point of a run that makes these calls. */
export function allPoints(calls: readonly string[], aftermaths: readonly Aftermath[]): Point[] {
  return calls.flatMap((call) => {
    const moments = isWriteName(call) ? [...WITHIN, ...LATE] : WITHIN
    return moments.flatMap((moment) =>
      aftermaths.flatMap((aftermath) => {
        const blows: Blow[] = ['SIGKILL', 'SIGINT']
        if (moment === 'carried out, not answered') blows.push('SIGINT into silence')
        return blows.map((blow) => ({ call, moment, blow, aftermath }))
      }),
    )
  })
}

/**
 * A few of them, which have every call of the run in them, and all moments, signals and aftermaths
 * between them.
 */
export function fewPoints(calls: readonly string[], aftermaths: readonly Aftermath[]): Point[] {
  return calls.flatMap((call, index): Point[] => {
    const [first = 'post'] = aftermaths
    const aftermath = aftermaths[index % aftermaths.length] ?? first
    const moment = WITHIN[index % WITHIN.length] ?? 'answered'
    const blow = (count: number) => (count % 2 === 0 ? 'SIGKILL' : 'SIGINT')
    if (!isWriteName(call)) return [{ call, moment, blow: blow(index), aftermath }]
    const writesBefore = calls.slice(0, index).filter(isWriteName).length
    const unanswered = { call, moment: 'carried out, not answered', aftermath: first } as const
    return [
      { ...unanswered, blow: 'SIGKILL' },
      blow(writesBefore) === 'SIGINT'
        ? { ...unanswered, blow: 'SIGINT' }
        : { call, moment: 'sent, received last of all', blow: 'SIGKILL', aftermath },
    ]
  })
}

export function pointText({ call, moment, blow, aftermath }: Point): string {
  return `${blow} at ${call}: ${moment}; then ${aftermath}`
}
