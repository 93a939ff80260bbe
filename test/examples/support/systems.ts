import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { load } from 'js-yaml'
import { at, isObject, type Json, objectsAt, textAt, textsAt } from '../../../src/kube/json.ts'
import type { Place } from './place.ts'
import { exampleText } from './workflow.ts'

const ROOT = resolve(import.meta.dirname, '..', '..', '..')

/** A script of a pipeline with what its system puts into the environment. */
export type Script = { text: string; environment: Record<string, string> }

/** The scripts of a job in their order. `options` replaces those of the example. */
export type System = (place: Place, options?: string) => Script[]

const example = (name: string) => load(exampleText(`other-ci/${name}`)) as Json

/** Replaces what a system replaces in a value. Anything that has no value is an error. */
function replaced(text: string, pattern: RegExp, values: Readonly<Record<string, string>>): string {
  return text.replace(pattern, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`no value for ${name} in ${text}`)
    return value
  })
}

/** The parameters of a template: what is given, else the default. One that has neither is missing. */
function parametersOf(
  declared: readonly Json[],
  given: readonly (readonly [name: string, value: string])[],
  options: string | undefined,
): Record<string, string> {
  const defaults = declared.flatMap((parameter) => {
    const value = textAt(parameter, 'default') ?? textAt(parameter, 'value')
    return value === undefined ? [] : [[textAt(parameter, 'name') ?? '', value] as const]
  })
  const names = declared.map((parameter) => textAt(parameter, 'name'))
  for (const [name] of given)
    if (!names.includes(name)) throw new Error(`${name} is no parameter of the template`)
  const replacing = options === undefined ? [] : [['options', options] as const]
  return Object.fromEntries([...defaults, ...given, ...replacing])
}

const namedValues = (list: readonly Json[]) =>
  list.map((one) => [textAt(one, 'name') ?? '', textAt(one, 'value') ?? ''] as const)

const textsIn = (mapping: Json | undefined): (readonly [string, string])[] =>
  isObject(mapping) ? Object.entries(mapping).map(([name, value]) => [name, String(value)]) : []

/** The image of the project has the command in its PATH. */
function inImage({ commands }: Place): void {
  copyFileSync(join(commands, 'installed'), join(commands, 'istio-traffic-shift'))
}

export const tekton: System = (place, options) => {
  inImage(place)
  const [task, run] = [example('tekton-task.yml'), example('tekton-taskrun.yml')]
  const given = namedValues(objectsAt(run, 'spec', 'params'))
  const parameters = parametersOf(objectsAt(task, 'spec', 'params'), given, options)
  const values = Object.fromEntries([
    ...Object.entries(parameters).map(([name, value]) => [`params.${name}`, value]),
    ['workspaces.reports.path', join(place.workspace, 'traffic-shift')],
  ])
  return objectsAt(task, 'spec', 'steps').map((step) => ({
    text: textAt(step, 'script') ?? '',
    environment: Object.fromEntries(
      namedValues(objectsAt(step, 'env')).map(([name, value]) => [
        name,
        replaced(value, /\$\(([\w.]+)\)/g, values),
      ]),
    ),
  }))
}

export const argo: System = (place, options) => {
  inImage(place)
  const [template, workflow] = [example('argo-template.yml'), example('argo-workflow.yml')]
  const given = namedValues(objectsAt(workflow, 'spec', 'arguments', 'parameters'))
  const declared = objectsAt(template, 'spec', 'arguments', 'parameters')
  const parameters = parametersOf(declared, given, options)
  const entry = textAt(template, 'spec', 'entrypoint')
  const found = objectsAt(template, 'spec', 'templates').find(
    (one) => textAt(one, 'name') === entry,
  )
  const inputs = objectsAt(found, 'inputs', 'parameters').map((one) => textAt(one, 'name') ?? '')
  const values = Object.fromEntries(
    inputs.map((name) => [`inputs.parameters.${name}`, parameters[name] ?? '']),
  )
  const environment = namedValues(objectsAt(found, 'script', 'env')).map(([name, value]) => [
    name,
    // The volume of the Pod.
    value === '/reports'
      ? join(place.workspace, 'traffic-shift')
      : replaced(value, /\{\{([\w.]+)\}\}/g, values),
  ])
  const text = textAt(found, 'script', 'source') ?? ''
  return [{ text, environment: Object.fromEntries(environment) }]
}

