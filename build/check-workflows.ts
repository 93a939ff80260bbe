import { readFileSync } from 'node:fs'
import path from 'node:path'
import { checkKrewManifest } from './checks/krew.ts'
import { pipelineFaults } from './checks/pipelines.ts'
import { goTool, pythonFile, root, run } from './checks/tools.ts'

/**
 * Checks what CI systems and package managers read: actionlint and zizmor check everything that GitHub reads, the schemas of
 * other CI systems their pipelines, hadolint the Dockerfile, Krew its manifest. With a token in GH_TOKEN, zizmor also
 * asks GitHub whether each pinned commit is the version that its comment names.
 */
run(root, goTool('actionlint', actionlintPackage()))
const online = process.env.GH_TOKEN ? [] : ['--offline']
const zizmor = pythonFile('bin', 'zizmor')
run(root, zizmor, ...online, '--strict-collection', '--persona=auditor', '--quiet', '.')
run(root, pythonFile('bin', 'hadolint'), '--failure-threshold', 'style', 'Dockerfile')
process.stdout.write(
  `actionlint, zizmor${online.length > 0 ? ' (offline)' : ''} and hadolint: clean\n`,
)

const faults = pipelineFaults()
// A schema with many alternatives has many faults for one mistake.
for (const fault of faults.slice(0, 20)) process.stderr.write(`${fault}\n`)
if (faults.length > 0) process.exit(1)
process.stdout.write('pipelines of other CI systems: valid\n')

checkKrewManifest()
process.stdout.write('krew: installs the plugin\n')

/** The tool that go.mod names. */
function actionlintPackage(): string {
  const pins = path.join(import.meta.dirname, 'workflow-linters', 'go.mod')
  const [, name] = /^tool (\S+)$/m.exec(readFileSync(pins, 'utf8')) ?? []
  if (name === undefined) throw new Error('workflow-linters/go.mod names no tool')
  return name
}
