import type { Options } from '../../src/options/options.ts'
import { readOptions } from '../../src/options/read-options.ts'
import { inputTexts } from './texts.ts'

export type GivenInputs = Readonly<Record<string, string | undefined>>

/** The inputs of the tutorial's step. */
export const TUTORIAL = {
  namespace: 'demo',
  'virtual-service': 'tcp-echo',
  subset: 'v2',
  weight: '20',
  expect: '{v1: "^one", v2: "^two"}',
}
export const WITHOUT_WEIGHT = { subset: undefined, weight: undefined }

function read(changes: GivenInputs) {
  const given: GivenInputs = { ...TUTORIAL, ...changes }
  return readOptions((name) => given[name])
}

/** The options of valid inputs: the tutorial's, with changes. Fails if one of them is refused. */
export function optionsOf(changes: GivenInputs = {}): Options {
  const { options, problems } = read(changes)
  if (problems.length > 0) throw new Error(inputTexts(problems).join('\n'))
  return options
}

/** The sentences about what is wrong with the tutorial's inputs after these changes. */
export function wrongWith(changes: GivenInputs): string[] {
  return inputTexts(read(changes).problems)
}
