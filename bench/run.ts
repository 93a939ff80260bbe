import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as tick } from 'node:timers/promises'
import { compare, comparisonText } from '../kit/bench/run/compare.ts'
import { type Mesh, WAYS } from '../kit/bench/run/ways.ts'
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts'
import { tutorialObjects } from '../sandbox/tutorial/objects.ts'

/**
 * What a shift takes on the embedded mesh, in API calls and in time from the start of the process to its end: the built
 * action with all defaults, which confirms the split, beside kubectl and the tutorial's loop, which do not. It needs
 * kubectl and nc. `npm run e2e -- bench --run` does the same on the real mesh.
 * Usage: node bench/run.ts [ROUNDS]
 */
async function main(rounds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-run-'))
  const sandbox = await startSandbox({ weights: { v1: 80, v2: 20 } })
  try {
    process.env.KUBECACHEDIR = join(folder, 'kubectl-cache')
    process.stdout.write(
      `${comparisonText(await compare(meshOf(sandbox, folder), WAYS, rounds))}\n`,
    )
  } finally {
    await sandbox.stop()
    rmSync(folder, { recursive: true })
  }
}

function meshOf(sandbox: Sandbox, folder: string): Mesh {
  const kubeconfig = join(folder, 'kubeconfig')
  writeFileSync(kubeconfig, sandbox.kubeconfig)
  return {
    kubeconfig,
    gateway: sandbox.gateway,
    manifest: (weightPercent) => manifestOf(sandbox, weightPercent),
    serves: () => Promise.race([sandbox.applied().then(() => true), tick(false)]),
  }
}

function manifestOf({ gateway }: Sandbox, weightPercent: number): string {
  const weights = { v1: 100 - weightPercent, v2: weightPercent }
  const made = tutorialObjects({ namespace: 'demo', gateway, subsets: [], weights })
  return JSON.stringify(made.find(({ object }) => object.kind === 'VirtualService')?.object)
}

await main(Number(process.argv[2] ?? 20))
