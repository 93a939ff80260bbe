import { secretValues } from '../evidence/probe/http/secret-headers.ts'
import { serverSecrets } from '../evidence/prometheus/server-secrets.ts'
import type { InputProblem } from '../options/input-problem.ts'
import { otherFiles } from '../options/path-text.ts'
import { readOptions } from '../options/read-options.ts'
import type { Host } from './host.ts'
import { junitProblem } from './results/junit-file.ts'
import type { Executed } from './run-and-report.ts'
import { loadParts } from './start/load-parts.ts'
import { prepare } from './start/prepare.ts'

export type { Executed } from './run-and-report.ts'

/**
 * From the texts of the options to a run that ended and a report that is written. Whatever a run on a cluster can need
 * is loaded while its first read is under way.
 */
export async function execute(host: Host): Promise<Executed> {
  const begun = { at: new Date(), ms: performance.now() }
  const { options, problems, isModeKnown } = readOptions(host.raw)
  const { manifest, mode, githubToken, junit, report = host.defaultReport } = options
  const secrets = [...secretValues(options.probe.headers), ...serverSecrets(options.prometheus)]
  for (const secret of secrets) host.onSecret(secret)
  if (githubToken !== undefined) host.onSecret(githubToken)
  const files = otherFiles(host.raw, 'junit')
  const ofJunit = (junit !== undefined && junitProblem(junit, { report, files })) || []
  const found = problems.filter(isNew(host.problems)).concat(ofJunit).map(withPlace(host))
  const invalid = [...host.problems, ...found]
  const editsFile = mode === 'shift' || mode === 'plan'
  const target =
    manifest !== undefined && editsFile ? { manifest } : prepare(host, { options, invalid })
  if ('open' in target && target.open) await target.calls.sent
  const { runAndReport } = await loadParts()
  return runAndReport(host, { options, invalid, isModeKnown, begun }, target)
}

/** A problem with an option of a file says where it is. */
function withPlace({ placeOf }: Host): (problem: InputProblem) => InputProblem {
  return (problem) => {
    const place = placeOf?.(problem.input.split('.')[0] ?? '')
    if (place === undefined) return problem
    return { ...problem, what: (shown) => `${place}: ${problem.what(shown)}` }
  }
}

/** An input that was given in a way that cannot be used is not missing too. In a file that cannot be read may be any. */
function isNew(found: readonly InputProblem[]): (problem: InputProblem) => boolean {
  return ({ input, code }) =>
    code === 'ITS-INPUT-REQUIRED'
      ? found.every((other) => other.input !== input && other.input !== '--config')
      : input !== 'mode' || found.every((other) => other.input !== 'mode' || other.code !== code)
}
