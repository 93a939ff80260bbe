import { statSync } from 'node:fs'
import { readJournal } from '../journal/read-journal.ts'
import { objectIn } from '../options/parse/object-text.ts'
import { inputProblem, problem } from '../problem/problem.ts'
import type { Clusters } from '../rollout/model/context.ts'
import { type Candidate, candidateText, wordsOf } from './find/candidate.ts'
import { choose } from './find/choose.ts'
import { findCandidates } from './find/find-candidates.ts'
import { newVersions } from './find/new-versions.ts'
import { endFor, InitEnd, type InitTask } from './init-task.ts'
import type { InitWords } from './init-words.ts'
import { optionText } from './print/commands.ts'
import { hand } from './print/hand-over.ts'
import { observe } from './propose/observe.ts'
import { withInputs } from './samples/run-context.ts'

/** The samples that are taken from the gateway. */
export const SAMPLES = 20

/** From the words to a proposal that is printed. Everything that ends it early is thrown. */
export async function initOn(
  task: InitTask,
  words: InitWords,
  ends: (() => void)[],
): Promise<void> {
  const { file, raw, samples, stamps } = words
  const there = file === undefined ? undefined : statSync(file, { throwIfNoEntry: false })
  if (file !== undefined && there !== undefined) throw endFor([fileExists(file, there.isFile())])
  const opened = task.open(raw)
  if (!opened.ok) throw endFor(opened.problems)
  ends.push(opened.value.close)
  const clusters = opened.value
  const sent = samples
    ? `sends up to ${SAMPLES} requests or connections to the gateway`
    : 'sends no samples'
  task.say(
    `Looking at ${clusters.api.server}. init only reads, and ${sent}. It writes nothing to the cluster.`,
  )
  // Standard output is for the proposal alone where a program reads it.
  const asked = words.output === 'json' ? { ...task, print: task.say } : task
  const candidate = await chooseCandidate(asked, clusters, raw)
  refuseInProgress(task, candidate)
  const version = await chooseVersion(task, clusters, {
    candidate,
    given: raw('subset') ?? raw('destination'),
  })
  const { object } = candidate
  const named =
    object.kind === 'VirtualService'
      ? { 'virtual-service': object.name }
      : { object: `${object.kind}/${object.name}` }
  const chosen = { namespace: object.namespace, ...named }
  const proposed = await observe(
    {
      task,
      clusters,
      candidate,
      raw: withInputs(raw, chosen),
      ends,
      samples: samples ? SAMPLES : 0,
      stamps,
    },
    version,
  )
  await hand(task, clusters, words, proposed)
}

function fileExists(file: string, isFile: boolean) {
  return inputProblem(
    'write',
    'ITS-INIT-FILE',
    isFile ? `${file} already exists. init does not overwrite files.` : `${file} is not a file.`,
    isFile
      ? 'Remove the file, or name another one with --write FILE.'
      : 'Name a file with --write FILE.',
  )
}

async function chooseCandidate(
  task: InitTask,
  { api }: Clusters,
  raw: InitWords['raw'],
): Promise<Candidate> {
  const name = raw('virtual-service')
  const object =
    name === undefined ? objectIn(raw('object') ?? '') : { kind: 'VirtualService', name }
  const found = await findCandidates(
    api,
    { ...object, namespace: raw('namespace') },
    task.cancelled,
  )
  const route = raw('route')
  const asked = found.filter(
    (one) => route === undefined || [one.route, one.rule.name, one.rule.position].includes(route),
  )
  // A form of route that init does not know leaves the choice to the plan.
  const candidates = asked.length > 0 ? asked : found
  const choices = candidates.map((value) => ({
    value,
    text: candidateText(value),
    words: `${wordsOf(value)}${flagsOf(raw)}`,
  }))
  const chosen = await choose(task, 'rules', choices)
  task.say(`Rule: ${candidateText(chosen)}`)
  return chosen
}

/** The clusters that were named, for the commands to paste. */
function flagsOf(raw: InitWords['raw']): string {
  return ['kubeconfig', 'context']
    .map((name) => [name, raw(name)] as const)
    .map(([name, text]) =>
      text === undefined || text.includes('\n') ? '' : ` ${optionText(name, text)}`,
    )
    .join('')
}

function refuseInProgress({ program }: InitTask, { object }: Candidate): void {
  if (readJournal(object).kind === 'none') return
  throw new InitEnd(5, [
    problem(
      'ITS-LOCKED',
      `${object.namespace}/${object.name} has the journal of a run, which may be in progress. Its weights are those of that run.`,
      `See who started it, then wait for it or roll it back:\n  ${program} status ${object.kind}/${object.name} -n ${object.namespace}`,
    ),
  ])
}

/** The version to shift to: as given, else one that could get more traffic. */
async function chooseVersion(
  task: InitTask,
  clusters: Clusters,
  { candidate, given }: { candidate: Candidate; given: string | undefined },
): Promise<string> {
  if (given !== undefined) return given
  const { names, shares, object } = candidate
  const most = Math.max(...shares)
  const rising = names.filter((_, index) => shares[index] !== most || names.length > 1)
  // The last one with the smallest share is most likely the newest.
  const byShare = [...rising].sort(
    (one, other) => shareOf(candidate, one) - shareOf(candidate, other),
  )
  const added = names.length > 1 ? [] : await newVersions(clusters, candidate, task.cancelled)
  const possible = names.length > 1 ? newestFirst(byShare, candidate) : added
  const [first] = possible
  if (first === undefined) throw endFor([noVersion(candidate)])
  if (task.ask === undefined) {
    if (possible.length > 1)
      task.say(
        `Version: ${first}. Others can be named with --subset: ${possible.slice(1).join(', ')}.`,
      )
    return first
  }
  return choose(
    task,
    'versions to shift to',
    possible.map((value) => ({
      value,
      text: `${value}${names.includes(value) ? '' : ` (new in ${object.name})`}`,
      words: '',
    })),
  )
}

function shareOf({ names, shares }: Candidate, name: string): number {
  return shares[names.indexOf(name)] ?? 0
}

/** Of those with the smallest share the last one first. */
function newestFirst(byShare: readonly string[], candidate: Candidate): string[] {
  const least = shareOf(candidate, byShare[0] ?? '')
  const lowest = byShare.filter((name) => shareOf(candidate, name) === least)
  return [...lowest.reverse(), ...byShare.filter((name) => !lowest.includes(name))]
}

function noVersion({ object, rule, names }: Candidate) {
  const [first] = rule.destinations
  const how =
    first?.subset !== undefined
      ? `Deploy the new version, and define a subset for it in the DestinationRule of ${first.host}.`
      : 'Deploy the new version with a Service of its own.'
  return problem(
    'ITS-INIT-NO-VERSION',
    `${object.namespace}/${object.name} sends all traffic to ${names.join(', ')}, and no second version was found.`,
    `${how} Then run init again, or name the version with --subset NAME.`,
  )
}
