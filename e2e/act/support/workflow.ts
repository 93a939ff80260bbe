import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isMap, isSeq, parseDocument, type YAMLMap } from 'yaml'
import { ROOT } from '../../../kit/docs/markdown.ts'
import { hasteFor } from '../../../kit/examples/haste.ts'

/** The repository of this action, by which the examples name it. */
export const OURS = 'istio-traffic-shift/istio-traffic-shift'

/** The commit by which the examples name it before a release. */
const UNPUBLISHED = '0'.repeat(40)

/** Inputs to set on every step of this action. */
export type Inputs = Readonly<Record<string, string>>

/** A GitHub workflow among the examples, with the inputs by which tests are quick. The rest of its text stays as it is. */
export function exampleText(name: string, inputs: Inputs = {}): string {
  return hastened(readFileSync(join(ROOT, 'examples', name), 'utf8'), inputs)
}

/** The same for a workflow of this repository that others call, with `$/`, which act does not have, replaced by its meaning. */
export function calledText(file: string): string {
  const text = readFileSync(join(ROOT, file), 'utf8')
  return hastened(text.replaceAll(/(?<=uses: )\$\/(\S+)/g, `${OURS}/$1@${UNPUBLISHED}`))
}

/** The same for any workflow. */
export function hastened(text: string, inputs: Inputs = {}): string {
  const document = parseDocument(text)
  const jobs = document.get('jobs')
  if (!isMap(jobs)) throw new Error('a workflow without jobs')
  for (const { value: job } of jobs.items) {
    const steps = isMap(job) ? job.get('steps') : undefined
    for (const step of isSeq(steps) ? steps.items : []) if (isMap(step) && isOurs(step)) set(step)
  }
  return document.toString({ lineWidth: 0 })

  function set(step: YAMLMap): void {
    const mode = step.getIn(['with', 'mode'])
    const haste = { ...hasteFor(typeof mode === 'string' ? mode : undefined), ...inputs }
    for (const [name, value] of Object.entries(haste)) step.setIn(['with', name], value)
  }
}

function isOurs(step: YAMLMap): boolean {
  const uses = step.get('uses')
  return typeof uses === 'string' && /^istio-traffic-shift\/istio-traffic-shift[@/]/.test(uses)
}

/** The actions and reusable workflows that a workflow uses from repositories, as `owner/name` and a ref, each once. */
export function usedRepositories(text: string): { repository: string; ref: string }[] {
  const used = [...text.matchAll(/\buses: ['"]?([\w.-]+\/[\w.-]+)[^@\s]*@([\w./-]+)/g)]
  const byName = new Map(
    used.map(([, repository = '', ref = '']) => [`${repository}@${ref}`, { repository, ref }]),
  )
  return [...byName.values()]
}
