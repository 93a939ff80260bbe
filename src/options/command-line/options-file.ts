import type { InputProblem } from '../input-problem.ts'
import { OPTIONS } from '../table.ts'
import { isMode } from '../values.ts'
import { commandProblem } from './flag-problem.ts'

/** An options file, as `--config` names it. */
export type OptionsFile = {
  /** As problems name it. */
  name: string
  texts: ReadonlyMap<string, string>
  /** The line of each option, counted from 1. */
  lines: ReadonlyMap<string, number>
  problems: readonly InputProblem[]
}

/** Standard input as a file. */
export const STANDARD_INPUT = '-'

/** What an option on the command line replaces in the file, beside the same option: two ways to say one thing. */
const REPLACED: Readonly<Record<string, readonly string[]>> = {
  weight: ['weights'],
  weights: ['weight', 'subset', 'destination', 'steps'],
  subset: ['destination', 'weights'],
  destination: ['subset', 'weights'],
  object: ['virtual-service'],
  'virtual-service': ['object'],
}

/**
 * Adds the options of a file that the command line does not have. Those that the mode does not take are left out, so
 * that one file can be for every mode. Returns the names of those that were added.
 */
export function addFromFile(
  texts: Map<string, string>,
  file: OptionsFile,
  isPlanned: boolean,
): ReadonlySet<string> {
  const given = [...texts.keys()]
  const replaced = new Set(given.flatMap((name) => [name, ...(REPLACED[name] ?? [])]))
  const mode = texts.get('mode') ?? file.texts.get('mode') ?? 'shift'
  const added = [...file.texts].filter(
    ([name]) => !replaced.has(name) && isTaken(name, isPlanned ? 'shift' : mode),
  )
  for (const [name, text] of added) texts.set(name, text)
  return new Set(added.map(([name]) => name))
}

function isTaken(name: string, mode: string): boolean {
  // A plan is of a shift, and has all of its options.
  const asked = mode === 'plan' ? 'shift' : mode
  if (!isMode(asked)) return true
  return OPTIONS.some(
    (option) => (option.name === name || option.alias === name) && option.modes.includes(asked),
  )
}

/** Standard input can be the options file or a kubeconfig, not both. */
export function standardInputTwice(name: string): InputProblem {
  return commandProblem(
    name,
    () => `--config and ${name} cannot both be read from standard input.`,
    'ITS-INPUTS-CONFLICT',
  )
}
