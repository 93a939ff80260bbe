import type { RawOptions } from '../options/reader.ts'
import type { Problem } from '../problem/problem.ts'
import type { Result } from '../problem/result.ts'
import type { Clusters } from '../rollout/model/context.ts'
import type { Outcome } from '../rollout/model/outcome.ts'

/** What a look at a cluster needs from its program. */
export type InitTask = {
  environment: Readonly<Record<string, string | undefined>>
  cancelled: AbortSignal
  /** How this program was called, as words of a shell. */
  program: string
  /** Of this program, for the comment beside the commit in the step. */
  version: string
  /** Prints a text with what was found, to be copied. */
  print: (text: string) => void
  /** Says what happens, and what is wrong. */
  say: (text: string) => void
  /** Asks a person. Resolves to the answer, or to undefined where the person has left. Absent where there is none. */
  ask?: ((question: string) => Promise<string | undefined>) | undefined
  /** What the options are, with the kubeconfigs read. */
  open: (raw: RawOptions) => Result<Clusters & { close: () => void }>
  /** Runs `mode: plan` with these options, and prints nothing. */
  plan: (raw: RawOptions) => Promise<Outcome>
  redact: (text: string) => string
  onSecret: (secret: string) => void
}

/** Ends `init`: the exit status, and all problems that explain it. */
export class InitEnd extends Error {
  readonly status: number
  readonly problems: readonly Problem[]

  constructor(status: number, problems: readonly Problem[] = []) {
    super('init has ended')
    this.status = status
    this.problems = problems
  }
}

/** The exit status for problems: 2 where inputs are wrong, else 4. */
export function endFor(problems: readonly Problem[]): InitEnd {
  const isInput = problems.length > 0 && problems.every(({ reason }) => reason === 'input')
  return new InitEnd(isInput ? 2 : 4, problems)
}
