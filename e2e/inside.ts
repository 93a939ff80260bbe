import { spawn, spawnSync } from 'node:child_process'
import { cpSync, readdirSync, readFileSync } from 'node:fs'
import { delimiter } from 'node:path'
import { partsIn } from './parts/build.ts'
import { adminKubeconfig, startMesh } from './processes/start-mesh.ts'
import { statePath } from './processes/state.ts'

/**
 * The first process of the namespaces. It starts the mesh, runs a command next to it (KUBECONFIG is the administrator's,
 * kubectl is in the PATH), and ends with its exit status, which ends everything. Logs are copied to the folder
 * MESH_LOGS, if it is set. Usage: node inside.ts COMMAND...
 */
async function main([program = '', ...given]: readonly string[]): Promise<number> {
  // The process that started this ends it by ending the namespaces. Ctrl-C is for the command.
  for (const name of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) process.on(name, () => undefined)
  const parts = partsIn()
  mountState()
  Object.assign(process.env, {
    PATH: [parts.bin, process.env.PATH].join(delimiter),
    KUBECONFIG: adminKubeconfig(),
    KUBECACHEDIR: statePath('kubectl-cache'),
    TMPDIR: statePath(),
  })
  const startedMs = performance.now()
  try {
    await startMesh(parts.crds)
  } catch (error) {
    process.stderr.write(
      `${error instanceof Error ? error.message : String(error)}\n${lastWords()}`,
    )
    return 1
  }
  const tookSeconds = ((performance.now() - startedMs) / 1000).toFixed(1)
  process.env.MESH_READY_SECONDS = tookSeconds
  process.stderr.write(`the mesh is ready after ${tookSeconds} s\n`)
  const status = await runCommand(program, given)
  const kept = process.env.MESH_LOGS
  if (kept) cpSync(statePath('logs'), kept, { recursive: true })
  return status
}

function runCommand(program: string, given: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(program, given, { stdio: 'inherit' })
    child.once('error', (error) => {
      process.stderr.write(`${error.message}\n`)
      resolve(1)
    })
    child.once('exit', (status) => resolve(status ?? 1))
  })
}

/** Everything that the mesh writes is in memory, and disappears with the namespace. */
function mountState(): void {
  const { status, stderr } = spawnSync(
    'mount',
    ['-t', 'tmpfs', '-o', 'mode=700', 'tmpfs', statePath()],
    { encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(`the mesh's own file system could not be mounted: ${stderr}`)
}

/** The last lines of all logs. */
function lastWords(): string {
  return readdirSync(statePath('logs'))
    .map((name) => {
      const lines = readFileSync(statePath('logs', name), 'utf8').trimEnd().split('\n').slice(-15)
      return `--- ${name}\n${lines.join('\n')}\n`
    })
    .join('')
}

process.exit(await main(process.argv.slice(2)))
