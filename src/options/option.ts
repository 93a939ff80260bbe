import type { Code } from '../problem/codes.ts'
import type { Shown } from './input-problem.ts'
import { type Shape, TEXT } from './shape.ts'
import type { Mode } from './values.ts'

/** One option of the public contract. action.yml, `--help` and the README's table are generated from it. */
export type Option<T = unknown> = {
  name: string
  /** Another name for it. */
  alias?: string
  /** What is read before the default: the type and unit, as a reader says them. */
  type: string
  /** The type where there is little room, as in `--weight 0..100`. */
  placeholder: string
  /** The text that stands for "not given"; undefined: there is none. */
  default: string | undefined
  /** What the runner passes for an input that is not given, where that is not `default`: an expression of a workflow. */
  inputDefault?: string
  text: string
  /** The text in `--help`, where it has one or two lines; undefined: `text` is short enough. */
  brief?: string
  /** The modes in which it has a meaning. plan ignores what only shift uses; otherwise it is refused elsewhere. */
  modes: readonly Mode[]
  /** `always`: a run needs it. `probing`: a run that opens connections needs it. */
  required: 'always' | 'probing' | 'no'
  /** An empty text has a meaning of its own; for other options it means not given. */
  emptyCounts: boolean
  /** The value of a text that was given; undefined where the text was refused. */
  parse: Parse<T>
  shape: Shape
}

/** A parser; `shape`: of what it accepts, where it is the same for every option with this parser. */
export type Parse<T> = { (given: Given): T | undefined; shape?: Shape }

/** The text given for an option, and ways to refuse it. */
export type Given = {
  /** The option's name, or that of a part, such as `weights.v1`. */
  name: string
  text: string
  /** Notes a problem. Returns undefined, so that a parser can end with it. */
  refuse: (code: Code, what: (shown: Shown) => string, remedy?: string) => undefined
  /** `NAME must be REQUIREMENT, not "TEXT".` */
  mustBe: (requirement: string, code?: Code) => undefined
  /** The text of one key of a mapping. */
  part: (key: string, text: string) => Given
}

/** Modes that are about weights; the others act on the journal. */
export const WEIGHING: readonly Mode[] = ['shift', 'verify', 'plan']
export const ALL_MODES: readonly Mode[] = [...WEIGHING, 'rollback', 'status']
/** Modes that open connections. */
export const PROBING: readonly Mode[] = ['shift', 'verify']

type Described<T> = Pick<Option<T>, 'name' | 'type' | 'placeholder' | 'text' | 'parse'> &
  Partial<Option<T>>

/** An option with what most of them have in common: optional, without a default, in every mode about weights. */
export function option<T>(described: Described<T>): Option<T> {
  return {
    default: undefined,
    modes: WEIGHING,
    required: 'no',
    emptyCounts: false,
    shape: described.parse.shape ?? TEXT,
    ...described,
  }
}
