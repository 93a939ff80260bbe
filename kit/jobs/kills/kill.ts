import { JOB_RUNS, type JobRun } from './kinds.ts'

const BLOWS = ['SIGKILL', 'SIGKILL', 'SIGINT', 'SIGTERM'] as const
const MOMENTS = ['before it is carried out', 'carried out', 'answered', 'received late'] as const
/** What follows a run of the action; a post that is killed is followed by something else. */
const AFTER_ACTION = [
  ['post'],
  ['post'],
  ['killed post', 'a later attempt'],
  ['killed post', 'a run after the expiry'],
  ['a later attempt'],
  ['a run after the expiry'],
  ['the limits'],
  ['killed post', 'the limits'],
] as const
const AFTER_COMMAND_LINE = [['a run after the expiry'], ['the limits']] as const

export type Follower =
  | (typeof AFTER_ACTION)[number][number]
  | (typeof AFTER_COMMAND_LINE)[number][number]

/** One kill: of what, when, how, and what follows. Parts are from 0 to 1. */
export type Kill = {
  number: number
  run: JobRun
  program: 'action' | 'command line'
  blow: (typeof BLOWS)[number]
  /** At a part of the time or of the calls that the run takes where nothing stops it. */
  at: { of: 'time' | 'calls'; part: number; moment: (typeof MOMENTS)[number] }
  followers: readonly Follower[]
  /** When post is killed, as a part of the time that it may take. */
  partOfPost: number
}

/** The kill with this number, of one of the runs that may be; the same each time. */
export function drawKill(
  number: number,
  random: () => number,
  mayBe: (run: JobRun) => boolean = () => true,
): Kill {
  function one<T>(list: readonly T[]): T {
    const drawn = list[Math.floor(random() * list.length)]
    if (drawn === undefined) throw new Error('a draw from nothing')
    return drawn
  }
  const program = random() < 0.8 ? 'action' : 'command line'
  return {
    number,
    run: one(JOB_RUNS.filter(mayBe)),
    program,
    blow: one(BLOWS),
    at: { of: one(['time', 'calls'] as const), part: random(), moment: one(MOMENTS) },
    followers: one<readonly Follower[]>(program === 'action' ? AFTER_ACTION : AFTER_COMMAND_LINE),
    partOfPost: random(),
  }
}

export function killText({ number, run, program, blow, at, followers }: Kill): string {
  const { of, part, moment } = at
  const how = of === 'calls' ? `, ${moment}` : ''
  return `kill ${number}: ${program} ${run.name}, ${blow} at ${Math.round(100 * part)}% of its ${of}${how}, then ${followers.join(', ')}`
}