export const azure: System = (place, options) => {
  const [stage] = objectsAt(example('azure-pipelines.yml'), 'stages')
  const [job] = objectsAt(stage, 'jobs')
  const steps = objectsAt(job, 'strategy', 'runOnce', 'deploy', 'steps')
  const use = steps.find((step) => textAt(step, 'template') === 'azure-template.yml')
  const template = example('azure-template.yml')
  const given = textsIn(at(use, 'parameters')).map(
    ([name, value]) =>
      [name, value.replace('$(kubeconfig.secureFilePath)', place.kubeconfig)] as const,
  )
  const parameters = parametersOf(objectsAt(template, 'parameters'), given, options)
  const values = Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [`parameters.${name}`, value]),
  )
  return objectsAt(template, 'steps').flatMap((step) => {
    const text = textAt(step, 'script')
    if (text === undefined) return []
    const environment = textsIn(at(step, 'env')).map(([name, value]) => [
      name,
      replaced(value, /\$\{\{ ([\w.]+) \}\}/g, values),
    ])
    return [{ text, environment: Object.fromEntries(environment) }]
  })
}

export const circleci: System = (place, options) => {
  const config = example('circleci.yml')
  const use = at(objectsAt(config, 'jobs', 'shift', 'steps').at(-1), 'traffic-shift')
  const command = at(config, 'commands', 'traffic-shift')
  const declared = at(command, 'parameters')
  const named = isObject(declared)
    ? Object.entries(declared).map(([name, one]) => ({ ...(isObject(one) ? one : {}), name }))
    : []
  const parameters = parametersOf(named, textsIn(use), options)
  const values = Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [`parameters.${name}`, value]),
  )
  // The context has the kubeconfig, and the home of the job is not its workspace.
  const outside = {
    KUBECONFIG: '',
    KUBECONFIG_BASE64: readFileSync(place.kubeconfig).toString('base64'),
    HOME: place.reports,
  }
  return objectsAt(command, 'steps').flatMap((step) => {
    const text = textAt(step, 'run', 'command')
    if (text === undefined) return []
    const environment = textsIn(at(step, 'run', 'environment')).map(([name, value]) => [
      name,
      replaced(value, /<< ([\w.]+) >>/g, values),
    ])
    return [{ text, environment: { ...outside, ...Object.fromEntries(environment) } }]
  })
}

/** A job of the GitLab example, as gitlab-ci-local expands its includes and inputs. It checks GitLab's schema too. */
export const gitlab =
  (job: string): System =>
  (_, options) => {
    const pipeline = previews.get(options) ?? expanded(options)
    previews.set(options, pipeline)
    const variables = textsIn(at(pipeline, job, 'variables')).map(
      // Not expanded: gitlab-ci-local shows this by two characters for each $.
      ([name, value]) => [name, value.replaceAll('$$', '$')],
    )
    return [
      {
        text: textsAt(pipeline, job, 'script').join('\n'),
        environment: Object.fromEntries(variables),
      },
    ]
  }

/** It takes a second to start. */
const previews = new Map<string | undefined, Json>()

function expanded(options: string | undefined): Json {
  const folder = mkdtempSync(join(tmpdir(), 'gitlab-'))
  try {
    const git = (...words: string[]) => execFileSync('git', words, { cwd: folder, stdio: 'ignore' })
    mkdirSync(join(folder, 'ci'))
    const template = join(ROOT, 'templates', 'traffic-shift', 'template.yml')
    copyFileSync(template, join(folder, 'ci', 'traffic-shift.yml'))
    const text = exampleText('other-ci/gitlab-component.yml')
    const given = options === undefined ? text : text.replace(/\{.*expect: stamp\}/, () => options)
    writeFileSync(join(folder, '.gitlab-ci.yml'), given)
    git('init', '--quiet')
    git('remote', 'add', 'origin', 'git@gitlab.example.com:group/project.git')
    git('add', '.')
    const program = join(ROOT, 'node_modules', 'gitlab-ci-local', 'dist', 'index.js')
    const words = [program, '--preview']
    const environment = { PATH: process.env.PATH ?? '', HOME: folder }
    const asked = { cwd: folder, env: environment, encoding: 'utf8', stdio: 'pipe' } as const
    return load(execFileSync(process.execPath, words, asked)) as Json
  } finally {
    rmSync(folder, { recursive: true })
  }
}
