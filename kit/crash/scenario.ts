import type { Moment } from './point.ts'
import type { World, WorldOptions } from './world.ts'

/** A run, of one of the three programs, that runs to its end if it is not interrupted. */
export type Scenario = {
  name: string
  world: WorldOptions
  inputs: Readonly<Record<string, string>>
  /** The program that is struck. */
  subject: 'action' | 'post' | 'command line'
  /** The object has an annotation and a label of others. */
  adorned?: true
  /** A main that is killed at its first write before the subject starts: of this very step, or of another run whose journal has expired or not. */
  killedBefore?: KilledBefore
  /** A version that answers nothing any more once the subject prints such a line, and answers what comes after it. */
  breaks?: { version: string; line: RegExp }
  /** Another run has written before the subject starts, is stopped, and goes on when everything else is over. */
  livesBeside?: true
  /** What such another run is to do, where that is not what the subject does. */
  otherInputs?: Readonly<Record<string, string>>
  /** The subject is cancelled at its first write, or when it says that it has written; so what follows is a rollback. */
  cancelled?: Moment | 'written'
  /** What else goes wrong, once. */
  trouble?: (world: World) => Promise<unknown>
  /** Weights of the run may stay when it does not pass. */
  keeps?: true
  /** It takes so long that only some of its points are struck. */
  isLong?: true
  /** A rollback restores the first step once it is confirmed: the run sends its second write only then. */
  toStep?: true
}

/** A run that is killed, at one of its writes or when it prints a line. */
export type KilledBefore = { whose: 'this step' | 'another run' | 'a run that may be alive' } & (
  | { moment: Moment; write?: string }
  | { line: RegExp }
)
