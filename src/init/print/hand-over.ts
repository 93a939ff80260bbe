import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { completed } from '../../options/input-problem.ts'
import { readOptions } from '../../options/read-options.ts'
import { inputProblem } from '../../problem/problem.ts'
import type { Clusters } from '../../rollout/model/context.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import { endFor, type InitTask } from '../init-task.ts'
import type { InitWords } from '../init-words.ts'
import type { Proposed } from '../propose/observe.ts'
import type { Proposal } from '../propose/proposal.ts'
import { isOfObject, missingRights } from '../rights/missing-rights.ts'
import { type Right, rightsOf } from '../rights/rights-of.ts'
import { commandText } from './commands.ts'
import { rolesText, ruleText } from './role-text.ts'
import { PIN_COMMENT, stepText } from './step-text.ts'
import { workflowText } from './workflow-text.ts'

/** Checks a proposal as a run would read it, plans it, and prints it. */
export async function hand(
  task: InitTask,
  clusters: Clusters,
  words: InitWords,
  { proposal, seen }: Proposed,
): Promise<void> {
  const { raw } = words
  const { pods, arrival } = seen?.located ?? {}
  const rights = rightsOf({
    candidate: proposal.candidate,
    inputs: proposal.inputs,
    pods,
    port: arrival?.port,
  })
  const missing = await missingRights(clusters, rights, task.cancelled)
  const checked = await check(task, raw, proposal, missing)
  const notes = [...proposal.notes, ...notesOnSecrets(task, raw, proposal), ...checked]
  if (words.output === 'json') task.print(jsonText(task, words, { ...proposal, notes }, rights))
  else printAll(task, words, { ...proposal, notes }, rights)
  sayRights(task, missing)
  if (words.file !== undefined) writeFile(task, words, words.file, { ...proposal, notes })
}

/** What the secrets of a repository must have. */
function notesOnSecrets(task: InitTask, raw: InitWords['raw'], { inputs }: Proposal): string[] {
  const context = raw('context')
  const text = Object.values(inputs).join('\n')
  return [
    ...(context === undefined
      ? []
      : [`The current context of the kubeconfig in the secret must be ${context}.`]),
    ...(task.redact(text) === text
      ? []
      : ['MASKED: secret values are shown as ***. Store them as secrets of the repository.']),
  ]
}

/** Reads the inputs as a shift does, and plans them. Notes what could not be checked. */
async function check(
  task: InitTask,
  raw: InitWords['raw'],
  { inputs }: Proposal,
  missing: readonly Right[] | undefined,
): Promise<string[]> {
  const clusters = ['kubeconfig', 'context', 'gateway-kubeconfig', 'gateway-context']
  const as = (mode: string) => (name: string) =>
    name === 'mode' ? mode : clusters.includes(name) ? raw(name) : inputs[name]
  const { problems } = readOptions(as('shift'))
  if (problems.length > 0) throw endFor(problems.map((one) => completed(one, task.redact)))
  const { verdict, problems: found = [] } = await task.plan(as('plan'))
  if (verdict === 'planned')
    return ['Checked: mode: plan accepts this step on the cluster as it is now.']
  const mayPatch = missing === undefined || missing.every(({ verbs }) => !verbs.includes('patch'))
  const isOnlyRights = found.length > 0 && found.every(({ code }) => code === 'ITS-FORBIDDEN')
  if (mayPatch || !isOnlyRights) throw endFor(found)
  return [
    'NOT CHECKED by a dry run: your user may not patch the object. The user of the step needs the rights below.',
  ]
}

