import { onTestFinished } from 'vitest'
import type { SandboxOptions } from '../../../sandbox/options.ts'
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts'

/** An embedded mesh for the present test, and the secrets of the repository that has the examples. */
export async function mesh(
  how: SandboxOptions = {},
): Promise<{ sandbox: Sandbox; secrets: Readonly<Record<string, string>> }> {
  const sandbox = await startSandbox(how)
  onTestFinished(() => sandbox.stop())
  const { kubeconfig } = sandbox
  return { sandbox, secrets: { KUBECONFIG: kubeconfig, KUBECONFIG_READER: kubeconfig } }
}
