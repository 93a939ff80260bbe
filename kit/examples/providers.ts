import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { dump, load } from 'js-yaml'
import type { User } from '../../sandbox/api/users.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { at, type Json, objectsAt, textAt } from '../../src/kube/json.ts'
import { AWS, KUBELOGIN } from './provider-programs.ts'

type Inputs = Readonly<Record<string, string>>
/** Where the steps of an example run. */
type Place = { workspace: string; reports: string; commands: string }
/** What a step leaves for the ones after it: its outputs, and variables. */
type StepDone = { outputs?: Record<string, string>; exported?: Record<string, string> }
/** Does what an action of a cloud does, as far as the steps after it can tell. */
type StandIn = (inputs: Inputs, place: Place) => StepDone

/** The shapes are those that the actions write at the commits of provider-inputs.ts, and that aws and kubelogin write. */
const STAND_INS: Readonly<Record<string, StandIn>> = {
  'aws-actions/configure-aws-credentials': (inputs) => ({
    exported: {
      AWS_REGION: inputs['aws-region'] ?? '',
      AWS_DEFAULT_REGION: inputs['aws-region'] ?? '',
      AWS_ACCESS_KEY_ID: 'ASIAEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'example-secret',
      AWS_SESSION_TOKEN: 'example-session',
    },
  }),
  'google-github-actions/auth': (inputs, place) => ({
    exported: {
      GCLOUD_PROJECT: inputs.project_id ?? '',
      GOOGLE_APPLICATION_CREDENTIALS: join(place.workspace, 'gha-creds-0123456789abcdef.json'),
    },
  }),
  'google-github-actions/get-gke-credentials': (inputs, place) => {
    const name = inputs.cluster_name ?? ''
    const file = join(place.workspace, 'gha-kubeconfig-0123456789abcdef')
    const context = `gke_project_${inputs.location}_${name}`
    const user = { token: newToken('ya29.', lifetimeOf(place)) }
    write(file, kubeconfigOf(place, { name, context, user }))
    return {
      exported: { KUBECONFIG: file, KUBE_CONFIG_PATH: file },
      outputs: { kubeconfig_path: file },
    }
  },
  'azure/login': (inputs) => ({ exported: { AZ_LOGGED_IN: inputs['client-id'] ?? '' } }),
  'azure/use-kubelogin': (_, place) => {
    writeFileSync(join(place.commands, 'kubelogin'), KUBELOGIN, { mode: 0o700 })
    return {}
  },
  'azure/aks-set-context': (inputs, place) => {
    const name = inputs['cluster-name'] ?? ''
    const file = join(place.reports, 'kubeconfig_1700000000000')
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1beta1',
      args: ['get-token', '--login', 'azurecli', '--server-id', AKS_SERVER],
      command: 'kubelogin',
      env: null,
      installHint: 'See https://azure.github.io/kubelogin/install.html for installation steps.',
      provideClusterInfo: false,
    }
    const token = { token: newToken('az.', lifetimeOf(place)) }
    const user = inputs['use-kubelogin'] === 'true' ? { exec } : token
    write(file, kubeconfigOf(place, { name, context: name, user }))
    return { exported: { KUBECONFIG: file, KUBE_CONFIG_PATH: file } }
  },
  'aliyun/configure-aliyun-credentials-action': () => ({
    exported: { ALIBABA_CLOUD_ACCESS_KEY_ID: 'STS.example' },
    outputs: {
      'aliyun-access-key-id': 'STS.example',
      'aliyun-access-key-secret': 'example-secret',
      'aliyun-security-token': 'example-token',
    },
  }),
  'aliyun/ack-set-context': (inputs, place) => {
    if (inputs['security-token'] !== 'example-token') throw new Error('not logged in')
    const file = join(place.reports, 'kubeconfig_1700000000001')
    // ACK writes a client certificate. The embedded mesh recognizes users only by their tokens.
    const user = { token: newToken('ack.', lifetimeOf(place)) }
    const context = `example-${inputs['cluster-id']}`
    write(file, kubeconfigOf(place, { name: 'kubernetes', context, user }))
    return { exported: { KUBECONFIG: file } }
  },
}

/** The application of the API servers of AKS, the same in all tenants. */
const AKS_SERVER = '6dae42f8-4368-4678-94ff-3960e28e3630'

/** The action that a step uses and its version, if it is of another repository. */
export function usedBy(step: Json): { action: string; commit: string } | undefined {
  const [, action, commit] =
    /^([\w.-]+\/[\w.-]+)@([0-9a-f]{40})$/.exec(textAt(step, 'uses') ?? '') ?? []
  return action === undefined || commit === undefined ? undefined : { action, commit }
}

/** What stands in for the action of a step; undefined for actions that only matter on a runner. */
export function standInFor(step: Json): StandIn | undefined {
  return STAND_INS[usedBy(step)?.action ?? '']
}

/** Installs what a runner of GitHub has for clouds. Tokens that the clouds give are accepted for `lifetimeMs`, as `user`. */
export function installClouds(
  place: { commands: string; kubeconfig: string },
  sandbox: Sandbox,
  user: User,
  lifetimeMs: number,
): void {
  const kubeconfig = load(readFileSync(place.kubeconfig, 'utf8')) as Json
  const cluster = at(objectsAt(kubeconfig, 'clusters')[0], 'cluster')
  writeFileSync(join(place.commands, 'cloud.json'), JSON.stringify({ cluster, lifetimeMs }))
  writeFileSync(join(place.commands, 'aws'), AWS, { mode: 0o700 })
  sandbox.tokens.get = (token) => (expiryOf(token) > Date.now() ? user : undefined)
}

/** How often plugins were started for a token. */
export function pluginStarts(place: Pick<Place, 'commands'>): number {
  return readFileSync(join(place.commands, 'plugin-starts'), 'utf8').trim().split('\n').length
}

function expiryOf(token: string): number {
  return Number(/-until-(\d+)$/.exec(token)?.[1] ?? 0)
}

function newToken(prefix: string, lifetimeMs: number): string {
  return `${prefix}example-until-${Date.now() + lifetimeMs}`
}

function lifetimeOf(place: Place): number {
  const cloud: { lifetimeMs: number } = JSON.parse(
    readFileSync(join(place.commands, 'cloud.json'), 'utf8'),
  )
  return cloud.lifetimeMs
}

function kubeconfigOf(place: Place, of: { name: string; context: string; user: object }): object {
  const { cluster }: { cluster: object } = JSON.parse(
    readFileSync(join(place.commands, 'cloud.json'), 'utf8'),
  )
  return {
    apiVersion: 'v1',
    clusters: [{ cluster, name: of.name }],
    contexts: [{ context: { cluster: of.name, user: of.name }, name: of.context }],
    kind: 'Config',
    'current-context': of.context,
    users: [{ name: of.name, user: of.user }],
  }
}

function write(file: string, kubeconfig: object): void {
  writeFileSync(file, dump(kubeconfig), { mode: 0o600 })
}
