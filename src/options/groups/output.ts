import { ALL_MODES, option } from '../option.ts'
import { anyText, booleanOr } from '../parsers.ts'
import type { Reader } from '../reader.ts'

const REPORT = option({
  name: 'report',
  type: 'folder',
  placeholder: 'FOLDER',
  shape: { text: true, path: 'folder' },
  brief: 'The folder for report.json, report.html and summary.md. Default: none.',
  text: 'The folder for report.json, report.html and summary.md. Default: a folder under RUNNER_TEMP in the action, none on the command line.',
  modes: ALL_MODES,
  parse: anyText,
})

const JUNIT = option({
  name: 'junit',
  type: 'path',
  placeholder: 'PATH',
  shape: { text: true, path: 'file' },
  brief: 'The file for the checks as JUnit XML, which most CI systems show as test results.',
  text: 'The file for the checks as JUnit XML, which most CI systems show as test results ([report.md](docs/report.md#junit-xml)).',
  modes: ALL_MODES,
  parse: anyText,
})

const COMMENT = option<boolean>({
  name: 'comment',
  type: 'boolean',
  placeholder: 'true|false',
  default: 'false',
  brief: 'Write the summary as a comment on the pull request, one for each object.',
  text: 'Write the summary as a comment on the pull request, one for each object, which later runs edit. Needs the permission `pull-requests: write` ([report.md](docs/report.md#comment)).',
  modes: ALL_MODES,
  parse: booleanOr<never>(),
})

const GITHUB_TOKEN = option({
  name: 'github-token',
  type: 'token',
  placeholder: 'TOKEN',
  inputDefault: `$${'{{ github.token }}'}`,
  brief: 'The token that comment is written with. Default: the variable GITHUB_TOKEN.',
  text: 'The token that `comment` is written with. It is masked. Default on the command line: the variable GITHUB_TOKEN.',
  modes: ALL_MODES,
  parse: anyText,
})

const KUBERNETES_EVENTS = option<boolean | 'auto'>({
  name: 'kubernetes-events',
  type: 'auto or boolean',
  placeholder: 'auto|true|false',
  default: 'auto',
  brief: 'Create Kubernetes Events on the route object. auto: if the run may create them.',
  text: 'Create Kubernetes Events on the route object, which `kubectl describe` shows: the start of a shift, confirmed steps and rollbacks. auto: no warning if the right to create them is missing.',
  modes: ['shift', 'rollback'],
  parse: booleanOr('auto'),
})

export const OUTPUT_OPTIONS = {
  title: 'Output',
  options: [REPORT, JUNIT, COMMENT, GITHUB_TOKEN, KUBERNETES_EVENTS],
}

export type OutputOptions = {
  /** Folder for report.json, report.html and summary.md. */
  report: string | undefined
  /** File for the checks as JUnit XML. */
  junit: string | undefined
  /** Whether the summary becomes a comment on the pull request. */
  comment: boolean
  /** Undefined: the one of the environment. */
  githubToken: string | undefined
  /** `auto`: without a warning where the right is missing. */
  kubernetesEvents: boolean | 'auto'
}

export function readOutput(reader: Reader): OutputOptions {
  return {
    report: reader.optional(REPORT),
    junit: reader.optional(JUNIT),
    comment: reader.withDefault(COMMENT),
    githubToken: reader.optional(GITHUB_TOKEN),
    kubernetesEvents: reader.withDefault(KUBERNETES_EVENTS),
  }
}
