import { type Expectation, expectationInput } from '../../evidence/probe/expectation.ts'
import { OPTIONS } from '../../options/table.ts'
import type { Candidate } from '../find/candidate.ts'
import type { Inputs } from '../samples/run-context.ts'

/** How a run is to recognize versions. */
export type Evidence =
  | { kind: 'stamp' }
  | { kind: 'expect'; expect: readonly Expectation[] }
  /** By these inputs: counters of proxies, or what was given. */
  | { kind: 'other'; inputs: Inputs }

export type Proposal = {
  candidate: Candidate
  /** The version to shift to. */
  version: string
  /** Of the step, in the order of the table of options; without the mode and the kubeconfigs. */
  inputs: Inputs
  /** The expectations of `inputs.expect`, where it is a mapping. */
  expect: readonly Expectation[]
  /** What a person should know about it, as sentences. */
  notes: readonly string[]
}

/** What a step does not take over from the command line of `init`. */
const NOT_OF_STEP = ['mode', 'kubeconfig', 'gateway-kubeconfig', 'context']

/** The inputs of a step: those that were given, and those that were found for the rest. */
export function proposal(
  given: (name: string) => string | undefined,
  {
    candidate,
    version,
    weight,
    evidence,
    found,
    notes,
  }: {
    candidate: Candidate
    version: string
    weight: string
    evidence: Evidence
    /** Inputs that samples turned out to need. */
    found: Inputs
    notes: readonly string[]
  },
): Proposal {
  const { object, route } = candidate
  const expect = evidence.kind === 'expect' ? evidence.expect : []
  const isOfIstio = object.kind === 'VirtualService'
  const own: Inputs = {
    namespace: object.namespace,
    ...(isOfIstio
      ? { 'virtual-service': object.name }
      : { object: `${object.kind}/${object.name}` }),
    ...(route === undefined ? {} : { route }),
    subset: version,
    weight,
    ...found,
    ...(evidence.kind === 'stamp' && { expect: 'stamp' }),
    ...(evidence.kind === 'expect' && { expect: flowText(expect) }),
    ...(evidence.kind === 'other' && evidence.inputs),
  }
  const all = OPTIONS.flatMap((option) => {
    const { name, alias } = option
    if (NOT_OF_STEP.includes(name)) return []
    const text = own[name] ?? given(name) ?? (alias === undefined ? undefined : given(alias))
    // An input with its default says nothing. Both names of the object would be too many.
    const isLeftOut =
      text === undefined ||
      text === option.default ||
      (isOfIstio ? name === 'object' : name === 'virtual-service')
    return isLeftOut ? [] : [[name, text] as const]
  })
  return { candidate, version, inputs: Object.fromEntries(all), expect, notes }
}

/** As one line, for a command. */
export function flowText(expect: readonly Expectation[]): string {
  return `{${expect.map((one) => `${keyText(one.destination)}: ${expectationInput(one)}`).join(', ')}}`
}

/** As lines of a mapping, for a step. */
export function blockLines(expect: readonly Expectation[]): string[] {
  return expect.map((one) => {
    const { pattern, status, headers } = one
    const isPlain = pattern !== undefined && status === undefined && headers === undefined
    const value = isPlain ? `'${pattern.source.replaceAll("'", "''")}'` : expectationInput(one)
    return `${keyText(one.destination)}: ${value}`
  })
}

function keyText(name: string): string {
  return /^[A-Za-z][\w.-]*$/.test(name) ? name : JSON.stringify(name)
}
