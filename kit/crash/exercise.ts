import { type Ended, endOf, startSubject } from './perform.ts'
import type { Point } from './point.ts'
import type { Recording } from './record.ts'
import type { Said } from './said.ts'
import { type Stage, setStage } from './stage.ts'
import { strikeAt } from './strike.ts'
import type { OpenWorld } from './world.ts'

/** What happened at a point. */
export type Trace = {
  recording: Recording
  point: Point
  /** The object as the subject found it. */
  found: string
  /** From the blow to the end of the process; undefined where it was not struck. */
  tookMs: number | undefined
  subject: Ended & { said: Said | undefined }
  /** The object when the subject had ended. */
  left: string
  next: Ended & { said: Said | undefined; calls: number }
  /** The object when that had ended. */
  leftByNext: string
  /** The object when everything was over. */
  end: string
}

/** Strikes the scenario's subject at a point, and lets come after it what comes. */
export async function exercise(
  recording: Recording,
  point: Point,
  open: OpenWorld,
): Promise<Trace> {
  const stage = await setStage(recording.scenario, open)
  try {
    return await exerciseOn(stage, recording, point)
  } finally {
    await stage.stop()
  }
}

async function exerciseOn(stage: Stage, recording: Recording, point: Point): Promise<Trace> {
  const { call, moment, blow, aftermath } = point
  const { world } = stage
  const strike = await strikeAt(world, call, moment, blow)
  const running = await startSubject(recording.scenario, stage)
  strike.aim(running)
  const subject = await endOf(running)
  const endedMs = performance.now()
  const left = await stage.text()
  const before = world.calls.length
  await stage.heal()
  const program = stage.next(aftermath, 1)
  const next = await endOf(program.start())
  const calls = world.calls.length - before
  const leftByNext = await stage.text()
  await stage.letOthersEnd()
  await strike.arrive()
  // A write that comes in the middle of the next run stops that run; the one after it puts things right.
  if (aftermath !== 'post' && moment === 'sent, received before the next write')
    await endOf(stage.next(aftermath, 2).start())
  const fellMs = strike.fellMs()
  return {
    recording,
    point,
    found: stage.found,
    tookMs: fellMs === undefined ? undefined : endedMs - fellMs,
    subject: { ...subject, said: stage.subject.said() },
    left,
    next: { ...next, said: program.said(), calls },
    leftByNext,
    end: await stage.text(),
  }
}
