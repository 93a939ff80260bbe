import { execFile } from 'node:child_process'
import path from 'node:path'
import { onTestFinished, vi } from 'vitest'
import { openApiServer } from '../../src/kube/api-server.ts'
import { loadCluster } from '../../src/kube/credentials/load-cluster.ts'
import type { Fixture } from './fixture.ts'
import { type Answer, layOut } from './place.ts'

/** The answer of kubectl to a fixture: the one request that it sends. */
export async function askKubectl(fixture: Fixture, kubectl: string): Promise<Answer> {
  const { folder, environment, replyCounts } = await layOut(fixture)
  const words = [
    ...(fixture.file ? ['--kubeconfig', path.join(folder, fixture.file)] : []),
    ...(fixture.context ? ['--context', fixture.context] : []),
    ...['get', '--raw', '/version', '--request-timeout', '5s'],
  ]
  await new Promise((done) => {
    const child = execFile(kubectl, words, { env: environment, cwd: '/' }, done)
    child.stdin?.end()
  })
  return replyCounts()
}

/** The answer of this project to a fixture. */
export async function askProject(fixture: Fixture): Promise<Answer> {
  const { folder, environment, replyCounts } = await layOut(fixture)
  for (const name of [
    'HTTPS_PROXY',
    'https_proxy',
    'HTTP_PROXY',
    'http_proxy',
    'NO_PROXY',
    'no_proxy',
  ])
    vi.stubEnv(name, environment[name])
  onTestFinished(() => void vi.unstubAllEnvs())
  const kubeconfig = fixture.file
    ? { kind: 'path' as const, path: path.join(folder, fixture.file) }
    : { kind: 'auto' as const }
  const loaded = loadCluster({ kubeconfig, context: fixture.context }, environment, folder)
  if (!loaded.ok) return 'refused'
  const hooks = {
    onCall: () => undefined,
    onSecret: () => undefined,
    redact: (text: string) => text,
    random: () => 0,
    nowMs: () => performance.now(),
  }
  const api = openApiServer(loaded.cluster, hooks, {
    attemptMs: 5000,
    attempts: 1,
    firstPauseMs: 0,
  })
  await api.get('/version', new AbortController().signal).catch(() => undefined)
  api.close()
  return replyCounts()
}