function printAll(
  task: InitTask,
  { raw }: InitWords,
  proposal: Proposal,
  rights: readonly Right[],
): void {
  const {
    candidate: { object },
    version,
    inputs,
    notes,
  } = proposal
  const gatewayKubeconfig = raw('gateway-kubeconfig') !== undefined
  const name = roleName(object)
  task.print(
    [
      `# 1. The step for GitHub Actions. It gives ${version} ${inputs.weight}% of the traffic of ${object.namespace}/${object.name}.`,
      '# mode: plan writes nothing. Remove that line once the log shows the edit that you want.',
      `# ${PIN_COMMENT}`,
      ...notes.map((note) => `# ${note}`),
      stepText(proposal, { version: task.version, gatewayKubeconfig, replaced: { mode: 'plan' } }),
      ...rolesOf(rights, name, gatewayKubeconfig || raw('gateway-context') !== undefined),
      '# 3. The same on the command line. This command writes nothing and shows the edit:',
      commandText(task.program, 'plan', proposal, raw),
      '# This command writes the weights, confirms them, and restores the previous ones if they are not confirmed:',
      commandText(task.program, 'shift', proposal, raw),
      '',
    ].join('\n'),
  )
}

/** The Roles for the user of each cluster. */
function rolesOf(rights: readonly Right[], name: string, hasOtherCluster: boolean): string[] {
  const textFor = (number: string, user: string, some: readonly Right[]) => {
    const namespaces = [...new Set(some.map(({ namespace }) => namespace))]
    const where = `namespace${namespaces.length === 1 ? '' : 's'} ${namespaces.join(' and ')}`
    return [
      `# ${number}The Roles for the user of the ${user}, in ${where}. Bind each Role to that user:`,
      `# kubectl -n NAMESPACE create rolebinding ${name} --role ${name} --user USER`,
      rolesText(some, name),
    ]
  }
  const own = 'secret KUBECONFIG'
  if (!hasOtherCluster) return textFor('2. ', own, rights)
  return [
    ...textFor('2. ', `${own}, for the cluster of the route object`, rights.filter(isOfObject)),
    ...textFor(
      '',
      'kubeconfig or context of the gateway, for its cluster',
      rights.filter((right) => !isOfObject(right)),
    ),
  ]
}

/** Other objects have Roles in the namespace of the same gateway, which these must not replace. */
function roleName({ kind, namespace, name }: Pick<RouteObject, 'kind' | 'namespace' | 'name'>) {
  return [
    'traffic-shift',
    ...(kind === 'VirtualService' ? [] : [kind.toLowerCase()]),
    namespace,
    name,
  ].join('-')
}

function jsonText(
  task: InitTask,
  { raw }: InitWords,
  proposal: Proposal,
  rights: readonly Right[],
): string {
  const {
    inputs,
    notes,
    candidate: { object },
  } = proposal
  const commands = {
    plan: commandText(task.program, 'plan', proposal, raw),
    shift: commandText(task.program, 'shift', proposal, raw),
  }
  return `${JSON.stringify({ object: `${object.kind}/${object.name}`, namespace: object.namespace, inputs, notes, rights, commands }, null, 2)}\n`
}

function sayRights(task: InitTask, missing: readonly Right[] | undefined): void {
  if (missing === undefined)
    task.say('Whether your own user has these rights could not be checked.')
  else if (missing.length === 0) task.say('Your own user has all of these rights.')
  else
    task.say(
      [
        'Your own user lacks these rights:',
        ...missing.map(
          (right) =>
            `${ruleText(right)} # in namespace ${right.namespace}${right.isRequired ? '' : ', optional'}`,
        ),
      ].join('\n'),
    )
}

function writeFile(task: InitTask, { raw }: InitWords, file: string, proposal: Proposal): void {
  const gatewayKubeconfig = raw('gateway-kubeconfig') !== undefined
  const text = workflowText(proposal, { version: task.version, gatewayKubeconfig })
  try {
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, task.redact(text), { flag: 'wx' })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw endFor([
      inputProblem(
        'write',
        'ITS-INIT-FILE',
        `${file} cannot be written: ${why}.`,
        'Name another file with --write FILE.',
      ),
    ])
  }
  task.say(
    `Wrote ${file}. Replace the zeros in it with a commit that you have reviewed, and store the kubeconfig as the secret KUBECONFIG${gatewayKubeconfig ? ', and that of the gateway as GATEWAY_KUBECONFIG' : ''}.`,
  )
}
